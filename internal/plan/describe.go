package plan

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"time"

	"xianjie/internal/quantity"
)

// Type is how a field's cell is kept and printed.
type Type int

const (
	String  Type = iota // text; enums and dates too
	Int                 // 64-bit
	Bool                // never null
	Time                // an instant, fixed-width UTC text with microseconds
	Decimal             // exact decimal as printed; ordered by quantity.Decimal.SortKey
	Strings             // list of text, a JSON array in a cell
	Values              // list of value objects, a JSON array in a cell
)

// TimeLayout is the text of an instant in a cell; its byte order is the order in time.
const TimeLayout = "2006-01-02T15:04:05.000000Z"

// Field is one stored value of a kind. A value object (Source, Quantity) is one Field per member,
// named "source.ref".
type Field struct {
	Name     string
	Type     Type
	Enum     []string // the allowed words, nil when free
	Date     bool     // a Date
	Required bool
	Index    bool
	Search   bool
	Noted    bool // the register notes it by itself; no change states it
	Position int  // in Kind.Fields
	index    []int
}

// Column is the field's name where a dot can't stand.
func (f *Field) Column() string { return strings.ReplaceAll(f.Name, ".", "_") }

// Edge is a reference without properties that one kind owns.
type Edge struct {
	Name     string
	From     *Kind
	To       []*Kind
	Many     bool
	Required bool
	Inverse  string
	Owner    bool   // see Kind.Owner
	With     string // another edge to one: what both lead to is often asked for
	index    []int
}

// Column is the edge's name where a dot can't stand.
func (e *Edge) Column() string { return strings.ReplaceAll(e.Name, ".", "_") }

// Polymorphic says whether the edge may point to several kinds.
func (e *Edge) Polymorphic() bool { return len(e.To) > 1 }

// End is one way to walk from a kind: along an edge it owns, back along an edge that points to
// it, or across a link type from plan to plan (OBEYS as Plan.obeys).
type End struct {
	Name    string
	Kind    *Kind   // where the walk starts
	To      []*Kind // where it can arrive, in the order of Kinds
	Many    bool    // a connection
	Edge    *Edge   // the edge walked; nil for Across and Union
	Reverse bool    // against the edge's or link's direction
	Across  LinkType
	Union   []*End // "links": linksOut and linksIn together
}

// Kind is one kind of stored object.
type Kind struct {
	Name   string // Plan: the GraphQL type and the Neo4j label
	Prefix string // plan: of its ids, and the table
	Plural string // plans: the document key and the root field
	Fields []*Field
	Edges  []*Edge
	Ends   []*End
	Order  int // position in Kinds
	fields map[string]*Field
	ends   map[string]*End
	groups map[string][]int // value objects by name
	typ    reflect.Type
}

// Field finds a field by name, nil when there is none.
func (k *Kind) Field(name string) *Field { return k.fields[name] }

// End finds a walk by name, nil when there is none.
func (k *Kind) End(name string) *End { return k.ends[name] }

