package coherence

import (
	"slices"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func upperNotCovered() *Rule {
	return &Rule{
		ID: "R13", Name: "upper-not-covered", Title: "上位要求没有承接",
		Dimension: plan.Complementary, Severity: plan.SevError, Scopes: []ScopeKind{PlanScope},
		Check: checkTakenUp,
		Doc: Doc{
			Compares: "上位规划的主要目标、约束性指标、重点任务，与登记为服从、依据或配套于它的每一份下位规划的要素：细化、实施、支撑、分解下达关系，" +
				"以及下位规划对同一指标设的目标。要素的下级要素被承接，或其所属的上级要素被承接，视为承接。",
			FailsWhen: "下位规划登记了与该上位规划要素的关系，其中没有承接这一项，其他下位规划也都没有承接。只要求应由它承接的：目标由下一级同类规划承接，" +
				"约束性指标还由指标牵头部门所编的规划承接，任务由其写明的地区或牵头部门的规划承接；要求的年份在下位规划期之外的不要求。" +
				"下位规划没有登记任何要素关系的，答复“待定”：没有登记不等于文本没有写。",
			SeverityReason: "约束性指标没有承接是错误：由政府保证完成的指标落空。目标、任务没有承接是警告。",
			Basis:          basisOf(law.Level, law.Category),
			Examples: []Example{{
				Given:  "某省规划有约束性指标和任务，某市规划实施了其任务，没有承接约束性指标，也没有设同一指标的目标。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return append(exampleTaken("task:upper/1"), exampleTarget{value: "25 %", nature: plan.Binding, region: "region:province"}.of("upper"))
				},
			}, {
				Given:  "某市规划的任务实施了某省规划的任务。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleTaken("task:upper/1")
				},
			}, {
				Given:  "某市规划没有登记与某省规划要素的关系。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleTaken("")
				},
			}},
		},
	}
}

// exampleTaken is a province's plan with a goal and a task of the city, and a city's plan whose task implements one of them.
func exampleTaken(upper plan.ID) []plan.Object {
	u := examplePlan("upper", "某省生态环境保护规划", plan.Provincial, "region:province")
	l := examplePlan("lower", "某市生态环境保护规划", plan.Prefectural, "region:city")
	objects := append(exampleFrame("森林覆盖率", plan.Up), u, l, exampleLink(plan.Obeys, l.ID, u.ID),
		exampleTask("upper", "1", "治理沙化土地"), exampleTask("lower", "1", "治理北部沙化土地"))
	if upper != "" {
		objects = append(objects, exampleLink(plan.Implements, "task:lower/1", upper))
	}
	return objects
}

func exampleTask(owner, code, title string) *plan.Task {
	return &plan.Task{
		Meta: plan.Meta{ID: plan.MakeID("task", owner, code), Code: code}, Title: title, Plan: plan.MakeID("plan", owner), Regions: []plan.ID{"region:city"},
	}
}

func checkTakenUp(f *Facts, r *Report) {
	u := f.Frame.Plan(f.Scope.ID)
	if u == nil || len(f.Goals)+len(f.Tasks)+len(f.Targets) == 0 {
		return
	}
	if why, inForce := f.Frame.InForce(u.ID); !inForce {
		r.Answer(Answer{A: u.ID, Outcome: NotApplicable, Reason: why})
		return
	}
	below := f.Frame.below(u)
	if len(below) == 0 {
		return
	}
	t := f.takenUp(u, below)
	for _, l := range below {
		if !t.linked[l.ID] {
			r.Answer(Answer{A: u.ID, B: l.ID, Outcome: Open, Reason: Reason{LinksUnrecorded,
				law.Title(l) + "与" + law.Title(u) + "的要素之间没有登记任何承接关系，无从判断是否承接；没有登记不等于文本没有写"}})
			continue
		}
		for _, e := range t.elements {
			f.takenBy(u, l, e, t.by[e.id], r)
		}
	}
}

// taking is which plans take up what of a plan.
type taking struct {
	elements []element
	by       map[plan.ID][]plan.ID // elements that take an element up
	linked   map[plan.ID]bool      // plans of which any link to the plan's elements is recorded
}

func (f *Facts) takenUp(u *plan.Plan, below []*plan.Plan) taking {
	t := taking{by: map[plan.ID][]plan.ID{}, linked: map[plan.ID]bool{}}
	if !f.linkedAtAll() {
		return t
	}
	t.elements = f.coverable()
	for id := range f.elements().own {
		for _, far := range f.Frame.step(id, true) {
			t.linked[PlanOf(far)] = true
		}
	}
	kin := ofPlans(f.Kin, below)
	for _, e := range t.elements {
		t.by[e.id] = f.takers(u, e, kin)
	}
	return t
}

func (f *Facts) takenBy(u, l *plan.Plan, e element, by []plan.ID, r *Report) {
	answer := Answer{A: u.ID, B: l.ID, Outcome: Fail}
	if e.target != nil {
		answer.Indicator = e.target.Indicator
	}
	mine := slices.ContainsFunc(by, func(id plan.ID) bool { return PlanOf(id) == l.ID })
	switch {
	case mine:
		answer.Outcome = Pass
	case !f.Frame.asked(e, u, l):
		return
	case len(by) > 0:
		answer.Outcome = NotApplicable
		answer.Reason = Reason{TakenElsewhere, law.Title(u) + "的" + e.what + "已由" + f.Frame.Title(PlanOf(by[0])) + "承接"}
	default:
		answer.Finding, answer.Subjects = f.leftOpen(u, l, e), []plan.ID{e.id, l.ID}
	}
	r.Answer(answer)
}

func (f *Facts) leftOpen(u, l *plan.Plan, e element) *plan.Finding {
	severity := plan.Warning
	if e.target != nil {
		severity = plan.SevError
	}
	o := f.Frame.Order.Between(l.ID, u.ID, law.General)
	reason := "请" + law.Title(l) + "的牵头部门（" + law.Departments(l, f.Frame.department) + "）补充承接的目标或任务；文本中已有的，登记其承接关系。"
	steps := []plan.Step{
		{Step: stepFacts, Text: law.Title(u) + "（" + whenZh(u) + "）：" + e.what + "，" + e.printed + "；" + refOf(e.ref) + "。"},
		{Step: stepNumbers, Text: law.Title(l) + "登记了与" + law.Title(u) + "要素的承接关系，其中没有这一项；其他下位规划也没有。"},
		{Step: stepRule, Text: "R13：上位规划对下的要求，下位规划应当承接。"},
	}
	steps = append(steps, f.obligationSteps(o)...)
	return &plan.Finding{
		Severity:    severity,
		Message:     law.Title(u) + "的" + e.what + "（" + e.printed + "）没有下位规划承接：" + law.Title(l) + "登记了对该规划其他要素的承接，没有这一项。" + reason,
		Evidence:    []plan.Evidence{{Object: e.id, Field: e.field, Published: e.printed, Ref: e.ref}},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Links:       linkIDs(o.Chain),
		Yields:      plan.Yields{Norm: o.Norm, Reason: reason}, YieldsPlan: l.ID,
		About: []plan.ID{e.id, l.ID}, Plans: sortedPlans(u.ID, l.ID),
	}
}

func refOf(ref string) string { return refZh(plan.Source{Ref: ref}) }
