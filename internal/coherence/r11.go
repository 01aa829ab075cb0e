package coherence

import (
	"math/big"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func staleOrLagging() *Rule {
	return &Rule{
		ID: "R11", Name: "stale-or-lagging", Title: "目标已提前达到，或进度滞后",
		Dimension: plan.Executable, Severity: plan.SevError, Scopes: []ScopeKind{IndicatorScope},
		Check: checkProgress,
		Doc: Doc{
			Compares: "有效规划的目标，与同一指标、同一口径、同一区域在基期之后、目标年及以前最新的全年实际值。没有这样的实际值的，不适用；只有部分时段的，不可比。" +
				"时间只看实际值的年份，不看今天的日期。",
			FailsWhen: "进度比时间慢 10 个百分点以上：（实际值－基期值）÷（目标值－基期值），小于（实际值年份－基期年份）÷（目标年－基期年份）再减 10 个百分点。" +
				"基期值要由规划自己给出；变化幅度从零算起，累计量从起始年算起。在目标年之前已经达到目标的，通过，并给出提示。",
			SeverityReason: "警告：照此下去完不成；约束性指标为错误。提前达到为提示：目标不再起引导作用，可以评估后提高。",
			Basis:          []law.Citation{onTime()},
			Examples: []Example{{
				Given:  "“森林覆盖率2020年 20 %，2025年 25 %”，到2024年实际“21 %”：时间过了 80 %，进度只有 20 %。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "25 %", indicator: "森林覆盖率", trend: plan.Up},
						exampleActual{value: "20 %", year: "2020", own: true}, exampleActual{value: "21 %", year: "2024"})
				},
			}, {
				Given:  "同一目标，到2024年实际“24 %”：进度 80 %，与时间相称。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "25 %", indicator: "森林覆盖率", trend: plan.Up},
						exampleActual{value: "20 %", year: "2020", own: true}, exampleActual{value: "24 %", year: "2024"})
				},
			}, {
				Given:  "同一目标按旧口径，2024年的实际值“21 %”按新口径：进度无从核对。",
				Answer: NotComparable,
				Objects: func() []plan.Object {
					return exampleMeasured(exampleTarget{value: "25 %", indicator: "森林覆盖率", trend: plan.Up, calibre: "calibre:x/old"},
						exampleActual{value: "20 %", year: "2020", own: true, calibre: "calibre:x/old"}, exampleActual{value: "21 %", year: "2024", calibre: "calibre:x/new"})
				},
			}},
		},
	}
}

// onTime is a reading of the demand that plans can be carried out.
func onTime() law.Citation {
	return law.Citation{Law: "目标应当可执行、能落实，进度与时间相称", Assumption: true}
}

// progress is a target held against what was measured.
type progress struct {
	outcome Outcome
	reason  Reason
	actual  *actual  // the newest that compares
	met     bool     // the target is reached
	share   *big.Rat // of the way from base to target, nil where it isn't needed
	elapsed *big.Rat // of the time
	base    string   // what the share counts from
}

func checkProgress(f *Facts, r *Report) {
	all := f.actuals()
	if len(all) == 0 {
		return
	}
	for s := range f.sides() {
		near := since(s, all)
		if len(near) == 0 {
			continue
		}
		answer := s.answer(f)
		answer.Outcome, answer.Reason = NotApplicable, f.Frame.standings[s.index]
		if answer.Reason.Code == "" {
			p := f.progressOf(s, all, near)
			answer.Outcome, answer.Reason = p.outcome, p.reason
			if p.outcome == Fail || p.outcome == Pass && p.met && p.actual.period.to < s.target.Year {
				answer.Finding, answer.Subjects = f.pace(s, p), []plan.ID{s.target.ID}
			}
		}
		r.Answer(answer)
	}
}

// since are the actuals of a target's region from after the time that it counts from to its year. What was measured before says nothing
// about progress; nor is there any where the target has no year, or nothing says from when it counts.
func since(s *side, all []*actual) []*actual {
	after := startOf(s, all)
	if s.target.Year == 0 || after == 0 {
		return nil
	}
	var near []*actual
	for _, a := range all {
		if a.Region == s.target.Region && a.period.stated() && a.period.to > after && a.period.to <= s.target.Year && a.Role != plan.Baseline {
			near = append(near, a)
		}
	}
	return near
}

