//go:build unix

package bench

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"xianjie/internal/store"
)

// warming is how many selections are asked for before it counts: the structure is to be known.
const warming = 20

// laterCalls is how often a selection is asked for again.
const laterCalls = 5

// selections gives ever new choices among the fields of targets, few and many, for a question whose structure is always the same.
func selections(yield func(string) bool) {
	fields := strings.Fields(`code year yearStart order nature text note version createdAt updatedAt
		quantity{value} quantity{unit} quantity{kind} quantity{comparator} source{document} source{publisher} source{locator}`)
	for choice := 1; choice < 1<<len(fields); choice++ {
		var chosen []string
		for i, field := range fields {
			// Neighbouring numbers are to choose differently many fields.
			if (choice*40_503)>>i&1 == 1 {
				chosen = append(chosen, field)
			}
		}
		text := "{plans(first: 20) {nodes {id targets(first: 20) {nodes {id " + strings.Join(chosen, " ") + " indicator {name}}}}}}"
		body, err := json.Marshal(map[string]string{"query": text})
		if err != nil || !yield(string(body)) {
			return
		}
	}
}

// BenchmarkUnseen asks for a selection of fields that nobody has asked for before, of a structure that is known, and then for the same
// again: planning it must not take long.
func BenchmarkUnseen(b *testing.B) {
	for _, k := range kinds(b) {
		b.Run(k.name, func(b *testing.B) { unseen(b, k.loaded(b, min(scale(b), 0.25))) })
	}
}

func unseen(b *testing.B, loaded store.Store) {
	s := serve(b, loaded)
	c, err := dial(s.addr)
	if err != nil {
		b.Fatal(err)
	}
	defer c.conn.Close()
	ask := func(body string) time.Duration {
		request := post([]byte(body))
		start := time.Now()
		got, err := c.do(request)
		took := time.Since(start)
		if err != nil || strings.Contains(string(got), `"errors"`) {
			b.Fatalf("%s: %v: %.300s", body, err, got)
		}
		return took
	}
	b.Run("asked", func(b *testing.B) {
		var first, later []time.Duration
		n := 0
		for body := range selections {
			took := ask(body)
			var again []time.Duration
			for range laterCalls {
				again = append(again, ask(body))
			}
			if n++; n > warming {
				first, later = append(first, took), append(later, again...)
			}
			if len(first) == b.N {
				break
			}
		}
		slices.Sort(first)
		slices.Sort(later)
		median := func(all []time.Duration) float64 { return milliseconds(all[len(all)/2]) }
		b.ReportMetric(median(first), "first-p50-ms")
		b.ReportMetric(milliseconds(first[len(first)*95/100]), "first-p95-ms")
		b.ReportMetric(median(later), "later-p50-ms")
		b.ReportMetric(median(first)/median(later), "first/later")
		b.ReportMetric(0, "ns/op")
	})
}
