package graph

import "github.com/vektah/gqlparser/v2/ast"

// A collected field is everything that one response key selects: the field, and the selection
// sets of all its occurrences.
type collected struct {
	*ast.Field
	sets []ast.SelectionSet
}

// collect gathers the fields of selection sets for one concrete type, in the order of the
// response. gqlgen's own CollectFields keeps occurrences under unrelated interfaces apart and
// loses one of them; the response key is what the specification merges by.
func (b *builder) collect(sets []ast.SelectionSet, typ string) []collected {
	c := collection{builder: b, typ: b.schema.Types[typ], byKey: map[string]int{}}
	for _, set := range sets {
		c.add(set)
	}
	return c.fields
}

type collection struct {
	*builder
	typ    *ast.Definition
	fields []collected
	byKey  map[string]int
	seen   map[string]bool
}

func (c *collection) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if c.included(s.Directives) {
				c.addField(s)
			}
		case *ast.InlineFragment:
			if c.included(s.Directives) && c.applies(s.TypeCondition) {
				c.add(s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.seen[s.Name] || !c.included(s.Directives) {
				continue
			}
			if c.seen == nil {
				c.seen = map[string]bool{}
			}
			c.seen[s.Name] = true
			if c.applies(s.Definition.TypeCondition) {
				c.add(s.Definition.SelectionSet)
			}
		}
	}
}

func (c *collection) addField(f *ast.Field) {
	if i, ok := c.byKey[f.Alias]; ok {
		c.fields[i].sets = append(c.fields[i].sets, f.SelectionSet)
		return
	}
	c.byKey[f.Alias] = len(c.fields)
	c.fields = append(c.fields, collected{Field: f, sets: []ast.SelectionSet{f.SelectionSet}})
}

func (c *collection) applies(condition string) bool {
	if condition == "" || condition == c.typ.Name {
		return true
	}
	for _, name := range c.typ.Interfaces {
		if name == condition {
			return true
		}
	}
	return false
}

func (c *collection) included(directives ast.DirectiveList) bool {
	if len(directives) == 0 {
		return true
	}
	if d := directives.ForName("skip"); d != nil && d.ArgumentMap(c.variables)["if"] == true {
		return false
	}
	if d := directives.ForName("include"); d != nil && d.ArgumentMap(c.variables)["if"] == false {
		return false
	}
	return true
}
