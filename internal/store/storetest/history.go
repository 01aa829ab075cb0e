package storetest

import (
	"fmt"

	"xianjie/internal/plan"
)

func history(s *suite) {
	titled := func(title string) *plan.Plan { return newPlan("p", func(p *plan.Plan) { p.Title = title }) }
	s.apply(append(upsertAll(newRegion("a")), upsert(titled("1")), upsert(newTask("p", "1")))...)
	s.apply(upsert(titled("2")), upsert(newPlan("pp")))
	s.apply(plan.Op{Remove: "plan:p", Cascade: true})
	s.apply(upsert(titled("3")))
	var cs plan.ChangeSet
	for i := range 120 { // more than one place in the log
		cs.Ops = append(cs.Ops, upsert(newPlan(fmt.Sprintf("q%d", i))))
	}
	cs.Actor, cs.Note, cs.Ops = "张三", "批量", append(cs.Ops, upsert(titled("4")))
	if _, err := s.store.Apply(s.Context(), cs); err != nil {
		s.Fatal(err)
	}
	for _, c := range []struct {
		id    plan.ID
		until plan.Revision
		limit int
		want  []string
	}{
		{"plan:p", 0, 10, []string{"5 4", "4 3", "3 ", "2 2", "1 1"}},
		{"plan:p", 0, 2, []string{"5 4", "4 3"}},
		{"plan:p", 3, 10, []string{"3 ", "2 2", "1 1"}},
		{"plan:p", 2, 1, []string{"2 2"}},
		{"task:p/1", 0, 10, []string{"3 ", "1 "}},
		{"plan:q119", 0, 10, []string{"5 "}},
		{"plan:nothing", 0, 10, nil},
		{`plan:p" OR "plan:pp`, 0, 10, nil},
	} {
		changes, err := s.store.History(s.Context(), c.id, c.until, c.limit)
		if err != nil {
			s.Fatal(err)
		}
		var got []string
		for _, change := range changes {
			title := ""
			if change.After != nil && c.id == "plan:p" {
				o, err := plan.Unmarshal(change.After)
				if err != nil {
					s.Fatal(err)
				}
				title = o.(*plan.Plan).Title
			}
			if change.ID != c.id || change.At.IsZero() || (change.Revision == 5) != (change.Actor == "张三" && change.Note == "批量") {
				s.Errorf("history of %s: saw %+v", c.id, change)
			}
			got = append(got, fmt.Sprintf("%d %s", change.Revision, title))
		}
		s.same(fmt.Sprintf("history of %s until %d", c.id, c.until), got, c.want)
	}
	if _, err := s.store.History(s.Context(), "plan:p", 0, 0); plan.CodeOf(err) != plan.BadUserInput {
		s.Errorf("a limit of 0 gave %v", err)
	}
}

// revisions are what a set may have been worked out from.
func revisions(s *suite) {
	s.apply(vocabulary()...)
	at := func(r plan.Revision) *plan.Revision { return &r }
	if now, err := s.store.Apply(s.Context(), plan.ChangeSet{At: at(1), Ops: []plan.Op{upsert(newPlan("p"))}}); err != nil || now != 2 {
		s.Errorf("saw %d and %v, wanted 2", now, err)
	}
	for _, old := range []plan.Revision{0, 1, 3} {
		s.refuse(plan.Conflict, plan.ChangeSet{At: at(old), Ops: []plan.Op{upsert(newPlan("q"))}})
	}
	if s.object("plan:q") != nil {
		s.Error("a refused set was kept")
	}
}
