package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func baselineMismatch() *Rule {
	return &Rule{
		ID: "R10", Name: "baseline-mismatch", Title: "同一实际值说法不一",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{IndicatorScope},
		Check:  checkActuals,
		Remedy: "引用时注明来源。",
		Doc: Doc{
			Compares: "同一指标、同一区域、同一时段的两个实际值（基期值或现状值）。双方都由规划给出的，答复计入这两份规划；只有一方由规划给出的，计入该规划；" +
				"都出自公报等非规划来源的，计入指标。",
			FailsWhen: "两个数不能由四舍五入解释为同一个数。口径不同的不可比，只有一方注明口径的待定；一年中的部分时段不与全年比较；" +
				"时间未注明的待定；同一规划的两个版本不比较。",
			SeverityReason: "警告：应当核对后统一。有目标以其中的值为基期的，为错误：基期不定，目标就不定。",
			Basis:          []law.Citation{oneActual()},
			Examples: []Example{{
				Given:  "公报：某市2020年空气质量优良天数比例“90.8 %”；由2021年的值和同比变化反算，2020年为“90.7 %”。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: ">= 91 %", indicator: "空气质量优良天数比例", trend: plan.Up},
						exampleActual{value: "90.8 %", year: "2020"}, exampleActual{value: "90.7 %", year: "2020"})
				},
			}, {
				Given:  "一份规划给出2020年“23.04 %”，公报为“23 %”：只是印的位数不同。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "24 %", indicator: "森林覆盖率", trend: plan.Up},
						exampleActual{value: "23.04 %", year: "2020", own: true}, exampleActual{value: "23 %", year: "2020"})
				},
			}, {
				Given:  "2021年饮用水水源地水质优良比例：按在用水源地“82.2 %”，按取水水质“87.3 %”：两种口径。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "90 %", indicator: "饮用水水源地水质优良比例", trend: plan.Up},
						exampleActual{value: "82.2 %", year: "2021", calibre: "calibre:x/old"}, exampleActual{value: "87.3 %", year: "2021", calibre: "calibre:x/new"})
				},
			}},
		},
	}
}

// oneActual is a reading: no article that is cited here says who is right about what was measured.
func oneActual() law.Citation {
	return law.Citation{Law: "同一统计事实只有一个数，以统计主管部门公布的为准", Assumption: true}
}

func checkActuals(f *Facts, r *Report) {
	all := f.actuals()
	for i, a := range all {
		alone := true
		for j, b := range all {
			if i == j || a.Region != b.Region {
				continue
			}
			alone = false
			if j < i || a.period.to != b.period.to || !a.period.stated() {
				continue
			}
			answer := Answer{Indicator: f.Scope.ID}
			answer.A, answer.B = plansOf(a, b)
			answer.Outcome, answer.Reason = f.sameActual(a, b)
			if answer.Outcome == Fail {
				answer.Finding, answer.Subjects = f.twoActuals(a, b), []plan.ID{a.ID, b.ID}
			}
			r.Answer(answer)
		}
		if !alone && !a.period.stated() {
			r.Answer(Answer{A: a.Observation.Plan, Indicator: f.Scope.ID, Outcome: Open,
				Reason: Reason{PeriodUnstated, a.statedBy() + "的实际值 " + a.Quantity.String() + " 时间未注明，无从与其他年份的值核对"}})
		}
	}
}

// plansOf are the plans that an answer about two actuals is counted for: those that state them, as far as any does.
func plansOf(a, b *actual) (plan.ID, plan.ID) {
	var ids []plan.ID
	for _, x := range [2]*actual{a, b} {
		if x.plan != nil {
			ids = append(ids, x.plan.ID)
		}
	}
	ids = append(sortedPlans(ids...), "", "")
	return ids[0], ids[1]
}

func (f *Facts) sameActual(a, b *actual) (Outcome, Reason) {
	if a.plan != nil && b.plan != nil && f.Frame.sameSeries(a.plan, b.plan) && a.plan != b.plan {
		return NotApplicable, Reason{SameSeries, "同一规划的两个版本，后一版本更新了实际值；版本之间的差异另行比较"}
	}
	if a.period != b.period || a.period.part && (a.PeriodStart != b.PeriodStart || a.PeriodEnd != b.PeriodEnd) {
		return NotComparable, Reason{PeriodDiffers, "时段不同（" + a.period.Chinese() + "；" + b.period.Chinese() + "），部分时段不与全年比较"}
	}
	if outcome, why := f.oneCalibre(a.Calibre, b.Calibre); outcome != "" {
		return outcome, why
	}
	return sameFigure(a.Quantity, b.Quantity)
}

