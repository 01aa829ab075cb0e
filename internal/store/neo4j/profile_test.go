package neo4j_test

import (
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/neo4j"
)

func TestHits(t *testing.T) {
	openEmpty(t)
	var hits []int64
	s := openOn(t, server, neo4j.Options{Hits: func(n int64) { hits = append(hits, n) }})
	var cs plan.ChangeSet
	for _, id := range []plan.ID{"region:a", "region:b", "region:c"} {
		cs.Ops = append(cs.Ops, plan.Op{Upsert: &plan.Region{Meta: plan.Meta{ID: id}, Name: "x", Type: plan.Administrative}})
	}
	if _, err := s.Apply(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	region := plan.KindNamed("Region")
	read := func(sel query.Selection) int64 {
		t.Helper()
		before := len(hits)
		sel.Of = []query.Shape{{Kind: region, Columns: columns(region, "id", "name")}}
		result, err := s.Fetch(t.Context(), &sel)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) != before+result.Statements {
			t.Fatalf("%d statements were told of %d times", result.Statements, len(hits)-before)
		}
		return hits[before]
	}
	one, all := read(query.Selection{IDs: []plan.ID{"region:a"}}), read(query.Selection{})
	if one <= 0 || all <= one {
		t.Errorf("saw %d accesses for one object and %d for three, wanted more and more", one, all)
	}
}
