package register

import (
	"errors"
	"strings"
	"testing"
	"time"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

func TestRefusals(t *testing.T) {
	control := &plan.Finding{
		Meta: plan.Meta{ID: "finding:r05-1"}, Severity: plan.Blocker, Yields: plan.Yields{Norm: "P0"},
		Explanation: []plan.Step{{Step: "NORM", Citation: plan.Citation{Law: "黄河保护法", Article: "49"}}},
	}
	superior := &plan.Finding{Meta: plan.Meta{ID: "finding:r01-1"}, Severity: plan.Blocker, Yields: plan.Yields{Norm: "P1"}}
	yes := plan.Answer{Decision: plan.Accepted, By: "甲"}
	tests := []struct {
		name    string
		finding *plan.Finding
		answer  plan.Answer
		want    []string // fragments, one for each refusal
	}{
		{"accepted", superior, yes, nil},
		{"rejected with a reason", superior, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "甲", Until: "2026-06-30"}, nil},
		{"until today", superior, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "甲", Until: "2026-06-01"}, nil},
		{"until this year", superior, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "甲", Until: "2026"}, nil},
		{"until yesterday", superior, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "甲", Until: "2026-05-31"}, []string{"answer.until: saw 2026-05-31"}},
		{"no date", superior, plan.Answer{Decision: plan.Accepted, By: "甲", Until: "年底"}, []string{`answer.until: saw date "年底"`}},
		{"nobody", superior, plan.Answer{Decision: plan.Accepted}, []string{"answer.by: is missing"}},
		{"rejected without a reason", superior, plan.Answer{Decision: plan.Rejected, By: "甲"}, []string{"answer.reason: is missing"}},
		{"in part without a reason", superior, plan.Answer{Decision: plan.PartiallyAccepted, By: "甲"}, []string{"answer.reason: is missing"}},
		{"no decision", superior, plan.Answer{}, []string{`answer.decision: saw "", wanted one of ACCEPTED`, "answer.by: is missing"}},
		{"a control rejected", control, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "甲"}, []string{"《黄河保护法》第49条"}},
		{"a control accepted in part", control, plan.Answer{Decision: plan.PartiallyAccepted, Reason: "理由", By: "甲"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := refusals(tt.finding, tt.answer, "2026-06-01")
			if len(got) != len(tt.want) {
				t.Fatalf("%v, wanted %d refusals", got, len(tt.want))
			}
			for i, e := range got {
				if e.Code != plan.BadUserInput || !strings.Contains(e.Error(), tt.want[i]) {
					t.Errorf("%s %v, wanted %q", e.Code, e, tt.want[i])
				}
			}
		})
	}
}

// A blank reason is none, and no answers are an error of their own.
func TestAnswersHaveContent(t *testing.T) {
	r := opened(t)
	id := demoFinding(t, r)
	_, err := r.AnswerFinding(t.Context(), id, plan.Answer{Decision: plan.Rejected, Reason: " \t", By: "甲"}, nil)
	var many plan.Errors
	if !errors.As(err, &many) || many[0].Path != string(id)+".answer.reason" {
		t.Errorf("a blank reason: %v", err)
	}
	if _, err := r.AnswerFindings(t.Context(), nil, AnswerOptions{}); plan.CodeOf(err) != plan.BadUserInput {
		t.Errorf("no answers: %v", err)
	}
}

func demoFinding(t *testing.T, r *Register) plan.ID {
	t.Helper()
	o, err := r.Opinion(t.Context(), coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return o.Run.Findings[0].ID
}

// A waiver lifts the conflict of a pair as long as it lasts, and no longer.
func TestWaiverEnds(t *testing.T) {
	r := opened(t)
	day := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	r.now = func() time.Time { return day }
	plans := []plan.ID{"plan:nm-energy-saving-14", "plan:nm-energy-programme-2022"}
	outcome := func() coherence.VerdictOutcome {
		t.Helper()
		verdicts, err := r.Coherence(t.Context(), plans, false)
		if err != nil {
			t.Fatal(err)
		}
		return verdicts.Verdicts[0].Outcome
	}
	o, err := r.Opinion(t.Context(), coherence.Options{Plans: plans})
	if err != nil {
		t.Fatal(err)
	}
	id := o.Run.Findings[0].ID
	if got := outcome(); got != coherence.Conflict {
		t.Fatalf("before: %s", got)
	}
	if _, err := r.AnswerFinding(t.Context(), id, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "甲", Until: "2026-06-30"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := outcome(); got == coherence.Conflict {
		t.Error("a waived conflict is one still")
	}
	day = day.AddDate(0, 0, 29)
	if got := outcome(); got == coherence.Conflict {
		t.Error("a waiver does not last its last day")
	}
	day = day.AddDate(0, 0, 1)
	if got := outcome(); got != coherence.Conflict {
		t.Errorf("a waiver outlives its last day: %s", got)
	}
	o, err = r.Opinion(t.Context(), coherence.Options{Plans: plans})
	if err != nil {
		t.Fatal(err)
	}
	if f := o.Findings[id]; f.State != plan.FindingOpen || f.Answer.Decision != plan.Rejected {
		t.Errorf("after its end: %s %+v, wanted it open with its answer", f.State, f.Answer)
	}
}

func TestOpinionIsAboutPlansThatExist(t *testing.T) {
	_, err := opened(t).Opinion(t.Context(), coherence.Options{Plans: []plan.ID{"plan:none"}})
	if plan.CodeOf(err) != plan.NotFound || !strings.Contains(err.Error(), "plan:none") {
		t.Errorf("%v, wanted NOT_FOUND of plan:none", err)
	}
}
