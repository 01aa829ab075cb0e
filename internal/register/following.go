package register

import (
	"context"
	"crypto/sha256"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

const mostEdits = 2_000 // that are followed one by one; more, and the register is checked anew

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
		frame := c.run.Frame().Edit(edits)
		c.facts.Edit(edits)
		reach, err := c.run.Touched(ctx, frame, c.facts, edits)
		if err != nil {
			return err
		}
		if reach.Everything {
			return r.renew(ctx, now, out, progress)
		}
		diff, err := c.run.Recheck(ctx, frame, c.facts, coherence.Options{Scopes: reach.Scopes, Today: c.today, Progress: progress})
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
	for at := c.beyond(c.revision); at < upTo; at = c.beyond(at) {
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

// beyond is the last of the revisions, right behind one, that the check itself has made: what it has written it need not read.
func (c *current) beyond(at plan.Revision) plan.Revision {
	for c.saved[at+1] {
		at++
	}
	return at
}

// unmarshal reads the content of a change, nil for none.
func unmarshal(content []byte) (plan.Object, error) {
	if content == nil {
		return nil, nil
	}
	return plan.Unmarshal(content)
}
