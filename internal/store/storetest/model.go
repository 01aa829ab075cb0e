package storetest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
)

// model answers selections from objects in memory in the plainest way there is; what a store
// answers is held against it.
type model struct {
	objects map[plan.ID]plan.Object
	ids     []plan.ID // by kind, then id
}

func newModel(objects []plan.Object) *model {
	m := &model{objects: map[plan.ID]plan.Object{}}
	for _, o := range objects {
		m.objects[o.Base().ID] = o
		m.ids = append(m.ids, o.Base().ID)
	}
	slices.SortFunc(m.ids, func(a, b plan.ID) int {
		return cmp.Or(cmp.Compare(plan.KindOf(a).Order, plan.KindOf(b).Order), cmp.Compare(a, b))
	})
	return m
}

// answer is a level under one parent, in a form that results are turned into as well.
type answer struct {
	Items []thing
	Total int64 // -1 when it was not asked for
	More  bool
}

type thing struct {
	ID    plan.ID // "" is a missing one
	Cells []any
	Below []answer
}

// answered turns a level's items under a parent into an answer.
func answered(l *query.Level, parent int) answer {
	a := answer{Total: -1, More: l.More != nil && l.More[parent]}
	if l.Selection.Count {
		a.Total = l.Totals[parent]
	}
	for _, item := range l.Of(parent) {
		if item == query.Missing {
			a.Items = append(a.Items, thing{})
			continue
		}
		table, row := l.Tables[item.Table], int(item.Row)
		var x thing
		for column := range table.Shape.Columns {
			x.Cells = append(x.Cells, table.Value(row, column))
		}
		x.ID = plan.ID(table.Value(row, table.Column("id")).(string))
		for _, below := range table.Children {
			x.Below = append(x.Below, answered(below, row))
		}
		a.Items = append(a.Items, x)
	}
	return a
}

func (m *model) fetch(sel *query.Selection) answer { return m.level(sel, m.ids) }

// level answers a selection whose objects are among the candidates, which stand in the order that
// holds where the selection asks for none.
func (m *model) level(sel *query.Selection, candidates []plan.ID) answer {
	if sel.IDs != nil {
		candidates = sel.IDs
	}
	a := answer{Total: -1}
	var found []plan.Object
	for _, id := range candidates {
		o := m.objects[id]
		passes := o != nil && shapeOf(sel, o) != nil && m.holds(o, sel.Filter)
		switch {
		case passes:
			found = append(found, o)
		case sel.IDs != nil:
			found = append(found, nil)
		}
	}
	if sel.Count {
		a.Total = int64(len(found))
	}
	owned := sel.Via != nil && sel.Via.Edge != nil && !sel.Via.Reverse
	if sel.IDs == nil && !owned {
		found, a.More = m.page(sel, found)
	}
	if sel.NoRows {
		return answer{Total: a.Total}
	}
	for _, o := range found {
		a.Items = append(a.Items, m.thing(sel, o))
	}
	return a
}

func (m *model) thing(sel *query.Selection, o plan.Object) thing {
	if o == nil {
		return thing{}
	}
	shape := shapeOf(sel, o)
	x := thing{ID: o.Base().ID}
	for _, f := range shape.Columns {
		x.Cells = append(x.Cells, f.Get(o))
	}
	for _, child := range shape.Children {
		x.Below = append(x.Below, m.level(child, m.reach(o, child.Via)))
	}
	return x
}

func shapeOf(sel *query.Selection, o plan.Object) *query.Shape {
	for i := range sel.Of {
		if sel.Of[i].Kind == plan.KindFor(o) {
			return &sel.Of[i]
		}
	}
	return nil
}

// reach are the objects at an end, in the order of the edge where it is an owned one.
func (m *model) reach(o plan.Object, e *plan.End) []plan.ID {
	switch {
	case e.Edge != nil && !e.Reverse:
		return e.Edge.Get(o)
	case e.Union != nil:
		var all []plan.ID
		for _, part := range e.Union {
			all = append(all, m.reach(o, part)...)
		}
		return all
	}
	var found []plan.ID
	for _, id := range m.ids {
		other := m.objects[id]
		if e.Edge != nil && plan.KindFor(other) == e.Edge.From && slices.Contains(e.Edge.Get(other), o.Base().ID) {
			found = append(found, id)
		}
		link, ok := other.(*plan.Link)
		if !ok || e.Across == "" || link.Type != e.Across {
			continue
		}
		from, to := link.From, link.To
		if e.Reverse {
			from, to = to, from
		}
		if from == o.Base().ID {
			found = append(found, to)
		}
	}
	return found
}

