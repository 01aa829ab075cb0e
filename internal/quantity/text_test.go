package quantity

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func parsed(t testing.TB, s string) Quantity {
	t.Helper()
	q, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestParse(t *testing.T) {
	n := func(s string) Decimal { return decimalOf(t, s) }
	for _, tt := range []struct {
		in   string
		want Quantity
	}{
		{">= 23.5 %", Quantity{Comparator: GE, Value: n("23.5"), Unit: "%", Kind: Level}},
		{"3000 万kW", Quantity{Comparator: EQ, Value: n("3000"), Unit: "万kW", Kind: Level}},
		{"about 65 %", Quantity{Comparator: About, Value: n("65"), Unit: "%", Kind: Level}},
		{"33..37 %", Quantity{Comparator: Range, Value: n("33"), High: n("37"), Unit: "%", Kind: Level}},
		{"-15 % vs 2020", Quantity{Comparator: EQ, Value: n("-15"), Unit: "%", Kind: PercentChange, BaseYear: 2020}},
		{"<= -10 % vs 2020", Quantity{Comparator: LE, Value: n("-10"), Unit: "%", Kind: PercentChange, BaseYear: 2020}},
		{"-15 %", Quantity{Comparator: EQ, Value: n("-15"), Unit: "%", Kind: PercentChange}},
		{"-17.9 % vs 2020 (28 µg/m³)", Quantity{Comparator: EQ, Value: n("-17.9"), Unit: "%", Kind: PercentChange,
			BaseYear: 2020, BaseValue: n("28"), BaseUnit: "µg/m³"}},
		{"+12 % vs 2020 (0.568)", Quantity{Comparator: EQ, Value: n("12"), Unit: "%", Kind: PercentChange, BaseYear: 2020, BaseValue: n("0.568")}},
		{"+3 百分点 vs 2020", Quantity{Comparator: EQ, Value: n("3"), Unit: "百分点", Kind: PointChange, BaseYear: 2020}},
		{"+0.6 岁 vs 2020", Quantity{Comparator: EQ, Value: n("0.6"), Unit: "岁", Kind: PointChange, BaseYear: 2020}},
		{"+0.02 vs 2020", Quantity{Comparator: EQ, Value: n("0.02"), Kind: PointChange, BaseYear: 2020}},
		{"3000 万kW cumulative", Quantity{Comparator: EQ, Value: n("3000"), Unit: "万kW", Kind: Cumulative}},
		{"-200 万吨 cumulative", Quantity{Comparator: EQ, Value: n("-200"), Unit: "万吨", Kind: Cumulative}},
		{"about 5 % per year", Quantity{Comparator: About, Value: n("5"), Unit: "%", Kind: RatePerYear}},
		{"<= 1.3 倍 vs 2020", Quantity{Comparator: LE, Value: n("1.3"), Unit: "倍", Kind: Multiple, BaseYear: 2020}},
		{"1.3 倍", Quantity{Comparator: EQ, Value: n("1.3"), Unit: "倍", Kind: Multiple}},
		{"aspire >= 35 %", Quantity{Comparator: GE, Value: n("35"), Unit: "%", Kind: Level, Aspirational: true}},
		{">= 0.59", Quantity{Comparator: GE, Value: n("0.59"), Kind: Level}},
		{"-5 ℃ level", Quantity{Comparator: EQ, Value: n("-5"), Unit: "℃", Kind: Level}},
		{"-3..5 ℃ level", Quantity{Comparator: Range, Value: n("-3"), High: n("5"), Unit: "℃", Kind: Level}},
		{"-18..-15 % vs 2020", Quantity{Comparator: Range, Value: n("-18"), High: n("-15"), Unit: "%", Kind: PercentChange, BaseYear: 2020}},
		{"-3..+5 % vs 2020", Quantity{Comparator: Range, Value: n("-3"), High: n("5"), Unit: "%", Kind: PercentChange, BaseYear: 2020}},
		{"+0.0 % vs 2020", Quantity{Comparator: EQ, Value: n("0.0"), Unit: "%", Kind: PercentChange, BaseYear: 2020}},
		{"qualitative: 持续改善", Quantity{Comparator: Qualitative, Phrase: "持续改善"}},
		{"delegated: 不超过国家下达指标", Quantity{Comparator: Delegated, Phrase: "不超过国家下达指标"}},
		{"aspire qualitative: 率先达峰", Quantity{Comparator: Qualitative, Phrase: "率先达峰", Aspirational: true}},
	} {
		t.Run(tt.in, func(t *testing.T) {
			got := parsed(t, tt.in)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if got.String() != tt.in {
				t.Errorf("prints as %q", got)
			}
		})
	}
}

func TestParseIsLenient(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{">=23.5%", ">= 23.5 %"},
		{"  ≥ 23.5　％ ", ">= 23.5 %"},
		{"＞＝２３．５％", ">= 23.5 %"},
		{"＞50%", "> 50 %"},
		{"≤75%", "<= 75 %"},
		{"＜75%", "< 75 %"},
		{"= 18 %", "18 %"},
		{"~65%", "about 65 %"},
		{"≈65%", "about 65 %"},
		{"About65%", "about 65 %"},
		{"33～37%", "33..37 %"},
		{"33–37 %", "33..37 %"},
		{"33 .. 37 %", "33..37 %"},
		{"33..+37 %", "+33..+37 %"},
		{"−15 % vs 2020年", "-15 % vs 2020"},
		{"- 15%  VS  2020", "-15 % vs 2020"},
		{"－17.9% vs 2020（28微克/立方米）", "-17.9 % vs 2020 (28 µg/m³)"},
		{"-17.9% vs2020(28 μg/m3)", "-17.9 % vs 2020 (28 µg/m³)"},
		{"3000万千瓦", "3000 万kW"},
		{"3000 万 kW Cumulative", "3000 万kW cumulative"},
		{"+5 % per year", "5 % per year"},
		{"5 percent per year", "5 % per year"},
		{"+3个百分点 vs 2020", "+3 百分点 vs 2020"},
		{"5 % level", "5 %"},
		{"Aspire≥35%", "aspire >= 35 %"},
		{"QUALITATIVE：  持续改善 ", "qualitative: 持续改善"},
		{"delegated :完成国家下达任务", "delegated: 完成国家下达任务"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			if got := parsed(t, tt.in).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		offset   int
		message  string
	}{
		{"nothing", " ", 1, "a quantity was expected"},
		{"no number", ">= 高", 3, `a number was expected where '高' stands`},
		{"nothing after the comparator", ">=", 2, "a number was expected"},
		{"a dash that is no minus", "–15 % vs 2020", 0, `a number was expected where '–' stands`},
		{"two comparators", ">= <= 5 %", 3, `a number was expected where '<' stands`},
		{"grouped digits", "17,050 万亩", 0, "digits are not grouped"},
		{"exponent", "1e3 万亩", 0, "an exponent is not accepted"},
		{"too many digits", "12345678901234567890 元", 0, "has 20 digits"},
		{"unknown unit", "≥ 5 万吨标媒", 6, `the unit "万吨标媒" is unknown, did you mean 万tce`},
		{"milli is not mega", "5 mW", 2, `the unit "mW" is unknown, did you mean MW`},
		{"a unit like no other", "5 frobnicates", 2, `the unit "frobnicates" is unknown`},
		{"comparator before a range", ">= 33..37 %", 5, "a range takes no comparator"},
		{"descending range", "37..33 %", 0, "the range 37..33 does not ascend"},
		{"range of one value", "33..33.0 %", 0, "does not ascend"},
		{"half a range", "33.. %", 5, `a number was expected where '%' stands`},
		{"change without sign", "15 % vs 2020", 0, "a change against a base year needs its sign"},
		{"signed multiple", "+1 倍 vs 2020", 0, "can be read in two ways"},
		{"multiple as a level", "2 倍 level", 0, "a figure in 倍 is a MULTIPLE, not a LEVEL"},
		{"base without year", "-15 % vs (28 µg/m³)", 9, "a base year between 1900 and 2100 was expected"},
		{"base year of two digits", "-15 % vs 20", 9, "a base year between"},
		{"base value left open", "-15 % vs 2020 (28 µg/m³", 25, `")" was expected`},
		{"base that points cannot be added to", "+3 百分点 vs 2020 (28 µg/m³)", 0, "which it cannot be added to"},
		{"per what", "5 % per month", 8, `"year" was expected after "per"`},
		{"two suffixes", "5 % cumulative per year", 15, `"per year" was not expected after`},
		{"words behind", "5 % (estimated)", 4, `"(estimated)" was not expected`},
		{"empty phrase", "qualitative: ", 13, "own words are missing"},
		{"phrase of two lines", "qualitative: a\nb", 13, "control character"},
		{"phrase that is no text", "delegated: \xff", 11, "not valid UTF-8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q, err := Parse(tt.in)
			var pe *ParseError
			if !errors.As(err, &pe) {
				t.Fatalf("got %q and %v, want a ParseError", q, err)
			}
			if pe.Offset != tt.offset || pe.Input != tt.in || !strings.Contains(pe.Message, tt.message) {
				t.Errorf("got %q at %d, want %q at %d", pe.Message, pe.Offset, tt.message, tt.offset)
			}
			if !q.IsZero() {
				t.Errorf("a quantity came with the error: %q", q)
			}
		})
	}
}

