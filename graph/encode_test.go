package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// row is an object as a store might give it, whole or not: cells by field, objects by end.
type row struct {
	kind  string
	cells map[string]any
	ends  map[string][]row
}

// levelOf makes the level of a selection from the rows of each parent, nil rows for missing ones.
func levelOf(sel *query.Selection, parents [][]*row) *query.Level {
	l := &query.Level{Selection: sel, Start: []int32{0}}
	below := make([][][][]*row, len(sel.Of)) // by kind, child and row
	for i := range sel.Of {
		l.Tables = append(l.Tables, query.NewTable(&sel.Of[i]))
		below[i] = make([][][]*row, len(sel.Of[i].Children))
	}
	for _, rows := range parents {
		for _, r := range rows {
			item := query.Missing
			if r != nil {
				i := slices.IndexFunc(sel.Of, func(s query.Shape) bool { return s.Kind.Name == r.kind })
				item = query.Item{Table: int32(i), Row: appendRow(l.Tables[i], r)}
				for c, child := range sel.Of[i].Children {
					below[i][c] = append(below[i][c], pointers(r.ends[child.Via.Name]))
				}
			}
			l.Items = append(l.Items, item)
		}
		l.Start = append(l.Start, int32(len(l.Items)))
		l.Totals = append(l.Totals, int64(len(rows)))
	}
	for i := range sel.Of {
		for c, child := range sel.Of[i].Children {
			l.Tables[i].Children = append(l.Tables[i].Children, levelOf(child, below[i][c]))
		}
	}
	return l
}

func pointers(rows []row) []*row {
	all := make([]*row, len(rows))
	for i := range rows {
		all[i] = &rows[i]
	}
	return all
}

func appendRow(t *query.Table, r *row) int32 {
	for _, f := range t.Shape.Columns {
		switch v := r.cells[f.Name].(type) {
		case nil:
			t.AppendNull()
		case string:
			t.AppendText(v)
		case int:
			t.AppendInt(int64(v))
		case bool:
			t.AppendBool(v)
		}
	}
	return t.EndRow()
}

// encodeRows answers the first root field of a query with the rows.
func encodeRows(t *testing.T, text string, rows ...*row) (string, gqlerror.List) {
	t.Helper()
	schema := testSchema()
	doc, errs := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	b := &builder{schema: schema}
	f := b.collect([]ast.SelectionSet{doc.Operations[0].SelectionSet}, "Query")[0]
	kind, _ := storedRoot(f.Definition)
	sel, out, err := b.root(kind, f)
	if err != nil {
		t.Fatal(err)
	}
	e := &encoder{path: []step{{name: f.Alias}}}
	if e.settle(out(e, levelOf(sel, [][]*row{rows})), f.Definition.Type.NonNull) == failed {
		return "failed", e.errs
	}
	return string(e.buf), e.errs
}

