package coherence

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// ratioOf is a register in which x = n ÷ d; a figure without a value is not registered.
func ratioOf(t *testing.T, x, n, d figure) *register {
	r := newRegister(t, plan.Down)
	r.indicator().Numerator, r.indicator().Denominator = "indicator:n", "indicator:d"
	r.objects = append(r.objects, &plan.Indicator{Meta: plan.Meta{ID: "indicator:n", Code: "n"}, Name: "能源消费总量", Trend: plan.Down},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:d", Code: "d"}, Name: "地区生产总值", Trend: plan.Up})
	for code, f := range map[string]figure{"x": x, "n": n, "d": d} {
		if f.value != "" {
			r.plan(code, f)
			r.target(plan.MakeID("target", code, "x0")).Indicator = plan.MakeID("indicator", code)
		}
	}
	return r
}

func TestR12Ratios(t *testing.T) {
	growth := func(value string, start int) figure { return figure{value: value, start: start} }
	tests := []struct {
		name    string
		x, n, d figure
		counts  Counts
	}{
		{"changes that fit", of("-15.0 % vs 2020"), of("+8.5 % vs 2020"), growth("5.0 % per year", 2021), counted(Pass)},
		{"changes that don't", of("-15.0 % vs 2020"), of("+5.0 % vs 2020"), growth("5.0 % per year", 2021), counted(Fail)},
		{"changes that don't, the other way", of("-15.0 % vs 2020"), of("+12.0 % vs 2020"), growth("5.0 % per year", 2021), counted(Fail)},
		{"the printed precision decides", of("-15 % vs 2020"), of("+12 % vs 2020"), growth("about 5 % per year", 2021), counted(Pass)},
		{"floors and caps leave room", of("<= -15.0 % vs 2020"), of("<= +5.0 % vs 2020"), growth("5.0 % per year", 2021), counted(Pass)},
		{"a cap that can't be kept", of(">= -15.0 % vs 2020"), of("<= +5.0 % vs 2020"), growth("5.0 % per year", 2021), counted(Fail)},
		{"the years compound", of("-15.0 % vs 2020"), of("+6.3 % vs 2020"), growth("5.0 % per year", 2021), counted(Fail)},
		{"one change over all years", of("-15.0 % vs 2020"), of("+8.5 % vs 2020"), of("+27.6 % vs 2020"), counted(Pass)},
		{"a multiple", of("-15.0 % vs 2020"), of("1.70 倍 vs 2020"), of("2.00 倍 vs 2020"), counted(Pass)},
		{"a multiple that is off", of("-15.0 % vs 2020"), of("1.80 倍 vs 2020"), of("2.00 倍 vs 2020"), counted(Fail)},
		{"levels that fit", of("0.50 tce/万元"), of("1.25 亿tce"), of("25000 亿元"), counted(Pass)},
		{"levels that don't", of("0.50 tce/万元"), of("1.35 亿tce"), of("25000 亿元"), counted(Fail)},
		{"shares that fit", of("18.0 %"), of("0.45 亿tce"), of("2.50 亿tce"), counted(Pass)},
		{"shares that don't", of("18.0 %"), of("0.55 亿tce"), of("2.50 亿tce"), counted(Fail)},
		{"units that don't divide", of("0.50 tce/万元"), of("1.25 亿m³"), of("25000 亿元"), counted(NotComparable)},
		{"a level and changes", of("-15.0 % vs 2020"), of("1.25 亿tce"), growth("5.0 % per year", 2021), counted(NotComparable)},
		{"bases that differ", of("-15.0 % vs 2020"), of("+8.5 % vs 2015"), growth("5.0 % per year", 2021), counted(NotComparable)},
		{"a rate from another year", of("-15.0 % vs 2020"), of("+8.5 % vs 2020"), growth("5.0 % per year", 2023), counted(NotComparable)},
		{"a rate that doesn't say from when", of("-15.0 % vs 2020"), of("+8.5 % vs 2020"), of("5.0 % per year"), counted(NotComparable)},
		{"words", of("-15.0 % vs 2020"), of("qualitative: 下降"), growth("5.0 % per year", 2021), counted(NotComparable)},
		{"no numerator", of("-15.0 % vs 2020"), figure{}, growth("5.0 % per year", 2021), counted(Open)},
		{"no denominator", of("-15.0 % vs 2020"), of("+8.5 % vs 2020"), figure{}, counted(Open)},
		{"no ratio", figure{}, of("+8.5 % vs 2020"), growth("5.0 % per year", 2021), counted(Open)},
		{"the ratio alone", of("-15.0 % vs 2020"), figure{}, figure{}, counted(NotApplicable)},
		{"a term alone", figure{}, figure{}, growth("5.0 % per year", 2021), Counts{}},
		{"a term for another year", of("-15.0 % vs 2020"), figure{value: "+5.0 % vs 2020", year: 2030}, growth("5.0 % per year", 2021), counted(Open)},
		{"a term for another region", of("-15.0 % vs 2020"), figure{value: "+5.0 % vs 2020", region: "region:province"}, growth("5.0 % per year", 2021), counted(Open)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := ratioOf(t, tt.x, tt.n, tt.d).check(with(t, "R12"))
			if diff := cmp.Diff(tt.counts, run.Counts); diff != "" {
				t.Error(diff)
			}
			complete(t, run.Findings)
			if len(run.Findings) != run.Counts.Failed {
				t.Errorf("%d findings", len(run.Findings))
			}
		})
	}
}

