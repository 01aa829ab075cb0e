package coherence

import (
	"maps"
	"slices"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func lateDependency() *Rule {
	return &Rule{
		ID: "R24", Name: "late-dependency", Title: "工程、前置任务晚于所需时间",
		Dimension: plan.Executable, Severity: plan.Warning, Scopes: []ScopeKind{PlanScope},
		Check: checkLate,
		Doc: Doc{
			Compares: "工程的结束时间、任务的完成期限，与登记为由它支撑或实施的目标的年份；登记为“依赖”的前置任务或工程的结束时间，与后续工程的开始时间。",
			FailsWhen: "工程在目标年份之后才结束；或前置在后续开始之后才结束。任务没有开始时间，前置晚于任务的完成期限才不通过。" +
				"日期没有登记，或精度不足以判断先后的，答复“待定”。",
			SeverityReason: "警告：目标年份考核时工程尚未发挥作用，或后续工程开工时前置条件尚不具备；可能是工程分期，由牵头部门说明。",
			Basis:          []law.Citation{onTime()},
			Examples: []Example{{
				Given:  "任务2027年完成，支撑2025年的目标。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleChain(&plan.Task{Deadline: "2027"}, plan.Expected, true)
				},
			}, {
				Given:  "任务2025年完成，支撑2025年的目标。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleChain(&plan.Task{Deadline: "2025"}, plan.Expected, true)
				},
			}, {
				Given:  "任务没有写明完成期限。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleChain(&plan.Task{}, plan.Expected, true)
				},
			}},
		},
	}
}

// work is a task or project in time.
type work struct {
	id, plan   plan.ID
	what, ref  string
	start, end plan.Date
	task       bool
}

func workOf(o plan.Object) (work, bool) {
	switch o := o.(type) {
	case *plan.Task:
		return work{o.ID, o.Plan, "任务“" + o.Title + "”", o.Source.Ref, "", o.Deadline, true}, true
	case *plan.Project:
		return work{o.ID, o.Plan, "工程“" + o.Title + "”", o.Source.Ref, o.Start, o.End, false}, true
	}
	return work{}, false
}

// checkLate answers for the links that start at the plan's tasks and projects, each once, in the order of ids.
func checkLate(f *Facts, r *Report) {
	if f.Frame.Plan(f.Scope.ID) == nil || len(f.Tasks)+len(f.Projects) == 0 || !f.linkedAtAll() {
		return
	}
	own := f.elements().own
	for _, id := range slices.Sorted(maps.Keys(own)) {
		if w, ok := workOf(own[id]); ok {
			f.late(w, r)
		}
	}
}

func (f *Facts) late(own work, r *Report) {
	for _, l := range f.Frame.links[own.id] {
		if l.From != own.id {
			continue
		}
		var j judgement
		switch far := f.object(l.To).(type) {
		case *plan.Target:
			if l.Type != plan.ContributesTo && l.Type != plan.Implements {
				continue
			}
			j = f.servesInTime(own, far)
		case *plan.Task, *plan.Project:
			if l.Type != plan.DependsOn {
				continue
			}
			before, _ := workOf(far)
			j = f.followsInTime(own, before)
		default:
			continue
		}
		answer := Answer{A: f.Scope.ID, Outcome: j.outcome, Reason: j.reason}
		if j.other != f.Scope.ID {
			answer.B = j.other
		}
		for _, id := range []plan.ID{f.Scope.ID, j.other} {
			if why, inForce := f.Frame.InForce(id); !inForce {
				answer.Outcome, answer.Reason = NotApplicable, why
			}
		}
		if answer.Outcome == Fail {
			answer.Finding, answer.Subjects = f.tooLate(j, l), []plan.ID{l.ID}
		}
		r.Answer(answer)
	}
}

// judgement is what one link says about time: late is what comes too late for what waits for it.
type judgement struct {
	outcome    Outcome
	reason     Reason
	other      plan.ID // the plan of the far end
	late       work
	end        string // when it ends, in words
	waits      string // what waits, in words
	waitsID    plan.ID
	waitsField string
	waitsWhen  string
	waitsRef   string
}

