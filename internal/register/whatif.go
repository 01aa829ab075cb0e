package register

import (
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Foreseen is how a finding would fare.
type Foreseen string

// The ways.
const (
	Appears    Foreseen = "NEW"       // it would be reported, and is not now
	Changes    Foreseen = "UPDATED"   // it would say something else
	Stays      Foreseen = "UNCHANGED" // it is looked at again, and stays as it is
	Disappears Foreseen = "ABSENT"    // it would no longer be reported
)

// ForeseenFinding is one finding as it would be; one that disappears as it is.
type ForeseenFinding struct {
	State   Foreseen
	Finding *plan.Finding
}

// ForeseenLink is a link that would come into another state of its review.
type ForeseenLink struct{ Before, After *plan.Link }

// Preview is what changes would do.
type Preview struct {
	Revision plan.Revision     // that the register stands at
	Findings []ForeseenFinding // in the order of CompareFindings
	Verdicts []coherence.VerdictChange
	Links    []ForeseenLink   // whose review would no longer hold, or would hold again; by id
	Unstored map[plan.ID]bool // objects that only the changes would make
}

// WhatIf says what a change set would do to findings and verdicts, and writes nothing. It refuses what Change would refuse.
func (r *Register) WhatIf(ctx context.Context, ops []plan.Op) (*Preview, error) {
	if err := r.lock(ctx); err != nil {
		return nil, err
	}
	defer r.unlock()
	out, err := r.follow(ctx, nil)
	if err != nil {
		return nil, err
	}
	w := &rehearsal{ctx: ctx, register: r, was: map[plan.ID]plan.Object{}, is: map[plan.ID]plan.Object{}}
	c := r.current
	if err := w.run(c.reviews.keepOps(ops, new(bool))); err != nil {
		return nil, err
	}
	edits := w.edits()
	frame, from := c.run.Frame().Edit(edits), coherence.NewOverlay(c.facts, w.put(), w.removed())
	reach, err := c.run.Touched(ctx, frame, from, edits)
	if err != nil {
		return nil, err
	}
	opts := coherence.Options{Today: c.today, Scopes: reach.Scopes}
	if reach.Everything {
		opts.Scopes = nil
	} else if opts.Scopes == nil {
		opts.Scopes = []coherence.Scope{}
	}
	trial, err := c.run.Try(ctx, frame, from, opts)
	if err != nil {
		return nil, err
	}
	p := &Preview{Revision: out.Revision, Verdicts: trial.Verdicts, Unstored: w.made()}
	for _, f := range trial.Reported {
		state := Stays
		switch known, there := c.known[f.ID]; {
		case !there:
			state = Appears
		case known != sha256.Sum256(plan.Marshal(f)):
			state = Changes
		}
		p.Findings = append(p.Findings, ForeseenFinding{state, f})
	}
	gone, err := r.stored(ctx, trial.Closed)
	if err != nil {
		return nil, err
	}
	for _, o := range gone {
		if f, ok := o.(*plan.Finding); ok {
			p.Findings = append(p.Findings, ForeseenFinding{Disappears, f})
		}
	}
	slices.SortFunc(p.Findings, func(a, b ForeseenFinding) int { return coherence.CompareFindings(a.Finding, b.Finding) })
	p.Links, err = r.foreseeLinks(ctx, edits, frame, reach)
	return p, err
}

// foreseeLinks says which links would come into another state of their reviews. Links that only the changes would make, or that they would take
// away, are not among them.
func (r *Register) foreseeLinks(ctx context.Context, edits []coherence.Edit, frame *coherence.Frame, reach coherence.Reach) ([]ForeseenLink, error) {
	v := r.current.reviews
	now, stale := map[plan.ID]ForeseenLink{}, map[plan.ID]bool{}
	for id, l := range v.links {
		if reach.Everything {
			now[id] = ForeseenLink{l, l}
		}
	}
	for _, s := range reach.Scopes {
		for _, id := range v.at[s.ID] {
			if l := v.links[id]; reopens(l, s, frame) {
				now[id] = ForeseenLink{l, l}
			}
		}
	}
	for _, e := range edits {
		for _, o := range []plan.Object{e.Before, e.After} {
			if _, link := o.(*plan.Link); o == nil || link {
				continue
			}
			for _, end := range wholes(o) {
				stale[end] = true
				for _, id := range v.at[end] {
					now[id] = ForeseenLink{v.links[id], v.links[id]}
				}
			}
		}
	}
	for _, e := range edits {
		before, _ := e.Before.(*plan.Link)
		after, _ := e.After.(*plan.Link)
		switch {
		case before != nil && after != nil:
			now[before.ID] = ForeseenLink{before, after}
		case before != nil:
			delete(now, before.ID)
		}
	}
	prints := map[plan.ID]string{}
	var unknown []plan.ID
	for _, l := range now {
		for _, end := range []plan.ID{l.After.From, l.After.To} {
			if print, known := v.prints[end]; known && !stale[end] {
				prints[end] = print
			} else {
				unknown = append(unknown, end)
			}
		}
	}
	found, err := fingerprints(ctx, r.store, unknown, r.current.revision, edits)
	if err != nil {
		return nil, err
	}
	maps.Copy(prints, found)
	var foreseen []ForeseenLink
	for _, id := range slices.Sorted(maps.Keys(now)) {
		l := now[id]
		if l.After.State != plan.Unreviewed {
			l.After = standing(l.After, prints, frame)
		}
		if l.Before.State != l.After.State || l.Before.Suspect != l.After.Suspect {
			foreseen = append(foreseen, l)
		}
	}
	return foreseen, nil
}
