package neo4jtest

import (
	"testing"
	"time"
)

func TestLaunch(t *testing.T) {
	start := time.Now()
	s, err := Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log("up", time.Since(start), s.pid)
	if err := s.Kill(); err != nil {
		t.Error(err)
	}
	start = time.Now()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Log("again", time.Since(start), s.pid)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
