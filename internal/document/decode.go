package document

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// maxObjects is how many objects one document may define: more than any plan has, few enough for
// one change set.
const maxObjects = 100_000

// object is one object being read.
type object struct {
	d      *decoder
	shape  *shape
	object plan.Object
	home   home
	node   *yaml.Node
	values []pair // by position in shape.members
	failed []string
	spots  []spot
}

// pair is a key with its value.
type pair struct{ key, value *yaml.Node }

// object reads one object and what is nested in it. Place counts the objects of its list from one.
func (d *decoder) object(kind *plan.Kind, node *yaml.Node, h home, place int) {
	if len(d.doc.Objects) >= maxObjects {
		d.add(plan.TooLarge, d.line(node), node.Column, "saw more than %d objects, wanted fewer in one document; split it", maxObjects)
		d.stopped = true
		return
	}
	pairs, ok := d.mapping(node, noun(kind)+" written as a mapping")
	if !ok {
		d.doc.lose(kind)
		return
	}
	o := &object{d: d, shape: shapeOf(kind), object: kind.New(), home: h, node: node}
	o.spots = append(o.spots, spot{0, int32(d.line(node)), int32(node.Column)})
	o.keys(pairs)
	o.implied(place)
	for i, m := range o.shape.members {
		if v := o.values[i]; v.value != nil && m.nested == nil {
			o.member(m, v)
		}
	}
	o.identify()
	o.validate()
	d.doc.first = append(d.doc.first, int32(len(d.doc.spots)))
	d.doc.spots = append(d.doc.spots, o.spots...)
	d.doc.Objects = append(d.doc.Objects, o.object)
	for i, m := range o.shape.members {
		if v := o.values[i]; v.value != nil && m.nested != nil {
			d.items(m.nested, v.value, o.inside(m), 0)
		}
	}
}

// inside is the home of what is nested in the object.
func (o *object) inside(m *member) home {
	h := home{plan: o.home.plan, owner: o.object.Base().ID}
	if m.key == childrenKey {
		h.owner, h.parent = o.home.owner, o.object.Base().ID
	}
	return h
}

// keys sorts the pairs of the mapping by member.
func (o *object) keys(pairs []pair) {
	o.values = make([]pair, len(o.shape.members))
	for _, p := range pairs {
		m := o.shape.byKey[p.key.Value]
		if m == nil {
			o.d.fail(p.key, "unknown key %q in %s%s", p.key.Value, noun(o.shape.kind), hint(p.key.Value, o.shape.keys))
			continue
		}
		i := slices.Index(o.shape.members, m)
		o.values[i] = p
	}
}

// implied sets what the object's place in the document says.
func (o *object) implied(place int) {
	kind, h := o.shape.kind, o.home
	if owner := kind.Owner(); owner != nil {
		owner.Set(o.object, []plan.ID{h.owner})
	}
	if h.parent != "" {
		o.imply(parentEdge, h.parent, "the place below `children`")
	}
	if e := planEdge(kind); e != nil && h.plan != "" {
		o.imply(planKey, h.plan, "the plan of the file")
	}
	if f := kind.Field("order"); f != nil && place > 0 {
		o.set(f, int64(place))
	}
	if isLink(kind) && h.plan != "" {
		kind.Edge("from").Set(o.object, []plan.ID{h.plan})
	}
}

func (o *object) imply(edge string, id plan.ID, by string) {
	o.shape.kind.Edge(edge).Set(o.object, []plan.ID{id})
	i := slices.Index(o.shape.members, o.shape.byKey[edge])
	if key := o.values[i].key; key != nil {
		o.d.fail(key, "saw %q, wanted none here: %s says it", edge, by)
		o.values[i] = pair{}
	}
}

// set puts a cell that has the field's type.
func (o *object) set(f *plan.Field, cell any) {
	if err := f.Set(o.object, cell); err != nil {
		panic("document: " + err.Error())
	}
}

func (o *object) member(m *member, v pair) {
	o.mark(m, v.value)
	known := len(o.d.found)
	switch {
	case m.edge != nil:
		o.edge(m, v.value)
	case m.quantity != nil:
		o.quantity(m, v.value)
	case m.parts != nil:
		o.parts(m, v.value)
	default:
		o.field(m, v.value)
	}
	if len(o.d.found) > known {
		o.failed = append(o.failed, m.path)
	}
}

