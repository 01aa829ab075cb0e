package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func capFloor() *Rule {
	return &Rule{
		ID: "R05", Name: "cap-floor", Title: "突破法定控制数",
		Dimension: plan.NoConflict, Severity: plan.Blocker,
		Compare: checkControl,
		Room:    roomOfYielding,
		Doc: Doc{
			Compares: "任何一份有效规划的目标值，与同一指标、同一口径、同一区域、同一年份的法定控制数（登记了使其成为控制数的法律条文）。" +
				"控制数未注明年份的，自下达之日起各年都适用。双方都是控制数的，看哪一份规划居上位；互不隶属的，由 R02 判断。",
			FailsWhen:      "计入四舍五入（末位数字的一半）之后，目标值仍落在控制数允许的范围之外。更严不算突破。",
			SeverityReason: "阻断：法定控制数不得突破，不因规划的层级、类别而例外，也不得豁免；力争目标同样如此。",
			Basis:          basisOf(law.Control, law.Stricter),
			Examples: []Example{{
				Given:  "国务院批复某市“耕地保有量不低于 17050 万亩”（土地管理法第16条），该市另一份规划写“16000 万亩”。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleControl(exampleTarget{value: ">= 17050 万亩", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "16000 万亩"})
				},
			}, {
				Given:  "控制数“耕地保有量不低于 17050 万亩”，另一份规划写“1.7 亿亩”：只是印的位数不同。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleControl(exampleTarget{value: ">= 17050 万亩", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "1.7 亿亩"})
				},
			}, {
				Given:  "控制数是全省的“耕地保有量不低于 17050 万亩”，某市的规划写本市“900 万亩”：全省的数不是对该市的要求。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleControl(exampleTarget{value: ">= 17050 万亩", region: "region:province", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "900 万亩"})
				},
			}},
		},
	}
}

// exampleControl are two plans of one city, of which the first states a statutory control.
func exampleControl(control, held exampleTarget) []plan.Object {
	c := control.of("a")
	c.Control = "《土地管理法》第16条"
	return append(exampleFrame(control.indicator, control.trend),
		examplePlan("a", "某市国土空间规划批复", plan.Prefectural, "region:city"), c,
		examplePlan("b", "某市农业发展规划", plan.Prefectural, "region:city"), held.of("b"))
}

func checkControl(f *Facts, p pair, r *Report) {
	control, held := p.controls()
	if control == nil {
		return
	}
	answer := p.answer(f)
	answer.Outcome, answer.Reason = f.heldTo(control, held)
	if answer.Outcome == Fail {
		answer.Finding, answer.Subjects = f.brokenControl(control, held), []plan.ID{control.target.ID, held.target.ID}
	}
	r.Answer(answer)
}

// heldTo says whether a figure keeps to a statutory control.
func (f *Facts) heldTo(control, held *side) (Outcome, Reason) {
	if outcome, why := (&meeting{facts: f}).apart(control, held); outcome != "" {
		return outcome, why
	}
	if control.target.Region != held.target.Region {
		return NotComparable, regionPart
	}
	if outcome, why := f.unlikeFigures(control, held); outcome != "" {
		return outcome, why
	}
	if outcome, why := controlHolds(control, held.target.Year); outcome != "" {
		return outcome, why
	}
	return follows(held, control, f.trend())
}

func (f *Facts) brokenControl(control, held *side) *plan.Finding {
	allowed := control.allowedZh(f.trend())
	reason := law.Title(control.plan) + "的“" + allowed + "”是法定控制数（" + control.target.Control + "），任何规划不得突破，也不得豁免：由" +
		law.Title(held.plan) + "的牵头部门（" + law.Departments(held.plan, f.Frame.department) + "）调整。"
	o, _ := f.obligation(held, control)
	steps := []plan.Step{
		f.targetFacts(control), f.targetFacts(held), f.numbers(held, control),
		{Step: stepRule, Text: "R05：目标值计入四舍五入后仍不在法定控制数允许的范围（" + allowed + "）之内。"},
	}
	steps = append(steps, controlSteps(control)...)
	steps = append(steps, f.chainSteps(o)...)
	steps = append(steps, normSteps(law.Stricter)...)
	return &plan.Finding{
		Severity: plan.Blocker,
		Message: f.subjectZh(held.target) + "：" + statedZh(held) + "，突破" + law.Title(control.plan) + "“" + control.quantity.Chinese() + "”的法定控制数。" + reason +
			f.passingZh(held, held.index),
		Evidence:    []plan.Evidence{targetEvidence(held, control), targetEvidence(control, held)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Links:       linkIDs(o.Chain),
		Yields:      plan.Yields{Norm: law.Control, Reason: reason}, YieldsPlan: held.plan.ID,
		About: []plan.ID{held.target.ID, control.target.ID, f.Scope.ID},
		Plans: sortedPlans(held.plan.ID, control.plan.ID),
	}
}
