package coherence

import (
	"iter"
	"slices"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// dropOrLimit is what the plan has to do that permits.
const dropOrLimit = "删去该项任务，或者写明不在禁限之列的范围和时间。"

func opposedActions() *Rule {
	return &Rule{
		ID: "R19", Name: "opposed-actions", Title: "对同一对象采取相反的行动",
		Dimension: plan.NoConflict, Severity: plan.Blocker, Scopes: []ScopeKind{ClassScope},
		Check:  checkActions,
		Remedy: dropOrLimit,
		Doc: Doc{
			Compares: "两份规划对同一类对象（如“露天矿山”）部署的行动：一方扩大或准许，一方压减或禁止，且区域有重叠。" +
				"任务没有注明区域、时间的，按规划的区域、规划期理解；任务的时间从规划期开始，到完成时限为止。" +
				"“保护”与其他行动可以并存（保护湿地与扩大湿地并不相反），不作判断。",
			FailsWhen:      "相反的两项行动，时间也有重叠。时间没有注明、或日期精度不足以判断的，答复“待定”；时间不重叠的，通过。",
			SeverityReason: "压减、禁止的一方是上位规划的，阻断：下位规划照此执行，上位的禁止必然落空；其余为错误：两项行动不能同时执行。",
			Basis:          append(basisOf(law.Level, law.Category, law.Equals), strictness()),
			Examples: []Example{{
				Given:  "全省规划2021—2025年禁止新建露天矿山，某市规划同期扩大露天矿山规模。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleActions(exampleAction{action: plan.Prohibit, title: "禁止新建露天矿山"}, exampleAction{action: plan.Expand, title: "扩大露天矿山规模"})
				},
			}, {
				Given:  "全省规划2026—2030年禁止新建露天矿山，某市规划在2021—2025年扩大露天矿山规模：一先一后。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleActions(exampleAction{action: plan.Prohibit, title: "禁止新建露天矿山", from: "2026", to: "2030"},
						exampleAction{action: plan.Expand, title: "扩大露天矿山规模"})
				},
			}, {
				Given:  "全省规划禁止新建露天矿山，某市规划扩大露天矿山规模，但后者的规划期没有登记。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleActions(exampleAction{action: plan.Prohibit, title: "禁止新建露天矿山"},
						exampleAction{action: plan.Expand, title: "扩大露天矿山规模", from: unstatedDate, to: unstatedDate})
				},
			}},
		},
	}
}

// strictness decides where no norm does: what one plan forbids can't be done by another without breaking it, but it can be left undone
// without breaking either.
func strictness() law.Citation {
	return law.Citation{Law: "压减、禁止与扩大、准许不能同时执行，从严处理", Assumption: true}
}

// deed is a task with the action that it takes.
type deed struct {
	*effort
	action plan.Action
	met    bool // an opposed one was found in its region
}

func permissive(a plan.Action) bool { return a == plan.Expand || a == plan.Permit }

func restrictive(a plan.Action) bool { return a == plan.Reduce || a == plan.Prohibit }

// checkActions lets only those meet that are opposed and in regions that overlap: a nation may have tens of thousands of tasks on one class.
func checkActions(f *Facts, r *Report) {
	deeds := f.deeds(r)
	for allows, forbids := range f.opposed(deeds) {
		allows.met, forbids.met = true, true
		answer := pairAnswer(allows.effort, forbids.effort)
		answer.Outcome, answer.Reason = f.clash(allows, forbids)
		if answer.Outcome == Fail {
			answer.Finding, answer.Subjects = f.opposition(allows, forbids), []plan.ID{allows.id, forbids.id}
		}
		r.Answer(answer)
	}
	for _, d := range deeds {
		if !d.met {
			answer := Answer{A: d.plan.ID, Outcome: Pass}
			if why := f.Frame.standings[d.index]; why.Code != "" {
				answer.Outcome, answer.Reason = NotApplicable, why
			}
			r.Answer(answer)
		}
	}
}

// deeds are the scope's tasks that restrict or permit, sorted by id; those that protect are answered for at once.
func (f *Facts) deeds(r *Report) []*deed {
	var deeds []*deed
	for _, t := range f.Tasks {
		w, ok := f.taskWork(t)
		switch {
		case !ok:
		case permissive(t.Action) || restrictive(t.Action):
			deeds = append(deeds, &deed{effort: w, action: t.Action})
		case t.Action == plan.Protect:
			r.Answer(Answer{A: w.plan.ID, Outcome: NotApplicable, Reason: Reason{NoOpposite, "“保护”与其他行动可以并存，不判断是否相反"}})
		}
	}
	slices.SortFunc(deeds, func(a, b *deed) int { return compareWorks(a.effort, b.effort) })
	return deeds
}

