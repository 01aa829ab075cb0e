package coherence

import (
	"math/big"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// sum adds up figures of one unit kind, in the base of that kind. Every figure counts with its own rounding: a sum of many is as uncertain
// as all of them together.
type sum struct {
	low, high               quantity.Interval // what the lower and the upper ends of the figures add up to, with rounding forgiven
	printedLow, printedHigh *big.Rat
	lowUnsaid, highUnsaid   bool // at least one figure says nothing about that side: it counts with the end that it has
	negative                bool // at least one figure is below zero, so that what is not known yet may make the sum smaller
}

// end is what one end of a figure adds: the figure itself, whichever way it bounds.
func end(q quantity.Quantity, upper bool) (tolerant quantity.Interval, printed *big.Rat, ok bool) {
	if q.Comparator == quantity.Range && upper {
		q.Value = q.High
	}
	exact := q
	exact.Comparator, exact.High = quantity.EQ, quantity.Decimal{}
	at, ok := exact.Bounds()
	if !ok {
		return quantity.Interval{}, nil, false
	}
	if q.Comparator == quantity.About {
		exact.Comparator = quantity.About
	}
	tolerant, _ = exact.Tolerant()
	return tolerant, at.Lo, true
}

// term is one figure on its way into a sum.
type term struct {
	low, high               quantity.Interval
	printedLow, printedHigh *big.Rat
	shape                   shape
}

func termOf(q quantity.Quantity) (term, bool) {
	t := term{shape: shapeOf(q.Comparator)}
	var ok bool
	t.low, t.printedLow, ok = end(q, false)
	t.high, t.printedHigh, _ = end(q, true)
	return t, ok
}

func emptySum() *sum {
	zero := quantity.Interval{Lo: new(big.Rat), Hi: new(big.Rat)}
	return &sum{low: zero, high: zero, printedLow: new(big.Rat), printedHigh: new(big.Rat)}
}

func (s *sum) add(t term) {
	s.low, s.high = plus(s.low, t.low), plus(s.high, t.high)
	s.printedLow = new(big.Rat).Add(s.printedLow, t.printedLow)
	s.printedHigh = new(big.Rat).Add(s.printedHigh, t.printedHigh)
	s.lowUnsaid = s.lowUnsaid || t.shape == ceiling
	s.highUnsaid = s.highUnsaid || t.shape == floor
	s.negative = s.negative || t.printedLow.Sign() < 0
}

func plus(a, b quantity.Interval) quantity.Interval {
	return quantity.Interval{
		Lo: new(big.Rat).Add(a.Lo, b.Lo), LoOpen: a.LoOpen || b.LoOpen,
		Hi: new(big.Rat).Add(a.Hi, b.Hi), HiOpen: a.HiOpen || b.HiOpen,
	}
}

// sumOf adds the figures of regions up. Of several figures for one region the one that breaks least counts: that they differ is the matter
// of other rules.
func sumOf(sides []*side) *sum {
	byRegion := map[plan.ID]term{}
	var regions []plan.ID
	for _, s := range sides {
		t, ok := termOf(s.quantity)
		if !ok {
			continue
		}
		known, again := byRegion[s.target.Region]
		if !again {
			regions = append(regions, s.target.Region)
			byRegion[s.target.Region] = t
			continue
		}
		byRegion[s.target.Region] = lenient(known, t)
	}
	total := emptySum()
	for _, region := range regions {
		total.add(byRegion[region])
	}
	return total
}

func lenient(a, b term) term {
	if b.low.Hi.Cmp(a.low.Hi) > 0 {
		a.low, a.printedLow = b.low, b.printedLow
	}
	if b.high.Lo.Cmp(a.high.Lo) < 0 {
		a.high, a.printedHigh = b.high, b.printedHigh
	}
	if a.shape != b.shape && a.shape.halfLine() {
		a.shape = b.shape
	}
	return a
}

// fit is how a sum stands to what is allowed.
type fit int

const (
	fits     fit = iota
	exceeds      // certainly above the cap
	falls        // certainly below the floor
	unproven     // neither, as long as figures are missing
	unsaid       // the figures bound the other side only
)

// against holds the sum against what is allowed; complete says that nothing is missing. Amounts that are missing are not negative: a cap
// that is broken by what is known stays broken.
func (s *sum) against(allowed quantity.Interval, complete bool) fit {
	least := quantity.Interval{Lo: s.high.Lo, LoOpen: s.high.LoOpen}
	most := quantity.Interval{Hi: s.low.Hi, HiOpen: s.low.HiOpen}
	switch {
	case allowed.Hi != nil && (complete || !s.negative) && least.Disjoint(quantity.Interval{Hi: allowed.Hi, HiOpen: allowed.HiOpen}):
		return exceeds
	case !complete:
		return unproven
	case allowed.Lo != nil && most.Disjoint(quantity.Interval{Lo: allowed.Lo, LoOpen: allowed.LoOpen}):
		return falls
	case allowed.Lo != nil && s.lowUnsaid, allowed.Hi != nil && s.highUnsaid:
		return unsaid
	}
	return fits
}

// inUnit says a number of a unit kind's base in a unit: 1.5 亿m³.
func inUnit(x *big.Rat, unit string) string {
	u, _ := quantity.UnitByName(unit)
	converted, err := quantity.Convert(x, u.Base(), u)
	if err != nil {
		converted = x
	}
	text := decimalText(converted)
	if unit != "" {
		text += " " + unit
	}
	return text
}

// amounts says whether figures of q's kind add up over regions, or over projects.
func amounts(q quantity.Quantity) (Reason, bool) {
	unit, ok := quantity.UnitByName(q.Unit)
	if ok && (q.Kind == quantity.Level || q.Kind == quantity.Cumulative) && unit.Dimension != "" && !slices.Contains(shares(), unit.Name) {
		return Reason{}, true
	}
	return Reason{NotSummable, "比例、系数和变化幅度不能相加，各部分之和不等于整体"}, false
}

// shares are the units in which proportions are stated.
func shares() []string { return []string{"%", "‰", "百分点", "倍"} }
