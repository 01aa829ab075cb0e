// Package internal_test holds the table of which package may import which.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors orders the packages: each may import only what stands on a lower floor. Tests may use
// whatever is below the floor of their package, and the store and demonstration that they run on.
var floors = map[string]int{
	"internal/store/neo4j/neo4jtest/try": 9,
	"internal/store/neo4j/neo4jtest":     8,
	"cmd/xianjie":                        9,
	"internal/cli":                       8,
	"internal/bench":                     8,
	"internal/server":                    7,
	"graph":                              6,
	"internal/register/registertest":     7,
	"internal/register":                  5,
	"internal/report":                    5,
	"internal/coherence":                 4,
	"internal/store/sqlite":              4,
	"internal/store/neo4j":               4,
	"internal/store/storetest":           4,
	"internal/demo/demotest":             6,
	"internal/demo":                      4,
	"internal/store":                     3,
	"internal/law":                       3,
	"internal/document":                  3,
	"internal/query":                     2,
	"internal/plan":                      1,
	"internal/quantity":                  0,
	"internal/heap":                      0,
}

// never are packages that one must not know, wherever they stand.
var never = map[string][]string{
	"internal/cli":       {"github.com/99designs/gqlgen/graphql", "github.com/vektah/gqlparser/v2", "database/sql"},
	"internal/server":    {"internal/coherence", "internal/law", "internal/store", "internal/store/sqlite", "internal/register", "graph"},
	"graph":              {"internal/store", "internal/store/sqlite", "internal/store/neo4j", "internal/server", "net/http", "database/sql"},
	"internal/register":  {"internal/store/sqlite", "internal/store/neo4j", "github.com/99designs/gqlgen", "database/sql"},
	"internal/coherence": {"internal/query", "internal/store", "os", "time", "net/http", "database/sql"},
	"internal/report":    {"internal/store", "internal/query"},
	"cmd/xianjie":        {"internal/register", "internal/store"},
}

func TestImportsGoDown(t *testing.T) {
	root := ".."
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg, _ := filepath.Rel(root, filepath.Dir(path))
		floor, ok := floors[pkg]
		if !ok {
			t.Errorf("%s: package %q stands in no floor of the table", path, pkg)
			return nil
		}
		seen[pkg] = true
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			local, ours := strings.CutPrefix(name, "xianjie/")
			if ours && floors[local] >= floor {
				t.Errorf("%s imports %s, which does not stand below it", path, local)
			}
			for _, no := range never[pkg] {
				if name == no || local == no {
					t.Errorf("%s imports %s, which %s must not know", path, no, pkg)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range floors {
		if !seen[pkg] {
			t.Errorf("the table names %q, which has no Go file", pkg)
		}
	}
}
