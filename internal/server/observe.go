package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"xianjie/internal/plan"
)

// observe gives each request an id, answers for handlers that panic, and logs what happened:
// requests that succeed at level debug, refused ones at info, failed ones at error. It logs the
// path as the client escaped it, so no control character reaches a terminal, and nothing a secret
// could stand in.
func observe(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		id := requestID(r.Header.Get("X-Request-Id"))
		// Whoever logs further in finds the id in the headers of the request.
		r.Header.Set("X-Request-Id", id)
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		rec := &recorder{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler {
				panic(p)
			}
			if p != nil {
				logPanic(r.Context(), log, id, p)
				if rec.status != 0 {
					// The client must not take what was sent for a whole answer.
					panic(http.ErrAbortHandler)
				}
				writeProblem(rec, mediaJSON, internal(id))
			}
			logRequest(log, r, rec, id, time.Since(start))
		}()
		next.ServeHTTP(rec, r)
	})
}

func logPanic(ctx context.Context, log *slog.Logger, id string, p any) {
	log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("request", id), slog.String("panic", fmt.Sprint(p)), slog.String("stack", string(debug.Stack())))
}

// internal is what a client learns of a failure that is logged under the id.
func internal(id string) problem {
	return problem{status: http.StatusInternalServerError, code: plan.Internal, message: "internal error, request id " + id}
}

func logRequest(log *slog.Logger, r *http.Request, rec *recorder, id string, took time.Duration) {
	level := slog.LevelDebug
	switch {
	case rec.status >= 500:
		level = slog.LevelError
	case rec.status >= 400:
		level = slog.LevelInfo
	}
	if !log.Enabled(r.Context(), level) {
		return
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	path := r.URL.EscapedPath()
	log.LogAttrs(r.Context(), level, "request",
		slog.String("request", id), slog.String("from", host), slog.String("method", r.Method),
		slog.String("path", path[:min(len(path), 200)]), slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes), slog.Duration("took", took))
}

// requestID is the caller's id when it is a plain token, or a new one.
func requestID(given string) string {
	plain := len(given) > 0 && len(given) <= 64
	for i := 0; plain && i < len(given); i++ {
		c := given[i]
		plain = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.'
	}
	if plain {
		return given
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// recorder remembers status and size for the log.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
