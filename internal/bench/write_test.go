//go:build unix

package bench

import (
	"context"
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
	for b.Loop() {
		b.StopTimer()
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
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(objects*b.N)/b.Elapsed().Seconds(), "objects/s")
	b.ReportMetric(busy.Seconds()/float64(b.N), "cpu-s/op")
}

// BenchmarkImport reads the register from plan documents into an empty store and checks it. A row is an object.
func BenchmarkImport(b *testing.B) {
	files, err := Documents(testSeed, scale(b))
	if err != nil {
		b.Fatal(err)
	}
	for _, k := range kinds(b) {
		b.Run(k.name, func(b *testing.B) { imports(b, k, files) })
	}
}

func imports(b *testing.B, k kind, files []document.File) {
	var rows, bytes int
	var parsing, checking, busy time.Duration
	for b.Loop() {
		b.StopTimer()
		s := k.open(b)
		before := processor(b)
		b.StartTimer()
		start := time.Now()
		docs := make([]*document.Document, len(files))
		rows, bytes = 0, 0
		for i, f := range files {
			var errs plan.Errors
			if docs[i], errs = document.Parse(f.Name, f.Data); errs != nil {
				b.Fatal(errs)
			}
			rows += len(docs[i].Objects)
			bytes += len(f.Data)
		}
		parsing += time.Since(start)
		written := time.Now()
		progress := func(done, of int) {
			if done == of {
				written = time.Now()
			}
		}
		if _, err := register.New(s).Import(context.Background(), docs, register.ImportOptions{Actor: "bench", Progress: progress}); err != nil {
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
	b.SetBytes(int64(bytes))
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(rows*b.N)/(b.Elapsed()-checking).Seconds(), "rows/s-unchecked")
	b.ReportMetric(busy.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(parsing.Seconds()/float64(b.N), "parse-s/op")
	b.ReportMetric(checking.Seconds()/float64(b.N), "check-s/op")
}
