package coherence

import (
	"math/big"
	"strconv"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// subjectZh names what a pair of targets is about: 指标“森林覆盖率”（内蒙古自治区，2025年）.
func (f *Facts) subjectZh(t *plan.Target) string {
	return "指标“" + f.Frame.Name(t.Indicator) + "”（" + f.Frame.Name(t.Region) + "，" + yearsZh(t) + "）"
}

func yearsZh(t *plan.Target) string {
	switch {
	case t.Year == 0:
		return "年份未注明"
	case t.YearStart != 0:
		return strconv.Itoa(t.YearStart) + "—" + strconv.Itoa(t.Year) + "年"
	}
	return strconv.Itoa(t.Year) + "年"
}

// statedZh is 《plan》提出“figure”.
func statedZh(s *side) string {
	return law.Title(s.plan) + "提出“" + s.quantity.Chinese() + "”"
}

func natureZh(n plan.Nature) string {
	switch n {
	case plan.Binding:
		return "约束性"
	case plan.Expected:
		return "预期性"
	}
	return "性质未注明，按非约束性处理"
}

// naturesZh is the remark of a message on natures that no source states, "" when both are stated.
func naturesZh(a, b *side) string {
	switch na, nb := a.target.Nature == plan.Unstated, b.target.Nature == plan.Unstated; {
	case na && nb:
		return "两处均未注明指标性质，按非约束性处理。"
	case na:
		return law.Title(a.plan) + "未注明指标性质，按非约束性处理。"
	case nb:
		return law.Title(b.plan) + "未注明指标性质，按非约束性处理。"
	}
	return ""
}

func (f *Facts) calibreZh(t *plan.Target) string {
	if t.Calibre == "" {
		return "双方均未注明统计口径，按同一口径比较"
	}
	return "双方口径相同（" + f.Frame.Name(t.Calibre) + "）"
}

// whenZh says when a plan came out, by the most telling date that is stated.
func whenZh(p *plan.Plan) string {
	switch {
	case p.IssuedAt != "":
		return string(p.IssuedAt) + "印发"
	case p.AdoptedAt != "":
		return string(p.AdoptedAt) + "审议通过"
	case p.PublishedAt != "":
		return string(p.PublishedAt) + "公布"
	}
	return "印发日期未注明"
}

func refZh(s plan.Source) string {
	if s.Ref == "" {
		return "来源未登记"
	}
	return "来源 " + s.Ref
}

// publishedZh is a figure as its source states it.
func publishedZh(t *plan.Target) string { return t.Quantity.Published(t.Text) }

// convertedZh is a figure in the unit of the other one; of a change in per cent it is the level that is implied.
func convertedZh(q quantity.Quantity, unit string) string {
	if q.Kind == quantity.PercentChange && q.Value.IsSet() && q.Comparator != quantity.Range {
		share := new(big.Rat).Add(big.NewRat(100, 1), q.Value.Rat())
		base := "基期"
		if q.BaseYear != 0 {
			base = strconv.Itoa(q.BaseYear) + "年"
		}
		text := "相当于" + base + "水平的 " + decimalText(share) + " %"
		if q.BaseValue.IsSet() {
			level := share.Mul(share, q.BaseValue.Rat())
			text += "，即 " + strings.TrimSpace(decimalText(level.Quo(level, big.NewRat(100, 1)))+" "+q.BaseUnit)
		}
		return text
	}
	text, err := q.Converted(unit)
	if err != nil {
		return ""
	}
	return text
}

// gapZh is how far two figures are apart, "" when that isn't a number.
func gapZh(a, b quantity.Quantity) string {
	if a.Comparator == quantity.Range || b.Comparator == quantity.Range {
		return ""
	}
	d, ok := difference(a, b)
	if !ok {
		return ""
	}
	unit := a.Unit
	switch unit {
	case "%", "百分点":
		unit = "个百分点"
	}
	return decimalText(d) + strings.TrimSpace(" "+unit)
}

func severityZh(s plan.Severity) string {
	switch s {
	case plan.Blocker:
		return "阻断"
	case plan.SevError:
		return "错误"
	case plan.Warning:
		return "警告"
	}
	return "提示"
}

func dimensionZh(d plan.Dimension) string {
	switch d {
	case plan.Complementary:
		return "互为补充"
	case plan.Consistent:
		return "协调一致"
	case plan.NoConflict:
		return "不冲突"
	}
	return "可执行、能落实"
}

// lowered is one step less severe.
func lowered(s plan.Severity) plan.Severity {
	switch s {
	case plan.Blocker:
		return plan.SevError
	case plan.SevError:
		return plan.Warning
	}
	return plan.Info
}
