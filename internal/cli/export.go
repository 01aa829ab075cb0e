package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"xianjie/internal/document"
	"xianjie/internal/plan"
)

type exportCommand struct {
	Plan []string      `placeholder:"ID" help:"Only this plan (repeated): nm-eco-14 or plan:nm-eco-14."`
	AsOf plan.Revision `placeholder:"REVISION" help:"The register as it was at this revision."`
	Out  string        `placeholder:"DIR" help:"Where the documents go, one file each. Without it a single document goes to standard output."`
	whereOrDemo
}

// Help is shown below the summary.
func (exportCommand) Help() string {
	return `The documents read back to the same register, and the same register always makes the same bytes. A file in DIR is replaced whole; files of other names are left alone. With --as-of the bytes are those that an export gave at that revision; history and changes in GraphQL tell the revisions.

Examples:

    xianjie export --out plans/
    xianjie export --out before/ --as-of 12
    xianjie export --demo --plan nm-eco-14`
}

func (c *exportCommand) run(ctx context.Context, s *session) (err error) {
	o, err := c.open(ctx, s, toRead)
	if err != nil {
		return err
	}
	defer o.closing(&err)
	files, err := c.files(ctx, o)
	if err != nil {
		return err
	}
	if c.Out != "" {
		return c.write(s, files)
	}
	if len(files) != 1 {
		return plan.Errorf(plan.BadUserInput, "--out", "saw %s and no directory, wanted --out DIR, or one plan by --plan", count(len(files), "document"))
	}
	_, err = s.Stdout.Write(files[0].Data)
	return err
}

func (c *exportCommand) files(ctx context.Context, o *opened) ([]document.File, error) {
	if c.AsOf == 0 {
		return o.Export(ctx, planIDs(c.Plan))
	}
	return o.ExportAsOf(ctx, planIDs(c.Plan), c.AsOf)
}

func (c *exportCommand) write(s *session, files []document.File) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return cannotWrite(c.Out, err)
	}
	p := s.progress("writing documents")
	defer p.end()
	for i, f := range files {
		if err := writeFile(filepath.Join(c.Out, filepath.FromSlash(f.Name)), f.Data); err != nil {
			return err
		}
		p.step(i+1, len(files))
	}
	fmt.Fprintf(s.Stdout, "exported %s to %s\n", count(len(files), "document"), c.Out)
	return nil
}

// planIDs are ids of plans as people write them, which may leave out the kind.
func planIDs(names []string) []plan.ID {
	var ids []plan.ID
	for _, name := range names {
		id := plan.ID(name)
		if plan.KindOf(id) == nil {
			id = plan.MakeID("plan", name)
		}
		ids = append(ids, id)
	}
	return ids
}
