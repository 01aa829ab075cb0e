package quantity

import (
	"math/big"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func unitOf(t testing.TB, name string) Unit {
	t.Helper()
	u, ok := UnitByName(name)
	if !ok {
		t.Fatalf("the unit %q is unknown", name)
	}
	return u
}

func TestUnitByName(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""}, {"  ", ""},
		{"%", "%"}, {"％", "%"}, {"‰", "‰"}, {"百分点", "百分点"}, {"个百分点", "百分点"},
		{"平方公里", "km²"}, {"平方千米", "km²"}, {"万平方公里", "万km²"}, {"km2", "km²"}, {"km^2", "km²"}, {"㎢", "km²"},
		{"立方米", "m³"}, {"亿立方米", "亿m³"}, {"亿 m3", "亿m³"}, {"ha", "公顷"}, {"百万公顷", "百万公顷"}, {"亿亩", "亿亩"},
		{"万千瓦", "万kW"}, {"亿千瓦", "亿kW"}, {"KW", "kW"}, {"kw", "kW"}, {"gw", "GW"}, {"亿千瓦时", "亿kWh"}, {"KWH", "kWh"}, {"kW·h", "kWh"},
		{"吨标准煤", "tce"}, {"万吨标准煤", "万tce"}, {"亿吨标准煤", "亿tce"}, {"TCE", "tce"}, {"克标准煤/千瓦时", "gce/kWh"}, {"克标准煤每千瓦时", "gce/kWh"},
		{"微克/立方米", "µg/m³"}, {"微克每立方米", "µg/m³"}, {"μg/m³", "µg/m³"}, {"µg/m³", "µg/m³"}, {"ug/m3", "µg/m³"}, {"µg／m³", "µg/m³"}, {"毫克/升", "mg/L"}, {"mg/l", "mg/L"},
		{"t", "吨"}, {"万吨", "万吨"}, {"万吨/日", "万吨/日"}, {"万吨/天", "万吨/日"}, {"吨/日", "吨/日"},
		{"亿元", "亿元"}, {"公里", "km"}, {"KM", "km"}, {"立方米/万元", "m³/万元"}, {"吨标准煤/万元", "tce/万元"}, {"°C", "℃"}, {"℃", "℃"},
		{"日", "天"}, {"周岁", "岁"}, {"倍", "倍"}, {"万人", "万人"}, {"处", "处"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			if got := unitOf(t, tt.in); got.Name != tt.want {
				t.Errorf("got %q, want %q", got.Name, tt.want)
			}
		})
	}
}

func TestUnitByNameRefuses(t *testing.T) {
	for _, name := range []string{"mW", "mw", "Mg/L", "Mg/m³", "百分", "万%", "kV", "万", "公", "亩公顷"} {
		if u, ok := UnitByName(name); ok {
			t.Errorf("%q was taken for %q", name, u.Name)
		}
	}
}

// The table is data: what no compiler holds it to, this test does.
func TestUnitTable(t *testing.T) {
	owner := map[string]string{}
	for _, u := range Units() {
		for _, name := range append(u.Aliases(), u.Name) {
			if other, taken := owner[unitKey(name)]; taken {
				t.Errorf("%q names both %s and %s", name, other, u.Name)
			}
			owner[unitKey(name)] = u.Name
			if found, ok := UnitByName(name); !ok || found != u {
				t.Errorf("%q finds %q, not %q", name, found.Name, u.Name)
			}
		}
		switch {
		case u.UCUM == "" || u.Dimension == "" || u.Dimension.Chinese() == "":
			t.Errorf("%s lacks a code, a dimension or the dimension's Chinese name: %+v", u.Name, u)
		case u.Num <= 0 || u.Den <= 0:
			t.Errorf("%s has the ratio %d/%d", u.Name, u.Num, u.Den)
		case u.Base().Dimension != u.Dimension || u.Base().Num != u.Base().Den:
			t.Errorf("%s has the base %+v", u.Name, u.Base())
		}
		for _, r := range u.UCUM {
			if r < '!' || r > '~' {
				t.Errorf("%s: %q is no UCUM code: %q", u.Name, u.UCUM, r)
			}
		}
		for _, v := range Units() {
			want := new(big.Rat).Quo(u.ratio(), v.ratio())
			if u.Dimension != v.Dimension {
				continue
			}
			if got := ratioOf(u, v).rat(); got.Cmp(want) != 0 {
				t.Errorf("%s is %v %s, want %v", u.Name, got, v.Name, want)
			}
		}
	}
}

func TestUnitsIsACopy(t *testing.T) {
	first := Units()
	first[0].Name = "changed"
	if Units()[0].Name == "changed" {
		t.Error("the unit table was changed from outside")
	}
}

