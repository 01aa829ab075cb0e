// Package registertest is what the register and its GraphQL face promise on any store: that the check which follows changes one by one says
// what a full check says, also with several registers on one store; what changes answer and refuse. It knows no store.
package registertest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// FollowsChanges makes random changes through two registers on one store, in turns, and after every few compares what each says, and what
// the store keeps, with a check from nothing.
func FollowsChanges(t *testing.T, s store.Store, seed uint64, steps int) {
	t.Helper()
	ctx := t.Context()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 1))}
	one, two := register.New(s), register.New(s)
	if _, err := one.Change(ctx, plan.ChangeSet{Ops: upserts(append(wide(), w.elements()...))}); err != nil {
		t.Fatal(err)
	}
	done, findings := 0, 0
	for step := range steps {
		cs := w.change()
		r := []*register.Register{one, two}[w.IntN(2)]
		before := stored(t, s)
		out, err := r.Change(ctx, cs)
		if code := plan.CodeOf(err); err != nil && (code == plan.BadUserInput || code == plan.Conflict) && !strings.Contains(err.Error(), "not checked yet") {
			continue // a reference to what is not there, or something left hanging
		}
		if err != nil {
			t.Fatalf("step %d: %v", step, err)
		}
		done++
		after := stored(t, s)
		findings += len(after)
		sameOutcome(t, fmt.Sprintf("step %d, %s", step, describe(cs)), before, after, out)
		if step%5 == 0 || step > steps-10 {
			Checked(t, fmt.Sprintf("step %d, last %s", step, describe(cs)), s, one, two)
		}
		if t.Failed() {
			return
		}
	}
	if done < steps/3 || findings < done/2 {
		t.Fatalf("%d of %d changes were made, with %d findings: too few to tell anything", done, steps, findings)
	}
}

func describe(cs plan.ChangeSet) string {
	var b bytes.Buffer
	for _, op := range cs.Ops {
		if op.Upsert != nil {
			fmt.Fprintf(&b, "upsert %s ", plan.Marshal(op.Upsert))
			continue
		}
		fmt.Fprintf(&b, "remove %s ", op.Remove)
	}
	return b.String()
}

// sameOutcome: what a change says that it opened and closed is the difference of what the store keeps.
func sameOutcome(t *testing.T, what string, before, after map[plan.ID]string, out *register.Outcome) {
	t.Helper()
	var opened, closed []plan.ID
	for id := range after {
		if _, there := before[id]; !there {
			opened = append(opened, id)
		}
	}
	for id := range before {
		if _, there := after[id]; !there {
			closed = append(closed, id)
		}
	}
	slices.Sort(opened)
	slices.Sort(closed)
	if !slices.Equal(opened, out.Opened) || !slices.Equal(closed, out.Closed) {
		t.Errorf("%s: says it opened %v and closed %v, but the store opened %v and closed %v", what, out.Opened, out.Closed, opened, closed)
	}
}

// stored are the findings that the store keeps, by id.
func stored(t *testing.T, s store.Store) map[plan.ID]string {
	t.Helper()
	found := map[plan.ID]string{}
	for _, o := range listed(t, s, plan.KindNamed("Finding")) {
		found[o.Base().ID] = string(plan.Marshal(o))
	}
	return found
}

// Checked holds the findings that a store keeps, and registers that follow its changes, to a check from nothing.
func Checked(t *testing.T, what string, s store.Store, registers ...*register.Register) {
	t.Helper()
	ctx := t.Context()
	full, err := register.New(s).Evaluate(ctx, coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[plan.ID]string{}
	for _, f := range full.Findings {
		want[f.ID] = string(plan.Marshal(f))
	}
	if diff := cmp.Diff(want, stored(t, s)); diff != "" {
		t.Errorf("%s: the store has not the findings of a full check: %s", what, diff)
	}
	plans := make([]plan.ID, 0, len(full.Frame().Plans()))
	for _, p := range full.Frame().Plans() {
		plans = append(plans, p.ID)
	}
	if len(plans) == 0 || len(registers) == 0 {
		return
	}
	anew, err := register.New(s).Coherence(ctx, plans, true)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range registers {
		got, err := r.Coherence(ctx, plans, true)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(anew, got); diff != "" {
			t.Errorf("%s: register %d says otherwise than a full check: %s", what, i, diff)
		}
	}
}
