package graph

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

// grown is a register of three revisions: a region and a plan, the plan and the region renamed, and the plan removed.
func grown(t *testing.T) (store.Store, *register.Register) {
	t.Helper()
	s, err := sqlite.OpenTemporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, cs := range []plan.ChangeSet{
		{Ops: []plan.Op{{Upsert: aRegion("内蒙古")}, {Upsert: aPlan("征求意见稿")}}},
		{Actor: "张三", Note: "更名", Ops: []plan.Op{{Upsert: aRegion("内蒙古自治区")}, {Upsert: aPlan("规划")}}},
		{Actor: "李四", Ops: []plan.Op{{Remove: "plan:a"}}},
	} {
		if _, err := s.Apply(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	return s, register.New(s, register.LookEvery(time.Millisecond))
}

func aRegion(name string) *plan.Region {
	return &plan.Region{Meta: plan.Meta{ID: "region:n", Code: "n"}, Name: name, Type: plan.Administrative, Level: plan.Provincial}
}

func aPlan(title string) *plan.Plan {
	return &plan.Plan{
		Meta: plan.Meta{ID: "plan:a", Code: "a"}, Title: title, Level: plan.Provincial, Category: plan.Special, Form: plan.FormPlan, Status: plan.Issued,
		Region: "region:n",
	}
}

func TestLog(t *testing.T) {
	_, r := grown(t)
	exec := New(r, unlimited)
	for _, c := range []struct{ name, query, want string }{
		{
			"history", `history(id: "plan:a") {revision actor note action fields {field before after}}`,
			`[{"revision":3,"actor":"李四","note":null,"action":"REMOVED","fields":` + fields("规划", "") + `},` +
				`{"revision":2,"actor":"张三","note":"更名","action":"CHANGED","fields":[{"field":"title","before":["征求意见稿"],"after":["规划"]}]},` +
				`{"revision":1,"actor":null,"note":null,"action":"CREATED","fields":` + fields("", "征求意见稿") + `}]`,
		},
		{"a page of history", `history(id: "plan:a", first: 1, before: 3) {revision}`, `[{"revision":2}]`},
		{"before and after", `history(id: "region:n", first: 1) {before after}`, `[{` +
			`"before":"{\"id\":\"region:n\",\"code\":\"n\",\"name\":\"内蒙古\",\"type\":\"ADMINISTRATIVE\",\"level\":\"PROVINCIAL\"}",` +
			`"after":"{\"id\":\"region:n\",\"code\":\"n\",\"name\":\"内蒙古自治区\",\"type\":\"ADMINISTRATIVE\",\"level\":\"PROVINCIAL\"}"}]`},
		{"history of nothing", `history(id: "plan:nothing") {revision}`, `[]`},
		{
			"changes", `changes(after: 1) {revision actor complete changes {id kind removed}}`,
			`[{"revision":2,"actor":"张三","complete":true,"changes":[{"id":"region:n","kind":"REGION","removed":false},{"id":"plan:a","kind":"PLAN","removed":false}]},` +
				`{"revision":3,"actor":"李四","complete":true,"changes":[{"id":"plan:a","kind":"PLAN","removed":true}]}]`,
		},
		{"a page of changes", `changes(after: 0, first: 1) {revision}`, `[{"revision":1}]`},
		{"no more changes", `changes(after: 3) {revision}`, `[]`},
		{
			"the past", `node(id: "plan:a", asOf: 1) {id version ... on Plan {title region {name version}}}`,
			`{"id":"plan:a","version":1,"title":"征求意见稿","region":{"name":"内蒙古","version":1}}`,
		},
		{
			"the past behind a change", `node(id: "plan:a", asOf: 2) {version ... on Plan {title region {name}}}`,
			`{"version":2,"title":"规划","region":{"name":"内蒙古自治区"}}`,
		},
		{"behind its removal", `node(id: "plan:a", asOf: 3) {id}`, `null`},
		{"now", `node(id: "plan:a", asOf: null) {id}`, `null`},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := run(t, exec, `{a: `+c.query+`}`, nil)
			if diff := cmp.Diff(`{"a":`+c.want+`}`, string(resp.Data)); diff != "" || len(resp.Errors) > 0 {
				t.Errorf("%v -want +got\n%s", resp.Errors, diff)
			}
		})
	}
}

