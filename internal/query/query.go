// Package query owns what a read asks and what it gives: selection trees, filters, order, keyset
// positions, the tokens of text search, and columnar results. It must not know how a store
// answers or who asks.
package query

import "xianjie/internal/plan"

// Selection is one level of a read: at the root a set of objects of one or several kinds, below
// it the objects that Via reaches from each object of the level above.
type Selection struct {
	// Via is the walk from the level above, nil at the root. A walk along an owned edge keeps the
	// order of the edge's list and takes no Filter, Order, Page or Count; every other takes all.
	Via *plan.End
	// IDs, at the root only and when not nil, names the objects. Result items stand in this order, one for each
	// id, with Table -1 where nothing has the id or its kind is not in Of.
	IDs    []plan.ID
	Filter Filter // nil = all
	Order  []Order
	// Unordered lets the store give the objects of the root in any order, which is cheaper. It holds where there is neither Order nor Page.
	Unordered bool
	Page      Page
	Count     bool // Level.Totals wanted: how many pass the filter, whatever the page
	NoRows    bool // only the totals wanted
	// Of says what is read of each kind that the level may hold; objects of other kinds are left
	// out. Several kinds at the root are listed by kind, in the order of plan.Kinds, then id.
	Of []Shape
}

// Shape is what is read of the objects of one kind.
type Shape struct {
	Kind     *plan.Kind
	Columns  []*plan.Field
	Children []*Selection
}

// Order sorts by one field; a value that is not stated sorts as the largest. Decimals sort as
// numbers, text by code point. The id decides between equals, always, ascending.
type Order struct {
	Field *plan.Field
	Desc  bool
}

// DefaultOrder is the order of the objects of a kind that via reaches when none is asked for: below
// a plan or a part of one, as in its text; elsewhere, where places in different texts would be
// mixed, by id alone.
func DefaultOrder(via *plan.End, k *plan.Kind) []Order {
	f := k.Field("order")
	if f == nil || via == nil || via.Kind.Name != "Plan" && !via.Kind.Element() {
		return nil
	}
	return []Order{{Field: f}}
}

// EffectiveOrder is Order, or the default when that is empty. A level of several kinds has no
// fields in its order.
func (s *Selection) EffectiveOrder() []Order {
	if len(s.Order) > 0 || len(s.Of) != 1 {
		return s.Order
	}
	return DefaultOrder(s.Via, s.Of[0].Kind)
}

// Sorted says whether the objects have to come in the effective order.
func (s *Selection) Sorted() bool {
	return !s.Unordered || len(s.Order) > 0 || s.Page != (Page{})
}

// Page cuts a level for each parent: the First objects after After, or the Last before Before. A
// zero First and Last is no limit. After and Before may both stand with either.
type Page struct {
	First, Last   int
	After, Before *Position
}

// Filter is one of And, Or, Not, Compare, In, Null, Related, IDs, Text.
type Filter interface{ filter() }

// And holds when all hold; an empty And holds.
type And []Filter

// Or holds when any holds; an empty Or does not.
type Or []Filter

// Not holds when its filter does not; the comparison of a value that is not stated counts as not
// holding, so its Not holds.
type Not struct{ Filter Filter }

// Op compares a stored value (left) with a given one.
type Op string

const (
	EQ     Op = "="
	GT     Op = ">"
	GE     Op = ">="
	LT     Op = "<"
	LE     Op = "<="
	Prefix Op = "prefix" // text only; case matters
)

// Compare holds when the field is stated and compares so. Value is string, int64 or bool as
// plan.Field.Get gives it; decimals compare as numbers, dates as text ("2021" < "2021-09").
type Compare struct {
	Field *plan.Field
	Op    Op
	Value any
}

// In holds when the field is one of the values.
type In struct {
	Field  *plan.Field
	Values []any
}

// Null holds when the field is not stated, or, with Not, when it is.
type Null struct {
	Field *plan.Field
	Not   bool
}

// Related holds when some object that End reaches passes Filter (nil = any), or, with None, when
// no such object does. Where End reaches several kinds, Filter may only be nil, IDs, Kinds or a combination
// of them.
type Related struct {
	End    *plan.End
	None   bool
	Filter Filter
}

// IDs holds for the objects with these ids, of whatever kind.
type IDs []plan.ID

// Kinds holds for objects of these kinds.
type Kinds []*plan.Kind

// Text holds when the tokens of every word of the query follow each other in the object's
// searched fields; see Tokens. A query without a token holds for nothing.
type Text struct{ Query string }

func (And) filter()     {}
func (Or) filter()      {}
func (Not) filter()     {}
func (Compare) filter() {}
func (In) filter()      {}
func (Null) filter()    {}
func (Related) filter() {}
func (IDs) filter()     {}
func (Kinds) filter()   {}
func (Text) filter()    {}

// Whole selects everything of a kind: all fields, and the ids that its edges point to, so that
// Table.Object can give the objects back.
func Whole(k *plan.Kind) Shape {
	shape := Shape{Kind: k, Columns: k.Fields}
	for _, e := range k.Edges {
		child := &Selection{Via: k.End(e.Name)}
		for _, to := range e.To {
			child.Of = append(child.Of, Shape{Kind: to, Columns: []*plan.Field{to.Field("id")}})
		}
		shape.Children = append(shape.Children, child)
	}
	return shape
}

// PathQuery asks how two objects are linked, whichever way the links point.
type PathQuery struct {
	From, To  plan.ID
	Through   []plan.LinkType // empty = all
	MaxLength int             // in links
	Limit     int             // of paths
}

// Path is a shortest way from one object to another: Objects[i] and Objects[i+1] are the ends of
// Links[i], in either direction.
type Path struct {
	Objects []plan.ID
	Links   []plan.ID
}
