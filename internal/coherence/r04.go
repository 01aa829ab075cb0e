package coherence

import (
	"math/big"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func allocationSum() *Rule {
	return &Rule{
		ID: "R04", Name: "allocation-sum", Title: "分解数之和与总数不符",
		Dimension: plan.NoConflict, Severity: plan.Blocker, Scopes: []ScopeKind{IndicatorScope},
		Check: checkAllocations,
		Room:  roomOfPart,
		Doc: Doc{
			Compares: "可按区域相加的指标：一个目标值，与按分解下达（ALLOCATES）关系登记的各下级区域的目标值之和。指标、口径、年份和量的类型须相同，单位精确换算；" +
				"同一区域有几个分解数的，取最有利的一个。变化幅度和比例不能相加，不适用。",
			FailsWhen: "各分解数连同各自的四舍五入（末位数字的一半）加总之后，仍超过总数的上限，或达不到总数的下限。" +
				"分解数不全时，已登记的部分已经超过上限的，不通过：尚缺的数量不会是负数；是否达到下限则答复“待定”，并列出尚缺的区域。",
			SeverityReason: "总数是法定控制数的，阻断：控制数不得突破；其余为错误：照分解数执行，总数必然落空。",
			Basis:          append(basisOf(law.Control, law.Level), laterYields()),
			Examples: []Example{{
				Given:  "全省“用水总量不超过 10.0 亿m³”，分解给甲市 6.0 亿m³、乙市 5.0 亿m³。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleAllocation("<= 10.0 亿m³", "6.0 亿m³", "5.0 亿m³")
				},
			}, {
				Given:  "全省“用水总量不超过 10.0 亿m³”，分解给甲市 6.0 亿m³、乙市 4.0 亿m³。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleAllocation("<= 10.0 亿m³", "6.0 亿m³", "4.0 亿m³")
				},
			}, {
				Given:  "全省“用水总量不超过 10.0 亿m³”，只登记了甲市的分解数 6.0 亿m³，乙市的没有登记。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleAllocation("<= 10.0 亿m³", "6.0 亿m³", "")
				},
			}},
		},
	}
}

// laterYields is the reading by which the one who came last yields where all have taken of one total.
func laterYields() law.Citation {
	return law.Citation{Law: "先批准的已占用额度，后批准的让步", Assumption: true}
}

// exampleAllocation is a province of two cities that hands a total down; a value that is left out is not registered.
func exampleAllocation(total string, parts ...string) []plan.Object {
	objects := exampleFrame("用水总量", plan.Down)
	indicator := objects[len(objects)-1].(*plan.Indicator)
	indicator.Summable, indicator.Unit = true, "亿m³"
	objects = append(objects, &plan.Region{
		Meta: plan.Meta{ID: "region:city-b", Code: "city-b"}, Name: "乙市", Type: plan.Administrative, Level: plan.Prefectural, Within: []plan.ID{"region:province"},
	})
	upper := exampleTarget{value: total, region: "region:province"}.of("upper")
	objects = append(objects, examplePlan("upper", "某省水资源规划", plan.Provincial, "region:province"), upper)
	regions := []plan.ID{"region:city", "region:city-b"}
	for i, value := range parts {
		if value == "" {
			continue
		}
		code := []string{"a", "b"}[i]
		p := examplePlan(code, []string{"甲市水资源规划", "乙市水资源规划"}[i], plan.Prefectural, regions[i])
		p.IssuedAt = plan.Date("2022-0" + strconv.Itoa(i+1))
		t := exampleTarget{value: value, region: regions[i]}.of(code)
		id := plan.LinkID(plan.Allocates, upper.ID, t.ID)
		objects = append(objects, p, t, &plan.Link{Meta: plan.Meta{ID: id, Code: id.Local()}, Type: plan.Allocates, State: plan.Unreviewed, From: upper.ID, To: t.ID})
	}
	return objects
}

