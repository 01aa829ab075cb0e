package sqlite

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// mostPhrases is how many words a search may have; the engine's own limit lies above.
const mostPhrases = 100

// boundary stands between two searched texts, so that no phrase runs from one into the other. No
// text gives it as a token.
const boundary = " · "

// searchText is what the search table indexes of an object, "" when it states nothing searched.
func searchText(k *plan.Kind, o plan.Object) string {
	var b strings.Builder
	add := func(text string) {
		tokens := query.Tokens(text)
		if len(tokens) == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteString(boundary)
		}
		for i, token := range tokens {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(token)
		}
	}
	for _, f := range k.Fields {
		if !f.Search {
			continue
		}
		text, ok := f.Get(o).(string)
		if !ok {
			continue
		}
		if f.Type != plan.Strings {
			add(text)
			continue
		}
		var items []string
		if err := json.Unmarshal([]byte(text), &items); err != nil {
			panic("sqlite: " + f.Name + ": " + err.Error()) // Get wrote it
		}
		for _, item := range items {
			add(item)
		}
	}
	return b.String()
}

// singleWide says whether a token is one character of the scripts that are cut into pairs.
func singleWide(token string) bool {
	r, size := utf8.DecodeRuneInString(token)
	return size == len(token) && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}
