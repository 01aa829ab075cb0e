package bench

import (
	"bytes"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
)

const testSeed = 1

func TestCounts(t *testing.T) {
	for _, test := range []struct {
		name  string
		scale float64
		want  map[string]int
	}{
		{"full", 1, map[string]int{"Region": 3172, "Plan": 4000, "Target": 80_000, "Indicator": 200, "Goal": 4000, "Task": 8000}},
		{"hundredth", 0.01, map[string]int{"Region": 35, "Plan": 40, "Target": 800, "Indicator": 200, "Goal": 40, "Task": 80}},
		{"nothing", 0, map[string]int{"Region": 23, "Plan": 1, "Target": 20, "Indicator": 200, "Goal": 1, "Task": 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]int{}
			for o := range objects(testSeed, test.scale) {
				if name := plan.KindFor(o).Name; test.want[name] > 0 {
					got[name]++
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("objects by kind (-want +got):\n%s", diff)
			}
		})
	}
}

func TestObjectsAreValidAndBehindWhatTheyReferTo(t *testing.T) {
	seen := map[plan.ID]bool{}
	for o := range objects(testSeed, 0.05) {
		id := o.Base().ID
		if err := plan.Validate(o).Err(); err != nil {
			t.Error(err)
		}
		if seen[id] {
			t.Errorf("%s comes twice", id)
		}
		seen[id] = true
		for _, e := range plan.KindFor(o).Edges {
			for _, to := range e.Get(o) {
				if !seen[to] {
					t.Errorf("%s.%s names %s, which did not come before", id, e.Name, to)
				}
			}
		}
	}
}

func TestEqualArgumentsGiveEqualRegisters(t *testing.T) {
	text := func(seed uint64) []byte {
		var b []byte
		for o := range objects(seed, 0.01) {
			b = append(b, plan.Marshal(o)...)
		}
		return b
	}
	if !bytes.Equal(text(1), text(1)) {
		t.Error("one seed gave two registers")
	}
	if bytes.Equal(text(1), text(2)) {
		t.Error("two seeds gave one register")
	}
}

func TestChangeSets(t *testing.T) {
	var sizes []int
	var ids []plan.ID
	for cs := range Generate(testSeed, 0.2) {
		sizes = append(sizes, len(cs.Ops))
		for _, op := range cs.Ops {
			ids = append(ids, op.ID())
		}
	}
	for i, n := range sizes {
		if n > batchObjects || i < len(sizes)-1 && n != batchObjects {
			t.Errorf("change set %d of %d has %d objects, want %d and a last one with the rest", i, len(sizes), n, batchObjects)
		}
	}
	var want []plan.ID
	for o := range objects(testSeed, 0.2) {
		want = append(want, o.Base().ID)
	}
	if !slices.Equal(ids, want) {
		t.Errorf("change sets have %d objects, want the register's %d in their order", len(ids), len(want))
	}
}

func TestPlansObeyDownTheTree(t *testing.T) {
	plans := map[plan.ID]*plan.Plan{}
	obeying := map[plan.PlanLevel]int{}
	all := map[plan.PlanLevel]int{}
	for o := range objects(testSeed, 1) {
		switch o := o.(type) {
		case *plan.Plan:
			plans[o.ID] = o
			all[o.Level]++
		case *plan.Link:
			from, to := plans[o.From], plans[o.To]
			if o.Type != plan.Obeys {
				continue
			}
			obeying[from.Level]++
			if from.Level.Rank() != to.Level.Rank()+1 || from.Category != to.Category {
				t.Errorf("%s %s obeys %s %s", from.Level, from.ID, to.Level, to.ID)
			}
		}
	}
	for _, level := range []plan.PlanLevel{plan.Provincial, plan.Prefectural, plan.County} {
		if obeying[level]*10 < all[level]*9 {
			t.Errorf("%d of %d %s plans obey one above, want nearly all", obeying[level], all[level], level)
		}
	}
	if len(all) != 4 {
		t.Errorf("saw plans of %d levels, want 4", len(all))
	}
}

func TestDocumentsReadBack(t *testing.T) {
	files, err := Documents(testSeed, 0.01)
	if err != nil {
		t.Fatal(err)
	}
	want := map[plan.ID]string{}
	for o := range objects(testSeed, 0.01) {
		want[o.Base().ID] = string(plan.Marshal(o))
	}
	got := map[plan.ID]string{}
	for _, f := range files {
		d, errs := document.Parse(f.Name, f.Data)
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		for _, o := range d.Objects {
			got[o.Base().ID] = string(plan.Marshal(o))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-generated +read):\n%s", diff)
	}
}

func TestAFewTargetsConflict(t *testing.T) {
	s := onSQLite().loaded(t, 0.1)
	defer s.Close()
	// The rules that compare values: others answer about the same targets and would dilute the share.
	rules, err := coherence.RulesNamed("R01", "R02")
	if err != nil {
		t.Fatal(err)
	}
	run, err := register.New(s).Evaluate(t.Context(), coherence.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	failed, compared := run.Counts.Failed, run.Counts.Passed+run.Counts.Failed
	if compared < 1000 || failed*100 < compared || failed*10 > compared {
		t.Errorf("saw %d of %d comparisons fail, want 1 to 10 in a hundred of at least 1000", failed, compared)
	}
}
