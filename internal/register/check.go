package register

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// current is what the rules say of the register as it stands. It follows the change log.
type current struct {
	run      *coherence.Run
	revision plan.Revision // that it answers for
	today    plan.Date
	// known are the contents of the findings that the rules report, and are stored; unsaved are those of which the store does not know
	// yet, nil where one is no longer reported.
	known   map[plan.ID][sha256.Size]byte
	unsaved map[plan.ID]*plan.Finding
	// saved are the revisions that the check itself has made.
	saved   map[plan.Revision]bool
	reviews *reviews
	facts   *coherence.Cache // as of the revision; what is changed is often changed again, and its neighbours with it
}

// mostFacts are how many objects are kept in memory between changes.
const mostFacts = 200_000

// Outcome is what a change did.
type Outcome struct {
	Revision plan.Revision // at which the findings are those of the register as it is
	Opened   []plan.ID     // findings that were not there before, sorted
	Closed   []plan.ID     // findings that are no longer there, sorted
}

// opens notes that a finding is there now, and was not before; what both opens and closes does neither.
func (o *Outcome) opens(id plan.ID) { move(&o.Closed, &o.Opened, id) }

// closes notes the opposite.
func (o *Outcome) closes(id plan.ID) { move(&o.Opened, &o.Closed, id) }

func move(from, to *[]plan.ID, id plan.ID) {
	if i := slices.Index(*from, id); i >= 0 {
		*from = slices.Delete(*from, i, i+1)
		return
	}
	*to = append(*to, id)
}

// Evaluate checks with chosen rules or plans and stores nothing. Without a day, today's is taken.
func (r *Register) Evaluate(ctx context.Context, opts coherence.Options) (*coherence.Run, error) {
	return r.EvaluateWith(ctx, nil, opts)
}

// EvaluateWith is Evaluate as if the register had some more objects, or had them in the place of those of the
// same id.
func (r *Register) EvaluateWith(ctx context.Context, put []plan.Object, opts coherence.Options) (*coherence.Run, error) {
	put, err := r.documented(ctx, put)
	if err != nil {
		return nil, err
	}
	frame, err := loadFrame(ctx, r.store)
	if err != nil {
		return nil, err
	}
	if opts.Today == "" {
		opts.Today = r.today()
	}
	var from coherence.Objects = facts{r.store}
	if len(put) > 0 {
		frame, from = frame.With(put, nil), coherence.NewOverlay(from, put, nil)
	}
	return coherence.Check(ctx, frame, from, opts)
}

// Check sees to it that the stored findings are those of the register as it stands. What has changed since the last check is checked
// again; without one, everything is. Progress may be nil.
func (r *Register) Check(ctx context.Context, progress func(done, of int)) (*Outcome, error) {
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	return r.follow(ctx, progress)
}

// Change applies a change set whole or not at all, see store.Store, then checks what it touches and says which findings opened and closed.
// When only the check fails, the error says at which revision the change stands; the check is caught up with the next one.
func (r *Register) Change(ctx context.Context, cs plan.ChangeSet) (*Outcome, error) {
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	before, at, err := r.apply(ctx, cs)
	if err != nil {
		return nil, err
	}
	if cs.Key != "" && at <= before.Revision {
		return r.repeated(ctx, at)
	}
	out, err := r.follow(ctx, nil)
	if err != nil {
		return nil, plan.Errorf(plan.CodeOf(err), "", "the change is stored at revision %d, but not checked yet: %w", at, err)
	}
	return out, nil
}

// apply applies a change set to the register as it was checked before.
func (r *Register) apply(ctx context.Context, cs plan.ChangeSet) (before *Outcome, at plan.Revision, err error) {
	for {
		if before, err = r.follow(ctx, nil); err != nil {
			return nil, 0, err
		}
		now, kept := r.current.reviews.keep(cs, before.Revision)
		at, err = r.store.Apply(ctx, now)
		if kept && cs.At == nil && plan.CodeOf(err) == plan.Conflict && r.passed(ctx, before.Revision) {
			continue // another server was faster: a review that is to be kept may be another
		}
		return before, at, err
	}
}

// repeated is the outcome of a change that was made before, at a revision, as the log has it.
func (r *Register) repeated(ctx context.Context, at plan.Revision) (*Outcome, error) {
	out := &Outcome{Revision: at}
	changes, err := r.store.Changes(ctx, at, findingBatch)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if c.Actor != checker {
			break
		}
		out.Revision = c.Revision
		was, err := r.store.History(ctx, c.ID, c.Revision-1, 1)
		if err != nil {
			return nil, err
		}
		before := len(was) > 0 && reportedIn(was[0].After)
		switch now := reportedIn(c.After); {
		case now && !before:
			out.opens(c.ID)
		case before && !now:
			out.closes(c.ID)
		}
	}
	slices.Sort(out.Opened)
	slices.Sort(out.Closed)
	return out, nil
}

// reportedIn says whether the content of a finding is that of one that the rules report.
func reportedIn(content []byte) bool {
	o, err := unmarshal(content)
	f, ok := o.(*plan.Finding)
	return err == nil && ok && f.State != plan.FindingGone
}

