package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// explained gives the query plans of the statements that a selection needs.
func explained(t *testing.T, s *Store, sel *query.Selection) string {
	t.Helper()
	var b strings.Builder
	err := s.read(t.Context(), func(c *conn) error {
		r := &reader{conn: c, schema: s.schema}
		if _, err := r.root(sel); err != nil {
			return err
		}
		for text := range c.statements {
			if !strings.HasPrefix(text, "SELECT") {
				continue
			}
			err := c.query("EXPLAIN QUERY PLAN "+text, nil, func(row *row) error {
				fmt.Fprintln(&b, row.text(3))
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestIndexesServe(t *testing.T) {
	target, p := plan.KindNamed("Target"), plan.KindNamed("Plan")
	id := []*plan.Field{target.Field("id")}
	of := []query.Shape{{Kind: target, Columns: id}}
	below := func(child query.Selection) query.Selection {
		return query.Selection{IDs: []plan.ID{"plan:p1"}, Of: []query.Shape{{Kind: p, Children: []*query.Selection{&child}}}}
	}
	cases := []struct {
		name string
		sel  query.Selection
		uses string
		not  string
	}{
		{"default order", query.Selection{Page: query.Page{First: 50}, Of: of}, "INDEX sqlite_autoindex_target_1", "TEMP B-TREE"},
		{"behind a position", query.Selection{Page: query.Page{First: 50, After: &query.Position{ID: "target:a/b"}}, Of: of},
			"INDEX sqlite_autoindex_target_1 (id>?)", "TEMP B-TREE"},
		{"behind a position of a field's order", query.Selection{
			Page:  query.Page{First: 50, After: &query.Position{Values: []any{int64(2024)}, ID: "target:a/b"}},
			Order: []query.Order{{Field: target.Field("year")}}, Of: of,
		}, "INDEX index_target_year (year>?)", "TEMP B-TREE"},
		{"a field's order", query.Selection{Page: query.Page{First: 50}, Order: []query.Order{{Field: target.Field("year")}}, Of: of}, "index_target_year", "TEMP B-TREE"},
		{"an enum of many words", query.Selection{Page: query.Page{First: 50}, Of: []query.Shape{{Kind: plan.KindNamed("Link")}},
			Filter: query.Compare{Field: plan.KindNamed("Link").Field("type"), Op: query.EQ, Value: "OBEYS"}},
			"index_link_type (type=?)", "TEMP B-TREE"},
		{"a page below", below(query.Selection{Via: p.End("targets"), Page: query.Page{First: 5}, Of: of}), "INDEX index_target_plan (plan=?)", "TEMP B-TREE"},
		{"all below", below(query.Selection{Via: p.End("targets"), Of: of}), "INDEX index_target_plan (plan=?)", "TEMP B-TREE"},
		{"links below", below(query.Selection{Via: p.End("links"), Of: []query.Shape{{Kind: plan.KindNamed("Link")}}}), "INDEX index_link_from", "SCAN t"},
		{"across", below(query.Selection{Via: p.End("obeyedBy"), Of: []query.Shape{{Kind: p}}}), "INDEX index_link_to", "SCAN t"},
		{"by an id behind an edge", query.Selection{Page: query.Page{First: 5}, Filter: query.Related{End: target.End("indicator"), Filter: query.IDs{"indicator:i1"}}, Of: of},
			"index_target_indicator", "SCAN t"},
		{"by two edges", query.Selection{Unordered: true, Of: of, Filter: query.And{
			query.Related{End: target.End("indicator"), Filter: query.IDs{"indicator:i1"}},
			query.Related{End: target.End("region"), Filter: query.IDs{"region:r1", "region:r2"}},
		}}, "INDEX index_target_indicator_region (indicator=? AND region=?)", "SCAN t"},
	}
	s := syntheticStore(t, 50)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fresh := openAt(t, s.path)
			got := explained(t, fresh, &c.sel)
			if !strings.Contains(got, c.uses) || strings.Contains(got, c.not) {
				t.Errorf("wanted %q and no %q in\n%s", c.uses, c.not, got)
			}
		})
	}
}

// TestSlowRead ends a read in the middle of a statement when its deadline passes.
func TestSlowRead(t *testing.T) {
	s := syntheticStore(t, 400)
	target, indicator := plan.KindNamed("Target"), plan.KindNamed("Indicator")
	// All targets of all indicators of all targets, and so on.
	var f query.Filter = query.Compare{Field: target.Field("text"), Op: query.Prefix, Value: "到"}
	for range deepestWalk / 2 {
		f = query.Related{End: target.End("indicator"), Filter: query.Related{End: indicator.End("targets"), Filter: f}}
	}
	// An order without an index: every target must be looked at before the first is given.
	slow := query.Selection{Filter: f, Order: []query.Order{{Field: target.Field("text")}}, Of: []query.Shape{{Kind: target, Columns: []*plan.Field{target.Field("id")}}}}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := s.Fetch(ctx, &slow)
	if plan.CodeOf(err) != plan.Timeout {
		t.Errorf("saw %v, wanted TIMEOUT", err)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("the read went on for %v", took)
	}
	if _, err := s.Fetch(t.Context(), &query.Selection{IDs: []plan.ID{"plan:p1"}, Of: []query.Shape{{Kind: plan.KindNamed("Plan")}}}); err != nil {
		t.Errorf("the next read: %v", err)
	}
}

// TestStatementsAreBounded floods a store with queries that are all different.
func TestStatementsAreBounded(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "register.db"), Readers(1))
	target := plan.KindNamed("Target")
	for i := range 2 * mostStatements {
		sel := &query.Selection{Page: query.Page{First: 5}, Of: []query.Shape{{Kind: target}}}
		for bit := range 12 {
			if i>>bit&1 == 1 {
				sel.Of[0].Columns = append(sel.Of[0].Columns, target.Fields[bit])
			}
		}
		if _, err := s.Fetch(t.Context(), sel); err != nil {
			t.Fatal(err)
		}
	}
	c, done, err := s.reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if n := len(c.statements); n > mostStatements {
		t.Errorf("a connection keeps %d statements, wanted at most %d", n, mostStatements)
	}
}
