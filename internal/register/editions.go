package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Compare holds two texts of one series against each other and says which findings the difference
// opens and closes; see coherence.CompareEditions. NOT_FOUND names a plan that does not exist,
// BAD_USER_INPUT two that are no texts of one series. Nothing is stored.
func (r *Register) Compare(ctx context.Context, a, b plan.ID, progress func(done, of int)) (*coherence.Comparison, error) {
	if err := r.known(ctx, "compare", plan.KindNamed("Plan"), []plan.ID{a, b}, 2); err != nil {
		return nil, err
	}
	frame, err := loadFrame(ctx, r.store)
	if err != nil {
		return nil, err
	}
	var editions [2]coherence.Edition
	for i, id := range []plan.ID{a, b} {
		if editions[i], err = r.edition(ctx, id); err != nil {
			return nil, err
		}
	}
	return coherence.CompareEditions(ctx, frame, facts{r.store}, editions[0], editions[1],
		coherence.Options{Today: r.today(), Progress: progress})
}

// edition loads a plan with all that is part of it.
func (r *Register) edition(ctx context.Context, id plan.ID) (coherence.Edition, error) {
	var e coherence.Edition
	plans, err := objects[*plan.Plan](ctx, r.store, query.IDs{id})
	if err != nil {
		return e, err
	}
	e.Plan = plans[0]
	ends := query.IDs{id}
	for _, k := range plan.Kinds() {
		filter := partsOf(k, id)
		if filter == nil {
			continue
		}
		parts, err := r.every(ctx, k, filter)
		if err != nil {
			return e, err
		}
		for _, o := range parts {
			ends = append(ends, o.Base().ID)
		}
		e.Parts = append(e.Parts, parts...)
	}
	link := plan.KindNamed("Link")
	links, err := r.every(ctx, link, query.Related{End: link.End("from"), Filter: ends})
	e.Parts = append(e.Parts, links...)
	return e, err
}

// partsOf picks the objects of a kind that a plan states, nil for a kind that no plan does.
func partsOf(k *plan.Kind, id plan.ID) query.Filter {
	for _, e := range k.Edges {
		switch {
		case e.Name == "plan":
			return query.Related{End: k.End(e.Name), Filter: query.IDs{id}}
		case e == k.Owner() && e.To[0].Owner() != nil: // a part of a part, such as a project's demand
			return query.Related{End: k.End(e.Name), Filter: partsOf(e.To[0], id)}
		}
	}
	return nil
}
