package document

import (
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// Resolve lists what is wrong between objects of all the documents together: ids that are defined
// twice, references to what neither the documents define nor exists reports as existing, and
// objects that contain themselves. Exists gets each unknown id once; nil means that nothing else
// exists. The error is that of exists.
func Resolve(docs []*Document, exists func([]plan.ID) ([]plan.ID, error)) (plan.Errors, error) {
	r := resolver{defined: map[plan.ID]definition{}}
	for _, d := range docs {
		r.define(d)
	}
	unknown, err := r.unknown(docs, exists)
	if err != nil {
		return nil, err
	}
	if len(unknown) > 0 {
		r.dangling(docs, unknown)
	}
	r.circles()
	return finish(r.found), nil
}

type definition struct {
	doc *Document
	at  int // in doc.Objects
}

type resolver struct {
	defined map[plan.ID]definition
	lost    []*Document // whose definitions are not all known
	found   []problem
}

func (r *resolver) fail(d *Document, s spot, format string, args ...any) {
	if len(r.found) < maxProblems {
		err := plan.Errorf(plan.BadUserInput, d.at(s), format, args...)
		r.found = append(r.found, problem{d.Name, int(s.line), int(s.col), err})
	}
}

func (r *resolver) define(d *Document) {
	if len(d.lost) > 0 {
		r.lost = append(r.lost, d)
	}
	for i, o := range d.Objects {
		id := o.Base().ID
		first, ok := r.defined[id]
		if !ok {
			r.defined[id] = definition{d, i}
			continue
		}
		field := "code"
		if isLink(plan.KindOf(id)) {
			field = "to"
		}
		r.fail(d, d.find(i, field, 0), "saw %s again, wanted each object once; it is defined at %s",
			id, first.doc.at(first.doc.find(first.at, field, 0)))
	}
}

// unknown is the set of ids that are referred to and exist nowhere.
func (r *resolver) unknown(docs []*Document, exists func([]plan.ID) ([]plan.ID, error)) (map[plan.ID]bool, error) {
	unknown := map[plan.ID]bool{}
	var ask []plan.ID
	for _, d := range docs {
		references(d, func(_ int, _ *plan.Edge, _ int, id plan.ID) {
			if _, ok := r.defined[id]; !ok && !unknown[id] && !r.mayBeLost(id) {
				unknown[id] = true
				ask = append(ask, id)
			}
		})
	}
	if exists == nil || len(ask) == 0 {
		return unknown, nil
	}
	found, err := exists(ask)
	for _, id := range found {
		delete(unknown, id)
	}
	return unknown, err
}

// mayBeLost says whether the id may be defined in text that could not be read.
func (r *resolver) mayBeLost(id plan.ID) bool {
	return slices.ContainsFunc(r.lost, func(d *Document) bool {
		if d.owner == "" {
			return d.lost[plan.KindOf(id)]
		}
		return d.lost[plan.KindOf(id)] && belongsTo(id, d.owner)
	})
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

func (r *resolver) dangling(docs []*Document, unknown map[plan.ID]bool) {
	const mostHints = 2 * maxReported // a hint reads all ids of a kind
	hints := 0
	names := map[*plan.Kind][]string{}
	for id := range r.defined {
		k := plan.KindOf(id)
		names[k] = append(names[k], string(id))
	}
	for _, list := range names {
		slices.Sort(list)
	}
	for _, d := range docs {
		references(d, func(i int, e *plan.Edge, nth int, id plan.ID) {
			if !unknown[id] {
				return
			}
			advice := ""
			if hints++; hints <= mostHints {
				advice = hint(string(id), names[plan.KindOf(id)])
			}
			r.fail(d, d.find(i, e.Name, nth), "%s: saw %s, wanted one that exists%s", e.Name, id, advice)
		})
	}
}

// circles finds objects that contain themselves, following each edge from a kind to itself.
func (r *resolver) circles() {
	for _, k := range plan.Kinds() {
		for _, e := range k.Edges {
			if len(e.To) == 1 && e.To[0] == k {
				r.circlesOf(e)
			}
		}
	}
}

func (r *resolver) circlesOf(e *plan.Edge) {
	var ids []plan.ID
	for id, def := range r.defined {
		if plan.KindOf(id) == e.From && len(e.Get(def.doc.Objects[def.at])) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	const onPath, done = 1, 2
	state := map[plan.ID]int{}
	type step struct {
		id   plan.ID
		next int
	}
	for _, start := range ids {
		if state[start] != 0 {
			continue
		}
		path := []step{{id: start}}
		state[start] = onPath
		for len(path) > 0 {
			top := &path[len(path)-1]
			def, ok := r.defined[top.id]
			var to []plan.ID
			if ok {
				to = e.Get(def.doc.Objects[def.at])
			}
			if top.next == len(to) {
				state[top.id] = done
				path = path[:len(path)-1]
				continue
			}
			id := to[top.next]
			top.next++
			switch state[id] {
			case 0:
				state[id] = onPath
				path = append(path, step{id: id})
			case onPath:
				from := slices.IndexFunc(path, func(s step) bool { return s.id == id })
				var round []string
				for _, s := range path[from:] {
					round = append(round, string(s.id))
				}
				r.fail(def.doc, def.doc.find(def.at, e.Name, top.next-1), "%s: saw the circle %s → %s, wanted none",
					e.Name, strings.Join(round, " → "), id)
			}
		}
	}
}
