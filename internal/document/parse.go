package document

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"xianjie/internal/plan"
)

// Parse reads one document and lists everything that is wrong with it by itself, each error with
// "name:line:column" as path. The document is whole only when there are no errors. With errors it
// carries what could be read, so that Set.Resolve can say what else is wrong; it must not be stored.
func Parse(name string, data []byte) (*Document, plan.Errors) {
	p := &problems{name: name}
	text, ok := checkText(p, data)
	if !ok || !checkOne(p, text) {
		doc := unreadable(name, finish(p.found))
		return doc, doc.errs
	}
	d := newDecoder(name)
	parts := split(text)
	d.parts(parts)
	if d.syntax > 0 && len(parts) > 1 && len(text) <= maxWhole {
		// Perhaps it may not be cut as it was.
		whole := newDecoder(name)
		if whole.parts([]part{{line: 1, text: text}}); whole.syntax == 0 {
			d = whole
		}
	}
	d.close()
	d.doc.errs = finish(d.found)
	return d.doc, d.doc.errs
}

// unreadable is a document of which nothing is known but what is wrong with it.
func unreadable(name string, errs plan.Errors) *Document {
	d := newDocument(name)
	d.lose(nil)
	d.errs = errs
	return d
}

// decoder turns the parts of one document into objects.
type decoder struct {
	problems
	doc    *Document
	part   part            // the one being read
	opened map[string]spot // keys of the outer mappings
	listed map[string]int  // objects so far of each list
	active bool            // the list that was opened last may be read
	syntax int             // parts that are no YAML
}

func newDecoder(name string) *decoder {
	d := &decoder{doc: newDocument(name), opened: map[string]spot{}, listed: map[string]int{}}
	d.name = name
	return d
}

// parts reads the header before the rest, since all ids of a plan's elements begin with its code.
func (d *decoder) parts(parts []part) {
	for _, header := range []bool{true, false} {
		for _, pt := range parts {
			whole := pt.opens.key == "" && pt.list == ""
			isHeader := pt.opens.key == planKey || whole
			if isHeader == header && !d.full() {
				d.read(pt)
			}
		}
	}
}

func (d *decoder) read(pt part) {
	d.part = pt
	path := join(pt.outer, pt.list)
	if pt.list != "" && pt.opens.key != "" {
		d.active = d.open(path, pt.opens.line, pt.opens.col)
	}
	if len(pt.text) == 0 || pt.list != "" && !d.active {
		return
	}
	if !checkPart(&d.problems, pt) {
		d.doc.lose(plan.KindPlural(pt.list))
		return
	}
	node, err := load(pt.text)
	if err != nil {
		d.readItems(pt, path, err)
		return
	}
	if pt.list != "" {
		d.list(path, node)
		return
	}
	d.outer(pt.outer, node)
}

// readItems reads the items of a part that is no YAML one by one, so that one error hides no other.
func (d *decoder) readItems(pt part, path string, err error) {
	if runs, ok := items(pt.text, pt.line, 1); pt.list != "" && ok && len(runs) > 1 {
		for _, run := range runs {
			run.list = pt.list
			d.part = run
			node, err := load(run.text)
			if err != nil {
				d.badYAML(err)
				continue
			}
			d.list(path, node)
		}
		return
	}
	d.badYAML(err)
}

func (d *decoder) outer(outer string, node *yaml.Node) {
	if node == nil {
		return
	}
	want := "a mapping with `plan:` or `vocabulary:`"
	if outer != "" {
		want = "a mapping of lists such as `regions:`"
	}
	pairs, ok := d.mapping(node, want)
	if !ok {
		return
	}
	if i := slices.IndexFunc(pairs, func(p pair) bool { return p.key.Value == planKey }); i > 0 && outer == "" {
		pairs = append([]pair{pairs[i]}, slices.Delete(slices.Clone(pairs), i, i+1)...)
	}
	for _, p := range pairs {
		path := join(outer, p.key.Value)
		if !d.open(path, d.line(p.key), p.key.Column) {
			continue
		}
		switch path {
		case planKey:
			d.header(p.value)
		case vocabularyKey:
			d.outer(vocabularyKey, p.value)
		default:
			d.list(path, p.value)
		}
	}
}

// open notes a key of an outer mapping and says whether its value may be read.
func (d *decoder) open(path string, line, col int) bool {
	outer, key, nested := strings.Cut(path, ".")
	known := append([]string{planKey, vocabularyKey}, plurals(planLists())...)
	where := "at the top of a document"
	if nested {
		known, where = plurals(vocabularyLists()), "in "+outer
	} else {
		key = outer
	}
	if first, ok := d.opened[path]; ok {
		d.add(plan.BadUserInput, line, col, "saw key %q again, wanted it once; it stands at line %d already", key, first.line)
		return false
	}
	d.opened[path] = spot{line: int32(line), col: int32(col)}
	if slices.Contains(known, key) {
		return true
	}
	advice := hint(key, known)
	if !nested && slices.Contains(plurals(vocabularyLists()), key) {
		advice = "; " + key + " stand below `vocabulary:`"
	}
	d.add(plan.BadUserInput, line, col, "unknown key %q %s%s", key, where, advice)
	return false
}

