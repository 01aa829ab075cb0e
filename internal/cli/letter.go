package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/report"
)

type letterCommand struct {
	Plan   []string `placeholder:"ID" help:"The plan that the letter is about (repeated): nm-eco-14 or plan:nm-eco-14. Without it, all plans."`
	Format string   `enum:"md,docx,xlsx" default:"md" help:"md (Markdown), docx to edit and sign, or xlsx with columns for the answers."`
	Out    string   `placeholder:"FILE" help:"Write the letter there instead of to standard output."`
	Organ  string   `placeholder:"NAME" help:"Who issues the letter. Without it, the place is left open."`
	Date   string   `placeholder:"DATE" help:"Date of the letter, as 2026-03-01. Without it, the place is left open."`
	whereOrDemo
}

// Help is shown below the summary.
func (letterCommand) Help() string {
	return `The letter (衔接审查意见) goes to the departments that lead the plans. Each finding is an item with plan, clause, problem, basis and suggestion; what could not be compared stands in the annex. Nothing is written to the register. The filled xlsx comes back with "xianjie answers".

Examples:

    xianjie letter --demo --plan nm-eco-14
    xianjie letter --plan nm-eco-14 --format docx --out opinion.docx --organ 内蒙古自治区发展和改革委员会 --date 2026-03-01
    xianjie letter --plan nm-eco-14 --format xlsx --out opinion.xlsx`
}

func (c *letterCommand) run(ctx context.Context, s *session) (err error) {
	if c.Format != "md" && c.Out == "" && s.StdoutWidth > 0 {
		return plan.Errorf(plan.BadUserInput, "--format", "saw %s, which a terminal cannot show: name a file for it with --out FILE", c.Format)
	}
	var date plan.Date
	if c.Date != "" {
		if date, err = plan.ParseDate(c.Date); err != nil {
			return plan.Errorf(plan.BadUserInput, "--date", "%v", err)
		}
	}
	o, err := c.open(ctx, s, toRead)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	p := s.progress("checking scopes")
	plans := planIDs(c.Plan)
	found, err := o.Opinion(ctx, coherence.Options{Plans: plans, Details: notCheckedKept, Progress: p.step})
	p.end()
	if err != nil {
		return err
	}
	letter := report.NewLetter(report.Material{
		Register: report.Register{Revision: found.Revision, Version: version(), RuleSet: coherence.RuleSet()},
		Run:      found.Run, Plans: plans, Findings: found.Findings, Rooms: found.Rooms, Objects: found.Objects,
		Organ: strings.TrimSpace(c.Organ), Date: date,
	})
	return c.hand(s, letter)
}

// hand gives the letter to who asked for it.
func (c *letterCommand) hand(s *session, letter *report.Letter) error {
	if c.Out == "" {
		return c.print(s.Stdout, letter)
	}
	var file bytes.Buffer
	if err := c.print(&file, letter); err != nil {
		return err
	}
	if err := writeFile(c.Out, file.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(s.Stderr, "letter written to %s: %s\n", c.Out, count(len(letter.Items), "item"))
	return nil
}

func (c *letterCommand) print(w io.Writer, letter *report.Letter) error {
	switch c.Format {
	case "docx":
		return report.LetterDOCX(w, letter)
	case "xlsx":
		return report.LetterXLSX(w, letter)
	}
	return report.LetterMarkdown(w, letter)
}
