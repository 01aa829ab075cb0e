package coherence

import (
	"strings"
	"testing"

	"xianjie/internal/plan"
)

func TestR05(t *testing.T) {
	tests := []struct {
		name          string
		trend         plan.Trend
		control, held figure
		outcome       Outcome
		reason        ReasonCode
	}{
		{"below a floor", plan.Up, of(">= 17050 万亩"), of("16000 万亩"), Fail, ""},
		{"stricter", plan.Up, of(">= 17050 万亩"), of("18000 万亩"), Pass, ""},
		{"just rounding", plan.Up, of(">= 17050 万亩"), of("1.7 亿亩"), Pass, ""},
		{"above a cap", plan.Down, of("58.6 亿m³"), of("<= 60.0 亿m³"), Fail, ""},
		{"below a cap", plan.Down, of("58.6 亿m³"), of("<= 58.0 亿m³"), Pass, ""},
		{"an aspiration too", plan.Down, of("58.6 亿m³"), of("aspire 60.0 亿m³"), Fail, ""},
		{"a floor doesn't answer a cap", plan.Down, of("<= 58.6 亿m³"), of(">= 50.0 亿m³"), Open, OppositeBounds},
		{"a control without a year holds for all", plan.Up, figure{value: ">= 17050 万亩", year: -1}, of("16000 万亩"), Fail, ""},
		{"a control without a year, before its issue", plan.Up, figure{value: ">= 17050 万亩", year: -1}, figure{value: "16000 万亩", year: 2020}, NotApplicable, ControlLater},
		{"no year of the figure", plan.Up, of(">= 17050 万亩"), figure{value: "16000 万亩", year: -1}, NotComparable, YearUnstated},
		{"no year of both", plan.Up, figure{value: ">= 17050 万亩", year: -1}, figure{value: "16000 万亩", year: -1}, NotComparable, YearUnstated},
		{"a part of the region", plan.Up, figure{value: ">= 17050 万亩", region: "region:province"}, of("900 万亩"), NotComparable, RegionPart},
		{"two calibres", plan.Up, figure{value: ">= 17050 万亩", calibre: "calibre:x/old"}, figure{value: "16000 万亩", calibre: "calibre:x/new"}, NotComparable, CalibreDiffers},
		{"a course", plan.Up, of(">= 17050 万亩"), of("qualitative: 稳定"), NotComparable, "QUALITATIVE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, tt.trend)
			r.plan("control", tt.control)
			r.plan("held", tt.held)
			r.target("target:control/x0").Control = "《土地管理法》第16条"
			run := r.check(with(t, "R01", "R02", "R05"))
			if got := run.answered(t, "R05", "plan:control", "plan:held"); got != counted(tt.outcome) {
				t.Errorf("R05 answers %+v, want %s", got, tt.outcome)
			}
			if got := run.answered(t, "R02", "plan:control", "plan:held"); got != counted(NotApplicable) {
				t.Errorf("R02 answers %+v, want it to leave the pair to R05", got)
			}
			if tt.reason != "" && !told(run, tt.reason) {
				t.Errorf("reasons %+v, want %s", run.Verdict("plan:control", "plan:held").Reasons, tt.reason)
			}
			complete(t, run.Findings)
			if tt.outcome != Fail {
				if len(run.Findings) > 0 {
					t.Errorf("unwanted finding: %s", run.Findings[0].Message)
				}
				return
			}
			if f := run.Findings[0]; len(run.Findings) != 1 || f.Severity != plan.Blocker || f.YieldsPlan != "plan:held" || f.Yields.Norm != "P0" || !strings.Contains(f.Message, "值即可") {
				t.Errorf("findings %+v", run.Findings)
			}
		})
	}
}

func told(run *Run, code ReasonCode) bool {
	for _, p := range run.Pairs() {
		for _, reason := range run.Verdict(p[0], p[1]).Reasons {
			if reason.Code == code {
				return true
			}
		}
	}
	return false
}

func TestR05Sides(t *testing.T) {
	control := func(r *register, ids ...plan.ID) {
		for _, id := range ids {
			r.target(id).Control = "《土地管理法》第16条"
		}
	}
	tests := []struct {
		name   string
		alter  func(r *register, a, b *plan.Plan)
		yields plan.ID // of the blocker of R05, "" for none
		r01    Counts
		r02    Counts
	}{
		{"the superior yields to a control of the lower", func(r *register, a, b *plan.Plan) {
			control(r, "target:a/x0")
			b.Level, b.Region = plan.Provincial, "region:province"
		}, "plan:b", counted(NotApplicable), Counts{}},
		{"of two controls the superior's holds", func(r *register, a, b *plan.Plan) {
			control(r, "target:a/x0", "target:b/x0")
			a.Level, a.Region = plan.Provincial, "region:province"
		}, "plan:b", counted(NotApplicable), Counts{}},
		{"two controls of equals are a matter of equals", func(r *register, a, b *plan.Plan) { control(r, "target:a/x0", "target:b/x0") }, "", Counts{}, counted(Fail)},
		{"a later text of the series", func(r *register, a, b *plan.Plan) {
			control(r, "target:a/x0")
			a.Series, b.Series = "s", "s"
		}, "", Counts{}, counted(NotApplicable)},
		{"a draft of a control", func(r *register, a, b *plan.Plan) {
			control(r, "target:a/x0")
			a.Status = plan.Draft
		}, "", Counts{}, counted(NotApplicable)},
		{"a control without year or date", func(r *register, a, b *plan.Plan) {
			control(r, "target:a/x0")
			r.target("target:a/x0").Year, a.IssuedAt = 0, ""
		}, "", Counts{}, counted(NotApplicable)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			tt.alter(r, r.plan("a", of(">= 17050 万亩")), r.plan("b", of("16000 万亩")))
			run := r.check(with(t, "R01", "R02", "R05"))
			yields := plan.ID("")
			for _, f := range run.Findings {
				if f.Rule == "R05" {
					yields = f.YieldsPlan
				}
			}
			if yields != tt.yields {
				t.Errorf("%q yields by R05, want %q", yields, tt.yields)
			}
			if r01, r02 := run.answered(t, "R01", "plan:a", "plan:b"), run.answered(t, "R02", "plan:a", "plan:b"); r01 != tt.r01 || r02 != tt.r02 {
				t.Errorf("R01 answers %+v and R02 %+v, want %+v and %+v", r01, r02, tt.r01, tt.r02)
			}
		})
	}
}
