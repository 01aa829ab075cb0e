package coherence

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
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

// BenchmarkPairs is the comparing alone, of targets that are in memory: by each pairwise rule, and by all of them.
func BenchmarkPairs(b *testing.B) {
	objects := synthetic(b, 500_000)
	frame, memory := NewFrame(objects), NewMemory(objects)
	var pairwise []*Rule
	for _, rule := range Rules() {
		if rule.Compare != nil {
			pairwise = append(pairwise, rule)
		}
	}
	compare := func(rules ...*Rule) func(b *testing.B) {
		return func(b *testing.B) {
			asked := make([]*Rule, len(rules))
			for i, rule := range rules {
				asked[i] = &Rule{ID: rule.ID, Compare: rule.Compare}
			}
			answers := 0
			for b.Loop() {
				b.StopTimer()
				scopes, err := frame.ScopesOf(context.Background(), memory, IndicatorScope)
				if err != nil {
					b.Fatal(err)
				}
				loaded, err := frame.load(context.Background(), memory, scopes)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				answers += comparedBy(b, frame, loaded, asked)
			}
			b.ReportMetric(float64(answers)/b.Elapsed().Seconds(), "comparisons/s")
		}
	}
	for _, rule := range pairwise {
		b.Run(rule.ID, compare(rule))
	}
	b.Run("all", compare(pairwise...))
}

// comparedBy has as many workers as there are cores ask the rules about scopes, and says how many answers compared two figures.
func comparedBy(b *testing.B, frame *Frame, loaded []*Facts, rules []*Rule) int {
	b.Helper()
	var next, compared atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		w := &worker{ctx: context.Background(), frame: frame, rules: rules, memo: newMemo(Options{}, frame)}
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(loaded)); i = next.Add(1) - 1 {
				r, err := w.check(loaded[i])
				if err != nil {
					b.Error(err)
					return
				}
				for _, e := range r.entries {
					if o := outcomes()[e.outcome]; o == Pass || o == Fail {
						compared.Add(int64(e.count))
					}
				}
			}
		})
	}
	workers.Wait()
	return int(compared.Load())
}