// Edge finds an owned edge by name, nil when there is none.
func (k *Kind) Edge(name string) *Edge {
	for _, e := range k.Edges {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Owner is the edge to the object that this one is a part of, whose code its id begins with: a
// task's plan, a calibre's indicator; nil for kinds that stand alone.
func (k *Kind) Owner() *Edge {
	for _, e := range k.Edges {
		if e.Owner {
			return e
		}
	}
	return nil
}

// Element says whether the kind is part of a plan's text.
func (k *Kind) Element() bool {
	owner := k.Owner()
	return owner != nil && owner.To[0].Name != "Indicator"
}

// New makes an empty object of the kind.
func (k *Kind) New() Object { return reflect.New(k.typ).Interface().(Object) }

func (k *Kind) String() string { return k.Name }

type registration struct {
	object Object
	plural string
}

// The order is the order of kinds everywhere: in tables, listings, search results. What a kind
// refers to mostly stands before it.
var registrations = []registration{
	{&Region{}, "regions"},
	{&Organization{}, "organizations"},
	{&Zone{}, "zones"},
	{&Indicator{}, "indicators"},
	{&Calibre{}, "calibres"},
	{&Plan{}, "plans"},
	{&Section{}, "sections"},
	{&Principle{}, "principles"},
	{&Goal{}, "goals"},
	{&Task{}, "tasks"},
	{&Project{}, "projects"},
	{&Demand{}, "demands"},
	{&Safeguard{}, "safeguards"},
	{&Target{}, "targets"},
	{&Observation{}, "observations"},
	{&Link{}, "links"},
	{&Finding{}, "findings"},
}

// Walks across the links between plans, by the name of the way there and the way back.
var crossings = []struct {
	link          LinkType
	name, inverse string
}{
	{Obeys, "obeys", "obeyedBy"},
	{BasedOn, "basedOn", "basisOf"},
	{CoordinatesWith, "coordinatesWith", "coordinatedBy"},
	{Supports, "supports", "supportedBy"},
	{Supersedes, "supersedes", "supersededBy"},
}

type description struct {
	kinds    []*Kind
	byName   map[string]*Kind
	byPrefix map[string]*Kind
	byPlural map[string]*Kind
	byType   map[reflect.Type]*Kind
}

var described = sync.OnceValue(describe)

// Kinds are all kinds in their fixed order.
func Kinds() []*Kind { return described().kinds }

// KindNamed finds a kind by its name ("Plan"), nil when there is none.
func KindNamed(name string) *Kind { return described().byName[name] }

// KindPlural finds a kind by its plural ("plans"), nil when there is none.
func KindPlural(plural string) *Kind { return described().byPlural[plural] }

// KindOf is the kind that an id's prefix names, nil when there is none.
func KindOf(id ID) *Kind { return described().byPrefix[id.Prefix()] }

// KindFor is the kind of an object.
func KindFor(o Object) *Kind { return described().byType[reflect.TypeOf(o).Elem()] }

func describe() *description {
	d := &description{
		byName: map[string]*Kind{}, byPrefix: map[string]*Kind{},
		byPlural: map[string]*Kind{}, byType: map[reflect.Type]*Kind{},
	}
	for i, r := range registrations {
		typ := reflect.TypeOf(r.object).Elem()
		k := &Kind{
			Name: typ.Name(), Prefix: strings.ToLower(typ.Name()), Plural: r.plural, Order: i,
			fields: map[string]*Field{}, ends: map[string]*End{}, groups: map[string][]int{}, typ: typ,
		}
		d.kinds = append(d.kinds, k)
		d.byName[k.Name], d.byPrefix[k.Prefix], d.byPlural[k.Plural], d.byType[typ] = k, k, k, k
	}
	for _, k := range d.kinds {
		d.read(k, k.typ, "", nil)
	}
	for _, k := range d.kinds {
		for _, e := range k.Edges {
			k.addEnd(&End{Name: e.Name, To: e.To, Many: e.Many, Edge: e})
		}
	}
	for _, k := range d.kinds {
		for _, e := range k.Edges {
			for _, to := range e.To {
				to.addEnd(&End{Name: e.Inverse, To: []*Kind{k}, Many: true, Edge: e, Reverse: true})
			}
		}
	}
	for _, k := range d.kinds {
		if out, in := k.ends["linksOut"], k.ends["linksIn"]; out != nil && in != nil {
			k.addEnd(&End{Name: "links", To: out.To, Many: true, Union: []*End{out, in}})
		}
	}
	plan := d.byName["Plan"]
	for _, c := range crossings {
		plan.addEnd(&End{Name: c.name, To: []*Kind{plan}, Many: true, Across: c.link})
		plan.addEnd(&End{Name: c.inverse, To: []*Kind{plan}, Many: true, Across: c.link, Reverse: true})
	}
	return d
}

func (k *Kind) addEnd(e *End) {
	if k.ends[e.Name] != nil || k.fields[e.Name] != nil {
		panic(fmt.Sprintf("plan: %s has two members named %q", k.Name, e.Name))
	}
	e.Kind = k
	k.Ends = append(k.Ends, e)
	k.ends[e.Name] = e
}

func (d *description) read(k *Kind, typ reflect.Type, prefix string, path []int) {
	for sf := range fieldsOf(typ) {
		index := append(append([]int(nil), path...), sf.Index...)
		if sf.Anonymous {
			d.read(k, sf.Type, prefix, index)
			continue
		}
		tag, ok := sf.Tag.Lookup("xj")
		if !ok {
			continue
		}
		options := strings.Split(tag, ",")
		name := prefix + options[0]
		if edge := option(options, "edge="); edge != "" {
			d.readEdge(k, sf, name, edge, options, index)
			continue
		}
		if sf.Type.Kind() == reflect.Struct && !isScalar(sf.Type) {
			k.groups[name] = index
			first := len(k.Fields)
			d.read(k, sf.Type, name+".", index)
			// The first member of a value object decides whether the whole is there.
			k.Fields[first].Required = has(options, "required")
			continue
		}
		f := &Field{
			Name: name, Type: typeOf(sf.Type), Date: sf.Type == dateType,
			Required: has(options, "required"), Index: has(options, "index"),
			Search: has(options, "search"), Noted: has(options, "noted"), Position: len(k.Fields), index: index,
		}
		if e, ok := reflect.Zero(sf.Type).Interface().(enum); ok {
			f.Enum = e.Values()
		}
		k.Fields = append(k.Fields, f)
		k.fields[name] = f
	}
}

func (d *description) readEdge(k *Kind, sf reflect.StructField, name, kinds string, options []string, index []int) {
	e := &Edge{
		Name: name, From: k, Many: sf.Type.Kind() == reflect.Slice,
		Required: has(options, "required"), Inverse: option(options, "inverse="), Owner: has(options, "owner"),
		With: option(options, "with="), index: index,
	}
	for to := range strings.SplitSeq(kinds, "|") {
		e.To = append(e.To, d.byName[to])
	}
	k.Edges = append(k.Edges, e)
}

var (
	dateType    = reflect.TypeFor[Date]()
	timeType    = reflect.TypeFor[time.Time]()
	decimalType = reflect.TypeFor[quantity.Decimal]()
)

func isScalar(t reflect.Type) bool { return t == timeType || t == decimalType }

func typeOf(t reflect.Type) Type {
	switch {
	case t == timeType:
		return Time
	case t == decimalType:
		return Decimal
	case t.Kind() == reflect.String:
		return String
	case t.Kind() == reflect.Bool:
		return Bool
	case t.Kind() == reflect.Int, t.Kind() == reflect.Int64:
		return Int
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return Strings
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return Values
	}
	panic("plan: no cell type for " + t.String())
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func has(options []string, name string) bool {
	for _, o := range options[1:] {
		if o == name {
			return true
		}
	}
	return false
}

func option(options []string, prefix string) string {
	for _, o := range options[1:] {
		if v, ok := strings.CutPrefix(o, prefix); ok {
			return v
		}
	}
	return ""
}
