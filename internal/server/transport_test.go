package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"xianjie/internal/plan"
)

const typename = `{"query":"{__typename}"}`

func TestRequests(t *testing.T) {
	const marker = "mark7731"
	long := `{"query":"{__typename}","extensions":{"x":"` + strings.Repeat(marker, 200_000) + `"}}`
	for _, c := range []struct {
		name    string
		method  string // POST when empty
		body    string
		headers []string
		status  int
		code    plan.Code
		allow   string
	}{
		{name: "query", body: typename, status: 200},
		{name: "charset named", body: typename, headers: []string{"Content-Type", `Application/JSON; charset="UTF-8"`}, status: 200},
		{name: "unknown field", body: `{"query":"{__typename}","id":"` + marker + `"}`, status: 200},
		{name: "nulls", body: `{"query":"{__typename}","variables":null,"operationName":null,"extensions":null}`, status: 200},
		{name: "put", method: "PUT", body: typename, status: 405, code: plan.Unsupported, allow: "GET, POST"},
		{name: "head", method: "HEAD", status: 405, code: plan.Unsupported, allow: "GET, POST"},
		{name: "delete", method: "DELETE", status: 405, code: plan.Unsupported, allow: "GET, POST"},
		{name: "options", method: "OPTIONS", status: 405, code: plan.Unsupported, allow: "GET, POST"},
		{name: "accept html", body: typename, headers: []string{"Accept", "text/html"}, status: 406, code: plan.Unsupported},
		{name: "accept refused", body: typename, headers: []string{"Accept", "application/json;q=0"}, status: 406, code: plan.Unsupported},
		{name: "no content type", body: typename, headers: []string{"Content-Type", ""}, status: 415, code: plan.Unsupported},
		{name: "text", body: typename, headers: []string{"Content-Type", "text/plain"}, status: 415, code: plan.Unsupported},
		{name: "form", body: "query={__typename}", headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, code: plan.Unsupported},
		{name: "multipart", body: typename, headers: []string{"Content-Type", "multipart/form-data; boundary=x"}, status: 415, code: plan.Unsupported},
		{name: "gbk", body: typename, headers: []string{"Content-Type", "application/json; charset=gbk"}, status: 415, code: plan.Unsupported},
		{name: "gzip", body: typename, headers: []string{"Content-Encoding", "gzip"}, status: 415, code: plan.Unsupported},
		{name: "8 MB", body: strings.Repeat(" ", 8<<20), status: 413, code: plan.TooLarge},
		{name: "over 1 MiB", body: long, status: 413, code: plan.TooLarge},
		{name: "empty", body: "", status: 400, code: plan.BadUserInput},
		{name: "cut off", body: `{"query":"` + marker, status: 400, code: plan.BadUserInput},
		{name: "not JSON", body: marker, status: 400, code: plan.BadUserInput},
		{name: "trailing bytes", body: typename + marker, status: 400, code: plan.BadUserInput},
		{name: "second value", body: typename + typename, status: 400, code: plan.BadUserInput},
		{name: "trailing comma", body: `{"query":"{__typename}",}`, status: 400, code: plan.BadUserInput},
		{name: "missing colon", body: `{"query" "{__typename}"}`, status: 400, code: plan.BadUserInput},
		{name: "duplicate key", body: `{"query":"{__typename}","query":"` + marker + `"}`, status: 400, code: plan.BadUserInput},
		{name: "duplicate escaped key", body: `{"query":"{__typename}","\u0071uery":"` + marker + `"}`, status: 400, code: plan.BadUserInput},
		{name: "duplicate key in variables", body: `{"query":"{__typename}","variables":{"a":[{"b":1,"b":2}]}}`, status: 400, code: plan.BadUserInput},
		{name: "other case is another key", body: `{"QUERY":"{__typename}"}`, status: 400, code: plan.BadUserInput},
		{name: "not UTF-8", body: "{\"query\":\"{__typename}#\xff\"}", status: 400, code: plan.BadUserInput},
		{name: "byte order mark", body: "\ufeff" + typename, status: 400, code: plan.BadUserInput},
		{name: "nested too deep", body: `{"query":"{__typename}","variables":{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}}`, status: 400, code: plan.BadUserInput},
		{name: "batch", body: "[" + typename + `,{"query":"` + marker + `"}]`, status: 400, code: plan.BadUserInput},
		{name: "string", body: `"` + marker + `"`, status: 400, code: plan.BadUserInput},
		{name: "query missing", body: `{"qeury":"` + marker + `"}`, status: 400, code: plan.BadUserInput},
		{name: "query empty", body: `{"query":""}`, status: 400, code: plan.BadUserInput},
		{name: "operationName is a number", body: `{"query":"{__typename}","operationName":1}`, status: 400, code: plan.BadUserInput},
		{name: "variables are a list", body: `{"query":"{__typename}","variables":[]}`, status: 400, code: plan.BadUserInput},
		{name: "extensions are a string", body: `{"query":"{__typename}","extensions":"` + marker + `"}`, status: 400, code: plan.BadUserInput},
		{name: "subscription", body: `{"query":"subscription{changes}"}`, status: 400, code: plan.Unsupported},
		{name: "mutation", body: `{"query":"mutation{write}"}`, status: 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, nil)
			method := c.method
			if method == "" {
				method = http.MethodPost
			}
			r := httptest.NewRequest(method, "/graphql", strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			setHeaders(r, c.headers)
			w := do(s, r)
			if w.Code != c.status {
				t.Errorf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			if got := w.Header().Get("Allow"); got != c.allow {
				t.Errorf("Allow %q, want %q", got, c.allow)
			}
			if got := codeIn(t, w.Body.Bytes()); got != c.code {
				t.Errorf("code %q, want %q: %s", got, c.code, w.Body)
			}
			if strings.Contains(w.Body.String(), marker) {
				t.Errorf("the answer echoes the request: %.200s", w.Body)
			}
			checkCommonHeaders(t, w.Header())
		})
	}
}

