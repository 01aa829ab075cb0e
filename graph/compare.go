package graph

import (
	"context"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func (r queryResolver) Compare(ctx context.Context, a, b string) (*Comparison, error) {
	c, err := r.register.Compare(ctx, plan.ID(a), plan.ID(b), nil)
	if err != nil {
		return nil, err
	}
	out := &Comparison{
		A: planModel(refer(ctx, c.A.ID)), B: planModel(refer(ctx, c.B.ID)), Same: c.Same, Kept: c.Kept,
		Opened: trialFindings(ctx, c.Opened), Closed: trialFindings(ctx, c.Closed),
	}
	for _, i := range c.Items {
		out.Changes = append(out.Changes, itemChange(ctx, i))
	}
	return out, nil
}

func itemChange(ctx context.Context, i coherence.ItemChange) *ItemChange {
	out := &ItemChange{
		Kind: Kind(enumValue(i.Kind.Name)), Code: i.Code, Name: i.Name, Change: ChangeType(i.Change()),
		Before: nodeOrNone(ctx, i.Before), After: nodeOrNone(ctx, i.After), Opens: texts(i.Opens), Closes: texts(i.Closes),
	}
	for _, f := range i.Fields {
		out.Fields = append(out.Fields, &FieldChange{Field: f.Name, Before: stated(f.Before), After: stated(f.After)})
	}
	return out
}

func nodeOrNone(ctx context.Context, id plan.ID) Node {
	if id == "" {
		return nil
	}
	return nodeModel(refer(ctx, id))
}

func texts(ids []plan.ID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

func trialFindings(ctx context.Context, findings []*plan.Finding) []*TrialFinding {
	out := make([]*TrialFinding, len(findings))
	for i, f := range findings {
		out[i] = trialFinding(ctx, f, nil)
	}
	return out
}

// trialFinding is a finding that is not stored; what it is about is referred to unless that is not stored either.
func trialFinding(ctx context.Context, f *plan.Finding, unstored map[plan.ID]bool) *TrialFinding {
	stored := func(ids []plan.ID) []plan.ID {
		return slices.DeleteFunc(slices.Clone(ids), func(id plan.ID) bool { return unstored[id] })
	}
	out := &TrialFinding{
		ID: string(f.ID), Rule: f.Rule, Severity: Severity(f.Severity), Dimension: Dimension(f.Dimension), Message: f.Message,
		LinkIds: f.Links, Yields: &Yields{Reason: f.Yields.Reason, Norm: optional(f.Yields.Norm), Escalate: f.Yields.Escalate},
		About: referAll(ctx, stored(f.About), nodeModel), Plans: referAll(ctx, stored(f.Plans), planModel),
		AboutIds: texts(f.About), PlanIds: texts(f.Plans),
	}
	if f.YieldsPlan != "" && !unstored[f.YieldsPlan] {
		out.Yields.Plan = planModel(refer(ctx, f.YieldsPlan))
	}
	for _, e := range f.Evidence {
		out.Evidence = append(out.Evidence, &Evidence{
			Object: string(e.Object), Field: e.Field, Published: e.Published, Converted: optional(e.Converted), Ref: optional(e.Ref),
		})
	}
	for _, s := range f.Explanation {
		step := &ExplanationStep{Step: s.Step, Text: s.Text}
		if s.Citation != (plan.Citation{}) {
			step.Citation = citations([]law.Citation{law.Citation(s.Citation)})[0]
		}
		out.Explanation = append(out.Explanation, step)
	}
	return out
}

// stated is a value as a list: empty when nothing is stated.
func stated(text string) []string {
	if text == "" {
		return []string{}
	}
	return []string{text}
}
