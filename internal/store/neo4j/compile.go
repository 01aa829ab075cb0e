package neo4j

import (
	"slices"
	"strings"
	"sync"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// A selection becomes one statement, or a few: see cuts. It gives a list per level and parent; each row is the list of
// its cells, the id first, or, where something hangs on it, a list of the cells and of what each
// child selection gives. See decode.

// countedApart says whether the totals must be asked for, because the rows read are not all.
func countedApart(sel *query.Selection) bool {
	return sel.Count && sel.IDs == nil && (sel.NoRows || sel.Page != query.Page{})
}

// together says whether the objects of several kinds at one place are read as one list, which is
// when nothing hangs on them: the id says of what kind each is.
func together(sel *query.Selection) bool {
	return len(sel.Of) > 1 && !slices.ContainsFunc(sel.Of, func(shape query.Shape) bool { return len(shape.Children) > 0 })
}

// entries are how many values a child selection takes in the row of its parent.
func entries(sel *query.Selection) int {
	n := 0
	switch {
	case sel.NoRows:
	case together(sel):
		n = 1
	default:
		n = len(sel.Of)
	}
	if countedApart(sel) {
		n++
	}
	return n
}

// columnNames are the properties that a row of the shapes carries: the id, then other packed ones, which are so many together, then the
// rest.
func columnNames(shapes ...query.Shape) (names []string, near int) {
	names = []string{"id"}
	for _, wanted := range []bool{true, false} {
		near = len(names)
		for _, shape := range shapes {
			for _, f := range shape.Columns {
				if packed(f) == wanted && !slices.Contains(names, f.Column()) {
					names = append(names, f.Column())
				}
			}
		}
	}
	return names, near
}

// packed says whether a field is read together with all others of its kind that are, where many objects are read and ordered: the database
// goes through what a node has for each property that is asked for by itself. What nearly every kind has (remarks, where a thing is from,
// when it changed) and lists are seldom asked for.
func packed(f *plan.Field) bool {
	switch f.Type {
	case plan.Strings, plan.Values:
		return false
	}
	return f.Name == "id" || f.Index || !common()[f.Name]
}

// common are the names of fields that most kinds have.
var common = sync.OnceValue(func() map[string]bool {
	kinds := plan.Kinds()
	count := map[string]int{}
	most := map[string]bool{}
	for _, k := range kinds {
		for _, f := range k.Fields {
			count[f.Name]++
			most[f.Name] = 4*count[f.Name] > 3*len(kinds)
		}
	}
	return most
})

// pack is the map of what is packed of v, and of what it is ordered by.
func (sh *shape) pack(v string, order ordering) string {
	var keys []string
	for _, f := range sh.kind.Fields {
		if packed(f) {
			keys = append(keys, f.Column())
		}
	}
	for _, t := range order.terms {
		for _, name := range []string{t.name, t.property.sort} {
			if name != "" && !slices.Contains(keys, name) {
				keys = append(keys, name)
			}
		}
	}
	for i, key := range keys {
		keys[i] = "." + quote(key)
	}
	return v + " {" + strings.Join(keys, ", ") + "}"
}

// cells is the list of the properties of v, of which so many are near, in its pack where it has one.
func (c *compiler) cells(v string, names []string, near int) string {
	pack := c.packs[v]
	if pack == "" {
		return c.listed(v, names)
	}
	packed, others := c.arg(names[:near]), c.arg(names[near:])
	return "CASE size(" + others + ") WHEN 0 THEN " + c.each(pack, packed) + " ELSE " + c.each(pack, packed) + " + " + c.each(v, others) + " END"
}

func (c *compiler) listed(v string, names []string) string { return c.each(v, c.arg(names)) }

// each is the list of the properties of v that are named by a list.
func (c *compiler) each(v, names string) string {
	k := c.variable()
	return "[" + k + " IN " + names + " | " + v + "[" + k + "]]"
}

// row is the expression that gives v with all that hangs on it, and the clauses, perhaps none, that
// bind what the expression needs beside v.
func (c *compiler) row(shape *query.Shape, v string) (expression, clauses string, err error) {
	names, near := columnNames(*shape)
	cells := c.cells(v, names, near)
	if len(shape.Children) == 0 {
		return cells, "", nil
	}
	parts := []string{cells}
	for _, child := range shape.Children {
		if c.cuts[child] && child.Via.Kind == shape.Kind {
			clause, number := c.reference(child, v)
			clauses += clause
			parts = append(parts, number)
			continue
		}
		below, err := c.below(child, shape.Kind, v)
		if err != nil {
			return "", "", err
		}
		parts = append(parts, below...)
	}
	return "[" + strings.Join(parts, ", ") + "]", clauses, nil
}

// again repeats an order behind clauses: the database need not keep it through them, and does not
// sort where it has.
func again(clauses, order string) string {
	if clauses == "" {
		return ""
	}
	return " ORDER BY " + order
}

// below are the expressions for a child selection of the object that parent is bound to.
func (c *compiler) below(sel *query.Selection, kind *plan.Kind, parent string) ([]string, error) {
	if sel.Via.Kind != kind {
		return nil, unfit(kind.Name, "has no edge %q", sel.Via.Name)
	}
	if owned(sel) {
		return c.owned(sel, parent)
	}
	var parts []string
	total := []string{}
	for i := range sel.Of {
		shape := &sel.Of[i]
		to := c.schema.shape(shape.Kind)
		if to == nil {
			return nil, unfit(shape.Kind.Name, "is no kind of this register")
		}
		rows, count := "[]", "0"
		if slices.Contains(sel.Via.To, shape.Kind) {
			var err error
			if rows, count, err = c.reached(sel, shape, to, parent); err != nil {
				return nil, err
			}
		}
		total = append(total, count)
		if !sel.NoRows {
			parts = append(parts, rows)
		}
	}
	if countedApart(sel) {
		parts = append(parts, strings.Join(append(total, "0"), " + "))
	}
	return parts, nil
}

// owned says whether a level keeps the order of an edge's list.
func owned(sel *query.Selection) bool { return sel.Via.Edge != nil && !sel.Via.Reverse }

// owned reads what an edge of the parent points to, in the order of its list; of several kinds each
// row is given with its place.
func (c *compiler) owned(sel *query.Selection, parent string) ([]string, error) {
	e := sel.Via.Edge
	if sel.NoRows {
		return nil, nil
	}
	if together(sel) {
		return []string{c.ownedTogether(sel, parent)}, nil
	}
	var parts []string
	for i := range sel.Of {
		shape := &sel.Of[i]
		to := c.schema.shape(shape.Kind)
		if to == nil {
			return nil, unfit(shape.Kind.Name, "is no kind of this register")
		}
		if !slices.Contains(e.To, shape.Kind) {
			parts = append(parts, "[]")
			continue
		}
		v, edge := c.variable(), c.variable()
		row, clauses, err := c.row(shape, v)
		if err != nil {
			return nil, err
		}
		clause, condition := c.walk(sel.Via, parent, to, v, edge)
		text := clause + where(condition)
		position, order := edge+".`position`", ""
		switch {
		case !e.Many:
			text += clauses + " RETURN " + row
		case len(sel.Of) > 1:
			text += clauses + " RETURN [" + position + ", " + row + "]"
		default:
			text += " WITH " + v + ", " + edge + " ORDER BY " + position + clauses + " RETURN " + row
			order = again(clauses, position)
		}
		parts = append(parts, "COLLECT { "+text+" AS "+c.variable()+order+" }")
	}
	return parts, nil
}

func (c *compiler) ownedTogether(sel *query.Selection, parent string) string {
	e := sel.Via.Edge
	names, _ := columnNames(sel.Of...)
	if e.From.Name == "Link" {
		return "[" + c.listed(linkEnd(e, parent), names) + "]"
	}
	v, edge := c.variable(), c.variable()
	text := "COLLECT { MATCH (" + parent + ")-[" + edge + ":" + quote(relationshipType(e)) + "]->(" + v + ")"
	if e.Many {
		text += " WITH " + v + ", " + edge + " ORDER BY " + edge + ".`position`"
	}
	return text + " RETURN " + c.listed(v, names) + " AS " + c.variable() + " }"
}

// reached reads and counts what any other walk reaches of one kind.
func (c *compiler) reached(sel *query.Selection, shape *query.Shape, to *shape, parent string) (rows, count string, err error) {
	if countedApart(sel) {
		v := c.variable()
		condition, err := c.filter(to, v, sel.Filter)
		if err != nil {
			return "", "", err
		}
		clause, own := c.walk(sel.Via, parent, to, v, "")
		count = "COUNT { " + clause + where(and(own, condition)) + " RETURN 1 AS " + c.variable() + " }"
	}
	if sel.NoRows {
		return "", count, nil
	}
	v := c.variable()
	condition, err := c.filter(to, v, sel.Filter)
	if err != nil {
		return "", "", err
	}
	clause, own := c.walk(sel.Via, parent, to, v, "")
	rows, err = c.page(sel, shape, to, v, func(within string) (string, error) {
		return clause + where(and(own, condition, within)), nil
	})
	return rows, count, err
}

// page is the expression that reads one kind of a level: the rows of from, which is given the
// condition of the page, in order, with one more than the limit to tell that there are more.
func (c *compiler) page(sel *query.Selection, shape *query.Shape, sh *shape, v string, from func(within string) (string, error)) (string, error) {
	order, err := sh.ordering(sel.EffectiveOrder())
	if err != nil {
		return "", err
	}
	within := always
	for _, edge := range []struct {
		at       *query.Position
		backward bool
	}{{sel.Page.After, false}, {sel.Page.Before, true}} {
		if edge.at == nil {
			continue
		}
		at, err := inKind(sh, sel, edge.at)
		if err != nil {
			return "", err
		}
		beyond, err := order.beyond(c, v, at, edge.backward)
		if err != nil {
			return "", err
		}
		within = and(within, beyond)
	}
	clause, err := from(within)
	if err != nil {
		return "", err
	}
	limit := ""
	if most := max(sel.Page.First, sel.Page.Last); most > 0 {
		limit = " LIMIT " + c.arg(int64(most)+1)
	}
	by, carried := v, v
	if sel.Sorted() && sel.Via != nil {
		by = c.variable()
		carried += ", " + sh.pack(v, order) + " AS " + by
		c.packs[v] = by
	}
	row, clauses, err := c.row(shape, v)
	if !sel.Sorted() {
		return "COLLECT { " + clause + clauses + " RETURN " + row + " AS " + c.variable() + " }", err
	}
	sorted := order.by(by, sel.Page.Last > 0)
	return "COLLECT { " + clause + " WITH " + carried + " ORDER BY " + sorted + limit + clauses +
		" RETURN " + row + " AS " + c.variable() + again(clauses, sorted) + " }", err
}

// inKind is the position as one kind of a level of several sees it: a position in an earlier kind
// lies before all its ids, one in a later kind behind them.
func inKind(sh *shape, sel *query.Selection, at *query.Position) (*query.Position, error) {
	if len(sel.Of) == 1 {
		return at, nil
	}
	kind := plan.KindOf(at.ID)
	switch {
	case kind == nil:
		return nil, unfit("cursor", "saw id %q, wanted that of an object", at.ID)
	case kind.Order < sh.kind.Order:
		return &query.Position{}, nil
	case kind.Order > sh.kind.Order:
		return &query.Position{ID: "\U0010ffff"}, nil
	}
	return at, nil
}

// root are the expressions for the level that hangs on nothing, of each kind its rows and, where
// it is counted apart, its total.
func (c *compiler) root(sel *query.Selection) ([]string, error) {
	var parts []string
	for i := range sel.Of {
		shape := &sel.Of[i]
		sh := c.schema.shape(shape.Kind)
		if sh == nil {
			return nil, unfit(shape.Kind.Name, "is no kind of this register")
		}
		if sel.IDs != nil {
			rows, err := c.byID(sel, shape, sh)
			if err != nil {
				return nil, err
			}
			parts = append(parts, rows)
			continue
		}
		v := c.variable()
		if !sel.NoRows {
			rows, err := c.page(sel, shape, sh, v, func(within string) (string, error) {
				return c.sources(sh, v, sel.Filter, sh.scan(v, sel, within))
			})
			if err != nil {
				return nil, err
			}
			parts = append(parts, rows)
		}
		if countedApart(sel) {
			clause, err := c.sources(sh, v, sel.Filter, whole())
			if err != nil {
				return nil, err
			}
			parts = append(parts, "COUNT { "+clause+" RETURN 1 AS "+c.variable()+" }")
		}
	}
	return parts, nil
}

// scan goes through a kind in the order of the selection, from an index where there is one.
func (sh *shape) scan(v string, sel *query.Selection, within string) scan {
	order := sel.EffectiveOrder()
	if len(order) == 0 || !sh.sorted(order) {
		return scan{within: within, inOrder: v + ".`id` IS NOT NULL"}
	}
	sort := v + "." + quote(sh.fields[order[0].Field].sort)
	return scan{within: within, inOrder: sort + " IS NOT NULL AND " + v + ".`id` IS NOT NULL", byType: sh.link && simple(sel.Filter)}
}

// simple says whether a filter is short enough to be said once for each type of links.
func simple(f query.Filter) bool {
	conditions := conjuncts(f)
	return len(conditions) <= 4 && !slices.ContainsFunc(conditions, func(f query.Filter) bool {
		switch f.(type) {
		case query.Compare, query.In, query.Null, query.Kinds:
			return false
		}
		return true
	})
}

func (c *compiler) byID(sel *query.Selection, shape *query.Shape, sh *shape) (string, error) {
	var ids []string
	for _, id := range validIDs(sel.IDs) {
		if plan.KindOf(plan.ID(id)) == sh.kind {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	v := c.variable()
	given := c.arg(slices.Compact(ids))
	condition, err := c.filter(sh, v, sel.Filter)
	if err != nil {
		return "", err
	}
	row, clauses, err := c.row(shape, v)
	return "COLLECT { MATCH " + sh.all(v) + where(and(v+".`id` IN "+given, condition)) + clauses + " RETURN " + row + " AS " + c.variable() + " }", err
}
