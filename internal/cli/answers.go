package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/report"
)

type answersCommand struct {
	File   string `arg:"" name:"file" help:"The workbook that \"xianjie letter --format xlsx\" wrote, filled in."`
	DryRun bool   `help:"Check everything and say what would change, but write nothing."`
	where
}

// Help is shown below the summary.
func (answersCommand) Help() string {
	return `All answers are recorded or none: every error is listed with its sheet and cell. Rows without an answer are left alone, and the same file again changes nothing. An answer to a finding that is no longer reported is kept with it, and told. A finding that has changed since the letter was written has to be answered anew: write the letter again, or empty the cell 版本 to answer it as it is now.

Examples:

    xianjie letter --plan nm-eco-14 --format xlsx --out opinion.xlsx
    xianjie answers opinion.xlsx --dry-run
    xianjie answers opinion.xlsx`
}

func (c *answersCommand) run(ctx context.Context, s *session) (err error) {
	filled, err := c.read()
	if err != nil {
		return err
	}
	o, err := c.open(ctx, s, toRead)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	answers := make([]register.Answering, len(filled.Answers))
	for i, a := range filled.Answers {
		answers[i] = register.Answering{Finding: a.Finding, Answer: a.Answer}
		if a.Version != 0 {
			answers[i].Expect = &a.Version
		}
	}
	done, err := o.AnswerFindings(ctx, answers, register.AnswerOptions{DryRun: c.DryRun, Actor: "answers"})
	if err != nil {
		return c.placed(err, filled.Cell)
	}
	for _, id := range done.Gone {
		fmt.Fprintf(s.Stderr, "%s: %s is no longer reported; its answer is kept with it\n", c.at(filled.Cell(string(id))), id)
	}
	verb := "recorded"
	if c.DryRun {
		verb = "would record"
	}
	fmt.Fprintf(s.Stdout, "%s %s in %s, %d as before\n", verb, count(done.Changed, "answer"), o.name, done.Unchanged)
	if done.Outcome != nil {
		fmt.Fprintf(s.Stdout, "revision %d\n", done.Outcome.Revision)
	}
	return nil
}

func (c *answersCommand) read() (*report.FilledAnswers, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, cannotRead(err)
	}
	defer f.Close()
	filled, err := report.ReadAnswers(f)
	if err != nil {
		return nil, c.placed(err, func(path string) string { return path })
	}
	if len(filled.Answers) == 0 {
		return nil, plan.Errorf(plan.BadUserInput, c.File, "has no answer, wanted at least one row that is filled in")
	}
	return filled, nil
}

// placed says of errors in which cell of the file they are.
func (c *answersCommand) placed(err error, cell func(path string) string) error {
	var many plan.Errors
	var one *plan.Error
	switch {
	case errors.As(err, &many):
		moved := make(plan.Errors, len(many))
		for i, e := range many {
			copied := *e
			copied.Path = c.at(cell(e.Path))
			moved[i] = &copied
		}
		return moved
	case errors.As(err, &one) && exitOfCode(one.Code) == exitInput:
		copied := *one
		copied.Path = c.at(cell(one.Path))
		return &copied
	}
	return err
}

// at is a place in the file.
func (c *answersCommand) at(place string) string {
	if place == "" {
		return c.File
	}
	return c.File + ":" + place
}