func TestErrorsStayShort(t *testing.T) {
	for _, in := range []string{"5 " + strings.Repeat("单位", 1e5), "5 % (" + strings.Repeat("x", 1e5), strings.Repeat("9", 1e5), "qualitative: \x01" + strings.Repeat("x", 1e5)} {
		if _, err := Parse(in); err == nil || len(err.Error()) > 1000 {
			t.Errorf("an input of %d bytes: a message of %d", len(in), len(err.Error()))
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	one, two := decimalOf(t, "1"), decimalOf(t, "2")
	level := Quantity{Comparator: EQ, Value: one, Unit: "%", Kind: Level}
	for _, tt := range []struct {
		name    string
		q       Quantity
		message string
	}{
		{"none", Quantity{}, "needs a comparator"},
		{"other comparator", Quantity{Comparator: "NE", Value: one, Kind: Level}, `"NE" is not a comparator`},
		{"no value", Quantity{Comparator: GE, Kind: Level}, "GE needs a value"},
		{"no kind", Quantity{Comparator: GE, Value: one}, `"" is not a kind`},
		{"upper end of a floor", Quantity{Comparator: GE, Value: one, High: two, Kind: Level}, "only a RANGE has"},
		{"range without upper end", Quantity{Comparator: Range, Value: one, Kind: Level}, "needs its upper end"},
		{"range of one value", Quantity{Comparator: Range, Value: one, High: decimalOf(t, "1.0"), Kind: Level}, "does not ascend"},
		{"alias as unit", Quantity{Comparator: EQ, Value: one, Unit: "千瓦", Kind: Level}, `which is "kW"`},
		{"phrase beside a number", Quantity{Comparator: EQ, Value: one, Kind: Level, Phrase: "x"}, "words beside a number"},
		{"number beside a phrase", Quantity{Comparator: Qualitative, Value: one, Phrase: "x"}, "stated in words"},
		{"untrimmed phrase", Quantity{Comparator: Qualitative, Phrase: " x"}, "begins or ends with a space"},
		{"points in %", Quantity{Comparator: EQ, Value: one, Unit: "%", Kind: PointChange}, "stated in 百分点"},
		{"percent in points", Quantity{Comparator: EQ, Value: one, Unit: "百分点", Kind: PercentChange}, "stated in %"},
		{"multiple in %", Quantity{Comparator: EQ, Value: one, Unit: "%", Kind: Multiple}, "stated in 倍"},
		{"negative multiple", Quantity{Comparator: EQ, Value: one.Neg(), Unit: "倍", Kind: Multiple}, "not negative"},
		{"level with base", Quantity{Comparator: EQ, Value: one, Kind: Level, BaseYear: 2020}, "has no base year"},
		{"base value without year", Quantity{Comparator: EQ, Value: one, Unit: "%", Kind: PercentChange, BaseValue: two}, "needs its year"},
		{"base unit alone", Quantity{Comparator: EQ, Value: one, Unit: "%", Kind: PercentChange, BaseYear: 2020, BaseUnit: "%"}, "without a base value"},
		{"base year out of reach", Quantity{Comparator: EQ, Value: one, Unit: "%", Kind: PercentChange, BaseYear: 20}, "not between"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.q.Validate(); err == nil || !strings.Contains(err.Error(), tt.message) {
				t.Errorf("got %v, want %q", err, tt.message)
			}
		})
	}
	if err := level.Validate(); err != nil {
		t.Errorf("a plain level: %v", err)
	}
}

// quantities draws valid quantities of every comparator and kind, and of the given units or of all.
func quantities(units ...string) *rapid.Generator[Quantity] {
	return rapid.Custom(func(t *rapid.T) Quantity {
		var q Quantity
		q.Comparator = Comparator(rapid.SampledFrom(q.Comparator.Values()).Draw(t, "comparator"))
		q.Aspirational = rapid.Bool().Draw(t, "aspirational")
		if !q.numeric() {
			q.Phrase = rapid.StringOfN(rapid.RuneFrom([]rune("持续改善 aspire:>=5%vs\"。"), unicode.Han, unicode.Latin), 1, 12, -1).
				Filter(func(s string) bool { return strings.TrimSpace(s) == s }).Draw(t, "phrase")
			return q
		}
		q.Value = decimals().Draw(t, "value")
		if q.Comparator == Range {
			q.High = decimals().Filter(func(d Decimal) bool { return d.Cmp(q.Value) != 0 }).Draw(t, "high")
			if q.High.Cmp(q.Value) < 0 {
				q.Value, q.High = q.High, q.Value
			}
		}
		if len(units) == 0 {
			units = allUnits()
		}
		q.Unit = rapid.SampledFrom(units).Draw(t, "unit")
		kinds := slices.DeleteFunc(q.Kind.Values(), func(k string) bool { return q.fits(Kind(k)) != nil })
		if len(kinds) == 0 { // a negative figure in 倍
			q.Unit, kinds = "%", []string{string(Level)}
		}
		q.Kind = Kind(rapid.SampledFrom(kinds).Draw(t, "kind"))
		if q.Kind.relative() && rapid.Bool().Draw(t, "based") {
			q.BaseYear = rapid.IntRange(firstBaseYear, lastBaseYear).Draw(t, "baseYear")
			if rapid.Bool().Draw(t, "baseKnown") {
				q.BaseValue = decimals().Draw(t, "baseValue")
				q.BaseUnit = rapid.SampledFrom(basesOf(q)).Draw(t, "baseUnit")
			}
		}
		return q
	})
}

func (q Quantity) fits(k Kind) error {
	q.Kind = k
	return q.validateKind()
}

func allUnits() []string {
	names := []string{""}
	for _, u := range Units() {
		names = append(names, u.Name)
	}
	return names
}

func basesOf(q Quantity) []string {
	unit, _ := UnitByName(q.Unit)
	return slices.DeleteFunc(allUnits(), func(name string) bool {
		base, _ := UnitByName(name)
		return q.Kind == PointChange && changed(unit.Dimension) != base.Dimension
	})
}

func TestParseReadsWhatStringPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quantities().Draw(t, "q")
		if err := q.Validate(); err != nil {
			t.Fatalf("%#v: %v", q, err)
		}
		got, err := Parse(q.String())
		if err != nil {
			t.Fatalf("%#v: %v", q, err)
		}
		if got != q {
			t.Fatal(cmp.Diff(q, got))
		}
		if q.Chinese() == "" {
			t.Fatalf("%q has no Chinese", q)
		}
	})
}

