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
	return out, nil
}

func verdictState(v coherence.Verdict) *VerdictState {
	return &VerdictState{
		Outcome: VerdictOutcome(v.Outcome), Complementary: v.Complementary, Executable: v.Executable, Counts: counts(v.Counts),
	}
}
