package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func requiredBasisMissing() *Rule {
	return &Rule{
		ID: "R15", Name: "required-basis-missing", Title: "编制依据缺失或无效",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{PlanScope},
		Check: checkBasis,
		Doc: Doc{
			Compares: "一份规划登记的每一项编制依据和衔接对象，与其自身的印发时间；以及法律要求它以之为依据的规划是否已登记。",
			FailsWhen: "所依据（或要求衔接）的文本是征求意见稿，或当时尚未印发，或当时已被替代、废止。" +
				"要求的依据没有登记的，答复“待定”而不是“不通过”：登记的只是来源所述的依据，没有登记不等于文本没有写。",
			SeverityReason: "以不成立的文本为编制依据是错误：规划的这一条依据落空。要求衔接的文本后出或是征求意见稿，是警告：衔接不是依据，但当时无从衔接，定稿后应复核。" +
				"依据在规划印发之后才被替代的，也是警告。",
			Basis: append(basisOf(law.Level, law.Category), requirementBasis()...),
			Examples: []Example{{
				Given:  "某省规划以国家规划的征求意见稿为编制依据。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleBasis(plan.BasedOn, plan.Draft, "2021-03")
				},
			}, {
				Given:  "2021年9月印发的某省规划，以2021年3月印发的国家规划为编制依据。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleBasis(plan.BasedOn, plan.Issued, "2021-03")
				},
			}, {
				Given:  "2021年9月印发的某省规划，以国家规划为编制依据，其印发日期只知道是2021年：先后无从判断。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleBasis(plan.BasedOn, plan.Issued, "2021")
				},
			}},
		},
	}
}

func requirementBasis() []law.Citation {
	var basis []law.Citation
	for _, r := range law.Requirements() {
		basis = append(basis, r.Citation)
	}
	return basis
}

func checkBasis(f *Facts, r *Report) {
	p := f.Frame.Plan(f.Scope.ID)
	if p == nil {
		return
	}
	why, inForce := f.Frame.InForce(p.ID)
	for _, l := range f.Frame.out[p.ID] {
		if l.Type != plan.BasedOn && l.Type != plan.CoordinatesWith {
			continue
		}
		u := f.Frame.Plan(l.To)
		answer := Answer{A: p.ID, B: u.ID, Outcome: NotApplicable, Reason: why}
		if inForce {
			var c citing
			answer.Outcome, answer.Reason, c = f.Frame.cites(p, u, l)
			if answer.Outcome == Fail {
				answer.Finding, answer.Subjects = f.badBasis(p, u, l, c), []plan.ID{l.ID}
			}
		}
		r.Answer(answer)
	}
	if inForce {
		f.requirements(p, r)
	}
}

// citing is what is wrong with a text that a plan rests on.
type citing struct {
	severity plan.Severity
	fault    string // what is the matter
	remedy   string // what to do, as a sentence about the plan's lead departments begins it
	final    string // what to know about the final text of a draft; "" = nothing
}

// cites judges one link from p to a text u that it rests on or says it coheres with.
func (f *Frame) cites(p, u *plan.Plan, l *plan.Link) (Outcome, Reason, citing) {
	c := citing{severity: plan.SevError}
	if l.Type == plan.CoordinatesWith {
		c.severity = plan.Warning
	}
	if u.Status == plan.Draft {
		c.fault = "后者是征求意见稿，不是已印发的文本"
		c.final, c.remedy = f.finalTextZh(p, u)
		return Fail, Reason{}, c
	}
	if by := f.replacedBy[u.ID]; len(by) > 0 || u.Status == plan.Superseded {
		c.fault, c.remedy = "后者已废止", "核对现行文本并更新引用。"
		if len(by) > 0 {
			c.fault, c.remedy = "后者已被"+law.Title(by[0])+"（"+whenZh(by[0])+"）替代", "改引"+law.Title(by[0])+"并复核相关内容。"
		}
		if len(by) == 0 || by[0].IssuedAt.Compare(p.IssuedAt) != plan.Before {
			c.severity = plan.Warning
		}
		return Fail, Reason{}, c
	}
	return f.citedInTime(p, u, l, c)
}

