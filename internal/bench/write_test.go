//go:build unix

package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
)

// BenchmarkApply fills an empty store with the register, set by set, indexes, search and change log included.
func BenchmarkApply(b *testing.B) {
	sets := slices.Collect(Generate(testSeed, scale(b)))
	objects := 0
	for _, cs := range sets {
		objects += len(cs.Ops)
	}
	for _, k := range kinds(b) {
		b.Run(k.name, func(b *testing.B) { apply(b, k, sets, objects) })
	}
}

func apply(b *testing.B, k kind, sets []plan.ChangeSet, objects int) {
	var busy time.Duration
	fill := func() {
		s := k.open(b)
		before := processor(b)
		b.StartTimer()
		for _, cs := range sets {
			if _, err := s.Apply(context.Background(), cs); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		busy += processor(b) - before
		closing(b, s)
	}
	b.StopTimer()
	if k.compiles {
		for range 3 {
			fill()
		}
		busy = 0
	}
	b.StartTimer()
	for b.Loop() {
		b.StopTimer()
		fill()
		b.StartTimer()
	}
	b.ReportMetric(float64(objects*b.N)/b.Elapsed().Seconds(), "objects/s")
	b.ReportMetric(busy.Seconds()/float64(b.N), "cpu-s/op")
}

// BenchmarkImport reads the register from files of plan documents into an empty store and checks it. A row is an object.
func BenchmarkImport(b *testing.B) {
	dir, bytes := writeDocuments(b, scale(b))
	for _, k := range kinds(b) {
		b.Run(k.name, func(b *testing.B) { imports(b, k, dir, bytes) })
	}
}

// writeDocuments writes the register into files, and says how many bytes they have.
func writeDocuments(tb testing.TB, scale float64) (dir string, bytes int64) {
	tb.Helper()
	files, err := Documents(testSeed, scale)
	if err != nil {
		tb.Fatal(err)
	}
	dir = tb.TempDir()
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			tb.Fatal(err)
		}
		bytes += int64(len(f.Data))
	}
	return dir, bytes
}

func imports(b *testing.B, k kind, dir string, bytes int64) {
	var rows int
	var reading, checking, busy time.Duration
	for b.Loop() {
		b.StopTimer()
		s := k.open(b)
		before := processor(b)
		b.StartTimer()
		start := time.Now()
		docs, err := document.Read(context.Background(), []string{dir}, nil)
		if err != nil {
			b.Fatal(err)
		}
		rows = docs.Objects()
		reading += time.Since(start)
		written := time.Now()
		progress := func(done, of int) {
			if done == of {
				written = time.Now()
			}
		}
		if _, err := register.New(s).Import(context.Background(), docs, register.ImportOptions{Last: true, Actor: "bench", Progress: progress}); err != nil {
			b.Fatal(err)
		}
		checking += time.Since(written)
		b.StopTimer()
		busy += processor(b) - before
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.SetBytes(bytes)
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(rows*b.N)/(b.Elapsed()-checking).Seconds(), "rows/s-unchecked")
	b.ReportMetric(busy.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(reading.Seconds()/float64(b.N), "read-s/op")
	b.ReportMetric(checking.Seconds()/float64(b.N), "check-s/op")
}
