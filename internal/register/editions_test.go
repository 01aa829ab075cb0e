package register

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
)

// inSeries puts a document's plan into the series s.
func inSeries(text, code string) string {
	return strings.ReplaceAll(strings.Replace(text, "status: ISSUED", "status: ISSUED, series: s", 1), "TEXT", code)
}

// What a store keeps of two texts compares as the objects themselves do: nothing of them is missed.
func TestCompareLoadsWholeEditions(t *testing.T) {
	ctx := t.Context()
	r := open(t)
	parts := `
goals: [{code: g, title: 目标}]
tasks: [{code: "1", title: 造林, children: [{code: "2", title: 育苗}]}]
projects: [{code: p, title: 水库, demands: [{code: d, indicator: i, region: r, year: 2025, value: "3 %"}]}]
observations: [{code: o, indicator: i, region: r, periodStart: "2020", periodEnd: "2020", value: "22 %", role: BASELINE}]
links: [{type: IMPLEMENTS, from: 'task:TEXT/1', to: 'goal:TEXT/g'}]
`
	docs := parse(t, file("v.yaml", vocabulary), file("a.yaml", inSeries(planText("a", "23.5 %", "BINDING")+parts, "a")),
		file("b.yaml", inSeries(planText("b", "24 %", "BINDING"), "b")))
	if _, err := r.Import(ctx, document.Of(docs...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	c, err := r.Compare(ctx, "plan:a", "plan:b", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range c.Items {
		got = append(got, i.Kind.Name+" "+i.Code)
	}
	want := []string{"Plan s", "Goal g", "Task 1", "Task 2", "Project p", "Demand p/d", "Target t", "Observation o", "Link implements/task:1>goal:g"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompareReadsOnly(t *testing.T) {
	ctx := t.Context()
	r := opened(t)
	got, err := r.Compare(ctx, "plan:nm-forest-14-2021-01", "plan:nm-forest-14", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Items) != 6 || got.Same != 2 || len(got.Closed) == 0 {
		t.Errorf("%d items, %d the same, %d findings closed", len(got.Items), got.Same, len(got.Closed))
	}
	before, err := r.revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	again, err := New(r.store).Compare(ctx, "plan:nm-forest-14-2021-01", "plan:nm-forest-14", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again, cmpopts.IgnoreFields(coherence.Comparison{}, "Frame"), cmp.Comparer(func(a, b *plan.Kind) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if after, _ := r.revision(ctx); after != before {
		t.Error("comparing wrote something")
	}
	for name, tc := range map[string]struct {
		a, b plan.ID
		want plan.Code
	}{
		"two series": {"plan:nm-forest-14", "plan:nm-climate-14", plan.BadUserInput},
		"one text":   {"plan:nm-forest-14", "plan:nm-forest-14", plan.BadUserInput},
		"no plan":    {"plan:nm-forest-14", "region:150000", plan.BadUserInput},
		"unknown":    {"plan:nm-forest-14", "plan:nothing", plan.NotFound},
	} {
		if _, err := r.Compare(ctx, tc.a, tc.b, nil); plan.CodeOf(err) != tc.want {
			t.Errorf("%s answers %v, want %s", name, err, tc.want)
		}
	}
}

// What could not be checked about some plans is whole, and only there when it is asked for.
func TestWhatWasNotCheckedIsNotForgotten(t *testing.T) {
	ctx := t.Context()
	r := opened(t)
	plans := []plan.ID{"plan:wuhai-eco-14", "plan:wuhai-eco-2020", "plan:wuhai-air-14", "plan:nm-spatial-2035", "plan:nm-three-lines-2023"}
	got, err := r.Coherence(ctx, plans, true)
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Evaluate(ctx, coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want []coherence.NotChecked
	for _, n := range all.NotChecked {
		if slices.Contains(plans, n.A) && (n.B == "" || slices.Contains(plans, n.B)) {
			want = append(want, n)
		}
	}
	if diff := cmp.Diff(want, got.NotChecked); diff != "" || len(want) < 5 || got.Dropped != 0 {
		t.Errorf("%d entries wanted, %d dropped: %s", len(want), got.Dropped, diff)
	}
	if got, err = r.Coherence(ctx, plans, false); err != nil || len(got.NotChecked) != 0 || len(got.Verdicts) != 10 {
		t.Errorf("unasked: %d entries, %d verdicts, %v", len(got.NotChecked), len(got.Verdicts), err)
	}
}
