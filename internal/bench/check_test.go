//go:build linux

package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"testing"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/register"
)

// scales of the register that checks are measured on: one is 80,000 targets.
func scales(b *testing.B) []float64 { return []float64{scale(b), 6.25 * scale(b)} }

func targetsAt(scale float64) string {
	return fmt.Sprintf("targets=%d", round(4000*scale)*targetsPerPlan)
}

// BenchmarkCheck is a full check by all rules, loading from the store included, every finding made in full and handed on.
func BenchmarkCheck(b *testing.B) {
	for _, k := range kinds(b) {
		for _, scale := range scales(b) {
			b.Run(k.name+"/"+targetsAt(scale), func(b *testing.B) {
				s := k.loaded(b, scale)
				defer s.Close()
				r := register.New(s)
				measureCheck(b, func() (*coherence.Run, error) {
					return r.Evaluate(context.Background(), coherence.Options{Details: 100_000, Found: func(*plan.Finding) {}})
				})
			})
		}
	}
}

// BenchmarkCheckInMemory is the same without a store, by all rules and by each alone.
func BenchmarkCheckInMemory(b *testing.B) {
	for _, scale := range scales(b) {
		var all []plan.Object
		for o := range objects(testSeed, scale) {
			all = append(all, o)
		}
		frame, memory := coherence.NewFrame(all), coherence.NewMemory(all)
		check := func(rules []*coherence.Rule) func(b *testing.B) {
			return func(b *testing.B) {
				measureCheck(b, func() (*coherence.Run, error) {
					return coherence.Check(context.Background(), frame, memory, coherence.Options{Rules: rules, Details: 100_000, Found: func(*plan.Finding) {}})
				})
			}
		}
		b.Run(targetsAt(scale)+"/all", check(nil))
		for _, rule := range coherence.Rules() {
			b.Run(targetsAt(scale)+"/"+rule.ID, check([]*coherence.Rule{rule}))
		}
	}
}

// measureCheck reports, beside the time, the peak of the process's memory over all runs, each of which begins without what the one before has
// left, and what the last run answered.
func measureCheck(b *testing.B, check func() (*coherence.Run, error)) {
	b.Helper()
	debug.FreeOSMemory()
	b.ReportAllocs()
	resetPeak(b)
	before := processor(b)
	var counts coherence.Counts
	for b.Loop() {
		b.StopTimer()
		debug.FreeOSMemory() // of the run before
		b.StartTimer()
		run, err := check()
		if err != nil {
			b.Fatal(err)
		}
		counts = run.Counts
	}
	b.ReportMetric((processor(b)-before).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(peak(b), "peak-MB")
	b.ReportMetric(float64(counts.Passed+counts.Failed)*float64(b.N)/b.Elapsed().Seconds(), "comparisons/s")
	b.ReportMetric(float64(counts.Passed), "passed")
	b.ReportMetric(float64(counts.Failed), "failed")
	b.ReportMetric(float64(counts.Open+counts.NotComparable+counts.NotApplicable), "not-compared")
}

// resetPeak makes the kernel forget the most memory that the process has had.
func resetPeak(tb testing.TB) {
	tb.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		tb.Fatal(err)
	}
}

// peak is the most memory that the process has had since, in MB.
func peak(tb testing.TB) float64 {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Fatal(err)
	}
	for line := range bytes.Lines(status) {
		if kB, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			n, err := strconv.ParseFloat(string(bytes.Fields(kB)[0]), 64)
			if err != nil {
				tb.Fatal(err)
			}
			return n / 1024
		}
	}
	tb.Fatal("/proc/self/status does not tell VmHWM")
	return 0
}
