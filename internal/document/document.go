// Package document owns plan documents: reading them from YAML with the place of everything in
// them, checking that they fit together, writing them back byte for byte, and the JSON Schema that
// editors complete and check them with. What may stand in a document follows from the description
// in package plan. It must not know where objects are stored nor what rules say about them.
//
// A document is one YAML file: a plan (`plan:` and the lists of its elements) or a part of the
// vocabulary (`vocabulary:` with regions, organizations, zones, indicators). Lists are named by the
// plural of their kind; parts nest in what they belong to (calibres in an indicator, demands in a
// project), sections, goals and tasks nest below `children`. References are codes or full ids.
package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"xianjie/internal/plan"
)

// Document is what one file says.
type Document struct {
	Name    string        // the file, as positions name it
	Objects []plan.Object // in the order of the text, normalized, an owner before its parts

	owner plan.ID             // the plan; "" for vocabulary
	lost  map[*plan.Kind]bool // kinds of which some text could not be read
	spots []spot              // of all objects, in their order
	first []int32             // of each object in spots, whose first spot is the object's own
	index func() map[plan.ID]int
	errs  plan.Errors // all that is wrong with the document by itself
}

// spot is where a value stands: line and column count from one, the column in characters.
type spot struct {
	slot      int32 // in shape.slots
	line, col int32
}

func newDocument(name string) *Document {
	d := &Document{Name: name, lost: map[*plan.Kind]bool{}}
	d.index = sync.OnceValue(d.buildIndex)
	return d
}

// lose notes that objects of the kind, and what is nested in them, may be missing; of every kind
// when none is given.
func (d *Document) lose(kind *plan.Kind) {
	for _, k := range plan.Kinds() {
		owner := k.Owner()
		if kind == nil || k == kind || owner != nil && owner.To[0] == kind {
			d.lost[k] = true
		}
	}
}

func (d *Document) buildIndex() map[plan.ID]int {
	index := make(map[plan.ID]int, len(d.Objects))
	for i, o := range d.Objects {
		if _, ok := index[o.Base().ID]; !ok {
			index[o.Base().ID] = i
		}
	}
	return index
}

// Position is where the document states a field or edge of an object, as "file:line:column": its
// value, else the value object it is in, else the object. Fields are named as the description does
// ("quantity.value", "source.ref", "indicator"). An object that the document does not have is
// placed at its first line.
func (d *Document) Position(id plan.ID, field string) string {
	i, ok := d.index()[id]
	if !ok {
		return place(d.Name, 1, 1)
	}
	return d.at(d.find(i, field, 0))
}

func (d *Document) at(s spot) string { return place(d.Name, int(s.line), int(s.col)) }

// find is the nth spot of a field of the ith object, the first when there are fewer.
func (d *Document) find(i int, field string, nth int) spot {
	spots := d.spots[d.first[i]:]
	if i+1 < len(d.first) {
		spots = d.spots[d.first[i]:d.first[i+1]]
	}
	sh := shapeOf(plan.KindFor(d.Objects[i]))
	for field != "" {
		slot, ok := sh.slot[field]
		for j, s := range spots[1:] {
			if ok && s.slot == slot {
				if next := j + 1 + nth; next < len(spots) && spots[next].slot == slot {
					return spots[next]
				}
				return s
			}
		}
		field = field[:max(strings.LastIndexByte(field, '.'), 0)]
	}
	return spots[0]
}

func place(name string, line, col int) string { return fmt.Sprintf("%s:%d:%d", name, line, col) }

const (
	maxReported = 100    // errors listed for one input
	maxProblems = 10_000 // errors after which reading stops: the text is no document
)

// problem is an error with its place.
type problem struct {
	name      string
	line, col int
	err       *plan.Error
}

// problems collects what is wrong with one document.
type problems struct {
	name    string
	found   []problem
	stopped bool // a limit was passed; there is no sense in going on
}

func (p *problems) add(code plan.Code, line, col int, format string, args ...any) {
	if len(p.found) < maxProblems {
		err := plan.Errorf(code, place(p.name, line, col), format, args...)
		p.found = append(p.found, problem{p.name, line, col, err})
	}
}

func (p *problems) full() bool { return p.stopped || len(p.found) >= maxProblems }

func finish(found []problem) plan.Errors {
	slices.SortStableFunc(found, func(a, b problem) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
	})
	found = slices.CompactFunc(found, func(a, b problem) bool { return *a.err == *b.err })
	var errs plan.Errors
	for i, p := range found {
		if i == maxReported {
			more := fmt.Sprint(len(found) - i)
			if len(found) >= maxProblems {
				more = "very many"
			}
			return append(errs, plan.Errorf(plan.BadUserInput, p.name, "and %s more errors", more))
		}
		errs = append(errs, p.err)
	}
	return errs
}

// splitPlace undoes place; a path of another form has no line.
func splitPlace(path string) (name string, line, col int) {
	rest, c, ok := cutLast(path)
	name, l, ok2 := cutLast(rest)
	if !ok || !ok2 {
		return path, 0, 0
	}
	return name, l, c
}

func cutLast(s string) (string, int, bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || i == len(s)-1 {
		return s, 0, false
	}
	n := 0
	for _, c := range []byte(s[i+1:]) {
		if c < '0' || c > '9' || n > 1<<40 {
			return s, 0, false
		}
		n = n*10 + int(c-'0')
	}
	return s[:i], n, true
}
