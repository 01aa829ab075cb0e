package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xianjie/graph"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/server"
	"xianjie/internal/store"
)

// life is one life of a server.
type life struct {
	addr    string
	stop    context.CancelFunc
	stopped chan error
}

func begin(tb testing.TB, r *register.Register) *life {
	tb.Helper()
	srv, err := server.New(server.Config{
		Executor: graph.New(r, graph.Options{Limits: graph.DefaultLimits(), Log: slog.New(slog.DiscardHandler)}), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		tb.Fatal(err)
	}
	l := &life{stopped: make(chan error, 1)}
	var ctx context.Context
	ctx, l.stop = context.WithCancel(context.Background())
	started := make(chan string, 1)
	go func() { l.stopped <- srv.Run(ctx, "127.0.0.1:0", func(addr net.Addr) { started <- addr.String() }) }()
	select {
	case l.addr = <-started:
	case err := <-l.stopped:
		tb.Fatal(err)
	}
	return l
}

func (l *life) end(tb testing.TB) {
	tb.Helper()
	l.stop()
	if err := <-l.stopped; err != nil {
		tb.Error(err)
	}
}

func subscription(after plan.Revision) string {
	return fmt.Sprintf(`{"query":"subscription{changes(after:%d){revision complete changes{id}}}"}`, after)
}

// read is what a response over either transport says.
type read struct {
	Data struct {
		Changes struct{ Revision plan.Revision }
	}
	Errors []any
}

// overSocket gives the revisions behind one to seen until it says no, or the server ends the socket.
func overSocket(ctx context.Context, addr string, after plan.Revision, seen func(plan.Revision) bool) error {
	conn, _, err := websocket.Dial(ctx, "ws://"+addr+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	for _, text := range []string{`{"type":"connection_init"}`, `{"type":"subscribe","id":"1","payload":` + subscription(after) + `}`} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
			return err
		}
	}
	for {
		_, data, err := conn.Read(ctx)
		if websocket.CloseStatus(err) == websocket.StatusGoingAway {
			return nil
		}
		if err != nil {
			return err
		}
		var message struct {
			Type    string
			Payload read
		}
		if err := json.Unmarshal(data, &message); err != nil {
			return fmt.Errorf("%s: %w", data, err)
		}
		if message.Type == "connection_ack" {
			continue
		}
		if message.Type != "next" || message.Payload.Errors != nil {
			return fmt.Errorf("heard %s, wanted a revision", data)
		}
		if !seen(message.Payload.Data.Changes.Revision) {
			return nil
		}
	}
}

// overEvents is overSocket over server-sent events.
func overEvents(ctx context.Context, addr string, after plan.Revision, seen func(plan.Revision) bool) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/graphql", strings.NewReader(subscription(after)))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		var payload read
		if err := json.Unmarshal(data, &payload); err != nil || payload.Errors != nil {
			return fmt.Errorf("heard %s, wanted a revision: %w", data, err)
		}
		if !seen(payload.Data.Changes.Revision) {
			return nil
		}
	}
	return lines.Err()
}

// change changes one object of its own kind and number again.
func change(ctx context.Context, apply func(context.Context, plan.ChangeSet) error, n int) error {
	z := &plan.Zone{Meta: plan.Meta{ID: "zone:z", Code: "z"}, Name: fmt.Sprint("区", n), Type: plan.EcologicalRedline}
	return apply(ctx, plan.ChangeSet{Ops: []plan.Op{{Upsert: z}}})
}

// A subscriber who resumes behind the last revision it saw sees every revision once, whatever the server lives through.
func TestSubscriptionOutlivesRestarts(t *testing.T) {
	const lives = 50
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	s := onSQLite().open(t)
	defer closing(t, s)
	stop, wrote := make(chan struct{}), make(chan error, 1)
	go func() { wrote <- write(ctx, s, stop) }()
	rng := rand.New(rand.NewPCG(1, 2))
	var last plan.Revision
	for n := range lives {
		l := begin(t, register.New(s, register.LookEvery(2*time.Millisecond)))
		watch := overSocket
		if n%3 == 2 {
			watch = overEvents
		}
		// Half of the lives end with the server, half with the client; what was on its way is lost in both.
		goal, byServer := last+plan.Revision(1+rng.IntN(20)), n%2 == 0
		err := watch(ctx, l.addr, last, func(at plan.Revision) bool {
			if at != last+1 {
				t.Errorf("life %d: saw revision %d behind %d", n, at, last)
			}
			last = at
			if at >= goal && byServer {
				l.stop()
			}
			return at < goal || byServer
		})
		if err != nil {
			t.Fatalf("life %d: %v", n, err)
		}
		l.end(t)
		if t.Failed() {
			break
		}
	}
	close(stop)
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()
}

// write changes something again and again, at most some thousand times.
func write(ctx context.Context, s store.Store, stop <-chan struct{}) error {
	for n := range 20_000 {
		select {
		case <-stop:
			return nil
		default:
		}
		err := change(ctx, func(ctx context.Context, cs plan.ChangeSet) error { _, err := s.Apply(ctx, cs); return err }, n)
		if err != nil {
			return err
		}
	}
	<-stop
	return nil
}

func closing(tb testing.TB, s store.Store) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Error(err)
	}
}

// BenchmarkSubscribers measures how long a change takes to be seen by a hundred subscribers, at fifty changes a second; none may be lost.
func BenchmarkSubscribers(b *testing.B) {
	const subscribers, changes, pause = 100, 250, 20 * time.Millisecond
	s := onSQLite().open(b)
	defer closing(b, s)
	for b.Loop() {
		r := register.New(s)
		l := begin(b, r)
		from, err := r.Now(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		worked := processor(b)
		took, err := follow(b.Context(), l.addr, r, from, subscribers, changes, pause)
		if err != nil {
			b.Fatal(err)
		}
		l.end(b)
		slices.Sort(took)
		b.ReportMetric(milliseconds(took[len(took)/2]), "ms/p50")
		b.ReportMetric(milliseconds(took[len(took)*99/100]), "ms/p99")
		b.ReportMetric(milliseconds(processor(b)-worked)/changes, "cpu-ms/change")
	}
}

// follow makes changes while subscribers watch, and gives how long each took to reach each of them.
func follow(ctx context.Context, addr string, r *register.Register, from plan.Revision, subscribers, changes int, pause time.Duration) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var mu sync.Mutex
	made := map[plan.Revision]time.Time{}
	var took []time.Duration
	var all sync.WaitGroup
	failed := make(chan error, subscribers)
	for range subscribers {
		all.Go(func() {
			last := from
			failed <- overSocket(ctx, addr, from, func(at plan.Revision) bool {
				mu.Lock()
				defer mu.Unlock()
				if at != last+1 {
					return false
				}
				last = at
				took = append(took, time.Since(made[at]))
				return at < from+plan.Revision(changes)
			})
		})
	}
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for n := range changes {
		<-tick.C
		err := change(ctx, func(ctx context.Context, cs plan.ChangeSet) error {
			mu.Lock()
			made[from+1+plan.Revision(n)] = time.Now()
			mu.Unlock()
			_, err := r.Change(ctx, cs)
			return err
		}, int(from)+n)
		if err != nil {
			return nil, err
		}
	}
	all.Wait()
	close(failed)
	var errs []error
	for err := range failed {
		errs = append(errs, err)
	}
	if len(took) != subscribers*changes {
		errs = append(errs, fmt.Errorf("%d events arrived, wanted %d", len(took), subscribers*changes))
	}
	return took, errors.Join(errs...)
}