// startOf is the last year before a target's time, 0 where no source states it.
func startOf(s *side, all []*actual) int {
	switch {
	case s.quantity.BaseYear != 0:
		return s.quantity.BaseYear
	case s.target.YearStart != 0:
		return s.target.YearStart - 1
	}
	year := 0
	for _, b := range baselinesOf(s, all) {
		year = max(year, b.period.to)
	}
	if year == 0 {
		year = firstOf(s.plan.PeriodStart, s.plan.IssuedAt, s.plan.PublishedAt).Year() - 1
	}
	return max(year, 0)
}

func (f *Facts) progressOf(s *side, all, near []*actual) progress {
	var newest []*actual
	var p progress
	for _, a := range near {
		outcome, reason := f.measures(s, a)
		switch {
		case outcome == "" && (len(newest) == 0 || newest[0].period.to < a.period.to):
			newest = []*actual{a}
		case outcome == "" && newest[0].period.to == a.period.to:
			newest = append(newest, a)
		case outcome != "" && (p.outcome == "" || a.period.to >= p.actual.period.to):
			p = progress{outcome: outcome, reason: reason, actual: a}
		}
	}
	if len(newest) == 0 {
		return p
	}
	first := f.judge(s, newest[0], all)
	for _, a := range newest[1:] {
		if f.judge(s, a, all).outcome != first.outcome {
			return progress{outcome: Open, actual: a, reason: Reason{ActualsDiffer, a.period.Chinese() + "的实际值说法不一，进度无从判断；请先核定实际值"}}
		}
	}
	return first
}

// measures says why an actual doesn't measure a target's progress, "" when it does.
func (f *Facts) measures(s *side, a *actual) (Outcome, Reason) {
	if a.period.part {
		return NotComparable, Reason{PeriodDiffers, f.subjectZh(s.target) + "：" + a.period.Chinese() + "的实际值不与全年目标比较"}
	}
	if outcome, why := f.oneCalibre(s.target.Calibre, a.Calibre); outcome != "" {
		return outcome, why
	}
	if why, ok := quantity.Comparable(s.quantity, a.Quantity); !ok {
		return NotComparable, quantityReason(why)
	}
	switch {
	case relative(s.quantity.Kind) && s.quantity.BaseYear == 0:
		return Open, Reason{BaseUnstated, "目标没有说明基期，进度无从计算"}
	case total(s.quantity.Kind) && s.target.YearStart == 0:
		return Open, Reason{SpanOneSided, "目标没有说明起始年份，进度无从计算"}
	case total(s.quantity.Kind) && s.target.YearStart != a.period.from,
		s.quantity.Kind == quantity.RatePerYear && a.period.to != s.target.Year,
		s.quantity.Kind == quantity.Level && a.period.from != a.period.to:
		return NotComparable, Reason{SpanDiffers, f.subjectZh(s.target) + "：实际值的时段（" + a.period.Chinese() + "）与目标（" + yearsZh(s.target) + "）不对应"}
	}
	return "", Reason{}
}

func (f *Facts) judge(s *side, a *actual, all []*actual) progress {
	p := progress{actual: a, outcome: Pass}
	trend := f.trend()
	if trend == "" && (s.shape == point || s.shape == around) {
		return progress{actual: a, outcome: NotApplicable, reason: Reason{TrendUnstated, "指标方向未登记，不判断是否达到"}}
	}
	// Ahead of time a target counts as met only by the figures as printed; in its own year rounding is forgiven.
	admits := s.own()
	if a.period.to == s.target.Year {
		admits = s.rounded()
	}
	if s.shape == point || s.shape == around {
		admits = openEnd(admits, trend)
	}
	made := a.Quantity
	if made.Comparator == quantity.About {
		made.Comparator = quantity.EQ
	}
	reached, ok := made.Bounds()
	if p.met = ok && reached.Inside(admits); p.met {
		return p
	}
	var why Reason
	if p.share, p.elapsed, p.base, why = shareOf(s, a, all); p.share == nil {
		return progress{actual: a, outcome: Open, reason: why}
	}
	late := new(big.Rat).Sub(p.elapsed, big.NewRat(1, 10))
	if p.share.Cmp(late) < 0 {
		p.outcome = Fail
	}
	return p
}