func (f *Facts) twoActuals(a, b *actual) *plan.Finding {
	severity, ground := plan.Warning, ""
	if t := f.builtOn(a, b); t != nil {
		severity, ground = plan.SevError, law.Title(f.Frame.Plan(t.Plan))+f.subjectZh(t)+"的目标以该年的值为基期。"
	}
	gap := ""
	if g := gapZh(a.Quantity, b.Quantity); g != "" {
		gap = "，相差 " + g
	}
	y, who := f.corrects(a, b)
	steps := []plan.Step{
		f.actualFacts(a), f.actualFacts(b),
		{Step: stepNumbers, Text: "换算到同一单位：" + convertedZh(a.Quantity, b.Quantity.Unit) + "，" + convertedZh(b.Quantity, a.Quantity.Unit) + gap + "。"},
		{Step: stepRule, Text: "R10：同一指标、口径、区域、时段的实际值只有一个，两个数不能由四舍五入解释为同一个数。" + ground},
	}
	steps = append(steps, citationStep(oneActual()))
	one, two := plansOf(a, b)
	finding := &plan.Finding{
		Severity: severity,
		Message: "指标“" + f.Frame.Name(a.Indicator) + "”（" + f.Frame.Name(a.Region) + "，" + a.period.Chinese() + "）的实际值：" + a.statedBy() + "为“" + a.Quantity.Chinese() + "”，" +
			b.statedBy() + "为“" + b.Quantity.Chinese() + "”" + gap + "，两者不一致。" + ground + y.Reason,
		Evidence:    []plan.Evidence{a.evidence(convertedZh(a.Quantity, b.Quantity.Unit)), b.evidence(convertedZh(b.Quantity, a.Quantity.Unit))},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: y.Reason}),
		Yields:      y, YieldsPlan: who,
		About: []plan.ID{a.ID, b.ID, f.Scope.ID},
	}
	for _, id := range [2]plan.ID{one, two} {
		if id != "" {
			finding.Plans = append(finding.Plans, id)
		}
	}
	return finding
}

// builtOn is a target in force that counts from one of two actuals, nil when none does: a change against that year, or the target of the
// plan that gives one of them as its baseline.
func (f *Facts) builtOn(a, b *actual) *plan.Target {
	here := f.in(a.Region)
	if here == nil {
		return nil
	}
	for _, s := range here.sides {
		t := s.target
		// What is said between two plans must not hang on a third.
		others := (a.plan != nil || b.plan != nil) && s.plan != a.plan && s.plan != b.plan
		if others || t.Calibre != a.Calibre || f.Frame.standings[s.index].Code != "" {
			continue
		}
		if relative(t.Quantity.Kind) && t.Quantity.BaseYear == a.period.to {
			return t
		}
		for _, x := range [2]*actual{a, b} {
			if x.plan == s.plan && x.Role == plan.Baseline && t.Year > x.period.to {
				return t
			}
		}
	}
	return nil
}

// corrects says who has to correct an actual. A figure that was worked out yields to one that was published as such; beyond that no rank
// decides what was measured.
func (f *Facts) corrects(a, b *actual) (plan.Yields, plan.ID) {
	direct := func(x *actual) bool { return x.Source.Confidence == plan.Stated }
	for _, way := range [2][2]*actual{{a, b}, {b, a}} {
		kept, off := way[0], way[1]
		if !direct(kept) || off.Source.Confidence != plan.Derived {
			continue
		}
		reason := "以直接公布的“" + kept.Quantity.Chinese() + "”（" + refZh(kept.Source) + "）为准，反算的值（" + refZh(off.Source) + "）由引用者更正；公布者另有修订的，以修订值为准并注明。"
		return plan.Yields{Reason: reason}, off.Observation.Plan
	}
	if a.plan != nil && b.plan != nil && a.plan != b.plan {
		d := law.Decide(a.plan, b.plan, law.Obligation{}, f.indicatorLead(), f.Frame.department)
		return d.Yields(), d.Plan
	}
	return plan.Yields{Escalate: true, Reason: "两个值都是公布值，提请指标牵头部门与统计主管部门核定，并在各处统一。"}, ""
}
