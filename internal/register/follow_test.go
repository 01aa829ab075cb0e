package register_test

import (
	"fmt"
	"testing"

	"xianjie/internal/register/registertest"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

func open(t *testing.T, dir string) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), dir+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestFollowsChanges(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			registertest.FollowsChanges(t, open(t, t.TempDir()), seed, 100)
		})
	}
}

func TestMutations(t *testing.T) {
	registertest.Mutations(t, open(t, t.TempDir()))
}

func TestTwoEditors(t *testing.T) {
	dir := t.TempDir()
	registertest.TwoEditors(t, open(t, dir), open(t, dir), 200)
}

func TestKeepsAnswers(t *testing.T) {
	registertest.KeepsAnswers(t, open(t, t.TempDir()))
}

func TestLooksAhead(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { registertest.LooksAhead(t, open(t, t.TempDir()), seed, 40) })
	}
}

func TestAnswersQuestions(t *testing.T) {
	registertest.AnswersQuestions(t, open(t, t.TempDir()))
}

func TestReviewsLinks(t *testing.T) {
	registertest.ReviewsLinks(t, open(t, t.TempDir()))
}

func TestImportsReviews(t *testing.T) {
	registertest.ImportsReviews(t, open(t, t.TempDir()))
}

func TestFollowsReviews(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			registertest.FollowsReviews(t, open(t, t.TempDir()), seed, 200)
		})
	}
}

func TestResumesImports(t *testing.T) {
	registertest.ResumesImports(t, open(t, t.TempDir()), open(t, t.TempDir()))
}

func TestSeesEverything(t *testing.T) {
	registertest.SeesEverything(t, open(t, t.TempDir()))
}
