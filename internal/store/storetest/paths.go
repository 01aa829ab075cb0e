package storetest

import (
	"fmt"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

func paths(s *suite) {
	s.apply(vocabulary()...)
	for _, code := range []string{"a", "b", "c", "d", "e", "lone"} {
		s.apply(upsert(newPlan(code)))
	}
	s.apply(upsertAll(newTask("a", "1"), newTask("b", "1"),
		newLink(plan.Obeys, "plan:a", "plan:b"), newLink(plan.BasedOn, "plan:a", "plan:b"), newLink(plan.Obeys, "plan:d", "plan:b"),
		newLink(plan.Obeys, "plan:a", "plan:c"), newLink(plan.Supports, "plan:c", "plan:d"), newLink(plan.Obeys, "plan:d", "plan:e"),
		newLink(plan.Refines, "task:a/1", "task:b/1"))...)
	id := func(typ plan.LinkType, from, to string) plan.ID {
		return plan.LinkID(typ, plan.MakeID("plan", from), plan.MakeID("plan", to))
	}
	ab, based, db := id(plan.Obeys, "a", "b"), id(plan.BasedOn, "a", "b"), id(plan.Obeys, "d", "b")
	ac, cd, de := id(plan.Obeys, "a", "c"), id(plan.Supports, "c", "d"), id(plan.Obeys, "d", "e")
	abd := []plan.ID{"plan:a", "plan:b", "plan:d"}
	acd := []plan.ID{"plan:a", "plan:c", "plan:d"}
	cases := []struct {
		name string
		q    query.PathQuery
		want []query.Path
	}{
		{"both links of one step", query.PathQuery{From: "plan:a", To: "plan:b"}, []query.Path{
			{Objects: abd[:2], Links: []plan.ID{based}}, {Objects: abd[:2], Links: []plan.ID{ab}}}},
		{"all shortest, either way, sorted", query.PathQuery{From: "plan:a", To: "plan:d"}, []query.Path{
			{Objects: abd, Links: []plan.ID{based, db}}, {Objects: abd, Links: []plan.ID{ab, db}}, {Objects: acd, Links: []plan.ID{ac, cd}}}},
		{"and back", query.PathQuery{From: "plan:d", To: "plan:a", Limit: 1}, []query.Path{
			{Objects: []plan.ID{"plan:d", "plan:b", "plan:a"}, Links: []plan.ID{db, based}}}},
		{"limited", query.PathQuery{From: "plan:a", To: "plan:d", Limit: 2}, []query.Path{
			{Objects: abd, Links: []plan.ID{based, db}}, {Objects: abd, Links: []plan.ID{ab, db}}}},
		{"through some types", query.PathQuery{From: "plan:a", To: "plan:d", Through: []plan.LinkType{plan.Obeys}}, []query.Path{
			{Objects: abd, Links: []plan.ID{ab, db}}}},
		{"through another", query.PathQuery{From: "plan:a", To: "plan:d", Through: []plan.LinkType{plan.Supports, plan.Refines}}, nil},
		{"three steps", query.PathQuery{From: "plan:e", To: "plan:a", Through: []plan.LinkType{plan.Obeys}}, []query.Path{
			{Objects: []plan.ID{"plan:e", "plan:d", "plan:b", "plan:a"}, Links: []plan.ID{de, db, ab}}}},
		{"too long", query.PathQuery{From: "plan:e", To: "plan:a", MaxLength: 2}, nil},
		{"not linked", query.PathQuery{From: "plan:a", To: "plan:lone"}, nil},
		{"between elements", query.PathQuery{From: "task:b/1", To: "task:a/1"}, []query.Path{
			{Objects: []plan.ID{"task:b/1", "task:a/1"}, Links: []plan.ID{plan.LinkID(plan.Refines, "task:a/1", "task:b/1")}}}},
		{"what no link joins", query.PathQuery{From: "plan:a", To: "region:a"}, nil},
		{"to itself", query.PathQuery{From: "plan:a", To: "plan:a"}, []query.Path{{Objects: abd[:1]}}},
	}
	for _, c := range cases {
		if c.q.MaxLength == 0 {
			c.q.MaxLength = 6
		}
		if c.q.Limit == 0 {
			c.q.Limit = 100
		}
		got, err := s.store.Paths(s.Context(), c.q)
		if err != nil {
			s.Fatalf("%s: %v", c.name, err)
		}
		s.same(c.name, got, c.want)
	}
	for _, q := range []query.PathQuery{
		{From: "plan:a", To: "plan:nothing", MaxLength: 6, Limit: 1}, {From: "plan:nothing", To: "plan:a", MaxLength: 6, Limit: 1},
		{From: "plan:a", To: "no id", MaxLength: 6, Limit: 1},
	} {
		if _, err := s.store.Paths(s.Context(), q); err == nil || plan.CodeOf(err) != plan.NotFound {
			s.Errorf("from %s to %s: saw %v, wanted NOT_FOUND", q.From, q.To, err)
		}
	}
	manyPaths(s)
}

// manyPaths asks a lattice whose shortest paths no one could list.
func manyPaths(s *suite) {
	const layers, width = 8, 6
	var ops []plan.Op
	name := func(layer, i int) string { return fmt.Sprintf("l%d-%d", layer, i) }
	for layer := range layers {
		for i := range width {
			ops = append(ops, upsert(newPlan(name(layer, i))))
			for j := range width {
				if layer > 0 {
					ops = append(ops, upsert(newLink(plan.Obeys, plan.MakeID("plan", name(layer, i)), plan.MakeID("plan", name(layer-1, j)))))
				}
			}
		}
	}
	s.apply(ops...)
	got, err := s.store.Paths(s.Context(), query.PathQuery{From: "plan:l0-0", To: "plan:l7-5", MaxLength: 10, Limit: 50})
	if err != nil || len(got) != 50 {
		s.Fatalf("saw %d paths and %v, wanted 50", len(got), err)
	}
	for i, p := range got {
		if len(p.Links) != layers-1 || len(p.Objects) != layers {
			s.Fatalf("path %d: saw %d links and %d objects", i, len(p.Links), len(p.Objects))
		}
		if i > 0 && fmt.Sprint(got[i-1].Objects) >= fmt.Sprint(p.Objects) {
			s.Fatalf("path %d stands before path %d", i, i-1)
		}
	}
}
