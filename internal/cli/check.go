package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/report"
)

type checkCommand struct {
	Paths   []string `arg:"" optional:"" name:"path" help:"Plan documents, or directories of them: checked by themselves, or with --store or --demo as drafts laid over that register. Without any, the register is checked."`
	Plan    []string `placeholder:"ID" help:"Only what involves this plan (repeated): nm-eco-14 or plan:nm-eco-14."`
	Rule    []string `placeholder:"ID" help:"Only this rule (repeated): see xianjie rules list."`
	Format  string   `enum:"text,json,sarif,junit,csv,xlsx,html" default:"text" help:"text or html for people, csv or xlsx for tables, json for programs (sealed, see --verify), sarif (2.1.0) for editors and code hosts, junit for CI: all with the same findings, verdicts and counts."`
	FailOn  string   `enum:"blocker,error,warning,info,never" default:"error" help:"Exit 1 when a finding is as severe as this: blocker, error, warning, info or never."`
	Explain bool     `help:"With the evidence and the steps of each finding, as far as the format leaves them out."`
	All     bool     `help:"With drafts over a register: report everything, not only what the drafts change."`
	Compare string   `placeholder:"A B" help:"Compare two texts of one series, A and B, item by item, and say which findings the difference opens and closes. Formats: text, json."`
	Verify  string   `placeholder:"FILE" help:"Make the check of a sealed JSON report anew, and say whether it comes out the same: exit 0, or 1 with what differs. Formats: text, json."`
	Out     string   `placeholder:"FILE" help:"Write the report there instead of to standard output."`
	whereOrDemo
}

// notCheckedKept bounds the entries of a report's notChecked; counts and verdicts are complete.
const notCheckedKept = 100_000

// Help is shown below the summary.
func (checkCommand) Help() string {
	return `Each pair of plans gets a verdict, which is never better than what could be compared: CONFLICT, INCONSISTENT, NOT_COMPARABLE, CONSISTENT or NOT_CHECKED. With --plan given twice or more, the report has the verdicts of exactly those plans. A finding whose answer 不采纳 is in force is waived: it is shown as such and fails nothing. Nothing is written to the register.

Examples:

    xianjie check --demo
    xianjie check --demo --plan nm-climate-14 --plan nm-energy-saving-14 --explain
    xianjie check plans/ --format json --out report.json --fail-on warning
    xianjie check plans/ --verify report.json
    xianjie check plans/ --format sarif --out report.sarif
    xianjie check draft.yaml --store sqlite:plans.db
    xianjie check --demo --compare nm-forest-14-2021-01 nm-forest-14`
}

func (c *checkCommand) run(ctx context.Context, s *session) error {
	if c.Format == "xlsx" && c.Out == "" && s.StdoutWidth > 0 {
		return plan.Errorf(plan.BadUserInput, "--format", "saw xlsx, which a terminal cannot show: name a file for it with --out FILE")
	}
	switch {
	case c.Compare != "" && c.Verify != "":
		return usageError{errors.New("saw --compare and --verify, wanted one of them")}
	case c.Compare != "":
		return c.compare(ctx, s)
	case c.Verify != "":
		return c.verify(ctx, s)
	}
	return c.report(ctx, s)
}

func (c *checkCommand) report(ctx context.Context, s *session) (err error) {
	rules, err := coherence.RulesNamed(c.Rule...)
	if err != nil {
		return err
	}
	o, err := c.subject(ctx, s)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	found, err := o.check(ctx, s, coherence.Options{Rules: rules, Plans: planIDs(c.Plan)}, c.Format == "json")
	if err != nil {
		return err
	}
	if err := c.hand(s, found); err != nil {
		return err
	}
	if limit := c.failOn(); limit != "" && found.AtLeast(limit) > 0 {
		return errFindings
	}
	return nil
}

// subject is what a check is about: a register, and drafts that are laid over it.
type subject struct {
	*opened
	docs   *document.Set // whose positions the report has
	drafts []plan.Object // laid over the register
	all    bool          // report also what the drafts do not change
	lax    bool          // plans that are asked for need not be there
	kept   int           // entries of notChecked
}

// subject is the register of the documents alone, or the one that is kept, with the documents laid over it.
func (c *checkCommand) subject(ctx context.Context, s *session) (*subject, error) {
	if len(c.Paths) == 0 {
		o, err := c.open(ctx, s, toRead)
		return &subject{opened: o, kept: notCheckedKept}, err
	}
	docs, err := read(ctx, s, c.Paths)
	if err != nil {
		return nil, err
	}
	if !c.chosen() {
		o, err := openWith(ctx, s, "the documents", docs, register.ImportOptions{Last: true})
		return &subject{opened: o, docs: docs, kept: notCheckedKept}, err
	}
	o, err := c.open(ctx, s, toRead)
	if err != nil {
		return nil, err
	}
	sub := &subject{opened: o, docs: docs, all: c.All, kept: notCheckedKept}
	if err := sub.lay(ctx); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return sub, nil
}

