package register

import (
	"context"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Coverage is how far what a plan sets is taken up below (Down) or rests on what stands above, and
// how many of the indicators that its text announces the register knows.
type Coverage struct {
	Plan      plan.ID
	Down      bool
	Announced int // 0 when the text's number is not known
	Known     int // distinct indicators that the plan has targets for
	Items     []Covered
}

// Covered is one element of the plan with what takes it up or what it rests on, by id.
type Covered struct {
	Element plan.ID
	By      []plan.ID
}

// Coverage looks at one plan's goals, tasks and binding targets along REFINES, IMPLEMENTS and
// ALLOCATES links; deep follows whole chains.
func (r *Register) Coverage(ctx context.Context, id plan.ID, down, deep bool) (*Coverage, error) {
	if err := r.known(ctx, "plan", plan.KindNamed("Plan"), []plan.ID{id}, 1); err != nil {
		return nil, err
	}
	c, err := r.announced(ctx, id)
	if err != nil {
		return nil, err
	}
	c.Down = down
	elements, err := r.elements(ctx, id)
	if err != nil {
		return nil, err
	}
	steps, err := r.steps(ctx, elements, down, deep)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		c.Items = append(c.Items, Covered{Element: e, By: reach(e, steps)})
	}
	return c, nil
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
	return &Coverage{Plan: id, Announced: plans[0].AnnouncedIndicators, Known: len(m.Indicators)}, nil
}

func (r *Register) elements(ctx context.Context, id plan.ID) ([]plan.ID, error) {
	var ids []plan.ID
	for _, name := range []string{"Goal", "Task", "Target"} {
		kind := plan.KindNamed(name)
		filter := query.And{query.Related{End: kind.End("plan"), Filter: query.IDs{id}}}
		if name == "Target" {
			filter = append(filter, query.Compare{Field: kind.Field("nature"), Op: query.EQ, Value: string(plan.Binding)})
		}
		result, err := r.store.Fetch(ctx, &query.Selection{
			Filter: filter, Of: []query.Shape{{Kind: kind, Columns: []*plan.Field{kind.Field("id")}}},
		})
		if err != nil {
			return nil, err
		}
		for row := range result.Root.Tables[0].Rows {
			text, _ := result.Root.Tables[0].Cell(row, 0)
			ids = append(ids, plan.ID(text))
		}
	}
	return ids, nil
}

// steps maps elements to those one link away, all along the chains when deep.
func (r *Register) steps(ctx context.Context, from []plan.ID, down, deep bool) (map[plan.ID][]plan.ID, error) {
	kind := plan.KindNamed("Link")
	steps := map[plan.ID][]plan.ID{}
	seen := map[plan.ID]bool{}
	for frontier := from; len(frontier) > 0; {
		links, err := objects[*plan.Link](ctx, r.store, query.And{
			query.In{Field: kind.Field("type"), Values: []any{string(plan.Refines), string(plan.Implements), string(plan.Allocates)}},
			query.Or{
				query.Related{End: kind.End("from"), Filter: query.IDs(frontier)},
				query.Related{End: kind.End("to"), Filter: query.IDs(frontier)},
			},
		})
		if err != nil {
			return nil, err
		}
		for _, id := range frontier {
			seen[id] = true
		}
		frontier = nil
		for _, l := range links {
			// The lower element refines or implements the upper; the upper allocates to the lower.
			lower, upper := l.From, l.To
			if l.Type == plan.Allocates {
				lower, upper = upper, lower
			}
			start, end := upper, lower
			if !down {
				start, end = lower, upper
			}
			if !seen[start] || slices.Contains(steps[start], end) {
				continue
			}
			steps[start] = append(steps[start], end)
			if deep && !seen[end] && !slices.Contains(frontier, end) {
				frontier = append(frontier, end)
			}
		}
	}
	return steps, nil
}

func reach(id plan.ID, steps map[plan.ID][]plan.ID) []plan.ID {
	seen := map[plan.ID]bool{id: true}
	var found []plan.ID
	for queue := []plan.ID{id}; len(queue) > 0; queue = queue[1:] {
		for _, next := range steps[queue[0]] {
			if !seen[next] {
				seen[next] = true
				found = append(found, next)
				queue = append(queue, next)
			}
		}
	}
	slices.Sort(found)
	return found
}
