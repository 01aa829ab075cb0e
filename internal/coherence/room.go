package coherence

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// Room is what statutory controls, the plans above and allocations leave for the figure that a plan sets for an indicator in a region and
// year.
type Room struct {
	Indicator, Region, Plan plan.ID
	Year                    int
	Unit                    string        // of both bounds' values
	Kind                    quantity.Kind // of both
	Lower, Upper            *Bound        // nil where nothing bounds that side
	Empty                   bool          // no value passes
	// Contradiction are, of an empty room, the fewest targets that leave nothing between them, the lower bound's first.
	Contradiction []plan.ID
	Unused        []Unused // targets that would limit the figure if they compared, sorted by id
	Text          string   // in Chinese: which values pass, or who contradicts whom
}

// Bound is one end of a room.
type Bound struct {
	By      LimitBasis
	Value   quantity.Decimal  // in the room's unit; rounded to the safe side where no finite decimal states it
	Open    bool              // the value itself doesn't pass
	Passing quantity.Quantity // what passes, in the room's unit: not below 24.1 %
	Figure  string            // in Chinese, as published where a plan states it
	Plan    plan.ID           // of the first target
	Targets []plan.ID         // the one that limits first; of an allocation, the total and then the other parts
}

// Targets are those that bound the room or, when it is empty, contradict each other.
func (r *Room) Targets() []plan.ID {
	ids := slices.Clone(r.Contradiction)
	for _, b := range []*Bound{r.Lower, r.Upper} {
		if b != nil {
			ids = append(ids, b.Targets...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Unused is a target that bears on a room and can't be held against it.
type Unused struct {
	Target, Plan plan.ID
	Outcome      Outcome
	Reason       Reason
}

// RoomOf loads the targets of one indicator and says what they leave to a plan. It is asked about objects of the frame.
func RoomOf(ctx context.Context, frame *Frame, from Objects, indicator, region plan.ID, year int, of plan.ID) (*Room, error) {
	branch := frame.branchOf(region)
	if branch == trunk {
		branch = everywhere // whatever lies below may bear on it
	}
	loaded, err := frame.load(ctx, from, []Scope{{IndicatorScope, indicator, branch}})
	if err != nil {
		return nil, err
	}
	f := loaded[0]
	f.memo = newMemo(Options{}, frame)
	s := f.limits(place{year, region}, nil, frame.index[of])
	s.collectUnused()
	room := s.room()
	room.Plan = of
	return room, f.targets.err
}

// clash are the fewest limits that leave nothing between them; none where some value passes.
func (s *search) clash() []limit {
	for _, l := range s.limits {
		if l.spent {
			return []limit{l}
		}
	}
	lower, upper := s.bounds()
	if lower == nil || upper == nil || !lower.allowed.Disjoint(upper.allowed) {
		return nil
	}
	return []limit{*lower, *upper}
}

func (s *search) room() *Room {
	lower, upper := s.bounds()
	r := &Room{Indicator: s.facts.Scope.ID, Region: s.at.region, Year: s.at.year, Unused: s.unused, Text: s.passingZh()}
	if s.like != nil {
		r.Unit, r.Kind = s.like.quantity.Unit, s.like.quantity.Kind
	}
	if r.Text == "" {
		r.Text = "没有可用的法定控制数、上位目标或分解数限制该值"
	}
	slices.SortFunc(r.Unused, func(a, b Unused) int { return cmp.Compare(a.Target, b.Target) })
	if lower != nil {
		r.Lower = boundOf(lower, lower.lower, r.Unit)
	}
	if upper != nil {
		r.Upper = boundOf(upper, upper.upper, r.Unit)
	}
	for _, l := range s.clash() {
		r.Empty = true
		for _, side := range l.sides {
			if !slices.Contains(r.Contradiction, side.target.ID) {
				r.Contradiction = append(r.Contradiction, side.target.ID)
			}
		}
	}
	return r
}

func boundOf(l *limit, q quantity.Quantity, unit string) *Bound {
	b := &Bound{By: l.by, Open: q.Comparator == quantity.GT || q.Comparator == quantity.LT, Figure: q.Chinese(), Plan: l.sides[0].plan.ID}
	for _, s := range l.sides {
		b.Targets = append(b.Targets, s.target.ID)
	}
	from, _ := quantity.UnitByName(q.Unit)
	to, _ := quantity.UnitByName(unit)
	if x, err := quantity.Convert(q.Value.Rat(), from, to); err == nil {
		b.Value, _ = rounded(x, shapeOf(q.Comparator) == floor)
		if b.Value.Rat().Cmp(q.Value.Rat()) == 0 && q.Unit == unit {
			b.Value = q.Value // with the digits that were printed
		}
	}
	b.Passing = q
	b.Passing.Value, b.Passing.Unit, b.Passing.Aspirational = b.Value, unit, false
	return b
}

// passingZh says which values pass, or who contradicts whom where none does; "" where nothing limits the figure.
func (s *search) passingZh() string {
	if clash := s.clash(); clash != nil {
		return clashZh(clash)
	}
	lower, upper := s.bounds()
	switch {
	case lower == nil && upper == nil:
		return ""
	case upper == nil:
		return "取“" + lower.lower.Chinese() + "”的值即可"
	case lower == nil:
		return "取“" + upper.upper.Chinese() + "”的值即可"
	}
	return betweenZh(lower.lower, upper.upper)
}

func betweenZh(low, high quantity.Quantity) string {
	level := low.Kind == quantity.Level || low.Kind == quantity.Cumulative
	order := low.Value.Cmp(high.Value)
	switch closed := low.Comparator == quantity.GE && high.Comparator == quantity.LE; {
	case closed && low.Unit == high.Unit && order == 0:
		low.Comparator = quantity.EQ
		return "取“" + low.Chinese() + "”即可"
	case closed && level && low.Unit == high.Unit && order < 0:
		return strings.TrimSpace("取 "+low.Value.String()+" 至 "+high.Value.String()+" "+low.Unit) + " 之间的值即可"
	}
	return "取同时满足“" + low.Chinese() + "”和“" + high.Chinese() + "”的值即可（计入四舍五入）"
}

// clashZh names the fewest targets that leave no value.
func clashZh(clash []limit) string {
	first := clash[0]
	if len(clash) == 1 {
		return "没有可取的值：" + law.Title(first.sides[0].plan) + "的总数“" + first.sides[0].quantity.Chinese() + "”已被" + planNames(first.sides[1:]) +
			"的分解数用完，须先调整这些分解数"
	}
	second := clash[1]
	text := "没有可取的值：" + law.Title(first.sides[0].plan) + "要求“" + first.lower.Chinese() + "”，" + law.Title(second.sides[0].plan) + "要求“" + second.upper.Chinese() + "”，两者互相矛盾，"
	switch {
	case first.by == ByControl && second.by != ByControl:
		return text + "前者是法定控制数，须先由后者调整"
	case second.by == ByControl && first.by != ByControl:
		return text + "后者是法定控制数，须先由前者调整"
	}
	return text + "须先由这两项的牵头部门协调一致"
}

// passingZh says in a finding which values would pass for the figure of some plans, as a sentence; "" where nothing limits it.
func (f *Facts) passingZh(like *side, plans ...int32) string {
	text := f.limits(placeOf(like), like, plans...).passingZh()
	if text == "" {
		return ""
	}
	return text + "。"
}
