package query

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Tokens cuts a text for search, the same for what is stored and what is asked: NFKC, lower case;
// a run of Han, Hiragana, Katakana or Hangul gives its overlapping pairs of characters (a single
// one gives itself), any other run of letters and digits one token.
func Tokens(text string) []string {
	var tokens []string
	var wide, word []rune
	flush := func() {
		switch {
		case len(wide) == 1:
			tokens = append(tokens, string(wide))
		case len(wide) > 1:
			for i := range len(wide) - 1 {
				tokens = append(tokens, string(wide[i:i+2]))
			}
		case len(word) > 0:
			tokens = append(tokens, string(word))
		}
		wide, word = wide[:0], word[:0]
	}
	for _, r := range strings.ToLower(norm.NFKC.String(text)) {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			if len(word) > 0 {
				flush()
			}
			wide = append(wide, r)
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if len(wide) > 0 {
				flush()
			}
			word = append(word, r)
		default:
			flush()
		}
	}
	flush()
	return tokens
}

// Phrases are what a query asks for: the tokens of each of its words, which white space parts.
// A phrase of a single wide character stands for every token that begins with it.
func Phrases(text string) [][]string {
	var phrases [][]string
	for _, word := range strings.Fields(norm.NFKC.String(text)) {
		if tokens := Tokens(word); len(tokens) > 0 {
			phrases = append(phrases, tokens)
		}
	}
	return phrases
}
