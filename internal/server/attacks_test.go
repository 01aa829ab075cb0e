package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"xianjie/internal/plan"
)

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// Every attack is answered in under a kilobyte, quickly, and before anything runs.
func TestAttacks(t *testing.T) {
	for _, c := range []struct {
		name, query string
		variables   map[string]any
		code        plan.Code
	}{
		{name: "1,000 aliases", query: "{" + repeat(1000, "a%d:plan(id:\"x\"){title} ") + "}", code: plan.TooManyAliases},
		{name: "100 aliases", query: "{" + repeat(100, "a%d:plan(id:\"x\"){title} ") + "}", code: plan.TooManyAliases},
		{name: "10,000 directives", query: "{__typename" + repeat(10_000, " @a%d") + "}", code: plan.TooLarge},
		{name: "10,000 repeated fields", query: "{" + strings.Repeat("__typename ", 10_000) + "}", code: plan.TooLarge},
		{name: "1,000 directives", query: "{__typename" + repeat(900, " @a%d") + "}", code: plan.BadUserInput},
		{name: "1,990 unknown fields", query: "{" + repeat(1990, "f%d ") + "}", code: plan.BadUserInput},
		{name: "circular fragments", query: "{...a} fragment a on Query{...b} fragment b on Query{...a}", code: plan.BadUserInput},
		{name: "depth 50", query: "{plan(id:\"x\")" + strings.Repeat("{parent", 48) + "{title}" + strings.Repeat("}", 49), code: plan.DepthLimit},
		{name: "page of 100,000", query: "{plans(first:100000){nodes{title}}}", code: plan.BadUserInput},
		{name: "page of -1", query: "{plans(first:-1){nodes{title}}}", code: plan.BadUserInput},
		{name: "page of 0", query: "{plans(first:0){nodes{title}}}", code: plan.BadUserInput},
		{name: "page of 2^31", query: "{plans(first:2147483648){nodes{title}}}", code: plan.BadUserInput},
		{name: "page of 2^100", query: "{plans(first:1267650600228229401496703205376){nodes{title}}}", code: plan.BadUserInput},
		{name: "page of -1 in a variable", query: "query($n:Int){plans(last:$n){nodes{title}}}", variables: map[string]any{"n": -1}, code: plan.BadUserInput},
		{name: "100 x 100 x 100", query: "{plans(first:100){nodes{targets(first:100){nodes{targets(first:100){nodes{title}}}}}}}", code: plan.ComplexityLimit},
		{name: "long name", query: "{" + strings.Repeat("x", 100_000) + "}", code: plan.BadUserInput},
		{name: "long string", query: "{plan(id:\"" + strings.Repeat("x", 100_000) + "\"){nope}}", code: plan.BadUserInput},
		{name: "nested lists", query: "{plan(id:" + strings.Repeat("[", 1900) + "){title}}", code: plan.BadUserInput},
		{name: "nested selections", query: strings.Repeat("{plan", 1900), code: plan.TooLarge},
		{name: "1,990 repeated fields", query: "{" + strings.Repeat("__typename ", 1990) + "}", code: plan.TooLarge},
		{name: "fields repeated in fragments", query: "{" + repeat(60, "...f%d ") + "}" + repeat(60, "fragment f%d on Query{"+strings.Repeat("__typename ", 20)+"}"), code: plan.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, rs := serve(t, nil)
			body := operation(t, c.query, c.variables)
			w, took := fastest(s, body)
			if w.Code < 400 || w.Code > 499 {
				t.Errorf("status %d, want 4xx", w.Code)
			}
			if got := codeIn(t, w.Body.Bytes()); got != c.code {
				t.Errorf("code %q, want %q: %.300s", got, c.code, w.Body)
			}
			if w.Body.Len() > 1024 {
				t.Errorf("%d bytes, want at most 1 kB: %s", w.Body.Len(), w.Body)
			}
			if ran := rs.ran.Load(); ran != 0 {
				t.Errorf("%d operations ran, want none", ran)
			}
			// Ten milliseconds are promised, and without a limit it would be seconds; the rest is for the race detector and a busy machine.
			if took > 250*time.Millisecond {
				t.Errorf("answered in %v, want less than 10 ms", took)
			}
		})
	}
}

// fastest is the answer to body, and the best time of ten so that a busy machine does not count.
func fastest(s http.Handler, body string) (*httptest.ResponseRecorder, time.Duration) {
	best := time.Hour
	var w *httptest.ResponseRecorder
	for range 10 {
		start := time.Now()
		w = post(s, body, "Accept", "application/graphql-response+json")
		best = min(best, time.Since(start))
	}
	return w, best
}

// What protects the server is a failure to clients of the older media type too.
func TestLimitsAreFailuresToEveryClient(t *testing.T) {
	for name, query := range map[string]string{
		"aliases":    "{" + repeat(100, "a%d:plan(id:\"x\"){title} ") + "}",
		"tokens":     "{" + strings.Repeat("__typename ", 10_000) + "}",
		"depth":      "{plan(id:\"x\")" + strings.Repeat("{parent", 48) + "{title}" + strings.Repeat("}", 49),
		"complexity": "{plans{nodes{targets{nodes{targets{nodes{title}}}}}}}",
	} {
		s, _ := serve(t, nil)
		if w := post(s, operation(t, query, nil)); w.Code < 400 || w.Code > 499 {
			t.Errorf("%s: status %d, want 4xx", name, w.Code)
		}
	}
}

func TestPanicIsOneError(t *testing.T) {
	s, _ := serve(t, nil)
	w := post(s, `{"query":"{boom}"}`)
	if w.Code != http.StatusInternalServerError || codeIn(t, w.Body.Bytes()) != plan.Internal || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	if w := post(s, typename); w.Code != http.StatusOK {
		t.Errorf("after the panic: status %d", w.Code)
	}
}
