package cli

import (
	"context"
	"fmt"

	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
)

type importCommand struct {
	Paths  []string `arg:"" name:"path" help:"Plan documents (YAML), or directories of them."`
	DryRun bool     `help:"Check everything and say what would change, but write nothing."`
	where
}

// Help is shown below the summary.
func (importCommand) Help() string {
	return `All documents are checked before anything is written, and every error is listed with its file, line and column. Each document is then written whole or not at all. Importing the same documents again changes nothing.

Examples:

    xianjie import plans/
    xianjie import --dry-run new-plan.yaml
    xianjie import --store sqlite:/srv/plans.db vocabulary.yaml plans/`
}

func (c *importCommand) run(ctx context.Context, s *session) (err error) {
	docs, errs, err := document.Read(c.Paths)
	if err != nil {
		return cannotRead(err)
	}
	o, err := c.target(ctx, s)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	done, err := load(ctx, s, o, docs, errs, register.ImportOptions{DryRun: c.DryRun, Actor: "import"})
	if err != nil {
		return err
	}
	verb := "imported"
	if c.DryRun {
		verb = "would import"
	}
	fmt.Fprintf(s.Stdout, "%s %s into %s: %s, %d new, %d changed\n", verb, count(done.Documents, "document"), o.name,
		count(done.Objects, "object"), done.Added, done.Changed)
	if done.Outcome != nil {
		fmt.Fprintf(s.Stdout, "revision %d: %s opened, %d closed\n", done.Outcome.Revision,
			count(len(done.Outcome.Opened), "finding"), len(done.Outcome.Closed))
	}
	return nil
}

// target is the register to import into. A dry run makes none: where there is nothing yet, it
// compares with an empty one.
func (c *importCommand) target(ctx context.Context, s *session) (*opened, error) {
	if !c.DryRun {
		return c.open(ctx, s, toWrite)
	}
	o, err := c.open(ctx, s, toRead)
	if err != nil && plan.CodeOf(err) == plan.NotFound {
		return openEmpty(ctx)
	}
	return o, err
}
