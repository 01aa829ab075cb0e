package cli

import (
	"context"
	"fmt"
	"os"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

type backupCommand struct {
	File string `arg:"" help:"The file to make; one that is there already is left alone."`
	where
}

// Help is shown below the summary.
func (backupCommand) Help() string {
	return `The backup is a SQLite file, itself a register: look into it with --store sqlite:FILE, and bring it back with xianjie restore. That of a SQLite store holds its change log too and is taken while reads and writes go on; that of another store holds its objects.

Examples:

    xianjie backup /backup/plans-2021-09-30.db --store sqlite:/srv/plans.db`
}

// backing is a store that can write itself into a file whole.
type backing interface {
	Backup(ctx context.Context, path string) error
}

func (c *backupCommand) run(ctx context.Context, s *session) (err error) {
	at, err := c.address(s)
	if err != nil {
		return err
	}
	st, err := at.open(ctx, toRead)
	if err != nil {
		return err
	}
	defer closeStore(st, &err)
	if err := backup(ctx, s, at, st, c.File); err != nil {
		return err
	}
	fmt.Fprintf(s.Stdout, "backed up %s to %s\n", at, c.File)
	return nil
}

func backup(ctx context.Context, s *session, at address, st store.Store, file string) error {
	if b, ok := st.(backing); ok {
		return b.Backup(ctx, file)
	}
	if (address{path: file}).exists() {
		return plan.Errorf(plan.Conflict, file, "is there already; a backup never replaces a file")
	}
	part := address{path: file + ".part"}
	if _, err := copyStore(ctx, s, at, part); err != nil {
		return err
	}
	if err := os.Rename(part.path, file); err != nil {
		return cannotWrite(file, err)
	}
	return nil
}

type restoreCommand struct {
	File string `arg:"" help:"The backup."`
	where
}

// Help is shown below the summary.
func (restoreCommand) Help() string {
	return `Brings a backup into a store that is empty or not there yet. Into a SQLite store it comes back whole, with its change log; into another come its objects.

Examples:

    xianjie restore /backup/plans-2021-09-30.db --store sqlite:/srv/plans.db`
}

func (c *restoreCommand) run(ctx context.Context, s *session) (err error) {
	at, err := c.address(s)
	if err != nil {
		return err
	}
	from := address{path: c.File}
	if !at.exists() {
		return c.whole(ctx, s, from, at)
	}
	done, err := copyStore(ctx, s, from, at)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Stdout, "restored %s to %s: %s, digest %s\n", c.File, at, count(int(done.Objects), "object"), done.Digest)
	return nil
}

// whole makes the store's file from the backup's.
func (c *restoreCommand) whole(ctx context.Context, s *session, from, at address) (err error) {
	st, err := from.open(ctx, toRead)
	if err != nil {
		return err
	}
	defer closeStore(st, &err)
	if err := prepare(at.path, toWrite); err != nil {
		return err
	}
	if err := backup(ctx, s, from, st, at.path); err != nil {
		return err
	}
	fmt.Fprintf(s.Stdout, "restored %s to %s\n", c.File, at)
	return nil
}
