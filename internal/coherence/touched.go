package coherence

import (
	"context"
	"slices"

	"xianjie/internal/plan"
)

// Edit is one object before and after a change; nil where there was, or is, none.
type Edit struct{ Before, After plan.Object }

// Reach is what a change of the register can change in the answers of a run.
type Reach struct {
	Everything bool    // any scope: the run is to be made anew
	Frame      bool    // the frame too is other than before
	Scopes     []Scope // sorted
}

// Touched says which scopes have to be checked again after edits. Now is the frame after them, edited from the run's own; from gives the
// objects as they are after. The run has to be one that is kept.
func (run *Run) Touched(ctx context.Context, now *Frame, from Objects, edits []Edit) (Reach, error) {
	old := run.frame
	t := &touch{run: run, ctx: ctx, from: from, scopes: map[Scope]bool{}, changed: map[change]bool{}}
	for _, e := range edits {
		if e.Before != nil {
			t.object(old, e.Before)
		}
		if e.After != nil {
			t.object(now, e.After)
		}
	}
	t.settle(old, now)
	reach := Reach{Everything: t.everything, Frame: t.frame}
	if !t.everything {
		for s := range t.scopes {
			reach.Scopes = append(reach.Scopes, s)
		}
		slices.SortFunc(reach.Scopes, compareScopes)
	}
	return reach, t.err
}

// Framed says whether an object is part of a frame.
func Framed(o plan.Object) bool {
	switch o.(type) {
	case *plan.Plan, *plan.Link, *plan.Region, *plan.Indicator, *plan.Calibre, *plan.Organization, *plan.Zone:
		return true
	}
	return false
}

// touch collects what edits reach.
type touch struct {
	run        *Run
	ctx        context.Context
	from       Objects
	scopes     map[Scope]bool
	changed    map[change]bool // targets
	everything bool
	frame      bool
	err        error

	whole      []plan.ID // plans of which every answer may change
	targets    []plan.ID // whose indicators' scopes are touched
	indicators []plan.ID // whose plans' scopes are touched
	projects   []plan.ID // whose demands' scopes are touched
}

// change is a target, where it stands, that has changed or may be looked at otherwise than before.
type change struct{ target, indicator, region plan.ID }

// scope touches what there is to check about one thing, of all branches.
func (t *touch) scope(f *Frame, kind ScopeKind, id plan.ID) {
	if id == "" {
		return
	}
	for _, s := range f.scopes(kind, id) {
		t.scopes[s] = true
	}
}

// target touches the scopes that a target is part of, and those that have looked at targets for its region, or for it.
func (t *touch) target(f *Frame, o *plan.Target) {
	if c := (change{o.ID, o.Indicator, o.Region}); !t.changed[c] {
		t.changed[c] = true
		t.identities(f, o.Indicator, f.branchOf(o.Region))
		for _, s := range f.scopes(IndicatorScope, o.Indicator) {
			if s.Branch == f.branchOf(o.Region) || t.run.hasRead(s, o) {
				t.scopes[s] = true
			}
		}
	}
}

// hasRead says whether a scope has looked at targets for another one's region, or for it.
func (run *Run) hasRead(s Scope, t *plan.Target) bool {
	k := run.results[s]
	return k != nil && slices.ContainsFunc(k.reads, func(id plan.ID) bool { return id == t.Region || id == t.ID || id == everywhere })
}

// identities touches the identities that an indicator is part of, in one branch or, for everywhere, in all.
func (t *touch) identities(f *Frame, id, branch plan.ID) {
	touch := func(of plan.ID) {
		for _, s := range f.scopes(IdentityScope, of) {
			if branch == everywhere || s.Branch == branch {
				t.scopes[s] = true
			}
		}
	}
	touch(id)
	for of, terms := range f.terms {
		if slices.Contains(terms, id) {
			touch(of)
		}
	}
}

