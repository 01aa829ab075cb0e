package report

import (
	"strconv"
	"strings"
)

// table is a part of the report in rows; the cells are strings or ints.
type table struct {
	name   string // in English, as in JSON
	title  string // in Chinese
	header []column
	rows   [][]any
}

// column has a name for programs, a title for people, and a width in characters for sheets.
type column struct {
	name, title string
	width       float64
}

func (r *Report) verdictTable() table {
	t := table{name: "verdicts", title: "规划对", header: []column{
		{"a", "规划甲", 22}, {"aTitle", "规划甲名称", 40}, {"b", "规划乙", 22}, {"bTitle", "规划乙名称", 40},
		{"outcome", "结论", 16}, {"outcomeTitle", "结论（中文）", 12}, {"complementary", "互为补充", 10}, {"executable", "可执行", 10},
		{"passed", "通过", 8}, {"failed", "不通过", 8}, {"open", "待定", 8}, {"notComparable", "不可比", 8}, {"notApplicable", "不适用", 8},
		{"findings", "问题", 30}, {"reasons", "未定的原因", 60},
	}}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		var findings, reasons []string
		for _, id := range v.Findings {
			findings = append(findings, string(id))
		}
		for _, reason := range v.Reasons {
			reasons = append(reasons, because(reason))
		}
		t.add(string(v.A.ID), v.A.Title, string(v.B.ID), v.B.Title, v.Outcome, v.zh(), assessed(v.Complementary), assessed(v.Executable),
			v.Counts.Passed, v.Counts.Failed, v.Counts.Open, v.Counts.NotComparable, v.Counts.NotApplicable,
			strings.Join(findings, " "), strings.Join(reasons, "；"))
	}
	return t
}

func (r *Report) findingTable() table {
	t := table{name: "findings", title: "问题", header: []column{
		{"id", "编号", 28}, {"rule", "规则", 8}, {"severity", "严重程度", 12}, {"dimension", "维度", 16}, {"state", "状态", 10},
		{"plans", "规划", 30}, {"planTitles", "规划名称", 50}, {"message", "说明", 80}, {"evidence", "证据", 60},
		{"yields", "由谁改", 40}, {"norm", "准则", 8}, {"explanation", "推理", 80}, {"location", "位置", 30},
		{"answer", "处理答复", 40},
	}}
	for i := range r.Findings {
		f := &r.Findings[i]
		var ids, evidence, steps []string
		for _, p := range f.Plans {
			ids = append(ids, string(p.ID))
		}
		for _, e := range f.Evidence {
			evidence = append(evidence, string(e.Object)+" "+e.Field+"："+figures(e))
		}
		for j := range f.Explanation {
			steps = append(steps, f.Explanation[j].Step+" "+f.Explanation[j].whole())
		}
		t.add(string(f.ID), f.Rule, string(f.Severity), string(f.Dimension), f.State, strings.Join(ids, " "), titles(f.Plans...), f.Message,
			strings.Join(evidence, "；"), f.whoYields(), f.Yields.Norm, strings.Join(steps, " "), f.Location, f.answer())
	}
	return t
}

func (r *Report) notCheckedTable() table {
	t := table{name: "notChecked", title: "未能检查", header: []column{
		{"a", "规划甲", 22}, {"aTitle", "规划甲名称", 40}, {"b", "规划乙", 22}, {"bTitle", "规划乙名称", 40},
		{"indicator", "指标", 22}, {"indicatorTitle", "指标名称", 30}, {"rule", "规则", 8}, {"outcome", "答复", 16}, {"code", "原因代码", 20},
		{"text", "原因", 80}, {"count", "处数", 8},
	}}
	for i := range r.NotChecked {
		n := &r.NotChecked[i]
		a, b, indicator := known(n.A), known(n.B), known(n.Indicator)
		t.add(string(a.ID), a.Title, string(b.ID), b.Title, string(indicator.ID), indicator.Title, n.Rule, n.Outcome, n.Code, n.Text, n.Count)
	}
	return t
}

func (t *table) add(cells ...any) {
	for i, cell := range cells {
		if text, ok := cell.(string); ok {
			cells[i] = clean(text)
		}
	}
	t.rows = append(t.rows, cells)
}

// assessed is yes or no, "" for what was not assessed.
func assessed(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

// known is what a reference points to, empty for none.
func known(r *Ref) Ref {
	if r == nil {
		return Ref{}
	}
	return *r
}

// plans are the plans that could not be checked, none where it is about an indicator alone.
func (n *NotChecked) plans() []Ref {
	var plans []Ref
	for _, p := range []*Ref{n.A, n.B} {
		if p != nil {
			plans = append(plans, *p)
		}
	}
	return plans
}
