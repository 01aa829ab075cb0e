package neo4j

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"xianjie/internal/plan"
)

// prepared is an op with all that can be worked out before the register is locked.
type prepared struct {
	plan.Op
	kind   *plan.Kind // nil for a removal, as are the rest
	after  []byte     // canonical JSON of the object
	digest string
	tokens string
}

func (p *prepared) fill(o plan.Object) {
	p.kind = plan.KindFor(o)
	p.after = plan.Marshal(o)
	sum := sha256.Sum256(p.after)
	p.digest = hex.EncodeToString(sum[:16])
	p.tokens = searchText(p.kind, o)
}

// workingSet is a change set being worked out: what the database had of each object it is about or
// refers to, and what it will have. Nothing is written before the whole is known to be good.
type workingSet struct {
	run     runner
	schema  *schema
	now     string
	entries map[plan.ID]*state
	order   []*state // in the order of their first change
	changes []change
	errs    plan.Errors
	// pointing is who in the set refers to an id; only kept when something is removed with cascade.
	pointing map[plan.ID][]*state
}

// state is one object of a working set.
type state struct {
	id      plan.ID
	shape   *shape
	stored  bool // in the database
	live    bool // after the ops so far
	listed  bool // in workingSet.order
	wanted  bool // an op wants it as it is stored
	version int64
	created string
	digest  string
	current *prepared // the upsert that made it what it is, nil while it is as stored
	object  plan.Object
}

type change struct {
	id    plan.ID
	after []byte
}

func newWorkingSet(run runner, s *schema, now time.Time) *workingSet {
	return &workingSet{
		run: run, schema: s, now: now.UTC().Format(plan.TimeLayout),
		entries: map[plan.ID]*state{},
	}
}

// load reads what the database has of the objects that no state tells of yet, all kinds by one statement.
func (w *workingSet) load(ctx context.Context, ids []plan.ID) error {
	var fresh []plan.ID
	for _, id := range ids {
		if w.entries[id] != nil {
			continue
		}
		sh := w.schema.shape(plan.KindOf(id))
		if sh == nil {
			return fmt.Errorf("%s is of no kind that is stored", id)
		}
		w.entries[id] = &state{id: id, shape: sh}
		fresh = append(fresh, id)
	}
	if fresh == nil {
		return nil
	}
	values, err := w.run.one(ctx, w.schema.finding, given(map[string]any{"ids": w.schema.byPlace(fresh)}))
	if err != nil {
		return err
	}
	for _, value := range values {
		list, _ := value.([]any)
		for _, raw := range list {
			if err := w.found(raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// found takes the cells of an object as it is stored: id, version, when it was made and digest.
func (w *workingSet) found(raw any) error {
	cells, ok := raw.([]any)
	if !ok || len(cells) != 4 {
		return malformed(raw)
	}
	id, _ := cells[0].(string)
	st := w.entries[plan.ID(id)]
	if st == nil {
		return malformed(raw)
	}
	st.version, ok = cells[1].(int64)
	var ok2, ok3 bool
	st.created, ok2 = cells[2].(string)
	st.digest, ok3 = cells[3].(string)
	st.stored, st.live = true, true
	if !ok || !ok2 || !ok3 {
		return plan.Errorf(plan.Internal, id, "is damaged: it has no version, time or digest")
	}
	return nil
}

func (w *workingSet) fail(code plan.Code, path, format string, args ...any) {
	w.errs = append(w.errs, plan.Errorf(code, path, format, args...))
}

// do works out one op.
func (w *workingSet) do(ctx context.Context, op *prepared) error {
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
	return w.remove(ctx, st, op.Cascade)
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
func (w *workingSet) remove(ctx context.Context, st *state, cascade bool) error {
	if !st.live {
		return nil
	}
	st.live, st.current, st.object = false, nil, nil
	if cascade {
		if err := w.cascade(ctx, st); err != nil {
			return err
		}
	}
	w.changed(st, nil)
	return nil
}

// dependent says whether an object goes with what its edge points to.
func dependent(e *plan.Edge) bool { return e.Owner || e.From.Name == "Link" }

func (w *workingSet) cascade(ctx context.Context, st *state) error {
	var hanging []*state
	for _, ref := range w.schema.referencesTo(st.shape.kind) {
		if !dependent(ref.edge) || !st.stored {
			continue
		}
		ids, err := w.referrers(ctx, ref, st.shape, []plan.ID{st.id})
		if err != nil {
			return err
		}
		if err := w.load(ctx, ids[st.id]); err != nil {
			return err
		}
		for _, id := range ids[st.id] {
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
		if err := w.remove(ctx, other, true); err != nil {
			return err
		}
	}
	return nil
}

func (w *workingSet) dependsOn(st *state, id plan.ID) bool {
	for _, e := range st.shape.kind.Edges {
		if dependent(e) && slices.Contains(e.Get(st.object), id) {
			return true
		}
	}
	return false
}

// referrers are the ids of the stored objects whose edge points to the ids, by id, in the order of
// their own.
func (w *workingSet) referrers(ctx context.Context, ref reference, to *shape, ids []plan.ID) (map[plan.ID][]plan.ID, error) {
	c := newCompiler(w.schema)
	back := &plan.End{Kind: to.kind, To: []*plan.Kind{ref.from.kind}, Edge: ref.edge, Reverse: true}
	clause, own := c.walk(back, "n", ref.from, "other", "")
	expression := "COLLECT { " + clause + where(own) + " WITH other.`id` AS other ORDER BY other RETURN other AS hanging }"
	found := map[plan.ID][]plan.ID{}
	for at, of := range w.schema.byPlace(ids) {
		if len(of) == 0 {
			continue
		}
		text := "RETURN COLLECT { UNWIND $in.ids AS id MATCH " + w.schema.places[at] + " WHERE n.`id` = id RETURN [id, " + expression + "] AS hanging } AS hanging"
		values, err := w.run.one(ctx, text, given(map[string]any{"ids": of}))
		if err != nil {
			return nil, err
		}
		list, _ := values[0].([]any)
		for _, raw := range list {
			cells, ok := raw.([]any)
			if !ok || len(cells) != 2 {
				return nil, malformed(raw)
			}
			id, _ := cells[0].(string)
			others, _ := cells[1].([]any)
			for _, other := range others {
				text, _ := other.(string)
				found[plan.ID(id)] = append(found[plan.ID(id)], plan.ID(text))
			}
		}
	}
	return found, nil
}