func (o *object) mark(m *member, n *yaml.Node) {
	o.spots = append(o.spots, spot{m.slot, int32(o.d.line(n)), int32(n.Column)})
}

func (o *object) field(m *member, n *yaml.Node) {
	switch m.field.Type {
	case plan.Strings:
		if cell, ok := o.d.texts(n); ok {
			o.set(m.field, cell)
		}
		return
	case plan.Values:
		o.d.fail(n, "saw %q, wanted a document without it", m.key)
		return
	}
	text, ok := o.d.scalar(n, wanted(m.field))
	if !ok {
		return
	}
	if m.field.Name == "code" {
		o.object.Base().Code = text
		return
	}
	if cell, message := cellOf(m.field, text); message != "" {
		o.d.fail(n, "%s", message)
	} else {
		o.set(m.field, cell)
	}
}

// cellOf reads the text of a field; the message says what is wrong with it.
func cellOf(f *plan.Field, text string) (cell any, message string) {
	switch {
	case f.Enum != nil && !slices.Contains(f.Enum, text):
		upper := strings.ToUpper(text)
		return nil, fmt.Sprintf("saw %s, wanted %s%s", quoted(text), wanted(f), hint(upper, f.Enum))
	case f.Date:
		if _, err := plan.ParseDate(text); err != nil {
			return nil, err.Error()
		}
	case f.Type == plan.Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 || n > math.MaxInt32 {
			return nil, fmt.Sprintf("saw %s, wanted a whole number", quoted(text))
		}
		return n, ""
	case f.Type == plan.Bool:
		if text != "true" && text != "false" {
			return nil, fmt.Sprintf("saw %s, wanted true or false", quoted(text))
		}
		return text == "true", ""
	case f.Type == plan.Decimal:
		if _, err := quantity.ParseDecimal(text); err != nil {
			return nil, fmt.Sprintf("saw %s, wanted a decimal number", quoted(text))
		}
	}
	return text, ""
}

// wanted names what a field takes.
func wanted(f *plan.Field) string {
	switch {
	case f.Enum != nil:
		return "one of " + strings.Join(f.Enum, " ")
	case f.Date:
		return "a date such as 2021, 2021-09 or 2021-09-30"
	case f.Type == plan.Int:
		return "a whole number"
	case f.Type == plan.Bool:
		return "true or false"
	case f.Type == plan.Decimal:
		return "a decimal number"
	}
	return "a text"
}

func (o *object) parts(m *member, n *yaml.Node) {
	pairs, ok := o.d.mapping(n, fmt.Sprintf("a mapping such as %s: {%s: …}", m.key, m.parts[0].key))
	if !ok {
		return
	}
	for _, p := range pairs {
		i := slices.IndexFunc(m.parts, func(part *member) bool { return part.key == p.key.Value })
		if i < 0 {
			keys := make([]string, len(m.parts))
			for i, part := range m.parts {
				keys[i] = part.key
			}
			o.d.fail(p.key, "unknown key %q in %s%s", p.key.Value, m.key, hint(p.key.Value, keys))
			continue
		}
		o.mark(m.parts[i], p.value)
		o.field(m.parts[i], p.value)
	}
}

func (o *object) quantity(m *member, n *yaml.Node) {
	text, ok := o.d.scalar(n, `a quantity such as ">= 23.5 %"`)
	if !ok {
		return
	}
	q, err := quantity.Parse(text)
	if err != nil {
		line, col, message := o.d.line(n), n.Column, err.Error()
		if pe := (*quantity.ParseError)(nil); errors.As(err, &pe) {
			col, message = o.d.column(n, text, pe.Offset), pe.Message
		}
		o.d.add(plan.BadUserInput, line, col, "is no quantity: %s", message)
		return
	}
	*m.quantityOf(o.object) = q
}

func (o *object) edge(m *member, n *yaml.Node) {
	nodes := []*yaml.Node{n}
	if m.edge.Many {
		if !o.d.allowed(n) {
			return
		}
		if n.Kind != yaml.SequenceNode {
			o.d.fail(n, "saw %s, wanted a list of references such as [%s]", seen(n), "a, b")
			return
		}
		nodes = n.Content
		o.spots = o.spots[:len(o.spots)-1] // each reference has its own
	}
	var ids []plan.ID
	for _, n := range nodes {
		text, ok := o.d.scalar(n, "a reference to "+nouns(m.edge.To))
		if !ok {
			continue
		}
		id, want := o.home.expand(o.object, m.edge, text)
		switch {
		case want != "":
			o.d.fail(n, "saw reference %s, wanted %s", quoted(text), want)
		case !id.Valid() || !slices.Contains(m.edge.To, plan.KindOf(id)):
			o.d.fail(n, "saw reference %s, wanted the code or id of %s", quoted(text), nouns(m.edge.To))
		default:
			ids = append(ids, id)
			if m.edge.Many {
				o.mark(m, n)
			}
		}
	}
	m.edge.Set(o.object, ids)
}

