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
}

const (
	mostEdits    = 2_000 // that are followed one by one; more, and the register is checked anew
	findingBatch = 5_000 // findings that are stored at once
)

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

// catchUp checks what the changes since touch.
func (r *Register) catchUp(ctx context.Context, c *current, now plan.Revision, out *Outcome, progress func(done, of int)) error {
	edits, answers, restated, err := r.edits(ctx, c, now)
	if err != nil {
		return err
	}
	if edits == nil || len(edits) > 0 && r.last {
		return r.renew(ctx, now, out, progress)
	}
	if len(edits) > 0 {
		old := c.run.Frame()
		frame := old.Edit(edits)
		reach, err := coherence.Touched(ctx, old, frame, facts{r.store}, edits)
		if err != nil {
			return err
		}
		if reach.Everything {
			return r.renew(ctx, now, out, progress)
		}
		diff, err := c.run.Recheck(ctx, frame, facts{r.store}, coherence.Options{Scopes: reach.Scopes, Today: c.today, Progress: progress})
		if err != nil {
			return err
		}
		c.note(diff, out)
		for _, e := range edits {
			c.reviews.edited(e)
		}
		c.reviews.rechecked(reach.Scopes, frame)
	}
	for _, l := range restated {
		c.reviews.put(l.ID, l)
	}
	for id, a := range answers {
		if c.unsaved[id] == nil && c.run.Reports(id) && c.known[id] != a.content {
			return r.renew(ctx, now, out, progress) // somebody has changed or removed what the rules report
		}
		c.run.Waive(id, a.waived)
	}
	c.revision = now
	return nil
}

// answered is what matters of a stored finding: what it says apart from its answer, nothing when it is gone, and the answer.
type answered struct {
	content [sha256.Size]byte
	waived  bool
}

func newAnswered(f *plan.Finding, today plan.Date) answered {
	if f == nil {
		return answered{}
	}
	reported := *f
	reported.State, reported.Answer = plan.FindingOpen, plan.Answer{}
	return answered{sha256.Sum256(plan.Marshal(&reported)), waived(f, today)}
}

// note takes over what a recheck found.
func (c *current) note(d *coherence.Diff, out *Outcome) {
	for _, f := range d.Reported {
		digest := sha256.Sum256(plan.Marshal(f))
		if c.known[f.ID] != digest {
			c.known[f.ID] = digest
			c.unsaved[f.ID] = f
		}
	}
	for _, id := range d.Opened {
		out.opens(id)
	}
	for _, id := range d.Closed {
		delete(c.known, id)
		c.unsaved[id] = nil
		out.closes(id)
	}
}

// edits reads what has changed since a check, up to a revision, each object once. Findings stand apart, but for those that the check itself has
// saved, and so do links of which only the review is another. Edits are nil when they are too many.
func (r *Register) edits(ctx context.Context, c *current, upTo plan.Revision) ([]coherence.Edit, map[plan.ID]answered, []*plan.Link, error) {
	last, answers, err := r.lastChanges(ctx, c, upTo)
	if err != nil || last == nil {
		return nil, nil, nil, err
	}
	edits := make([]coherence.Edit, 0, min(len(last), mostEdits))
	var restated []*plan.Link
	for id, content := range last {
		now, err := unmarshal(content)
		if err != nil {
			return nil, nil, nil, err
		}
		if l, ok := now.(*plan.Link); ok && c.reviews.restated(l) {
			restated = append(restated, l)
			continue
		}
		if len(edits) == mostEdits {
			return nil, nil, nil, nil
		}
		edits = append(edits, coherence.Edit{After: now})
		was, err := r.store.History(ctx, id, c.revision, 1)
		if err != nil {
			return nil, nil, nil, err
		}
		if len(was) > 0 {
			if edits[len(edits)-1].Before, err = unmarshal(was[0].After); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	return edits, answers, restated, nil
}

// lastChanges are the contents of what has changed since a check, up to a revision, findings apart; nil when those that may have to be
// checked are too many.
func (r *Register) lastChanges(ctx context.Context, c *current, upTo plan.Revision) (map[plan.ID][]byte, map[plan.ID]answered, error) {
	last, answers := map[plan.ID][]byte{}, map[plan.ID]answered{}
	checked := 0
	for at := c.revision; at < upTo; {
		changes, err := r.wholeChanges(ctx, at)
		if err != nil {
			return nil, nil, err
		}
		if len(changes) == 0 {
			break
		}
		for _, change := range changes {
			at = change.Revision
			switch {
			case plan.KindOf(change.ID).Name != "Finding":
				if _, seen := last[change.ID]; !seen && c.reviews.links[change.ID] == nil {
					checked++
				}
				last[change.ID] = change.After
			case !c.saved[at]:
				now, err := unmarshal(change.After)
				if err != nil {
					return nil, nil, err
				}
				f, _ := now.(*plan.Finding)
				answers[change.ID] = newAnswered(f, c.today)
			}
		}
		if checked > mostEdits {
			return nil, nil, nil
		}
	}
	return last, answers, nil
}

// unmarshal reads the content of a change, nil for none.
func unmarshal(content []byte) (plan.Object, error) {
	if content == nil {
		return nil, nil
	}
	return plan.Unmarshal(content)
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
	c.reviews = newReviews(frame.Reviewed())
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

// storedFinding is what is remembered of a finding that the store has.
type storedFinding struct {
	version int64
	state   plan.FindingState
	answer  plan.Answer
}

func (b storedFinding) finding() *plan.Finding {
	return &plan.Finding{Meta: plan.Meta{Version: b.version}, State: b.state, Answer: b.answer}
}

func (b storedFinding) waived(today plan.Date) bool { return waived(b.finding(), today) }

// storedFindings are the states and answers of all findings in the store.
func (r *Register) storedFindings(ctx context.Context) (map[plan.ID]storedFinding, error) {
	kind := plan.KindNamed("Finding")
	shape := query.Shape{Kind: kind}
	for _, name := range []string{"id", "version", "state", "answer.decision", "answer.reason", "answer.by", "answer.until"} {
		shape.Columns = append(shape.Columns, kind.Field(name))
	}
	result, err := r.store.Fetch(ctx, &query.Selection{Of: []query.Shape{shape}})
	if err != nil {
		return nil, err
	}
	found, err := decode[*plan.Finding](result.Root)
	if err != nil {
		return nil, err
	}
	stored := make(map[plan.ID]storedFinding, len(found))
	for _, f := range found {
		stored[f.ID] = storedFinding{f.Version, f.State, f.Answer}
	}
	return stored, nil
}
