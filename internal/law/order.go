package law

import (
	"cmp"
	"slices"

	"xianjie/internal/plan"
)

// Matter is what a question between two plans is about; some norms hold for one matter only.
type Matter int

// The matters. A register doesn't record them: whoever asks has to be certain before naming another than General.
const (
	General Matter = iota
	Water          // development, use, saving and protection of water resources
)

// Obligation says which of two plans follows the other. The zero Obligation is that of equals.
type Obligation struct {
	Lower, Upper plan.ID
	// Norm is the first norm that applies, "" when the recorded links alone oblige.
	Norm string
	// Chain are the recorded OBEYS, BASED_ON or SUPPORTS links that lead from Lower to Upper, in this order; empty when nothing is
	// recorded and the obligation follows from level, category or region.
	Chain []*plan.Link
}

// Exists says whether one of the plans follows the other.
func (o Obligation) Exists() bool { return o.Lower != "" }

// Order answers who follows whom. It is immutable and safe for concurrent use.
type Order struct {
	plans    map[plan.ID]*plan.Plan
	areas    *Areas
	up       map[plan.ID][]*plan.Link // OBEYS and BASED_ON, by their lower end
	supports map[plan.ID][]*plan.Link
}

// NewOrder reads plans and the links between them; links of other types, and links to plans that are not given, play no part. Whether a
// plan is in force is the caller's concern, with one exception: nothing follows from a link to a draft.
func NewOrder(plans []*plan.Plan, links []*plan.Link, areas *Areas) *Order {
	o := &Order{
		plans: make(map[plan.ID]*plan.Plan, len(plans)), areas: areas,
		up: map[plan.ID][]*plan.Link{}, supports: map[plan.ID][]*plan.Link{},
	}
	for _, p := range plans {
		o.plans[p.ID] = p
	}
	for _, l := range links {
		to := o.plans[l.To]
		if to == nil || to.Status == plan.Draft || o.plans[l.From] == nil {
			continue
		}
		switch l.Type {
		case plan.Obeys, plan.BasedOn:
			o.up[l.From] = append(o.up[l.From], l)
		case plan.Supports:
			o.supports[l.From] = append(o.supports[l.From], l)
		}
	}
	for _, links := range []map[plan.ID][]*plan.Link{o.up, o.supports} {
		for _, out := range links {
			slices.SortFunc(out, func(a, b *plan.Link) int {
				return cmp.Or(cmp.Compare(a.To, b.To), cmp.Compare(a.Type, b.Type))
			})
		}
	}
	return o
}

// Between says which of two plans follows the other in a matter, by the first norm that applies, then by recorded links. Two plans of one
// series never oblige each other.
func (o *Order) Between(a, b plan.ID, m Matter) Obligation {
	lower, norm := o.decide(a, b, m)
	if lower == "" {
		return Obligation{}
	}
	upper := a
	if lower == a {
		upper = b
	}
	chain := o.chain(lower, upper)
	if norm == Support {
		chain = o.support(lower, upper)
	}
	return Obligation{Lower: lower, Upper: upper, Norm: norm, Chain: chain}
}

// Lower is Between for callers who need only to know who follows: the lower plan, "" for equals. It is the cheaper question.
func (o *Order) Lower(a, b plan.ID, m Matter) plan.ID {
	lower, _ := o.decide(a, b, m)
	return lower
}

func (o *Order) decide(a, b plan.ID, m Matter) (lower plan.ID, norm string) {
	pa, pb := o.plans[a], o.plans[b]
	if pa == nil || pb == nil || a == b || pa.Series != "" && pa.Series == pb.Series {
		return "", ""
	}
	for _, way := range [2][2]*plan.Plan{{pa, pb}, {pb, pa}} {
		if o.levelBelow(way[0], way[1]) {
			return way[0].ID, Level
		}
	}
	if pa.Level == pb.Level {
		for _, norm := range []struct {
			id      string
			follows func(l, u *plan.Plan) bool
		}{
			{Category, o.categoryBelow},
			{Territory, o.territoryAbove},
			{Basin, func(l, u *plan.Plan) bool { return m == Water && o.basinAbove(l, u) }},
		} {
			switch {
			case norm.follows(pa, pb):
				return a, norm.id
			case norm.follows(pb, pa):
				return b, norm.id
			}
		}
	}
	switch ab, ba := o.support(a, b), o.support(b, a); {
	case ab != nil && ba == nil:
		return a, Support
	case ba != nil && ab == nil:
		return b, Support
	}
	switch ab, ba := o.chain(a, b), o.chain(b, a); {
	case ab != nil && ba == nil:
		return a, ""
	case ba != nil && ab == nil:
		return b, ""
	}
	return "", ""
}

func (o *Order) levelBelow(l, u *plan.Plan) bool {
	return u.Level.Rank() > 0 && l.Level.Rank() > u.Level.Rank() && o.areas.Covers(u.Region, l.Region)
}

// categoryBelow: only a plan proper leads or is a base; an annual plan, programme or opinion implements one, whatever its category.
func (o *Order) categoryBelow(l, u *plan.Plan) bool {
	return u.Form == plan.FormPlan && categoryRank(l.Category) > categoryRank(u.Category) && o.areas.Covers(u.Region, l.Region)
}

func categoryRank(c plan.PlanCategory) int {
	switch c {
	case plan.Development:
		return 1
	case plan.Spatial:
		return 2
	}
	return 3
}

// territoryAbove: where the territorial plan covers the whole of the special plan's region, categoryBelow has decided already.
func (o *Order) territoryAbove(l, u *plan.Plan) bool {
	return u.Form == plan.FormPlan && u.Category == plan.Spatial &&
		categoryRank(l.Category) > categoryRank(u.Category) && o.areas.Overlap(u.Region, l.Region)
}

func (o *Order) basinAbove(l, u *plan.Plan) bool {
	return l.Region != u.Region && o.areas.basins[u.Region] && !o.areas.basins[l.Region] && o.areas.Covers(u.Region, l.Region)
}

func (o *Order) support(lower, upper plan.ID) []*plan.Link {
	for _, l := range o.supports[lower] {
		if l.To == upper {
			return []*plan.Link{l}
		}
	}
	return nil
}

// chain is the shortest way up along OBEYS and BASED_ON, the first by ids among equally short ones; nil when there is none.
func (o *Order) chain(lower, upper plan.ID) []*plan.Link {
	if len(o.up[lower]) == 0 {
		return nil
	}
	via := map[plan.ID]*plan.Link{lower: nil}
	queue := []plan.ID{lower}
	for next := 0; next < len(queue); next++ {
		for _, l := range o.up[queue[next]] {
			if _, seen := via[l.To]; seen {
				continue
			}
			via[l.To] = l
			if l.To == upper {
				return unwind(via, lower, upper)
			}
			queue = append(queue, l.To)
		}
	}
	return nil
}

func unwind(via map[plan.ID]*plan.Link, lower, upper plan.ID) []*plan.Link {
	var chain []*plan.Link
	for at := upper; at != lower; at = via[at].From {
		chain = append(chain, via[at])
	}
	slices.Reverse(chain)
	return chain
}

// Above lists the plans that p follows by recorded OBEYS and BASED_ON links, along any number of steps; sorted.
func (o *Order) Above(p plan.ID) []plan.ID {
	seen := map[plan.ID]bool{p: true}
	reached := []plan.ID{p}
	for next := 0; next < len(reached); next++ {
		for _, l := range o.up[reached[next]] {
			if !seen[l.To] {
				seen[l.To] = true
				reached = append(reached, l.To)
			}
		}
	}
	above := reached[1:]
	slices.Sort(above)
	return above
}
