package quantity

import (
	"fmt"
	"math/big"
	"math/bits"
)

// ReasonCode says why two quantities do not compare.
type ReasonCode string

// The reasons, in the order in which Comparable looks for them.
const (
	ReasonNoQuantity   ReasonCode = "NO_QUANTITY"   // one is the zero Quantity
	ReasonQualitative  ReasonCode = "QUALITATIVE"   // one states a course, not a number
	ReasonDelegated    ReasonCode = "DELEGATED"     // one leaves its number to another authority
	ReasonQuantityKind ReasonCode = "QUANTITY_KIND" // a level and a change, a change in % and one in points …
	ReasonUnitKind     ReasonCode = "UNIT_KIND"     // the units do not convert
	ReasonBaseUnknown  ReasonCode = "BASE_UNKNOWN"  // both are relative and only one says to which year
	ReasonBaseYear     ReasonCode = "BASE_YEAR"     // both are relative, to different years
)

// Reason says why two quantities do not compare: a code for programs and words in Chinese for a finding.
type Reason struct {
	Code  ReasonCode
	Words string
}

// Comparable says whether the numbers of two quantities may be held against each other as they stand, and why not. Two changes of which
// neither states a base are comparable, as two figures of which neither states its calibre are; the caller sees it in their BaseYear. A
// relative quantity is never comparable with a level: see Absolute.
func Comparable(a, b Quantity) (Reason, bool) {
	switch {
	case a.IsZero() || b.IsZero():
		return Reason{ReasonNoQuantity, "没有给出目标值"}, false
	case a.Comparator == Qualitative || b.Comparator == Qualitative:
		return Reason{ReasonQualitative, "定性表述，没有可比的数值"}, false
	case a.Comparator == Delegated || b.Comparator == Delegated:
		return Reason{ReasonDelegated, "数值以上级下达为准，尚未给出"}, false
	case a.Kind != b.Kind:
		return Reason{ReasonQuantityKind, fmt.Sprintf("量的类型不同：一为%s，一为%s", a.Kind.Chinese(), b.Kind.Chinese())}, false
	}
	if a.Unit != b.Unit {
		if ua, ub, ok := convertible(a.Unit, b.Unit); !ok {
			return Reason{ReasonUnitKind, fmt.Sprintf("计量单位不能换算：%s，%s", ua.described(a.Unit), ub.described(b.Unit))}, false
		}
	}
	switch {
	case !a.Kind.relative() || a.BaseYear == b.BaseYear:
		return Reason{}, true
	case a.BaseYear == 0 || b.BaseYear == 0:
		return Reason{ReasonBaseUnknown, fmt.Sprintf("一方以%d年为基期，另一方未说明基期", max(a.BaseYear, b.BaseYear))}, false
	}
	return Reason{ReasonBaseYear, fmt.Sprintf("基期不同：一为%d年，一为%d年", a.BaseYear, b.BaseYear)}, false
}

// convertible looks both units up and says whether one converts to the other.
func convertible(a, b string) (ua, ub Unit, ok bool) {
	ua, aKnown := UnitByName(a)
	ub, bKnown := UnitByName(b)
	return ua, ub, aKnown && bKnown && ua.Dimension == ub.Dimension
}

func (u Unit) described(name string) string {
	if name == "" {
		return "一为无量纲数"
	}
	return name + "为" + u.Dimension.Chinese()
}

// Agree says whether two printed figures are one number. The one that is printed more finely must round, half away from zero, to the other's
// printed figure. When they are printed in sizes of unit that differ, it may also have been cut: 13382.82 万亩 agrees with 1.33 亿亩, but
// 15.5 % does not agree with 15 %. Comparators and bases play no part, except that a range agrees with a range only, by both ends. It is an
// error if either has no number, or if their kinds or unit kinds differ.
func Agree(a, b Quantity) (bool, error) {
	if !a.hasNumber() || !b.hasNumber() {
		return false, fmt.Errorf("%q and %q cannot agree as numbers: both must have one", a, b)
	}
	if a.Kind != b.Kind {
		return false, fmt.Errorf("%q and %q cannot agree as numbers: one is a %s, the other a %s", a, b, a.Kind, b.Kind)
	}
	ratio := sameSize
	if a.Unit != b.Unit {
		ua, ub, ok := convertible(a.Unit, b.Unit)
		if !ok {
			return false, fmt.Errorf("%q and %q cannot agree as numbers: their units do not convert", a, b)
		}
		ratio = ratioOf(ua, ub)
	}
	if (a.Comparator == Range) != (b.Comparator == Range) {
		return false, nil
	}
	if !ratio.agree(a.Value, b.Value) {
		return false, nil
	}
	return a.Comparator != Range || ratio.agree(a.High, b.High), nil
}

