package coherence

import (
	"context"
	"fmt"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// synthetic is a nation of provinces, cities and counties, each with a few plans that set every indicator for their own region, and for the
// next level the same by allotment; one target in a hundred is out of line.
func synthetic(b *testing.B, targets int) []plan.Object {
	b.Helper()
	const indicators, plansEach = 200, 3
	objects := exampleFrame("x", plan.Up)[:1]
	add := func(code string, level plan.PlanLevel, within plan.ID) plan.ID {
		r := &plan.Region{Meta: plan.Meta{ID: plan.MakeID("region", code)}, Name: code, Level: level, Type: plan.Administrative}
		if within != "" {
			r.Within = []plan.ID{within}
		}
		objects = append(objects, r)
		return r.ID
	}
	figures := make([]quantity.Quantity, 12)
	for i := range figures {
		q, err := quantity.Parse(fmt.Sprintf(">= %d.%d %%", 20+i%3, i))
		if err != nil {
			b.Fatal(err)
		}
		figures[i] = q
	}
	for i := range indicators {
		objects = append(objects, &plan.Indicator{Meta: plan.Meta{ID: plan.MakeID("indicator", fmt.Sprint(i))}, Name: fmt.Sprint("指标", i), Trend: plan.Up})
	}
	made := 0
	set := func(p *plan.Plan, region plan.ID, i int) {
		value := figures[0]
		if made%100 == 0 {
			value = figures[made/100%len(figures)]
		}
		objects = append(objects, &plan.Target{
			Meta: plan.Meta{ID: plan.MakeID("target", p.Code, fmt.Sprint(made))}, Quantity: value, Year: 2025, Nature: plan.Binding,
			Plan: p.ID, Indicator: plan.MakeID("indicator", fmt.Sprint(i%indicators)), Region: region,
		})
		made++
	}
	for county := 0; made < targets; county++ {
		province := add(fmt.Sprintf("p%d", county/100), plan.Provincial, "region:nation")
		city := add(fmt.Sprintf("c%d", county/10), plan.Prefectural, province)
		here := add(fmt.Sprintf("r%d", county), plan.County, city)
		above := examplePlan(fmt.Sprintf("above%d", county), "上位", plan.Prefectural, city)
		objects = append(objects, above)
		for k := range plansEach {
			p := examplePlan(fmt.Sprintf("plan%d-%d", county, k), "规划", plan.County, here)
			objects = append(objects, p)
			for i := range indicators / 4 {
				set(p, here, i*4+county%4)
			}
		}
		for i := range indicators / 4 {
			set(above, here, i*4+county%4)
		}
	}
	return objects
}

func BenchmarkCheck(b *testing.B) {
	for _, targets := range []int{80_000, 500_000} {
		b.Run(fmt.Sprint(targets), func(b *testing.B) {
			objects := synthetic(b, targets)
			frame, memory := NewFrame(objects), NewMemory(objects)
			rules, err := RulesNamed("R01", "R02")
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			var compared int
			for b.Loop() {
				run, err := Check(context.Background(), frame, memory, Options{Rules: rules})
				if err != nil {
					b.Fatal(err)
				}
				compared = run.Counts.Passed + run.Counts.Failed
			}
			b.ReportMetric(float64(compared)*float64(b.N)/b.Elapsed().Seconds(), "comparisons/s")
		})
	}
}
