package coherence

import (
	"cmp"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func projectOnControlLine() *Rule {
	return &Rule{
		ID: "R21", Name: "project-on-control-line", Title: "工程落在管控分区的禁止范围内",
		Dimension: plan.NoConflict, Severity: plan.Blocker, Scopes: []ScopeKind{PlanScope},
		Check: checkZones,
		Doc: Doc{
			Compares: "重大工程的对象类别（如“露天矿山”），与其所在的每个管控分区（生态保护红线、永久基本农田、城镇开发边界等）登记的禁止类别。类别按字面相同判断。",
			FailsWhen: "工程的类别在禁止之列，又没有登记准予的文件。没有登记所在分区的工程、没有登记类别的工程、没有登记禁止类别的分区，都答复“待定”：" +
				"没有登记不等于没有冲突。",
			SeverityReason: "阻断：控制线是强制性内容，工程照此建设就是违法。",
			Basis:          basisOf(law.Territory),
			Examples: []Example{{
				Given:   "某市规划的“北山煤矿扩建工程”属露天矿山，位于生态保护红线内；红线内禁止露天矿山。",
				Answer:  Fail,
				Objects: func() []plan.Object { return exampleProject("露天矿山", "", "露天矿山") },
			}, {
				Given:  "同一工程，登记了准予的文件。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleProject("露天矿山", "自然资源部门批复〔2022〕1号", "露天矿山")
				},
			}, {
				Given:   "同一工程，没有登记属于哪一类对象。",
				Answer:  Open,
				Objects: func() []plan.Object { return exampleProject("", "", "露天矿山") },
			}},
		},
	}
}

func checkZones(f *Facts, r *Report) {
	owner := f.Frame.Plan(f.Scope.ID)
	if owner == nil {
		return
	}
	why, inForce := f.Frame.InForce(owner.ID)
	for _, p := range slices.SortedFunc(slices.Values(f.Projects), func(a, b *plan.Project) int { return cmp.Compare(a.ID, b.ID) }) {
		if !inForce || len(p.Zones) == 0 {
			answer := Answer{A: owner.ID, Outcome: NotApplicable, Reason: why}
			if inForce {
				answer.Outcome, answer.Reason = Open, Reason{ZoneUnstated, "“" + p.Title + "”没有登记所在的管控分区，是否触碰控制线无从判断；请补充"}
			}
			r.Answer(answer)
			continue
		}
		for _, id := range slices.Sorted(slices.Values(p.Zones)) {
			zone := f.Frame.zones[id]
			if zone == nil {
				continue
			}
			answer := Answer{A: owner.ID}
			answer.Outcome, answer.Reason = admitted(p, zone)
			if answer.Outcome == Fail {
				answer.Finding, answer.Subjects = f.trespass(owner, p, zone), []plan.ID{p.ID, zone.ID}
			}
			r.Answer(answer)
		}
	}
}

// admitted says whether a zone's rule lets a project be.
func admitted(p *plan.Project, z *plan.Zone) (Outcome, Reason) {
	class := normalTitle(p.ObjectClass)
	switch {
	case p.Exemption != "":
		return Pass, Reason{}
	case len(z.Forbids) == 0:
		return Open, Reason{ZoneRuleUnstated, "管控分区“" + z.Name + "”没有登记禁止的对象类别，落在其中的工程无从判断；请补充管控规则"}
	case class == "":
		return Open, Reason{ClassUnstated, "“" + p.Title + "”位于“" + z.Name + "”，没有登记属于哪一类对象，无从判断；请补充"}
	case slices.ContainsFunc(z.Forbids, func(forbidden string) bool { return normalTitle(forbidden) == class }):
		return Fail, Reason{}
	}
	return Pass, Reason{}
}

func (f *Facts) trespass(owner *plan.Plan, p *plan.Project, z *plan.Zone) *plan.Finding {
	forbids := "禁止“" + strings.Join(z.Forbids, "”“") + "”"
	rule := ""
	if z.Rule != "" {
		rule = "（管控规则：“" + z.Rule + "”）"
	}
	reason := "控制线不因规划而让步：由" + law.Title(owner) + "的牵头部门（" + law.Departments(owner, f.Frame.department) +
		"）调整该工程的选址或取消该工程；依法可以准予的，登记准予的文件。"
	steps := []plan.Step{
		{Step: stepFacts, Text: law.Title(owner) + "（" + whenZh(owner) + "）：工程“" + p.Title + "”，对象类别“" + p.ObjectClass + "”，位于“" + z.Name + "”，没有登记准予的文件；" + refZh(p.Source) + "。"},
		{Step: stepFacts, Text: "管控分区“" + z.Name + "”" + forbids + rule + "；" + refZh(z.Source) + "。"},
		{Step: stepNumbers, Text: "类别“" + p.ObjectClass + "”在禁止之列；本规则不比较数值。"},
		{Step: stepRule, Text: "R21：工程不得落在禁止其类别的管控分区之内。"},
	}
	steps = append(steps, normSteps(law.Territory)...)
	return &plan.Finding{
		Severity: plan.Blocker,
		Message:  law.Title(owner) + "的工程“" + p.Title + "”属“" + p.ObjectClass + "”，位于“" + z.Name + "”，该分区" + forbids + rule + "，工程没有登记准予的文件。" + reason,
		Evidence: []plan.Evidence{
			{Object: p.ID, Field: "objectClass", Published: p.ObjectClass, Ref: p.Source.Ref},
			{Object: z.ID, Field: "forbids", Published: strings.Join(z.Forbids, "、"), Ref: z.Source.Ref},
		},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Yields:      plan.Yields{Norm: law.Territory, Reason: reason}, YieldsPlan: owner.ID,
		About: []plan.ID{p.ID, z.ID},
		Plans: []plan.ID{owner.ID},
	}
}
