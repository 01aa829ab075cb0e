package neo4j_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/neo4j/neo4jtest"
)

// launch starts a server that the test may kill.
func launch(t *testing.T) *neo4jtest.Server {
	t.Helper()
	own, err := neo4jtest.Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	})
	return own
}

// TestServerIsKilled kills the server at BEGIN, RUN and COMMIT of a write, and when it has
// committed and not yet said so, and starts it again.
func TestServerIsKilled(t *testing.T) {
	own := launch(t)
	p := newProxy(t, own.URL)
	s := openBehind(t, p, neo4j.Options{})
	want := plan.Revision(0)
	for _, at := range []struct {
		name     string
		message  []byte
		answered bool
		key      string
	}{
		{"at BEGIN", boltBegin, false, ""},
		{"at RUN", boltRun, false, "run"},
		{"at COMMIT", boltCommit, false, "commit"},
		{"after COMMIT", boltCommit, true, ""},
	} {
		t.Run(at.name, func(t *testing.T) {
			killed := make(chan error, 1)
			p.strike(at.message, at.answered, func() { killed <- own.Kill() })
			cs := region(at.key, strings.ReplaceAll(strings.ToLower(at.name), " ", "-"), at.name)
			var wg sync.WaitGroup
			defer wg.Wait()
			wg.Go(func() {
				got, err := s.Apply(within(t, time.Minute), cs)
				if err != nil {
					wantCode(t, "the write", err, plan.UnknownOutcome)
				} else if got != want+1 {
					t.Errorf("the write gave revision %d, wanted %d", got, want+1)
				}
			})
			if err := <-killed; err != nil {
				t.Fatal(err)
			}
			_, err := s.Fetch(within(t, 300*time.Millisecond), regions())
			wantCode(t, "a read while it is away", err, plan.Unavailable)
			back := make(chan time.Time, 1)
			wg.Go(func() { // a read that began while it was away
				_, err := s.Fetch(within(t, time.Minute), regions())
				if late := time.Since(<-back); err != nil || late > 20*time.Second {
					t.Errorf("the read that waited gave %v, %v after the server was back", err, late)
				}
			})
			err = own.Start(t.Context())
			back <- time.Now()
			if err != nil {
				t.Fatal(err)
			}
			wg.Wait()
			want++
			if at.key != "" {
				if got, err := s.Apply(within(t, time.Minute), cs); err != nil || got != want {
					t.Errorf("the set again gave %d and %v, wanted %d", got, err, want)
				}
			}
			if now := revision(t, s); now != want {
				t.Errorf("the register stands at %d, wanted %d", now, want)
			}
		})
	}
}

// TestSearchAfterKill kills the server right behind a commit, whose words the full-text index may not have yet, and starts it again.
func TestSearchAfterKill(t *testing.T) {
	own := launch(t)
	s := openOn(t, own, neo4j.Options{})
	const sets, each = 3, 1_000
	for i := range sets {
		var cs plan.ChangeSet
		for j := range each {
			cs.Ops = append(cs.Ops, region("", fmt.Sprintf("r%d-%d", i, j), "河套灌区").Ops...)
		}
		if _, err := s.Apply(t.Context(), cs); err != nil {
			t.Fatal(err)
		}
	}
	if err := own.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := own.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	sel := regions()
	sel.Filter = query.Text{Query: "灌区"}
	r, err := s.Fetch(within(t, time.Minute), sel)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Root.Items) != sets*each {
		t.Errorf("a search finds %d regions, wanted %d", len(r.Root.Items), sets*each)
	}
	last := plan.ID(fmt.Sprintf("region:r%d-%d", sets-1, each-1))
	if changes, err := s.History(within(t, time.Minute), last, 0, 2); err != nil || len(changes) != 1 {
		t.Errorf("the history of %s is %v and %v, wanted one change", last, changes, err)
	}
}
