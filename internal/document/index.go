package document

import (
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// index numbers all ids that documents define or refer to, and keeps of each what must be known to
// see whether the documents fit together.
type index struct {
	numbers map[plan.ID]int32
	ids     []plan.ID    // by number
	defined []definition // by number
	steps   map[*plan.Edge][]step
	lost    []lostText // of documents of which not all is known
}

// definition is where an object is defined; doc is -1 when it is not.
type definition struct {
	doc int32
	at  spot
}

// step is one reference to an object of the same kind, by an edge on which there must be no circle.
type step struct {
	from, to int32
	at       spot
}

// lostText is what may be defined in text that could not be read.
type lostText struct {
	owner plan.ID // the plan; "" for vocabulary
	kinds map[*plan.Kind]bool
}

func newIndex() index { return index{numbers: map[plan.ID]int32{}, steps: map[*plan.Edge][]step{}} }

func (x *index) number(id plan.ID) int32 {
	n, ok := x.numbers[id]
	if !ok {
		n = int32(len(x.ids))
		x.numbers[id] = n
		x.ids = append(x.ids, id)
		x.defined = append(x.defined, definition{doc: -1})
	}
	return n
}

// add takes in a document by its number, and gives the numbers of what it refers to elsewhere.
// Again is told of every object that was defined before.
func (x *index) add(doc int32, d *Document, again func(at spot, id plan.ID, first definition)) []int32 {
	if len(d.lost) > 0 {
		x.lost = append(x.lost, lostText{d.owner, d.lost})
	}
	numbers := make([]int32, len(d.Objects)) // -1 for what was defined before
	for i, o := range d.Objects {
		id := o.Base().ID
		field := "code"
		if isLink(plan.KindOf(id)) {
			field = "to"
		}
		n, at := x.number(id), d.find(i, field, 0)
		if first := x.defined[n]; first.doc >= 0 {
			again(at, id, first)
			numbers[i] = -1
			continue
		}
		x.defined[n], numbers[i] = definition{doc, at}, n
	}
	var elsewhere []int32
	references(d, func(i int, e *plan.Edge, nth int, id plan.ID) {
		n := x.number(id)
		if x.defined[n].doc != doc {
			elsewhere = append(elsewhere, n)
		}
		if len(e.To) == 1 && e.To[0] == e.From && numbers[i] >= 0 {
			x.steps[e] = append(x.steps[e], step{numbers[i], n, d.find(i, e.Name, nth)})
		}
	})
	slices.Sort(elsewhere)
	return slices.Clone(slices.Compact(elsewhere))
}

// references visits every reference of a document: the object's place in it, the edge, the
// reference's place in the edge.
func references(d *Document, visit func(i int, e *plan.Edge, nth int, id plan.ID)) {
	for i, o := range d.Objects {
		for _, e := range plan.KindFor(o).Edges {
			for nth, id := range e.Get(o) {
				visit(i, e, nth, id)
			}
		}
	}
}

// mayBeLost says whether the id may be defined in text that could not be read.
func (x *index) mayBeLost(id plan.ID) bool {
	return slices.ContainsFunc(x.lost, func(l lostText) bool {
		return l.kinds[plan.KindOf(id)] && (l.owner == "" || belongsTo(id, l.owner))
	})
}

// names are all ids of a kind that are defined, sorted.
func (x *index) names(k *plan.Kind) []string {
	var names []string
	for n, id := range x.ids {
		if x.defined[n].doc >= 0 && plan.KindOf(id) == k {
			names = append(names, string(id))
		}
	}
	slices.Sort(names)
	return names
}

// circles finds objects that contain themselves by one edge from a kind to itself, and reports the
// step that closes each circle together with the circle.
func (x *index) circles(e *plan.Edge, report func(s step, circle string)) {
	steps := x.steps[e]
	slices.SortStableFunc(steps, func(a, b step) int { return strings.Compare(string(x.ids[a.from]), string(x.ids[b.from])) })
	first := map[int32]int{} // of an object among the steps
	for i, s := range steps {
		if i == 0 || steps[i-1].from != s.from {
			first[s.from] = i
		}
	}
	const onPath, done = 1, 2
	state := map[int32]int{}
	type place struct {
		object int32
		next   int // in steps
	}
	for _, start := range steps {
		if state[start.from] != 0 {
			continue
		}
		path := []place{{start.from, first[start.from]}}
		state[start.from] = onPath
		for len(path) > 0 {
			top := &path[len(path)-1]
			if top.next == len(steps) || steps[top.next].from != top.object {
				state[top.object] = done
				path = path[:len(path)-1]
				continue
			}
			s := steps[top.next]
			top.next++
			switch state[s.to] {
			case 0:
				state[s.to] = onPath
				at, ok := first[s.to]
				if !ok {
					at = len(steps)
				}
				path = append(path, place{s.to, at})
			case onPath:
				from := slices.IndexFunc(path, func(p place) bool { return p.object == s.to })
				var round []string
				for _, p := range path[from:] {
					round = append(round, string(x.ids[p.object]))
				}
				report(s, strings.Join(round, " → ")+" → "+string(x.ids[s.to]))
			}
		}
	}
}
