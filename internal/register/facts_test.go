package register

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// TestRulesLookAtNothingElse has the demonstration and the rules' examples checked whole, and with no more of them than is read.
func TestRulesLookAtNothingElse(t *testing.T) {
	registers := map[string][]plan.Object{}
	for _, d := range demonstration(t) {
		registers["demonstration"] = append(registers["demonstration"], d.Objects...)
	}
	for _, rule := range coherence.Rules() {
		for _, e := range rule.Doc.Examples {
			registers[rule.ID+" "+string(e.Answer)] = e.Objects()
		}
	}
	for name, objects := range registers {
		read := make([]plan.Object, len(objects))
		for i, o := range objects {
			read[i] = bare(t, o)
		}
		whole, less := check(t, objects), check(t, read)
		if diff := cmp.Diff(whole.Findings, less.Findings); diff != "" {
			t.Errorf("%s: findings (-of all +of what is read):\n%s", name, diff)
		}
		if diff := cmp.Diff(whole.NotChecked, less.NotChecked, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: not checked (-of all +of what is read):\n%s", name, diff)
		}
		if whole.Counts != less.Counts {
			t.Errorf("%s: saw %v, wanted %v", name, less.Counts, whole.Counts)
		}
	}
}

// bare is what is read of an object.
func bare(t *testing.T, o plan.Object) plan.Object {
	t.Helper()
	kind := plan.KindOf(o.Base().ID)
	left := kind.New()
	shape := needed(kind, "")
	for _, f := range shape.Columns {
		if err := f.Set(left, f.Get(o)); err != nil {
			t.Fatal(err)
		}
	}
	for _, child := range shape.Children {
		child.Via.Edge.Set(left, child.Via.Edge.Get(o))
	}
	complete(kind, left)
	return left
}

func check(t *testing.T, objects []plan.Object) *coherence.Run {
	t.Helper()
	run, err := coherence.Check(t.Context(), coherence.NewFrame(objects), coherence.NewMemory(objects), coherence.Options{Today: "2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
