package neo4j_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/graph"
	"xianjie/internal/plan"
	"xianjie/internal/store"
	"xianjie/internal/store/storetest"
)

// hostile texts would change a statement, a search or a path if any became a part of one.
var hostile = [...]string{
	"' OR 1=1 //",
	`" OR true OR "`,
	"x' }) DETACH DELETE n //",
	"`) MATCH (m) DETACH DELETE m //",
	"') RETURN 1 UNION MATCH (m) SET m.title = '坏' RETURN m //",
	"\\' OR '1'='1",
	"\\u0027 OR true //",
	"/* 森林 */ -- 森林",
	"'; DROP TABLE plan; --",
	"森林* OR [a TO z] AND NOT (湿地~2",
	`+title:森林 && *:* || \"`,
	"$p0 {p0} n.id ${jndi:x}",
	"森林\x00' OR 1=1",
	"plan:nm-eco-14' OR 'a'='a",
	"%_森林%",
}

// equalUnderAttack gives hostile texts to every argument of the schema that takes a text: both stores
// answer alike, with no error but those about the input, and nothing is changed.
func equalUnderAttack(t *testing.T, ours, other store.Store) {
	var world plan.ChangeSet // so that there are objects of all kinds
	for _, o := range storetest.World(0) {
		world.Ops = append(world.Ops, plan.Op{Upsert: o})
	}
	for _, s := range []store.Store{ours, other} {
		if _, err := s.Apply(t.Context(), world); err != nil {
			t.Fatal(err)
		}
	}
	before, nodes := everything(t, ours), contents(t)
	askers := [2]graphql.GraphExecutor{executor(ours), executor(other)}
	found := 0
	for i, a := range everyText(t, before) {
		for _, text := range inTurn(a.texts, i) {
			vars := map[string]any{"v": a.value(text)}
			if a.id != "" {
				vars["id"] = string(a.id)
			}
			var answers [2]string
			for i, exec := range askers {
				answer, err := graph.Ask(t.Context(), exec, graph.Question{Query: a.document, Variables: vars})
				if err != nil && plan.CodeOf(err) != plan.BadUserInput && plan.CodeOf(err) != plan.NotFound {
					t.Errorf("%s of %q: %v", a.name, text, err)
				}
				answers[i] = string(answer)
			}
			if diff := cmp.Diff(answers[1], answers[0]); diff != "" {
				t.Errorf("%s of %q: -sqlite +neo4j\n%s", a.name, text, diff)
			}
			if strings.Contains(answers[0], `"id"`) {
				found++
			}
		}
	}
	if found == 0 {
		t.Error("nothing was found: no statement was reached")
	}
	if diff := cmp.Diff(before, everything(t, ours)); diff != "" {
		t.Errorf("the register was changed\n%s", diff)
	}
	if diff := cmp.Diff(nodes, contents(t)); diff != "" {
		t.Errorf("the database was changed\n%s", diff)
	}
}

// inTurn are a few of many texts, others at every turn: what is dangerous in one argument would be in the others that are compiled alike.
func inTurn(texts []string, turn int) []string {
	const few = 4
	if len(texts) <= few {
		return texts
	}
	some := make([]string, few)
	for i := range some {
		some[i] = texts[(turn*few+i)%len(texts)]
	}
	return some
}

