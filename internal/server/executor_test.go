package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/graph"
	"xianjie/internal/plan"
)

const testSchema = `
type Query {
  plan(id: ID!): Plan
  plans(first: Int = 50, last: Int): PlanConnection!
  slow: String
  wait: String
  boom: String
  fail: String
  refuse: String
  big: String
}
type Mutation { write: Int! }
type Subscription { changes: Int! never: Int! flood: String! fail: Int! }
type PlanConnection { nodes: [Plan!]! totalCount: Int! }
type Plan { id: ID! title: String! parent: Plan targets(first: Int): PlanConnection! }
`

// resolvers answers testSchema with fixed data. Its channels let a test stand in the middle of a
// request.
type resolvers struct {
	ran     atomic.Int64
	entered chan struct{}
	release chan struct{}
}

func newResolvers() *resolvers {
	return &resolvers{entered: make(chan struct{}, 1), release: make(chan struct{})}
}

// executor runs testSchema behind the limits and the error presenter of the real graph.
func (rs *resolvers) executor(t testing.TB, log *slog.Logger) graphql.GraphExecutor {
	t.Helper()
	schema := gqlparser.MustLoadSchema(&ast.Source{Name: "test", Input: testSchema})
	exec := executor.New(&graphql.ExecutableSchemaMock{
		SchemaFunc: func() *ast.Schema { return schema },
		ExecFunc: func(ctx context.Context) graphql.ResponseHandler {
			if oc := graphql.GetOperationContext(ctx); oc.Operation.Operation == ast.Subscription {
				return rs.subscription(oc.Operation.SelectionSet[0].(*ast.Field).Name)
			}
			return func(ctx context.Context) *graphql.Response { return &graphql.Response{Data: rs.data(ctx)} }
		},
	})
	graph.Protect(exec, graph.DefaultLimits(), log)
	return exec
}

// subscription answers changes with three numbers, never with nothing until the end, flood with much and without end (and tells
// when it is told to end), fail with an error.
func (rs *resolvers) subscription(name string) graphql.ResponseHandler {
	n := 0
	return func(ctx context.Context) *graphql.Response {
		n++
		switch {
		case name == "changes" && n <= 3:
			return &graphql.Response{Data: fmt.Appendf(nil, `{"changes":%d}`, n)}
		case name == "flood":
			if n == 1 {
				context.AfterFunc(ctx, rs.enter)
			}
			return &graphql.Response{Data: fmt.Appendf(nil, `{"flood":"%d %s"}`, n, strings.Repeat("x", 50_000))}
		case name == "fail" && n == 1:
			graphql.AddError(ctx, plan.Errorf(plan.NotFound, "plans", "no such plan"))
			return &graphql.Response{}
		case name == "never":
			rs.enter()
			<-ctx.Done()
		}
		return nil
	}
}

func (rs *resolvers) data(ctx context.Context) json.RawMessage {
	rs.ran.Add(1)
	oc := graphql.GetOperationContext(ctx)
	var buf bytes.Buffer
	for i, f := range graphql.CollectFields(oc, oc.Operation.SelectionSet, nil) {
		buf.WriteByte("{,"[min(i, 1)])
		key, _ := json.Marshal(f.Alias)
		buf.Write(key)
		buf.WriteByte(':')
		buf.Write(rs.field(ctx, f.Name))
	}
	buf.WriteByte('}')
	return buf.Bytes()
}

func (rs *resolvers) field(ctx context.Context, name string) []byte {
	switch name {
	case "__typename":
		return []byte(`"Query"`)
	case "plan":
		return []byte(`{"title":"内蒙古自治区“十四五”生态环境保护规划"}`)
	case "write":
		return []byte(`1`)
	case "big":
		return []byte(`"` + strings.Repeat("林", 100_000) + `"`)
	case "slow":
		rs.enter()
		<-ctx.Done()
		graphql.AddError(ctx, ctx.Err())
	case "wait":
		rs.enter()
		<-rs.release
	case "boom":
		panic("secret of the stack")
	case "fail":
		graphql.AddError(ctx, errors.New("open /secret/path: denied"))
	case "refuse":
		graphql.AddError(ctx, plan.Errorf(plan.NotFound, "plan:x", "no such plan"))
	}
	return []byte(`null`)
}

// enter tells a test that listens that a request has come this far.
func (rs *resolvers) enter() {
	select {
	case rs.entered <- struct{}{}:
	default:
	}
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// serve is a server over fresh resolvers; change may adjust its configuration.
func serve(t testing.TB, change func(*Config)) (*Server, *resolvers) {
	t.Helper()
	rs := newResolvers()
	c := Config{Schema: testSchema, Version: "v0-test", Log: quiet()}
	if change != nil {
		change(&c)
	}
	if c.Executor == nil {
		c.Executor = rs.executor(t, c.Log)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, rs
}

func do(s http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// post sends body as JSON; headers are pairs, an empty value removes one.
func post(s http.Handler, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	setHeaders(r, headers)
	return do(s, r)
}

func setHeaders(r *http.Request, pairs []string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			r.Header.Del(pairs[i])
			continue
		}
		r.Header.Set(pairs[i], pairs[i+1])
	}
}

func operation(t testing.TB, query string, variables map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// codeIn is the code of the first error of a response, "" without one.
func codeIn(t testing.TB, body []byte) plan.Code {
	t.Helper()
	var resp struct {
		Errors []struct {
			Extensions struct{ Code plan.Code }
		}
	}
	if err := json.Unmarshal(body, &resp); err != nil {
		t.Fatalf("response is not JSON: %v\n%s", err, body)
	}
	if len(resp.Errors) == 0 {
		return ""
	}
	return resp.Errors[0].Extensions.Code
}
