package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"xianjie/internal/plan"
)

// maxHeaderBytes bounds the request line too, and with it a query sent by GET.
const maxHeaderBytes = 64 << 10

// Run listens on addr ("127.0.0.1:8080"; port 0 picks one), calls started with the address it got,
// and serves until ctx ends. Then it is not ready any more, accepts nothing, lets running requests
// finish and ends subscriptions within Config.Shutdown, and returns nil, or an error when it had to cut them off.
// It returns an error at once when it cannot listen. started may be nil.
func (s *Server) Run(ctx context.Context, addr string, started func(net.Addr)) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return plan.Errorf(plan.Unavailable, "", "cannot listen on %s: %w", addr, err)
	}
	// Requests outlive ctx: they get Shutdown to finish.
	requests, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	hs := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: s.config.Header,
		ReadTimeout:       s.config.Body,
		WriteTimeout:      s.config.Body + s.config.Deadline + 30*time.Second, // a slow reader holds no connection for ever
		IdleTimeout:       s.config.Idle,
		MaxHeaderBytes:    maxHeaderBytes,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- hs.Serve(l) }()
	if started != nil {
		started(l.Addr())
	}
	select {
	case err := <-served:
		return plan.Errorf(plan.Unavailable, "", "stopped listening on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	return s.stop(hs, served, abandon)
}

// stop ends hs gracefully, and by force when that takes too long.
func (s *Server) stop(hs *http.Server, served <-chan error, abandon context.CancelFunc) error {
	s.draining.Store(true)
	grace, cancel := context.WithTimeout(context.Background(), s.config.Shutdown)
	defer cancel()
	s.streams.end()
	err := hs.Shutdown(grace)
	<-served
	if err == nil {
		err = s.streams.wait(grace) // Shutdown does not know of WebSockets
	}
	if errors.Is(err, context.DeadlineExceeded) {
		abandon()
		_ = hs.Close() // the listener is closed, connections are being cut
		return plan.Errorf(plan.Timeout, "", "requests were still running %s after the stop and were cut off", s.config.Shutdown)
	}
	return err
}
