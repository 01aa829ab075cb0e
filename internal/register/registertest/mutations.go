package registertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"xianjie/graph"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// changed is the answer of a mutation that is called "it".
type changed struct {
	Data struct {
		It *struct {
			Revision int
			Opened   []struct{ ID, Message string }
			Closed   []string
			Objects  []struct {
				ID      string
				Version int
				// of a link
				State, Suspect, ReviewedAt, ReviewedBy, ReviewNote, FromReviewed, ToReviewed string
			}
			Added, Changed int
			Links          []struct{ ID, Type, From, To, Before, After, Suspect string } // of a preview
		}
	}
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct {
			Code    string
			Path    string
			Current []struct {
				ID      string
				Version int
				Content map[string]any
			}
			Errors []struct{ Path, Message string }
		}
	}
}

// asking asks one register in GraphQL.
type asking struct {
	t    *testing.T
	exec graphql.GraphExecutor
}

func ask(t *testing.T, s store.Store) asking {
	return asking{t, graph.New(register.New(s), graph.Options{Limits: graph.DefaultLimits(), Version: "test"})}
}

func (a asking) do(query string, variables map[string]any) changed {
	a.t.Helper()
	text, err := graph.Ask(a.t.Context(), a.exec, graph.Question{Query: query, Variables: variables})
	if text == nil {
		a.t.Fatal(err)
	}
	var answer changed
	if err := json.Unmarshal(text, &answer); err != nil {
		a.t.Fatalf("%v in %s", err, text)
	}
	return answer
}

// must asks for what succeeds.
func (a asking) must(query string, variables map[string]any) changed {
	a.t.Helper()
	answer := a.do(query, variables)
	if len(answer.Errors) > 0 || answer.Data.It == nil {
		a.t.Fatalf("%s: %+v", query, answer.Errors)
	}
	return answer
}

// refused asks for what fails with a code and a message that says so.
func (a asking) refused(code plan.Code, says, query string, variables map[string]any) changed {
	a.t.Helper()
	answer := a.do(query, variables)
	if len(answer.Errors) != 1 || answer.Errors[0].Extensions.Code != string(code) || !strings.Contains(answer.Errors[0].Message, says) {
		a.t.Fatalf("%s: saw %+v, wanted %s with %q", query, answer.Errors, code, says)
	}
	return answer
}

const (
	applying = `mutation($changes: [ChangeInput!]!, $key: String) {it: apply(changes: $changes, idempotencyKey: $key, by: "张三", note: "起草") {revision opened {id message} closed objects {id version}}}`
	aiming   = `mutation($t: TargetInput!, $v: Int, $key: String) {it: upsertTarget(input: $t, expectedVersion: $v, idempotencyKey: $key) {revision opened {id message} closed objects {id version}}}`
	removing = `mutation($id: ID!, $cascade: Boolean, $v: Int) {it: remove(id: $id, cascade: $cascade, expectedVersion: $v) {revision opened {id} closed objects {id version}}}`
)

type input = map[string]any

func target(owner, value string) input {
	return input{"id": "target:" + owner + "/t", "plan": "plan:" + owner, "indicator": "indicator:x", "region": "region:r", "year": 2025, "nature": "BINDING", "quantity": value}
}

func twoPlans() []any {
	changes := []any{
		input{"region": input{"id": "region:r", "name": "某省", "type": "ADMINISTRATIVE", "level": "PROVINCIAL"}},
		input{"indicator": input{"id": "indicator:x", "name": "森林覆盖率", "unit": "%", "trend": "UP"}},
	}
	for _, code := range []string{"a", "b"} {
		changes = append(changes, input{"plan": input{
			"id": "plan:" + code, "title": "规划" + code, "level": "PROVINCIAL", "category": "SPECIAL", "form": "PLAN", "status": "ISSUED", "region": "region:r",
		}}, input{"target": target(code, "23.5 %")})
	}
	return changes
}