func checkAllocations(f *Facts, r *Report) {
	if len(f.Frame.links) == 0 {
		return
	}
	for s := range f.sides() {
		if a, ok := f.allocation(s); ok {
			f.answerAllocation(a, r)
		}
	}
}

// about is an answer about a total and one plan that has a part of it.
func (a *allocation) about(f *Facts, part plan.ID, o Outcome, why Reason) Answer {
	answer := Answer{A: a.parent.plan.ID, Indicator: f.Scope.ID, Outcome: o, Reason: why}
	if part != answer.A {
		answer.B = part
	}
	return answer
}

func (f *Facts) answerAllocation(a *allocation, r *Report) {
	if outcome, why := f.divisible(a); outcome != "" {
		r.Answer(a.about(f, a.parent.plan.ID, outcome, why))
		return
	}
	for _, x := range a.refused {
		r.Answer(a.about(f, x.plan, x.outcome, x.reason))
	}
	outcome, why := Pass, Reason{}
	total := sumOf(a.children)
	allowed, _ := a.parent.allows(f.trend())
	switch result := total.against(allowed, a.complete()); {
	case len(a.children) == 0:
		return
	case a.overlaps:
		outcome, why = NotComparable, Reason{RegionOverlap, "分解到的区域互相重叠，相加会重复计算"}
	case result == exceeds, result == falls:
		last := latest(a.children)
		finding := f.brokenSum(a, total, result, last)
		for _, part := range each(a.children, func(s *side) plan.ID { return s.plan.ID }) {
			answer := a.about(f, part, Fail, Reason{})
			answer.Finding, answer.Subjects = finding, []plan.ID{a.parent.target.ID}
			r.Answer(answer)
		}
		return
	case result == unproven:
		outcome, why = Open, a.incomplete(f.Frame)
	case result == unsaid:
		outcome, why = Open, Reason{OppositeBounds, "有的分解数只设了另一侧的界限，没有回应总数所限的一侧"}
	}
	for _, part := range each(a.children, func(s *side) plan.ID { return s.plan.ID }) {
		r.Answer(a.about(f, part, outcome, why))
	}
}

// divisible says why nothing can be added up to a total, "" when it can.
func (f *Facts) divisible(a *allocation) (Outcome, Reason) {
	p := a.parent
	if why := f.Frame.standings[p.index]; why.Code != "" {
		return NotApplicable, why
	}
	if !f.summable() {
		return NotApplicable, Reason{NotSummable, "指标“" + f.Frame.Name(f.Scope.ID) + "”不能按区域相加，各区域的数分别与总体要求比较"}
	}
	if p.shape == wordsOnly {
		why, _ := quantity.Comparable(p.quantity, p.quantity)
		return Open, quantityReason(why)
	}
	if why, ok := amounts(p.quantity); !ok {
		return NotComparable, why
	}
	return "", Reason{}
}

