package sqlite

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// below reads a level for all rows of the level above at once.
func (r *reader) below(sel *query.Selection, above parents) (*query.Level, error) {
	l, err := r.newLevel(sel, len(above.keys))
	if err != nil || len(above.keys) == 0 {
		return l.out, err
	}
	if above.refs != nil {
		err = r.pointed(l, above.refs)
	} else {
		via := sel.Via
		onlyOnce := via.Edge != nil && via.Reverse && !via.Edge.Many // of the parents, each row has one
		for _, rs := range l.tables {
			if !onlyOnce {
				rs.seen = map[int64]int32{}
			}
		}
		err = r.walked(l, above.keys)
	}
	if err != nil {
		return nil, err
	}
	return r.finish(l)
}

// pointed reads what edges to one object point to: each object once, however many point to it.
func (r *reader) pointed(l *level, refs []int64) error {
	distinct := slices.Clone(refs)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	found := make(map[int64]query.Item, len(distinct))
	for i, rs := range l.tables {
		low, _ := slices.BinarySearch(distinct, rs.t.low())
		high, _ := slices.BinarySearch(distinct, rs.t.high())
		if low == high {
			continue
		}
		text := fmt.Sprintf(`SELECT t."_key"%s FROM json_each(?1) j CROSS JOIN %s t WHERE t."_key" = j.value`, rs.columns("t."), rs.t.name)
		err := r.query(text, []any{list(distinct[low:high])}, func(row *row) error {
			key := row.integer(0)
			found[key] = query.Item{Table: int32(i), Row: r.decode(rs, key, row, 1)}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for parent, ref := range refs {
		if item, ok := found[ref]; ok {
			l.out.Items = append(l.out.Items, item)
			if l.out.Totals != nil {
				l.out.Totals[parent] = 1
			}
		}
		l.out.Start[parent+1] = int32(len(l.out.Items))
	}
	return nil
}

// walked reads what any other walk reaches.
func (r *reader) walked(l *level, keys []int64) error {
	sel := l.out.Selection
	r.sortKeys = r.sortKeys[:0]
	for i, rs := range l.tables {
		w := &walk{compiler: compiler{schema: r.schema}, level: l, rs: rs}
		text, err := w.compile(list(keys))
		if err != nil {
			return err
		}
		if text == "" {
			continue
		}
		if err := r.query(text, w.args, func(row *row) error { return r.collect(l, int32(i), w, row) }); err != nil {
			return err
		}
	}
	r.group(l)
	if sel.Count && !countedApart(sel) {
		for p := range keys {
			l.out.Totals[p] = int64(l.out.Start[p+1] - l.out.Start[p])
		}
	}
	if sel.NoRows {
		l.out.Items, l.out.More = nil, nil
		clear(l.out.Start)
	}
	return nil
}

// collect takes one row of a walk: parent, key, cells, then the values that it sorts by.
func (r *reader) collect(l *level, table int32, w *walk, row *row) error {
	parent, key := row.integer(0), row.integer(1)
	if key < 0 {
		l.out.Totals[parent] += -1 - key
		return nil
	}
	n := r.rowOf(w.rs, key, row, 2)
	start := uint32(len(r.sortKeys))
	at := 2 + w.rs.width()
	for i, t := range w.order.terms {
		r.sortKeys = appendSortKey(r.sortKeys, t, row, at+i, &r.buffer)
	}
	at += len(w.order.terms)
	if w.positioned() {
		r.sortKeys = appendBigEndian(r.sortKeys, row.integer(at))
	} else {
		r.sortKeys = append(r.sortKeys, row.bytes(at, &r.buffer)...)
	}
	l.entries = append(l.entries, entry{int32(parent), query.Item{Table: table, Row: n}, start, uint32(len(r.sortKeys))})
	return nil
}

// appendSortKey appends a value so that the order of the bytes is the order of the term.
func appendSortKey(b []byte, t term, row *row, column int, buffer *[]byte) []byte {
	start := len(b)
	switch {
	case row.null(column):
		b = append(b, 1)
	case t.field.Type == plan.Int || t.field.Type == plan.Bool:
		b = appendBigEndian(append(b, 0), row.integer(column))
	default:
		b = append(append(append(b, 0), row.bytes(column, buffer)...), 0) // no stored text holds a NUL
	}
	if t.desc {
		for i := start; i < len(b); i++ {
			b[i] = ^b[i]
		}
	}
	return b
}

func appendBigEndian(b []byte, n int64) []byte {
	u := uint64(n) ^ 1<<63
	return append(b, byte(u>>56), byte(u>>48), byte(u>>40), byte(u>>32), byte(u>>24), byte(u>>16), byte(u>>8), byte(u))
}

// group puts the entries under their parents, in order, and cuts each group to its page.
func (r *reader) group(l *level) {
	key := func(e entry) []byte { return r.sortKeys[e.start:e.end] }
	slices.SortFunc(l.entries, func(a, b entry) int {
		if a.parent != b.parent {
			return int(a.parent - b.parent)
		}
		return bytes.Compare(key(a), key(b))
	})
	page := l.out.Selection.Page
	limit := max(page.First, page.Last)
	l.out.Items = make([]query.Item, 0, len(l.entries))
	parents := len(l.out.Start) - 1
	at := 0
	for p := range parents {
		from := at
		for at < len(l.entries) && l.entries[at].parent == int32(p) {
			at++
		}
		group := l.entries[from:at]
		if limit > 0 && len(group) > limit {
			if l.out.More == nil {
				l.out.More = make([]bool, parents)
			}
			l.out.More[p] = true
			if page.Last > 0 {
				group = group[len(group)-limit:]
			} else {
				group = group[:limit]
			}
		}
		for _, e := range group {
			l.out.Items = append(l.out.Items, e.item)
		}
		l.out.Start[p+1] = int32(len(l.out.Items))
	}
}

// walk is the statement for one kind of a level below.
type walk struct {
	compiler
	level *level
	rs    *rows
	order ordering
}

// positioned says whether the walk keeps the order of an edge's list.
func (w *walk) positioned() bool {
	via := w.level.out.Selection.Via
	return via.Edge != nil && !via.Reverse
}

// countedApart says whether the totals need SQL, because the rows read are not all that there are.
func countedApart(sel *query.Selection) bool {
	return sel.Count && (sel.NoRows || sel.Page != query.Page{})
}

// reach is the FROM clause over alias and the condition that ties it to the parent j.
func (w *walk) reach(alias string) (from, tie string) {
	via := w.level.out.Selection.Via
	if via.Union != nil {
		var ties []string
		for _, end := range via.Union {
			ties = append(ties, alias+"."+w.rs.t.edges[end.Edge]+" = j.value")
		}
		return w.rs.t.name + " " + alias, "(" + strings.Join(ties, " OR ") + ")"
	}
	from, near := w.join(via, w.rs.t, alias, "e", "CROSS JOIN")
	return from, near + " = j.value"
}

func (w *walk) compile(keys string) (string, error) {
	sel := w.level.out.Selection
	given := w.arg(keys)
	var err error
	if !w.positioned() {
		if w.order, err = w.rs.t.ordering(sel.EffectiveOrder()); err != nil {
			return "", err
		}
	}
	var parts []string
	if countedApart(sel) {
		part, err := w.totals(given)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	if !sel.NoRows {
		part, err := w.items(given)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " UNION ALL "), nil
}

func (w *walk) totals(given string) (string, error) {
	from, tie := w.reach("s")
	condition, err := w.filter(w.rs.t, "s.", w.level.out.Selection.Filter)
	return fmt.Sprintf("SELECT j.key, -1 - (SELECT count(*) FROM %s WHERE %s AND %s)%s FROM json_each(%s) j",
		from, tie, condition, strings.Repeat(", NULL", w.rs.width()+len(w.order.terms)+1), given), err
}

// items selects the rows; with a page, through the keys that each parent's page has.
func (w *walk) items(given string) (string, error) {
	sel := w.level.out.Selection
	sorts := ""
	for _, t := range w.order.terms {
		sorts += ", t." + t.column
	}
	if w.positioned() {
		sorts += `, e."position"`
	} else {
		sorts += `, t."id"`
	}
	columns := w.rs.columns("t.") + sorts
	if (sel.Page == query.Page{}) {
		from, tie := w.reach("t")
		condition, err := w.filter(w.rs.t, "t.", sel.Filter)
		return fmt.Sprintf(`SELECT j.key, t."_key"%s FROM json_each(%s) j CROSS JOIN %s WHERE %s AND %s`, columns, given, from, tie, condition), err
	}
	from, tie := w.reach("s")
	condition, err := w.filter(w.rs.t, "s.", sel.Filter)
	if err != nil {
		return "", err
	}
	for _, edge := range []struct {
		at       *query.Position
		backward bool
	}{{sel.Page.After, false}, {sel.Page.Before, true}} {
		if edge.at == nil {
			continue
		}
		beyond, err := w.order.beyond(&w.compiler, "s.", edge.at, edge.backward)
		if err != nil {
			return "", err
		}
		condition += " AND " + beyond
	}
	limit := ""
	if most := max(sel.Page.First, sel.Page.Last); most > 0 {
		limit = " LIMIT " + w.arg(most+1)
	}
	return fmt.Sprintf(`SELECT j.key, t."_key"%s FROM json_each(%s) j CROSS JOIN %s t WHERE t."_key" IN (SELECT s."_key" FROM %s WHERE %s AND %s ORDER BY %s%s)`,
		columns, given, w.rs.t.name, from, tie, condition, w.order.by("s.", sel.Page.Last > 0), limit), nil
}
