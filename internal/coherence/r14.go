package coherence

import (
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func lowerWithoutBasis() *Rule {
	return &Rule{
		ID: "R14", Name: "lower-without-basis", Title: "指标、工程没有依据",
		Dimension: plan.Complementary, Severity: plan.Warning, Scopes: []ScopeKind{PlanScope},
		Check: checkGrounds,
		Doc: Doc{
			Compares: "一份规划的每个约束性指标、每个占用土地或水资源的重大工程，与它登记的细化、实施、支撑、分解下达关系（沿本规划的任务、目标逐级向上），" +
				"以及上位规划对同一指标设的目标。",
			FailsWhen: "既没有联系到任何上位规划的要素，也没有联系到本规划的主要目标。法定控制数以法律为依据，通过。" +
				"规划没有登记任何要素关系的，答复“待定”：没有登记不等于文本没有写。",
			SeverityReason: "警告：约束性指标要有下达的依据或服务的目标，占用土地和水资源的工程要说明为何而建；没有依据的，审批和考核时无从支持。",
			Basis:          append(basisOf(law.Level, law.Category), onTime()),
			Examples: []Example{{
				Given:  "某市规划有约束性指标，其任务实施了某省规划的任务，指标本身没有联系到任何上位要素或本规划目标。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return append(exampleTaken("task:upper/1"), exampleTarget{value: "25 %", nature: plan.Binding}.of("lower"))
				},
			}, {
				Given:  "某市规划的约束性指标，上位的某省规划也设有同一指标的目标。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return append(exampleTaken("task:upper/1"), exampleTarget{value: "25 %", nature: plan.Binding}.of("lower"),
						exampleTarget{value: "25 %", region: "region:province"}.of("upper"))
				},
			}, {
				Given:  "某市规划有约束性指标，没有登记任何要素关系。",
				Answer: Open,
				Objects: func() []plan.Object {
					return append(exampleTaken(""), exampleTarget{value: "25 %", nature: plan.Binding}.of("lower"))
				},
			}},
		},
	}
}

func checkGrounds(f *Facts, r *Report) {
	p := f.Frame.Plan(f.Scope.ID)
	if p == nil || len(f.Targets)+len(f.Demands) == 0 {
		return
	}
	all := f.thirsty()
	for _, t := range f.Targets {
		all = append(all, element{id: t.ID, target: t}) // its words only where they are needed
	}
	why, inForce := f.Frame.InForce(p.ID)
	linked := f.linkedAtAll()
	kin := ofPlans(f.Kin, f.Frame.above(p))
	for _, e := range all {
		answer := Answer{A: p.ID, Outcome: Pass}
		switch {
		case !inForce:
			answer.Outcome, answer.Reason = NotApplicable, why
		case e.target != nil && e.target.Control != "":
		case !linked:
			answer.Outcome, answer.Reason = Open, Reason{LinksUnrecorded, law.Title(p) + "的要素没有登记任何衔接关系，依据无从判断；没有登记不等于文本没有写"}
		case len(f.bases(p, e, kin)) == 0:
			answer.Outcome, answer.Finding, answer.Subjects = Fail, f.groundless(p, e), []plan.ID{e.id}
		}
		r.Answer(answer)
	}
}

func (f *Facts) groundless(p *plan.Plan, e element) *plan.Finding {
	reason := "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）说明其依据或服务的目标，并登记相应的关系；没有依据的，重新论证。"
	if e.target != nil {
		e = f.targetElement(e.target)
	}
	var above []string
	for _, u := range f.Frame.above(p) {
		above = append(above, law.Title(u))
	}
	looked := "没有登记上位规划"
	if len(above) > 0 {
		looked = "登记的上位规划：" + strings.Join(above, "、")
	}
	steps := []plan.Step{
		{Step: stepFacts, Text: law.Title(p) + "（" + whenZh(p) + "）：" + e.what + "，" + e.printed + "；" + refOf(e.ref) + "。"},
		{Step: stepNumbers, Text: looked + "；沿登记的关系没有联系到其中任何要素，也没有联系到本规划的主要目标。"},
		{Step: stepRule, Text: "R14：约束性指标和占用土地、水资源的工程应当有上位依据或本规划的目标。"},
	}
	steps = append(steps, normSteps(law.Level)...)
	return &plan.Finding{
		Severity:    plan.Warning,
		Message:     law.Title(p) + "的" + e.what + "没有联系到任何上位规划的要素，也没有联系到本规划的主要目标。" + reason,
		Evidence:    []plan.Evidence{{Object: e.id, Field: e.field, Published: e.printed, Ref: e.ref}},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Yields:      plan.Yields{Reason: reason}, YieldsPlan: p.ID,
		About: []plan.ID{e.id}, Plans: []plan.ID{p.ID},
	}
}
