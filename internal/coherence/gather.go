package coherence

import (
	"maps"
	"slices"

	"xianjie/internal/plan"
)

// gather loads what the scopes of indicators or identities have of their own and, of indicators, the targets of the trunk. Where most
// branches of one are checked, it is loaded whole.
func (b *batch) gather() {
	sets := map[plan.ID]*targetSet{} // by scope id
	asked := map[plan.ID]int{}
	for _, facts := range b.all {
		asked[facts.Scope.ID]++
	}
	needed := map[plan.ID]map[plan.ID][]*targetSet{} // by branch, then indicator
	for _, facts := range b.all {
		s := sets[facts.Scope.ID]
		if s == nil {
			s = &targetSet{
				ctx: b.ctx, from: b.from, frame: b.frame, indicators: b.frame.members(facts.Scope), loaded: map[plan.ID]bool{},
				regions: map[plan.ID]*regional{}, branches: map[plan.ID][]*regional{},
			}
			sets[facts.Scope.ID] = s
		}
		facts.targets = s
		branches := []plan.ID{facts.Scope.Branch}
		switch {
		case facts.Scope.Branch == everywhere, 2*asked[facts.Scope.ID] > len(b.frame.branches):
			branches = []plan.ID{everywhere}
		case facts.Scope.Kind == IndicatorScope:
			branches = append(branches, trunk)
		}
		for _, branch := range branches {
			if s.loaded[branch] {
				continue
			}
			s.loaded[branch] = true
			s.whole = s.whole || branch == everywhere
			if needed[branch] == nil {
				needed[branch] = map[plan.ID][]*targetSet{}
			}
			for _, id := range s.indicators {
				needed[branch][id] = append(needed[branch][id], s)
			}
		}
	}
	for branch, sets := range needed {
		b.targets(branch, sets)
	}
	if b.all[0].Scope.Kind == IndicatorScope {
		b.measured()
		b.demanded()
	}
}

// targets loads those of some indicators for the regions of one branch into the sets that need them.
func (b *batch) targets(branch plan.ID, sets map[plan.ID][]*targetSet) {
	of := map[*targetSet][]*plan.Target{}
	for _, o := range b.want(Want{Kind: "Target", By: "indicator", Keys: sortedKeys(sets), Within: b.frame.within(branch)}) {
		t := o.(*plan.Target)
		for _, s := range sets[t.Indicator] {
			of[s] = append(of[s], t)
		}
	}
	for s, targets := range of {
		s.add(targets)
	}
}

// measured loads the observations for the scopes' own regions.
func (b *batch) measured() {
	branches := map[plan.ID]map[plan.ID]*Facts{} // then by indicator
	for _, facts := range b.all {
		branch := facts.Scope.Branch
		if facts.targets.whole {
			branch = everywhere
		}
		if branches[branch] == nil {
			branches[branch] = map[plan.ID]*Facts{}
		}
		branches[branch][facts.Scope.ID] = facts
	}
	scopes := map[Scope]*Facts{}
	for _, facts := range b.all {
		scopes[facts.Scope] = facts
	}
	for branch, indicators := range branches {
		for _, o := range b.want(Want{Kind: "Observation", By: "indicator", Keys: sortedKeys(indicators), Within: b.frame.within(branch)}) {
			m := o.(*plan.Observation)
			for _, at := range []plan.ID{b.frame.branchOf(m.Region), everywhere} {
				if facts := scopes[Scope{IndicatorScope, m.Indicator, at}]; facts != nil {
					facts.add(o)
				}
			}
		}
	}
}

// demanded loads the demands for the scopes that go with the trunk.
func (b *batch) demanded() {
	of := map[plan.ID]*Facts{}
	for _, facts := range b.all {
		if facts.central() {
			of[facts.Scope.ID] = facts
		}
	}
	for _, o := range b.want(Want{Kind: "Demand", By: "indicator", Keys: sortedKeys(of)}) {
		of[o.(*plan.Demand).Indicator].add(o)
	}
}

// central says whether the scope is the one of its indicator that has what is for no region.
func (f *Facts) central() bool { return f.Scope.Branch == trunk || f.Scope.Branch == everywhere }

func sortedKeys[V any](m map[plan.ID]V) []string { return keys(slices.Sorted(maps.Keys(m))) }
