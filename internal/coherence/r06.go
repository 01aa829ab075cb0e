package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func calibreBreak() *Rule {
	return &Rule{
		ID: "R06", Name: "calibre-break", Title: "基期、目标与实际值的统计口径不一",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{IndicatorScope},
		Check: checkCalibres,
		Doc: Doc{
			Compares: "一份规划的目标值所用的统计口径，与该规划自己给出的基期值的口径，以及与到目标年为止最新公布的全年实际值的口径；至少一方注明口径的才比较。",
			FailsWhen: "同一规划的基期值与目标值注明了两种口径。目标之后实际值改用新口径公布的，不是哪份规划的错：答复“不可比”，并提请换算到同一口径；" +
				"只有一方注明口径的，待定。不同规划的目标之间口径不同，由 R01、R02 答复“不可比”。",
			SeverityReason: "错误：基期与目标不是同一个量，增幅没有意义。",
			Basis:          basisOf(law.Equals),
			Examples: []Example{{
				Given:  "一份规划的基期值“2020年 20.8 %”用新口径，目标“2025年 23.5 %”用旧口径。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "23.5 %", indicator: "森林覆盖率", trend: plan.Up, calibre: "calibre:x/old"},
						exampleActual{value: "20.8 %", year: "2020", calibre: "calibre:x/new", own: true})
				},
			}, {
				Given:  "基期值“2020年 23 %”与目标“2025年 23.5 %”都用旧口径。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "23.5 %", indicator: "森林覆盖率", trend: plan.Up, calibre: "calibre:x/old"},
						exampleActual{value: "23 %", year: "2020", calibre: "calibre:x/old", own: true})
				},
			}, {
				Given:  "目标“2025年 23.5 %”按旧口径定，2024年公报按新口径公布“21.98 %”：提请换算，不算冲突。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "23.5 %", indicator: "森林覆盖率", trend: plan.Up, calibre: "calibre:x/old"},
						exampleActual{value: "21.98 %", year: "2024", calibre: "calibre:x/new"})
				},
			}},
		},
	}
}

func checkCalibres(f *Facts, r *Report) {
	all := f.actuals()
	if len(all) == 0 {
		return
	}
	for s := range f.sides() {
		own, newest := baselinesOf(s, all), newestFor(s, all)
		for _, group := range [2][]*actual{own, newest} {
			answer, ok := f.calibreOf(s, group)
			if !ok {
				continue
			}
			if answer.Outcome == NotComparable && len(own) > 0 && group[0] == own[0] {
				answer.Outcome, answer.Reason = Fail, Reason{}
				answer.Finding = f.broken(s, group[0])
				answer.Subjects = []plan.ID{s.target.ID, group[0].ID}
			}
			r.Answer(answer)
		}
	}
}

// baselinesOf are the whole-year baselines that the target's own plan gives for it.
func baselinesOf(s *side, all []*actual) []*actual {
	var own []*actual
	for _, a := range all {
		if a.plan == s.plan && a.Region == s.target.Region && a.Role == plan.Baseline && a.period.stated() && (s.target.Year == 0 || a.period.to < s.target.Year) {
			own = append(own, a)
		}
	}
	return own
}

// newestFor are the actuals of the newest whole year up to the target's that others published for its region.
func newestFor(s *side, all []*actual) []*actual {
	var newest []*actual
	for _, a := range all {
		p := a.period
		if a.plan == s.plan || a.Region != s.target.Region || !p.stated() || p.part || s.target.Year == 0 || p.to > s.target.Year {
			continue
		}
		if len(newest) > 0 && newest[0].period.to < p.to {
			newest = newest[:0]
		}
		if len(newest) == 0 || newest[0].period.to == p.to {
			newest = append(newest, a)
		}
	}
	return newest
}

// calibreOf holds a target's calibre against a group of actuals: one of the same calibre is enough. There is no answer where there are none,
// or where no calibre is stated on any side.
func (f *Facts) calibreOf(s *side, group []*actual) (Answer, bool) {
	answer := s.answer(f)
	for _, a := range group {
		outcome, reason := f.oneCalibre(s.target.Calibre, a.Calibre)
		if outcome == "" {
			answer.Outcome, answer.Reason = Pass, Reason{}
			return answer, s.target.Calibre != ""
		}
		if answer.Outcome != Open {
			if outcome == NotComparable {
				reason.Text = law.Title(s.plan) + f.subjectZh(s.target) + "按“" + f.Frame.Name(s.target.Calibre) + "”口径定，" + a.period.Chinese() +
					"实际值按“" + f.Frame.Name(a.Calibre) + "”口径公布，完成情况无法核对；请换算到同一口径，或补充目标口径的实际值"
			}
			answer.Outcome, answer.Reason = outcome, reason
		}
	}
	if why := f.Frame.standings[s.index]; why.Code != "" {
		answer.Outcome, answer.Reason = NotApplicable, why
	}
	return answer, len(group) > 0
}

func (f *Facts) broken(s *side, base *actual) *plan.Finding {
	fault := "基期值（" + base.period.Chinese() + "）用“" + f.Frame.Name(base.Calibre) + "”口径，目标值用“" + f.Frame.Name(s.target.Calibre) + "”口径"
	reason := "请" + law.Title(s.plan) + "的牵头部门（" + law.Departments(s.plan, f.Frame.department) + "）把两者换算到同一口径，优先换算到新的口径。"
	calibre := func(object, calibre plan.ID, ref string) plan.Evidence {
		return plan.Evidence{Object: object, Field: "calibre", Published: f.Frame.Name(calibre), Ref: ref}
	}
	steps := []plan.Step{
		f.actualFacts(base), f.targetFacts(s),
		{Step: stepNumbers, Text: "统计口径：" + fault + "。"},
		{Step: stepRule, Text: "R06：同一规划的基期与目标应当用同一口径。"},
	}
	steps = append(steps, normSteps(law.Equals)...)
	return &plan.Finding{
		Severity:    plan.SevError,
		Message:     f.subjectZh(s.target) + "：" + law.Title(s.plan) + "的" + fault + "，两者不是同一个量。" + reason,
		Evidence:    []plan.Evidence{calibre(s.target.ID, s.target.Calibre, s.target.Source.Ref), calibre(base.ID, base.Calibre, base.Source.Ref)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Yields:      plan.Yields{Reason: reason}, YieldsPlan: s.plan.ID,
		About: []plan.ID{s.target.ID, base.ID, f.Scope.ID},
		Plans: []plan.ID{s.plan.ID},
	}
}
