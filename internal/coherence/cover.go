package coherence

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Coverage is how far what a plan sets is taken up below (Down) or rests on what stands above, and how far each of its binding targets can
// be carried out. It says what the rules R13, R14 and R23 say, for every element and, if deep, along whole chains.
type Coverage struct {
	Plan plan.ID
	Down bool
	// Linked says whether any link of the plan's elements is recorded. Where none is, what is not covered is not registered, which doesn't
	// mean that the texts don't say it.
	Linked bool
	Items  []Covered // by id
	Chains []Chain   // by target
}

// Covered is one goal, task, binding target or, upward, project that takes land or water.
type Covered struct {
	Element plan.ID
	// By are, downward, elements of plans in force that take it up, or targets for its indicator in the plans right below; upward, elements
	// above that it rests on, targets for its indicator in the plans right above, and goals of its own plan. What is said of an element that
	// serves it, or that it is nested in, is said of it. Sorted.
	By      []plan.ID
	Covered bool      // by one of By, or, upward, as a statutory control by the law itself
	Asked   bool      // whether a rule demands it: R13 of a plan below, R14 of this plan
	Ends    []plan.ID // deep and downward: those of By that nobody takes up although plans stand below theirs; sorted
}

// element is what the rules of coverage know of a goal, task, binding target or project.
type element struct {
	id             plan.ID
	what           string // 主要目标“…”
	field, printed string
	ref            string
	year           int // in which it is due, 0 = not stated
	task           *plan.Task
	target         *plan.Target
}

// coverable are the goals, tasks and binding targets, sorted by id.
func (f *Facts) coverable() []element {
	var all []element
	for _, o := range f.Goals {
		all = append(all, element{id: o.ID, what: "主要目标“" + o.Title + "”", field: "title", printed: o.Title, ref: o.Source.Ref, year: o.Year})
	}
	for _, o := range f.Tasks {
		all = append(all, element{id: o.ID, what: "重点任务“" + o.Title + "”", field: "title", printed: o.Title, ref: o.Source.Ref, year: o.Deadline.Year(), task: o})
	}
	for _, o := range f.Targets {
		all = append(all, f.targetElement(o))
	}
	slices.SortFunc(all, func(a, b element) int { return cmp.Compare(a.id, b.id) })
	return all
}

func (f *Facts) targetElement(t *plan.Target) element {
	return element{id: t.ID, what: "约束性" + f.subjectZh(t), field: "quantity", printed: publishedZh(t), ref: t.Source.Ref, year: t.Year, target: t}
}

// thirsty are the projects that take land or water, with what they take, sorted by id.
func (f *Facts) thirsty() []element {
	takes := map[plan.ID][]string{}
	for _, d := range f.Demands {
		if i := f.Frame.Indicator(d.Indicator); i != nil && landOrWater(i) {
			takes[d.Project] = append(takes[d.Project], i.Name+"“"+d.Quantity.Chinese()+"”")
		}
	}
	var all []element
	for _, o := range f.Projects {
		if takes[o.ID] != nil {
			slices.Sort(takes[o.ID])
			all = append(all, element{
				id: o.ID, what: "重大工程“" + o.Title + "”（占用" + strings.Join(takes[o.ID], "、") + "）", field: "demands", printed: strings.Join(takes[o.ID], "、"), ref: o.Source.Ref,
			})
		}
	}
	slices.SortFunc(all, func(a, b element) int { return cmp.Compare(a.id, b.id) })
	return all
}

// landOrWater is true only of an indicator whose name is certain to speak of land or water that is taken.
func landOrWater(i *plan.Indicator) bool {
	return matterOf(i) == law.Water || slices.ContainsFunc([]string{"用地", "占地", "土地", "耕地", "农田", "林地", "草地"}, func(word string) bool {
		return strings.Contains(i.Name, word)
	})
}

