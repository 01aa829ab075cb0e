package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"xianjie/internal/plan"
)

// Backup writes the register of one moment, its change log included, into a new file, while reads
// and writes go on. A file that is there already is left alone (CONFLICT). The new file appears
// whole or not at all.
func (s *Store) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return plan.Errorf(plan.Conflict, path, "is there already; a backup never replaces a file")
	}
	c, err := s.connect(ctx, true)
	if err != nil {
		return err
	}
	part := path + ".part"
	release := c.guard(ctx)
	err = s.fail(ctx, c.run("VACUUM INTO ?", part))
	release()
	err = errors.Join(err, s.fail(ctx, c.close()))
	if err == nil {
		err = publish(part, path)
	}
	if err != nil {
		return errors.Join(err, removed(part))
	}
	return nil
}

// publish makes a finished file safe on the disk, then gives it its name.
func publish(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return plan.Errorf(plan.Unavailable, path, "the backup cannot be finished: %w", err)
	}
	// A link, unlike a renaming, does not replace what another has put there meanwhile.
	err = errors.Join(f.Sync(), f.Close(), os.Link(part, path), os.Remove(part))
	if err != nil {
		return plan.Errorf(plan.Unavailable, path, "the backup cannot be finished: %w", err)
	}
	return nil
}

func removed(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
