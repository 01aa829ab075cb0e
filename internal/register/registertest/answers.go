package registertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// KeepsAnswers gives answers to findings, by several registers on one store, and looks for them after everything that may befall a finding.
func KeepsAnswers(t *testing.T, s store.Store) {
	a := &answers{T: t, store: s, Register: register.New(s)}
	a.change(append(vocabulary(), a.plan("a"), a.plan("b"), a.target("a", "i0", "20 %"), a.target("b", "i0", "30 %"),
		a.target("a", "i1", "20 %"), a.target("b", "i1", "30 %"))...)
	first, second := a.about("indicator:i0"), a.about("indicator:i1")
	no := plan.Answer{Decision: plan.Rejected, Reason: "两个目标范围不同", By: "部门0 甲", Until: "2190"}

	version := first.Version
	a.answer(first.ID, no, &version)
	a.holds("an answer", first.ID, plan.FindingAnswered, no)
	a.checks("2190-12-31", first.ID, plan.FindingAnswered, no)
	a.checks("2191-01-01", first.ID, plan.FindingOpen, no)
	a.checks("2190-12-31", second.ID, plan.FindingOpen, plan.Answer{})
	if again := a.answer(first.ID, no, &version); len(again.Opened)+len(again.Closed) > 0 || again.Revision != a.revision() {
		t.Errorf("the same answer again did %+v", again)
	}
	if v := a.finding(first.ID).Version; v != version+1 {
		t.Errorf("the same answer again makes version %d, wanted %d", v, version+1)
	}

	a.refuses("an answer to what has changed", register.Answering{Finding: first.ID, Answer: plan.Answer{Decision: plan.Accepted, By: "乙"}, Expect: &version},
		plan.Conflict, string(first.ID)+".version")
	a.refuses("an answer to what never was", register.Answering{Finding: "finding:r02-0000000000000000", Answer: no}, plan.NotFound, "finding:r02-0000000000000000")
	a.refuses("an answer to a plan", register.Answering{Finding: "plan:a", Answer: no}, plan.BadUserInput, "plan:a")
	a.refuses("a second answer", register.Answering{Finding: second.ID, Answer: no}, plan.BadUserInput, string(second.ID))
	a.holds("a refused set", second.ID, plan.FindingOpen, plan.Answer{})

	a.change(a.target("a", "i2", "5 %"))
	a.Register = register.New(s)
	a.check()
	a.holds("a re-run and an edit elsewhere", first.ID, plan.FindingAnswered, no)

	a.change(a.target("b", "i0", "20 %"), a.target("b", "i1", "20 %"))
	a.holds("a finding that is gone", first.ID, plan.FindingGone, no)
	if f := a.finding(second.ID); f != nil {
		t.Errorf("a finding that is gone and was not answered is kept as %s", plan.Marshal(f))
	}
	yes := plan.Answer{Decision: plan.Accepted, By: "部门1 乙"}
	dry, err := a.AnswerFindings(t.Context(), []register.Answering{{Finding: second.ID, Answer: yes}}, register.AnswerOptions{DryRun: true})
	if diff := cmp.Diff(&register.Answered{Changed: 1, Gone: []plan.ID{second.ID}}, dry); diff != "" || err != nil {
		t.Errorf("a dry run: %v %s", err, diff)
	}
	if f := a.finding(second.ID); f != nil {
		t.Error("a dry run writes")
	}
	a.answer(second.ID, yes, &version)
	a.holds("an answer to what has gone", second.ID, plan.FindingGone, yes)
	a.Register = register.New(s)
	a.check()
	a.holds("a full check", second.ID, plan.FindingGone, yes)

	a.change(a.target("b", "i0", "30 %"), a.target("b", "i1", "30 %"))
	a.holds("a finding that is back", first.ID, plan.FindingAnswered, no)
	a.holds("another that is back", second.ID, plan.FindingAnswered, yes)
	a.race(first.ID, 5)
}

// checks has a check that stores nothing say of a finding how it is answered on a day.
func (a *answers) checks(day plan.Date, id plan.ID, state plan.FindingState, answer plan.Answer) {
	a.Helper()
	run, err := a.Evaluate(a.Context(), coherence.Options{Today: day})
	if err != nil {
		a.Fatal(err)
	}
	if err := a.Answered(a.Context(), run, day); err != nil {
		a.Fatal(err)
	}
	i := slices.IndexFunc(run.Findings, func(f *plan.Finding) bool { return f.ID == id })
	if i < 0 {
		a.Fatalf("a check on %s does not report %s", day, id)
	}
	if f := run.Findings[i]; f.State != state || f.Answer != answer {
		a.Errorf("a check on %s says %s %+v of %s, wanted %s %+v", day, f.State, f.Answer, id, state, answer)
	}
}

