package graph

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"xianjie/internal/plan"
)

// edgeFields counts what a request may cost: the fields, after merging, that give stored objects.
// One that may give several kinds counts once for each, since each has a table of its own. It knows
// nothing of the data.
func edgeFields(t testing.TB, schema *ast.Schema, r request) int64 {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(schema, r.Query, rules.NewDefaultRules())
	if errs != nil {
		t.Fatal(errs)
	}
	variables, err := validator.VariableValues(schema, doc.Operations[0], r.Variables)
	if err != nil {
		t.Fatal(err)
	}
	c := edgeCounter{&builder{schema: schema, variables: variables}}
	return c.members("Query", []ast.SelectionSet{doc.Operations[0].SelectionSet})
}

type edgeCounter struct{ *builder }

// members counts what is selected of a type.
func (c edgeCounter) members(typ string, sets []ast.SelectionSet) (n int64) {
	for _, f := range c.collect(sets, typ) {
		n += c.field(f)
	}
	return n
}

func (c edgeCounter) field(f collected) int64 {
	typ := f.Definition.Type.Name()
	if item, ok := strings.CutSuffix(typ, "Connection"); ok {
		return c.connection(c.possible(strings.Replace(item, "Search", "Node", 1)), f)
	}
	if kinds := c.possible(typ); kinds != nil {
		return c.objects(kinds, f.sets) + int64(len(kinds))
	}
	if c.schema.Types[typ].Kind == ast.Object {
		return c.members(typ, f.sets)
	}
	return 0
}

func (c edgeCounter) connection(kinds []*plan.Kind, f collected) int64 {
	n := int64(len(kinds))
	for _, part := range c.collect(f.sets, f.Definition.Type.Name()) {
		switch part.Name {
		case "nodes":
			n += c.objects(kinds, part.sets)
		case "edges":
			for _, m := range c.collect(part.sets, part.Definition.Type.Name()) {
				if m.Name == "node" {
					n += c.objects(kinds, m.sets)
				}
			}
		}
	}
	return n
}

func (c edgeCounter) objects(kinds []*plan.Kind, sets []ast.SelectionSet) (n int64) {
	for _, k := range kinds {
		n += c.members(k.Name, sets)
	}
	return n
}
