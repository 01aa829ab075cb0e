package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/report"
)

type checkCommand struct {
	Paths   []string `arg:"" optional:"" name:"path" help:"Plan documents, or directories of them, to check by themselves. Without any, the register is checked."`
	Plan    []string `placeholder:"ID" help:"Only what involves this plan (repeated): nm-eco-14 or plan:nm-eco-14."`
	Rule    []string `placeholder:"ID" help:"Only this rule (repeated): see xianjie rules list."`
	Format  string   `enum:"text,json,sarif,junit,csv,xlsx,html" default:"text" help:"text or html for people, csv or xlsx for tables, json for programs, sarif (2.1.0) for editors and code hosts, junit for CI: all with the same findings, verdicts and counts."`
	FailOn  string   `enum:"blocker,error,warning,info,never" default:"error" help:"Exit 1 when a finding is as severe as this: blocker, error, warning, info or never."`
	Explain bool     `help:"With the evidence and the steps of each finding, as far as the format leaves them out."`
	Out     string   `placeholder:"FILE" help:"Write the report there instead of to standard output."`
	whereOrDemo
}

// notCheckedKept bounds the entries of a report's notChecked; counts and verdicts are complete.
const notCheckedKept = 100_000

// Help is shown below the summary.
func (checkCommand) Help() string {
	return `Each pair of plans gets a verdict, which is never better than what could be compared: CONFLICT, INCONSISTENT, NOT_COMPARABLE, CONSISTENT or NOT_CHECKED. With --plan given twice or more, the report has the verdicts of exactly those plans. Nothing is written to the register.

Examples:

    xianjie check --demo
    xianjie check --demo --plan nm-climate-14 --plan nm-energy-saving-14 --explain
    xianjie check plans/ --format json --out report.json --fail-on warning
    xianjie check plans/ --format sarif --out report.sarif`
}

func (c *checkCommand) run(ctx context.Context, s *session) (err error) {
	if len(c.Paths) > 0 && c.chosen() {
		return plan.Errorf(plan.Unsupported, "check",
			"saw documents together with --store or --demo: what they would change in a register cannot be checked yet; check the documents alone, or the register alone")
	}
	if c.Format == "xlsx" && c.Out == "" && s.StdoutWidth > 0 {
		return plan.Errorf(plan.BadUserInput, "--format", "saw xlsx, which a terminal cannot show: name a file for it with --out FILE")
	}
	rules, err := coherence.RulesNamed(c.Rule...)
	if err != nil {
		return err
	}
	o, docs, err := c.subject(ctx, s)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	found, err := c.check(ctx, s, o, rules)
	if err != nil {
		return err
	}
	if docs != nil {
		found.Locate = locating(docs)
	}
	if err := c.hand(s, found); err != nil {
		return err
	}
	if limit := c.failOn(); limit != "" && found.AtLeast(limit) > 0 {
		return errFindings
	}
	return nil
}

// subject is the register to check: one of the documents alone, which come with it, or the one that is kept.
func (c *checkCommand) subject(ctx context.Context, s *session) (*opened, []*document.Document, error) {
	if len(c.Paths) == 0 {
		o, err := c.open(ctx, s, toRead)
		return o, nil, err
	}
	docs, errs, err := document.Read(c.Paths)
	if err != nil {
		return nil, nil, cannotRead(err)
	}
	o, err := openWith(ctx, s, "the documents", docs, errs)
	return o, docs, err
}

// locating finds what a report speaks of in the documents that were checked.
func locating(docs []*document.Document) func(plan.ID, string) (report.Position, bool) {
	of := map[plan.ID]*document.Document{}
	for _, d := range docs {
		for _, o := range d.Objects {
			of[o.Base().ID] = d
		}
	}
	return func(id plan.ID, field string) (report.Position, bool) {
		d := of[id]
		if d == nil {
			return report.Position{}, false
		}
		return parsePosition(d.Position(id, field))
	}
}

// parsePosition reads "file:line:column"; the file may have colons of its own.
func parsePosition(text string) (report.Position, bool) {
	rest, column := cutLast(text)
	file, line := cutLast(rest)
	l, err := strconv.Atoi(line)
	c, also := strconv.Atoi(column)
	return report.Position{File: file, Line: l, Column: c}, err == nil && also == nil
}

func cutLast(text string) (before, after string) {
	i := strings.LastIndexByte(text, ':')
	return text[:max(i, 0)], text[i+1:]
}

func (c *checkCommand) check(ctx context.Context, s *session, o *opened, rules []*coherence.Rule) (*report.Report, error) {
	p := s.progress("checking scopes")
	plans := planIDs(c.Plan)
	run, err := o.Evaluate(ctx, coherence.Options{Rules: rules, Plans: plans, Details: notCheckedKept, Progress: p.step})
	p.end()
	if err != nil {
		return nil, err
	}
	for _, id := range plans {
		if run.Frame().Plan(id) == nil {
			return nil, plan.Errorf(plan.NotFound, "--plan", "%s is not in %s", id, o.name)
		}
	}
	health, err := o.Health(ctx)
	if err != nil {
		return nil, err
	}
	about := report.Register{Revision: health.Revision, Version: version(), RuleSet: coherence.RuleSet()}
	for _, kind := range slices.Sorted(maps.Keys(health.Counts)) {
		about.Counts = append(about.Counts, report.KindCount{Kind: kind, Count: int(health.Counts[kind])})
	}
	return report.New(run, about, plans), nil
}

// hand gives the report to who asked for it.
func (c *checkCommand) hand(s *session, found *report.Report) error {
	if c.Out == "" {
		return c.print(s.Stdout, found, report.TextOptions{Color: s.colour(), Width: s.StdoutWidth, Explain: c.Explain})
	}
	var text bytes.Buffer
	if err := c.print(&text, found, report.TextOptions{Explain: c.Explain}); err != nil {
		return err
	}
	if err := writeFile(c.Out, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(s.Stderr, "report written to %s: %s\n", c.Out, count(len(found.Findings), "finding"))
	return nil
}

func (c *checkCommand) print(w io.Writer, found *report.Report, opts report.TextOptions) error {
	switch c.Format {
	case "json":
		return report.JSON(w, found)
	case "sarif":
		return report.SARIF(w, found)
	case "junit":
		return report.JUnit(w, found, c.failOn())
	case "csv":
		return report.CSV(w, found)
	case "xlsx":
		return report.XLSX(w, found)
	case "html":
		return report.HTML(w, found)
	}
	return report.Text(w, found, opts)
}

// failOn is the least severity that fails, "" when none does.
func (c *checkCommand) failOn() plan.Severity {
	if c.FailOn == "never" {
		return ""
	}
	return plan.Severity(strings.ToUpper(c.FailOn))
}
