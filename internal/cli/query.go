package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/graph"
	"xianjie/internal/plan"
)

type queryCommand struct {
	File      string `arg:"" help:"A GraphQL document, - for standard input."`
	Variables string `placeholder:"JSON" help:"The variables as a JSON object, or @FILE to read them from there."`
	Operation string `placeholder:"NAME" help:"Which operation of the document to run, when it has several."`
	whereOrDemo
}

// Help is shown below the summary.
func (queryCommand) Help() string {
	return `The answer is what the server would answer, under the same limits, as indented JSON. Exit 2 when it has errors that the query is to blame for, 3 when the register could not answer.

Examples:

    echo '{plan(id: "plan:nm-eco-14") {title tasks {totalCount}}}' | xianjie query --demo -
    xianjie query --demo targets.graphql --variables '{"plan": "plan:nm-eco-14"}'`
}

func (c *queryCommand) run(ctx context.Context, s *session) (err error) {
	params, err := c.params(s)
	if err != nil {
		return err
	}
	o, err := c.open(ctx, s, toRead)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	exec := graph.New(o.Register, graph.Options{Limits: graph.DefaultLimits(), Introspection: true, Version: version(), Log: s.log})
	answer := execute(ctx, exec, params)
	if answer == nil {
		return plan.Errorf(plan.Timeout, "", "the query ended before it was answered")
	}
	if err := writeAnswer(s.Stdout, answer); err != nil {
		return err
	}
	return verdictOn(answer)
}

// writeAnswer writes an answer as indented JSON. One without data has none, not null: it says that
// nothing was executed.
func writeAnswer(w io.Writer, answer *graphql.Response) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Errors     gqlerror.List   `json:"errors,omitempty"`
		Data       json.RawMessage `json:"data,omitempty"`
		Extensions map[string]any  `json:"extensions,omitempty"`
	}{answer.Errors, answer.Data, answer.Extensions})
}

// execute is nil when ctx ended first.
func execute(ctx context.Context, exec *executor.Executor, params *graphql.RawParams) *graphql.Response {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := exec.CreateOperationContext(ctx, params)
	if errs != nil {
		return exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	return next(ctx)
}

// verdictOn is the first error of an answer, with the code that it carries.
func verdictOn(answer *graphql.Response) error {
	if len(answer.Errors) == 0 {
		return nil
	}
	first := answer.Errors[0]
	code, ok := first.Extensions["code"].(string)
	if !ok {
		code = string(plan.BadUserInput)
	}
	return plan.Errorf(plan.Code(code), "", "the answer has %s: %s", count(len(answer.Errors), "error"), first.Message)
}

// params reads the query and its variables.
func (c *queryCommand) params(s *session) (*graphql.RawParams, error) {
	if c.File == "-" && c.Variables == "@-" {
		return nil, plan.Errorf(plan.BadUserInput, "--variables", "saw standard input named for both the query and its variables, wanted one of them in a file")
	}
	text, err := s.readAll(c.File)
	if err != nil {
		return nil, err
	}
	params := &graphql.RawParams{Query: string(text), OperationName: c.Operation}
	if c.Variables == "" {
		return params, nil
	}
	given, place := []byte(c.Variables), "--variables"
	if name, ok := strings.CutPrefix(c.Variables, "@"); ok {
		place = name
		if given, err = s.readAll(name); err != nil {
			return nil, err
		}
	}
	d := json.NewDecoder(bytes.NewReader(given))
	d.UseNumber()
	if err := d.Decode(&params.Variables); err != nil || d.More() {
		return nil, plan.Errorf(plan.BadUserInput, place, "saw no JSON object, wanted variables such as {\"plan\": \"plan:nm-eco-14\"}")
	}
	return params, nil
}

// maxQuery bounds what is read of a query or its variables.
const maxQuery = 1 << 20

// readAll reads a file, or standard input for "-".
func (s *session) readAll(name string) ([]byte, error) {
	from := s.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, cannotRead(err)
		}
		defer f.Close()
		from = f
	}
	data, err := io.ReadAll(io.LimitReader(from, maxQuery+1))
	if err != nil {
		return nil, cannotRead(fmt.Errorf("%s: %w", name, err))
	}
	if len(data) > maxQuery {
		return nil, plan.Errorf(plan.TooLarge, name, "saw more than %d bytes, wanted a query", maxQuery)
	}
	return data, nil
}
