package coherence

import (
	"slices"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func accountingIdentity() *Rule {
	return &Rule{
		ID: "R12", Name: "accounting-identity", Title: "目标之间的数量关系不成立",
		Dimension: plan.NoConflict, Severity: plan.SevError, Scopes: []ScopeKind{IdentityScope},
		Check:  checkIdentities,
		Remedy: "调整后，几个数应当在公布的精度之内同时成立。",
		Doc: Doc{
			Compares: "同一区域、同一年份，各有效规划的目标值之间的恒等关系：一、登记了分子、分母的指标，指标 = 分子 ÷ 分母，" +
				"三者同为水平，或同为以同一年为基期的变化：（1+分子增幅）=（1+分母增幅）×（1+指标增幅），年均增速按年数复利；" +
				"二、登记为另一指标一部分的指标，部分不大于整体，两者须同为一种单位的数量，或同为占同一总量的比重。",
			FailsWhen: "各值按公布的写法取区间（“约”为末位数字上下各一，其余计入四舍五入），在这些区间里找不到能使等式成立的数；" +
				"或者部分的下限高于整体的上限。整体只给一个数、方向为上升的，可以超额完成，不当作上限。" +
				"三项缺一项的，答复“待定”；只靠“约”和四舍五入的余地才成立的，通过，并提示余地有多窄。",
			SeverityReason: "错误：几个目标不可能同时实现，分开看都合理。有约束性指标的，由预期性指标调整；性质未注明的，由各方会商。",
			Basis:          basisOf(law.Equals),
			Examples: []Example{{
				Given:  "某市“单位GDP能耗比2020年下降15.0%”，“地区生产总值2021—2025年年均增长5.0%”，“能源消费总量比2020年下降2.0%”：按前两项，能耗总量要增长约 8.5%。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleIdentity("-15.0 % vs 2020", "-2.0 % vs 2020", "5.0 % per year")
				},
			}, {
				Given:  "同上，“能源消费总量比2020年增长 8.5%”。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleIdentity("-15.0 % vs 2020", "+8.5 % vs 2020", "5.0 % per year")
				},
			}, {
				Given:  "同上，没有登记能源消费总量的目标。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleIdentity("-15.0 % vs 2020", "", "5.0 % per year")
				},
			}},
		},
	}
}

// exampleIdentity is a city with targets of a ratio and of its terms in three plans; what is left out is not registered.
func exampleIdentity(ratio, numerator, denominator string) []plan.Object {
	objects := exampleFrame("单位GDP能耗", plan.Down)
	i := objects[len(objects)-1].(*plan.Indicator)
	i.Numerator, i.Denominator = "indicator:n", "indicator:d"
	objects = append(objects,
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:n", Code: "n"}, Name: "能源消费总量", Trend: plan.Down},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:d", Code: "d"}, Name: "地区生产总值", Trend: plan.Up})
	for _, x := range []struct{ code, title, value, indicator string }{
		{"a", "某市节能规划", ratio, "indicator:x"}, {"b", "某市能源规划", numerator, "indicator:n"}, {"c", "某市发展规划", denominator, "indicator:d"},
	} {
		if x.value == "" {
			continue
		}
		t := exampleTarget{value: x.value}.of(x.code)
		t.Indicator, t.YearStart = plan.ID(x.indicator), 2021
		objects = append(objects, examplePlan(x.code, x.title, plan.Prefectural, "region:city"), t)
	}
	return objects
}

func checkIdentities(f *Facts, r *Report) {
	i := f.Frame.Indicator(f.Scope.ID)
	if i == nil {
		return
	}
	for _, here := range f.own() {
		for _, y := range here.years {
			if y.year != 0 {
				f.checkIdentity(i, y.sides, r)
			}
		}
	}
}

// checkIdentity answers about the targets for one region and year.
func (f *Facts) checkIdentity(i *plan.Indicator, sides []*side, r *Report) {
	by := map[plan.ID][]*side{}
	for _, s := range sides {
		if f.Frame.standings[s.index].Code == "" {
			by[s.target.Indicator] = append(by[s.target.Indicator], s)
		}
	}
	if i.Numerator != "" && i.Denominator != "" {
		f.checkRatio(i, by, r)
	}
	for _, id := range f.Frame.terms[i.ID] {
		if part := f.Frame.Indicator(id); part != nil && slices.Contains(part.Broader, i.ID) {
			f.checkParts(i, part, by, r)
		}
	}
}

// checkRatio answers for every way to take one target of each term; where one term has none, for every way to take the other two.
func (f *Facts) checkRatio(i *plan.Indicator, by map[plan.ID][]*side, r *Report) {
	terms := [3]plan.ID{i.ID, i.Numerator, i.Denominator}
	var missing []plan.ID
	for _, id := range terms {
		if len(by[id]) == 0 {
			missing = append(missing, id)
		}
	}
	or := func(sides []*side) []*side {
		if len(sides) == 0 {
			return []*side{nil}
		}
		return sides
	}
	if len(missing) > 1 && len(by[i.ID]) == 0 {
		return
	}
	for _, ratio := range or(by[terms[0]]) {
		for _, numerator := range or(by[terms[1]]) {
			for _, denominator := range or(by[terms[2]]) {
				f.answerTriple(i, triple{ratio, numerator, denominator}, missing, r)
			}
		}
	}
}

