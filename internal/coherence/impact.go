package coherence

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"xianjie/internal/plan"
)

// MaxDependents is how many objects the impact of one object lists.
const MaxDependents = 1000

// Impact is everything that depends on one object, and so has to be looked at when it changes.
type Impact struct {
	Object     plan.ID
	Dependents []Dependent // each object once, by the length of its path
	Complete   bool        // all are listed
	Stop       Stop        // of the object itself
}

// Dependent is one object that depends on another one, at the end of a shortest path.
type Dependent struct {
	Object     plan.ID
	Obligation Obligation   // to what stands before it on the path
	Path       []ImpactStep // from what depends on the first object directly to this one
	Stop       Stop
}

// ImpactStep leads to an object from one that it depends on.
type ImpactStep struct {
	Object plan.ID
	By     Relation
	Link   plan.ID // "" where By is no type of link; of a target's path to a plan, that of the target's plan
}

// Stop says why a walk doesn't go on from an object; the zero Stop that it does.
type Stop struct {
	Code StopCode
	Text string // in Chinese
}

// StopCode is a reason why a walk doesn't go on.
type StopCode string

// The codes of stops.
const (
	StopEnd          StopCode = "NOTHING_DEPENDS"
	StopNotInForce   StopCode = "NOT_IN_FORCE"
	StopCoordination StopCode = "COORDINATION"
	StopReference    StopCode = "REFERENCE"
	StopListed       StopCode = "ALREADY_LISTED"
	StopLimit        StopCode = "LIMIT"
)

// ImpactOf walks from an object to all that depends on it, breadth first, until MaxDependents are found.
func ImpactOf(ctx context.Context, frame *Frame, from Objects, id plan.ID) (*Impact, error) {
	return impactOf(ctx, frame, from, id, MaxDependents)
}

func impactOf(ctx context.Context, frame *Frame, from Objects, id plan.ID, most int) (*Impact, error) {
	w := &walk{
		ctx: ctx, frame: frame, from: from, most: most,
		nodes: map[plan.ID]*node{}, visited: map[visit]bool{}, passed: map[plan.ID]bool{}, indicators: map[plan.ID]plan.ID{},
	}
	start := &node{visit: visit{object: id}}
	w.nodes[id], w.visited[start.visit] = start, true
	w.level = []*node{start}
	for len(w.level) > 0 && w.err == nil {
		w.advance()
	}
	if w.err != nil {
		return nil, w.err
	}
	w.coordinate()
	return w.impact(start), nil
}

// visit is what a walk does once. A plan that is reached from a target is asked about the target's indicator only.
type visit struct{ object, about plan.ID }

// node is one visit and how it was reached.
type node struct {
	visit
	before *node
	by     Relation
	link   plan.ID
	depth  int
	stop   Stop
}

func (n *node) path() []ImpactStep {
	steps := make([]ImpactStep, 0, n.depth)
	for at := n; at.before != nil; at = at.before {
		steps = append(steps, ImpactStep{at.object, at.by, at.link})
	}
	slices.Reverse(steps)
	return steps
}

// walk finds what depends on an object, level by level, so that a level is loaded at once.
type walk struct {
	ctx   context.Context
	frame *Frame
	from  Objects
	most  int

	nodes      map[plan.ID]*node // the first visit of every object, that of the start too
	listed     []*node           // in the order in which they were found
	level      []*node
	next       []*node
	peers      []*node // found by coordination: listed at last, since whoever must follow is found by that
	visited    map[visit]bool
	passed     map[plan.ID]bool    // that stand before a listed object on its path
	indicators map[plan.ID]plan.ID // of the targets that were loaded
	cut        bool                // something is not listed
	err        error
}

// advance goes from all nodes of the level to what depends on them.
func (w *walk) advance() {
	if !w.cut {
		w.loadTargets()
	}
	var going []*node
	for _, n := range w.level {
		if n.stop = w.barrier(n); n.stop.Code == "" {
			going = append(going, n)
		}
	}
	loaded := w.load(going)
	w.next = nil
	for _, n := range going {
		w.expand(n, append(w.recorded(n), loaded[n.visit]...))
	}
	w.level = w.next
}

// barrier is why a walk can't go on from a node, whatever depends on it.
func (w *walk) barrier(n *node) Stop {
	if reason, inForce := w.frame.InForce(PlanOf(n.object)); PlanOf(n.object) != "" && !inForce {
		return Stop{StopNotInForce, reason.Text + "，影响不再向下传导"}
	}
	switch {
	case n.by == Refers:
		return Stop{StopReference, "只列出直接引用的对象，影响不再向下传导"}
	case w.cut:
		return w.limit()
	}
	return Stop{}
}

func (w *walk) limit() Stop {
	return Stop{StopLimit, "列出的对象已达到 " + strconv.Itoa(w.most) + " 个的上限，未再展开，请从该对象起另行查询"}
}

// expand visits what depends on a node, and notes why the walk ends there if it does.
func (w *walk) expand(n *node, found []dependence) {
	slices.SortFunc(found, compareDependences)
	stop := Stop{StopEnd, "规划库中没有登记依赖该对象的其他对象"}
	for _, d := range found {
		to := &node{visit: d.to, before: n, by: d.by, link: d.link, depth: n.depth + 1}
		switch {
		case d.by == Coordinates:
			w.peers = append(w.peers, to)
		case w.visited[to.visit]:
		case w.list(to):
			w.visited[to.visit] = true
			w.next = append(w.next, to)
		}
		stop = Stop{StopListed, "依赖该对象的其他对象已经由不更长的路径列出，不再重复"}
	}
	if w.cut {
		stop = w.limit()
	}
	n.stop = stop
}

// list notes an object, once; false when there are too many already.
func (w *walk) list(n *node) bool {
	if w.nodes[n.object] != nil {
		return true
	}
	if len(w.listed) == w.most {
		w.cut = true
		n.before.stop = w.limit()
		return false
	}
	w.nodes[n.object] = n
	w.listed = append(w.listed, n)
	for at := n.before; at != nil; at = at.before {
		w.passed[at.object] = true
	}
	return true
}

// coordinate lists the plans that are reached by coordination alone. It is not passed on: they owe each other an agreement, not obedience.
func (w *walk) coordinate() {
	for _, n := range w.peers {
		if w.nodes[n.object] != nil || !w.list(n) {
			continue
		}
		n.stop = Stop{StopCoordination, "两规划相互衔接，没有服从关系，影响不再向下传导，请双方牵头部门协商一致"}
		if stop := w.barrier(n); stop.Code == StopNotInForce {
			n.stop = stop
		}
	}
	slices.SortStableFunc(w.listed, func(a, b *node) int { return cmp.Compare(a.depth, b.depth) })
}

func (w *walk) impact(start *node) *Impact {
	i := &Impact{Object: start.object, Complete: !w.cut, Stop: w.stopOf(start)}
	for _, n := range w.listed {
		i.Dependents = append(i.Dependents, Dependent{n.object, n.by.Obligation(), n.path(), w.stopOf(n)})
	}
	return i
}

// stopOf is none where paths lead through the object, by whichever visit of it. A limit is told even so, since there is more.
func (w *walk) stopOf(n *node) Stop {
	if w.passed[n.object] && n.stop.Code != StopLimit {
		return Stop{}
	}
	return n.stop
}
