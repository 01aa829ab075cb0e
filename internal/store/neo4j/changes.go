package neo4j

import (
	"context"
	"time"

	"xianjie/internal/plan"
)

// Changes reads the log by revision and position, in which it was written.
func (s *Store) Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error) {
	if limit <= 0 {
		return nil, unfit("limit", "saw %d, wanted at least 1", limit)
	}
	const body = "WITH finished, COLLECT { MATCH (c:" + changeLabel + ") WHERE c.`revision` > $in.after AND c.`position` IS NOT NULL" +
		" WITH c ORDER BY c.`revision`, c.`position` WITH c.`revision` AS revision, c.`ids` AS ids, c.`afters` AS afters" +
		" UNWIND range(0, size(ids) - 1) AS i WITH revision, ids[i] AS id, afters[i] AS after LIMIT $in.limit" +
		" MATCH (r:" + revisionLabel + " {revision: revision}) RETURN [revision, r.`at`, r.`actor`, r.`note`, id, after] AS entry } AS entries"
	var changes []plan.Change
	err := s.read(ctx, func(ctx context.Context, r *reader) error {
		values, err := r.query(ctx, body, map[string]any{"after": int64(after), "limit": int64(limit) + 1}, "entries")
		if err != nil {
			return err
		}
		changes, err = decodeChanges(values[0])
		return err
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

func decodeChanges(value any) ([]plan.Change, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, malformed(value)
	}
	var changes []plan.Change
	for _, raw := range list {
		cells, ok := raw.([]any)
		if !ok || len(cells) != 6 {
			return nil, malformed(raw)
		}
		text := func(i int) string { t, _ := cells[i].(string); return t }
		revision, ok := cells[0].(int64)
		if !ok {
			return nil, malformed(cells[0])
		}
		at, err := time.Parse(plan.TimeLayout, text(1))
		if err != nil {
			return nil, err
		}
		change := plan.Change{Revision: plan.Revision(revision), At: at, Actor: text(2), Note: text(3), ID: plan.ID(text(4))}
		if after := text(5); after != "" { // what a removal has
			change.After = []byte(after)
		}
		changes = append(changes, change)
	}
	return changes, nil
}
