package register

import (
	"context"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

const findingBatch = 5_000 // findings that are stored at once

// findingWriter stores findings while they are found.
type findingWriter struct {
	register *Register
	ctx      context.Context
	today    plan.Date
	before   map[plan.ID]storedFinding
	batch    []rewritten
	saved    map[plan.Revision]bool // of what it has written
	err      error
}

// rewritten is a finding as it was stored, nil when it was not, and as the rules report it now, nil when they no longer do.
type rewritten struct {
	id       plan.ID
	old, now *plan.Finding
}

func (w *findingWriter) add(f *plan.Finding) {
	var old *plan.Finding
	if b, ok := w.before[f.ID]; ok {
		old = b.finding()
	}
	w.put(rewritten{f.ID, old, f})
}

func (w *findingWriter) put(r rewritten) {
	if w.err != nil {
		return
	}
	w.batch = append(w.batch, r)
	if len(w.batch) >= findingBatch {
		w.flush()
	}
}

// flush stores the batch if its findings still are as they were: what somebody answers meanwhile must not be undone.
func (w *findingWriter) flush() {
	for w.err == nil && len(w.batch) > 0 {
		cs := plan.ChangeSet{Actor: checker, Note: "findings of rule set " + coherence.RuleSet()}
		for _, r := range w.batch {
			var expect int64
			if r.old != nil {
				expect = r.old.Version
			}
			for _, op := range kept(r.id, r.old, r.now, w.today) {
				op.Expect = &expect
				cs.Ops = append(cs.Ops, op)
			}
		}
		at, err := w.register.store.Apply(w.ctx, cs)
		if plan.CodeOf(err) == plan.Conflict {
			w.err = w.refresh()
			continue
		}
		if err == nil {
			w.saved[at] = true
		}
		w.batch, w.err = nil, err
	}
}

// refresh reads anew what is stored of the batch.
func (w *findingWriter) refresh() error {
	ids := make([]plan.ID, len(w.batch))
	for i, r := range w.batch {
		ids[i] = r.id
	}
	stored, err := w.register.stored(w.ctx, ids)
	if err != nil {
		return err
	}
	for i := range w.batch {
		w.batch[i].old, _ = stored[i].(*plan.Finding)
	}
	return nil
}

// finish removes, or sets down as gone, what is no longer reported.
func (w *findingWriter) finish(run *coherence.Run) error {
	var answered []plan.ID
	for id, b := range w.before {
		switch {
		case run.Reports(id):
		case b.answer != plan.Answer{}:
			answered = append(answered, id)
		default:
			w.put(rewritten{id: id, old: b.finding()})
		}
	}
	slices.Sort(answered)
	stored, err := w.register.stored(w.ctx, answered)
	if err != nil {
		return err
	}
	for i, id := range answered {
		if f, ok := stored[i].(*plan.Finding); ok {
			w.put(rewritten{id: id, old: f})
		}
	}
	w.flush()
	return w.err
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
