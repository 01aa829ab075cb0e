package neo4j_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/neo4j"
)

// region is a change set of one region.
func region(key, code, name string) plan.ChangeSet {
	r := &plan.Region{Name: name, Type: plan.Administrative}
	r.ID = plan.MakeID("region", code)
	return plan.ChangeSet{Key: key, Actor: "test", Ops: []plan.Op{{Upsert: r}}}
}

func regions() *query.Selection {
	k := plan.KindNamed("Region")
	return &query.Selection{Of: []query.Shape{{Kind: k, Columns: columns(k, "id", "name", "version")}}}
}

// openBehind opens a register through a proxy.
func openBehind(t *testing.T, p *proxy, options neo4j.Options) *neo4j.Store {
	t.Helper()
	options.User, options.Password = server.User, server.Password
	s, err := neo4j.Open(t.Context(), p.url, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func wantCode(t *testing.T, what string, err error, codes ...plan.Code) {
	t.Helper()
	for _, code := range codes {
		if err != nil && plan.CodeOf(err) == code {
			return
		}
	}
	t.Errorf("%s: saw %v, wanted %v", what, err, codes)
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// messages of Bolt: a structure of some fields, then the signature.
var (
	boltBegin  = []byte{0xb1, 0x11}
	boltRun    = []byte{0xb3, 0x10}
	boltCommit = []byte{0xb0, 0x12}
)

// TestCommitIsCut cuts the connection when a COMMIT passes: before the server sees it, and before
// its answer comes back.
func TestCommitIsCut(t *testing.T) {
	openEmpty(t)
	for _, key := range []string{"", "k"} {
		for _, answered := range []bool{false, true} {
			name := fmt.Sprintf("key %q, committed %v", key, answered)
			p := newProxy(t, server.URL)
			s := openBehind(t, p, neo4j.Options{})
			before := revision(t, s)
			cs := region(key, fmt.Sprintf("c%s%v", key, answered), name)
			if key != "" {
				cs.Key += name
			}
			var cut atomic.Bool
			p.strike(boltCommit, answered, func() { cut.Store(true) })
			at, err := s.Apply(within(t, 20*time.Second), cs)
			if err != nil || at != before+1 {
				t.Errorf("%s: saw revision %d and %v, wanted %d", name, at, err, before+1)
			}
			if !cut.Load() {
				t.Errorf("%s: no connection was cut", name)
			}
			p.set(func(p *proxy) { p.onData = nil })
			if key != "" {
				if again, err := s.Apply(t.Context(), cs); err != nil || again != at {
					t.Errorf("%s: the set again gave %d and %v, wanted %d", name, again, err, at)
				}
			}
			if now := revision(t, s); now != before+1 {
				t.Errorf("%s: the register stands at %d, wanted %d: one effect", name, now, before+1)
			}
		}
	}
}

// TestCommitStaysUnknown cuts the connection at COMMIT for good.
func TestCommitStaysUnknown(t *testing.T) {
	openEmpty(t)
	p := newProxy(t, server.URL)
	s := openBehind(t, p, neo4j.Options{})
	if _, err := s.Apply(t.Context(), region("", "w", "the statements are planned")); err != nil {
		t.Fatal(err)
	}
	cs := region("the key", "u", "unknown")
	p.strike(boltCommit, false, func() { p.set(func(p *proxy) { p.refuse = true }) })
	start := time.Now()
	_, err := s.Apply(within(t, 3*time.Second), cs)
	wantCode(t, "the cut commit", err, plan.UnknownOutcome)
	if !strings.Contains(fmt.Sprint(err), "the key") {
		t.Errorf("saw %v, wanted it to name the key", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	p.set(func(p *proxy) { p.onData, p.refuse = nil, false })
	if at, err := s.Apply(within(t, 10*time.Second), cs); err != nil || at != 2 {
		t.Errorf("the set again gave %d and %v, wanted 2", at, err)
	}
}

func revision(t *testing.T, s *neo4j.Store) plan.Revision {
	t.Helper()
	result, err := s.Fetch(within(t, 20*time.Second), regions())
	if err != nil {
		t.Fatal(err)
	}
	return result.Revision
}

// TestSlowAndSilent has the network slow down, and fall silent without a word to either side.
func TestSlowAndSilent(t *testing.T) {
	openEmpty(t)
	for _, fault := range []struct {
		name string
		set  func(*proxy)
	}{
		{"slow", func(p *proxy) { p.delay = 3 * time.Second }},
		{"silent", func(p *proxy) { p.hold = true }},
	} {
		t.Run(fault.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, before) }) // when the store and the proxy are closed
			p := newProxy(t, server.URL)
			s := openBehind(t, p, neo4j.Options{})
			at, err := s.Apply(t.Context(), region("", "a", fault.name))
			if err != nil {
				t.Fatal(err)
			}
			p.set(fault.set)
			var wg sync.WaitGroup
			late := func(call func(context.Context) error) {
				wg.Go(func() {
					start := time.Now()
					wantCode(t, fault.name, call(within(t, 500*time.Millisecond)), plan.Timeout)
					if took := time.Since(start); took > 10*time.Second {
						t.Errorf("the answer took %v", took)
					}
				})
			}
			for range 8 {
				late(func(ctx context.Context) error { _, err := s.Fetch(ctx, regions()); return err })
			}
			late(func(ctx context.Context) error { _, err := s.Apply(ctx, region("", "b", "乙")); return err })
			wg.Wait()
			p.set(func(p *proxy) { p.delay, p.hold = 0, false })
			p.cut()
			if now := revision(t, s); now != at {
				t.Errorf("afterwards the register stands at %d, wanted %d", now, at)
			}
		})
	}
}

// TestTwoStores has two stores, as of two servers, write to one database and read each other.
func TestTwoStores(t *testing.T) {
	stores := []*neo4j.Store{openEmpty(t), openOn(t, server, neo4j.Options{})}
	const sets = 20
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			for j := range sets {
				if _, err := s.Apply(t.Context(), region("", fmt.Sprintf("s%d-%d", i, j), "区域")); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for _, s := range stores {
		result, err := s.Fetch(t.Context(), regions())
		if err != nil || len(result.Root.Items) != 2*sets || result.Revision != 2*sets {
			t.Errorf("saw %v and %v, wanted %d regions", result, err, 2*sets)
		}
	}
	var at [2]plan.Revision
	for i, s := range stores {
		wg.Go(func() {
			var err error
			if at[i], err = s.Apply(t.Context(), region("shared", "shared", "共同")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if at[0] != at[1] || at[0] != 2*sets+1 {
		t.Errorf("one key gave revisions %v, wanted %d", at, 2*sets+1)
	}
	twoEditors(t, stores)
}

// twoEditors have one record from the same version, of two stores, 200 times.
func twoEditors(t *testing.T, stores []*neo4j.Store) {
	for version := range int64(200) {
		var results [2]error
		var wg sync.WaitGroup
		for i, s := range stores {
			wg.Go(func() {
				cs := region("", "edited", fmt.Sprintf("%d/%d", version, i))
				cs.Ops[0].Expect = &version
				_, results[i] = s.Apply(t.Context(), cs)
			})
		}
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Fatalf("round %d: saw %v, wanted one to win", version, results)
		}
		for i, err := range results {
			if err == nil {
				continue
			}
			wantCode(t, "the loser", err, plan.Conflict)
			if current := fmt.Sprintf("version %d", version+1); !strings.Contains(err.Error(), current) {
				t.Fatalf("round %d: saw %v, wanted the current %s in it", version, err, current)
			}
			kept(t, stores[i], fmt.Sprintf("%d/%d", version, 1-i))
		}
	}
}

// kept fails unless a store says that the edited record has the name of the winner.
func kept(t *testing.T, s *neo4j.Store, name string) {
	t.Helper()
	sel := regions()
	sel.IDs = []plan.ID{plan.MakeID("region", "edited")}
	result, err := s.Fetch(t.Context(), sel)
	if err != nil {
		t.Fatal(err)
	}
	table := result.Root.Tables[0]
	if got, _ := table.Cell(int(result.Root.Items[0].Row), table.Column("name")); string(got) != name {
		t.Fatalf("the record has the name %s, wanted %s", got, name)
	}
}

// TestAbandonedWriter leaves behind what a writer does that ends between its marks: reads go on, and
// set it right.
func TestAbandonedWriter(t *testing.T) {
	s := openEmpty(t)
	if _, err := s.Apply(t.Context(), region("", "a", "甲")); err != nil {
		t.Fatal(err)
	}
	if err := server.Run(t.Context(), "MATCH (b:WriteBegun) SET b.revision = 2"); err != nil {
		t.Fatal(err)
	}
	if at := revision(t, s); at != 1 {
		t.Errorf("saw revision %d, wanted 1", at)
	}
	if err := server.Run(t.Context(), "MATCH (b:WriteBegun {revision: 1}) MATCH (f:WriteFinished {revision: 1}) WITH count(*) AS n RETURN 1/n"); err != nil {
		t.Errorf("the marks were not set right: %v", err)
	}
	if at, err := s.Apply(t.Context(), region("", "b", "乙")); err != nil || at != 2 {
		t.Errorf("saw %d and %v, wanted 2", at, err)
	}
}
