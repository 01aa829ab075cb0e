package coherence

import (
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func periodMisaligned() *Rule {
	return &Rule{
		ID: "R18", Name: "period-misaligned", Title: "期限不对应",
		Dimension: plan.Executable, Severity: plan.Warning, Scopes: []ScopeKind{IndicatorScope, PlanScope},
		Check: checkPeriods,
		Doc: Doc{
			Compares: "一个目标的年份与其规划的期限；一份专项规划的期限与同级同区域、期限重叠一年以上的发展规划的期限。",
			FailsWhen: "目标年份在规划期之外，且目标是约束性或预期性的确定值；专项规划与发展规划的期限互相错开，即不是一方在另一方之内，也没有登记不一致的理由。" +
				"期外的力争目标、定性目标和性质未注明的目标按展望看待，通过但提示。专项规划从发展规划期内开始、同年结束的通过；" +
				"覆盖整个发展规划期的中长期规划通过但提示。期限没有登记的，答复“待定”。",
			SeverityReason: "警告：规划期外的目标没有相应的任务、资金和考核；期限错开的专项规划在下一期发展规划中途失去依据。" +
				"中长期规划和远景展望是通常的做法，只提示每期复核。",
			Basis: append(basisOf(law.Category), onTime()),
			Examples: []Example{{
				Given:  "规划期为2021—2025年的某市规划，提出2030年的约束性目标。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return examplePeriod("2021", "2025", exampleTarget{value: "25 %", nature: plan.Binding, year: 2030, indicator: "森林覆盖率"})
				},
			}, {
				Given:  "规划期为2021—2025年的某市规划，提出2025年的约束性目标。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return examplePeriod("2021", "2025", exampleTarget{value: "25 %", nature: plan.Binding, indicator: "森林覆盖率"})
				},
			}, {
				Given:  "某市规划没有登记规划期，提出2025年的约束性目标。",
				Answer: Open,
				Objects: func() []plan.Object {
					return examplePeriod("", "", exampleTarget{value: "25 %", nature: plan.Binding, indicator: "森林覆盖率"})
				},
			}},
		},
	}
}

func examplePeriod(start, end plan.Date, t exampleTarget) []plan.Object {
	p := examplePlan("a", "某市林业保护发展规划", plan.Prefectural, "region:city")
	p.Form, p.PeriodStart, p.PeriodEnd = plan.FormProgramme, start, end
	return append(exampleFrame(t.indicator, plan.Up), p, t.of("a"))
}

func checkPeriods(f *Facts, r *Report) {
	if f.Scope.Kind == PlanScope {
		f.planPeriod(r)
		return
	}
	for s := range f.sides() {
		answer := s.answer(f)
		answer.Outcome, answer.Reason = NotApplicable, f.Frame.standings[s.index]
		if answer.Reason.Code == "" {
			var severity plan.Severity
			answer.Outcome, answer.Reason, severity = yearWithin(s)
			if severity != "" {
				answer.Finding, answer.Subjects = f.outOfPeriod(s, severity), []plan.ID{s.target.ID}
			}
		}
		r.Answer(answer)
	}
}

// yearWithin judges one target's year. A severity goes with a finding.
func yearWithin(s *side) (Outcome, Reason, plan.Severity) {
	start, end, year := s.plan.PeriodStart.Year(), s.plan.PeriodEnd.Year(), s.target.Year
	switch {
	case year == 0:
		return Open, Reason{YearUnstated, "目标年份未注明，无从判断是否在规划期内"}, ""
	case start != 0 && start <= year && end != 0 && year <= end:
		return Pass, Reason{}, ""
	case (start == 0 || start <= year) && (end == 0 || year <= end):
		return Open, Reason{TermUnstated, law.Title(s.plan) + "的规划期没有完整登记，无从判断目标年份是否在期内"}, ""
	}
	if s.quantity.Aspirational || s.shape == wordsOnly || !stated(s.target.Nature) {
		return Pass, Reason{}, plan.Info
	}
	return Fail, Reason{}, plan.Warning
}

func (f *Facts) outOfPeriod(s *side, severity plan.Severity) *plan.Finding {
	lead := "请" + law.Title(s.plan) + "的牵头部门（" + law.Departments(s.plan, f.Frame.department) + "）"
	reason := lead + "核对目标年份；确需规划期之外的目标，列为展望，并由对应时期的规划承接。"
	if severity == plan.Info {
		reason = lead + "在对应时期的规划中承接这一展望；目标年份如有误，予以更正。"
	}
	term := termZh(s.plan)
	return &plan.Finding{
		Severity: severity,
		Message:  f.subjectZh(s.target) + "：" + statedZh(s) + "（" + natureZh(s.target.Nature) + "），而其规划期为" + term + "，目标年份在规划期之外。" + reason,
		Evidence: []plan.Evidence{
			{Object: s.target.ID, Field: "year", Published: yearsZh(s.target), Ref: s.target.Source.Ref},
			{Object: s.plan.ID, Field: "periodEnd", Published: term, Ref: s.plan.Source.Ref},
		},
		Explanation: []plan.Step{
			f.targetFacts(s),
			{Step: stepFacts, Text: law.Title(s.plan) + "：规划期" + term + "；" + refZh(s.plan.Source) + "。"},
			{Step: stepNumbers, Text: "目标年份" + strconv.Itoa(s.target.Year) + "年，规划期" + term + "。"},
			{Step: stepRule, Text: "R18：目标年份应当在规划期之内；期外的力争、定性或性质未注明的目标按展望看待。"},
			citationStep(onTime()), {Step: stepYields, Text: reason},
		},
		Yields: plan.Yields{Reason: reason}, YieldsPlan: s.plan.ID,
		About: []plan.ID{s.target.ID, f.Scope.ID}, Plans: []plan.ID{s.plan.ID},
	}
}

