package registertest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// patience ends a test in which something that must come does not.
const patience = time.Minute

// Watches makes random changes through two registers on one store, as two servers do, while watchers of both begin at different revisions;
// each must see every revision behind its own once, in order, as the log has it.
func Watches(t *testing.T, s store.Store, seed uint64, steps int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 3))}
	registers := []*register.Register{
		register.New(s, register.LookEvery(5*time.Millisecond)), register.New(s, register.LookEvery(5*time.Millisecond)),
	}
	if _, err := registers[0].Change(ctx, plan.ChangeSet{Ops: upserts(append(vocabulary(), w.elements()...))}); err != nil {
		t.Fatal(err)
	}
	var watchers sync.WaitGroup
	var seen []*watcher
	goals := make(chan struct{}) // closed when the last revision is known
	var goal plan.Revision
	for step := range steps {
		if step%5 == 0 {
			for i, r := range registers {
				now, err := r.Now(ctx)
				if err != nil {
					t.Fatal(err)
				}
				v := &watcher{name: fmt.Sprintf("watcher of register %d since step %d", i, step), after: plan.Revision(w.Int64N(int64(now) + 1))}
				seen = append(seen, v)
				watchers.Go(func() { v.err = v.watch(ctx, r, goals, &goal) })
			}
		}
		if _, err := registers[w.IntN(2)].Change(ctx, w.change()); err != nil && plan.CodeOf(err) != plan.BadUserInput && plan.CodeOf(err) != plan.Conflict {
			t.Fatal(err)
		}
	}
	// One more, so that there is something to wait for once the goal is known.
	now, err := registers[0].Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	goal = now + 1
	close(goals)
	if _, err := s.Apply(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: &plan.Zone{Meta: meta("zone", "last"), Name: "末区", Type: plan.EcologicalRedline}}}}); err != nil {
		t.Fatal(err)
	}
	watchers.Wait()
	log, err := s.Changes(ctx, 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range seen {
		var want []plan.Change
		for _, c := range log {
			if c.Revision > v.after {
				want = append(want, c)
			}
		}
		if diff := cmp.Diff(want, v.changes); v.err != nil || diff != "" {
			t.Errorf("%s, behind revision %d: %v; -log +seen\n%.2000s", v.name, v.after, v.err, diff)
		}
	}
}

// watcher is one who watches until a revision.
type watcher struct {
	name    string
	after   plan.Revision
	changes []plan.Change
	err     error
}

func (v *watcher) watch(ctx context.Context, r *register.Register, goals <-chan struct{}, goal *plan.Revision) error {
	last := v.after
	for revised, err := range r.Watch(ctx, v.after) {
		if err != nil {
			return err
		}
		if revised.Revision <= last || !revised.Complete {
			return fmt.Errorf("revision %d came behind %d, complete: %v", revised.Revision, last, revised.Complete)
		}
		last = revised.Revision
		v.changes = append(v.changes, revised.Changes...)
		select {
		case <-goals:
			if last >= *goal {
				return nil
			}
		default:
		}
	}
	return fmt.Errorf("the watch ended at revision %d: %v", last, ctx.Err())
}

// WatchesFindings makes random changes; what who watches findings is told must add up to what each change said that it opened and closed, and
// for a single plan to what of that involves it.
func WatchesFindings(t *testing.T, s store.Store, seed uint64, steps int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 4))}
	r := register.New(s)
	begin, err := r.Change(ctx, plan.ChangeSet{Ops: upserts(append(vocabulary(), w.elements()...))})
	if err != nil {
		t.Fatal(err)
	}
	want := map[plan.ID]int{} // how often more it was opened than closed
	moved := 0
	for range steps {
		out, err := r.Change(ctx, w.change())
		if err != nil && (plan.CodeOf(err) != plan.BadUserInput && plan.CodeOf(err) != plan.Conflict || strings.Contains(err.Error(), "not checked yet")) {
			t.Fatal(err)
		}
		if err == nil {
			moved += len(out.Opened) + len(out.Closed)
			count(want, out.Opened, 1)
			count(want, out.Closed, -1)
		}
	}
	if moved < 5 {
		t.Fatalf("%d findings opened or closed in %d steps: too few to tell anything", moved, steps)
	}
	last := sentinel(t, s, "last")
	all, ofPlan := map[plan.ID]int{}, map[plan.ID]map[plan.ID]int{}
	for _, c := range until(ctx, t, r, nil, begin.Revision, last) {
		for _, f := range c.Opened {
			all[f.ID]++
		}
		for _, f := range c.Closed {
			all[f.ID]--
		}
		each(c, func(f *plan.Finding) {
			for _, p := range f.Plans {
				if ofPlan[p] == nil {
					ofPlan[p] = map[plan.ID]int{}
				}
				ofPlan[p][f.ID]++
			}
		})
	}
	want[last] = 1
	maps.DeleteFunc(want, func(_ plan.ID, n int) bool { return n == 0 })
	maps.DeleteFunc(all, func(_ plan.ID, n int) bool { return n == 0 })
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("-said by changes +watched\n%s", diff)
	}
	for one, want := range ofPlan {
		there := w.aPlan()
		there.Base().ID, there.Base().Code = one, one.Code() // it, and what it refers to, may have been removed
		last := sentinel(t, s, one.Code(), append(vocabulary(), there)...)
		want[last] = 1
		got := map[plan.ID]int{}
		for _, c := range until(ctx, t, r, []plan.ID{one}, begin.Revision, last) {
			each(c, func(f *plan.Finding) { got[f.ID]++ })
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-all that involve %s +watched for it\n%s", one, diff)
		}
	}
}

// sentinel stores a finding that nothing reports, which ends a watch; with objects, it involves the plans among them.
func sentinel(t *testing.T, s store.Store, code string, objects ...plan.Object) plan.ID {
	t.Helper()
	f := &plan.Finding{
		Meta: meta("finding", code), Rule: "R01", Severity: plan.Warning, Dimension: plan.NoConflict, State: plan.FindingOpen, Message: "末",
	}
	for _, o := range objects {
		if p, ok := o.(*plan.Plan); ok {
			f.Plans = append(f.Plans, p.ID)
		}
	}
	if _, err := s.Apply(t.Context(), plan.ChangeSet{Ops: upserts(append(objects, f))}); err != nil {
		t.Fatal(err)
	}
	return f.ID
}

// each gives every finding that a change names.
func each(c *register.FindingsChange, do func(*plan.Finding)) {
	for _, list := range [][]*plan.Finding{c.Opened, c.Changed, c.Closed} {
		for _, f := range list {
			do(f)
		}
	}
}

func count(of map[plan.ID]int, ids []plan.ID, by int) {
	for _, id := range ids {
		of[id] += by
	}
}

// until watches findings until one opens.
func until(ctx context.Context, t *testing.T, r *register.Register, plans []plan.ID, after plan.Revision, last plan.ID) []*register.FindingsChange {
	t.Helper()
	var seen []*register.FindingsChange
	for c, err := range r.WatchFindings(ctx, plans, after) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, c)
		if slices.ContainsFunc(c.Opened, func(f *plan.Finding) bool { return f.ID == last }) {
			return seen
		}
	}
	t.Fatalf("the watch ended: %v", ctx.Err())
	return nil
}