// Mutations asks for changes in GraphQL: what they write, say and refuse.
func Mutations(t *testing.T, s store.Store) {
	a := ask(t, s)
	made := a.must(applying, input{"changes": twoPlans()})
	if it := made.Data.It; len(it.Objects) != 6 || it.Objects[3].ID != "target:a/t" || it.Objects[3].Version != 1 || len(it.Opened)+len(it.Closed) != 0 {
		t.Fatalf("saw %+v", it)
	}
	opened := a.must(aiming, input{"t": target("b", "24.1 %"), "v": 1, "key": "k1"})
	if it := opened.Data.It; len(it.Opened) != 1 || !strings.Contains(it.Opened[0].Message, "24.1") || it.Objects[0].Version != 2 || it.Revision <= made.Data.It.Revision {
		t.Fatalf("saw %+v, wanted a finding that opened", it)
	}
	finding := opened.Data.It.Opened[0].ID
	again := a.must(aiming, input{"t": target("b", "24.1 %"), "v": 1, "key": "k1"})
	if fmt.Sprint(again.Data.It) != fmt.Sprint(opened.Data.It) {
		t.Errorf("the same key answers %+v, wanted %+v", again.Data.It, opened.Data.It)
	}
	a.refused(plan.Conflict, "k1", aiming, input{"t": target("b", "24.2 %"), "key": "k1"})

	late := a.refused(plan.Conflict, "version 2", aiming, input{"t": target("b", "25 %"), "v": 1})
	if c := late.Errors[0].Extensions.Current; len(c) != 1 || c[0].ID != "target:b/t" || c[0].Version != 2 || c[0].Content["quantity.value"] != "24.1" {
		t.Errorf("the conflict shows %+v, wanted the target as it is", c)
	}
	answering(a, finding)
	a.refused(plan.Conflict, "target:a/t", removing, input{"id": "plan:a"})
	a.refused(plan.BadUserInput, "finding", removing, input{"id": finding, "cascade": true})
	closed := a.must(removing, input{"id": "plan:a", "cascade": true})
	if it := closed.Data.It; len(it.Closed) != 1 || it.Closed[0] != finding || len(it.Objects) != 0 {
		t.Errorf("saw %+v, wanted %s closed", it, finding)
	}

	before := a.must(applying, input{"changes": twoPlans()[:1]}).Data.It.Revision
	bad := a.refused(plan.BadUserInput, "1 more", applying, input{"changes": []any{
		input{"indicator": input{"id": "indicator:y", "name": "另一个", "unit": "斤"}},
		input{"plan": input{"id": "plan", "title": "x", "level": "COUNTY", "category": "SPECIAL", "form": "PLAN", "status": "ISSUED", "region": "region:none"}},
	}})
	if len(bad.Errors[0].Extensions.Errors) != 2 {
		t.Errorf("saw %+v, wanted all that is wrong", bad.Errors[0])
	}
	a.refused(plan.BadUserInput, "plan:nobody", applying, input{"changes": []any{
		input{"indicator": input{"id": "indicator:y", "name": "另一个"}}, input{"target": target("nobody", "1 %")},
	}})
	if after := a.must(applying, input{"changes": twoPlans()[:1]}).Data.It.Revision; after != before {
		t.Errorf("a refused set moved the register from %d to %d", before, after)
	}
	importing(a)
	linking(a)
}

func answering(a asking, finding string) {
	a.t.Helper()
	const text = `mutation($id: ID!, $d: Decision!, $reason: String, $until: Date, $v: Int) {it: answerFinding(id: $id, decision: $d, reason: $reason, until: $until, by: "某厅", expectedVersion: $v) {revision objects {id version ... on Finding {state}}}}`
	a.refused(plan.BadUserInput, "reason", text, input{"id": finding, "d": "REJECTED"})
	a.refused(plan.BadUserInput, "until", text, input{"id": finding, "d": "REJECTED", "reason": "口径不同", "until": "昨天"})
	a.refused(plan.NotFound, "finding:r01-0", text, input{"id": "finding:r01-0", "d": "ACCEPTED"})
	if it := a.must(text, input{"id": finding, "d": "ACCEPTED", "v": 1}).Data.It; len(it.Objects) != 1 || it.Objects[0].Version != 2 {
		a.t.Errorf("saw %+v, wanted the finding with its answer", it)
	}
	late := a.refused(plan.Conflict, "version", text, input{"id": finding, "d": "REJECTED", "reason": "口径不同", "v": 1})
	if c := late.Errors[0].Extensions.Current; len(c) != 1 || c[0].Content["answer.decision"] != "ACCEPTED" {
		a.t.Errorf("the conflict shows %+v, wanted the answer that stands", c)
	}
}

func importing(a asking) {
	a.t.Helper()
	const text = `mutation($d: String!, $dry: Boolean) {it: importPlans(document: $d, name: "c.yaml", dryRun: $dry, by: "李四") {added changed outcome {revision opened {id}}}}`
	document := `
plan: {code: c, title: 规划c, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: r}
targets: [{code: t, indicator: x, region: r, year: 2025, value: 25 %, nature: BINDING}]
`
	if it := a.must(text, input{"d": document, "dry": true}).Data.It; it.Added != 2 {
		a.t.Errorf("saw %+v, wanted 2 objects that would be added", it)
	}
	if it := a.must(text, input{"d": document}).Data.It; it.Added != 2 {
		a.t.Errorf("saw %+v, wanted 2 objects that were added", it)
	}
	a.refused(plan.BadUserInput, "c.yaml:3:", text, input{"d": strings.Replace(document, "value", "valeu", 1)})
}

