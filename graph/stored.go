package graph

import (
	"context"

	"xianjie/internal/plan"
)

// gqlgen asks for a method per root field. Those of stored kinds are never called: rootField
// answers them before gqlgen resolves anything, so that a new kind, field or edge needs no code.
// They stand here together and say so if that ever breaks.

var errStored = plan.Errorf(plan.Internal, "", "a root field of a stored kind reached its resolver")

func (queryResolver) Node(context.Context, string, *int) (Node, error) {
	return nil, errStored
}

func (queryResolver) Nodes(context.Context, []string) ([]Node, error) {
	return nil, errStored
}

func (queryResolver) Plan(context.Context, string) (*Plan, error) {
	return nil, errStored
}

func (queryResolver) Regions(context.Context, *RegionFilter, *RegionOrder, *int, *string, *int, *string) (*RegionConnection, error) {
	return nil, errStored
}

func (queryResolver) Organizations(context.Context, *OrganizationFilter, *OrganizationOrder, *int, *string, *int, *string) (*OrganizationConnection, error) {
	return nil, errStored
}

func (queryResolver) Zones(context.Context, *ZoneFilter, *ZoneOrder, *int, *string, *int, *string) (*ZoneConnection, error) {
	return nil, errStored
}

func (queryResolver) Indicators(context.Context, *IndicatorFilter, *IndicatorOrder, *int, *string, *int, *string) (*IndicatorConnection, error) {
	return nil, errStored
}

func (queryResolver) Calibres(context.Context, *CalibreFilter, *CalibreOrder, *int, *string, *int, *string) (*CalibreConnection, error) {
	return nil, errStored
}

func (queryResolver) Plans(context.Context, *PlanFilter, *PlanOrder, *int, *string, *int, *string) (*PlanConnection, error) {
	return nil, errStored
}

func (queryResolver) Sections(context.Context, *SectionFilter, *SectionOrder, *int, *string, *int, *string) (*SectionConnection, error) {
	return nil, errStored
}

func (queryResolver) Principles(context.Context, *PrincipleFilter, *PrincipleOrder, *int, *string, *int, *string) (*PrincipleConnection, error) {
	return nil, errStored
}

func (queryResolver) Goals(context.Context, *GoalFilter, *GoalOrder, *int, *string, *int, *string) (*GoalConnection, error) {
	return nil, errStored
}

func (queryResolver) Tasks(context.Context, *TaskFilter, *TaskOrder, *int, *string, *int, *string) (*TaskConnection, error) {
	return nil, errStored
}

func (queryResolver) Projects(context.Context, *ProjectFilter, *ProjectOrder, *int, *string, *int, *string) (*ProjectConnection, error) {
	return nil, errStored
}

func (queryResolver) Demands(context.Context, *DemandFilter, *DemandOrder, *int, *string, *int, *string) (*DemandConnection, error) {
	return nil, errStored
}

func (queryResolver) Safeguards(context.Context, *SafeguardFilter, *SafeguardOrder, *int, *string, *int, *string) (*SafeguardConnection, error) {
	return nil, errStored
}

func (queryResolver) Targets(context.Context, *TargetFilter, *TargetOrder, *int, *string, *int, *string) (*TargetConnection, error) {
	return nil, errStored
}

func (queryResolver) Observations(context.Context, *ObservationFilter, *ObservationOrder, *int, *string, *int, *string) (*ObservationConnection, error) {
	return nil, errStored
}

func (queryResolver) Links(context.Context, *LinkFilter, *LinkOrder, *int, *string, *int, *string) (*LinkConnection, error) {
	return nil, errStored
}

func (queryResolver) Findings(context.Context, *FindingFilter, *FindingOrder, *int, *string, *int, *string) (*FindingConnection, error) {
	return nil, errStored
}

func (queryResolver) Search(context.Context, string, []Kind, *int, *string, *int, *string) (*SearchConnection, error) {
	return nil, errStored
}
