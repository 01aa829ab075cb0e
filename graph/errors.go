package graph

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

const (
	messageBytes        = 1000 // of one message
	requestMessageBytes = 200  // of one message about the request itself, which may quote it
	requestErrors       = 10   // of a request that was not executed
	requestBytes        = 900  // of all errors of such a request, so that its response stays below 1 kB
	fieldErrors         = 100  // of an executed request, and of the list inside one error
)

// fault is an internal error that has been logged under its id.
type fault struct{ id string }

func (f fault) Error() string { return "internal error, id " + f.id }

// Presenter decides what a client sees of an error. Errors of package plan pass with code, path and
// message, as do those of the limits and of validation, without suggestions; a passed deadline is
// TIMEOUT. Anything else is shown as an id alone, and log has the rest under that id.
func Presenter(log *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := &gqlerror.Error{}
		var raised *gqlerror.Error
		if errors.As(err, &raised) {
			shown.Path, shown.Locations = raised.Path, raised.Locations
		}
		shown.Extensions = map[string]any{}
		var (
			many   plan.Errors
			one    *plan.Error
			broken fault
			stale  conflict
		)
		if errors.As(err, &stale) {
			presentCurrent(shown, stale)
		}
		switch {
		case errors.As(err, &many) && len(many) > 0:
			presentMany(shown, many)
		case errors.As(err, &one):
			presentOne(shown, one)
		case errors.As(err, &broken):
			presentFault(shown, broken)
		case errors.Is(err, context.DeadlineExceeded):
			present(shown, plan.Timeout, "the request took longer than it may")
		case errors.Is(err, context.Canceled):
			present(shown, plan.Timeout, "the request was cancelled")
		case raised != nil && raised.Err == nil && isCode(raised.Extensions["code"]):
			present(shown, requestCode(raised), cutTo(withoutSuggestion(raised.Message), requestMessageBytes))
			shown.Locations = raised.Locations[:min(len(raised.Locations), 3)]
		case raised != nil && raised.Err != nil && raised.Err.Error() == "introspection disabled": // gqlgen has no value for it
			present(shown, plan.Forbidden, "introspection is off")
		default:
			presentFault(shown, newFault(ctx, log, "error", err, nil))
		}
		shown.Message = cutTo(shown.Message, messageBytes)
		return shown
	}
}

// Recover turns a panic into an error with an id, and log has the panic and its stack under it.
func Recover(log *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, p any) error {
		return newFault(ctx, log, "panic", p, debug.Stack())
	}
}

func newFault(ctx context.Context, log *slog.Logger, kind string, what any, stack []byte) fault {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	f := fault{hex.EncodeToString(b[:])}
	attrs := []slog.Attr{slog.String("id", f.id), slog.String(kind, fmt.Sprint(what))}
	if graphql.HasOperationContext(ctx) {
		oc := graphql.GetOperationContext(ctx)
		attrs = append(attrs, slog.String("request", oc.Headers.Get("X-Request-Id")), slog.String("operation", cutTo(oc.OperationName, requestMessageBytes)))
	}
	if path := graphql.GetPath(ctx); len(path) > 0 {
		attrs = append(attrs, slog.String("path", path.String()))
	}
	if stack != nil {
		attrs = append(attrs, slog.String("stack", string(stack)))
	}
	log.LogAttrs(ctx, slog.LevelError, "internal error", attrs...)
	return f
}

func present(shown *gqlerror.Error, code plan.Code, message string) {
	shown.Message = message
	shown.Extensions["code"] = string(code)
}

func presentOne(shown *gqlerror.Error, e *plan.Error) {
	present(shown, e.Code, e.Error())
	if e.Path != "" {
		shown.Extensions["path"] = e.Path
	}
}

// presentMany shows the first error as the message and all of them in extensions.errors.
func presentMany(shown *gqlerror.Error, many plan.Errors) {
	presentOne(shown, many[0])
	if len(many) == 1 {
		return
	}
	shown.Message = fmt.Sprintf("%s (and %d more)", cutTo(shown.Message, messageBytes), len(many)-1)
	list := make([]map[string]any, 0, min(len(many), fieldErrors))
	for _, e := range many[:cap(list)] {
		list = append(list, map[string]any{"code": string(e.Code), "path": e.Path, "message": cutTo(e.Message, messageBytes)})
	}
	shown.Extensions["errors"] = list
	if left := len(many) - len(list); left > 0 {
		shown.Extensions["omitted"] = left
	}
}

// presentCurrent shows the objects that a refused change is about, as they are now, in extensions.current.
func presentCurrent(shown *gqlerror.Error, c conflict) {
	current := make([]map[string]any, len(c.current))
	for i, o := range c.current {
		current[i] = map[string]any{"id": o.Base().ID, "version": o.Base().Version, "content": json.RawMessage(plan.Marshal(o))}
	}
	shown.Extensions["current"] = current
}

func presentFault(shown *gqlerror.Error, f fault) {
	present(shown, plan.Internal, f.Error())
	shown.Extensions["id"] = f.id
}

func isCode(v any) bool {
	code, ok := v.(string)
	return ok && code != ""
}

// requestCode is the code of an error that the parser, the validator or the limits raised.
func requestCode(err *gqlerror.Error) plan.Code {
	code := err.Extensions["code"].(string)
	switch code {
	case errcode.ValidationFailed:
		return plan.BadUserInput
	case errcode.ParseFailed:
		if strings.HasPrefix(err.Message, "exceeded token limit") {
			return plan.TooLarge
		}
		return plan.BadUserInput
	}
	return plan.Code(code)
}

// withoutSuggestion drops the names that a validator's guess would give away.
func withoutSuggestion(message string) string {
	message, _, _ = strings.Cut(message, " Did you mean")
	return message
}

// cutTo shortens s to n bytes at a rune boundary.
func cutTo(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// InterceptResponse bounds the errors of a response. How many were left out is in
// extensions.omittedErrors.
func (Limits) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp == nil || len(resp.Errors) == 0 {
		return resp
	}
	kept := min(len(resp.Errors), fieldErrors)
	if resp.Data == nil {
		kept = boundRequestErrors(resp.Errors)
	}
	if left := len(resp.Errors) - kept; left > 0 {
		resp.Errors = resp.Errors[:kept]
		if resp.Extensions == nil {
			resp.Extensions = map[string]any{}
		}
		resp.Extensions["omittedErrors"] = left
	}
	return resp
}

// boundRequestErrors is the number of errors that fit the bounds, at least one.
func boundRequestErrors(errs gqlerror.List) int {
	total := 0
	for i, err := range errs {
		text, _ := json.Marshal(err) // strings, numbers and lists of them
		total += len(text)
		if i > 0 && (total > requestBytes || i == requestErrors) {
			return i
		}
	}
	return len(errs)
}
