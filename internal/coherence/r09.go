package coherence

import (
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func pathRegression() *Rule {
	return &Rule{
		ID: "R09", Name: "path-regression", Title: "逐年目标倒退",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{IndicatorScope},
		Check:  checkPath,
		Remedy: "后一年份的目标应当达到前一年份目标的要求。",
		Doc: Doc{
			Compares: "同一指标、同一口径、同一区域、不同年份的两个目标水平（或以同一年为基期的变化），同一规划的或两份有效规划的，按指标方向排成路径。" +
				"累计量、年均值、力争目标和方向未知的指标不适用；基期不同的变化不可比。",
			FailsWhen:      "计入四舍五入之后，后一年的目标仍落在前一年目标的要求之外：应当上升的低于前值，应当下降的高于前值。持平不算倒退。",
			SeverityReason: "警告：可能另有理由，应当说明。任何一方为约束性指标的，为错误：约束性的成果不得倒退。",
			Basis:          basisOf(law.Level, law.Equals),
			Examples: []Example{{
				Given:  "某市一份规划写“森林覆盖率2025年 24.5 %”，另一份写“2030年 24.1 %”。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "24.5 %", indicator: "森林覆盖率", trend: plan.Up}, exampleTarget{value: "24.1 %", year: 2030})
				},
			}, {
				Given:  "一份写“草原综合植被盖度2025年 45 %”，另一份写“2035年稳定在 45 % 以上”：持平。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "45 %", indicator: "草原综合植被盖度", trend: plan.Up}, exampleTarget{value: ">= 45 %", year: 2035})
				},
			}, {
				Given:  "一份写“单位GDP能耗2020年比2015年下降 14 %”，另一份写“2025年比2020年下降 13.5 %”：各算各的基期。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "-14 % vs 2015", year: 2020, indicator: "单位GDP能耗", trend: plan.Down}, exampleTarget{value: "-13.5 % vs 2020"})
				},
			}},
		},
	}
}

func checkPath(f *Facts, r *Report) {
	m := &meeting{facts: f}
	for _, here := range f.own() {
		for i, y := range here.years {
			if y.year == 0 {
				continue
			}
			for _, early := range y.sides {
				for _, later := range here.years[i+1:] {
					for _, late := range later.sides {
						if f.memo.wants(early.index, late.index) {
							m.checkStep(early, late, r)
						}
					}
				}
			}
		}
	}
}

func (m *meeting) checkStep(early, late *side, r *Report) {
	f := m.facts
	answer := early.answer(f)
	answer.Reason = f.Frame.standings[early.index]
	if early.index != late.index {
		answer.B, answer.key = late.plan.ID, pairOf(early.index, late.index)
		_, answer.Reason = m.apart(early, late)
	}
	answer.Outcome = NotApplicable
	if answer.Reason.Code == "" {
		answer.Outcome, answer.Reason = f.step(early, late)
	}
	if answer.Outcome == Fail {
		answer.Finding, answer.Subjects = f.regression(early, late), []plan.ID{early.target.ID, late.target.ID}
	}
	r.Answer(answer)
}

// step says whether a later target holds what an earlier one asks for.
func (f *Facts) step(early, late *side) (Outcome, Reason) {
	trend := f.trend()
	switch e, l := early.quantity, late.quantity; {
	case trend == "":
		return NotApplicable, Reason{TrendUnstated, "指标方向未登记，不判断进退"}
	case e.Aspirational || l.Aspirational:
		return NotApplicable, Reason{NoPath, "力争目标不作为路径上的一步"}
	case total(e.Kind) || total(l.Kind):
		return NotApplicable, Reason{NoPath, "累计量、年均值没有逐年保持的水平"}
	}
	if why, ok := quantity.Comparable(early.quantity, late.quantity); !ok {
		return NotComparable, quantityReason(why)
	}
	if relative(early.quantity.Kind) && early.quantity.BaseYear == 0 {
		return NotComparable, Reason{BaseUnstated, "两个变化幅度都没有说明基期，不能连成路径"}
	}
	if outcome, why := f.oneCalibre(early.target.Calibre, late.target.Calibre); outcome != "" {
		return outcome, why
	}
	return holds(early, late, trend)
}

