package coherence

import (
	"cmp"
	"slices"
	"strconv"
	"unicode/utf8"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func leadConflict() *Rule {
	return &Rule{
		ID: "R25", Name: "lead-conflict", Title: "同一任务、同一指标的牵头部门不一致",
		Dimension: plan.Executable, Severity: plan.Warning, Scopes: []ScopeKind{IndicatorScope, RegionScope},
		Check: checkLeads,
		Doc: Doc{
			Compares: "同一层级、同一区域的两份规划：题目完全相同（不计标点和空格）的任务；以及同一指标、同一区域、同一年份的目标值，各由哪些任务落实" +
				"（IMPLEMENTS、CONTRIBUTES_TO）、由谁牵头。",
			FailsWhen: "两份规划的牵头部门没有一个相同，而任务的区域、时间有重叠。没有注明牵头部门的，答复“待定”；对指标只登记了“有贡献”的，也答复“待定”：" +
				"多个部门可以各有贡献，但要有一个部门负责完成。题目不足 6 个字的（如“生态修复”）只指领域，不可比。",
			SeverityReason: "警告：两个部门都牵头，等于没有部门牵头；没有规范规定由谁牵头，须由双方会商。",
			Basis:          basisOf(law.Equals),
			Examples: []Example{{
				Given:  "某市林业规划和生态规划都有任务“北山林场退化林修复工程”，一份由林业部门牵头，一份由生态环境部门牵头。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleTasks("北山林场退化林修复工程", "organization:forest", "北山林场退化林修复工程", "organization:ecology")
				},
			}, {
				Given:  "同样两项任务，都由林业部门牵头。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleTasks("北山林场退化林修复工程", "organization:forest", "北山林场退化林修复工程", "organization:forest")
				},
			}, {
				Given:  "两份规划都有任务“生态修复”：只指领域，无从认定是同一任务。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleTasks("生态修复", "organization:forest", "生态修复", "organization:ecology")
				},
			}},
		},
	}
}

// duty is what one plan says about who leads a task, or about who leads those by which an indicator is to be reached.
type duty struct {
	plan   *plan.Plan
	index  int32 // of the plan in the frame
	works  []*effort
	leads  []plan.ID // of all works, sorted
	full   bool      // every work states who leads it
	bound  bool      // a work is to see it done, not merely to contribute
	target plan.ID   // of an indicator: the first by id
}

func (d *duty) add(w *effort) {
	if slices.ContainsFunc(d.works, func(x *effort) bool { return x.id == w.id }) {
		return
	}
	d.works = append(d.works, w)
	d.full = (len(d.works) == 1 || d.full) && len(w.leads) > 0
	d.leads = append(d.leads, w.leads...)
	slices.Sort(d.leads)
	d.leads = slices.Compact(d.leads)
}

func checkLeads(f *Facts, r *Report) {
	if f.Scope.Kind == RegionScope {
		f.taskLeads(r)
		return
	}
	f.indicatorLeads(r)
}

// taskLeads answers about every pair of tasks that two plans of one level have under one title.
func (f *Facts) taskLeads(r *Report) {
	titles, by := byTitle(f.tasks())
	for _, title := range titles {
		for i, a := range by[title] {
			for _, b := range by[title][i+1:] {
				if a.index == b.index || a.plan.Level != b.plan.Level || title == "" {
					continue
				}
				answer := pairAnswer(a, b)
				if answer.Outcome, answer.Reason = f.oneLead(a, b, title); answer.Outcome == Fail {
					answer.Finding, answer.Subjects = f.taskConflict(a, b), []plan.ID{a.id, b.id}
				}
				r.Answer(answer)
			}
		}
	}
}

func (f *Facts) oneLead(a, b *effort, title string) (Outcome, Reason) {
	if why := f.unmet(a, b); why.Code != "" {
		return NotApplicable, why
	}
	if utf8.RuneCountInString(title) < shortestTitle {
		return NotComparable, Reason{TitleShort, "“" + a.title + "”只指领域，无从认定两份规划说的是同一任务"}
	}
	share, known := shareTime(a, b)
	switch {
	case known && !share, !f.Frame.shareGround(a, b):
		return NotApplicable, Reason{Apart, "题目相同，但区域或时间不重叠，不是同一任务"}
	case sharedLead(a, b):
		return Pass, Reason{}
	case len(a.leads) == 0 || len(b.leads) == 0:
		return Open, Reason{LeadUnstated, workZh(a) + "与" + workZh(b) + "题目相同，牵头部门没有全部注明；请补充"}
	case !known:
		return Open, Reason{TimeUnstated, workZh(a) + "（" + timeZh(a) + "）与" + workZh(b) + "（" + timeZh(b) + "）题目相同，时间是否重叠无从判断"}
	}
	return Fail, Reason{}
}

func (f *Facts) taskConflict(a, b *effort) *plan.Finding {
	of := func(w *effort) *duty { return &duty{plan: w.plan, works: []*effort{w}, leads: w.leads} }
	return f.leadsDiffer("任务“"+a.title+"”（"+f.Frame.regionsZh(a)+"）", of(a), of(b))
}

