package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func unitKind() *Rule {
	return &Rule{
		ID: "R07", Name: "unit-kind", Title: "计量单位或量的类型不符",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{IndicatorScope},
		Check: checkUnits, Compare: checkKinds,
		Doc: Doc{
			Compares: "每个目标值的计量单位与指标的标准单位；以及同一指标、同一口径、同一区域、同一年份的两个目标值的写法：百分比变化与百分点，水平与变化。" +
				"指标没有登记标准单位的，不适用。",
			FailsWhen: "目标值的单位不能换算为标准单位；或者标准单位为百分比的指标，一方写变化百分之几、一方写变化几个百分点；" +
				"或者一方写水平、一方写变化而没有基期值，两者无从核对。标准单位之间可以换算的（亩、公顷、万km²）不算不符。",
			SeverityReason: "单位不能换算、百分比与百分点混用，为错误：两者相差可达数倍，照字面汇总必然出错。水平与变化混写为警告：补上基期值即可换算。",
			Basis:          basisOf(law.Equals),
			Examples: []Example{{
				Given:  "标准单位为 % 的指标“非化石能源消费比重”：一份写“比2020年提高 7 个百分点”，另一份写“比2020年提高 7 %”。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return withUnit("%", examplePeers(exampleTarget{value: "+7 百分点 vs 2020", indicator: "非化石能源消费比重", trend: plan.Up}, exampleTarget{value: "+7 % vs 2020"}))
				},
			}, {
				Given:  "标准单位为万亩的指标“耕地保有量”：一份写“17050 万亩”，另一份写“1137 万公顷”：可以换算。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return withUnit("万亩", examplePeers(exampleTarget{value: "17050 万亩", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "1137 万公顷"}))
				},
			}, {
				Given:  "标准单位为万亩的指标“耕地保有量”：一份写“17050 万亩”，另一份写五年“累计 200 万亩”：存量与累计量不是一种量。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return withUnit("万亩", examplePeers(exampleTarget{value: "17050 万亩", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "200 万亩 cumulative"}))
				},
			}},
		},
	}
}

// withUnit gives the indicator of an example a standard unit.
func withUnit(unit string, objects []plan.Object) []plan.Object {
	for _, o := range objects {
		if i, ok := o.(*plan.Indicator); ok {
			i.Unit = unit
		}
	}
	return objects
}

func checkUnits(f *Facts, r *Report) {
	standard, known := f.standardUnit()
	for s := range f.sides() {
		answer := s.answer(f)
		answer.Outcome, answer.Reason = onStandard(s.quantity, standard, known)
		if why := f.Frame.standings[s.index]; why.Code != "" {
			answer.Outcome, answer.Reason = NotApplicable, why
		}
		if answer.Outcome == Fail {
			answer.Finding, answer.Subjects = f.offStandard(s, standard), []plan.ID{s.target.ID}
		}
		r.Answer(answer)
	}
}

// standardUnit is the unit that the vocabulary gives the scope's indicator. None is stated for an indicator that plans set as a change only.
func (f *Facts) standardUnit() (quantity.Unit, bool) {
	i := f.Frame.Indicator(f.Scope.ID)
	if i == nil || i.Unit == "" {
		return quantity.Unit{}, false
	}
	return quantity.UnitByName(i.Unit)
}

// onStandard says whether a figure is stated in what the indicator is measured in, or in a change of that.
func onStandard(q quantity.Quantity, standard quantity.Unit, known bool) (Outcome, Reason) {
	if !known {
		return NotApplicable, Reason{UnitUnstated, "指标没有登记标准单位"}
	}
	unit, ok := quantity.UnitByName(q.Unit)
	if !ok || !q.Value.IsSet() {
		return NotApplicable, Reason{ReasonCode(quantity.ReasonQualitative), "没有数值，不涉及计量单位"}
	}
	switch q.Kind {
	case quantity.PercentChange, quantity.Multiple:
		return Pass, Reason{}
	case quantity.RatePerYear:
		if isPercent(unit) {
			return Pass, Reason{}
		}
	case quantity.PointChange:
		if isPercent(standard) && unit.Name == "百分点" {
			return Pass, Reason{}
		}
	}
	if unit.Dimension == standard.Dimension {
		return Pass, Reason{}
	}
	return Fail, Reason{}
}

func isPercent(u quantity.Unit) bool { return u.Name == "%" }

