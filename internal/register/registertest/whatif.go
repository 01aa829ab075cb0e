package registertest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// LooksAhead asks what random changes would do, sees that nothing was written, then makes them and compares: what was foreseen is what
// happens, and what is refused is refused both times.
func LooksAhead(t *testing.T, s store.Store, seed uint64, steps int) {
	t.Helper()
	ctx := t.Context()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7))}
	r := register.New(s)
	if _, err := r.Change(ctx, plan.ChangeSet{Ops: upserts(append(wide(), w.elements()...))}); err != nil {
		t.Fatal(err)
	}
	foreseen := 0
	for step := range steps {
		cs := w.change()
		what := fmt.Sprintf("step %d, %s", step, describe(cs))
		before, digest := stored(t, s), digestOf(t, r)
		verdicts := verdictsOf(t, r)
		p, err := r.WhatIf(ctx, cs.Ops)
		if diff := cmp.Diff(before, stored(t, s)); diff != "" || digestOf(t, r) != digest {
			t.Fatalf("%s: looking ahead wrote something: %s", what, diff)
		}
		if diff := cmp.Diff(verdicts, verdictsOf(t, r)); diff != "" {
			t.Fatalf("%s: looking ahead left something behind: %s", what, diff)
		}
		_, changeErr := r.Change(ctx, cs)
		if (err == nil) != (changeErr == nil) || err != nil && plan.CodeOf(err) != plan.CodeOf(changeErr) {
			t.Fatalf("%s: foreseen %v, then %v", what, err, changeErr)
		}
		if err != nil {
			continue
		}
		want := map[plan.ID]string{}
		after := stored(t, s)
		for id, content := range after {
			switch was, there := before[id]; {
			case !there:
				want[id] = "NEW"
			case was != content:
				want[id] = "UPDATED"
			}
		}
		for id := range before {
			if _, there := after[id]; !there {
				want[id] = "ABSENT"
			}
		}
		got := map[plan.ID]string{}
		for _, f := range p.Findings {
			if f.State != register.Stays {
				got[f.Finding.ID] = string(f.State)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: -happened +foreseen\n%s", what, diff)
		}
		foreseen += len(got)
		sameVerdicts(t, what, p.Verdicts, verdicts, verdictsOf(t, r))
		if t.Failed() {
			return
		}
	}
	if foreseen < 5 {
		t.Fatalf("%d findings foreseen in %d steps: too few to tell anything", foreseen, steps)
	}
}

type pair struct{ a, b plan.ID }

// verdictsOf are the verdicts on all pairs of plans.
func verdictsOf(t *testing.T, r *register.Register) map[pair]coherence.Verdict {
	t.Helper()
	var ids []plan.ID
	for i := range plans {
		id := plan.MakeID("plan", fmt.Sprint("p", i))
		if found, err := r.Objects(t.Context(), []plan.ID{id}); err != nil {
			t.Fatal(err)
		} else if len(found) > 0 {
			ids = append(ids, id)
		}
	}
	verdicts := map[pair]coherence.Verdict{}
	if len(ids) == 0 {
		return verdicts
	}
	c, err := r.Coherence(t.Context(), ids, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range c.Verdicts {
		verdicts[pair{v.A, v.B}] = v
	}
	return verdicts
}

// sameVerdicts: a verdict that is other afterwards was foreseen so, and one that was foreseen came so.
func sameVerdicts(t *testing.T, what string, foreseen []coherence.VerdictChange, before, after map[pair]coherence.Verdict) {
	t.Helper()
	said := map[pair]bool{}
	for _, v := range foreseen {
		at := pair{v.After.A, v.After.B}
		said[at] = true
		if now, there := after[at]; there {
			if diff := cmp.Diff(now, v.After); diff != "" {
				t.Errorf("%s: -came +foreseen\n%s", what, diff)
			}
		}
		if was, there := before[at]; there {
			if diff := cmp.Diff(was, v.Before); diff != "" {
				t.Errorf("%s: -was +said to be\n%s", what, diff)
			}
		}
	}
	for at, now := range after {
		was, there := before[at]
		if there && !said[at] && (was.Outcome != now.Outcome || was.Counts != now.Counts) {
			t.Errorf("%s: the verdict on %v became %s %+v, which was not foreseen", what, at, now.Outcome, now.Counts)
		}
	}
}

func digestOf(t *testing.T, r *register.Register) string {
	t.Helper()
	d, err := r.Digest(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return d.Digest
}