func (f *Facts) answerTriple(i *plan.Indicator, t triple, missing []plan.ID, r *Report) {
	sides := t.sides()
	answer := betweenPlans(i.ID, sides)
	switch len(missing) {
	case 0:
		x, why, ok := t.equate()
		answer.Outcome, answer.Reason = NotComparable, why
		if ok {
			answer.Outcome = Pass
			if implied := times(x.ratio, x.denominator); implied.Disjoint(natural(x.numerator)) {
				answer.Outcome = Fail
				answer.Finding = f.unequal(t, x, implied)
				answer.Subjects = targetIDs(sides)
			}
		}
	case 1:
		answer.Outcome, answer.Reason = Open, Reason{TermMissing, "没有登记同一区域、同一年份的“" + f.Frame.Name(missing[0]) + "”目标，" + f.identityZh(i) + "是否成立无从判断"}
	default:
		answer.Outcome, answer.Reason = NotApplicable, Reason{TermMissing, "只登记了“" + f.Frame.Name(i.ID) + "”一项的目标，没有可以核对的等式"}
	}
	r.Answer(answer)
}

func (f *Facts) identityZh(i *plan.Indicator) string {
	return "“" + f.Frame.Name(i.ID) + " = " + f.Frame.Name(i.Numerator) + " ÷ " + f.Frame.Name(i.Denominator) + "”"
}

// betweenPlans is an answer about the plans of some targets: the first one, and the first one other than it.
func betweenPlans(indicator plan.ID, sides []*side) Answer {
	a := Answer{A: sides[0].plan.ID, Indicator: indicator}
	for _, s := range sides {
		if s.plan.ID != a.A {
			a.B = s.plan.ID
			break
		}
	}
	return a
}

func targetIDs(sides []*side) []plan.ID {
	ids := make([]plan.ID, len(sides))
	for i, s := range sides {
		ids[i] = s.target.ID
	}
	return ids
}

// identityFinding is what all findings about targets of several indicators share.
func (f *Facts) identityFinding(sides []*side) (*plan.Finding, []plan.Step) {
	finding := &plan.Finding{Severity: plan.SevError, About: append(targetIDs(sides), f.Scope.ID)}
	var steps []plan.Step
	for _, s := range sides {
		finding.Evidence = append(finding.Evidence, targetEvidence(s, s))
		finding.Plans = append(finding.Plans, s.plan.ID)
		steps = append(steps, f.targetFacts(s))
	}
	finding.Plans = sortedPlans(finding.Plans...)
	return finding, steps
}

func (f *Facts) unequal(t triple, x form, implied quantity.Interval) *plan.Finding {
	finding, steps := f.identityFinding(t.sides())
	y, who := f.givesWay(t.sides())
	name := "“" + f.Frame.Name(t.numerator.target.Indicator) + "”"
	unit, of, how := x.unit, "", "水平"
	if x.base != 0 {
		of = strconv.Itoa(x.base) + "年的 "
		unit, how = "倍", "以"+strconv.Itoa(x.base)+"年为 1"
	}
	wanted, stated := spanZh(implied, unit), spanZh(natural(x.numerator), unit)
	finding.Message = f.subjectZh(t.ratio.target) + "：" + statedZh(t.ratio) + "，" + law.Title(t.denominator.plan) + "提出“" +
		f.Frame.Name(t.denominator.target.Indicator) + "”" + t.denominator.quantity.Chinese() + "，按两者推算，" + name + "应为" + of + wanted + "；" +
		law.Title(t.numerator.plan) + "提出的“" + t.numerator.quantity.Chinese() + "”是" + of + stated + "，三者不可能同时实现。" + y.Reason
	finding.Yields, finding.YieldsPlan = y, who
	i := f.Frame.Indicator(f.Scope.ID)
	steps = append(steps,
		plan.Step{Step: stepNumbers, Text: f.identityZh(i) + "（" + how + "）：" + spanZh(x.ratio, "") + " × " + spanZh(x.denominator, "") + " = " + wanted + "，而公布值为 " + stated + "；均已计入四舍五入。"},
		plan.Step{Step: stepRule, Text: "R12：在公布值的区间之内，没有能使等式成立的数。"})
	steps = append(steps, normSteps(law.Equals)...)
	finding.Explanation = append(steps, plan.Step{Step: stepYields, Text: y.Reason})
	return finding
}

// givesWay says who has to change targets that can't hold together.
func (f *Facts) givesWay(sides []*side) (plan.Yields, plan.ID) {
	if s := yieldingTarget(sides); s != nil {
		return plan.Yields{Norm: law.Equals, Reason: "其余为约束性指标，" + law.Title(s.plan) + "的“" + f.Frame.Name(s.target.Indicator) + "”为预期性指标，由其牵头部门（" +
			law.Departments(s.plan, f.Frame.department) + "）调整。"}, s.plan.ID
	}
	if len(sides) > 0 && !slices.ContainsFunc(sides, func(s *side) bool { return s.index != sides[0].index }) {
		p := sides[0].plan
		return plan.Yields{Norm: law.Equals, Reason: "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）统一核算这几项指标。"}, p.ID
	}
	return plan.Yields{Norm: law.Equals, Escalate: true, Reason: "没有规范规定由谁让步：提请" + planNames(sides) + "的牵头部门会同核算这几项指标，会商不成的报共同上级。"}, ""
}
