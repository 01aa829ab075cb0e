package document

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// Golden files are rewritten instead of compared with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", name, diff)
	}
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite golden files")
	flag.Parse()
	os.Exit(m.Run())
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// register parses the sample register, which has no errors.
func register(t testing.TB) []*Document {
	t.Helper()
	return documents(t, "testdata/register")
}

// documents reads a directory that has no errors.
func documents(t testing.TB, dir string) []*Document {
	t.Helper()
	set, err := Read(context.Background(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if errs, err := set.Resolve(nil); err != nil || len(errs) > 0 {
		t.Fatalf("%s: %v %v", dir, err, errs)
	}
	var docs []*Document
	for _, e := range set.entries {
		d, err := e.load()
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

func objectsOf(docs []*Document) []plan.Object {
	var objects []plan.Object
	for _, d := range docs {
		objects = append(objects, d.Objects...)
	}
	return objects
}

func find(t *testing.T, docs []*Document, id plan.ID) plan.Object {
	t.Helper()
	for _, o := range objectsOf(docs) {
		if o.Base().ID == id {
			return o
		}
	}
	t.Fatalf("%s is in no document", id)
	return nil
}
