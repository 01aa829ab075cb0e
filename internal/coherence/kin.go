package coherence

import (
	"cmp"
	"slices"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// plansAtOnce is how many plans' targets are loaded together: a national plan has thousands of plans below it.
const plansAtOnce = 100

// kin loads Facts.Kin.
func (b *batch) kin() {
	near := map[plan.ID][]*Facts{}
	for _, facts := range b.all {
		p := b.frame.Plan(facts.Scope.ID)
		if p == nil || len(facts.Targets) == 0 || !facts.linkedAtAll() {
			continue
		}
		for _, other := range append(b.frame.below(p), b.frame.above(p)...) {
			near[other.ID] = append(near[other.ID], facts)
		}
	}
	var ids []plan.ID
	for id := range near {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for some := range slices.Chunk(ids, plansAtOnce) {
		for _, o := range b.want(Want{Kind: "Target", By: "plan", Keys: keys(some)}) {
			t := o.(*plan.Target)
			for _, facts := range near[t.Plan] {
				if facts.binds(t.Indicator) {
					facts.Kin = append(facts.Kin, t)
				}
			}
		}
	}
}

// binds says whether a plan's scope has a binding target for an indicator.
func (f *Facts) binds(indicator plan.ID) bool {
	return slices.ContainsFunc(f.Targets, func(t *plan.Target) bool { return t.Indicator == indicator })
}

// linkedAtAll says whether any link of the plan's elements is recorded. Where none is, what seems to be missing may just not be registered.
func (f *Facts) linkedAtAll() bool {
	linked := func(o plan.Object) bool { return len(f.Frame.links[o.Base().ID]) > 0 }
	return slices.ContainsFunc(f.Goals, func(o *plan.Goal) bool { return linked(o) }) ||
		slices.ContainsFunc(f.Tasks, func(o *plan.Task) bool { return linked(o) }) ||
		slices.ContainsFunc(f.Projects, func(o *plan.Project) bool { return linked(o) }) ||
		slices.ContainsFunc(f.Safeguards, func(o *plan.Safeguard) bool { return linked(o) }) ||
		slices.ContainsFunc(f.Targets, func(o *plan.Target) bool { return linked(o) })
}

// below are the plans in force that state to obey, be based on or support p and do follow it, sorted by id.
func (f *Frame) below(p *plan.Plan) []*plan.Plan {
	return f.neighbours(f.in[p.ID], func(l *plan.Link) plan.ID { return l.From }, func(other plan.ID) bool {
		return f.Order.Lower(other, p.ID, law.General) == other
	})
}

// above are the plans in force that p states to obey, be based on or support and does follow, sorted by id.
func (f *Frame) above(p *plan.Plan) []*plan.Plan {
	return f.neighbours(f.out[p.ID], func(l *plan.Link) plan.ID { return l.To }, func(other plan.ID) bool {
		return f.Order.Lower(other, p.ID, law.General) == p.ID
	})
}

func (f *Frame) neighbours(links []*plan.Link, far func(*plan.Link) plan.ID, right func(plan.ID) bool) []*plan.Plan {
	var near []*plan.Plan
	for _, l := range links {
		if l.Type != plan.Obeys && l.Type != plan.BasedOn && l.Type != plan.Supports {
			continue
		}
		if _, inForce := f.InForce(far(l)); inForce && right(far(l)) {
			near = append(near, f.Plan(far(l)))
		}
	}
	slices.SortFunc(near, func(a, b *plan.Plan) int { return cmp.Compare(a.ID, b.ID) })
	return slices.Compact(near)
}

// takesUp gives the ends of a link by which a lower element takes an upper one up: it refines, implements or contributes to it, or is
// allocated its share of it. False for links of other types.
func takesUp(l *plan.Link) (lower, upper plan.ID, ok bool) {
	switch l.Type {
	case plan.Refines, plan.Implements, plan.ContributesTo:
		return l.From, l.To, true
	case plan.Allocates:
		return l.To, l.From, true
	}
	return "", "", false
}

// step are the elements, of any plan, that are one such link below an element, or above it.
func (f *Frame) step(id plan.ID, down bool) []plan.ID {
	var far []plan.ID
	for _, l := range f.links[id] {
		lower, upper, ok := takesUp(l)
		switch {
		case ok && down && upper == id:
			far = append(far, lower)
		case ok && !down && lower == id:
			far = append(far, upper)
		}
	}
	return far
}

// family are a plan's elements by id, and what is nested in what.
type family struct {
	own      map[plan.ID]plan.Object
	parent   map[plan.ID]plan.ID
	children map[plan.ID][]plan.ID
}

func (f *Facts) elements() *family {
	if f.family != nil {
		return f.family
	}
	m := &family{own: map[plan.ID]plan.Object{}, parent: map[plan.ID]plan.ID{}, children: map[plan.ID][]plan.ID{}}
	nest := func(o plan.Object, parent plan.ID) {
		m.own[o.Base().ID] = o
		if parent != "" {
			m.parent[o.Base().ID] = parent
			m.children[parent] = append(m.children[parent], o.Base().ID)
		}
	}
	for _, o := range f.Goals {
		nest(o, o.Parent)
	}
	for _, o := range f.Tasks {
		nest(o, o.Parent)
	}
	for _, o := range f.Projects {
		nest(o, "")
	}
	for _, o := range f.Safeguards {
		nest(o, "")
	}
	for _, o := range f.Targets {
		nest(o, "")
	}
	f.family = m
	return m
}

// object finds an element of the scope or one that it is linked to, nil when there is none.
func (f *Facts) object(id plan.ID) plan.Object {
	if o := f.elements().own[id]; o != nil {
		return o
	}
	return f.Beyond[id]
}

// around are an element, all of its own plan that serves it (down) or that it serves, along links and nesting, and what it is nested in.
func (f *Facts) around(id plan.ID, down bool) []plan.ID {
	m := f.elements()
	seen := map[plan.ID]bool{id: true}
	group := []plan.ID{id}
	join := func(id plan.ID) {
		if m.own[id] != nil && !seen[id] {
			seen[id] = true
			group = append(group, id)
		}
	}
	for next := 0; next < len(group); next++ {
		for _, far := range f.Frame.step(group[next], down) {
			join(far)
		}
		for _, child := range m.children[group[next]] {
			join(child)
		}
		for _, l := range f.Frame.links[group[next]] {
			// What a figure measures is what it is set for.
			if l.Type == plan.MeasuredBy && l.To == group[next] && !down {
				join(l.From)
			}
		}
	}
	for at := m.parent[id]; at != "" && !seen[at]; at = m.parent[at] {
		join(at)
		seen[at] = true
	}
	return group
}
