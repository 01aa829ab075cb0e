package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"xianjie/internal/plan"
)

func get(s http.Handler, path string) *httptest.ResponseRecorder {
	return do(s, httptest.NewRequest(http.MethodGet, path, nil))
}

// withGraphiQL is a server that has stand-ins for GraphiQL's files.
func withGraphiQL(t *testing.T) *Server {
	t.Helper()
	web := fstest.MapFS{}
	for _, name := range webFiles() {
		web[name] = &fstest.MapFile{Data: []byte("/* " + name + " */")}
	}
	s, err := newServer(Config{
		Executor: newResolvers().executor(t, quiet()), Schema: testSchema, Version: "v0-test", Log: quiet(),
		Schemas:  map[string][]byte{"plan.json": []byte(`{"type":"object"}`)},
		Examples: []Example{{Title: "一个规划 <b>", Query: "{ plan(id: \"plan:a\") { title } }", Variables: `{"a": 1}`}},
	}, web)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPages(t *testing.T) {
	s := withGraphiQL(t)
	for _, c := range []struct {
		path, media string
		contains    []string
		never       []string
	}{
		{"/", "text/html; charset=utf-8", []string{"衔接", "Xianjie", "/graphiql", "/schema.graphqls", "v0-test", "一个规划 &lt;b&gt;"}, []string{"<script", "style=", "<b>"}},
		{"/graphiql", "text/html; charset=utf-8", []string{"/assets/graphiql.min.js", "一个规划"}, []string{"style=", "<b>"}},
		{"/schema.graphqls", "text/plain; charset=utf-8", []string{testSchema}, nil},
		{"/schemas/plan.json", "application/schema+json", []string{`{"type":"object"}`}, nil},
		{"/assets/graphiql.js", "text/javascript; charset=utf-8", []string{"shouldPersistHeaders: false"}, []string{"http://", "https://"}},
		{"/assets/graphiql.min.css", "text/css; charset=utf-8", nil, nil},
		{"/assets/icon.svg", "image/svg+xml", []string{"<svg"}, nil},
	} {
		w := get(s, c.path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != c.media {
			t.Errorf("%s: status %d, type %q; want 200, %q", c.path, w.Code, w.Header().Get("Content-Type"), c.media)
		}
		if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", c.path, got)
		}
		for _, want := range c.contains {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s does not contain %q", c.path, want)
			}
		}
		for _, never := range c.never {
			if strings.Contains(w.Body.String(), never) {
				t.Errorf("%s contains %q", c.path, never)
			}
		}
	}
}

// What a page loads comes from this server, exists, and is allowed by the page's own policy.
func TestPagesLoadOnlyOurFiles(t *testing.T) {
	s := withGraphiQL(t)
	loads := regexp.MustCompile(`<(script|link)[^>]*?(?:src|href)="([^"]*)"`)
	for _, page := range []string{"/", "/graphiql"} {
		w := get(s, page)
		csp := w.Header().Get("Content-Security-Policy")
		if strings.Contains(csp, "http") || strings.Contains(csp, "*") || strings.Contains(csp, "unsafe-") ||
			strings.Contains(csp, "script-src") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", page, csp)
		}
		for _, m := range loads.FindAllStringSubmatch(w.Body.String(), -1) {
			if got := get(s, m[2]); !strings.HasPrefix(m[2], "/assets/") || got.Code != http.StatusOK {
				t.Errorf("%s loads %s: status %d", page, m[2], got.Code)
			}
		}
		if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(w.Body.String()) {
			t.Errorf("%s has a script of its own", page)
		}
	}
}

func TestGraphiQLMissing(t *testing.T) {
	s, err := newServer(Config{Executor: newResolvers().executor(t, quiet()), Log: quiet()}, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	w := get(s, "/graphiql")
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "make web") {
		t.Errorf("status %d, want 503 and how to get the files: %s", w.Code, w.Body)
	}
	if w := get(s, "/assets/graphiql.min.js"); w.Code != http.StatusNotFound {
		t.Errorf("missing file: status %d, want 404", w.Code)
	}
}

func TestUnchangedFileIsNotSentAgain(t *testing.T) {
	s := withGraphiQL(t)
	first := get(s, "/assets/page.css")
	r := httptest.NewRequest(http.MethodGet, "/assets/page.css", nil)
	r.Header.Set("If-None-Match", first.Header().Get("ETag"))
	if w := do(s, r); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("status %d with %d bytes, want 304 and none", w.Code, w.Body.Len())
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	s := withGraphiQL(t)
	for path, status := range map[string]int{"/nope": 404, "/assets/": 404, "/assets/../server.go": 307, "/graphql/": 404} {
		if w := get(s, path); w.Code != status {
			t.Errorf("%s: status %d, want %d", path, w.Code, status)
		}
	}
	for _, path := range []string{"/", "/graphiql", "/healthz", "/readyz", "/schema.graphqls"} {
		w := do(s, httptest.NewRequest(http.MethodPost, path, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: status %d, Allow %q; want 405, GET, HEAD", path, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestHealth(t *testing.T) {
	for _, c := range []struct {
		name  string
		ready error
		code  int
		want  string
	}{
		{"ready", nil, 200, `{"status":"ready"}`},
		{"known reason", plan.Errorf(plan.Unavailable, "", "store: connecting"), 503, `{"status":"not ready","reason":"store: connecting"}`},
		{"unknown reason", errors.New("dial tcp 10.0.0.1: secret"), 503, `{"status":"not ready","reason":"internal error, see the log"}`},
		{"too slow", context.DeadlineExceeded, 503, `{"status":"not ready","reason":"the check took longer than 2s"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, func(cfg *Config) { cfg.Ready = func(context.Context) error { return c.ready } })
			w := get(s, "/readyz")
			if got := strings.TrimSpace(w.Body.String()); w.Code != c.code || got != c.want {
				t.Errorf("/readyz: %d %s, want %d %s", w.Code, got, c.code, c.want)
			}
			if w := get(s, "/healthz"); w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"status":"ok"}` {
				t.Errorf("/healthz: %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestNonceIsNewOnEachVisit(t *testing.T) {
	s := withGraphiQL(t)
	nonce := regexp.MustCompile(`data-nonce="([A-Z2-7]{26})"`)
	seen := map[string]bool{}
	for range 3 {
		w := get(s, "/graphiql")
		m := nonce.FindStringSubmatch(w.Body.String())
		if m == nil || !strings.Contains(w.Header().Get("Content-Security-Policy"), "style-src 'self' 'nonce-"+m[1]+"'") {
			t.Fatalf("nonce %v, policy %q", m, w.Header().Get("Content-Security-Policy"))
		}
		seen[m[1]] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d nonces on three visits", len(seen))
	}
}
