package graph

import (
	"context"
	"slices"

	"xianjie/internal/coherence"
)

func (r queryResolver) WhatIf(ctx context.Context, changes []map[string]any, states []Foreseen) (*Preview, error) {
	ops, err := opsOf(changes)
	if err != nil {
		return nil, err
	}
	p, err := r.register.WhatIf(ctx, ops)
	if err != nil {
		return nil, err
	}
	out := &Preview{Revision: int(p.Revision)}
	for _, f := range p.Findings {
		if state := Foreseen(f.State); len(states) == 0 || slices.Contains(states, state) {
			out.Findings = append(out.Findings, &ForeseenFinding{State: state, Finding: trialFinding(ctx, f.Finding, p.Unstored)})
		}
	}
	for _, v := range p.Verdicts {
		out.Verdicts = append(out.Verdicts, &VerdictChange{
			A: string(v.After.A), B: string(v.After.B), Before: verdictState(v.Before), After: verdictState(v.After),
		})
	}
	for _, l := range p.Links {
		link := &ForeseenLink{
			ID: string(l.After.ID), Type: LinkType(l.After.Type), From: string(l.After.From), To: string(l.After.To),
			Before: ReviewState(l.Before.State), After: ReviewState(l.After.State),
		}
		if ends := LinkEnds(l.After.Suspect); ends != "" {
			link.Suspect = &ends
		}
		out.Links = append(out.Links, link)
	}
	return out, nil
}

func verdictState(v coherence.Verdict) *VerdictState {
	return &VerdictState{
		Outcome: VerdictOutcome(v.Outcome), Complementary: v.Complementary, Executable: v.Executable, Counts: counts(v.Counts),
	}
}
