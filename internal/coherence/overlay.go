package coherence

import (
	"context"
	"iter"
	"slices"

	"xianjie/internal/plan"
)

// Overlay is a source of facts with some objects put in, in the place of others or beside them, and some taken out. What lies below is not
// changed. The frame that goes with it is Frame.With of the same objects.
type Overlay struct {
	base   Objects
	put    *Memory
	hidden map[plan.ID]bool // of the base
}

// NewOverlay lays objects over a source. Only what is named is taken out, not what hangs on it.
func NewOverlay(base Objects, put []plan.Object, removed []plan.ID) *Overlay {
	return &Overlay{base: base, put: NewMemory(put), hidden: hiddenBy(put, removed)}
}

func hiddenBy(put []plan.Object, removed []plan.ID) map[plan.ID]bool {
	hidden := make(map[plan.ID]bool, len(put)+len(removed))
	for _, o := range put {
		hidden[o.Base().ID] = true
	}
	for _, id := range removed {
		hidden[id] = true
	}
	return hidden
}

// Objects is that of the interface.
func (o *Overlay) Objects(ctx context.Context, w Want) ([]plan.Object, error) {
	deeper := w
	if w.Most > 0 {
		deeper.Most += len(o.hidden)
	}
	below, err := o.base.Objects(ctx, deeper)
	if err != nil {
		return nil, err
	}
	above, err := o.put.Objects(ctx, w)
	if err != nil {
		return nil, err
	}
	below = slices.DeleteFunc(below, func(b plan.Object) bool { return o.hidden[b.Base().ID] })
	return w.first(append(below, above...)), nil
}

// Classes is that of the interface.
func (o *Overlay) Classes(ctx context.Context) ([]string, error) {
	below, err := o.base.Classes(ctx)
	if err != nil {
		return nil, err
	}
	above, err := o.put.Classes(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(below, above)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// With is the frame of the same register with some objects put in, in the place of others or beside them, and some taken out. Links that
// then lead nowhere are out too.
func (f *Frame) With(put []plan.Object, removed []plan.ID) *Frame {
	hidden := hiddenBy(put, removed)
	all := slices.Clone(put)
	for id, o := range f.objects {
		if !hidden[id] {
			all = append(all, o)
		}
	}
	return newFrame(all, f.ids, f.most)
}

// allLinks are the links of the frame, each once, in no order.
func (f *Frame) allLinks() iter.Seq[*plan.Link] {
	return func(yield func(*plan.Link) bool) {
		for _, all := range []map[plan.ID][]*plan.Link{f.out, f.links} {
			for end, links := range all {
				for _, l := range links {
					if l.From == end && !yield(l) {
						return
					}
				}
			}
		}
	}
}
