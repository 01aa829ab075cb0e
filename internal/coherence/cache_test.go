package coherence

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// source is one that changes, and counts what it is asked.
type source struct {
	objects map[plan.ID]plan.Object
	asked   int // keys
}

func (s *source) Objects(ctx context.Context, w Want) ([]plan.Object, error) {
	s.asked += len(w.Keys)
	var all []plan.Object
	for _, o := range s.objects {
		all = append(all, o)
	}
	return NewMemory(all).Objects(ctx, w)
}

func (s *source) Classes(context.Context) ([]string, error) { return nil, nil }

func (s *source) edit(o plan.Object, id plan.ID) Edit {
	e := Edit{Before: s.objects[id], After: o}
	delete(s.objects, id)
	if o != nil {
		s.objects[id] = o
	}
	return e
}

// TestCacheFollows changes a source at random and wants the same of it and of what remembers it.
func TestCacheFollows(t *testing.T) {
	for _, most := range []int{10, 10_000} {
		rng := rand.New(rand.NewPCG(7, uint64(most)))
		s := &source{objects: map[plan.ID]plan.Object{}}
		c := NewCache(s, most)
		natures := []plan.Nature{plan.Binding, plan.Expected}
		for range 3_000 {
			id := plan.ID(fmt.Sprintf("target:p%d/t%d", rng.IntN(4), rng.IntN(6)))
			var now plan.Object
			if rng.IntN(4) > 0 {
				now = &plan.Target{
					Meta: plan.Meta{ID: id}, Plan: PlanOf(id),
					Indicator: plan.ID(fmt.Sprintf("indicator:i%d", rng.IntN(3))), Nature: natures[rng.IntN(2)],
					Region: plan.ID(fmt.Sprintf("region:r%d", rng.IntN(3))),
				}
			}
			c.Edit([]Edit{s.edit(now, id)})
			w := []Want{
				{Kind: "Target", By: "indicator", Keys: []string{"indicator:i0", "indicator:i2"}},
				{Kind: "Target", By: "indicator", Keys: []string{"indicator:i1", "indicator:i2"}},
				{Kind: "Target", By: "plan", Keys: []string{"plan:p1", "plan:p3"}, Binding: true},
				{Kind: "Target", By: "plan", Keys: []string{"plan:p1"}},
				{Kind: "Target", By: "indicator", Keys: []string{"indicator:i0", "indicator:i2"}, Within: &Branch{Regions: []plan.ID{"region:r0"}, key: "r0"}},
				{Kind: "Target", By: "indicator", Keys: []string{"indicator:i0"}, Within: &Branch{Regions: []plan.ID{"region:r1", "region:r2"}, key: "r1 r2"}},
				{Kind: "Target", By: "id", Keys: []string{string(id), "target:p0/t0"}},
				{Kind: "Target", By: "indicator", Keys: []string{"indicator:i0", "indicator:i1"}, Most: 3},
			}[rng.IntN(8)]
			w.Keys = slices.Compact(w.Keys)
			if diff := gocmp.Diff(answersTo(t, s, w), answersTo(t, c, w)); diff != "" {
				t.Fatalf("%+v (-source +cache):\n%s", w, diff)
			}
			held := 0
			for _, by := range c.shelves {
				for _, r := range by {
					held += r.size()
				}
			}
			if held != c.held {
				t.Fatalf("holds %d and counts %d", held, c.held)
			}
		}
	}
}

func answersTo(t *testing.T, from Objects, w Want) []plan.Object {
	t.Helper()
	found, err := from.Objects(context.Background(), w)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(found, func(a, b plan.Object) int { return cmp.Compare(a.Base().ID, b.Base().ID) })
	return found
}

// TestCacheAsksOnce asks twice for what fits, and for more than fits.
func TestCacheAsksOnce(t *testing.T) {
	s := &source{objects: map[plan.ID]plan.Object{}}
	for i := range 40 {
		id := plan.ID(fmt.Sprintf("target:p/t%d", i))
		s.edit(&plan.Target{Meta: plan.Meta{ID: id}, Plan: "plan:p", Indicator: plan.ID(fmt.Sprintf("indicator:i%d", i%10))}, id)
	}
	want := func(indicators ...string) Want { return Want{Kind: "Target", By: "indicator", Keys: indicators} }
	c := NewCache(s, 20) // four indicators of four targets each
	for _, step := range []struct {
		want  Want
		asked int // of the source
	}{
		{want("indicator:i0", "indicator:i1"), 2},
		{want("indicator:i1", "indicator:i2"), 1},
		{want("indicator:i0", "indicator:i1", "indicator:i2"), 0},
		{want("indicator:none"), 1},
		{want("indicator:none"), 0},
		{want("indicator:i3", "indicator:i4"), 2}, // too much: the two that were asked for last stay
		{want("indicator:i4", "indicator:i3"), 0},
		{want("indicator:i0"), 1},
	} {
		before := s.asked
		answersTo(t, c, step.want)
		if got := s.asked - before; got != step.asked {
			t.Errorf("%v: the source was asked for %d keys, wanted %d", step.want.Keys, got, step.asked)
		}
		if c.held > 20 {
			t.Errorf("%v: holds %d, wanted at most 20", step.want.Keys, c.held)
		}
	}
}
