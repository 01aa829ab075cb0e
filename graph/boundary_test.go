package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// Arguments that are at fault are refused with a code, the response key of the root field, and the
// place below it; other root fields answer.
func TestArgumentErrors(t *testing.T) {
	d := newDataset(t, testSchema(), 4, 5)
	exec := executorOf(d.open(t), unlimited)
	nestedFilter := func(n int) string { return strings.Repeat("{not:", n) + "{}" + strings.Repeat("}", n) }
	byTitle := query.Position{Values: []any{"a"}, ID: "plan:a"}.Cursor()
	many := `[` + strings.Repeat(`"plan:a",`, maxFilterList+1) + `]`
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		code        plan.Code
		path        string // below the root field
	}{
		{name: "cursor that is none", query: `p:plans(after:"x"){totalCount}`, code: plan.BadUserInput, path: "after"},
		{name: "cursor before", query: `p:plans(before:"WzFd"){totalCount}`, code: plan.BadUserInput, path: "before"},
		{name: "cursor of another order", query: `p:plans(after:"` + byTitle + `"){totalCount}`, code: plan.BadUserInput, path: "after"},
		{name: "cursor of the order", query: `p:plans(orderBy:{field:TITLE},after:"` + byTitle + `"){totalCount}`},
		{name: "cursor of a search", query: `p:search(text:"a",after:"` + byTitle + `"){totalCount}`, code: plan.BadUserInput, path: "after"},
		{name: "first and last", query: `p:plans(first:1,last:1){totalCount}`, code: plan.BadUserInput, path: "last"},
		{name: "deep below the root", query: `p:plans{nodes{a:region{t:targets(first:1,last:1){totalCount}}}}`, code: plan.BadUserInput, path: "nodes.a.t.last"},
		{name: "deep below edges", query: `p:plans{e:edges{n:node{targets(after:"x"){totalCount}}}}`, code: plan.BadUserInput, path: "e.n.targets.after"},
		{name: "unit that is none", query: `p:node(id:"target:a/b"){... on Target{q:quantity{c:converted(unit:"parsec")}}}`, code: plan.BadUserInput, path: "q.c.unit"},
		{name: "date that is none", query: `p:plans(filter:{issuedAt:{gte:"next year"}}){totalCount}`, code: plan.BadUserInput, path: "filter.issuedAt.gte"},
		{name: "filter too deep", query: `p:plans(filter:` + nestedFilter(maxFilterDepth+1) + `){totalCount}`, code: plan.ComplexityLimit, path: "filter" + strings.Repeat(".not", maxFilterDepth+1)},
		{name: "filter as deep as may be", query: `p:plans(filter:` + nestedFilter(maxFilterDepth) + `){totalCount}`},
		{name: "filter in a list", query: `p:plans(filter:{or:[{},{issuedAt:{eq:"x"}}]}){totalCount}`, code: plan.BadUserInput, path: "filter.or[1].issuedAt.eq"},
		{name: "filter of an edge", query: `p:plans(filter:{targets:{some:{plan:{periodEnd:{lt:"x"}}}}}){totalCount}`, code: plan.BadUserInput, path: "filter.targets.some.plan.periodEnd.lt"},
		{name: "too many ids in a filter", query: `p:plans(filter:$f){totalCount}`, variables: map[string]any{"f": map[string]any{"id": listOf(many)}}, code: plan.ComplexityLimit, path: "filter.id"},
		{name: "too many values in a filter", query: `p:plans(filter:$f){totalCount}`, variables: map[string]any{"f": map[string]any{"code": map[string]any{"in": listOf(many)}}}, code: plan.ComplexityLimit, path: "filter.code.in"},
		{name: "path too long", query: `p:paths(from:"plan:a",to:"plan:b",maxLength:11){objects{id}}`, code: plan.BadUserInput, path: "maxLength"},
		{name: "plan that is none", query: `p:coherence(plans:["plan:none"]){plans{id}}`, code: plan.NotFound, path: "plans"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "{" + c.query + "}"
			if c.variables != nil {
				text = "query($f:PlanFilter)" + text
			}
			resp := run(t, exec, text, c.variables)
			if c.code == "" {
				if len(resp.Errors) > 0 {
					t.Error(resp.Errors)
				}
				return
			}
			if len(resp.Errors) != 1 {
				t.Fatalf("errors %v, wanted one", resp.Errors)
			}
			err := resp.Errors[0]
			want := fmt.Sprintf("%s at %s in p", c.code, c.path)
			if got := fmt.Sprintf("%v at %v in %v", err.Extensions["code"], err.Extensions["path"], err.Path); got != want {
				t.Errorf("%s (%s), wanted %s", got, err.Message, want)
			}
		})
	}
}

