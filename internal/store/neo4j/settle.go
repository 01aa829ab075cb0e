package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// settle looks at the set as a whole: what points to an object that is gone, and what the objects
// of the set refer to.
func (w *workingSet) settle(ctx context.Context) error {
	if len(w.errs) > 0 {
		return w.errs
	}
	if err := w.release(ctx); err != nil {
		return err
	}
	if err := w.resolve(ctx); err != nil {
		return err
	}
	return w.errs.Err()
}

// release lets go of removed objects what points to them and can be without, and lists what can't.
func (w *workingSet) release(ctx context.Context) error {
	gone := map[*shape][]plan.ID{}
	for _, st := range w.order {
		if st.stored && !st.live {
			gone[st.shape] = append(gone[st.shape], st.id)
		}
	}
	hanging := map[*state][]plan.ID{}
	loose := map[plan.ID]bool{}
	for _, sh := range w.schema.shapes {
		if len(gone[sh]) == 0 {
			continue
		}
		for _, ref := range w.schema.referencesTo(sh.kind) {
			found, err := w.referrers(ctx, ref, sh, gone[sh])
			if err != nil {
				return err
			}
			for _, to := range gone[sh] {
				for _, id := range found[to] {
					other := w.entries[id]
					switch {
					case other != nil && (other.current != nil || !other.live):
						// The set says itself what becomes of it: resolve looks at that.
					case other != nil && other.wanted:
						w.dangles(id, ref.edge, to)
					case dependent(ref.edge) || ref.edge.Required:
						hanging[w.entries[to]] = append(hanging[w.entries[to]], id)
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
	return w.unlink(ctx, loose)
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
func (w *workingSet) unlink(ctx context.Context, loose map[plan.ID]bool) error {
	ids := make([]plan.ID, 0, len(loose))
	for id := range loose {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	byKind := map[*plan.Kind][]plan.ID{}
	for _, id := range ids {
		byKind[plan.KindOf(id)] = append(byKind[plan.KindOf(id)], id)
	}
	for _, sh := range w.schema.shapes {
		of := byKind[sh.kind]
		if len(of) == 0 {
			continue
		}
		if err := w.load(ctx, of); err != nil {
			return err
		}
		sel := &query.Selection{IDs: of, Of: []query.Shape{query.Whole(sh.kind)}}
		c := newCompiler(w.schema)
		parts, err := c.root(sel)
		if err != nil {
			return err
		}
		values, err := w.run.one(ctx, "RETURN "+parts[0]+" AS found", given(c.params))
		if err != nil {
			return err
		}
		level, err := (&decoder{}).root(sel, values)
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
	for _, e := range st.shape.kind.Edges {
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

// resolve looks for all that the set's objects refer to, and lists what does not exist.
func (w *workingSet) resolve(ctx context.Context) error {
	var wanted []plan.ID
	for _, st := range w.order {
		if st.object == nil {
			continue
		}
		for _, e := range st.shape.kind.Edges {
			wanted = append(wanted, e.Get(st.object)...)
		}
	}
	if err := w.load(ctx, wanted); err != nil {
		return err
	}
	for _, st := range w.order {
		if st.object == nil {
			continue
		}
		for _, e := range st.shape.kind.Edges {
			for _, id := range e.Get(st.object) {
				if !w.entries[id].live {
					w.dangles(st.id, e, id)
				}
			}
		}
	}
	return nil
}

func (w *workingSet) dangles(from plan.ID, e *plan.Edge, to plan.ID) {
	w.fail(plan.BadUserInput, string(from)+"."+e.Name, "refers to %s, which does not exist", to)
}
