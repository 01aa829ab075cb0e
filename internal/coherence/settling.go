package coherence

import (
	"cmp"
	"context"
	"slices"

	"xianjie/internal/plan"
)

// indicatorsAtOnce bounds the indicators whose targets RoomsOf has in memory.
const indicatorsAtOnce = 16

// RoomsOf says by the finding's id what is left to the figure that has to change. Findings in which no other figure helps, or nobody has to
// change, have no room. The findings are those of a run over the frame.
func RoomsOf(ctx context.Context, frame *Frame, from Objects, findings []*plan.Finding) (map[plan.ID]*Room, error) {
	wanting := map[plan.ID][]*plan.Finding{} // by indicator
	var scopes []Scope
	for _, found := range findings {
		rule := find(Rules(), found.Rule)
		i := slices.IndexFunc(found.About, func(id plan.ID) bool { return frame.Indicator(id) != nil })
		if rule == nil || rule.Room == nil || !changes(found) || i < 0 {
			continue
		}
		indicator := found.About[i]
		if wanting[indicator] == nil {
			scopes = append(scopes, Scope{IndicatorScope, indicator, everywhere})
		}
		wanting[indicator] = append(wanting[indicator], found)
	}
	slices.SortFunc(scopes, func(a, b Scope) int { return cmp.Compare(a.ID, b.ID) })
	rooms := map[plan.ID]*Room{}
	for some := range slices.Chunk(scopes, indicatorsAtOnce) {
		loaded, err := frame.load(ctx, from, some)
		if err != nil {
			return nil, err
		}
		for _, f := range loaded {
			f.memo = newMemo(Options{}, frame)
			for _, found := range wanting[f.Scope.ID] {
				if room := f.settling(found); room != nil {
					rooms[found.ID] = room
				}
			}
		}
	}
	return rooms, nil
}

// changes says whether somebody has to change anything for a finding.
func changes(found *plan.Finding) bool { return found.YieldsPlan != "" || found.Yields.Escalate }

// Remedy says what those have to do who yield in a finding, where its Yields.Reason doesn't; "" for nothing more.
func Remedy(found *plan.Finding) string {
	if rule := find(Rules(), found.Rule); rule != nil && changes(found) {
		return rule.Remedy
	}
	return ""
}

// settling is what is left to the figure that has to change, nil where nothing limits it.
func (f *Facts) settling(found *plan.Finding) *Room {
	var about []*side
	for _, s := range f.find(found.About...) {
		if s != nil {
			about = append(about, s)
		}
	}
	s := find(Rules(), found.Rule).Room(f, found, about)
	if s == nil || len(s.limits) == 0 {
		return nil
	}
	room := s.room()
	room.Plan = found.YieldsPlan
	return room
}

// roomOfYielding is what is left to the target of the plan that yields.
func roomOfYielding(f *Facts, found *plan.Finding, about []*side) *search {
	for _, s := range about {
		if s.plan.ID == found.YieldsPlan {
			return f.limits(placeOf(s), s, s.index)
		}
	}
	return nil
}

// roomOfBoth is what is left to one figure for two plans.
func roomOfBoth(f *Facts, _ *plan.Finding, about []*side) *search {
	if len(about) != 2 {
		return nil
	}
	a, b := about[0], about[1]
	return f.limits(placeOf(a), a, a.index, b.index)
}

// roomOfPart is what the total, which is first, leaves to the part that yields.
func roomOfPart(f *Facts, found *plan.Finding, about []*side) *search {
	if len(about) == 0 {
		return nil
	}
	a, _ := f.allocation(about[0])
	for _, s := range about[1:] {
		if s.plan.ID == found.YieldsPlan {
			return f.partRoom(a, s)
		}
	}
	return nil
}

func placeOf(s *side) place { return place{s.target.Year, s.target.Region} }
