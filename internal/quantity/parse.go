package quantity

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads the text form of a quantity, which the package comment describes. The error is a *ParseError that says where and why; the
// quantity returned without one is valid.
func Parse(s string) (Quantity, error) {
	p := &parser{in: s}
	q, err := p.quantity()
	if err != nil {
		return Quantity{}, err
	}
	if err := q.Validate(); err != nil {
		return Quantity{}, p.fail(0, err.Error())
	}
	return q, nil
}

// parser reads the input from left to right. It folds full-width forms rune by rune, so that offsets are those of the input.
type parser struct {
	in  string
	pos int
}

func (p *parser) fail(at int, message string) *ParseError {
	return &ParseError{Offset: at, Input: p.in, Message: message}
}

// folded are the typographic forms of the characters of the grammar, besides the full-width ones.
var folded = map[rune]rune{'−': '-', '﹣': '-', '≧': '≥', '⩾': '≥', '≦': '≤', '⩽': '≤', '≈': '~', '〜': '~', '∼': '~'}

// peek returns the next character as the grammar knows it, and how many bytes of the input it takes; 0 and 0 at the end.
func (p *parser) peek() (rune, int) {
	if p.pos >= len(p.in) {
		return 0, 0
	}
	r, size := utf8.DecodeRuneInString(p.in[p.pos:])
	if r >= '！' && r <= '～' { // the full-width forms are ASCII at a distance
		return r - '！' + '!', size
	}
	if f, ok := folded[r]; ok {
		return f, size
	}
	if unicode.IsSpace(r) {
		return ' ', size
	}
	return r, size
}

func (p *parser) skipSpace() {
	for r, size := p.peek(); r == ' '; r, size = p.peek() {
		p.pos += size
	}
}

// accept takes the characters of want if they come next, spaces before them aside.
func (p *parser) accept(want string) bool {
	p.skipSpace()
	start := p.pos
	for _, w := range want {
		r, size := p.peek()
		if r != w {
			p.pos = start
			return false
		}
		p.pos += size
	}
	return true
}

// word returns the run of characters up to the next space or parenthesis as written, without taking it.
func (p *parser) word() string {
	start := p.pos
	for r, size := p.peek(); size > 0 && r != ' ' && r != '(' && r != ')'; r, size = p.peek() {
		p.pos += size
	}
	word := p.in[start:p.pos]
	p.pos = start
	return word
}

// acceptWord takes want if it comes next, in any case and not as the beginning of a longer word.
func (p *parser) acceptWord(want string) bool {
	p.skipSpace()
	end := p.pos + len(want)
	if end > len(p.in) || !strings.EqualFold(p.in[p.pos:end], want) {
		return false
	}
	if following, _ := utf8.DecodeRuneInString(p.in[end:]); unicode.IsLetter(following) {
		return false
	}
	p.pos = end
	return true
}

// acceptLabel takes a word and the colon behind it.
func (p *parser) acceptLabel(want string) bool {
	start := p.pos
	if p.acceptWord(want) && p.accept(":") {
		return true
	}
	p.pos = start
	return false
}

func (p *parser) quantity() (Quantity, error) {
	if p.skipSpace(); p.pos == len(p.in) {
		return Quantity{}, p.fail(p.pos, `a quantity was expected, such as ">= 23.5 %"`)
	}
	var q Quantity
	q.Aspirational = p.acceptWord("aspire")
	for _, comparator := range []Comparator{Qualitative, Delegated} {
		if p.acceptLabel(strings.ToLower(string(comparator))) {
			return p.phrase(q, comparator)
		}
	}
	return p.numeric(q)
}

func (p *parser) phrase(q Quantity, comparator Comparator) (Quantity, error) {
	p.skipSpace()
	q.Comparator = comparator
	q.Phrase = strings.TrimSpace(p.in[p.pos:])
	if err := checkPhrase(q.Phrase); err != nil {
		return Quantity{}, p.fail(p.pos, err.Error())
	}
	return q, nil
}

