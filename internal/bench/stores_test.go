package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"xianjie/internal/heap"
	"xianjie/internal/store"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/neo4j/neo4jtest"
	"xianjie/internal/store/sqlite"
)

// kind is a kind of store that is measured.
type kind struct {
	name string
	open func(testing.TB) store.Store // an empty one
	// again opens what was opened last once more, as a program does that is started on it.
	again func(testing.TB) store.Store
	// profiled opens what is loaded once more, and tells the accesses to what is stored that each statement needs; nil where the store
	// does not count them.
	profiled func(testing.TB, func(int64)) store.Store
	// compiles says that the store compiles itself while it works: what is measured is done some times before, since an office's database
	// has worked for longer.
	compiles bool
}

// kinds are those that are measured side by side: SQLite, and the one that XIANJIE_BENCH_STORE names.
func kinds(tb testing.TB) []kind {
	tb.Helper()
	all := []kind{onSQLite()}
	switch name := os.Getenv("XIANJIE_BENCH_STORE"); name {
	case "", "sqlite":
	case "neo4j":
		all = append(all, kind{"neo4j", openNeo4j, openedNeo4j, profiledNeo4j, true})
	default:
		tb.Fatalf("XIANJIE_BENCH_STORE: saw %q, wanted sqlite or neo4j", name)
	}
	return all
}

func onSQLite() kind {
	var path string
	again := func(tb testing.TB) store.Store {
		tb.Helper()
		s, err := sqlite.Open(context.Background(), path)
		if err != nil {
			tb.Fatal(err)
		}
		return s
	}
	return kind{name: "sqlite", again: again, open: func(tb testing.TB) store.Store {
		path = filepath.Join(tb.TempDir(), "register.db")
		return again(tb)
	}}
}

// openNeo4j empties the database and opens a register in it.
func openNeo4j(tb testing.TB) store.Store {
	tb.Helper()
	if err := database.get(tb).Empty(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return openedNeo4j(tb)
}

func openedNeo4j(tb testing.TB) store.Store { return profiledNeo4j(tb, nil) }

func profiledNeo4j(tb testing.TB, hits func(int64)) store.Store {
	tb.Helper()
	server := database.get(tb)
	s, err := neo4j.Open(context.Background(), server.URL, neo4j.Options{User: server.User, Password: server.Password, Hits: hits})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// lazily is a Neo4j that is launched when it is first wanted.
type lazily struct {
	once   sync.Once
	server *neo4jtest.Server
	err    error
}

// database is the one of all benchmarks, so that its machine is as warm as one that has worked for a while.
var database lazily

func (l *lazily) get(tb testing.TB) *neo4jtest.Server {
	tb.Helper()
	l.once.Do(func() { l.server, l.err = neo4jtest.Open(context.Background()) })
	if l.err != nil {
		tb.Fatal(l.err)
	}
	return l.server
}

// TestMain measures with the program's own pace of collecting garbage.
func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		heap.Pace()
	}
	code := m.Run()
	if database.server != nil {
		if err := database.server.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}
