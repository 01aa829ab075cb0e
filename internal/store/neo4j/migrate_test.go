package neo4j_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/storetest"
)

// counted fails unless the database holds n nodes.
func counted(t *testing.T, n int) {
	t.Helper()
	if err := server.Run(t.Context(), fmt.Sprintf("MATCH (n) WITH count(n) AS n WHERE n <> %d RETURN 1/(n-n)", n)); err != nil {
		t.Errorf("the database does not hold %d nodes: %v", n, err)
	}
}

// tryOpen opens what must be refused.
func tryOpen(t *testing.T, code plan.Code, names ...string) {
	t.Helper()
	s, err := neo4j.Open(t.Context(), server.URL, neo4j.Options{User: server.User, Password: server.Password})
	if err == nil {
		s.Close()
		t.Fatalf("the database was opened, wanted %s", code)
	}
	wantCode(t, "opening", err, code)
	for _, name := range names {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("saw %v, wanted it to name %s", err, name)
		}
	}
}

func TestForeignDataIsRefused(t *testing.T) {
	if err := server.Empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := server.Run(t.Context(), "CREATE (:Movie {title: 'x'})-[:OF]->(:Person)"); err != nil {
		t.Fatal(err)
	}
	tryOpen(t, plan.Conflict, "2 nodes", "Movie")
	counted(t, 2)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	openEmpty(t)
	if err := server.Run(t.Context(), "MATCH (r:Register) SET r.schema = 99"); err != nil {
		t.Fatal(err)
	}
	tryOpen(t, plan.Unsupported, "99", "newer")
	counted(t, 3)
}

