package register

import (
	"context"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// The years that targets may be for.
const (
	firstYear = 1900
	lastYear  = 2200
)

// Room says what statutory controls, the plans above and allocations leave for the figure that a plan sets, or may set, for an indicator
// in a region and year. NOT_FOUND names what does not exist.
func (r *Register) Room(ctx context.Context, indicator, region plan.ID, year int, of plan.ID) (*coherence.Room, error) {
	for _, arg := range []struct {
		path, kind string
		id         plan.ID
	}{{"indicator", "Indicator", indicator}, {"region", "Region", region}, {"plan", "Plan", of}} {
		if err := r.known(ctx, arg.path, plan.KindNamed(arg.kind), []plan.ID{arg.id}, 1); err != nil {
			return nil, err
		}
	}
	if year < firstYear || year > lastYear {
		return nil, plan.Errorf(plan.BadUserInput, "year", "saw %d, wanted a year from %d to %d", year, firstYear, lastYear)
	}
	frame, err := loadFrame(ctx, r.store)
	if err != nil {
		return nil, err
	}
	return coherence.RoomOf(ctx, frame, facts{r.store}, indicator, region, year, of)
}
