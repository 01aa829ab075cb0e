package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR21(t *testing.T) {
	redline := &plan.Zone{Meta: plan.Meta{ID: "zone:redline"}, Name: "红线", Rule: "禁止开发性建设", Forbids: []string{"露天矿山", "工业园区"}}
	open := &plan.Zone{Meta: plan.Meta{ID: "zone:open"}, Name: "开放区", Forbids: []string{"化工园区"}}
	unruled := &plan.Zone{Meta: plan.Meta{ID: "zone:unruled"}, Name: "未定区"}
	tests := []struct {
		name    string
		project plan.Project
		status  plan.PlanStatus
		counts  Counts
		reason  ReasonCode
	}{
		{"forbidden", plan.Project{ObjectClass: "露天矿山", Zones: []plan.ID{"zone:redline"}}, plan.Issued, counted(Fail), ""},
		{"forbidden, printed otherwise", plan.Project{ObjectClass: "露天 矿山", Zones: []plan.ID{"zone:redline"}}, plan.Issued, counted(Fail), ""},
		{"exempted", plan.Project{ObjectClass: "露天矿山", Exemption: "批复〔2022〕1号", Zones: []plan.ID{"zone:redline"}}, plan.Issued, counted(Pass), ""},
		{"another class", plan.Project{ObjectClass: "湿地修复", Zones: []plan.ID{"zone:redline"}}, plan.Issued, counted(Pass), ""},
		{"no class", plan.Project{Zones: []plan.ID{"zone:redline"}}, plan.Issued, counted(Open), ClassUnstated},
		{"no zone", plan.Project{ObjectClass: "露天矿山"}, plan.Issued, counted(Open), ZoneUnstated},
		{"a zone without rule", plan.Project{ObjectClass: "露天矿山", Zones: []plan.ID{"zone:unruled"}}, plan.Issued, counted(Open), ZoneRuleUnstated},
		{"one zone of two", plan.Project{ObjectClass: "露天矿山", Zones: []plan.ID{"zone:open", "zone:redline"}}, plan.Issued, Counts{Passed: 1, Failed: 1}, ""},
		{"a draft", plan.Project{ObjectClass: "露天矿山", Zones: []plan.ID{"zone:redline"}}, plan.Draft, counted(NotApplicable), ""},
		{"a repealed plan", plan.Project{Zones: nil}, plan.Superseded, counted(NotApplicable), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			r.plan("a").Status = tt.status
			p := tt.project
			p.ID, p.Title, p.Plan = "project:a/1", "北山煤矿扩建工程", "plan:a"
			r.objects = append(r.objects, redline, open, unruled, &p)
			run := r.check(with(t, "R21"))
			complete(t, run.Findings)
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
			if tt.reason != "" && run.NotChecked[0].Reason.Code != tt.reason {
				t.Errorf("reason %s, want %s", run.NotChecked[0].Reason.Code, tt.reason)
			}
			if len(run.Findings) != tt.counts.Failed {
				t.Errorf("%d findings", len(run.Findings))
			}
			for _, f := range run.Findings {
				if f.Severity != plan.Blocker || f.YieldsPlan != "plan:a" || f.Yields.Norm != "P3" || f.ID != Fingerprint("R21", "project:a/1", "zone:redline") {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
}
