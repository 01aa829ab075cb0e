package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR08(t *testing.T) {
	const old = plan.ID("calibre:x/old")
	tests := []struct {
		name     string
		follows  bool // b follows a
		a, b     figure
		outcome  Outcome // "" = no answer
		reason   ReasonCode
		severity plan.Severity
	}{
		{"two bases, two levels", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-20 % vs 2015 (40 µg/m³)"}, Fail, "", plan.SevError},
		{"two bases, one level", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-35 % vs 2015 (40 µg/m³)"}, Pass, "", ""},
		{"two bases, one level but for rounding", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-36 % vs 2015 (40 µg/m³)"}, Pass, "", ""},
		{"two base values of one year", false, figure{value: "-10.0 % vs 2020 (28.0 µg/m³)"}, figure{value: "-10.0 % vs 2020 (26.0 µg/m³)"}, Fail, "", plan.SevError},
		{"one base value, printed finely and roughly", false, figure{value: "-10 % vs 2020 (28.2 µg/m³)"}, figure{value: "-15 % vs 2020 (28 µg/m³)"}, NotApplicable, SameBase, ""},
		{"one base", false, figure{value: "-10 % vs 2020"}, figure{value: "-15 % vs 2020"}, NotApplicable, SameBase, ""},
		{"one base, its value printed once", false, figure{value: "-10 % vs 2020 (28 µg/m³)"}, figure{value: "-15 % vs 2020"}, NotApplicable, SameBase, ""},
		{"a base value is missing", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-20 % vs 2015"}, Open, BaseUnstated, ""},
		{"a base year is missing", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-20 %"}, Open, BaseUnstated, ""},
		{"points on two bases", false, figure{value: "+3 百分点 vs 2020 (20 %)"}, figure{value: "+8 百分点 vs 2015 (10 %)"}, Fail, "", plan.SevError},
		{"points on two bases that agree", false, figure{value: "+3 百分点 vs 2020 (20 %)"}, figure{value: "+8 百分点 vs 2015 (15 %)"}, Pass, "", ""},
		{"floors are nested", false, figure{value: "<= -7 % vs 2020 (28 µg/m³)"}, figure{value: "<= -20 % vs 2015 (40 µg/m³)"}, Pass, "", ""},
		{"a lower plan is stricter", true, figure{value: "-20 % vs 2015 (40 µg/m³)"}, figure{value: "-7 % vs 2020 (28 µg/m³)"}, Pass, "", ""},
		{"a lower plan is laxer", true, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-20 % vs 2015 (40 µg/m³)"}, Fail, "", plan.SevError},
		{"calibre on one side", false, figure{value: "-7 % vs 2020 (28 µg/m³)", calibre: old}, figure{value: "-20 % vs 2015 (40 µg/m³)"}, Open, CalibreOneSided, ""},
		{"bases of two unit kinds", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "-20 % vs 2015 (40 亿m³)"}, NotComparable, "UNIT_KIND", ""},
		{"levels have no base", false, figure{value: "26 µg/m³"}, figure{value: "32 µg/m³"}, "", "", ""},
		{"a change and a level", false, figure{value: "-7 % vs 2020 (28 µg/m³)"}, figure{value: "32 µg/m³"}, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Down)
			a := r.plan("a", tt.a)
			if tt.follows {
				a.Level, a.Region = plan.Provincial, "region:province"
			}
			r.plan("b", tt.b)
			run := r.check(with(t, "R08"))
			complete(t, run.Findings)
			if tt.outcome == "" {
				if run.Counts != (Counts{}) {
					t.Errorf("answers %+v", run.Counts)
				}
				return
			}
			expect(t, run, "R08", "plan:a", "plan:b", tt.outcome, tt.reason, tt.severity)
			if tt.follows && len(run.Findings) > 0 && run.Findings[0].YieldsPlan != "plan:b" {
				t.Errorf("%q yields, want the lower plan", run.Findings[0].YieldsPlan)
			}
		})
	}
}
