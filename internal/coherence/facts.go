package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Facts are what the rules may read of one scope. Lists may come in any order; nothing of it is changed.
type Facts struct {
	Frame *Frame
	Scope Scope

	Targets      []*plan.Target // the binding ones of a plan's scope
	Observations []*plan.Observation
	Demands      []*plan.Demand
	Goals        []*plan.Goal
	Tasks        []*plan.Task
	Projects     []*plan.Project
	Safeguards   []*plan.Safeguard
	// Beyond are the objects outside the scope that links of its objects lead to, by id, as far as they exist.
	Beyond map[plan.ID]plan.Object
	// Kin are targets that the plans right above and below a plan's scope set for the indicators of its binding targets. They are loaded
	// only where elements of the plan are linked: without any such link nothing is decided by them.
	Kin []*plan.Target

	memo      *memo
	family    *family     // the elements made ready, once a rule has asked for them
	targets   *targetSet  // of an indicator's or identity's scope
	regionals []*regional // see own
	reads     reads       // where, beyond the scope, rules have looked
}

// memo remembers, for the length of a run, who follows whom: the same two plans meet in many indicators. It serves one goroutine.
type memo struct {
	general, water map[uint64]int8 // in matters of each, by both plans' numbers
	wants          func(a, b int32) bool
	today          plan.Date
}

func newMemo(opts Options, frame *Frame) *memo {
	m := &memo{wants: func(a, b int32) bool { return true }, today: opts.Today}
	m.forget()
	if len(opts.Plans) > 0 {
		m.wants = frame.wanted(opts.Plans)
	}
	return m
}

// forget makes room: in scopes of another kind, other plans meet.
func (m *memo) forget() { m.general, m.water = map[uint64]int8{}, map[uint64]int8{} }

// follower says which of two plans follows the other: 0 none, 1 the first, 2 the second.
func (f *Facts) follower(a, b int32, m law.Matter) int8 {
	known, key := f.memo.general, uint64(a)<<32|uint64(b)
	if m == law.Water {
		known = f.memo.water
	}
	if answer, ok := known[key]; ok {
		return answer
	}
	var answer int8
	pa, pb := f.Frame.ids[a], f.Frame.ids[b]
	switch f.Frame.Order.Lower(pa, pb, m) {
	case pa:
		answer = 1
	case pb:
		answer = 2
	}
	known[key] = answer
	return answer
}

// add puts an object into its list; objects of other kinds are not facts of a scope.
func (f *Facts) add(o plan.Object) {
	switch o := o.(type) {
	case *plan.Target:
		f.Targets = append(f.Targets, o)
	case *plan.Observation:
		f.Observations = append(f.Observations, o)
	case *plan.Demand:
		f.Demands = append(f.Demands, o)
	case *plan.Goal:
		f.Goals = append(f.Goals, o)
	case *plan.Task:
		f.Tasks = append(f.Tasks, o)
	case *plan.Project:
		f.Projects = append(f.Projects, o)
	case *plan.Safeguard:
		f.Safeguards = append(f.Safeguards, o)
	}
}

// size is how many facts a scope has, of its own or next to it.
func (f *Facts) size() int {
	n := 0
	if f.targets != nil {
		for _, r := range f.own() {
			n += len(r.sides)
		}
	}
	return n + len(f.Kin) + len(f.Beyond) + len(f.Targets) + len(f.Observations) + len(f.Demands) + len(f.Goals) + len(f.Tasks) + len(f.Projects) + len(f.Safeguards)
}
