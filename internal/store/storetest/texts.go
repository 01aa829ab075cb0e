package storetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

func cancelled(s *suite) {
	s.apply(vocabulary()...)
	ended, cancel := context.WithCancel(s.Context())
	cancel()
	late, cancelLate := context.WithDeadline(s.Context(), time.Now().Add(-time.Second))
	defer cancelLate()
	for name, ctx := range map[string]context.Context{"cancelled": ended, "late": late} {
		calls := map[string]func() error{
			"Fetch": func() error {
				_, err := s.store.Fetch(ctx, withID(query.Selection{Of: []query.Shape{{Kind: kind("Plan")}}}))
				return err
			},
			"Paths": func() error {
				_, err := s.store.Paths(ctx, query.PathQuery{From: "plan:a", To: "plan:b", MaxLength: 2, Limit: 1})
				return err
			},
			"Apply": func() error {
				_, err := s.store.Apply(ctx, plan.ChangeSet{Ops: []plan.Op{upsert(newPlan("p"))}})
				return err
			},
			"Changes": func() error { _, err := s.store.Changes(ctx, 0, 10); return err },
			"Health":  func() error { _, err := s.store.Health(ctx); return err },
		}
		for call, do := range calls {
			if err := do(); err == nil || plan.CodeOf(err) != plan.Timeout {
				s.Errorf("%s with a %s context: saw %v, wanted TIMEOUT", call, name, err)
			}
		}
	}
	if s.object("plan:p") != nil {
		s.Error("a cancelled change happened")
	}
	s.apply(upsert(newPlan("p"))) // the store works on
}

func unicodeTexts(s *suite) {
	s.apply(vocabulary()...)
	texts := []string{
		"生态环境保护", "𠮷野家𡈽", "👩‍👩‍👧‍👦 🇨🇳", "e\u0301 é", "ﾊﾝｶｸ", "\u202eابجد", "\ufeffbom", "line\nbreak\r\n\ttab", "\u0001\u007f\u0080", "\U0010ffff", " a  b ",
	}
	for i, text := range texts {
		p := newPlan("u", func(p *plan.Plan) { p.Title, p.Aliases, p.Note = text, []string{text, text + "2"}, text })
		s.apply(upsert(p))
		got := s.object("plan:u").(*plan.Plan)
		s.same(text, []string{got.Title, got.Aliases[0], got.Aliases[1], got.Note}, []string{text, text, text + "2", text})
		title := field("Plan", "title")
		for _, f := range []query.Filter{
			query.Compare{Field: title, Op: query.EQ, Value: text}, query.In{Field: title, Values: []any{text}},
			query.Compare{Field: title, Op: query.Prefix, Value: text[:1]},
		} {
			if len(s.list(kind("Plan"), f)) != 1 {
				s.Errorf("text %d is not found by %#v", i, f)
			}
		}
		if len(s.list(kind("Plan"), query.In{Field: title, Values: []any{text + "\x00", text + "x"}})) != 0 {
			s.Errorf("text %d is found by another", i)
		}
	}
	s.apply(upsert(func() plan.Object { o := newRegion("锡林郭勒盟"); o.Name = "锡林郭勒"; return o }()))
	if s.object("region:锡林郭勒盟") == nil {
		s.Error("an id in Chinese is not found")
	}
}

