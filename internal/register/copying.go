package register

import (
	"context"
	"iter"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// Copied is what a copy verified.
type Copied struct {
	Objects int64
	Digest  string // of all objects' content, the same in every store
}

// copyObjects is how many objects a copy holds in memory and applies at once.
const copyObjects = 5000

// Copy moves the objects of one store into another, findings and answers included, then compares
// the counts and digests of both. What the target holds already is left alone, so that a copy that
// was stopped goes on where it was. Versions, times and the change log begin anew. A target that
// holds anything else fails with CONFLICT, before anything is written where counts show it.
func Copy(ctx context.Context, from, to store.Store, progress func(done, of int64)) (*Copied, error) {
	health, err := from.Health(ctx)
	if err != nil {
		return nil, err
	}
	if err := roomFor(ctx, health, to); err != nil {
		return nil, err
	}
	var done, of int64
	for _, n := range health.Counts {
		of += n
	}
	for _, k := range plan.Kinds() {
		for batch, err := range inOrder(ctx, from, k) {
			if err != nil {
				return nil, err
			}
			cs := plan.ChangeSet{Actor: "copy", Ops: make([]plan.Op, len(batch))}
			for i, o := range batch {
				cs.Ops[i].Upsert = o
			}
			if _, err := to.Apply(ctx, cs); err != nil {
				return nil, err
			}
			done += int64(len(batch))
			if progress != nil {
				progress(done, of)
			}
		}
	}
	return verify(ctx, from, to)
}

func roomFor(ctx context.Context, health store.Health, to store.Store) error {
	target, err := to.Health(ctx)
	if err != nil {
		return err
	}
	for kind, n := range target.Counts {
		if n > health.Counts[kind] {
			return plan.Errorf(plan.Conflict, kind, "saw %d in the target and %d in the source, wanted an empty target or one that an earlier copy began", n, health.Counts[kind])
		}
	}
	return nil
}

func verify(ctx context.Context, from, to store.Store) (*Copied, error) {
	source, err := digest(ctx, from, plan.Kinds(), nil)
	if err != nil {
		return nil, err
	}
	target, err := digest(ctx, to, plan.Kinds(), nil)
	if err != nil {
		return nil, err
	}
	if *source != *target {
		return nil, plan.Errorf(plan.Conflict, "", "the target holds %d objects with digest %s, the source %d with %s: one of them was changed meanwhile, or the target held something else",
			target.Objects, target.Digest, source.Objects, source.Digest)
	}
	return source, nil
}

// byID gives all objects of a kind in batches, by id.
func byID(ctx context.Context, s store.Store, k *plan.Kind) iter.Seq2[[]plan.Object, error] {
	return func(yield func([]plan.Object, error) bool) {
		sel := &query.Selection{
			Order: []query.Order{{Field: k.Field("id")}}, Page: query.Page{First: copyObjects},
			Of: []query.Shape{query.Whole(k)},
		}
		for {
			result, err := s.Fetch(ctx, sel)
			if err != nil {
				yield(nil, err)
				return
			}
			batch, err := decode[plan.Object](result.Root)
			if len(batch) > 0 || err != nil {
				if !yield(batch, err) {
					return
				}
			}
			if len(batch) < copyObjects {
				return
			}
			last := batch[len(batch)-1].Base().ID
			sel.Page.After = &query.Position{Values: []any{string(last)}, ID: last}
		}
	}
}

// inOrder gives all objects of a kind in batches, each behind those of its own kind that it
// refers to; the kinds themselves are in such an order.
func inOrder(ctx context.Context, s store.Store, k *plan.Kind) iter.Seq2[[]plan.Object, error] {
	var own []*plan.Edge
	for _, e := range k.Edges {
		if slices.Contains(e.To, k) {
			own = append(own, e)
		}
	}
	if len(own) == 0 {
		return byID(ctx, s, k)
	}
	return func(yield func([]plan.Object, error) bool) {
		ids, err := sorted(ctx, s, k, own)
		if err != nil {
			yield(nil, err)
			return
		}
		for chunk := range slices.Chunk(ids, copyObjects) {
			result, err := s.Fetch(ctx, &query.Selection{IDs: chunk, Of: []query.Shape{query.Whole(k)}})
			if err != nil {
				yield(nil, err)
				return
			}
			if batch, err := decode[plan.Object](result.Root); !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// sorted are the ids of a kind, each behind those that its own edges reach. Of a circle, which a
// store may hold among regions, one member stands before what it refers to.
func sorted(ctx context.Context, s store.Store, k *plan.Kind, own []*plan.Edge) ([]plan.ID, error) {
	shape := query.Shape{Kind: k, Columns: []*plan.Field{k.Field("id")}}
	for _, e := range own {
		shape.Children = append(shape.Children, &query.Selection{
			Via: k.End(e.Name), Of: []query.Shape{{Kind: k, Columns: []*plan.Field{k.Field("id")}}},
		})
	}
	result, err := s.Fetch(ctx, &query.Selection{Order: []query.Order{{Field: k.Field("id")}}, Of: []query.Shape{shape}})
	if err != nil {
		return nil, err
	}
	table := result.Root.Tables[0]
	before := make(map[plan.ID][]plan.ID, table.Rows)
	all := make([]plan.ID, 0, table.Rows)
	for _, item := range result.Root.Items {
		id, _ := table.Cell(int(item.Row), 0)
		all = append(all, plan.ID(id))
		for _, child := range table.Children {
			for _, to := range child.Of(int(item.Row)) {
				text, _ := child.Tables[to.Table].Cell(int(to.Row), 0)
				before[plan.ID(id)] = append(before[plan.ID(id)], plan.ID(text))
			}
		}
	}
	out := make([]plan.ID, 0, len(all))
	placed := make(map[plan.ID]bool, len(all))
	var place func(id plan.ID)
	place = func(id plan.ID) {
		if placed[id] {
			return
		}
		placed[id] = true
		for _, first := range before[id] {
			place(first)
		}
		out = append(out, id)
	}
	for _, id := range all {
		place(id)
	}
	return out, nil
}
