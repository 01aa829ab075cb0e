package register

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// Digest sums up all that a check can read: every object but the findings, and as if some more had been imported. It tells nothing of versions, times, the order of writing or the
// store: equal content is an equal digest.
func (r *Register) Digest(ctx context.Context, put []plan.Object) (*Copied, error) {
	put, err := r.documented(ctx, put)
	if err != nil {
		return nil, err
	}
	kinds := slices.DeleteFunc(slices.Clone(plan.Kinds()), func(k *plan.Kind) bool { return k.Name == "Finding" })
	return digest(ctx, r.store, kinds, put)
}

// digest sums up objects with some laid over them: every object's canonical JSON, by kind and id.
func digest(ctx context.Context, s store.Store, kinds []*plan.Kind, put []plan.Object) (*Copied, error) {
	sum := sha256.New()
	c := &Copied{}
	for _, k := range kinds {
		for o, err := range laid(byID(ctx, s, k), k, put) {
			if err != nil {
				return nil, err
			}
			sum.Write(append(plan.Marshal(o), '\n'))
			c.Objects++
		}
	}
	c.Digest = hex.EncodeToString(sum.Sum(nil))
	return c, nil
}

// laid merges objects of a kind into those below, both by id; of two with one id the upper counts.
func laid(below iter.Seq2[[]plan.Object, error], k *plan.Kind, put []plan.Object) iter.Seq2[plan.Object, error] {
	above := slices.DeleteFunc(slices.Clone(put), func(o plan.Object) bool { return plan.KindFor(o) != k })
	slices.SortFunc(above, func(a, b plan.Object) int { return cmp.Compare(a.Base().ID, b.Base().ID) })
	return func(yield func(plan.Object, error) bool) {
		for batch, err := range below {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, o := range batch {
				for len(above) > 0 && above[0].Base().ID < o.Base().ID {
					if !yield(above[0], nil) {
						return
					}
					above = above[1:]
				}
				if len(above) > 0 && above[0].Base().ID == o.Base().ID {
					o, above = above[0], above[1:]
				}
				if !yield(o, nil) {
					return
				}
			}
		}
		for _, o := range above {
			if !yield(o, nil) {
				return
			}
		}
	}
}
