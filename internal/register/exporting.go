package register

import (
	"context"

	"xianjie/internal/document"
	"xianjie/internal/plan"
)

// Export gives the register as plan documents, in a form that Import reads back to the same. With
// plans named, only the documents of those; NOT_FOUND names one that does not exist.
func (r *Register) Export(ctx context.Context, plans []plan.ID) ([]document.File, error) {
	now, err := r.revision(ctx)
	if err != nil {
		return nil, err
	}
	return r.ExportAsOf(ctx, plans, now)
}

// ExportAsOf is Export as the register was at a revision: byte for byte what Export gave then. What has changed since is undone, object by
// object, so it takes longer the more there is of it. A revision that there has not been is BAD_USER_INPUT.
func (r *Register) ExportAsOf(ctx context.Context, plans []plan.ID, at plan.Revision) ([]document.File, error) {
	if _, err := r.reached(ctx, "asOf", at); err != nil {
		return nil, err
	}
	objects := map[plan.ID]plan.Object{}
	for _, k := range plan.Kinds() {
		if !exported(k) {
			continue
		}
		for batch, err := range byID(ctx, r.store, k) {
			if err != nil {
				return nil, err
			}
			for _, o := range batch {
				objects[o.Base().ID] = o
			}
		}
	}
	// Kinds are read one after the other: what changes meanwhile is behind the revision too.
	if err := r.undo(ctx, objects, at); err != nil {
		return nil, err
	}
	if err := all(objects, plans); err != nil {
		return nil, err
	}
	list := make([]plan.Object, 0, len(objects))
	for _, o := range objects {
		list = append(list, o)
	}
	files, err := document.Write(list)
	if err != nil || len(plans) == 0 {
		return files, err
	}
	var chosen []document.File
	for _, f := range files {
		for _, id := range plans {
			if f.Name == id.Code()+".yaml" {
				chosen = append(chosen, f)
			}
		}
	}
	return chosen, nil
}

// exported says whether documents hold objects of a kind: findings follow from the rest.
func exported(k *plan.Kind) bool { return k.Name != "Finding" }

// all refuses ids of plans that are not among the objects, or are given twice.
func all(objects map[plan.ID]plan.Object, plans []plan.ID) error {
	var errs plan.Errors
	seen := map[plan.ID]bool{}
	for _, id := range plans {
		switch _, ok := objects[id].(*plan.Plan); {
		case plan.KindOf(id) != plan.KindNamed("Plan"):
			errs = append(errs, plan.Errorf(plan.BadUserInput, "plans", "saw %q, wanted the id of a plan", id))
		case !ok:
			errs = append(errs, plan.Errorf(plan.NotFound, "plans", "%s does not exist", id))
		case seen[id]:
			errs = append(errs, plan.Errorf(plan.BadUserInput, "plans", "names %s twice", id))
		}
		seen[id] = true
	}
	return errs.Err()
}

// undo makes objects what they were at a revision, going by the log behind it.
func (r *Register) undo(ctx context.Context, objects map[plan.ID]plan.Object, at plan.Revision) error {
	undone := map[plan.ID]bool{}
	for after := at; ; {
		changes, err := r.wholeChanges(ctx, after)
		if err != nil || len(changes) == 0 {
			return err
		}
		after = changes[len(changes)-1].Revision
		for _, c := range changes {
			if undone[c.ID] || !exported(plan.KindOf(c.ID)) {
				continue
			}
			undone[c.ID] = true
			was, _, err := objectAt(ctx, r.store, c.ID, at)
			if err != nil {
				return err
			}
			if was == nil {
				delete(objects, c.ID)
				continue
			}
			objects[c.ID] = was
		}
	}
}

// wholeChanges are the changes of the next revisions behind one, all of each.
func (r *Register) wholeChanges(ctx context.Context, after plan.Revision) ([]plan.Change, error) {
	for limit := copyObjects + 1; ; limit *= 4 { // of a set as large as those of an import, one more shows the end
		changes, err := r.store.Changes(ctx, after, limit)
		if err != nil || len(changes) < limit || changes[0].Revision != changes[limit-1].Revision {
			return changes, err
		}
	}
}
