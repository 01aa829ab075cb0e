package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Coverage is how far what a plan sets is taken up below or rests on what stands above, how far each of its binding targets can be carried
// out, and how many of the indicators that its text announces the register knows.
type Coverage struct {
	coherence.Coverage
	Announced int // 0 when the text's number is not known
	Known     int // distinct indicators that the plan has targets for
}

// Coverage looks at one plan, down or up; deep follows whole chains. NOT_FOUND says that there is no such plan.
func (r *Register) Coverage(ctx context.Context, id plan.ID, down, deep bool) (*Coverage, error) {
	if err := r.known(ctx, "plan", plan.KindNamed("Plan"), []plan.ID{id}, 1); err != nil {
		return nil, err
	}
	c, err := r.announced(ctx, id)
	if err != nil {
		return nil, err
	}
	frame, err := r.frame(ctx)
	if err != nil {
		return nil, err
	}
	found, err := coherence.CoverageOf(ctx, frame, facts{r.store}, id, down, deep)
	if err != nil {
		return nil, err
	}
	c.Coverage = *found
	return c, nil
}

// frame is that of the last check where nothing has changed since, else a new one.
func (r *Register) frame(ctx context.Context) (*coherence.Frame, error) {
	revision, err := r.revision(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case r.turn <- struct{}{}:
		defer r.unlock()
		if r.current != nil && r.current.revision == revision {
			return r.current.run.Frame(), nil
		}
	default: // while a check runs, its frame is not waited for
	}
	return loadFrame(ctx, r.store)
}

// announced counts the indicators that a plan announces and those that the register knows of it.
func (r *Register) announced(ctx context.Context, id plan.ID) (*Coverage, error) {
	plans, err := objects[*plan.Plan](ctx, r.store, query.IDs{id})
	if err != nil {
		return nil, err
	}
	m, err := r.Matrix(ctx, nil, []plan.ID{id})
	if err != nil {
		return nil, err
	}
	return &Coverage{Coverage: coherence.Coverage{Plan: id}, Announced: plans[0].AnnouncedIndicators, Known: len(m.Indicators)}, nil
}
