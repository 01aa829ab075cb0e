package graph

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// A generated value is nil, bool, int, string, word, a list or an object.
type (
	word        string // of an enum
	listValue   []any
	objectValue []memberValue
	memberValue struct {
		name  string
		value any
	}
)

// literal writes a value into a document.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(text)
	case listValue:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = literal(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case objectValue:
		members := make([]string, len(v))
		for i, m := range v {
			members[i] = m.name + ": " + literal(m.value)
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// plain is a value as the JSON of variables has it.
func plain(v any) any {
	switch v := v.(type) {
	case word:
		return string(v)
	case listValue:
		items := make([]any, len(v))
		for i, item := range v {
			items[i] = plain(item)
		}
		return items
	case objectValue:
		members := map[string]any{}
		for _, m := range v {
			members[m.name] = plain(m.value)
		}
		return members
	}
	return v
}

// arguments are those of a field, "" for none. Each may come through a variable.
func (g *generator) arguments(def *ast.FieldDefinition) string {
	values := map[string]any{}
	switch name, ok := strings.CutSuffix(def.Type.Name(), "Connection"); {
	case ok:
		g.page(def, plan.KindNamed(name), values)
	case def.Name == "converted":
		values["unit"] = pick(g.rng, datasetUnits)
	}
	for _, a := range def.Arguments {
		switch a.Name {
		case "id":
			values["id"] = g.id(def.Type.Name())
		case "ids":
			ids := listValue{}
			for range g.rng.IntN(8) {
				ids = append(ids, g.id("Node"))
			}
			values["ids"] = ids
		}
	}
	var texts []string
	for _, a := range def.Arguments {
		value, ok := values[a.Name]
		if !ok {
			if g.chance(3) && !a.Type.NonNull {
				texts = append(texts, a.Name+": "+g.absent(a.Type))
			}
			continue
		}
		text := literal(value)
		if g.chance(30) {
			text = g.variable(a.Type.String(), value)
		} else if l, ok := value.(listValue); ok && len(l) == 1 && g.chance(50) {
			text = literal(l[0]) // one value may stand for the list of it
		}
		texts = append(texts, a.Name+": "+text)
	}
	if texts == nil {
		return ""
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// absent is null, or a variable without a value.
func (g *generator) absent(t *ast.Type) string {
	if g.chance(50) {
		return "null"
	}
	name := fmt.Sprintf("$v%d", len(g.declared))
	g.declared = append(g.declared, name+": "+t.String())
	return name
}

func (g *generator) id(typ string) string {
	kinds := plan.Kinds()
	if k := plan.KindNamed(typ); k != nil && g.chance(85) {
		kinds = []*plan.Kind{k}
	}
	if g.chance(10) {
		return pick(g.rng, []string{"plan:none", "", "x", "task:a/b/c", "unknown:1", "plan:'--", "链"})
	}
	return string(g.some(kinds).Base().ID)
}

// page fills the arguments of a connection of a kind, or of a search when kind is nil.
func (g *generator) page(def *ast.FieldDefinition, kind *plan.Kind, values map[string]any) {
	kinds := plan.Kinds()
	var order []query.Order
	if kind != nil {
		kinds = []*plan.Kind{kind}
		order = query.DefaultOrder(g.walk(def), kind)
		if g.chance(35) {
			values["filter"] = g.filter(kind, 3)
		}
		if g.chance(30) {
			values["orderBy"], order = g.order(kind)
		}
	} else {
		values["text"] = g.words()
		if g.chance(40) {
			list, named := g.kinds()
			values["kinds"], kinds = list, named
		}
	}
	if def.Arguments.ForName("direction") != nil && g.chance(60) {
		values["direction"] = word(pick(g.rng, []string{"OUT", "IN", "BOTH"}))
	}
	if def.Arguments.ForName("types") != nil && g.chance(30) {
		values["types"] = g.someWords(plan.LinkType("").Values())
	}
	if g.chance(40) {
		values[pick(g.rng, []string{"first", "last"})] = 1 + g.rng.IntN(6)
	}
	for _, name := range []string{"after", "before"} {
		if g.chance(15) {
			values[name] = g.cursor(kinds, order)
		}
	}
}

// walk is the walk that a field stands for, nil at the root.
func (g *generator) walk(def *ast.FieldDefinition) *plan.End {
	for _, k := range plan.Kinds() {
		if g.schema.Types[k.Name].Fields.ForName(def.Name) == def {
			return k.End(def.Name)
		}
	}
	return nil
}

func (g *generator) cursor(kinds []*plan.Kind, order []query.Order) string {
	if len(kinds) == 0 {
		kinds = plan.Kinds()
	}
	o := g.some(kinds)
	p := query.Position{ID: o.Base().ID}
	for _, by := range order {
		p.Values = append(p.Values, by.Field.Get(o))
	}
	return p.Cursor()
}

func (g *generator) order(k *plan.Kind) (any, []query.Order) {
	var by []*plan.Field
	for _, f := range k.Fields {
		if f.Index || f.Name == "id" {
			by = append(by, f)
		}
	}
	f := pick(g.rng, by)
	value := objectValue{{"field", word(enumValue(f.Name))}}
	desc := g.chance(50)
	if desc {
		value = append(value, memberValue{"direction", word("DESC")})
	}
	return value, []query.Order{{Field: f, Desc: desc}}
}

// words are a text to search for, often from a stored one.
func (g *generator) words() string {
	switch g.rng.IntN(4) {
	case 0:
		return pick(g.rng, []string{"森林", "湿地", "覆盖", "林", "综合 草原", "森 abc", "ABC123", "forest", "　湿地 保护率", "", "*", `"a" OR b`, "盖率 到", "率达到23 年"})
	case 1:
		return pick(g.rng, datasetTexts[:9])
	}
	runes := []rune(pick(g.rng, datasetTexts[:9]))
	from := g.rng.IntN(len(runes))
	return string(runes[from:min(len(runes), from+1+g.rng.IntN(4))])
}

func (g *generator) someWords(values []string) listValue {
	list := listValue{}
	for range g.rng.IntN(4) {
		list = append(list, word(pick(g.rng, values)))
	}
	return list
}

func (g *generator) kinds() (list listValue, named []*plan.Kind) {
	list = listValue{}
	for range g.rng.IntN(4) {
		k := pick(g.rng, plan.Kinds())
		list = append(list, word(enumValue(k.Name)))
		if !slices.Contains(named, k) {
			named = append(named, k)
		}
	}
	return list, named
}

func (g *generator) ids(kinds []*plan.Kind) listValue {
	list := listValue{}
	for range g.rng.IntN(5) {
		list = append(list, string(g.some(kinds).Base().ID))
	}
	return list
}

// filter is a value of a kind's filter, at most depth deep.
func (g *generator) filter(k *plan.Kind, depth int) any {
	def := g.schema.Types[k.Name+"Filter"]
	value := objectValue{}
	for range g.rng.IntN(3) {
		m := pick(g.rng, def.Fields)
		if strings.HasPrefix(m.Name, "__") || hasField(value, m.Name) {
			continue
		}
		if g.chance(4) {
			value = append(value, memberValue{m.Name, nil})
			continue
		}
		if v, ok := g.filterMember(k, m.Name, depth); ok {
			value = append(value, memberValue{m.Name, v})
		}
	}
	return value
}

func hasField(value objectValue, name string) bool {
	for _, m := range value {
		if m.name == name {
			return true
		}
	}
	return false
}

func (g *generator) filterMember(k *plan.Kind, name string, depth int) (any, bool) {
	switch name {
	case "and", "or":
		list := listValue{}
		for range g.rng.IntN(3) {
			list = append(list, g.filter(k, depth-1))
		}
		return list, depth > 1
	case "not":
		return g.filter(k, depth-1), depth > 1
	case "id":
		return g.ids([]*plan.Kind{k}), true
	case "text":
		return g.words(), true
	}
	if f := k.Field(name); f != nil {
		return g.fieldCondition(k, f), true
	}
	end := k.End(name)
	if !end.Many {
		return g.relatedFilter(end, depth), depth > 1
	}
	relation := objectValue{}
	for _, quantifier := range []string{"some", "none"} {
		if g.chance(60) {
			relation = append(relation, memberValue{quantifier, g.relatedFilter(end, depth)})
		}
	}
	return relation, depth > 1
}

func (g *generator) relatedFilter(end *plan.End, depth int) any {
	if len(end.To) == 1 {
		return g.filter(end.To[0], depth-1)
	}
	value := objectValue{}
	if g.chance(50) {
		value = append(value, memberValue{"id", g.ids(end.To)})
	}
	if g.chance(50) {
		list, _ := g.kinds()
		value = append(value, memberValue{"kinds", list})
	}
	return value
}

// fieldCondition is a condition on a field, on values that objects have.
func (g *generator) fieldCondition(k *plan.Kind, f *plan.Field) any {
	if f.Enum != nil {
		return g.someWords(f.Enum)
	}
	stored := func() any {
		for range 20 {
			switch v := f.Get(g.some([]*plan.Kind{k})).(type) {
			case string:
				return v
			case int64:
				return int(v)
			}
		}
		return nil
	}
	value := objectValue{}
	for _, m := range g.schema.Types[g.schema.Types[k.Name+"Filter"].Fields.ForName(f.Name).Type.Name()].Fields {
		if !g.chance(25) {
			continue
		}
		v := stored()
		switch text, isText := v.(string); {
		case m.Name == "stated":
			v = g.chance(50)
		case m.Name == "in":
			list := listValue{}
			for range g.rng.IntN(4) {
				if v := stored(); v != nil {
					list = append(list, v)
				}
			}
			v = list
		case m.Name == "prefix" && isText:
			runes := []rune(text)
			v = string(runes[:g.rng.IntN(len(runes)+1)])
		}
		value = append(value, memberValue{m.Name, v})
	}
	return value
}
