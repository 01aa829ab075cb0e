package graph

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"xianjie/internal/plan"
)

const limitsSchema = `
interface Node { id: ID! }
type Query {
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  plan(id: ID!): Plan
  plans(first: Int = 20, last: Int, after: String): PlanConnection!
}
type PlanConnection { nodes: [Plan!]! totalCount: Int! }
type TargetConnection { nodes: [Target!]! totalCount: Int! }
type Plan implements Node {
  id: ID! title: String! a: String b: String c: String d: String
  parent: Plan
  targets(first: Int): TargetConnection!
  sections(first: Int): [Plan!]!
}
type Target implements Node { id: ID! value: String a: String b: String c: String d: String e: String f: String plan: Plan! region: Plan! }
`

// limited is what Limits (and the screen, parser and validator before them) answer to query, nil for
// an operation that may run.
func limited(t testing.TB, l Limits, query string, variables map[string]any) *gqlerror.Error {
	t.Helper()
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "limits", Input: limitsSchema})
	exec := executor.New(&graphql.ExecutableSchemaMock{SchemaFunc: func() *ast.Schema { return schema }})
	log, _ := logTo(t)
	Protect(exec, l, log)
	ctx := graphql.StartOperationTrace(context.Background())
	oc, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if errs == nil {
		return nil
	}
	return exec.DispatchError(graphql.WithOperationContext(ctx, oc), errs).Errors[0]
}

func codeShown(err *gqlerror.Error) plan.Code {
	if err == nil {
		return ""
	}
	return plan.Code(fmt.Sprint(err.Extensions["code"]))
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
	}
	return b.String()
}

// nested is a chain of n fields, the leaf included.
func nested(n int) string {
	return `{plan(id:"x")` + strings.Repeat("{parent", n-2) + "{title}" + strings.Repeat("}", n-1)
}

