package coherence

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// ScopeKind is a unit in which checking is cut.
type ScopeKind string

// The kinds of scope. Later rules add those of a region's resource and of an object class.
const (
	IndicatorScope ScopeKind = "INDICATOR" // all targets and observations of one indicator
	PlanScope      ScopeKind = "PLAN"      // one plan and the links that start at it
)

// Scope names one unit of checking: an indicator or a plan.
type Scope struct {
	Kind ScopeKind
	ID   plan.ID
}

// Facts are what the rules may read of one scope. Lists may come in any order; nothing of it is changed.
type Facts struct {
	Frame        *Frame
	Scope        Scope
	Targets      []*plan.Target
	Observations []*plan.Observation

	memo   *memo
	layout *layout // the targets made ready, once a rule has asked for them
}

// memo remembers, for the length of a run, who follows whom: the same two plans meet in many indicators.
type memo struct {
	lower map[memoKey]int8
	wants func(a, b int32) bool
}

type memoKey struct {
	a, b   int32
	matter law.Matter
}

func newMemo() *memo {
	return &memo{lower: map[memoKey]int8{}, wants: func(a, b int32) bool { return true }}
}

// follower says which of two plans follows the other: 0 none, 1 the first, 2 the second.
func (f *Facts) follower(a, b int32, m law.Matter) int8 {
	key := memoKey{a, b, m}
	if known, ok := f.memo.lower[key]; ok {
		return known
	}
	var answer int8
	pa, pb := f.Frame.plans[a].ID, f.Frame.plans[b].ID
	switch f.Frame.Order.Lower(pa, pb, m) {
	case pa:
		answer = 1
	case pb:
		answer = 2
	}
	f.memo.lower[key] = answer
	return answer
}

// PlanScopes are the scopes of all plans of a frame, sorted by id. They need nothing but the frame.
func PlanScopes(f *Frame) iter.Seq2[*Facts, error] {
	return func(yield func(*Facts, error) bool) {
		for _, p := range f.plans {
			if !yield(&Facts{Frame: f, Scope: Scope{PlanScope, p.ID}}, nil) {
				return
			}
		}
	}
}

// IndicatorScopes cuts targets and observations that are in memory into the scopes of their indicators, sorted by id.
func IndicatorScopes(f *Frame, targets []*plan.Target, observations []*plan.Observation) iter.Seq2[*Facts, error] {
	return func(yield func(*Facts, error) bool) {
		scopes := map[plan.ID]*Facts{}
		at := func(id plan.ID) *Facts {
			if scopes[id] == nil {
				scopes[id] = &Facts{Frame: f, Scope: Scope{IndicatorScope, id}}
			}
			return scopes[id]
		}
		for _, t := range targets {
			s := at(t.Indicator)
			s.Targets = append(s.Targets, t)
		}
		for _, o := range observations {
			s := at(o.Indicator)
			s.Observations = append(s.Observations, o)
		}
		for _, id := range slices.SortedFunc(maps.Keys(scopes), cmp.Compare[plan.ID]) {
			if !yield(scopes[id], nil) {
				return
			}
		}
	}
}

// AllScopes are the scopes of a register that is in memory whole: its indicators, then its plans.
func AllScopes(f *Frame, objects []plan.Object) iter.Seq2[*Facts, error] {
	var targets []*plan.Target
	var observations []*plan.Observation
	for _, o := range objects {
		switch o := o.(type) {
		case *plan.Target:
			targets = append(targets, o)
		case *plan.Observation:
			observations = append(observations, o)
		}
	}
	return Join(IndicatorScopes(f, targets, observations), PlanScopes(f))
}

// Join is one sequence of scopes after the other.
func Join(sequences ...iter.Seq2[*Facts, error]) iter.Seq2[*Facts, error] {
	return func(yield func(*Facts, error) bool) {
		for _, scopes := range sequences {
			for f, err := range scopes {
				if !yield(f, err) {
					return
				}
			}
		}
	}
}
