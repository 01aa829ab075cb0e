package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"xianjie/internal/plan"
)

func TestConfigurationRefused(t *testing.T) {
	exec := newResolvers().executor(t, quiet())
	for _, c := range []struct {
		name   string
		config Config
		want   string
	}{
		{"no executor", Config{}, "no executor"},
		{"any origin with credentials", Config{Executor: exec, AllowOrigins: []string{"*"}, AllowCredentials: true}, "together with credentials"},
		{"wildcard with credentials", Config{Executor: exec, AllowOrigins: []string{"https://*.example.org"}, AllowCredentials: true}, "together with credentials"},
		{"credentials for nobody", Config{Executor: exec, AllowCredentials: true}, "no origin is"},
		{"no scheme", Config{Executor: exec, AllowOrigins: []string{"example.org"}}, "want \"*\" or scheme://host"},
		{"path", Config{Executor: exec, AllowOrigins: []string{"https://example.org/"}}, "want \"*\" or scheme://host"},
		{"null", Config{Executor: exec, AllowOrigins: []string{"null"}}, "want \"*\" or scheme://host"},
	} {
		if _, err := New(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestCrossOrigin(t *testing.T) {
	for _, c := range []struct {
		name        string
		allow       []string
		credentials bool
		origin      string
		want        string // Access-Control-Allow-Origin
	}{
		{"closed", nil, false, "https://a.example", ""},
		{"named", []string{"https://a.example"}, true, "https://a.example", "https://a.example"},
		{"another", []string{"https://a.example"}, true, "https://b.example", ""},
		{"suffix", []string{"https://a.example"}, false, "https://a.example.evil", ""},
		{"null", []string{"https://a.example"}, false, "null", ""},
		{"all", []string{"*"}, false, "https://b.example", "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, func(cfg *Config) { cfg.AllowOrigins, cfg.AllowCredentials = c.allow, c.credentials })
			w := post(s, typename, "Origin", c.origin)
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != c.want {
				t.Errorf("answer allows %q, want %q", got, c.want)
			}
			if got := w.Header().Get("Access-Control-Allow-Credentials"); (got == "true") != (c.credentials && c.want != "") {
				t.Errorf("credentials %q", got)
			}
			checkCommonHeaders(t, w.Header())
			r := httptest.NewRequest(http.MethodOptions, "/graphql", nil)
			setHeaders(r, []string{"Origin", c.origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type"})
			if got := do(s, r).Header().Get("Access-Control-Allow-Origin"); got != c.want {
				t.Errorf("preflight allows %q, want %q", got, c.want)
			}
		})
	}
}

// panics is an executor that breaks before gqlgen could recover.
type panics struct{ graphql.GraphExecutor }

func TestPanicOutsideTheExecutor(t *testing.T) {
	var log bytes.Buffer
	s, _ := serve(t, func(c *Config) {
		c.Executor = panics{}
		c.Log = slog.New(slog.NewJSONHandler(&log, nil))
	})
	w := post(s, typename, "X-Request-Id", "id-1")
	if w.Code != http.StatusInternalServerError || codeIn(t, w.Body.Bytes()) != plan.Internal || !strings.Contains(w.Body.String(), "id-1") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "nil pointer") || !strings.Contains(log.String(), `"request":"id-1"`) {
		t.Errorf("log: %s", &log)
	}
}

func TestLogHasNoSecretsAndNoControlCharacters(t *testing.T) {
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler {
			return slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
		"json": func(b *bytes.Buffer) slog.Handler {
			return slog.NewJSONHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug})
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s, _ := serve(t, func(c *Config) { c.Log = slog.New(handler(&log)) })
			post(s, `{"query":"{fail}","variables":{"a":"hush"}}`, "Authorization", "Bearer hush", "Cookie", "hush", "X-Request-Id", "hush\nhush")
			get(s, "/graphql?query=hush")
			get(s, "/a%1b%5b31m%0ab")
			got := log.String()
			if strings.Contains(got, "hush") {
				t.Errorf("a secret is in the log: %s", got)
			}
			for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
				if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
					t.Errorf("control characters in the log: %q", line)
				}
			}
			for _, want := range []string{"open /secret/path: denied", "/a%1b%5b31m%0ab", "404"} {
				if !strings.Contains(got, want) {
					t.Errorf("the log lacks %q: %s", want, got)
				}
			}
		})
	}
}
