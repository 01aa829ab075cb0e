package graph

import "context"

// gqlgen asks for a method per root field; these differ in the kind alone.

func (r mutationResolver) UpsertRegion(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Region", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertOrganization(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Organization", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertZone(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Zone", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertIndicator(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Indicator", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertCalibre(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Calibre", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertPlan(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Plan", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertSection(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Section", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertPrinciple(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Principle", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertGoal(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Goal", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertTask(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Task", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertProject(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Project", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertDemand(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Demand", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertSafeguard(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Safeguard", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertTarget(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Target", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertObservation(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Observation", input, expected, origin{key, by, note})
}

func (r mutationResolver) UpsertLink(ctx context.Context, input map[string]any, expected *int, key, by, note *string) (*Changed, error) {
	return r.upsert(ctx, "Link", input, expected, origin{key, by, note})
}