// sizeRatio is how many of b's unit one of a's unit is, as a fraction in lowest terms.
type sizeRatio struct{ num, den uint64 }

var sameSize = sizeRatio{1, 1}

// ratioOf divides the ratios of two units of one dimension. Those of the unit table are small enough for the products; a test says so.
func ratioOf(a, b Unit) sizeRatio {
	if a.Dimension == "" {
		return sameSize
	}
	num, den := uint64(a.Num)*uint64(b.Den), uint64(a.Den)*uint64(b.Num)
	x, y := num, den
	for y != 0 {
		x, y = y, x%y
	}
	return sizeRatio{num / x, den / x}
}

func (r sizeRatio) rat() *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(r.num), new(big.Int).SetUint64(r.den))
}

// agree says whether a, in a unit r times the size of b's, and b print one number.
func (r sizeRatio) agree(a, b Decimal) bool {
	if agrees, ok := r.agreeFast(a, b); ok {
		return agrees
	}
	return r.agreeExact(a, b)
}

// agreeFast is agreeExact in 128-bit integers; ok is false where they do not suffice.
func (r sizeRatio) agreeFast(a, b Decimal) (agrees, ok bool) {
	as, bs := a.Scale(), b.Scale()
	shared := min(as, bs)
	multiplier, divisor := pow10(bs-shared), pow10(as-shared)
	high, multiplier := bits.Mul64(multiplier, r.num)
	high2, divisor := bits.Mul64(divisor, r.den)
	if high != 0 || high2 != 0 {
		return false, false
	}
	// a is multiplier/divisor of b's last digits for each of its own: above 1, b is the finer one.
	if multiplier > divisor {
		a, b, multiplier, divisor = b, a, divisor, multiplier
	}
	// With multiplier ≤ divisor the quotient is at most a's own digits, so that it fits 64 bits again.
	high, low := bits.Mul64(a.d.Coef(), multiplier)
	cut, rest := bits.Div64(high, low, divisor)
	rounded := cut
	if rest >= divisor-rest {
		rounded++
	}
	sameSign := a.Sign() == b.Sign()
	is := func(x uint64) bool { return x == b.d.Coef() && (x == 0 || sameSign) }
	return is(rounded) || r != sameSize && is(cut), true
}

// agreeExact is the definition: whole and fractional parts of any size.
func (r sizeRatio) agreeExact(a, b Decimal) bool {
	ratio := r.rat()
	if new(big.Rat).Mul(lastDigit(a), ratio).Cmp(lastDigit(b)) > 0 {
		a, b = b, a
		ratio.Inv(ratio)
	}
	// x counts a in the last digits of b.
	x := new(big.Rat).Mul(a.Rat(), ratio)
	x.Quo(x, lastDigit(b))
	printed := b.coefficient()
	if roundHalfAway(x).Cmp(printed) == 0 {
		return true
	}
	return r != sameSize && new(big.Int).Quo(x.Num(), x.Denom()).Cmp(printed) == 0
}

// roundHalfAway returns the whole number nearest to x, the one further from zero of two.
func roundHalfAway(x *big.Rat) *big.Int {
	double := new(big.Int).Lsh(new(big.Int).Abs(x.Num()), 1)
	double.Add(double, x.Denom())
	n := double.Quo(double, new(big.Int).Lsh(x.Denom(), 1))
	if x.Sign() < 0 {
		n.Neg(n)
	}
	return n
}

// lastDigit returns what one unit of the last printed digit is worth.
func lastDigit(d Decimal) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).SetUint64(pow10(d.Scale())))
}
