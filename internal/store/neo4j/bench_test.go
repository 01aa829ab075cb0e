package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"xianjie/internal/bench"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/neo4j"
)

// fill loads the synthetic register of a scale and gives the number of its objects.
func fill(tb testing.TB, s *neo4j.Store, scale float64) int {
	tb.Helper()
	objects := 0
	for cs := range bench.Generate(1, scale) {
		for ops := range slices.Chunk(cs.Ops, 5_000) { // a server for tests has not the memory for more
			if _, err := s.Apply(context.Background(), plan.ChangeSet{Ops: ops}); err != nil {
				tb.Fatal(err, errors.Unwrap(err))
			}
		}
		objects += len(cs.Ops)
	}
	return objects
}

// BenchmarkApply reports objects per second into an empty register.
func BenchmarkApply(b *testing.B) {
	objects := 0
	for b.Loop() {
		b.StopTimer()
		s := openEmpty(b)
		b.StartTimer()
		objects += fill(b, s, 0.25)
	}
	b.ReportMetric(float64(objects)/b.Elapsed().Seconds(), "objects/s")
}

func columns(k *plan.Kind, names ...string) []*plan.Field {
	var fields []*plan.Field
	for _, name := range names {
		fields = append(fields, k.Field(name))
	}
	return fields
}

// q1 is one plan, five fields.
func q1(id plan.ID) *query.Selection {
	p := plan.KindNamed("Plan")
	return &query.Selection{IDs: []plan.ID{id}, Of: []query.Shape{{Kind: p, Columns: columns(p, "id", "title", "level", "status", "periodEnd")}}}
}

func targets(via string, children ...*query.Selection) *query.Selection {
	p, t := plan.KindNamed("Plan"), plan.KindNamed("Target")
	return &query.Selection{Via: p.End(via), Page: query.Page{First: 20}, Of: []query.Shape{{
		Kind: t, Columns: columns(t, "id", "year", "nature", "quantity.value", "quantity.unit", "text"), Children: children,
	}}}
}

// q2 is 50 plans with 20 targets each, their indicators and regions.
func q2() *query.Selection {
	p, t, i, r := plan.KindNamed("Plan"), plan.KindNamed("Target"), plan.KindNamed("Indicator"), plan.KindNamed("Region")
	return &query.Selection{Page: query.Page{First: 50}, Of: []query.Shape{{Kind: p, Columns: columns(p, "id", "title", "level"), Children: []*query.Selection{targets("targets",
		&query.Selection{Via: t.End("indicator"), Of: []query.Shape{{Kind: i, Columns: columns(i, "id", "name")}}},
		&query.Selection{Via: t.End("region"), Of: []query.Shape{{Kind: r, Columns: columns(r, "id", "name")}}},
	)}}}}
}

// q3 is one plan, its targets, and the plans that it obeys with theirs.
func q3(id plan.ID) *query.Selection {
	p := plan.KindNamed("Plan")
	sel := q1(id)
	sel.Of[0].Children = []*query.Selection{targets("targets"), {Via: p.End("obeys"), Page: query.Page{First: 20}, Of: []query.Shape{{
		Kind: p, Columns: columns(p, "id", "title"), Children: []*query.Selection{targets("targets")},
	}}}}
	return sel
}

// q4 is 500 targets with eight fields.
func q4() *query.Selection {
	t := plan.KindNamed("Target")
	return &query.Selection{Page: query.Page{First: 500}, Of: []query.Shape{{
		Kind: t, Columns: columns(t, "id", "year", "nature", "quantity.comparator", "quantity.value", "quantity.unit", "text", "order"),
	}}}
}

// onePlan is a plan of the synthetic register that obeys another.
func onePlan(tb testing.TB, s *neo4j.Store) plan.ID {
	tb.Helper()
	p := plan.KindNamed("Plan")
	result, err := s.Fetch(context.Background(), &query.Selection{
		Filter: query.Related{End: p.End("obeys")}, Page: query.Page{Last: 1}, Of: []query.Shape{{Kind: p, Columns: columns(p, "id")}},
	})
	if err != nil || len(result.Root.Items) == 0 {
		tb.Fatal("no plan obeys another", err)
	}
	return plan.ID(result.Root.Tables[0].Value(0, 0).(string))
}

// BenchmarkFetch asks the four questions with one client and with eight. With
// XIANJIE_TEST_NEO4J_FAST the server has the memory and the compiler of a production one.
func BenchmarkFetch(b *testing.B) {
	s := openEmpty(b)
	fill(b, s, 1)
	id := onePlan(b, s)
	for _, q := range []struct {
		name string
		sel  *query.Selection
	}{{"q1", q1(id)}, {"q2", q2()}, {"q3", q3(id)}, {"q4", q4()}} {
		for _, clients := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/clients=%d", q.name, clients), func(b *testing.B) { measure(b, s, q.sel, clients) })
		}
	}
}

func measure(b *testing.B, s *neo4j.Store, sel *query.Selection, clients int) {
	var mu sync.Mutex
	var took []time.Duration
	left := make(chan struct{}, b.N)
	for range b.N {
		left <- struct{}{}
	}
	close(left)
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	for range clients {
		wg.Go(func() {
			for range left {
				start := time.Now()
				if _, err := s.Fetch(context.Background(), sel); err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(start))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
	b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
}
