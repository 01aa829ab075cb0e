package cli

import (
	"context"
	"fmt"

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
	return `All documents are checked before anything is written, and every error is listed with its file, line and column. Each document is then written whole or not at all. Importing the same documents again changes nothing, and goes on where an import was stopped.

Examples:

    xianjie import plans/
    xianjie import --dry-run new-plan.yaml
    xianjie import --store sqlite:/srv/plans.db vocabulary.yaml plans/`
}

func (c *importCommand) run(ctx context.Context, s *session) (err error) {
	docs, err := read(ctx, s, c.Paths)
	if err != nil {
		return err
	}
	o, err := c.target(ctx, s)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	done, err := load(ctx, s, o, docs, register.ImportOptions{DryRun: c.DryRun, Last: true, Actor: "import"})
	if err != nil {
		c.unfinished(s, o, done)
		return err
	}
	verb := "imported"
	if c.DryRun {
		verb = "would import"
	}
	fmt.Fprintf(s.Stdout, "%s %s into %s: %s, %d new, %d changed, %d there already\n", verb, count(done.Documents, "document"), o.name,
		count(done.Objects, "object"), done.Added, done.Changed, done.Same())
	if done.Outcome != nil {
		fmt.Fprintf(s.Stdout, "revision %d: %s opened, %d closed\n", done.Outcome.Revision,
			count(len(done.Outcome.Opened), "finding"), len(done.Outcome.Closed))
	}
	return nil
}

// unfinished tells how far an import has come that failed or was stopped.
func (c *importCommand) unfinished(s *session, o *opened, done *register.Imported) {
	if done == nil || done.Done == 0 || c.DryRun {
		return
	}
	left := ""
	if done.Done == done.Objects {
		left = ", but not checked yet"
	}
	fmt.Fprintf(s.Stderr, "%d of %s are in %s%s; import the same again to go on\n", done.Done, count(done.Objects, "object"), o.name, left)
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
