package graph

import (
	"context"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/register"
)

// What the change log tells: roots over it, and the models of its entries.

func (r queryResolver) History(ctx context.Context, id string, first, before *int) ([]*HistoryEntry, error) {
	if before != nil && *before < 1 {
		return nil, plan.Errorf(plan.BadUserInput, "before", "saw %d, wanted a revision, 1 or later", *before)
	}
	entries, err := r.register.History(ctx, plan.ID(id), revision(before), pageOf(first))
	if err != nil {
		return nil, err
	}
	out := make([]*HistoryEntry, len(entries))
	for i := range entries {
		out[i] = historyEntry(&entries[i])
	}
	return out, nil
}

func (r queryResolver) Changes(ctx context.Context, after int, first *int) ([]*Revision, error) {
	revisions, err := r.register.Revisions(ctx, plan.Revision(after), pageOf(first))
	if err != nil {
		return nil, err
	}
	out := make([]*Revision, len(revisions))
	for i, v := range revisions {
		out[i] = revisionModel(v)
	}
	return out, nil
}

// pageOf is the size of a page, which the limits have seen to be in bounds.
func pageOf(first *int) int {
	if first == nil {
		return DefaultPage
	}
	return *first
}

// revision is a revision that may be left out; 0 then.
func revision(given *int) plan.Revision {
	if given == nil {
		return 0
	}
	return plan.Revision(*given)
}

func historyEntry(e *register.Entry) *HistoryEntry {
	out := &HistoryEntry{
		Revision: int(e.Revision), At: instant(e.At), Actor: optional(e.Actor), Note: optional(e.Note), Action: ChangeActionChanged,
		Before: optional(string(e.Before)), After: optional(string(e.After)),
	}
	switch {
	case e.Before == nil:
		out.Action = ChangeActionCreated
	case e.After == nil:
		out.Action = ChangeActionRemoved
	}
	for _, d := range e.Differences {
		out.Fields = append(out.Fields, &FieldChange{Field: d.Name, Before: d.Before, After: d.After})
	}
	return out
}

func revisionModel(v *register.Revised) *Revision {
	out := &Revision{
		Revision: int(v.Revision), At: instant(v.At), Actor: optional(v.Actor), Note: optional(v.Note), Complete: v.Complete,
		Changes: make([]*Change, len(v.Changes)),
	}
	for i, c := range v.Changes {
		out.Changes[i] = &Change{
			ID: string(c.ID), Kind: Kind(enumValue(plan.KindOf(c.ID).Name)), Removed: c.After == nil, After: optional(string(c.After)),
		}
	}
	return out
}

func findingsChange(c *register.FindingsChange) *FindingsChange {
	return &FindingsChange{
		Revision: int(c.Revision), At: instant(c.At), Complete: c.Complete,
		Opened: summaries(c.Opened), Changed: summaries(c.Changed), Closed: summaries(c.Closed),
	}
}

func summaries(findings []*plan.Finding) []*FindingSummary {
	out := make([]*FindingSummary, len(findings))
	for i, f := range findings {
		out[i] = &FindingSummary{
			ID: string(f.ID), Rule: f.Rule, Severity: Severity(f.Severity), Dimension: Dimension(f.Dimension), State: FindingState(f.State),
			Message: f.Message, Plans: make([]string, len(f.Plans)),
		}
		for p, id := range f.Plans {
			out[i].Plans[p] = string(id)
		}
	}
	return out
}

func instant(t time.Time) string { return t.UTC().Format(plan.TimeLayout) }