// fields are the changes of a plan's members when it comes or goes.
func fields(before, after string) string {
	var all []string
	for _, f := range [][2]string{
		{"code", "a"}, {"title", before + after}, {"level", "PROVINCIAL"}, {"category", "SPECIAL"}, {"form", "PLAN"}, {"status", "ISSUED"}, {"region", "region:n"},
	} {
		was, is := `["`+f[1]+`"]`, `[]`
		if after != "" {
			was, is = is, was
		}
		all = append(all, `{"field":"`+f[0]+`","before":`+was+`,"after":`+is+`}`)
	}
	return "[" + strings.Join(all, ",") + "]"
}

func TestLogErrors(t *testing.T) {
	_, r := grown(t)
	exec := New(r, Options{Limits: DefaultLimits(), Log: slog.New(slog.DiscardHandler)})
	for _, c := range []struct {
		name, query string
		code        plan.Code
	}{
		{"changes of the future", `changes(after: 4) {revision}`, plan.BadUserInput},
		{"changes before all", `changes(after: -1) {revision}`, plan.BadUserInput},
		{"too many changes", `changes(after: 0, first: 501) {revision}`, plan.BadUserInput},
		{"too much history", `history(id: "plan:a", first: 501) {revision}`, plan.BadUserInput},
		{"history before all", `history(id: "plan:a", before: 0) {revision}`, plan.BadUserInput},
		{"the future", `node(id: "plan:a", asOf: 4) {id}`, plan.BadUserInput},
		{"before all", `node(id: "plan:a", asOf: 0) {id}`, plan.BadUserInput},
		{"a connection of the past", `node(id: "plan:a", asOf: 1) {... on Plan {targets {totalCount}}}`, plan.Unsupported},
		{"links of the past", `node(id: "plan:a", asOf: 1) {... on Plan {region {plans {totalCount}}}}`, plan.Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := run(t, exec, `{a: `+c.query+`}`, nil)
			if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != string(c.code) {
				t.Errorf("saw %v, wanted one error of %s", resp.Errors, c.code)
			}
		})
	}
}

// subscribe starts a subscription; each call gives the next response, nil at the end.
func subscribe(ctx context.Context, t *testing.T, exec graphql.GraphExecutor, text string) func() *graphql.Response {
	t.Helper()
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: text})
	if errs != nil {
		return func() *graphql.Response { return exec.DispatchError(graphql.WithOperationContext(ctx, op), errs) }
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	return func() *graphql.Response { return next(ctx) }
}

func TestChangesSubscription(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, r := grown(t)
	ctx, stop := context.WithCancel(t.Context())
	exec := New(r, unlimited)
	resumed := subscribe(ctx, t, exec, `subscription {c: changes(after: 1) {revision changes {id}}}`)
	fresh := subscribe(ctx, t, exec, `subscription {changes {revision actor}}`)
	for _, want := range []string{
		`{"c":{"revision":2,"changes":[{"id":"region:n"},{"id":"plan:a"}]}}`, `{"c":{"revision":3,"changes":[{"id":"plan:a"}]}}`,
	} {
		if got := string(resumed().Data); got != want {
			t.Errorf("resumed: saw %s, wanted %s", got, want)
		}
	}
	if _, err := s.Apply(ctx, plan.ChangeSet{Actor: "王五", Ops: []plan.Op{{Upsert: aPlan("再立")}}}); err != nil {
		t.Fatal(err)
	}
	if got, want := string(resumed().Data), `{"c":{"revision":4,"changes":[{"id":"plan:a"}]}}`; got != want {
		t.Errorf("resumed: saw %s, wanted %s", got, want)
	}
	if got, want := string(fresh().Data), `{"changes":{"revision":4,"actor":"王五"}}`; got != want {
		t.Errorf("without a revision: saw %s, wanted %s", got, want)
	}
	stop()
	for _, next := range []func() *graphql.Response{resumed, fresh} {
		if resp := next(); resp != nil {
			t.Errorf("saw %s behind the end, wanted nothing", resp.Data)
		}
	}
}

