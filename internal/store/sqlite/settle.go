package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// settle looks at the set as a whole: what points to an object that is gone, and what the objects
// of the set refer to.
func (w *workingSet) settle() error {
	if len(w.errs) > 0 {
		return w.errs
	}
	if err := w.release(); err != nil {
		return err
	}
	if err := w.resolve(); err != nil {
		return err
	}
	return w.errs.Err()
}

// release lets go of removed objects what points to them and can be without, and lists what can't.
func (w *workingSet) release() error {
	gone := map[*table][]int64{}
	byKey := map[int64]*state{}
	for _, st := range w.order {
		if st.stored && !st.live {
			gone[st.table] = append(gone[st.table], st.key)
			byKey[st.key] = st
		}
	}
	hanging := map[*state][]plan.ID{}
	loose := map[plan.ID]bool{}
	for _, t := range w.schema.tables {
		if len(gone[t]) == 0 {
			continue
		}
		for _, ref := range w.schema.referencesTo(t.kind) {
			found, err := w.referrers(ref, gone[t])
			if err != nil {
				return err
			}
			for _, key := range gone[t] {
				for _, id := range found[key] {
					other := w.entries[id]
					switch {
					case other != nil && (other.current != nil || !other.live):
						// The set says itself what becomes of it: resolve looks at that.
					case other != nil && other.wanted:
						w.dangles(id, ref.edge, byKey[key].id)
					case dependent(ref.edge) || ref.edge.Required:
						hanging[byKey[key]] = append(hanging[byKey[key]], id)
					default:
						loose[id] = true
					}
				}
			}
		}
	}
	for _, st := range w.order {
		if ids := hanging[st]; len(ids) > 0 {
			slices.Sort(ids)
			w.fail(plan.Conflict, string(st.id), "can't be removed: %s", hangingText(slices.Compact(ids)))
		}
	}
	return w.unlink(loose)
}

func hangingText(ids []plan.ID) string {
	const most = 5
	names := make([]string, 0, most)
	for _, id := range ids[:min(most, len(ids))] {
		names = append(names, string(id))
	}
	text := strings.Join(names, ", ")
	if more := len(ids) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	if len(ids) == 1 {
		return text + " hangs on it"
	}
	return text + " hang on it"
}

// unlink takes the references to what is gone out of objects that can be without; each is a change
// of that object.
func (w *workingSet) unlink(loose map[plan.ID]bool) error {
	ids := make([]plan.ID, 0, len(loose))
	for id := range loose {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	byKind := map[*plan.Kind][]plan.ID{}
	for _, id := range ids {
		byKind[plan.KindOf(id)] = append(byKind[plan.KindOf(id)], id)
	}
	for _, t := range w.schema.tables {
		of := byKind[t.kind]
		if len(of) == 0 {
			continue
		}
		if err := w.loadKind(t.kind, of); err != nil {
			return err
		}
		r := &reader{conn: w.conn, schema: w.schema}
		level, err := r.root(&query.Selection{IDs: of, Of: []query.Shape{query.Whole(t.kind)}})
		if err != nil {
			return err
		}
		objects, err := level.Objects()
		if err != nil {
			return err
		}
		for _, o := range objects {
			w.letGo(o)
		}
	}
	return nil
}

func (w *workingSet) letGo(o plan.Object) {
	st := w.entries[o.Base().ID]
	for _, e := range st.table.kind.Edges {
		kept := slices.DeleteFunc(slices.Clone(e.Get(o)), func(id plan.ID) bool {
			to := w.entries[id]
			return to != nil && !to.live
		})
		e.Set(o, kept)
	}
	op := &prepared{Op: plan.Op{Upsert: o}}
	op.fill(o)
	w.upsert(st, op)
}

// resolve finds the keys of all that the set's objects refer to, and lists what does not exist.
func (w *workingSet) resolve() error {
	wanted := map[*plan.Kind][]plan.ID{}
	for _, st := range w.order {
		if st.object == nil {
			continue
		}
		for _, e := range st.table.kind.Edges {
			for _, id := range e.Get(st.object) {
				if _, asked := w.refs[id]; asked || w.entries[id] != nil {
					continue
				}
				w.refs[id] = 0
				k := plan.KindOf(id)
				wanted[k] = append(wanted[k], id)
			}
		}
	}
	for k, ids := range wanted {
		t := w.schema.table(k)
		err := w.conn.query(`SELECT t."id", t."_key" FROM json_each(?) j CROSS JOIN `+t.name+` t WHERE t."id" = j.value`, []any{list(ids)}, func(row *row) error {
			w.refs[plan.ID(row.text(0))] = row.integer(1)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, st := range w.order {
		if st.object == nil {
			continue
		}
		for _, e := range st.table.kind.Edges {
			for _, id := range e.Get(st.object) {
				if to := w.entries[id]; to != nil && to.live || w.refs[id] != 0 {
					continue
				}
				w.dangles(st.id, e, id)
			}
		}
	}
	return nil
}

func (w *workingSet) dangles(from plan.ID, e *plan.Edge, to plan.ID) {
	w.fail(plan.BadUserInput, string(from)+"."+e.Name, "refers to %s, which does not exist", to)
}

func (w *workingSet) keyOf(id plan.ID) int64 {
	if st := w.entries[id]; st != nil {
		return st.key
	}
	return w.refs[id]
}
