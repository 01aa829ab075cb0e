package document

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

const vocabularyText = "vocabulary:\n  regions:\n  - {code: china, name: 全国, type: ADMINISTRATIVE}\n"

// parseAll parses documents that are given as name and text in turn and wants no errors.
func parseAll(t *testing.T, namesAndTexts ...string) []*Document {
	t.Helper()
	var docs []*Document
	for pair := range slices.Chunk(namesAndTexts, 2) {
		doc, errs := Parse(pair[0], []byte(pair[1]))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		docs = append(docs, doc)
	}
	return docs
}

func TestResolve(t *testing.T) {
	tests := []struct {
		name, text string
		exists     []plan.ID
		want       []string
	}{
		{name: "nothing wrong", text: "goals:\n- {code: a, title: x}"},
		{"dangling", "goals:\n- {code: a, title: x, section: b}\nsections:\n- {code: a, title: y, rank: PART}", nil,
			[]string{`3:32: section: saw section:eco/b, wanted one that exists; did you mean "section:eco/a"?`}},
		{"dangling in a list", "tasks:\n- {code: a, title: x, regions: [china, chine]}", nil,
			[]string{`3:40: regions: saw region:chine, wanted one that exists; did you mean "region:china"?`}},
		{"known to the store", "tasks:\n- {code: a, title: x, leads: [office]}", []plan.ID{"organization:office"}, nil},
		{"defined twice", "goals:\n- {code: a, title: x}\n- {code: a, title: y}", nil,
			[]string{"4:10: saw goal:eco/a again, wanted each object once; it is defined at x.yaml:3:10"}},
		{"link twice", "goals:\n- {code: a, title: x}\n- {code: b, title: y}\nlinks:\n" +
			"- {type: REFINES, from: goal:eco/a, to: goal:eco/b}\n- {type: REFINES, from: goal:eco/a, to: goal:eco/b}", nil,
			[]string{"7:41: saw link:refines/goal:eco/a>goal:eco/b again, wanted each object once; it is defined at x.yaml:6:41"}},
		{"circle", "goals:\n- {code: a, title: x, parent: b}\n- {code: b, title: y, parent: a}\n- {code: c, title: z, parent: b}", nil,
			[]string{"4:31: parent: saw the circle goal:eco/a → goal:eco/b → goal:eco/a, wanted none"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			docs := parseAll(t, "v.yaml", vocabularyText, "x.yaml", header+tt.text+"\n")
			errs, err := Of(docs...).Resolve(func([]plan.ID) ([]plan.ID, error) { return tt.exists, nil })
			if err != nil {
				t.Fatal(err)
			}
			compareErrors(t, append([]string{}, tt.want...), errs)
		})
	}
}

func TestResolveBetweenDocuments(t *testing.T) {
	docs := parseAll(t, "v.yaml", vocabularyText, "a.yaml", header, "b.yaml", header)
	errs, err := Of(docs...).Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "b.yaml:1:14: saw plan:eco again, wanted each object once; it is defined at a.yaml:1:14"
	if got := errs.Error(); got != want {
		t.Errorf("errors %s\nwant   %s", got, want)
	}
}

func TestResolveDoesNotBlameWhatCouldNotBeRead(t *testing.T) {
	doc, errs := Parse("x.yaml", []byte(header+"sections:\n- {code: a, title: x\n- {code: b, title: y, rank: PART}\n"+
		"goals:\n- {code: a, title: x, section: a}\n"))
	if len(errs) != 1 {
		t.Fatalf("%d errors, want the one of line 3: %v", len(errs), errs)
	}
	all, err := Of(append(parseAll(t, "v.yaml", vocabularyText), doc)...).Resolve(nil)
	if err != nil || len(all) > 1 {
		t.Errorf("%v %v, want no more: section a may be what line 3 was to define", err, all)
	}
}

func TestResolvePassesTheStoresErrorOn(t *testing.T) {
	down := errors.New("down")
	_, err := Of(parseAll(t, "x.yaml", header+"goals:\n- {code: a, title: x, section: b}\n")...).Resolve(func([]plan.ID) ([]plan.ID, error) { return nil, down })
	if !errors.Is(err, down) {
		t.Errorf("error %v, want %v", err, down)
	}
}

