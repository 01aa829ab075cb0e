package sqlite

import (
	"fmt"
	"slices"
	"time"

	"xianjie/internal/plan"
)

// workingSet is a change set being worked out: what the file had of each object it is about, and
// what it will have. Nothing is written before the whole is known to be good.
type workingSet struct {
	conn    *conn
	schema  *schema
	now     string
	entries map[plan.ID]*state
	order   []*state // in the order of their first change
	changes []change
	errs    plan.Errors
	refs    map[plan.ID]int64 // keys of objects that are referred to and not changed
	// pointing is who in the set refers to an id; only kept when something is removed with cascade.
	pointing map[plan.ID][]*state
}

// state is one object of a working set.
type state struct {
	id      plan.ID
	table   *table
	key     int64
	stored  bool // in the file
	live    bool // after the ops so far
	listed  bool // in workingSet.order
	wanted  bool // an op wants it as it is stored
	version int64
	created string
	digest  [16]byte
	current *prepared // the upsert that made it what it is, nil while it is as stored
	object  plan.Object
}

type change struct {
	id    plan.ID
	after []byte
}

func newWorkingSet(c *conn, s *schema, now time.Time) *workingSet {
	return &workingSet{conn: c, schema: s, now: instant(now), entries: map[plan.ID]*state{}, refs: map[plan.ID]int64{}}
}

// load reads what the file has of the objects that the ops are about.
func (w *workingSet) load(ops []prepared) error {
	ids := map[*plan.Kind][]plan.ID{}
	for i := range ops {
		op := &ops[i]
		if op.Cascade && w.pointing == nil {
			w.pointing = map[plan.ID][]*state{}
		}
		ids[op.kind] = append(ids[op.kind], op.ID())
	}
	for k, of := range ids {
		if err := w.loadKind(k, of); err != nil {
			return err
		}
	}
	return nil
}

// loadKind makes states of the ids that have none yet.
func (w *workingSet) loadKind(k *plan.Kind, ids []plan.ID) error {
	t := w.schema.table(k)
	if t == nil {
		return fmt.Errorf("kind %s has no table", k)
	}
	fresh := ids[:0:0]
	for _, id := range ids {
		if w.entries[id] == nil {
			w.entries[id] = &state{id: id, table: t}
			fresh = append(fresh, id)
		}
	}
	return w.conn.query(`SELECT t."id", t."_key", t."version", t."createdAt", t."_digest" FROM json_each(?) j CROSS JOIN `+t.name+
		` t WHERE t."id" = j.value`, []any{list(fresh)}, func(row *row) error {
		st := w.entries[plan.ID(row.text(0))]
		st.key, st.version, st.created = row.integer(1), row.integer(2), row.text(3)
		row.ColumnBytes(4, st.digest[:])
		st.stored, st.live = true, true
		return nil
	})
}

func (w *workingSet) fail(code plan.Code, path, format string, args ...any) {
	w.errs = append(w.errs, plan.Errorf(code, path, format, args...))
}

// do works out one op.
func (w *workingSet) do(op *prepared) error {
	st := w.entries[op.ID()]
	version := int64(0)
	if st.live {
		version = st.version
	}
	if op.Expect != nil && *op.Expect != version {
		w.fail(plan.Conflict, string(st.id), "saw %s, wanted %s", versionText(version), versionText(*op.Expect))
		return nil
	}
	if op.Upsert != nil {
		w.upsert(st, op)
		return nil
	}
	return w.remove(st, op.Cascade)
}

func versionText(v int64) string {
	if v == 0 {
		return "no such object"
	}
	return fmt.Sprintf("version %d", v)
}

func (w *workingSet) upsert(st *state, op *prepared) {
	if st.live && st.digest == op.digest {
		st.wanted = true
		return
	}
	if !st.live {
		st.version, st.created = 0, w.now
	}
	st.live, st.current, st.object, st.digest = true, op, op.Upsert, op.digest
	st.version++
	w.changed(st, op.after)
	if w.pointing == nil {
		return
	}
	for _, e := range op.kind.Edges {
		for _, id := range e.Get(op.Upsert) {
			w.pointing[id] = append(w.pointing[id], st)
		}
	}
}

func (w *workingSet) changed(st *state, after []byte) {
	if !st.listed {
		st.listed = true
		w.order = append(w.order, st)
	}
	w.changes = append(w.changes, change{st.id, after})
}

// remove takes an object away, and first, with cascade, what can't be without it.
func (w *workingSet) remove(st *state, cascade bool) error {
	if !st.live {
		return nil
	}
	st.live, st.current, st.object = false, nil, nil
	if cascade {
		if err := w.cascade(st); err != nil {
			return err
		}
	}
	w.changed(st, nil)
	return nil
}

// dependent says whether an object goes with what its edge points to.
func dependent(e *plan.Edge) bool { return e.Owner || e.From.Name == "Link" }

func (w *workingSet) cascade(st *state) error {
	var hanging []*state
	for _, ref := range w.schema.referencesTo(st.table.kind) {
		if !dependent(ref.edge) || !st.stored {
			continue
		}
		ids, err := w.referrers(ref, []int64{st.key})
		if err != nil {
			return err
		}
		if err := w.loadKind(ref.from.kind, ids[st.key]); err != nil {
			return err
		}
		for _, id := range ids[st.key] {
			if other := w.entries[id]; other.current == nil {
				hanging = append(hanging, other)
			}
		}
	}
	for _, other := range w.pointing[st.id] {
		if other.live && other.object != nil && w.dependsOn(other, st.id) {
			hanging = append(hanging, other)
		}
	}
	for _, other := range hanging {
		if err := w.remove(other, true); err != nil {
			return err
		}
	}
	return nil
}

func (w *workingSet) dependsOn(st *state, id plan.ID) bool {
	for _, e := range st.table.kind.Edges {
		if dependent(e) && slices.Contains(e.Get(st.object), id) {
			return true
		}
	}
	return false
}

// referrers are the ids of the stored objects whose edge points to the keys, by key, in the order
// of their ids.
func (w *workingSet) referrers(ref reference, keys []int64) (map[int64][]plan.ID, error) {
	t := ref.from
	tie := "CROSS JOIN " + t.name + " t WHERE t." + t.edges[ref.edge] + " = j.value"
	if ref.edge.Many {
		tie = "CROSS JOIN " + t.edges[ref.edge] + ` e CROSS JOIN ` + t.name + ` t WHERE e."dst" = j.value AND t."_key" = e."src"`
	}
	found := map[int64][]plan.ID{}
	err := w.conn.query(`SELECT j.value, t."id" FROM json_each(?) j `+tie+` ORDER BY t."id"`, []any{list(keys)}, func(row *row) error {
		found[row.integer(0)] = append(found[row.integer(0)], plan.ID(row.text(1)))
		return nil
	})
	return found, err
}
