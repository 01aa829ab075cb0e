package sqlite

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/storetest"
)

// older is the description as it was before some fields, edges and a kind were added, and while
// other fields were searched and indexed.
func older() []*plan.Kind {
	var kinds []*plan.Kind
	for _, k := range plan.Kinds() {
		was := *k
		switch k.Name {
		case "Demand":
			continue
		case "Target":
			was.Fields = slices.DeleteFunc(slices.Clone(k.Fields), func(f *plan.Field) bool {
				return slices.Contains([]string{"note", "yearStart", "quantity.baseValue", "quantity.aspirational", "nature"}, f.Name)
			})
			was.Edges = slices.DeleteFunc(slices.Clone(k.Edges), func(e *plan.Edge) bool { return e.Name == "calibre" })
		case "Project":
			was.Edges = slices.DeleteFunc(slices.Clone(k.Edges), func(e *plan.Edge) bool { return e.Name == "zones" })
		case "Region":
			was.Fields = slices.Clone(k.Fields)
			for i, f := range was.Fields {
				changed := *f
				changed.Search = f.Name == "note"
				changed.Index = f.Name == "edition"
				was.Fields[i] = &changed
			}
		}
		kinds = append(kinds, &was)
	}
	return kinds
}

func TestDescriptionGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	old, err := open(t.Context(), path, older())
	if err != nil {
		t.Fatal(err)
	}
	var ops []plan.Op
	for _, o := range storetest.World(0) {
		switch o := o.(type) {
		case *plan.Demand:
			continue
		case *plan.Target:
			o.Note, o.YearStart, o.Calibre = "", 0, ""
		case *plan.Project:
			o.Zones = nil
		}
		ops = append(ops, plan.Op{Upsert: o})
	}
	mustApply(t, old, ops)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	s := openAt(t, path)
	find := func(k *plan.Kind, f query.Filter) int64 {
		result, err := s.Fetch(t.Context(), &query.Selection{Filter: f, Count: true, NoRows: true, Of: []query.Shape{{Kind: k}}})
		if err != nil {
			t.Fatal(err)
		}
		return result.Root.Totals[0]
	}
	region, target := plan.KindNamed("Region"), plan.KindNamed("Target")
	if n := find(region, query.Text{Query: "name"}); n != storetest.BlockSize {
		t.Errorf("saw %d regions by a field that is searched now, wanted %d", n, storetest.BlockSize)
	}
	if n := find(region, query.Text{Query: "note"}); n != 0 {
		t.Errorf("saw %d regions by a field that is searched no more", n)
	}
	if n := find(target, query.Null{Field: target.Field("note")}); n != storetest.BlockSize {
		t.Errorf("saw %d targets without a note, wanted %d", n, storetest.BlockSize)
	}
	mustApply(t, s, world(0))
	for _, k := range plan.Kinds() {
		result, err := s.Fetch(t.Context(), &query.Selection{IDs: []plan.ID{storetest.FillID(k, 1)}, Of: []query.Shape{query.Whole(k)}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := result.Root.Tables[0].Object(0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(plan.Marshal(storetest.Fill(k, 1))), string(plan.Marshal(got))); diff != "" {
			t.Errorf("%s after growing (-want +got):\n%s", k, diff)
		}
	}

	fresh := openAt(t, filepath.Join(t.TempDir(), "register.db"))
	if diff := cmp.Diff(indexNames(t, fresh), indexNames(t, s)); diff != "" {
		t.Errorf("indexes of a new file and of one that grew (-new +grown):\n%s", diff)
	}
	if _, err := open(t.Context(), path, older()); plan.CodeOf(err) != plan.Unsupported {
		t.Errorf("the older program opens the newer file: saw %v, wanted UNSUPPORTED", err)
	}
}

func indexNames(t *testing.T, s *Store) []string {
	t.Helper()
	var names []string
	err := s.read(t.Context(), func(c *conn) error {
		return c.query("SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name", nil, func(row *row) error {
			names = append(names, row.text(0))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
