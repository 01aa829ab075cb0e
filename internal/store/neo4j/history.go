package neo4j

import (
	"context"
	"math"
	"strings"

	"xianjie/internal/plan"
)

// History finds the places of the log that name the object, and reads its entries there.
func (s *Store) History(ctx context.Context, id plan.ID, until plan.Revision, limit int) ([]plan.Change, error) {
	if limit <= 0 {
		return nil, unfit("limit", "saw %d, wanted at least 1", limit)
	}
	if until == 0 {
		until = math.MaxInt64
	}
	const body = indexed + "WITH finished, COLLECT { CALL db.index.fulltext.queryNodes('" + historyIndex + "', $in.phrase) YIELD node AS c" +
		" WITH c WHERE $in.id IN c.`ids` AND c.`revision` <= $in.until" +
		" WITH c.`revision` AS revision, c.`ids` AS ids, c.`afters` AS afters, c.`position` AS position" +
		" UNWIND [i IN range(0, size(ids) - 1) WHERE ids[i] = $in.id] AS i" +
		" WITH revision, position, i, afters[i] AS after ORDER BY revision DESC, position DESC, i DESC LIMIT $in.limit" +
		" MATCH (r:" + revisionLabel + " {revision: revision})" +
		" WITH revision, position, i, after, r ORDER BY revision DESC, position DESC, i DESC" +
		" RETURN [revision, r.`at`, r.`actor`, r.`note`, $in.id, after] AS entry } AS entries"
	var changes []plan.Change
	err := s.read(ctx, func(ctx context.Context, r *reader) error {
		values, err := r.query(ctx, body, map[string]any{
			"id": string(id), "phrase": `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(id)) + `"`, "until": int64(until), "limit": int64(limit),
		}, "entries")
		if err != nil {
			return err
		}
		changes, err = decodeChanges(values[0])
		return err
	})
	return changes, err
}
