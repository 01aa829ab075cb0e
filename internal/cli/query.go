package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

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
	question, err := c.question(s)
	if err != nil {
		return err
	}
	o, err := c.open(ctx, s, toRead)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	exec := graph.New(o.Register, graph.Options{Limits: graph.DefaultLimits(), Introspection: true, Version: version(), Log: s.log})
	answer, err := graph.Ask(ctx, exec, question)
	if _, failed := s.Stdout.Write(answer); failed != nil {
		return failed
	}
	return err
}

// question reads the query and its variables.
func (c *queryCommand) question(s *session) (graph.Question, error) {
	question := graph.Question{Operation: c.Operation}
	if c.File == "-" && c.Variables == "@-" {
		return question, plan.Errorf(plan.BadUserInput, "--variables", "saw standard input named for both the query and its variables, wanted one of them in a file")
	}
	text, err := s.readAll(c.File)
	if err != nil {
		return question, err
	}
	question.Query = string(text)
	if c.Variables == "" {
		return question, nil
	}
	given, place := []byte(c.Variables), "--variables"
	if name, ok := strings.CutPrefix(c.Variables, "@"); ok {
		place = name
		if given, err = s.readAll(name); err != nil {
			return question, err
		}
	}
	d := json.NewDecoder(bytes.NewReader(given))
	d.UseNumber()
	if err := d.Decode(&question.Variables); err != nil || d.More() {
		return question, plan.Errorf(plan.BadUserInput, place, "saw no JSON object, wanted variables such as {\"plan\": \"plan:nm-eco-14\"}")
	}
	return question, nil
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