// checkKinds answers about two figures that are stated in two kinds. Figures of one kind are the matter of other rules.
func checkKinds(f *Facts, p pair, r *Report) {
	if p.reason.Code != ReasonCode(quantity.ReasonQuantityKind) || p.a.calibre != p.b.calibre {
		return
	}
	standard, known := f.standardUnit()
	if !known {
		return
	}
	answer := p.answer(f)
	kept, off, severity := mixed(p.a, p.b, standard)
	if off != nil {
		answer.Outcome, answer.Reason = Fail, Reason{}
		answer.Finding, answer.Subjects = f.mixedKinds(kept, off, severity), []plan.ID{p.a.target.ID, p.b.target.ID}
	}
	r.Answer(answer)
}

// mixed says which of two figures is off the standard, nil when their kinds are merely different.
func mixed(a, b *side, standard quantity.Unit) (kept, off *side, severity plan.Severity) {
	for _, way := range [2][2]*side{{a, b}, {b, a}} {
		k, o := way[0].quantity, way[1].quantity
		switch {
		case k.Kind == quantity.PointChange && o.Kind == quantity.PercentChange && isPercent(standard):
			return way[0], way[1], plan.SevError
		case k.Kind == quantity.Level && (o.Kind == quantity.PercentChange || o.Kind == quantity.PointChange) && !o.BaseValue.IsSet():
			return way[0], way[1], plan.Warning
		}
	}
	return nil, nil, ""
}

func (f *Facts) offStandard(s *side, standard quantity.Unit) *plan.Finding {
	unit, _ := quantity.UnitByName(s.quantity.Unit)
	fault := "“" + s.quantity.Chinese() + "”的单位是" + unitZh(unit) + "，指标的标准单位是" + unitZh(standard) + "，两者不能换算"
	reason := "请" + law.Title(s.plan) + "的牵头部门（" + law.Departments(s.plan, f.Frame.department) + "）按标准单位改写，或核对指标是否选错。"
	steps := []plan.Step{
		f.targetFacts(s),
		{Step: stepNumbers, Text: fault + "。"},
		{Step: stepRule, Text: "R07：目标值应当用指标的标准单位，或能换算为它的单位。"},
	}
	steps = append(steps, normSteps(law.Equals)...)
	return &plan.Finding{
		Severity:    plan.SevError,
		Message:     f.subjectZh(s.target) + "：" + law.Title(s.plan) + fault + "。" + reason,
		Evidence:    []plan.Evidence{{Object: s.target.ID, Field: "quantity", Published: publishedZh(s.target), Ref: s.target.Source.Ref}},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Yields:      plan.Yields{Reason: reason}, YieldsPlan: s.plan.ID,
		About: []plan.ID{s.target.ID, f.Scope.ID},
		Plans: []plan.ID{s.plan.ID},
	}
}

func unitZh(u quantity.Unit) string {
	if u.Name == "" {
		return "无量纲数"
	}
	return u.Name + "（" + u.Dimension.Chinese() + "）"
}

func (f *Facts) mixedKinds(kept, off *side, severity plan.Severity) *plan.Finding {
	fault, remedy := "一写百分点，一写百分比变化，含义不同", "改写为百分点"
	if severity == plan.Warning {
		fault, remedy = "一写水平，一写变化，又没有基期值，无从核对", "改写为水平，或补充基期值"
	}
	reason := "由" + law.Title(off.plan) + "的牵头部门（" + law.Departments(off.plan, f.Frame.department) + "）" + remedy + "。"
	steps := []plan.Step{
		f.targetFacts(kept), f.targetFacts(off),
		{Step: stepNumbers, Text: law.Title(kept.plan) + "：" + kept.quantity.Kind.Chinese() + "；" + law.Title(off.plan) + "：" + off.quantity.Kind.Chinese() + "。"},
		{Step: stepRule, Text: "R07：" + fault + "。"},
	}
	steps = append(steps, normSteps(law.Equals)...)
	return &plan.Finding{
		Severity:    severity,
		Message:     f.subjectZh(kept.target) + "：" + statedZh(kept) + "，" + statedZh(off) + "，" + fault + "。" + reason,
		Evidence:    []plan.Evidence{targetEvidence(kept, off), targetEvidence(off, kept)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Yields:      plan.Yields{Norm: law.Equals, Reason: reason}, YieldsPlan: off.plan.ID,
		About: []plan.ID{kept.target.ID, off.target.ID, f.Scope.ID},
		Plans: sortedPlans(kept.plan.ID, off.plan.ID),
	}
}
