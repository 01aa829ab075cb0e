package neo4j

import (
	"encoding/json"
	"math"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
)

// boundary stands between two searched texts, so that no phrase runs from one into the other. No
// text gives it as a token.
const boundary = " · "

// searchText is what search looks in: the tokens of an object's searched texts, a space around
// each; "" when it states nothing searched.
func searchText(k *plan.Kind, o plan.Object) string {
	var texts []string
	add := func(text string) {
		if tokens := query.Tokens(text); len(tokens) > 0 {
			texts = append(texts, strings.Join(tokens, " "))
		}
	}
	for _, f := range k.Fields {
		if !f.Search {
			continue
		}
		text, ok := f.Get(o).(string)
		switch {
		case !ok:
		case f.Type == plan.Strings:
			var items []string
			if err := json.Unmarshal([]byte(text), &items); err != nil {
				panic("neo4j: " + f.Name + ": " + err.Error()) // Get wrote it
			}
			for _, item := range items {
				add(item)
			}
		default:
			add(text)
		}
	}
	if texts == nil {
		return ""
	}
	return " " + strings.Join(texts, boundary) + " "
}

// singleWide says whether a token is one character of the scripts that are cut into pairs.
func singleWide(token string) bool {
	r, size := utf8.DecodeRuneInString(token)
	return size == len(token) && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// cut is a text as its sort property has it. Cut texts never stand in another order than the texts.
func cut(text string) string {
	n := 0
	for i := range text {
		if n == sortLength {
			return text[:i]
		}
		n++
	}
	return text
}

// sortValue is the value of a field's sort property.
func (p property) sortValue(cell any) any {
	switch cell := cell.(type) {
	case int64:
		return cell
	case string:
		if p.field.Type == plan.Decimal {
			d, err := quantity.ParseDecimal(cell)
			if err != nil {
				panic("neo4j: " + err.Error()) // Get printed it
			}
			return d.SortKey()
		}
		return comparableText(cut(cell))
	}
	switch {
	case !p.total:
		return nil
	case p.field.Type == plan.Int:
		return math.Inf(1) // behind every whole number
	}
	return last
}

// comparableText is a text whose order among others of its like is that of the code points, by
// whichever of its two ways the database compares them: stored texts with each other by their
// bytes, one with a parameter by UTF-16 units. The two differ where a character has two units, so
// that these are written otherwise; all other texts are comparable as they are.
func comparableText(text string) string {
	if strings.IndexFunc(text, paired) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !paired(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(0xffff)
		b.WriteRune(0x1000 + r>>12)
		b.WriteRune(0x1000 + r&0xfff)
	}
	return b.String()
}

// paired is for the characters of two units, and the one before them, which stands for them.
func paired(r rune) bool { return r >= 0xffff }

// keyValue is the value of a field's key property: nothing where the text is comparable itself.
func (p property) keyValue(cell any) any {
	text, ok := cell.(string)
	if !ok {
		return nil
	}
	if key := comparableText(text); key != text {
		return key
	}
	return nil
}

// ceiling is the least text that is valid and not less than the given one by its bytes; false when
// there is none. The database knows only valid texts, so that it can stand for the given one.
func ceiling(text string) (string, bool) {
	if utf8.ValidString(text) {
		return text, true
	}
	head := 0
	for head < len(text) {
		r, size := utf8.DecodeRuneInString(text[head:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		head += size
	}
	tail := text[head:]
	for {
		r := rune(sort.Search(unicode.MaxRune+1, func(r int) bool { return string(visible(rune(r))) > tail }))
		if r <= unicode.MaxRune {
			return text[:head] + string(visible(r)), true
		}
		if head == 0 {
			return "", false
		}
		_, size := utf8.DecodeLastRuneInString(text[:head])
		head -= size
		tail = text[head : head+size]
	}
}

// visible is the rune, or the next where it is half of a pair and no character.
func visible(r rune) rune {
	if 0xd800 <= r && r < 0xe000 {
		return 0xe000
	}
	return r
}

// following is the least sequence of bytes behind all that begin with prefix; false when there is
// none.
func following(prefix string) (string, bool) {
	b := []byte(prefix)
	for len(b) > 0 && b[len(b)-1] == 0xff {
		b = b[:len(b)-1]
	}
	if len(b) == 0 {
		return "", false
	}
	b[len(b)-1]++
	return string(b), true
}
