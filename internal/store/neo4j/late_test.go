package neo4j_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"xianjie/internal/plan"
	"xianjie/internal/store/neo4j"
)

// TestAwayAtOpen has nobody listen, and somebody listen with another password.
func TestAwayAtOpen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	for _, scheme := range []string{"bolt", "neo4j"} {
		start := time.Now()
		_, err = neo4j.Open(within(t, 20*time.Second), scheme+"://"+address, neo4j.Options{})
		wantCode(t, "nobody", err, plan.Unavailable)
		if !strings.Contains(fmt.Sprint(err), address+": nothing answers") || time.Since(start) > 5*time.Second {
			t.Errorf("saw %v after %v, wanted the address at once", err, time.Since(start))
		}
	}
	_, err = neo4j.Open(within(t, 20*time.Second), server.URL, neo4j.Options{User: server.User, Password: "wrong"})
	wantCode(t, "a wrong password", err, plan.Unavailable)
	if said := fmt.Sprint(err); !strings.Contains(said, "the user or the password") || strings.Contains(said, "wrong") {
		t.Errorf("saw %v, wanted what is refused and not the password", err)
	}
	_, err = neo4j.Open(within(t, 20*time.Second), strings.Replace(server.URL, "bolt", "bolt+ssc", 1), neo4j.Options{})
	wantCode(t, "no TLS", err, plan.Unavailable)
	if !strings.Contains(fmt.Sprint(err), "TLS") {
		t.Errorf("saw %v, wanted it to speak of TLS", err)
	}
	_, err = neo4j.Open(within(t, 20*time.Second), "neo5j://"+address, neo4j.Options{})
	wantCode(t, "another scheme", err, plan.BadUserInput)
}

// TestSilentAtOpen has somebody listen who says nothing.
func TestSilentAtOpen(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = neo4j.Open(t.Context(), "bolt://"+l.Addr().String(), neo4j.Options{Patience: 100 * time.Millisecond})
	wantCode(t, "silence", err, plan.Timeout)
}

// openLate opens a register whose database is away, behind a proxy that refuses.
func openLate(t *testing.T, options neo4j.Options) (*neo4j.Store, *proxy) {
	t.Helper()
	p := newProxy(t, server.URL)
	p.set(func(p *proxy) { p.refuse = true })
	options.Late, options.User = true, server.User
	s, err := neo4j.Open(t.Context(), p.url, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	_, err = s.Fetch(within(t, 300*time.Millisecond), regions())
	wantCode(t, "a read while the database is away", err, plan.Unavailable)
	_, err = s.Apply(within(t, 300*time.Millisecond), region("", "early", "早"))
	wantCode(t, "a write while the database is away", err, plan.Unavailable)
	return s, p
}

// TestLate opens a register before its database is there; whoever comes first then prepares it.
func TestLate(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("", func(t *testing.T) {
		if err := server.Empty(t.Context()); err != nil {
			t.Fatal(err)
		}
		s, p := openLate(t, neo4j.Options{Password: server.Password})
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if _, err := s.Apply(within(t, time.Minute), region("", fmt.Sprint(i), "区")); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if _, err := s.Fetch(within(t, time.Minute), regions()); err != nil {
					t.Error(err)
				}
			})
		}
		p.set(func(p *proxy) { p.refuse = false })
		wg.Wait()
		if at := revision(t, s); at != 4 {
			t.Errorf("the register stands at %d, wanted 4", at)
		}
		if h, err := s.Health(t.Context()); err != nil || h.Integrity != "ok" || !strings.HasPrefix(h.Engine, "5.") {
			t.Errorf("saw %+v and %v", h, err)
		}
	})
}

