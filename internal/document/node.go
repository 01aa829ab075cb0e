package document

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"xianjie/internal/plan"
)

// mapping gives the pairs of a mapping, each key once.
func (d *decoder) mapping(n *yaml.Node, want string) ([]pair, bool) {
	if !d.allowed(n) {
		return nil, false
	}
	if n.Kind != yaml.MappingNode {
		d.fail(n, "saw %s, wanted %s", seen(n), want)
		return nil, false
	}
	pairs := make([]pair, 0, len(n.Content)/2)
	firsts := newFirsts(n)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if !d.allowed(key) {
			continue
		}
		if key.Kind != yaml.ScalarNode {
			d.fail(key, "saw %s as a key, wanted a word", seen(key))
			continue
		}
		if first := firsts.of(key); first != key {
			d.fail(key, "saw key %q again, wanted it once; it stands at line %d already", key.Value, d.line(first))
			continue
		}
		pairs = append(pairs, pair{key, n.Content[i+1]})
	}
	return pairs, true
}

// firsts finds the first use of a key in a mapping, without a map for the usual handful.
type firsts struct {
	mapping *yaml.Node
	seen    map[string]*yaml.Node
}

func newFirsts(mapping *yaml.Node) firsts {
	const handful = 64
	if len(mapping.Content) <= handful {
		return firsts{mapping: mapping}
	}
	return firsts{seen: map[string]*yaml.Node{}}
}

func (f firsts) of(key *yaml.Node) *yaml.Node {
	if f.seen != nil {
		if first := f.seen[key.Value]; first != nil {
			return first
		}
		f.seen[key.Value] = key
		return key
	}
	for i := 0; ; i += 2 {
		if k := f.mapping.Content[i]; k == key || k.Kind == yaml.ScalarNode && k.Value == key.Value {
			return k
		}
	}
}

// texts reads a list of texts as a cell.
func (d *decoder) texts(n *yaml.Node) (any, bool) {
	if !d.allowed(n) {
		return nil, false
	}
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "saw %s, wanted a list of texts such as [a, b]", seen(n))
		return nil, false
	}
	texts := make([]string, 0, len(n.Content))
	for _, item := range n.Content {
		if text, ok := d.scalar(item, "a text"); ok {
			texts = append(texts, text)
		}
	}
	if len(texts) < len(n.Content) {
		return nil, false
	}
	if len(texts) == 0 {
		return nil, true
	}
	cell, err := json.Marshal(texts)
	if err != nil {
		panic("document: " + err.Error()) // texts always marshal
	}
	return string(cell), true
}

func (d *decoder) scalar(n *yaml.Node, want string) (string, bool) {
	switch {
	case !d.allowed(n):
		return "", false
	case n.Kind != yaml.ScalarNode:
		d.fail(n, "saw %s, wanted %s", seen(n), want)
		return "", false
	case n.Value == "" || n.Tag == "!!null":
		d.fail(n, "saw no value, wanted %s; leave the key out when it is not stated", want)
		return "", false
	}
	return n.Value, true
}

// allowed refuses what makes YAML more than the text that one reads.
func (d *decoder) allowed(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		d.fail(n, "saw alias *%s, wanted the value itself; anchors and aliases are not allowed", shown(n.Value))
	case n.Anchor != "":
		d.fail(n, "saw anchor &%s, wanted the value alone; anchors and aliases are not allowed", shown(n.Anchor))
	case n.Style&yaml.TaggedStyle != 0:
		d.fail(n, "saw tag %s, wanted the value alone; tags are not allowed", shown(n.Tag))
	default:
		return true
	}
	return false
}

func (d *decoder) line(n *yaml.Node) int { return d.part.line + n.Line - 1 }

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	d.add(plan.BadUserInput, d.line(n), n.Column, format, args...)
}

// column is where the byte at offset of a scalar's value stands, when its text is written on one
// line as it is; else where the scalar begins.
func (d *decoder) column(n *yaml.Node, value string, offset int) int {
	line := string(d.sourceLine(n.Line))
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	quote := 0
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		quote = 1
	}
	if len(line) < quote || !strings.HasPrefix(line[quote:], value[:offset]) {
		return n.Column
	}
	return n.Column + quote + utf8.RuneCountInString(value[:offset])
}

// seen names what a node is.
func seen(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Value == "" || n.Tag == "!!null" {
		return "no value"
	}
	return "text " + quoted(n.Value)
}

func quoted(s string) string { return strconv.Quote(shown(s)) }

// shown cuts a text that is too long for a message.
func shown(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
