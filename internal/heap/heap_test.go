package heap

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: most, 1 << 20: most, 20 << 20: 400, 40 << 20: 200, 80 << 20: 100, 128 << 20: 62, 1 << 30: least} {
		if got := percent(live); got != want {
			t.Errorf("beside %d MB: saw %d %%, wanted %d %%", live>>20, got, want)
		}
	}
}

// TestPaceFollows grows the heap and lets it shrink again: each collection sets the pace anew.
func TestPaceFollows(t *testing.T) {
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	Pace()
	big := make([]byte, 300<<20)
	wait(t, func(percent int) bool { return percent == least })
	runtime.KeepAlive(big)
	big = nil
	wait(t, func(percent int) bool { return percent == most })
}

// wait collects until the pace is as wanted.
func wait(t *testing.T, good func(percent int) bool) {
	t.Helper()
	var percent int
	for range 200 {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
		percent = debug.SetGCPercent(100)
		debug.SetGCPercent(percent)
		if good(percent) {
			return
		}
	}
	t.Errorf("the pace stayed at %d %%", percent)
}
