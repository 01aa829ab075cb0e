package document

import (
	"context"
	"crypto/sha256"
	"iter"
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// Set is documents that belong together. It remembers what each defines and refers to, and reads a
// document again when the rest is wanted: memory follows the number of objects and not their text.
type Set struct {
	entries []*entry
	objects int
	index   index
	found   []problem // but for references to what exists nowhere
}

// entry is one document that can be read again.
type entry struct {
	name    string
	read    func() ([]byte, plan.Errors, error) // nil for a document that stays in memory
	digest  [sha256.Size]byte                   // of what was read first
	objects int
	refs    []int32   // numbers of what it refers to and does not define, sorted
	doc     *Document // nil when it has to be read again
}

// keptObjects is how many objects a set keeps of documents that it could read again: reading few
// documents twice is not worth it.
const keptObjects = 20_000

// Of is the set of documents that were parsed, with what is wrong with them.
func Of(docs ...*Document) *Set {
	s := newSet()
	for _, d := range docs {
		s.add(&entry{name: d.Name, doc: d}, d)
	}
	return s
}

func newSet() *Set { return &Set{index: newIndex()} }

// add takes in what a document says.
func (s *Set) add(e *entry, d *Document) {
	s.entries = append(s.entries, e)
	e.objects = len(d.Objects)
	s.objects += e.objects
	for _, err := range d.errs {
		name, line, col := splitPlace(err.Path)
		s.found = append(s.found, problem{name, line, col, err})
	}
	e.refs = s.index.add(int32(len(s.entries)-1), d, func(again spot, id plan.ID, first definition) {
		if len(s.found) < maxProblems {
			err := plan.Errorf(plan.BadUserInput, d.at(again), "saw %s again, wanted each object once; it is defined at %s",
				id, s.place(first.doc, first.at))
			s.found = append(s.found, problem{d.Name, int(again.line), int(again.col), err})
		}
	})
}

func (s *Set) place(doc int32, at spot) string {
	return place(s.entries[doc].name, int(at.line), int(at.col))
}

// Documents is how many there are.
func (s *Set) Documents() int { return len(s.entries) }

// Objects is how many the documents define.
func (s *Set) Objects() int { return s.objects }

// Position is where the documents state a field or edge of an object, see Document.Position; not ok
// when none of them has the object, or can be read any more.
func (s *Set) Position(id plan.ID, field string) (position string, ok bool) {
	n, ok := s.index.numbers[id]
	if !ok || s.index.defined[n].doc < 0 {
		return "", false
	}
	e := s.entries[s.index.defined[n].doc]
	d, err := e.load()
	if err != nil {
		return "", false
	}
	e.doc = d // who asks for one position will ask for more
	return d.Position(id, field), true
}

// load gives the document as it was when it was read first.
func (e *entry) load() (*Document, error) {
	if e.doc != nil {
		return e.doc, nil
	}
	data, _, err := e.read()
	if err != nil {
		return nil, err
	}
	if sha256.Sum256(data) != e.digest {
		return nil, plan.Errorf(plan.Unavailable, e.name, "has changed since it was checked, wanted it as it was: run the command again")
	}
	d, _ := Parse(e.name, data)
	return d, nil
}

// Batches yields all documents in batches of about so many objects, such that what a batch refers
// to is in itself, in an earlier one, or in none. Documents that refer to each other share a batch;
// what the references leave open goes by name. The next batch is read while one is worked on. The
// last may come with an error: of the context, of the file system, or UNAVAILABLE for a document
// that has changed since it was read first.
func (s *Set) Batches(ctx context.Context, objects int) iter.Seq2[[]*Document, error] {
	batches := joined(s.order(), objects) // and not the set, which may go when all else is through
	return func(yield func([]*Document, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for b := range ahead(ctx, batches, 1, func(batch []*entry) loaded { return loadAll(ctx, batch) }) {
			if b.err == nil {
				b.err = ctx.Err() // nothing that was read ahead is given out after the end
			}
			if !yield(b.docs, b.err) || b.err != nil {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		}
	}
}

type loaded struct {
	docs []*Document
	err  error
}

func loadAll(ctx context.Context, entries []*entry) loaded {
	docs := make([]*Document, len(entries))
	for i, e := range entries {
		if err := ctx.Err(); err != nil {
			return loaded{err: err}
		}
		var err error
		if docs[i], err = e.load(); err != nil {
			return loaded{err: err}
		}
	}
	return loaded{docs: docs}
}

// ahead yields what work makes of each item, in their order, while it is at work on as many of the
// next as lead says. It ends early with the context.
func ahead[I, O any](ctx context.Context, items []I, lead int, work func(I) O) iter.Seq[O] {
	return func(yield func(O) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		results := make(chan chan O, lead)
		go func() {
			defer close(results)
			for _, item := range items {
				result := make(chan O, 1)
				select {
				case <-ctx.Done():
					return
				case results <- result:
				}
				go func() { result <- work(item) }()
			}
		}()
		for result := range results {
			if !yield(<-result) {
				return
			}
		}
	}
}

// joined puts groups of documents together until a batch has about so many objects.
func joined(groups [][]*entry, objects int) [][]*entry {
	var batches [][]*entry
	size := 0
	for _, group := range groups {
		n := 0
		for _, e := range group {
			n += e.objects
		}
		if batches == nil || size+n > objects {
			batches = append(batches, nil)
			size = 0
		}
		batches[len(batches)-1] = append(batches[len(batches)-1], group...)
		size += n
	}
	return batches
}

// order puts the documents into groups such that what a group refers to is in itself or in an
// earlier one. Documents that refer to each other share a group, all others stand alone.
func (s *Set) order() [][]*entry {
	byName := make([]int, len(s.entries))
	for i := range byName {
		byName[i] = i
	}
	slices.SortStableFunc(byName, func(a, b int) int { return strings.Compare(s.entries[a].name, s.entries[b].name) })
	rank := make([]int, len(byName)) // of a document in that order
	for i, doc := range byName {
		rank[doc] = i
	}
	needs := make([][]int, len(byName))
	for i, doc := range byName {
		for _, n := range s.entries[doc].refs {
			if home := s.index.defined[n].doc; home >= 0 {
				needs[i] = append(needs[i], rank[home])
			}
		}
		slices.Sort(needs[i])
		needs[i] = slices.Compact(needs[i])
	}
	var groups [][]*entry
	for _, component := range components(needs) {
		slices.Sort(component)
		group := make([]*entry, len(component))
		for i, n := range component {
			group[i] = s.entries[byName[n]]
		}
		groups = append(groups, group)
	}
	return groups
}
