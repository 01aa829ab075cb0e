package coherence

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func resourceOverdraw() *Rule {
	return &Rule{
		ID: "R22", Name: "resource-overdraw", Title: "工程需求超过资源上限",
		Dimension: plan.Executable, Severity: plan.Blocker, Scopes: []ScopeKind{IndicatorScope},
		Check: checkDemands,
		Doc: Doc{
			Compares:  "各规划的重大工程登记的资源需求（用水、用地、用能等）之和，与同一指标、同一年份、所在区域或其上级区域的有效上限（上限型目标值或法定控制数）。",
			FailsWhen: "已知的需求连同各自的四舍五入加总之后，仍超过上限。需求没有数值、没有年份，或者没有登记上限的，答复“待定”；已知的需求已经超过的，不待其余。",
			SeverityReason: "水资源为阻断：超过用水上限的工程依法不得取水，规划照此无法实施；其他资源为错误。" +
				"由优先次序最低的工程让步：所在规划居下位的，同位次的取最后印发的（推定）。",
			Basis: append(basisOf(law.Control, law.Level), laterYields()),
			Examples: []Example{{
				Given:  "某市“用水总量不超过 10.0 亿m³”，两项工程分别需水 6.0 亿m³和 5.0 亿m³。",
				Answer: Fail,
				Objects: func() []plan.Object {
					return exampleDemands("<= 10.0 亿m³", "6.0 亿m³", "5.0 亿m³")
				},
			}, {
				Given:  "某市“用水总量不超过 10.0 亿m³”，两项工程分别需水 3.0 亿m³和 2.0 亿m³。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleDemands("<= 10.0 亿m³", "3.0 亿m³", "2.0 亿m³")
				},
			}, {
				Given:  "某市“用水总量不超过 10.0 亿m³”，一项工程需水 6.0 亿m³，另一项的需水量没有数值。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleDemands("<= 10.0 亿m³", "6.0 亿m³", "qualitative: 待论证")
				},
			}},
		},
	}
}

// exampleDemands is a city with a cap on water and projects of two plans that want some of it.
func exampleDemands(limit string, wants ...string) []plan.Object {
	objects := append(exampleFrame("用水总量", plan.Down),
		examplePlan("cap", "某市水资源规划", plan.Prefectural, "region:city"), exampleTarget{value: limit}.of("cap"))
	for i, want := range wants {
		code := []string{"a", "b"}[i]
		p := examplePlan(code, []string{"某市工业规划", "某市农业规划"}[i], plan.Prefectural, "region:city")
		p.IssuedAt = plan.Date("2022-0" + strconv.Itoa(i+1))
		project := &plan.Project{
			Meta: plan.Meta{ID: plan.MakeID("project", code, "1"), Code: "1"}, Title: []string{"工业园区供水工程", "灌区扩建工程"}[i], Plan: p.ID,
		}
		objects = append(objects, p, project, &plan.Demand{
			Meta: plan.Meta{ID: plan.MakeID("demand", code, "1/water"), Code: "1/water"}, Year: 2025, Quantity: exampleQuantity(want),
			Project: project.ID, Indicator: "indicator:x", Region: "region:city",
		})
	}
	return objects
}

// claim is a demand made ready to be added up.
type claim struct {
	*plan.Demand
	plan  *plan.Plan
	title string // of the project
	known bool   // its amount, year and region are
}

func checkDemands(f *Facts, r *Report) {
	if len(f.Demands) == 0 {
		return
	}
	claims := f.claims(r)
	caps := f.caps(claims)
	for _, c := range claims {
		if !slices.ContainsFunc(caps, func(s *side) bool { return f.drawsOn(c, s) }) {
			r.Answer(Answer{A: c.plan.ID, Indicator: f.Scope.ID, Outcome: Open, Reason: Reason{CapUnstated, "没有登记该资源在所在区域、所在年份的上限"}})
		}
	}
	for _, s := range caps {
		f.answerCap(s, slices.DeleteFunc(slices.Clone(claims), func(c claim) bool { return !f.drawsOn(c, s) }), r)
	}
}

