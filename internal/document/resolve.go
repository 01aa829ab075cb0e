package document

import (
	"slices"

	"xianjie/internal/plan"
)

// Resolve lists all that is wrong with the documents: in each by itself, and between the objects of
// all together: ids that are defined twice, references to what neither the documents define nor
// exists reports as existing, and objects that contain themselves. Exists gets each unknown id once;
// nil means that nothing else exists. The error is that of exists, or of reading a document again.
func (s *Set) Resolve(exists func([]plan.ID) ([]plan.ID, error)) (plan.Errors, error) {
	unknown, err := s.unknown(exists)
	if err != nil {
		return nil, err
	}
	found := slices.Clone(s.found)
	for _, k := range plan.Kinds() {
		for _, e := range k.Edges {
			s.index.circles(e, func(last step, circle string) {
				doc := s.index.defined[last.from].doc
				err := plan.Errorf(plan.BadUserInput, s.place(doc, last.at), "%s: saw the circle %s, wanted none", e.Name, circle)
				found = append(found, problem{s.entries[doc].name, int(last.at.line), int(last.at.col), err})
			})
		}
	}
	if found, err = s.dangling(found, unknown); err != nil {
		return nil, err
	}
	return finish(found), nil
}

// unknown says of each number whether it is referred to and exists nowhere; nil when there is none.
func (s *Set) unknown(exists func([]plan.ID) ([]plan.ID, error)) ([]bool, error) {
	x := &s.index
	unknown := make([]bool, len(x.ids))
	var ask []plan.ID
	for _, e := range s.entries {
		for _, n := range e.refs {
			if x.defined[n].doc < 0 && !unknown[n] && !x.mayBeLost(x.ids[n]) {
				unknown[n] = true
				ask = append(ask, x.ids[n])
			}
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	if exists == nil {
		return unknown, nil
	}
	known, err := exists(ask)
	for _, id := range known {
		unknown[x.numbers[id]] = false
	}
	return unknown, err
}

// dangling adds the places of references to what is unknown, which it reads the documents for again.
func (s *Set) dangling(found []problem, unknown []bool) ([]problem, error) {
	const mostHints = 2 * maxReported // a hint reads all ids of a kind
	hints := map[plan.ID]string{}
	names := map[*plan.Kind][]string{}
	advice := func(id plan.ID) string {
		k := plan.KindOf(id)
		if _, ok := names[k]; !ok {
			names[k] = s.index.names(k)
		}
		if _, ok := hints[id]; !ok && len(hints) < mostHints {
			hints[id] = hint(string(id), names[k])
		}
		return hints[id]
	}
	for _, entry := range s.entries {
		if unknown == nil || len(found) >= maxProblems {
			break
		}
		if !slices.ContainsFunc(entry.refs, func(n int32) bool { return unknown[n] }) {
			continue
		}
		d, err := entry.load()
		if err != nil {
			return nil, err
		}
		references(d, func(i int, e *plan.Edge, nth int, id plan.ID) {
			if !unknown[s.index.numbers[id]] {
				return
			}
			at := d.find(i, e.Name, nth)
			err := plan.Errorf(plan.BadUserInput, d.at(at), "%s: saw %s, wanted one that exists%s", e.Name, id, advice(id))
			found = append(found, problem{d.Name, int(at.line), int(at.col), err})
		})
	}
	return found, nil
}