func termZh(p *plan.Plan) string {
	part := func(d plan.Date) string {
		if d == "" {
			return "（未注明）"
		}
		return string(d)
	}
	return part(p.PeriodStart) + "—" + part(p.PeriodEnd) + "年"
}

// planPeriod answers for a special plan proper: a programme or an opinion is meant to be of its own length.
func (f *Facts) planPeriod(r *Report) {
	p := f.Frame.Plan(f.Scope.ID)
	if p == nil || p.Category != plan.Special || p.Form != plan.FormPlan {
		return
	}
	answer := Answer{A: p.ID, Outcome: NotApplicable}
	if why, inForce := f.Frame.InForce(p.ID); !inForce {
		answer.Reason = why
		r.Answer(answer)
		return
	}
	if p.PeriodStart == "" || p.PeriodEnd == "" {
		answer.Outcome, answer.Reason = Open, Reason{TermUnstated, law.Title(p) + "的规划期没有完整登记，无从与发展规划对照"}
		r.Answer(answer)
		return
	}
	d := f.Frame.contemporary(p)
	if d == nil {
		answer.Outcome, answer.Reason = Open, Reason{TermUnstated, "规划库中没有与" + law.Title(p) + "同级同区域、期限重叠一年以上的发展规划，无从对照"}
		r.Answer(answer)
		return
	}
	answer.B = d.ID
	severity := plan.Severity("")
	answer.Outcome, severity = aligned(p, d)
	if severity != "" {
		answer.Finding, answer.Subjects = f.otherPeriod(p, d, severity), []plan.ID{p.ID, d.ID}
	}
	r.Answer(answer)
}

// aligned judges the periods of a special plan and a development plan that overlap.
func aligned(p, d *plan.Plan) (Outcome, plan.Severity) {
	start, end := p.PeriodStart.Year(), p.PeriodEnd.Year()
	from, to := d.PeriodStart.Year(), d.PeriodEnd.Year()
	switch {
	case p.PeriodReason != "", start >= from && end == to:
		return Pass, ""
	case start <= from && end >= to:
		return Pass, plan.Info
	}
	return Fail, plan.Warning
}

// contemporary is the development plan proper of a plan's level and region that shares most years with it, the first by id among equals;
// nil when none shares more than the one year in which periods follow each other.
func (f *Frame) contemporary(p *plan.Plan) *plan.Plan {
	var best *plan.Plan
	most := 1
	for _, id := range f.plansFor[p.Region] {
		d := f.Plan(id)
		if d.Category != plan.Development || d.Form != plan.FormPlan || d.Level != p.Level || d.PeriodStart == "" || d.PeriodEnd == "" {
			continue
		}
		shared := min(p.PeriodEnd.Year(), d.PeriodEnd.Year()) - max(p.PeriodStart.Year(), d.PeriodStart.Year()) + 1
		if _, inForce := f.InForce(id); inForce && shared > most {
			best, most = d, shared
		}
	}
	return best
}

func (f *Facts) otherPeriod(p, d *plan.Plan, severity plan.Severity) *plan.Finding {
	lead := "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）"
	fault, reason := "两者错开，来源未说明理由", lead+"说明期限不一致的理由，或与发展规划的期限对齐。"
	if severity == plan.Info {
		fault, reason = "前者是覆盖整个发展规划期的中长期规划", lead+"在每一期发展规划印发后复核目标和任务。"
	}
	return &plan.Finding{
		Severity: severity,
		Message:  law.Title(p) + "的规划期为" + termZh(p) + "，同级发展规划" + law.Title(d) + "为" + termZh(d) + "，" + fault + "。" + reason,
		Evidence: []plan.Evidence{
			{Object: p.ID, Field: "periodEnd", Published: termZh(p), Ref: p.Source.Ref},
			{Object: d.ID, Field: "periodEnd", Published: termZh(d), Ref: d.Source.Ref},
		},
		Explanation: append([]plan.Step{
			{Step: stepFacts, Text: law.Title(p) + "：规划期" + termZh(p) + "；" + refZh(p.Source) + "。"},
			{Step: stepFacts, Text: law.Title(d) + "：规划期" + termZh(d) + "；" + refZh(d.Source) + "。"},
			{Step: stepRule, Text: "R18：专项规划的期限应当与同级发展规划对应，不一致的说明理由。" + fault + "。"},
		}, append(normSteps(law.Category), plan.Step{Step: stepYields, Text: reason})...),
		Yields: plan.Yields{Norm: law.Category, Reason: reason}, YieldsPlan: p.ID,
		About: []plan.ID{p.ID, d.ID}, Plans: sortedPlans(p.ID, d.ID),
	}
}
