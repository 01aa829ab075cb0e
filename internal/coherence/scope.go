package coherence

import (
	"cmp"
	"context"
	"slices"

	"xianjie/internal/plan"
)

// ScopeKind is a unit in which checking is cut.
type ScopeKind string

// The kinds of scope, in the order in which they are checked.
const (
	// IndicatorScope: the targets and observations of one indicator for the regions of one branch, and the tasks and projects that are
	// linked to them; with the trunk go all demands of it, and the projects that are linked to the indicator itself. Rules may look at
	// targets for other regions, which is noted; see Facts.in.
	IndicatorScope ScopeKind = "INDICATOR"
	// IdentityScope: the targets of an indicator and of those that it is computed from, or that are parts of it, for one branch.
	IdentityScope ScopeKind = "IDENTITY"
	// PlanScope: one plan, the links that start at it, its goals, tasks, projects, safeguards and binding targets, and what these are
	// linked to.
	PlanScope ScopeKind = "PLAN"
	// RegionScope: the tasks and projects of the plans for one region.
	RegionScope ScopeKind = "REGION"
	// ClassScope: the tasks that do something to one class of objects.
	ClassScope ScopeKind = "OBJECT_CLASS"
)

// Scope names one unit of checking: the id of an indicator, plan or region, or the object class itself. An indicator's and an identity's
// scope is of one branch.
type Scope struct {
	Kind   ScopeKind
	ID     plan.ID
	Branch plan.ID // the trunk for scopes of other kinds
}

func compareScopes(a, b Scope) int {
	return cmp.Or(cmp.Compare(slices.Index(scopeKinds(), a.Kind), slices.Index(scopeKinds(), b.Kind)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Branch, b.Branch))
}

// branched says whether scopes of the kind are of one branch each.
func (k ScopeKind) branched() bool { return k == IndicatorScope || k == IdentityScope }

func scopeKinds() []ScopeKind {
	return []ScopeKind{IndicatorScope, IdentityScope, PlanScope, RegionScope, ClassScope}
}

// atOnce is how many scopes of a kind are loaded together, all branches counted as one: few enough to stay small, many enough to save
// statements.
func (k ScopeKind) atOnce() int {
	switch k {
	case IndicatorScope:
		return 4
	case IdentityScope:
		return 2
	case PlanScope:
		return 200
	case RegionScope:
		return 100
	}
	return 20
}

// Want names objects of one kind: those of which the field By has, or the edge By leads to, one of Keys. By "id" it names them themselves.
type Want struct {
	Kind    string
	By      string
	Keys    []string
	Binding bool    // of targets, only the binding ones
	Within  *Branch // of targets and observations, only those for its regions; nil for any
	Most    int     // only so many, the first by id; 0 for all
}

// admits says whether an object that one of the keys leads to is wanted.
func (w Want) admits(o plan.Object) bool {
	switch o := o.(type) {
	case *plan.Target:
		return (!w.Binding || o.Nature == plan.Binding) && w.Within.has(o.Region)
	case *plan.Observation:
		return w.Within.has(o.Region)
	}
	return true
}

// first are those objects that Most leaves, each once.
func (w Want) first(objects []plan.Object) []plan.Object {
	if w.Most == 0 {
		return objects
	}
	slices.SortFunc(objects, func(a, b plan.Object) int { return cmp.Compare(a.Base().ID, b.Base().ID) })
	objects = slices.CompactFunc(objects, func(a, b plan.Object) bool { return a.Base().ID == b.Base().ID })
	return objects[:min(len(objects), w.Most)]
}

// Objects is where facts come from: a store, a set in memory, or one laid over the other. It is called concurrently.
type Objects interface {
	// Objects gives what is wanted, in any order. The slice is the caller's own.
	Objects(ctx context.Context, w Want) ([]plan.Object, error)
	// Classes are the object classes of all tasks that state an action, each once; a class that has no task any longer does no harm.
	Classes(ctx context.Context) ([]string, error)
}

