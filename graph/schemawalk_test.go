package graph

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
)

// schemaComplaints says where a schema and kinds differ, and what has no description.
func schemaComplaints(schema *ast.Schema, kinds []*plan.Kind) []string {
	w := &schemaWalk{schema: schema, kinds: kinds}
	w.descriptions()
	names := make([]string, len(kinds))
	root := members{}
	for i, k := range kinds {
		w.kind(k)
		names[i] = enumValue(k.Name)
		root[k.Plural] = k.Plural + pageArguments("", k.Name) + ": " + k.Name + "Connection!"
	}
	w.words("Kind", names)
	w.roots(root)
	w.changes()
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		isNode := slices.Contains(schema.Types[name].Interfaces, "Node") && schema.Types[name].Kind == ast.Object
		if isNode && !slices.ContainsFunc(kinds, func(k *plan.Kind) bool { return k.Name == name }) {
			w.complain("%s is a Node but no kind", name)
		}
	}
	return w.found
}

type schemaWalk struct {
	schema *ast.Schema
	kinds  []*plan.Kind
	found  []string
}

// members are the wanted members of a type by name, each as the schema writes it.
type members map[string]string

func (w *schemaWalk) complain(format string, args ...any) {
	w.found = append(w.found, fmt.Sprintf(format, args...))
}

func (w *schemaWalk) descriptions() {
	want := func(description, format string, args ...any) {
		if description == "" {
			w.complain(format+" has no description", args...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.schema.Types)) {
		def := w.schema.Types[name]
		if def.BuiltIn {
			continue
		}
		want(def.Description, "%s", name)
		for _, f := range visible(def) {
			want(f.Description, "%s.%s", name, f.Name)
			for _, a := range f.Arguments {
				want(a.Description, "%s.%s(%s)", name, f.Name, a.Name)
			}
		}
		for _, v := range def.EnumValues {
			want(v.Description, "%s.%s", name, v.Name)
		}
	}
}

func visible(def *ast.Definition) (fields []*ast.FieldDefinition) {
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			fields = append(fields, f)
		}
	}
	return fields
}

// signature is a field as the schema writes it: name(argument: Type = default): Type.
func signature(f *ast.FieldDefinition) string {
	var arguments []string
	for _, a := range f.Arguments {
		text := a.Name + ": " + a.Type.String()
		if a.DefaultValue != nil {
			text += " = " + a.DefaultValue.String()
		}
		arguments = append(arguments, text)
	}
	text := f.Name
	if arguments != nil {
		text += "(" + strings.Join(arguments, ", ") + ")"
	}
	text += ": " + f.Type.String()
	if f.DefaultValue != nil {
		text += " = " + f.DefaultValue.String()
	}
	return text
}

