package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// endBatch is how many ends of links, plans with all their elements among them, are loaded at once.
const endBatch = 50

// fingerprints sum up objects, each with all its parts, as they are at a revision, or as they would be after some edits: a plan with its
// sections, principles, goals, tasks, projects with what they demand, safeguards and targets. Equal content is an equal fingerprint, whatever
// the versions. What is not there has none. CONFLICT when the register no longer stands at the revision.
func fingerprints(ctx context.Context, s store.Store, ids []plan.ID, at plan.Revision, edits []coherence.Edit) (map[plan.ID]string, error) {
	prints := make(map[plan.ID]string, len(ids))
	ids = slices.Clone(ids)
	slices.Sort(ids)
	for some := range slices.Chunk(slices.Compact(ids), endBatch) {
		all, err := assemble(ctx, s, some, at)
		if err != nil {
			return nil, err
		}
		for _, e := range edits {
			all.edit(e)
		}
		for _, id := range some {
			if all.objects[id] == nil {
				continue
			}
			sum := sha256.New()
			all.sumUp(sum, id)
			prints[id] = hex.EncodeToString(sum.Sum(nil)[:16])
		}
	}
	return prints, nil
}

// assembly are objects, and which are parts of which.
type assembly struct {
	objects map[plan.ID]plan.Object
	parts   map[plan.ID][]plan.ID // in no order
}

// assemble loads objects with all their parts.
func assemble(ctx context.Context, s store.Store, ids []plan.ID, at plan.Revision) (*assembly, error) {
	sel := &query.Selection{IDs: ids}
	for _, k := range plan.Kinds() {
		if slices.ContainsFunc(ids, func(id plan.ID) bool { return plan.KindOf(id) == k }) {
			sel.Of = append(sel.Of, withParts(k))
		}
	}
	result, err := s.Fetch(ctx, sel)
	if err != nil {
		return nil, err
	}
	if result.Revision != at {
		return nil, plan.Moved(at, result.Revision)
	}
	all := &assembly{objects: map[plan.ID]plan.Object{}, parts: map[plan.ID][]plan.ID{}}
	for _, item := range result.Root.Items {
		if item == query.Missing {
			continue
		}
		if err := all.add(result.Root, item); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// withParts selects everything of a kind, and of the parts that its objects have.
func withParts(k *plan.Kind) query.Shape {
	shape := query.Whole(k)
	for _, part := range plan.Kinds() {
		if owner := part.Owner(); owner != nil && slices.Contains(owner.To, k) {
			shape.Children = append(shape.Children, &query.Selection{Via: k.End(owner.Inverse), Unordered: true, Of: []query.Shape{withParts(part)}})
		}
	}
	return shape
}

func (a *assembly) add(level *query.Level, item query.Item) error {
	table, row := level.Tables[item.Table], int(item.Row)
	o, err := table.Object(row)
	if err != nil {
		return err
	}
	a.put(o)
	for _, parts := range table.Children {
		if !parts.Selection.Via.Reverse {
			continue
		}
		for _, part := range parts.Of(row) {
			if err := a.add(parts, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *assembly) put(o plan.Object) {
	id := o.Base().ID
	known := a.objects[id] != nil
	a.objects[id] = o
	if owner := plan.KindFor(o).Owner(); owner != nil && !known {
		for _, whole := range owner.Get(o) {
			a.parts[whole] = append(a.parts[whole], id)
		}
	}
}

// edit has an object as it would be.
func (a *assembly) edit(e coherence.Edit) {
	if e.Before != nil {
		delete(a.objects, e.Before.Base().ID)
		if owner := plan.KindFor(e.Before).Owner(); owner != nil {
			for _, whole := range owner.Get(e.Before) {
				a.parts[whole] = slices.DeleteFunc(a.parts[whole], func(id plan.ID) bool { return id == e.Before.Base().ID })
			}
		}
	}
	if e.After != nil {
		a.put(e.After)
	}
}

// sumUp adds an object and its parts to a sum, kind by kind, each in the order of ids.
func (a *assembly) sumUp(sum hash.Hash, id plan.ID) {
	sum.Write(append(plan.Marshal(a.objects[id]), '\n'))
	parts := slices.Sorted(slices.Values(a.parts[id]))
	for _, kind := range plan.Kinds() {
		for _, part := range parts {
			if plan.KindOf(part) == kind {
				a.sumUp(sum, part)
			}
		}
	}
}
