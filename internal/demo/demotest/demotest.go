// Package demotest owns what the published facts of the demonstration say of each other, as a table: every contradiction between public
// figures with the answer that the rules must give to it, and every pair that agrees. Run holds a store to it. It must not know how a store
// keeps objects nor how a rule comes to its answer.
package demotest

import (
	"slices"
	"strings"
	"testing"

	"xianjie/internal/coherence"
	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// row is what one rule must answer about some facts, within one scope.
type row struct {
	name     string
	facts    string // their ids, parted by spaces
	rule     string
	about    plan.ID // the scope: an indicator, or the plan whose links are looked at
	a, b     plan.ID // the pair of plans that the answer is about; without b, it is about no two plans
	answer   coherence.Outcome
	reason   coherence.ReasonCode // why the answer is neither PASS nor FAIL
	severity plan.Severity        // of the finding on it, "" = there must be none
}

// Run puts the demonstration into an empty store, and asks of it what the rules say about every row.
func Run(t *testing.T, s store.Store) {
	t.Helper()
	r := register.New(s)
	load(t, r)
	whole, err := r.Evaluate(t.Context(), coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range append(contradictions(), agreements()...) {
		t.Run(row.name, func(t *testing.T) {
			row.hold(t, r)
			row.findings(t, whole)
		})
	}
	for _, facts := range consistent() {
		t.Run("consistent "+facts, func(t *testing.T) { falseAlarms(t, whole, strings.Fields(facts)) })
	}
}

func load(t *testing.T, r *register.Register) {
	t.Helper()
	var docs []*document.Document
	for _, f := range demo.Documents() {
		d, errs := document.Parse(f.Name, f.Data)
		if errs != nil {
			t.Fatal(errs)
		}
		docs = append(docs, d)
	}
	if _, err := r.Import(t.Context(), document.Of(docs...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
}

// hold asks the row's rule about the row's scope alone, and wants its answer for its reason. The scope may hold other figures of the two
// plans, which answer for themselves, but none that fails unless the row does.
func (w row) hold(t *testing.T, r *register.Register) {
	t.Helper()
	rules, err := coherence.RulesNamed(w.rule)
	if err != nil {
		t.Fatal(err)
	}
	scope := coherence.Scope{Kind: coherence.IndicatorScope, ID: w.about}
	switch {
	case strings.HasPrefix(string(w.about), "plan:"):
		scope.Kind = coherence.PlanScope
	case slices.Contains(rules[0].Scopes, coherence.IdentityScope):
		scope.Kind = coherence.IdentityScope
	}
	run, err := r.Evaluate(t.Context(), coherence.Options{Rules: rules, Scopes: []coherence.Scope{scope}})
	if err != nil {
		t.Fatal(err)
	}
	counts := alone(run)
	if w.b != "" {
		counts = run.Verdict(w.a, w.b).Counts
	}
	given := map[coherence.Outcome]int{
		coherence.Pass: counts.Passed, coherence.Fail: counts.Failed, coherence.Open: counts.Open,
		coherence.NotComparable: counts.NotComparable, coherence.NotApplicable: counts.NotApplicable,
	}
	switch {
	case w.answer == "" && counts != (coherence.Counts{}):
		t.Errorf("%s answers %+v, want nothing", w.rule, counts)
	case w.answer != "" && given[w.answer] == 0, w.answer != coherence.Fail && counts.Failed > 0:
		t.Errorf("%s answers %+v, want %s", w.rule, counts, w.answer)
	case w.reason != "" && !w.reasoned(run):
		t.Errorf("%s doesn't answer %s for the reason %s", w.rule, w.answer, w.reason)
	}
}

// alone are the answers that are not about two plans.
func alone(run *coherence.Run) coherence.Counts {
	c := run.Counts
	for _, p := range run.Pairs() {
		v := run.Verdict(p[0], p[1]).Counts
		c.Passed -= v.Passed
		c.Failed -= v.Failed
		c.Open -= v.Open
		c.NotComparable -= v.NotComparable
		c.NotApplicable -= v.NotApplicable
	}
	return c
}

// reasoned says whether a run gave the row's answer for the row's reason.
func (w row) reasoned(run *coherence.Run) bool {
	if w.answer == coherence.NotApplicable {
		return slices.ContainsFunc(run.Verdict(w.a, w.b).Reasons, func(r coherence.VerdictReason) bool { return r.Code == w.reason })
	}
	return slices.ContainsFunc(run.NotChecked, func(n coherence.NotChecked) bool {
		pair := n.A == w.a && n.B == w.b || n.A == w.b && n.B == w.a
		return pair && n.Outcome == w.answer && n.Reason.Code == w.reason
	})
}

// findings wants exactly the row's finding among those of its rule that rest on its facts, or that are on its plans' link.
func (w row) findings(t *testing.T, run *coherence.Run) {
	t.Helper()
	var got []plan.Severity
	for _, f := range run.Findings {
		if f.Rule == w.rule && w.rests(f) {
			got = append(got, f.Severity)
		}
	}
	want := []plan.Severity{w.severity}
	if w.severity == "" {
		want = nil
	}
	if !slices.Equal(got, want) {
		t.Errorf("findings of %s are %v, want %v", w.rule, got, want)
	}
}

func (w row) rests(f *plan.Finding) bool {
	if strings.HasPrefix(string(w.about), "plan:") {
		return slices.Contains(f.Plans, w.a) && slices.Contains(f.Plans, w.b)
	}
	return within(f, strings.Fields(w.facts))
}

// within says whether a finding rests on at least one of some facts, and on no other.
func within(f *plan.Finding, facts []string) bool {
	for _, e := range f.Evidence {
		for _, ref := range strings.Fields(e.Ref) {
			if !slices.Contains(facts, ref) {
				return false
			}
		}
	}
	return len(f.Evidence) > 0
}

// falseAlarms wants no finding that says that some facts contradict each other, whichever rule it is of.
func falseAlarms(t *testing.T, run *coherence.Run, facts []string) {
	t.Helper()
	for _, f := range run.Findings {
		if (f.Dimension == plan.NoConflict || f.Dimension == plan.Consistent) && within(f, facts) {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
}
