package coherence

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"xianjie/internal/plan"
)

// place is what two targets have to share before their figures are looked at.
type place struct {
	year   int // 0 where it is not stated
	region plan.ID
}

// regional are targets for one region, by year.
type regional struct {
	region plan.ID
	sides  []*side  // sorted by year, then id
	years  []yearly // sorted
}

// yearly are those of one year.
type yearly struct {
	year  int
	sides []*side
}

// at are those of one year; none for a nil regional.
func (r *regional) at(year int) []*side {
	if r != nil {
		for _, y := range r.years {
			if y.year == year {
				return y.sides
			}
		}
	}
	return nil
}

// divide finds the years.
func (r *regional) divide() {
	for from := 0; from < len(r.sides); {
		year, to := r.sides[from].target.Year, from+1
		for to < len(r.sides) && r.sides[to].target.Year == year {
			to++
		}
		r.years = append(r.years, yearly{year, r.sides[from:to]})
		from = to
	}
}

// targetSet are the targets of some indicators, made ready, as far as scopes have needed them: branch by branch. The scopes of one
// indicator share it. Targets of plans that the frame doesn't know are no part of the register. It serves one goroutine.
type targetSet struct {
	ctx        context.Context
	from       Objects
	frame      *Frame
	indicators []plan.ID
	whole      bool             // all targets are there
	loaded     map[plan.ID]bool // the branches that are there
	regions    map[plan.ID]*regional
	branches   map[plan.ID][]*regional // the same by branch
	byID       map[plan.ID]*side       // nil until it is asked for; of what is not there, nil
	err        error                   // of loading; what is found since is not all
}

// add takes over all targets for some regions. Those of one region come to stand beside each other in memory, in their order: they will be
// looked at together.
func (s *targetSet) add(targets []*plan.Target) {
	by := map[plan.ID][]*plan.Target{}
	for _, t := range targets {
		by[t.Region] = append(by[t.Region], t)
	}
	all := make([]side, 0, len(targets))
	for region, here := range by {
		slices.SortFunc(here, func(a, b *plan.Target) int { return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.ID, b.ID)) })
		r := &regional{region: region}
		for _, t := range here {
			x := s.byID[t.ID]
			if x == nil {
				i, ok := s.frame.index[t.Plan]
				if !ok {
					continue
				}
				all = append(all, newSide(t, s.frame, i))
				x = &all[len(all)-1]
				if s.byID != nil {
					s.byID[t.ID] = x
				}
			}
			r.sides = append(r.sides, x)
		}
		if len(r.sides) > 0 {
			r.divide()
			branch := s.frame.branchOf(region)
			s.regions[region], s.branches[branch] = r, append(s.branches[branch], r)
		}
	}
}

// in are the targets for a region, nil when there are none.
func (s *targetSet) in(region plan.ID) *regional {
	if !s.whole {
		if branch := s.frame.branchOf(region); !s.loaded[branch] {
			s.load(branch)
		}
	}
	return s.regions[region]
}

// all are the targets for all regions, sorted by region.
func (s *targetSet) all() []*regional {
	for _, b := range s.frame.branches {
		if !s.whole && !s.loaded[b.ID] {
			s.load(b.ID)
		}
	}
	return slices.SortedFunc(maps.Values(s.regions), func(a, b *regional) int { return cmp.Compare(a.region, b.region) })
}

func (s *targetSet) load(branch plan.ID) {
	s.loaded[branch] = true
	s.add(s.want(Want{Kind: "Target", By: "indicator", Keys: keys(s.indicators), Within: s.frame.within(branch)}))
}

// find gives the side of a target that is there, nil when there is none.
func (s *targetSet) find(id plan.ID) *side {
	if s.byID == nil {
		s.byID = map[plan.ID]*side{}
		for _, r := range s.regions {
			for _, x := range r.sides {
				s.byID[x.target.ID] = x
			}
		}
	}
	return s.byID[id]
}

// adopt takes over a target that has been loaded by others, if it is one of the set's indicators.
func (s *targetSet) adopt(t *plan.Target) {
	i, ok := s.frame.index[t.Plan]
	if ok && s.find(t.ID) == nil && slices.Contains(s.indicators, t.Indicator) {
		x := newSide(t, s.frame, i)
		s.byID[t.ID] = &x
	}
}

// know sees to it that of some targets those of the set's indicators can be found.
func (s *targetSet) know(ids []plan.ID) {
	var missing []plan.ID
	for _, id := range ids {
		if _, known := s.byID[id]; s.find(id) == nil && !known && plan.KindOf(id) == plan.KindNamed("Target") {
			missing = append(missing, id)
			s.byID[id] = nil
		}
	}
	for _, t := range s.want(Want{Kind: "Target", By: "id", Keys: keys(missing)}) {
		s.adopt(t)
	}
}

func (s *targetSet) want(w Want) []*plan.Target {
	if s.err != nil || len(w.Keys) == 0 {
		return nil
	}
	objects, err := s.from.Objects(s.ctx, w)
	s.err = err
	targets := make([]*plan.Target, len(objects))
	for i, o := range objects {
		targets[i] = o.(*plan.Target)
	}
	return targets
}

// own are the targets for the scope's own regions, sorted by region.
func (f *Facts) own() []*regional {
	if f.regionals == nil {
		f.regionals = slices.Clone(f.targets.branches[f.Scope.Branch])
		if f.Scope.Branch == everywhere {
			f.regionals = slices.Collect(maps.Values(f.targets.regions))
		}
		slices.SortFunc(f.regionals, func(a, b *regional) int { return cmp.Compare(a.region, b.region) })
	}
	return f.regionals
}

// owns says whether a region is one of the scope's own.
func (f *Facts) owns(region plan.ID) bool {
	return f.Scope.Branch == everywhere || f.Frame.branchOf(region) == f.Scope.Branch
}

// sides yields the targets for the scope's own regions in a fixed order: by region, year and id.
func (f *Facts) sides() iter.Seq[*side] {
	return func(yield func(*side) bool) {
		for _, r := range f.own() {
			for _, s := range r.sides {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// in are the targets for any region, nil when there are none.
func (f *Facts) in(region plan.ID) *regional {
	if !f.owns(region) {
		f.reads.note(region)
	}
	return f.targets.in(region)
}

// all are the targets for all regions, by region, year and id.
func (f *Facts) all() []*side {
	f.reads.note(everywhere)
	var sides []*side
	for _, r := range f.targets.all() {
		sides = append(sides, r.sides...)
	}
	return sides
}

func (f *Facts) at(p place) []*side { return f.in(p.region).at(p.year) }

// find gives the sides of targets, nil for those that are none of the scope's indicator. They may be for any region.
func (f *Facts) find(ids ...plan.ID) []*side {
	if !f.targets.whole {
		for _, id := range ids {
			if t, ok := f.Beyond[id].(*plan.Target); ok {
				f.targets.adopt(t)
			}
		}
		f.targets.know(ids)
	}
	sides := make([]*side, len(ids))
	for i, id := range ids {
		sides[i] = f.targets.find(id)
		switch s := sides[i]; {
		case s == nil:
			f.reads.note(id)
		case !f.owns(s.target.Region):
			f.reads.note(s.target.Region)
		}
	}
	return sides
}

// reads are the regions, beyond a scope's own, whose targets have been looked at, and the targets that were looked for in vain: what
// changes there may change what the scope answers. Everywhere is any region.
type reads map[plan.ID]bool

func (r *reads) note(id plan.ID) {
	if *r == nil {
		*r = reads{}
	}
	(*r)[id] = true
}
