package neo4j

import (
	"context"
	"math"
	"slices"
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
		" WITH c WHERE $in.id IN c.`ids` AND c.`revision` <= $in.until WITH c ORDER BY c.`revision` DESC, c.`position` DESC LIMIT $in.limit" +
		" MATCH (r:" + revisionLabel + " {revision: c.`revision`}) RETURN " + loggedCells + " AS entry ORDER BY c.`revision` DESC, c.`position` DESC } AS entries"
	var log []logged
	err := s.read(ctx, func(ctx context.Context, r *reader) error {
		values, err := r.query(ctx, body, map[string]any{
			"id": string(id), "phrase": `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(string(id)) + `"`, "until": int64(until), "limit": int64(limit),
		}, "entries")
		if err != nil {
			return err
		}
		log, err = decodeLog(values[0])
		return err
	})
	var changes []plan.Change
	for _, l := range log {
		for i, at := range slices.Backward(l.ids) {
			if at == string(id) && len(changes) < limit {
				changes = append(changes, l.change(i))
			}
		}
	}
	return changes, err
}
