package register

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

func temporary(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlite.OpenTemporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// stopping is a store that fails after some writes.
type stopping struct {
	store.Store
	left int
}

var errStopped = errors.New("stopped")

func (s *stopping) Apply(ctx context.Context, cs plan.ChangeSet) (plan.Revision, error) {
	if s.left--; s.left < 0 {
		return 0, errStopped
	}
	return s.Store.Apply(ctx, cs)
}

func TestCopyGoesOnWhereItStopped(t *testing.T) {
	ctx := t.Context()
	from := opened(t)
	to := temporary(t)
	if _, err := Copy(ctx, from.store, &stopping{to, 4}, nil); !errors.Is(err, errStopped) {
		t.Fatalf("a copy that stops: %v", err)
	}
	if _, err := verify(ctx, from.store, to); plan.CodeOf(err) != plan.Conflict {
		t.Errorf("half a copy is whole: %v", err)
	}
	var last, of int64
	c, err := Copy(ctx, from.store, to, func(done, all int64) { last, of = done, all })
	if err != nil {
		t.Fatal(err)
	}
	if last != of || c.Objects != of || of == 0 || len(c.Digest) != 64 {
		t.Errorf("copied %d of %d: %+v", last, of, c)
	}
	want, err := from.Export(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := New(to).Export(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if a, b := findingsOf(t, from, "plan:nm-climate-14"), findingsOf(t, New(to), "plan:nm-climate-14"); len(a) == 0 || !cmp.Equal(a, b) {
		t.Errorf("findings %v became %v", a, b)
	}
}

// What refers to its own kind comes in batches that can be written one after the other.
func TestCopyOrdersAKind(t *testing.T) {
	ctx := t.Context()
	from := temporary(t)
	cs := plan.ChangeSet{}
	const n = copyObjects + 50
	for i := range n {
		r := &plan.Region{Meta: plan.Meta{ID: plan.ID(fmt.Sprintf("region:%06d", i))}, Name: "区", Type: plan.Administrative}
		if i+1 < n {
			r.Within = []plan.ID{plan.ID(fmt.Sprintf("region:%06d", i+1))} // the first lies in the last of all
		}
		cs.Ops = append(cs.Ops, plan.Op{Upsert: r})
	}
	if _, err := from.Apply(ctx, cs); err != nil {
		t.Fatal(err)
	}
	if _, err := Copy(ctx, from, temporary(t), nil); err != nil {
		t.Error(err)
	}
}

func TestCopyRefusesAnotherRegister(t *testing.T) {
	ctx := t.Context()
	full, small := opened(t), open(t)
	if _, err := small.Import(ctx, document.Of(parse(t, file("v.yaml", vocabulary))...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	before, _ := full.revision(ctx)
	if _, err := Copy(ctx, small.store, full.store, nil); plan.CodeOf(err) != plan.Conflict {
		t.Errorf("into a larger register: %v, wanted CONFLICT", err)
	}
	if after, _ := full.revision(ctx); after != before {
		t.Errorf("something was written: revision %d became %d", before, after)
	}
	if _, err := Copy(ctx, full.store, small.store, nil); plan.CodeOf(err) != plan.Conflict {
		t.Errorf("into a register with something else: %v, wanted CONFLICT", err)
	}
}
