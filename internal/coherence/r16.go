package coherence

import (
	"slices"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// graceYears is how long a plan may take to review its link to a superior text that came out later. No law states a period: whatever
// depends on it says that it is assumed.
const graceYears = 1

func superiorNewer() *Rule {
	return &Rule{
		ID: "R16", Name: "superior-newer", Title: "上位规划更新后未复核",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{PlanScope},
		Check: checkNewer,
		Doc: Doc{
			Compares: "一份规划登记的每一条“服从”“编制依据”关系的复核日期（没有复核过的，以规划自身的印发日期计），与上位规划及同一系列各版正式文本的印发日期。",
			FailsWhen: "上位规划或其同一系列的后一版本，印发于最近一次复核之后。日期没有注明，或日期精度不足以判断先后的，答复“待定”。" +
				"编制依据本身不成立的（尚未印发、已被替代等）由 R15 报告，已另行引用的版本各自判断。",
			SeverityReason: "警告：上位规划后出，原有的衔接关系存疑（推定），应当复核。印发满" + strconv.Itoa(graceYears) + "年仍未登记复核的是错误；" +
				"这一宽限期没有法律条文规定，是推定。",
			Basis: basisOf(law.Newer, law.Level, law.Category),
			Examples: []Example{{
				Given:  "2021年9月印发的某省规划服从国家规划，国家规划2022年3月印发了新的文本，某省没有登记复核。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleBasis(plan.Obeys, plan.Issued, "2022-03")
				},
			}, {
				Given:  "某省规划服从2021年3月印发的国家规划，此后没有新的文本。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleBasis(plan.Obeys, plan.Issued, "2021-03")
				},
			}, {
				Given:  "国家规划的印发日期只知道是2021年，与某省规划（2021年9月）的先后无从判断。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleBasis(plan.Obeys, plan.Issued, "2021")
				},
			}},
		},
	}
}

func checkNewer(f *Facts, r *Report) {
	p := f.Frame.Plan(f.Scope.ID)
	if p == nil {
		return
	}
	why, inForce := f.Frame.InForce(p.ID)
	for _, l := range f.Frame.out[p.ID] {
		if l.Type != plan.Obeys && l.Type != plan.BasedOn {
			continue
		}
		answer := Answer{A: p.ID, B: l.To, Outcome: NotApplicable, Reason: why}
		if inForce {
			var newer *plan.Plan
			newer, answer.Outcome, answer.Reason = f.Frame.newerThan(p, l)
			if newer != nil {
				answer.Finding, answer.Subjects = f.reopened(p, l, newer), []plan.ID{l.ID, newer.ID}
			}
		}
		r.Answer(answer)
	}
}

// Newer is the text because of which R16 reports a link, nil when it does not.
func (f *Frame) Newer(l *plan.Link) *plan.Plan {
	p := f.Plan(l.From)
	if p == nil || f.Plan(l.To) == nil || l.Type != plan.Obeys && l.Type != plan.BasedOn {
		return nil
	}
	if _, inForce := f.InForce(p.ID); !inForce {
		return nil
	}
	newer, _, _ := f.newerThan(p, l)
	return newer
}

// newerThan finds the latest issued text behind a link that came out after the link was last looked at; nil unless the answer is FAIL.
func (f *Frame) newerThan(p *plan.Plan, l *plan.Link) (*plan.Plan, Outcome, Reason) {
	var newer *plan.Plan
	outcome, reason := Pass, Reason{}
	if l.Type == plan.BasedOn {
		if bad, _, _ := f.cites(p, f.Plan(l.To), l); bad == Fail {
			return nil, NotApplicable, Reason{BasisInvalid, f.Title(l.To) + "作为编制依据不成立，由 R15 报告"}
		}
	}
	texts := f.textsBehind(p, l)
	if len(texts) == 0 {
		return nil, NotApplicable, Reason{NotInForce, f.Title(l.To) + "没有已印发的正式文本，或其正式文本已另行引用"}
	}
	for _, u := range texts {
		switch o, why := issuedAfter(p, l, u); {
		case o == Fail && (newer == nil || firstOf(newer.IssuedAt, newer.AdoptedAt) < firstOf(u.IssuedAt, u.AdoptedAt)):
			newer = u
		case o == Open:
			outcome, reason = o, why
		}
	}
	if newer != nil {
		return newer, Fail, Reason{}
	}
	return nil, outcome, reason
}

// textsBehind are the issued texts that a link to one edition makes a plan follow: that edition, the others of its series and what
// supersedes it, sorted by id. An edition that the plan links to besides is left to that link.
func (f *Frame) textsBehind(p *plan.Plan, l *plan.Link) []*plan.Plan {
	cited := f.Plan(l.To)
	texts := slices.Clone(f.replacedBy[l.To])
	if cited.Series != "" {
		texts = append(texts, f.series[cited.Series]...)
	} else {
		texts = append(texts, cited)
	}
	slices.SortFunc(texts, func(a, b *plan.Plan) int { return int(f.index[a.ID]) - int(f.index[b.ID]) })
	return slices.DeleteFunc(slices.Compact(texts), func(u *plan.Plan) bool {
		return u.Status == plan.Draft || u.ID == p.ID || f.sameSeries(u, p) || u != cited && slices.ContainsFunc(f.out[p.ID], func(other *plan.Link) bool {
			return other.To == u.ID && (other.Type == plan.Obeys || other.Type == plan.BasedOn)
		})
	})
}

