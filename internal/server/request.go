package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"xianjie/internal/plan"
)

// problem is a request that never reached the executor. Messages quote nothing of the request.
type problem struct {
	status  int
	code    plan.Code
	message string
	allow   string // the methods to name beside a 405
}

func badRequest(message string) *problem {
	return &problem{status: http.StatusBadRequest, code: plan.BadUserInput, message: message}
}

// fromURL reads the parameters of a GET.
func fromURL(r *http.Request) (*graphql.RawParams, *problem) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("the query string of the address is malformed")
	}
	fields := map[string]any{}
	for _, name := range []string{"query", "operationName", "variables", "extensions"} {
		values := q[name]
		if len(values) > 1 {
			return nil, badRequest("parameter " + name + " is given twice")
		}
		if len(values) == 0 {
			continue
		}
		if !utf8.ValidString(values[0]) {
			return nil, badRequest("parameter " + name + " is not UTF-8")
		}
		switch name {
		case "query", "operationName":
			fields[name] = values[0]
		default:
			value, err := decodeStrict([]byte(values[0]))
			if err != nil {
				return nil, badRequest("parameter " + name + " " + err.Error())
			}
			fields[name] = value
		}
	}
	return paramsOf(fields)
}

// fromBody reads the parameters of a POST. limit is in bytes.
func fromBody(w http.ResponseWriter, r *http.Request, limit int64) (*graphql.RawParams, *problem) {
	if p := checkContent(r.Header); p != nil {
		return nil, p
	}
	body, p := readBody(w, r, limit)
	if p != nil {
		return nil, p
	}
	if len(body) == 0 {
		return nil, badRequest("the body is empty: want a JSON object with a query")
	}
	value, err := decodeStrict(body)
	if err != nil {
		return nil, badRequest("the body " + err.Error())
	}
	switch value := value.(type) {
	case map[string]any:
		return paramsOf(value)
	case []any:
		return nil, badRequest("the body is an array: batches are not supported, send one operation per request")
	}
	return nil, badRequest("the body must be a JSON object")
}

// checkContent admits JSON in UTF-8 alone. A browser sends form and text content across origins
// without asking first, so those types must never be read.
func checkContent(h http.Header) *problem {
	unsupported := &problem{status: http.StatusUnsupportedMediaType, code: plan.Unsupported,
		message: "want Content-Type: application/json in UTF-8, without Content-Encoding"}
	if h.Get("Content-Encoding") != "" {
		return unsupported
	}
	given := h.Values("Content-Type")
	if len(given) != 1 {
		return unsupported
	}
	if given[0] == mediaJSON {
		return nil
	}
	media, args, err := mime.ParseMediaType(given[0])
	charset, named := args["charset"]
	if err != nil || media != mediaJSON || named && !strings.EqualFold(charset, "utf-8") {
		return unsupported
	}
	return nil
}

func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *problem) {
	tooLarge := &problem{status: http.StatusRequestEntityTooLarge, code: plan.TooLarge, message: "the body is too large"}
	if r.ContentLength > limit {
		return nil, tooLarge
	}
	var buf bytes.Buffer
	if r.ContentLength > 0 {
		buf.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := io.Copy(&buf, http.MaxBytesReader(w, r.Body, limit))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return nil, tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &problem{status: http.StatusRequestTimeout, code: plan.Timeout, message: "the body took too long to arrive"}
	case err != nil:
		return nil, badRequest("the body ended early")
	}
	return buf.Bytes(), nil
}

// paramsOf checks the types of the four fields of a request. Other fields are ignored, as the
// protocol asks.
func paramsOf(fields map[string]any) (*graphql.RawParams, *problem) {
	p := &graphql.RawParams{}
	var ok bool
	if p.Query, ok = fields["query"].(string); !ok || p.Query == "" {
		return nil, badRequest("query is missing: want a string")
	}
	if p.OperationName, ok = fields["operationName"].(string); !ok && fields["operationName"] != nil {
		return nil, badRequest("operationName must be a string")
	}
	if p.Variables, ok = fields["variables"].(map[string]any); !ok && fields["variables"] != nil {
		return nil, badRequest("variables must be an object")
	}
	if p.Extensions, ok = fields["extensions"].(map[string]any); !ok && fields["extensions"] != nil {
		return nil, badRequest("extensions must be an object")
	}
	return p, nil
}

// maxNesting bounds the recursion of decodeStrict. No input type nests nearly as deep.
const maxNesting = 64

var (
	errSyntax    = errors.New("is not valid JSON")
	errUTF8      = errors.New("is not UTF-8")
	errTrailing  = errors.New("goes on after its JSON value")
	errDuplicate = errors.New("has an object with the same key twice")
	errNesting   = errors.New("is nested too deep")
)

// decodeStrict reads data as one JSON value, numbers as json.Number. Unlike json.Unmarshal it
// refuses what two readers could understand differently: a key given twice, bytes after the value,
// text that is not UTF-8. Its errors complete a sentence and quote nothing.
func decodeStrict(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errUTF8
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	value, err := decodeValue(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errTrailing
	}
	return value, nil
}

func decodeValue(dec *json.Decoder, depth int) (any, error) {
	tok, err := dec.Token()
	if err != nil {
		return nil, errSyntax
	}
	open, isDelim := tok.(json.Delim)
	if !isDelim {
		return tok, nil
	}
	if depth == maxNesting {
		return nil, errNesting
	}
	var value any
	if open == '{' {
		value, err = decodeObject(dec, depth+1)
	} else {
		value, err = decodeArray(dec, depth+1)
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != nil {
		return nil, errSyntax
	}
	return value, nil
}

func decodeObject(dec *json.Decoder, depth int) (map[string]any, error) {
	object := map[string]any{}
	for dec.More() {
		tok, err := dec.Token()
		key, ok := tok.(string)
		if err != nil || !ok {
			return nil, errSyntax
		}
		if _, twice := object[key]; twice {
			return nil, errDuplicate
		}
		if object[key], err = decodeValue(dec, depth); err != nil {
			return nil, err
		}
	}
	return object, nil
}

func decodeArray(dec *json.Decoder, depth int) ([]any, error) {
	array := []any{}
	for dec.More() {
		value, err := decodeValue(dec, depth)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	return array, nil
}