// page sorts and cuts.
func (m *model) page(sel *query.Selection, found []plan.Object) (page []plan.Object, more bool) {
	by := sel.EffectiveOrder()
	place := func(o plan.Object) query.Position {
		at := query.Position{ID: o.Base().ID}
		for _, b := range by {
			at.Values = append(at.Values, b.Field.Get(o))
		}
		return at
	}
	compare := func(a, b query.Position) int {
		kinds := 0
		if len(sel.Of) > 1 {
			kinds = cmp.Compare(plan.KindOf(a.ID).Order, plan.KindOf(b.ID).Order)
		}
		for i, term := range by {
			kinds = cmp.Or(kinds, compareCells(term, a.Values[i], b.Values[i]))
		}
		return cmp.Or(kinds, cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(found, func(a, b plan.Object) int { return compare(place(a), place(b)) })
	for _, o := range found {
		if sel.Page.After != nil && compare(place(o), *sel.Page.After) <= 0 {
			continue
		}
		if sel.Page.Before != nil && compare(place(o), *sel.Page.Before) >= 0 {
			continue
		}
		page = append(page, o)
	}
	switch n := len(page); {
	case sel.Page.First > 0 && n > sel.Page.First:
		return page[:sel.Page.First], true
	case sel.Page.Last > 0 && n > sel.Page.Last:
		return page[n-sel.Page.Last:], true
	}
	return page, false
}

func compareCells(by query.Order, a, b any) int {
	sign := 1
	if by.Desc {
		sign = -1
	}
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return sign
	case b == nil:
		return -sign
	}
	return sign * compareValues(by.Field, a, b)
}

func compareValues(f *plan.Field, a, b any) int {
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case bool:
		switch {
		case a == b.(bool):
			return 0
		case a:
			return 1
		}
		return -1
	}
	if f.Type == plan.Decimal {
		x, errA := quantity.ParseDecimal(a.(string))
		y, errB := quantity.ParseDecimal(b.(string))
		if errA != nil || errB != nil {
			panic("storetest: no decimals: " + a.(string) + " " + b.(string))
		}
		return x.Cmp(y)
	}
	return strings.Compare(a.(string), b.(string))
}

func (m *model) holds(o plan.Object, f query.Filter) bool {
	passes := func(f query.Filter) bool { return m.holds(o, f) }
	switch f := f.(type) {
	case nil:
		return true
	case query.And:
		return !slices.ContainsFunc(f, func(f query.Filter) bool { return !passes(f) })
	case query.Or:
		return slices.ContainsFunc(f, passes)
	case query.Not:
		return !passes(f.Filter)
	case query.Compare:
		return compares(f, f.Field.Get(o))
	case query.In:
		return slices.ContainsFunc(f.Values, func(v any) bool {
			return compares(query.Compare{Field: f.Field, Op: query.EQ, Value: v}, f.Field.Get(o))
		})
	case query.Null:
		return (f.Field.Get(o) == nil) != f.Not
	case query.Related:
		some := slices.ContainsFunc(m.reach(o, f.End), func(id plan.ID) bool { return m.holds(m.objects[id], f.Filter) })
		return some != f.None
	case query.IDs:
		return slices.Contains(f, o.Base().ID)
	case query.Kinds:
		return slices.Contains(f, plan.KindFor(o))
	case query.Text:
		return says(o, f.Query)
	}
	panic("storetest: no such filter")
}

func compares(f query.Compare, cell any) bool {
	if cell == nil {
		return false
	}
	if f.Op == query.Prefix {
		return strings.HasPrefix(cell.(string), f.Value.(string))
	}
	c := compareValues(f.Field, cell, f.Value)
	return map[query.Op]bool{query.EQ: c == 0, query.GT: c > 0, query.GE: c >= 0, query.LT: c < 0, query.LE: c <= 0}[f.Op]
}

// says whether every phrase of the query stands in one of the object's searched texts.
func says(o plan.Object, text string) bool {
	var texts [][]string
	for _, f := range plan.KindFor(o).Fields {
		cell, ok := f.Get(o).(string)
		if !f.Search || !ok {
			continue
		}
		items := []string{cell}
		if f.Type == plan.Strings {
			if err := json.Unmarshal([]byte(cell), &items); err != nil {
				panic("storetest: " + err.Error())
			}
		}
		for _, item := range items {
			texts = append(texts, query.Tokens(item))
		}
	}
	phrases := query.Phrases(text)
	for _, phrase := range phrases {
		if !slices.ContainsFunc(texts, func(tokens []string) bool { return contains(tokens, phrase) }) {
			return false
		}
	}
	return len(phrases) > 0
}

func contains(tokens, phrase []string) bool {
	if len(phrase) == 1 && len([]rune(phrase[0])) == 1 && unicode.Is(unicode.Han, []rune(phrase[0])[0]) {
		return slices.ContainsFunc(tokens, func(t string) bool { return strings.HasPrefix(t, phrase[0]) })
	}
	for i := 0; i+len(phrase) <= len(tokens); i++ {
		if slices.Equal(tokens[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}