func linking(a asking) {
	a.t.Helper()
	const (
		fields = `objects {id version ... on Link {state suspect reviewedAt reviewedBy reviewNote fromReviewed toReviewed}}`
		upsert = `mutation($l: LinkInput!, $v: Int) {it: upsertLink(input: $l, expectedVersion: $v) {revision ` + fields + `}}`
		review = `mutation($id: ID!, $by: String!, $note: String, $on: Date, $v: Int) {it: reviewLink(id: $id, by: $by, note: $note, on: $on, expectedVersion: $v) {revision ` + fields + `}}`
	)
	id := string(plan.LinkID(plan.Obeys, "plan:b", "plan:c"))
	given := func(more input) input {
		l := input{"type": "OBEYS", "from": "plan:b", "to": "plan:c"}
		for name, value := range more {
			l[name] = value
		}
		return input{"l": l}
	}
	as := func(what string, answer changed, version int, state, suspect string) {
		a.t.Helper()
		o := answer.Data.It.Objects
		if len(o) != 1 || o[0].ID != id || o[0].Version != version || o[0].State != state || o[0].Suspect != suspect || (o[0].FromReviewed != "") != (state != "UNREVIEWED") {
			a.t.Errorf("%s: saw %+v, wanted version %d, %s %s", what, o, version, state, suspect)
		}
	}
	as("a new link", a.must(upsert, given(nil)), 1, "UNREVIEWED", "")
	reviewed := a.must(review, input{"id": id, "by": "某厅", "note": "一致", "on": "2024-05", "v": 1})
	as("a review", reviewed, 2, "REVIEWED", "")
	if o := reviewed.Data.It.Objects[0]; o.ReviewedAt != "2024-05" || o.ReviewedBy != "某厅" || o.ReviewNote != "一致" || len(o.ToReviewed) != 32 {
		a.t.Errorf("saw %+v, wanted the review", o)
	}
	late := a.refused(plan.Conflict, "version", review, input{"id": id, "by": "乙", "v": 1})
	if c := late.Errors[0].Extensions.Current; len(c) != 1 || c[0].ID != id || c[0].Version != 2 || c[0].Content["reviewedBy"] != "某厅" {
		a.t.Errorf("the conflict shows %+v, wanted the link as it is", c)
	}
	a.refused(plan.NotFound, "link", review, input{"id": id[:len(id)-1] + "z", "by": "乙"})
	a.refused(plan.BadUserInput, "plan:b", review, input{"id": "plan:b", "by": "乙"})
	a.refused(plan.BadUserInput, "future", review, input{"id": id, "by": "乙", "on": "2190"})
	a.refused(plan.BadUserInput, "who", review, input{"id": id, "by": ""})
	preview := a.must(`query($t: TargetInput!) {it: whatIf(changes: [{target: $t}]) {revision links {id type from to before after suspect}}}`, input{"t": target("c", "26 %")})
	if l := preview.Data.It.Links; len(l) != 1 || l[0].ID != id || l[0].Type != "OBEYS" || l[0].To != "plan:c" || l[0].Before != "REVIEWED" || l[0].After != "SUSPECT" || l[0].Suspect != "FROM" {
		a.t.Errorf("a change of an end is foreseen to do %+v", l)
	}
	a.must(aiming, input{"t": target("c", "26 %")})
	as("an upsert of a link that has become suspect", a.must(upsert, given(input{"article": "第十三条"})), 4, "SUSPECT", "FROM")
	as("an upsert that says it was reviewed then", a.must(upsert, given(input{"article": "第十三条", "state": "REVIEWED", "reviewedAt": "2024-05"})), 4, "SUSPECT", "FROM")
	if answer := a.do(upsert, given(input{"toReviewed": "0"})); len(answer.Errors) == 0 || answer.Data.It != nil {
		a.t.Errorf("a forged fingerprint gives %+v", answer.Data.It)
	}
	as("a second review", a.must(review, input{"id": id, "by": "某厅", "v": 4}), 5, "REVIEWED", "")
	as("a review taken back", a.must(upsert, given(input{"state": "UNREVIEWED"})), 6, "UNREVIEWED", "")
}

// TwoEditors lets two editors change one target at once, many times: one of them wins, and the other is told what stands now.
func TwoEditors(t *testing.T, one, two store.Store, rounds int) {
	editors := []asking{ask(t, one), ask(t, two)}
	editors[0].must(applying, input{"changes": twoPlans()})
	for round := range rounds {
		var answers [2]changed
		var wg sync.WaitGroup
		for i, e := range editors {
			wg.Go(func() {
				text, _ := graph.Ask(context.WithoutCancel(t.Context()), e.exec, graph.Question{Query: aiming, Variables: input{
					"t": target("a", fmt.Sprintf("%d.%d %%", 20+round, i)), "v": round + 1,
				}})
				_ = json.Unmarshal(text, &answers[i]) // an answer that is none has neither data nor errors
			})
		}
		wg.Wait()
		winners := 0
		for _, a := range answers {
			switch {
			case a.Data.It != nil && len(a.Errors) == 0:
				winners++
			case len(a.Errors) == 1 && a.Errors[0].Extensions.Code == string(plan.Conflict):
				if c := a.Errors[0].Extensions.Current; len(c) != 1 || c[0].Version != round+2 {
					t.Fatalf("round %d: the conflict shows %+v, wanted version %d", round, c, round+2)
				}
			default:
				t.Fatalf("round %d: saw %+v", round, a)
			}
		}
		if winners != 1 {
			t.Fatalf("round %d: %d editors won, wanted 1", round, winners)
		}
	}
}
