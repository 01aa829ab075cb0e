package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

// Question is one GraphQL operation.
type Question struct {
	Query     string
	Operation string // which one, when the query holds several
	Variables map[string]any
}

// Ask answers a question without a server, as the server would: the answer as indented JSON, and
// beside it, when it holds errors, the first of them with its code. There is no answer, only
// TIMEOUT, when ctx ended first.
func Ask(ctx context.Context, exec graphql.GraphExecutor, q Question) ([]byte, error) {
	answer := execute(ctx, exec, &graphql.RawParams{Query: q.Query, OperationName: q.Operation, Variables: q.Variables})
	if answer == nil {
		return nil, plan.Errorf(plan.Timeout, "", "the query ended before it was answered")
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Errors     gqlerror.List   `json:"errors,omitempty"`
		Data       json.RawMessage `json:"data,omitempty"` // none, not null, when nothing was executed
		Extensions map[string]any  `json:"extensions,omitempty"`
	}{answer.Errors, answer.Data, answer.Extensions})
	if err != nil {
		return nil, fmt.Errorf("the answer is no JSON: %w", err)
	}
	return text.Bytes(), firstError(answer.Errors)
}

func execute(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams) *graphql.Response {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		return exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	return next(ctx)
}

func firstError(errs gqlerror.List) error {
	if len(errs) == 0 {
		return nil
	}
	code, ok := errs[0].Extensions["code"].(string)
	if !ok {
		code = string(plan.BadUserInput)
	}
	if len(errs) == 1 {
		return plan.Errorf(plan.Code(code), "", "the answer has 1 error: %s", errs[0].Message)
	}
	return plan.Errorf(plan.Code(code), "", "the answer has %d errors, the first: %s", len(errs), errs[0].Message)
}
