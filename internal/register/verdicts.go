package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// notCheckedKept bounds what an answer lists of comparisons that could not be made; counts and verdicts are complete all the same.
const notCheckedKept = 100_000

// Coherence are the verdicts on all pairs of some plans.
type Coherence struct {
	Plans      []plan.ID
	Verdicts   []coherence.Verdict    // pair by pair, in the order of Plans
	NotChecked []coherence.NotChecked // about two of the plans or one alone
	Dropped    int                    // entries beyond those that NotChecked holds
}

// Coherence judges every pair of the plans by the check of the register as it stands. What could not
// be checked is looked up only when it is wanted. NOT_FOUND names a plan that does not exist.
func (r *Register) Coherence(ctx context.Context, plans []plan.ID, notChecked bool) (*Coherence, error) {
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
	if !notChecked {
		return c, nil
	}
	chosen := map[plan.ID]bool{}
	for _, id := range plans {
		chosen[id] = true
	}
	c.NotChecked, c.Dropped = run.Undecided(notCheckedKept, func(a, b plan.ID) bool { return chosen[a] && (b == "" || chosen[b]) })
	return c, nil
}