// claims are the demands of plans in force, sorted by id; what a plan that isn't in force demands is answered for right away.
func (f *Facts) claims(r *Report) []claim {
	var all []claim
	for _, d := range f.Demands {
		i, ok := f.Frame.index[PlanOf(d.Project)]
		if !ok {
			continue
		}
		if why := f.Frame.standings[i]; why.Code != "" {
			r.Answer(Answer{A: f.Frame.numbered[i].ID, Indicator: f.Scope.ID, Outcome: NotApplicable, Reason: why})
			continue
		}
		c := claim{Demand: d, plan: f.Frame.numbered[i], title: string(d.Project)}
		if p, ok := f.Beyond[d.Project].(*plan.Project); ok {
			c.title = "“" + p.Title + "”"
		}
		c.known = shapeOf(d.Quantity.Comparator) != wordsOnly && d.Year != 0 && d.Region != ""
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b claim) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// caps are the targets in force that set an upper bound to the resource wherever it is claimed.
func (f *Facts) caps(claims []claim) []*side {
	var caps []*side
	for _, s := range f.overlying(claims) {
		allowed, _ := s.allows(f.trend())
		if _, ok := amounts(s.quantity); !ok {
			continue
		}
		if s.shape != wordsOnly && !s.quantity.Aspirational && allowed.Hi != nil && f.Frame.standings[s.index].Code == "" {
			caps = append(caps, s)
		}
	}
	return caps
}

// overlying are the targets for the regions in which anything is claimed, and for those that share a part with these.
func (f *Facts) overlying(claims []claim) []*side {
	var regions []plan.ID
	for _, c := range claims {
		if c.Region == "" {
			return f.all()
		}
		regions = append(append(regions, c.Region), f.Frame.Areas.Overlapping(c.Region)...)
	}
	slices.Sort(regions)
	var sides []*side
	for _, region := range slices.Compact(regions) {
		if here := f.in(region); here != nil {
			sides = append(sides, here.sides...)
		}
	}
	return sides
}

// drawsOn says whether a demand, as far as it says where and when, is one on what a cap bounds.
func (f *Facts) drawsOn(c claim, limit *side) bool {
	if c.Region != "" && !f.Frame.Areas.Covers(limit.target.Region, c.Region) {
		return false
	}
	if c.Year == 0 || c.Year == limit.target.Year {
		return true
	}
	if limit.target.Year != 0 || limit.target.Control == "" {
		return false
	}
	outcome, _ := controlHolds(limit, c.Year)
	return outcome == ""
}

// answerCap adds up by year: a control without a year holds for each.
func (f *Facts) answerCap(limit *side, claims []claim, r *Report) {
	byYear := map[int][]claim{}
	for _, c := range claims {
		year := cmp.Or(limit.target.Year, c.Year)
		byYear[year] = append(byYear[year], c)
	}
	years := make([]int, 0, len(byYear))
	for year := range byYear {
		years = append(years, year)
	}
	slices.Sort(years)
	for _, year := range years {
		f.answerYear(limit, year, byYear[year], r)
	}
}

func (f *Facts) answerYear(limit *side, year int, claims []claim, r *Report) {
	var counted, unknown []claim
	say := func(who plan.ID, o Outcome, why Reason) {
		a := Answer{A: limit.plan.ID, Indicator: f.Scope.ID, Outcome: o, Reason: why}
		if who != a.A {
			a.B = who
		}
		r.Answer(a)
	}
	for _, c := range claims {
		if !c.known {
			unknown = append(unknown, c)
			continue
		}
		outcome, why := f.countsToward(c, limit)
		if outcome != "" {
			say(c.plan.ID, outcome, why)
			continue
		}
		counted = append(counted, c)
	}
	total := emptySum()
	for _, c := range counted {
		if t, ok := termOf(c.Quantity); ok {
			total.add(t)
		}
	}
	allowed, _ := limit.allows(f.trend())
	allowed.Lo = nil
	outcome, why := Pass, Reason{}
	switch result := total.against(allowed, len(unknown) == 0); {
	case len(counted) == 0 || result == unproven:
		outcome, why = Open, Reason{DemandUnstated, projectsZh(unknown) + "的需求没有数值、年份或区域，合计尚不能与上限比较"}
	case result == exceeds:
		o := &overdraw{limit: limit, year: year, claims: counted, unknown: unknown, total: total}
		o.loser = f.lastInLine(counted)
		finding := f.overdrawn(o)
		for _, who := range each(counted, func(c claim) plan.ID { return c.plan.ID }) {
			a := Answer{A: limit.plan.ID, Indicator: f.Scope.ID, Outcome: Fail, Subjects: []plan.ID{limit.target.ID, plan.ID(strconv.Itoa(year))}, Finding: finding}
			if who != a.A {
				a.B = who
			}
			r.Answer(a)
		}
		return
	case result == unsaid:
		outcome, why = Open, Reason{OppositeBounds, "有的需求只说了至少多少，合计尚不能与上限比较"}
	}
	for _, who := range each(slices.Concat(counted, unknown), func(c claim) plan.ID { return c.plan.ID }) {
		say(who, outcome, why)
	}
}

// countsToward says why a demand can't be added up under a cap, "" when it can. A demand states no calibre.
func (f *Facts) countsToward(c claim, limit *side) (Outcome, Reason) {
	if why, ok := quantity.Comparable(c.Quantity, limit.quantity); !ok {
		return NotComparable, quantityReason(why)
	}
	if why, ok := amounts(c.Quantity); !ok {
		return NotComparable, why
	}
	return f.oneCalibre("", limit.target.Calibre)
}

func projectsZh(claims []claim) string {
	var names []string
	for _, c := range claims {
		names = append(names, law.Title(c.plan)+"的"+c.title)
	}
	return strings.Join(slices.Compact(names), "、")
}

// overdraw is what is known of a cap that is exceeded.
type overdraw struct {
	limit           *side
	year            int
	claims, unknown []claim
	total           *sum
	loser           *plan.Plan // nil where nothing decides
}

// lastInLine is the plan of the project of the lowest priority: one that none of the others follows, and of these the last; nil where the
// dates don't tell.
func (f *Facts) lastInLine(claims []claim) *plan.Plan {
	matter := matterOf(f.Frame.Indicator(f.Scope.ID))
	var lowest []*plan.Plan
	for _, c := range claims {
		followed := slices.ContainsFunc(claims, func(o claim) bool { return f.Frame.Order.Lower(o.plan.ID, c.plan.ID, matter) == o.plan.ID })
		if !followed && !slices.Contains(lowest, c.plan) {
			lowest = append(lowest, c.plan)
		}
	}
	return latestPlan(lowest)
}

func (f *Facts) overdrawn(o *overdraw) *plan.Finding {
	unit, bound := o.limit.quantity.Unit, o.limit.allowedZh(f.trend())
	severity := plan.SevError
	if matterOf(f.Frame.Indicator(f.Scope.ID)) == law.Water {
		severity = plan.Blocker
	}
	y := f.overdrawYields(o)
	_, at, _ := end(o.limit.quantity, true)
	excess := inUnit(new(big.Rat).Sub(o.total.printedHigh, at), unit)
	count := projectsZh(o.claims) + "需求合计 " + inUnit(o.total.printedHigh, unit)
	finding := &plan.Finding{
		Severity: severity,
		Message: "指标“" + f.Frame.Name(f.Scope.ID) + "”（" + f.Frame.Name(o.limit.target.Region) + "，" + strconv.Itoa(o.year) + "年）：" + count + "，超过" +
			law.Title(o.limit.plan) + "“" + bound + "”的上限 " + excess + "。" + y.Reason + "合计压减 " + excess + " 即可。",
		Evidence: []plan.Evidence{targetEvidence(o.limit, o.limit)},
		Yields:   y,
		About:    []plan.ID{o.limit.target.ID, f.Scope.ID},
		Plans:    []plan.ID{o.limit.plan.ID},
	}
	if o.loser != nil {
		finding.YieldsPlan = o.loser.ID
	}
	steps := []plan.Step{f.targetFacts(o.limit)}
	for _, c := range o.claims {
		published := c.Quantity.Published("")
		converted, _ := c.Quantity.Converted(unit)
		steps = append(steps, plan.Step{Step: stepFacts, Text: law.Title(c.plan) + "（" + whenZh(c.plan) + "）的" + c.title + "（" + f.Frame.Name(c.Region) + "，" +
			strconv.Itoa(c.Year) + "年）需求 " + published + "；" + refZh(c.Source) + "。"})
		finding.Evidence = append(finding.Evidence, plan.Evidence{Object: c.ID, Field: "quantity", Published: published, Converted: converted, Ref: c.Source.Ref})
		finding.About = append(finding.About, c.Project)
		finding.Plans = append(finding.Plans, c.plan.ID)
	}
	slices.Sort(finding.About[2:])
	finding.About = slices.Compact(finding.About)
	finding.Plans = sortedPlans(finding.Plans...)
	numbers := "需求合计 " + inUnit(o.total.printedHigh, unit) + "，上限 " + convertedZh(o.limit.quantity, unit) + "，超出 " + excess
	if len(o.unknown) > 0 {
		numbers += "；" + projectsZh(o.unknown) + "的需求没有数值，尚未计入"
	}
	steps = append(steps, plan.Step{Step: stepNumbers, Text: numbers + "。"},
		plan.Step{Step: stepRule, Text: "R22：已知的需求连同四舍五入加总之后，仍超过上限（" + bound + "）。"})
	if o.limit.target.Control != "" {
		steps = append(steps, controlSteps(o.limit)...)
	} else {
		steps = append(steps, normSteps(law.Level)...)
	}
	finding.Explanation = append(steps, citationStep(laterYields()), plan.Step{Step: stepYields, Text: y.Reason})
	return finding
}

func (f *Facts) overdrawYields(o *overdraw) plan.Yields {
	y := plan.Yields{}
	if o.limit.target.Control != "" {
		y.Norm = law.Control
	}
	if o.loser == nil {
		y.Escalate = true
		y.Reason = "工程的优先次序无从判断：提请" + law.Title(o.limit.plan) + "的牵头部门（" + law.Departments(o.limit.plan, f.Frame.department) + "）会同各工程的牵头部门统筹平衡。"
		return y
	}
	var own []claim
	for _, c := range o.claims {
		if c.plan == o.loser {
			own = append(own, c)
		}
	}
	y.Reason = "由" + projectsZh(own) + "让步：所在规划居下位，或同位次中最后印发（" + whenZh(o.loser) + "；推定先批准的已占用额度），由其牵头部门（" +
		law.Departments(o.loser, f.Frame.department) + "）压减需求、调整时序或另行落实资源。"
	return y
}