// takers are the elements of other plans in force that take an element of p up; with targets of kin for the same indicator. Sorted.
func (f *Facts) takers(p *plan.Plan, e element, kin []*plan.Target) []plan.ID {
	var far []plan.ID
	for _, id := range f.around(e.id, true) {
		far = append(far, related(f.elements().own[id], kin)...)
		for _, x := range f.Frame.step(id, true) {
			if f.Frame.outside(p, x) {
				far = append(far, x)
			}
		}
	}
	return distinct(far)
}

// bases are what an element of p rests on: elements of plans that don't follow p, targets of kin for the same indicator, and goals of p
// itself. Sorted.
func (f *Facts) bases(p *plan.Plan, e element, kin []*plan.Target) []plan.ID {
	var far []plan.ID
	for _, id := range f.around(e.id, false) {
		far = append(far, related(f.elements().own[id], kin)...)
		if _, goal := f.elements().own[id].(*plan.Goal); goal && id != e.id && plan.KindOf(e.id).Name != "Goal" {
			far = append(far, id)
		}
		for _, x := range f.Frame.step(id, false) {
			if owner := PlanOf(x); f.Frame.outside(p, x) && f.Frame.Order.Lower(owner, p.ID, law.General) != owner {
				far = append(far, x)
			}
		}
	}
	return distinct(far)
}

// outside says whether an element belongs to another plan, in force and not an edition of p.
func (f *Frame) outside(p *plan.Plan, element plan.ID) bool {
	other := f.Plan(PlanOf(element))
	if other == nil || other.ID == p.ID || f.sameSeries(other, p) {
		return false
	}
	_, inForce := f.InForce(other.ID)
	return inForce
}

