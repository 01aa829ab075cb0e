package coherence

import (
	"context"
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// Edition is one text of a series with what is part of it: its elements, demands and observations, and the links that start at it or them.
type Edition struct {
	Plan  *plan.Plan
	Parts []plan.Object
}

// Comparison says what changed from one text of a series to another, and what that does to how plans cohere.
type Comparison struct {
	A, B  *plan.Plan
	Items []ItemChange // the plan itself first, then by kind and code
	Same  int          // parts that both have with the same content
	// Opened were found with B as the text in force and not with A, Closed the other way round; most severe first. The ids are those that
	// the findings have while that text is in force.
	Opened, Closed []*plan.Finding
	Kept           int    // findings with either
	Frame          *Frame // names what the findings speak of
}

// CompareEditions holds two texts of one series against each other item by item, then checks everything once with a as the series' text in
// force and once with b. Findings are matched by their subjects, those of one text standing for those of the other.
func CompareEditions(ctx context.Context, frame *Frame, from Objects, a, b Edition, opts Options) (*Comparison, error) {
	if a.Plan.ID == b.Plan.ID || !frame.sameSeries(a.Plan, b.Plan) {
		return nil, plan.Errorf(plan.BadUserInput, "compare", "saw %s of series %q and %s of series %q, wanted two texts of one series",
			a.Plan.ID, a.Plan.Series, b.Plan.ID, b.Plan.Series)
	}
	c := &Comparison{A: a.Plan, B: b.Plan, Frame: frame}
	c.items(frame, a, b)
	before, err := frame.enacted(ctx, from, a, opts)
	if err != nil {
		return nil, err
	}
	after, err := frame.enacted(ctx, from, b, opts)
	if err != nil {
		return nil, err
	}
	had := map[plan.ID]bool{} // by the ids that they would have of b
	for _, f := range before.Findings {
		had[before.idIn(f, a.Plan.ID, b.Plan.ID)] = true
	}
	for _, f := range after.Findings {
		if had[f.ID] {
			c.Kept++
			delete(had, f.ID)
			continue
		}
		c.Opened = append(c.Opened, f)
	}
	for _, f := range before.Findings {
		if had[before.idIn(f, a.Plan.ID, b.Plan.ID)] {
			c.Closed = append(c.Closed, f)
		}
	}
	c.attribute()
	return c, nil
}

// enacted checks the register as if an edition were its series' text in force.
func (f *Frame) enacted(ctx context.Context, from Objects, e Edition, opts Options) (*Run, error) {
	put, removed := f.enact(e)
	return Check(ctx, f.With(put, removed), NewOverlay(from, put, removed), opts)
}

// enact makes an edition the text in force of its series. What others have linked to another text of the series they then owe to this one,
// as far as it has such a part.
func (f *Frame) enact(e Edition) (put []plan.Object, removed []plan.ID) {
	series := map[plan.ID]bool{}
	for _, p := range f.plans {
		if !f.sameSeries(p, e.Plan) {
			continue
		}
		series[p.ID] = true
		text := *p
		text.Status = plan.Superseded
		if p.ID == e.Plan.ID {
			text.Status = plan.Issued
		}
		put = append(put, &text)
	}
	has := map[plan.ID]bool{e.Plan.ID: true}
	for _, o := range e.Parts {
		has[o.Base().ID] = true
	}
	linked := map[plan.ID]bool{}
	for l := range f.allLinks() {
		from, to := series[PlanOf(l.From)], PlanOf(l.To)
		switch {
		case !series[to] || from && l.Type != plan.Supersedes:
			continue
		case from:
			removed = append(removed, l.ID)
			continue
		case to == e.Plan.ID:
			continue
		}
		removed = append(removed, l.ID)
		moved := *l
		moved.To = l.To.In(e.Plan.ID)
		moved.ID = plan.LinkID(l.Type, l.From, moved.To)
		if has[moved.To] && !linked[moved.ID] && !slices.ContainsFunc(f.linksFrom(l.From), func(other *plan.Link) bool { return other.ID == moved.ID }) {
			linked[moved.ID] = true
			put = append(put, &moved)
		}
	}
	return put, removed
}

func (f *Frame) linksFrom(id plan.ID) []*plan.Link {
	if id.Prefix() == "plan" {
		return f.out[id]
	}
	return f.links[id]
}

// idIn is the id that a finding would have if what it is about were part of another text.
func (run *Run) idIn(f *plan.Finding, from, to plan.ID) plan.ID {
	subjects := slices.Clone(run.subjects[f.ID])
	for i, id := range subjects {
		subjects[i] = moved(id, from, to)
	}
	return Fingerprint(f.Rule, subjects...)
}

// moved is the id of the same thing in another text; what is no part of from, and no link of such, stays itself.
func moved(id, from, to plan.ID) plan.ID {
	if id.Prefix() == "link" {
		typ, ends, _ := strings.Cut(id.Code(), "/")
		start, end, _ := strings.Cut(ends, ">")
		return plan.LinkID(plan.LinkType(strings.ToUpper(typ)), moved(plan.ID(start), from, to), moved(plan.ID(end), from, to))
	}
	if id == from || textOf(id) == from {
		return id.In(to)
	}
	return id
}

// textOf is the plan that states an element, demand or observation; "" for what no plan states.
func textOf(id plan.ID) plan.ID {
	if code, _, ok := strings.Cut(id.Code(), "/"); ok && id.Prefix() == "observation" {
		return plan.MakeID("plan", code)
	}
	return PlanOf(id)
}
