package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// rehearsal works out what ops would leave, beside the store.
type rehearsal struct {
	ctx      context.Context
	register *Register
	was, is  map[plan.ID]plan.Object // of the objects that are touched; nil where there was, or is, none
}

// run does the ops one after the other, then looks whether what they refer to is there.
func (w *rehearsal) run(ops []plan.Op) error {
	for _, op := range ops {
		if op.Upsert != nil {
			plan.Normalize(op.Upsert)
		}
	}
	if err := (plan.ChangeSet{Ops: ops}).Validate().Err(); err != nil {
		return err
	}
	ids := make([]plan.ID, len(ops))
	for i, op := range ops {
		ids[i] = op.ID()
	}
	if err := w.look(ids); err != nil {
		return err
	}
	for _, op := range ops {
		if err := w.expected(op); err != nil {
			return err
		}
		if op.Upsert != nil {
			w.is[op.ID()] = op.Upsert
			continue
		}
		w.is[op.Remove] = nil
		if op.Cascade {
			if err := w.release(op.Remove, true); err != nil {
				return err
			}
		}
	}
	for _, op := range ops { // what hangs on it may be removed behind it
		if op.Upsert == nil && !op.Cascade && w.is[op.Remove] == nil {
			if err := w.release(op.Remove, false); err != nil {
				return err
			}
		}
	}
	return w.resolve()
}

// look loads objects that have not been looked at.
func (w *rehearsal) look(ids []plan.ID) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id plan.ID) bool { _, seen := w.is[id]; return seen })
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	stored, err := w.register.stored(w.ctx, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		w.was[id], w.is[id] = stored[i], stored[i]
	}
	return nil
}

func (w *rehearsal) expected(op plan.Op) error {
	if op.Expect == nil {
		return nil
	}
	var now int64
	if o := w.is[op.ID()]; o != nil {
		now = o.Base().Version
	}
	if now != *op.Expect {
		return plan.Errorf(plan.Conflict, string(op.ID()), "has version %d, wanted %d", now, *op.Expect)
	}
	return nil
}

// release lets go of a removed object: what can't be without it goes too, or is told; what only mentions it no longer does.
func (w *rehearsal) release(id plan.ID, cascade bool) error {
	kind := plan.KindOf(id)
	var hanging []string
	for _, k := range plan.Kinds() {
		if k.Name == "Finding" {
			continue
		}
		for _, e := range k.Edges {
			if !slices.Contains(e.To, kind) {
				continue
			}
			referrers, err := w.referrers(k, e, id)
			if err != nil {
				return err
			}
			for _, o := range referrers {
				part := e.Owner || k.Name == "Link"
				switch {
				case part && cascade:
					w.is[o.Base().ID] = nil
					if err := w.release(o.Base().ID, true); err != nil {
						return err
					}
				case part || e.Required:
					hanging = append(hanging, string(o.Base().ID))
				default:
					if err := w.forget(o, e, id); err != nil {
						return err
					}
				}
			}
		}
	}
	if hanging != nil {
		slices.Sort(hanging)
		shown := hanging[:min(len(hanging), 5)]
		return plan.Errorf(plan.Conflict, string(id), "%d objects hang on it: %s", len(hanging), strings.Join(shown, ", "))
	}
	return nil
}

// referrers are the objects of a kind whose edge leads to id, as the ops leave them.
func (w *rehearsal) referrers(k *plan.Kind, e *plan.Edge, id plan.ID) ([]plan.Object, error) {
	stored, err := (facts{w.register.store}).Objects(w.ctx, coherence.Want{Kind: k.Name, By: e.Name, Keys: []string{string(id)}})
	if err != nil {
		return nil, err
	}
	var found []plan.Object
	ids := make([]plan.ID, len(stored))
	for i, o := range stored {
		ids[i] = o.Base().ID
	}
	if err := w.look(ids); err != nil { // whole: facts leave out what rules don't read
		return nil, err
	}
	for other, o := range w.is {
		if o != nil && plan.KindOf(other) == k && slices.Contains(e.Get(o), id) {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b plan.Object) int { return strings.Compare(string(a.Base().ID), string(b.Base().ID)) })
	return found, nil
}

// forget takes a reference out of an object.
func (w *rehearsal) forget(o plan.Object, e *plan.Edge, id plan.ID) error {
	again, err := plan.Unmarshal(plan.Marshal(o))
	if err != nil {
		return fmt.Errorf("%s: %w", o.Base().ID, err)
	}
	e.Set(again, slices.DeleteFunc(slices.Clone(e.Get(o)), func(other plan.ID) bool { return other == id }))
	w.is[o.Base().ID] = again
	return nil
}

// resolve lists references to what is not there.
func (w *rehearsal) resolve() error {
	var refs []plan.ID
	for _, o := range w.put() {
		for _, e := range plan.KindFor(o).Edges {
			refs = append(refs, e.Get(o)...)
		}
	}
	if err := w.look(refs); err != nil {
		return err
	}
	var errs plan.Errors
	for _, o := range w.put() {
		for _, e := range plan.KindFor(o).Edges {
			for _, id := range e.Get(o) {
				if w.is[id] == nil {
					errs = append(errs, plan.Errorf(plan.BadUserInput, string(o.Base().ID)+"."+e.Name, "refers to %s, which does not exist", id))
				}
			}
		}
	}
	return errs.Err()
}

// edits are the objects that would be other than they are.
func (w *rehearsal) edits() []coherence.Edit {
	var edits []coherence.Edit
	for _, id := range w.touched() {
		edits = append(edits, coherence.Edit{Before: w.was[id], After: w.is[id]})
	}
	return edits
}

// put are the objects that would be new or other, removed the ids of those that would be gone; both by id.
func (w *rehearsal) put() []plan.Object {
	var put []plan.Object
	for _, id := range w.touched() {
		if w.is[id] != nil {
			put = append(put, w.is[id])
		}
	}
	return put
}

func (w *rehearsal) removed() []plan.ID {
	return slices.DeleteFunc(w.touched(), func(id plan.ID) bool { return w.is[id] != nil })
}

// made are the objects that are not there yet.
func (w *rehearsal) made() map[plan.ID]bool {
	made := map[plan.ID]bool{}
	for _, id := range w.touched() {
		if w.was[id] == nil {
			made[id] = true
		}
	}
	return made
}

func (w *rehearsal) touched() []plan.ID {
	var ids []plan.ID
	for id, o := range w.is {
		if o != w.was[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
