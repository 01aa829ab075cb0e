package neo4j

import (
	"context"
	"strings"

	"xianjie/internal/query"
)

// Fetch reads the whole selection by one statement, which gives one record.
func (s *Store) Fetch(ctx context.Context, sel *query.Selection) (*query.Result, error) {
	c := newCompiler(s.schema)
	parts, err := c.root(sel)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(parts))
	bound := make([]string, len(parts))
	for i, part := range parts {
		names[i] = c.variable()
		bound[i] = part + " AS " + names[i]
	}
	body := "WITH " + strings.Join(append([]string{"finished"}, bound...), ", ")
	result := &query.Result{}
	err = s.read(ctx, func(ctx context.Context, r *reader) error {
		values, err := r.query(ctx, body, c.params, names...)
		if err != nil {
			return err
		}
		result.Revision, result.Statements = r.revision(), r.statements
		result.Root, err = decodeRoot(sel, values)
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}
