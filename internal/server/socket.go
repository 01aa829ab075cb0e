package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
)

const (
	subprotocol      = "graphql-transport-ws"
	maxMessage       = 64 << 10 // bytes of one message of a client
	maxOperations    = 20       // that run on one socket at a time
	farewell         = 3 * time.Second
	codeBadMessage   = websocket.StatusCode(4400)
	codeUnauthorized = websocket.StatusCode(4401)
	codeSubprotocol  = websocket.StatusCode(4406)
	codeNoGreeting   = websocket.StatusCode(4408)
	codeIDTaken      = websocket.StatusCode(4409)
	codeGreetedTwice = websocket.StatusCode(4429)
)

func upgrades(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// originAllowed says whether a page may open a socket: browsers let any page do so, and send cookies along.
func (t *transport) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(t.AllowOrigins, origin) || slices.Contains(t.AllowOrigins, "*") {
		return true // no browser, or a page that may
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}

// socket is one WebSocket that speaks graphql-transport-ws.
type socket struct {
	*transport
	conn   *websocket.Conn
	header http.Header

	life   context.Context // of the connection
	cut    context.CancelFunc
	follow context.Context // of its subscriptions: ends before the connection does
	leave  context.CancelFunc

	running sync.WaitGroup // operations
	single  sync.WaitGroup // those of them that are no subscriptions
	closing sync.Once
	writing sync.Mutex

	mu         sync.Mutex
	greeted    bool
	operations map[string]*execution
}

// execution is one operation that runs.
type execution struct{ cancel context.CancelFunc }

// serveSocket holds a WebSocket until either side ends it.
func (t *transport) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !t.originAllowed(r) {
		writeProblem(w, mediaJSON, problem{status: http.StatusForbidden, code: plan.Forbidden, message: "pages of this origin may not connect"})
		return
	}
	if !t.streams.begin() {
		writeProblem(w, mediaJSON, stopping())
		return
	}
	defer t.streams.done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, InsecureSkipVerify: true}) // the origin is checked
	if err != nil {
		return // it has answered
	}
	conn.SetReadLimit(maxMessage)
	s := &socket{transport: t, conn: conn, header: r.Header, operations: map[string]*execution{}}
	s.life, s.cut = context.WithCancel(r.Context())
	s.follow, s.leave = context.WithCancel(s.life)
	if conn.Subprotocol() != subprotocol {
		s.close(codeSubprotocol, "want subprotocol "+subprotocol)
	}
	var tending sync.WaitGroup
	tending.Go(s.tend)
	s.read()
	s.cut()
	s.closing.Do(func() { _ = conn.CloseNow() }) // or wait until it is closed
	s.running.Wait()
	tending.Wait()
}

// read takes messages until the connection ends.
func (s *socket) read() {
	for {
		kind, data, err := s.conn.Read(s.life)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			s.close(codeBadMessage, "want text messages")
			return
		}
		if code, reason := s.receive(data); code != 0 {
			s.close(code, reason)
			return
		}
	}
}

// tend ends a socket that does not greet, does not answer, or has to go because the server stops.
func (s *socket) tend() {
	greeting := time.NewTimer(s.Greeting)
	defer greeting.Stop()
	alive := time.NewTicker(s.KeepAlive)
	defer alive.Stop()
	for {
		select {
		case <-greeting.C:
			if !s.isGreeted() {
				s.close(codeNoGreeting, "connection_init did not come in time")
			}
		case <-alive.C:
			ctx, cancel := context.WithTimeout(s.streams.ending, s.Patience)
			err := s.conn.Ping(ctx)
			cancel()
			if err != nil && s.streams.ending.Err() == nil && s.follow.Err() == nil {
				s.cut()
			}
		case <-s.streams.ending.Done():
			s.mu.Lock()
			s.leave() // nothing more is started
			s.mu.Unlock()
			s.single.Wait()
			s.close(websocket.StatusGoingAway, "the server is stopping: resume behind the last revision seen")
			return
		case <-s.life.Done():
			return
		}
	}
}

// close ends the socket with a code: what is being written may still arrive, then the code, and when that takes too long nothing more.
func (s *socket) close(code websocket.StatusCode, reason string) {
	s.closing.Do(func() {
		s.leave()
		late := time.AfterFunc(farewell, s.cut)
		defer late.Stop()
		_ = s.conn.Close(code, reason) // whether the client heard it is its own affair
	})
}

