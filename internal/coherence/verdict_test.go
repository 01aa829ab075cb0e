package coherence

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestVerdict(t *testing.T) {
	conflict, consistent := plan.NoConflict, plan.Consistent
	type said struct {
		dimension plan.Dimension
		outcome   Outcome
		severity  plan.Severity
	}
	tests := []struct {
		name string
		said []said
		want VerdictOutcome
	}{
		{"nothing", nil, Unchecked},
		{"nothing applies", []said{{conflict, NotApplicable, ""}}, Unchecked},
		{"all open", []said{{conflict, Open, ""}, {consistent, Open, ""}}, Unchecked},
		{"a blocker of conflict", []said{{conflict, Pass, ""}, {conflict, Fail, plan.Blocker}}, Conflict},
		{"an error of conflict", []said{{conflict, Fail, plan.SevError}}, Conflict},
		{"conflict before inconsistency", []said{{consistent, Fail, plan.SevError}, {conflict, Fail, plan.SevError}}, Conflict},
		{"an error of consistency", []said{{conflict, Pass, ""}, {consistent, Fail, plan.SevError}}, Inconsistent},
		{"a warning and nothing that agrees", []said{{conflict, Fail, plan.Warning}, {conflict, NotComparable, ""}}, Inconsistent},
		{"a warning beside what agrees", []said{{conflict, Fail, plan.Warning}, {conflict, Pass, ""}}, Coherent},
		{"nothing compares", []said{{conflict, NotComparable, ""}, {conflict, Open, ""}}, Incomparable},
		{"no target compares, a link is in order", []said{{conflict, NotComparable, ""}, {consistent, Pass, ""}}, Incomparable},
		{"targets all open, a link is in order", []said{{conflict, Open, ""}, {consistent, Pass, ""}}, Unchecked},
		{"a link in order", []said{{consistent, Pass, ""}}, Coherent},
		{"something agrees", []said{{conflict, Pass, ""}, {conflict, NotComparable, ""}}, Coherent},
		{"something agrees, with a remark", []said{{conflict, Pass, plan.Info}}, Coherent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			r.plan("a")
			r.plan("b")
			var rules []*Rule
			for _, d := range []plan.Dimension{conflict, consistent} {
				rules = append(rules, &Rule{ID: string(d), Dimension: d, Scopes: []ScopeKind{PlanScope}, Check: func(f *Facts, r *Report) {
					if f.Scope.ID != "plan:a" {
						return
					}
					for i, s := range tt.said {
						if s.dimension != d {
							continue
						}
						a := Answer{A: "plan:b", B: "plan:a", Outcome: s.outcome, Subjects: []plan.ID{plan.MakeID("target", "a", string(rune('0'+i)))}}
						if s.severity != "" {
							a.Finding = &plan.Finding{Severity: s.severity}
						}
						r.Answer(a)
					}
				}})
			}
			run := r.check(Options{Rules: rules})
			v := run.Verdict("plan:a", "plan:b")
			if v.Outcome != tt.want {
				t.Errorf("verdict is %s, want %s", v.Outcome, tt.want)
			}
			if v.Executable != nil || v.Complementary != nil {
				t.Error("something was assessed that no rule speaks of")
			}
			back := run.Verdict("plan:b", "plan:a")
			back.A, back.B = back.B, back.A
			if diff := cmp.Diff(v, back); diff != "" {
				t.Errorf("the verdict depends on the order of the plans: %s", diff)
			}
		})
	}
}

func TestExecutableAndComplementary(t *testing.T) {
	tests := []struct {
		name                      string
		dimension                 plan.Dimension
		outcome                   Outcome
		severity                  plan.Severity
		executable, complementary any
	}{
		{"executable", plan.Executable, Pass, "", true, nil},
		{"executable with a warning", plan.Executable, Fail, plan.Warning, true, nil},
		{"not executable", plan.Executable, Fail, plan.SevError, false, nil},
		{"not assessed", plan.Executable, Open, "", nil, nil},
		{"complementary", plan.Complementary, Pass, "", nil, true},
		{"not complementary", plan.Complementary, Fail, plan.Warning, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			r.plan("a")
			r.plan("b")
			rule := &Rule{ID: "X", Dimension: tt.dimension, Scopes: []ScopeKind{PlanScope}, Check: func(f *Facts, r *Report) {
				a := Answer{A: "plan:a", B: "plan:b", Outcome: tt.outcome, Subjects: []plan.ID{f.Scope.ID}}
				if tt.severity != "" {
					a.Finding = &plan.Finding{Severity: tt.severity}
				}
				r.Answer(a)
			}}
			v := r.check(Options{Rules: []*Rule{rule}}).Verdict("plan:a", "plan:b")
			if diff := cmp.Diff([]any{tt.executable, tt.complementary}, []any{value(v.Executable), value(v.Complementary)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func value(b *bool) any {
	if b == nil {
		return nil
	}
	return *b
}