// TestLateAndSlow has a database be slow after its start: what prepares it takes longer than any call waits, and is not begun anew with each.
func TestLateAndSlow(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("", func(t *testing.T) {
		openEmpty(t) // so that nothing but the delay takes long
		var begun, ended atomic.Int32
		s, p := openLate(t, neo4j.Options{Password: server.Password, Observe: func(text string) {
			switch {
			case strings.Contains(text, "dbms.components"):
				begun.Add(1)
			case strings.HasPrefix(text, "SHOW INDEXES"):
				ended.Add(1)
			}
		}})
		begun.Store(0)
		p.set(func(p *proxy) { p.refuse, p.delay = false, 200*time.Millisecond })
		for deadline := time.Now().Add(30 * time.Second); ended.Load() == 0; {
			_, err := s.Fetch(within(t, 300*time.Millisecond), regions())
			wantCode(t, "a read that does not wait", err, plan.Timeout)
			if time.Now().After(deadline) {
				t.Fatalf("the database is still not prepared, after %d tries", begun.Load())
			}
		}
		p.set(func(p *proxy) { p.delay = 0 })
		if _, err := s.Fetch(within(t, time.Minute), regions()); err != nil || begun.Load() > 2 {
			t.Errorf("saw %v, and %d tries to prepare the database", err, begun.Load())
		}
	})
}

// A register that is closed while its database says nothing does not wait for it.
func TestCloseWhilePreparing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("", func(t *testing.T) {
		s, p := openLate(t, neo4j.Options{Password: server.Password})
		p.set(func(p *proxy) { p.refuse, p.hold = false, true })
		_, err := s.Fetch(within(t, 300*time.Millisecond), regions())
		wantCode(t, "a read of what says nothing", err, plan.Timeout)
		start := time.Now()
		if err := s.Close(); err != nil || time.Since(start) > 3*time.Second {
			t.Errorf("closed with %v after %v", err, time.Since(start))
		}
	})
}

// TestLateRefusal opens a register before its database is there, and then it has to be refused: all
// calls say why, and it is left as it is.
func TestLateRefusal(t *testing.T) {
	for _, test := range []struct {
		name, password string
		left           []string
		code           plan.Code
		says           string
	}{
		{"a wrong password", "wrong", nil, plan.Unavailable, "the user or the password"},
		{"foreign data", server.Password, []string{"CREATE (:Movie)"}, plan.Conflict, "Movie"},
		{"a newer schema", server.Password, []string{"CREATE (:Register {name: 'register', schema: 99})"}, plan.Unsupported, "99"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := server.Empty(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := server.Run(t.Context(), test.left...); err != nil {
				t.Fatal(err)
			}
			s, p := openLate(t, neo4j.Options{Password: test.password})
			p.set(func(p *proxy) { p.refuse = false })
			calls := map[string]func(context.Context) error{
				"read":   func(ctx context.Context) error { _, err := s.Fetch(ctx, regions()); return err },
				"write":  func(ctx context.Context) error { _, err := s.Apply(ctx, region("", "a", "甲")); return err },
				"health": func(ctx context.Context) error { _, err := s.Health(ctx); return err },
			}
			for name, call := range calls {
				start := time.Now()
				err := call(within(t, 20*time.Second))
				wantCode(t, name, err, test.code)
				if !strings.Contains(fmt.Sprint(err), test.says) || time.Since(start) > 10*time.Second {
					t.Errorf("%s: saw %v after %v, wanted it to name %s", name, err, time.Since(start), test.says)
				}
			}
			counted(t, len(test.left))
		})
	}
}

// TestServerIsTooOld has the server give another version, of the same length.
func TestServerIsTooOld(t *testing.T) {
	openEmpty(t)
	p := newProxy(t, server.URL)
	for version, accepted := range map[string]bool{
		"4.4.040": false, "5.25.09": false, "unknown": false, "5.27-au": true, "2025.10": true,
	} {
		p.set(func(p *proxy) {
			p.alter = func(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\x875.26.30"), []byte("\x87"+version)) }
		})
		s, err := neo4j.Open(t.Context(), p.url, neo4j.Options{User: server.User, Password: server.Password})
		switch {
		case accepted && err != nil:
			t.Errorf("%s: saw %v", version, err)
		case accepted:
			h, err := s.Health(t.Context())
			if err != nil || h.Engine != version {
				t.Errorf("saw %q and %v, wanted %s", h.Engine, err, version)
			}
			s.Close()
		default:
			wantCode(t, version, err, plan.Unsupported)
			if !strings.Contains(fmt.Sprint(err), version) || !strings.Contains(fmt.Sprint(err), "5.26") {
				t.Errorf("saw %v, wanted both versions", err)
			}
		}
	}
}
