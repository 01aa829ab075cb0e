// Package server owns the HTTP face: the transport of GraphQL, its limits and timeouts, health,
// CORS, the log of requests and the pages. It runs any GraphQL executor and must not know what is
// behind it: no rules, no stores.
package server

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/cors"

	"xianjie/internal/plan"
)

// Config says what to serve and within which bounds. A zero bound means its default.
type Config struct {
	// Executor runs the operations. It bounds what an operation may ask for; the server bounds
	// bytes and time.
	Executor graphql.GraphExecutor
	// Schema is the text of the schema, served as it is.
	Schema string
	// Schemas are JSON Schemas by file name, served below /schemas/ for editors.
	Schemas map[string][]byte
	// Ready says why requests cannot be answered now, nil when they can. The message of a
	// plan.Error is shown to whoever asks; anything else is only logged. Nil means always ready.
	Ready func(context.Context) error
	// Version is shown on the page.
	Version string
	// AllowOrigins are the origins whose pages may read answers, such as "https://example.org",
	// or "*" for all. None by default.
	AllowOrigins []string
	// AllowCredentials lets pages of AllowOrigins send cookies. Refused together with a wildcard.
	AllowCredentials bool
	// Log receives requests and failures. No header, body or query string is ever logged. Nil
	// means the default logger.
	Log *slog.Logger
	// Examples are the operations that GraphiQL opens with, in order.
	Examples []Example

	BodyLimit int64         // bytes of a request body; 1 MiB
	Deadline  time.Duration // of one request, then it answers TIMEOUT; 10 s
	Header    time.Duration // to read the header; 5 s
	Body      time.Duration // to read the whole request; 15 s
	Idle      time.Duration // of a connection between requests; 2 min
	Shutdown  time.Duration // for running requests to finish; 10 s
	Greeting  time.Duration // for a WebSocket to say connection_init; 10 s
	Patience  time.Duration // for a subscriber to take one message, then it is dropped; 10 s
	KeepAlive time.Duration // between signs of life to a subscriber; 20 s

	// Subscriptions is how many run at a time, over WebSockets and server-sent events together; 1,000. One more is answered UNAVAILABLE.
	Subscriptions int
}

// Example is one operation with the title and the variables (JSON, may be empty) it is shown with.
type Example struct {
	Title     string `json:"title"`
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"`
}

// Server is the handler of all endpoints. New makes one.
type Server struct {
	config   Config
	handler  http.Handler
	draining atomic.Bool
	streams  *streams
}

// New checks the configuration and makes the server. It opens nothing.
func New(c Config) (*Server, error) {
	web, err := fs.Sub(embedded, "web")
	if err != nil {
		return nil, err
	}
	return newServer(c, web)
}

// newServer is New with the files of GraphiQL from web.
func newServer(c Config, web fs.FS) (*Server, error) {
	if c.Executor == nil {
		return nil, errors.New("no executor: nothing to serve")
	}
	defaults(&c)
	crossOrigin, err := crossOriginPolicy(c)
	if err != nil {
		return nil, err
	}
	pages, err := newPages(c, web)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, streams: newStreams(c.Subscriptions)}
	mux := http.NewServeMux()
	mux.Handle("/graphql", crossOrigin(&transport{c, s.streams}))
	mux.HandleFunc("GET /healthz", s.healthz)
	mux.HandleFunc("GET /readyz", s.readyz)
	pages.register(mux)
	s.handler = observe(c.Log, mux)
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func defaults(c *Config) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Ready == nil {
		c.Ready = func(context.Context) error { return nil }
	}
	if c.BodyLimit == 0 {
		c.BodyLimit = 1 << 20
	}
	if c.Subscriptions == 0 {
		c.Subscriptions = 1000
	}
	for _, d := range []struct {
		value  *time.Duration
		normal time.Duration
	}{
		{&c.Deadline, 10 * time.Second},
		{&c.Header, 5 * time.Second},
		{&c.Body, 15 * time.Second},
		{&c.Idle, 2 * time.Minute},
		{&c.Shutdown, 10 * time.Second},
		{&c.Greeting, 10 * time.Second},
		{&c.Patience, 10 * time.Second},
		{&c.KeepAlive, 20 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.normal
		}
	}
}

// crossOriginPolicy is the CORS middleware of the configured origins; without any, answers carry
// no permission and browsers keep them from other pages.
func crossOriginPolicy(c Config) (func(http.Handler) http.Handler, error) {
	if len(c.AllowOrigins) == 0 {
		if c.AllowCredentials {
			return nil, plan.Errorf(plan.BadUserInput, "", "credentials are allowed, but no origin is: name the origins")
		}
		return func(h http.Handler) http.Handler { return h }, nil
	}
	for _, origin := range c.AllowOrigins {
		if err := checkOrigin(origin, c.AllowCredentials); err != nil {
			return nil, err
		}
	}
	return cors.New(cors.Options{
		AllowedOrigins:   c.AllowOrigins,
		AllowedMethods:   []string{http.MethodGet, http.MethodPost},
		AllowedHeaders:   []string{"Accept", "Authorization", "Content-Type", "X-Request-Id"},
		ExposedHeaders:   []string{"X-Request-Id"},
		AllowCredentials: c.AllowCredentials,
		MaxAge:           600,
	}).Handler, nil
}

func checkOrigin(origin string, credentials bool) error {
	if strings.Contains(origin, "*") && credentials {
		return plan.Errorf(plan.BadUserInput, "",
			"origin %q together with credentials would let any page act as the user: name the origins", origin)
	}
	if origin == "*" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Scheme+"://"+u.Host != origin ||
		strings.Contains(origin, "*") {
		return plan.Errorf(plan.BadUserInput, "", "origin %q: want \"*\" or scheme://host[:port] such as https://example.org", origin)
	}
	return nil
}
