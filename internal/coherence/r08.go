package coherence

import (
	"math/big"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func baseMismatch() *Rule {
	return &Rule{
		ID: "R08", Name: "base-mismatch", Title: "基期不同，折算出的目标水平不一致",
		Dimension: plan.Consistent, Severity: plan.SevError,
		Compare: checkBases,
		Remedy:  "统一基期和基期值，重新折算目标值，并在文本中注明。",
		Doc: Doc{
			Compares: "同一指标、同一口径、同一区域、同一年份的两个相对目标（比基期变化百分之几、几个百分点、多少倍），基期年份或基期值不同的：按各自的基期值折算成目标年的水平再比较。" +
				"基期相同的不适用，直接比较即可。",
			FailsWhen: "计入目标值与基期值两处的四舍五入，折算出的水平仍没有交集；一方应当服从另一方的，下位折算出的水平达不到上位的要求，更严不算。" +
				"缺基期年份或基期值的，答复“待定”。",
			SeverityReason: "错误：字面上的百分比各自成立，折算出来却是两个目标。",
			Basis:          basisOf(law.Level, law.Equals),
			Examples: []Example{{
				Given:  "一份写“PM2.5比2020年（28 µg/m³）下降 7 %”，另一份写“比2015年（40 µg/m³）下降 20 %”：折算为 26.04 与 32 µg/m³。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "-7 % vs 2020 (28 µg/m³)", indicator: "PM2.5年均浓度", trend: plan.Down}, exampleTarget{value: "-20 % vs 2015 (40 µg/m³)"})
				},
			}, {
				Given:  "一份写“比2020年（28 µg/m³）下降 7 %”，另一份写“比2015年（40 µg/m³）下降 35 %”：折算为 26.04 与 26 µg/m³，是同一个数。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "-7 % vs 2020 (28 µg/m³)", indicator: "PM2.5年均浓度", trend: plan.Down}, exampleTarget{value: "-35 % vs 2015 (40 µg/m³)"})
				},
			}, {
				Given:  "一份写“比2020年下降 7 %”，另一份写“比2015年下降 35 %”，都没有给出基期值。",
				Answer: Open,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "-7 % vs 2020", indicator: "PM2.5年均浓度", trend: plan.Down}, exampleTarget{value: "-35 % vs 2015"})
				},
			}},
		},
	}
}

func checkBases(f *Facts, p pair, r *Report) {
	if !relative(p.a.quantity.Kind) || !relative(p.b.quantity.Kind) || !f.basesMatter(p) {
		return
	}
	answer := p.answer(f)
	answer.Outcome, answer.Reason = f.implied(p)
	if answer.Outcome == Fail {
		answer.Finding, answer.Subjects = f.otherBase(p.a, p.b), []plan.ID{p.a.target.ID, p.b.target.ID}
	}
	r.Answer(answer)
}

func relative(k quantity.Kind) bool {
	return k == quantity.PercentChange || k == quantity.PointChange || k == quantity.Multiple
}

// basesMatter says whether two relative figures have nothing against being compared, but perhaps their bases.
func (f *Facts) basesMatter(p pair) bool {
	switch p.reason.Code {
	case "", ReasonCode(quantity.ReasonBaseYear), ReasonCode(quantity.ReasonBaseUnknown):
		return true
	}
	return false
}

func (f *Facts) implied(p pair) (Outcome, Reason) {
	a, b := p.a.quantity, p.b.quantity
	if outcome, why := f.oneCalibre(p.a.calibre, p.b.calibre); outcome != "" {
		return outcome, why
	}
	if sameBase(a, b) {
		return NotApplicable, Reason{SameBase, "双方基期相同，直接比较"}
	}
	if a.BaseYear == 0 || b.BaseYear == 0 || !a.BaseValue.IsSet() || !b.BaseValue.IsSet() {
		return Open, Reason{BaseUnstated, "基期不同（" + baseZh(a) + "；" + baseZh(b) + "），缺基期年份或基期值，无法折算为目标年的水平；请补充"}
	}
	if why, ok := quantity.Comparable(baseOf(a), baseOf(b)); !ok {
		return NotComparable, quantityReason(why)
	}
	trend := f.trend()
	if p.follower != 0 {
		l, u := p.lowerUpper()
		a, b = l.quantity, asBound(u.quantity, trend)
	}
	la, okA := levels(a)
	lb, okB := levels(b)
	switch {
	case !okA || !okB:
		return NotComparable, Reason{BaseUnstated, "基期值为零或为负，无法折算为目标年的水平"}
	case la.Disjoint(lb):
		return Fail, Reason{}
	}
	return Pass, Reason{}
}

