package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
)

// register is a synthetic register: vocabulary, then plans with 20 targets and a link each.
func syntheticRegister(tb testing.TB, plans int) (vocabulary, rest []plan.Op) {
	tb.Helper()
	q, err := quantity.Parse(">= 23.5 %")
	if err != nil {
		tb.Fatal(err)
	}
	upsert := func(ops []plan.Op, o plan.Object) []plan.Op { return append(ops, plan.Op{Upsert: o}) }
	for i := range 3172 {
		o := &plan.Region{Name: fmt.Sprintf("第%d旗", i), Type: plan.Administrative, Level: plan.County, GBCode: fmt.Sprintf("%06d", 150000+i)}
		o.ID = plan.ID(fmt.Sprintf("region:%d", 150000+i))
		vocabulary = upsert(vocabulary, o)
	}
	for i := range 200 {
		o := &plan.Indicator{Name: fmt.Sprintf("森林覆盖率 %d", i), Unit: "%", Trend: plan.Up}
		o.ID = plan.ID(fmt.Sprintf("indicator:i%d", i))
		vocabulary = upsert(vocabulary, o)
	}
	for i := range plans {
		p := &plan.Plan{
			Title: fmt.Sprintf("第%d旗“十四五”生态环境保护规划", i), Level: plan.County, Category: plan.Special, Form: plan.FormPlan,
			Status: plan.Issued, Series: fmt.Sprintf("p%d", i), PeriodStart: "2021", PeriodEnd: "2025", Region: plan.ID(fmt.Sprintf("region:%d", 150000+i%3172)),
		}
		p.ID = plan.ID(fmt.Sprintf("plan:p%d", i))
		rest = upsert(rest, p)
		for j := range 20 {
			t := &plan.Target{
				Quantity: q, Year: 2025 + 10*(j%2), Nature: plan.Binding, Text: "到2025年，森林覆盖率达到23.5%", Order: j + 1,
				Plan: p.ID, Indicator: plan.ID(fmt.Sprintf("indicator:i%d", (i*7+j*11)%200)), Region: p.Region,
				Source: plan.Source{Ref: "F01", Document: "规划", Publisher: "人民政府", Confidence: plan.Stated},
			}
			t.ID = plan.ID(fmt.Sprintf("target:p%d/t%d", i, j))
			rest = upsert(rest, t)
		}
		if i > 0 {
			l := &plan.Link{Type: plan.Obeys, From: p.ID, To: plan.ID(fmt.Sprintf("plan:p%d", (i-1)/15)), Article: "第十三条"}
			rest = upsert(rest, l)
		}
	}
	return vocabulary, rest
}

func mustApply(tb testing.TB, s *Store, ops []plan.Op) {
	tb.Helper()
	if _, err := s.Apply(context.Background(), plan.ChangeSet{Ops: ops}); err != nil {
		tb.Fatal(err)
	}
}

func syntheticStore(tb testing.TB, plans int) *Store {
	tb.Helper()
	s, err := Open(context.Background(), filepath.Join(tb.TempDir(), "register.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	vocabulary, rest := syntheticRegister(tb, plans)
	mustApply(tb, s, vocabulary)
	for len(rest) > 0 {
		n := min(20_000, len(rest))
		mustApply(tb, s, rest[:n])
		rest = rest[n:]
	}
	return s
}

// BenchmarkApply reports objects per second of mixed sets into an empty register.
func BenchmarkApply(b *testing.B) {
	objects := 0
	for b.Loop() {
		b.StopTimer()
		s, err := Open(context.Background(), filepath.Join(b.TempDir(), "register.db"))
		if err != nil {
			b.Fatal(err)
		}
		vocabulary, rest := syntheticRegister(b, 4000)
		objects += len(vocabulary) + len(rest)
		b.StartTimer()
		mustApply(b, s, vocabulary)
		for len(rest) > 0 {
			n := min(5_000, len(rest))
			mustApply(b, s, rest[:n])
			rest = rest[n:]
		}
		b.StopTimer()
		s.Close()
		b.StartTimer()
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

func benchmarkFetch(b *testing.B, sel *query.Selection) {
	s := syntheticStore(b, 4000)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for pb.Next() {
			if _, err := s.Fetch(ctx, sel); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFetchQ2 reads 50 plans with 20 targets each, their indicators and regions.
func BenchmarkFetchQ2(b *testing.B) {
	p, t, i, r := plan.KindNamed("Plan"), plan.KindNamed("Target"), plan.KindNamed("Indicator"), plan.KindNamed("Region")
	benchmarkFetch(b, &query.Selection{
		Page: query.Page{First: 50},
		Of: []query.Shape{{Kind: p, Columns: columns(p, "id", "title", "level"), Children: []*query.Selection{{
			Via: p.End("targets"), Page: query.Page{First: 20},
			Of: []query.Shape{{Kind: t, Columns: columns(t, "id", "year", "nature", "quantity.value", "quantity.unit", "text"), Children: []*query.Selection{
				{Via: t.End("indicator"), Of: []query.Shape{{Kind: i, Columns: columns(i, "id", "name")}}},
				{Via: t.End("region"), Of: []query.Shape{{Kind: r, Columns: columns(r, "id", "name")}}},
			}}},
		}}}},
	})
}

// BenchmarkFetchQ4 reads 500 targets with 8 scalars.
func BenchmarkFetchQ4(b *testing.B) {
	t := plan.KindNamed("Target")
	benchmarkFetch(b, &query.Selection{
		Page: query.Page{First: 500},
		Of:   []query.Shape{{Kind: t, Columns: columns(t, "id", "year", "nature", "quantity.comparator", "quantity.value", "quantity.unit", "text", "order")}},
	})
}
