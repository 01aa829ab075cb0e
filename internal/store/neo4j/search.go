package neo4j

import (
	"strings"

	"xianjie/internal/query"
)

// mostCandidateTokens is how much of a phrase the index is asked for; the rest is looked at in what
// it finds.
const mostCandidateTokens = 50

// says is a condition on what v's search text holds: every phrase, token by token.
func (c *compiler) says(sh *shape, v string, f query.Text) (string, error) {
	phrases, err := phrasesOf(f)
	if err != nil || len(phrases) == 0 || !sh.searched {
		return never, err
	}
	parts := make([]string, len(phrases))
	for i, tokens := range phrases {
		text := " " + strings.Join(tokens, " ")
		if len(tokens) > 1 || !singleWide(tokens[0]) {
			text += " "
		}
		parts[i] = v + "." + quote(tokensProperty) + " CONTAINS " + c.arg(text)
	}
	return "(" + strings.Join(parts, " AND ") + ")", nil
}

func phrasesOf(f query.Text) ([][]string, error) {
	phrases := query.Phrases(f.Query)
	if len(phrases) > mostPhrases {
		return nil, unfit("search", "saw %d words, wanted at most %d", len(phrases), mostPhrases)
	}
	return phrases, nil
}

// found is the clause that binds v to what the full-text index finds for the phrases: all that says
// holds for, and perhaps more. Tokens are letters, digits and marks, so that none is syntax.
func (c *compiler) found(sh *shape, v string, phrases [][]string) string {
	c.fullText = true
	asked := make([]string, len(phrases))
	for i, tokens := range phrases {
		if len(tokens) == 1 && singleWide(tokens[0]) {
			asked[i] = "+" + tokens[0] + "*"
			continue
		}
		asked[i] = `+"` + strings.Join(tokens[:min(len(tokens), mostCandidateTokens)], " ") + `"`
	}
	return "CALL db.index.fulltext.queryNodes('" + sh.searchIndex() + "', " + c.arg(strings.Join(asked, " ")) + ") YIELD node AS " + v
}