// related are the targets of kin for a target's indicator.
func related(o plan.Object, kin []*plan.Target) []plan.ID {
	own, ok := o.(*plan.Target)
	if !ok {
		return nil
	}
	var ids []plan.ID
	for _, t := range kin {
		if t.Indicator == own.Indicator {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// ofPlans are the targets that some plans set.
func ofPlans(targets []*plan.Target, plans []*plan.Plan) []*plan.Target {
	var some []*plan.Target
	for _, t := range targets {
		if slices.ContainsFunc(plans, func(p *plan.Plan) bool { return p.ID == t.Plan }) {
			some = append(some, t)
		}
	}
	return some
}

// asked says whether the plan l below u is the one to take an element of u up. A goal is asked of a plan of the same category on a level
// below, since a special plan answers for its own field only; a binding target besides of the plan whose lead department leads the
// indicator; a task of the plan whose region or lead department it names. Nothing is asked that is due outside l's period.
func (f *Frame) asked(e element, u, l *plan.Plan) bool {
	end := l.PeriodEnd.Year()
	if e.year != 0 && (e.year < l.PeriodStart.Year() || end != 0 && e.year > end) {
		return false
	}
	successor := l.Category == u.Category && l.Level.Rank() > u.Level.Rank()
	switch {
	case e.target != nil:
		leads := f.indicators[e.target.Indicator] != nil && slices.Contains(l.Leads, f.indicators[e.target.Indicator].Lead)
		return f.Areas.Overlap(e.target.Region, l.Region) && (successor || leads)
	case e.task != nil:
		return slices.ContainsFunc(e.task.Leads, func(id plan.ID) bool { return slices.Contains(l.Leads, id) || f.localTo(id, u, l) }) ||
			slices.ContainsFunc(e.task.Regions, func(id plan.ID) bool { return l.Region != u.Region && id != u.Region && f.Areas.Covers(l.Region, id) })
	}
	return successor
}

// localTo says whether an organization belongs to the region of l, a part of u's.
func (f *Frame) localTo(organization plan.ID, u, l *plan.Plan) bool {
	o := f.organizations[organization]
	return o != nil && o.Region != "" && l.Region != u.Region && f.Areas.Covers(l.Region, o.Region)
}

// CoverageOf looks at one plan, down or up. A plan that the frame doesn't have is a NOT_FOUND.
func CoverageOf(ctx context.Context, frame *Frame, from Objects, id plan.ID, down, deep bool) (*Coverage, error) {
	p := frame.Plan(id)
	if p == nil {
		return nil, plan.Errorf(plan.NotFound, "plan", "saw %s, wanted the id of a plan of the register", id)
	}
	loaded, err := frame.load(ctx, from, []Scope{{Kind: PlanScope, ID: id}})
	if err != nil {
		return nil, err
	}
	f := loaded[0]
	kin, err := f.relatives(ctx, from, p, down, deep)
	if err != nil {
		return nil, err
	}
	c := &Coverage{Plan: id, Down: down, Linked: f.linkedAtAll()}
	all := f.coverable()
	if !down {
		all = append(all, f.thirsty()...)
	}
	for _, e := range all {
		c.Items = append(c.Items, f.covered(p, e, kin, down, deep))
	}
	for _, t := range f.Targets {
		c.Chains = append(c.Chains, f.chain(t))
	}
	slices.SortFunc(c.Items, func(a, b Covered) int { return cmp.Compare(a.Element, b.Element) })
	slices.SortFunc(c.Chains, func(a, b Chain) int { return cmp.Compare(a.Target, b.Target) })
	return c, nil
}

// relatives are the targets for the indicators of the plan's binding targets in the plans right below or above, all the way if deep.
func (f *Facts) relatives(ctx context.Context, from Objects, p *plan.Plan, down, deep bool) ([]*plan.Target, error) {
	near := f.Frame.reach(p, down, deep)
	if len(near) == 0 || len(f.Targets) == 0 {
		return nil, nil
	}
	var indicators []plan.ID
	for _, t := range f.Targets {
		indicators = append(indicators, t.Indicator)
	}
	objects, err := from.Objects(ctx, Want{Kind: "Target", By: "indicator", Keys: keys(distinct(indicators))})
	if err != nil {
		return nil, err
	}
	var kin []*plan.Target
	for _, o := range objects {
		if t := o.(*plan.Target); near[t.Plan] {
			kin = append(kin, t)
		}
	}
	return kin, nil
}

func (f *Frame) reach(p *plan.Plan, down, deep bool) map[plan.ID]bool {
	near := map[plan.ID]bool{}
	for queue := []*plan.Plan{p}; len(queue) > 0; queue = queue[1:] {
		next := f.above
		if down {
			next = f.below
		}
		for _, other := range next(queue[0]) {
			if !near[other.ID] && other.ID != p.ID {
				near[other.ID] = true
				queue = append(queue, other)
			}
		}
		if !deep {
			break
		}
	}
	return near
}

func (f *Facts) covered(p *plan.Plan, e element, kin []*plan.Target, down, deep bool) Covered {
	c := Covered{Element: e.id}
	if down {
		c.By = f.takers(p, e, kin)
		c.Asked = slices.ContainsFunc(f.Frame.below(p), func(l *plan.Plan) bool { return f.Frame.asked(e, p, l) })
	} else {
		c.By = f.bases(p, e, kin)
		c.Asked = e.target != nil || plan.KindOf(e.id).Name == "Project"
	}
	if deep {
		c.By = f.Frame.farther(p, c.By, down)
	}
	if deep && down {
		c.Ends = f.ends(e, c.By, kin)
	}
	c.Covered = len(c.By) > 0 || !down && e.target != nil && e.target.Control != ""
	return c
}

// farther adds what the elements of other plans are linked to in turn, along whole chains.
func (f *Frame) farther(p *plan.Plan, from []plan.ID, down bool) []plan.ID {
	all := slices.Clone(from)
	for next := 0; next < len(all); next++ {
		for _, id := range f.step(all[next], down) {
			if f.outside(p, id) && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return distinct(all)
}

// ends are those that nobody takes up in turn, although plans stand below theirs.
func (f *Facts) ends(e element, by []plan.ID, kin []*plan.Target) []plan.ID {
	var ends []plan.ID
	for _, id := range by {
		below := f.Frame.below(f.Frame.Plan(PlanOf(id)))
		if len(below) > 0 && len(f.Frame.step(id, true)) == 0 && len(related(f.elements().own[e.id], ofPlans(kin, below))) == 0 {
			ends = append(ends, id)
		}
	}
	return ends
}

// distinct sorts ids and keeps each once.
func distinct(ids []plan.ID) []plan.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
