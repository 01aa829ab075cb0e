package storetest

import (
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

func order(s *suite) {
	s.apply(vocabulary()...)
	s.apply(upsertAll(
		newPlan("p"),
		newTarget("p", "a", "9 %", func(o *plan.Target) { o.Order, o.Text = 2, "b"; o.Year = 2025 }),
		newTarget("p", "b", "10.00 %", func(o *plan.Target) { o.Order, o.Text = 1, "𠮷" }),
		newTarget("p", "c", "-3 ℃ level", func(o *plan.Target) { o.Text = "a"; o.Year = 2025 }),
		newTarget("p", "d", "qualitative: 改善", func(o *plan.Target) { o.Order, o.Text = 2, "￥"; o.Year = 2030 }),
		newTarget("p", "e", "10 %", func(o *plan.Target) { o.Order = 10 }),
	)...)
	cases := []struct {
		name string
		by   []query.Order
		want string
	}{
		{"decimals as numbers", []query.Order{{Field: field("Target", "quantity.value")}}, "c a b e d"},
		{"decimals backwards, id still ascending", []query.Order{{Field: field("Target", "quantity.value"), Desc: true}}, "d b e a c"},
		{"text by code point", []query.Order{{Field: field("Target", "text")}}, "c a d b e"},
		{"text backwards", []query.Order{{Field: field("Target", "text"), Desc: true}}, "e b d a c"},
		{"two fields", []query.Order{{Field: field("Target", "year")}, {Field: field("Target", "order"), Desc: true}}, "c a d e b"},
		{"by id, backwards", []query.Order{{Field: field("Target", "id"), Desc: true}}, "e d c b a"},
		{"truth values", []query.Order{{Field: field("Target", "quantity.aspirational")}}, "a b c d e"},
	}
	atRoot := func(by []query.Order) []plan.ID {
		return s.ids(query.Selection{Order: by, Of: []query.Shape{{Kind: kind("Target")}}})
	}
	below := func(by []query.Order) []plan.ID {
		result := s.fetch(withID(query.Selection{Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{withID(
			query.Selection{Via: end("Plan", "targets"), Order: by, Of: []query.Shape{{Kind: kind("Target")}}})}}}}))
		return idsOf(result.Root.Tables[0].Children[0], 0)
	}
	for _, c := range cases {
		s.same(c.name, atRoot(c.by), targets(c.want))
		s.same(c.name+", below", below(c.by), targets(c.want))
	}
	s.same("default below a plan: place in it, then id; unplaced last", below(nil), targets("b a d e c"))
	s.same("default elsewhere: id", atRoot(nil), targets("a b c d e"))
}

// targets are the ids of the targets of plan p with the local codes.
func targets(codes string) []plan.ID {
	ids := []plan.ID{}
	for code := range strings.FieldsSeq(codes) {
		ids = append(ids, plan.MakeID("target", "p", code))
	}
	return ids
}

