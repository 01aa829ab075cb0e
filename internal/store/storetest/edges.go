package storetest

import (
	"fmt"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// network is four plans with links of several types, tasks with leads, and findings.
func network(s *suite) {
	s.apply(vocabulary()...)
	s.apply(upsertAll(
		newPlan("a", func(p *plan.Plan) { p.Leads = []plan.ID{"organization:p", "organization:o"} }),
		newPlan("b", func(p *plan.Plan) { p.Leads = []plan.ID{"organization:o"}; p.Region = "region:b" }),
		newPlan("c"), newPlan("d"),
		newTask("a", "1", func(t *plan.Task) { t.Order = 2; t.Leads = []plan.ID{"organization:p"} }),
		newTask("a", "2", func(t *plan.Task) { t.Order = 1; t.Parent = "task:a/1" }),
		newTask("b", "1"),
		newTarget("a", "t", "1 %"),
		newTarget("b", "t", "2 %", func(t *plan.Target) { t.Indicator = "indicator:wetland" }),
		newLink(plan.Obeys, "plan:a", "plan:b"),
		newLink(plan.BasedOn, "plan:a", "plan:b"),
		newLink(plan.Obeys, "plan:b", "plan:c"),
		newLink(plan.CoordinatesWith, "plan:c", "plan:a"),
		newLink(plan.Refines, "task:a/1", "task:b/1"),
		newLink(plan.MeasuredBy, "task:a/1", "target:a/t"),
		newFinding("f1", "plan:c", "target:a/t", "plan:a", "task:b/1"),
		newFinding("f2", "target:b/t"),
	)...)
}

func newFinding(code string, about ...plan.ID) *plan.Finding {
	f := &plan.Finding{Rule: "R02", Severity: plan.Warning, Dimension: plan.NoConflict, Message: "两份规划的目标值不一致", About: about}
	f.ID = plan.MakeID("finding", code)
	for _, id := range about {
		if id.Prefix() == "plan" {
			f.Plans = append(f.Plans, id)
		}
	}
	return f
}

// reach reads what an end reaches from each of the given objects.
func (s *suite) reach(from []plan.ID, sel query.Selection) map[plan.ID][]plan.ID {
	s.Helper()
	k := plan.KindOf(from[0])
	root := s.fetch(&query.Selection{IDs: from, Of: []query.Shape{{
		Kind: k, Columns: []*plan.Field{k.Field("id")}, Children: []*query.Selection{withID(sel)},
	}}}).Root
	got := map[plan.ID][]plan.ID{}
	for i, item := range root.Items {
		got[from[i]] = idsOf(root.Tables[0].Children[0], int(item.Row))
	}
	return got
}

func walkTo(k, name string, kinds ...string) query.Selection {
	sel := query.Selection{Via: end(k, name)}
	for _, to := range sel.Via.To {
		if len(kinds) == 0 || slices.Contains(kinds, to.Name) {
			sel.Of = append(sel.Of, query.Shape{Kind: to})
		}
	}
	return sel
}

func edges(s *suite) {
	network(s)
	type got = map[plan.ID][]plan.ID
	ob, bo := plan.LinkID(plan.Obeys, "plan:a", "plan:b"), plan.LinkID(plan.BasedOn, "plan:a", "plan:b")
	bc, co := plan.LinkID(plan.Obeys, "plan:b", "plan:c"), plan.LinkID(plan.CoordinatesWith, "plan:c", "plan:a")
	refines, measured := plan.LinkID(plan.Refines, "task:a/1", "task:b/1"), plan.LinkID(plan.MeasuredBy, "task:a/1", "target:a/t")
	none := []plan.ID{}
	cases := []struct {
		name string
		from []plan.ID
		sel  query.Selection
		want got
	}{
		{"to one", []plan.ID{"target:a/t", "target:b/t"}, walkTo("Target", "indicator"),
			got{"target:a/t": {"indicator:forest"}, "target:b/t": {"indicator:wetland"}}},
		{"to one that is not stated", []plan.ID{"task:a/1", "task:a/2"}, walkTo("Task", "parent"),
			got{"task:a/1": none, "task:a/2": {"task:a/1"}}},
		{"back along one", []plan.ID{"plan:a", "plan:b", "plan:c"}, walkTo("Plan", "tasks"),
			got{"plan:a": {"task:a/2", "task:a/1"}, "plan:b": {"task:b/1"}, "plan:c": none}},
		{"to many, in the edge's order", []plan.ID{"plan:a", "plan:b", "plan:d"}, walkTo("Plan", "leads"),
			got{"plan:a": {"organization:p", "organization:o"}, "plan:b": {"organization:o"}, "plan:d": none}},
		{"back along many", []plan.ID{"organization:o", "organization:p"}, walkTo("Organization", "ledPlans"),
			got{"organization:o": {"plan:a", "plan:b"}, "organization:p": {"plan:a"}}},
		{"to one of several kinds", []plan.ID{refines, measured, ob}, walkTo("Link", "to"),
			got{refines: {"task:b/1"}, measured: {"target:a/t"}, ob: {"plan:b"}}},
		{"only some of the kinds", []plan.ID{refines, measured, ob}, walkTo("Link", "to", "Target"),
			got{refines: none, measured: {"target:a/t"}, ob: none}},
		{"to many of several kinds, in the edge's order", []plan.ID{"finding:f1", "finding:f2"}, walkTo("Finding", "about"),
			got{"finding:f1": {"plan:c", "target:a/t", "plan:a", "task:b/1"}, "finding:f2": {"target:b/t"}}},
		{"some of the kinds, in the edge's order", []plan.ID{"finding:f1", "finding:f2"}, walkTo("Finding", "about", "Plan", "Task"),
			got{"finding:f1": {"plan:c", "plan:a", "task:b/1"}, "finding:f2": none}},
		{"back from several kinds", []plan.ID{"target:a/t", "target:b/t"}, walkTo("Target", "findingsAbout"),
			got{"target:a/t": {"finding:f1"}, "target:b/t": {"finding:f2"}}},
		{"links out", []plan.ID{"plan:a", "plan:c"}, walkTo("Plan", "linksOut"), got{"plan:a": {bo, ob}, "plan:c": {co}}},
		{"links in", []plan.ID{"plan:a", "plan:b"}, walkTo("Plan", "linksIn"), got{"plan:a": {co}, "plan:b": {bo, ob}}},
		{"links both ways", []plan.ID{"plan:a", "plan:b", "plan:c", "plan:d"}, walkTo("Plan", "links"),
			got{"plan:a": {bo, co, ob}, "plan:b": {bo, ob, bc}, "plan:c": {co, bc}, "plan:d": none}},
		{"across", []plan.ID{"plan:a", "plan:b", "plan:c"}, walkTo("Plan", "obeys"), got{"plan:a": {"plan:b"}, "plan:b": {"plan:c"}, "plan:c": none}},
		{"back across", []plan.ID{"plan:a", "plan:b", "plan:c"}, walkTo("Plan", "obeyedBy"), got{"plan:a": none, "plan:b": {"plan:a"}, "plan:c": {"plan:b"}}},
		{"across another type", []plan.ID{"plan:a", "plan:b"}, walkTo("Plan", "basedOn"), got{"plan:a": {"plan:b"}, "plan:b": none}},
	}
	for _, c := range cases {
		s.same(c.name, s.reach(c.from, c.sel), c.want)
	}
	twice := s.fetch(&query.Selection{IDs: []plan.ID{"plan:a", "plan:c"}, Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{
		withID(walkTo("Plan", "region")), withID(walkTo("Plan", "links")),
	}}}}).Root.Tables[0]
	if rows := twice.Children[0].Tables[0].Rows; rows != 1 {
		s.Errorf("saw the region of two plans %d times, wanted it once", rows)
	}
	if rows := twice.Children[1].Tables[0].Rows; rows != 4 {
		s.Errorf("saw %d rows for 4 links, of which two plans share one", rows)
	}
}

