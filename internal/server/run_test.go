package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"xianjie/internal/plan"
)

// running is a server on a port of its own.
type running struct {
	server *Server
	addr   string
	stop   context.CancelFunc
	done   chan error
}

func run(t *testing.T, change func(*Config)) (*running, *resolvers) {
	t.Helper()
	s, rs := serve(t, change)
	ctx, stop := context.WithCancel(context.Background())
	started := make(chan string, 1)
	r := &running{server: s, stop: stop, done: make(chan error, 1)}
	go func() { r.done <- s.Run(ctx, "127.0.0.1:0", func(a net.Addr) { started <- a.String() }) }()
	select {
	case r.addr = <-started:
	case err := <-r.done:
		t.Fatal(err)
	}
	return r, rs
}

// end stops the server and checks that nothing of it is left.
func (r *running) end(t *testing.T) error {
	t.Helper()
	r.stop()
	err := <-r.done
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t)
	return err
}

func (r *running) post(body string) (int, string, error) {
	resp, err := http.Post("http://"+r.addr+"/graphql", mediaJSON, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

func TestRun(t *testing.T) {
	r, _ := run(t, nil)
	status, body, err := r.post(typename)
	if err != nil || status != http.StatusOK || body != `{"data":{"__typename":"Query"}}` {
		t.Errorf("status %d, error %v: %s", status, err, body)
	}
	if err := r.end(t); err != nil {
		t.Errorf("stopped with %v, want nil", err)
	}
}

func TestRunningRequestsFinish(t *testing.T) {
	r, rs := run(t, nil)
	answered := make(chan string, 1)
	go func() {
		status, body, err := r.post(`{"query":"{wait}"}`)
		answered <- fmt.Sprintf("%d %s %v", status, body, err)
	}()
	<-rs.entered
	r.stop()
	for w := get(r.server, "/readyz"); w.Code != http.StatusServiceUnavailable; w = get(r.server, "/readyz") {
	}
	close(rs.release)
	if got, want := <-answered, `200 {"data":{"wait":null}} <nil>`; got != want {
		t.Errorf("the running request got %s, want %s", got, want)
	}
	if err := r.end(t); err != nil {
		t.Errorf("stopped with %v, want nil", err)
	}
}

func TestRequestsThatDoNotFinishAreCutOff(t *testing.T) {
	r, rs := run(t, func(c *Config) { c.Shutdown = 20 * time.Millisecond })
	failed := make(chan error, 1)
	go func() {
		_, _, err := r.post(`{"query":"{wait}"}`)
		failed <- err
	}()
	<-rs.entered
	r.stop()
	if err := <-r.done; plan.CodeOf(err) != plan.Timeout {
		t.Errorf("stopped with %v, want TIMEOUT", err)
	}
	if err := <-failed; err == nil {
		t.Error("the request was answered, want a cut connection")
	}
	close(rs.release)
	http.DefaultClient.CloseIdleConnections()
	goleak.VerifyNone(t)
}

func TestAddressInUse(t *testing.T) {
	r, _ := run(t, nil)
	err := r.server.Run(context.Background(), r.addr, nil)
	if plan.CodeOf(err) != plan.Unavailable || !strings.Contains(err.Error(), r.addr) {
		t.Errorf("error %v, want UNAVAILABLE naming %s", err, r.addr)
	}
	if err := r.end(t); err != nil {
		t.Error(err)
	}
}

// A client that sends its request too slowly is answered with an error or not at all, and its
// connection is closed.
func TestSlowClients(t *testing.T) {
	for name, part := range map[string]string{
		"header": "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Ty",
		"body":   "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"query\":",
	} {
		t.Run(name, func(t *testing.T) {
			r, rs := run(t, func(c *Config) { c.Header, c.Body = 30*time.Millisecond, 60*time.Millisecond })
			conn, err := net.Dial("tcp", r.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, part); err != nil {
				t.Fatal(err)
			}
			if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(bufio.NewReader(conn))
			if err != nil {
				t.Errorf("the connection stayed open: %v", err)
			}
			if len(answer) > 0 && !strings.HasPrefix(string(answer), "HTTP/1.1 4") {
				t.Errorf("answer %q, want 4xx or none", answer)
			}
			if ran := rs.ran.Load(); ran != 0 {
				t.Errorf("%d operations ran", ran)
			}
			if err := r.end(t); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNormalTimeouts(t *testing.T) {
	s, _ := serve(t, nil)
	if c := s.config; c.Header > 15*time.Second || c.Body > 15*time.Second || c.Shutdown > 10*time.Second || c.Deadline != 10*time.Second || c.BodyLimit != 1<<20 {
		t.Errorf("defaults: %+v", c)
	}
}

func TestClientGone(t *testing.T) {
	r, rs := run(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+r.addr+"/graphql", strings.NewReader(`{"query":"{slow}"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", mediaJSON)
	go func() {
		<-rs.entered
		cancel()
	}()
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Error("answered, want a cancelled request")
	}
	if err := r.end(t); err != nil {
		t.Errorf("stopped with %v: the abandoned request kept running", err)
	}
}
