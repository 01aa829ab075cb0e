package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR07Alone(t *testing.T) {
	tests := []struct {
		name, unit, value string
		outcome           Outcome
	}{
		{"the standard unit", "万亩", "17050 万亩", Pass},
		{"a unit that converts", "万亩", "59.69 万km²", Pass},
		{"a unit that doesn't", "万亩", "3 万m³", Fail},
		{"a share of what is an area", "万亩", "24 %", Fail},
		{"a bare number of what is a share", "%", "0.24", Fail},
		{"a fall in per cent of anything", "µg/m³", "-7.1 % vs 2020", Pass},
		{"points of a share", "%", "+3 百分点 vs 2020", Pass},
		{"points of what is no share", "µg/m³", "+3 百分点 vs 2020", Fail},
		{"a rate in per cent of anything", "亿元", "5 % per year", Pass},
		{"so many times", "公顷", "<= 1.3 倍 vs 2020", Pass},
		{"a total", "万亩", "3000 亩 cumulative", Pass},
		{"a course", "%", "qualitative: 改善", NotApplicable},
		{"no standard unit", "", "24 %", NotApplicable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			withUnit(tt.unit, r.objects)
			r.plan("a", figure{value: tt.value})
			run := r.check(with(t, "R07"))
			if run.Counts != counted(tt.outcome) {
				t.Errorf("answers %+v, want %s", run.Counts, tt.outcome)
			}
			if (len(run.Findings) > 0) != (tt.outcome == Fail) {
				t.Errorf("%d findings", len(run.Findings))
			}
			complete(t, run.Findings)
		})
	}
}

func TestR07Pairs(t *testing.T) {
	tests := []struct {
		name, unit string
		a, b       figure
		outcome    Outcome // "" = no answer about the pair
		reason     ReasonCode
		severity   plan.Severity
		yields     plan.ID
	}{
		{"per cent and points", "%", figure{value: "+3 % vs 2020"}, figure{value: "+3 百分点 vs 2020"}, Fail, "", plan.SevError, "plan:a"},
		{"per cent and points of no standard unit", "", figure{value: "+3 % vs 2020"}, figure{value: "+3 百分点 vs 2020"}, "", "", "", ""},
		{"a level and a change", "%", figure{value: "24 %"}, figure{value: "+3 百分点 vs 2020"}, Fail, "", plan.Warning, "plan:b"},
		{"a level and a change of a known base", "µg/m³", figure{value: "26 µg/m³"}, figure{value: "-7.1 % vs 2020 (28 µg/m³)"}, NotComparable, "QUANTITY_KIND", "", ""},
		{"a level and a total", "亩", figure{value: "3 亩"}, figure{value: "3 亩 cumulative"}, NotComparable, "QUANTITY_KIND", "", ""},
		{"a level and a change of two calibres", "%", figure{value: "24 %", calibre: "calibre:x/old"}, figure{value: "+3 百分点 vs 2020", calibre: "calibre:x/new"}, "", "", "", ""},
		{"two levels", "%", figure{value: "24 %"}, figure{value: "30 %"}, "", "", "", ""},
		{"two regions", "%", figure{value: "24 %", region: "region:province"}, figure{value: "+3 百分点 vs 2020"}, "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			withUnit(tt.unit, r.objects)
			r.plan("a", tt.a)
			r.plan("b", tt.b)
			run := r.check(with(t, "R07"))
			complete(t, run.Findings)
			if tt.outcome == "" {
				if pairs := run.Pairs(); len(pairs) > 0 {
					t.Errorf("answers about %v", pairs)
				}
				return
			}
			expect(t, run, "R07", "plan:a", "plan:b", tt.outcome, tt.reason, tt.severity)
			if tt.yields != "" && run.Findings[0].YieldsPlan != tt.yields {
				t.Errorf("%s yields, want %s", run.Findings[0].YieldsPlan, tt.yields)
			}
		})
	}
}
