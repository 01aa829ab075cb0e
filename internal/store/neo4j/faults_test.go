package neo4j_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/neo4j/neo4jtest"
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
			var cuts atomic.Int32
			committing := false // of one connection after the other
			p.set(func(p *proxy) {
				p.onData = func(toServer bool, data []byte) bool {
					if toServer && bytes.Contains(data, boltCommit) {
						committing = true
						if !answered && cuts.Add(1) == 1 {
							return true
						}
						return false
					}
					if answered && !toServer && committing {
						committing = false
						return cuts.Add(1) == 1
					}
					return false
				}
			})
			at, err := s.Apply(within(t, 20*time.Second), cs)
			if err != nil || at != before+1 {
				t.Errorf("%s: saw revision %d and %v, wanted %d", name, at, err, before+1)
			}
			if cuts.Load() == 0 {
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
	cs := region("the key", "u", "unknown")
	p.set(func(p *proxy) {
		p.onData = func(toServer bool, data []byte) bool {
			if toServer && bytes.Contains(data, boltCommit) {
				go p.set(func(p *proxy) { p.refuse = true })
				return true
			}
			return false
		}
	})
	start := time.Now()
	_, err := s.Apply(within(t, 2*time.Second), cs)
	wantCode(t, "the cut commit", err, plan.UnknownOutcome)
	if !strings.Contains(fmt.Sprint(err), "the key") {
		t.Errorf("saw %v, wanted it to name the key", err)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	p.set(func(p *proxy) { p.onData, p.refuse = nil, false })
	if at, err := s.Apply(within(t, 10*time.Second), cs); err != nil || at != 1 {
		t.Errorf("the set again gave %d and %v, wanted 1", at, err)
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
	p := newProxy(t, server.URL)
	s := openBehind(t, p, neo4j.Options{})
	if _, err := s.Apply(t.Context(), region("", "a", "甲")); err != nil {
		t.Fatal(err)
	}
	goroutines := runtime.NumGoroutine()
	for name, fault := range map[string]func(*proxy){
		"slow":   func(p *proxy) { p.delay = 3 * time.Second },
		"silent": func(p *proxy) { p.hold = true },
	} {
		p.set(fault)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				start := time.Now()
				_, err := s.Fetch(within(t, 500*time.Millisecond), regions())
				wantCode(t, name, err, plan.Timeout)
				if took := time.Since(start); took > 2*time.Second {
					t.Errorf("%s: a read took %v", name, took)
				}
			})
		}
		wg.Go(func() {
			_, err := s.Apply(within(t, 500*time.Millisecond), region("", "b", "乙"))
			wantCode(t, name, err, plan.Timeout)
		})
		wg.Wait()
		p.set(func(p *proxy) { p.delay, p.hold = 0, false })
		p.cut()
		if _, err := s.Fetch(within(t, 10*time.Second), regions()); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
	settled := func() bool { return runtime.NumGoroutine() <= goroutines+4 }
	for deadline := time.Now().Add(10 * time.Second); !settled() && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	if !settled() {
		t.Errorf("saw %d goroutines, %d before", runtime.NumGoroutine(), goroutines)
	}
}

// TestAwayAtOpen has nobody listen, and somebody listen with another password.
func TestAwayAtOpen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	start := time.Now()
	_, err = neo4j.Open(within(t, 20*time.Second), "bolt://"+address, neo4j.Options{})
	wantCode(t, "nobody", err, plan.Unavailable)
	if !strings.Contains(fmt.Sprint(err), address) || time.Since(start) > 5*time.Second {
		t.Errorf("saw %v after %v, wanted the address at once", err, time.Since(start))
	}
	_, err = neo4j.Open(within(t, 20*time.Second), server.URL, neo4j.Options{User: server.User, Password: "wrong"})
	wantCode(t, "a wrong password", err, plan.Unavailable)
	if strings.Contains(fmt.Sprint(err), "wrong") {
		t.Errorf("saw %v, wanted no password in it", err)
	}
	_, err = neo4j.Open(within(t, 20*time.Second), "neo5j://"+address, neo4j.Options{})
	wantCode(t, "another scheme", err, plan.BadUserInput)
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
		for _, err := range results {
			if err != nil {
				wantCode(t, "the loser", err, plan.Conflict)
			}
		}
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

// TestServerIsKilled kills the server at BEGIN, RUN and COMMIT of a write and starts it again.
func TestServerIsKilled(t *testing.T) {
	own, err := neo4jtest.Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	})
	p := newProxy(t, own.URL)
	s := openBehind(t, p, neo4j.Options{})
	want := plan.Revision(0)
	for _, at := range []struct {
		name    string
		message []byte
	}{{"BEGIN", boltBegin}, {"RUN", boltRun}, {"COMMIT", boltCommit}} {
		var once sync.Once
		killed := make(chan error, 1)
		p.set(func(p *proxy) {
			p.onData = func(toServer bool, data []byte) bool {
				if toServer && bytes.Contains(data, at.message) {
					once.Do(func() { killed <- own.Kill() })
				}
				return false
			}
		})
		var wg sync.WaitGroup
		cs := region("key "+at.name, strings.ToLower(at.name), at.name)
		wg.Go(func() {
			_, err := s.Apply(within(t, time.Minute), cs)
			if err != nil {
				wantCode(t, at.name, err, plan.UnknownOutcome)
			}
		})
		wg.Go(func() {
			if err := <-killed; err != nil {
				t.Error(err)
			}
			_, err := s.Fetch(within(t, 200*time.Millisecond), regions())
			wantCode(t, at.name+": while it is away", err, plan.Unavailable, plan.Timeout)
			if err := own.Start(t.Context()); err != nil {
				t.Error(err)
			}
			back := time.Now()
			if _, err := s.Fetch(within(t, time.Minute), regions()); err != nil || time.Since(back) > 5*time.Second {
				t.Errorf("%s: a read after the start took %v and gave %v", at.name, time.Since(back), err)
			}
		})
		wg.Wait()
		want++
		if got, err := s.Apply(within(t, time.Minute), cs); err != nil || got != want {
			t.Errorf("%s: the set again gave %d and %v, wanted %d", at.name, got, err, want)
		}
		if now := revision(t, s); now != want {
			t.Errorf("%s: the register stands at %d, wanted %d", at.name, now, want)
		}
	}
}
