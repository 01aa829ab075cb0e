package sqlite

import (
	"context"
	"time"

	"xianjie/internal/plan"
)

// Changes reads the log by sequence, in which it was written.
func (s *Store) Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error) {
	if limit <= 0 {
		return nil, unfit("limit", "saw %d, wanted at least 1", limit)
	}
	var changes []plan.Change
	err := s.read(ctx, func(c *conn) error {
		return c.query(`SELECT r."revision", r."at", r."actor", r."note", c."id", c."after"
			FROM "_change" c JOIN "_revision" r ON r."revision" = c."revision"
			WHERE c."sequence" >= (SELECT "first" FROM "_revision" WHERE "revision" > ? ORDER BY "revision" LIMIT 1)
			ORDER BY c."sequence" LIMIT ?`, []any{int64(after), int64(limit) + 1}, func(row *row) error {
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
			changes = append(changes, change)
			return nil
		})
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
