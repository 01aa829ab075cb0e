package quantity

import "math/big"

// Bounds returns the numbers that q admits, in the base unit of its unit kind and without any rounding tolerance; a RANGE includes both
// ends, ABOUT reaches one unit of the last printed digit to either side. False when q has no number.
func (q Quantity) Bounds() (Interval, bool) { return q.interval(false) }

// Tolerant returns Bounds widened to what the printed figures cannot tell apart: a number is inside exactly when, rounded half away from
// zero to the printed precision, it is one that q admits. 15 admits 14.5 but not 15.5, GE 24 admits 23.5, LE 75 admits 75.4 but not 75.5.
// GT and LT are widened as far and stay open, since the figure that they print may have been rounded. False when q has no number.
func (q Quantity) Tolerant() (Interval, bool) { return q.interval(true) }

// interval counts in halves of the last printed digit, so that both ends stay whole numbers until they are converted.
//
// A number exactly halfway between two figures rounds away from zero: it rounds up to a positive lower end and never back down to a positive
// upper end, and the other way round for negative ends. That decides which of the widened ends are open.
func (q Quantity) interval(tolerant bool) (Interval, bool) {
	unit, ok := UnitByName(q.Unit)
	if !ok || !q.hasNumber() {
		return Interval{}, false
	}
	low, high := q.Value, q.Value
	if q.Comparator == Range {
		high = q.High
	}
	var reach, slack int64
	if q.Comparator == About {
		reach = 2
	}
	if tolerant {
		slack = 1
	}
	var i Interval
	if q.Comparator != LE && q.Comparator != LT {
		end := low.halves(-reach)
		i.LoOpen = q.Comparator == GT || tolerant && end.Sign() <= 0
		i.Lo = unit.fromHalves(end.Sub(end, big.NewInt(slack)), low.Scale())
	}
	if q.Comparator != GE && q.Comparator != GT {
		end := high.halves(reach)
		i.HiOpen = q.Comparator == LT || tolerant && end.Sign() >= 0
		i.Hi = unit.fromHalves(end.Add(end, big.NewInt(slack)), high.Scale())
	}
	return i, true
}

// halves returns d plus more in halves of its last printed digit.
func (d Decimal) halves(more int64) *big.Int {
	n := d.coefficient()
	return n.Add(n.Lsh(n, 1), big.NewInt(more))
}

// fromHalves returns n halves of the last of scale digits of u, in the base of its dimension. It takes n over.
func (u Unit) fromHalves(n *big.Int, scale int) *big.Rat {
	den := new(big.Int).SetUint64(2 * pow10(scale)) // at most 18 digits stand behind the point
	if u.Den != 0 {
		n.Mul(n, big.NewInt(u.Num))
		den.Mul(den, big.NewInt(u.Den))
	}
	return new(big.Rat).SetFrac(n, den)
}

// Absolute returns the levels that a relative quantity admits, in the unit of its base value, whose name is the second result:
// base·(1+x) of a PERCENT_CHANGE, base+x of a POINT_CHANGE, base·x of a MULTIPLE, x as Bounds has it. False when q is not relative, no base
// value is stated, or q multiplies a base value of zero.
func (q Quantity) Absolute() (Interval, string, bool) {
	x, ok := q.Bounds()
	base, known := UnitByName(q.BaseUnit)
	if !ok || !known || !q.Kind.relative() || !q.BaseValue.IsSet() {
		return Interval{}, "", false
	}
	b := q.BaseValue.Rat()
	one, hundredth := big.NewRat(1, 1), big.NewRat(1, 100)
	switch q.Kind {
	case PercentChange:
		if b.Sign() == 0 {
			return Interval{}, "", false
		}
		x = x.linear(hundredth, one).linear(b, new(big.Rat))
	case Multiple:
		if b.Sign() == 0 {
			return Interval{}, "", false
		}
		x = x.linear(b, new(big.Rat))
	case PointChange:
		unit, _ := UnitByName(q.Unit)
		if changed(unit.Dimension) != base.Dimension {
			return Interval{}, "", false
		}
		x = x.linear(new(big.Rat).Inv(base.ratio()), b)
	}
	return x, q.BaseUnit, true
}

// linear returns the interval of factor·x + summand; a negative factor turns it round. The factor must not be zero.
func (i Interval) linear(factor, summand *big.Rat) Interval {
	move := func(x *big.Rat) *big.Rat {
		if x == nil {
			return nil
		}
		y := new(big.Rat).Mul(x, factor)
		return y.Add(y, summand)
	}
	moved := Interval{Lo: move(i.Lo), Hi: move(i.Hi), LoOpen: i.LoOpen, HiOpen: i.HiOpen}
	if factor.Sign() < 0 {
		moved.Lo, moved.Hi = moved.Hi, moved.Lo
		moved.LoOpen, moved.HiOpen = moved.HiOpen, moved.LoOpen
	}
	return moved
}