func (p *parser) numeric(q Quantity) (Quantity, error) {
	q.Comparator = p.comparator()
	p.skipSpace()
	amountAt := p.pos
	value, signed, err := p.number()
	if err != nil {
		return Quantity{}, err
	}
	q.Value = value
	rangeAt := p.pos
	if p.accept("..") || p.accept("~") || p.accept("–") {
		if q.Comparator != "" {
			return Quantity{}, p.fail(rangeAt, "a range takes no comparator: write 33..37 %")
		}
		q.Comparator = Range
		var highSigned bool
		if q.High, highSigned, err = p.number(); err != nil {
			return Quantity{}, err
		}
		if q.Value.Cmp(q.High) >= 0 {
			return Quantity{}, p.fail(amountAt, fmt.Sprintf("the range %s..%s does not ascend", q.Value, q.High))
		}
		signed = signed || highSigned
	}
	if q.Comparator == "" {
		q.Comparator = EQ
	}
	if q.Unit, err = p.unit(); err != nil {
		return Quantity{}, err
	}
	return p.kind(q, signed, amountAt)
}

// comparator takes the comparator if there is one; "" if not.
func (p *parser) comparator() Comparator {
	for _, c := range []struct {
		symbol     string
		comparator Comparator
	}{
		{">=", GE}, {"≥", GE}, {">", GT}, {"<=", LE}, {"≤", LE}, {"<", LT}, {"=", EQ}, {"~", About},
	} {
		if p.accept(c.symbol) {
			return c.comparator
		}
	}
	if p.acceptWord("about") {
		return About
	}
	return ""
}

// number takes a number and says whether it had a sign. A second dot ends it: it belongs to a range.
func (p *parser) number() (Decimal, bool, error) {
	p.skipSpace()
	at := p.pos
	signed := false
	var text []byte
	if r, size := p.peek(); r == '+' || r == '-' {
		signed = true
		text = append(text, byte(r))
		p.pos += size
		p.skipSpace()
	}
	for r, size := p.peek(); p.inNumber(r, size); r, size = p.peek() {
		text = append(text, byte(r))
		p.pos += size
	}
	d, err := parseDecimal(string(text))
	if err == nil {
		return d, signed, nil
	}
	if r, size := p.peek(); size > 0 && (len(text) == 0 || signed && len(text) == 1) {
		return Decimal{}, false, p.fail(at, fmt.Sprintf("a number was expected where %q stands", r))
	}
	return Decimal{}, false, p.fail(at, err.Message)
}

// inNumber says whether r continues a number. A comma or an exponent between digits does, so that the complaint is about it and not about
// an odd unit.
func (p *parser) inNumber(r rune, size int) bool {
	next := parser{in: p.in, pos: p.pos + size}
	following, _ := next.peek()
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	switch {
	case isDigit(r):
		return true
	case r == '.':
		return following != '.'
	case r == ',' || r == 'e' || r == 'E':
		return isDigit(following) || following == '+' || following == '-'
	}
	return false
}

// atSuffix says whether a word comes next that begins a suffix and therefore ends a unit.
func (p *parser) atSuffix() bool {
	start := p.pos
	found := p.acceptWord("vs") || p.acceptWord("cumulative") || p.acceptWord("per") || p.acceptWord("level")
	p.pos = start
	return found
}

// unit takes the unit, which may contain spaces, and returns its canonical name; "" if there is none.
func (p *parser) unit() (string, error) {
	p.skipSpace()
	start, end := p.pos, p.pos
	for !p.atSuffix() {
		word := p.word()
		if word == "" {
			break
		}
		p.pos += len(word)
		end = p.pos
		p.skipSpace()
	}
	p.pos = end
	name := p.in[start:end]
	u, ok := UnitByName(name)
	if !ok {
		return "", p.fail(start, unknownUnit(name).Error())
	}
	return u.Name, nil
}
