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
	Actor    string
	Progress func(done, of int) // objects; may be nil
	Checking func(done, of int) // scopes of the check behind it; may be nil
}

// Imported is what an import did, or, after a dry run, would do.
type Imported struct {
	Documents int
	Objects   int
	Added     int      // objects that were not there
	Changed   int      // objects that were there and differ
	Outcome   *Outcome // nil after a dry run
}

// batchObjects is how many objects one change set of an import holds, unless documents that refer
// to each other are more.
const batchObjects = 20_000

// Import puts plan documents into the register. All are checked before anything is written; then
// each document is written whole or not at all, and one that others refer to before them. Its
// errors have the file, line and column as path.
func (r *Register) Import(ctx context.Context, docs []*document.Document, opts ImportOptions) (*Imported, error) {
	if err := r.Resolve(ctx, docs); err != nil {
		return nil, err
	}
	done := &Imported{Documents: len(docs)}
	for _, d := range docs {
		done.Objects += len(d.Objects)
	}
	if opts.DryRun {
		_, err := r.compare(ctx, docs, done, opts.Progress)
		return done, err
	}
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	written := 0
	for _, batch := range batches(document.Order(docs)) {
		if err := r.write(ctx, batch, done, opts); err != nil {
			return nil, err
		}
		for _, d := range batch {
			written += len(d.Objects)
		}
		if opts.Progress != nil {
			opts.Progress(written, done.Objects)
		}
	}
	out, err := r.follow(ctx, opts.Checking)
	done.Outcome = out
	return done, err
}

// ImportText is Import of one document, given as text; name is what errors call it.
func (r *Register) ImportText(ctx context.Context, name string, text []byte, opts ImportOptions) (*Imported, error) {
	doc, errs := document.Parse(name, text)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return r.Import(ctx, []*document.Document{doc}, opts)
}

// Objects loads objects by their ids, those that there are, in that order.
func (r *Register) Objects(ctx context.Context, ids []plan.ID) ([]plan.Object, error) {
	found, err := r.stored(ctx, ids)
	return slices.DeleteFunc(found, func(o plan.Object) bool { return o == nil }), err
}

// Resolve checks that what documents refer to is in them or in the register. Its errors have the file, line
// and column as path.
func (r *Register) Resolve(ctx context.Context, docs []*document.Document) error {
	errs, err := document.Resolve(docs, func(ids []plan.ID) ([]plan.ID, error) { return r.existing(ctx, ids) })
	if err != nil {
		return err
	}
	return errs.Err()
}

// batches joins groups of documents into change sets of a good size.
func batches(groups [][]*document.Document) [][]*document.Document {
	var out [][]*document.Document
	size := batchObjects
	for _, group := range groups {
		n := 0
		for _, d := range group {
			n += len(d.Objects)
		}
		if size+n > batchObjects {
			out = append(out, nil)
			size = 0
		}
		out[len(out)-1] = append(out[len(out)-1], group...)
		size += n
	}
	return out
}

// write writes documents. They are compared anew when another server changes a link in the meantime whose review is to be kept.
func (r *Register) write(ctx context.Context, batch []*document.Document, done *Imported, opts ImportOptions) error {
	names := make([]string, len(batch))
	for i, d := range batch {
		names[i] = d.Name
	}
	cs := plan.ChangeSet{Actor: opts.Actor, Note: "import of " + strings.Join(names, ", ")}
	for {
		at, err := r.revision(ctx)
		if err != nil {
			return err
		}
		var counts Imported
		if cs.Ops, err = r.compare(ctx, batch, &counts, nil); err != nil {
			return err
		}
		_, err = r.store.Apply(ctx, cs)
		if plan.CodeOf(err) == plan.Conflict && r.passed(ctx, at) {
			continue
		}
		done.Added, done.Changed = done.Added+counts.Added, done.Changed+counts.Changed
		return placed(err, batch)
	}
}

// compare gives the ops that write documents, and counts which objects the register does not have, or has otherwise. An op that keeps the
// review of a link expects the link to be as it was found.
func (r *Register) compare(ctx context.Context, docs []*document.Document, done *Imported, progress func(done, of int)) ([]plan.Op, error) {
	var ops []plan.Op
	for _, d := range docs {
		ids := make([]plan.ID, len(d.Objects))
		for i, o := range d.Objects {
			ids[i] = o.Base().ID
		}
		stored, err := r.stored(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i, o := range d.Objects {
			op := plan.Op{Upsert: o}
			if l, ok := o.(*plan.Link); ok {
				was, _ := stored[i].(*plan.Link)
				if now := keepReview(l, was, true); now != l {
					op = plan.Op{Upsert: now, Expect: &was.Version}
				}
			}
			switch {
			case stored[i] == nil:
				done.Added++
			case !bytes.Equal(plan.Marshal(stored[i]), plan.Marshal(op.Upsert)):
				done.Changed++
			}
			ops = append(ops, op)
		}
		if progress != nil {
			progress(len(ops), done.Objects)
		}
	}
	return ops, nil
}

// stored loads objects by their ids, nil where there is none.
func (r *Register) stored(ctx context.Context, ids []plan.ID) ([]plan.Object, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	s := &query.Selection{IDs: ids}
	for _, k := range plan.Kinds() {
		for _, id := range ids {
			if plan.KindOf(id) == k {
				s.Of = append(s.Of, query.Whole(k))
				break
			}
		}
	}
	result, err := r.store.Fetch(ctx, s)
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
