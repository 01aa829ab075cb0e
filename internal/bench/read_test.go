//go:build unix

package bench

import (
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// warmth is how long a question is asked before it is measured, where the store compiles itself.
const warmth = 20 * time.Second

// BenchmarkRead asks the questions over HTTP with one client and with eight. Every answer must be the one that was found right
// before. Allocations are those of the server and its clients together; the clients make none.
func BenchmarkRead(b *testing.B) {
	for _, k := range kinds(b) {
		b.Run(k.name, func(b *testing.B) {
			s := serve(b, k.loaded(b, scale(b)))
			hits := k.hits(b)
			for _, q := range s.ask(b, newFacts(scale(b))) {
				warm := !k.compiles
				for _, clients := range []int{1, 8} {
					b.Run(fmt.Sprintf("%s/clients=%d", q.name, clients), func(b *testing.B) {
						if !warm {
							s.warm(b, q)
							warm = true
						}
						s.load(b, q, clients)
						if hits != nil {
							b.ReportMetric(hits(b, q), "dbhits/op")
						}
					})
				}
			}
		})
	}
}

// hits gives the mean number of accesses to what is stored that a question needs, nil where the store does not count them.
func (k kind) hits(b *testing.B) func(*testing.B, question) float64 {
	b.Helper()
	if k.profiled == nil {
		return nil
	}
	var all atomic.Int64
	s := serve(b, k.profiled(b, func(n int64) { all.Add(n) }))
	return func(b *testing.B, q question) float64 {
		b.Helper()
		c, err := dial(s.addr)
		if err != nil {
			b.Fatal(err)
		}
		defer c.conn.Close()
		asked := q.requests[:min(len(q.requests), 20)]
		before := all.Load()
		for _, r := range asked {
			if got, err := c.do(r.bytes); err != nil || crc32.ChecksumIEEE(got) != r.sum {
				b.Fatalf("profiled: %v: %.300s", err, got)
			}
		}
		return float64(all.Load()-before) / float64(len(asked))
	}
}

// warm has eight clients ask the question for a while.
func (s *served) warm(b *testing.B, q question) {
	b.Helper()
	loads := s.loaders(b, 8, 0)
	for start := time.Now(); time.Since(start) < warmth; {
		run(b, loads, q, 200)
	}
}

// load spreads b.N requests over clients that each send the next one when they have the answer to the last.
func (s *served) load(b *testing.B, q question, clients int) {
	b.ReportAllocs()
	loads := s.loaders(b, clients, b.N)
	statements := s.store.statements.Load()
	b.ResetTimer()
	start, busy := time.Now(), processor(b)
	run(b, loads, q, b.N)
	elapsed := time.Since(start)
	busy = processor(b) - busy
	b.StopTimer()
	var took []time.Duration
	var bytes int64
	for _, l := range loads {
		took = append(took, l.took...)
		bytes += l.bytes
	}
	slices.Sort(took)
	b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
	b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
	b.ReportMetric(float64(b.N)/elapsed.Seconds(), "req/s")
	b.ReportMetric(milliseconds(busy)/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(s.store.statements.Load()-statements)/float64(b.N), "stmts/op")
	b.ReportMetric(float64(bytes)/float64(b.N), "answer-B/op")
	b.ReportMetric(0, "ns/op") // of no meaning with several clients
}

// loaders are clients for n requests.
func (s *served) loaders(b *testing.B, clients, n int) []*loader {
	b.Helper()
	loads := make([]*loader, clients)
	for i := range loads {
		c, err := dial(s.addr)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.conn.Close() })
		loads[i] = &loader{client: c, rng: rand.New(rand.NewPCG(testSeed, uint64(i))), took: make([]time.Duration, 0, n)}
	}
	return loads
}

// run has the clients send n requests together.
func run(b *testing.B, loads []*loader, q question, n int) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var running sync.WaitGroup
	for _, l := range loads {
		running.Go(func() { l.run(q.requests, &left) })
	}
	running.Wait()
	for _, l := range loads {
		if l.err != nil {
			b.Fatal(l.err)
		}
	}
}

// loader is one client under load.
type loader struct {
	client *client
	rng    *rand.Rand
	took   []time.Duration
	bytes  int64
	err    error
}

// run sends requests picked at random until none are left or an answer is wrong.
func (l *loader) run(requests []request, left *atomic.Int64) {
	for left.Add(-1) >= 0 {
		r := &requests[l.rng.IntN(len(requests))]
		start := time.Now()
		got, err := l.client.do(r.bytes)
		l.took = append(l.took, time.Since(start))
		l.bytes += int64(len(got))
		if err == nil && (len(got) != r.size || crc32.ChecksumIEEE(got) != r.sum) {
			err = fmt.Errorf("saw %d bytes that differ from the right answer of %d: %.300s", len(got), r.size, got)
		}
		if err != nil {
			l.err = err
			return
		}
	}
}