// indicatorLeads answers about every pair of plans of one level whose tasks are to reach the scope's indicator in one region and year.
func (f *Facts) indicatorLeads(r *Report) {
	if len(f.Beyond) == 0 {
		return // nothing is linked to the indicator's targets
	}
	duties := f.duties()
	for at, here := range duties {
		for i, a := range here {
			for _, b := range here[i+1:] {
				if a.plan.Level != b.plan.Level {
					continue
				}
				answer := Answer{A: a.plan.ID, B: b.plan.ID, Indicator: f.Scope.ID, key: pairOf(a.index, b.index)}
				subject := "指标“" + f.Frame.Name(f.Scope.ID) + "”（" + f.Frame.Name(at.region) + "，" + strconv.Itoa(at.year) + "年）"
				if answer.Outcome, answer.Reason = f.oneDuty(a, b, at, subject); answer.Outcome == Fail {
					answer.Finding = f.leadsDiffer(subject, a, b)
					answer.Finding.About = append(answer.Finding.About, f.Scope.ID)
					answer.Subjects = []plan.ID{f.Scope.ID, a.plan.ID, b.plan.ID, a.target, b.target}
				}
				r.Answer(answer)
			}
		}
	}
}

// duties are, by region and year, what plans say about who is to reach the scope's indicator; sorted by plan.
func (f *Facts) duties() map[place][]*duty {
	all := map[place][]*duty{}
	for s := range f.sides() {
		at := place{s.target.Year, s.target.Region}
		for _, l := range f.Frame.links[s.target.ID] {
			task, ok := f.Beyond[l.From].(*plan.Task)
			if !ok || l.To != s.target.ID || l.Type != plan.Implements && l.Type != plan.ContributesTo {
				continue
			}
			w, ok := f.taskWork(task)
			if !ok {
				continue
			}
			i := slices.IndexFunc(all[at], func(d *duty) bool { return d.index == w.index })
			if i < 0 {
				i = len(all[at])
				all[at] = append(all[at], &duty{plan: w.plan, index: w.index, target: s.target.ID})
			}
			all[at][i].add(w)
			all[at][i].bound = all[at][i].bound || l.Type == plan.Implements
		}
	}
	for _, duties := range all {
		slices.SortFunc(duties, func(a, b *duty) int { return cmp.Compare(a.plan.ID, b.plan.ID) })
	}
	return all
}

func (f *Facts) oneDuty(a, b *duty, at place, subject string) (Outcome, Reason) {
	if why := f.unmet(a.works[0], b.works[0]); why.Code != "" {
		return NotApplicable, why
	}
	switch {
	case slices.ContainsFunc(a.leads, func(id plan.ID) bool { return slices.Contains(b.leads, id) }):
		return Pass, Reason{}
	case at.year == 0:
		return Open, yearUnstated
	case !a.full || !b.full:
		return Open, Reason{LeadUnstated, subject + "：落实任务的牵头部门没有全部注明；请补充"}
	case !a.bound || !b.bound:
		return Open, Reason{LeadShared, subject + "：只登记了各部门的任务对它有贡献，没有登记由哪项任务负责完成；请明确牵头部门"}
	}
	return Fail, Reason{}
}

// leadsDiffer is the finding on a subject that two plans give to different departments.
func (f *Facts) leadsDiffer(subject string, a, b *duty) *plan.Finding {
	leadA, leadB := f.Frame.listZh(a.leads), f.Frame.listZh(b.leads)
	reason := "没有规范规定由谁牵头：提请" + leadA + "与" + leadB + "会商，确定一个牵头部门，其余列为配合部门，会商不成的报共同上级。"
	finding := &plan.Finding{
		Severity: plan.Warning,
		Message:  subject + "：" + law.Title(a.plan) + "由" + leadA + "牵头，" + law.Title(b.plan) + "由" + leadB + "牵头，牵头部门不一致。" + reason,
		Yields:   plan.Yields{Norm: law.Equals, Escalate: true, Reason: reason},
		Plans:    sortedPlans(a.plan.ID, b.plan.ID),
	}
	for _, d := range [2]*duty{a, b} {
		for _, w := range d.works {
			finding.Explanation = append(finding.Explanation, f.workFacts(w, ""))
			finding.Evidence = append(finding.Evidence, plan.Evidence{Object: w.id, Field: "leads", Published: f.Frame.leadsZh(w), Ref: w.ref})
			finding.About = append(finding.About, w.id)
		}
	}
	finding.Explanation = append(finding.Explanation,
		plan.Step{Step: stepNumbers, Text: "牵头部门：" + law.Title(a.plan) + "为" + leadA + "；" + law.Title(b.plan) + "为" + leadB + "；没有一个相同。本规则不比较数值。"},
		plan.Step{Step: stepRule, Text: "R25：同一任务、同一指标，两份规划应当由同一部门牵头。"})
	finding.Explanation = append(finding.Explanation, normSteps(law.Equals)...)
	finding.Explanation = append(finding.Explanation, plan.Step{Step: stepYields, Text: reason})
	return finding
}
