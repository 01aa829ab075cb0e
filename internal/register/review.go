package register

import (
	"context"
	"maps"
	"slices"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Review says that somebody reviewed a link.
type Review struct {
	Link plan.ID
	By   string
	Note string
	On   plan.Date // "" = today
	// Expect is the version of the link that was reviewed: where it is another by now, the review is refused with CONFLICT. Nil = any.
	Expect *int64
}

// ReviewLink records that a link was reviewed against both its ends as they are. It is REVIEWED from then on, until an end changes or a
// superior text comes out. A review that is there already has no effect, whatever version is expected. BAD_USER_INPUT without who reviewed
// it, for a day in the future or before the superior text that R16 reports came out; NOT_FOUND for a link that is not there; CONFLICT for a
// version that is not the expected one.
func (r *Register) ReviewLink(ctx context.Context, v Review) (*Outcome, error) {
	if err := v.complete(r.today()); err != nil {
		return nil, err
	}
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	for {
		out, err := r.follow(ctx, nil)
		if err != nil {
			return nil, err
		}
		op, err := r.reviewOp(ctx, v)
		if err == nil && op == nil {
			return out, nil
		}
		at := r.current.revision
		if err == nil {
			at, err = r.store.Apply(ctx, plan.ChangeSet{Actor: v.By, Note: v.Note, At: &at, Ops: []plan.Op{*op}})
		}
		if plan.CodeOf(err) == plan.Conflict && r.passed(ctx, out.Revision) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if out, err = r.follow(ctx, nil); err != nil {
			return nil, plan.Errorf(plan.CodeOf(err), "", "the review is stored at revision %d, but not counted yet: %w", at, err)
		}
		return out, nil
	}
}

// complete refuses a review that says too little, and dates one of today.
func (v *Review) complete(today plan.Date) error {
	var errs plan.Errors
	refuse := func(field, format string, args ...any) {
		errs = append(errs, plan.Errorf(plan.BadUserInput, field, format, args...))
	}
	if plan.KindOf(v.Link) != plan.KindNamed("Link") {
		refuse("id", "saw %q, wanted the id of a link", v.Link)
	}
	v.By, v.Note = strings.TrimSpace(v.By), strings.TrimSpace(v.Note)
	if v.By == "" {
		refuse("by", "is missing, wanted who reviewed the link")
	}
	if v.On == "" {
		v.On = today
	}
	if _, err := plan.ParseDate(string(v.On)); err != nil {
		refuse("on", "%v", err)
	} else if v.On.Compare(today) == plan.After {
		refuse("on", "saw %s, wanted a day that is not in the future", v.On)
	}
	return errs.Err()
}

// reviewOp is the change that records a review of a link as it is now, nil when that is recorded already.
func (r *Register) reviewOp(ctx context.Context, v Review) (*plan.Op, error) {
	stored, err := r.stored(ctx, []plan.ID{v.Link})
	if err != nil {
		return nil, err
	}
	was, _ := stored[0].(*plan.Link)
	if was == nil {
		return nil, plan.Errorf(plan.NotFound, string(v.Link), "is no link of this register")
	}
	c := r.current
	prints, err := fingerprints(ctx, r.store, []plan.ID{was.From, was.To}, c.revision, nil)
	if err != nil {
		return nil, err
	}
	now := *was
	now.State, now.Suspect, now.ReviewedAt, now.ReviewedBy, now.ReviewNote = plan.Reviewed, "", v.On, v.By, v.Note
	now.FromReviewed, now.ToReviewed = prints[was.From], prints[was.To]
	if newer := c.run.Frame().Newer(&now); newer != nil {
		return nil, plan.Errorf(plan.BadUserInput, "on", "saw a review on %s, but %s (%s) came out after that, and R16 still reports the link: review it against that text, on a later day",
			v.On, law.Title(newer), newer.ID)
	}
	if sameLink(was, &now) {
		return nil, nil
	}
	if v.Expect != nil && *v.Expect != was.Version {
		return nil, plan.Errorf(plan.Conflict, string(was.ID)+".version",
			"saw a review of version %d, but the link stands at version %d: read it again and review that", *v.Expect, was.Version)
	}
	if errs := plan.Validate(&now); len(errs) > 0 {
		return nil, errs
	}
	return &plan.Op{Upsert: &now, Expect: &was.Version}, nil
}

// passed says whether the register has moved on from a revision.
func (r *Register) passed(ctx context.Context, at plan.Revision) bool {
	now, err := r.revision(ctx)
	return err == nil && now != at
}

func sameLink(a, b *plan.Link) bool { return string(plan.Marshal(a)) == string(plan.Marshal(b)) }

// reviews follows the links that were reviewed once. The state of such a link follows from what it was reviewed against, from its ends as
// they are, and from whether R16 reports it.
type reviews struct {
	links  map[plan.ID]*plan.Link // as the store has them
	at     map[plan.ID][]plan.ID  // the ids of those links by either end
	prints map[plan.ID]string     // fingerprints of ends, of those that are known
	due    map[plan.ID]bool       // links whose state is to be worked out
}

func newReviews(links []*plan.Link) *reviews {
	v := &reviews{links: map[plan.ID]*plan.Link{}, at: map[plan.ID][]plan.ID{}, prints: map[plan.ID]string{}, due: map[plan.ID]bool{}}
	for _, l := range links {
		v.put(l.ID, l)
	}
	return v
}

// put takes over a link as it is now, nil when it is gone.
func (v *reviews) put(id plan.ID, l *plan.Link) {
	if was := v.links[id]; was != nil {
		for _, end := range []plan.ID{was.From, was.To} {
			v.at[end] = slices.DeleteFunc(v.at[end], func(other plan.ID) bool { return other == id })
			if len(v.at[end]) == 0 {
				delete(v.at, end)
				delete(v.prints, end)
			}
		}
		delete(v.links, id)
		delete(v.due, id)
	}
	if l == nil || l.State == plan.Unreviewed {
		return
	}
	v.links[id], v.due[id] = l, true
	v.at[l.From], v.at[l.To] = append(v.at[l.From], id), append(v.at[l.To], id)
}

// edited notes what a change of an object does to reviewed links.
func (v *reviews) edited(e coherence.Edit) {
	for _, o := range []plan.Object{e.Before, e.After} {
		switch o := o.(type) {
		case nil:
		case *plan.Link:
			v.put(o.ID, nil)
		default:
			for _, end := range wholes(o) {
				delete(v.prints, end)
				for _, id := range v.at[end] {
					v.due[id] = true
				}
			}
		}
	}
	if l, ok := e.After.(*plan.Link); ok {
		v.put(l.ID, l)
	}
}

// rechecked notes that R16 has answered anew, and perhaps otherwise than before.
func (v *reviews) rechecked(scopes []coherence.Scope, frame *coherence.Frame) {
	for _, s := range scopes {
		for _, id := range v.at[s.ID] {
			if l := v.links[id]; reopens(l, s, frame) {
				v.due[id] = true
			}
		}
	}
}

// reopens says whether R16 answers about a link in a scope, and otherwise than the link's state has it.
func reopens(l *plan.Link, s coherence.Scope, frame *coherence.Frame) bool {
	return s.Kind == coherence.PlanScope && s.ID == l.From && (frame.Newer(l) != nil) != (l.State == plan.Suspect)
}

// restated says whether a changed link is what it was but for its review, on the same day: no rule looks at that.
func (v *reviews) restated(l *plan.Link) bool {
	was := v.links[l.ID]
	if was == nil || l.State == plan.Unreviewed || was.ReviewedAt != l.ReviewedAt {
		return false
	}
	now := *l
	takeReview(&now, was)
	return sameLink(was, &now)
}

// takeReview makes the review of one link that of another.
func takeReview(to, from *plan.Link) {
	to.State, to.Suspect, to.ReviewedAt, to.ReviewedBy, to.ReviewNote = from.State, from.Suspect, from.ReviewedAt, from.ReviewedBy, from.ReviewNote
	to.FromReviewed, to.ToReviewed = from.FromReviewed, from.ToReviewed
}

// wholes are an object and whatever it is a part of, and perhaps plans that there are not.
func wholes(o plan.Object) []plan.ID {
	id, kind := o.Base().ID, plan.KindFor(o)
	ids := []plan.ID{id}
	if owner := kind.Owner(); owner != nil {
		ids = append(ids, owner.Get(o)...)
	}
	for i, c := range id.Code() {
		if c == '/' && kind.Element() {
			ids = append(ids, plan.MakeID("plan", id.Code()[:i]))
		}
	}
	return ids
}

// standing is a reviewed link in the state that it is in, given the fingerprints of its ends. What is said to be reviewed and does not say
// against what, is held to be reviewed against the ends as they are; what is said to be suspect without that stays so.
func standing(l *plan.Link, prints map[plan.ID]string, frame *coherence.Frame) *plan.Link {
	now := *l
	from, to := prints[l.From], prints[l.To]
	if now.State == plan.Reviewed && now.FromReviewed == "" {
		now.FromReviewed = from
	}
	if now.State == plan.Reviewed && now.ToReviewed == "" {
		now.ToReviewed = to
	}
	now.State, now.Suspect = plan.Reviewed, ""
	if now.FromReviewed != from || now.ToReviewed != to || frame.Newer(&now) != nil {
		now.State, now.Suspect = plan.Suspect, now.Type.Reviewers()
	}
	return &now
}

// mostJudged is how many links are brought into their states at once.
const mostJudged = 5_000

// judge works out the states of links that are due. It gives those that are in another one than stored, and all that it looked at. CONFLICT
// when the register has moved on.
func (r *Register) judge(ctx context.Context, c *current) (otherwise []*plan.Link, judged []plan.ID, err error) {
	v := c.reviews
	judged = slices.Sorted(maps.Keys(v.due))
	judged = judged[:min(len(judged), mostJudged)]
	var unknown []plan.ID
	for _, id := range judged {
		for _, end := range []plan.ID{v.links[id].From, v.links[id].To} {
			if _, known := v.prints[end]; !known {
				unknown = append(unknown, end)
			}
		}
	}
	prints, err := fingerprints(ctx, r.store, unknown, c.revision, nil)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(v.prints, prints)
	for _, id := range judged {
		if now := standing(v.links[id], v.prints, c.run.Frame()); !sameLink(v.links[id], now) {
			otherwise = append(otherwise, now)
		}
	}
	return otherwise, judged, nil
}
