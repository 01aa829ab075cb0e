package server

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

// streams are the answers that go on until somebody ends them.
type streams struct {
	ending context.Context // done when the server stops
	cancel context.CancelFunc
	mu     sync.Mutex
	open   int
	closed chan struct{} // closed when the server stops and none is open
	places chan struct{} // holds a value for each subscription that runs
}

func newStreams(subscriptions int) *streams {
	s := &streams{closed: make(chan struct{}), places: make(chan struct{}, subscriptions)}
	s.ending, s.cancel = context.WithCancel(context.Background())
	return s
}

// begin counts a stream in; false when the server stops.
func (s *streams) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending.Err() != nil {
		return false
	}
	s.open++
	return true
}

// subscribe takes a place for a subscription, if one is left; leave gives it back.
func (s *streams) subscribe() bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s *streams) leave() { <-s.places }

// done counts it out.
func (s *streams) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.open == 0 && s.ending.Err() != nil {
		close(s.closed)
	}
}

// end asks all to end.
func (s *streams) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending.Err() == nil && s.open == 0 {
		close(s.closed)
	}
	s.cancel()
}

// wait waits until all have ended, or for the end of the context.
func (s *streams) wait(ctx context.Context) error {
	select {
	case <-s.closed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func stopping() problem {
	return problem{status: http.StatusServiceUnavailable, code: plan.Unavailable, message: "the server is stopping"}
}

// respond gives send every response of an operation until there are no more, or the context ends. What is not a subscription has one, within
// the deadline.
func (t *transport) respond(ctx context.Context, oc *graphql.OperationContext, send func(*graphql.Response)) {
	defer func() {
		if p := recover(); p != nil {
			id := oc.Headers.Get("X-Request-Id")
			logPanic(ctx, t.Log, id, p)
			send(refusal(internal(id)))
		}
	}()
	if oc.Operation.Operation != ast.Subscription {
		limited, cancel := context.WithTimeout(ctx, t.Deadline)
		defer cancel()
		next, opCtx := t.Executor.DispatchOperation(limited, oc)
		resp := next(opCtx)
		if resp == nil {
			resp = refusal(t.late())
		}
		send(resp)
		return
	}
	if !t.streams.subscribe() {
		send(refusal(problem{code: plan.Unavailable, message: strconv.Itoa(t.Subscriptions) + " subscriptions run on this server, which is the most: try another one, or later"}))
		return
	}
	defer t.streams.leave()
	next, opCtx := t.Executor.DispatchOperation(ctx, oc)
	for resp := next(opCtx); resp != nil; resp = next(opCtx) {
		send(resp)
	}
}

// refusal is a problem as a response.
func refusal(p problem) *graphql.Response {
	return &graphql.Response{Errors: gqlerror.List{{Message: p.message, Extensions: map[string]any{"code": string(p.code)}}}}
}

// admitsEvents says whether Accept names server-sent events.
func admitsEvents(accept []string) bool {
	for _, line := range accept {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), mediaEvents) && quality(params) > 0 {
				return true
			}
		}
	}
	return false
}

// serveEvents sends what responses gives as server-sent events (the distinct connections of graphql-sse): a "next" for each, a "complete" when
// there are no more. A stream that the server ends because it stops has no "complete".
func (t *transport) serveEvents(w http.ResponseWriter, r *http.Request, responses func(context.Context, func(*graphql.Response))) {
	if !t.streams.begin() {
		writeProblem(w, mediaJSON, stopping())
		return
	}
	defer t.streams.done()
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(r.Context()))
	defer cancel()
	defer context.AfterFunc(t.streams.ending, cancel)()
	e := &events{w: w, controller: http.NewResponseController(w), patience: t.Patience}
	_ = e.controller.SetReadDeadline(time.Time{}) // the time to read the request is over, and must not end the connection
	h := w.Header()
	h.Set("Content-Type", mediaEvents+"; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy that waits for more would hold events back
	coming := make(chan []byte)
	go func() {
		defer close(coming)
		responses(ctx, func(resp *graphql.Response) {
			parts := partsOf(resp)
			select {
			case coming <- bytes.Join(parts[:], nil): // a copy: the executor writes its next response where this one stands
			case <-ctx.Done():
			}
		})
	}()
	alive := time.NewTicker(t.KeepAlive)
	defer alive.Stop()
	e.write([]byte(":\n\n")) // so that the client learns at once that it is connected
	for e.err == nil {
		select {
		case text, more := <-coming:
			if !more {
				if ctx.Err() == nil {
					e.write([]byte("event: complete\ndata:\n\n"))
				}
				return
			}
			e.write([]byte("event: next\ndata: "), text, []byte("\n\n"))
		case <-alive.C:
			e.write([]byte(":\n\n"))
		}
	}
	cancel()
	for range coming { // until it has ended
	}
}

// events writes to one who may be slow.
type events struct {
	w          http.ResponseWriter
	controller *http.ResponseController
	patience   time.Duration
	err        error // after which nothing is written
}

func (e *events) write(parts ...[]byte) {
	if e.err = e.controller.SetWriteDeadline(time.Now().Add(e.patience)); e.err != nil {
		return
	}
	for _, part := range parts {
		if _, e.err = e.w.Write(part); e.err != nil {
			return
		}
	}
	e.err = e.controller.Flush()
}
