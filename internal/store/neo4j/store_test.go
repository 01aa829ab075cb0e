package neo4j_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"xianjie/internal/store"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/neo4j/neo4jtest"
	"xianjie/internal/store/storetest"
)

// server is the one that the tests share, which TestMain starts and stops.
var server *neo4jtest.Server

// checks is how many draws a property has here: each selection is a structure that the database
// has not seen, and takes it a tenth of a second to plan.
const checks = "20"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", checks); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flag.Parse() // what is given there wins
	var err error
	if server, err = neo4jtest.Open(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// openEmpty empties the database and opens a register in it.
func openEmpty(tb testing.TB) *neo4j.Store {
	tb.Helper()
	if err := server.Empty(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return openOn(tb, server, neo4j.Options{})
}

func openOn(tb testing.TB, s *neo4jtest.Server, options neo4j.Options) *neo4j.Store {
	tb.Helper()
	options.User, options.Password = s.User, s.Password
	st, err := neo4j.Open(tb.Context(), s.URL, options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := st.Close(); err != nil {
			tb.Error(err)
		}
	})
	return st
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return openEmpty(t) })
}
