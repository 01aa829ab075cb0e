package register

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
)

func digestOf(t *testing.T, r *Register, put ...plan.Object) string {
	t.Helper()
	d, err := r.Digest(t.Context(), put)
	if err != nil {
		t.Fatal(err)
	}
	return d.Digest
}

// The digest is that of what is said, not of how it came there.
func TestDigestIsOfTheContent(t *testing.T) {
	ctx := t.Context()
	first, second := opened(t), open(t)
	docs := demonstration(t)
	slices.Reverse(docs)
	for range 2 { // the second import changes nothing
		if _, err := second.Import(ctx, document.Of(docs...), ImportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	want := digestOf(t, first)
	if got := digestOf(t, second); got != want {
		t.Errorf("in another order %s, want %s", got, want)
	}
	target := object(t, first, "target:nm-forest-14/forest-stock-2025")
	if got := digestOf(t, first, target); got != want {
		t.Errorf("with an object that is there %s, want %s", got, want)
	}
	other := *target.(*plan.Target)
	other.Year = 2035
	laid := digestOf(t, first, &other)
	if laid == want {
		t.Error("another year is no other digest")
	}
	if _, err := first.Change(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: &other}}}); err != nil {
		t.Fatal(err)
	}
	if got := digestOf(t, first); got != laid {
		t.Errorf("written %s, laid over %s", got, laid)
	}
	more := other
	more.ID, more.Code = "target:nm-forest-14/zzz", "zzz"
	if one, two := digestOf(t, first, &more), digestOf(t, first, &more, &other); one == laid || one != two {
		t.Errorf("one more object: %s, %s, before %s", one, two, laid)
	}
}

func object(t *testing.T, r *Register, id plan.ID) plan.Object {
	t.Helper()
	found, err := r.stored(t.Context(), []plan.ID{id})
	if err != nil || found[0] == nil {
		t.Fatalf("%s: %v", id, err)
	}
	return found[0]
}

// Drafts laid over a register are checked as if they had been imported, and nothing is written.
func TestEvaluateWithIsTheCheckBehindAnImport(t *testing.T) {
	ctx := t.Context()
	r := opened(t)
	docs := parse(t, file("d.yaml", `
plan: {code: draft, title: 新规划, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: "150000"}
targets: [{code: t, indicator: forest-stock, region: "150000", year: 2025, value: 17 亿m³, nature: BINDING}]
`))
	if err := r.Resolve(ctx, document.Of(docs...)); err != nil {
		t.Fatal(err)
	}
	before, _ := r.revision(ctx)
	laid, err := r.EvaluateWith(ctx, docs[0].Objects, coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if after, _ := r.revision(ctx); after != before {
		t.Error("something was written")
	}
	if _, err := r.Import(ctx, document.Of(docs...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	imported, err := r.Evaluate(ctx, coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if laid.Counts != imported.Counts || len(laid.Findings) != len(imported.Findings) {
		t.Errorf("%d findings, %+v; imported %d, %+v", len(laid.Findings), laid.Counts, len(imported.Findings), imported.Counts)
	}
	for i, f := range imported.Findings {
		if laid.Findings[i].ID != f.ID || laid.Findings[i].Message != f.Message {
			t.Errorf("finding %d is %s, imported %s", i, laid.Findings[i].ID, f.ID)
		}
	}
}

// A store gives the rules all that they read: what it keeps is judged as the objects themselves are.
func TestStoresAreCheckedLikeObjects(t *testing.T) {
	ctx := t.Context()
	var all []plan.Object
	for _, d := range demonstration(t) {
		all = append(all, d.Objects...)
	}
	opts := coherence.Options{Today: "2026-01-02"}
	want, err := coherence.Check(ctx, coherence.NewFrame(all), coherence.NewMemory(all), opts)
	if err != nil {
		t.Fatal(err)
	}
	got, err := opened(t).Evaluate(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(coherence.Run{})); diff != "" {
		t.Error(diff)
	}
}
