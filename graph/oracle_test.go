package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

// Beyond this many requests the seconds buy no new kind of query.
const oracleRequests = 2000

// The encoder's answers are those of graphql-js over the same objects: the data byte for byte, the
// errors by number and path. And no request needs more statements than it has edge fields.
func TestOracle(t *testing.T) {
	schema := testSchema()
	d := newDataset(t, schema, 1, 18)
	s := d.open(t)
	requests := d.requests(t, 1, oracleRequests)
	answers := askOracle(t, map[string]any{
		"sdl": schemaText(t), "kinds": dumpKinds(), "objects": dumpObjects(d.read(t, s)), "requests": requests,
	})
	counting := &countingStore{Store: s}
	exec := executorOf(counting, unlimited)
	failed, withErrors, long := 0, 0, 0
	for i, r := range requests {
		counting.statements.Store(0)
		resp := run(t, exec, r.Query, r.Variables)
		problem := differs(resp.Data, resp.Errors, answers[i])
		if most := edgeFields(t, schema, r); problem == "" && counting.statements.Load() > most {
			problem = fmt.Sprintf("%d statements for %d edge fields", counting.statements.Load(), most)
		}
		if problem != "" {
			variables, _ := json.Marshal(r.Variables)
			t.Errorf("request %d: %s\n%s\nvariables %s\nanswer %s\noracle %s", i, problem, r.Query, variables, resp.Data, answers[i].Data)
			if failed++; failed == 5 {
				t.FailNow()
			}
		}
		if len(resp.Errors) > 0 {
			withErrors++
		}
		if len(resp.Data) > 500 {
			long++
		}
	}
	// Requests that find nothing prove nothing.
	if withErrors < len(requests)/250 || long < len(requests)/3 {
		t.Errorf("of %d answers %d have errors and %d are long: the requests ask too little", len(requests), withErrors, long)
	}
}

type oracleAnswer struct {
	Data   json.RawMessage `json:"data"`
	Errors []struct {
		Path    []any  `json:"path"`
		Message string `json:"message"`
	} `json:"errors"`
}

// differs says how an answer is not the oracle's, "" when it is.
func differs(data []byte, errs gqlerror.List, want oracleAnswer) string {
	if got := unescaped(data); !bytes.Equal(got, want.Data) {
		at := 0
		for at < len(got) && at < len(want.Data) && got[at] == want.Data[at] {
			at++
		}
		around := func(text []byte) string {
			return strings.ToValidUTF8(string(text[max(0, at-30):min(len(text), at+60)]), "")
		}
		return fmt.Sprintf("data differ from byte %d: …%s, wanted …%s (errors %v, %v)", at, around(got), around(want.Data), errs, want.Errors)
	}
	var seen, wanted []string
	for _, err := range errs {
		path, _ := json.Marshal(err.Path)
		seen = append(seen, string(path))
	}
	for _, err := range want.Errors {
		path, _ := json.Marshal(err.Path)
		wanted = append(wanted, string(path))
	}
	if string(data) == "null" {
		// Root fields run side by side here, and one after the other until the first error there.
		for _, path := range wanted {
			if !slices.Contains(seen, path) {
				return fmt.Sprintf("errors at %v, wanted one at %s", seen, path)
			}
		}
		return ""
	}
	slices.Sort(seen)
	slices.Sort(wanted)
	if diff := cmp.Diff(wanted, seen); diff != "" && len(wanted) <= maxErrors {
		return "errors differ:\n" + diff
	}
	return ""
}

// unescaped undoes the escapes that encoding/json makes in stored lists and JSON.stringify does not.
func unescaped(data []byte) []byte {
	var out []byte
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			out = append(out, data[i])
			continue
		}
		if i+6 <= len(data) {
			if c := map[string]string{
				`\u2028`: "\u2028", `\u2029`: "\u2029",
			}[string(data[i:i+6])]; c != "" {
				out = append(out, c...)
				i += 5
				continue
			}
		}
		out = append(out, data[i], data[i+1])
		i++
	}
	return out
}