// sameBase: a base value that only one side prints is that of the same year all the same.
func sameBase(a, b quantity.Quantity) bool {
	if a.BaseYear != b.BaseYear || a.BaseYear == 0 && a.BaseValue != b.BaseValue {
		return false
	}
	if !a.BaseValue.IsSet() || !b.BaseValue.IsSet() {
		return true
	}
	same, err := quantity.Agree(baseOf(a), baseOf(b))
	return err == nil && same
}

func baseOf(q quantity.Quantity) quantity.Quantity {
	return quantity.Quantity{Comparator: quantity.EQ, Kind: quantity.Level, Value: q.BaseValue, Unit: q.BaseUnit}
}

// levels are what a relative figure leaves in its target year, in the base of its unit kind, with both of its numbers rounded.
func levels(q quantity.Quantity) (quantity.Interval, bool) {
	base, ok := baseOf(q).Tolerant()
	if !ok || q.Kind != quantity.PointChange && base.Lo.Sign() <= 0 {
		return quantity.Interval{}, false
	}
	shape := shapeOf(q.Comparator)
	if shape.halfLine() {
		q.Comparator = quantity.EQ
	}
	change, ok := q.Tolerant()
	if !ok {
		return quantity.Interval{}, false
	}
	level := quantity.Interval{Lo: impliedBy(q.Kind, base.Lo, change.Lo), Hi: impliedBy(q.Kind, base.Hi, change.Hi), HiOpen: true}
	switch shape {
	case floor:
		level.Hi = nil
	case ceiling:
		level.Lo = nil
	}
	return level, true
}

func impliedBy(k quantity.Kind, base, change *big.Rat) *big.Rat {
	switch k {
	case quantity.PointChange:
		return new(big.Rat).Add(base, change)
	case quantity.Multiple:
		return new(big.Rat).Mul(base, change)
	}
	share := new(big.Rat).Add(big.NewRat(100, 1), change)
	return share.Mul(share, base).Quo(share, big.NewRat(100, 1))
}

func baseZh(q quantity.Quantity) string {
	text := "基期未注明"
	if q.BaseYear != 0 {
		text = "以" + strconv.Itoa(q.BaseYear) + "年为基期"
	}
	if q.BaseValue.IsSet() {
		return text + "，基期值 " + baseOf(q).String()
	}
	return text + "，基期值未注明"
}

// levelZh is the level that a figure implies, without tolerance: 26.04 µg/m³.
func levelZh(q quantity.Quantity) string {
	exact := q
	exact.Comparator = quantity.EQ
	level, unit, ok := exact.Absolute()
	if !ok || q.Comparator == quantity.Range {
		return ""
	}
	return decimalText(level.Lo) + " " + unit
}

func (f *Facts) otherBase(a, b *side) *plan.Finding {
	o, d := f.obligation(a, b)
	evidence := func(s *side) plan.Evidence {
		return plan.Evidence{Object: s.target.ID, Field: "quantity", Published: publishedZh(s.target), Converted: levelZh(s.quantity), Ref: s.target.Source.Ref}
	}
	sum := func(s *side) string {
		return law.Title(s.plan) + baseZh(s.quantity) + "，折算为 " + levelZh(s.quantity)
	}
	steps := []plan.Step{
		f.targetFacts(a), f.targetFacts(b),
		{Step: stepNumbers, Text: sum(a) + "；" + sum(b) + "。"},
		{Step: stepRule, Text: "R08：基期不同的两个相对目标，折算为目标年的水平之后仍应一致。"},
	}
	steps = append(steps, f.obligationSteps(o)...)
	return &plan.Finding{
		Severity:    plan.SevError,
		Message:     f.subjectZh(a.target) + "：" + statedZh(a) + "，" + statedZh(b) + "；" + sum(a) + "，" + sum(b) + "，两者不一致。" + naturesZh(a, b) + d.Reason,
		Evidence:    []plan.Evidence{evidence(a), evidence(b)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: d.Reason}),
		Links:       linkIDs(o.Chain),
		Yields:      d.Yields(), YieldsPlan: d.Plan,
		About: []plan.ID{a.target.ID, b.target.ID, f.Scope.ID},
		Plans: sortedPlans(a.plan.ID, b.plan.ID),
	}
}
