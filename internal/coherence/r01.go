package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func targetBelowSuperior() *Rule {
	return &Rule{
		ID: "R01", Name: "target-below-superior", Title: "下位目标达不到上位要求",
		Dimension: plan.NoConflict, Severity: plan.Blocker,
		Compare: checkBelowSuperior,
		Room:    roomOfYielding,
		Doc: Doc{
			Compares: "同一指标、同一口径、同一区域、同一年份的两个目标值，其中一份规划应当服从另一份：登记了服从、依据或配套关系，或者由层级、类别推出。" +
				"上位的“不低于”“不超过”按区间理解；上位只给一个数的，按指标方向理解为下限或上限；方向未知的，要求相符。",
			FailsWhen:      "计入四舍五入（末位数字的一半）之后，下位目标的取值范围仍超出上位允许的范围。下位更严不算不符。",
			SeverityReason: "上位目标为约束性的，阻断：下位照此执行，上位必然落空；其余为警告。任何一方是力争目标的，降一级。",
			Basis:          basisOf(law.Level, law.Category, law.Stricter),
			Examples: []Example{{
				Given:  "全省规划给某市下达“森林覆盖率 2025年不低于 24.1%”（约束性），该市规划写“23.5%”。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleLevels(exampleTarget{value: ">= 24.1 %", nature: plan.Binding, indicator: "森林覆盖率", trend: plan.Up}, exampleTarget{value: "23.5 %"})
				},
			}, {
				Given:  "全省规划给某市下达“单位GDP能耗比2020年下降13.5%”，该市规划写“下降15%”：更严。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleLevels(exampleTarget{value: "-13.5 % vs 2020", indicator: "单位GDP能耗", trend: plan.Down}, exampleTarget{value: "-15 % vs 2020"})
				},
			}, {
				Given:  "全省规划写全省“森林覆盖率不低于 24.1%”，某市规划写本市“23.5%”：全省的数不是对该市的要求。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleLevels(exampleTarget{value: ">= 24.1 %", region: "region:province", indicator: "森林覆盖率", trend: plan.Up}, exampleTarget{value: "23.5 %"})
				},
			}},
		},
	}
}

func checkBelowSuperior(f *Facts, p pair, r *Report) {
	if p.follower == 0 {
		return
	}
	l, u := p.lowerUpper()
	answer, left := p.leftToControl(p.answer(f))
	trend := f.trend()
	if p.outcome == "" && !left {
		answer.Outcome, answer.Reason = follows(l, u, trend)
	}
	if answer.Outcome == Fail {
		answer.Finding, answer.Subjects = f.belowSuperior(l, u, trend), []plan.ID{l.target.ID, u.target.ID}
	}
	r.Answer(answer)
}

// follows says whether l's figure keeps to what u's allows.
func follows(l, u *side, trend plan.Trend) (Outcome, Reason) {
	if atLeast(l, u, trend) {
		return Pass, Reason{}
	}
	allowed, bound := u.allows(trend)
	if !l.shape.opposite(bound) {
		if same, err := quantity.Agree(l.quantity, u.quantity); err == nil && same {
			return Pass, Reason{}
		}
	}
	switch {
	case l.own().Inside(allowed):
		return Pass, Reason{}
	case l.rounded().Disjoint(allowed):
		return Fail, Reason{}
	case l.shape.halfLine() && l.shape != bound:
		return Open, Reason{OppositeBounds, "下位规划只设了另一侧的界限，没有回应上位规划所限的一侧"}
	}
	return Fail, Reason{}
}

// atLeast says that l's figure, as printed in the unit of u's, is on u's bound or on its better side. It says so of most that follow, without
// working out what rounding forgives.
func atLeast(l, u *side, trend plan.Trend) bool {
	if l.quantity.Unit != u.quantity.Unit {
		return false
	}
	switch asBound(u.quantity, trend).Comparator {
	case quantity.GE:
		return (l.shape == point || l.quantity.Comparator == quantity.GE) && l.quantity.Value.Cmp(u.quantity.Value) >= 0
	case quantity.LE:
		return (l.shape == point || l.quantity.Comparator == quantity.LE) && l.quantity.Value.Cmp(u.quantity.Value) <= 0
	}
	return false
}

func (f *Facts) belowSuperior(l, u *side, trend plan.Trend) *plan.Finding {
	o, d := f.obligation(l, u)
	severity := plan.Warning
	if u.target.Nature == plan.Binding {
		severity = plan.Blocker
	}
	if l.quantity.Aspirational || u.quantity.Aspirational {
		severity = lowered(severity)
	}
	allowed, passing := u.allowedZh(trend), f.passingZh(l, l.index)
	steps := []plan.Step{
		f.targetFacts(u), f.targetFacts(l), f.numbers(l, u),
		{Step: stepRule, Text: "R01：下位目标计入四舍五入后仍不在上位允许的范围（" + allowed + "）之内。"},
	}
	steps = append(steps, f.obligationSteps(o)...)
	steps = append(steps, normSteps(law.Stricter)...)
	if u.plan.IssuedAt.Compare(l.plan.IssuedAt) == plan.After {
		steps = append(steps, normSteps(law.Newer)...)
	}
	return &plan.Finding{
		Severity: severity,
		Message: f.subjectZh(l.target) + "：" + statedZh(l) + "，达不到" + law.Title(u.plan) + "“" + u.quantity.Chinese() + "”的要求。" + superiorNatureZh(u) +
			d.Reason + passing,
		Evidence:    []plan.Evidence{targetEvidence(l, u), targetEvidence(u, l)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: d.Reason + passing}),
		Links:       linkIDs(o.Chain),
		Yields:      d.Yields(), YieldsPlan: d.Plan,
		About: []plan.ID{l.target.ID, u.target.ID, f.Scope.ID},
		Plans: sortedPlans(l.plan.ID, u.plan.ID),
	}
}

// superiorNatureZh remarks that the nature on which the severity depends is not stated.
func superiorNatureZh(u *side) string {
	if u.target.Nature != plan.Unstated {
		return ""
	}
	return law.Title(u.plan) + "未注明指标性质，按非约束性处理。"
}
