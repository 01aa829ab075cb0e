package graph

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

func (r queryResolver) Impact(ctx context.Context, id string) (*Impact, error) {
	found, err := r.register.Impact(ctx, plan.ID(id))
	if err != nil {
		return nil, err
	}
	out := &Impact{Object: nodeModel(refer(ctx, found.Object)), Complete: found.Complete, Stop: impactStop(found.Stop)}
	for _, d := range found.Dependents {
		out.Dependents = append(out.Dependents, &Dependent{
			Object: nodeModel(refer(ctx, d.Object)), Obligation: ImpactObligation(d.Obligation), Path: impactPath(ctx, d.Path), Stop: impactStop(d.Stop),
		})
	}
	return out, nil
}

func impactPath(ctx context.Context, steps []coherence.ImpactStep) []*ImpactStep {
	out := make([]*ImpactStep, len(steps))
	for i, s := range steps {
		out[i] = &ImpactStep{Object: nodeModel(refer(ctx, s.Object)), By: ImpactRelation(s.By)}
		if s.Link != "" {
			out[i].Link = &Link{ID: refer(ctx, s.Link)}
		}
	}
	return out
}

// impactStop is null where the walk goes on.
func impactStop(s coherence.Stop) *ImpactStop {
	if s.Code == "" {
		return nil
	}
	return &ImpactStop{Reason: ImpactStopReason(s.Code), Text: s.Text}
}
