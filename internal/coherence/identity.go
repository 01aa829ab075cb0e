package coherence

import (
	"math/big"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// triple are the targets of a ratio, of what it divides and of what it divides by. One of them may be missing.
type triple struct{ ratio, numerator, denominator *side }

func (t triple) sides() []*side {
	var all []*side
	for _, s := range []*side{t.ratio, t.numerator, t.denominator} {
		if s != nil {
			all = append(all, s)
		}
	}
	return all
}

// form is how the figures of a triple are brought into one equation: as levels, or all as multiples of their values in one base year.
type form struct {
	ratio, numerator, denominator quantity.Interval
	base                          int    // 0 for levels
	unit                          string // of the numerator's interval, "" for multiples
}

// equate brings three figures into one equation, ratio × denominator = numerator; not ok with the reason why they can't be.
func (t triple) equate() (form, Reason, bool) {
	if x, ok := t.levels(); ok {
		return x, Reason{}, true
	}
	x := form{}
	for _, s := range t.sides() {
		base := countsFrom(s)
		switch {
		case s.shape == wordsOnly:
			why, _ := quantity.Comparable(s.quantity, s.quantity)
			return x, quantityReason(why), false
		case base == 0:
			return x, Reason{ReasonCode(quantity.ReasonQuantityKind), "量的类型不能代入同一个等式：须同为水平（单位相配），或同为以同一年为基期的变化"}, false
		case x.base != 0 && x.base != base:
			return x, Reason{ReasonCode(quantity.ReasonBaseYear), "各项变化的基期不同，不能代入同一个等式"}, false
		}
		x.base = base
	}
	x.ratio, x.numerator, x.denominator = multiples(t.ratio), multiples(t.numerator), multiples(t.denominator)
	return x, Reason{}, true
}

// levels: the ratio's unit says in which units to divide: tce/万元 is tce by 万元; a share is of two amounts of one kind.
func (t triple) levels() (form, bool) {
	for _, s := range t.sides() {
		if s.shape == wordsOnly || s.quantity.Kind != quantity.Level {
			return form{}, false
		}
	}
	over, under, scale := t.numerator.quantity.Unit, t.numerator.quantity.Unit, big.NewRat(1, 1)
	switch unit := t.ratio.quantity.Unit; {
	case unit == "%":
		scale = big.NewRat(1, 100)
	case unit == "" || unit == "倍":
	default:
		var ok bool
		if over, under, ok = strings.Cut(unit, "/"); !ok {
			return form{}, false
		}
	}
	x := form{unit: over}
	var ok [3]bool
	x.ratio, ok[0] = inUnits(t.ratio, t.ratio.quantity.Unit)
	x.numerator, ok[1] = inUnits(t.numerator, over)
	x.denominator, ok[2] = inUnits(t.denominator, under)
	x.ratio = times(x.ratio, quantity.Interval{Lo: scale, Hi: scale})
	return x, ok[0] && ok[1] && ok[2]
}

// inUnits is what a figure admits, as so many of a unit.
func inUnits(s *side, unit string) (quantity.Interval, bool) {
	from, okFrom := quantity.UnitByName(s.quantity.Unit)
	to, okTo := quantity.UnitByName(unit)
	if !okFrom || !okTo || from.Dimension != to.Dimension {
		return quantity.Interval{}, false
	}
	factor, err := quantity.Convert(big.NewRat(1, 1), from.Base(), to)
	if err != nil {
		return quantity.Interval{}, false
	}
	return times(s.rounded(), quantity.Interval{Lo: factor, Hi: factor}), true
}

// countsFrom is the year from which a change counts, 0 for what is no change or doesn't say. An average rate over a span counts from the year
// before it.
func countsFrom(s *side) int {
	switch q := s.quantity; q.Kind {
	case quantity.PercentChange, quantity.Multiple:
		return q.BaseYear
	case quantity.RatePerYear:
		if unit, _ := quantity.UnitByName(q.Unit); isPercent(unit) && s.target.YearStart != 0 {
			return s.target.YearStart - 1
		}
	}
	return 0
}

// multiples is what a change admits as so many times the base year's value: −15 % is 0.85, 5 % a year over five years 1.05⁵.
func multiples(s *side) quantity.Interval {
	i := s.rounded()
	if s.quantity.Kind == quantity.Multiple {
		return i
	}
	grown := func(x *big.Rat) *big.Rat {
		if x == nil {
			return nil
		}
		y := new(big.Rat).Quo(x, big.NewRat(100, 1))
		y.Add(y, big.NewRat(1, 1))
		if y.Sign() < 0 {
			y = new(big.Rat) // nothing falls by more than all of it
		}
		if s.quantity.Kind != quantity.RatePerYear {
			return y
		}
		power := big.NewRat(1, 1)
		for range s.target.Year - s.target.YearStart + 1 {
			power.Mul(power, y)
		}
		return power
	}
	return quantity.Interval{Lo: grown(i.Lo), Hi: grown(i.Hi), LoOpen: i.LoOpen, HiOpen: i.HiOpen}
}

// times multiplies two intervals of numbers that are not negative.
func times(a, b quantity.Interval) quantity.Interval {
	a, b = natural(a), natural(b)
	p := quantity.Interval{Lo: new(big.Rat).Mul(a.Lo, b.Lo), LoOpen: a.LoOpen || b.LoOpen}
	if a.Hi != nil && b.Hi != nil {
		p.Hi, p.HiOpen = new(big.Rat).Mul(a.Hi, b.Hi), a.HiOpen || b.HiOpen
	}
	return p
}

// natural leaves the numbers that are not negative.
func natural(i quantity.Interval) quantity.Interval {
	if i.Lo == nil || i.Lo.Sign() < 0 {
		i.Lo, i.LoOpen = new(big.Rat), false
	}
	return i
}

// spanZh says an interval in words, each end to four digits.
func spanZh(i quantity.Interval, unit string) string {
	say := func(x *big.Rat) string { return strings.TrimSpace(shortZh(x) + " " + unit) }
	switch {
	case i.Hi == nil:
		return "不低于 " + say(i.Lo)
	case i.Lo == nil || i.Lo.Sign() == 0:
		return "不超过 " + say(i.Hi)
	case i.Lo.Cmp(i.Hi) == 0:
		return say(i.Lo)
	}
	return shortZh(i.Lo) + " 至 " + say(i.Hi)
}

func shortZh(x *big.Rat) string {
	if digits, finite := x.FloatPrec(); finite && digits <= 4 {
		return x.FloatString(digits)
	}
	return "约" + x.FloatString(4)
}

// yieldingTarget is the one expected target among several of which another is binding; nil where natures don't decide.
func yieldingTarget(sides []*side) *side {
	var expected *side
	binding := false
	for _, s := range sides {
		switch s.target.Nature {
		case plan.Binding:
			binding = true
		case plan.Expected:
			if expected != nil && expected.index != s.index {
				return nil
			}
			expected = s
		default:
			return nil
		}
	}
	if !binding {
		return nil
	}
	return expected
}
