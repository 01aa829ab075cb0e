package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR18TargetYears(t *testing.T) {
	tests := []struct {
		name       string
		start, end plan.Date
		figure     figure
		outcome    Outcome
		reason     ReasonCode
		severity   plan.Severity
	}{
		{"last year", "2021", "2025", figure{value: "25 %", nature: plan.Binding}, Pass, "", ""},
		{"first year", "2025", "2030", figure{value: "25 %", nature: plan.Binding}, Pass, "", ""},
		{"after, binding", "2021", "2025", figure{value: "25 %", year: 2026, nature: plan.Binding}, Fail, "", plan.Warning},
		{"after, expected", "2021", "2025", figure{value: "25 %", year: 2035, nature: plan.Expected}, Fail, "", plan.Warning},
		{"after, unstated", "2021", "2025", figure{value: "25 %", year: 2035}, Pass, "", plan.Info},
		{"after, an aspiration", "2021", "2025", figure{value: "aspire 25 %", year: 2035, nature: plan.Expected}, Pass, "", plan.Info},
		{"after, in words", "2021", "2025", figure{value: "qualitative: 根本好转", year: 2035, nature: plan.Expected}, Pass, "", plan.Info},
		{"before", "2026", "2030", figure{value: "25 %", nature: plan.Binding}, Fail, "", plan.Warning},
		{"no period", "", "", figure{value: "25 %", nature: plan.Binding}, Open, TermUnstated, ""},
		{"no start", "", "2025", figure{value: "25 %", nature: plan.Binding}, Open, TermUnstated, ""},
		{"no start, but after the end", "", "2025", figure{value: "25 %", year: 2030, nature: plan.Binding}, Fail, "", plan.Warning},
		{"no year", "2021", "2025", figure{value: "25 %", year: -1, nature: plan.Binding}, Open, YearUnstated, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			p := r.plan("a", tt.figure)
			p.PeriodStart, p.PeriodEnd, p.Form = tt.start, tt.end, plan.FormProgramme
			expectAlone(t, r.check(with(t, "R18")), tt.outcome, tt.reason, tt.severity)
		})
	}
}

func TestR18Periods(t *testing.T) {
	tests := []struct {
		name       string
		start, end plan.Date
		change     func(p, d *plan.Plan)
		outcome    Outcome
		reason     ReasonCode
		severity   plan.Severity
	}{
		{"the same", "2021", "2025", nil, Pass, "", ""},
		{"begins later", "2022", "2025", nil, Pass, "", ""},
		{"to 2035", "2021", "2035", nil, Pass, "", plan.Info},
		{"astride", "2023", "2027", nil, Fail, "", plan.Warning},
		{"ends early", "2021", "2024", nil, Fail, "", plan.Warning},
		{"astride, with a reason", "2023", "2027", func(p, _ *plan.Plan) { p.PeriodReason = "与国家规划同期" }, Pass, "", ""},
		{"the next period", "2025", "2030", nil, Open, TermUnstated, ""},
		{"not recorded", "", "2025", nil, Open, TermUnstated, ""},
		{"the development plan's is not recorded", "2021", "2025", func(_, d *plan.Plan) { d.PeriodEnd = "" }, Open, TermUnstated, ""},
		{"the development plan is of another region", "2023", "2027", func(_, d *plan.Plan) { d.Region = "region:province" }, Open, TermUnstated, ""},
		{"the development plan is a draft", "2023", "2027", func(_, d *plan.Plan) { d.Status = plan.Draft }, Open, TermUnstated, ""},
		{"repealed", "2023", "2027", func(p, _ *plan.Plan) { p.Status = plan.Superseded }, NotApplicable, NotInForce, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			p, d := r.plan("a"), r.plan("d")
			p.PeriodStart, p.PeriodEnd = tt.start, tt.end
			d.Category, d.PeriodStart, d.PeriodEnd = plan.Development, "2021", "2025"
			if tt.change != nil {
				tt.change(p, d)
			}
			expectAlone(t, r.check(with(t, "R18")), tt.outcome, tt.reason, tt.severity)
		})
	}
}

// expectAlone holds the one answer of a run against what it should be.
func expectAlone(t *testing.T, run *Run, o Outcome, why ReasonCode, severity plan.Severity) {
	t.Helper()
	complete(t, run.Findings)
	if run.Counts != counted(o) {
		t.Fatalf("answers %+v, want one %s", run.Counts, o)
	}
	for c := range run.tallies.all() {
		if got := run.reasons.all[c.reason].Code; got != why {
			t.Errorf("reason %q, want %q", got, why)
		}
	}
	if severity == "" && len(run.Findings) > 0 || severity != "" && (len(run.Findings) != 1 || run.Findings[0].Severity != severity) {
		t.Errorf("findings %v, want severity %q", run.Findings, severity)
	}
}