func filters(s *suite) {
	s.apply(vocabulary()...)
	s.apply(upsertAll(
		newPlan("p"),
		newTarget("p", "a", "9.50 %", func(o *plan.Target) { o.Year, o.Nature, o.Text = 2025, plan.Binding, "Abc%" }),
		newTarget("p", "b", "aspire 10 %", func(o *plan.Target) { o.Year, o.Text = 2030, "abc" }),
		newTarget("p", "c", "100 %", func(o *plan.Target) { o.Text = "ab_" }),
		newTarget("p", "d", "qualitative: 改善", func(o *plan.Target) { o.Year = 2025; o.Source.Ref, o.Source.Date = "F01", "2021-09" }),
	)...)
	year, value, text, nature := field("Target", "year"), field("Target", "quantity.value"), field("Target", "text"), field("Target", "nature")
	at2025 := query.Compare{Field: year, Op: query.EQ, Value: int64(2025)}
	cases := []struct {
		name   string
		filter query.Filter
		want   string
	}{
		{"none", nil, "a b c d"},
		{"int =", at2025, "a d"},
		{"int >", query.Compare{Field: year, Op: query.GT, Value: int64(2025)}, "b"},
		{"int <=", query.Compare{Field: year, Op: query.LE, Value: int64(2025)}, "a d"},
		{"decimal = whatever the precision", query.Compare{Field: value, Op: query.EQ, Value: "9.5"}, "a"},
		{"decimal >= as numbers", query.Compare{Field: value, Op: query.GE, Value: "10.0"}, "b c"},
		{"decimal <", query.Compare{Field: value, Op: query.LT, Value: "-1"}, ""},
		{"bool", query.Compare{Field: field("Target", "quantity.aspirational"), Op: query.EQ, Value: true}, "b"},
		{"bool false", query.Compare{Field: field("Target", "quantity.aspirational"), Op: query.EQ, Value: false}, "a c d"},
		{"text = minds case", query.Compare{Field: text, Op: query.EQ, Value: "abc"}, "b"},
		{"prefix", query.Compare{Field: text, Op: query.Prefix, Value: "ab"}, "b c"},
		{"prefix takes no wildcard", query.Compare{Field: text, Op: query.Prefix, Value: "ab_"}, "c"},
		{"prefix of all", query.Compare{Field: text, Op: query.Prefix, Value: ""}, "a b c"},
		{"date", query.Compare{Field: field("Target", "source.date"), Op: query.GT, Value: "2021"}, "d"},
		{"in", query.In{Field: nature, Values: []any{"BINDING", "UNSTATED"}}, "a"},
		{"in of ints", query.In{Field: year, Values: []any{int64(2030), int64(1999)}}, "b"},
		{"in of decimals", query.In{Field: value, Values: []any{"100.0", "10.00"}}, "b c"},
		{"in of bools", query.In{Field: field("Target", "quantity.aspirational"), Values: []any{true}}, "b"},
		{"in of nothing", query.In{Field: nature}, ""},
		{"null", query.Null{Field: year}, "c"},
		{"not null", query.Null{Field: year, Not: true}, "a b d"},
		{"a bool is never null", query.Null{Field: field("Target", "quantity.aspirational")}, ""},
		{"not holds for what is not stated", query.Not{Filter: at2025}, "b c"},
		{"not not", query.Not{Filter: query.Not{Filter: at2025}}, "a d"},
		{"not in", query.Not{Filter: query.In{Field: year, Values: []any{int64(2025)}}}, "b c"},
		{"and", query.And{at2025, query.Compare{Field: nature, Op: query.EQ, Value: "BINDING"}}, "a"},
		{"empty and", query.And{}, "a b c d"},
		{"or", query.Or{query.Null{Field: year}, query.Compare{Field: year, Op: query.GE, Value: int64(2030)}}, "b c"},
		{"empty or", query.Or{}, ""},
		{"ids", query.IDs{"target:p/b", "target:p/nothing", "plan:p", "no id", "target:p/b"}, "b"},
		{"kinds", query.Kinds{kind("Plan")}, ""},
		{"own kind", query.Kinds{kind("Plan"), kind("Target")}, "a b c d"},
	}
	for _, c := range cases {
		want := targets(c.want)
		s.same(c.name, s.list(kind("Target"), c.filter), want)
		unordered := s.ids(query.Selection{Filter: c.filter, Unordered: true, Of: []query.Shape{{Kind: kind("Target")}}})
		slices.Sort(unordered)
		s.same(c.name+", in any order", unordered, want)
		totals := s.fetch(&query.Selection{Filter: c.filter, Count: true, NoRows: true, Of: []query.Shape{{Kind: kind("Target")}}}).Root
		s.same(c.name+", counted", totals.Totals, []int64{int64(len(want))})
		if len(totals.Items) != 0 {
			s.Errorf("%s: saw rows where only totals were asked for", c.name)
		}
	}
	for name, f := range map[string]query.Filter{
		"text for an int":       query.Compare{Field: year, Op: query.EQ, Value: "2025"},
		"an int for text":       query.Compare{Field: text, Op: query.EQ, Value: int64(1)},
		"words for a decimal":   query.Compare{Field: value, Op: query.EQ, Value: "ten"},
		"a prefix of an int":    query.Compare{Field: year, Op: query.Prefix, Value: "20"},
		"an unknown comparison": query.Compare{Field: year, Op: "; DROP TABLE", Value: int64(1)},
	} {
		_, err := s.store.Fetch(s.Context(), &query.Selection{Filter: f, Of: []query.Shape{{Kind: kind("Target")}}})
		if plan.CodeOf(err) != plan.BadUserInput || err == nil {
			s.Errorf("%s: saw %v, wanted BAD_USER_INPUT", name, err)
		}
	}
}