// contents counts what the database holds.
func contents(t *testing.T) string {
	t.Helper()
	d, err := driver.NewDriverWithContext(server.URL, driver.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	var b strings.Builder
	for _, question := range []string{
		"MATCH (n) RETURN labels(n), count(*), sum(size(keys(n))) ORDER BY labels(n)",
		"MATCH ()-[r]->() RETURN type(r), count(*), sum(size(keys(r))) ORDER BY type(r)",
		"SHOW INDEXES YIELD name, labelsOrTypes, properties RETURN name, labelsOrTypes, properties ORDER BY name",
		"SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name",
		"SHOW USERS YIELD user RETURN user",
	} {
		result, err := driver.ExecuteQuery(t.Context(), d, question, nil, driver.EagerResultTransformer, driver.ExecuteQueryWithDatabase("neo4j"))
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range result.Records {
			fmt.Fprintln(&b, record.Values)
		}
	}
	return b.String()
}

// textArgument is a document with one variable for an argument that takes texts.
type textArgument struct {
	name, document string
	id             plan.ID               // of the object that has the field, "" at the root
	texts          []string              // to be tried
	value          func(text string) any // of the variable
}

// everyText are the arguments of all fields that can be asked. The database takes long to plan each
// structure of a filter, so that all texts are tried where the structure is the same, else one or two.
func everyText(t *testing.T, objects map[*plan.Kind][]plan.Object) []textArgument {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: graph.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	w := writer{schema, map[string]bool{}}
	var all []textArgument
	add := func(owner string, f *ast.FieldDefinition, id plan.ID, open, end string) {
		for _, arg := range f.Arguments {
			a := textArgument{name: fmt.Sprintf("%s.%s(%s)", owner, f.Name, arg.Name), id: id}
			head := "query($v: " + arg.Type.String()
			if id != "" {
				head += ", $id: ID!"
			}
			a.document = head + ") {" + open + f.Name + "(" + arg.Name + ": $v" + w.others(f, arg) + ")" + selected(schema, f.Type) + end + "}"
			for _, part := range w.parts(arg.Type, id != "") {
				a.texts, a.value = part.texts, part.value
				all = append(all, a)
			}
		}
	}
	for _, f := range schema.Query.Fields {
		add("Query", f, "", "", "")
	}
	for _, k := range plan.Kinds() {
		if len(objects[k]) == 0 {
			t.Fatalf("there is no %s", k.Name)
		}
		id := objects[k][0].Base().ID
		open := "node(id: $id) {... on " + k.Name + " {"
		for _, f := range schema.Types[k.Name].Fields {
			add(k.Name, f, id, open, "}}")
			embedded := schema.Types[f.Type.Name()]
			if embedded.Kind != ast.Object || len(f.Arguments) > 0 || plan.KindNamed(embedded.Name) != nil {
				continue
			}
			for _, inner := range embedded.Fields {
				add(embedded.Name, inner, id, open+f.Name+" {", "}}}")
			}
		}
	}
	if len(all) < 300 {
		t.Fatalf("found %d arguments, wanted all of the schema", len(all))
	}
	return all
}

// selected is a selection of what a field gives, its ids above all.
func selected(schema *ast.Schema, t *ast.Type) string {
	def := schema.Types[t.Name()]
	switch {
	case def.IsLeafType():
		return ""
	case strings.HasSuffix(def.Name, "Connection"):
		return " {totalCount nodes {id}}"
	case def.Fields.ForName("id") != nil:
		return " {id}"
	}
	return " {__typename}"
}

// writer fills arguments with texts.
type writer struct {
	schema   *ast.Schema
	followed map[string]bool // types of filters on what edges lead to: they say the same wherever they stand
}

// part is a way to fill an argument, and the texts to fill it with.
type part struct {
	texts []string
	value func(text string) any
}

// parts are the ways to fill an argument that give it an effect: none when it takes no text.
func (w writer) parts(t *ast.Type, brief bool) []part {
	def := w.schema.Types[t.Name()]
	some := hostile[:2]
	switch {
	case !isText(def) && def.Kind != ast.InputObject, strings.HasSuffix(def.Name, "Order"):
		return nil
	case brief:
		return []part{{some, func(text string) any { return w.value(t, text) }}}
	case def.Fields.ForName("or") == nil:
		return []part{{hostile[:], func(text string) any { return w.value(t, text) }}}
	}
	var parts []part
	var beside, along []func(string) any
	for _, f := range def.Fields {
		to := w.schema.Types[f.Type.Name()]
		member := func(text string) any { return map[string]any{f.Name: w.value(f.Type, text)} }
		switch {
		case to == def && slices.Contains([]string{"and", "or", "not"}, f.Name), !w.takesText(to):
		case f.Name == "text", isForm(to):
			parts = append(parts, part{some, member})
		case to.Fields.ForName("or") == nil && to.Fields.ForName("none") == nil:
			beside = append(beside, member)
		case !w.followed[to.Name]:
			w.followed[to.Name] = true
			along = append(along, member)
			if none := to.Fields.ForName("none"); none != nil {
				along = append(along, func(text string) any {
					return map[string]any{"not": map[string]any{f.Name: map[string]any{"none": w.value(none.Type, text)}}}
				})
			}
		}
	}
	parts = append(parts, part{hostile[:], anyOf(beside)})
	if along != nil {
		parts = append(parts, part{some[:1], anyOf(along)})
	}
	return parts
}

// anyOf is a filter for what passes any of the choices.
func anyOf(choices []func(string) any) func(string) any {
	return func(text string) any {
		list := make([]any, len(choices))
		for i, choice := range choices {
			list[i] = choice(text)
		}
		return map[string]any{"or": list}
	}
}

func isText(def *ast.Definition) bool { return def.Name == "String" || def.Name == "ID" }

// isForm is for filters of scalars that are written as texts of a form.
func isForm(def *ast.Definition) bool { return def.Name == "DateFilter" || def.Name == "DecimalFilter" }

func (w writer) takesText(def *ast.Definition) bool {
	return isText(def) || def.Kind == ast.InputObject && def.Name != "IntFilter"
}

// value has the text in it, at every place beside each other or, in a filter, in its code.
func (w writer) value(t *ast.Type, text string) any {
	if t.Elem != nil {
		return []any{w.value(t.Elem, text)}
	}
	def := w.schema.Types[t.NamedType]
	switch {
	case isText(def):
		return text
	case isForm(def):
		return map[string]any{"eq": text}
	case def.Name == "StringFilter":
		return map[string]any{"eq": text, "prefix": text, "in": []any{text}}
	case def.Fields.ForName("some") != nil:
		return map[string]any{"some": w.value(def.Fields.ForName("some").Type, text)}
	case def.Fields.ForName("code") != nil:
		return map[string]any{"code": map[string]any{"eq": text}}
	}
	return map[string]any{"id": []any{text}}
}

// others are further arguments: those that the field must have, and a small page.
func (w writer) others(f *ast.FieldDefinition, but *ast.ArgumentDefinition) string {
	var b strings.Builder
	for _, arg := range f.Arguments {
		def := w.schema.Types[arg.Type.Name()]
		switch {
		case arg == but:
		case arg.Name == "first" && but.Name != "before":
			b.WriteString(", first: 3")
		case !arg.Type.NonNull || arg.DefaultValue != nil:
		case def.Kind == ast.Enum:
			b.WriteString(", " + arg.Name + ": " + def.EnumValues[0].Name)
		default:
			text, _ := json.Marshal(w.value(arg.Type, "plan:nm-eco-14")) // a text, or a list of one
			b.WriteString(", " + arg.Name + ": " + string(text))
		}
	}
	return b.String()
}