func TestNulls(t *testing.T) {
	const missing = "must not be null: the register holds no value for it"
	good := &row{kind: "Plan", cells: map[string]any{"title": "a", "code": "a"}}
	untitled := &row{kind: "Plan", cells: map[string]any{"code": "b"}}
	for _, c := range []struct {
		name, query string
		rows        []*row
		want        string
		errors      []string // path: message
	}{
		{
			name: "object that is not there", query: `{plan(id:"plan:a"){title}}`,
			rows: []*row{nil}, want: `null`,
		},
		{
			name: "value that is not stated", query: `{plan(id:"plan:a"){title series aliases}}`,
			rows: []*row{good}, want: `{"title":"a","series":null,"aliases":[]}`,
		},
		{
			name: "required value missing nulls the object", query: `{p:plan(id:"plan:a"){code t:title}}`,
			rows: []*row{untitled}, want: `null`, errors: []string{`["p","t"]: ` + missing},
		},
		{
			name: "only the first of several is reported", query: `{plan(id:"plan:a"){code title level form}}`,
			rows: []*row{untitled}, want: `null`, errors: []string{`["plan","title"]: ` + missing},
		},
		{
			name: "a list of nullable objects keeps the others", query: `{nodes(ids:["plan:a","plan:b","plan:c","plan:a"]){... on Plan{title}}}`,
			rows: []*row{good, untitled, nil, good}, want: `[{"title":"a"},null,null,{"title":"a"}]`,
			errors: []string{`["nodes",1,"title"]: ` + missing},
		},
		{
			name: "a page of required objects fails", query: `{plans{nodes{title}}}`,
			rows: []*row{good, untitled, untitled}, want: `failed`, errors: []string{`["plans","nodes",1,"title"]: ` + missing},
		},
		{
			name: "edges of a page", query: `{p:plans{e:edges{n:node{title}}}}`,
			rows: []*row{good, untitled}, want: `failed`, errors: []string{`["p","e",1,"n","title"]: ` + missing},
		},
		{
			name: "required object missing", query: `{plan(id:"plan:a"){title region{name}}}`,
			rows: []*row{good}, want: `null`, errors: []string{`["plan","region"]: ` + missing},
		},
		{
			name: "null stops at the nearest nullable object", query: `{task:node(id:"task:a/1"){... on Task{code section{plan{title}} parent{code}}}}`,
			rows: []*row{{
				kind: "Task", cells: map[string]any{"code": "1"}, ends: map[string][]row{
					"section": {{kind: "Section", ends: map[string][]row{"plan": {*untitled}}}},
					"parent":  {{kind: "Task", cells: map[string]any{"code": "0"}}},
				},
			}},
			want: `{"code":"1","section":null,"parent":{"code":"0"}}`, errors: []string{`["task","section","plan","title"]: ` + missing},
		},
		{
			name: "list of an edge", query: `{node(id:"task:a/1"){... on Task{leads{name}}}}`,
			rows: []*row{{kind: "Task", ends: map[string][]row{"leads": {
				{kind: "Organization", cells: map[string]any{"name": "x"}}, {kind: "Organization"},
			}}}},
			want: `null`, errors: []string{`["node","leads",1,"name"]: ` + missing},
		},
		{
			name: "value object that is not there", query: `{plan(id:"plan:a"){source{document}}}`,
			rows: []*row{good}, want: `{"source":null}`,
		},
		{
			name: "value object without its optional members", query: `{plan(id:"plan:a"){source{ref document}}}`,
			rows: []*row{{kind: "Plan", cells: map[string]any{"source.ref": "I1"}}}, want: `{"source":{"ref":"I1","document":null}}`,
		},
		{
			name: "required value object missing", query: `{node(id:"target:a/1"){... on Target{quantity{value}}}}`,
			rows: []*row{{kind: "Target"}}, want: `null`, errors: []string{`["node","quantity"]: ` + missing},
		},
		{
			name: "stored number that is none", query: `{node(id:"target:a/1"){... on Target{quantity{text}}}}`,
			rows: []*row{{kind: "Target", cells: map[string]any{"quantity.comparator": "GE", "quantity.value": "x", "quantity.aspirational": false}}},
			want: `null`, errors: []string{`["node","quantity","text"]: is not readable: quantity.value: `},
		},
		{
			name: "stored list that is none", query: `{node(id:"finding:a"){... on Finding{evidence{object}}}}`,
			rows: []*row{{kind: "Finding", cells: map[string]any{"evidence": `{`}}},
			want: `null`, errors: []string{`["node","evidence"]: is not readable: the register holds no list of objects`},
		},
		{
			name: "member of a stored list missing", query: `{node(id:"finding:a"){... on Finding{evidence{object c:converted}}}}`,
			rows: []*row{{kind: "Finding", cells: map[string]any{"evidence": `[{"object":"plan:a"},{"converted":"1"}]`}}},
			want: `null`, errors: []string{`["node","evidence",1,"object"]: ` + missing},
		},
		{
			name: "object within a stored list nulls itself", query: `{node(id:"finding:a"){... on Finding{explanation{step citation{law assumption}}}}}`,
			rows: []*row{{kind: "Finding", cells: map[string]any{"explanation": `[{"step":"NORM","citation":{"article":"1"}},{"step":"RULE","citation":{"law":"x"}},{"step":"FACTS","citation":7}]`}}},
			want: `{"explanation":[{"step":"NORM","citation":null},{"step":"RULE","citation":{"law":"x","assumption":false}},{"step":"FACTS","citation":null}]}`,
			errors: []string{
				`["node","explanation",0,"citation","law"]: ` + missing,
				`["node","explanation",2,"citation"]: is not readable: the register holds no object`,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, errs := encodeRows(t, c.query, c.rows...)
			if got != c.want {
				t.Errorf("data %s, wanted %s", got, c.want)
			}
			if len(errs) != len(c.errors) {
				t.Fatalf("errors %v, wanted %q", errs, c.errors)
			}
			for i, err := range errs {
				path, _ := json.Marshal(err.Path)
				if text := fmt.Sprintf("%s: %s", path, err.Message); !strings.HasPrefix(text, c.errors[i]) {
					t.Errorf("error %s, wanted %s", text, c.errors[i])
				}
				if err.Extensions["code"] != string(plan.Internal) {
					t.Errorf("code %v of %v, wanted %s", err.Extensions["code"], err, plan.Internal)
				}
			}
		})
	}
}

func TestErrorsOfAFieldAreCapped(t *testing.T) {
	ids := make([]string, 100)
	rows := make([]*row, len(ids))
	for i := range ids {
		ids[i] = fmt.Sprintf("plan:%d", i)
		rows[i] = &row{kind: "Plan"}
	}
	list, _ := json.Marshal(ids)
	got, errs := encodeRows(t, `{nodes(ids:`+string(list)+`){... on Plan{title}}}`, rows...)
	if want := "[" + strings.Repeat("null,", len(ids)-1) + "null]"; got != want {
		t.Errorf("data %s, wanted %s", got, want)
	}
	if len(errs) != maxErrors {
		t.Errorf("%d errors, wanted %d", len(errs), maxErrors)
	}
}

// Every text comes back from its JSON, which is the shortest there is.
func FuzzQuoted(f *testing.F) {
	for _, text := range datasetTexts {
		f.Add(text)
	}
	f.Add("")
	f.Add("\x00\x0b\x0e\x7f\u0080\ufeff\U0010ffff")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // no store keeps it
		}
		got := appendQuoted([]byte("x"), text)[1:]
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != text {
			t.Fatalf("%q became %s: %q, %v", text, got, back, err)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(text); err != nil {
			t.Fatal(err)
		}
		if shortest := unescaped(bytes.TrimSpace(want.Bytes())); !bytes.Equal(got, shortest) {
			t.Errorf("%q became %s, wanted %s", text, got, shortest)
		}
	})
}
