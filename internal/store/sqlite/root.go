package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// root reads the level that hangs on nothing.
func (r *reader) root(sel *query.Selection) (*query.Level, error) {
	l, err := r.newLevel(sel, 1)
	if err != nil {
		return nil, err
	}
	if sel.IDs != nil {
		err = r.byID(l)
	} else {
		err = r.listed(l)
	}
	if err != nil {
		return nil, err
	}
	l.out.Start[1] = int32(len(l.out.Items))
	return r.finish(l)
}

// byID reads the objects with the ids of the selection.
func (r *reader) byID(l *level) error {
	sel := l.out.Selection
	places := map[plan.ID][]int{}
	l.out.Items = make([]query.Item, len(sel.IDs))
	for i, id := range sel.IDs {
		l.out.Items[i] = query.Missing
		if id.Valid() {
			places[id] = append(places[id], i)
		}
	}
	for i, rs := range l.tables {
		var ids []plan.ID
		for _, id := range sel.IDs {
			if plan.KindOf(id) == rs.t.kind && len(places[id]) > 0 {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			continue
		}
		if err := r.namedRows(l, int32(i), ids, places); err != nil {
			return err
		}
	}
	if sel.Count {
		for _, item := range l.out.Items {
			if item != query.Missing {
				l.out.Totals[0]++
			}
		}
	}
	if sel.NoRows {
		l.out.Items = nil
	}
	return nil
}

func (r *reader) namedRows(l *level, table int32, ids []plan.ID, places map[plan.ID][]int) error {
	rs := l.tables[table]
	slices.Sort(ids)
	c := &compiler{schema: r.schema}
	given := c.arg(list(slices.Compact(ids)))
	condition, err := c.filter(rs.t, "t.", l.out.Selection.Filter)
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`SELECT t."_key", t."id"%s FROM json_each(%s) j CROSS JOIN %s t WHERE t."id" = j.value AND %s`,
		rs.columns("t."), given, rs.t.name, condition)
	return r.query(text, c.args, func(row *row) error {
		n := r.decode(rs, row.integer(0), row, 2)
		for _, place := range places[plan.ID(row.text(1))] {
			l.out.Items[place] = query.Item{Table: table, Row: n}
		}
		return nil
	})
}

func (r *reader) query(text string, args []any, each func(*row) error) error {
	r.statements++
	return r.conn.query(text, args, each)
}

// listed reads the objects that pass the filter, kind after kind.
func (r *reader) listed(l *level) error {
	sel := l.out.Selection
	backward := sel.Page.Last > 0
	limit := max(sel.Page.First, sel.Page.Last)
	tables := make([]int, len(l.tables))
	for i := range tables {
		tables[i] = i
	}
	slices.SortStableFunc(tables, func(a, b int) int {
		if backward {
			a, b = b, a
		}
		return l.tables[a].t.kind.Order - l.tables[b].t.kind.Order
	})
	cut := false
	for _, i := range tables {
		want := -1 // no limit
		switch {
		case cut:
			want = 0
		case limit > 0:
			want = limit + 1 - len(l.out.Items) // one more tells whether there are more
		}
		if err := r.listKind(l, int32(i), want); err != nil {
			return err
		}
		if limit > 0 && len(l.out.Items) > limit {
			l.out.Items = l.out.Items[:limit]
			cut = true
		}
	}
	if backward {
		slices.Reverse(l.out.Items)
	}
	if cut {
		l.out.More = []bool{true}
	}
	return nil
}

// listKind appends at most want objects of one kind, and adds to the total.
func (r *reader) listKind(l *level, table int32, want int) error {
	sel := l.out.Selection
	rs := l.tables[table]
	c := &compiler{schema: r.schema}
	condition, err := c.filter(rs.t, "t.", sel.Filter)
	if err != nil {
		return err
	}
	var parts []string
	if sel.Count {
		parts = append(parts, fmt.Sprintf("SELECT -1 - (SELECT count(*) FROM %s t WHERE %s)%s",
			rs.t.name, condition, strings.Repeat(", NULL", rs.width())))
	}
	if !sel.NoRows && want != 0 {
		rows, err := r.listRows(c, l, rs, condition, want)
		if err != nil {
			return err
		}
		parts = append(parts, rows...)
	}
	if len(parts) == 0 {
		return nil
	}
	got := 0
	return r.query(strings.Join(parts, " UNION ALL "), c.args, func(row *row) error {
		key := row.integer(0)
		if key < 0 {
			l.out.Totals[0] += -1 - key
			return nil
		}
		if want >= 0 && got == want {
			return nil // a later range of the page that is full already
		}
		got++
		n := int32(rs.table.Rows)
		if want < 0 || got < want { // the last one only tells that there are more
			n = r.decode(rs, key, row, 1)
		}
		l.out.Items = append(l.out.Items, query.Item{Table: table, Row: n})
		return nil
	})
}

// listRows are the SELECTs, in order, that give the rows of a page.
func (r *reader) listRows(c *compiler, l *level, rs *rows, condition string, want int) ([]string, error) {
	sel := l.out.Selection
	order, err := rs.t.ordering(sel.EffectiveOrder())
	if err != nil {
		return nil, err
	}
	backward := sel.Page.Last > 0
	start, end := sel.Page.After, sel.Page.Before
	if backward {
		start, end = end, start
	}
	ranges := []string{always}
	if start != nil {
		if start, err = r.within(rs, sel, start); err != nil {
			return nil, err
		}
		from, err := order.beyond(c, "t.", start, backward)
		if err != nil {
			return nil, err
		}
		condition += " AND " + from
		if ranges, err = order.ranges(c, "t.", start, backward); err != nil {
			return nil, err
		}
	}
	if end != nil {
		if end, err = r.within(rs, sel, end); err != nil {
			return nil, err
		}
		to, err := order.beyond(c, "t.", end, !backward)
		if err != nil {
			return nil, err
		}
		condition += " AND " + to
	}
	limit := ""
	if want >= 0 {
		limit = " LIMIT " + c.arg(want)
	}
	by := ""
	if sel.Sorted() {
		by = " ORDER BY " + order.by("t.", backward)
	}
	parts := make([]string, len(ranges))
	for i, within := range ranges {
		parts[i] = fmt.Sprintf(`SELECT * FROM (SELECT t."_key"%s FROM %s t WHERE %s AND %s%s%s)`,
			rs.columns("t."), rs.t.name, condition, within, by, limit)
	}
	return parts, nil
}

// within is the position as one kind of a level of several sees it: a position in an earlier kind
// lies before all its ids, one in a later kind behind them.
func (r *reader) within(rs *rows, sel *query.Selection, at *query.Position) (*query.Position, error) {
	if len(sel.Of) == 1 {
		return at, nil
	}
	kind := plan.KindOf(at.ID)
	switch {
	case kind == nil:
		return nil, unfit("cursor", "saw id %q, wanted that of an object", at.ID)
	case kind.Order < rs.t.kind.Order:
		return &query.Position{}, nil
	case kind.Order > rs.t.kind.Order:
		return &query.Position{ID: "\xff"}, nil
	}
	return at, nil
}
