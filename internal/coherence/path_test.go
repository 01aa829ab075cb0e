package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR09(t *testing.T) {
	const old, new = plan.ID("calibre:x/old"), plan.ID("calibre:x/new")
	at := func(year int, value string) figure { return figure{value: value, year: year} }
	tests := []struct {
		name        string
		trend       plan.Trend
		early, late figure
		outcome     Outcome // "" = no answer
		reason      ReasonCode
		severity    plan.Severity
	}{
		{"a fall of what should rise", plan.Up, at(2025, "24.5 %"), at(2030, "24.1 %"), Fail, "", plan.Warning},
		{"a rise of what should rise", plan.Up, at(2025, "24.1 %"), at(2030, "24.5 %"), Pass, "", ""},
		{"a rise of what should fall", plan.Down, at(2025, "24.1 %"), at(2030, "24.5 %"), Fail, "", plan.Warning},
		{"a fall of what should fall", plan.Down, at(2025, "24.5 %"), at(2030, "24.1 %"), Pass, "", ""},
		{"binding before", plan.Up, figure{value: "24.5 %", nature: plan.Binding}, at(2030, "24.1 %"), Fail, "", plan.SevError},
		{"binding after", plan.Up, at(2025, "24.5 %"), figure{value: "24.1 %", year: 2030, nature: plan.Binding}, Fail, "", plan.SevError},
		{"a step that rounds away", plan.Up, at(2025, "24.5 %"), at(2030, "24 %"), Pass, "", ""},
		{"as before", plan.Up, at(2025, "45 %"), at(2035, ">= 45 %"), Pass, "", ""},
		{"about as before", plan.Up, at(2025, "about 46 %"), at(2035, ">= 45 %"), Pass, "", ""},
		{"a lower floor", plan.Up, at(2025, ">= 46 %"), at(2035, ">= 44 %"), Fail, "", plan.Warning},
		{"above and at least", plan.Up, at(2025, "> 18 %"), at(2035, ">= 18 %"), Pass, "", ""},
		{"a higher ceiling", plan.Down, at(2025, "<= 2.25 亿tce"), at(2030, "<= 2.50 亿tce"), Fail, "", plan.Warning},
		{"only a ceiling later", plan.Up, at(2025, "24 %"), at(2030, "<= 30 %"), NotApplicable, OppositeBounds, ""},
		{"a ceiling later that forbids the level", plan.Up, at(2025, "24 %"), at(2030, "<= 20 %"), Fail, "", plan.Warning},
		{"only a ceiling before", plan.Up, at(2025, "<= 24 %"), at(2030, "20 %"), NotApplicable, OppositeBounds, ""},
		{"units convert", plan.Up, at(2025, "17050 万亩"), at(2035, "1.6 亿亩"), Fail, "", plan.Warning},
		{"changes since one year", plan.Down, at(2025, "-15 % vs 2020"), at(2030, "-12 % vs 2020"), Fail, "", plan.Warning},
		{"changes since two years", plan.Down, at(2020, "-15 % vs 2015"), at(2025, "-12 % vs 2020"), NotComparable, "BASE_YEAR", ""},
		{"changes since no one knows when", plan.Down, at(2020, "-15 %"), at(2025, "-12 %"), NotComparable, BaseUnstated, ""},
		{"no direction", "", at(2025, "24.5 %"), at(2030, "24.1 %"), NotApplicable, TrendUnstated, ""},
		{"totals", plan.Up, at(2025, "3000 亩 cumulative"), at(2030, "2000 亩 cumulative"), NotApplicable, NoPath, ""},
		{"rates", plan.Up, at(2025, "5 % per year"), at(2030, "4 % per year"), NotApplicable, NoPath, ""},
		{"an aspiration", plan.Up, at(2025, "aspire 26 %"), at(2030, "24 %"), NotApplicable, NoPath, ""},
		{"a course", plan.Up, at(2025, "24 %"), at(2030, "qualitative: 改善"), NotComparable, "QUALITATIVE", ""},
		{"two calibres", plan.Up, figure{value: "24.5 %", calibre: old}, figure{value: "20 %", year: 2030, calibre: new}, NotComparable, CalibreDiffers, ""},
		{"calibre of one", plan.Up, figure{value: "24.5 %", calibre: old}, at(2030, "20 %"), Open, CalibreOneSided, ""},
		{"one year", plan.Up, at(2025, "24.5 %"), at(2025, "20 %"), "", "", ""},
		{"a year that is not stated", plan.Up, at(2025, "24.5 %"), at(-1, "20 %"), "", "", ""},
		{"two regions", plan.Up, at(2025, "24.5 %"), figure{value: "20 %", year: 2030, region: "region:province"}, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, tt.trend)
			r.plan("a", tt.early)
			r.plan("b", tt.late)
			run := r.check(with(t, "R09"))
			complete(t, run.Findings)
			if tt.outcome == "" {
				if run.Counts != (Counts{}) {
					t.Errorf("answers %+v", run.Counts)
				}
				return
			}
			expect(t, run, "R09", "plan:a", "plan:b", tt.outcome, tt.reason, tt.severity)
			for _, f := range run.Findings {
				if f.YieldsPlan != "plan:b" {
					t.Errorf("%q yields, want the later target's plan", f.YieldsPlan)
				}
			}
		})
	}
}

func TestR09Yields(t *testing.T) {
	r := newRegister(t, plan.Up)
	r.plan("early", figure{value: "24.5 %"})
	late := r.plan("late", figure{value: "24.1 %", year: 2030})
	late.Level, late.Region = plan.Provincial, "region:province"
	if f := r.check(with(t, "R09")).Findings[0]; f.YieldsPlan != "plan:early" || f.Yields.Norm != "P1" {
		t.Errorf("%q yields by %q, want the plan below, by P1", f.YieldsPlan, f.Yields.Norm)
	}
}

func TestR09WithinOnePlan(t *testing.T) {
	r := newRegister(t, plan.Up)
	p := r.plan("a", figure{value: "24.5 %"}, figure{value: "24.1 %", year: 2030}, figure{value: "25 %", year: 2035})
	run := r.check(with(t, "R09"))
	if run.Counts != (Counts{Passed: 2, Failed: 1}) || len(run.Pairs()) > 0 || len(run.Findings) != 1 || run.Findings[0].YieldsPlan != p.ID {
		t.Errorf("answers %+v about %v, findings %+v", run.Counts, run.Pairs(), run.Findings)
	}
	p.Status = plan.Superseded
	if run := r.check(with(t, "R09")); run.Counts != (Counts{NotApplicable: 3}) {
		t.Errorf("of a repealed plan, answers %+v", run.Counts)
	}
}