// opposed yields the pairs of two plans of which one permits and the other restricts in a region that overlaps, each once.
func (f *Facts) opposed(deeds []*deed) iter.Seq2[*deed, *deed] {
	return func(yield func(allows, forbids *deed) bool) {
		in := map[plan.ID][]*deed{}
		for _, d := range deeds {
			for _, region := range d.regions {
				if restrictive(d.action) {
					in[region] = append(in[region], d)
				}
			}
		}
		around := map[plan.ID][]*deed{} // by region: those that restrict in it or in one that overlaps with it
		near := func(region plan.ID) []*deed {
			if known, ok := around[region]; ok {
				return known
			}
			all := slices.Clone(in[region])
			for _, other := range f.Frame.Areas.Overlapping(region) {
				all = append(all, in[other]...)
			}
			slices.SortFunc(all, func(a, b *deed) int { return compareWorks(a.effort, b.effort) })
			around[region] = slices.Compact(all)
			return around[region]
		}
		for _, allows := range deeds {
			if !permissive(allows.action) || len(in) == 0 {
				continue
			}
			seen := map[*deed]bool{}
			for _, region := range allows.regions {
				for _, forbids := range near(region) {
					if forbids.index == allows.index || seen[forbids] {
						continue
					}
					seen[forbids] = true
					if !yield(allows, forbids) {
						return
					}
				}
			}
		}
	}
}

func (f *Facts) clash(allows, forbids *deed) (Outcome, Reason) {
	if why := f.unmet(allows.effort, forbids.effort); why.Code != "" {
		return NotApplicable, why
	}
	switch share, known := shareTime(allows.effort, forbids.effort); {
	case !known:
		return Open, Reason{TimeUnstated, workZh(allows.effort) + "（" + timeZh(allows.effort) + "）与" + workZh(forbids.effort) + "（" + timeZh(forbids.effort) +
			"）行动相反，时间是否重叠无从判断；请补充规划期或完成时限"}
	case share:
		return Fail, Reason{}
	}
	return Pass, Reason{}
}

func (f *Facts) opposition(allows, forbids *deed) *plan.Finding {
	o := f.Frame.Order.Between(allows.plan.ID, forbids.plan.ID, law.General)
	severity, norm := plan.SevError, law.Equals
	reason := "两项行动不能同时执行，从严处理，由" + law.Title(allows.plan) + "调整；有异议的，由双方牵头部门会商。"
	switch o.Upper {
	case forbids.plan.ID:
		severity, norm = plan.Blocker, o.Norm
		reason = law.Decide(allows.plan, forbids.plan, o, "", f.Frame.department).Reason
	case allows.plan.ID:
		norm = law.Stricter
		reason = "下位规划可以更严，从严处理，由" + law.Title(allows.plan) + "调整。"
	}
	what := func(d *deed) string { return "（" + actionZh(d.action) + "“" + string(f.Scope.ID) + "”）" }
	evidence := func(d *deed) plan.Evidence {
		return plan.Evidence{Object: d.id, Field: "action", Published: "“" + d.title + "”" + what(d), Ref: d.ref}
	}
	steps := []plan.Step{
		f.workFacts(forbids.effort, what(forbids)), f.workFacts(allows.effort, what(allows)),
		{Step: stepNumbers, Text: "区域重叠：" + f.Frame.regionsZh(forbids.effort) + "与" + f.Frame.regionsZh(allows.effort) + "；时间重叠：" +
			timeZh(forbids.effort) + "与" + timeZh(allows.effort) + "。"},
		{Step: stepRule, Text: "R19：同一类对象，区域、时间有重叠，行动相反。"},
	}
	if norm != "" {
		steps = append(steps, normSteps(norm)...)
	}
	steps = append(steps, f.chainSteps(o)...)
	if severity != plan.Blocker {
		steps = append(steps, citationStep(strictness()))
	}
	return &plan.Finding{
		Severity: severity,
		Message: "“" + string(f.Scope.ID) + "”（" + f.Frame.regionsZh(allows.effort) + "）：" + workZh(forbids.effort) + "是" + actionZh(forbids.action) + "，" +
			workZh(allows.effort) + "是" + actionZh(allows.action) + "，行动相反，时间有重叠。" + reason + dropOrLimit,
		Evidence:    []plan.Evidence{evidence(allows), evidence(forbids)},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Links:       linkIDs(o.Chain),
		Yields:      plan.Yields{Norm: norm, Reason: reason}, YieldsPlan: allows.plan.ID,
		About: []plan.ID{allows.id, forbids.id},
		Plans: sortedPlans(allows.plan.ID, forbids.plan.ID),
	}
}

func actionZh(a plan.Action) string {
	switch a {
	case plan.Expand:
		return "扩大"
	case plan.Permit:
		return "准许"
	case plan.Reduce:
		return "压减"
	case plan.Prohibit:
		return "禁止"
	}
	return "保护"
}
