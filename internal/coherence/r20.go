package coherence

import (
	"iter"
	"slices"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func doubleCount() *Rule {
	return &Rule{
		ID: "R20", Name: "double-count", Title: "重复计算或重复部署",
		Dimension: plan.Complementary, Severity: plan.Warning, Scopes: []ScopeKind{IndicatorScope, RegionScope},
		Check: checkDoubles,
		Doc: Doc{
			Compares: "一是两份规划各自登记的工程，都计入同一个目标值或指标（CONTRIBUTES_TO）；二是同一区域的两份规划部署的任务，一方不必服从另一方。" +
				"题目不计标点和“和、与、及、的”，相邻两字的重合程度达到 " + strconv.Itoa(nearTitle) + " %，数字相同，且一方只比另一方多几个字的，视为相近；" +
				"换了地名或对象的不算。题目完全相同的任务由 R25 判断。",
			FailsWhen: "计入同一总量的两项工程，题目相同或相近，区域、时间有重叠：同一工程被计算两次。两项任务题目相近，区域、时间有重叠，而牵头部门没有一个相同：" +
				"同一件事被部署两次。区域、时间或牵头部门没有登记而无从判断的，答复“待定”。",
			SeverityReason: "警告：题目相近不等于同一件事，需要核实；确属同一件事的，总量被高估，或者两个部门重复投入。",
			Basis:          basisOf(law.Equals),
			Examples: []Example{{
				Given:  "某市林业规划有任务“实施北山林场退化林修复和水源涵养林建设工程”，由林业部门牵头；该市生态规划有“北山林场退化林修复和水源涵养林建设工程”，由生态环境部门牵头。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleTasks("实施北山林场退化林修复和水源涵养林建设工程", "organization:forest", "北山林场退化林修复和水源涵养林建设工程", "organization:ecology")
				},
			}, {
				Given:  "同样两项任务，由同一部门牵头。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleTasks("实施北山林场退化林修复和水源涵养林建设工程", "organization:forest", "北山林场退化林修复和水源涵养林建设工程", "organization:forest")
				},
			}, {
				Given:  "同样两项任务，其中一项没有注明牵头部门。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleTasks("实施北山林场退化林修复和水源涵养林建设工程", "organization:forest", "北山林场退化林修复和水源涵养林建设工程", "")
				},
			}},
		},
	}
}

// double is two works of two plans that may be one.
type double struct {
	a, b    *effort
	percent int // of likeness
}

func checkDoubles(f *Facts, r *Report) {
	if f.Scope.Kind == RegionScope {
		f.doubles(f.tasks(), r, "", func(d double) (Outcome, Reason) { return f.deployedTwice(d) }, f.sameDeployment)
		return
	}
	for total, works := range f.contributions() {
		f.doubles(works, r, total, func(d double) (Outcome, Reason) { return f.countedTwice(d) },
			func(d double) *plan.Finding { return f.sameCount(d, total) })
	}
}

// doubles answers for works of which there are several plans': for the pairs that are, or may be, one work, and for every other work that it
// has no double.
func (f *Facts) doubles(works []*effort, r *Report, total plan.ID, judge func(double) (Outcome, Reason), find func(double) *plan.Finding) {
	if !severalPlans(works) {
		return
	}
	indicator := plan.ID("")
	if total != "" {
		indicator = f.Scope.ID
	}
	suspect := map[*effort]bool{}
	for d := range nearDoubles(works, total != "") {
		answer := pairAnswer(d.a, d.b)
		answer.Indicator = indicator
		if answer.Outcome, answer.Reason = judge(d); answer.Outcome == Pass {
			continue
		}
		suspect[d.a], suspect[d.b] = true, true
		if answer.Outcome == Fail {
			answer.Finding, answer.Subjects = find(d), []plan.ID{d.a.id, d.b.id}
			if total != "" {
				answer.Subjects = append(answer.Subjects, total)
			}
		}
		r.Answer(answer)
	}
	for _, w := range works {
		if suspect[w] {
			continue
		}
		answer := Answer{A: w.plan.ID, Indicator: indicator, Outcome: Pass}
		if why := f.Frame.standings[w.index]; why.Code != "" {
			answer.Outcome, answer.Reason = NotApplicable, why
		}
		r.Answer(answer)
	}
}

