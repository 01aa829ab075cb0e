package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"xianjie/graph"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/register"
)

// BenchmarkChange changes one target after the other in GraphQL, each with its check, and says how long half of them and all but one in a
// hundred took.
func BenchmarkChange(b *testing.B) {
	for _, k := range kinds(b) {
		for _, scale := range scales(b) {
			b.Run(k.name+"/"+targetsAt(scale), func(b *testing.B) {
				r, targets := checkedRegister(b, k, scale)
				exec := graph.New(r, graph.Options{Limits: graph.DefaultLimits()})
				var took []time.Duration
				for b.Loop() {
					start := time.Now()
					_, err := graph.Ask(context.Background(), exec, graph.Question{
						Query:     `mutation($t: TargetInput!) {upsertTarget(input: $t) {revision opened {id message} closed objects {id version}}}`,
						Variables: map[string]any{"t": changed(targets[len(took)*7919%len(targets)], len(took))},
					})
					if err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(start))
				}
				quantiles(b, took)
			})
		}
	}
}

// BenchmarkWhatIf asks what 50 changed targets of one plan and its neighbours would do.
func BenchmarkWhatIf(b *testing.B) {
	for _, k := range kinds(b) {
		b.Run(k.name+"/"+targetsAt(scale(b)), func(b *testing.B) {
			r, targets := checkedRegister(b, k, scale(b))
			rng := rand.New(rand.NewPCG(1, 1))
			var took []time.Duration
			for b.Loop() {
				ops := make([]plan.Op, 50)
				at := rng.IntN(len(targets) - len(ops))
				for i := range ops {
					t := *targets[at+i]
					t.Quantity = figure(b, i)
					ops[i].Upsert = &t
				}
				start := time.Now()
				if _, err := r.WhatIf(context.Background(), ops); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			quantiles(b, took)
		})
	}
}

// checkedRegister is the synthetic register after a full check, and its targets in their order.
func checkedRegister(b *testing.B, k kind, scale float64) (*register.Register, []*plan.Target) {
	b.Helper()
	s := k.loaded(b, scale)
	b.Cleanup(func() { closing(b, s) })
	r := register.New(s)
	if _, err := r.Check(context.Background(), nil); err != nil {
		b.Fatal(err)
	}
	var targets []*plan.Target
	for o := range objects(testSeed, scale) {
		if t, ok := o.(*plan.Target); ok {
			targets = append(targets, t)
		}
	}
	return r, targets
}

func figure(tb testing.TB, n int) quantity.Quantity {
	tb.Helper()
	q, err := quantity.Parse(fmt.Sprintf("%d.%d %%", 10+n%80, n%10))
	if err != nil {
		tb.Fatal(err)
	}
	return q
}

// changed is a target as the input of a change that gives it another figure.
func changed(t *plan.Target, n int) map[string]any {
	input := map[string]any{
		"id": string(t.ID), "quantity": fmt.Sprintf("%d.%d %%", 10+n%80, n%10), "nature": string(t.Nature),
		"plan": string(t.Plan), "indicator": string(t.Indicator), "region": string(t.Region),
	}
	if t.Year != 0 {
		input["year"] = t.Year
	}
	if t.Calibre != "" {
		input["calibre"] = string(t.Calibre)
	}
	return input
}

func quantiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
}