// shareOf is how much of the way and of the time has passed; nil with a reason where no source states what it counts from.
func shareOf(s *side, a *actual, all []*actual) (share, elapsed *big.Rat, from string, why Reason) {
	target, okT := number(s.quantity)
	made, okA := number(a.Quantity)
	base, start, from := new(big.Rat), startOf(s, all), ""
	switch s.quantity.Kind {
	case quantity.Multiple:
		base.SetInt64(1)
	case quantity.Level:
		b := baseline(s, all)
		if b == nil {
			return nil, nil, "", Reason{BaseUnstated, law.Title(s.plan) + "没有给出同一口径的基期值，尚未达到的目标进度无从计算；请补充基期值"}
		}
		var ok bool
		base, ok = number(b.Quantity)
		okT, start, from = okT && ok, b.period.to, "基期值 "+b.Quantity.String()+"（"+b.period.Chinese()+"，"+refZh(b.Source)+"），"
	}
	way := new(big.Rat)
	if okT && okA {
		way.Sub(target, base)
	}
	if way.Sign() == 0 || start >= s.target.Year {
		return nil, nil, "", Reason{NoPath, "目标与基期持平，或只是区间，没有可以计算的进度"}
	}
	share = new(big.Rat).Sub(made, base)
	return share.Quo(share, way), big.NewRat(int64(a.period.to-start), int64(s.target.Year-start)), from, Reason{}
}

// baseline is the newest baseline that the target's own plan gives in its calibre and unit kind, nil where there is none or it is not one
// number.
func baseline(s *side, all []*actual) *actual {
	var newest *actual
	for _, b := range baselinesOf(s, all) {
		if _, ok := quantity.Comparable(s.quantity, b.Quantity); !ok || b.Calibre != s.target.Calibre || b.period.part || b.period.from != b.period.to {
			continue
		}
		switch {
		case newest == nil || newest.period.to < b.period.to:
			newest = b
		case newest.period.to == b.period.to && newest.Quantity != b.Quantity:
			return nil
		}
	}
	return newest
}

// number is the one number of a figure in the base of its unit kind; false for a range and for words.
func number(q quantity.Quantity) (*big.Rat, bool) {
	if q.Comparator == quantity.Range {
		return nil, false
	}
	if shapeOf(q.Comparator) != wordsOnly {
		q.Comparator = quantity.EQ
	}
	i, ok := q.Bounds()
	return i.Lo, ok
}

func (f *Facts) pace(s *side, p progress) *plan.Finding {
	a := p.actual
	made := a.period.Chinese() + "实际值为“" + a.Quantity.Chinese() + "”"
	lead := "请" + law.Title(s.plan) + "的牵头部门（" + law.Departments(s.plan, f.Frame.department) + "）"
	finding := &plan.Finding{
		Severity: plan.Info,
		Evidence: []plan.Evidence{targetEvidence(s, s), a.evidence(convertedZh(a.Quantity, s.quantity.Unit))},
		About:    []plan.ID{s.target.ID, a.ID, f.Scope.ID},
		Plans:    []plan.ID{s.plan.ID}, YieldsPlan: s.plan.ID,
	}
	numbers, rule, reason := "已在目标要求之内", "R11：目标年之前已达到的目标，不再起引导作用。", lead+"评估后提高目标，或说明维持的理由。"
	fault := "提前达到"
	if !p.met {
		numbers = p.base + "进度 " + shareZh(p.share) + "，时间已过 " + shareZh(p.elapsed)
		rule, reason, fault = "R11：进度比时间慢 10 个百分点以上。", lead+"查明原因、提出补救措施；确实无法完成的，按程序调整目标。", numbers
		finding.Severity = plan.Warning
		if s.target.Nature == plan.Binding {
			finding.Severity = plan.SevError
		}
	}
	finding.Message = f.subjectZh(s.target) + "：" + statedZh(s) + "，" + made + "（" + refZh(a.Source) + "），" + fault + "。" + reason
	finding.Yields = plan.Yields{Reason: reason}
	finding.Explanation = []plan.Step{
		f.targetFacts(s), f.actualFacts(a),
		{Step: stepNumbers, Text: "目标 " + convertedZh(s.quantity, s.quantity.Unit) + "，实际 " + convertedZh(a.Quantity, s.quantity.Unit) + "；" + numbers + "。"},
		{Step: stepRule, Text: rule}, citationStep(onTime()),
		{Step: stepYields, Text: reason},
	}
	return finding
}

func shareZh(x *big.Rat) string {
	percent := new(big.Rat).Mul(x, big.NewRat(100, 1))
	if percent.IsInt() {
		return percent.FloatString(0) + " %"
	}
	return "约 " + percent.FloatString(1) + " %"
}
