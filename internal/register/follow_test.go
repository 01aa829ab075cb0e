package register_test

import (
	"fmt"
	"testing"

	"xianjie/internal/register/registertest"
	"xianjie/internal/store/sqlite"
)

func TestFollowsChanges(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s, err := sqlite.Open(t.Context(), t.TempDir()+"/test.db")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			registertest.FollowsChanges(t, s, seed, 150)
		})
	}
}

func TestKeepsAnswers(t *testing.T) {
	s, err := sqlite.Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	registertest.KeepsAnswers(t, s)
}