// citedInTime: where no date of issue is stated, that of publication stands for it when it is early enough. That a basis wasn't there yet
// is proven by its date of issue alone; for coordination its publication will do, since nobody outside could cohere with a text before.
func (f *Frame) citedInTime(p, u *plan.Plan, l *plan.Link, c citing) (Outcome, Reason, citing) {
	since := firstOf(u.IssuedAt, u.PublishedAt)
	own := firstOf(p.IssuedAt, p.PublishedAt)
	if since == "" || own == "" {
		late := u
		if since != "" {
			late = p
		}
		return Open, Reason{DateUnstated, law.Title(late) + "的印发日期未注明，无法判断引用时是否已印发"}, c
	}
	switch order := since.Compare(own); {
	case order == plan.Before, order == plan.Same && len(own) == len("2006-01-02"):
		return Pass, Reason{}, c
	case order != plan.After:
		return Open, Reason{DatePrecision, law.Title(p) + "（" + whenZh(p) + "）与" + law.Title(u) + "（" + whenZh(u) + "）的日期精度不足以判断先后"}, c
	}
	if u.IssuedAt == "" && l.Type == plan.BasedOn {
		return Open, Reason{DateUnstated, law.Title(u) + "只知" + whenZh(u) + "，晚于" + law.Title(p) + "（" + whenZh(p) + "）；印发日期未注明，无法判断当时是否已印发"}, c
	}
	c.fault = "后者" + whenZh(u) + "，前者" + whenZh(p) + "，当时后者尚未定稿"
	c.remedy = "按定稿逐项复核衔接内容，并登记复核日期。"
	return Fail, Reason{}, c
}

func firstOf(dates ...plan.Date) plan.Date {
	for _, d := range dates {
		if d != "" {
			return d
		}
	}
	return ""
}

// finalTextZh says what became of a draft and what to do about citing it.
func (f *Frame) finalTextZh(p, draft *plan.Plan) (final, remedy string) {
	for _, final := range f.plans {
		if final.Status != plan.Issued || !f.sameSeries(final, draft) {
			continue
		}
		for _, l := range f.out[p.ID] {
			if l.Type == plan.BasedOn && l.To == final.ID {
				return "正式文本" + law.Title(final) + "已另列为依据。", "删去对征求意见稿的引用，并核对据其起草的内容与正式文本是否一致。"
			}
		}
		return "正式文本为" + law.Title(final) + "。", "改引正式文本，并核对据征求意见稿起草的内容。"
	}
	return "", "待正式文本印发后改引，并核对据征求意见稿起草的内容。"
}

func (f *Facts) badBasis(p, u *plan.Plan, l *plan.Link, c citing) *plan.Finding {
	relation := "以" + law.Title(u) + "为编制依据"
	if l.Type == plan.CoordinatesWith {
		relation = "要求与" + law.Title(u) + "衔接"
	}
	reason := "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）" + c.remedy
	steps := []plan.Step{
		{Step: stepFacts, Text: law.Title(p) + "（" + whenZh(p) + "）" + relation + "；" + refZh(l.Source) + "。"},
		{Step: stepFacts, Text: law.Title(u) + "：" + statusZh(u.Status) + "，" + whenZh(u) + "；" + refZh(u.Source) + "。"},
		{Step: stepNumbers, Text: "时间先后：" + law.Title(p) + whenZh(p) + "；" + law.Title(u) + whenZh(u) + "。"},
		{Step: stepRule, Text: "R15：" + c.fault + "。"},
	}
	// A plan answers for what it cites, whoever of the two is superior: between equals no norm has to decide that.
	norm := ""
	if o := f.Frame.Order.Between(p.ID, u.ID, law.General); o.Lower == p.ID {
		norm = o.Norm
		steps = append(steps, normSteps(norm)...)
	} else {
		steps = append(steps, normSteps(law.Equals)...)
	}
	return &plan.Finding{
		Severity: c.severity,
		Message:  law.Title(p) + relation + "，但" + c.fault + "。" + c.final + reason,
		Evidence: []plan.Evidence{
			{Object: p.ID, Field: "issuedAt", Published: whenZh(p), Ref: p.Source.Ref},
			{Object: u.ID, Field: "status", Published: statusZh(u.Status) + "，" + whenZh(u), Ref: u.Source.Ref},
		},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Links:       []string{string(l.ID)},
		Yields:      plan.Yields{Norm: norm, Reason: reason}, YieldsPlan: p.ID,
		About: []plan.ID{p.ID, u.ID},
		Plans: sortedPlans(p.ID, u.ID),
	}
}

func statusZh(s plan.PlanStatus) string {
	switch s {
	case plan.Draft:
		return "征求意见稿"
	case plan.Issued:
		return "已印发"
	}
	return "已废止"
}

// requirements answers for the bases that the law demands. What is not recorded is never a fault: the register holds what sources say of a
// plan's bases, hardly ever the whole of its own chapter on them.
func (f *Facts) requirements(p *plan.Plan, r *Report) {
	above := f.Frame.Order.Above(p.ID)
	for _, q := range law.Requirements() {
		if !q.Applies(p) {
			continue
		}
		answer := Answer{A: p.ID, Outcome: Open, Reason: Reason{BasisUnrecorded,
			q.Text + "（" + q.Citation.Text() + "）；规划库中没有登记这样的依据，请核对编制依据"}}
		for _, id := range above {
			if q.Met(p, f.Frame.Plan(id)) {
				answer.Outcome, answer.Reason = Pass, Reason{}
				break
			}
		}
		r.Answer(answer)
	}
}
