package neo4j_test

import (
	"testing"

	"xianjie/internal/register/registertest"
	"xianjie/internal/store"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/sqlite"
)

// TestRegister is what a register promises on any store.
func TestRegister(t *testing.T) {
	for _, c := range []struct {
		name  string
		holds func(*testing.T, store.Store)
	}{
		{"follows changes", func(t *testing.T, s store.Store) { registertest.FollowsChanges(t, s, 1, 6) }},
		{"resumes imports", func(t *testing.T, s store.Store) {
			other, err := sqlite.OpenTemporary(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			registertest.ResumesImports(t, s, other)
		}},
		{"sees everything", registertest.SeesEverything},
		{"changes", registertest.Mutations},
		{"two editors of two servers", func(t *testing.T, s store.Store) {
			registertest.TwoEditors(t, s, openOn(t, server, neo4j.Options{}), 40)
		}},
		{"looks ahead", func(t *testing.T, s store.Store) { registertest.LooksAhead(t, s, 7, 6) }},
		{"answers questions", registertest.AnswersQuestions},
		{"keeps answers", registertest.KeepsAnswers},
		{"reviews links", registertest.ReviewsLinks},
		{"imports reviews", registertest.ImportsReviews},
		{"follows reviews", func(t *testing.T, s store.Store) { registertest.FollowsReviews(t, s, 1, 20) }},
		{"watches", func(t *testing.T, s store.Store) { registertest.Watches(t, s, 1, 8) }},
		{"watches findings", func(t *testing.T, s store.Store) { registertest.WatchesFindings(t, s, 1, 16) }},
		{"keeps the past", func(t *testing.T, s store.Store) { registertest.KeepsThePast(t, s, 1, 8) }},
	} {
		t.Run(c.name, func(t *testing.T) { c.holds(t, openEmpty(t)) })
	}
}