// issuedAfter says whether a text came out after a link was last reviewed or, never reviewed, after the plan's own issue. That it did is
// proven by its issue or adoption alone: a text may be older than its publication.
func issuedAfter(p *plan.Plan, l *plan.Link, u *plan.Plan) (Outcome, Reason) {
	since := l.ReviewedAt
	if since == "" {
		since = firstOf(p.IssuedAt, p.PublishedAt)
	}
	when := firstOf(u.IssuedAt, u.AdoptedAt, u.PublishedAt)
	if since == "" || when == "" {
		undated := u
		if when != "" {
			undated = p
		}
		return Open, Reason{DateUnstated, law.Title(undated) + "的印发日期未注明，无法判断" + law.Title(u) + "是否后出"}
	}
	switch order := when.Compare(since); {
	case order == plan.Before, order == plan.Same && len(since) == len("2006-01-02"):
		return Pass, Reason{}
	case order != plan.After:
		return Open, Reason{DatePrecision, law.Title(u) + "（" + whenZh(u) + "）与" + sinceZh(p, l) + "的日期精度不足以判断先后"}
	case u.IssuedAt == "" && u.AdoptedAt == "":
		return Open, Reason{DateUnstated, law.Title(u) + "只知" + whenZh(u) + "，晚于" + sinceZh(p, l) + "；印发日期未注明，无法判断是否后出"}
	}
	return Fail, Reason{}
}

// sinceZh says since when a link stands unreviewed.
func sinceZh(p *plan.Plan, l *plan.Link) string {
	if l.ReviewedAt != "" {
		return string(l.ReviewedAt) + "的复核"
	}
	return law.Title(p) + "（" + whenZh(p) + "，此后未登记复核）"
}

func (f *Facts) reopened(p *plan.Plan, l *plan.Link, u *plan.Plan) *plan.Finding {
	when := firstOf(u.IssuedAt, u.AdoptedAt)
	severity, grace := plan.Warning, "宽限期"+strconv.Itoa(graceYears)+"年（推定）未满，或检查日期未给出"
	if yearsOn(when, graceYears).Compare(f.memo.today) == plan.Before {
		severity, grace = plan.SevError, "至"+string(f.memo.today)+"已超过"+strconv.Itoa(graceYears)+"年的宽限期（推定）"
	}
	text := law.Title(u)
	if u.ID != l.To {
		text += "（所引" + f.Frame.Title(l.To) + "的后一文本）"
	}
	reason := "请" + law.Title(p) + "的牵头部门（" + law.Departments(p, f.Frame.department) + "）对照" + law.Title(u) + "逐项复核，作出必要调整，并登记复核日期。"
	steps := []plan.Step{
		{Step: stepFacts, Text: "登记的衔接关系：" + law.Title(p) + linkZh(l.Type) + f.Frame.Title(l.To) + "；" + refZh(l.Source) + "。"},
		{Step: stepFacts, Text: law.Title(u) + "：" + statusZh(u.Status) + "，" + string(when) + "印发或批准；" + refZh(u.Source) + "。"},
		{Step: stepNumbers, Text: "时间先后：" + sinceZh(p, l) + "在前，" + law.Title(u) + "（" + string(when) + "）在后；" + grace + "。"},
		{Step: stepRule, Text: "R16：上位规划后出，与它的衔接关系应当复核。"},
	}
	steps = append(steps, normSteps(law.Newer)...)
	return &plan.Finding{
		Severity: severity,
		Message:  law.Title(p) + linkZh(l.Type) + f.Frame.Title(l.To) + "，而" + text + "于" + string(when) + "印发或批准，晚于" + sinceZh(p, l) + "，" + grace + "。" + reason,
		Evidence: []plan.Evidence{
			{Object: p.ID, Field: "issuedAt", Published: sinceZh(p, l), Ref: p.Source.Ref},
			{Object: u.ID, Field: "issuedAt", Published: string(when), Ref: u.Source.Ref},
		},
		Explanation: append(steps, plan.Step{Step: stepYields, Text: reason}),
		Links:       []string{string(l.ID)},
		Yields:      plan.Yields{Norm: law.Newer, Reason: reason}, YieldsPlan: p.ID,
		About: sortedPlans(p.ID, l.To, u.ID),
		Plans: sortedPlans(p.ID, l.To, u.ID),
	}
}

// yearsOn is a date some years later, with the precision that it has.
func yearsOn(d plan.Date, years int) plan.Date {
	if d == "" {
		return ""
	}
	return plan.Date(strconv.Itoa(d.Year()+years)) + d[len("2006"):]
}