// lay makes the documents drafts.
func (o *subject) lay(ctx context.Context) error {
	if err := o.Resolve(ctx, o.docs); err != nil {
		return err
	}
	for docs, err := range o.docs.Batches(ctx, o.docs.Objects()) {
		if err != nil {
			return err
		}
		for _, d := range docs {
			o.drafts = append(o.drafts, d.Objects...)
		}
	}
	return nil
}

// check makes the report, sealed when that is wanted: it takes reading everything once more.
func (o *subject) check(ctx context.Context, s *session, opts coherence.Options, sealed bool) (*report.Report, error) {
	opts.Details = o.kept
	run, err := o.evaluate(ctx, s, opts, o.drafts)
	if err != nil {
		return nil, err
	}
	for _, id := range opts.Plans {
		if !o.lax && run.Frame().Plan(id) == nil {
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
	var before *coherence.Run
	if len(o.drafts) > 0 && !o.all {
		if before, err = o.before(ctx, s, opts, run); err != nil {
			return nil, err
		}
	}
	found := report.New(run, about, opts.Plans)
	if before != nil {
		found.Since(report.New(before, about, opts.Plans))
	}
	if sealed {
		data, err := o.Digest(ctx, o.drafts)
		if err != nil {
			return nil, err
		}
		if err := found.Sealed(run, opts.Plans, data.Digest, data.Objects); err != nil {
			return nil, err
		}
	}
	if o.docs != nil {
		found.Locate(locating(o.docs))
	}
	return found, nil
}

// before is the check without the drafts. Two runs that do not remember everything would forget different things: what could not be checked
// is then, in both, only what involves the plans of the drafts.
func (o *subject) before(ctx context.Context, s *session, opts coherence.Options, run *coherence.Run) (*coherence.Run, error) {
	before, err := o.evaluate(ctx, s, opts, nil)
	if err != nil || run.Dropped+before.Dropped == 0 {
		return before, err
	}
	opts.Plans = nil
	for _, d := range o.drafts {
		if p, ok := d.(*plan.Plan); ok {
			opts.Plans = append(opts.Plans, p.ID)
		}
	}
	for _, side := range []struct {
		run    *coherence.Run
		drafts []plan.Object
	}{{run, o.drafts}, {before, nil}} {
		narrow, err := o.evaluate(ctx, s, opts, side.drafts)
		if err != nil {
			return nil, err
		}
		side.run.NotChecked, side.run.Dropped = narrow.NotChecked, narrow.Dropped
	}
	return before, nil
}

func (o *subject) evaluate(ctx context.Context, s *session, opts coherence.Options, drafts []plan.Object) (*coherence.Run, error) {
	p := s.progress("checking scopes")
	defer p.end()
	opts.Progress = p.step
	run, err := o.EvaluateWith(ctx, drafts, opts)
	if err != nil {
		return nil, err
	}
	return run, o.Answered(ctx, run, opts.Today)
}

// locating finds what a report speaks of in the documents that were checked.
func locating(docs *document.Set) func(plan.ID, string) (report.Position, bool) {
	return func(id plan.ID, field string) (report.Position, bool) {
		position, ok := docs.Position(id, field)
		if !ok {
			return report.Position{}, false
		}
		return parsePosition(position)
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

// hand gives the report to who asked for it.
func (c *checkCommand) hand(s *session, found *report.Report) error {
	opts := report.TextOptions{Explain: c.Explain}
	if c.Out == "" {
		opts.Color, opts.Width = s.colour(), s.StdoutWidth
	}
	told := count(len(found.Findings), "finding")
	if found.Changes != nil {
		told = count(len(found.Findings), "finding") + " opened or changed, " + strconv.Itoa(len(found.Changes.Closed)) + " closed by the drafts"
		if c.Out == "" && c.Format != "text" {
			fmt.Fprintln(s.Stderr, told)
		}
	}
	return c.handOver(s, told, func(w io.Writer) error { return c.print(w, found, opts) })
}

// handOver writes a result to standard output, or, told in a few words, into a file.
func (c *checkCommand) handOver(s *session, told string, write func(io.Writer) error) error {
	if c.Out == "" {
		return write(s.Stdout)
	}
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	if err := writeFile(c.Out, text.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(s.Stderr, "report written to %s: %s\n", c.Out, told)
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
