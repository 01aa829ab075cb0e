package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR03(t *testing.T) {
	of := func(value string, n plan.Nature) figure { return figure{value: value, nature: n} }
	tests := []struct {
		name         string
		upper, lower figure
		outcome      Outcome
		reason       ReasonCode
		severity     plan.Severity
	}{
		{"binding above, expected below", of("24 %", plan.Binding), of("24 %", plan.Expected), Fail, "", plan.SevError},
		{"a higher figure doesn't make up for it", of("24 %", plan.Binding), of("30 %", plan.Expected), Fail, "", plan.SevError},
		{"figures that don't compare are no excuse", of("24 %", plan.Binding), of("qualitative: 改善", plan.Expected), Fail, "", plan.SevError},
		{"binding both", of("24 %", plan.Binding), of("24 %", plan.Binding), Pass, "", ""},
		{"expected both", of("24 %", plan.Expected), of("24 %", plan.Expected), Pass, "", ""},
		{"stricter below", of("24 %", plan.Expected), of("24 %", plan.Binding), Pass, "", ""},
		{"unstated below", of("24 %", plan.Binding), of("24 %", plan.Unstated), NotApplicable, NatureUnstated, ""},
		{"unstated above", of("24 %", plan.Unstated), of("24 %", plan.Expected), NotApplicable, NatureUnstated, ""},
		{"a part of the region", figure{value: "24 %", nature: plan.Binding, region: "region:province"}, of("24 %", plan.Expected), NotComparable, RegionPart, ""},
		{"two calibres", figure{value: "24 %", nature: plan.Binding, calibre: "calibre:x/old"},
			figure{value: "24 %", nature: plan.Expected, calibre: "calibre:x/new"}, NotComparable, CalibreDiffers, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			upper := r.plan("upper", tt.upper)
			upper.Level, upper.Region = plan.Provincial, "region:province"
			r.plan("lower", tt.lower)
			run := r.check(with(t, "R03"))
			expect(t, run, "R03", "plan:lower", "plan:upper", tt.outcome, tt.reason, tt.severity)
			complete(t, run.Findings)
			for _, f := range run.Findings {
				if f.YieldsPlan != "plan:lower" {
					t.Errorf("yields %q, want the lower plan", f.YieldsPlan)
				}
			}
		})
	}
}

func TestR03BesideBinding(t *testing.T) {
	r := newRegister(t, plan.Up)
	upper := r.plan("upper", figure{value: "24 %", nature: plan.Binding})
	upper.Level, upper.Region = plan.Provincial, "region:province"
	r.plan("lower", figure{value: "24 %", nature: plan.Binding}, figure{value: "aspire 26 %", nature: plan.Expected})
	if run := r.check(with(t, "R03")); len(run.Findings) > 0 || run.Counts != (Counts{Passed: 2}) {
		t.Errorf("an aspiration beside a binding target: %+v", run.Counts)
	}
}

func TestR03NeedsAnObligation(t *testing.T) {
	r := newRegister(t, plan.Up)
	r.plan("a", figure{value: "24 %", nature: plan.Binding})
	r.plan("b", figure{value: "24 %", nature: plan.Expected})
	if run := r.check(with(t, "R03")); run.Counts != (Counts{}) {
		t.Errorf("R03 spoke of equals: %+v", run.Counts)
	}
}