func (t *touch) observation(f *Frame, o *plan.Observation) {
	t.scopes[Scope{IndicatorScope, o.Indicator, f.branchOf(o.Region)}] = true
}

// central touches the scope of an indicator that has its demands and what is linked to it itself.
func (t *touch) central(indicator plan.ID) {
	if indicator != "" {
		t.scopes[Scope{IndicatorScope, indicator, trunk}] = true
	}
}

// object notes what one object, as it was or is, can change.
func (t *touch) object(f *Frame, o plan.Object) {
	t.frame = t.frame || Framed(o)
	switch o := o.(type) {
	case *plan.Target:
		t.target(f, o)
		t.element(f, o)
		t.kin(f, o.Plan)
	case *plan.Observation:
		t.observation(f, o)
	case *plan.Demand:
		t.central(o.Indicator)
		t.scope(f, PlanScope, PlanOf(o.ID))
	case *plan.Task:
		t.element(f, o)
		t.scope(f, ClassScope, plan.ID(o.ObjectClass))
		t.region(f, o.Plan)
	case *plan.Project:
		t.element(f, o)
		t.region(f, o.Plan)
		t.projects = append(t.projects, o.ID)
	case *plan.Goal, *plan.Safeguard, *plan.Principle:
		t.element(f, o)
	case *plan.Link:
		t.link(f, o)
	case *plan.Plan:
		t.whole = append(t.whole, o.ID)
		for _, l := range f.out[o.ID] {
			if l.Type == plan.Supersedes {
				t.whole = append(t.whole, l.To) // whether it is in force, and why not, depends on what supersedes it
			}
		}
		t.neighbours(f, o)
	case *plan.Indicator:
		t.indicator(f, o.ID)
		for _, whole := range o.Broader {
			t.scope(f, IdentityScope, whole)
		}
		t.indicators = append(t.indicators, o.ID)
	case *plan.Calibre:
		t.indicator(f, o.Indicator)
	case *plan.Region, *plan.Organization, *plan.Zone:
		t.everything = true
	}
}

// indicator is touched itself, and wherever it is a term.
func (t *touch) indicator(f *Frame, id plan.ID) {
	t.scope(f, IndicatorScope, id)
	t.identities(f, id, everywhere)
}

// element touches its plan, and whatever it is linked to.
func (t *touch) element(f *Frame, o plan.Object) {
	id := o.Base().ID
	t.scope(f, PlanScope, PlanOf(id))
	for _, l := range f.links[id] {
		t.end(f, l.From)
		t.end(f, l.To)
	}
}

// end is an end of a link between elements.
func (t *touch) end(f *Frame, id plan.ID) {
	t.scope(f, PlanScope, PlanOf(id))
	kind := plan.KindOf(id)
	if kind == nil {
		return
	}
	switch kind.Name {
	case "Target":
		t.targets = append(t.targets, id)
	case "Indicator":
		t.central(id)
	case "Project":
		t.projects = append(t.projects, id)
	}
}

// kin: the plans right above and below a target's plan look at it, where elements of theirs are linked.
func (t *touch) kin(f *Frame, id plan.ID) {
	for _, links := range [][]*plan.Link{f.out[id], f.in[id]} {
		for _, l := range links {
			for _, end := range []plan.ID{l.From, l.To} {
				if f.linked[end] {
					t.scope(f, PlanScope, end)
				}
			}
		}
	}
}

// region touches the scope of a plan's region.
func (t *touch) region(f *Frame, id plan.ID) {
	if p := f.Plan(id); p != nil {
		t.scope(f, RegionScope, p.Region)
	}
}