func (f *Facts) brokenSum(a *allocation, total *sum, result fit, last *side) *plan.Finding {
	p := a.parent
	y, who, o := f.returnsPart(a, last)
	severity := plan.SevError
	if p.target.Control != "" {
		severity = plan.Blocker
	} else if p.quantity.Aspirational {
		severity = plan.Warning
	}
	bound, printed, fault := p.allowedZh(f.trend()), total.printedHigh, "超过"
	if result == falls {
		printed, fault = total.printedLow, "达不到"
	}
	gap := ""
	if _, at, ok := end(p.quantity, result == exceeds); ok {
		gap = "，相差 " + inUnit(new(big.Rat).Abs(new(big.Rat).Sub(printed, at)), p.quantity.Unit)
	}
	count := strconv.Itoa(len(a.children)) + "个分解数合计 " + inUnit(printed, p.quantity.Unit)
	finding := &plan.Finding{
		Severity: severity,
		Message:  f.subjectZh(p.target) + "：" + statedZh(p) + "，" + count + "，" + fault + "“" + bound + "”的要求" + gap + "。" + y.Reason + f.partPassing(a, last),
		Evidence: []plan.Evidence{targetEvidence(p, p)},
		Yields:   y, YieldsPlan: who,
		About: []plan.ID{p.target.ID, f.Scope.ID},
		Plans: []plan.ID{p.plan.ID},
	}
	steps := []plan.Step{f.targetFacts(p)}
	for _, c := range a.children {
		steps = append(steps, f.targetFacts(c))
		finding.Evidence = append(finding.Evidence, targetEvidence(c, p))
		finding.About = append(finding.About, c.target.ID)
		finding.Plans = append(finding.Plans, c.plan.ID)
		finding.Links = append(finding.Links, string(plan.LinkID(plan.Allocates, p.target.ID, c.target.ID)))
	}
	finding.Plans = sortedPlans(finding.Plans...)
	missing := ""
	if !a.complete() {
		missing = "；" + a.incomplete(f.Frame).Text + "，但尚缺的数量不会是负数，已有的合计已经超过"
	}
	steps = append(steps,
		plan.Step{Step: stepNumbers, Text: f.ownCalibreZh(p.target.Calibre) + "；" + count + "，总数 " + convertedZh(p.quantity, p.quantity.Unit) + gap + missing + "。"},
		plan.Step{Step: stepRule, Text: "R04：各分解数连同四舍五入加总之后，仍" + fault + "总数“" + bound + "”。"})
	if p.target.Control != "" {
		steps = append(steps, controlSteps(p)...)
	}
	steps = append(steps, f.obligationSteps(o)...)
	steps = append(steps, citationStep(laterYields()))
	finding.Explanation = append(steps, plan.Step{Step: stepYields, Text: y.Reason})
	return finding
}

// allowedZh is what a figure asks of others.
func (s *side) allowedZh(trend plan.Trend) string { return asBound(s.quantity, trend).Chinese() }

// returnsPart says who has to change: the part that came last, or where the dates don't tell which that is, all of them together.
func (f *Facts) returnsPart(a *allocation, last *side) (plan.Yields, plan.ID, law.Obligation) {
	norm := law.Level
	if a.parent.target.Control != "" {
		norm = law.Control
	}
	if last == nil {
		return plan.Yields{Norm: norm, Escalate: true, Reason: "各分解数的先后无从判断：提请" + law.Title(a.parent.plan) + "的牵头部门（" +
			law.Departments(a.parent.plan, f.Frame.department) + "）会同" + planNames(a.children) + "的牵头部门重新平衡分解数。"}, "", law.Obligation{}
	}
	reason := "分解数中" + law.Title(last.plan) + "（" + whenZh(last.plan) + "）最后确定，由其牵头部门（" + law.Departments(last.plan, f.Frame.department) +
		"）调整（推定先批准的已占用额度），或者由" + law.Title(a.parent.plan) + "重新分解。"
	if last.index == a.parent.index {
		return plan.Yields{Norm: norm, Reason: reason}, last.plan.ID, law.Obligation{}
	}
	o, _ := f.obligation(last, a.parent)
	if o.Norm != "" && norm != law.Control {
		norm = o.Norm
	}
	return plan.Yields{Norm: norm, Reason: reason}, last.plan.ID, o
}

// partPassing says which values would pass for the part that has to change.
func (f *Facts) partPassing(a *allocation, last *side) string {
	if last == nil {
		return ""
	}
	if last.index != a.parent.index {
		return law.Title(last.plan) + f.passingZh(last, last.index)
	}
	s := f.partRoom(a, last)
	if s == nil {
		return ""
	}
	return f.Frame.Name(last.target.Region) + s.passingZh() + "。"
}

// partRoom is what is left to the part that has to change; nil where its own plan states the total and that doesn't limit it.
func (f *Facts) partRoom(a *allocation, part *side) *search {
	if part.index != a.parent.index {
		return f.limits(placeOf(part), part, part.index)
	}
	x, ok := f.remainder(a, part)
	if !ok {
		return nil
	}
	return &search{facts: f, at: placeOf(part), like: part, limits: []limit{x}}
}