// numbered makes targets n0…: every third without a place, pairs sharing one.
func numbered(s *suite, n int) {
	s.apply(vocabulary()...)
	s.apply(upsert(newPlan("p")))
	var ops []plan.Op
	for i := range n {
		ops = append(ops, upsert(newTarget("p", fmt.Sprintf("n%02d", i), "1 %", func(o *plan.Target) {
			if i%3 != 0 {
				o.Order = 1 + (i*7)%n/2
			}
		})))
	}
	s.apply(ops...)
}

// orders that pages are tried under.
func pageOrders() [][]query.Order {
	order, code := field("Target", "order"), field("Target", "code")
	return [][]query.Order{nil, {{Field: order, Desc: true}}, {{Field: code}}, {{Field: code, Desc: true}},
		{{Field: field("Target", "nature")}, {Field: order, Desc: true}}, {{Field: field("Target", "year")}}}
}

func pages(s *suite) {
	numbered(s, 23)
	for i, by := range pageOrders() {
		all := query.Selection{Order: by, Of: []query.Shape{{Kind: kind("Target")}}}
		want := s.ids(all)
		if len(want) != 23 {
			s.Fatalf("saw %d targets, wanted 23", len(want))
		}
		for _, size := range []int{1, 4, 22, 23, 24} {
			name := fmt.Sprintf("order %d, pages of %d", i, size)
			s.same(name, walkPages(s, all, size, false), want)
			s.same(name+", backwards", walkPages(s, all, size, true), want)
		}
		effective := all.EffectiveOrder()
		sel := all
		sel.Page = query.Page{After: position(s, want[3], effective), Before: position(s, want[9], effective)}
		s.same("between two", s.ids(sel), want[4:9])
		sel.Page.First = 2
		s.same("first between two", s.ids(sel), want[4:6])
		sel.Page.First, sel.Page.Last = 0, 2
		s.same("last between two", s.ids(sel), want[7:9])
		sel.Page, sel.Count = query.Page{First: 2, After: position(s, want[22], effective)}, true
		level := s.fetch(withID(sel)).Root
		s.same("behind the last", idsOf(level, 0), []plan.ID{})
		s.same("the total, whatever the page", level.Totals, []int64{23})
	}
	_, err := s.store.Fetch(s.Context(), withID(query.Selection{Of: []query.Shape{{Kind: kind("Target")}}, Page: query.Page{First: 2, After: &query.Position{Values: []any{int64(1)}}}}))
	if plan.CodeOf(err) != plan.BadUserInput || err == nil {
		s.Errorf("a position of another order: saw %v, wanted BAD_USER_INPUT", err)
	}
}

// position is where an object stands in an order.
func position(s *suite, id plan.ID, by []query.Order) *query.Position {
	o := s.object(id)
	at := &query.Position{ID: id, Values: make([]any, len(by))}
	for i, b := range by {
		at.Values[i] = b.Field.Get(o)
	}
	parsed, err := query.ParseCursor(at.Cursor(), by)
	if err != nil {
		s.Fatal(err)
	}
	return parsed
}