func (f *Facts) servesInTime(own work, t *plan.Target) judgement {
	j := judgement{
		outcome: Pass, other: t.Plan, late: own, end: endZh(own), waits: f.Frame.Title(t.Plan) + "的" + f.subjectZh(t),
		waitsID: t.ID, waitsField: "year", waitsWhen: "目标年份" + yearsZh(t), waitsRef: t.Source.Ref,
	}
	switch {
	case own.end == "":
		j.outcome, j.reason = Open, Reason{DateUnstated, own.what + "的完成时间没有登记，无从判断是否赶得上目标年份"}
	case t.Year == 0:
		j.outcome, j.reason = Open, Reason{YearUnstated, "目标年份未注明，无从判断" + own.what + "是否赶得上"}
	case own.end.Year() > t.Year:
		j.outcome = Fail
	}
	return j
}

// followsInTime judges a successor and what it depends on. A task has no start: only a prerequisite later than its deadline is surely late.
func (f *Facts) followsInTime(own, before work) judgement {
	when, field, words := own.start, "start", "开始于"+string(own.start)
	if own.task {
		when, field, words = own.end, "deadline", "应在"+string(own.end)+"完成"
	}
	j := judgement{
		outcome: Pass, other: before.plan, late: before, end: endZh(before), waits: f.Frame.Title(own.plan) + "的" + own.what,
		waitsID: own.id, waitsField: field, waitsWhen: words, waitsRef: own.ref,
	}
	order := before.end.Compare(when)
	switch {
	case before.end == "":
		j.outcome, j.reason = Open, Reason{DateUnstated, "前置的" + before.what + "没有登记完成时间，无从判断先后"}
	case when == "":
		j.outcome, j.reason = Open, Reason{StartUnstated, own.what + "没有登记开始时间（任务为完成期限），无从判断先后"}
	case order == plan.After:
		j.outcome = Fail
	case own.task:
		j.outcome, j.reason = Open, Reason{StartUnstated, own.what + "没有开始时间，前置在其完成期限之前结束，是否赶得上无从判断"}
	case order == plan.Unordered, order == plan.Same && len(when) < len("2006-01-02"):
		j.outcome, j.reason = Open, Reason{DatePrecision, "前置的" + before.what + "（" + string(before.end) + "结束）与" + own.what + "（" + string(when) + "开始）的日期精度不足以判断先后"}
	}
	return j
}

func endZh(w work) string { return string(w.end) + "结束" }

func (f *Facts) tooLate(j judgement, l *plan.Link) *plan.Finding {
	p := f.Frame.Plan(j.late.plan)
	lead := "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）"
	reason := lead + "提前完成时间，或说明分期安排，使目标年份之前的部分足以支撑目标。"
	if j.waitsField != "year" {
		reason = lead + "提前完成时间，或与后续任务的牵头部门商定推迟其时间。"
	}
	late := law.Title(p) + "的" + j.late.what
	field := "end"
	if j.late.task {
		field = "deadline"
	}
	return &plan.Finding{
		Severity: plan.Warning,
		Message:  late + j.end + "，晚于需要它的" + j.waits + "（" + j.waitsWhen + "）。" + reason,
		Evidence: []plan.Evidence{
			{Object: j.late.id, Field: field, Published: string(j.late.end), Ref: j.late.ref},
			{Object: j.waitsID, Field: j.waitsField, Published: j.waitsWhen, Ref: j.waitsRef},
		},
		Explanation: []plan.Step{
			{Step: stepFacts, Text: late + "：" + j.end + "；" + refOf(j.late.ref) + "。"},
			{Step: stepFacts, Text: j.waits + "：" + j.waitsWhen + "；" + refOf(j.waitsRef) + "。登记的关系" + refZh(l.Source) + "。"},
			{Step: stepNumbers, Text: "结束于" + strconv.Itoa(j.late.end.Year()) + "年（" + string(j.late.end) + "），" + j.waitsWhen + "。"},
			{Step: stepRule, Text: "R24：支撑目标的工程应在目标年份之前完成，前置应在后续开始之前完成。"},
			citationStep(onTime()), {Step: stepYields, Text: reason},
		},
		Links:  []string{string(l.ID)},
		Yields: plan.Yields{Reason: reason}, YieldsPlan: p.ID,
		About: []plan.ID{j.late.id, j.waitsID}, Plans: sortedPlans(j.late.plan, PlanOf(j.waitsID)),
	}
}