func someAndNone(s *suite) {
	network(s)
	named := func(k, id string) query.Filter { return query.Compare{Field: field(k, "id"), Op: query.EQ, Value: id} }
	cases := []struct {
		name   string
		of     string
		filter query.Related
		want   []plan.ID
	}{
		{"to one", "Target", query.Related{End: end("Target", "indicator"), Filter: named("Indicator", "indicator:wetland")}, []plan.ID{"target:b/t"}},
		{"any at all", "Task", query.Related{End: end("Task", "parent")}, []plan.ID{"task:a/2"}},
		{"none at all", "Task", query.Related{End: end("Task", "parent"), None: true}, []plan.ID{"task:b/1", "task:a/1"}},
		{"none that passes; what is not stated does not", "Task", query.Related{End: end("Task", "parent"), None: true, Filter: named("Task", "task:a/9")},
			[]plan.ID{"task:a/2", "task:a/1", "task:b/1"}},
		{"back along one", "Plan", query.Related{End: end("Plan", "tasks")}, []plan.ID{"plan:a", "plan:b"}},
		{"none back along one", "Plan", query.Related{End: end("Plan", "tasks"), None: true}, []plan.ID{"plan:c", "plan:d"}},
		{"to many", "Plan", query.Related{End: end("Plan", "leads"), Filter: named("Organization", "organization:p")}, []plan.ID{"plan:a"}},
		{"none of many", "Plan", query.Related{End: end("Plan", "leads"), None: true, Filter: named("Organization", "organization:p")},
			[]plan.ID{"plan:b", "plan:c", "plan:d"}},
		{"back along many", "Organization", query.Related{End: end("Organization", "ledPlans"), Filter: named("Plan", "plan:b")}, []plan.ID{"organization:o"}},
		{"across", "Plan", query.Related{End: end("Plan", "obeys"), Filter: named("Plan", "plan:b")}, []plan.ID{"plan:a"}},
		{"back across, any", "Plan", query.Related{End: end("Plan", "obeyedBy")}, []plan.ID{"plan:b", "plan:c"}},
		{"several kinds, any", "Task", query.Related{End: end("Task", "linksOut")}, []plan.ID{"task:a/1"}},
		{"links both ways", "Task", query.Related{End: end("Task", "links")}, []plan.ID{"task:a/1", "task:b/1"}},
		{"links both ways, filtered", "Plan", query.Related{End: end("Plan", "links"),
			Filter: query.Compare{Field: field("Link", "type"), Op: query.EQ, Value: "OBEYS"}}, []plan.ID{"plan:a", "plan:b", "plan:c"}},
		{"several kinds by id", "Link", query.Related{End: end("Link", "to"), Filter: query.IDs{"target:a/t", "task:b/1"}},
			[]plan.ID{plan.LinkID(plan.MeasuredBy, "task:a/1", "target:a/t"), plan.LinkID(plan.Refines, "task:a/1", "task:b/1")}},
		{"several kinds by kind", "Finding", query.Related{End: end("Finding", "about"), Filter: query.Kinds{kind("Plan")}}, []plan.ID{"finding:f1"}},
		{"several kinds, none by kind and id", "Finding", query.Related{End: end("Finding", "about"), None: true,
			Filter: query.And{query.Kinds{kind("Target")}, query.IDs{"target:a/t"}}}, []plan.ID{"finding:f2"}},
		{"nested", "Plan", query.Related{End: end("Plan", "tasks"), Filter: query.Related{End: end("Task", "leads"),
			Filter: query.Compare{Field: field("Organization", "name"), Op: query.Prefix, Value: "部门"}}}, []plan.ID{"plan:a"}},
		{"nested none", "Plan", query.Related{End: end("Plan", "tasks"), Filter: query.Related{End: end("Task", "leads"), None: true}},
			[]plan.ID{"plan:a", "plan:b"}},
	}
	for _, c := range cases {
		got := s.list(kind(c.of), c.filter)
		slices.Sort(got)
		slices.Sort(c.want)
		s.same(c.name, got, c.want)
	}
}