func (t *touch) link(f *Frame, l *plan.Link) {
	if !l.Type.BetweenPlans() {
		for _, end := range []plan.ID{l.From, l.To} {
			t.end(f, end)
			for _, near := range f.links[end] { // what serves a target is followed through the elements of other plans
				t.scope(f, PlanScope, PlanOf(near.From))
				t.scope(f, PlanScope, PlanOf(near.To))
			}
		}
		return
	}
	t.scope(f, PlanScope, l.From)
	t.scope(f, PlanScope, l.To)
	if l.Type == plan.CoordinatesWith {
		return
	}
	t.whole = append(t.whole, l.From)
	if l.Type == plan.Supersedes {
		t.whole = append(t.whole, l.To)
	}
	for _, id := range []plan.ID{l.From, l.To} {
		if p := f.Plan(id); p != nil {
			t.neighbours(f, p)
		}
	}
}

// neighbours are the plans whose own scopes look at p: those for regions that share something with its region, those that link to a text
// of its series, and those that it links to.
func (t *touch) neighbours(f *Frame, p *plan.Plan) {
	t.scope(f, PlanScope, p.ID)
	for _, region := range append(f.Areas.Overlapping(p.Region), p.Region) {
		for _, id := range f.plansFor[region] {
			t.scope(f, PlanScope, id)
		}
	}
	for _, text := range append(f.series[p.Series], p) {
		for _, l := range f.in[text.ID] {
			t.scope(f, PlanScope, l.From)
		}
	}
	for _, l := range f.out[p.ID] {
		t.scope(f, PlanScope, l.To)
	}
}

// settle turns what was noted into scopes.
func (t *touch) settle(old, now *Frame) {
	if t.everything {
		return
	}
	var plans []plan.ID
	for _, f := range []*Frame{old, now} {
		for _, id := range t.whole {
			plans = append(plans, f.subjects(id)...)
		}
		for _, id := range plans {
			t.scope(f, PlanScope, id)
			t.region(f, id)
		}
	}
	slices.Sort(plans)
	plans = slices.Compact(plans)
	for _, o := range t.want("Target", "plan", plans) {
		t.target(now, o.(*plan.Target))
		t.element(now, o)
	}
	for _, kind := range []string{"Goal", "Safeguard"} {
		for _, o := range t.want(kind, "plan", plans) {
			t.element(now, o)
		}
	}
	for _, o := range t.want("Observation", "plan", plans) {
		t.observation(now, o.(*plan.Observation))
	}
	for _, o := range t.want("Task", "plan", plans) {
		t.scope(now, ClassScope, plan.ID(o.(*plan.Task).ObjectClass))
		t.element(now, o)
	}
	for _, o := range t.want("Project", "plan", plans) {
		t.projects = append(t.projects, o.Base().ID)
		t.element(now, o)
	}
	for _, o := range t.want("Target", "id", t.targets) {
		t.target(now, o.(*plan.Target))
	}
	for _, o := range t.want("Demand", "project", t.projects) {
		t.central(o.(*plan.Demand).Indicator)
	}
	for _, o := range t.want("Target", "indicator", t.indicators) {
		t.scope(now, PlanScope, o.(*plan.Target).Plan)
	}
	for _, o := range t.want("Demand", "indicator", t.indicators) {
		t.scope(now, PlanScope, PlanOf(o.Base().ID))
	}
}

func (t *touch) want(kind, by string, ids []plan.ID) []plan.Object {
	if t.err != nil || len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	objects, err := t.from.Objects(t.ctx, Want{Kind: kind, By: by, Keys: keys(slices.Compact(ids))})
	t.err = err
	return objects
}

// subjects are a plan and all that follow it by recorded links, along any number of steps.
func (f *Frame) subjects(id plan.ID) []plan.ID {
	seen := map[plan.ID]bool{id: true}
	reached := []plan.ID{id}
	for next := 0; next < len(reached); next++ {
		for _, l := range f.in[reached[next]] {
			if l.Type != plan.CoordinatesWith && l.Type != plan.Supersedes && !seen[l.From] {
				seen[l.From] = true
				reached = append(reached, l.From)
			}
		}
	}
	return reached
}
