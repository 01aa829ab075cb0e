package neo4j

import (
	"context"
	"strings"

	"xianjie/internal/query"
)

// Fetch reads the whole selection by one statement, which gives one record, and one more for each
// row of cuts below each other.
func (s *Store) Fetch(ctx context.Context, sel *query.Selection) (*query.Result, error) {
	c := newCompiler(s.schema)
	c.cuts = newCuts(sel)
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
	body := ""
	if c.fullText {
		body = indexed
	}
	body += "WITH " + strings.Join(append([]string{"finished"}, bound...), ", ")
	result := &query.Result{}
	err = s.read(ctx, func(ctx context.Context, r *reader) error {
		values, err := r.query(ctx, body, c.params, names...)
		if err != nil {
			return err
		}
		d := &decoder{cuts: c.cuts}
		if result.Root, err = d.root(sel, values); err != nil {
			return err
		}
		err = d.fill(ctx, s.schema, r)
		result.Revision, result.Statements = r.revision(), r.statements
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}
