package coherence

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestCatalogue(t *testing.T) {
	last := ""
	for _, r := range Rules() {
		t.Run(r.ID, func(t *testing.T) {
			if r.ID <= last {
				t.Errorf("stands behind %s", last)
			}
			last = r.ID
			for name, text := range map[string]string{
				"name": r.Name, "title": r.Title, "dimension": string(r.Dimension), "severity": string(r.Severity),
				"compares": r.Doc.Compares, "failsWhen": r.Doc.FailsWhen, "severityReason": r.Doc.SeverityReason,
			} {
				if text == "" {
					t.Errorf("%s is empty", name)
				}
			}
			if len(r.scopes()) == 0 || (r.Check != nil) != (len(r.Scopes) > 0) {
				t.Error("it is not said which scopes it is asked about")
			}
			if len(r.Doc.Basis) == 0 {
				t.Error("no basis")
			}
			answers := map[Outcome]int{}
			for _, e := range r.Doc.Examples {
				got, err := r.Try(e)
				if err != nil {
					t.Fatal(err)
				}
				answers[got.Answer]++
				if got.Answer != e.Answer || got.Message == "" && e.Answer != Pass || e.Given == "" {
					t.Errorf("example %q answers %s %q, want %s", e.Given, got.Answer, got.Message, e.Answer)
				}
				complete(t, check(t, e.Objects(), Options{Rules: []*Rule{r}}).Findings)
			}
			if answers[Fail] == 0 || answers[Pass] == 0 || answers[NotComparable]+answers[Open] == 0 {
				t.Errorf("examples answer %v, want one that fails, one that passes and one that can't be compared", answers)
			}
		})
	}
}

// complete holds findings to what every one must carry.
func complete(t *testing.T, findings []*plan.Finding) {
	t.Helper()
	for _, f := range findings {
		if len(f.Evidence) == 0 || len(f.Explanation) < 4 || f.Message == "" || f.Yields.Reason == "" || len(f.About) == 0 || slices.ContainsFunc(f.About, isPlans) != (len(f.Plans) > 0) {
			t.Errorf("finding %s is incomplete: %+v", f.ID, f)
		}
		for _, e := range f.Evidence {
			if e.Object == "" || e.Field == "" || e.Published == "" {
				t.Errorf("evidence of %s is incomplete: %+v", f.ID, e)
			}
		}
		order := map[string]int{stepFacts: 1, stepNumbers: 2, stepRule: 3, stepNorm: 4, stepYields: 5}
		last := 0
		for _, s := range f.Explanation {
			if order[s.Step] < last || order[s.Step] == 0 || s.Text == "" {
				t.Errorf("step %s %q of %s is out of order or empty", s.Step, s.Text, f.ID)
			}
			last = order[s.Step]
		}
		if last != 5 {
			t.Errorf("the explanation of %s doesn't end with who yields", f.ID)
		}
	}
}

// isPlans says whether an object is a plan or states that it belongs to one: plan:a, target:a/x, observation:a/x.
func isPlans(id plan.ID) bool {
	return strings.HasPrefix(string(id), "plan:") || strings.Contains(string(id), "/")
}

func TestExplain(t *testing.T) {
	text, err := Explain("r02")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"R02", "peer-target-mismatch", "何时不通过 When it fails", "《草原法》第20条", "不通过 FAIL：指标“单位GDP能耗”", "通过 PASS", "不可比 NOT_COMPARABLE"} {
		if !strings.Contains(text, want) {
			t.Errorf("explanation doesn't say %q:\n%s", want, text)
		}
	}
	if _, err := Explain("R99"); plan.CodeOf(err) != plan.NotFound || !strings.Contains(err.Error(), "R01") {
		t.Errorf("R99 answers %v", err)
	}
}

func TestRulesNamed(t *testing.T) {
	all, err := RulesNamed()
	if err != nil || len(all) != len(Rules()) {
		t.Errorf("%d rules, %v", len(all), err)
	}
	some, err := RulesNamed("r15", "R01")
	if err != nil || len(some) != 2 || some[0].ID != "R15" {
		t.Errorf("picked %v, %v", idsOf(some), err)
	}
	if _, err := RulesNamed("R01", "X1", "X2"); plan.CodeOf(err) != plan.BadUserInput || !strings.Contains(err.Error(), "X2") {
		t.Errorf("unknown rules answer %v", err)
	}
}

func TestCheckStops(t *testing.T) {
	r := newRegister(t, plan.Up)
	r.plan("a", figure{value: "10 %"})
	frame, memory := NewFrame(r.objects), NewMemory(r.objects)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Check(cancelled, frame, memory, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled check answers %v", err)
	}
	broken := errors.New("no such file")
	if _, err := Check(context.Background(), frame, failing{memory, broken}, Options{}); !errors.Is(err, broken) {
		t.Errorf("a broken source answers %v", err)
	}
	bad := &Rule{ID: "R99", Scopes: []ScopeKind{PlanScope}, Check: func(*Facts, *Report) { panic("nil map") }}
	if _, err := Check(context.Background(), frame, memory, Options{Rules: []*Rule{bad}}); plan.CodeOf(err) != plan.Internal || !strings.Contains(err.Error(), "R99") {
		t.Errorf("a rule that panics answers %v", err)
	}
}

// failing is a source that can't be read.
type failing struct {
	*Memory
	err error
}

func (f failing) Objects(context.Context, Want) ([]plan.Object, error) { return nil, f.err }

func TestOptions(t *testing.T) {
	r := newRegister(t, plan.Up)
	for code, value := range map[string]string{"a": "10 %", "b": "20 %", "c": "qualitative: 改善", "d": "30 %"} {
		r.plan(code, figure{value: value})
	}
	var done, of int
	whole := r.check(Options{Progress: func(d, o int) { done, of = d, o }})
	if done != whole.Scopes || of != done || done < 5 {
		t.Errorf("progress %d of %d, %d scopes, want at least the indicator and four plans", done, of, whole.Scopes)
	}
	part := r.check(Options{Plans: []plan.ID{"plan:b"}})
	for _, other := range []plan.ID{"plan:a", "plan:c", "plan:d"} {
		if diff := cmp.Diff(whole.Verdict("plan:b", other), part.Verdict("plan:b", other)); diff != "" {
			t.Errorf("narrowed to b, the verdict with %s differs: %s", other, diff)
		}
	}
	if got := part.Verdict("plan:a", "plan:d").Outcome; got != Unchecked {
		t.Errorf("a pair that was not asked for is %s", got)
	}
	capped := r.check(Options{Details: 1})
	if len(capped.NotChecked) != 1 || capped.Dropped != len(whole.NotChecked)-1 || capped.Counts != whole.Counts {
		t.Errorf("capped: %d kept, %d dropped of %d, counts %+v", len(capped.NotChecked), capped.Dropped, len(whole.NotChecked), capped.Counts)
	}
}

func TestFingerprint(t *testing.T) {
	a, b := Fingerprint("R02", "target:a/x", "target:b/x"), Fingerprint("R02", "target:b/x", "target:a/x")
	if a != b || !a.Valid() || !strings.HasPrefix(string(a), "finding:r02-") {
		t.Errorf("%s and %s", a, b)
	}
	seen := map[plan.ID]bool{a: true}
	for _, other := range []plan.ID{Fingerprint("R01", "target:a/x", "target:b/x"), Fingerprint("R02", "target:a/x"), Fingerprint("R02", "target:a/x", "target:b/y")} {
		if seen[other] {
			t.Errorf("%s twice", other)
		}
		seen[other] = true
	}
}