// write sends one message. A client that does not take it in time is dropped: nothing is kept for it.
func (s *socket) write(parts ...[]byte) {
	s.writing.Lock()
	defer s.writing.Unlock()
	late := time.AfterFunc(s.Patience, func() {
		s.close(websocket.StatusTryAgainLater, "too slow: resume behind the last revision seen")
	})
	defer late.Stop()
	if err := s.conn.Write(s.life, websocket.MessageText, bytes.Join(parts, nil)); err != nil && s.follow.Err() == nil {
		s.cut()
	}
}

// send writes a message of the protocol; payload is JSON, or nothing.
func (s *socket) send(kind, id string, payload ...[]byte) {
	head := []byte(`{"type":"` + kind + `"`)
	if id != "" {
		quoted, _ := json.Marshal(id) // a string
		head = append(append(head, `,"id":`...), quoted...)
	}
	if payload == nil {
		s.write(head, []byte{'}'})
		return
	}
	head = append(head, `,"payload":`...)
	s.write(append(append([][]byte{head}, payload...), []byte{'}'})...)
}

// sendError sends the message that ends an operation which has no data.
func (s *socket) sendError(id string, resp *graphql.Response) {
	var list bytes.Buffer
	encode(&list, resp.Errors)
	s.send("error", id, list.Bytes())
}

func (s *socket) isGreeted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.greeted
}

// receive does what a message asks for; a code means that the protocol is broken.
func (s *socket) receive(data []byte) (websocket.StatusCode, string) {
	value, err := decodeStrict(data)
	if err != nil {
		return codeBadMessage, "the message " + err.Error()
	}
	message, _ := value.(map[string]any)
	kind, _ := message["type"].(string)
	id, _ := message["id"].(string)
	switch kind {
	case "connection_init":
		if s.isGreeted() {
			return codeGreetedTwice, "connection_init came twice"
		}
		s.mu.Lock()
		s.greeted = true
		s.mu.Unlock()
		s.send("connection_ack", "")
	case "ping":
		s.send("pong", "")
	case "pong":
	case "subscribe":
		return s.subscribe(id, message["payload"])
	case "complete":
		s.mu.Lock()
		defer s.mu.Unlock()
		if op := s.operations[id]; op != nil {
			op.cancel()
			delete(s.operations, id)
		}
	default:
		return codeBadMessage, "the type of the message is none of " + subprotocol
	}
	return 0, ""
}

func (s *socket) subscribe(id string, payload any) (websocket.StatusCode, string) {
	fields, ok := payload.(map[string]any)
	switch {
	case !s.isGreeted():
		return codeUnauthorized, "want connection_init first"
	case id == "" || !ok:
		return codeBadMessage, "subscribe wants an id and a payload"
	}
	params, p := paramsOf(fields)
	if p != nil {
		return codeBadMessage, p.message
	}
	params.Headers = s.header
	s.mu.Lock()
	running, taken := len(s.operations), s.operations[id] != nil
	s.mu.Unlock()
	if taken {
		return codeIDTaken, "the id of a running operation was given to another"
	}
	if running == maxOperations {
		s.sendError(id, refusal(problem{code: plan.TooLarge, message: "20 operations run on this socket, which is the most"}))
		return 0, ""
	}
	ctx := graphql.StartOperationTrace(s.life)
	oc, errs := s.Executor.CreateOperationContext(ctx, params)
	if errs != nil {
		s.sendError(id, s.Executor.DispatchError(graphql.WithOperationContext(ctx, oc), errs))
		return 0, ""
	}
	s.start(id, oc)
	return 0, ""
}

// start runs an operation beside what else the socket does.
func (s *socket) start(id string, oc *graphql.OperationContext) {
	parent, once := s.follow, oc.Operation.Operation != ast.Subscription
	if once {
		parent = s.life
	}
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(parent))
	op := &execution{cancel}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.follow.Err() != nil {
		cancel()
		return // it is being closed
	}
	s.operations[id] = op
	if once {
		s.single.Add(1)
	}
	s.running.Go(func() {
		defer cancel()
		if once {
			defer s.single.Done()
		}
		failed := false
		s.respond(ctx, oc, func(resp *graphql.Response) {
			switch {
			case ctx.Err() != nil:
			case resp.Data == nil:
				failed = true
				s.forget(id, op)
				s.sendError(id, resp)
			default:
				parts := partsOf(resp)
				s.send("next", id, parts[:]...)
			}
		})
		if s.forget(id, op); !failed && ctx.Err() == nil {
			s.send("complete", id)
		}
	})
}

// forget makes the id of an operation free again, before the client hears that it has ended.
func (s *socket) forget(id string, op *execution) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operations[id] == op {
		delete(s.operations, id)
	}
}
