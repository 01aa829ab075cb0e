package sqlite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// store writes the set as revision at.
func (w *workingSet) store(at plan.Revision, cs plan.ChangeSet) error {
	if err := w.assignKeys(); err != nil {
		return err
	}
	if err := w.logChanges(at, cs); err != nil {
		return err
	}
	// In the order of the keys, tables and the search index only grow at their ends.
	order := slices.Clone(w.order)
	slices.SortFunc(order, func(a, b *state) int { return cmp.Compare(a.key, b.key) })
	// The cells of the next objects are made while those of the last are written.
	const chunk = 512
	ahead := w.cellsOf(order[:min(chunk, len(order))])
	for from := 0; from < len(order); from += chunk {
		now := order[from:min(from+chunk, len(order))]
		cells := <-ahead
		ahead = w.cellsOf(order[from+len(now) : min(from+len(now)+chunk, len(order))])
		for i, st := range now {
			if err := w.storeOne(st, cells[i]); err != nil {
				return fmt.Errorf("%s: %w", st.id, err)
			}
		}
	}
	return nil
}

func (w *workingSet) storeOne(st *state, cells []any) error {
	switch {
	case st.live && st.stored:
		return w.update(st, cells)
	case st.live:
		return w.insert(st, cells)
	case st.stored:
		return w.erase(st)
	}
	return nil // it came and went within the set
}

// cellsOf makes the rows of the objects that are live, beside what the caller does.
func (w *workingSet) cellsOf(states []*state) <-chan [][]any {
	made := make(chan [][]any, 1)
	go func() {
		cells := make([][]any, len(states))
		for i, st := range states {
			if st.live {
				cells[i] = w.cells(st)
			}
		}
		made <- cells
	}()
	return made
}

// assignKeys gives new objects the next keys of their kinds; before anything is written, since
// references may point forward.
func (w *workingSet) assignKeys() error {
	next := map[*table]int64{}
	for _, st := range w.order {
		if !st.live || st.stored {
			continue
		}
		if next[st.table] == 0 {
			last, err := w.conn.integer(`SELECT coalesce(max("_key"), ?) FROM `+st.table.name, st.table.low())
			if err != nil {
				return err
			}
			next[st.table] = last + 1
		}
		st.key = next[st.table]
		next[st.table]++
	}
	return nil
}

func (w *workingSet) logChanges(at plan.Revision, cs plan.ChangeSet) error {
	last, err := w.conn.integer(`SELECT coalesce(max("sequence"), 0) FROM "_change"`)
	if err != nil {
		return err
	}
	err = w.conn.run(`INSERT INTO "_revision" ("revision", "at", "actor", "note", "first") VALUES (?, ?, ?, ?, ?)`,
		int64(at), w.now, cs.Actor, cs.Note, last+1)
	if err != nil {
		return err
	}
	for _, c := range w.changes {
		var after any
		if c.after != nil {
			after = string(c.after)
		}
		if err := w.conn.run(`INSERT INTO "_change" ("revision", "id", "after") VALUES (?, ?, ?)`, int64(at), string(c.id), after); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) insertText() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return "INSERT INTO " + t.name + " (" + strings.Join(names, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(names)-1) + ")"
}

func (t *table) updateText() string {
	sets := make([]string, len(t.columns)-1)
	for i, c := range t.columns[1:] {
		sets[i] = fmt.Sprintf("%s = ?%d", c.name, i+2)
	}
	return "UPDATE " + t.name + " SET " + strings.Join(sets, ", ") + ` WHERE "_key" = ?1`
}

func (w *workingSet) insert(st *state, cells []any) error {
	if err := w.conn.run(st.table.insert, cells...); err != nil {
		return err
	}
	if st.current.tokens != "" {
		if err := w.conn.run(`INSERT INTO "_search" (rowid, tokens) VALUES (?, ?)`, st.key, st.current.tokens); err != nil {
			return err
		}
	}
	return w.point(st)
}

func (w *workingSet) update(st *state, cells []any) error {
	if err := w.conn.run(st.table.update, cells...); err != nil {
		return err
	}
	if err := w.conn.run(`DELETE FROM "_search" WHERE rowid = ?`, st.key); err != nil {
		return err
	}
	if st.current.tokens != "" {
		if err := w.conn.run(`INSERT INTO "_search" (rowid, tokens) VALUES (?, ?)`, st.key, st.current.tokens); err != nil {
			return err
		}
	}
	if err := w.unpoint(st); err != nil {
		return err
	}
	return w.point(st)
}

func (w *workingSet) erase(st *state) error {
	if err := w.unpoint(st); err != nil {
		return err
	}
	if err := w.conn.run(`DELETE FROM "_search" WHERE rowid = ?`, st.key); err != nil {
		return err
	}
	return w.conn.run("DELETE FROM "+st.table.name+` WHERE "_key" = ?`, st.key)
}

// point writes the edges to many objects.
func (w *workingSet) point(st *state) error {
	for _, e := range st.table.many {
		for i, id := range e.edge.Get(st.object) {
			if err := w.conn.run("INSERT INTO "+e.name+` ("src", "position", "dst") VALUES (?, ?, ?)`, st.key, i, w.keyOf(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *workingSet) unpoint(st *state) error {
	for _, e := range st.table.many {
		if err := w.conn.run("DELETE FROM "+e.name+` WHERE "src" = ?`, st.key); err != nil {
			return err
		}
	}
	return nil
}

// cells are the values of all columns of the object's row, in their order.
func (w *workingSet) cells(st *state) []any {
	cells := append(make([]any, 0, len(st.table.columns)), st.key, st.digest[:])
	for _, f := range st.table.kind.Fields {
		var cell any
		switch f.Name {
		case "version":
			cell = st.version
		case "createdAt":
			cell = st.created
		case "updatedAt":
			cell = w.now
		default:
			cell = f.Get(st.object)
		}
		cells = append(cells, cell)
		if f.Type == plan.Decimal {
			cells = append(cells, sortKey(cell))
		}
	}
	for _, e := range st.table.single {
		var cell any
		if ids := e.edge.Get(st.object); len(ids) > 0 {
			cell = w.keyOf(ids[0])
		}
		cells = append(cells, cell)
	}
	return cells
}

// sortKey is what stands in the second column of a decimal.
func sortKey(cell any) any {
	text, ok := cell.(string)
	if !ok {
		return nil
	}
	d, err := quantity.ParseDecimal(text)
	if err != nil {
		panic("sqlite: " + err.Error()) // Get printed it
	}
	return d.SortKey()
}
