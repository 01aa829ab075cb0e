package neo4j

import (
	"fmt"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// decoder puts the levels of a selection together, of which some wait for a further statement.
type decoder struct {
	cuts    cuts
	waiting []*apart
}

// level is one level while it is put together from the lists of its parents.
type level struct {
	out    *query.Level
	tables []*rows
}

// rows are those of one table: each object once, however many parents reach it.
type rows struct {
	table *query.Table
	from  []int            // for each column its place in a list of cells
	seen  map[string]int32 // row by id; nil where no row comes more than once
	below [][]any          // what each row has behind its cells
}

func malformed(value any) error {
	return fmt.Errorf("saw %T in a row, wanted another shape", value)
}

func (d *decoder) newLevel(sel *query.Selection, parents int) *level {
	l := &level{out: &query.Level{Selection: sel, Start: make([]int32, parents+1)}}
	if sel.Count {
		l.out.Totals = make([]int64, parents)
	}
	for i := range sel.Of {
		shape := &sel.Of[i]
		names, _ := columnNames(*shape)
		if sel.Via != nil && owned(sel) && together(sel) {
			names, _ = columnNames(sel.Of...)
		}
		rs := &rows{table: query.NewTable(shape), from: make([]int, len(shape.Columns))}
		for i, f := range shape.Columns {
			rs.from[i] = slices.Index(names, f.Column())
		}
		l.tables = append(l.tables, rs)
		l.out.Tables = append(l.out.Tables, rs.table)
	}
	return l
}

// add gives the row of an object, a new one when it is the first time that the object comes.
func (rs *rows) add(raw any) (int32, error) {
	list, ok := raw.([]any)
	if !ok || len(list) == 0 {
		return 0, malformed(raw)
	}
	cells, below := list, []any(nil)
	if len(rs.table.Shape.Children) > 0 {
		if cells, ok = list[0].([]any); !ok || len(cells) == 0 {
			return 0, malformed(list[0])
		}
		below = list[1:]
	}
	if rs.seen != nil {
		id, _ := cells[0].(string)
		if n, ok := rs.seen[id]; ok {
			return n, nil
		}
		rs.seen[id] = int32(rs.table.Rows)
	}
	for i, f := range rs.table.Shape.Columns {
		switch cell := cells[rs.from[i]].(type) {
		case nil:
			if f.Type == plan.Bool {
				rs.table.AppendBool(false) // a field younger than the object
				continue
			}
			rs.table.AppendNull()
		case string:
			rs.table.AppendText(cell)
		case int64:
			rs.table.AppendInt(cell)
		case bool:
			rs.table.AppendBool(cell)
		default:
			return 0, malformed(cell)
		}
	}
	rs.below = append(rs.below, below)
	return rs.table.EndRow(), nil
}

// finish puts the levels below a level together.
func (d *decoder) finish(l *level) error {
	for _, rs := range l.tables {
		at := 0
		for _, child := range rs.table.Shape.Children {
			n := entries(child)
			below, err := d.below(child, rs.below, at, n)
			if err != nil {
				return err
			}
			at += n
			rs.table.Children = append(rs.table.Children, below)
		}
	}
	return nil
}

// below reads a child selection for all parents; its values stand at from in what each has.
func (d *decoder) below(sel *query.Selection, parents [][]any, from, n int) (*query.Level, error) {
	if d.cuts[sel] {
		return d.apart(sel, parents, from)
	}
	l := d.newLevel(sel, len(parents))
	onlyOnce := sel.Via.Edge != nil && sel.Via.Reverse && !sel.Via.Edge.Many // of the parents, each row has one
	for _, rs := range l.tables {
		if !onlyOnce {
			rs.seen = map[string]int32{}
		}
	}
	for p, parent := range parents {
		if len(parent) < from+n {
			return nil, malformed(parent)
		}
		if err := l.under(p, parent[from:from+n]); err != nil {
			return nil, err
		}
		l.out.Start[p+1] = int32(len(l.out.Items))
	}
	return l.out, d.finish(l)
}

// under takes the values that one parent has for the level.
func (l *level) under(p int, values []any) error {
	sel := l.out.Selection
	if countedApart(sel) {
		total, ok := values[len(values)-1].(int64)
		if !ok {
			return malformed(values[len(values)-1])
		}
		l.out.Totals[p] = total
		values = values[:len(values)-1]
	}
	before := len(l.out.Items)
	var err error
	switch {
	case sel.NoRows:
	case together(sel) && owned(sel):
		err = l.mixed(values[0])
	case len(values) > 1 && owned(sel) && sel.Via.Edge.Many:
		err = l.merged(values)
	default:
		for i, value := range values {
			if err = l.listed(p, int32(i), value); err != nil {
				break
			}
		}
	}
	if sel.Count && !countedApart(sel) {
		l.out.Totals[p] = int64(len(l.out.Items) - before)
	}
	return err
}

// listed takes the rows of one kind, and cuts them to the page.
func (l *level) listed(p int, table int32, value any) error {
	list, ok := value.([]any)
	if !ok {
		return malformed(value)
	}
	page := l.out.Selection.Page
	if limit := max(page.First, page.Last); limit > 0 && len(list) > limit {
		list = list[:limit]
		l.more(p)
	}
	if page.Last > 0 {
		slices.Reverse(list)
	}
	for _, raw := range list {
		n, err := l.tables[table].add(raw)
		if err != nil {
			return err
		}
		l.out.Items = append(l.out.Items, query.Item{Table: table, Row: n})
	}
	return nil
}

func (l *level) more(p int) {
	if l.out.More == nil {
		l.out.More = make([]bool, len(l.out.Start)-1)
	}
	l.out.More[p] = true
}

// mixed takes rows of several kinds in one list; those of other kinds are left out.
func (l *level) mixed(value any) error {
	list, ok := value.([]any)
	if !ok {
		return malformed(value)
	}
	for _, raw := range list {
		cells, ok := raw.([]any)
		if !ok || len(cells) == 0 {
			return malformed(raw)
		}
		id, _ := cells[0].(string)
		kind := plan.KindOf(plan.ID(id))
		table := slices.IndexFunc(l.tables, func(rs *rows) bool { return rs.table.Shape.Kind == kind })
		if table < 0 {
			continue
		}
		n, err := l.tables[table].add(raw)
		if err != nil {
			return err
		}
		l.out.Items = append(l.out.Items, query.Item{Table: int32(table), Row: n})
	}
	return nil
}

// merged takes lists of several kinds, whose rows say their places in the edge's list.
func (l *level) merged(values []any) error {
	type placed struct {
		position int64
		item     query.Item
	}
	var all []placed
	for i, value := range values {
		list, ok := value.([]any)
		if !ok {
			return malformed(value)
		}
		for _, raw := range list {
			pair, ok := raw.([]any)
			if !ok || len(pair) != 2 {
				return malformed(raw)
			}
			position, _ := pair[0].(int64)
			n, err := l.tables[i].add(pair[1])
			if err != nil {
				return err
			}
			all = append(all, placed{position, query.Item{Table: int32(i), Row: n}})
		}
	}
	slices.SortFunc(all, func(a, b placed) int { return int(a.position - b.position) })
	for _, x := range all {
		l.out.Items = append(l.out.Items, x.item)
	}
	return nil
}

// root reads the level that hangs on nothing.
func (d *decoder) root(sel *query.Selection, values []any) (*query.Level, error) {
	l := d.newLevel(sel, 1)
	var err error
	if sel.IDs != nil {
		err = l.byID(values)
	} else {
		err = l.root(values)
	}
	if err != nil {
		return nil, err
	}
	l.out.Start[1] = int32(len(l.out.Items))
	return l.out, d.finish(l)
}

// byID puts the rows in the places of their ids.
func (l *level) byID(values []any) error {
	sel := l.out.Selection
	found := map[plan.ID]query.Item{}
	for i, value := range values {
		list, ok := value.([]any)
		if !ok {
			return malformed(value)
		}
		for _, raw := range list {
			n, err := l.tables[i].add(raw)
			if err != nil {
				return err
			}
			cells, _ := raw.([]any)
			if inner, ok := cells[0].([]any); ok {
				cells = inner
			}
			id, _ := cells[0].(string)
			found[plan.ID(id)] = query.Item{Table: int32(i), Row: n}
		}
	}
	for _, id := range sel.IDs {
		item, ok := found[id]
		if !ok {
			item = query.Missing
		} else if sel.Count {
			l.out.Totals[0]++
		}
		if !sel.NoRows {
			l.out.Items = append(l.out.Items, item)
		}
	}
	return nil
}

// root lists kind after kind, up to the limit over all of them.
func (l *level) root(values []any) error {
	sel := l.out.Selection
	lists := make([][]any, len(l.tables))
	kinds := make([]int, len(l.tables))
	for i := range l.tables {
		kinds[i] = i
		if !sel.NoRows {
			list, ok := values[0].([]any)
			if !ok {
				return malformed(values[0])
			}
			lists[i], values = list, values[1:]
		}
		if countedApart(sel) {
			total, ok := values[0].(int64)
			if !ok {
				return malformed(values[0])
			}
			l.out.Totals[0] += total
			values = values[1:]
		}
	}
	backward := sel.Page.Last > 0
	slices.SortStableFunc(kinds, func(a, b int) int {
		if backward {
			a, b = b, a
		}
		return sel.Of[a].Kind.Order - sel.Of[b].Kind.Order
	})
	limit := max(sel.Page.First, sel.Page.Last)
	for _, i := range kinds {
		for _, raw := range lists[i] {
			if limit > 0 && len(l.out.Items) == limit {
				l.more(0)
				break
			}
			n, err := l.tables[i].add(raw)
			if err != nil {
				return err
			}
			l.out.Items = append(l.out.Items, query.Item{Table: int32(i), Row: n})
		}
	}
	if sel.Count && !countedApart(sel) {
		l.out.Totals[0] = int64(len(l.out.Items))
	}
	if backward {
		slices.Reverse(l.out.Items)
	}
	return nil
}
