package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

func logTo(testing.TB) (*slog.Logger, *bytes.Buffer) {
	var buf bytes.Buffer
	return slog.New(slog.NewJSONHandler(&buf, nil)), &buf
}

func coded(code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": code}}
}

func TestPresenter(t *testing.T) {
	here := ast.Path{ast.PathName("plan"), ast.PathIndex(3)}
	two := plan.Errors{
		plan.Errorf(plan.BadUserInput, "plan:a.title", "is empty"),
		plan.Errorf(plan.NotFound, "plan:b", "no such plan"),
	}
	for _, c := range []struct {
		name string
		err  error
		want gqlerror.Error
	}{
		{"domain error", gqlerror.WrapPath(here, plan.Errorf(plan.Conflict, "plan:a", "version is 3, not 2")), gqlerror.Error{
			Message: "plan:a: version is 3, not 2", Path: here, Extensions: map[string]any{"code": "CONFLICT", "path": "plan:a"}}},
		{"domain error without object", plan.Errorf(plan.StorageFull, "", "the disk is full"), gqlerror.Error{
			Message: "the disk is full", Extensions: map[string]any{"code": "STORAGE_FULL"}}},
		{"wrapped domain error", fmt.Errorf("reading: secret: %w", plan.Errorf(plan.NotFound, "plan:a", "no such plan")), gqlerror.Error{
			Message: "plan:a: no such plan", Extensions: map[string]any{"code": "NOT_FOUND", "path": "plan:a"}}},
		{"domain error with a cause", plan.Errorf(plan.Unavailable, "", "the store does not answer%w", hidden("")), gqlerror.Error{
			Message: "the store does not answer", Extensions: map[string]any{"code": "UNAVAILABLE"}}},
		{"several", gqlerror.WrapPath(here, two), gqlerror.Error{
			Message: "plan:a.title: is empty (and 1 more)", Path: here, Extensions: map[string]any{
				"code": "BAD_USER_INPUT", "path": "plan:a.title",
				"errors": []map[string]any{
					{"code": "BAD_USER_INPUT", "path": "plan:a.title", "message": "is empty"},
					{"code": "NOT_FOUND", "path": "plan:b", "message": "no such plan"},
				}}}},
		{"deadline", gqlerror.WrapPath(here, fmt.Errorf("query secret: %w", context.DeadlineExceeded)), gqlerror.Error{
			Message: "the request took longer than it may", Path: here, Extensions: map[string]any{"code": "TIMEOUT"}}},
		{"cancelled", context.Canceled, gqlerror.Error{Message: "the request was cancelled", Extensions: map[string]any{"code": "TIMEOUT"}}},
		{"suggestion", coded(errcode.ValidationFailed, `Unknown argument "frist" on field "Query.plans". Did you mean "first"?`), gqlerror.Error{
			Message: `Unknown argument "frist" on field "Query.plans".`, Extensions: map[string]any{"code": "BAD_USER_INPUT"}}},
		{"syntax", coded(errcode.ParseFailed, "Expected Name, found }"), gqlerror.Error{
			Message: "Expected Name, found }", Extensions: map[string]any{"code": "BAD_USER_INPUT"}}},
		{"token limit", coded(errcode.ParseFailed, "exceeded token limit of 2000"), gqlerror.Error{
			Message: "exceeded token limit of 2000", Extensions: map[string]any{"code": "TOO_LARGE"}}},
		{"introspection", gqlerror.WrapPath(here, errors.New("introspection disabled")), gqlerror.Error{
			Message: "introspection is off", Path: here, Extensions: map[string]any{"code": "FORBIDDEN"}}},
		{"limit", coded("DEPTH_LIMIT", "fields nest too deep"), gqlerror.Error{
			Message: "fields nest too deep", Extensions: map[string]any{"code": "DEPTH_LIMIT"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			log, written := logTo(t)
			got := Presenter(log)(context.Background(), c.err)
			if diff := cmp.Diff(&c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if written.Len() > 0 {
				t.Errorf("logged: %s", written)
			}
		})
	}
}

// hidden is a cause whose text must not be shown.
type hidden string

func (h hidden) Error() string { return string(h) }

func TestInternalErrorsAreShownAsAnIDAlone(t *testing.T) {
	for name, err := range map[string]error{
		"plain":               errors.New("open /secret: denied"),
		"wrapped by gqlgen":   gqlerror.WrapPath(ast.Path{ast.PathName("plan")}, errors.New("open /secret: denied")),
		"made of the library": gqlerror.Errorf("open /secret: denied"),
		"several":             errors.Join(errors.New("open /secret: denied"), errors.New("b")),
		"no domain error":     fmt.Errorf("open /secret: denied: %w", plan.Errors{}),
	} {
		log, written := logTo(t)
		got := Presenter(log)(context.Background(), err)
		id, _ := got.Extensions["id"].(string)
		if len(id) != 8 || got.Message != "internal error, id "+id || codeShown(got) != plan.Internal {
			t.Errorf("%s: shown as %q %v", name, got.Message, got.Extensions)
		}
		if !strings.Contains(written.String(), "/secret") || !strings.Contains(written.String(), `"id":"`+id+`"`) {
			t.Errorf("%s: log lacks the error or its id: %s", name, written)
		}
	}
}

func TestPanicsAreLoggedOnceWithTheirStack(t *testing.T) {
	log, written := logTo(t)
	err := Recover(log)(context.Background(), "secret of the panic")
	got := Presenter(log)(context.Background(), gqlerror.WrapPath(nil, err))
	if strings.Contains(got.Message, "secret") || codeShown(got) != plan.Internal {
		t.Errorf("shown as %q %v", got.Message, got.Extensions)
	}
	if n := strings.Count(written.String(), "\n"); n != 1 {
		t.Errorf("%d lines in the log, want 1", n)
	}
	for _, want := range []string{"secret of the panic", "errors_test.go", got.Extensions["id"].(string)} {
		if !strings.Contains(written.String(), want) {
			t.Errorf("the log lacks %q: %s", want, written)
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	log, _ := logTo(t)
	long := strings.Repeat("林", 5000)
	got := Presenter(log)(context.Background(), plan.Errorf(plan.BadUserInput, "", "%s", long))
	if len(got.Message) > messageBytes+len("…") || !utf8.ValidString(got.Message) {
		t.Errorf("%d bytes, valid: %v", len(got.Message), utf8.ValidString(got.Message))
	}
	many := make(plan.Errors, 5000)
	for i := range many {
		many[i] = plan.Errorf(plan.BadUserInput, "", "no %d", i)
	}
	got = Presenter(log)(context.Background(), many)
	if n := len(got.Extensions["errors"].([]map[string]any)); n != fieldErrors || got.Extensions["omitted"] != 5000-fieldErrors {
		t.Errorf("%d errors, %v omitted", n, got.Extensions["omitted"])
	}
}

func TestErrorsOfAResponseAreBounded(t *testing.T) {
	long := strings.Repeat("x", requestMessageBytes)
	for _, c := range []struct {
		name    string
		data    string
		message string
		errors  int
		want    int
	}{
		{"few", "", "x", 3, 3},
		{"many", "", "x", 2000, requestErrors},
		{"long", "", long, 2000, 3},
		{"data and few", "{}", "x", 20, 20},
		{"data and many", "{}", "x", 2000, fieldErrors},
	} {
		resp := &graphql.Response{}
		if c.data != "" {
			resp.Data = json.RawMessage(c.data)
		}
		for range c.errors {
			resp.Errors = append(resp.Errors, coded("BAD_USER_INPUT", c.message))
		}
		got := DefaultLimits().InterceptResponse(context.Background(), func(context.Context) *graphql.Response { return resp })
		if len(got.Errors) != c.want {
			t.Errorf("%s: %d errors, want %d", c.name, len(got.Errors), c.want)
		}
		if left, _ := got.Extensions["omittedErrors"].(int); left != c.errors-c.want {
			t.Errorf("%s: %d said to be omitted, want %d", c.name, left, c.errors-c.want)
		}
	}
}
