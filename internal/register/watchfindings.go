package register

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// FindingsChange is what one revision did to findings.
type FindingsChange struct {
	Revision plan.Revision
	At       time.Time
	// Opened are there now and were not before, or were gone; Changed were there and say something else, or are answered otherwise; Closed are
	// no longer there, or gone, and stand here as they last were. Each in the order of the log.
	Opened, Changed, Closed []*plan.Finding
	Complete                bool // see Revised
}

// mostWatchedPlans may be named at once.
const mostWatchedPlans = 200

// WatchFindings gives the changes of the findings that involve any of the plans, of all findings when none is named, as Watch does: only
// revisions that have any, or that are too large to be listed. A plan that does not exist is NOT_FOUND.
func (r *Register) WatchFindings(ctx context.Context, plans []plan.ID, after plan.Revision) iter.Seq2[*FindingsChange, error] {
	return func(yield func(*FindingsChange, error) bool) {
		if err := r.known(ctx, "plans", plan.KindNamed("Plan"), plans, mostWatchedPlans); err != nil {
			yield(nil, err)
			return
		}
		for v, err := range r.Watch(ctx, after) {
			var c *FindingsChange
			if err == nil {
				c, err = v.findings.of(ctx, r.store, v)
			}
			if err != nil {
				if ctx.Err() == nil {
					yield(nil, err)
				}
				return
			}
			if c = c.involving(plans); c != nil && !yield(c, nil) {
				return
			}
		}
	}
}

// findings are worked out once for all who watch.
type findings struct {
	mu     sync.Mutex
	change *FindingsChange
}

func (f *findings) of(ctx context.Context, s store.Store, v *Revised) (*FindingsChange, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.change != nil {
		return f.change, nil
	}
	c := &FindingsChange{Revision: v.Revision, At: v.At, Complete: v.Complete}
	now := map[plan.ID]*plan.Finding{} // the last state, should one revision change a finding twice
	var order []plan.ID
	for _, change := range v.Changes {
		if plan.KindOf(change.ID).Name != "Finding" {
			continue
		}
		is, err := unmarshal(change.After)
		if err != nil {
			return nil, err
		}
		if _, twice := now[change.ID]; !twice {
			order = append(order, change.ID)
		}
		now[change.ID], _ = is.(*plan.Finding)
	}
	for _, id := range order {
		was, _, err := objectAt(ctx, s, id, v.Revision-1)
		if err != nil {
			return nil, err
		}
		before, _ := was.(*plan.Finding)
		c.add(before, now[id])
	}
	f.change = c
	return c, nil
}

func (c *FindingsChange) add(before, now *plan.Finding) {
	was, is := before != nil && before.State != plan.FindingGone, now != nil && now.State != plan.FindingGone
	switch {
	case is && !was:
		c.Opened = append(c.Opened, now)
	case is:
		c.Changed = append(c.Changed, now)
	case was:
		c.Closed = append(c.Closed, before)
	}
}

// involving is what of a change concerns any of the plans, nil when there is nothing.
func (c *FindingsChange) involving(plans []plan.ID) *FindingsChange {
	some := *c
	if len(plans) > 0 {
		others := func(f *plan.Finding) bool {
			return !slices.ContainsFunc(f.Plans, func(id plan.ID) bool { return slices.Contains(plans, id) })
		}
		for _, list := range []*[]*plan.Finding{&some.Opened, &some.Changed, &some.Closed} {
			*list = slices.DeleteFunc(slices.Clone(*list), others)
		}
	}
	if some.Complete && len(some.Opened)+len(some.Changed)+len(some.Closed) == 0 {
		return nil
	}
	return &some
}