func severalPlans(works []*effort) bool {
	return slices.ContainsFunc(works, func(w *effort) bool { return w.index != works[0].index })
}

// nearDoubles yields the pairs of works of two plans whose titles are alike, or same where that is asked for, in a fixed order.
func nearDoubles(works []*effort, same bool) iter.Seq[double] {
	return func(yield func(double) bool) {
		titles, by := byTitle(works)
		meet := func(as, bs []*effort, percent int) bool {
			for _, a := range as {
				for _, b := range bs {
					if a.index == b.index || percent == 100 && a.id > b.id {
						continue
					}
					d := double{a, b, percent}
					if a.id > b.id {
						d = double{b, a, percent}
					}
					if !yield(d) {
						return false
					}
				}
			}
			return true
		}
		if same {
			for _, title := range titles {
				if title != "" && !meet(by[title], by[title], 100) {
					return
				}
			}
		}
		for i, j := range alike(titles) {
			if !meet(by[titles[i]], by[titles[j]], min(99, likeness(grams(titles[i]), grams(titles[j])))) {
				return
			}
		}
	}
}

// byTitle groups works by their normal titles, which come sorted; a group keeps the order of works.
func byTitle(works []*effort) ([]string, map[string][]*effort) {
	by := map[string][]*effort{}
	var titles []string
	for _, w := range works {
		title := normalTitle(w.title)
		if by[title] == nil {
			titles = append(titles, title)
		}
		by[title] = append(by[title], w)
	}
	slices.Sort(titles)
	return titles, by
}

// contributions yields, in a fixed order, the projects that count toward one target of the scope's indicator, or toward the indicator itself.
func (f *Facts) contributions() iter.Seq2[plan.ID, []*effort] {
	return func(yield func(plan.ID, []*effort) bool) {
		if len(f.Beyond) == 0 {
			return // nothing is linked to the indicator or its targets
		}
		var totals []plan.ID
		linked := func(id plan.ID) {
			if len(f.Frame.links[id]) > 0 {
				totals = append(totals, id)
			}
		}
		if f.central() {
			linked(f.Scope.ID)
		}
		for s := range f.sides() {
			linked(s.target.ID)
		}
		slices.Sort(totals)
		for _, total := range totals {
			var works []*effort
			for _, l := range f.Frame.links[total] {
				p, ok := f.Beyond[l.From].(*plan.Project)
				if !ok || l.Type != plan.ContributesTo || l.To != total {
					continue
				}
				if w, ok := f.projectWork(p); ok {
					works = append(works, w)
				}
			}
			if len(works) == 0 {
				continue
			}
			slices.SortFunc(works, compareWorks)
			if !yield(total, works) {
				return
			}
		}
	}
}

// countedTwice says whether two projects with like titles are one. Where a plan doesn't say where its project is, two plans of different
// regions may mean two.
func (f *Facts) countedTwice(d double) (Outcome, Reason) {
	outcome, why := f.together(d)
	if outcome == Fail && !(d.a.located && d.b.located) && d.a.plan.Region != d.b.plan.Region {
		return Open, Reason{RegionUnstated, workZh(d.a) + "与" + workZh(d.b) + "题目相近，计入同一总量；工程所在区域没有全部注明，是否同一工程无从判断"}
	}
	return outcome, why
}

// deployedTwice says whether two tasks with like titles are one that two departments were given. A plan that follows another one may well
// take up its tasks.
func (f *Facts) deployedTwice(d double) (Outcome, Reason) {
	if f.follower(d.a.index, d.b.index, law.General) != 0 {
		return NotApplicable, Reason{TakenUp, "一份规划服从另一份，相近的任务是承接，不是重复"}
	}
	outcome, why := f.together(d)
	switch {
	case outcome == NotApplicable:
		return outcome, why
	case outcome == Pass || sharedLead(d.a, d.b):
		return Pass, Reason{}
	case len(d.a.leads) == 0 || len(d.b.leads) == 0:
		return Open, Reason{LeadUnstated, workZh(d.a) + "与" + workZh(d.b) + "题目相近，牵头部门没有全部注明，是否重复部署无从判断"}
	}
	return outcome, why
}

