package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// forget makes a set read its documents again.
func (s *Set) forget() {
	for _, e := range s.entries {
		e.doc = nil
	}
}

// written puts documents into a directory, given as name and text in turn.
func written(t *testing.T, namesAndTexts ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(namesAndTexts); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, namesAndTexts[i]), []byte(namesAndTexts[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func readSet(t *testing.T, dir string) *Set {
	t.Helper()
	s, err := Read(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func all(s *Set, size int) (batches [][]string, objects []plan.Object, err error) {
	for docs, err := range s.Batches(context.Background(), size) {
		if err != nil {
			return batches, objects, err
		}
		var names []string
		for _, d := range docs {
			names = append(names, filepath.Base(d.Name))
			objects = append(objects, d.Objects...)
		}
		batches = append(batches, names)
	}
	return batches, objects, nil
}

func TestBatches(t *testing.T) {
	link := func(code, to string) string {
		return strings.Replace(header, "eco", code, 1) + "links:\n- {type: OBEYS, to: " + to + "}\n"
	}
	dir := written(t, "a.yaml", link("a", "b"), "b.yaml", link("b", "c"), "c.yaml", link("c", "b"), "v.yaml", vocabularyText,
		"z.yaml", strings.Replace(header, "eco", "z", 1))
	for _, tt := range []struct {
		size int
		want [][]string
	}{
		{1, [][]string{{"v.yaml"}, {"b.yaml", "c.yaml"}, {"a.yaml"}, {"z.yaml"}}}, // a circle of documents stays together
		{5, [][]string{{"v.yaml", "b.yaml", "c.yaml"}, {"a.yaml", "z.yaml"}}},
		{1000, [][]string{{"v.yaml", "b.yaml", "c.yaml", "a.yaml", "z.yaml"}}},
	} {
		kept, again := readSet(t, dir), readSet(t, dir)
		again.forget()
		for _, s := range []*Set{kept, again} {
			got, objects, err := all(s, tt.size)
			if err != nil || len(objects) != s.Objects() || len(objects) != 8 {
				t.Fatalf("%d objects of %d, %v", len(objects), s.Objects(), err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("batches of %d (-want +got):\n%s", tt.size, diff)
			}
		}
	}
	if got, _, err := all(Of(), 10); got != nil || err != nil {
		t.Errorf("no documents give %v, %v", got, err)
	}
}

func TestBatchesEndWithTheContext(t *testing.T) {
	s := readSet(t, written(t, "a.yaml", header, "v.yaml", vocabularyText))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	batches := 0
	for _, err := range s.Batches(ctx, 1) {
		batches++
		last = err
		cancel()
	}
	if !errors.Is(last, context.Canceled) || batches > 2 {
		t.Errorf("%d batches, the last with %v", batches, last)
	}
}

// What is read again is what was checked, or an error.
func TestAChangedDocumentIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(path string) error
		want   string
	}{
		{"other text", func(path string) error { return os.WriteFile(path, []byte(header+"# more\n"), 0o644) }, "has changed since it was checked"},
		{"empty", func(path string) error { return os.Truncate(path, 0) }, "has changed since it was checked"},
		{"too large", func(path string) error { return os.Truncate(path, maxFile+1) }, "has changed since it was checked"},
		{"gone", os.Remove, "no such file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := written(t, "a.yaml", header, "v.yaml", vocabularyText)
			s := readSet(t, dir)
			s.forget()
			if err := tt.change(filepath.Join(dir, "a.yaml")); err != nil {
				t.Fatal(err)
			}
			batches, _, err := all(s, 1)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "a.yaml") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if len(batches) != 1 {
				t.Errorf("batches %v, want the one before", batches)
			}
			if _, ok := s.Position("plan:eco", ""); ok {
				t.Error("there is a position in what has changed")
			}
			if got, ok := s.Position("region:china", "name"); !ok || !strings.HasSuffix(got, "v.yaml:3:25") {
				t.Errorf("region:china stands at %s, %t", got, ok)
			}
		})
	}
}

// A document that is read again is blamed at the same places.
func TestErrorsDoNotDependOnWhatIsKept(t *testing.T) {
	twelve := string(readFile(t, "testdata/twelve.yaml"))
	dir := written(t, "a.yaml", twelve, "b.yaml", twelve, "c.yaml", strings.Replace(header, "eco", "c", 1)+"goals:\n- {code: a, title: x, parent: goal:d/a}\n",
		"d.yaml", strings.Replace(header, "eco", "d", 1)+"goals:\n- {code: a, title: x, parent: goal:c/a}\n")
	kept, again := readSet(t, dir), readSet(t, dir)
	again.forget()
	want, err := kept.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := again.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.Error(), got.Error()); diff != "" {
		t.Errorf("errors (-kept +read again):\n%s", diff)
	}
	for _, part := range []string{"it is defined at " + filepath.Join(dir, "a.yaml"), "d.yaml:3:31: parent: saw the circle goal:c/a → goal:d/a → goal:c/a", "wanted one that exists"} {
		if !strings.Contains(want.Error(), part) {
			t.Errorf("want %q in\n%s", part, want)
		}
	}
}

// A set of many documents keeps few of them, and none of their text.
func TestSetKeepsLittle(t *testing.T) {
	const documents, goals = 22, 1000
	var files []string
	for i := range documents {
		var b bytes.Buffer
		b.WriteString(strings.Replace(header, "eco", fmt.Sprint("p", i), 1) + "goals:\n")
		for j := range goals {
			fmt.Fprintf(&b, "- {code: g%d, title: x}\n", j)
		}
		files = append(files, fmt.Sprintf("p%02d.yaml", i), b.String())
	}
	s := readSet(t, written(t, append(files, "v.yaml", vocabularyText)...))
	kept := 0
	for _, e := range s.entries {
		if e.doc != nil {
			kept += len(e.doc.Objects)
		}
	}
	if kept > keptObjects || kept == 0 || s.Objects() < documents*goals {
		t.Errorf("%d of %d objects are kept, want %d at most", kept, s.Objects(), keptObjects)
	}
	if _, objects, err := all(s, 5000); err != nil || len(objects) != s.Objects() {
		t.Errorf("%d of %d objects came, %v", len(objects), s.Objects(), err)
	}
}