// pagesBelow cuts a level for each parent by itself.
func pagesBelow(s *suite) {
	s.apply(vocabulary()...)
	counts := map[plan.ID]int{"plan:a": 0, "plan:b": 1, "plan:c": 3, "plan:d": 7}
	parents := []plan.ID{"plan:a", "plan:b", "plan:c", "plan:d"}
	for _, id := range parents {
		ops := []plan.Op{upsert(newPlan(id.Code()))}
		for i := range counts[id] {
			ops = append(ops, upsert(newTarget(id.Code(), fmt.Sprint(i), "1 %", func(t *plan.Target) { t.Order, t.Year = (i+1)/2, 2020+i%2 })))
		}
		s.apply(ops...)
	}
	base := walkTo("Plan", "targets")
	all := s.reach(parents, base)
	for id, n := range counts {
		if len(all[id]) != n {
			s.Fatalf("%s: saw %d targets, wanted %d", id, len(all[id]), n)
		}
	}
	for _, size := range []int{1, 2, 3, 7, 8} {
		first, last := base, base
		first.Page, first.Count = query.Page{First: size}, true
		last.Page, last.Count = query.Page{Last: size}, true
		for _, sel := range []query.Selection{first, last} {
			root := s.fetch(&query.Selection{IDs: parents, Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{withID(sel)}}}}).Root
			level := root.Tables[0].Children[0]
			for i, item := range root.Items {
				name := fmt.Sprintf("%s, first %d last %d", parents[i], sel.Page.First, sel.Page.Last)
				want := all[parents[i]]
				cut := len(want) > size
				if cut && sel.Page.First > 0 {
					want = want[:size]
				} else if cut {
					want = want[len(want)-size:]
				}
				s.same(name, idsOf(level, int(item.Row)), want)
				s.same(name+": more", level.More != nil && level.More[item.Row], cut)
				s.same(name+": total", level.Totals[item.Row], int64(counts[parents[i]]))
			}
		}
	}
	sel := base
	sel.Page.After = position(s, all["plan:d"][2], base.EffectiveOrder())
	sel.Page.First = 2
	s.same("after a position", s.reach(parents[3:], sel)["plan:d"], all["plan:d"][3:5])
	sel.Page = query.Page{Before: sel.Page.After, Last: 1}
	s.same("before a position", s.reach(parents[3:], sel)["plan:d"], all["plan:d"][1:2])
	sel = base
	sel.Filter, sel.Count, sel.NoRows = query.Compare{Field: field("Target", "year"), Op: query.EQ, Value: int64(2021)}, true, true
	level := s.fetch(&query.Selection{IDs: parents, Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{withID(sel)}}}})
	s.same("totals alone", level.Root.Tables[0].Children[0].Totals, []int64{0, 0, 1, 3})
}

