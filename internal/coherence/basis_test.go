package coherence

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestR15(t *testing.T) {
	issued := func(d plan.Date) func(*plan.Plan) { return func(p *plan.Plan) { p.IssuedAt = d } }
	draft := func(p *plan.Plan) { p.Status = plan.Draft }
	published := func(d plan.Date) func(*plan.Plan) {
		return func(p *plan.Plan) { p.IssuedAt, p.PublishedAt = "", d }
	}
	repealed := func(p *plan.Plan) { p.Status = plan.Superseded }
	tests := []struct {
		name     string
		typ      plan.LinkType
		own      func(*plan.Plan) // the citing plan, issued in 2021-09 unless it says otherwise
		cited    func(*plan.Plan)
		outcome  Outcome
		reason   ReasonCode
		severity plan.Severity
	}{
		{"issued before", plan.BasedOn, nil, issued("2021-03-11"), Pass, "", ""},
		{"issued in an earlier year", plan.BasedOn, nil, issued("2020"), Pass, "", ""},
		{"issued after", plan.BasedOn, nil, issued("2021-10"), Fail, "", plan.SevError},
		{"a draft", plan.BasedOn, nil, draft, Fail, "", plan.SevError},
		{"repealed, no one knows when", plan.BasedOn, nil, repealed, Fail, "", plan.Warning},
		{"same month", plan.BasedOn, nil, issued("2021-09"), Open, DatePrecision, ""},
		{"same day", plan.BasedOn, issued("2021-09-30"), issued("2021-09-30"), Pass, "", ""},
		{"same year only", plan.BasedOn, nil, issued("2021"), Open, DatePrecision, ""},
		{"no date of the basis", plan.BasedOn, nil, issued(""), Open, DateUnstated, ""},
		{"no date of the plan", plan.BasedOn, issued(""), issued("2021-03"), Open, DateUnstated, ""},
		{"published before", plan.BasedOn, nil, published("2021-03"), Pass, "", ""},
		{"published after, issue unknown", plan.BasedOn, nil, published("2022-02"), Open, DateUnstated, ""},
		{"coordinates with an earlier text", plan.CoordinatesWith, nil, issued("2021-06-30"), Pass, "", ""},
		{"coordinates with a later text", plan.CoordinatesWith, nil, issued("2024-07-03"), Fail, "", plan.Warning},
		{"coordinates with a text published later", plan.CoordinatesWith, nil, published("2022-02"), Fail, "", plan.Warning},
		{"coordinates with a draft", plan.CoordinatesWith, nil, draft, Fail, "", plan.Warning},
		{"a draft cites a draft", plan.BasedOn, draft, draft, NotApplicable, NotInForce, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			own, cited := r.plan("own"), r.plan("cited")
			if tt.own != nil {
				tt.own(own)
			}
			tt.cited(cited)
			link := r.link(own, tt.typ, cited)
			rules, err := RulesNamed("R15")
			if err != nil {
				t.Fatal(err)
			}
			run := r.check(Options{Rules: rules})
			expect(t, run, "R15", "plan:own", "plan:cited", tt.outcome, tt.reason, tt.severity)
			for _, f := range run.Findings {
				if f.YieldsPlan != "plan:own" || f.Yields.Escalate {
					t.Errorf("yields are %+v of %q, want the citing plan", f.Yields, f.YieldsPlan)
				}
				if f.ID != Fingerprint("R15", link.ID) {
					t.Errorf("fingerprint %s is not of the link", f.ID)
				}
			}
		})
	}
}

func TestR15SupersededBasis(t *testing.T) {
	tests := []struct {
		name      string
		successor plan.Date
		severity  plan.Severity
	}{
		{"superseded before it was cited", "2021-05", plan.SevError},
		{"superseded since", "2023-05", plan.Warning},
		{"superseded at an unknown time", "", plan.Warning},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			own, cited, next := r.plan("own"), r.plan("cited"), r.plan("next")
			cited.IssuedAt, next.IssuedAt = "2020-01", tt.successor
			r.link(own, plan.BasedOn, cited)
			r.link(next, plan.Supersedes, cited)
			run := r.check(Options{})
			if len(run.Findings) != 1 || run.Findings[0].Severity != tt.severity {
				t.Fatalf("findings are %+v, want one %s", run.Findings, tt.severity)
			}
			if !strings.Contains(run.Findings[0].Message, "《next》") {
				t.Errorf("message doesn't name the successor: %s", run.Findings[0].Message)
			}
		})
	}
}

func TestR15DraftNamesItsFinalText(t *testing.T) {
	tests := []struct {
		name   string
		cites  bool
		wanted string
	}{
		{"cited too", true, "已另列为依据"},
		{"not cited", false, "改引正式文本"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			own, cited, final := r.plan("own"), r.plan("cited"), r.plan("final")
			cited.Status, cited.Series, final.Series, final.IssuedAt = plan.Draft, "s", "s", "2020"
			r.link(own, plan.BasedOn, cited)
			if tt.cites {
				r.link(own, plan.BasedOn, final)
			}
			run := r.check(Options{})
			if len(run.Findings) != 1 || !strings.Contains(run.Findings[0].Message, tt.wanted) || !strings.Contains(run.Findings[0].Message, "《final》") {
				t.Errorf("findings are %v", run.Findings)
			}
		})
	}
}

func TestRequiredBasisIsNeverAFaultWhenUnrecorded(t *testing.T) {
	r := newRegister(t, plan.Up)
	own, programme := r.plan("own"), r.plan("programme")
	programme.Form = plan.FormProgramme
	provincial := r.plan("provincial")
	provincial.Level, provincial.Region = plan.Provincial, "region:province"
	national := r.plan("national")
	national.Level, national.Region, national.Category, national.IssuedAt = plan.National, "region:nation", plan.Development, "2021-03"
	provincial.IssuedAt = "2021-06"
	r.link(provincial, plan.BasedOn, national)
	recorded := r.plan("recorded")
	r.link(recorded, plan.BasedOn, provincial)
	run := r.check(Options{})
	if len(run.Findings) > 0 {
		t.Errorf("findings: %v", run.Findings[0].Message)
	}
	var open []plan.ID
	for _, n := range run.NotChecked {
		if n.B == "" && n.Reason.Code == BasisUnrecorded && n.Outcome == Open {
			open = append(open, n.A)
		}
	}
	// Programmes are asked for no basis; a chain of bases up to the national plan will do.
	if diff := cmp.Diff([]plan.ID{own.ID}, open); diff != "" {
		t.Error(diff)
	}
}