// close says what is wrong with the document as a whole.
func (d *decoder) close() {
	header, isPlan := d.opened[planKey]
	vocabulary, isVocabulary := d.opened[vocabularyKey]
	switch {
	case isPlan && isVocabulary:
		second := header
		if header.line < vocabulary.line {
			second = vocabulary
		}
		d.add(plan.BadUserInput, int(second.line), int(second.col), "saw both `plan:` and `vocabulary:`, wanted one of them in a file")
	case isPlan:
	default:
		orphans := false
		for _, k := range planLists() {
			if s, ok := d.opened[k.Plural]; ok {
				orphans = true
				d.add(plan.BadUserInput, int(s.line), int(s.col), "saw %s without a plan, wanted `plan:` above them", k.Plural)
			}
		}
		if !orphans && !isVocabulary && len(d.found) == 0 {
			d.add(plan.BadUserInput, 1, 1, "saw neither `plan:` nor `vocabulary:`, wanted one of them")
		}
	}
}

// header reads the plan itself.
func (d *decoder) header(node *yaml.Node) {
	d.object(plan.KindNamed("Plan"), node, home{}, 0)
}

// list reads the items of one list of the outer mappings, which may come in several parts.
func (d *decoder) list(path string, node *yaml.Node) {
	outer, key, nested := strings.Cut(path, ".")
	h := home{}
	if !nested {
		key = outer
		h.plan = d.planID()
		h.owner = h.plan
	}
	kind := plan.KindPlural(key)
	d.listed[path] = d.items(kind, node, h, d.listed[path])
}

// items reads objects of a kind and returns how many the list has by then.
func (d *decoder) items(kind *plan.Kind, node *yaml.Node, h home, place int) int {
	if node == nil || !d.allowed(node) {
		return place
	}
	if node.Kind != yaml.SequenceNode {
		d.fail(node, "saw %s, wanted a list of %s", seen(node), kind.Plural)
		return place
	}
	for _, item := range node.Content {
		if d.full() {
			break
		}
		place++
		d.object(kind, item, h, place)
	}
	return place
}

// planID is the plan that the elements belong to. Without a readable header they get ids of a plan
// that no register has, so that everything else about them can still be checked.
func (d *decoder) planID() plan.ID {
	if d.doc.owner == "" {
		d.doc.lose(nil)
		return plan.MakeID(planKey, "unnamed")
	}
	return d.doc.owner
}

func join(outer, key string) string {
	if outer == "" {
		return key
	}
	return outer + "." + key
}

const tooDeep = "nesting"

// nesting limits how deep YAML may nest. Aliases are refused where they stand, not expanded.
type nesting struct{}

func (nesting) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > maxNested {
		return errors.New(tooDeep)
	}
	return nil
}

func (nesting) CheckAlias(_, _ int) error { return nil }

// load parses YAML; nil without error is text that has no content.
func load(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	err := yaml.Load(text, &doc, yaml.WithPlugin(nesting{}))
	if err != nil {
		if l := (&yaml.LoadErrors{}); errors.As(err, &l) && strings.Contains(err.Error(), "no documents") {
			return nil, nil
		}
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// badYAML reports text that is no YAML, at the place that the parser complains about.
func (d *decoder) badYAML(err error) {
	d.syntax++
	d.doc.lose(plan.KindPlural(d.part.list))
	le := &yaml.LoadError{}
	if !errors.As(err, &le) || le.Mark.Line == 0 {
		d.add(plan.BadUserInput, d.part.line, 1, "is no YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	line := d.part.line - 1
	if le.Message == tooDeep {
		d.add(plan.BadUserInput, line+le.Mark.Line, le.Mark.Column, "saw nesting deeper than %d levels, wanted at most that", maxNested)
		return
	}
	at, context := le.Mark, ""
	if le.ContextMsg != "" {
		context = " " + le.ContextMsg
		elsewhere := le.ContextMark.Line != at.Line
		// What was opened and not closed, or began wrongly, is what has to be mended; a tab stands where it is.
		if le.ContextMark.Line > 0 && (elsewhere || le.Stage == yaml.ScannerStage) && !strings.Contains(le.Message, "tab") {
			at = le.ContextMark
			if elsewhere {
				context += fmt.Sprintf(" that ends at line %d", line+le.Mark.Line)
			}
		}
	}
	d.add(plan.BadUserInput, line+at.Line, at.Column, "is no YAML: %s%s%s", le.Message, context, d.advice(at))
}

// advice helps with the two mistakes that people make most.
func (d *decoder) advice(at yaml.Mark) string {
	line := []rune(string(d.sourceLine(at.Line)))
	column := min(len(line), at.Column-1)
	before, rest := strings.TrimRight(string(line[:column]), " "), string(line[column:])
	switch {
	case strings.HasPrefix(rest, "\t") || strings.HasSuffix(before, "\t"):
		return "; indent with spaces, not tabs"
	case strings.HasSuffix(before, ":") && rest != "" && strings.ContainsRune(">|@%`*&!", line[column]):
		return fmt.Sprintf("; put a value that begins with %c in quotes", line[column])
	}
	return ""
}

// sourceLine is a line of the part being read, counted from one, without its end.
func (d *decoder) sourceLine(number int) []byte {
	var found []byte
	lines(d.part.text, 1, func(line, start, end int) bool {
		if line == number {
			found = d.part.text[start:end]
		}
		return line < number
	})
	return []byte(strings.TrimRight(string(found), "\r\n"))
}
