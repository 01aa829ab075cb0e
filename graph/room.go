package graph

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

func (r queryResolver) Room(ctx context.Context, indicator, region string, year int, of string) (*Room, error) {
	room, err := r.register.Room(ctx, plan.ID(indicator), plan.ID(region), year, plan.ID(of))
	if err != nil {
		return nil, err
	}
	out := &Room{
		Indicator: indicatorModel(refer(ctx, room.Indicator)), Region: &Region{ID: refer(ctx, room.Region)}, Year: room.Year,
		Plan: planModel(refer(ctx, room.Plan)), Unit: optional(room.Unit), Lower: roomBound(ctx, room.Lower), Upper: roomBound(ctx, room.Upper),
		Empty: room.Empty, Contradiction: referAll(ctx, room.Contradiction, targetModel), Text: room.Text,
	}
	if room.Kind != "" {
		kind := QuantityKind(room.Kind)
		out.Kind = &kind
	}
	for _, u := range room.Unused {
		out.Unused = append(out.Unused, &RoomUnused{
			Target: targetModel(refer(ctx, u.Target)), Plan: planModel(refer(ctx, u.Plan)), Outcome: RuleOutcome(u.Outcome),
			Code: string(u.Reason.Code), Text: u.Reason.Text,
		})
	}
	return out, nil
}

func roomBound(ctx context.Context, b *coherence.Bound) *RoomBound {
	if b == nil {
		return nil
	}
	return &RoomBound{
		By: RoomBasis(b.By), Value: b.Value.String(), Open: b.Open, Text: b.Figure, Plan: planModel(refer(ctx, b.Plan)),
		Targets: referAll(ctx, b.Targets, targetModel),
	}
}
