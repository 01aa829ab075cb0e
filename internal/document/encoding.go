package document

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xianjie/internal/plan"
)

const (
	maxFile = 32 << 20 // bytes of one file

	byteOrderMark = "\uFEFF"
)

// checkText says whether the bytes are text that YAML and people count lines of alike, and drops a
// byte order mark. Only the first bad place is reported: what follows it is guesswork.
func checkText(p *problems, data []byte) ([]byte, bool) {
	if len(data) > maxFile {
		tooLarge(p, int64(len(data)))
		return nil, false
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		p.add(plan.BadUserInput, 1, 1, "saw UTF-16 text, wanted UTF-8; save the file as UTF-8")
		return nil, false
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	line, start := 1, 0
	for i := 0; i < len(data); {
		b := data[i]
		switch {
		case b == '\n':
			line, start = line+1, i+1
			i++
			continue
		case b == '\t' || b >= ' ' && b < 0x7f || b == '\r' && i+1 < len(data) && data[i+1] == '\n':
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			col := utf8.RuneCount(data[start:i]) + 1
			p.add(plan.BadUserInput, line, col, "saw byte 0x%02X, wanted UTF-8 text%s", data[i], guessEncoding(data[start:]))
			return nil, false
		case forbidden(r):
			col := utf8.RuneCount(data[start:i]) + 1
			p.add(plan.BadUserInput, line, col, "saw the control character U+%04X, wanted plain text; delete it or write it as an escape in double quotes", r)
			return nil, false
		}
		i += size
	}
	return data, true
}

func tooLarge(p *problems, size int64) {
	p.add(plan.TooLarge, 1, 1, "saw a file of %d bytes, wanted at most %d MB; split it", size, maxFile>>20)
}

// forbidden are the characters that YAML refuses, and the line breaks that only YAML knows.
func forbidden(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == '\ufffe' || r == '\uffff'
}

// guessEncoding looks at the line of a bad byte: what decodes as GB18030 into Chinese is that.
func guessEncoding(line []byte) string {
	const enough = 4096
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	cut := len(line) > enough
	line = line[:min(len(line), enough)]
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(line)
	if cut {
		text = bytes.TrimSuffix(text, []byte(string(utf8.RuneError)))
	}
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return ""
	}
	for _, r := range string(text) {
		if unicode.Is(unicode.Han, r) {
			return "; it looks like GBK or GB18030: save the file as UTF-8"
		}
	}
	return ""
}
