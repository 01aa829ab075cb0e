package coherence

import (
	"iter"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// pair is two targets of two plans for one indicator that a rule has to answer about.
type pair struct {
	a, b     *side
	follower int8    // 0 equals, 1 a follows b, 2 b follows a
	outcome  Outcome // "" when the figures compare, else why not
	reason   Reason
}

// lowerUpper are the sides of a pair in which one plan follows the other: the follower first.
func (p pair) lowerUpper() (lower, upper *side) {
	if p.follower == 2 {
		return p.b, p.a
	}
	return p.a, p.b
}

// answer is what the pair alone says; rules that compare figures fill in the outcome.
func (p pair) answer(f *Facts) Answer {
	return Answer{Indicator: f.Scope.ID, Outcome: p.outcome, Reason: p.reason, key: pairOf(p.a.index, p.b.index)}
}

// pairs yields every pair of related targets of which one is for a region of the scope's own, once, in a fixed order: those of one year in one
// region or in regions that overlap, and those of one region of which a year is not stated. Different years, unrelated regions and two
// targets of one plan make no pair. What lies above the branches is paired with what is below by the scopes of the branches.
func (f *Facts) pairs() iter.Seq[pair] {
	return func(yield func(pair) bool) {
		m := &meeting{facts: f, matter: matterOf(f.Frame.Indicator(f.Scope.ID)), yield: yield}
		for _, r := range f.own() {
			if !m.inside(r) {
				return
			}
			for _, other := range f.Frame.Areas.Overlapping(r.region) {
				branch := f.Frame.branchOf(other)
				own := f.Scope.Branch == everywhere || branch == f.Scope.Branch
				if own && other < r.region || !own && branch != trunk {
					continue
				}
				if !own {
					f.reads.note(other)
				}
				if !m.between(r, f.targets.in(other)) {
					return
				}
			}
		}
	}
}

type meeting struct {
	facts  *Facts
	matter law.Matter
	yield  func(pair) bool
}

// inside pairs the targets for one region.
func (m *meeting) inside(r *regional) bool {
	unstated := r.at(0)
	for _, y := range r.years {
		if !m.within(y.sides) || y.year != 0 && !m.across(unstated, y.sides) {
			return false
		}
	}
	return true
}

// between pairs the targets for two regions, of which the second may have none.
func (m *meeting) between(r, other *regional) bool {
	if other == nil {
		return true
	}
	if other.region < r.region {
		r, other = other, r
	}
	for _, y := range r.years {
		if y.year != 0 && !m.across(y.sides, other.at(y.year)) {
			return false
		}
	}
	return true
}

func (m *meeting) within(group []*side) bool {
	for i, a := range group {
		for _, b := range group[i+1:] {
			if !m.meet(a, b, group) {
				return false
			}
		}
	}
	return true
}

func (m *meeting) across(group, others []*side) bool {
	for _, a := range group {
		for _, b := range others {
			if !m.meet(a, b, nil) {
				return false
			}
		}
	}
	return true
}

// meet yields one pair; group is the group that both are in, nil when they come from two.
func (m *meeting) meet(a, b *side, group []*side) bool {
	if a.index == b.index || !m.facts.memo.wants(a.index, b.index) {
		return true
	}
	p := pair{a: a, b: b}
	p.outcome, p.reason = m.apart(a, b)
	if p.outcome == "" {
		p.follower = m.facts.follower(a.index, b.index, m.matter)
		p.outcome, p.reason = m.unlike(a, b, group != nil)
		if p.outcome == "" && p.follower == 0 && (besideFirm(a, b, group) || besideFirm(b, a, group)) {
			p.outcome, p.reason = NotApplicable, Reason{BesideFirm, "一方是在确定值之外另设的力争目标，以其确定值比较"}
		}
	}
	return m.yield(p)
}

// apart says whether the plans have anything to do with each other.
func (m *meeting) apart(a, b *side) (Outcome, Reason) {
	f := m.facts.Frame
	x, y := f.marks[a.index], f.marks[b.index]
	switch {
	case x.series != 0 && x.series == y.series:
		return NotApplicable, Reason{SameSeries, "同一规划的两个版本，不互相冲突；版本之间的差异另行比较"}
	case x.idle:
		return NotApplicable, f.standings[a.index]
	case y.idle:
		return NotApplicable, f.standings[b.index]
	}
	return "", Reason{}
}

// Why two figures don't compare, wherever that is asked.
var (
	regionPart   = Reason{RegionPart, "区域不同，部分不能与整体直接比较：只有登记了分解下达（ALLOCATES）关系才能比较"}
	yearUnstated = Reason{YearUnstated, "目标年份未注明，无从确认是否同一年份"}
)

// unlike says why two figures don't compare, "" when they do. Here says that they are for one region and year.
func (m *meeting) unlike(a, b *side, here bool) (Outcome, Reason) {
	switch {
	case !here && a.target.Region != b.target.Region:
		return NotComparable, regionPart
	case a.year == 0 || b.year == 0:
		return NotComparable, yearUnstated
	}
	return m.facts.unlikeFigures(a, b)
}

// unlikeFigures says why two figures for one region and year don't compare, "" when they do.
func (f *Facts) unlikeFigures(a, b *side) (Outcome, Reason) {
	if why, ok := quantity.Comparable(a.quantity, b.quantity); !ok {
		return NotComparable, quantityReason(why)
	}
	if outcome, why := f.oneCalibre(a.calibre, b.calibre); outcome != "" {
		return outcome, why
	}
	if kind := a.quantity.Kind; kind == quantity.Cumulative || kind == quantity.RatePerYear {
		switch {
		case a.target.YearStart == b.target.YearStart:
		case a.target.YearStart == 0 || b.target.YearStart == 0:
			return Open, Reason{SpanOneSided, "累计量或年均值只有一方注明起始年份，另一方的起始年份有待补充"}
		default:
			return NotComparable, Reason{SpanDiffers, "累计量或年均值的起止年份不同，不能直接比较"}
		}
	}
	return "", Reason{}
}

// besideFirm says whether s is an aspiration whose plan also states a firm value in the group, while the other side is firm.
func besideFirm(s, other *side, group []*side) bool {
	if !s.quantity.Aspirational || other.quantity.Aspirational {
		return false
	}
	return slices.ContainsFunc(group, func(x *side) bool {
		return x.index == s.index && !x.quantity.Aspirational && x.shape != wordsOnly && x.calibre == s.calibre
	})
}

// matterOf is Water only for an indicator whose name is certain to speak of the use of water resources.
func matterOf(i *plan.Indicator) law.Matter {
	if i == nil {
		return law.General
	}
	for _, word := range []string{"用水", "取水", "水资源"} {
		if strings.Contains(i.Name, word) {
			return law.Water
		}
	}
	return law.General
}

// trend is the direction of the scope's indicator, "" when it isn't known.
func (f *Facts) trend() plan.Trend {
	if i := f.Frame.Indicator(f.Scope.ID); i != nil {
		return i.Trend
	}
	return ""
}
