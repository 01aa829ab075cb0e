package cli

import (
	"context"
	"errors"
	"io"
	"os"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/report"
)

// verify makes a sealed check anew, with the rules, plans and day of its seal.
func (c *checkCommand) verify(ctx context.Context, s *session) (err error) {
	if len(c.Plan)+len(c.Rule) > 0 || c.All {
		return usageError{errors.New("saw --verify with --plan, --rule or --all: what was checked stands in the seal")}
	}
	text, err := os.ReadFile(c.Verify)
	if err != nil {
		return cannotRead(err)
	}
	sealed, intact, err := report.Open(text)
	if err != nil {
		return plan.Errorf(plan.BadUserInput, c.Verify, "%w", err)
	}
	o, err := c.subject(ctx, s)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	o.all, o.lax = sealed.Changes == nil, true
	now, err := o.check(ctx, s, coherence.Options{Rules: rulesKnown(sealed.Seal.Rules), Plans: sealed.Seal.Plans, Today: sealed.Seal.Today}, true)
	if err != nil {
		return err
	}
	replay, err := report.NewReplay(sealed, now, intact)
	if err != nil {
		return err
	}
	if err := c.handOver(s, "the replay of "+c.Verify, func(w io.Writer) error {
		if c.Format == "json" {
			return report.ReplayJSON(w, replay)
		}
		return report.ReplayText(w, replay)
	}); err != nil {
		return err
	}
	if !replay.Same {
		return errFindings
	}
	return nil
}

// rulesKnown are those of the ids that the catalogue has: that one is missing shows as a difference of the seals. None are all rules.
func rulesKnown(ids []string) []*coherence.Rule {
	var rules []*coherence.Rule
	for _, id := range ids {
		if found, err := coherence.RulesNamed(id); err == nil {
			rules = append(rules, found...)
		}
	}
	return rules
}
