package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

func open(t *testing.T) *Register {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(s)
}

func parse(t *testing.T, files ...document.File) []*document.Document {
	t.Helper()
	var docs []*document.Document
	for _, f := range files {
		d, errs := document.Parse(f.Name, f.Data)
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

func demonstration(t *testing.T) []*document.Document {
	t.Helper()
	var files []document.File
	for _, f := range demo.Documents() {
		files = append(files, document.File{Name: f.Name, Data: f.Data})
	}
	return parse(t, files...)
}

func opened(t *testing.T) *Register {
	t.Helper()
	r := open(t)
	if _, err := r.Import(t.Context(), document.Of(demonstration(t)...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExportIsWhatImportReads(t *testing.T) {
	ctx := t.Context()
	first, err := opened(t).Export(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	second := open(t)
	if _, err := second.Import(ctx, document.Of(parse(t, first...)...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	again, err := second.Export(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	one, err := second.Export(ctx, []plan.ID{"plan:nm-eco-14"})
	if err != nil || len(one) != 1 || one[0].Name != "nm-eco-14.yaml" {
		t.Errorf("one plan gives %d files, %v", len(one), err)
	}
}

func TestImportAgainChangesNothing(t *testing.T) {
	ctx := t.Context()
	r := opened(t)
	before, err := r.revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	done, err := New(r.store).Import(ctx, document.Of(demonstration(t)...), ImportOptions{}) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	if done.Added+done.Changed != 0 || done.Outcome.Revision != before || len(done.Outcome.Opened)+len(done.Outcome.Closed) != 0 {
		t.Errorf("%+v %+v, want nothing at revision %d", done, done.Outcome, before)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	r := open(t)
	done, err := r.Import(t.Context(), document.Of(demonstration(t)...), ImportOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if done.Added != done.Objects || done.Objects < 400 || done.Outcome != nil {
		t.Errorf("%+v", done)
	}
	if at, err := r.revision(t.Context()); at != 0 || err != nil {
		t.Errorf("revision %d, %v", at, err)
	}
}

const vocabulary = `
vocabulary:
  regions: [{code: r, name: 某省, type: ADMINISTRATIVE, level: PROVINCIAL}]
  indicators: [{code: i, name: 森林覆盖率, unit: "%", trend: UP}]
`

func planText(code, value, nature string) string {
	return fmt.Sprintf(`
plan: {code: %s, title: 规划%s, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: r}
targets: [{code: t, indicator: i, region: r, year: 2025, value: %q, nature: %s}]
`, code, code, value, nature)
}

func file(name, text string) document.File { return document.File{Name: name, Data: []byte(text)} }

func TestOneBadDocumentStopsAll(t *testing.T) {
	r := open(t)
	docs := parse(t,
		file("a.yaml", planText("a", "23.5 %", "BINDING")),
		file("v.yaml", strings.ReplaceAll(vocabulary, "code: i,", "code: other,")))
	_, err := r.Import(t.Context(), document.Of(docs...), ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "a.yaml:3:") || plan.CodeOf(err) != plan.BadUserInput {
		t.Errorf("got %v, want the place of the reference to nothing", err)
	}
	if at, _ := r.revision(t.Context()); at != 0 {
		t.Errorf("something was written: revision %d", at)
	}
}

func TestChangesOpenAndCloseFindings(t *testing.T) {
	ctx := t.Context()
	r := open(t)
	docs := parse(t, file("v.yaml", vocabulary),
		file("a.yaml", planText("a", "23.5 %", "BINDING")), file("b.yaml", planText("b", "23.5 %", "BINDING")))
	done, err := r.Import(ctx, document.Of(docs...), ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(done.Outcome.Opened) != 0 {
		t.Errorf("equal targets open %v", done.Outcome.Opened)
	}
	target := slices.IndexFunc(docs[2].Objects, func(o plan.Object) bool { return o.Base().ID == "target:b/t" })
	other := parse(t, file("b.yaml", planText("b", "24.1 %", "BINDING")))[0].Objects[target]
	out, err := r.Change(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: other}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Opened) != 1 || len(out.Closed) != 0 || !strings.HasPrefix(string(out.Opened[0]), "finding:r02-") {
		t.Fatalf("23.5 %% against 24.1 %%: %+v", out)
	}
	stored, err := objects[*plan.Finding](ctx, r.store, nil)
	if err != nil || len(stored) != 1 || stored[0].ID != out.Opened[0] {
		t.Fatalf("stored findings %v, %v", stored, err)
	}
	c, err := r.Coherence(ctx, []plan.ID{"plan:b", "plan:a"}, true)
	if err != nil || c.Verdicts[0].Outcome != "CONFLICT" || c.Verdicts[0].Counts.Failed != 1 {
		t.Fatalf("verdict %+v, %v", c, err)
	}

	answered := *stored[0]
	answered.Answer = plan.Answer{Decision: plan.Rejected, Reason: "口径不同", By: "某厅"}
	answered.State = plan.FindingAnswered
	if _, err := r.Change(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: &answered}}}); err != nil {
		t.Fatal(err)
	}
	if stored, _ = objects[*plan.Finding](ctx, r.store, nil); stored[0].Answer.Reason != "口径不同" {
		t.Errorf("the check lost the answer: %+v", stored[0].Answer)
	}

	out, err = r.Change(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: docs[2].Objects[target]}}})
	if err != nil || len(out.Opened) != 0 || len(out.Closed) != 1 {
		t.Errorf("back at 23.5 %%: %+v, %v", out, err)
	}
	if stored, _ = objects[*plan.Finding](ctx, r.store, nil); len(stored) != 1 || stored[0].State != plan.FindingGone || stored[0].Answer.Reason != "口径不同" {
		t.Errorf("saw %+v, wanted the finding gone, with its answer", stored)
	}
	if _, err = r.Change(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: other}}}); err != nil {
		t.Fatal(err)
	}
	if stored, _ = objects[*plan.Finding](ctx, r.store, nil); len(stored) != 1 || stored[0].State != plan.FindingAnswered {
		t.Errorf("saw %+v, wanted the finding again, answered as before", stored)
	}
}

// A plan can be taken out with all that is part of it, findings about it included.
func TestRemovingAPlanWithFindings(t *testing.T) {
	ctx := t.Context()
	r := opened(t)
	before := findingsOf(t, r, "plan:nm-climate-14")
	if len(before) == 0 {
		t.Fatal("no findings to begin with")
	}
	out, err := r.Change(ctx, plan.ChangeSet{Ops: []plan.Op{{Remove: "plan:nm-climate-14", Cascade: true}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range before {
		if !slices.Contains(out.Closed, id) {
			t.Errorf("%s did not close", id)
		}
	}
	if after := findingsOf(t, r, "plan:nm-climate-14"); len(after) != 0 {
		t.Errorf("findings left: %v", after)
	}
}

func findingsOf(t *testing.T, r *Register, id plan.ID) []plan.ID {
	t.Helper()
	found, err := objects[*plan.Finding](context.Background(), r.store,
		query.Related{End: plan.KindNamed("Finding").End("plans"), Filter: query.IDs{id}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []plan.ID
	for _, f := range found {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestAnotherWriterIsNoticed(t *testing.T) {
	ctx := t.Context()
	s, err := sqlite.Open(ctx, t.TempDir()+"/shared.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	one, two := New(s), New(s)
	if _, err := one.Check(ctx, nil); err != nil {
		t.Fatal(err)
	}
	docs := parse(t, file("v.yaml", vocabulary),
		file("a.yaml", planText("a", "23.5 %", "BINDING")), file("b.yaml", planText("b", "24.1 %", "BINDING")))
	if _, err := two.Import(ctx, document.Of(docs...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	c, err := one.Coherence(ctx, []plan.ID{"plan:a", "plan:b"}, false)
	if err != nil || c.Verdicts[0].Outcome != coherence.Conflict || len(c.Verdicts[0].Findings) != 1 {
		t.Errorf("saw %+v and %v, want a conflict", c, err)
	}
}

func TestMatrix(t *testing.T) {
	r := opened(t)
	m, err := r.Matrix(t.Context(), []plan.ID{"indicator:energy-intensity"}, []plan.ID{"plan:nm-energy-saving-14", "plan:nm-climate-14", "plan:nm-eco-14"})
	if err != nil {
		t.Fatal(err)
	}
	want := &Matrix{
		Indicators: []plan.ID{"indicator:energy-intensity"},
		Plans:      []plan.ID{"plan:nm-energy-saving-14", "plan:nm-climate-14", "plan:nm-eco-14"},
		Cells: []Cell{
			{"indicator:energy-intensity", "plan:nm-energy-saving-14", []plan.ID{"target:nm-energy-saving-14/energy-intensity-2025"}},
			{"indicator:energy-intensity", "plan:nm-climate-14", []plan.ID{"target:nm-climate-14/energy-intensity-2025"}},
		},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	for name, tc := range map[string]struct {
		indicators, plans []plan.ID
		want              plan.Code
	}{
		"unknown plan":   {nil, []plan.ID{"plan:nothing"}, plan.NotFound},
		"other kind":     {nil, []plan.ID{"region:150000"}, plan.BadUserInput},
		"twice":          {nil, []plan.ID{"plan:nm-eco-14", "plan:nm-eco-14"}, plan.BadUserInput},
		"too many":       {nil, make([]plan.ID, MaxPlans+1), plan.BadUserInput},
		"no indicator":   {[]plan.ID{"indicator:nothing"}, nil, plan.NotFound},
		"hostile string": {nil, []plan.ID{"plan:x' OR 1=1 --"}, plan.NotFound},
	} {
		if _, err := r.Matrix(t.Context(), tc.indicators, tc.plans); plan.CodeOf(err) != tc.want || err == nil {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

// What the plan announces and the register does not know is said, not left out.
func TestInfoNamesTheGaps(t *testing.T) {
	info, err := opened(t).Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gap := slices.IndexFunc(info.Gaps, func(c *Coverage) bool { return c.Plan == "plan:nm-eco-14" })
	if gap < 0 || info.Gaps[gap].Announced != 21 || info.Gaps[gap].Known != 3 {
		t.Errorf("gaps %+v", info.Gaps)
	}
	if info.Counts["Plan"] < 30 || info.RuleSet == "" || info.Revision == 0 {
		t.Errorf("info %+v", info)
	}
}

func TestRoom(t *testing.T) {
	r := opened(t)
	ask := func(indicator, region plan.ID, year int, of plan.ID) (*coherence.Room, error) {
		return r.Room(t.Context(), indicator, region, year, of)
	}
	room, err := ask("indicator:farmland", "region:150000", 2035, "plan:nm-eco-14")
	if err != nil {
		t.Fatal(err)
	}
	if room.Lower == nil || room.Lower.By != coherence.ByControl || room.Lower.Plan != "plan:nm-spatial-2035" || room.Upper != nil || room.Empty {
		t.Errorf("room %+v", room)
	}
	// The nation's figure is none for the region.
	room, err = ask("indicator:energy-intensity", "region:150000", 2025, "plan:nm-climate-14")
	if err != nil || room.Lower != nil || room.Upper != nil || len(room.Unused) == 0 || room.Unused[0].Reason.Code != coherence.RegionPart {
		t.Errorf("room %+v, %v", room, err)
	}
	for name, tc := range map[string]struct {
		indicator, region plan.ID
		year              int
		of                plan.ID
		want              plan.Code
	}{
		"no indicator":   {"indicator:nothing", "region:150000", 2035, "plan:nm-eco-14", plan.NotFound},
		"no region":      {"indicator:farmland", "region:nothing", 2035, "plan:nm-eco-14", plan.NotFound},
		"no plan":        {"indicator:farmland", "region:150000", 2035, "plan:nothing", plan.NotFound},
		"another kind":   {"indicator:farmland", "region:150000", 2035, "region:150000", plan.BadUserInput},
		"year too far":   {"indicator:farmland", "region:150000", 20350, "plan:nm-eco-14", plan.BadUserInput},
		"year of nought": {"indicator:farmland", "region:150000", 0, "plan:nm-eco-14", plan.BadUserInput},
	} {
		if _, err := ask(tc.indicator, tc.region, tc.year, tc.of); plan.CodeOf(err) != tc.want || err == nil {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

// logged is a store that counts what is read of its log.
type logged struct {
	store.Store
	read int
}

func (l *logged) Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error) {
	changes, err := l.Store.Changes(ctx, after, limit)
	l.read += len(changes)
	return changes, err
}

// TestWhatACheckHasWrittenIsNotRead: a check of a large register writes findings by the hundred thousand, which need not pass through memory
// once more.
func TestWhatACheckHasWrittenIsNotRead(t *testing.T) {
	l := &logged{Store: temporary(t)}
	for _, last := range []bool{false, true} {
		done, err := New(l).Import(t.Context(), document.Of(demonstration(t)...), ImportOptions{Last: last})
		if err != nil {
			t.Fatal(err)
		}
		if !last && len(done.Outcome.Opened) == 0 {
			t.Error("the demonstration has no finding")
		}
		if l.read != 0 {
			t.Errorf("saw %d changes read, wanted none", l.read)
		}
	}
}
