package bench

import (
	"context"
	"fmt"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/plan"
)

// What a Neo4j and its driver do by themselves, on this machine and in this run: what the store takes is held against that.
const (
	bareID     = "MATCH (p:Plan {id: $id}) RETURN p.title, p.level, p.category, p.status, p.periodEnd"
	bareNested = "MATCH (p:Plan) WHERE p.id > $after WITH p ORDER BY p.id LIMIT 50 " +
		"RETURN collect([p.id, p.title, [(p)<-[:PLAN]-(t:Target) | [t.id, t.year, t.text, t.quantity_value, t.quantity_unit, " +
		"[(t)-[:INDICATOR]->(i) | i.name], [(t)-[:REGION]->(r) | r.name]]]])"
	bareCreate = "UNWIND $rows AS row CREATE (:Bare {id: row[0], name: row[1]})"
	bareRelate = "UNWIND $rows AS row MATCH (a:Bare {id: row[0]}) MATCH (b:Bare {id: row[1]}) CREATE (a)-[:BARE]->(b)"
)

// BenchmarkBare asks a Neo4j for one plan by its id, and for 50 plans with 20 targets each, as plainly as Cypher can (no order, no limit of
// targets), and has it create 100,000 small nodes, then as many relationships between them.
func BenchmarkBare(b *testing.B) {
	for _, k := range kinds(b) {
		if k.profiled == nil {
			continue
		}
		s := k.loaded(b, scale(b))
		defer closing(b, s)
		var plans []plan.ID
		for o := range objects(testSeed, scale(b)) {
			if p, ok := o.(*plan.Plan); ok {
				plans = append(plans, p.ID)
			}
		}
		bare := newBare(b)
		b.Run(k.name+"/by-id", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				bare.run(b, bareID, map[string]any{"id": string(plans[i*7919%len(plans)])})
			}
		})
		b.Run(k.name+"/nested", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				bare.run(b, bareNested, map[string]any{"after": string(plans[i*7919%(len(plans)-50)])})
			}
		})
		made, related := 0, 0
		b.Run(k.name+"/create", func(b *testing.B) { bare.write(b, bareCreate, func() int { made++; return made }) })
		b.Run(k.name+"/relate", func(b *testing.B) { bare.write(b, bareRelate, func() int { related++; return 1 + related%made }) })
	}
}

type bare struct{ session driver.SessionWithContext }

func newBare(b *testing.B) *bare {
	b.Helper()
	server := database.get(b)
	ctx := context.Background()
	d, err := driver.NewDriverWithContext(server.URL, driver.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		b.Fatal(err)
	}
	s := &bare{d.NewSession(ctx, driver.SessionConfig{DatabaseName: "neo4j"})}
	b.Cleanup(func() {
		if err := s.session.Close(ctx); err != nil {
			b.Error(err)
		}
		if err := d.Close(ctx); err != nil {
			b.Error(err)
		}
	})
	s.run(b, "CREATE CONSTRAINT bare_id IF NOT EXISTS FOR (n:Bare) REQUIRE n.id IS UNIQUE", nil)
	b.Cleanup(func() { s.run(b, "DROP CONSTRAINT bare_id", nil) })
	return s
}

// run runs one statement by itself and takes all that it gives.
func (s *bare) run(b *testing.B, text string, params map[string]any) {
	b.Helper()
	result, err := s.session.Run(context.Background(), text, params)
	if err == nil {
		_, err = result.Collect(context.Background())
	}
	if err != nil {
		b.Fatal(err)
	}
}

// write runs a statement for 100,000 rows, 5,000 at once, each of a number and of one that is made from it.
func (s *bare) write(b *testing.B, text string, number func() int) {
	b.Helper()
	const batches, rows = 20, 5_000
	for b.Loop() {
		for range batches {
			list := make([]any, rows)
			for i := range list {
				n := number()
				list[i] = []any{fmt.Sprint("bare:", n), fmt.Sprint("bare:", 1+n*7919%(batches*rows))}
			}
			s.run(b, text, map[string]any{"rows": list})
		}
	}
	b.ReportMetric(float64(batches*rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
