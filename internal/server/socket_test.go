package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"xianjie/internal/plan"
)

// patience ends a test in which something that must come does not.
const patience = 20 * time.Second

// client is the other side of a socket.
type client struct {
	*testing.T
	conn *websocket.Conn
	ctx  context.Context
}

func dial(t *testing.T, address string, opts *websocket.DialOptions) (*client, *http.Response, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	if opts == nil {
		opts = &websocket.DialOptions{Subprotocols: []string{subprotocol}}
	}
	conn, resp, err := websocket.Dial(ctx, "ws://"+address+"/graphql", opts)
	if err != nil {
		return nil, resp, err
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() }) // it may be closed already
	return &client{t, conn, ctx}, resp, nil
}

// listen gives the address of a server, which must be done with all streams in the end.
func listen(t *testing.T, s *Server) string {
	t.Helper()
	listening := httptest.NewServer(s)
	t.Cleanup(func() {
		listening.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		s.streams.end()
		if err := s.streams.wait(ctx); err != nil {
			t.Errorf("streams are still open: %v", err)
		}
	})
	return strings.TrimPrefix(listening.URL, "http://")
}

// greeted is a client of a server of its own, behind connection_ack.
func greeted(t *testing.T, change func(*Config)) (*client, *resolvers) {
	t.Helper()
	s, rs := serve(t, change)
	c, _, err := dial(t, listen(t, s), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"type":"connection_init","payload":{"who":"test"}}`)
	c.hear(`{"type":"connection_ack"}`)
	return c, rs
}

func (c *client) say(text string) {
	c.Helper()
	if err := c.conn.Write(c.ctx, websocket.MessageText, []byte(text)); err != nil {
		c.Fatal(err)
	}
}

func (c *client) subscribe(id, query string) {
	c.Helper()
	c.say(fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":{"query":%q}}`, id, query))
}

func (c *client) next() string {
	c.Helper()
	_, data, err := c.conn.Read(c.ctx)
	if err != nil {
		c.Fatal(err)
	}
	return string(data)
}

func (c *client) hear(want ...string) {
	c.Helper()
	for _, text := range want {
		if got := c.next(); got != text {
			c.Errorf("heard %.300s, wanted %s", got, text)
		}
	}
}

// hearError hears the message that ends an operation, with a code.
func (c *client) hearError(id string, code plan.Code) {
	c.Helper()
	text := c.next()
	var message struct {
		Type, ID string
		Payload  []struct {
			Extensions struct{ Code plan.Code }
		}
	}
	if err := json.Unmarshal([]byte(text), &message); err != nil {
		c.Fatal(err)
	}
	if message.Type != "error" || message.ID != id || len(message.Payload) != 1 || message.Payload[0].Extensions.Code != code {
		c.Errorf("heard %s, wanted an error of %s for %s", text, code, id)
	}
}

// hearClose hears what comes until the socket is closed, and with which code.
func (c *client) hearClose(want websocket.StatusCode) {
	c.Helper()
	for {
		_, _, err := c.conn.Read(c.ctx)
		if err == nil {
			continue
		}
		if got := websocket.CloseStatus(err); got != want {
			c.Errorf("closed with %d (%v), wanted %d", got, err, want)
		}
		return
	}
}

func TestSocketOrigins(t *testing.T) {
	s, _ := serve(t, func(c *Config) { c.AllowOrigins = []string{"https://plans.example.org"} })
	address := listen(t, s)
	for _, c := range []struct {
		origin string
		status int
	}{
		{"", http.StatusSwitchingProtocols},
		{"http://" + address, http.StatusSwitchingProtocols},
		{"https://plans.example.org", http.StatusSwitchingProtocols},
		{"http://plans.example.org", http.StatusForbidden},
		{"https://evil.example.org", http.StatusForbidden},
		{"http://" + address + ".evil.example.org", http.StatusForbidden},
		{"null", http.StatusForbidden},
		{"http://%zz", http.StatusForbidden},
	} {
		t.Run(c.origin, func(t *testing.T) {
			header := http.Header{}
			if c.origin != "" {
				header.Set("Origin", c.origin)
			}
			_, resp, err := dial(t, address, &websocket.DialOptions{Subprotocols: []string{subprotocol}, HTTPHeader: header})
			if resp == nil || resp.StatusCode != c.status || (err == nil) != (c.status == http.StatusSwitchingProtocols) {
				t.Errorf("saw %v and %v, wanted status %d", resp, err, c.status)
			}
		})
	}
}