// hostile puts what would end a statement, a phrase or a pattern into every argument of text.
func hostile(s *suite) {
	network(s)
	texts := []string{
		`'`, `"`, `'; DROP TABLE plan; --`, `" OR 1=1 --`, `%`, `_`, `\`, "\x00", "a\x00b", "\xff\xfe", `$1`, `?1`, `:id`, `{}`, `}) DETACH DELETE n //`,
		"`n`", `MATCH (n) RETURN n`, `森林" OR "湿地`, `*`, `NEAR("zz" "yy")`, `^zz`, `-zz`, `zz AND`, `(`, `"zz" + `, "\u2028", `~0.5`, `[* TO *]`, `title:x`, `/.*/`,
	}
	counted := func() int64 {
		return s.fetch(&query.Selection{Count: true, NoRows: true, Of: []query.Shape{{Kind: kind("Plan")}, {Kind: kind("Link")}}}).Root.Totals[0]
	}
	before := counted()
	plans := []query.Shape{{Kind: kind("Plan")}}
	for _, text := range texts {
		id := plan.ID(text)
		filters := []query.Filter{
			query.Compare{Field: field("Plan", "title"), Op: query.EQ, Value: text}, query.Compare{Field: field("Plan", "title"), Op: query.Prefix, Value: text},
			query.In{Field: field("Plan", "title"), Values: []any{text}}, query.IDs{id}, query.IDs{"plan:" + id}, query.Text{Query: text},
			query.Related{End: end("Plan", "region"), Filter: query.IDs{id}},
			query.Related{End: end("Plan", "linksOut"), Filter: query.Compare{Field: field("Link", "article"), Op: query.EQ, Value: text}},
		}
		for _, f := range filters {
			s.same(text, s.list(kind("Plan"), f), []plan.ID{})
		}
		s.same(text+" as an id", s.ids(query.Selection{IDs: []plan.ID{id, "plan:" + id}, Of: plans}), []plan.ID{"", ""})
		at := &query.Position{Values: []any{text}, ID: id}
		if _, err := s.store.Fetch(s.Context(), withID(query.Selection{Order: []query.Order{{Field: field("Plan", "title")}}, Page: query.Page{First: 2, After: at}, Of: plans})); err != nil {
			s.Errorf("%q as a position: %v", text, err)
		}
		for _, q := range []query.PathQuery{{From: id, To: "plan:a"}, {From: "plan:a", To: "plan:" + id}} {
			q.MaxLength, q.Limit = 3, 3
			if _, err := s.store.Paths(s.Context(), q); err == nil || plan.CodeOf(err) != plan.NotFound {
				s.Errorf("%q as an end of a path: saw %v, wanted NOT_FOUND", text, err)
			}
		}
		got, err := s.store.Paths(s.Context(), query.PathQuery{From: "plan:a", To: "plan:b", Through: []plan.LinkType{plan.LinkType(text)}, MaxLength: 3, Limit: 3})
		if err != nil || got != nil {
			s.Errorf("%q as a type: saw %v, %v", text, got, err)
		}
		s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: []plan.Op{{Remove: id}}})
		if p := newPlan("h" + text); !p.ID.Valid() {
			s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: upsertAll(p)})
		}
	}
	for i, text := range texts {
		p := newPlan("stored", func(p *plan.Plan) { p.Title, p.Aliases = "题 "+text, []string{text} })
		_, err := s.store.Apply(s.Context(), plan.ChangeSet{Key: text, Actor: text, Note: text, Ops: []plan.Op{upsert(p)}})
		if plan.Validate(p) != nil {
			if err == nil {
				s.Errorf("text %d, which is invalid, was stored", i)
			}
			continue
		}
		if err != nil {
			s.Fatalf("storing %q: %v", text, err)
		}
		s.same("as it was given", s.object("plan:stored").(*plan.Plan).Aliases, []string{text})
		s.same("found as it is", s.list(kind("Plan"), query.Compare{Field: field("Plan", "title"), Op: query.EQ, Value: "题 " + text}), []plan.ID{"plan:stored"})
	}
	s.apply(plan.Op{Remove: "plan:stored"})
	if after := counted(); after != before {
		s.Errorf("saw %d objects, wanted %d", after, before)
	}
}

// largeFilters asks more than any reader of a list would, up to what must be refused.
func largeFilters(s *suite) {
	network(s)
	title := field("Plan", "title")
	one := query.Compare{Field: title, Op: query.EQ, Value: "规划 b"}
	wide, ids, values := query.Or{}, query.IDs{"plan:b"}, []any{"规划 b"}
	for i := range 2000 {
		wide = append(wide, query.Compare{Field: title, Op: query.EQ, Value: fmt.Sprint(i)})
		ids = append(ids, plan.MakeID("plan", fmt.Sprint(i)))
		values = append(values, fmt.Sprint(i))
	}
	for name, f := range map[string]query.Filter{
		"many conditions": append(wide, one), "many ids": ids, "many values": query.In{Field: title, Values: values}, "deep": deep(one, 50),
	} {
		s.same(name, s.list(kind("Plan"), f), []plan.ID{"plan:b"})
	}
	for name, f := range map[string]query.Filter{
		"very deep":   deep(one, 100_000),
		"many words":  query.Text{Query: strings.Repeat("森林 ", 5_000)},
		"a long word": query.Text{Query: strings.Repeat("森林", 50_000)},
	} {
		_, err := s.store.Fetch(s.Context(), &query.Selection{Filter: f, Of: []query.Shape{{Kind: kind("Plan")}}})
		if code := plan.CodeOf(err); err != nil && code != plan.ComplexityLimit && code != plan.BadUserInput {
			s.Errorf("%s: saw %s (%v)", name, code, err)
		}
	}
}

// deep is a filter in n pairs of negations.
func deep(f query.Filter, n int) query.Filter {
	for range n &^ 1 {
		f = query.Not{Filter: f}
	}
	return f
}