// statements counts: what a read costs must depend on its text, never on the data.
func statements(s *suite) {
	for block := range 3 {
		s.apply(upsertAll(World(block)...)...)
	}
	leaf := func(k, name string) *query.Selection { sel := walkTo(k, name); return withID(sel) }
	targets := walkTo("Plan", "targets")
	targets.Page, targets.Count = query.Page{First: 2}, true
	targets.Of = []query.Shape{{Kind: kind("Target"), Children: []*query.Selection{leaf("Target", "indicator"), leaf("Target", "region")}}}
	cases := []struct {
		name string
		sel  query.Selection
		most int
	}{
		{"one level", query.Selection{Count: true, Page: query.Page{First: 2}, Of: []query.Shape{{Kind: kind("Plan")}}}, 1},
		{"three levels", query.Selection{Count: true, Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{&targets, leaf("Plan", "region")}}}}, 5},
		{"links both ways", query.Selection{Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{leaf("Plan", "links")}}}}, 2},
		{"across", query.Selection{Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{leaf("Plan", "obeys")}}}}, 2},
		{"an end of two kinds", query.Selection{Of: []query.Shape{{Kind: kind("Link"), Children: []*query.Selection{withID(walkTo("Link", "to", "Plan", "Task"))}}}}, 3},
		{"two kinds by id", query.Selection{IDs: []plan.ID{FillID(kind("Plan"), 0), FillID(kind("Plan"), 1), FillID(kind("Target"), 0)},
			Of: []query.Shape{{Kind: kind("Plan")}, {Kind: kind("Target")}}}, 2},
	}
	for _, c := range cases {
		if got := s.fetch(withID(c.sel)).Statements; got > c.most || got < 1 {
			s.Errorf("%s: saw %d statements, wanted at most %d", c.name, got, c.most)
		}
	}
}
