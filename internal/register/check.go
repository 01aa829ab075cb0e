package register

import (
	"bytes"
	"context"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// checked is a full check, the revision whose answers it holds, and the day it was made on.
type checked struct {
	run      *coherence.Run
	revision plan.Revision
	today    plan.Date
}

// notCheckedKept bounds what a kept run remembers of comparisons that could not be made; counts
// and verdicts are complete all the same.
const notCheckedKept = 100_000

// Check gives the full check of the register as it stands now: the last one when nothing has
// changed since, else a new one, whose findings it stores. Progress may be nil.
func (r *Register) Check(ctx context.Context, progress func(done, of int)) (*coherence.Run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, err := r.check(ctx, progress)
	if err != nil {
		return nil, err
	}
	return c.run, nil
}

func (r *Register) check(ctx context.Context, progress func(done, of int)) (*checked, error) {
	revision, err := r.revision(ctx)
	if err != nil {
		return nil, err
	}
	today := r.today()
	if r.last != nil && r.last.revision == revision && r.last.today == today {
		return r.last, nil
	}
	run, err := r.Evaluate(ctx, coherence.Options{Details: r.kept, Progress: progress, Today: today})
	if err != nil {
		return nil, err
	}
	if revision, err = keepFindings(ctx, r.store, run, revision); err != nil {
		return nil, err
	}
	r.last = &checked{run: run, revision: revision, today: today}
	return r.last, nil
}

// Evaluate checks with chosen rules or plans and stores nothing. Without a day, today's is taken.
func (r *Register) Evaluate(ctx context.Context, opts coherence.Options) (*coherence.Run, error) {
	return r.EvaluateWith(ctx, nil, opts)
}

// EvaluateWith is Evaluate as if the register had some more objects, or had them in the place of those of the
// same id.
func (r *Register) EvaluateWith(ctx context.Context, put []plan.Object, opts coherence.Options) (*coherence.Run, error) {
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

// keepFindings makes the stored findings those of a run. An answer stays with its finding.
func keepFindings(ctx context.Context, s store.Store, run *coherence.Run, at plan.Revision) (plan.Revision, error) {
	stored, err := objects[*plan.Finding](ctx, s, nil)
	if err != nil {
		return 0, err
	}
	before := make(map[plan.ID]*plan.Finding, len(stored))
	for _, f := range stored {
		before[f.ID] = f
	}
	cs := plan.ChangeSet{Actor: "check", Note: "findings of rule set " + coherence.RuleSet()}
	for _, found := range run.Findings {
		f := *found
		if old := before[f.ID]; old != nil {
			f.Answer, f.State = old.Answer, old.State
			delete(before, f.ID)
			if bytes.Equal(plan.Marshal(old), plan.Marshal(&f)) {
				continue
			}
		}
		cs.Ops = append(cs.Ops, plan.Op{Upsert: &f})
	}
	for _, f := range stored {
		if before[f.ID] != nil {
			cs.Ops = append(cs.Ops, plan.Op{Remove: f.ID})
		}
	}
	if len(cs.Ops) == 0 {
		return at, nil
	}
	return s.Apply(ctx, cs)
}

// Outcome is what a change did.
type Outcome struct {
	Revision plan.Revision
	Opened   []plan.ID // findings that were not there before, sorted
	Closed   []plan.ID // findings that are no longer there, sorted
}

// Change applies a change set whole or not at all, see store.Store, then checks what it changed
// and says which findings opened and closed.
func (r *Register) Change(ctx context.Context, cs plan.ChangeSet) (*Outcome, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, err := r.check(ctx, nil)
	if err != nil {
		return nil, err
	}
	if _, err := r.store.Apply(ctx, cs); err != nil {
		return nil, err
	}
	after, err := r.check(ctx, nil)
	if err != nil {
		return nil, err
	}
	return outcome(before.run.Findings, after), nil
}

func outcome(before []*plan.Finding, after *checked) *Outcome {
	o := &Outcome{Revision: after.revision}
	had := map[plan.ID]bool{}
	for _, f := range before {
		had[f.ID] = true
	}
	for _, f := range after.run.Findings {
		if !had[f.ID] {
			o.Opened = append(o.Opened, f.ID)
		}
		delete(had, f.ID)
	}
	for id := range had {
		o.Closed = append(o.Closed, id)
	}
	slices.Sort(o.Opened)
	slices.Sort(o.Closed)
	return o
}
