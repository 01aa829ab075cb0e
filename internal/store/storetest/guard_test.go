package storetest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// storeNames are those of the stores: the suite asks all of them the same.
var storeNames = regexp.MustCompile(`(?i)sqlite|neo4j`)

// TestNoStoreIsSpared fails on a skip, a switch of the environment or a store's name in the suite.
func TestNoStoreIsSpared(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, problem := range spares(t, name, text) {
			t.Error(problem)
		}
	}
	planted := "package p\n\nimport \"xianjie/internal/store/sqlite\"\n\nfunc f(t T) { t.Skip(); _ = os.Getenv(\"X\"); _ = sqlite.Open }\n"
	if got := spares(t, "planted.go", []byte(planted)); len(got) != 4 {
		t.Errorf("of a skip, a variable and two names the guard sees %v", got)
	}
}

func spares(t *testing.T, name string, text []byte) []string {
	t.Helper()
	var problems []string
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.Ident:
			word = n.Name
		case *ast.BasicLit:
			word = n.Value
		}
		switch {
		case word == "Skip", word == "Skipf", word == "SkipNow", word == "Short", word == "Getenv", word == "LookupEnv":
			problems = append(problems, files.Position(n.Pos()).String()+": "+word)
		case storeNames.MatchString(word):
			problems = append(problems, files.Position(n.Pos()).String()+": names a store: "+word)
		}
		return true
	})
	return problems
}