func TestEnumerationsAreComplete(t *testing.T) {
	if diff := cmp.Diff([]string{"GE", "GT", "LE", "LT", "EQ", "ABOUT", "RANGE", "QUALITATIVE", "DELEGATED"}, Comparator("").Values()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"LEVEL", "PERCENT_CHANGE", "POINT_CHANGE", "CUMULATIVE", "RATE_PER_YEAR", "MULTIPLE"}, Kind("").Values()); diff != "" {
		t.Error(diff)
	}
}

func TestZeroQuantity(t *testing.T) {
	var q Quantity
	if !q.IsZero() || q.String() != "" || q.Chinese() != "" {
		t.Errorf("the zero Quantity prints as %q, %q", q.String(), q.Chinese())
	}
}

func TestChinese(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{">= 23.5 %", "不低于 23.5%"},
		{"> 50 %", "高于 50%"},
		{"<= 196.3 亿m³", "不超过 196.3亿m³"},
		{"< 75 %", "低于 75%"},
		{"18 %", "18%"},
		{"about 65 %", "约65%"},
		{"33..37 %", "33～37%"},
		{">= 0.59", "不低于 0.59"},
		{"aspire >= 35 %", "力争不低于 35%"},
		{"-15 % vs 2020", "比2020年下降15%"},
		{"<= -10 % vs 2020", "比2020年下降不少于10%"},
		{"< -10 % vs 2020", "比2020年下降超过10%"},
		{">= -10 % vs 2020", "比2020年下降不超过10%"},
		{"> -10 % vs 2020", "比2020年下降少于10%"},
		{"about -10 %", "下降约10%"},
		{"-18..-15 % vs 2020", "比2020年下降15～18%"},
		{"-3..+5 % vs 2020", "比2020年变动-3～5%"},
		{">= +10 % vs 2020", "比2020年增长不少于10%"},
		{"+0.0 % vs 2020", "与2020年持平"},
		{"-17.9 % vs 2020 (28 µg/m³)", "比2020年(28µg/m³)下降17.9%"},
		{"+3 百分点 vs 2020", "比2020年提高3个百分点"},
		{"-0.5 百分点", "下降0.5个百分点"},
		{"+0.6 岁 vs 2020", "比2020年提高0.6岁"},
		{"3000 万kW cumulative", "3000万kW(累计)"},
		{"about 5 % per year", "年均约5%"},
		{"<= -3 % per year", "年均下降不少于3%"},
		{"<= 1.3 倍 vs 2020", "不超过 2020年的1.3倍"},
		{"1.3 倍", "1.3倍"},
		{"<= -5 ℃ level", "不超过 -5℃"},
		{"qualitative: 持续改善", "持续改善"},
		{"aspire qualitative: 力争率先达峰", "力争率先达峰"},
		{"delegated: 不超过国家下达指标", "不超过国家下达指标"},
	} {
		t.Run(tt.in, func(t *testing.T) {
			if got := parsed(t, tt.in).Chinese(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		">= 23.5 %", "-17.9 % vs 2020 (28 µg/m³)", "33..37 %", "about 5 % per year", "<= 1.3 倍 vs 2020", "aspire >= 35 %", "-3..5 ℃ level",
		"qualitative: 持续改善", "delegated: x", "３．５％", "5 万 kW cumulative", "~65%", "5 5 5", ">=", "\xff", "1..2..3", "5²", "-0 % vs 2020(", "+1 倍",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Offset < 0 || pe.Offset > len(s) || pe.Input != s || pe.Message == "" {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil || again != q {
			t.Fatalf("%q prints as %q, which reads as %q, %v", s, q, again, err)
		}
		_, numeric := q.Bounds()
		if numeric != q.numeric() {
			t.Fatalf("%q has bounds: %t", s, numeric)
		}
	})
}

func TestPublished(t *testing.T) {
	for _, tt := range []struct{ value, words, want string }{
		{"23 %", "", "23%"},
		{">= 23.5 %", "", "不低于 23.5%"},
		{"23 %", "23 %", "“23 %”"},
		{">= 23.5 %", "不低于23.5%", "“不低于23.5%”"},
		{">= 23.5 %", "森林覆盖率达到23.5%以上", "“森林覆盖率达到23.5%以上”（不低于 23.5%）"},
		{"90.8 %", "比上年+1.2", "“比上年+1.2”（90.8%）"},
		{"2000 万kW cumulative", "", "2000万kW(累计)"},
	} {
		q, err := Parse(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Published(tt.words); got != tt.want {
			t.Errorf("%s in %q is published as %s, wanted %s", tt.value, tt.words, got, tt.want)
		}
	}
}
