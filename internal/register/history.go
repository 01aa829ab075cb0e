package register

import (
	"context"

	"xianjie/internal/plan"
)

// Entry is one change of an object, with what it was before.
type Entry struct {
	plan.Change
	Before      []byte // as Change.After, nil when it was not there
	Differences []plan.Difference
}

// History is what became of an object, newest first: at most limit entries, and a few more where one revision changed it more than once, of
// revisions before one; 0 = all. An id that nothing ever had has none.
func (r *Register) History(ctx context.Context, id plan.ID, before plan.Revision, limit int) ([]Entry, error) {
	if before < 0 || before == 1 {
		return nil, nil
	}
	until := max(before-1, 0)
	want := limit + 1 // the one behind the last says what that was before
	changes, err := r.store.History(ctx, id, until, want)
	for err == nil && len(changes) == want && changes[want-1].Revision == changes[limit-1].Revision {
		want *= 2 // a page must not end within a revision, which the next one begins before
		changes, err = r.store.History(ctx, id, until, want)
		for limit < min(len(changes), want-1) && changes[limit].Revision == changes[limit-1].Revision {
			limit++
		}
	}
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, min(limit, len(changes)))
	for i := range entries {
		entries[i].Change = changes[i]
		if i+1 < len(changes) {
			entries[i].Before = changes[i+1].After
		}
		if err := entries[i].compare(); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func (e *Entry) compare() error {
	before, err := unmarshal(e.Before)
	if err != nil {
		return err
	}
	after, err := unmarshal(e.After)
	if err != nil {
		return err
	}
	e.Differences = plan.Differences(before, after)
	return nil
}
