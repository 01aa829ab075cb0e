package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR10(t *testing.T) {
	const old, new = plan.ID("calibre:x/old"), plan.ID("calibre:x/new")
	tests := []struct {
		name         string
		years, other string // of the two actuals, "" = not stated
		value, than  string
		calibre      [2]plan.ID
		target       string // of a plan of the register
		counts       Counts
		severity     plan.Severity
	}{
		{"two figures", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{}, "", counted(Fail), plan.Warning},
		{"two figures of one calibre", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{old, old}, "", counted(Fail), plan.Warning},
		{"a change counts from that year", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{}, "+3 百分点 vs 2020", counted(Fail), plan.SevError},
		{"a change counts from another year", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{}, "+3 百分点 vs 2015", counted(Fail), plan.Warning},
		{"a level builds on nothing", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{}, "92 %", counted(Fail), plan.Warning},
		{"printed finely and roughly", "2020", "2020", "23.04 %", "23 %", [2]plan.ID{}, "", counted(Pass), ""},
		{"above, and a figure above", "2020", "2020", "> 50 %", "52 %", [2]plan.ID{}, "", counted(Pass), ""},
		{"above, and a figure below", "2020", "2020", "> 50 %", "42 %", [2]plan.ID{}, "", counted(Fail), plan.Warning},
		{"in two units", "2020", "2020", "17050 万亩", "1.705 亿亩", [2]plan.ID{}, "", counted(Pass), ""},
		{"two years", "2020", "2021", "90.8 %", "90.7 %", [2]plan.ID{}, "", Counts{}, ""},
		{"two calibres", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{old, new}, "", counted(NotComparable), ""},
		{"calibre of one", "2020", "2020", "90.8 %", "90.7 %", [2]plan.ID{old, ""}, "", counted(Open), ""},
		{"a part of the year", "2020", "2020-01..2020-10", "90.8 %", "90.7 %", [2]plan.ID{}, "", counted(NotComparable), ""},
		{"one part of the year", "2020-01..2020-10", "2020-01..2020-10", "90.8 %", "90.7 %", [2]plan.ID{}, "", counted(Fail), plan.Warning},
		{"all months of the year", "2020", "2020-01..2020-12", "90.8 %", "90.7 %", [2]plan.ID{}, "", counted(Fail), plan.Warning},
		{"a span that ends in the year", "2020", "2018..2020", "90.8 %", "90.7 %", [2]plan.ID{}, "", counted(NotComparable), ""},
		{"no one knows when", "2020", "", "90.8 %", "90.7 %", [2]plan.ID{}, "", counted(Open), ""},
		{"a level and a change", "2020", "2020", "90.8 %", "-3 % vs 2015", [2]plan.ID{}, "", counted(NotComparable), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			if tt.target != "" {
				r.plan("p", figure{value: tt.target})
			}
			a, b := r.measured(nil, tt.years, tt.value), r.measured(nil, tt.other, tt.than)
			a.Calibre, b.Calibre = tt.calibre[0], tt.calibre[1]
			run := r.check(with(t, "R10"))
			if run.Counts != tt.counts || run.RuleCounts()["R10"] != tt.counts {
				t.Errorf("answers %+v, by rule %+v, want %+v", run.Counts, run.RuleCounts(), tt.counts)
			}
			complete(t, run.Findings)
			switch {
			case tt.severity == "" && len(run.Findings) > 0:
				t.Errorf("unwanted finding: %s", run.Findings[0].Message)
			case tt.severity != "" && (len(run.Findings) != 1 || run.Findings[0].Severity != tt.severity):
				t.Errorf("findings %+v, want one of %s", run.Findings, tt.severity)
			}
		})
	}
}

func TestR10CountsForThePlansThatState(t *testing.T) {
	r := newRegister(t, plan.Up)
	a, b := r.plan("a", figure{value: "92 %"}), r.plan("b")
	r.measured(a, "2020", "90.8 %")
	r.measured(b, "2020", "90.7 %")
	run := r.check(with(t, "R10"))
	if got := run.answered(t, "R10", "plan:a", "plan:b"); got != counted(Fail) {
		t.Errorf("answers %+v", got)
	}
	if f := run.Findings[0]; f.Severity != plan.SevError || len(f.Plans) != 2 || !f.Yields.Escalate {
		t.Errorf("%s finding of %v, %+v; want an error, since the target of a builds on its baseline", f.Severity, f.Plans, f.Yields)
	}
	if got := run.Verdict("plan:a", "plan:b").Outcome; got != Inconsistent {
		t.Errorf("verdict %s", got)
	}
	narrowed := with(t, "R10")
	narrowed.Plans = []plan.ID{"plan:b"}
	r.measured(nil, "2021", "90 %")
	r.measured(nil, "2021", "80 %")
	if got := r.check(narrowed).Counts; got != counted(Fail) {
		t.Errorf("narrowed to one plan, answers %+v: bulletins are no part of it", got)
	}
}

func TestR10DerivedYields(t *testing.T) {
	r := newRegister(t, plan.Up)
	p := r.plan("p")
	r.measured(nil, "2020", "90.8 %")
	r.measured(p, "2020", "90.7 %").Source.Confidence = plan.Derived
	run := r.check(with(t, "R10"))
	if len(run.Findings) != 1 || run.Findings[0].YieldsPlan != "plan:p" || run.Findings[0].Yields.Escalate {
		t.Errorf("findings %+v", run.Findings)
	}
}
