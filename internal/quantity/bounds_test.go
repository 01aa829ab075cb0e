package quantity

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestBoundsAndTolerant(t *testing.T) {
	for _, tt := range []struct{ in, bounds, tolerant string }{
		{"15 %", "[15, 15]", "[14.5, 15.5)"},
		{"15.0 %", "[15, 15]", "[14.95, 15.05)"},
		{"-15 %", "[-15, -15]", "(-15.5, -14.5]"},
		{"0", "[0, 0]", "(-0.5, 0.5)"},
		{">= 24 %", "[24, ∞)", "[23.5, ∞)"},
		{">= -10 % vs 2020", "[-10, ∞)", "(-10.5, ∞)"},
		{">= 0", "[0, ∞)", "(-0.5, ∞)"},
		{"> 24 %", "(24, ∞)", "(23.5, ∞)"},
		{"> -10 % vs 2020", "(-10, ∞)", "(-10.5, ∞)"},
		{"<= 75 %", "(-∞, 75]", "(-∞, 75.5)"},
		{"<= -10 % vs 2020", "(-∞, -10]", "(-∞, -9.5]"},
		{"<= 0", "(-∞, 0]", "(-∞, 0.5)"},
		{"< 75 %", "(-∞, 75)", "(-∞, 75.5)"},
		{"< -10 %", "(-∞, -10)", "(-∞, -9.5)"},
		{"about 65 %", "[64, 66]", "[63.5, 66.5)"},
		{"about 1.0 万吨/日", "[9000, 11000]", "[8500, 11500)"},
		{"about 1", "[0, 2]", "(-0.5, 2.5)"},
		{"33..37.0 %", "[33, 37]", "[32.5, 37.05)"},
		{"-18..-15 % vs 2020", "[-18, -15]", "(-18.5, -14.5]"},
		{"15 亩", "[10000, 10000]", "[29000/3, 31000/3)"},
		{"<= 1.3 倍 vs 2020", "(-∞, 1.3]", "(-∞, 1.35)"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			q := parsed(t, tt.in)
			bounds, ok := q.Bounds()
			tolerant, ok2 := q.Tolerant()
			if !ok || !ok2 || bounds.String() != tt.bounds || tolerant.String() != tt.tolerant {
				t.Errorf("got %s and %s, want %s and %s", bounds, tolerant, tt.bounds, tt.tolerant)
			}
		})
	}
	for _, q := range []Quantity{{}, parsed(t, "qualitative: x"), parsed(t, "delegated: x"), {Comparator: GE}, {Comparator: EQ, Value: decimalOf(t, "1"), Unit: "?"}} {
		if i, ok := q.Bounds(); ok {
			t.Errorf("%q has the bounds %s", q, i)
		}
	}
}

// Tolerance is rounding: a number is admitted exactly if the figure it would be printed as is.
func TestTolerantIsRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Quantity{Kind: Level, Comparator: rapid.SampledFrom([]Comparator{GE, LE, EQ, About, Range}).Draw(t, "comparator")}
		draw := func(label string) Decimal {
			d, err := ParseDecimal(rapid.SampledFrom([]string{"-2.0", "-1.1", "-0.1", "0.0", "0.1", "1.0", "2.4"}).Draw(t, label))
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		q.Value = draw("value")
		if q.Comparator == Range {
			q.High = draw("high")
			if q.High.Cmp(q.Value) <= 0 {
				return
			}
		}
		x := big.NewRat(rapid.Int64Range(-300, 300).Draw(t, "hundredths"), 100)
		printed := new(big.Rat).SetFrac(roundHalfAway(new(big.Rat).Mul(x, big.NewRat(10, 1))), big.NewInt(10))
		bounds, _ := q.Bounds()
		tolerant, ok := q.Tolerant()
		if !ok || tolerant.Contains(x) != bounds.Contains(printed) {
			t.Fatalf("%q: %v is printed %v; bounds %s, tolerant %s", q, x.FloatString(2), printed.FloatString(1), bounds, tolerant)
		}
	})
}

func TestTolerantIsWider(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quantities().Draw(t, "q")
		bounds, ok := q.Bounds()
		tolerant, ok2 := q.Tolerant()
		if ok != q.numeric() || ok2 != ok || ok && !bounds.Inside(tolerant) {
			t.Fatalf("%q: bounds %s %t, tolerant %s %t", q, bounds, ok, tolerant, ok2)
		}
	})
}

func TestAbsolute(t *testing.T) {
	for _, tt := range []struct{ in, want, unit string }{
		{"-17.9 % vs 2020 (28 µg/m³)", "[22.988, 22.988]", "µg/m³"},
		{"<= -10 % vs 2020 (28 µg/m³)", "(-∞, 25.2]", "µg/m³"},
		{"> +10 % vs 2020 (200 万kW)", "(220, ∞)", "万kW"},
		{"-10..+10 % vs 2020 (-50 ℃)", "[-55, -45]", "℃"},
		{">= -10 % vs 2020 (-50 ℃)", "(-∞, -45]", "℃"},
		{"+3 百分点 vs 2020 (20.8 %)", "[23.8, 23.8]", "%"},
		{"+3 百分点 vs 2020 (5 ‰)", "[35, 35]", "‰"},
		{"+0.6 岁 vs 2020 (77 岁)", "[77.6, 77.6]", "岁"},
		{">= +100 万亩 vs 2020 (1.7 亿亩)", "[1.71, ∞)", "亿亩"},
		{"<= 1.3 倍 vs 2020 (1400 km²)", "(-∞, 1820]", "km²"},
		{"+12 % vs 2020 (0.5)", "[0.56, 0.56]", ""},
	} {
		t.Run(tt.in, func(t *testing.T) {
			i, unit, ok := parsed(t, tt.in).Absolute()
			if !ok || i.String() != tt.want || unit != tt.unit {
				t.Errorf("got %s %s %t, want %s %s", i, unit, ok, tt.want, tt.unit)
			}
		})
	}
	for _, in := range []string{"-15 % vs 2020", "-15 %", "15 %", "3000 万kW cumulative", "-15 % vs 2020 (0 %)", "2 倍 vs 2020 (0.0 元)", "qualitative: x"} {
		if i, unit, ok := parsed(t, in).Absolute(); ok {
			t.Errorf("%q became %s %s", in, i, unit)
		}
	}
}

func BenchmarkTolerant(b *testing.B) {
	q := parsed(b, ">= 17050.00 万亩")
	for b.Loop() {
		q.Tolerant()
	}
}
