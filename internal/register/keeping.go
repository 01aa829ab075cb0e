package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"xianjie/internal/plan"
)

// keepReview is a link as it is to be written over a stored one, which may be nil: with what the register knows of its review, unless the new
// one says otherwise.
//   - One that says nothing of a review keeps it: its state is left out, or UNREVIEWED in a document, where that is the same.
//   - One that speaks of the same review, by its day and, where it has them, fingerprints, keeps the state and the fingerprints. Who says
//     REVIEWED does not clear a suspicion so; who says SUSPECT without fingerprints raises one.
//   - One in a document that speaks of an earlier review, or of one on no day, keeps the later: a document may be older than the register.
//   - Any other counts as it is.
func keepReview(given, stored *plan.Link, document bool) *plan.Link {
	if stored == nil || stored.State == plan.Unreviewed {
		return given
	}
	sameDay := given.ReviewedAt == stored.ReviewedAt
	silent := (given.State == "" || document && given.State == plan.Unreviewed) && (sameDay || given.ReviewedAt == "")
	earlier := document && !sameDay && stored.ReviewedAt != "" && given.ReviewedAt.Compare(stored.ReviewedAt) != plan.After
	now := *given
	takeReview(&now, stored)
	switch {
	case silent, earlier:
		return &now
	case sameDay && sameReview(given, stored):
		if given.ReviewedBy != "" {
			now.ReviewedBy = given.ReviewedBy
		}
		if given.ReviewNote != "" {
			now.ReviewNote = given.ReviewNote
		}
		return &now
	}
	return given
}

// sameReview says whether a link speaks of the review that another of the same day had.
func sameReview(given, stored *plan.Link) bool {
	if given.State == plan.Unreviewed {
		return false
	}
	if given.FromReviewed == "" && given.ToReviewed == "" {
		return given.State == plan.Reviewed || given.State == stored.State
	}
	return given.FromReviewed == stored.FromReviewed && given.ToReviewed == stored.ToReviewed
}

// keep is a change set whose links keep what the register knows of their reviews at a revision, at which it then must still stand; kept says
// that it is other than the given one.
func (v *reviews) keep(cs plan.ChangeSet, at plan.Revision) (now plan.ChangeSet, kept bool) {
	if !slices.ContainsFunc(cs.Ops, writesLink) {
		return cs, false
	}
	if cs.Key != "" && cs.Asked == "" {
		cs.Asked = asked(cs.Ops)
	}
	cs.Ops = v.keepOps(cs.Ops, &kept)
	if kept && cs.At == nil {
		cs.At = &at
	}
	return cs, kept
}

func writesLink(op plan.Op) bool {
	_, ok := op.Upsert.(*plan.Link)
	return ok
}

// keepOps are ops whose links keep their reviews.
func (v *reviews) keepOps(ops []plan.Op, kept *bool) []plan.Op {
	ops = slices.Clone(ops)
	for i, op := range ops {
		given, ok := op.Upsert.(*plan.Link)
		if !ok {
			continue
		}
		id := given.ID
		if id == "" {
			id = plan.LinkID(given.Type, given.From, given.To)
		}
		if now := keepReview(given, v.links[id], false); now != given {
			ops[i].Upsert, *kept = now, true
		}
	}
	return ops
}

// asked sums up what ops ask for.
func asked(ops []plan.Op) string {
	sum := sha256.New()
	for _, op := range ops {
		if op.Upsert != nil {
			sum.Write(plan.Marshal(op.Upsert))
		}
		expect := "any"
		if op.Expect != nil {
			expect = fmt.Sprint(*op.Expect)
		}
		fmt.Fprintf(sum, "\n%s %t %s\n", op.Remove, op.Cascade, expect)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// documented are objects of documents as an import would write them: links keep their reviews.
func (r *Register) documented(ctx context.Context, put []plan.Object) ([]plan.Object, error) {
	var ids []plan.ID
	for _, o := range put {
		if l, ok := o.(*plan.Link); ok {
			ids = append(ids, l.ID)
		}
	}
	if len(ids) == 0 {
		return put, nil
	}
	stored, err := r.stored(ctx, ids)
	if err != nil {
		return nil, err
	}
	put = slices.Clone(put)
	next := 0
	for i, o := range put {
		if l, ok := o.(*plan.Link); ok {
			was, _ := stored[next].(*plan.Link)
			put[i] = keepReview(l, was, true)
			next++
		}
	}
	return put, nil
}