// ScopesOf are all scopes of some kinds, in their order.
func (f *Frame) ScopesOf(ctx context.Context, o Objects, kinds ...ScopeKind) ([]Scope, error) {
	var all []Scope
	add := func(kind ScopeKind, id plan.ID) { all = append(all, f.scopes(kind, id)...) }
	for _, kind := range kinds {
		switch kind {
		case IndicatorScope:
			for id := range f.indicators {
				add(kind, id)
			}
		case IdentityScope:
			for id := range f.terms {
				add(kind, id)
			}
		case PlanScope:
			for _, p := range f.plans {
				add(kind, p.ID)
			}
		case RegionScope:
			for id := range f.plansFor {
				add(kind, id)
			}
		case ClassScope:
			classes, err := o.Classes(ctx)
			if err != nil {
				return nil, err
			}
			for _, class := range classes {
				add(kind, plan.ID(class))
			}
		}
	}
	slices.SortFunc(all, compareScopes)
	return slices.Compact(all), nil
}

// scopes are the scopes of a kind that one thing has: those of all branches or the only one.
func (f *Frame) scopes(kind ScopeKind, id plan.ID) []Scope {
	if !kind.branched() {
		return []Scope{{Kind: kind, ID: id}}
	}
	all := make([]Scope, len(f.branches))
	for i, b := range f.branches {
		all[i] = Scope{kind, id, b.ID}
	}
	return all
}

// load gives the facts of some scopes of one kind, in their order. Those of one indicator follow each other.
func (f *Frame) load(ctx context.Context, from Objects, scopes []Scope) ([]*Facts, error) {
	b := &batch{ctx: ctx, from: from, frame: f, by: map[plan.ID][]*Facts{}}
	var ids []plan.ID
	for _, s := range scopes {
		facts := &Facts{Frame: f, Scope: s, Beyond: map[plan.ID]plan.Object{}}
		b.all = append(b.all, facts)
		ids = append(ids, s.ID)
		for _, id := range f.members(s) {
			b.by[id] = append(b.by[id], facts)
		}
	}
	switch scopes[0].Kind {
	case IndicatorScope:
		b.gather()
		b.follow()
	case IdentityScope:
		b.gather()
	case PlanScope:
		b.take(Want{Kind: "Target", By: "plan", Keys: keys(ids), Binding: true}, ownerOf)
		for _, kind := range []string{"Goal", "Task", "Project", "Safeguard"} {
			b.take(Want{Kind: kind, By: "plan", Keys: keys(ids)}, ownerOf)
		}
		b.demands()
		b.follow()
		b.kin()
	case RegionScope:
		for _, kind := range []string{"Task", "Project"} {
			b.take(Want{Kind: kind, By: "plan", Keys: b.memberKeys()}, ownerOf)
		}
	case ClassScope:
		b.take(Want{Kind: "Task", By: "objectClass", Keys: keys(ids)}, func(o plan.Object) plan.ID { return plan.ID(o.(*plan.Task).ObjectClass) })
	}
	return b.all, b.err
}

// members are the ids that decide whether an object belongs to a scope: of an identity its terms, of a region its plans.
func (f *Frame) members(s Scope) []plan.ID {
	switch s.Kind {
	case IdentityScope:
		return append([]plan.ID{s.ID}, f.terms[s.ID]...)
	case RegionScope:
		return f.plansFor[s.ID]
	}
	return []plan.ID{s.ID}
}

// ownerOf is the plan that an element is part of.
func ownerOf(o plan.Object) plan.ID { return PlanOf(o.Base().ID) }

// PlanOf is the plan that an element is part of, as its id says, the id itself of a plan, "" of what is no part of a plan.
func PlanOf(id plan.ID) plan.ID {
	kind := plan.KindOf(id)
	if kind == nil {
		return ""
	}
	if kind.Name == "Plan" {
		return id
	}
	if !kind.Element() {
		return ""
	}
	code := id.Code()
	for i := range len(code) {
		if code[i] == '/' {
			return plan.MakeID("plan", code[:i])
		}
	}
	return ""
}

