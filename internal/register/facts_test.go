package register

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// TestRulesLookAtNothingElse has the demonstration and the rules' examples checked whole, with no more of them than is read, and with
// something in every other field.
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
		read, filled := make([]plan.Object, len(objects)), make([]plan.Object, len(objects))
		for i, o := range objects {
			read[i], filled[i] = bare(t, o), bare(t, o)
			fill(t, filled[i])
		}
		less := check(t, read)
		for how, more := range map[string]*coherence.Run{"all fields": check(t, objects), "every other field filled": check(t, filled)} {
			if diff := cmp.Diff(more.Findings, less.Findings); diff != "" {
				t.Errorf("%s: findings (-%s +of what is read):\n%s", name, how, diff)
			}
			if diff := cmp.Diff(more.NotChecked, less.NotChecked, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: not checked (-%s +of what is read):\n%s", name, how, diff)
			}
			if more.Counts != less.Counts {
				t.Errorf("%s: saw %v, wanted %v as with %s", name, less.Counts, more.Counts, how)
			}
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

// fill puts words and numbers into the fields that are not read.
func fill(t *testing.T, o plan.Object) {
	t.Helper()
	kind := plan.KindOf(o.Base().ID)
	read := needed(kind, "").Columns
	for _, f := range kind.Fields {
		if slices.Contains(read, f) || f.Name == "code" || f.Enum != nil || f.Date {
			continue
		}
		var something any
		switch f.Type {
		case plan.String:
			something = "另有说明"
		case plan.Int:
			something = int64(7)
		default:
			continue
		}
		if err := f.Set(o, something); err != nil {
			t.Fatal(err)
		}
	}
}

func check(t *testing.T, objects []plan.Object) *coherence.Run {
	t.Helper()
	run, err := coherence.Check(t.Context(), coherence.NewFrame(objects), coherence.NewMemory(objects), coherence.Options{Today: "2026-01-01"})
	if err != nil {
		t.Fatal(err)
	}
	return run
}
