package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

func tenThousand(s *suite) {
	s.apply(vocabulary()...)
	const plans, targets = 400, 24
	var ops []plan.Op
	for i := range plans {
		code := fmt.Sprintf("p%03d", i)
		ops = append(ops, upsert(newPlan(code)))
		for j := range targets {
			ops = append(ops, upsert(newTarget(code, fmt.Sprintf("t%02d", j), "1 %", func(t *plan.Target) {
				t.Order, t.Year = j+1, 2020+i%10
				if i == plans/2 && j%5 == 0 { // what hardly any other states
					t.Note, t.Region = fmt.Sprint("注 ", j), "region:b"
				}
			})))
		}
	}
	s.apply(ops...)
	s.stores(kind("Target"), ops)
	level := s.fetch(withID(query.Selection{Count: true, Page: query.Page{First: 500}, Of: []query.Shape{{Kind: kind("Target")}}})).Root
	s.same("total", level.Totals, []int64{plans * targets})
	s.same("page", len(level.Items), 500)
	walked := walkPages(s, query.Selection{Of: []query.Shape{{Kind: kind("Plan")}}}, 64, false)
	if len(walked) != plans || !slices.IsSorted(walked) {
		s.Errorf("walked over %d plans, wanted %d in order", len(walked), plans)
	}
	below := s.fetch(withID(query.Selection{Of: []query.Shape{{Kind: kind("Plan"), Children: []*query.Selection{withID(walkTo("Plan", "targets"))}}}}))
	if n := len(below.Root.Tables[0].Children[0].Items); n != plans*targets {
		s.Errorf("saw %d targets below the plans, wanted %d", n, plans*targets)
	}
	s.same("filtered", len(s.list(kind("Target"), query.Compare{Field: field("Target", "year"), Op: query.EQ, Value: int64(2023)})), plans*targets/10)
	if at, before := s.apply(ops...), below.Revision; at != before {
		s.Errorf("applying the same again moved the register from %d to %d", before, at)
	}
}

// stores says whether the register has the objects of a kind as ops have made them, and no others.
func (s *suite) stores(k *plan.Kind, ops []plan.Op) {
	s.Helper()
	want := map[plan.ID]plan.Object{}
	for _, op := range ops {
		if plan.KindFor(op.Upsert) == k {
			want[op.ID()] = op.Upsert
		}
	}
	level := s.fetch(&query.Selection{Of: []query.Shape{query.Whole(k)}}).Root
	s.same("number of objects", len(level.Items), len(want))
	for _, item := range level.Items {
		got, err := level.Tables[0].Object(int(item.Row))
		if err != nil {
			s.Fatal(err)
		}
		s.same("an object of many", string(plan.Marshal(got)), string(plan.Marshal(want[got.Base().ID])))
	}
}

// writers add to the register at once; every set is there once, and the revisions are all given out.
func writers(s *suite) {
	s.apply(vocabulary()...)
	base := s.revision()
	const many, sets = 16, 8
	revisions := make([][]plan.Revision, many)
	errs := make([]error, many)
	var wg sync.WaitGroup
	for w := range many {
		wg.Go(func() {
			for i := range sets {
				code := fmt.Sprintf("w%d-%d", w, i)
				at, err := s.store.Apply(s.Context(), plan.ChangeSet{Ops: upsertAll(newPlan(code), newTarget(code, "t", "1 %"), newLink(plan.Obeys, plan.MakeID("plan", code), "plan:"+plan.ID(fmt.Sprintf("w%d-0", w))))[:2+min(i, 1)]})
				if err != nil {
					errs[w] = err
					return
				}
				revisions[w] = append(revisions[w], at)
			}
		})
	}
	wg.Wait()
	var all []plan.Revision
	for w := range many {
		if errs[w] != nil {
			s.Fatalf("writer %d: %v", w, errs[w])
		}
		if !slices.IsSorted(revisions[w]) {
			s.Errorf("writer %d saw revisions out of order: %v", w, revisions[w])
		}
		all = append(all, revisions[w]...)
	}
	slices.Sort(all)
	for i, at := range all {
		if at != base+plan.Revision(i+1) {
			s.Fatalf("saw revision %d as number %d, wanted %d", at, i, base+plan.Revision(i+1))
		}
	}
	s.same("plans", len(s.list(kind("Plan"), nil)), many*sets)
	s.same("targets", len(s.list(kind("Target"), nil)), many*sets)
	s.same("links", len(s.list(kind("Link"), nil)), many*(sets-1))
}

// twoEditors change one record from the same version, again and again: one wins each time.
func twoEditors(s *suite) {
	s.apply(vocabulary()...)
	s.apply(upsert(newPlan("p")))
	const rounds = 200
	for round := range rounds {
		version := int64(round + 1)
		var results [2]error
		var wg sync.WaitGroup
		for editor := range results {
			wg.Go(func() {
				p := newPlan("p", func(p *plan.Plan) { p.Title = fmt.Sprintf("第%d轮 %d", round, editor) })
				_, results[editor] = s.store.Apply(s.Context(), plan.ChangeSet{Ops: []plan.Op{{Upsert: p, Expect: &version}}})
			})
		}
		wg.Wait()
		winner := slices.Index(results[:], nil)
		if winner < 0 || results[1-winner] == nil {
			s.Fatalf("round %d: saw %v, wanted one to win", round, results)
		}
		if plan.CodeOf(results[1-winner]) != plan.Conflict {
			s.Fatalf("round %d: the loser saw %v, wanted CONFLICT", round, results[1-winner])
		}
		if want := fmt.Sprintf("第%d轮 %d", round, winner); s.object("plan:p").(*plan.Plan).Title != want {
			s.Fatalf("round %d: the winner's title is not there", round)
		}
	}
}

// readersSeeWholeSets reads while sets move two objects together: no read sees one without the
// other, on any level.
func readersSeeWholeSets(s *suite) {
	s.apply(vocabulary()...)
	set := func(i int) []plan.Op {
		title := fmt.Sprint(i)
		return upsertAll(newPlan("p", func(p *plan.Plan) { p.Title = title }), newTask("p", "1", func(t *plan.Task) { t.Title = title }))
	}
	s.apply(set(0)...)
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	var wg sync.WaitGroup
	var failure error
	wg.Go(func() {
		defer cancel()
		for i := range 60 {
			if _, err := s.store.Apply(s.Context(), plan.ChangeSet{Ops: set(i + 1)}); err != nil {
				failure = err
				return
			}
		}
	})
	title := []*plan.Field{field("Plan", "title")}
	reads := 0
	for ctx.Err() == nil {
		root := s.fetch(&query.Selection{Of: []query.Shape{{Kind: kind("Plan"), Columns: title, Children: []*query.Selection{
			{Via: end("Plan", "tasks"), Of: []query.Shape{{Kind: kind("Task"), Columns: []*plan.Field{field("Task", "title")}}}},
		}}}}).Root
		if a, b := root.Tables[0].Value(0, 0), root.Tables[0].Children[0].Tables[0].Value(0, 0); a != b {
			s.Fatalf("read %d saw the plan of set %v and the task of set %v", reads, a, b)
		}
		reads++
	}
	wg.Wait()
	if failure != nil || reads == 0 {
		s.Fatalf("saw %d reads and %v", reads, failure)
	}
}
