package coherence

import (
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func notExecutable() *Rule {
	return &Rule{
		ID: "R23", Name: "not-executable", Title: "约束性指标缺少落实环节",
		Dimension: plan.Executable, Severity: plan.Warning, Scopes: []ScopeKind{PlanScope},
		Check: checkChain,
		Doc: Doc{
			Compares: "每个约束性指标的落实链条：任务、工程或措施、牵头部门、完成期限、资金、保障措施。任务、工程由登记的实施、细化、支撑关系联系到指标或指标所衡量的目标；" +
				"下级任务、写明对什么做什么的任务都算措施；保障措施由依赖或支撑关系联系。",
			FailsWhen: "链条缺少某一环节，每缺一环节一条警告；任务和工程都没有的只报这一条。" +
				"规划没有登记任何任务和工程，或没有登记任何要素关系的，答复“待定”：没有登记不等于文本没有写。",
			SeverityReason: "警告：约束性指标由政府保证完成，缺少任何一个环节都可能落空；缺的是环节还是登记，由牵头部门核对。",
			Basis:          []law.Citation{onTime()},
			Examples: []Example{{
				Given:  "约束性指标有任务支撑，任务写明了期限，没有牵头部门、措施、资金和保障措施。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleChain(&plan.Task{Deadline: "2025"}, plan.Binding, true)
				},
			}, {
				Given:  "约束性指标有任务支撑，任务写明了措施、牵头部门、期限和资金，并依赖一项保障措施。",
				Answer: Pass,
				Objects: func() []plan.Object {
					task := &plan.Task{Deadline: "2025", Action: plan.Protect, ObjectClass: "林地", Funding: "市级财政", Leads: []plan.ID{"organization:forest"}}
					return append(exampleChain(task, plan.Binding, true), exampleLink(plan.DependsOn, "task:a/1", "safeguard:a/1"))
				},
			}, {
				Given:  "规划有约束性指标和任务，没有登记任何要素关系。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleChain(&plan.Task{Deadline: "2025"}, plan.Binding, false)
				},
			}},
		},
	}
}

// exampleChain is a city's plan with a target of 2025, a task that serves it if linked, a department and a safeguard.
func exampleChain(task *plan.Task, nature plan.Nature, linked bool) []plan.Object {
	task.ID, task.Code, task.Title, task.Plan = "task:a/1", "1", "封山育林", "plan:a"
	objects := append(exampleFrame("森林覆盖率", plan.Up), examplePlan("a", "某市林业保护发展规划", plan.Prefectural, "region:city"), task,
		exampleTarget{value: "25 %", nature: nature}.of("a"),
		&plan.Organization{Meta: plan.Meta{ID: "organization:forest", Code: "forest"}, Name: "某市林业局", Type: plan.Department},
		&plan.Safeguard{Meta: plan.Meta{ID: "safeguard:a/1", Code: "1"}, Title: "加强组织领导", Plan: "plan:a"})
	if linked {
		objects = append(objects, exampleLink(plan.ContributesTo, "task:a/1", "target:a/x"))
	}
	return objects
}

func checkChain(f *Facts, r *Report) {
	p := f.Frame.Plan(f.Scope.ID)
	if p == nil || len(f.Targets) == 0 {
		return
	}
	answer := Answer{A: p.ID, Outcome: Open}
	why, inForce := f.Frame.InForce(p.ID)
	switch {
	case !inForce:
		answer.Outcome, answer.Reason = NotApplicable, why
	case len(f.Tasks)+len(f.Projects) == 0:
		answer.Reason = Reason{WorkUnrecorded, law.Title(p) + "没有登记任何任务和工程，落实链条无从判断；没有登记不等于文本没有写"}
	case !f.linkedAtAll():
		answer.Reason = Reason{LinksUnrecorded, law.Title(p) + "的要素没有登记任何衔接关系，落实链条无从判断；没有登记不等于文本没有写"}
	}
	for _, t := range f.Targets {
		if answer.Reason.Code != "" {
			r.Answer(answer)
			continue
		}
		c := f.chain(t)
		for _, step := range c.checked() {
			a := Answer{A: p.ID, Indicator: t.Indicator, Outcome: Pass}
			if len(step.By) == 0 {
				// A target may lack several links, and each may be answered on its own.
				a.Outcome, a.Finding, a.Subjects = Fail, f.unmade(p, t, c, step.Link), []plan.ID{t.ID, plan.ID(step.Link)}
			}
			r.Answer(a)
		}
	}
}

// checked are the links that are answered for: where there is neither task nor project, all others hang on that.
func (c Chain) checked() []ChainStep {
	if missing := c.missing(); len(missing) >= 2 && missing[0] == TaskLink && missing[1] == MeasureLink {
		return c.Steps[:1]
	}
	if len(c.Steps[0].By) == 0 {
		return c.Steps[1:] // a project carries the target out without a task
	}
	return c.Steps
}

func (f *Facts) unmade(p *plan.Plan, t *plan.Target, c Chain, link ChainLink) *plan.Finding {
	name := link.Chinese()
	if link == TaskLink {
		name = "任务或工程"
	}
	var has []string
	for _, s := range c.Steps {
		if len(s.By) > 0 {
			has = append(has, s.Link.Chinese()+"（"+strings.Join(f.names(s.By), "、")+"）")
		}
	}
	found := "没有登记联系到它的任何环节"
	if len(has) > 0 {
		found = "已有" + strings.Join(has, "，")
	}
	reason := "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）明确" + name + "；文本中已有的，登记其关系。"
	return &plan.Finding{
		Severity: plan.Warning,
		Message:  law.Title(p) + "的约束性" + f.subjectZh(t) + "（" + publishedZh(t) + "）缺少落实环节：" + name + "；" + found + "。" + reason,
		Evidence: []plan.Evidence{{Object: t.ID, Field: "linksIn", Published: publishedZh(t), Ref: t.Source.Ref}},
		Explanation: []plan.Step{
			{Step: stepFacts, Text: law.Title(p) + "（" + whenZh(p) + "）：" + f.subjectZh(t) + "，" + publishedZh(t) + "，约束性；" + refZh(t.Source) + "。"},
			{Step: stepNumbers, Text: "落实链条：" + found + "；缺少" + name + "。"},
			{Step: stepRule, Text: "R23：约束性指标应当有任务、工程或措施、牵头部门、完成期限、资金、保障措施。"},
			citationStep(onTime()), {Step: stepYields, Text: reason},
		},
		Yields: plan.Yields{Reason: reason}, YieldsPlan: p.ID,
		About: []plan.ID{t.ID, t.Indicator}, Plans: []plan.ID{p.ID},
	}
}

// names are the titles of elements and the names of departments.
func (f *Facts) names(ids []plan.ID) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		switch o := f.object(id).(type) {
		case *plan.Task:
			names[i] = o.Title
		case *plan.Project:
			names[i] = o.Title
		case *plan.Safeguard:
			names[i] = o.Title
		default:
			names[i] = f.Frame.Name(id)
		}
	}
	return names
}
