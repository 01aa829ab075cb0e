package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// A builder turns the selection set of a field whose type is a stored kind into a query.Selection
// and, beside it, the outputs that later write the response from the result. It never asks the
// store anything.
type builder struct {
	schema    *ast.Schema
	variables map[string]any
}

// A shape gathers what is read of one kind at one level. Several outputs may share it: `nodes`
// and `edges.node` of a connection are the same rows.
type shape struct {
	query.Shape
	columns map[string]int
}

func newShapes(kinds []*plan.Kind) []*shape {
	shapes := make([]*shape, len(kinds))
	for i, k := range kinds {
		shapes[i] = &shape{Shape: query.Shape{Kind: k}, columns: map[string]int{}}
	}
	return shapes
}

func (s *shape) column(f *plan.Field) int {
	if i, ok := s.columns[f.Name]; ok {
		return i
	}
	s.columns[f.Name] = len(s.Columns)
	s.Columns = append(s.Columns, f)
	return len(s.Columns) - 1
}

func (s *shape) child(c *query.Selection) int {
	s.Children = append(s.Children, c)
	return len(s.Children) - 1
}

func finish(s *query.Selection, shapes []*shape) {
	s.Of = make([]query.Shape, len(shapes))
	for i, sh := range shapes {
		s.Of[i] = sh.Shape
	}
}

// objects builds the outputs of a level's rows, one per shape.
func (b *builder) objects(shapes []*shape, sets []ast.SelectionSet) ([]*object, error) {
	objects := make([]*object, len(shapes))
	for i, sh := range shapes {
		o, err := b.object(sh, "", sh.Kind.Name, sets)
		if err != nil {
			return nil, err
		}
		objects[i] = o
	}
	return objects, nil
}

// object builds the output of a row as GraphQL type typ. A prefix such as "source." makes it the
// output of a value object within the row.
func (b *builder) object(sh *shape, prefix, typ string, sets []ast.SelectionSet) (*object, error) {
	o := &object{}
	for _, f := range b.collect(sets, typ) {
		out, err := b.member(sh, prefix, f, typ)
		if err != nil {
			return nil, at(err, f.Alias)
		}
		o.members = append(o.members, member{keyedBy(f), out})
	}
	return o, nil
}

func (b *builder) member(sh *shape, prefix string, f collected, typ string) (output, error) {
	name := prefix + f.Name
	if f.Name == "__typename" {
		return constant(`"` + typ + `"`), nil
	}
	if field := sh.Kind.Field(name); field != nil {
		column := sh.column(field)
		if field.Type == plan.Values {
			return b.values(column, f), nil
		}
		return cell{column: column, typ: field.Type}, nil
	}
	if end := b.end(sh.Kind, name, f); end != nil {
		return b.related(sh, end, f)
	}
	if typ == "Quantity" {
		return b.derived(sh, prefix, f)
	}
	for _, field := range sh.Kind.Fields {
		if strings.HasPrefix(field.Name, name+".") {
			o, err := b.object(sh, name+".", f.Definition.Type.Name(), f.sets)
			return group{column: sh.column(field), object: o}, err
		}
	}
	return nil, plan.Errorf(plan.Internal, typ+"."+f.Name, "is in the schema but not in the model")
}

// end finds the walk that a field stands for; the links of an object are three walks in one field.
func (b *builder) end(k *plan.Kind, name string, f collected) *plan.End {
	if name != "links" {
		return k.End(name)
	}
	switch f.ArgumentMap(b.variables)["direction"] {
	case "OUT":
		return k.End("linksOut")
	case "IN":
		return k.End("linksIn")
	}
	return k.End("links")
}

func (b *builder) related(sh *shape, end *plan.End, f collected) (output, error) {
	child := &query.Selection{Via: end}
	shapes := newShapes(end.To)
	if end.Many && (end.Reverse || end.Edge == nil) {
		c, err := b.connection(child, shapes, f)
		if err != nil {
			return nil, err
		}
		c.child = sh.child(child)
		return c, nil
	}
	objects, err := b.objects(shapes, f.sets)
	if err != nil {
		return nil, err
	}
	finish(child, shapes)
	if end.Many {
		return list{child: sh.child(child), objects: objects}, nil
	}
	return one{child: sh.child(child), objects: objects}, nil
}

// connection builds a level that is paged, with its filter and order from the field's arguments.
func (b *builder) connection(sel *query.Selection, shapes []*shape, f collected) (*connection, error) {
	kinds := make([]*plan.Kind, len(shapes))
	for i, sh := range shapes {
		kinds[i] = sh.Kind
		sel.Of = append(sel.Of, sh.Shape) // the page's cursors depend on the kinds
	}
	if err := arguments(sel, kinds, f.ArgumentMap(b.variables)); err != nil {
		return nil, err
	}
	c := &connection{}
	rows := false
	for _, m := range b.collect(f.sets, f.Definition.Type.Name()) {
		part, err := b.part(sel, shapes, m)
		if err != nil {
			return nil, at(err, m.Alias)
		}
		sel.Count = sel.Count || m.Name == "totalCount"
		rows = rows || m.Name != "totalCount" && m.Name != "__typename"
		c.parts = append(c.parts, part)
	}
	sel.NoRows = !rows
	finish(sel, shapes)
	return c, nil
}

func (b *builder) part(sel *query.Selection, shapes []*shape, f collected) (part, error) {
	p := part{keyed: keyedBy(f), what: f.Name}
	switch f.Name {
	case "__typename":
		p.typename = f.ObjectDefinition.Name
	case "nodes", "node":
		objects, err := b.objects(shapes, f.sets)
		p.objects = objects
		return p, err
	case "pageInfo", "edges":
		for _, m := range b.collect(f.sets, f.Definition.Type.Name()) {
			inner, err := b.part(sel, shapes, m)
			if err != nil {
				return p, at(err, m.Alias)
			}
			if strings.HasSuffix(strings.ToLower(m.Name), "cursor") {
				p.position = positions(sel, shapes)
			}
			p.members = append(p.members, inner)
		}
	}
	return p, nil
}

// positions makes the columns that a cursor is made of part of what is read.
func positions(sel *query.Selection, shapes []*shape) [][]int {
	columns := make([][]int, len(shapes))
	for i, sh := range shapes {
		for _, o := range sel.EffectiveOrder() {
			columns[i] = append(columns[i], sh.column(o.Field))
		}
		columns[i] = append(columns[i], sh.column(sh.Kind.Field("id")))
	}
	return columns
}
