package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"xianjie/internal/plan"
	"xianjie/internal/report"
)

// compare holds two texts of one series against each other: A is the flag's value and B the first argument.
func (c *checkCommand) compare(ctx context.Context, s *session) (err error) {
	switch {
	case len(c.Paths) == 0:
		return usageError{errors.New("saw --compare with one plan, wanted two texts of one series: --compare A B")}
	case len(c.Plan)+len(c.Rule) > 0 || c.All:
		return usageError{errors.New("saw --compare with --plan, --rule or --all, wanted it alone")}
	case c.Format != "text" && c.Format != "json":
		return plan.Errorf(plan.BadUserInput, "--format", "saw %s, wanted text or json for a comparison", c.Format)
	}
	ids := planIDs([]string{c.Compare, c.Paths[0]})
	c.Paths = c.Paths[1:]
	o, err := c.subject(ctx, s)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	if len(o.drafts) > 0 {
		return plan.Errorf(plan.Unsupported, "--compare", "saw documents together with --store or --demo; compare texts of the register alone, or of documents alone")
	}
	p := s.progress("checking scopes")
	found, err := o.Compare(ctx, ids[0], ids[1], p.step)
	p.end()
	if err != nil {
		return err
	}
	compared := report.NewComparison(found)
	told := fmt.Sprintf("%s, %s opened, %d closed", count(len(compared.Changes), "change"), count(len(compared.Opened), "finding"), len(compared.Closed))
	return c.handOver(s, told, func(w io.Writer) error {
		if c.Format == "json" {
			return report.ComparisonJSON(w, compared)
		}
		opts := report.TextOptions{Explain: c.Explain}
		if c.Out == "" {
			opts.Color, opts.Width = s.colour(), s.StdoutWidth
		}
		return report.ComparisonText(w, compared, opts)
	})
}
