package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"xianjie/graph"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/server"
)

type serveCommand struct {
	Addr             string     `default:"127.0.0.1:8080" setting:"XIANJIE_ADDR" help:"Where to listen; port 0 picks a free one."`
	AllowOrigin      []string   `placeholder:"ORIGIN" setting:"XIANJIE_ALLOW_ORIGIN" help:"A front end whose pages may read answers (repeated), such as https://example.org."`
	AllowCredentials bool       `setting:"XIANJIE_ALLOW_CREDENTIALS" help:"Let those pages send cookies."`
	Introspection    bool       `default:"true" negatable:"" setting:"XIANJIE_INTROSPECTION" help:"Answer questions about the schema, which GraphiQL asks."`
	LookEvery        lookEvery  `default:"1s" setting:"XIANJIE_LOOK_EVERY" help:"How often to look for what other servers changed in the same store, while somebody subscribes."`
	MaxSubscriptions atLeastOne `default:"1000" setting:"XIANJIE_MAX_SUBSCRIPTIONS" help:"How many subscriptions may run at a time; one more is answered UNAVAILABLE."`
	whereOrDemo
}

// atLeastOne is a number of 1 or more.
type atLeastOne int

// UnmarshalText reads a number such as 1000.
func (a *atLeastOne) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 {
		return fmt.Errorf("saw %q, wanted a number of 1 or more", text)
	}
	*a = atLeastOne(n)
	return nil
}

// lookEvery is a time between two looks, 10 ms or longer.
type lookEvery time.Duration

// UnmarshalText reads a duration such as 500ms.
func (l *lookEvery) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 10*time.Millisecond {
		return fmt.Errorf("saw %q, wanted a duration of 10ms or longer, such as 1s", text)
	}
	*l = lookEvery(d)
	return nil
}

// Help is shown below the summary.
func (serveCommand) Help() string {
	return `Endpoints: /graphql, /graphiql, /schema.graphqls, /schemas/plan-document.json, /healthz, /readyz. The server listens at once, answers /readyz with 200 when the first check is through, and stops in order on SIGINT or SIGTERM. A store that is not there yet is made; a database that is away is waited for, and /readyz says so.

Examples:

    xianjie serve --demo
    xianjie serve --store sqlite:/srv/plans.db --addr 127.0.0.1:9000 --allow-origin https://plans.example.org`
}

// lastRequests is how long running requests may take after a stop, so that all is over in ten
// seconds.
const lastRequests = 8 * time.Second

func (c *serveCommand) run(ctx context.Context, s *session) (err error) {
	o, err := c.open(ctx, s, toServe, register.LookEvery(time.Duration(c.LookEvery)))
	if err != nil {
		return err
	}
	defer o.closing(&err)
	first := &firstCheck{register: o, log: s.log}
	exec := graph.New(o.Register, graph.Options{Limits: graph.DefaultLimits(), Introspection: c.Introspection, Version: version(), Log: s.log})
	srv, err := server.New(server.Config{
		Executor: exec,
		Schema:   graph.Schema(), Schemas: map[string][]byte{"plan-document.json": document.Schema()}, Ready: first.ready, Version: version(), Examples: examples(),
		AllowOrigins: c.AllowOrigin, AllowCredentials: c.AllowCredentials, Log: s.log, Shutdown: lastRequests,
		Subscriptions: int(c.MaxSubscriptions),
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var checking sync.WaitGroup
	var checkErr error
	err = srv.Run(ctx, c.Addr, func(addr net.Addr) {
		announce(s, addr, o.name)
		checking.Go(func() {
			if checkErr = first.run(ctx); checkErr != nil {
				cancel() // what cannot be checked must not be served as if it were
				return
			}
			rehearse(ctx, s.log, func(ctx context.Context, query string) error {
				_, err := graph.Ask(ctx, exec, graph.Question{Query: query})
				return err
			})
		})
	})
	cancel()
	checking.Wait()
	return errors.Join(err, checkErr)
}

func announce(s *session, addr net.Addr, name string) {
	at := "http://" + addr.String()
	fmt.Fprintf(s.Stdout, "serving %s\n  %s/          what this is\n  %s/graphiql  questions in the browser\n  %s/graphql   for programs\nstop with Ctrl-C\n", name, at, at, at)
}

// firstCheck keeps the server from being called ready before the findings are there.
type firstCheck struct {
	register *opened
	log      *slog.Logger
	done     atomic.Bool
}

// checkAgain is how long the check waits for a store that could not be read. One that is away has been
// tried for longer than that already.
const checkAgain = time.Second

// run checks until the check is through or the stop is asked for. A register that cannot be read is
// waited for; a check that fails on one that can is an error.
func (f *firstCheck) run(ctx context.Context) error {
	for told := ""; ; {
		_, err := f.register.Check(ctx, nil)
		if err == nil {
			f.done.Store(true)
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		if code := plan.CodeOf(err); code != plan.Unavailable && code != plan.Timeout && f.register.Ready(ctx) == nil {
			return err
		}
		if reason := err.Error(); reason != told {
			f.log.Warn("the register cannot be read, trying on", "reason", reason)
			told = reason
		}
		select {
		case <-ctx.Done():
		case <-time.After(checkAgain):
		}
	}
}

func (f *firstCheck) ready(ctx context.Context) error {
	if err := f.register.Ready(ctx); err != nil {
		return err
	}
	if !f.done.Load() {
		return plan.Errorf(plan.Unavailable, "", "the first check is still running")
	}
	return nil
}
