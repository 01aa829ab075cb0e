package quantity

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// whole makes an interval of whole numbers; open is a pair of flags.
func whole(lo, hi int64, loOpen, hiOpen bool) Interval {
	return Interval{Lo: big.NewRat(lo, 1), Hi: big.NewRat(hi, 1), LoOpen: loOpen, HiOpen: hiOpen}
}

func TestIntervalString(t *testing.T) {
	third := big.NewRat(1, 3)
	for _, tt := range []struct {
		i    Interval
		want string
	}{
		{Interval{}, "(-∞, ∞)"},
		{Interval{Lo: big.NewRat(47, 2)}, "[23.5, ∞)"},
		{Interval{Hi: big.NewRat(75, 1), HiOpen: true}, "(-∞, 75)"},
		{Interval{Lo: third, Hi: big.NewRat(5, 1), LoOpen: true}, "(1/3, 5]"},
		{whole(2, 1, false, false), "∅"},
		{whole(1, 1, false, true), "∅"},
		{whole(1, 1, false, false), "[1, 1]"},
	} {
		if got := tt.i.String(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestIntervalInsideDisjoint(t *testing.T) {
	for _, tt := range []struct {
		name             string
		i, j             Interval
		inside, disjoint bool
	}{
		{"equal", whole(1, 2, false, false), whole(1, 2, false, false), true, false},
		{"open in closed", whole(1, 2, true, true), whole(1, 2, false, false), true, false},
		{"closed in open", whole(1, 2, false, false), whole(1, 2, true, true), false, false},
		{"touching closed", whole(1, 2, false, false), whole(2, 3, false, false), false, false},
		{"touching, one open", whole(1, 2, false, true), whole(2, 3, false, false), false, true},
		{"apart", whole(1, 2, false, false), whole(3, 4, false, false), false, true},
		{"nested floors", Interval{Lo: big.NewRat(50, 1)}, Interval{Lo: big.NewRat(45, 1)}, true, false},
		{"floors the other way", Interval{Lo: big.NewRat(45, 1)}, Interval{Lo: big.NewRat(50, 1)}, false, false},
		{"floor above cap", Interval{Lo: big.NewRat(50, 1)}, Interval{Hi: big.NewRat(45, 1)}, false, true},
		{"all in half", Interval{}, Interval{Lo: big.NewRat(0, 1)}, false, false},
		{"empty is inside", whole(2, 1, false, false), whole(5, 6, false, false), true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.i.Inside(tt.j) != tt.inside {
				t.Errorf("%s inside %s: %t", tt.i, tt.j, !tt.inside)
			}
			if tt.i.Disjoint(tt.j) != tt.disjoint || tt.j.Disjoint(tt.i) != tt.disjoint {
				t.Errorf("%s disjoint from %s: %t", tt.i, tt.j, !tt.disjoint)
			}
		})
	}
}

// Intervals over so few numbers that all points that matter can be tried.
func intervals() *rapid.Generator[Interval] {
	end := rapid.Custom(func(t *rapid.T) *big.Rat {
		n := rapid.Int64Range(-3, 4).Draw(t, "end")
		if n == 4 {
			return nil
		}
		return big.NewRat(n, 1)
	})
	return rapid.Custom(func(t *rapid.T) Interval {
		return Interval{Lo: end.Draw(t, "lo"), Hi: end.Draw(t, "hi"), LoOpen: rapid.Bool().Draw(t, "loOpen"), HiOpen: rapid.Bool().Draw(t, "hiOpen")}
	})
}

func contains(i Interval, x *big.Rat) bool {
	lo := i.Lo == nil || i.Lo.Cmp(x) < 0 || i.Lo.Cmp(x) == 0 && !i.LoOpen
	hi := i.Hi == nil || i.Hi.Cmp(x) > 0 || i.Hi.Cmp(x) == 0 && !i.HiOpen
	return lo && hi
}

func TestIntervalLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, j := intervals().Draw(t, "i"), intervals().Draw(t, "j")
		inside, disjoint, empty := true, true, true
		for n := int64(-18); n <= 18; n++ { // quarters: points at, between and beyond all ends
			x := big.NewRat(n, 4)
			inI, inJ := contains(i, x), contains(j, x)
			if i.Contains(x) != inI {
				t.Fatalf("%s contains %v: %t", i, x, !inI)
			}
			if i.Intersect(j).Contains(x) != (inI && inJ) {
				t.Fatalf("%s ∩ %s = %s is wrong at %v", i, j, i.Intersect(j), x)
			}
			inside = inside && (!inI || inJ)
			disjoint = disjoint && !(inI && inJ)
			empty = empty && !inI
		}
		if i.Inside(j) != inside || i.Disjoint(j) != disjoint || i.Empty() != empty {
			t.Fatalf("%s, %s: inside %t disjoint %t empty %t", i, j, i.Inside(j), i.Disjoint(j), i.Empty())
		}
	})
}