func TestSocketClosesWhatBreaksTheProtocol(t *testing.T) {
	const greeting = `{"type":"connection_init"}`
	for _, c := range []struct {
		name string
		say  []string
		code websocket.StatusCode
	}{
		{"no greeting", nil, 4408},
		{"a ping is no greeting", []string{`{"type":"ping"}`}, 4408},
		{"subscribed before the greeting", []string{`{"type":"subscribe","id":"1","payload":{"query":"{wait}"}}`}, 4401},
		{"greeted twice", []string{greeting, greeting}, 4429},
		{"no JSON", []string{`{`}, 4400},
		{"a key twice", []string{`{"type":"ping","type":"connection_init"}`}, 4400},
		{"an array", []string{`[` + greeting + `]`}, 4400},
		{"no type of the protocol", []string{`{"type":"start"}`}, 4400},
		{"no id", []string{greeting, `{"type":"subscribe","payload":{"query":"{wait}"}}`}, 4400},
		{"no payload", []string{greeting, `{"type":"subscribe","id":"1"}`}, 4400},
		{"no query", []string{greeting, `{"type":"subscribe","id":"1","payload":{}}`}, 4400},
		{"an id twice", []string{
			greeting, `{"type":"subscribe","id":"1","payload":{"query":"subscription{never}"}}`, `{"type":"subscribe","id":"1","payload":{"query":"{plan}"}}`,
		}, 4409},
		{"a large message", []string{greeting, `{"type":"ping","payload":{"x":"` + strings.Repeat("x", maxMessage) + `"}}`}, 1009},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, func(cfg *Config) {
				if c.code == 4408 {
					cfg.Greeting = 20 * time.Millisecond
				}
			})
			client, _, err := dial(t, listen(t, s), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range c.say {
				client.say(text)
			}
			client.hearClose(c.code)
		})
	}
}

