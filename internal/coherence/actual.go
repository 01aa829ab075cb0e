package coherence

import (
	"cmp"
	"slices"
	"strconv"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// period is when something was measured, in whole calendar years; part says that it is not whole years. The zero period is not stated.
type period struct {
	from, to int
	part     bool
}

func periodOf(o *plan.Observation) period {
	s, e := string(o.PeriodStart), string(o.PeriodEnd)
	if s == "" || e == "" {
		return period{}
	}
	opens := len(s) == len("2021") || s[len("2021"):] == "-01" || s[len("2021"):] == "-01-01"
	closes := len(e) == len("2021") || e[len("2021"):] == "-12" || e[len("2021"):] == "-12-31"
	return period{o.PeriodStart.Year(), o.PeriodEnd.Year(), !opens || !closes}
}

func (p period) stated() bool { return p.to != 0 }

// actual is an observation made ready to be held against others.
type actual struct {
	*plan.Observation
	period period
	plan   *plan.Plan // that states it, nil where none does
}

// actuals are the scope's observations, sorted by id.
func (f *Facts) actuals() []*actual {
	all := make([]*actual, len(f.Observations))
	for i, o := range f.Observations {
		all[i] = &actual{Observation: o, period: periodOf(o), plan: f.Frame.Plan(o.Plan)}
	}
	slices.SortFunc(all, func(a, b *actual) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// statedBy names who states an actual: 《plan》, or the document or publisher of its source.
func (a *actual) statedBy() string {
	switch {
	case a.plan != nil:
		return law.Title(a.plan)
	case a.Source.Document != "":
		return "《" + a.Source.Document + "》"
	case a.Source.Publisher != "":
		return a.Source.Publisher
	case a.Source.Confidence == plan.Derived:
		return "反算值（" + refZh(a.Source) + "）"
	}
	return "公布值（" + refZh(a.Source) + "）"
}

func (a *actual) publishedZh() string { return a.Quantity.Published(a.Text) }

func (a *actual) evidence(converted string) plan.Evidence {
	return plan.Evidence{Object: a.ID, Field: "quantity", Published: a.publishedZh(), Converted: converted, Ref: a.Source.Ref}
}

// actualFacts is the first step about an actual: when and where it was measured, and where it was published.
func (f *Facts) actualFacts(a *actual) plan.Step {
	return plan.Step{Step: stepFacts, Text: a.statedBy() + "：指标“" + f.Frame.Name(a.Indicator) + "”（" + f.Frame.Name(a.Region) + "，" + a.period.Chinese() +
		"）实际值 " + a.publishedZh() + "；" + f.ownCalibreZh(a.Calibre) + "；" + refZh(a.Source) + "。"}
}

func (f *Facts) ownCalibreZh(calibre plan.ID) string {
	if calibre == "" {
		return "未注明统计口径"
	}
	return "口径为" + f.Frame.Name(calibre)
}

// Chinese is the period as a finding speaks of it.
func (p period) Chinese() string {
	switch {
	case !p.stated():
		return "时间未注明"
	case p.part:
		return strconv.Itoa(p.to) + "年部分时段"
	case p.from != p.to:
		return strconv.Itoa(p.from) + "—" + strconv.Itoa(p.to) + "年"
	}
	return strconv.Itoa(p.to) + "年"
}

// oneCalibre says whether two figures are of one calibre, and why not: stated on neither side they are.
func (f *Facts) oneCalibre(a, b plan.ID) (Outcome, Reason) {
	switch {
	case a == b:
		return "", Reason{}
	case a == "" || b == "":
		return Open, Reason{CalibreOneSided, "只有一方注明统计口径（" + f.Frame.Name(max(a, b)) + "），另一方的口径有待补充"}
	}
	return NotComparable, Reason{CalibreDiffers, "统计口径不同（" + f.Frame.Name(min(a, b)) + "；" + f.Frame.Name(max(a, b)) + "），须先换算到同一口径"}
}
