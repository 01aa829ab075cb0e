package registertest

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

	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// goals of each of a few plans: two plans are more than one change set of an import holds.
const goals = 2_600

// planDocuments writes a vocabulary and three plans into a directory.
func planDocuments(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write(t, dir, "v.yaml", `
vocabulary:
  regions: [{code: r, name: 某省, type: ADMINISTRATIVE, level: PROVINCIAL}]
  indicators: [{code: i, name: 森林覆盖率, unit: "%", trend: UP}]
`)
	for i := range 3 {
		var b bytes.Buffer
		fmt.Fprintf(&b, "plan: {code: d%d, title: 规划, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: r}\n"+
			"targets: [{code: t, indicator: i, region: r, year: 2025, value: %d %%, nature: BINDING}]\ngoals:\n", i, 20+i)
		for j := range goals {
			fmt.Fprintf(&b, "- {code: g%d, title: 目标%d}\n", j, j)
		}
		write(t, dir, fmt.Sprintf("d%d.yaml", i), b.String())
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// importDirectory reads a directory and imports it with a register of its own, as a process does.
func importDirectory(ctx context.Context, t *testing.T, s store.Store, dir string, opts register.ImportOptions) (*register.Imported, error) {
	t.Helper()
	docs, err := document.Read(t.Context(), []string{dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	opts.Last = true
	return register.New(s).Import(ctx, docs, opts)
}

// ResumesImports stops an import in the middle and goes on with it; in the end an empty store holds what another does, into which the same
// was imported at once.
func ResumesImports(t *testing.T, s, other store.Store) {
	dir := planDocuments(t)
	must := func(into store.Store, opts register.ImportOptions) *register.Imported {
		t.Helper()
		done, err := importDirectory(t.Context(), t, into, dir, opts)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	whole := must(other, register.ImportOptions{})
	counts := func(what string, done *register.Imported, added, changed, same int) {
		t.Helper()
		if done.Added != added || done.Changed != changed || done.Same() != same {
			t.Errorf("%s: %d new, %d changed, %d there already, wanted %d, %d and %d", what, done.Added, done.Changed, done.Same(), added, changed, same)
		}
	}
	counts("at once", whole, whole.Objects, 0, 0)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	steps := 0
	stopped, err := importDirectory(ctx, t, s, dir, register.ImportOptions{Progress: func(done, of int) {
		if steps++; steps == 2 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || stopped == nil || stopped.Outcome != nil {
		t.Fatalf("a stopped import gives %+v and %v", stopped, err)
	}
	first := stopped.Done
	if first <= goals || first >= whole.Objects {
		t.Fatalf("stopped at %d of %d objects, wanted it in the middle", first, whole.Objects)
	}
	at := revisionOf(t, s)
	there := map[plan.ID]bool{}
	for _, c := range logOf(t, s, 0) {
		there[c.ID] = true
	}
	if len(there) != first {
		t.Errorf("%d objects are written, wanted %d", len(there), first)
	}
	for i := range 3 {
		n := 0
		for id := range there {
			if strings.HasPrefix(id.Code(), fmt.Sprintf("d%d/", i)) || id == plan.MakeID("plan", fmt.Sprint("d", i)) {
				n++
			}
		}
		if n != 0 && n != goals+2 {
			t.Errorf("plan %d is written by half: %d objects", i, n)
		}
	}

	counts("looking ahead", must(s, register.ImportOptions{DryRun: true}), whole.Objects-first, 0, first)
	counts("going on", must(s, register.ImportOptions{}), whole.Objects-first, 0, first)
	for _, c := range logOf(t, s, at) {
		if there[c.ID] {
			t.Errorf("%s is written again", c.ID)
		}
	}
	sameContent(t, s, other)
	at = revisionOf(t, s)
	counts("again", must(s, register.ImportOptions{}), 0, 0, whole.Objects)
	if now := revisionOf(t, s); now != at {
		t.Errorf("importing the same again moved the register from %d to %d", at, now)
	}

	text, err := os.ReadFile(filepath.Join(dir, "d1.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "d1.yaml", strings.Replace(string(text), "目标7}", "另一个目标}", 1))
	counts("looking at a change", must(s, register.ImportOptions{DryRun: true}), 0, 1, whole.Objects-1)
	counts("a change", must(s, register.ImportOptions{}), 0, 1, whole.Objects-1)
	must(other, register.ImportOptions{})
	sameContent(t, s, other)
}

// sameContent compares all that two stores hold, findings included.
func sameContent(t *testing.T, a, b store.Store) {
	t.Helper()
	one, err := register.New(a).Digest(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := register.New(b).Digest(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *one != *two {
		t.Errorf("the stores hold %+v and %+v", one, two)
	}
	findings := stored(t, b)
	if diff := cmp.Diff(findings, stored(t, a)); diff != "" || len(findings) == 0 {
		t.Errorf("%d findings; they differ by %s", len(findings), diff)
	}
}

func revisionOf(t *testing.T, s store.Store) plan.Revision {
	t.Helper()
	h, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Revision
}

// logOf is the log behind a revision.
func logOf(t *testing.T, s store.Store, after plan.Revision) []plan.Change {
	t.Helper()
	all, err := s.Changes(t.Context(), after, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// SeesEverything puts more into the log at once than a register follows one by one: findings with an edit behind them, and then edits. It
// must see the last of them.
func SeesEverything(t *testing.T, s store.Store) {
	a := &answers{T: t, store: s, Register: register.New(s)}
	a.change(append(vocabulary(), a.plan("a"), a.plan("b"), a.target("a", "i0", "20 %"), a.target("b", "i0", "20 %"))...)
	others := plan.ChangeSet{Actor: "check"}
	for i := range 2_500 {
		f := &plan.Finding{Meta: meta("finding", fmt.Sprintf("r02-%016d", i)), Rule: "R02", Severity: plan.SevError, Dimension: plan.Complementary, Message: "x", State: plan.FindingGone}
		others.Ops = append(others.Ops, plan.Op{Upsert: f})
	}
	edits := upserts([]plan.Object{a.target("b", "i0", "20 %")})
	for i := range 2_500 {
		edits = append(edits, plan.Op{Upsert: &plan.Goal{Meta: meta("goal", "a", fmt.Sprint(i)), Title: "目标", Plan: "plan:a"}})
	}
	edits = append(edits, plan.Op{Upsert: a.target("b", "i1", "30 %")}, plan.Op{Upsert: a.target("a", "i1", "20 %")})
	opened := map[plan.ID]bool{}
	for _, step := range []struct {
		name           string
		sets           []plan.ChangeSet
		opened, closed int
	}{
		{"an edit behind findings", []plan.ChangeSet{others, {Ops: upserts([]plan.Object{a.target("b", "i0", "30 %")})}}, 1, 0},
		{"many edits at once", []plan.ChangeSet{{Ops: edits}}, 1, 1},
	} {
		for _, cs := range step.sets {
			if _, err := s.Apply(t.Context(), cs); err != nil {
				t.Fatal(err)
			}
		}
		out, err := a.Check(t.Context(), nil)
		if err != nil || len(out.Opened) != step.opened || len(out.Closed) != step.closed {
			t.Fatalf("%s: saw %+v and %v, wanted %d findings opened and %d closed", step.name, out, err, step.opened, step.closed)
		}
		if opened[out.Opened[0]] {
			t.Errorf("%s: %s opened again", step.name, out.Opened[0])
		}
		opened[out.Opened[0]] = true
	}
}
