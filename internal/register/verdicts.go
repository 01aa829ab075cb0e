package register

import (
	"context"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Coherence are the verdicts on all pairs of some plans.
type Coherence struct {
	Plans      []plan.ID
	Verdicts   []coherence.Verdict // pair by pair, in the order of Plans
	NotChecked []coherence.NotChecked
}

// Coherence judges every pair of the plans by the check of the register as it stands. NOT_FOUND
// names a plan that does not exist.
func (r *Register) Coherence(ctx context.Context, plans []plan.ID) (*Coherence, error) {
	if err := r.known(ctx, "plans", plan.KindNamed("Plan"), plans, MaxPlans); err != nil {
		return nil, err
	}
	run, err := r.Check(ctx, nil)
	if err != nil {
		return nil, err
	}
	c := &Coherence{Plans: plans}
	for i, a := range plans {
		for _, b := range plans[i+1:] {
			c.Verdicts = append(c.Verdicts, run.Verdict(a, b))
		}
	}
	for _, n := range run.NotChecked {
		if slices.Contains(plans, n.A) && (n.B == "" || slices.Contains(plans, n.B)) {
			c.NotChecked = append(c.NotChecked, n)
		}
	}
	return c, nil
}