// compare holds the members of a type against the wanted ones.
func (w *schemaWalk) compare(typ string, want members) {
	def := w.schema.Types[typ]
	if def == nil {
		w.complain("%s is missing", typ)
		return
	}
	for _, f := range visible(def) {
		switch got := signature(f); {
		case want[f.Name] == "":
			w.complain("%s has %q, which is not in the model", typ, got)
		case got != want[f.Name]:
			w.complain("%s.%s is %q, wanted %q", typ, f.Name, got, want[f.Name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if def.Fields.ForName(name) == nil {
			w.complain("%s.%s is missing", typ, name)
		}
	}
}

func (w *schemaWalk) words(enum string, want []string) {
	def := w.schema.Types[enum]
	if def == nil || def.Kind != ast.Enum {
		w.complain("%s is no enum", enum)
		return
	}
	var got []string
	for _, v := range def.EnumValues {
		got = append(got, v.Name)
	}
	if !slices.Equal(got, want) {
		w.complain("%s has the words %v, wanted %v", enum, got, want)
	}
}

// roots holds the connections of Query against the wanted ones; what is computed is free.
func (w *schemaWalk) roots(want members) {
	want["search"] = "search(text: String!, kinds: [Kind!], first: Int, after: String, last: Int, before: String): SearchConnection!"
	for _, f := range visible(w.schema.Query) {
		if strings.HasSuffix(f.Type.Name(), "Connection") && want[f.Name] == "" {
			w.complain("Query has %q, which is not in the model", signature(f))
		}
	}
	for name, text := range want {
		f := w.schema.Query.Fields.ForName(name)
		if f == nil {
			w.complain("Query.%s is missing", name)
			continue
		}
		if got := signature(f); got != text {
			w.complain("Query.%s is %q, wanted %q", name, got, text)
		}
	}
}

func pageArguments(before, kind string) string {
	return fmt.Sprintf("(%sfilter: %sFilter, orderBy: %sOrder, first: Int, after: String, last: Int, before: String)", before, kind, kind)
}

func (w *schemaWalk) kind(k *plan.Kind) {
	def := w.schema.Types[k.Name]
	if def == nil {
		w.complain("%s is missing", k.Name)
		return
	}
	interfaces := []string{"Node"}
	if owner := k.Owner(); owner != nil && owner.To[0].Name == "Plan" {
		interfaces = append(interfaces, "Element")
	}
	if !slices.Equal(def.Interfaces, interfaces) {
		w.complain("%s implements %v, wanted %v", k.Name, def.Interfaces, interfaces)
	}
	w.object(k, def, "")
	w.compare(k.Name+"Connection", members{
		"edges": "edges: [" + k.Name + "Edge!]!", "nodes": "nodes: [" + k.Name + "!]!",
		"pageInfo": "pageInfo: PageInfo!", "totalCount": "totalCount: Int!",
	})
	w.compare(k.Name+"Edge", members{"cursor": "cursor: String!", "node": "node: " + k.Name + "!"})
	w.compare(k.Name+"Relation", members{"some": "some: " + k.Name + "Filter", "none": "none: " + k.Name + "Filter"})
	w.compare(k.Name+"Order", members{
		"field": "field: " + k.Name + "OrderField!", "direction": "direction: OrderDirection! = ASC",
	})
	by := []string{"ID"}
	for _, f := range k.Fields {
		if f.Index {
			by = append(by, enumValue(f.Name))
		}
	}
	w.words(k.Name+"OrderField", by)
	w.filter(k)
}

// object checks the type of a kind, or of a value object within it, whose members have the prefix.
func (w *schemaWalk) object(k *plan.Kind, def *ast.Definition, prefix string) {
	want := members{}
	first := true
	for _, f := range k.Fields {
		name, ok := strings.CutPrefix(f.Name, prefix)
		if !ok {
			continue
		}
		if group, _, deeper := strings.Cut(name, "."); deeper {
			if want[group] == "" {
				want[group] = w.group(k, def, prefix+group, f.Required)
			}
			continue
		}
		want[name] = name + ": " + w.fieldType(f, def.Fields.ForName(name), first && prefix != "")
		first = false
	}
	for _, e := range k.Ends {
		name, ok := strings.CutPrefix(e.Name, prefix)
		if !ok || strings.Contains(name, ".") || name == "linksOut" || name == "linksIn" {
			continue
		}
		want[name] = name + endType(e)
	}
	if def.Name == "Quantity" {
		want["text"], want["notation"] = "text: String!", "notation: String!"
		want["converted"] = "converted(unit: String!): String"
	}
	w.compare(def.Name, want)
}

// group is a value object as a member.
func (w *schemaWalk) group(k *plan.Kind, in *ast.Definition, name string, required bool) string {
	f := in.Fields.ForName(name)
	if f == nil {
		return name + ": an object"
	}
	def := w.schema.Types[f.Type.Name()]
	w.object(k, def, name+".")
	return name + ": " + def.Name + strings.Repeat("!", btoi(required))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fieldType is the type that a stored field has in the schema. The names of enums and of lists of
// objects are the schema's; what they hold is checked. A value object's first member decides
// whether the whole is there, so it is never null.
func (w *schemaWalk) fieldType(f *plan.Field, got *ast.FieldDefinition, decides bool) string {
	given := "nothing"
	if got != nil {
		given = got.Type.Name()
	}
	required := f.Required || f.Type == plan.Bool || decides || slices.Contains([]string{"id", "code", "version", "createdAt", "updatedAt"}, f.Name)
	name := ""
	switch {
	case f.Name == "id":
		name = "ID"
	case f.Enum != nil:
		name = given
		w.words(name, f.Enum)
	case f.Date:
		name = "Date"
	case f.Type == plan.Strings && strings.HasSuffix(f.Name, "Ids"):
		return "[ID!]!"
	case f.Type == plan.Strings:
		return "[String!]!"
	case f.Type == plan.Values:
		w.values(given, f.Name)
		return "[" + given + "!]!"
	default:
		name = map[plan.Type]string{
			plan.String: "String", plan.Int: "Int", plan.Bool: "Boolean", plan.Time: "DateTime", plan.Decimal: "Decimal",
		}[f.Type]
	}
	return name + strings.Repeat("!", btoi(required))
}

// values holds the type of a list of value objects against the struct that its JSON is made of.
func (w *schemaWalk) values(typ, field string) {
	for sf := range reflect.TypeFor[plan.Finding]().Fields() {
		if name, _, _ := strings.Cut(sf.Tag.Get("xj"), ","); name == field {
			w.value(typ, sf.Type.Elem())
		}
	}
}

func (w *schemaWalk) value(typ string, of reflect.Type) {
	def := w.schema.Types[typ]
	if def == nil || def.Kind != ast.Object {
		w.complain("%s is no type of objects", typ)
		return
	}
	stored := map[string]bool{}
	for sf := range of.Fields() {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		stored[name] = true
		f := def.Fields.ForName(name)
		if f == nil {
			w.complain("%s.%s is missing", typ, name)
			continue
		}
		if sf.Type.Kind() == reflect.Struct {
			w.value(f.Type.Name(), sf.Type)
		}
	}
	for _, f := range visible(def) {
		if !stored[f.Name] && f.Type.NonNull {
			w.complain("%s.%s is required, but not in the model", typ, f.Name)
		}
	}
}

// endType is the type that a walk has in the schema, with its arguments.
func endType(e *plan.End) string {
	name := "Node"
	if len(e.To) == 1 {
		name = e.To[0].Name
	}
	owned := e.Edge != nil && !e.Reverse
	switch {
	case owned && e.Many:
		return ": [" + name + "!]!"
	case owned:
		return ": " + name + strings.Repeat("!", btoi(e.Edge.Required))
	case e.Union != nil:
		return pageArguments("direction: LinkDirection = BOTH, types: [LinkType!], ", name) + ": " + name + "Connection!"
	}
	return pageArguments("", name) + ": " + name + "Connection!"
}

func (w *schemaWalk) filter(k *plan.Kind) {
	name := k.Name + "Filter"
	want := members{"and": "and: [" + name + "!]", "or": "or: [" + name + "!]", "not": "not: " + name, "id": "id: [ID!]"}
	for _, f := range k.Fields {
		if f.Search {
			want["text"] = "text: String"
		}
	}
	for _, f := range k.Fields {
		switch {
		case !f.Index:
		case f.Enum != nil:
			want[f.Name] = f.Name + ": [" + w.schema.Types[k.Name].Fields.ForName(f.Name).Type.Name() + "!]"
		case f.Date:
			want[f.Name] = f.Name + ": DateFilter"
		case f.Type == plan.Int:
			want[f.Name] = f.Name + ": IntFilter"
		default:
			want[f.Name] = f.Name + ": StringFilter"
		}
	}
	for _, e := range k.Ends {
		if e.Union != nil || strings.Contains(e.Name, ".") {
			continue
		}
		to, suffix := "Node", "Filter"
		if len(e.To) == 1 {
			to = e.To[0].Name
		}
		if e.Many {
			suffix = "Relation"
		}
		want[e.Name] = e.Name + ": " + to + suffix
	}
	w.compare(name, want)
}

// changes holds the inputs of changes, and the mutations that take them, against the kinds.
func (w *schemaWalk) changes() {
	change := members{"remove": "remove: ID", "cascade": "cascade: Boolean = false", "expectedVersion": "expectedVersion: Int"}
	for _, k := range w.kinds {
		if k.Name == "Finding" { // the rules report it
			continue
		}
		w.input(k)
		member := strings.ToLower(k.Name[:1]) + k.Name[1:]
		change[member] = member + ": " + k.Name + "Input"
		want := "upsert" + k.Name + "(input: " + k.Name + "Input!, expectedVersion: Int, idempotencyKey: String, by: String, note: String): Changed!"
		f := w.schema.Mutation.Fields.ForName("upsert" + k.Name)
		if f == nil || signature(f) != want {
			w.complain("Mutation has not %q", want)
		}
	}
	w.compare("ChangeInput", change)
}

// input is an object as it shall be: what the store sets and the register notes is left out, quantities are text, references ids.
func (w *schemaWalk) input(k *plan.Kind) {
	want := members{"id": "id: ID" + strings.Repeat("!", btoi(k.Name != "Link"))}
	for _, f := range k.Fields {
		if f.Noted || slices.Contains([]string{"id", "code", "version", "createdAt", "updatedAt"}, f.Name) {
			continue
		}
		normalized := f.Name == "nature" || f.Name == "state"
		required := strings.Repeat("!", btoi(f.Required && !normalized))
		group, _, inGroup := strings.Cut(f.Name, ".")
		out := w.schema.Types[k.Name].Fields.ForName(group)
		switch {
		case out == nil: // the walk over the kind says so
		case inGroup && out.Type.Name() == "Source":
			want[group] = group + ": SourceInput"
		case inGroup && want[group] == "":
			want[group] = group + ": String" + required
		case inGroup:
		case f.Type == plan.Strings:
			want[f.Name] = f.Name + ": [String!]"
		case f.Type == plan.Bool:
			want[f.Name] = f.Name + ": Boolean = false"
		default:
			want[f.Name] = f.Name + ": " + out.Type.Name() + required
		}
	}
	for _, e := range k.Edges {
		typ := "ID"
		if e.Many {
			typ = "[ID!]"
		}
		want[e.Name] = e.Name + ": " + typ + strings.Repeat("!", btoi(e.Required))
	}
	w.compare(k.Name+"Input", want)
}