func TestConvert(t *testing.T) {
	for _, tt := range []struct{ value, from, to, want string }{
		{"15", "亩", "公顷", "1"},
		{"1", "公顷", "亩", "15"},
		{"1", "亩", "公顷", "1/15"},
		{"1", "亩", "m²", "2000/3"},
		{"17050", "万亩", "亿亩", "341/200"},
		{"59.69", "万km²", "亿亩", "17907/2000"},
		{"1", "百万公顷", "万km²", "1"},
		{"1", "MW", "kW", "1000"},
		{"3000", "万kW", "GW", "30"},
		{"1", "mg/L", "µg/m³", "1000000"},
		{"5", "‰", "%", "1/2"},
		{"1", "m³/亩", "m³/公顷", "15"},
		{"2", "天", "小时", "48"},
		{"0.59", "", "", "59/100"},
		{"53", "处", "个", "53"},
	} {
		t.Run(tt.value+tt.from+" in "+tt.to, func(t *testing.T) {
			v, _ := new(big.Rat).SetString(tt.value)
			got, err := Convert(v, unitOf(t, tt.from), unitOf(t, tt.to))
			if err != nil || got.RatString() != tt.want {
				t.Errorf("got %v, %v, want %s", got, err, tt.want)
			}
			if before, _ := new(big.Rat).SetString(tt.value); v.Cmp(before) != 0 {
				t.Errorf("the argument was changed to %v", v)
			}
		})
	}
}

func TestKindsOfUnitApart(t *testing.T) {
	for _, pair := range [][2]string{
		{"%", "百分点"}, {"%", ""}, {"tce", "kWh"}, {"kW", "kWh"}, {"吨", "吨/日"}, {"亩", "m³"}, {"天", "年"}, {"个", "项"}, {"章", "节"}, {"人", "户"},
		{"人", "人次"}, {"m³/万元", "tce/万元"},
	} {
		if _, err := Convert(big.NewRat(1, 1), unitOf(t, pair[0]), unitOf(t, pair[1])); err == nil {
			t.Errorf("%q was converted to %q", pair[0], pair[1])
		}
	}
}

func TestConvertThereAndBack(t *testing.T) {
	units := append(Units(), Unit{})
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.SampledFrom(units).Draw(t, "from")
		same := slices.DeleteFunc(slices.Clone(units), func(u Unit) bool { return u.Dimension != from.Dimension })
		to := rapid.SampledFrom(same).Draw(t, "to")
		v := decimals().Draw(t, "v").Rat()
		there, err := Convert(v, from, to)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Convert(there, to, from)
		if err != nil || back.Cmp(v) != 0 {
			t.Fatalf("%v %s is %v %s is %v, %v", v, from.Name, there, to.Name, back, err)
		}
	})
}

func TestNearestUnits(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want string
	}{
		{"mw", "MW"}, {"万吨标媒", "万tce"}, {"平方公理", "km²"}, {"mg/1", "mg/L"}, {"百分点数", "百分点"},
	} {
		if got := nearestUnits(tt.in); len(got) == 0 || got[0] != tt.want || len(got) > 3 {
			t.Errorf("%q: got %v, want %s first", tt.in, got, tt.want)
		}
	}
	if got := nearestUnits("frobnicates"); got != nil {
		t.Errorf("frobnicates is near %v", got)
	}
}

func TestConverted(t *testing.T) {
	for _, tt := range []struct{ in, unit, want string }{
		{"17050 万亩", "亿亩", "1.705 亿亩"},
		{">= 13382.82 万亩", "亿亩", "1.338282 亿亩"},
		{"20 亩", "公顷", "≈ 1.33333 公顷"},
		{"200000000 亩", "公顷", "≈ 13333333 公顷"},
		{"0.1 亩", "公顷", "≈ 0.00666667 公顷"},
		{"5 公顷", "亩", "75 亩"},
		{"15..20 亩", "公顷", "≈ 1..1.33333 公顷"},
		{"-15..-10 % vs 2020", "‰", "-150..-100 ‰"},
		{"+0.6 岁 vs 2020", "年", "+0.6 年"},
		{"2000 万kW cumulative", "万千瓦", "2000 万kW"},
		{"0.590", "", "0.59"},
		{"0 亩", "公顷", "0 公顷"},
	} {
		t.Run(tt.in+" in "+tt.unit, func(t *testing.T) {
			got, err := parsed(t, tt.in).Converted(tt.unit)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
	for _, tt := range []struct{ in, unit string }{{"5 %", "百分点"}, {"5 %", "万x"}, {"qualitative: x", "%"}} {
		if got, err := parsed(t, tt.in).Converted(tt.unit); err == nil {
			t.Errorf("%q in %q: got %q", tt.in, tt.unit, got)
		}
	}
	if got, err := (Quantity{}).Converted("%"); err == nil {
		t.Errorf("the zero Quantity was converted to %q", got)
	}
}
