package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"xianjie/internal/plan"
)

type doctorCommand struct{ where }

// Help is shown below the summary.
func (doctorCommand) Help() string {
	return `Reads the whole store and says whether it holds together, and if not, what is wrong and what helps. Exit 0 when it is whole, 3 when it is damaged or cannot be opened. Nothing is mended or changed.

Examples:

    xianjie doctor
    xianjie doctor --store sqlite:/srv/plans.db
    xianjie doctor --store neo4j://127.0.0.1:7687 --store-password-file secret`
}

func (c *doctorCommand) run(ctx context.Context, s *session) (err error) {
	if _, err := c.address(s); err != nil {
		return err
	}
	o, err := c.open(ctx, s, toExamine)
	if err != nil {
		return unwell{err}
	}
	defer o.closing(&err)
	h, err := o.Health(ctx)
	if err != nil {
		return unwell{err}
	}
	fmt.Fprintf(s.Stdout, "store      %s\nengine     %s %s\nschema     %d\nrevision   %d\nintegrity  %s\n",
		o.name, h.Kind, h.Engine, h.Schema, h.Revision, h.Integrity)
	for _, kind := range slices.Sorted(maps.Keys(h.Counts)) {
		fmt.Fprintf(s.Stdout, "%-12s %d\n", kind, h.Counts[kind])
	}
	if h.Integrity != "ok" {
		return plan.Errorf(plan.Internal, o.name, "the store is damaged: %s", h.Integrity)
	}
	return nil
}

// unwell is a store that cannot be examined. Whatever code the reason has, the patient is not well.
type unwell struct{ error }

func (e unwell) Unwrap() error { return e.error }
