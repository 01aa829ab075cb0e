package sqlite

import (
	"context"
	"math"
	"time"

	"xianjie/internal/plan"
)

const readChanges = `SELECT r."revision", r."at", r."actor", r."note", c."id", c."after"
	FROM "_change" c JOIN "_revision" r ON r."revision" = c."revision"`

// into decodes rows of readChanges.
func into(changes *[]plan.Change) func(*row) error {
	return func(row *row) error {
		at, err := time.Parse(plan.TimeLayout, row.text(1))
		if err != nil {
			return err
		}
		change := plan.Change{
			Revision: plan.Revision(row.integer(0)), At: at,
			Actor: row.text(2), Note: row.text(3), ID: plan.ID(row.text(4)),
		}
		if !row.null(5) {
			change.After = []byte(row.text(5))
		}
		*changes = append(*changes, change)
		return nil
	}
}

// Changes reads the log by sequence, in which it was written.
func (s *Store) Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error) {
	if limit <= 0 {
		return nil, unfit("limit", "saw %d, wanted at least 1", limit)
	}
	var changes []plan.Change
	err := s.read(ctx, func(c *conn) error {
		return c.query(readChanges+`
			WHERE c."sequence" >= (SELECT "first" FROM "_revision" WHERE "revision" > ? ORDER BY "revision" LIMIT 1)
			ORDER BY c."sequence" LIMIT ?`, []any{int64(after), int64(limit) + 1}, into(&changes))
	})
	if err != nil || len(changes) <= limit {
		return changes, err
	}
	cut := limit
	for cut > 0 && changes[cut-1].Revision == changes[limit].Revision {
		cut--
	}
	if cut == 0 {
		cut = limit // one revision alone exceeds the limit
	}
	return changes[:cut], nil
}

// History reads the log by the object's id.
func (s *Store) History(ctx context.Context, id plan.ID, until plan.Revision, limit int) ([]plan.Change, error) {
	if limit <= 0 {
		return nil, unfit("limit", "saw %d, wanted at least 1", limit)
	}
	if until == 0 {
		until = math.MaxInt64
	}
	var changes []plan.Change
	err := s.read(ctx, func(c *conn) error {
		return c.query(readChanges+`
			WHERE c."id" = ? AND c."revision" <= ? ORDER BY c."sequence" DESC LIMIT ?`, []any{string(id), int64(until), int64(limit)}, into(&changes))
	})
	return changes, err
}
