package quantity

import (
	"math/big"
	"strings"
)

// Interval is a set of exact numbers between two ends; an end that is nil is unbounded. The zero Interval holds every number. Nobody
// changes the numbers of an Interval once it is made, so intervals may share them.
type Interval struct {
	Lo, Hi         *big.Rat
	LoOpen, HiOpen bool // the end itself is outside; without meaning where the end is nil
}

// Contains says whether x lies in the interval.
func (i Interval) Contains(x *big.Rat) bool {
	return Interval{Lo: x, Hi: x}.Inside(i)
}

// Empty says whether no number at all lies in the interval.
func (i Interval) Empty() bool {
	if i.Lo == nil || i.Hi == nil {
		return false
	}
	c := i.Lo.Cmp(i.Hi)
	return c > 0 || c == 0 && (i.LoOpen || i.HiOpen)
}

// Inside says whether every number of i lies in outer; an empty interval is inside all.
func (i Interval) Inside(outer Interval) bool {
	if i.Empty() {
		return true
	}
	return compareLo(i, outer) >= 0 && compareHi(i, outer) <= 0
}

// Disjoint says whether no number lies in both.
func (i Interval) Disjoint(j Interval) bool { return i.Intersect(j).Empty() }

// Intersect returns the numbers that lie in both; the result may be empty.
func (i Interval) Intersect(j Interval) Interval {
	if compareLo(i, j) < 0 {
		i.Lo, i.LoOpen = j.Lo, j.LoOpen
	}
	if compareHi(i, j) > 0 {
		i.Hi, i.HiOpen = j.Hi, j.HiOpen
	}
	return i
}

// compareLo orders two lower ends: that which admits more comes first.
func compareLo(i, j Interval) int {
	switch {
	case i.Lo == nil && j.Lo == nil:
		return 0
	case i.Lo == nil:
		return -1
	case j.Lo == nil:
		return 1
	}
	if c := i.Lo.Cmp(j.Lo); c != 0 || i.LoOpen == j.LoOpen {
		return c
	}
	if i.LoOpen {
		return 1
	}
	return -1
}

// compareHi orders two upper ends: that which admits more comes last.
func compareHi(i, j Interval) int {
	switch {
	case i.Hi == nil && j.Hi == nil:
		return 0
	case i.Hi == nil:
		return 1
	case j.Hi == nil:
		return -1
	}
	if c := i.Hi.Cmp(j.Hi); c != 0 || i.HiOpen == j.HiOpen {
		return c
	}
	if i.HiOpen {
		return -1
	}
	return 1
}

// String prints the interval as mathematics does: [23.5, ∞). Numbers that no finite decimal states are fractions: (2/3, 5].
func (i Interval) String() string {
	if i.Empty() {
		return "∅"
	}
	var b strings.Builder
	switch {
	case i.Lo == nil:
		b.WriteString("(-∞")
	case i.LoOpen:
		b.WriteString("(" + exact(i.Lo))
	default:
		b.WriteString("[" + exact(i.Lo))
	}
	b.WriteString(", ")
	switch {
	case i.Hi == nil:
		b.WriteString("∞)")
	case i.HiOpen:
		b.WriteString(exact(i.Hi) + ")")
	default:
		b.WriteString(exact(i.Hi) + "]")
	}
	return b.String()
}

// exact prints x as a decimal where it is finite, else as a fraction.
func exact(x *big.Rat) string {
	if digits, finite := x.FloatPrec(); finite {
		return x.FloatString(digits)
	}
	return x.RatString()
}