func checkCommonHeaders(t *testing.T, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{
		"Content-Type":            "application/json; charset=utf-8",
		"X-Content-Type-Options":  "nosniff",
		"Cache-Control":           "no-store",
		"Vary":                    "Accept, Origin",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if len(h.Get("X-Request-Id")) != 16 {
		t.Errorf("X-Request-Id: %q, want 16 hex digits", h.Get("X-Request-Id"))
	}
}

func TestGet(t *testing.T) {
	for _, c := range []struct {
		name, query string
		status      int
		code        plan.Code
		allow       string
	}{
		{name: "query", query: "query={__typename}", status: 200},
		{name: "variables", query: `query=query($id:ID!){plan(id:$id){title}}&variables={"id":"plan:x"}`, status: 200},
		{name: "operation", query: "query=query A{a:__typename} query B{b:__typename}&operationName=B", status: 200},
		{name: "missing", query: "", status: 400, code: plan.BadUserInput},
		{name: "given twice", query: "query={__typename}&query={slow}", status: 400, code: plan.BadUserInput},
		{name: "variables cut off", query: `query={__typename}&variables={"id"`, status: 400, code: plan.BadUserInput},
		{name: "variables are a list", query: `query={__typename}&variables=[]`, status: 400, code: plan.BadUserInput},
		{name: "malformed", query: "query=%zz", status: 400, code: plan.BadUserInput},
		{name: "not UTF-8", query: "query=%ff", status: 400, code: plan.BadUserInput},
		{name: "mutation", query: "query=mutation{write}", status: 405, code: plan.Unsupported, allow: "POST"},
		{name: "mutation chosen by name", query: "query=query A{__typename} mutation B{write}&operationName=B", status: 405, code: plan.Unsupported, allow: "POST"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, rs := serve(t, nil)
			r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
			r.URL.RawQuery = c.query
			if q, err := url.ParseQuery(c.query); err == nil && c.name != "not UTF-8" {
				r.URL.RawQuery = q.Encode()
			}
			w := do(s, r)
			if got := codeIn(t, w.Body.Bytes()); w.Code != c.status || got != c.code || w.Header().Get("Allow") != c.allow {
				t.Errorf("status %d, code %q, Allow %q; want %d, %q, %q: %s",
					w.Code, got, w.Header().Get("Allow"), c.status, c.code, c.allow, w.Body)
			}
			if ran := rs.ran.Load(); ran != 0 && c.status != 200 {
				t.Errorf("%d operations ran, want none", ran)
			}
			checkCommonHeaders(t, w.Header())
		})
	}
}

func TestMutationByGetChangesNothing(t *testing.T) {
	s, rs := serve(t, nil)
	do(s, httptest.NewRequest(http.MethodGet, "/graphql?query=mutation%7Bwrite%7D", nil))
	if ran := rs.ran.Load(); ran != 0 {
		t.Errorf("%d operations ran, want none", ran)
	}
}

