package coherence

import (
	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func peerTargetMismatch() *Rule {
	return &Rule{
		ID: "R02", Name: "peer-target-mismatch", Title: "平级规划目标值不一致",
		Dimension: plan.NoConflict, Severity: plan.SevError,
		Compare: checkPeers,
		Room:    roomOfBoth, Remedy: "两处应改为同一个数。",
		Doc: Doc{
			Compares: "两份互不隶属的有效规划（已印发，没有被替代或废止），对同一指标、同一口径、同一区域、同一年份各定的目标值。",
			FailsWhen: "两个取值范围没有交集；或者双方都只写一个数，数值不同，又不能由四舍五入解释：位数较多的数，按另一个数的位数四舍五入后应当与之相等。" +
				"“约”若干与另一个数在取值范围上有交集的，通过。两个下限（或两个上限）一高一低的，可以同时成立，通过；但不是同一个目标，给出提示。",
			SeverityReason: "任何一方是约束性指标，或者是任务量（累计值），为错误：两份规划不可能都完成；其余为警告。任何一方是力争目标的，降一级。",
			Basis:          basisOf(law.Equals),
			Examples: []Example{{
				Given:  "同一个市的两份专项规划：节能规划写“单位GDP能耗比2020年下降15%”，应对气候变化规划写“下降15.5%”。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "-15 % vs 2020", indicator: "单位GDP能耗", trend: plan.Down}, exampleTarget{value: "-15.5 % vs 2020"})
				},
			}, {
				Given:  "一份写“耕地保有量 17050 万亩”，另一份写“1.7 亿亩”：只是印的位数不同。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "17050 万亩", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "1.7 亿亩"})
				},
			}, {
				Given:  "一份写“耕地保有量 17050 万亩”，另一份写“增加 3 %”：一个是水平，一个是变化。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return examplePeers(exampleTarget{value: "17050 万亩", indicator: "耕地保有量", trend: plan.Up}, exampleTarget{value: "+3 % vs 2020"})
				},
			}},
		},
	}
}

func checkPeers(f *Facts, p pair, r *Report) {
	if p.follower != 0 {
		return
	}
	answer, left := p.leftToControl(p.answer(f))
	if p.outcome == "" && !left {
		match := compare(p.a, p.b)
		answer.Outcome = Pass
		if match != matches {
			answer.Finding, answer.Subjects = f.mismatch(p.a, p.b, match), []plan.ID{p.a.target.ID, p.b.target.ID}
		}
		if match == contradicts {
			answer.Outcome = Fail
		}
	}
	r.Answer(answer)
}

// match is how two figures of equals stand to each other.
type match int

const (
	matches     match = iota
	differs           // both can hold, yet they are not one target
	contradicts       // both cannot hold, or they name two numbers
)

func compare(a, b *side) match {
	same, err := quantity.Agree(a.quantity, b.quantity)
	if same && err == nil && !a.shape.opposite(b.shape) {
		return matches
	}
	if a.shape == point && b.shape == point {
		return contradicts
	}
	if a.shape == b.shape && a.shape.halfLine() {
		return differs
	}
	switch disjoint := a.rounded().Disjoint(b.rounded()); {
	case disjoint || same && !bothHold(a, b):
		return contradicts
	case a.shape.opposite(b.shape), a.shape == point && b.shape == around, a.shape == around && b.shape == point:
		return matches
	}
	return differs
}

// bothHold says whether a number exists that two opposite bounds of one figure admit: at least and at most 45 do, above and at most don't.
func bothHold(a, b *side) bool { return !a.own().Disjoint(b.own()) }

func (f *Facts) mismatch(a, b *side, m match) *plan.Finding {
	finding := &plan.Finding{
		Severity: mismatchSeverity(a, b, m),
		Evidence: []plan.Evidence{targetEvidence(a, b), targetEvidence(b, a)},
		About:    []plan.ID{a.target.ID, b.target.ID, f.Scope.ID},
		Plans:    sortedPlans(a.plan.ID, b.plan.ID),
	}
	steps := []plan.Step{f.targetFacts(a), f.targetFacts(b), f.numbers(a, b)}
	both := f.subjectZh(a.target) + "：" + statedZh(a) + "，" + statedZh(b)
	if m == differs {
		reason := "两个目标可以同时成立，无须让步；建议两规划牵头部门统一表述。"
		finding.Message = both + "，两者不冲突，但不是同一个目标。" + reason
		finding.Yields = plan.Yields{Reason: reason}
		steps = append(steps, plan.Step{Step: stepRule, Text: "R02：取值范围有交集，不构成冲突；数值不同，故作提示。"})
		steps = append(steps, normSteps(law.Equals)...)
		finding.Explanation = append(steps, plan.Step{Step: stepYields, Text: reason})
		return finding
	}
	d := law.Decide(a.plan, b.plan, law.Obligation{}, f.indicatorLead(), f.Frame.department)
	gap := ""
	if g := gapZh(a.quantity, b.quantity); g != "" {
		gap = "（相差 " + g + "）"
	}
	passing := "两处改为同一个数即可。"
	if limited := f.passingZh(a, a.index, b.index); limited != "" {
		passing = "两处应改为同一个数；就上位要求而言，" + limited
	}
	finding.Message = both + "，两者不一致" + gap + "。" + naturesZh(a, b) + d.Reason + passing
	finding.Yields, finding.YieldsPlan = d.Yields(), d.Plan
	steps = append(steps, plan.Step{Step: stepRule, Text: "R02：两规划互不隶属，同一指标、同一区域、同一年份，两个数不能由四舍五入解释为同一个数，或取值范围没有交集。"})
	steps = append(steps, normSteps(law.Equals)...)
	finding.Explanation = append(steps, plan.Step{Step: stepYields, Text: d.Reason + passing})
	return finding
}

func mismatchSeverity(a, b *side, m match) plan.Severity {
	if m == differs {
		return plan.Info
	}
	severity := plan.Warning
	if a.target.Nature == plan.Binding || b.target.Nature == plan.Binding || a.quantity.Kind == quantity.Cumulative {
		severity = plan.SevError
	}
	if a.quantity.Aspirational || b.quantity.Aspirational {
		severity = lowered(severity)
	}
	return severity
}
