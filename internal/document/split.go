package document

import (
	"bytes"
	"regexp"

	"xianjie/internal/plan"
)

// A document is cut into parts that are YAML by themselves before YAML is parsed: keys of the
// outer mappings, and runs of list items. So memory follows the largest part and not the file, and
// a syntax error in one item does not hide what is wrong with the others. A cut never changes the
// meaning: text that may not be cut (a quoted text or flow list that goes on at the margin) makes
// parts that are no YAML, and then the whole is parsed at once.

const (
	chunkSize = 16 << 10 // bytes of list items parsed together
	maxPart   = 4 << 20  // bytes of one part
	maxValues = 100_000  // values in one part, estimated from above
	maxWhole  = 1 << 20  // bytes up to which a document that can't be cut is tried as a whole
	maxNested = 32       // levels of nesting
	maxLabels = 1000     // keys of one outer mapping
)

// part is a piece of the text that is parsed by itself.
type part struct {
	outer string // "vocabulary" when the part stands in it
	list  string // the key whose list the items belong to; "" when text is a mapping
	opens label  // the key that the part begins with, where split has seen it
	line  int    // of the first byte, from one
	text  []byte // empty for a key that opens other parts
}

// label is one key at the margin of a mapping with the lines below it.
type label struct {
	key    string
	line   int
	col    int
	inline bool   // a value follows on the line of the key
	text   []byte // with the line of the key
	rest   []byte // without it
}

var labelPattern = regexp.MustCompile(`^ *([A-Za-z][A-Za-z0-9]*) *:[ \t]*(\r?\n|\r?$|#|.)`)

// lines walks over the lines of a text with the number of each.
func lines(text []byte, from int, visit func(line int, start, end int) bool) {
	for start := 0; start < len(text); from++ {
		end := len(text)
		if i := bytes.IndexByte(text[start:], '\n'); i >= 0 {
			end = start + i + 1
		}
		if !visit(from, start, end) {
			return
		}
		start = end
	}
}

// indentation counts leading spaces; -1 for a line without content.
func indentation(line []byte) int {
	for i, b := range line {
		switch b {
		case ' ':
			continue
		case '\r', '\n', '#':
			return -1
		}
		return i
	}
	return -1
}

// labels cuts a block mapping whose keys stand at the given indentation; not ok when the text is
// something else.
func labels(text []byte, from, indent int) (found []label, ok bool) {
	ok = true
	var starts []int
	lines(text, from, func(line, start, end int) bool {
		n := indentation(text[start:end])
		if n != indent {
			ok = ok && (n < 0 || n > indent && found != nil)
			return ok
		}
		if len(found) == maxLabels {
			ok = false
			return false
		}
		m := labelPattern.FindSubmatchIndex(text[start:end])
		if m == nil {
			ok = found != nil
			return ok
		}
		next := text[start+m[4] : start+m[5]]
		inline := len(next) > 0 && next[0] != '\n' && next[0] != '\r' && next[0] != '#'
		found = append(found, label{key: string(text[start+m[2] : start+m[3]]), line: line, col: indent + 1, inline: inline})
		starts = append(starts, start, end)
		return true
	})
	for i := range found {
		end := len(text)
		if i+1 < len(found) {
			end = starts[2*i+2]
		}
		found[i].text, found[i].rest = text[starts[2*i]:end], text[starts[2*i+1]:end]
	}
	return found, ok && found != nil
}

// items cuts a block list into runs of whole items of about size bytes; not ok when the text is
// something else.
func items(text []byte, from, size int) (runs []part, ok bool) {
	indent, begin, beginLine := -1, 0, from
	ok = true
	lines(text, from, func(line, start, end int) bool {
		n := indentation(text[start:end])
		switch {
		case n < 0:
			return true
		case indent < 0:
			indent = n
		case n < indent:
			ok = false
			return false
		}
		if n > indent {
			return true
		}
		if next := text[start+n : end]; next[0] != '-' || len(next) > 1 && !bytes.ContainsRune([]byte(" \r\n"), rune(next[1])) {
			ok = false
			return false
		}
		if start-begin >= size {
			runs = append(runs, part{line: beginLine, text: text[begin:start]})
			begin, beginLine = start, line
		}
		return true
	})
	runs = append(runs, part{line: beginLine, text: text[begin:]})
	return runs, ok && indent >= 0
}

// split cuts a document. What it can't cut it gives back as one part.
func split(text []byte) []part {
	body, from := skipStart(text)
	top, ok := labels(body, from, 0)
	if !ok {
		return []part{{line: 1, text: text}}
	}
	var parts []part
	for _, l := range top {
		if l.key == vocabularyKey && !l.inline {
			if inner, ok := labels(l.rest, l.line+1, firstIndentation(l.rest)); ok && inner[0].col > 1 {
				parts = append(parts, part{list: l.key, opens: l})
				for _, i := range inner {
					parts = append(parts, i.parts(vocabularyKey)...)
				}
				continue
			}
		}
		parts = append(parts, l.parts("")...)
	}
	return parts
}

func (l label) parts(outer string) []part {
	if l.key != planKey && l.key != vocabularyKey && !l.inline {
		if runs, ok := items(l.rest, l.line+1, chunkSize); ok {
			for i := range runs {
				runs[i].outer, runs[i].list = outer, l.key
			}
			runs[0].opens = l
			return runs
		}
	}
	return []part{{outer: outer, opens: l, line: l.line, text: l.text}}
}

func firstIndentation(text []byte) int {
	first := 0
	lines(text, 1, func(_, start, end int) bool {
		first = indentation(text[start:end])
		return first < 0
	})
	return first
}

// skipStart passes over a "---" that opens the document.
func skipStart(text []byte) ([]byte, int) {
	rest, from := text, 1
	lines(text, 1, func(line, start, end int) bool {
		if indentation(text[start:end]) < 0 {
			return true
		}
		if string(bytes.TrimRight(text[start:end], " \t\r\n")) == "---" {
			rest, from = text[end:], line+1
		}
		return false
	})
	return rest, from
}

// checkOne reports a second YAML document in the file.
func checkOne(p *problems, text []byte) bool {
	content, ended, one := false, false, true
	lines(text, 1, func(line, start, end int) bool {
		l := text[start:end]
		n := indentation(l)
		if n < 0 {
			return true
		}
		if l[0] == '%' && !content {
			return true
		}
		marker := n == 0 && len(l) >= 3 && (len(l) == 3 || bytes.IndexByte([]byte(" \t\r\n"), l[3]) >= 0)
		opens := marker && string(l[:3]) == "---"
		if content && opens || ended {
			p.add(plan.BadUserInput, line, 1, "saw a second YAML document, wanted one in a file; put each plan into its own file")
			one = false
			return false
		}
		ended = marker && string(l[:3]) == "..."
		content = content || !marker || opens
		return true
	})
	return one
}

// checkPart refuses a part that would take unreasonable memory to parse.
func checkPart(p *problems, pt part) bool {
	if len(pt.text) > maxPart {
		p.add(plan.TooLarge, pt.line, 1, "saw %d bytes in one piece, wanted at most %d MB; write lists in lines that begin with \"- \"", len(pt.text), maxPart>>20)
		return false
	}
	values := 0
	for _, b := range pt.text {
		switch b {
		case '\n', ',', ':', '[', '{', '-', '?':
			values++
		}
	}
	if values > maxValues {
		p.add(plan.TooLarge, pt.line, 1, "saw about %d values in one piece, wanted at most %d; write lists in lines that begin with \"- \"", values, maxValues)
		return false
	}
	return true
}
