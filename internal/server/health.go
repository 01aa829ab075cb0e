package server

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"xianjie/internal/plan"
)

const readyWithin = 2 * time.Second

// healthz says that the process answers, whatever the state of what is behind it.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, "ok", "")
}

// readyz says whether requests can be answered, and if not, why.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		writeHealth(w, http.StatusServiceUnavailable, "not ready", "shutting down")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	err := s.config.Ready(ctx)
	if err == nil {
		writeHealth(w, http.StatusOK, "ready", "")
		return
	}
	s.config.Log.LogAttrs(ctx, slog.LevelWarn, "not ready", slog.String("reason", err.Error()))
	reason := "internal error, see the log"
	var safe *plan.Error
	switch {
	case errors.As(err, &safe):
		reason = safe.Error()
	case errors.Is(err, context.DeadlineExceeded):
		reason = "the check took longer than " + readyWithin.String()
	}
	writeHealth(w, http.StatusServiceUnavailable, "not ready", reason)
}

func writeHealth(w http.ResponseWriter, status int, state, reason string) {
	body, err := json.Marshal(struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}{state, reason})
	if err != nil {
		panic(err) // two strings
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
