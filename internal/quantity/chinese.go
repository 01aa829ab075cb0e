package quantity

import (
	"strconv"
	"strings"
)

// Chinese names the kind as findings speak of it; "" for none.
func (k Kind) Chinese() string {
	switch k {
	case Level:
		return "目标水平"
	case PercentChange:
		return "变化幅度（%）"
	case PointChange:
		return "变化量"
	case Cumulative:
		return "累计量"
	case RatePerYear:
		return "年均值"
	case Multiple:
		return "倍数"
	}
	return ""
}

// Chinese returns the quantity as a planner reads it: 不低于 23.5%, 比2020年下降不少于10%, 3000万kW(累计). "" when there is none.
func (q Quantity) Chinese() string {
	if q.IsZero() {
		return ""
	}
	text := q.chineseBody()
	if q.Aspirational && !strings.HasPrefix(text, "力争") {
		return "力争" + text
	}
	return text
}

// Published is the quantity as a source states it: in the source's words where they are given, followed by how they read unless that is the same;
// in Chinese else.
func (q Quantity) Published(words string) string {
	figure := q.Chinese()
	if words == "" {
		return figure
	}
	bare := func(text string) string { return strings.ReplaceAll(text, " ", "") }
	if bare(words) == bare(figure) {
		return "“" + words + "”"
	}
	return "“" + words + "”（" + figure + "）"
}

func (q Quantity) chineseBody() string {
	switch {
	case !q.numeric():
		return q.Phrase
	case q.Kind == PercentChange || q.Kind == PointChange:
		return q.chineseChange()
	case q.Kind == RatePerYear && q.Value.Sign() < 0 && q.High.Sign() <= 0:
		return "年均" + q.chineseFall()
	case q.Kind == RatePerYear:
		return "年均" + q.levelWord() + q.chineseAmount(q.Value, q.High)
	case q.Kind == Cumulative:
		return q.levelWord() + q.chineseAmount(q.Value, q.High) + "(累计)"
	case q.Kind == Multiple && q.BaseYear != 0:
		return q.levelWord() + q.chineseBase() + "的" + q.chineseAmount(q.Value, q.High)
	}
	return q.levelWord() + q.chineseAmount(q.Value, q.High)
}

// levelWord is the comparator before a figure that is not a change.
func (q Quantity) levelWord() string {
	switch q.Comparator {
	case GE:
		return "不低于 "
	case GT:
		return "高于 "
	case LE:
		return "不超过 "
	case LT:
		return "低于 "
	case About:
		return "约"
	}
	return ""
}

// chineseChange puts a change into words that speak of its size: a signed change of at most -10 % is a fall of no less than 10 %.
func (q Quantity) chineseChange() string {
	than := ""
	if q.BaseYear != 0 {
		than = "比" + q.chineseBase()
	}
	rangeOfBothSigns := q.Comparator == Range && q.Value.Sign() < 0 && q.High.Sign() > 0
	switch {
	case rangeOfBothSigns:
		return than + "变动" + q.chineseAmount(q.Value, q.High)
	case q.Comparator == EQ && q.Value.Sign() == 0 && than != "":
		return "与" + q.chineseBase() + "持平"
	case q.Value.Sign() < 0:
		return than + q.chineseFall()
	case q.Kind == PercentChange:
		return than + "增长" + riseWord(q.Comparator) + q.chineseAmount(q.Value, q.High)
	}
	return than + "提高" + riseWord(q.Comparator) + q.chineseAmount(q.Value, q.High)
}

// chineseFall words a negative change by its size, for which the comparator turns round.
func (q Quantity) chineseFall() string {
	turned := map[Comparator]Comparator{GE: LE, GT: LT, LE: GE, LT: GT}
	c, ok := turned[q.Comparator]
	if !ok {
		c = q.Comparator
	}
	low, high := q.Value.Abs(), q.High
	if q.Comparator == Range {
		low, high = q.High.Abs(), q.Value.Abs()
	}
	return "下降" + riseWord(c) + q.chineseAmount(low, high)
}

// riseWord is the comparator before the size of a change.
func riseWord(c Comparator) string {
	switch c {
	case GE:
		return "不少于"
	case GT:
		return "超过"
	case LE:
		return "不超过"
	case LT:
		return "少于"
	case About:
		return "约"
	}
	return ""
}

func (q Quantity) chineseAmount(low, high Decimal) string {
	unit := q.Unit
	if unit == "百分点" {
		unit = "个百分点"
	}
	if q.Comparator == Range {
		return low.String() + "～" + high.String() + unit
	}
	return low.String() + unit
}

// chineseBase is the base year, with the value it had where one is stated: 2020年(28µg/m³).
func (q Quantity) chineseBase() string {
	year := strconv.Itoa(q.BaseYear) + "年"
	if !q.BaseValue.IsSet() {
		return year
	}
	return year + "(" + q.BaseValue.String() + q.BaseUnit + ")"
}
