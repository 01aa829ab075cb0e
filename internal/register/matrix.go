package register

import (
	"context"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// MaxPlans is how many plans can be compared at once.
const MaxPlans = 200

const maxIndicators = 1000

// Matrix is what plans say about indicators, side by side: rows by id of the indicator, columns
// in the order asked.
type Matrix struct {
	Indicators []plan.ID
	Plans      []plan.ID
	Cells      []Cell // only those that say something, row by row
}

// Cell is what one plan says about one indicator: its targets by year, then id.
type Cell struct {
	Indicator, Plan plan.ID
	Targets         []plan.ID
}

// Matrix compares what plans set for indicators; for all that any of them sets when no indicators
// are named. NOT_FOUND names a plan or indicator that does not exist.
func (r *Register) Matrix(ctx context.Context, indicators, plans []plan.ID) (*Matrix, error) {
	if err := r.known(ctx, "plans", plan.KindNamed("Plan"), plans, MaxPlans); err != nil {
		return nil, err
	}
	if err := r.known(ctx, "indicators", plan.KindNamed("Indicator"), indicators, maxIndicators); err != nil {
		return nil, err
	}
	kind := plan.KindNamed("Target")
	filter := query.And{query.Related{End: kind.End("plan"), Filter: query.IDs(plans)}}
	if len(indicators) > 0 {
		filter = append(filter, query.Related{End: kind.End("indicator"), Filter: query.IDs(indicators)})
	}
	id := func(name string) *query.Selection {
		to := kind.End(name).To[0]
		return &query.Selection{Via: kind.End(name), Of: []query.Shape{{Kind: to, Columns: []*plan.Field{to.Field("id")}}}}
	}
	result, err := r.store.Fetch(ctx, &query.Selection{
		Filter: filter, Order: []query.Order{{Field: kind.Field("year")}},
		Of: []query.Shape{{
			Kind: kind, Columns: []*plan.Field{kind.Field("id")},
			Children: []*query.Selection{id("plan"), id("indicator")},
		}},
	})
	if err != nil {
		return nil, err
	}
	return matrix(result.Root, plans), nil
}

func matrix(level *query.Level, plans []plan.ID) *Matrix {
	targets := level.Tables[0]
	end := func(row, child int) plan.ID {
		to := targets.Children[child]
		text, _ := to.Tables[0].Cell(int(to.Of(row)[0].Row), 0)
		return plan.ID(text)
	}
	type place struct{ indicator, plan plan.ID }
	byPlace := map[place][]plan.ID{}
	m := &Matrix{Plans: plans}
	for _, item := range level.Items {
		id, _ := targets.Cell(int(item.Row), 0)
		p := place{plan: end(int(item.Row), 0), indicator: end(int(item.Row), 1)}
		byPlace[p] = append(byPlace[p], plan.ID(id))
		m.Indicators = append(m.Indicators, p.indicator)
	}
	slices.Sort(m.Indicators)
	m.Indicators = slices.Compact(m.Indicators)
	for _, indicator := range m.Indicators {
		for _, p := range plans {
			if ids := byPlace[place{indicator, p}]; ids != nil {
				m.Cells = append(m.Cells, Cell{Indicator: indicator, Plan: p, Targets: ids})
			}
		}
	}
	return m
}

// known refuses a list of ids that is too long, names something twice, or names what is not there.
func (r *Register) known(ctx context.Context, path string, kind *plan.Kind, ids []plan.ID, most int) error {
	if len(ids) > most {
		return plan.Errorf(plan.BadUserInput, path, "saw %d ids, wanted at most %d", len(ids), most)
	}
	found, err := r.existing(ctx, ids)
	if err != nil {
		return err
	}
	var errs plan.Errors
	for i, id := range ids {
		switch {
		case plan.KindOf(id) != kind:
			errs = append(errs, plan.Errorf(plan.BadUserInput, path, "saw %q, wanted the id of a %s", id, kind.Prefix))
		case !slices.Contains(found, id):
			errs = append(errs, plan.Errorf(plan.NotFound, path, "%s does not exist", id))
		case slices.Contains(ids[:i], id):
			errs = append(errs, plan.Errorf(plan.BadUserInput, path, "names %s twice", id))
		}
	}
	return errs.Err()
}
