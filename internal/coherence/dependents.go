package coherence

import (
	"cmp"
	"slices"

	"xianjie/internal/plan"
)

// Relation is how one object depends on another: the type of the link between them, or what their fields say.
type Relation string

// The relations, in the order in which the dependents of one object are listed. Named after a type of link: that link, see plan.LinkType.
const (
	ByObeys       = Relation(plan.Obeys)
	ByBasedOn     = Relation(plan.BasedOn)
	BySupports    = Relation(plan.Supports)
	ByRefines     = Relation(plan.Refines)
	ByAllocates   = Relation(plan.Allocates)
	SameIndicator = Relation("SAME_INDICATOR") // a target that a plan has for the indicator of one that it must follow
	ByImplements  = Relation(plan.Implements)
	ByContributes = Relation(plan.ContributesTo)
	ByDependsOn   = Relation(plan.DependsOn)
	ByMeasuredBy  = Relation(plan.MeasuredBy)
	OfIndicator   = Relation("OF_INDICATOR")  // a figure or calibre of an indicator
	ComputedFrom  = Relation("COMPUTED_FROM") // a ratio of an indicator, or a total that it is a part of
	PartOf        = Relation("PART_OF")       // nested in it, demanded by it, or a narrower indicator
	Coordinates   = Relation(plan.CoordinatesWith)
	Refers        = Relation("REFERS") // names it in a field
)

func relations() []Relation {
	return []Relation{
		ByObeys, ByBasedOn, BySupports, ByRefines, ByAllocates, SameIndicator, ByImplements, ByContributes,
		ByDependsOn, ByMeasuredBy, OfIndicator, ComputedFrom, PartOf, Coordinates, Refers,
	}
}

// Obligation is what an object owes to one that changed.
type Obligation string

// The obligations.
const (
	MustFollow     Obligation = "MUST_FOLLOW"
	Serves         Obligation = "SERVES"
	RestsOn        Obligation = "RESTS_ON"
	BelongsTo      Obligation = "BELONGS_TO"
	MustCoordinate Obligation = "COORDINATES"
	OnlyRefers     Obligation = "REFERS"
)

// Obligation is what the relation obliges to.
func (r Relation) Obligation() Obligation {
	switch r {
	case ByImplements, ByContributes:
		return Serves
	case ByDependsOn, ByMeasuredBy, OfIndicator, ComputedFrom:
		return RestsOn
	case PartOf:
		return BelongsTo
	case Coordinates:
		return MustCoordinate
	case Refers:
		return OnlyRefers
	}
	return MustFollow
}

// dependence is one object that depends on another.
type dependence struct {
	to   visit
	by   Relation
	link plan.ID
}

func compareDependences(a, b dependence) int {
	return cmp.Or(cmp.Compare(slices.Index(relations(), a.by), slices.Index(relations(), b.by)), cmp.Compare(a.to.object, b.to.object), cmp.Compare(a.link, b.link))
}

// recorded is what depends on a node by what the frame has.
func (w *walk) recorded(n *node) []dependence {
	var found []dependence
	switch plan.KindOf(n.object).Name {
	case "Plan":
		found = w.followers(n.object, n.about)
		if n.about != "" {
			return found
		}
		found = append(found, w.partners(n.object)...)
	case "Target":
		found = w.followers(PlanOf(n.object), w.indicators[n.object])
	case "Indicator":
		for of, terms := range w.frame.terms {
			if slices.Contains(terms, n.object) {
				found = append(found, dependence{visit{object: of}, ComputedFrom, ""})
			}
			// From a total that was itself reached from a part, the other parts would be reached.
			if of == n.object && n.before == nil {
				found = append(found, w.partsOf(of, terms)...)
			}
		}
	}
	for _, l := range w.frame.links[n.object] {
		if lower, upper, ok := takesUp(l); ok && upper == n.object {
			found = append(found, dependence{visit{object: lower}, Relation(l.Type), l.ID})
		}
		if (l.Type == plan.DependsOn || l.Type == plan.MeasuredBy) && l.To == n.object {
			found = append(found, dependence{visit{object: l.From}, Relation(l.Type), l.ID})
		}
	}
	return found
}

// followers are the plans that obey, are based on or support a plan.
func (w *walk) followers(id, about plan.ID) []dependence {
	var found []dependence
	for _, l := range w.frame.in[id] {
		switch l.Type {
		case plan.Obeys, plan.BasedOn, plan.Supports:
			found = append(found, dependence{visit{l.From, about}, Relation(l.Type), l.ID})
		}
	}
	return found
}

