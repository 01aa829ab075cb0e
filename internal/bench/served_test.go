package bench

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"

	"xianjie/graph"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/server"
	"xianjie/internal/store"
)

// scale is the size of the register that is measured: XIANJIE_BENCH_SCALE, else 1.
func scale(tb testing.TB) float64 {
	tb.Helper()
	text := os.Getenv("XIANJIE_BENCH_SCALE")
	if text == "" {
		return 1
	}
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || s <= 0 {
		tb.Fatalf("XIANJIE_BENCH_SCALE: saw %q, wanted a number above 0", text)
	}
	return s
}

// loaded is a store that holds the whole register, opened anew: what loading it has left in memory is gone.
func (k kind) loaded(tb testing.TB, scale float64) store.Store {
	tb.Helper()
	s := k.open(tb)
	for cs := range Generate(testSeed, scale) {
		if _, err := s.Apply(context.Background(), cs); err != nil {
			tb.Fatal(err)
		}
	}
	closing(tb, s)
	return k.again(tb)
}

// counted counts the statements that reads need.
type counted struct {
	store.Store
	statements atomic.Int64
}

func (c *counted) Fetch(ctx context.Context, s *query.Selection) (*query.Result, error) {
	result, err := c.Store.Fetch(ctx, s)
	if err == nil {
		c.statements.Add(int64(result.Statements))
	}
	return result, err
}

// served is a register behind HTTP.
type served struct {
	addr  string
	store *counted
}

// serve puts a store behind a listening server, with all that stands between the two in the program, until the test ends.
func serve(tb testing.TB, loaded store.Store) *served {
	tb.Helper()
	s := &served{store: &counted{Store: loaded}}
	log := slog.New(slog.NewTextHandler(tb.Output(), nil))
	srv, err := server.New(server.Config{
		Executor: graph.New(register.New(s.store), graph.Options{Limits: graph.DefaultLimits(), Introspection: true, Log: log}),
		Schema:   "type Query", Log: log,
	})
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	started, stopped := make(chan string, 1), make(chan error, 1)
	go func() {
		stopped <- srv.Run(ctx, "127.0.0.1:0", func(addr net.Addr) { started <- addr.String() })
	}()
	tb.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			tb.Error(err)
		}
		if err := s.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	select {
	case s.addr = <-started:
	case err := <-stopped:
		stopped <- nil
		tb.Fatal(err)
	}
	return s
}