// askOracle runs web/oracle.mjs once and gives its lines.
func askOracle(t *testing.T, input any) []oracleAnswer {
	t.Helper()
	var answers []oracleAnswer
	for line := range bytes.Lines(runNode(t, "oracle.mjs", input)) {
		var a oracleAnswer
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	return answers
}

// runNode runs a script of web/, with a file that holds the input unless that is nil.
func runNode(t *testing.T, script string, input any) []byte {
	t.Helper()
	if _, err := os.Stat("../web/node_modules/graphql/package.json"); err != nil {
		t.Fatal("graphql-js is missing: run `npm ci --prefix web`")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is missing: install it, then run `npm ci --prefix web`")
	}
	arguments := []string{"../web/" + script}
	if input != nil {
		text, err := json.Marshal(input)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "input.json")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, file)
	}
	out, err := exec.CommandContext(t.Context(), node, arguments...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		t.Fatalf("%s: %v\n%s", script, err, exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func schemaText(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func testSchema() *ast.Schema { return NewExecutableSchema(Config{}).Schema() }

// dumpKinds is the description as the oracle reads it.
func dumpKinds() []any {
	type field struct {
		Name   string `json:"name"`
		Search bool   `json:"search"`
		List   bool   `json:"list"`
	}
	type end struct {
		Name    string   `json:"name"`
		To      []string `json:"to"`
		Many    bool     `json:"many"`
		Edge    string   `json:"edge,omitempty"`
		Reverse bool     `json:"reverse"`
		Across  string   `json:"across,omitempty"`
		Union   []string `json:"union,omitempty"`
	}
	type kind struct {
		Name    string  `json:"name"`
		Prefix  string  `json:"prefix"`
		Plural  string  `json:"plural"`
		Element bool    `json:"element"`
		Fields  []field `json:"fields"`
		Ends    []end   `json:"ends"`
	}
	var all []any
	for _, k := range plan.Kinds() {
		d := kind{Name: k.Name, Prefix: k.Prefix, Plural: k.Plural, Element: k.Element()}
		for _, f := range k.Fields {
			d.Fields = append(d.Fields, field{f.Name, f.Search, f.Type == plan.Strings || f.Type == plan.Values})
		}
		for _, e := range k.Ends {
			out := end{Name: e.Name, Many: e.Many, Reverse: e.Reverse, Across: string(e.Across)}
			for _, to := range e.To {
				out.To = append(out.To, to.Name)
			}
			if e.Edge != nil {
				out.Edge = e.Edge.Name
			}
			for _, u := range e.Union {
				out.Union = append(out.Union, u.Name)
			}
			d.Ends = append(d.Ends, out)
		}
		all = append(all, d)
	}
	return all
}

// dumpObjects are the objects as the oracle reads them, with what is derived from quantities.
func dumpObjects(objects []plan.Object) []any {
	var all []any
	for _, o := range objects {
		k := plan.KindFor(o)
		fields, edges, quantities := map[string]any{}, map[string]any{}, map[string]any{}
		for _, f := range k.Fields {
			cell := f.Get(o)
			if text, ok := cell.(string); ok && (f.Type == plan.Strings || f.Type == plan.Values) {
				cell = json.RawMessage(text)
			}
			if cell != nil {
				fields[f.Name] = cell
			}
			if name, ok := strings.CutSuffix(f.Name, ".comparator"); ok && cell != nil {
				quantities[name] = dumpQuantity(k, o, name)
			}
		}
		for _, e := range k.Edges {
			if ids := e.Get(o); len(ids) > 0 {
				edges[e.Name] = ids
			}
		}
		all = append(all, map[string]any{
			"kind": k.Name, "id": o.Base().ID, "fields": fields, "edges": edges, "quantities": quantities,
		})
	}
	return all
}

func dumpQuantity(k *plan.Kind, o plan.Object, name string) any {
	q := k.Quantity(o, name)
	converted := map[string]any{}
	for _, unit := range datasetUnits {
		converted[unit] = nil
		if text, err := q.Converted(unit); err == nil {
			converted[unit] = text
		}
	}
	return map[string]any{"text": q.Chinese(), "notation": q.String(), "converted": converted}
}
