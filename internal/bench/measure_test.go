//go:build unix

package bench

import (
	"syscall"
	"testing"
	"time"
)

// processor is the time that the cores have worked for this process, server and clients together: on a machine that others use too it
// tells more than the time that went by.
func processor(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
