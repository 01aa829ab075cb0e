package document

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// value is a piece of YAML to be written.
type value struct {
	form   form
	text   string  // of a text or word
	fields []field // of a mapping
	list   []value // of a list
	inline bool    // a mapping or list that reads best on one line
}

type field struct {
	key   string
	value value
}

type form int

const (
	text    form = iota // a text, quoted where it needs to be
	word                // a number or truth value, written as it is
	mapping             // keys and values
	list                // values
)

const (
	lineWidth = 100 // columns up to which something is written on one line
	oneLevel  = "  "
)

// emitter writes YAML. It keeps to a small part of YAML that every reader reads alike.
type emitter struct{ strings.Builder }

// field writes one key of a block mapping whose keys stand behind indent.
func (e *emitter) field(f field, indent string) {
	e.WriteString(f.key + ":")
	switch v := f.value; v.form {
	case text:
		e.text(v.text, indent+oneLevel)
	case word:
		e.WriteString(" " + v.text + "\n")
	case mapping:
		if flow, ok := oneLine(v, len(indent)+len(f.key)+2); ok {
			e.WriteString(" " + flow + "\n")
			return
		}
		e.WriteString("\n")
		for _, inner := range v.fields {
			e.WriteString(indent + oneLevel)
			e.field(inner, indent+oneLevel)
		}
	case list:
		if flow, ok := oneLine(v, len(indent)+len(f.key)+2); ok {
			e.WriteString(" " + flow + "\n")
			return
		}
		e.WriteString("\n")
		e.list(v.list, indent+oneLevel)
	}
}

func (e *emitter) list(items []value, indent string) {
	for _, item := range items {
		e.WriteString(indent + "-")
		if flow, ok := oneLine(item, len(indent)+2); ok {
			e.WriteString(" " + flow + "\n")
			continue
		}
		if item.form != mapping {
			e.text(item.text, indent+oneLevel)
			continue
		}
		for i, f := range item.fields {
			e.WriteString(" ")
			if i > 0 {
				e.WriteString(indent + " ")
			}
			e.field(f, indent+oneLevel)
		}
	}
}

// text writes a text behind a key: several lines as a literal block, else on the line of the key.
func (e *emitter) text(s, indent string) {
	if !literal(s) {
		e.WriteString(" " + scalar(s, false) + "\n")
		return
	}
	body, ended := strings.CutSuffix(s, "\n")
	e.WriteString(" |")
	if !ended {
		e.WriteString("-")
	}
	e.WriteString("\n")
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" {
			e.WriteString(indent + line)
		}
		e.WriteString("\n")
	}
}

// literal says whether a text can stand as a literal block and be read back the same.
func literal(s string) bool {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(body, "\n") || strings.HasSuffix(body, "\n") || strings.ContainsAny(body[:1], " \t\n") {
		return false
	}
	for line := range strings.SplitSeq(body, "\n") {
		if strings.TrimSpace(line) == "" && line != "" || !printable(line) {
			return false
		}
	}
	return true
}

// oneLine is a value in flow style, when it is meant to be and the line does not become too long.
func oneLine(v value, column int) (string, bool) {
	if (v.form == mapping || v.form == list) && !v.inline {
		return "", false
	}
	if v.form == text && literal(v.text) {
		return "", false
	}
	s := flow(v)
	return s, v.form == text || column+columns(s) <= lineWidth || len(v.list)+len(v.fields) == 0
}

func flow(v value) string {
	switch v.form {
	case word:
		return v.text
	case mapping:
		parts := make([]string, len(v.fields))
		for i, f := range v.fields {
			parts[i] = f.key + ": " + flow(f.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case list:
		parts := make([]string, len(v.list))
		for i, item := range v.list {
			parts[i] = flow(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return scalar(v.text, true)
}

// columns is how wide a text is on a terminal, where Chinese characters take two.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}

// scalar writes a text plain where it can't be taken for anything else, else in double quotes.
func scalar(s string, inFlow bool) string {
	if plain(s, inFlow) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02X`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func plain(s string, inFlow bool) bool {
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case !unicode.IsLetter(first), !printable(s), strings.HasSuffix(s, " "), strings.HasSuffix(s, ":"):
		return false
	case strings.Contains(s, ": "), strings.Contains(s, " #"), inFlow && strings.ContainsAny(s, ",[]{}"):
		return false
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf": // in some version of YAML
		return false
	}
	return true
}

func printable(s string) bool {
	for _, r := range s {
		if r != ' ' && !unicode.IsPrint(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}
