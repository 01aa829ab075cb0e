package neo4jtest

import (
	"os"
	"syscall"
	"testing"
)

// TestLaunch kills a server, starts it again with what it held, and leaves nothing behind.
func TestLaunch(t *testing.T) {
	s, err := Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	home, first := s.Home, s.pid
	if err := s.Run(t.Context(), "CREATE (:Kept)", "CREATE (:Kept)"); err != nil {
		t.Error(err)
	}
	if err := s.Kill(); err != nil {
		t.Error(err)
	}
	if err := s.Run(t.Context(), "RETURN 1"); err == nil {
		t.Error("a killed server answers")
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context(), "MATCH (k:Kept) WITH count(k) AS n WHERE n <> 2 RETURN 1/(n-n)"); err != nil {
		t.Errorf("what was committed is not there: %v", err)
	}
	if err := s.Empty(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Run(t.Context(), "MATCH (n) RETURN 1/0"); err != nil {
		t.Errorf("an emptied database holds something: %v", err)
	}
	second := s.pid
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, pid := range []int{first, second} {
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			t.Errorf("process %d is left: %v", pid, err)
		}
	}
	if _, err := os.Stat(home); !os.IsNotExist(err) {
		t.Errorf("%s is left", home)
	}
}
