package register_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/register/registertest"
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

func TestWatches(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { registertest.Watches(t, temporary(t), seed, 20) })
	}
}

func TestWatchesFindings(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { registertest.WatchesFindings(t, temporary(t), seed, 80) })
	}
}

func TestFindingsOfAPlanThatIsNotThere(t *testing.T) {
	r := register.New(temporary(t))
	for c, err := range r.WatchFindings(t.Context(), []plan.ID{"plan:nothing"}, 0) {
		if plan.CodeOf(err) != plan.NotFound {
			t.Errorf("saw %v and %v, wanted NOT_FOUND", c, err)
		}
	}
}

func TestKeepsThePast(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { registertest.KeepsThePast(t, temporary(t), seed, 40) })
	}
}

func zone(code, name string) *plan.Zone {
	return &plan.Zone{Meta: plan.Meta{ID: plan.MakeID("zone", code), Code: code}, Name: name, Type: plan.EcologicalRedline}
}

func put(t *testing.T, s store.Store, objects ...plan.Object) {
	t.Helper()
	var cs plan.ChangeSet
	for _, o := range objects {
		cs.Ops = append(cs.Ops, plan.Op{Upsert: o})
	}
	if _, err := s.Apply(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
}

// A change of this process wakes who watches, however seldom others are looked for.
func TestOwnChangesWake(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := temporary(t)
	r := register.New(s, register.LookEvery(time.Hour))
	ctx, stop := context.WithCancel(t.Context())
	seen, ended := make(chan plan.Revision), make(chan error)
	go func() {
		defer close(ended)
		for v, err := range r.Watch(ctx, 0) {
			if err != nil {
				ended <- err
				return
			}
			seen <- v.Revision
		}
	}()
	for want := range plan.Revision(20) {
		if _, err := r.Change(t.Context(), plan.ChangeSet{Ops: []plan.Op{{Upsert: zone("z", fmt.Sprint("区", want))}}}); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; got != want+1 {
			t.Fatalf("saw revision %d, wanted %d", got, want+1)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the watch ended with %v, wanted nothing", err)
	}
}

func TestWatchBeginsWhereTheRegisterIs(t *testing.T) {
	r := register.New(temporary(t))
	for _, after := range []plan.Revision{-1, 1} {
		for v, err := range r.Watch(t.Context(), after) {
			if plan.CodeOf(err) != plan.BadUserInput {
				t.Errorf("behind revision %d: saw %v and %v, wanted BAD_USER_INPUT", after, v, err)
			}
		}
	}
}

// A revision that is too large to be listed says so, also from memory, and the next one is given whole.
func TestLargeRevisions(t *testing.T) {
	s := temporary(t)
	r := register.New(s, register.LookEvery(time.Millisecond))
	many := func(n int, name string) []plan.Object {
		zones := make([]plan.Object, n)
		for i := range zones {
			zones[i] = zone(fmt.Sprint("z", i), name)
		}
		return zones
	}
	put(t, s, many(register.MostChanges, "区")...)
	put(t, s, many(register.MostChanges+1, "改")...)
	put(t, s, zone("z0", "末"))
	var got []string
	for v, err := range r.Watch(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, fmt.Sprint(v.Revision, len(v.Changes), v.Complete)); len(got) == 3 {
			break
		}
	}
	want := []string{"1 1000 true", "2 1000 false", "3 1 true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// flaky is a store whose log does not answer now and then.
type flaky struct {
	store.Store
	left  atomic.Int64
	fails error
}

func (f *flaky) Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error) {
	if f.left.Add(-1) >= 0 {
		return nil, f.fails
	}
	return f.Store.Changes(ctx, after, limit)
}

func TestWatchOutlivesAStoreThatRests(t *testing.T) {
	for _, c := range []struct {
		name  string
		fails error
		want  error
	}{
		{"unavailable", plan.Errorf(plan.Unavailable, "", "away"), nil},
		{"broken", plan.Errorf(plan.Internal, "", "malformed"), plan.Errorf(plan.Internal, "", "malformed")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := temporary(t)
			put(t, s, zone("z", "区"))
			f := &flaky{Store: s, fails: c.fails}
			f.left.Store(3)
			r := register.New(f, register.LookEvery(time.Millisecond))
			for v, err := range r.Watch(t.Context(), 0) {
				var shown *plan.Error
				switch {
				case c.want == nil && (err != nil || v.Revision != 1):
					t.Errorf("saw %v and %v, wanted revision 1", v, err)
				case c.want != nil && (!errors.As(err, &shown) || shown.Error() != c.want.Error()):
					t.Errorf("saw %v, wanted %v", err, c.want)
				}
				break
			}
		})
	}
}

func TestHistory(t *testing.T) {
	s := temporary(t)
	put(t, s, zone("z", "一"))
	put(t, s, zone("z", "二"), zone("z", "三"), zone("z", "四")) // thrice in one revision
	if _, err := s.Apply(t.Context(), plan.ChangeSet{Actor: "张三", Note: "合并", Ops: []plan.Op{{Remove: "zone:z"}}}); err != nil {
		t.Fatal(err)
	}
	put(t, s, zone("z", "五"))
	r := register.New(s)
	for _, c := range []struct {
		name   string
		before plan.Revision
		limit  int
		want   []string
	}{
		{"all", 0, 10, []string{"4 -五", "3 四-", "2 三-四", "2 二-三", "2 一-二", "1 -一"}},
		{"the newest", 0, 1, []string{"4 -五"}},
		{"a page ends behind a revision", 0, 3, []string{"4 -五", "3 四-", "2 三-四", "2 二-三", "2 一-二"}},
		{"the next page", 2, 3, []string{"1 -一"}},
		{"behind the last", 1, 3, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries, err := r.History(t.Context(), "zone:z", c.before, c.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range entries {
				text := fmt.Sprint(e.Revision, " ")
				for _, d := range e.Differences {
					if d.Name == "name" {
						text += fmt.Sprint(first(d.Before), "-", first(d.After))
					}
				}
				if e.Revision == 2 && len(e.Differences) != 1 || (e.Before == nil) != (e.Revision == 1 || e.Revision == 4) {
					t.Errorf("revision %d, before it %s: saw %+v, wanted the name alone where one was there", e.Revision, e.Before, e.Differences)
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// Who falls so far behind that memory no longer has what he missed gets it from the log.
func TestFallenBehind(t *testing.T) {
	const revisions = 6 // of a thousand changes each
	s := temporary(t)
	r := register.New(s, register.LookEvery(time.Hour))
	slow, leave := iter.Pull2(r.Watch(t.Context(), 0))
	defer leave()
	quick, leave2 := iter.Pull2(r.Watch(t.Context(), 0))
	defer leave2()
	see := func(next func() (*register.Revised, error, bool), want plan.Revision) {
		t.Helper()
		v, err, ok := next()
		if err != nil || !ok || v.Revision != want {
			t.Fatalf("saw %+v, %v, %v, wanted revision %d", v, err, ok, want)
		}
	}
	for n := range plan.Revision(revisions + 1) {
		zones := []plan.Op{{Upsert: zone("z", "首")}}
		for i := range register.MostChanges * min(int(n), 1) {
			zones = append(zones, plan.Op{Upsert: zone(fmt.Sprint("z", i), fmt.Sprint("区", n))})
		}
		if _, err := r.Change(t.Context(), plan.ChangeSet{Ops: zones}); err != nil {
			t.Fatal(err)
		}
		see(quick, n+1)
		if n == 0 {
			see(slow, 1)
		}
	}
	for n := range plan.Revision(revisions) {
		see(slow, n+2)
	}
}
