package neo4j

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"xianjie/internal/plan"
)

// prepared is an op with all that can be worked out before the register is locked.
type prepared struct {
	plan.Op
	kind   *plan.Kind
	after  []byte // canonical JSON of the object, nil for a removal
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

// workingSet is a change set being worked out: what the database had of each object it is about,
// and what it will have. Nothing is written before the whole is known to be good.
type workingSet struct {
	run     runner
	schema  *schema
	now     string
	entries map[plan.ID]*state
	order   []*state // in the order of their first change
	changes []change
	errs    plan.Errors
	refs    map[plan.ID]bool // whether objects exist that are referred to and not changed
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
		entries: map[plan.ID]*state{}, refs: map[plan.ID]bool{},
	}
}

// load reads what the database has of the objects that the ops are about.
func (w *workingSet) load(ctx context.Context, ops []prepared) error {
	ids := map[*plan.Kind][]plan.ID{}
	for i := range ops {
		op := &ops[i]
		if op.Cascade && w.pointing == nil {
			w.pointing = map[plan.ID][]*state{}
		}
		ids[op.kind] = append(ids[op.kind], op.ID())
	}
	for k, of := range ids {
		if err := w.loadKind(ctx, k, of); err != nil {
			return err
		}
	}
	return nil
}

// loadKind makes states of the ids that have none yet.
func (w *workingSet) loadKind(ctx context.Context, k *plan.Kind, ids []plan.ID) error {
	sh := w.schema.shape(k)
	if sh == nil {
		return fmt.Errorf("kind %s is not stored", k)
	}
	var fresh []plan.ID
	for _, id := range ids {
		if w.entries[id] == nil {
			w.entries[id] = &state{id: id, shape: sh}
			fresh = append(fresh, id)
		}
	}
	return w.each(ctx, sh, fresh, "n.`version`, n.`createdAt`, n."+quote(digestProperty), func(id plan.ID, cells []any) error {
		st := w.entries[id]
		var ok [3]bool
		st.version, ok[0] = cells[0].(int64)
		st.created, ok[1] = cells[1].(string)
		st.digest, ok[2] = cells[2].(string)
		st.stored, st.live = true, true
		if !ok[0] || !ok[1] || !ok[2] {
			return plan.Errorf(plan.Internal, string(id), "is damaged: it has no version, time or digest")
		}
		return nil
	})
}

// each reads expressions of n for the objects of a kind that exist.
func (w *workingSet) each(ctx context.Context, sh *shape, ids []plan.ID, expressions string, do func(plan.ID, []any) error) error {
	for pattern, of := range sh.patterns(ids) {
		text := "COLLECT { UNWIND $in.ids AS id MATCH " + pattern + " WHERE n.`id` = id RETURN [id, " + expressions + "] AS found }"
		values, err := w.run.one(ctx, "RETURN "+text+" AS found", given(map[string]any{"ids": of}))
		if err != nil {
			return err
		}
		list, _ := values[0].([]any)
		for _, raw := range list {
			cells, ok := raw.([]any)
			if !ok {
				return malformed(raw)
			}
			id, _ := cells[0].(string)
			if err := do(plan.ID(id), cells[1:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// patterns parts ids by the pattern that finds their objects, bound to n: one for nodes, one for
// each type of links.
func (sh *shape) patterns(ids []plan.ID) map[string][]string {
	patterns := map[string][]string{}
	for _, id := range ids {
		pattern := "(n:" + quote(sh.kind.Name) + ")"
		if sh.link {
			typ := sh.typeOf(id)
			if typ == "" {
				continue // no such type, no such link
			}
			pattern = "()-[n:" + quote(typ) + "]->()"
		}
		patterns[pattern] = append(patterns[pattern], string(id))
	}
	return patterns
}

// typeOf is the type that a link's id names, "" when there is none of the name.
func (sh *shape) typeOf(id plan.ID) string {
	lower, _, _ := strings.Cut(id.Code(), "/")
	typ := strings.ToUpper(lower)
	if !slices.Contains(sh.types, typ) {
		return ""
	}
	return typ
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
		if err := w.loadKind(ctx, ref.from.kind, ids[st.id]); err != nil {
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
	found := map[plan.ID][]plan.ID{}
	expression := "COLLECT { " + clause + where(own) + " WITH other.`id` AS other ORDER BY other RETURN other AS hanging }"
	err := w.each(ctx, to, ids, expression, func(id plan.ID, cells []any) error {
		list, _ := cells[0].([]any)
		for _, other := range list {
			text, _ := other.(string)
			found[id] = append(found[id], plan.ID(text))
		}
		return nil
	})
	return found, err
}