func keys(ids []plan.ID) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

// batch is some scopes that are loaded together.
type batch struct {
	ctx   context.Context
	from  Objects
	frame *Frame
	all   []*Facts
	by    map[plan.ID][]*Facts // by member
	err   error
}

func (b *batch) memberKeys() []string {
	ids := make([]plan.ID, 0, len(b.by))
	for id := range b.by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return keys(ids)
}

func (b *batch) want(w Want) []plan.Object {
	if b.err != nil || len(w.Keys) == 0 {
		return nil
	}
	objects, err := b.from.Objects(b.ctx, w)
	b.err = err
	return objects
}

// take hands what is wanted to the scopes that the member belongs to.
func (b *batch) take(w Want, member func(plan.Object) plan.ID) {
	for _, o := range b.want(w) {
		for _, facts := range b.by[member(o)] {
			facts.add(o)
		}
	}
}

// demands loads what the projects of plans demand.
func (b *batch) demands() {
	of := map[plan.ID]*Facts{}
	var projects []plan.ID
	for _, facts := range b.all {
		for _, p := range facts.Projects {
			of[p.ID] = facts
			projects = append(projects, p.ID)
		}
	}
	for _, o := range b.want(Want{Kind: "Demand", By: "project", Keys: keys(projects)}) {
		of[o.(*plan.Demand).Project].add(o)
	}
}

// follow loads what the links of the scopes' objects lead to. A demand's project counts as linked.
func (b *batch) follow() {
	reached := map[plan.ID][]*Facts{}
	for _, facts := range b.all {
		for _, id := range facts.linked() {
			reached[id] = append(reached[id], facts)
		}
	}
	wanted := map[string][]plan.ID{}
	for id := range reached {
		if k := plan.KindOf(id); k != nil {
			wanted[k.Name] = append(wanted[k.Name], id)
		}
	}
	for kind, ids := range wanted {
		for _, o := range b.want(Want{Kind: kind, By: "id", Keys: keys(ids)}) {
			for _, facts := range reached[o.Base().ID] {
				facts.Beyond[o.Base().ID] = o
			}
		}
	}
}

// linked are the ids outside the scope that the scope's objects are linked to, each once.
func (f *Facts) linked() []plan.ID {
	var far []plan.ID
	see := func(id plan.ID) {
		for _, l := range f.Frame.links[id] {
			if l.From == id {
				far = append(far, l.To)
			} else {
				far = append(far, l.From)
			}
		}
	}
	f.ids(see)
	for _, d := range f.Demands {
		far = append(far, d.Project)
	}
	if len(far) == 0 {
		return nil
	}
	own := map[plan.ID]bool{}
	f.ids(func(id plan.ID) { own[id] = true })
	slices.Sort(far)
	return slices.DeleteFunc(slices.Compact(far), func(id plan.ID) bool { return own[id] || f.targets != nil && f.targets.find(id) != nil })
}

// ids are those of the scope itself and of the objects in it that links can lead to; of an indicator, only those of plans of which some
// element is linked.
func (f *Facts) ids(see func(plan.ID)) {
	if f.central() {
		see(f.Scope.ID)
	}
	if f.targets != nil {
		for s := range f.sides() {
			if f.Frame.marks[s.index].linked {
				see(s.target.ID)
			}
		}
	}
	seeAll(f.Targets, see)
	seeAll(f.Goals, see)
	seeAll(f.Tasks, see)
	seeAll(f.Projects, see)
	seeAll(f.Safeguards, see)
}

func seeAll[T plan.Object](objects []T, see func(plan.ID)) {
	for _, o := range objects {
		see(o.Base().ID)
	}
}

// each are the plans of some things, each once, in the order of the things.
func each[T any](things []T, planOf func(T) plan.ID) []plan.ID {
	var plans []plan.ID
	for _, x := range things {
		if id := planOf(x); !slices.Contains(plans, id) {
			plans = append(plans, id)
		}
	}
	return plans
}