func TestR12Yields(t *testing.T) {
	tests := []struct {
		name    string
		natures [3]plan.Nature
		yields  plan.ID
	}{
		{"expected to binding", [3]plan.Nature{plan.Binding, plan.Binding, plan.Expected}, "plan:d"},
		{"two expected", [3]plan.Nature{plan.Binding, plan.Expected, plan.Expected}, ""},
		{"all binding", [3]plan.Nature{plan.Binding, plan.Binding, plan.Binding}, ""},
		{"one unstated", [3]plan.Nature{plan.Binding, plan.Unstated, plan.Expected}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := ratioOf(t, of("-15.0 % vs 2020"), of("+5.0 % vs 2020"), figure{value: "5.0 % per year", start: 2021})
			for i, code := range []string{"x", "n", "d"} {
				r.target(plan.MakeID("target", code, "x0")).Nature = tt.natures[i]
			}
			run := r.check(with(t, "R12"))
			if len(run.Findings) != 1 {
				t.Fatalf("%d findings", len(run.Findings))
			}
			f := run.Findings[0]
			if f.YieldsPlan != tt.yields || f.Yields.Escalate != (tt.yields == "") || f.Severity != plan.SevError || len(f.Plans) != 3 {
				t.Errorf("yields %q, %+v", f.YieldsPlan, f.Yields)
			}
			for _, want := range []string{"“能源消费总量”应为2020年的 约1.0", "是2020年的 1.0495 至 1.0505 倍", "地区生产总值"} {
				if !strings.Contains(f.Message, want) {
					t.Errorf("message doesn't say %q: %s", want, f.Message)
				}
			}
		})
	}
}

func TestR12Parts(t *testing.T) {
	tests := []struct {
		name        string
		trend       plan.Trend // of both
		part, whole figure
		outcome     Outcome
		severity    plan.Severity
	}{
		{"within", plan.Up, of(">= 40 %"), of("about 45 %"), Pass, ""},
		{"within what about leaves", plan.Up, of("> 45 %"), of("about 45 %"), Pass, plan.Info},
		{"beyond what about leaves", plan.Up, of("> 50 %"), of("about 45 %"), Fail, plan.SevError},
		{"on the edge of rounding", plan.Up, of(">= 47 %"), of("about 45 %"), Fail, plan.SevError},
		{"just within rounding", plan.Up, of(">= 46.4 %"), of("about 45 %"), Pass, plan.Info},
		{"a bare whole may be surpassed", plan.Up, of(">= 50 %"), of("45 %"), Pass, plan.Info},
		{"a bare whole is a cap where down is good", plan.Down, of(">= 50 %"), of("45 %"), Fail, plan.SevError},
		{"a bare part may be smaller where down is good", plan.Down, of("50 %"), of("45 %"), Pass, plan.Info},
		{"without direction both are met", "", of("50 %"), of("45 %"), Fail, plan.SevError},
		{"a whole with a floor alone", plan.Up, of(">= 50 %"), of(">= 45 %"), Pass, ""},
		{"a part with a cap alone", plan.Down, of("<= 50 %"), of("<= 45 %"), Pass, ""},
		{"amounts in other units", "", of("1.20 亿kW"), of("11000 万kW"), Fail, plan.SevError},
		{"an amount and a share", "", of("1.2 亿kW"), of("45 %"), NotComparable, ""},
		{"changes", "", of("+50 % vs 2020"), of("+45 % vs 2020"), NotComparable, ""},
		{"totals over other spans", "", figure{value: "50 万亩 cumulative", start: 2021}, figure{value: "45 万亩 cumulative", start: 2023}, NotComparable, ""},
		{"totals", "", figure{value: "50 万亩 cumulative", start: 2021}, figure{value: "45 万亩 cumulative", start: 2021}, Fail, plan.SevError},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, tt.trend)
			r.objects = append(r.objects, &plan.Indicator{
				Meta: plan.Meta{ID: "indicator:part", Code: "part"}, Name: "部分", Trend: tt.trend, Broader: []plan.ID{"indicator:x"},
			})
			r.plan("whole", tt.whole)
			r.plan("part", tt.part)
			r.target("target:part/x0").Indicator = "indicator:part"
			run := r.check(with(t, "R12"))
			if got := run.answered(t, "R12", "plan:part", "plan:whole"); got != counted(tt.outcome) {
				t.Errorf("answers %+v, want %s", got, tt.outcome)
			}
			complete(t, run.Findings)
			if got := severities(run); tt.severity == "" && got != nil || tt.severity != "" && (len(got) != 1 || got[0] != tt.severity) {
				t.Errorf("findings %v, want %q", got, tt.severity)
			}
		})
	}
}

func TestR12OtherDenominators(t *testing.T) {
	r := newRegister(t, "")
	r.objects = append(r.objects, &plan.Indicator{
		Meta: plan.Meta{ID: "indicator:part", Code: "part"}, Name: "部分", Broader: []plan.ID{"indicator:x"}, Denominator: "indicator:d",
	})
	r.plan("whole", of("45 %"))
	r.plan("part", of("50 %"))
	r.target("target:part/x0").Indicator = "indicator:part"
	run := r.check(with(t, "R12"))
	if got := run.answered(t, "R12", "plan:part", "plan:whole"); got != counted(NotComparable) {
		t.Errorf("shares of two totals answer %+v", got)
	}
	r.planOf("part").Status = plan.Draft
	if run := r.check(with(t, "R12")); run.Counts != (Counts{}) {
		t.Errorf("a draft answers %+v", run.Counts)
	}
}
