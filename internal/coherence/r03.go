package coherence

import (
	"slices"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// listAsBinding is what a lower plan has to do.
const listAsBinding = "把该指标列为约束性即可。"

func natureDowngrade() *Rule {
	return &Rule{
		ID: "R03", Name: "nature-downgrade", Title: "约束性指标被降为预期性",
		Dimension: plan.Consistent, Severity: plan.SevError,
		Compare: checkNatures,
		Remedy:  listAsBinding,
		Doc: Doc{
			Compares:       "同一指标、同一区域、同一年份的两个目标的性质，其中一份规划应当服从另一份，且双方都注明了约束性或预期性。",
			FailsWhen:      "上位规划定为约束性，下位规划定为预期性。来源未注明性质的不推断，答复“不适用”；下位规划同时另设有约束性目标的，不算降级。",
			SeverityReason: "错误：约束性指标由政府保证完成，降为预期性即放弃了保证，数值再一致也落不了实。",
			Basis:          basisOf(law.Level, law.Category),
			Examples: []Example{{
				Given:  "全省规划给某市下达“森林覆盖率不低于 24.1%”，约束性；该市规划也写“24.1%”，但列为预期性。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleLevels(exampleTarget{value: ">= 24.1 %", nature: plan.Binding, indicator: "森林覆盖率", trend: plan.Up},
						exampleTarget{value: "24.1 %", nature: plan.Expected})
				},
			}, {
				Given:  "全省规划给某市下达的指标为预期性，该市规划列为约束性：更严。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleLevels(exampleTarget{value: ">= 24.1 %", nature: plan.Expected, indicator: "森林覆盖率", trend: plan.Up},
						exampleTarget{value: "24.1 %", nature: plan.Binding})
				},
			}, {
				Given:  "全省规划对全省设约束性指标，某市规划对本市设预期性指标：全省的指标是否分解为该市的约束，没有登记。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleLevels(exampleTarget{value: ">= 24.1 %", nature: plan.Binding, region: "region:province", indicator: "森林覆盖率", trend: plan.Up},
						exampleTarget{value: "24.1 %", nature: plan.Expected})
				},
			}},
		},
	}
}

func checkNatures(f *Facts, p pair, r *Report) {
	if p.follower == 0 {
		return
	}
	l, u := p.lowerUpper()
	answer := p.answer(f)
	answer.Outcome, answer.Reason = f.downgraded(l, u, p)
	if answer.Outcome == Fail {
		answer.Finding, answer.Subjects = f.downgrade(l, u), []plan.ID{l.target.ID, u.target.ID}
	}
	r.Answer(answer)
}

// downgraded reads natures alone: that two figures don't compare as numbers doesn't matter, that they are of two regions or calibres does.
func (f *Facts) downgraded(l, u *side, p pair) (Outcome, Reason) {
	nl, nu := l.nature, u.nature
	if !stated(nl) || !stated(nu) {
		return NotApplicable, Reason{NatureUnstated, "指标性质未全部注明，不作推断"}
	}
	switch p.reason.Code {
	case RegionPart, YearUnstated, CalibreDiffers, CalibreOneSided:
		return p.outcome, p.reason
	}
	if nu != plan.Binding || nl == plan.Binding || f.bindsElsewhere(l) {
		return Pass, Reason{}
	}
	return Fail, Reason{}
}

func stated(n plan.Nature) bool { return n == plan.Binding || n == plan.Expected }

// bindsElsewhere says whether the plan states a binding target beside this one, for the same region and year.
func (f *Facts) bindsElsewhere(s *side) bool {
	return slices.ContainsFunc(f.at(placeOf(s)), func(x *side) bool {
		return x.index == s.index && x.nature == plan.Binding && x.calibre == s.calibre
	})
}

func (f *Facts) downgrade(l, u *side) *plan.Finding {
	o, d := f.obligation(l, u)
	nature := func(s *side) plan.Evidence {
		return plan.Evidence{Object: s.target.ID, Field: "nature", Published: natureZh(s.target.Nature), Ref: s.target.Source.Ref}
	}
	steps := []plan.Step{
		f.targetFacts(u), f.targetFacts(l),
		{Step: stepNumbers, Text: "指标性质：" + law.Title(u.plan) + "为约束性，" + law.Title(l.plan) + "为预期性；本规则不比较数值。"},
		{Step: stepRule, Text: "R03：上位规划的约束性指标，下位规划不得降为预期性。"},
	}
	steps = append(steps, f.obligationSteps(o)...)
	return &plan.Finding{
		Severity: plan.SevError,
		Message: f.subjectZh(l.target) + "：" + law.Title(u.plan) + "定为约束性，" + law.Title(l.plan) + "定为预期性，约束力被降低。" + d.Reason +
			listAsBinding,
		Evidence:    []plan.Evidence{nature(l), nature(u)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: d.Reason}),
		Links:       linkIDs(o.Chain),
		Yields:      d.Yields(), YieldsPlan: d.Plan,
		About: []plan.ID{l.target.ID, u.target.ID, f.Scope.ID},
		Plans: sortedPlans(l.plan.ID, u.plan.ID),
	}
}