func TestOrder(t *testing.T) {
	planText := func(code string, links ...string) string {
		text := strings.Replace(header, "eco", code, 1)
		if len(links) > 0 {
			text += "links:\n"
		}
		for _, to := range links {
			text += "- {type: OBEYS, to: " + to + "}\n"
		}
		return text
	}
	docs := parseAll(t,
		"a.yaml", planText("a", "c"), "b.yaml", planText("b", "a"), "c.yaml", planText("c", "d"), "d.yaml", planText("d", "c"),
		"e.yaml", planText("e"), "v.yaml", vocabularyText)
	want := [][]string{{"v.yaml"}, {"c.yaml", "d.yaml"}, {"a.yaml"}, {"b.yaml"}, {"e.yaml"}}
	for range 2 {
		var got [][]string
		for _, group := range Of(docs...).order() {
			var names []string
			for _, e := range group {
				names = append(names, e.name)
			}
			got = append(got, names)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("groups (-want +got):\n%s", diff)
		}
		slices.Reverse(docs)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("in/b.yaml", header)
	write("in/sub/a.yml", vocabularyText)
	write("in/notes.txt", "no document")
	write("empty/notes.txt", "no document")
	write("broken.yaml", "plan: {")
	write("secret.yaml", header)
	write("trap/a.yaml", vocabularyText)
	if err := os.Symlink(filepath.Join(dir, "secret.yaml"), filepath.Join(dir, "trap", "b.yaml")); err != nil {
		t.Fatal(err)
	}
	write("large.yaml", "")
	if err := os.Truncate(filepath.Join(dir, "large.yaml"), maxFile+1); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		paths []string
		want  []string // names of documents
		code  plan.Code
		fails bool
	}{
		{name: "directory", paths: []string{"in"}, want: []string{"in/b.yaml", "in/sub/a.yml"}},
		{name: "file", paths: []string{"in/b.yaml"}, want: []string{"in/b.yaml"}},
		{name: "file and its directory", paths: []string{"in/b.yaml", "in"}, want: []string{"in/b.yaml", "in/sub/a.yml"}},
		{name: "errors of one file", paths: []string{"broken.yaml", "in/b.yaml"}, want: []string{"broken.yaml", "in/b.yaml"}, code: plan.BadUserInput},
		{name: "no such file", paths: []string{"nowhere.yaml"}, code: plan.NotFound},
		{name: "directory without documents", paths: []string{"empty"}, code: plan.BadUserInput},
		{name: "too large", paths: []string{"large.yaml"}, want: []string{"large.yaml"}, code: plan.TooLarge},
		{name: "link out of the directory", paths: []string{"trap"}, fails: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var paths []string
			for _, p := range tt.paths {
				paths = append(paths, filepath.Join(dir, p))
			}
			docs, err := Read(t.Context(), paths, nil)
			if (err != nil) != tt.fails {
				t.Fatalf("error %v, want one: %t", err, tt.fails)
			}
			if tt.fails {
				return
			}
			var names []string
			for _, e := range docs.entries {
				names = append(names, strings.TrimPrefix(filepath.ToSlash(e.name), filepath.ToSlash(dir)+"/"))
			}
			everything := func(ids []plan.ID) ([]plan.ID, error) { return ids, nil }
			errs, err := docs.Resolve(everything)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("documents (-want +got):\n%s", diff)
			}
			if tt.code == "" && len(errs) > 0 || tt.code != "" && (len(errs) != 1 || errs[0].Code != tt.code) {
				t.Errorf("errors %v, want one with code %q", errs, tt.code)
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	goal := func(code, parent plan.ID) plan.Object {
		g := &plan.Goal{Meta: plan.Meta{ID: code}, Title: "x", Plan: "plan:eco", Parent: parent}
		plan.Normalize(g)
		return g
	}
	eco := parseAll(t, "x.yaml", header)[0].Objects[0]
	finding := &plan.Finding{
		Meta: plan.Meta{ID: "finding:1"}, Rule: "R01", Severity: plan.Info, Dimension: plan.Executable, Message: "x",
	}
	plan.Normalize(finding)
	tests := []struct {
		name    string
		objects []plan.Object
		want    string
	}{
		{"part without its owner", []plan.Object{goal("goal:eco/a", "")}, "goal:eco/a: saw it without plan:eco, wanted both: it is written there"},
		{"circle", []plan.Object{eco, goal("goal:eco/a", "goal:eco/b"), goal("goal:eco/b", "goal:eco/a")},
			"goal:eco/a: saw an object that contains itself, wanted no circle"},
		{"object twice", []plan.Object{eco, eco}, "plan:eco: saw the object twice, wanted it once"},
		{"invalid object", []plan.Object{&plan.Zone{}}, "zone.id: saw \"\""},
		{"finding", []plan.Object{finding}, "finding:1: saw a finding, wanted what a document can say"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Write(tt.objects)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestWriteKeepsAPlanCalledVocabularyApart(t *testing.T) {
	docs := parseAll(t, "v.yaml", vocabularyText, "x.yaml", strings.Replace(header, "eco", "vocabulary", 1))
	files, err := Write(objectsOf(docs))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 2 || files[0].Name != "vocabulary.yaml" || files[1].Name != "plan-vocabulary.yaml" {
		t.Errorf("files %v", files)
	}
}
