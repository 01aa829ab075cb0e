package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR11(t *testing.T) {
	const old, new = plan.ID("calibre:x/old"), plan.ID("calibre:x/new")
	level, fall, work := figure{value: "25 %"}, figure{value: "-15 % vs 2020"}, figure{value: "2650 万亩 cumulative", start: 2021}
	tests := []struct {
		name         string
		trend        plan.Trend
		target       figure
		base         string // own baseline of 2020, "" = none
		years, value string // measured
		counts       Counts
		severity     plan.Severity
	}{
		{"ahead of time", plan.Up, level, "20 %", "2024", "25 %", counted(Pass), plan.Info},
		{"in its year", plan.Up, level, "20 %", "2025", "25 %", counted(Pass), ""},
		{"in its year, but for rounding", plan.Up, level, "20 %", "2025", "24.5 %", counted(Pass), ""},
		{"ahead of time, but for rounding", plan.Up, level, "20 %", "2024", "24.5 %", counted(Pass), ""},
		{"about the figure, in its year", plan.Up, figure{value: "about 25 %"}, "20 %", "2025", "24 %", counted(Pass), ""},
		{"about the figure, ahead of time", plan.Up, figure{value: "about 25 %"}, "20 %", "2024", "24 %", counted(Pass), ""},
		{"on its way", plan.Up, level, "20 %", "2024", "24 %", counted(Pass), ""},
		{"just within ten points", plan.Up, level, "20 %", "2024", "23.5 %", counted(Pass), ""},
		{"just behind ten points", plan.Up, level, "20 %", "2024", "23.49 %", counted(Fail), plan.Warning},
		{"behind, binding", plan.Up, figure{value: "25 %", nature: plan.Binding}, "20 %", "2024", "21 %", counted(Fail), plan.SevError},
		{"missed in its year", plan.Up, level, "20 %", "2025", "24 %", counted(Fail), plan.Warning},
		{"falling, behind", plan.Down, figure{value: "20 %"}, "25 %", "2024", "24 %", counted(Fail), plan.Warning},
		{"falling, ahead", plan.Down, figure{value: "20 %"}, "25 %", "2024", "19 %", counted(Pass), plan.Info},
		{"no base, not met", plan.Up, level, "", "2024", "21 %", counted(Open), ""},
		{"no base, met", plan.Up, level, "", "2024", "26 %", counted(Pass), plan.Info},
		{"before the base year", plan.Up, level, "20 %", "2019", "26 %", Counts{}, ""},
		{"in the base year", plan.Up, level, "20 %", "2020", "26 %", Counts{}, ""},
		{"before the plan", plan.Up, level, "", "2019", "26 %", Counts{}, ""},
		{"after the target's year", plan.Up, level, "20 %", "2026", "21 %", Counts{}, ""},
		{"no one knows when", plan.Up, level, "20 %", "", "26 %", Counts{}, ""},
		{"a part of a year", plan.Up, level, "20 %", "2024-01..2024-10", "26 %", counted(NotComparable), ""},
		{"a target without year", plan.Up, figure{value: "25 %", year: -1}, "20 %", "2024", "26 %", Counts{}, ""},
		{"a base as high as the target", plan.Up, figure{value: "20 %"}, "20 %", "2024", "19 %", counted(Open), ""},
		{"no direction", "", level, "20 %", "2024", "26 %", counted(NotApplicable), ""},
		{"a floor needs no direction", "", figure{value: ">= 25 %"}, "20 %", "2024", "26 %", counted(Pass), plan.Info},
		{"a change, ahead", plan.Down, fall, "", "2021..2024", "-16.8 % vs 2020", counted(Pass), plan.Info},
		{"a change, behind", plan.Down, fall, "", "2021..2024", "-10 % vs 2020", counted(Fail), plan.Warning},
		{"a change, on its way", plan.Down, fall, "", "2024", "-12 % vs 2020", counted(Pass), ""},
		{"a change since another year", plan.Down, fall, "", "2024", "-16.8 % vs 2015", counted(NotComparable), ""},
		{"a change without base", plan.Down, figure{value: "-15 %"}, "", "2024", "-10 %", counted(Open), ""},
		{"a level of what is set as a change", plan.Down, fall, "", "2024", "22 %", counted(NotComparable), ""},
		{"works, ahead", plan.Up, work, "", "2021..2024", "4319 万亩 cumulative", counted(Pass), plan.Info},
		{"works, behind", plan.Up, work, "", "2021..2024", "1000 万亩 cumulative", counted(Fail), plan.Warning},
		{"works of another span", plan.Up, work, "", "2022..2024", "4319 万亩 cumulative", counted(NotComparable), ""},
		{"works of an unknown span", plan.Up, figure{value: "2650 万亩 cumulative"}, "", "2021..2024", "4319 万亩 cumulative", counted(Open), ""},
		{"a rate before it is due", plan.Up, figure{value: "5 % per year", start: 2021}, "", "2021..2024", "6 % per year", counted(NotComparable), ""},
		{"a rate when it is due", plan.Up, figure{value: "5 % per year", start: 2021}, "", "2021..2025", "6 % per year", counted(Pass), ""},
		{"two calibres", plan.Up, figure{value: "25 %", calibre: old}, "20 %", "2024", "21 %", counted(Open), ""},
		{"a course", plan.Up, figure{value: "qualitative: 改善"}, "", "2024", "26 %", counted(NotComparable), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, tt.trend)
			p := r.plan("a", tt.target)
			if tt.base != "" {
				r.measured(p, "2020", tt.base)
			}
			r.measured(nil, tt.years, tt.value)
			run := r.check(with(t, "R11"))
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v: %+v", run.Counts, tt.counts, run.NotChecked)
			}
			complete(t, run.Findings)
			switch {
			case tt.severity == "" && len(run.Findings) > 0:
				t.Errorf("unwanted finding: %s", run.Findings[0].Message)
			case tt.severity != "" && (len(run.Findings) != 1 || run.Findings[0].Severity != tt.severity || run.Findings[0].YieldsPlan != p.ID):
				t.Errorf("findings %+v, want one of %s for the plan", run.Findings, tt.severity)
			}
		})
	}
	t.Run("measured in another calibre", func(t *testing.T) {
		r := newRegister(t, plan.Up)
		r.plan("a", figure{value: "25 %", calibre: old})
		r.measured(nil, "2024", "21 %").Calibre = new
		if run := r.check(with(t, "R11")); run.Counts != counted(NotComparable) || run.NotChecked[0].Reason.Code != CalibreDiffers {
			t.Errorf("answers %+v", run.NotChecked)
		}
	})
	t.Run("the newest counts", func(t *testing.T) {
		r := newRegister(t, plan.Up)
		p := r.plan("a", level)
		r.measured(p, "2020", "20 %")
		r.measured(nil, "2023", "20 %")
		r.measured(nil, "2024", "24 %")
		if run := r.check(with(t, "R11")); run.Counts != counted(Pass) {
			t.Errorf("answers %+v", run.Counts)
		}
	})
	t.Run("sources that contradict each other", func(t *testing.T) {
		r := newRegister(t, plan.Up)
		p := r.plan("a", level)
		r.measured(p, "2020", "20 %")
		r.measured(nil, "2024", "20 %")
		r.measured(nil, "2024", "24 %")
		if run := r.check(with(t, "R11")); run.Counts != counted(Open) || run.NotChecked[0].Reason.Code != ActualsDiffer {
			t.Errorf("answers %+v", run.NotChecked)
		}
	})
	t.Run("a repealed plan", func(t *testing.T) {
		r := newRegister(t, plan.Up)
		p := r.plan("a", level)
		p.Status = plan.Superseded
		r.measured(nil, "2024", "26 %")
		if run := r.check(with(t, "R11")); run.Counts != counted(NotApplicable) {
			t.Errorf("answers %+v", run.Counts)
		}
	})
}