// lock waits for the turn to check, or for the end of the context.
func (r *Register) lock(ctx context.Context) error {
	select {
	case r.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return plan.Errorf(plan.Timeout, "", "a check of the register is running: %w", ctx.Err())
	}
}

func (r *Register) unlock() { <-r.turn }

// follow brings the check to where the register stands. Several servers may do so with one store: each saves findings on the condition that
// the register is still as it was checked, so that none puts back what another found out later.
func (r *Register) follow(ctx context.Context, progress func(done, of int)) (*Outcome, error) {
	out := &Outcome{}
	for {
		now, err := r.revision(ctx)
		if err != nil {
			return nil, err
		}
		c := r.current
		if c == nil || c.today != r.today() {
			if err := r.renew(ctx, now, out, progress); err != nil {
				return nil, err
			}
			continue
		}
		if now != c.revision {
			if err := r.catchUp(ctx, c, now, out, progress); err != nil {
				return nil, err
			}
			if r.current != c {
				continue
			}
		}
		if len(c.unsaved) == 0 && len(c.reviews.due) == 0 {
			break
		}
		at, err := r.save(ctx, c)
		if plan.CodeOf(err) == plan.Conflict {
			continue // it has moved on
		}
		if err != nil {
			return nil, err
		}
		c.revision = at
	}
	out.Revision = r.current.revision
	slices.Sort(out.Opened)
	slices.Sort(out.Closed)
	return out, nil
}

// save stores what the store does not know yet, if the register is still at the revision that was checked.
func (r *Register) save(ctx context.Context, c *current) (plan.Revision, error) {
	links, judged, err := r.judge(ctx, c)
	if err != nil {
		return 0, err
	}
	ids := slices.Sorted(maps.Keys(c.unsaved))
	stored, err := r.stored(ctx, ids)
	if err != nil {
		return 0, err
	}
	cs := plan.ChangeSet{Actor: checker, Note: "findings of rule set " + coherence.RuleSet(), At: &c.revision}
	if len(links) > 0 {
		cs.Note += ", links by what they were reviewed against"
	}
	for i, id := range ids {
		old, _ := stored[i].(*plan.Finding)
		cs.Ops = append(cs.Ops, kept(id, old, c.unsaved[id], c.today)...)
	}
	for _, l := range links {
		cs.Ops = append(cs.Ops, plan.Op{Upsert: l})
	}
	at := c.revision
	if len(cs.Ops) > 0 {
		if at, err = r.store.Apply(ctx, cs); err != nil {
			return 0, err
		}
	}
	clear(c.unsaved)
	for _, l := range links {
		c.reviews.put(l.ID, l)
	}
	for _, id := range judged {
		delete(c.reviews.due, id)
	}
	return at, nil
}

// checker is the actor of changes that the check itself makes.
const checker = "check"

// renew checks the register whole, as it stands at a revision or later: what changes meanwhile is caught up with.
func (r *Register) renew(ctx context.Context, at plan.Revision, out *Outcome, progress func(done, of int)) error {
	last := r.current
	r.current = nil
	before, err := r.storedFindings(ctx)
	if err != nil {
		return err
	}
	c := &current{revision: at, today: r.today(), known: map[plan.ID][sha256.Size]byte{}, unsaved: map[plan.ID]*plan.Finding{}, saved: map[plan.Revision]bool{}}
	w := &findingWriter{register: r, ctx: ctx, today: c.today, before: before, saved: c.saved}
	frame, err := loadFrame(ctx, r.store)
	if err != nil {
		return err
	}
	c.run, err = coherence.Check(ctx, frame, facts{r.store}, coherence.Options{
		Today: c.today, Keep: !r.last, Details: 1, Progress: progress,
		Found: func(f *plan.Finding) {
			if _, again := c.known[f.ID]; !again {
				c.known[f.ID] = sha256.Sum256(plan.Marshal(f))
				w.add(f)
			}
		},
	})
	if err != nil {
		return err
	}
	if err := w.finish(c.run); err != nil {
		return err
	}
	reviewed, err := objects[*plan.Link](ctx, r.store, query.In{
		Field: plan.KindNamed("Link").Field("state"), Values: []any{string(plan.Reviewed), string(plan.Suspect)},
	})
	if err != nil {
		return err
	}
	c.reviews = newReviews(reviewed)
	c.facts = coherence.NewCache(facts{r.store}, mostFacts)
	reported := map[plan.ID]bool{} // before
	for id, b := range before {
		if b.waived(c.today) {
			c.run.Waive(id, true)
		}
		reported[id] = b.state != plan.FindingGone
	}
	if last != nil { // a change may have taken findings out of the store together with what they are about
		reported = map[plan.ID]bool{}
		for id := range last.known {
			reported[id] = true
		}
	}
	for id, was := range reported {
		if was && !c.run.Reports(id) {
			out.closes(id)
		}
	}
	for id := range c.known {
		if !reported[id] {
			out.opens(id)
		}
	}
	r.current = c
	return nil
}
