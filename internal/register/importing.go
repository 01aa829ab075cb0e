package register

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// ImportOptions say how documents are imported.
type ImportOptions struct {
	DryRun   bool // check everything, write nothing
	Last     bool // nothing more is asked of the register, so that the check need not remember what a later one would begin with
	Actor    string
	Progress func(done, of int) // objects; may be nil
	Checking func(done, of int) // scopes of the check behind it; may be nil
}

// Imported is what an import did, or, after a dry run, would do.
type Imported struct {
	Documents int
	Objects   int      // in the documents
	Done      int      // of them the register has, or has been compared with; all but after an error
	Added     int      // objects that were not there
	Changed   int      // objects that were there and differ
	Outcome   *Outcome // nil after a dry run, and after an error
}

// Same is how many objects were there already as the documents have them.
func (i *Imported) Same() int { return i.Done - i.Added - i.Changed }

// batchObjects is how many objects one change set of an import holds, unless documents that refer
// to each other are more.
const batchObjects = 5_000

// Import puts plan documents into the register. All are checked before anything is written; then
// each document is written whole or not at all, and one that others refer to before them; at the end
// the register is checked. What is there already is left alone, so that an import that was stopped
// goes on where it was. Its errors have the file, line and column as path; what was done until an
// error is given beside it, nil when that is nothing.
func (r *Register) Import(ctx context.Context, docs *document.Set, opts ImportOptions) (*Imported, error) {
	if err := r.Resolve(ctx, docs); err != nil {
		return nil, err
	}
	done := &Imported{Documents: docs.Documents(), Objects: docs.Objects()}
	put := r.write
	if opts.DryRun {
		put = r.compare
	} else {
		if err := r.lock(ctx); err != nil {
			return nil, err
		}
		defer r.unlock()
		r.last = opts.Last
		defer r.left()
	}
	for batch, err := range docs.Batches(ctx, batchObjects) {
		if err == nil {
			err = put(ctx, batch, done, opts.Actor)
		}
		if err != nil {
			return done, err
		}
		for _, d := range batch {
			done.Done += len(d.Objects)
		}
		if opts.Progress != nil {
			opts.Progress(done.Done, done.Objects)
		}
	}
	if opts.DryRun {
		return done, nil
	}
	out, err := r.follow(ctx, opts.Checking)
	done.Outcome = out
	return done, err
}

// left forgets a check that remembers too little for others to follow.
func (r *Register) left() {
	if r.last {
		r.last, r.current = false, nil
	}
}

// ImportText is Import of one document, given as text; name is what errors call it.
func (r *Register) ImportText(ctx context.Context, name string, text []byte, opts ImportOptions) (*Imported, error) {
	doc, _ := document.Parse(name, text)
	return r.Import(ctx, document.Of(doc), opts)
}

// Objects loads objects by their ids, those that there are, in that order.
func (r *Register) Objects(ctx context.Context, ids []plan.ID) ([]plan.Object, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := r.stored(ctx, ids)
	return slices.DeleteFunc(found, func(o plan.Object) bool { return o == nil }), err
}

// Resolve checks that documents are right in themselves, and that what they refer to is in them or in the register. Its errors have the
// file, line and column as path.
func (r *Register) Resolve(ctx context.Context, docs *document.Set) error {
	errs, err := docs.Resolve(func(ids []plan.ID) ([]plan.ID, error) { return r.existing(ctx, ids) })
	if err != nil {
		return err
	}
	return errs.Err()
}

// write puts documents into the store, and counts which objects it did not have, or had otherwise. A link that keeps its review is expected to
// be as it was found: where another server was faster, it is looked at again.
func (r *Register) write(ctx context.Context, batch []*document.Document, done *Imported, actor string) error {
	given := objectsOf(batch)
	ids := idsOf(given)
	names := make([]string, len(batch))
	for i, d := range batch {
		names[i] = d.Name
	}
	for {
		at, err := r.revision(ctx)
		if err != nil {
			return err
		}
		before, err := r.versions(ctx, ids)
		if err != nil {
			return err
		}
		put, err := r.documented(ctx, given)
		if err != nil {
			return err
		}
		cs := plan.ChangeSet{Actor: actor, Note: "import of " + strings.Join(names, ", "), Ops: make([]plan.Op, len(put))}
		for i, o := range put {
			cs.Ops[i].Upsert = o
			if o != given[i] {
				cs.Ops[i].Expect = &before[i]
			}
		}
		_, err = r.store.Apply(ctx, cs)
		if plan.CodeOf(err) == plan.Conflict && r.passed(ctx, at) {
			continue
		}
		if err != nil {
			return placed(err, batch)
		}
		had, versions := known(ids, before)
		after, err := r.versions(ctx, had)
		if err != nil {
			return err
		}
		done.Added += len(ids) - len(had)
		for i, v := range versions {
			if after[i] != v {
				done.Changed++
			}
		}
		return nil
	}
}