func TestLimits(t *testing.T) {
	const introspection = `{__schema{types{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{ofType{name}}}}}}}}}}}}}}`
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		want        plan.Code
	}{
		{name: "plain", query: `{plan(id:"x"){title}}`},
		{name: "depth 12", query: nested(12)},
		{name: "depth 13", query: nested(13), want: plan.DepthLimit},
		{name: "depth 50", query: nested(50), want: plan.DepthLimit},
		{name: "depth through fragments", query: `{plan(id:"x"){...a}} fragment a on Plan{parent{parent{parent{...b}}}} fragment b on Plan{parent{parent{parent{...c}}}} fragment c on Plan{parent{parent{parent{parent{parent{...{title}}}}}}}`, want: plan.DepthLimit},
		{name: "depth inside inline fragments does not count", query: `{plan(id:"x"){...{...{...{...{...{...{...{...{...{...{...{...{title}}}}}}}}}}}}}}`},
		{name: "introspection is exempt from depth", query: introspection},
		{name: "depth beside introspection", query: introspection[:1] + "__typename " + nested(13)[1:], want: plan.DepthLimit},

		{name: "30 aliases", query: `{` + numbered(30, `a#:plan(id:"x"){title} `) + `}`},
		{name: "31 aliases", query: `{` + numbered(31, `a#:plan(id:"x"){title} `) + `}`, want: plan.TooManyAliases},
		{name: "1,000 aliases", query: `{` + numbered(1000, `a#:__typename `) + `}`, want: plan.TooManyAliases},
		{name: "30 aliases on three levels", query: `{plan(id:"x"){...f0}} ` + chain(3, numbered(30, "a#:parent{...+} ")), want: ""},
		{name: "31 aliases of a leaf", query: `{plan(id:"x"){` + numbered(31, `a#:title `) + `}}`, want: plan.TooManyAliases},
		{name: "one key 31 times", query: `{` + numbered(31, `plan(id:"x"){title} `) + `}`},
		{name: "30 aliases of two fields each", query: `{plan(id:"x"){` + numbered(30, `a#:title b#:id `) + `}}`},
		{name: "30 aliases in two sets each", query: `{a:plan(id:"x"){` + numbered(30, `a#:title `) + `} b:plan(id:"x"){` + numbered(30, `b#:title `) + `}}`},
		{name: "aliases split over fragments", query: `{plan(id:"x"){...a ...b}} fragment a on Plan{` + numbered(16, `a#:title `) + `} fragment b on Plan{...{` + numbered(16, `b#:title `) + `}}`, want: plan.TooManyAliases},
		{name: "aliases split over merged fields", query: `{plan(id:"x"){` + numbered(16, `a#:title `) + `} plan(id:"x"){` + numbered(16, `b#:title `) + `}}`, want: plan.TooManyAliases},
		{name: "aliases deep inside merged fields", query: `{plan(id:"x"){parent{` + numbered(16, `a#:title `) + `}} ...f} fragment f on Query{plan(id:"x"){parent{` + numbered(16, `b#:title `) + `}}}`, want: plan.TooManyAliases},
		{name: "one fragment spread 31 times", query: `{plan(id:"x"){` + numbered(31, `...a `) + `}} fragment a on Plan{a:title}`},

		{name: "q2: 50 plans, 20 targets, plan and region", query: `{plans(first:50){nodes{title targets(first:20){nodes{id value a b c d e f plan{id title a} region{id title a}}}}}}`},
		{name: "q4: 500 plans, 8 fields", query: `{plans(first:500){nodes{id title a b c d x:a y:b}}}`},
		{name: "default pages", query: `{plans{nodes{targets{nodes{id value}}}}}`},
		{name: "100 x 100 x 100", query: `{plans(first:100){nodes{targets(first:100){nodes{plan{targets(first:100){nodes{id}}}}}}}}`, want: plan.ComplexityLimit},
		{name: "500 x 500", query: `{plans(first:500){nodes{targets(first:500){nodes{id}}}}}`, want: plan.ComplexityLimit},
		{name: "pages in variables", query: `query($n:Int,$m:Int=500){plans(first:$n){nodes{targets(first:$m){nodes{id}}}}}`, variables: map[string]any{"n": 500}, want: plan.ComplexityLimit},
		{name: "default page of three levels", query: `{plans{nodes{targets{nodes{plan{targets{nodes{plan{targets{nodes{id}}}}}}}}}}}`, want: plan.ComplexityLimit},
		{name: "last", query: `{plans(last:500){nodes{targets(first:500){nodes{id}}}}}`, want: plan.ComplexityLimit},
		{name: "page of a plain list", query: `{plan(id:"x"){sections(first:500){sections(first:500){title}}}}`, want: plan.ComplexityLimit},
		{name: "ids", query: `query($ids:[ID!]!){nodes(ids:$ids){...on Plan{targets(first:500){nodes{id}}}}}`, variables: map[string]any{"ids": manyIDs(200)}, want: plan.ComplexityLimit},
		{name: "ids in the document", query: `{nodes(ids:[` + strings.Repeat(`"x",`, 200) + `]){...on Plan{targets(first:500){nodes{id}}}}}`, want: plan.ComplexityLimit},
		{name: "few ids", query: `query($ids:[ID!]!){nodes(ids:$ids){id}}`, variables: map[string]any{"ids": manyIDs(500)}},
		{name: "too many ids", query: `query($ids:[ID!]!){nodes(ids:$ids){id}}`, variables: map[string]any{"ids": manyIDs(501)}, want: plan.BadUserInput},
		{name: "complexity through fragments", query: `{...a} fragment a on Query{plans(first:100){nodes{...b}}} fragment b on Plan{targets(first:100){nodes{plan{...c}}}} fragment c on Plan{targets(first:100){nodes{id}}}`, want: plan.ComplexityLimit},
		{name: "complexity through aliases", query: `{` + numbered(30, `a#:plans(first:500){nodes{a b c d title id}}`) + `}`, want: plan.ComplexityLimit},
		{name: "fragments spread twice, 50 levels", query: `{plan(id:"x"){...f0}} ` + chain(50, "...# ...#"), want: plan.ComplexityLimit},
		{name: "fragments under 20 aliases, 10 levels", query: `{plan(id:"x"){...f0}} ` + chain(10, numbered(20, "a#:parent{...+} ")), want: plan.ComplexityLimit},

		{name: "page of 0", query: `{plans(first:0){nodes{id}}}`, want: plan.BadUserInput},
		{name: "page of -1", query: `{plans(first:-1){nodes{id}}}`, want: plan.BadUserInput},
		{name: "page of 501", query: `{plans(first:501){nodes{id}}}`, want: plan.BadUserInput},
		{name: "page of 2^31", query: `{plans(first:2147483648){nodes{id}}}`, want: plan.BadUserInput},
		{name: "page of 2^64", query: `{plans(first:18446744073709551616){nodes{id}}}`, want: plan.BadUserInput},
		{name: "last of 0", query: `{plans(last:0){nodes{id}}}`, want: plan.BadUserInput},
		{name: "page of 0 in a variable", query: `query($n:Int){plans(first:$n){nodes{id}}}`, variables: map[string]any{"n": int64(0)}, want: plan.BadUserInput},
		{name: "page of 0 in a fragment", query: `{...a} fragment a on Query{plans(first:0){nodes{id}}}`, want: plan.BadUserInput},
		{name: "null page", query: `{plans(first:null){nodes{id}}}`},
		{name: "page in an absent variable", query: `query($n:Int){plans(first:$n){nodes{id}}}`},
		{name: "page in a null variable", query: `query($n:Int){plans(first:$n){nodes{id}}}`, variables: map[string]any{"n": nil}},

		{name: "circular fragments", query: `{...a} fragment a on Query{...b} fragment b on Query{...a}`, want: plan.BadUserInput},
		{name: "unknown field", query: `{plam}`, want: plan.BadUserInput},
		{name: "too long", query: `{` + strings.Repeat("__typename ", 10_000) + `}`, want: plan.TooLarge},
		{name: "repeated fields", query: `{` + strings.Repeat("__typename ", 1900) + `}`, want: plan.TooLarge},
		{name: "many directives", query: `{__typename` + strings.Repeat(" @skip(if:false)", 10_000) + `}`, want: plan.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			err := limited(t, DefaultLimits(), c.query, c.variables)
			if got := codeShown(err); got != c.want {
				t.Errorf("code %q, want %q: %v", got, c.want, err)
			}
			// Exponential work would not end at all.
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func manyIDs(n int) []any {
	ids := make([]any, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("plan:%d", i)
	}
	return ids
}

// chain is n fragments on Plan, each with the selection body, in which # or + is the name of the next.
func chain(n int, body string) string {
	var b strings.Builder
	for i := range n {
		next := fmt.Sprintf("f%d", i+1)
		fmt.Fprintf(&b, "fragment f%d on Plan{%s} ", i, strings.NewReplacer("#", next, "+", next).Replace(body))
	}
	fmt.Fprintf(&b, "fragment f%d on Plan{title}", n)
	return b.String()
}

func TestMeasure(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "limits", Input: limitsSchema})
	for _, c := range []struct {
		name, query string
		want        measure
	}{
		{"leaf", `{__typename}`, measure{1, 1, 1}},
		{"object", `{plan(id:"x"){title a}}`, measure{2, 3, 3}},
		{"page", `{plans(first:10){totalCount nodes{title}}}`, measure{3, 4, 31}},
		{"default of the schema", `{plans{nodes{title}}}`, measure{3, 3, 41}},
		{"default of a connection", `{plan(id:"x"){targets{nodes{id}}}}`, measure{4, 4, 102}},
		{"fragment twice", `{plan(id:"x"){...a ...a}} fragment a on Plan{title}`, measure{2, 3, 3}},
		{"introspection", `{__schema{types{name}}}`, measure{0, 3, 3}},
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema, c.query, rules.NewDefaultRules())
		if errs != nil {
			t.Fatalf("%s: %v", c.name, errs)
		}
		m := meter{fragments: map[*ast.FragmentDefinition]measure{}}
		if got := m.set(doc.Operations[0].SelectionSet); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestSaturation(t *testing.T) {
	if got := addCapped(math.MaxInt-1, 2); got != math.MaxInt {
		t.Errorf("add: %d", got)
	}
	if got := mulCapped(math.MaxInt/2, 3); got != math.MaxInt {
		t.Errorf("mul: %d", got)
	}
	if got := mulCapped(math.MaxInt, 0); got != 0 {
		t.Errorf("mul by 0: %d", got)
	}
}

func TestLimitsMustBePositive(t *testing.T) {
	if err := (Limits{Depth: 12, Aliases: 30}).Validate(nil); err == nil {
		t.Error("a complexity limit of 0 was accepted")
	}
	if err := DefaultLimits().Validate(nil); err != nil {
		t.Error(err)
	}
}

// A flood of unique documents neither grows the cache nor pushes out a document in use.
func TestDocumentsAreBounded(t *testing.T) {
	d, ctx := newDocuments(), context.Background()
	used := &ast.QueryDocument{}
	d.Add(ctx, "used", used)
	text := strings.Repeat("x", 1000)
	for i := range 10_000 {
		d.Add(ctx, fmt.Sprint(text, i), &ast.QueryDocument{})
		if got, ok := d.Get(ctx, "used"); !ok || got != used {
			t.Fatalf("the document in use was dropped after %d others", i)
		}
	}
	if n := len(d.new) + len(d.old); n > 2*documentBytes/1000 {
		t.Errorf("%d documents are kept", n)
	}
	d.Add(ctx, strings.Repeat("x", documentBytes+1), used)
	if _, ok := d.Get(ctx, strings.Repeat("x", documentBytes+1)); ok {
		t.Error("a document larger than the cache is kept")
	}
}

func BenchmarkLimits(b *testing.B) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "limits", Input: limitsSchema})
	doc, errs := gqlparser.LoadQueryWithRules(schema, `query($id:ID!){plan(id:$id){title a b c targets(first:20){nodes{id value}}}}`, rules.NewDefaultRules())
	if errs != nil {
		b.Fatal(errs)
	}
	oc := &graphql.OperationContext{Doc: doc, Operation: doc.Operations[0], Variables: map[string]any{"id": "x"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := DefaultLimits().MutateOperationContext(context.Background(), oc); err != nil {
			b.Fatal(err)
		}
	}
}