// together says FAIL of two works at one place and time.
func (f *Facts) together(d double) (Outcome, Reason) {
	if why := f.unmet(d.a, d.b); why.Code != "" {
		return NotApplicable, why
	}
	if !f.Frame.shareGround(d.a, d.b) {
		return Pass, Reason{}
	}
	switch share, known := shareTime(d.a, d.b); {
	case !known:
		return Open, Reason{TimeUnstated, workZh(d.a) + "（" + timeZh(d.a) + "）与" + workZh(d.b) + "（" + timeZh(d.b) + "）题目相近，时间是否重叠无从判断"}
	case share:
		return Fail, Reason{}
	}
	return Pass, Reason{}
}

func (f *Facts) sameDeployment(d double) *plan.Finding {
	return f.merge(d, "两项任务很可能是同一件事，却由不同部门牵头", "R20：同一区域、同一时间，题目相近的任务由没有一个相同的部门牵头。", "leads")
}

func (f *Facts) sameCount(d double, total plan.ID) *plan.Finding {
	name := "指标“" + f.Frame.Name(f.Scope.ID) + "”"
	if s := f.find(total)[0]; s != nil {
		t := s.target
		name = f.Frame.Title(t.Plan) + f.subjectZh(t) + "的目标“" + t.Quantity.Chinese() + "”"
	}
	finding := f.merge(d, "都计入"+name+"，很可能是同一工程被计算两次", "R20：计入同一总量的两项工程，题目相同或相近，区域、时间有重叠。", "title")
	finding.About = append(finding.About, total)
	for _, w := range [2]*effort{d.a, d.b} {
		finding.Links = append(finding.Links, string(plan.LinkID(plan.ContributesTo, w.id, total)))
	}
	return finding
}

// merge is the finding on two works that should be one.
func (f *Facts) merge(d double, fault, rule, field string) *plan.Finding {
	remedy := "核实是否同一件事：是的，合并为一项，由一份规划登记、一个部门牵头；不是的，在题目中写明区别。"
	reason := "请" + law.Title(d.a.plan) + "的牵头部门（" + law.Departments(d.a.plan, f.Frame.department) + "）与" + law.Title(d.b.plan) + "的牵头部门（" +
		law.Departments(d.b.plan, f.Frame.department) + "）" + remedy
	detail := func(w *effort) string {
		if field == "leads" {
			return "（牵头部门 " + f.Frame.leadsZh(w) + "）"
		}
		return "（" + f.Frame.regionsZh(w) + "，" + timeZh(w) + "）"
	}
	evidence := func(w *effort) plan.Evidence {
		return plan.Evidence{Object: w.id, Field: field, Published: "“" + w.title + "”" + detail(w), Ref: w.ref}
	}
	steps := []plan.Step{
		f.workFacts(d.a, ""), f.workFacts(d.b, ""),
		{Step: stepNumbers, Text: "题目相近程度 " + strconv.Itoa(d.percent) + " %；区域重叠：" + f.Frame.regionsZh(d.a) + "与" + f.Frame.regionsZh(d.b) +
			"；时间重叠：" + timeZh(d.a) + "与" + timeZh(d.b) + "。"},
		{Step: stepRule, Text: rule},
	}
	steps = append(steps, normSteps(law.Equals)...)
	return &plan.Finding{
		Severity:    plan.Warning,
		Message:     workZh(d.a) + detail(d.a) + "与" + workZh(d.b) + detail(d.b) + "：" + fault + "。" + reason,
		Evidence:    []plan.Evidence{evidence(d.a), evidence(d.b)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Yields:      plan.Yields{Norm: law.Equals, Escalate: true, Reason: reason},
		About:       []plan.ID{d.a.id, d.b.id},
		Plans:       sortedPlans(d.a.plan.ID, d.b.plan.ID),
	}
}
