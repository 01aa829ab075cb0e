package coherence

import (
	"cmp"
	"math/big"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// search collects what limits a figure at one place.
type search struct {
	facts  *Facts
	at     place
	plans  []int32 // whose figure it is
	like   *side   // what the limits have to compare with; nil while nothing is known
	limits []limit
	unused []Unused
}

// limits searches for what limits the figure of plans; like is the figure in question, nil for whatever they set or, where they set
// nothing yet, what the first limit is like.
func (f *Facts) limits(at place, like *side, plans ...int32) *search {
	s := &search{facts: f, at: at, plans: plans, like: like}
	group := f.at(at)
	if like == nil {
		s.like = s.own(group)
	}
	type candidate struct {
		*side
		by LimitBasis
	}
	var found []candidate
	for _, c := range group {
		if by := s.basis(c); by != "" {
			found = append(found, candidate{c, by})
		}
	}
	if at.year != 0 {
		for _, c := range f.at(place{0, at.region}) {
			if s.basis(c) == ByControl {
				found = append(found, candidate{c, ByControl})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return slices.Index(limitBases(), a.by) - slices.Index(limitBases(), b.by)
	})
	for _, c := range found {
		s.take(c.side, c.by)
	}
	for _, c := range group {
		if slices.Contains(s.plans, c.index) {
			s.allocated(c)
		}
	}
	return s
}

// own is the figure that one of the plans sets here, a firm one if there is any.
func (s *search) own(group []*side) *side {
	var first *side
	for _, c := range group {
		if slices.Contains(s.plans, c.index) && c.shape != wordsOnly && (first == nil || first.quantity.Aspirational && !c.quantity.Aspirational) {
			first = c
		}
	}
	return first
}

// basis says why a target would limit the plans' figure, "" when it wouldn't.
func (s *search) basis(c *side) LimitBasis {
	f := s.facts
	follows := false
	for _, own := range s.plans {
		if own == c.index || f.Frame.sameSeries(f.Frame.numbered[own], c.plan) {
			return ""
		}
		follows = follows || f.follower(own, c.index, matterOf(f.Frame.Indicator(f.Scope.ID))) == 1
	}
	switch {
	case c.target.Control != "":
		return ByControl
	case follows:
		return BySuperior
	}
	return ""
}

func (s *search) take(c *side, by LimitBasis) {
	f := s.facts
	outcome, why := Outcome(""), Reason{}
	switch {
	case f.Frame.standings[c.index].Code != "":
		outcome, why = NotApplicable, f.Frame.standings[c.index]
	case c.target.Year != s.at.year:
		outcome, why = controlHolds(c, s.at.year)
	case s.at.year == 0:
		outcome, why = NotComparable, yearUnstated
	}
	if outcome == "" {
		like := s.like
		if like == nil {
			like = c
		}
		if outcome, why = f.unlikeFigures(like, c); outcome == "" {
			s.like = like
			s.limits = append(s.limits, limitOf(c, by, f.trend()))
			return
		}
	}
	s.unused = append(s.unused, Unused{c.target.ID, c.plan.ID, outcome, why})
}

// allocated adds what the totals that are handed down to a figure leave to it.
func (s *search) allocated(own *side) {
	f := s.facts
	for _, l := range f.Frame.links[own.target.ID] {
		if l.Type != plan.Allocates || l.To != own.target.ID {
			continue
		}
		parent := f.find(l.From)[0]
		if parent == nil || f.Frame.standings[parent.index].Code != "" || parent.index == own.index {
			continue
		}
		a, _ := f.allocation(parent)
		if s.like == own || s.like == nil {
			if x, ok := f.remainder(a, own); ok {
				s.limits = append(s.limits, x)
			}
		}
	}
}

// remainder is what an allocation leaves to one of its parts once the others have theirs.
func (f *Facts) remainder(a *allocation, own *side) (limit, bool) {
	x := limit{by: ByAllocation, sides: []*side{a.parent}}
	_, addable := amounts(a.parent.quantity)
	if !addable || !f.summable() || a.overlaps || !slices.Contains(a.children, own) {
		return x, false
	}
	for _, c := range a.children {
		if c.target.Region != own.target.Region {
			x.sides = append(x.sides, c)
		}
	}
	others := sumOf(x.sides[1:])
	total, _ := a.parent.allows(f.trend())
	lower, upper := ends(asBound(a.parent.quantity, f.trend()))
	if total.Hi != nil && (a.complete() || !others.negative) {
		x.allowed.Hi = new(big.Rat).Sub(total.Hi, others.high.Lo)
		x.allowed.HiOpen = total.HiOpen || others.high.LoOpen
		x.upper = less(upper, others.printedHigh, own.quantity.Unit)
		x.spent = !others.negative && x.allowed.Hi.Sign() < 0
	}
	if total.Lo != nil && a.complete() && !others.lowUnsaid {
		if lo := new(big.Rat).Sub(total.Lo, others.low.Hi); lo.Sign() > 0 {
			x.allowed.Lo, x.allowed.LoOpen = lo, total.LoOpen || others.low.HiOpen
			x.lower = less(lower, others.printedLow, own.quantity.Unit)
		}
	}
	return x, x.allowed.Hi != nil || x.allowed.Lo != nil
}

// less is a bound less what others have, in a unit.
func less(bound quantity.Quantity, others *big.Rat, unit string) quantity.Quantity {
	_, at, ok := end(bound, false)
	u, _ := quantity.UnitByName(unit)
	if !ok {
		return quantity.Quantity{}
	}
	rest, err := quantity.Convert(new(big.Rat).Sub(at, others), u.Base(), u)
	if err != nil {
		return quantity.Quantity{}
	}
	if bound.Value, ok = rounded(rest, shapeOf(bound.Comparator) == floor); !ok {
		return quantity.Quantity{}
	}
	bound.Unit = unit
	return bound
}

// rounded is a number as a decimal, rounded up or down where no decimal of six digits states it.
func rounded(x *big.Rat, up bool) (quantity.Decimal, bool) {
	const digits = 6
	if n, finite := x.FloatPrec(); finite && n <= digits {
		d, err := quantity.ParseDecimal(x.FloatString(n))
		return d, err == nil
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	scaled := new(big.Rat).Mul(x, new(big.Rat).SetInt(scale))
	whole := new(big.Int).Div(scaled.Num(), scaled.Denom()) // toward minus infinity, as the denominator is positive
	if up {
		whole.Add(whole, big.NewInt(1))
	}
	d, err := quantity.ParseDecimal(new(big.Rat).SetFrac(whole, scale).FloatString(digits))
	return d, err == nil
}

// collectUnused adds the targets of plans above that are for no year or for an area that the region is a part of or has parts in.
func (s *search) collectUnused() {
	f := s.facts
	for _, c := range f.at(place{0, s.at.region}) {
		if s.at.year != 0 && s.basis(c) == BySuperior {
			s.unused = append(s.unused, Unused{c.target.ID, c.plan.ID, NotComparable, yearUnstated})
		}
	}
	for _, other := range f.Frame.Areas.Overlapping(s.at.region) {
		for _, c := range f.at(place{s.at.year, other}) {
			if s.basis(c) != "" {
				s.unused = append(s.unused, Unused{c.target.ID, c.plan.ID, NotComparable, regionPart})
			}
		}
	}
}

// bounds are the limits that leave least below and above, nil where nothing bounds that side.
func (s *search) bounds() (lower, upper *limit) {
	return s.tightest(false), s.tightest(true)
}

func (s *search) tightest(upper bool) *limit {
	bounding := slices.DeleteFunc(slices.Clone(s.limits), func(l limit) bool {
		return upper && l.upper.IsZero() || !upper && l.lower.IsZero()
	})
	if len(bounding) == 0 {
		return nil
	}
	tightest := slices.MinFunc(bounding, tighter(upper))
	return &tightest
}

// tighter orders limits by one end, the one that leaves least first; open ends leave less than closed ones.
func tighter(upper bool) func(a, b limit) int {
	return func(a, b limit) int {
		x, y, open, openToo := a.allowed.Hi, b.allowed.Hi, a.allowed.HiOpen, b.allowed.HiOpen
		c := 0
		if !upper {
			x, y, open, openToo = b.allowed.Lo, a.allowed.Lo, a.allowed.LoOpen, b.allowed.LoOpen
		}
		if x != nil && y != nil {
			c = x.Cmp(y)
		}
		if c == 0 && open != openToo {
			c = 1
			if open {
				c = -1
			}
		}
		return cmp.Or(c, cmp.Compare(slices.Index(limitBases(), a.by), slices.Index(limitBases(), b.by)), cmp.Compare(a.sides[0].target.ID, b.sides[0].target.ID))
	}
}

func limitBases() []LimitBasis { return []LimitBasis{ByControl, BySuperior, ByAllocation} }
