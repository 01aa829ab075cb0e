package server

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

const hello = ":\n\n"

func next(payload string) string { return "event: next\ndata: " + payload + "\n\n" }

func TestEvents(t *testing.T) {
	s, _ := serve(t, nil)
	address := listen(t, s)
	const complete = "event: complete\ndata:\n\n"
	for _, c := range []struct {
		name, accept, query string
		want                string
	}{
		{
			"a subscription", "text/event-stream", `subscription{changes}`,
			hello + next(`{"data":{"changes":1}}`) + next(`{"data":{"changes":2}}`) + next(`{"data":{"changes":3}}`) + complete,
		},
		{
			"a subscription of a client that takes all", "application/graphql-response+json, application/json, text/event-stream", `subscription{changes}`,
			hello + next(`{"data":{"changes":1}}`) + next(`{"data":{"changes":2}}`) + next(`{"data":{"changes":3}}`) + complete,
		},
		{"a query", "text/event-stream;q=0.5", `{__typename}`, hello + next(`{"data":{"__typename":"Query"}}`) + complete},
		{"a query of a client that takes all", "application/json, text/event-stream", `{__typename}`, `{"data":{"__typename":"Query"}}`},
		{"a mutation", "text/event-stream", `mutation{write}`, hello + next(`{"data":{"write":1}}`) + complete},
		{
			"an error", "text/event-stream", `subscription{fail}`,
			hello + next(`{"errors":[{"message":"plans: no such plan","extensions":{"code":"NOT_FOUND","path":"plans"}}]}`) + complete,
		},
		{
			"what is not valid", "text/event-stream", `subscription{nothing}`,
			hello + next(`{"errors":[{"message":"Cannot query field \"nothing\" on type \"Subscription\".","locations":[{"line":1,"column":14}],"extensions":{"code":"BAD_USER_INPUT"}}]}`) + complete,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp := open(t, address, c.query, c.accept)
			all, err := io.ReadAll(resp.Body)
			if diff := cmp.Diff(c.want, string(all)); diff != "" || err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("status %d, %v, -want +got\n%s", resp.StatusCode, err, diff)
			}
			events := strings.HasPrefix(c.want, hello)
			if got := resp.Header.Get("Content-Type"); events != (got == "text/event-stream; charset=utf-8") {
				t.Errorf("Content-Type %s", got)
			}
		})
	}
	if w := get(s, "/graphql?query=subscription{changes}"); codeIn(t, w.Body.Bytes()) != plan.Unsupported {
		t.Errorf("a subscription without events: saw %s, wanted %s", w.Body, plan.Unsupported)
	}
	if w := post(s, `{"query":1}`, "Accept", "text/event-stream"); w.Code != http.StatusBadRequest || codeIn(t, w.Body.Bytes()) != plan.BadUserInput {
		t.Errorf("no query: saw %d %s, wanted 400 and %s", w.Code, w.Body, plan.BadUserInput)
	}
}

// open asks over a connection and gives the response once it begins.
func open(t *testing.T, address, query, accept string) *http.Response {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/graphql", strings.NewReader(operation(t, query, nil)))
	if err != nil {
		t.Fatal(err)
	}
	setHeaders(r, []string{"Content-Type", mediaJSON, "Accept", accept})
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// Signs of life go on beyond the time that a request may take to be read.
func TestEventsAreKeptAlive(t *testing.T) {
	r, _ := run(t, func(c *Config) {
		c.KeepAlive, c.Body, c.Header = 10*time.Millisecond, 50*time.Millisecond, 50*time.Millisecond
	})
	resp := open(t, r.addr, `subscription{never}`, mediaEvents)
	lines := bufio.NewReader(resp.Body)
	for i := range 20 {
		for _, want := range []string{":\n", "\n"} {
			if got, err := lines.ReadString('\n'); got != want || err != nil {
				t.Fatalf("sign %d: read %q and %v, wanted %q", i, got, err, want)
			}
		}
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := r.end(t); err != nil {
		t.Errorf("stopped with %v, want nil", err)
	}
}

func TestEventsEndWithTheServer(t *testing.T) {
	r, rs := run(t, nil)
	resp := open(t, r.addr, `subscription{never}`, mediaEvents)
	<-rs.entered
	stopped := time.Now()
	r.stop()
	if all, err := io.ReadAll(resp.Body); err != nil || string(all) != hello {
		t.Errorf("read %q and %v, wanted an end without complete", all, err)
	}
	if err := r.end(t); err != nil || time.Since(stopped) > 5*time.Second {
		t.Errorf("stopped with %v after %s", err, time.Since(stopped))
	}
}

// Who does not take events is cut off: nothing is kept for him.
func TestSlowReaderOfEventsIsCutOff(t *testing.T) {
	r, rs := run(t, func(c *Config) { c.Patience = 50 * time.Millisecond })
	resp := open(t, r.addr, `subscription{flood}`, mediaEvents)
	<-rs.entered // the server has given up
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
	if err := r.end(t); err != nil {
		t.Errorf("stopped with %v, want nil", err)
	}
}