func listOf(text string) (list []any) {
	for id := range strings.SplitSeq(strings.Trim(text, "[],"), ",") {
		list = append(list, strings.Trim(id, `"`))
	}
	return list
}

// brokenStore panics when regions are read.
type brokenStore struct{ store.Store }

func (s brokenStore) Fetch(ctx context.Context, sel *query.Selection) (*query.Result, error) {
	if len(sel.Of) > 0 && sel.Of[0].Kind.Name == "Region" {
		panic("a secret")
	}
	return s.Store.Fetch(ctx, sel)
}

func (s brokenStore) Paths(context.Context, query.PathQuery) ([]query.Path, error) { panic("a secret") }

// A panic below a root field is one error there, and the process lives, although gqlgen runs root
// fields in goroutines of their own.
func TestPanics(t *testing.T) {
	d := newDataset(t, testSchema(), 4, 5)
	s := d.open(t)
	region, p := d.byKind[plan.KindNamed("Region")][0].Base().ID, d.byKind[plan.KindNamed("Plan")][0].Base().ID
	log, logged := logTo(t)
	options := unlimited
	options.Log = log
	exec := executorOf(brokenStore{s}, options)
	for _, c := range []struct{ name, query, data, path string }{
		{
			"nullable field", fmt.Sprintf(`{r:node(id:%q){id} plan(id:%q){id}}`, region, p), fmt.Sprintf(`{"r":null,"plan":{"id":%q}}`, p), "r",
		},
		{"required field", fmt.Sprintf(`{plan(id:%q){id} b:regions{totalCount}}`, p), `null`, "b"},
		{"computed field", fmt.Sprintf(`{plan(id:%q){id} w:paths(from:%q,to:%q){objects{id}}}`, p, p, p), `null`, "w"},
	} {
		t.Run(c.name, func(t *testing.T) {
			logged.Reset()
			resp := run(t, exec, c.query, nil)
			if string(resp.Data) != c.data {
				t.Errorf("data %s, wanted %s", resp.Data, c.data)
			}
			if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != string(plan.Internal) || resp.Errors[0].Path.String() != c.path {
				t.Errorf("errors %v, wanted one of %s at %s", resp.Errors, plan.Internal, c.path)
			}
			if shown, _ := json.Marshal(resp); bytes.Contains(shown, []byte("secret")) {
				t.Errorf("the response gives the panic away: %s", shown)
			}
			if !strings.Contains(logged.String(), "a secret") {
				t.Errorf("the log lacks the panic: %s", logged)
			}
		})
	}
}

// A client that builds its schema from introspection has ours, with every description.
func TestIntrospection(t *testing.T) {
	s := newDataset(t, testSchema(), 4, 1).open(t)
	standard := string(runNode(t, "introspection.mjs", nil))
	resp := run(t, executorOf(s, unlimited), standard, nil)
	if len(resp.Errors) > 0 {
		t.Fatal(resp.Errors)
	}
	var schemas struct{ Served, Written string }
	out := runNode(t, "introspection.mjs", map[string]any{"data": resp.Data, "sdl": schemaText(t)})
	if err := json.Unmarshal(out, &schemas); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(schemas.Written, schemas.Served); diff != "" {
		t.Errorf("the served schema is not the written one:\n%s", diff)
	}
}

func TestIntrospectionIsRefused(t *testing.T) {
	s := newDataset(t, testSchema(), 4, 1).open(t)
	options := unlimited
	options.Introspection = false
	exec := executorOf(s, options)
	for _, text := range []string{`{__schema{queryType{name}}}`, `{plans{totalCount} __type(name:"Plan"){name}}`} {
		resp := run(t, exec, text, nil)
		if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != string(plan.Forbidden) || bytes.Contains(resp.Data, []byte(`"name"`)) {
			t.Errorf("%s answers %s, %v, wanted one error of %s", text, resp.Data, resp.Errors, plan.Forbidden)
		}
	}
	ask(t, exec, `{__typename plans{__typename}}`)
}

// An answer is one response: nothing can come later.
func TestDeferIsRefused(t *testing.T) {
	s := newDataset(t, testSchema(), 4, 1).open(t)
	for _, text := range []string{`{register{... @defer{revision}}}`, `{plans{... @defer{totalCount}}}`} {
		resp := run(t, executorOf(s, unlimited), text, nil)
		if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != string(plan.BadUserInput) {
			t.Errorf("%s answers %s, %v, wanted %s", text, resp.Data, resp.Errors, plan.BadUserInput)
		}
	}
}
