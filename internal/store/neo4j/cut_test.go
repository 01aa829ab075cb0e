package neo4j

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// along is a child selection along an edge of a kind to another.
func along(from, edge, to string, first int, children ...*query.Selection) *query.Selection {
	return &query.Selection{
		Via: plan.KindNamed(from).End(edge), Page: query.Page{First: first},
		Of: []query.Shape{{Kind: plan.KindNamed(to), Children: children}},
	}
}

func TestNewCuts(t *testing.T) {
	plans := func(sel query.Selection, children ...*query.Selection) *query.Selection {
		sel.Of = []query.Shape{{Kind: plan.KindNamed("Plan"), Children: children}}
		return &sel
	}
	page := func(first int) query.Selection { return query.Selection{Page: query.Page{First: first}} }
	one := query.Selection{IDs: []plan.ID{"plan:a"}}
	indicator := func(children ...*query.Selection) *query.Selection {
		return along("Target", "indicator", "Indicator", 0, children...)
	}
	targets := func(first int, children ...*query.Selection) *query.Selection {
		return along("Plan", "targets", "Target", first, children...)
	}
	lead := along("Indicator", "lead", "Organization", 0)
	for _, test := range []struct {
		name string
		sel  *query.Selection
		want []string // edges that are cut
	}{
		{"long page", plans(page(500), along("Plan", "region", "Region", 0)), []string{"region"}},
		{"short page", plans(page(50), along("Plan", "region", "Region", 0)), nil},
		{"short pages below a short page", plans(page(50), targets(20, indicator())), []string{"indicator"}},
		{"a page of one", plans(one, targets(20, indicator())), nil},
		{"all of one", plans(one, targets(0, indicator())), []string{"indicator"}},
		{"all", plans(query.Selection{}, along("Plan", "region", "Region", 0)), []string{"region"}},
		{"below a cut are few", plans(page(50), targets(20, indicator(lead))), []string{"indicator"}},
		{"a list below a cut", plans(page(50), targets(20, indicator(along("Indicator", "targets", "Target", 2, along("Target", "region", "Region", 0))))),
			[]string{"indicator", "region"}},
		{"a list of edges", plans(page(500), along("Plan", "issuers", "Organization", 0)), nil},
		{"ends of links", &query.Selection{Of: []query.Shape{{Kind: plan.KindNamed("Link"), Children: []*query.Selection{along("Link", "to", "Plan", 0)}}}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for sel := range maps.Keys(newCuts(test.sel)) {
				got = append(got, sel.Via.Name)
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("cut at (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFillApart: a node that has gone since its name was read makes the read one that must be done again.
func TestFillApart(t *testing.T) {
	region := plan.KindNamed("Region")
	sel := &query.Selection{Of: []query.Shape{{Kind: region, Columns: []*plan.Field{region.Field("id")}}}}
	row := func(at int64, id string) any { return []any{at, []any{id}} }
	for _, test := range []struct {
		name  string
		rows  any
		whole bool
		err   bool
		want  []any
	}{
		{"in any order", []any{row(1, "region:b"), row(0, "region:a")}, true, false, []any{"region:a", "region:b"}},
		{"one gone", []any{row(0, "region:a")}, false, false, nil},
		{"out of place", []any{row(0, "region:a"), row(2, "region:b")}, false, true, nil},
		{"no list", "x", false, true, nil},
		{"no pair", []any{"x"}, false, true, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &apart{level: (&decoder{}).newLevel(sel, 1), numbers: []int64{1, 2}}
			whole, err := a.fill(test.rows)
			if whole != test.whole || (err != nil) != test.err {
				t.Fatalf("saw whole %v and error %v", whole, err)
			}
			if !whole {
				return
			}
			table := a.level.tables[0].table
			var got []any
			for i := range table.Rows {
				got = append(got, table.Value(i, 0))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}