// TestInterruptedStep opens a register whose making ended between its statements.
func TestInterruptedStep(t *testing.T) {
	for _, left := range []string{
		"CREATE (:Register {name: 'register', schema: 0, revision: 0})",
		"CREATE (:Register {name: 'register', schema: 0, revision: 0}), (:WriteBegun {revision: 0})",
	} {
		if err := server.Empty(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := server.Run(t.Context(), left, "DROP INDEX by_target_year IF EXISTS", "DROP CONSTRAINT id_obeys IF EXISTS"); err != nil {
			t.Fatal(err)
		}
		s := openOn(t, server, neo4j.Options{})
		if at, err := s.Apply(t.Context(), region("", "a", "甲")); err != nil || at != 1 {
			t.Errorf("saw %d and %v, wanted 1", at, err)
		}
		h, err := s.Health(t.Context())
		if err != nil || h.Integrity != "ok" {
			t.Errorf("saw %+v and %v", h, err)
		}
		counted(t, 6) // the register, its two marks, the revision, its change, the region
	}
}

// TestVersionOne opens a register of schema version 1, with some of its indexes, which stand in the way of the new ones, and its log.
func TestVersionOne(t *testing.T) {
	s := openEmpty(t)
	if _, err := s.Apply(t.Context(), region("", "a", "河套灌区")); err != nil {
		t.Fatal(err)
	}
	if err := server.Run(t.Context(), "DROP INDEX fulltext_region", "DROP INDEX fulltext_change",
		"CREATE FULLTEXT INDEX search_region FOR (n:Region) ON EACH [n._tokens] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}",
		"CREATE FULLTEXT INDEX change_ids FOR (n:Change) ON EACH [n.ids] OPTIONS {indexConfig: {`fulltext.analyzer`: 'keyword'}}",
		`MATCH (c:Change) SET c.afters = ['{"name":"河套灌区"}'] REMOVE c.packed`, "MATCH (r:Register) SET r.schema = 1"); err != nil {
		t.Fatal(err)
	}
	later := openOn(t, server, neo4j.Options{})
	h, err := later.Health(t.Context())
	if err != nil || h.Schema != 2 || h.Integrity != "ok" {
		t.Errorf("saw %+v and %v, wanted version 2, whole", h, err)
	}
	sel := regions()
	sel.Filter = query.Text{Query: "灌区"}
	if r, err := later.Fetch(t.Context(), sel); err != nil || len(r.Root.Items) != 1 {
		t.Errorf("a search finds %+v and %v, wanted one region", r, err)
	}
	if _, err := later.Apply(t.Context(), region("", "a", "河套")); err != nil {
		t.Fatal(err)
	}
	changes, err := later.History(t.Context(), "region:a", 0, 10)
	if err != nil || len(changes) != 2 || string(changes[1].After) != `{"name":"河套灌区"}` {
		t.Errorf("saw the history %v and %v, wanted the old change behind the new one", changes, err)
	}
	slices.Reverse(changes)
	log, err := later.Changes(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(changes, log); diff != "" {
		t.Errorf("the log is not the history (-history +log):\n%s", diff)
	}
	if err := server.Run(t.Context(), "SHOW INDEXES YIELD name WHERE name IN ['search_region', 'change_ids'] RETURN 1/(size(name)-size(name))"); err != nil {
		t.Errorf("the old indexes are there still: %v", err)
	}
}

// TestFoundedAtOnce has stores open an empty database together.
func TestFoundedAtOnce(t *testing.T) {
	if err := server.Empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	stores := make([]*neo4j.Store, 4)
	for i := range stores {
		wg.Go(func() {
			var err error
			stores[i], err = neo4j.Open(t.Context(), server.URL, neo4j.Options{User: server.User, Password: server.Password})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	counted(t, 3)
	for _, s := range stores {
		if s != nil {
			s.Close()
		}
	}
}

// TestUntouched looks at databases that whoever works on them would make, mend or migrate.
func TestUntouched(t *testing.T) {
	open := func(how neo4j.Opening) (*neo4j.Store, error) {
		return neo4j.Open(t.Context(), server.URL, neo4j.Options{User: server.User, Password: server.Password, Opening: how})
	}
	if err := server.Empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, how := range map[string]neo4j.Opening{"existing": neo4j.Existing, "untouched": neo4j.Untouched} {
		_, err := open(how)
		wantCode(t, name+": an empty database", err, plan.NotFound)
	}
	counted(t, 0)
	if err := server.Run(t.Context(), "CREATE (:Register {name: 'register', schema: 0, revision: 0})"); err != nil {
		t.Fatal(err)
	}
	_, err := open(neo4j.Untouched)
	wantCode(t, "an older register", err, plan.Unsupported)
	counted(t, 1)
	made, err := open(neo4j.Existing)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	counted(t, 3)
	if err := server.Run(t.Context(), "DROP CONSTRAINT id_obeys", "DROP CONSTRAINT id_plan", "CREATE INDEX id_plan FOR (n:Plan) ON (n.id)",
		"DROP INDEX by_target_year"); err != nil {
		t.Fatal(err)
	}
	looking, err := open(neo4j.Untouched)
	if err != nil {
		t.Fatal(err)
	}
	defer looking.Close()
	h, err := looking.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"constraint id_obeys is missing", "constraint id_plan is missing", "index by_target_year is missing"} {
		if !strings.Contains(h.Integrity, want) {
			t.Errorf("saw %q, wanted %q in it", h.Integrity, want)
		}
	}
	_, err = open(neo4j.Existing)
	wantCode(t, "an index in a constraint's place", err, plan.Conflict)
	if !strings.Contains(fmt.Sprint(err), "constraint id_plan can't be made") {
		t.Errorf("saw %v, wanted it to name the constraint", err)
	}
	if err := server.Run(t.Context(), "DROP INDEX id_plan"); err != nil {
		t.Fatal(err)
	}
	mended, err := open(neo4j.Existing)
	if err != nil {
		t.Fatal(err)
	}
	defer mended.Close()
	if h, err := mended.Health(t.Context()); err != nil || h.Integrity != "ok" {
		t.Errorf("saw %q and %v", h.Integrity, err)
	}
}

func TestHealthSeesWhatIsWrong(t *testing.T) {
	s := openEmpty(t)
	var cs plan.ChangeSet
	for _, o := range storetest.World(0) {
		cs.Ops = append(cs.Ops, plan.Op{Upsert: o})
	}
	if _, err := s.Apply(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	if err := server.Run(t.Context(), "DROP INDEX fulltext_plan", "CREATE (:Stranger)-[:LIKES]->(:Stranger)"); err != nil {
		t.Fatal(err)
	}
	h, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"index fulltext_plan is missing", `"Stranger"`, `"LIKES"`} {
		if !strings.Contains(h.Integrity, want) {
			t.Errorf("saw %q, wanted it to name %s", h.Integrity, want)
		}
	}
	if err := server.Run(t.Context(), "MATCH (s:Stranger) DETACH DELETE s"); err != nil {
		t.Fatal(err)
	}
	h, err = openOn(t, server, neo4j.Options{}).Health(t.Context()) // opening makes what is missing
	if err != nil || h.Integrity != "ok" {
		t.Errorf("saw %q and %v", h.Integrity, err)
	}
}

func TestClosed(t *testing.T) {
	s, err := neo4j.Open(t.Context(), server.URL, neo4j.Options{User: server.User, Password: server.Password})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err = s.Fetch(context.Background(), regions())
	wantCode(t, "a read of a closed store", err, plan.Unavailable)
	_, err = s.Apply(context.Background(), region("", "a", "甲"))
	wantCode(t, "a write to a closed store", err, plan.Unavailable)
}