func nouns(kinds []*plan.Kind) string {
	if len(kinds) > 3 {
		return "a plan or an element"
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = noun(k)
	}
	return strings.Join(names, " or ")
}

// identify makes the id from the code and the place. An object without a usable code gets an id
// that no other has, so that what it contains can still be checked.
func (o *object) identify() {
	meta, kind := o.object.Base(), o.shape.kind
	if !isLink(kind) {
		code := meta.Code
		meta.ID, meta.Code = plan.MakeID(kind.Prefix, o.home.base()+code), ""
		switch {
		case slices.Contains(o.failed, "code"):
		case code == "":
			o.d.fail(o.node, "%q is missing in %s", "code", noun(kind))
			o.failed = append(o.failed, "code")
		case !meta.ID.Valid():
			at := o.values[slices.Index(o.shape.members, o.shape.byKey["code"])].value
			o.d.fail(at, "saw code %s, wanted letters, digits and . _ ~ - with a letter or digit first", quoted(code))
			o.failed = append(o.failed, "code")
		case kind.Name == "Plan":
			o.d.doc.owner = meta.ID
		}
		if slices.Contains(o.failed, "code") {
			o.d.doc.lose(kind)
			meta.ID = plan.MakeID(kind.Prefix, fmt.Sprintf("%sunnamed-%d-%d", o.home.base(), o.d.line(o.node), o.node.Column))
		}
	}
	plan.Normalize(o.object)
}

// validate places what the domain says against the object, unless the value was refused already.
func (o *object) validate() {
	kind := o.shape.kind
	if link, ok := o.object.(*plan.Link); ok {
		o.link(link)
	}
	errs := plan.Validate(o.object)
	for _, e := range errs {
		path := strings.TrimPrefix(strings.TrimPrefix(e.Path, pathID(o.object, kind)), ".")
		if path == "id" {
			if isLink(kind) && (len(errs) > 1 || len(o.failed) > 0) {
				continue // the id follows from what is wrong already
			}
			path = "code"
		}
		m := o.shape.memberFor(path)
		if m == nil || slices.Contains(o.failed, m.path) {
			if m == nil && len(o.failed) == 0 {
				o.d.fail(o.node, "%s: %s", path, e.Message)
			}
			continue
		}
		i := slices.Index(o.shape.members, m)
		if e.Message != "is missing" {
			at := o.node
			if o.values[i].value != nil {
				at = o.values[i].value
			}
			name := m.key
			if m.parts != nil {
				name = path
			}
			o.d.fail(at, "%s: %s", name, e.Message)
			continue
		}
		o.missing(m)
	}
}

func (o *object) missing(m *member) {
	kind := o.shape.kind
	if text := o.shape.byKey["text"]; m.quantity != nil && text != nil {
		if at := o.values[slices.Index(o.shape.members, text)].value; at != nil {
			o.d.add(plan.Unsupported, o.d.line(at), at.Column,
				"saw `text` without %q, wanted both: reading a value out of text comes later", m.key)
			return
		}
	}
	o.d.fail(o.node, "%q is missing in %s", m.key, noun(kind))
}

// link keeps links in the file of the plan that they come from.
func (o *object) link(l *plan.Link) {
	if o.home.plan == "" || l.From == "" || belongsTo(l.From, o.home.plan) {
		return
	}
	i := slices.Index(o.shape.members, o.shape.byKey["from"])
	if at := o.values[i].value; at != nil && !slices.Contains(o.failed, "from") {
		o.d.fail(at, "saw a link from %s, wanted one from %s or an element of it", l.From, o.home.plan)
	}
}

// pathID is what Validate's paths about the object begin with.
func pathID(o plan.Object, kind *plan.Kind) string {
	if id := o.Base().ID; id != "" {
		return string(id)
	}
	return kind.Prefix
}