// walkPages reads page after page, and gives what it read in the order of the list.
func walkPages(s *suite, sel query.Selection, size int, backward bool) []plan.ID {
	s.Helper()
	walked := []plan.ID{}
	by := sel.EffectiveOrder()
	for range 100 {
		if backward {
			sel.Page.First, sel.Page.Last = 0, size
		} else {
			sel.Page.First, sel.Page.Last = size, 0
		}
		level := s.fetch(withID(sel)).Root
		page := idsOf(level, 0)
		more := level.More != nil && level.More[0]
		if len(page) == 0 {
			s.Fatal("saw an empty page")
		}
		if backward {
			walked = append(slices.Clone(page), walked...)
			sel.Page.Before = position(s, page[0], by)
		} else {
			walked = append(walked, page...)
			sel.Page.After = position(s, page[len(page)-1], by)
		}
		if !more {
			return walked
		}
	}
	s.Fatal("the pages do not end")
	return nil
}

func pagesUnderInserts(s *suite) {
	numbered(s, 12)
	sel := query.Selection{Page: query.Page{First: 4}, Of: []query.Shape{{Kind: kind("Target")}}}
	before := s.ids(query.Selection{Of: sel.Of})
	first := s.ids(sel)
	sel.Page.After = position(s, first[3], sel.EffectiveOrder())
	// One object comes before the position, the object at the position goes.
	s.apply(upsert(newTarget("p", "new", "1 %", func(o *plan.Target) { o.Order = 1 })))
	s.apply(plan.Op{Remove: first[3]})
	s.same("the second page", s.ids(sel), before[4:8])
	sel.Page = query.Page{Last: 2, Before: sel.Page.After}
	s.same("and back", s.ids(sel), before[1:3])
}

func byIDs(s *suite) {
	s.apply(upsertAll(World(0)...)...)
	p, t := FillID(kind("Plan"), 1), FillID(kind("Target"), 2)
	given := []plan.ID{t, "plan:nothing", p, "no id", t, FillID(kind("Region"), 0), "", p}
	sel := query.Selection{IDs: given, Of: []query.Shape{{Kind: kind("Target")}, {Kind: kind("Plan")}}}
	s.same("in the order given", s.ids(sel), []plan.ID{t, "", p, "", t, "", "", p})
	result := s.fetch(withID(sel))
	if rows := result.Root.Tables[0].Rows; rows != 1 {
		s.Errorf("saw %d rows of an object named twice, wanted 1", rows)
	}
	sel.IDs = []plan.ID{}
	s.same("no ids", s.ids(sel), []plan.ID{})
}

func severalKinds(s *suite) {
	s.apply(upsertAll(World(0)...)...)
	of := []query.Shape{{Kind: kind("Target")}, {Kind: kind("Region")}, {Kind: kind("Plan")}}
	var want []plan.ID
	for _, k := range []string{"Region", "Plan", "Target"} {
		want = append(want, s.ids(query.Selection{Of: []query.Shape{{Kind: kind(k)}}, Order: []query.Order{{Field: field(k, "id")}}})...)
	}
	s.same("by kind, then id", s.ids(query.Selection{Of: of}), want)
	for _, size := range []int{1, 3, 4, 5, 12, 13} {
		s.same(fmt.Sprintf("pages of %d", size), walkPages(s, query.Selection{Of: of}, size, false), want)
		s.same(fmt.Sprintf("pages of %d, backwards", size), walkPages(s, query.Selection{Of: of}, size, true), want)
	}
	level := s.fetch(withID(query.Selection{Of: of, Count: true, Page: query.Page{First: 2}})).Root
	s.same("total over the kinds", level.Totals, []int64{12})
	s.same("only some", s.ids(query.Selection{Of: of, Filter: query.Kinds{kind("Plan")}}), want[4:8])
}
