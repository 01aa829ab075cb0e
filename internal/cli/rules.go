package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"xianjie/internal/coherence"
)

type rulesCommand struct {
	List    rulesListCommand    `cmd:"" help:"List the rules."`
	Explain rulesExplainCommand `cmd:"" help:"Explain one rule: what it compares, when it fails, how severe that is and why, on which law it rests, and examples with the answers that it gives to them."`
}

type rulesListCommand struct{}

func (*rulesListCommand) run(_ context.Context, s *session) error {
	w := tabwriter.NewWriter(s.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSEVERITY\tDIMENSION\tNAME\tTITLE")
	for _, r := range coherence.Rules() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Severity, r.Dimension, r.Name, r.Title)
	}
	return w.Flush()
}

type rulesExplainCommand struct {
	ID string `arg:"" help:"Such as R02."`
}

func (c *rulesExplainCommand) run(_ context.Context, s *session) error {
	text, err := coherence.Explain(c.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.Stdout, text)
	return err
}
