package graph

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"xianjie/internal/plan"
)

// request is an operation with its variables.
type request struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
}

// generator makes random valid queries over the stored part of the schema.
type generator struct {
	*dataset
	variables map[string]any
	declared  []string
	fragments []fragment
	aliases   int
	fields    int // left in this query
}

type fragment struct{ name, on, text string }

// maxFields bounds a query below what the parser takes.
const maxFields = 60

// requests makes n queries that the validator takes. What it refuses are fields of one name that
// cannot merge, such as the type of a region and of a zone.
func (d *dataset) requests(t testing.TB, seed uint64, n int) []request {
	t.Helper()
	g := &generator{dataset: d}
	g.rng = rand.New(rand.NewPCG(seed, 2))
	var all []request
	refused := 0
	for len(all) < n {
		r := g.request()
		if _, errs := gqlparser.LoadQueryWithRules(d.schema, r.Query, rules.NewDefaultRules()); errs != nil {
			if refused++; refused > n {
				t.Fatalf("most generated queries are not valid, the last one since %v:\n%s", errs, r.Query)
			}
			continue
		}
		all = append(all, r)
	}
	return all
}

func (g *generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

func (g *generator) request() request {
	g.variables, g.declared, g.fragments, g.aliases = map[string]any{}, nil, nil, 0
	g.fields = 5 + g.rng.IntN(maxFields-5)
	var b strings.Builder
	for range 1 + g.rng.IntN(10)/7 {
		root := g.root()
		if g.chance(10) {
			root = "... on Query" + g.directive() + " {" + root + "}"
		}
		b.WriteString(root + " ")
	}
	if g.chance(5) {
		b.WriteString("__typename ")
	}
	text := "query Q"
	if len(g.declared) > 0 {
		text += "(" + strings.Join(g.declared, ", ") + ")"
	}
	text += " {" + b.String() + "}"
	for _, f := range g.fragments {
		text += "\nfragment " + f.name + " on " + f.on + " {" + f.text + "}"
	}
	return request{Query: text, Variables: g.variables}
}

// root is a field of Query that the reader answers.
func (g *generator) root() string {
	names := []string{"node", "nodes", "plan", "search"}
	for _, k := range plan.Kinds() {
		names = append(names, k.Plural)
	}
	name := pick(g.rng, names)
	if g.chance(30) {
		name = pick(g.rng, names[:3])
	}
	return g.field(g.schema.Types["Query"].Fields.ForName(name), nil, 1)
}

// field is a field with alias, arguments, directives and selections; sometimes it stands twice
// with different selections.
func (g *generator) field(def *ast.FieldDefinition, of []*plan.Kind, depth int) string {
	g.fields--
	arguments := g.arguments(def)
	head := def.Name + arguments
	if g.chance(20) || arguments != "" && g.chance(80) {
		g.aliases++
		head = fmt.Sprintf("%s%d: %s", pick(g.rng, []string{"a", "_x", "Z"}), g.aliases, head)
	}
	inner := g.schema.Types[def.Type.Name()]
	if inner.IsLeafType() {
		return head + g.directive()
	}
	text := head + g.directive() + g.selections(inner, depth)
	if g.chance(12) {
		text += " " + head + g.directive() + g.selections(inner, depth)
	}
	return text
}

func (g *generator) selections(def *ast.Definition, depth int) string {
	return " {" + g.selection(def, depth+1) + "}"
}

// maxDepth is where only leaves are selected any more.
const maxDepth = 9

func (g *generator) selection(def *ast.Definition, depth int) string {
	var parts []string
	for range 1 + g.rng.IntN(4) {
		parts = append(parts, g.part(def, depth))
	}
	return strings.Join(parts, " ")
}

func (g *generator) part(def *ast.Definition, depth int) string {
	switch {
	case g.chance(6):
		return "__typename"
	case g.fields <= 0 || depth > maxDepth:
		return g.leaf(def)
	case def.IsAbstractType() && g.chance(70) || g.chance(8):
		return g.fragment(def, depth)
	}
	fields := selectable(def)
	f := pick(g.rng, fields)
	for i := 0; i < 2 && g.schema.Types[f.Type.Name()].IsLeafType(); i++ {
		f = pick(g.rng, fields) // rather something that goes on
	}
	return g.field(f, plan.Kinds(), depth)
}

// leaf ends a branch.
func (g *generator) leaf(def *ast.Definition) string {
	var leaves []*ast.FieldDefinition
	for _, f := range selectable(def) {
		if g.schema.Types[f.Type.Name()].IsLeafType() {
			leaves = append(leaves, f)
		}
	}
	if len(leaves) == 0 {
		return "__typename"
	}
	return g.field(pick(g.rng, leaves), nil, maxDepth)
}

func selectable(def *ast.Definition) (fields []*ast.FieldDefinition) {
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			fields = append(fields, f)
		}
	}
	return fields
}

// fragment is an inline or named fragment on the type, on one of its interfaces, or on a type that
// the interface may be of.
func (g *generator) fragment(def *ast.Definition, depth int) string {
	conditions := append([]string{def.Name}, def.Interfaces...)
	if def.IsAbstractType() {
		for _, d := range g.schema.PossibleTypes[def.Name] {
			conditions = append(conditions, d.Name)
		}
		conditions = append(conditions, "Node", "Element", "Plan", "Target")
	}
	on := pick(g.rng, conditions)
	text := g.selection(g.schema.Types[on], depth)
	if def.IsAbstractType() && g.chance(50) {
		text += " " + g.part(g.schema.Types[on], depth)
	}
	switch {
	case g.chance(70):
		return "... on " + on + g.directive() + " {" + text + "}"
	case on == def.Name && g.chance(30):
		return "..." + g.directive() + " {" + text + "}"
	}
	for _, f := range g.fragments {
		if f.on == on && g.chance(50) {
			return "..." + f.name + g.directive()
		}
	}
	name := fmt.Sprintf("F%d", len(g.fragments))
	g.fragments = append(g.fragments, fragment{name, on, text})
	spread := "..." + name + g.directive()
	if g.chance(20) {
		spread += " " + spread
	}
	return spread
}

func (g *generator) directive() string {
	if !g.chance(8) {
		return ""
	}
	text := ""
	for _, name := range []string{"skip", "include"} {
		if g.chance(60) {
			text += " @" + name + "(if: " + g.condition(name == "include") + ")"
		}
	}
	return text
}

// condition is a truth value, mostly the given one: a literal, a variable, or the default of one
// that has no value.
func (g *generator) condition(mostly bool) string {
	value := mostly != g.chance(30)
	switch g.rng.IntN(3) {
	case 0:
		return fmt.Sprint(value)
	case 1:
		return g.variable("Boolean!", value)
	}
	name := fmt.Sprintf("$v%d", len(g.declared))
	g.declared = append(g.declared, fmt.Sprintf("%s: Boolean = %t", name, value))
	return name
}

func (g *generator) variable(typ string, value any) string {
	name := fmt.Sprintf("v%d", len(g.declared))
	g.declared = append(g.declared, "$"+name+": "+typ)
	g.variables[name] = plain(value)
	return "$" + name
}
