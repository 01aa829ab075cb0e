package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Coherence are the verdicts on all pairs of some plans.
type Coherence struct {
	Plans      []plan.ID
	Verdicts   []coherence.Verdict    // pair by pair, in the order of Plans
	NotChecked []coherence.NotChecked // about two of the plans or one alone
	Dropped    int                    // entries beyond those that NotChecked holds
}

// Coherence judges every pair of the plans by the check of the register as it stands. What could not
// be checked is looked up only when it is wanted: in a large register that takes a check of its own,
// since a run keeps only so much of it. NOT_FOUND names a plan that does not exist.
func (r *Register) Coherence(ctx context.Context, plans []plan.ID, notChecked bool) (*Coherence, error) {
	if err := r.known(ctx, "plans", plan.KindNamed("Plan"), plans, MaxPlans); err != nil {
		return nil, err
	}
	run, err := r.Check(ctx, nil)
	if err != nil {
		return nil, err
	}
	c := &Coherence{Plans: plans}
	if notChecked && run.Dropped > 0 && len(plans) > 0 {
		run, err = r.Evaluate(ctx, coherence.Options{Among: plans, Details: r.kept, Today: run.Today})
		if err != nil {
			return nil, err
		}
		c.Dropped = run.Dropped
	}
	for i, a := range plans {
		for _, b := range plans[i+1:] {
			c.Verdicts = append(c.Verdicts, run.Verdict(a, b))
		}
	}
	if !notChecked {
		return c, nil
	}
	chosen := map[plan.ID]bool{}
	for _, id := range plans {
		chosen[id] = true
	}
	for _, n := range run.NotChecked {
		if chosen[n.A] && (n.B == "" || chosen[n.B]) {
			c.NotChecked = append(c.NotChecked, n)
		}
	}
	return c, nil
}