// compare counts which objects of documents the store does not have, or has otherwise.
func (r *Register) compare(ctx context.Context, batch []*document.Document, done *Imported, _ string) error {
	given := objectsOf(batch)
	ids := idsOf(given)
	versions, err := r.versions(ctx, ids)
	if err != nil {
		return err
	}
	had, _ := known(ids, versions)
	stored, err := r.stored(ctx, had)
	if err != nil {
		return err
	}
	done.Added += len(ids) - len(had)
	is := make(map[plan.ID]plan.Object, len(had))
	for i, id := range had {
		is[id] = stored[i]
	}
	put, err := r.documented(ctx, given)
	if err != nil {
		return err
	}
	for _, o := range put {
		if was := is[o.Base().ID]; was != nil && !bytes.Equal(plan.Marshal(was), plan.Marshal(o)) {
			done.Changed++
		}
	}
	return nil
}

func objectsOf(docs []*document.Document) []plan.Object {
	var all []plan.Object
	for _, d := range docs {
		all = append(all, d.Objects...)
	}
	return all
}

func idsOf(objects []plan.Object) []plan.ID {
	ids := make([]plan.ID, len(objects))
	for i, o := range objects {
		ids[i] = o.Base().ID
	}
	return ids
}

// known are those of the ids that have a version, and the versions.
func known(ids []plan.ID, versions []int64) (had []plan.ID, of []int64) {
	for i, v := range versions {
		if v > 0 {
			had, of = append(had, ids[i]), append(of, v)
		}
	}
	return had, of
}

// versions are those of the stored objects, 0 where there is none.
func (r *Register) versions(ctx context.Context, ids []plan.ID) ([]int64, error) {
	result, err := r.store.Fetch(ctx, ofKinds(ids, func(k *plan.Kind) query.Shape {
		return query.Shape{Kind: k, Columns: []*plan.Field{k.Field("version")}}
	}))
	if err != nil {
		return nil, err
	}
	versions := make([]int64, len(ids))
	for i, item := range result.Root.Items {
		if item != query.Missing {
			versions[i], _ = result.Root.Tables[item.Table].Value(int(item.Row), 0).(int64)
		}
	}
	return versions, nil
}

// ofKinds selects objects by their ids, with what shape says of each kind that there is among them.
func ofKinds(ids []plan.ID, shape func(*plan.Kind) query.Shape) *query.Selection {
	s := &query.Selection{IDs: ids}
	for _, k := range plan.Kinds() {
		if slices.ContainsFunc(ids, func(id plan.ID) bool { return plan.KindOf(id) == k }) {
			s.Of = append(s.Of, shape(k))
		}
	}
	return s
}

// stored loads objects by their ids, nil where there is none.
func (r *Register) stored(ctx context.Context, ids []plan.ID) ([]plan.Object, error) {
	result, err := r.store.Fetch(ctx, ofKinds(ids, query.Whole))
	if err != nil {
		return nil, err
	}
	return result.Root.Objects()
}

// placed turns the paths of a store's errors (an object's id and field) into places in documents.
func placed(err error, docs []*document.Document) error {
	var many plan.Errors
	if !errors.As(err, &many) {
		return err
	}
	out := make(plan.Errors, len(many))
	for i, e := range many {
		moved := *e
		moved.Path = place(e.Path, docs)
		out[i] = &moved
	}
	return out
}

func place(path string, docs []*document.Document) string {
	for _, d := range docs {
		for _, o := range d.Objects {
			id := o.Base().ID
			rest, ok := strings.CutPrefix(path, string(id))
			if ok && (rest == "" || rest[0] == '.') {
				return d.Position(id, strings.TrimPrefix(rest, "."))
			}
		}
	}
	return path
}

// every loads all objects of a kind that pass a filter, whole and in the order of their ids.
func (r *Register) every(ctx context.Context, k *plan.Kind, filter query.Filter) ([]plan.Object, error) {
	result, err := r.store.Fetch(ctx, &query.Selection{
		Filter: filter, Order: []query.Order{{Field: k.Field("id")}}, Of: []query.Shape{query.Whole(k)},
	})
	if err != nil {
		return nil, err
	}
	return decode[plan.Object](result.Root)
}
