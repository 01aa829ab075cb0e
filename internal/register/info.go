package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// Info is the state of the register and what is known to be missing in it.
type Info struct {
	store.Health
	RuleSet string
	Gaps    []*Coverage // plans that announce more indicators than the register knows; without items
}

// Info reads the state of the register.
func (r *Register) Info(ctx context.Context) (*Info, error) {
	health, err := r.store.Health(ctx)
	if err != nil {
		return nil, err
	}
	info := &Info{Health: health, RuleSet: coherence.RuleSet()}
	announcing, err := objects[*plan.Plan](ctx, r.store, query.Compare{
		Field: plan.KindNamed("Plan").Field("announcedIndicators"), Op: query.GT, Value: int64(0),
	})
	if err != nil {
		return nil, err
	}
	for _, p := range announcing {
		c, err := r.announced(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if c.Known < c.Announced {
			info.Gaps = append(info.Gaps, c)
		}
	}
	return info, nil
}
