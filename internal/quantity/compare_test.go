package quantity

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestAgree(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"13382.82 万亩", "1.33 亿亩", true},  // cut
		{"13382.82 万亩", "1.34 亿亩", true},  // rounded
		{"13382.82 万亩", "1.32 亿亩", false}, // neither
		{"17050 万亩", "1.7 亿亩", true},
		{"15.5 %", "15 %", false},
		{"15.5 %", "16 %", true},
		{"15.4 %", "15 %", true},
		{"15 %", "15.0 %", true},
		{"-15.5 %", "-15 %", false},
		{"-15.5 %", "-16 %", true},
		{"-0.4 %", "+0 %", true},
		{"-0.5 %", "+0 %", false},
		{"-15 % vs 2020", "+15 % vs 2020", false},
		{"3000 万kW", "2000 万kW", false},
		{"3000 万kW", "0.3 亿kW", true},
		{"3000 万kW", "30 GW", true},
		{"22 亩", "1 公顷", true},
		{"23 亩", "1 公顷", true},
		{"30 亩", "1 公顷", false},
		{"88 百万公顷", "13.2 亿亩", true},
		{"53 处", "53 个", true},
		{"53.5 处", "53 个", false}, // one size of unit: nothing was cut
		{">= 59.69 万km²", "59.7 万平方公里", true},
		{"33..37 %", "33.2..36.8 %", true},
		{"33..37 %", "33..38 %", false},
		{"33..37 %", "33 %", false},
		{"9999999999999999999 亿亩", "0.000000000000000001 亩", false},
	} {
		t.Run(tt.a+" and "+tt.b, func(t *testing.T) {
			a, b := parsed(t, tt.a), parsed(t, tt.b)
			for _, pair := range [][2]Quantity{{a, b}, {b, a}} {
				if got, err := Agree(pair[0], pair[1]); err != nil || got != tt.want {
					t.Errorf("%q and %q: got %t, %v", pair[0], pair[1], got, err)
				}
			}
		})
	}
}

func TestAgreeRefuses(t *testing.T) {
	for _, pair := range [][2]string{
		{"5 %", "+5 百分点"}, {"5 %", "+5 %"}, {"5 %", "5"}, {"5 亩", "5 m³"}, {"5 %", "qualitative: x"}, {"delegated: x", "5 %"},
	} {
		if got, err := Agree(parsed(t, pair[0]), parsed(t, pair[1])); err == nil || got {
			t.Errorf("%s and %s: got %t, %v", pair[0], pair[1], got, err)
		}
	}
}

func TestAgreeWithoutNumber(t *testing.T) {
	five := parsed(t, "5..6 %")
	for _, q := range []Quantity{{}, {Comparator: EQ, Unit: "%", Kind: Level}, {Comparator: Range, Value: five.Value, Unit: "%", Kind: Level}} {
		if got, err := Agree(five, q); err == nil || got {
			t.Errorf("%#v: got %t, %v", q, got, err)
		}
	}
}

// The fast path must be the definition, for numbers of every length and for every pair of units.
func TestAgreeFastIsExact(t *testing.T) {
	units := Units()
	rapid.Check(t, func(t *rapid.T) {
		ua := rapid.SampledFrom(units).Draw(t, "ua")
		ub := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(units), func(u Unit) bool { return u.Dimension != ua.Dimension })).Draw(t, "ub")
		ratio := ratioOf(ua, ub)
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		if near := nearby(a, ratio, b.Scale()); near.IsSet() && rapid.Bool().Draw(t, "near") {
			b = near
		}
		fast, ok := ratio.agreeFast(a, b)
		if exact := ratio.agreeExact(a, b); ok && fast != exact {
			t.Fatalf("%s %s and %s %s: fast %t, exact %t", a, ua.Name, b, ub.Name, fast, exact)
		}
		if ratio.agree(a, b) != (sizeRatio{ratio.den, ratio.num}).agree(b, a) {
			t.Fatalf("%s %s and %s %s: not symmetric", a, ua.Name, b, ub.Name)
		}
	})
}

// nearby returns a number close to the conversion of a, since two random ones never agree; no value where it has too many digits.
func nearby(a Decimal, r sizeRatio, scale int) Decimal {
	x := a.Rat()
	d, err := ParseDecimal(x.Mul(x, r.rat()).FloatString(min(scale, 4)))
	if err != nil {
		return Decimal{}
	}
	return d
}

func TestComparable(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		code ReasonCode
	}{
		{">= 23.5 %", "<= 20 %", ""},
		{"17050 万亩", "1.7 亿亩", ""},
		{"-15 % vs 2020", "-15.5 % vs 2020", ""},
		{"-15 %", "-15.5 %", ""},
		{"-15 % vs 2020", "-15.5 %", ReasonBaseUnknown},
		{"-15 % vs 2020", "-15.5 % vs 2015", ReasonBaseYear},
		{"<= 1.3 倍 vs 2020", "1.3 倍 vs 2019", ReasonBaseYear},
		{"5 %", "5", ReasonUnitKind},
		{"5 亩", "5 m³", ReasonUnitKind},
		{"+5 亩", "+5 百分点", ReasonUnitKind},
		{"5 %", "+5 %", ReasonQuantityKind},
		{"-5 %", "-5 百分点", ReasonQuantityKind},
		{"3000 万kW", "3000 万kW cumulative", ReasonQuantityKind},
		{"5 %", "qualitative: 持续改善", ReasonQualitative},
		{"delegated: 完成国家下达任务", "5 %", ReasonDelegated},
		{"delegated: 完成国家下达任务", "qualitative: 持续改善", ReasonQualitative},
	} {
		t.Run(tt.a+" and "+tt.b, func(t *testing.T) {
			a, b := parsed(t, tt.a), parsed(t, tt.b)
			for _, pair := range [][2]Quantity{{a, b}, {b, a}} {
				got, ok := Comparable(pair[0], pair[1])
				if got.Code != tt.code || ok != (tt.code == "") || ok != (got.Words == "") {
					t.Errorf("got %+v, %t, want %q", got, ok, tt.code)
				}
			}
		})
	}
	if got, ok := Comparable(Quantity{}, parsed(t, "5 %")); ok || got.Code != ReasonNoQuantity {
		t.Errorf("the zero Quantity: %+v, %t", got, ok)
	}
	got, _ := Comparable(parsed(t, "5 万亩"), parsed(t, "5 亿m³"))
	if want := "计量单位不能换算：万亩为面积，亿m³为体积"; got.Words != want {
		t.Errorf("got %q, want %q", got.Words, want)
	}
}

// What compares can be asked whether it agrees.
func TestComparableCanAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := quantities("%", "百分点", "万亩", "公顷", "").Draw(t, "a"), quantities("%", "百分点", "亿亩", "").Draw(t, "b")
		_, comparable := Comparable(a, b)
		if _, err := Agree(a, b); comparable && err != nil {
			t.Fatalf("%q and %q compare: %v", a, b, err)
		}
		if agree, err := Agree(a, a); a.numeric() && (!agree || err != nil) {
			t.Fatalf("%q does not agree with itself: %v", a, err)
		}
	})
}

func BenchmarkAgree(b *testing.B) {
	for _, pair := range [][2]string{{"13382.82 万亩", "1.33 亿亩"}, {"-15.5 % vs 2020", "-15 % vs 2020"}} {
		x, y := parsed(b, pair[0]), parsed(b, pair[1])
		b.Run(x.Unit, func(b *testing.B) {
			for b.Loop() {
				if _, err := Agree(x, y); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
