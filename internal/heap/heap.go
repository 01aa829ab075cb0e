// Package heap decides how much garbage may gather before it is collected: much beside a small register, whose requests are then served
// faster by a third, and little beside one that fills the memory by itself.
package heap

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	spare = 80 << 20 // bytes of garbage that may gather in any case
	least = 35       // per cent of what lives: below it, collecting would take more time than working
	most  = 400
)

// Pace follows what lives on the heap, from collection to collection, for the rest of the process's life.
func Pace() {
	debug.SetGCPercent(percent(live()))
	runtime.AddCleanup(new([16]byte), func(struct{}) { Pace() }, struct{}{}) // the next collection finds that nothing refers to it
}

func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func percent(live uint64) int {
	return int(min(max(spare*100/max(live, 1), least), most))
}