func TestSocketWantsItsProtocol(t *testing.T) {
	s, _ := serve(t, nil)
	c, _, err := dial(t, listen(t, s), &websocket.DialOptions{Subprotocols: []string{"graphql-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	c.hearClose(4406)
	half := httptest.NewRequest(http.MethodGet, "/graphql", nil)
	setHeaders(half, []string{"Upgrade", "websocket", "Connection", "Upgrade"})
	if resp := do(s, half); resp.Code != http.StatusBadRequest {
		t.Errorf("half a handshake gave %d, wanted 400", resp.Code)
	}
}

func TestSocketOperations(t *testing.T) {
	c, rs := greeted(t, nil)
	c.say(`{"type":"ping"}`)
	c.say(`{"type":"pong"}`)
	c.hear(`{"type":"pong"}`)
	c.subscribe("一", `subscription{changes}`)
	c.hear(`{"type":"next","id":"一","payload":{"data":{"changes":1}}}`, `{"type":"next","id":"一","payload":{"data":{"changes":2}}}`,
		`{"type":"next","id":"一","payload":{"data":{"changes":3}}}`, `{"type":"complete","id":"一"}`)
	c.subscribe("一", `{__typename}`) // the id is free again
	c.hear(`{"type":"next","id":"一","payload":{"data":{"__typename":"Query"}}}`, `{"type":"complete","id":"一"}`)
	c.subscribe("2", `mutation{write}`)
	c.hear(`{"type":"next","id":"2","payload":{"data":{"write":1}}}`, `{"type":"complete","id":"2"}`)
	for query, code := range map[string]plan.Code{
		`subscription{fail}`: plan.NotFound, `{nothing}`: plan.BadUserInput, `{`: plan.BadUserInput, `subscription{changes never}`: plan.BadUserInput,
		`{plan(id:"a"){` + strings.Repeat(`parent{`, 12) + `id` + strings.Repeat(`}`, 12) + `}}`: plan.DepthLimit,
		`{plans(first:500){nodes{targets(first:500){nodes{id}}}}}`:                               plan.ComplexityLimit,
	} {
		c.subscribe("3", query)
		c.hearError("3", code)
	}
	c.subscribe("4", `subscription{never}`)
	<-rs.entered
	c.say(`{"type":"complete","id":"4"}`)
	c.subscribe("4", `{__typename}`)
	c.hear(`{"type":"next","id":"4","payload":{"data":{"__typename":"Query"}}}`, `{"type":"complete","id":"4"}`)
}

func TestSocketPanicsAndDeadlines(t *testing.T) {
	c, _ := greeted(t, func(c *Config) { c.Deadline = 10 * time.Millisecond })
	c.subscribe("1", `{boom}`)
	c.hearError("1", plan.Internal)
	c.subscribe("2", `{slow}`)
	if got := c.next(); !strings.HasPrefix(got, `{"type":"next","id":"2","payload":{"errors":[{"message":`) || !strings.Contains(got, `"TIMEOUT"`) {
		t.Errorf("heard %s, wanted an error of %s", got, plan.Timeout)
	}
}

func TestSocketOperationsAreCapped(t *testing.T) {
	c, _ := greeted(t, nil)
	for i := range maxOperations {
		c.subscribe(fmt.Sprint(i), `subscription{never}`)
	}
	for range 50 {
		c.subscribe("more", `subscription{never}`)
		c.hearError("more", plan.TooLarge)
	}
	c.say(`{"type":"complete","id":"7"}`)
	c.subscribe("more", `{__typename}`)
	c.hear(`{"type":"next","id":"more","payload":{"data":{"__typename":"Query"}}}`, `{"type":"complete","id":"more"}`)
}

// Sockets and events share the places; what is no subscription needs none, and what ends gives its place back.
func TestSubscriptionsAreCapped(t *testing.T) {
	s, rs := serve(t, func(c *Config) { c.Subscriptions = 2 })
	address := listen(t, s)
	c, _, err := dial(t, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"type":"connection_init"}`)
	c.hear(`{"type":"connection_ack"}`)
	c.subscribe("1", `subscription{never}`)
	<-rs.entered
	events := open(t, address, `subscription{never}`, mediaEvents)
	<-rs.entered
	for range 3 {
		c.subscribe("2", `subscription{changes}`)
		c.hearError("2", plan.Unavailable)
		refused, err := io.ReadAll(open(t, address, `subscription{changes}`, mediaEvents).Body)
		if err != nil || !strings.HasPrefix(string(refused), hello+`event: next`+"\n"+`data: {"errors":[{"message":"2 subscriptions run on this server`) ||
			!strings.Contains(string(refused), `"code":"UNAVAILABLE"`) || !strings.HasSuffix(string(refused), "event: complete\ndata:\n\n") {
			t.Errorf("one more is answered %q, %v", refused, err)
		}
	}
	c.subscribe("2", `{__typename}`)
	c.hear(`{"type":"next","id":"2","payload":{"data":{"__typename":"Query"}}}`, `{"type":"complete","id":"2"}`)
	if err := events.Body.Close(); err != nil {
		t.Fatal(err)
	}
	for { // until the server has noticed
		c.subscribe("2", `subscription{changes}`)
		got := c.next()
		if got == `{"type":"next","id":"2","payload":{"data":{"changes":1}}}` {
			break
		}
		if !strings.Contains(got, `"UNAVAILABLE"`) {
			t.Fatalf("heard %s", got)
		}
	}
}

// Who does not take what is sent is dropped with a code that he hears when he goes on reading.
func TestSlowReaderOfASocketIsDropped(t *testing.T) {
	c, rs := greeted(t, func(c *Config) { c.Patience = 50 * time.Millisecond })
	c.subscribe("1", `subscription{flood}`)
	<-rs.entered // the server has given up
	c.hearClose(websocket.StatusTryAgainLater)
}

// Who does not go on reading is cut off.
func TestDeafReaderOfASocketIsCutOff(t *testing.T) {
	r, _ := run(t, func(c *Config) { c.Patience = 50 * time.Millisecond })
	c, _, err := dial(t, r.addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"type":"connection_init"}`)
	c.hear(`{"type":"connection_ack"}`)
	c.subscribe("1", `subscription{flood}`)
	if err := r.end(t); err != nil { // waits for the socket's end
		t.Errorf("stopped with %v, want nil", err)
	}
}

// Who does not answer pings is gone.
func TestSilentSocketIsCutOff(t *testing.T) {
	s, _ := serve(t, func(c *Config) { c.KeepAlive, c.Patience = 20*time.Millisecond, 20*time.Millisecond })
	conn, err := net.Dial("tcp", listen(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Protocol: %s\r\n\r\n", subprotocol)
	reader := bufio.NewReader(conn)
	resp, err := http.ReadResponse(reader, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("saw %v and %v, wanted status 101", resp, err)
	}
	if rest, err := io.ReadAll(reader); err != nil || len(rest) == 0 || rest[0] != 0x89 {
		t.Errorf("saw % x and %v, wanted a ping and the end", rest, err)
	}
}

func TestAnsweringSocketIsKept(t *testing.T) {
	c, _ := greeted(t, func(c *Config) { c.KeepAlive = time.Millisecond })
	for range 200 { // each waits for a message, and with it for some pings
		c.subscribe("1", `{__typename}`)
		c.hear(`{"type":"next","id":"1","payload":{"data":{"__typename":"Query"}}}`, `{"type":"complete","id":"1"}`)
	}
}

// A stop ends subscriptions with a code, and lets other operations finish.
func TestSocketsEndWithTheServer(t *testing.T) {
	r, rs := run(t, nil)
	c, _, err := dial(t, r.addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"type":"connection_init"}`)
	c.hear(`{"type":"connection_ack"}`)
	c.subscribe("1", `subscription{never}`)
	<-rs.entered
	c.subscribe("2", `{wait}`)
	<-rs.entered
	stopped := time.Now()
	r.stop()
	for w := get(r.server, "/readyz"); w.Code != http.StatusServiceUnavailable; w = get(r.server, "/readyz") {
	}
	close(rs.release)
	c.hear(`{"type":"next","id":"2","payload":{"data":{"wait":null}}}`, `{"type":"complete","id":"2"}`)
	c.hearClose(websocket.StatusGoingAway)
	if err := r.end(t); err != nil || time.Since(stopped) > 5*time.Second {
		t.Errorf("stopped with %v after %s", err, time.Since(stopped))
	}
	if r.server.streams.begin() {
		t.Error("a stream can begin on a stopped server")
	}
}
