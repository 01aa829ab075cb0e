package demotest_test

import (
	"testing"

	"xianjie/internal/demo/demotest"
	"xianjie/internal/store/sqlite"
)

func TestFacts(t *testing.T) {
	s, err := sqlite.OpenTemporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	demotest.Run(t, s)
}