// partners are the plans that say they cohere with a plan, or of which it says so.
func (w *walk) partners(id plan.ID) []dependence {
	var found []dependence
	for _, l := range slices.Concat(w.frame.in[id], w.frame.out[id]) {
		if l.Type != plan.CoordinatesWith {
			continue
		}
		far := l.From
		if far == id {
			far = l.To
		}
		found = append(found, dependence{visit{object: far}, Coordinates, l.ID})
	}
	return found
}

// partsOf are those of an indicator's terms that are parts of it.
func (w *walk) partsOf(id plan.ID, terms []plan.ID) []dependence {
	var found []dependence
	for _, term := range terms {
		if i := w.frame.indicators[term]; i != nil && slices.Contains(i.Broader, id) {
			found = append(found, dependence{visit{object: term}, PartOf, ""})
		}
	}
	return found
}

// loadTargets learns the indicators of the level's targets.
func (w *walk) loadTargets() {
	var ids []plan.ID
	for _, n := range w.level {
		if plan.KindOf(n.object).Name == "Target" && w.indicators[n.object] == "" {
			ids = append(ids, n.object)
		}
	}
	w.each(Want{Kind: "Target", By: "id"}, ids, func(o plan.Object) { w.indicators[o.Base().ID] = o.(*plan.Target).Indicator })
}

// load gives what depends on some nodes by what only the store has: the targets of plans that must follow, and what names an object in a
// field.
func (w *walk) load(nodes []*node) map[visit][]dependence {
	found := map[visit][]dependence{}
	about := map[plan.ID][]plan.ID{} // indicators by plan
	named := map[*plan.Kind][]plan.ID{}
	for _, n := range nodes {
		if n.about != "" {
			about[n.object] = append(about[n.object], n.about)
			continue
		}
		kind := plan.KindOf(n.object)
		named[kind] = append(named[kind], n.object)
	}
	var plans []plan.ID
	for id := range about {
		plans = append(plans, id)
	}
	w.each(Want{Kind: "Target", By: "plan"}, plans, func(o plan.Object) {
		t := o.(*plan.Target)
		w.indicators[t.ID] = t.Indicator
		if slices.Contains(about[t.Plan], t.Indicator) {
			at := visit{t.Plan, t.Indicator}
			found[at] = append(found[at], dependence{visit{object: t.ID}, SameIndicator, ""})
		}
	})
	for _, of := range plan.Kinds() {
		for _, kind := range plan.Kinds() {
			for _, edge := range kind.Edges {
				if by := relationOf(edge, of); by != "" {
					w.loadNaming(edge, by, named[of], found)
				}
			}
		}
	}
	return found
}

// relationOf is how an object depends on one of a kind that an edge of it leads to, "" when it doesn't: an element doesn't hang on its plan,
// a part of a text may stay as it is when others change. What the frame has of indicators is not asked of the store.
func relationOf(e *plan.Edge, of *plan.Kind) Relation {
	if !slices.Contains(e.To, of) || e.From.Name == "Link" || e.From.Name == "Finding" {
		return ""
	}
	switch of.Name {
	case "Goal", "Task", "Project":
		return PartOf
	case "Indicator":
		if e.From == of {
			return ""
		}
		return OfIndicator
	case "Region", "Organization", "Zone", "Calibre", "Section":
		return Refers
	}
	return ""
}

// loadNaming finds what an edge leads from to some objects. One more than can be listed is enough to know that there is more.
func (w *walk) loadNaming(e *plan.Edge, by Relation, ids []plan.ID, found map[visit][]dependence) {
	most := w.most + len(w.nodes) + 1
	count := 0
	w.each(Want{Kind: e.From.Name, By: e.Name, Most: most}, ids, func(o plan.Object) {
		count++
		for _, id := range e.Get(o) {
			at := visit{object: id}
			found[at] = append(found[at], dependence{visit{object: o.Base().ID}, by, ""})
		}
	})
	w.cut = w.cut || count >= most
}

// each loads what is wanted of some keys.
func (w *walk) each(want Want, ids []plan.ID, see func(plan.Object)) {
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), plansAtOnce) {
		if w.err != nil {
			return
		}
		want.Keys = keys(some)
		var objects []plan.Object
		objects, w.err = w.from.Objects(w.ctx, want)
		for _, o := range objects {
			see(o)
		}
	}
}