// race has two people answer one version of a finding at once, each through a register of their own: one wins, the other is told.
func (a *answers) race(id plan.ID, rounds int) {
	a.Helper()
	registers := []*register.Register{a.Register, register.New(a.store)}
	for round := range rounds {
		version := a.finding(id).Version
		results := make(chan error, len(registers))
		for i, r := range registers {
			go func() {
				_, err := r.AnswerFinding(a.Context(), id, plan.Answer{Decision: plan.Accepted, By: fmt.Sprint(round, " ", i)}, &version)
				results <- err
			}()
		}
		won := 0
		for range registers {
			switch err := <-results; {
			case err == nil:
				won++
			case plan.CodeOf(err) != plan.Conflict || !strings.HasPrefix(err.Error(), string(id)+".version: "):
				a.Errorf("round %d: the other is told %v", round, err)
			}
		}
		if now := a.finding(id).Version; won != 1 || now != version+1 {
			a.Errorf("round %d: %d won, version %d became %d", round, won, version, now)
		}
	}
}

type answers struct {
	*testing.T
	*register.Register
	store store.Store
}

func (a *answers) plan(code string) plan.Object {
	return &plan.Plan{
		Meta: meta("plan", code), Title: "规划" + code, Level: plan.Provincial, Category: plan.Special, Form: plan.FormPlan, Status: plan.Issued,
		IssuedAt: "2021-01", Region: "region:r1",
	}
}

func (a *answers) target(of, indicator, value string) plan.Object {
	a.Helper()
	q, err := quantity.Parse(value)
	if err != nil {
		a.Fatal(err)
	}
	return &plan.Target{
		Meta: meta("target", of, indicator), Quantity: q, Year: 2025, Nature: plan.Expected,
		Plan: plan.MakeID("plan", of), Indicator: plan.MakeID("indicator", indicator), Region: "region:r1",
	}
}

func (a *answers) change(objects ...plan.Object) {
	a.Helper()
	if _, err := a.Change(a.Context(), plan.ChangeSet{Ops: upserts(objects)}); err != nil {
		a.Fatal(err)
	}
}

func (a *answers) check() {
	a.Helper()
	if _, err := a.Check(a.Context(), nil); err != nil {
		a.Fatal(err)
	}
}

// about is the one R02 finding about an indicator.
func (a *answers) about(indicator plan.ID) *plan.Finding {
	a.Helper()
	for id := range stored(a.T, a.store) {
		if f := a.finding(id); strings.Contains(string(id), "r02") && slices.Contains(f.About, indicator) {
			return f
		}
	}
	a.Fatalf("no finding about %s", indicator)
	return nil
}

// finding is a stored one, with its version; nil when there is none.
func (a *answers) finding(id plan.ID) *plan.Finding {
	a.Helper()
	o, err := a.Opinion(a.Context(), coherence.Options{})
	if err != nil {
		a.Fatal(err)
	}
	return o.Findings[id]
}

func (a *answers) revision() plan.Revision {
	a.Helper()
	h, err := a.Health(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	return h.Revision
}

func (a *answers) answer(id plan.ID, answer plan.Answer, expect *int64) *register.Outcome {
	a.Helper()
	out, err := a.AnswerFinding(a.Context(), id, answer, expect)
	if err != nil {
		a.Fatal(err)
	}
	return out
}

func (a *answers) holds(after string, id plan.ID, state plan.FindingState, answer plan.Answer) {
	a.Helper()
	f := a.finding(id)
	if f == nil {
		a.Fatalf("after %s: %s is lost", after, id)
	}
	if f.State != state || f.Answer != answer {
		a.Errorf("after %s: %s %+v, wanted %s %+v", after, f.State, f.Answer, state, answer)
	}
	if text := stored(a.T, a.store)[id]; !strings.Contains(text, string(state)) {
		a.Errorf("after %s: the store has %s, wanted state %s", after, text, state)
	}
}

// refuses gives two answers of which one is refused, with the path that it names; then none is there.
func (a *answers) refuses(what string, bad register.Answering, code plan.Code, path string) {
	a.Helper()
	before := stored(a.T, a.store)
	good := register.Answering{Finding: a.about("indicator:i1").ID, Answer: plan.Answer{Decision: plan.Accepted, By: "丙"}}
	_, err := a.AnswerFindings(a.Context(), []register.Answering{good, bad}, register.AnswerOptions{})
	if plan.CodeOf(err) != code || !strings.HasPrefix(err.Error(), path+": ") {
		a.Errorf("%s: %v, wanted %s at %s", what, err, code, path)
	}
	if diff := cmp.Diff(before, stored(a.T, a.store)); diff != "" {
		a.Errorf("%s is refused and changes the store: %s", what, diff)
	}
}