// total says whether a kind counts over a span, so that it has no level from year to year.
func total(k quantity.Kind) bool { return k == quantity.Cumulative || k == quantity.RatePerYear }

func holds(early, late *side, trend plan.Trend) (Outcome, Reason) {
	bound := asBound(early.quantity, trend).Comparator
	forward := trend == plan.Up && bound == quantity.GE || trend == plan.Down && bound == quantity.LE
	if forward && atLeast(late, early, trend) {
		return Pass, Reason{}
	}
	asked := openEnd(early.rounded(), trend)
	wanted, lax := floor, ceiling
	if trend == plan.Down {
		wanted, lax = ceiling, floor
	}
	if asked.Lo == nil && asked.Hi == nil {
		return NotApplicable, Reason{OppositeBounds, "前一目标只设了另一侧的界限，不要求保持水平"}
	}
	left := late.rounded()
	if late.shape == wanted {
		left = late.pointed()
	}
	switch {
	case left.Disjoint(asked):
		return Fail, Reason{}
	case late.shape == lax:
		return NotApplicable, Reason{OppositeBounds, "后一目标只设了另一侧的界限，没有说要保持的水平"}
	}
	return Pass, Reason{}
}

// openEnd admits whatever is better than an interval.
func openEnd(i quantity.Interval, trend plan.Trend) quantity.Interval {
	switch trend {
	case plan.Up:
		i.Hi = nil
	case plan.Down:
		i.Lo = nil
	}
	return i
}

func (f *Facts) regression(early, late *side) *plan.Finding {
	severity := plan.Warning
	if early.target.Nature == plan.Binding || late.target.Nature == plan.Binding {
		severity = plan.SevError
	}
	y, who, o := f.turnsBack(early, late)
	path := yearsZh(early.target) + early.inWords().title + "“" + early.quantity.Chinese() + "”，" + yearsZh(late.target) + late.inWords().title + "“" + late.quantity.Chinese() + "”"
	way := "应当上升"
	if f.trend() == plan.Down {
		way = "应当下降"
	}
	steps := []plan.Step{f.targetFacts(early), f.targetFacts(late), f.numbers(early, late),
		{Step: stepRule, Text: "R09：指标" + way + "，" + strconv.Itoa(late.target.Year) + "年的目标却达不到" + strconv.Itoa(early.target.Year) + "年目标的要求，不能由四舍五入解释。"}}
	steps = append(steps, f.obligationSteps(o)...)
	return &plan.Finding{
		Severity:    severity,
		Message:     "指标“" + f.Frame.Name(f.Scope.ID) + "”（" + f.Frame.Name(late.target.Region) + "）" + way + "，目标却倒退：" + path + "。" + naturesZh(early, late) + y.Reason,
		Evidence:    []plan.Evidence{targetEvidence(early, late), targetEvidence(late, early)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: y.Reason}),
		Links:       linkIDs(o.Chain),
		Yields:      y, YieldsPlan: who,
		About: []plan.ID{early.target.ID, late.target.ID, f.Scope.ID},
		Plans: sortedPlans(early.plan.ID, late.plan.ID),
	}
}

// turnsBack says who has to change: the later target, unless its plan is the superior one.
func (f *Facts) turnsBack(early, late *side) (plan.Yields, plan.ID, law.Obligation) {
	if early.index != late.index {
		if o, d := f.obligation(early, late); o.Exists() {
			return d.Yields(), d.Plan, o
		}
	}
	reason := "请" + late.inWords().title + "的牵头部门（" + law.Departments(late.plan, f.Frame.department) + "）调整后一目标，或说明倒退的理由。"
	return plan.Yields{Norm: law.Equals, Reason: reason}, late.plan.ID, law.Obligation{}
}
