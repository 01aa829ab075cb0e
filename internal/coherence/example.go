package coherence

import (
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// basisOf are the citations of some norms, in their order.
func basisOf(ids ...string) []law.Citation {
	var basis []law.Citation
	for _, id := range ids {
		norm, _ := law.NormByID(id)
		basis = append(basis, norm.Basis...)
	}
	return basis
}

// exampleTarget is one target of an example; what it leaves open is a city's in 2025, of unstated nature.
type exampleTarget struct {
	value     string
	nature    plan.Nature
	region    plan.ID
	indicator string     // its name; the first target's counts
	trend     plan.Trend // of the indicator; the first target's counts
	calibre   plan.ID
	year      int
}

// exampleActual is one observation of an example: of the city in a year. A plan's own is the baseline that the target's plan gives.
type exampleActual struct {
	value   string
	year    plan.Date
	calibre plan.ID
	own     bool
}

// exampleMeasured is one plan of a city with one target, and what was measured; the indicator has two calibres.
func exampleMeasured(t exampleTarget, actuals ...exampleActual) []plan.Object {
	objects := append(exampleFrame(t.indicator, t.trend), exampleCalibres()...)
	objects = append(objects, examplePlan("a", "某市林业保护发展规划", plan.Prefectural, "region:city"), t.of("a"))
	for i, a := range actuals {
		objects = append(objects, a.observation("plan:a", strconv.Itoa(i)))
	}
	return objects
}

func exampleCalibres() []plan.Object {
	return []plan.Object{
		&plan.Calibre{Meta: plan.Meta{ID: "calibre:x/old", Code: "old"}, Name: "旧口径", Indicator: "indicator:x"},
		&plan.Calibre{Meta: plan.Meta{ID: "calibre:x/new", Code: "new"}, Name: "新口径", Indicator: "indicator:x"},
	}
}

func (e exampleActual) observation(owner plan.ID, code string) *plan.Observation {
	o := &plan.Observation{
		Meta: plan.Meta{ID: plan.MakeID("observation", code), Code: code}, Quantity: exampleQuantity(e.value), PeriodStart: e.year, PeriodEnd: e.year,
		Role: plan.Status, Indicator: "indicator:x", Region: "region:city", Calibre: e.calibre,
	}
	if e.own {
		o.ID, o.Plan, o.Role = plan.MakeID("observation", owner.Local(), code), owner, plan.Baseline
	}
	return o
}

// exampleQuantity reads a figure. One that can't be read becomes a qualitative one: the example then doesn't give its answer, and the
// catalogue's test says so.
func exampleQuantity(text string) quantity.Quantity {
	q, err := quantity.Parse(text)
	if err != nil {
		return quantity.Quantity{Comparator: quantity.Qualitative, Phrase: text}
	}
	return q
}

// exampleLevels is a province's plan with the first target over a city's plan with the second.
func exampleLevels(upper, lower exampleTarget) []plan.Object {
	return append(exampleFrame(upper.indicator, upper.trend),
		examplePlan("upper", "某省生态环境保护规划", plan.Provincial, "region:province"), upper.of("upper"),
		examplePlan("lower", "某市生态环境保护规划", plan.Prefectural, "region:city"), lower.of("lower"))
}

// examplePeers are two special plans of one city.
func examplePeers(a, b exampleTarget) []plan.Object {
	return append(exampleFrame(a.indicator, a.trend),
		examplePlan("a", "某市节能规划", plan.Prefectural, "region:city"), a.of("a"),
		examplePlan("b", "某市应对气候变化规划", plan.Prefectural, "region:city"), b.of("b"))
}

// exampleBasis is a province's plan of September 2021 that links to a national one.
func exampleBasis(typ plan.LinkType, status plan.PlanStatus, issued plan.Date) []plan.Object {
	upper := examplePlan("nation", "国家发展规划纲要", plan.National, "region:nation")
	upper.Category, upper.Status, upper.IssuedAt = plan.Development, status, issued
	lower := examplePlan("lower", "某省生态环境保护规划", plan.Provincial, "region:province")
	id := plan.LinkID(typ, lower.ID, upper.ID)
	link := &plan.Link{Meta: plan.Meta{ID: id, Code: id.Local()}, Type: typ, State: plan.Unreviewed, From: lower.ID, To: upper.ID}
	return append(exampleFrame("", ""), upper, lower, link)
}

func exampleFrame(indicator string, trend plan.Trend) []plan.Object {
	region := func(code, name string, level plan.PlanLevel, within ...plan.ID) plan.Object {
		return &plan.Region{Meta: plan.Meta{ID: plan.MakeID("region", code), Code: code}, Name: name, Type: plan.Administrative, Level: level, Within: within}
	}
	return []plan.Object{
		region("nation", "全国", plan.National),
		region("province", "某省", plan.Provincial, "region:nation"),
		region("city", "某市", plan.Prefectural, "region:province"),
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:x", Code: "x"}, Name: indicator, Trend: trend},
	}
}

func examplePlan(code, title string, level plan.PlanLevel, region plan.ID) *plan.Plan {
	return &plan.Plan{
		Meta: plan.Meta{ID: plan.MakeID("plan", code), Code: code}, Title: title, Level: level, Category: plan.Special,
		Form: plan.FormPlan, Status: plan.Issued, IssuedAt: "2021-09", Region: region,
	}
}

func (e exampleTarget) of(code string) *plan.Target {
	t := &plan.Target{
		Meta: plan.Meta{ID: plan.MakeID("target", code, "x"), Code: "x"}, Quantity: exampleQuantity(e.value), Year: 2025, Nature: plan.Unstated,
		Plan: plan.MakeID("plan", code), Indicator: "indicator:x", Region: "region:city",
		Calibre: e.calibre,
	}
	if e.year != 0 {
		t.Year = e.year
	}
	if e.nature != "" {
		t.Nature = e.nature
	}
	if e.region != "" {
		t.Region = e.region
	}
	return t
}
