package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Impact is everything that depends on an object, each with a shortest path to it and why the walk doesn't go on. NOT_FOUND says that there
// is no such object; on links and findings nothing depends.
func (r *Register) Impact(ctx context.Context, id plan.ID) (*coherence.Impact, error) {
	found, err := r.existing(ctx, []plan.ID{id})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, plan.Errorf(plan.NotFound, "id", "%s does not exist", id)
	}
	if kind := plan.KindOf(id); kind.Name == "Link" || kind.Name == "Finding" {
		return nil, plan.Errorf(plan.BadUserInput, "id", "saw the id of a %s, wanted that of a plan, an element or a word of the vocabulary", kind.Prefix)
	}
	frame, err := r.frame(ctx)
	if err != nil {
		return nil, err
	}
	return coherence.ImpactOf(ctx, frame, facts{r.store}, id)
}
