package coherence

import (
	"math/big"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// checkParts answers for every target of a part with every target of the whole.
func (f *Facts) checkParts(whole, part *plan.Indicator, by map[plan.ID][]*side, r *Report) {
	for _, p := range by[part.ID] {
		for _, w := range by[whole.ID] {
			answer := betweenPlans(whole.ID, []*side{p, w})
			answer.Outcome, answer.Reason = f.inOneWhole(p, w)
			if answer.Outcome == "" {
				answer.Outcome = Pass
				if answer.Finding = f.outgrown(p, w, part.Trend, whole.Trend); answer.Finding != nil {
					answer.Subjects = []plan.ID{p.target.ID, w.target.ID}
					if answer.Finding.Severity != plan.Info {
						answer.Outcome = Fail
					}
				}
			}
			r.Answer(answer)
		}
	}
}

// inOneWhole says why a part and a whole don't compare, "" when they do.
func (f *Facts) inOneWhole(p, w *side) (Outcome, Reason) {
	if p.index != w.index && f.Frame.sameSeries(p.plan, w.plan) {
		return NotApplicable, Reason{SameSeries, "同一规划的两个版本，不互相冲突；版本之间的差异另行比较"}
	}
	if why, ok := quantity.Comparable(p.quantity, w.quantity); !ok {
		return NotComparable, quantityReason(why)
	}
	part, whole := f.Frame.Indicator(p.target.Indicator), f.Frame.Indicator(w.target.Indicator)
	switch unit, _ := quantity.UnitByName(p.quantity.Unit); {
	case p.quantity.Kind != quantity.Level && p.quantity.Kind != quantity.Cumulative:
		return NotComparable, Reason{NotSummable, "部分与整体的变化幅度没有大小关系"}
	case p.quantity.Kind == quantity.Cumulative && p.target.YearStart != w.target.YearStart:
		return NotComparable, Reason{SpanDiffers, "累计量的起止年份不同，不能直接比较"}
	case !isPercent(unit):
		if why, ok := amounts(p.quantity); !ok {
			return NotComparable, why
		}
	case part.Denominator != whole.Denominator:
		return NotComparable, Reason{DenominatorDiffers, "两个比重的分母不同，不能比较大小"}
	}
	return "", Reason{}
}

// outgrown is the finding about a part that can't be, or hardly is, within its whole; nil where it is.
func (f *Facts) outgrown(p, w *side, partTrend, wholeTrend plan.Trend) *plan.Finding {
	part, whole := least(p.quantity, partTrend), most(w.quantity, wholeTrend)
	tight := printedBeyond(p, w)
	impossible := part.Disjoint(whole)
	if !impossible && !tight {
		return nil
	}
	finding, steps := f.identityFinding([]*side{p, w})
	unit := w.quantity.Unit
	pair := "“" + f.Frame.Name(p.target.Indicator) + "”是“" + f.Frame.Name(w.target.Indicator) + "”的一部分（" + f.Frame.Name(w.target.Region) + "，" + yearsZh(w.target) + "）："
	both := law.Title(p.plan) + "提出前者“" + p.quantity.Chinese() + "”，" + law.Title(w.plan) + "提出后者“" + w.quantity.Chinese() + "”，"
	if p.index == w.index {
		both = law.Title(p.plan) + "提出前者“" + p.quantity.Chinese() + "”，后者“" + w.quantity.Chinese() + "”，"
	}
	numbers := "部分的下限 " + limitZh(part.Lo, part.LoOpen, unit) + "；整体的上限 " + limitZh(whole.Hi, whole.HiOpen, unit)
	rule := "R12：部分的下限高于整体的上限，找不到能使两者同时成立的数。"
	if impossible {
		y, who := f.givesWay([]*side{p, w})
		finding.Message, finding.Yields, finding.YieldsPlan = pair+both+"部分大于整体，两者不可能同时实现。"+y.Reason, y, who
	} else {
		room, margin := "按目标可以超额完成理解，两者才能同时成立", "整体的数可以超过，部分的数可以更小"
		if part.Lo != nil && whole.Hi != nil {
			room = "两数都落在 " + shortZh(fromBase(part.Lo, unit)) + " 至 " + inUnitShort(whole.Hi, unit) + " 之间（“约”和四舍五入的余地）时才能同时成立"
			margin = "余地很窄"
		}
		reason := "两者不冲突，无须让步；建议" + planNames([]*side{p, w}) + "核对两个数并统一表述。"
		finding.Severity, finding.Message, finding.Yields = plan.Info, pair+both+room+"。"+reason, plan.Yields{Reason: reason}
		rule = "R12：公布值的区间之内有能使两者同时成立的数，但" + margin + "，故作提示。"
	}
	steps = append(steps, plan.Step{Step: stepNumbers, Text: numbers + "；均已计入四舍五入。"}, plan.Step{Step: stepRule, Text: rule})
	steps = append(steps, normSteps(law.Equals)...)
	finding.Explanation = append(steps, plan.Step{Step: stepYields, Text: finding.Yields.Reason})
	return finding
}

// least is what a part is at the least: no floor where only a ceiling is stated, or a bare figure of what is meant to go down.
func least(q quantity.Quantity, trend plan.Trend) quantity.Interval {
	i, _ := bare(q, trend).Tolerant()
	return quantity.Interval{Lo: i.Lo, LoOpen: i.LoOpen}
}

// most is what a whole is at the most: no cap where only a floor is stated, or a bare figure of what is meant to go up.
func most(q quantity.Quantity, trend plan.Trend) quantity.Interval {
	i, _ := bare(q, trend).Tolerant()
	return quantity.Interval{Hi: i.Hi, HiOpen: i.HiOpen}
}

// bare reads a bare figure as the bound that may be surpassed. What is said to be about a figure is not to be surpassed by much.
func bare(q quantity.Quantity, trend plan.Trend) quantity.Quantity {
	if q.Comparator == quantity.EQ {
		return asBound(q, trend)
	}
	return q
}

// printedBeyond says whether the printed number of the part is above that of the whole, or on it and excluded.
func printedBeyond(p, w *side) bool {
	part, whole := p.own(), w.own()
	return quantity.Interval{Lo: part.Lo, LoOpen: part.LoOpen}.Disjoint(quantity.Interval{Hi: whole.Hi, HiOpen: whole.HiOpen})
}

func limitZh(x *big.Rat, open bool, unit string) string {
	if x == nil {
		return "未设"
	}
	text := inUnitShort(x, unit)
	if open {
		text += "（不含）"
	}
	return text
}

func fromBase(x *big.Rat, unit string) *big.Rat {
	u, _ := quantity.UnitByName(unit)
	if y, err := quantity.Convert(x, u.Base(), u); err == nil {
		return y
	}
	return x
}

func inUnitShort(x *big.Rat, unit string) string { return shortZh(fromBase(x, unit)) + " " + unit }
