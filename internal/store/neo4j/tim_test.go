package neo4j_test

import (
	"fmt"
	"sort"
	"testing"
	"time"
	"context"

	"xianjie/internal/bench"
	"xianjie/internal/store/neo4j"
)

func TestTim(t *testing.T) {
	openEmpty(t)
	total := map[string]time.Duration{}
	last, at := "start", time.Now()
	s := openOn(t, server, neo4j.Options{Observe: func(x string) {
		total[last] += time.Since(at)
		if len(x) > 150 { x = x[:75] + "…" + x[len(x)-75:] }
		last, at = x, time.Now()
	}})
	n := 0
	start := time.Now()
	for round := range 2 {
	for cs := range bench.Generate(uint64(round+1), 0.25) {
		st := time.Now()
		if _, err := s.Apply(context.Background(), cs); err != nil { t.Fatal(err) }
		n += len(cs.Ops)
		total[last] += time.Since(at)
		last, at = "generate", time.Now()
		fmt.Println(len(cs.Ops), time.Since(st))
	}
	}
	fmt.Println(n, time.Since(start), float64(n)/time.Since(start).Seconds())
	var keys []string
	for k := range total { keys = append(keys, k) }
	sort.Slice(keys, func(i, j int) bool { return total[keys[i]] > total[keys[j]] })
	for _, k := range keys[:24] { fmt.Println(total[k].Round(time.Millisecond), k) }
}
