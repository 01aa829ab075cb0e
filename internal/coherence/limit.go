package coherence

import (
	"math/big"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// LimitBasis says why a target limits what a plan may set.
type LimitBasis string

// The bases, the strictest first.
const (
	ByControl    LimitBasis = "CONTROL"    // a statutory control, P0
	BySuperior   LimitBasis = "SUPERIOR"   // a target of a plan that is to be followed
	ByAllocation LimitBasis = "ALLOCATION" // a total that is handed down, less what the other parts have
)

// limit is what one target leaves for a figure of the same indicator, region and year.
type limit struct {
	by           LimitBasis
	sides        []*side           // the target that limits; of an allocation, the total and then the other parts
	allowed      quantity.Interval // in the base of the unit kind, rounding forgiven
	lower, upper quantity.Quantity // the ends, as published where a target states them; zero for none
	spent        bool              // of an allocation: the other parts have it all
}

// ends are the two bounds that a figure sets.
func ends(q quantity.Quantity) (lower, upper quantity.Quantity) {
	at := func(c quantity.Comparator, d quantity.Decimal) quantity.Quantity {
		x := q
		x.Comparator, x.Value, x.High = c, d, quantity.Decimal{}
		return x
	}
	switch shapeOf(q.Comparator) {
	case floor:
		return q, quantity.Quantity{}
	case ceiling:
		return quantity.Quantity{}, q
	case point:
		return at(quantity.GE, q.Value), at(quantity.LE, q.Value)
	case spread:
		return at(quantity.GE, q.Value), at(quantity.LE, q.High)
	case around:
		digit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(q.Value.Scale())), nil))
		low, _ := quantity.ParseDecimal(new(big.Rat).Sub(q.Value.Rat(), digit).FloatString(q.Value.Scale()))
		high, _ := quantity.ParseDecimal(new(big.Rat).Add(q.Value.Rat(), digit).FloatString(q.Value.Scale()))
		return at(quantity.GE, low), at(quantity.LE, high)
	}
	return quantity.Quantity{}, quantity.Quantity{}
}

func limitOf(s *side, by LimitBasis, trend plan.Trend) limit {
	l := limit{by: by, sides: []*side{s}}
	l.allowed, _ = s.allows(trend)
	l.lower, l.upper = ends(asBound(s.quantity, trend))
	return l
}

// controls says which of two targets is the statutory control of the other: the one that is a control. Of two controls it is that of the
// plan that is followed; between equals neither controls the other.
func (p pair) controls() (control, held *side) {
	a, b := p.a.control, p.b.control
	switch {
	case a && b && p.follower == 0, !a && !b:
		return nil, nil
	case a && b:
		lower, upper := p.lowerUpper()
		return upper, lower
	case a:
		return p.a, p.b
	}
	return p.b, p.a
}

// leftToControl answers for rules that compare figures, where a control is involved: R05 alone speaks of it.
func (p pair) leftToControl(a Answer) (Answer, bool) {
	if control, _ := p.controls(); control == nil {
		return a, false
	}
	if a.Outcome != NotApplicable {
		a.Outcome, a.Reason = NotApplicable, Reason{ControlSpeaks, "一方是法定控制数，由 R05 判断"}
	}
	return a, true
}

// controlHolds says whether a control holds in a year: in its own, or where it states none, in every year from its plan's issue.
func controlHolds(control *side, year int) (Outcome, Reason) {
	switch {
	case year == 0:
		return NotComparable, Reason{YearUnstated, "目标年份未注明，无从确认控制数是否适用"}
	case control.target.Year == year:
		return "", Reason{}
	case control.target.Year != 0:
		return NotApplicable, Reason{YearDiffers, "控制数是另一年份的"}
	}
	since := firstOf(control.plan.IssuedAt, control.plan.PublishedAt)
	if since == "" {
		return Open, Reason{DateUnstated, law.Title(control.plan) + "的控制数未注明年份，自印发时起有效，而其印发日期也未注明"}
	}
	if since.Year() > year {
		return NotApplicable, Reason{ControlLater, law.Title(control.plan) + "（" + whenZh(control.plan) + "）的控制数在目标年份之后才下达"}
	}
	return "", Reason{}
}

// controlSteps show the law that makes a figure a control.
func controlSteps(s *side) []plan.Step {
	return append(normSteps(law.Control), plan.Step{
		Step: stepNorm, Text: law.Title(s.plan) + "的该项数值是法定控制数：" + s.target.Control + "。", Citation: controlCitation(s.target.Control),
	})
}

// controlCitation takes 《law》第n条 apart; what is written otherwise is cited as it stands.
func controlCitation(text string) plan.Citation {
	name, rest, ok := strings.Cut(strings.TrimPrefix(text, "《"), "》第")
	article, _, isArticle := strings.Cut(rest, "条")
	if !ok || !isArticle {
		return plan.Citation{Law: text}
	}
	return plan.Citation{Law: name, Article: article}
}

// latest is the one of several targets whose plan came out last; nil where the dates don't tell.
func latest(sides []*side) *side {
	plans := make([]*plan.Plan, len(sides))
	for i, s := range sides {
		plans[i] = s.plan
	}
	if i := slices.Index(plans, latestPlan(plans)); i >= 0 {
		return sides[i]
	}
	return nil
}

// latestPlan is the plan that came out last; nil where the dates don't tell.
func latestPlan(plans []*plan.Plan) *plan.Plan {
	for _, p := range plans {
		if !slices.ContainsFunc(plans, func(o *plan.Plan) bool { return o != p && cameOut(o).Compare(cameOut(p)) != plan.Before }) {
			return p
		}
	}
	return nil
}

func cameOut(p *plan.Plan) plan.Date { return firstOf(p.AdoptedAt, p.IssuedAt, p.PublishedAt) }

// planNames are the titles of the plans of targets, each once.
func planNames(sides []*side) string {
	var titles []string
	for _, s := range sides {
		titles = append(titles, law.Title(s.plan))
	}
	slices.Sort(titles)
	return strings.Join(slices.Compact(titles), "、")
}
