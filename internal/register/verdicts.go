package register

import (
	"context"

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
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	if _, err := r.follow(ctx, nil); err != nil {
		return nil, err
	}
	run := r.current.run
	c := &Coherence{Plans: plans}
	for i, a := range plans {
		for _, b := range plans[i+1:] {
			c.Verdicts = append(c.Verdicts, run.Verdict(a, b))
		}
	}
	chosen := map[plan.ID]bool{}
	for _, id := range plans {
		chosen[id] = true
	}
	c.NotChecked, _ = run.Undecided(0, func(a, b plan.ID) bool { return chosen[a] && (b == "" || chosen[b]) })
	return c, nil
}