func TestAnswers(t *testing.T) {
	const strict = "application/graphql-response+json"
	for _, c := range []struct {
		name, accept, body string
		status             int
		want               string // of the body; a leading * means it contains the rest
	}{
		{"data", strict, `{"query":"{plan(id:\"a\"){title}}"}`, 200, `{"data":{"plan":{"title":"内蒙古自治区“十四五”生态环境保护规划"}}}`},
		{"data and error", strict, `{"query":"{refuse}"}`, 200, `{"errors":[{"message":"plan:x: no such plan","extensions":{"code":"NOT_FOUND","path":"plan:x"}}],"data":{"refuse":null}}`},
		{"leak", strict, `{"query":"{fail}"}`, 200, `*"message":"internal error, id `},
		{"syntax", strict, `{"query":"{"}`, 400, `*"code":"BAD_USER_INPUT"`},
		{"syntax, legacy", mediaJSON, `{"query":"{"}`, 200, `*"code":"BAD_USER_INPUT"`},
		{"no such field", strict, `{"query":"{plam}"}`, 400, `{"errors":[{"message":"Cannot query field \"plam\" on type \"Query\".","locations":[{"line":1,"column":2}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"variable missing", strict, `{"query":"query($id:ID!){plan(id:$id){title}}"}`, 400, `*"code":"BAD_USER_INPUT"`},
		{"no such operation", strict, `{"query":"query A{__typename}","operationName":"B"}`, 400, `*"code":"BAD_USER_INPUT"`},
		{"variable beyond 64 bits", strict, `{"query":"query($n:Int){plans(first:$n){totalCount}}","variables":{"n":123456789012345678901234567890}}`, 400, `*"code":"BAD_USER_INPUT"`},
		{"markup", strict, `{"query":"{<}"}`, 400, `*"code":"BAD_USER_INPUT"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := serve(t, nil)
			w := post(s, c.body, "Accept", c.accept)
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
			if want := c.accept + "; charset=utf-8"; w.Header().Get("Content-Type") != want {
				t.Errorf("Content-Type %q, want %q", w.Header().Get("Content-Type"), want)
			}
			got := w.Body.String()
			part, contains := strings.CutPrefix(c.want, "*")
			if !contains && got != c.want || contains && !strings.Contains(got, part) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if strings.Contains(got, "secret") || c.status == 400 && strings.Contains(got, `"data"`) {
				t.Errorf("the answer says too much: %s", got)
			}
		})
	}
}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                  "",
		"*/*":                               mediaJSON,
		"application/*":                     mediaJSON,
		"application/json":                  mediaJSON,
		"application/json; charset=utf8":    mediaJSON,
		"APPLICATION/GraphQL-Response+JSON": mediaResponse,
		"application/graphql-response+json, application/json;q=0.9":     mediaResponse,
		"application/graphql-response+json;q=0.5, application/json":     mediaJSON,
		"application/json, application/graphql-response+json":           mediaResponse,
		"application/json, */*":                                         mediaJSON,
		"application/graphql-response+json, */*":                        mediaResponse,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=1": mediaJSON,
		"text/html":               "",
		"application/json;q=0":    "",
		"*/*;q=0":                 "",
		"application/json;q=0, *": "",
	} {
		if got := negotiate([]string{accept}); got != want {
			t.Errorf("Accept %q: %q, want %q", accept, got, want)
		}
	}
	if got := negotiate(nil); got != mediaJSON {
		t.Errorf("no Accept: %q, want %q", got, mediaJSON)
	}
}

func TestRequestID(t *testing.T) {
	s, _ := serve(t, nil)
	for given, kept := range map[string]bool{
		"abc-1.2_Z":             true,
		strings.Repeat("a", 64): true,
		strings.Repeat("a", 65): false,
		"a b":                   false,
		"a\x1b[31m":             false,
	} {
		got := post(s, typename, "X-Request-Id", given).Header().Get("X-Request-Id")
		if (got == given) != kept || got == "" {
			t.Errorf("id %q became %q", given, got)
		}
	}
}

func TestDeadline(t *testing.T) {
	s, _ := serve(t, func(c *Config) { c.Deadline = 10 * time.Millisecond })
	w := post(s, `{"query":"{slow}"}`)
	if got := codeIn(t, w.Body.Bytes()); got != plan.Timeout {
		t.Errorf("code %q, want TIMEOUT: %s", got, w.Body)
	}
}

func TestDataIsWrittenUnchanged(t *testing.T) {
	s, _ := serve(t, nil)
	w := post(s, `{"query":"{big}"}`)
	want := `{"data":{"big":"` + strings.Repeat("林", 100_000) + `"}}`
	if w.Body.String() != want {
		t.Errorf("%d bytes, want %d", w.Body.Len(), len(want))
	}
}

func BenchmarkPost(b *testing.B) {
	s, _ := serve(b, nil)
	body := operation(b, `query($id:ID!){plan(id:$id){title}}`, map[string]any{"id": "plan:nm-eco-14"})
	b.ReportAllocs()
	for b.Loop() {
		if w := post(s, body); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
