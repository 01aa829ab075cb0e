package server

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
	mediaEvents   = "text/event-stream"
)

// transport is GraphQL over HTTP: POST with JSON, and GET for queries; as server-sent events, and on a WebSocket.
type transport struct {
	Config
	streams *streams
}

func (t *transport) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Accept, Origin")
	h.Set("Cache-Control", "no-store")
	if upgrades(r) {
		t.serveSocket(w, r)
		return
	}
	accept := r.Header.Values("Accept")
	a := answer{media: negotiate(accept), events: admitsEvents(accept)}
	params, p := t.params(w, r, a)
	if p != nil {
		writeProblem(w, a.media, *p)
		return
	}
	params.Headers = r.Header
	ctx, cancel := context.WithTimeout(graphql.StartOperationTrace(r.Context()), t.Deadline)
	defer cancel()
	oc, errs := t.Executor.CreateOperationContext(ctx, params)
	switch {
	case errs != nil && a.media == "":
		t.serveEvents(w, r, func(ctx context.Context, send func(*graphql.Response)) {
			send(t.Executor.DispatchError(graphql.WithOperationContext(ctx, oc), errs))
		})
		return
	case errs != nil:
		writeResponse(w, a.media, t.Executor.DispatchError(graphql.WithOperationContext(ctx, oc), errs), plan.BadUserInput)
		return
	}
	if p := refuseOperation(r.Method, oc.Operation.Operation, a); p != nil {
		writeProblem(w, a.media, *p)
		return
	}
	if oc.Operation.Operation == ast.Subscription || a.media == "" {
		t.serveEvents(w, r, func(ctx context.Context, send func(*graphql.Response)) { t.respond(ctx, oc, send) })
		return
	}
	next, opCtx := t.Executor.DispatchOperation(ctx, oc)
	resp := next(opCtx)
	if resp == nil { // the executor answers nothing once the context has ended
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler) // nobody listens any more
		}
		writeProblem(w, a.media, t.late())
		return
	}
	writeResponse(w, a.media, resp, plan.Internal)
}

func (t *transport) late() problem {
	return problem{status: http.StatusGatewayTimeout, code: plan.Timeout, message: "the request took longer than " + t.Deadline.String()}
}

// answer is in which forms a client takes one.
type answer struct {
	media  string // of a single response, "" when it takes none
	events bool   // as server-sent events
}

func (t *transport) params(w http.ResponseWriter, r *http.Request, a answer) (*graphql.RawParams, *problem) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, &problem{status: http.StatusMethodNotAllowed, code: plan.Unsupported, message: "want POST, or GET for a query", allow: "GET, POST"}
	}
	if a.media == "" && !a.events {
		return nil, &problem{status: http.StatusNotAcceptable, code: plan.Unsupported,
			message: "Accept must admit " + mediaResponse + ", " + mediaJSON + " or " + mediaEvents}
	}
	if r.Method == http.MethodGet {
		return fromURL(r)
	}
	return fromBody(w, r, t.BodyLimit)
}

// refuseOperation keeps mutations out of GET, which any page can make a browser send, and
// subscriptions out of a response that is given once.
func refuseOperation(method string, op ast.Operation, a answer) *problem {
	switch {
	case op == ast.Subscription && !a.events:
		return &problem{status: http.StatusBadRequest, code: plan.Unsupported,
			message: "subscriptions are answered on a WebSocket (" + subprotocol + "), or with Accept: " + mediaEvents}
	case op == ast.Mutation && method == http.MethodGet:
		return &problem{status: http.StatusMethodNotAllowed, code: plan.Unsupported, message: "want POST for a mutation", allow: "POST"}
	}
	return nil
}

// negotiate picks the media type of the answer: the one that Accept prefers, application/json when
// it prefers none, "" when it admits neither.
func negotiate(accept []string) string {
	if len(accept) == 0 {
		return mediaJSON
	}
	var legacy, strict preference
	for _, line := range accept {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			q := quality(params)
			switch strings.ToLower(strings.TrimSpace(name)) {
			case mediaResponse:
				strict.take(q, 3)
			case mediaJSON:
				legacy.take(q, 3)
			case "application/*":
				strict.take(q, 2)
				legacy.take(q, 2)
			case "*/*":
				strict.take(q, 1)
				legacy.take(q, 1)
			}
		}
	}
	switch {
	case strict.q > legacy.q, strict.q == legacy.q && strict.q > 0 && strict.exact == 3:
		return mediaResponse
	case legacy.q > 0:
		return mediaJSON
	}
	return ""
}

// preference is what Accept says of one media type: the most specific range that names it counts.
type preference struct {
	q     float64
	exact int
}

func (p *preference) take(q float64, exact int) {
	if exact > p.exact {
		p.q, p.exact = q, exact
	}
}

// quality is the q among the parameters of a media range, 1 when it is absent or no number.
func quality(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		if q, err := strconv.ParseFloat(value, 64); err == nil {
			return q
		}
	}
	return 1
}

// writeResponse sends what the executor answered. unnamed is the code of an error that has none.
func writeResponse(w http.ResponseWriter, media string, resp *graphql.Response, unnamed plan.Code) {
	status := http.StatusOK
	if resp.Data == nil {
		status = statusOf(firstCode(resp.Errors, unnamed), media)
	}
	parts := partsOf(resp)
	h := w.Header()
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(parts[0])+len(parts[1])+len(parts[2])))
	w.WriteHeader(status)
	for _, part := range parts {
		if _, err := w.Write(part); err != nil {
			return // the client has gone
		}
	}
}

// partsOf is a response as JSON, on one line. The data is finished JSON and may be megabytes: it is neither checked nor copied again.
func partsOf(resp *graphql.Response) [3][]byte {
	var head, tail bytes.Buffer
	head.WriteByte('{')
	if len(resp.Errors) > 0 {
		head.WriteString(`"errors":`)
		encode(&head, resp.Errors)
	}
	if resp.Data != nil {
		if head.Len() > 1 {
			head.WriteByte(',')
		}
		head.WriteString(`"data":`)
	}
	if len(resp.Extensions) > 0 {
		if resp.Data != nil || head.Len() > 1 {
			tail.WriteByte(',')
		}
		tail.WriteString(`"extensions":`)
		encode(&tail, resp.Extensions)
	}
	tail.WriteByte('}')
	return [3][]byte{head.Bytes(), resp.Data, tail.Bytes()}
}

func firstCode(errs gqlerror.List, unnamed plan.Code) plan.Code {
	for _, err := range errs {
		if code, ok := err.Extensions["code"].(string); ok {
			return plan.Code(code)
		}
	}
	return unnamed
}

func writeProblem(w http.ResponseWriter, media string, p problem) {
	if media == "" {
		media = mediaJSON
	}
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	var body bytes.Buffer
	encode(&body, map[string]any{"errors": []any{
		map[string]any{"message": p.message, "extensions": map[string]any{"code": p.code}},
	}})
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(p.status)
	_, _ = w.Write(body.Bytes())
}

// encode appends v as JSON without the escapes that only HTML needs, and without a line end.
func encode(buf *bytes.Buffer, v any) {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // errors and extensions are strings, numbers, maps and lists
	}
	buf.Truncate(buf.Len() - 1)
}
