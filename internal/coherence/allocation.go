package coherence

import (
	"slices"
	"strconv"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// allocation is a target and those that it is handed down to, by ALLOCATES links.
type allocation struct {
	parent   *side
	children []*side // that count, in the order of their links
	refused  []refusal
	missing  []plan.ID // parts of the parent's region without a figure that counts
	parts    int       // how many parts of the region are registered
	overlaps bool      // two children share an area
}

// refusal says why a target doesn't count.
type refusal struct {
	target, plan plan.ID
	outcome      Outcome
	reason       Reason
}

// complete says that every part of the region has a figure that counts.
func (a *allocation) complete() bool { return a.parts > 0 && len(a.missing) == 0 }

// incomplete says in words what a sum still lacks.
func (a *allocation) incomplete(f *Frame) Reason {
	if a.parts == 0 {
		return Reason{PartsUnknown, f.Name(a.parent.target.Region) + "由哪些下级区域组成没有登记，分解是否齐全无从判断"}
	}
	return Reason{PartMissing, "缺少" + f.namesZh(a.missing) + "的分解数，合计尚不能与总数比较"}
}

// namesZh lists regions by name, the first ones of many.
func (f *Frame) namesZh(ids []plan.ID) string {
	const shown = 15
	text := ""
	for i, id := range ids[:min(shown, len(ids))] {
		if i > 0 {
			text += "、"
		}
		text += f.Name(id)
	}
	if len(ids) > shown {
		text += "等"
	}
	return text + "（共" + strconv.Itoa(len(ids)) + "个区域）"
}

// allocation gathers what a target is handed down to; false when it is to nothing.
func (f *Facts) allocation(parent *side) (*allocation, bool) {
	a := &allocation{parent: parent}
	var to []plan.ID
	for _, l := range f.Frame.links[parent.target.ID] {
		if l.Type == plan.Allocates && l.From == parent.target.ID {
			to = append(to, l.To)
		}
	}
	for i, child := range f.find(to...) {
		if child == nil {
			if t, ok := f.Beyond[to[i]].(*plan.Target); ok && f.Frame.Plan(t.Plan) != nil {
				a.refused = append(a.refused, refusal{t.ID, t.Plan, NotComparable,
					Reason{IndicatorOther, "分解到的是另一个指标“" + f.Frame.Name(t.Indicator) + "”，不能相加"}})
			}
			continue
		}
		if outcome, why := f.partOf(child, parent); outcome != "" {
			a.refused = append(a.refused, refusal{child.target.ID, child.plan.ID, outcome, why})
			continue
		}
		a.children = append(a.children, child)
	}
	if len(a.children)+len(a.refused) == 0 {
		return nil, false
	}
	f.survey(a)
	return a, true
}

// partOf says why a figure doesn't count toward another one that is handed down to it, "" when it does.
func (f *Facts) partOf(child, parent *side) (Outcome, Reason) {
	c, p := child.target, parent.target
	switch {
	case f.Frame.standings[child.index].Code != "":
		return NotApplicable, f.Frame.standings[child.index]
	case c.Region == p.Region || !f.Frame.Areas.Covers(p.Region, c.Region):
		return NotComparable, Reason{RegionOutside, "分解到的" + f.Frame.Name(c.Region) + "不是" + f.Frame.Name(p.Region) + "的一部分"}
	case c.Year == 0 || p.Year == 0:
		return NotComparable, yearUnstated
	case c.Year != p.Year:
		return NotComparable, Reason{YearDiffers, "分解数与总数的年份不同"}
	case child.shape == wordsOnly:
		why, _ := quantity.Comparable(c.Quantity, p.Quantity)
		return Open, quantityReason(why)
	}
	return f.unlikeFigures(child, parent)
}

// survey finds the parts that are missing, and whether any area would be counted twice.
func (f *Facts) survey(a *allocation) {
	areas := f.Frame.Areas
	var regions []plan.ID
	for i, c := range a.children {
		region := c.target.Region
		regions = append(regions, region)
		for _, other := range regions[:i] {
			a.overlaps = a.overlaps || other != region && areas.Overlap(other, region)
		}
	}
	parts := f.Frame.parts[a.parent.target.Region]
	a.parts = len(parts)
	for _, part := range parts {
		if !slices.ContainsFunc(regions, func(r plan.ID) bool { return areas.Covers(r, part) }) {
			a.missing = append(a.missing, part)
		}
	}
}

// summable says whether the scope's indicator adds up over regions.
func (f *Facts) summable() bool {
	i := f.Frame.Indicator(f.Scope.ID)
	return i != nil && i.Summable
}