func TestFindingsSubscription(t *testing.T) {
	s, r := grown(t)
	finding := func(message string, state plan.FindingState) plan.Op {
		return plan.Op{Upsert: &plan.Finding{
			Meta: plan.Meta{ID: "finding:f", Code: "f"}, Rule: "R01", Severity: plan.Warning, Dimension: plan.NoConflict, State: state, Message: message, Plans: []plan.ID{"plan:a"},
		}}
	}
	for _, op := range []plan.Op{
		{Upsert: aPlan("规划")}, finding("甲", plan.FindingOpen), finding("甲", plan.FindingAnswered), finding("甲", plan.FindingGone), {Upsert: aRegion("内蒙")},
		finding("乙", plan.FindingOpen), {Remove: "finding:f"},
	} {
		if _, err := s.Apply(t.Context(), plan.ChangeSet{Ops: []plan.Op{op}}); err != nil {
			t.Fatal(err)
		}
	}
	next := subscribe(t.Context(), t, New(r, unlimited), `subscription {
		findingsChanged(plans: ["plan:a"], after: 4) {revision complete opened {id rule severity dimension state message plans} changed {state} closed {message}}
	}`)
	summary := func(message string) string {
		return `{"id":"finding:f","rule":"R01","severity":"WARNING","dimension":"NO_CONFLICT","state":"OPEN","message":"` + message + `","plans":["plan:a"]}`
	}
	for _, want := range []string{
		`{"revision":5,"complete":true,"opened":[` + summary("甲") + `],"changed":[],"closed":[]}`,
		`{"revision":6,"complete":true,"opened":[],"changed":[{"state":"ANSWERED"}],"closed":[]}`,
		`{"revision":7,"complete":true,"opened":[],"changed":[],"closed":[{"message":"甲"}]}`,
		`{"revision":9,"complete":true,"opened":[` + summary("乙") + `],"changed":[],"closed":[]}`,
		`{"revision":10,"complete":true,"opened":[],"changed":[],"closed":[{"message":"乙"}]}`,
	} {
		if got := string(next().Data); got != `{"findingsChanged":`+want+`}` {
			t.Errorf("saw %s, wanted %s", got, want)
		}
	}
}

func TestSubscriptionErrors(t *testing.T) {
	_, r := grown(t)
	exec := New(r, Options{Limits: Limits{Depth: 3, Aliases: 2, Complexity: 10}, Log: slog.New(slog.DiscardHandler)})
	for _, c := range []struct {
		name, query string
		code        plan.Code
	}{
		{"a revision of the future", `changes(after: 4) {revision}`, plan.BadUserInput},
		{"a plan that is not there", `findingsChanged(plans: ["plan:b"]) {revision}`, plan.NotFound},
		{"what is no plan", `findingsChanged(plans: ["region:n"]) {revision}`, plan.BadUserInput},
		{"two roots", `changes {revision} findingsChanged {revision}`, plan.BadUserInput},
		{"too many aliases", `changes {a: revision b: revision c: revision}`, plan.TooManyAliases},
		{"too many fields", `changes {revision at actor note complete changes {id kind removed after __typename}}`, plan.ComplexityLimit},
	} {
		t.Run(c.name, func(t *testing.T) {
			next := subscribe(t.Context(), t, exec, `subscription {`+c.query+`}`)
			resp := next()
			if resp == nil || resp.Data != nil || len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != string(c.code) {
				t.Errorf("saw %+v, wanted one error of %s", resp, c.code)
			}
		})
	}
}
