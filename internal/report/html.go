package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// HTML writes the report as one page that needs nothing else: no script, no other file, no other host. It has the verdicts as a heat map,
// every finding with its evidence and explanation, every pair, and what was not checked. A finding's anchor is the code of its id.
func HTML(w io.Writer, r *Report) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"clean": clean, "called": called, "titles": func(plans []Ref) string { return titles(plans...) }, "heading": heading, "answers": answers, "because": because, "figures": figures,
		"severity": severityZh, "dimension": dimensionZh, "waived": func(s Summary) string { return strings.TrimPrefix(waivedZh(s), "；") }, "inc": func(i int) int { return i + 1 },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	return page.Execute(w, r.page())
}

// page is what the template shows.
type page struct {
	*Report
	Style    template.CSS
	Plans    []Ref
	Rows     [][]pageCell
	TooMany  int // the limit of the matrix, where the plans exceed it
	Legend   []legend
	Severity []legend
	Pairs    []pageVerdict
	Problems []pageFinding
}

// pageCell is a cell of the matrix; N is the number of its pair in the list, 0 where there is none.
type pageCell struct {
	N           int
	Class, Mark string
	Title       string
	Self        bool
}

type legend struct {
	Class, Mark, Word string
	Count             int
}

type pageVerdict struct {
	*Verdict
	Class, Mark, Word string
}

type pageFinding struct {
	*Finding
	Who, Place, Reply string
	Waived            bool // shown as such
	Steps             []pageStep
}

type pageStep struct{ Name, Text string }

func (r *Report) page() *page {
	p := &page{Report: r, Style: template.CSS(pageStyle)}
	number := map[*Verdict]int{}
	shown := map[string]int{}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		number[v] = i + 1
		class, mark := v.look()
		shown[class]++
		p.Pairs = append(p.Pairs, pageVerdict{v, class, mark, v.zh()})
	}
	for _, l := range []legend{
		{"conflict", "✕", "冲突", 0}, {"inconsistent", "≠", "不一致", 0}, {"mostly", "≈", "大体一致", 0}, {"consistent", "✓", "一致", 0},
		{"incomparable", "–", "不可比", 0}, {"unchecked", "?", "未检查", 0},
	} {
		l.Count = shown[l.Class]
		p.Legend = append(p.Legend, l)
	}
	for _, word := range plan.Info.Values() {
		p.Severity = append(p.Severity, legend{Class: word, Word: severityZh(plan.Severity(word)), Count: r.Summary.Findings[word]})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		shown := pageFinding{Finding: f, Who: f.whoYields(), Place: f.Location, Reply: f.answer(), Waived: f.waived()}
		for j := range f.Explanation {
			shown.Steps = append(shown.Steps, pageStep{stepZh(f.Explanation[j].Step), f.Explanation[j].whole()})
		}
		p.Problems = append(p.Problems, shown)
	}
	p.square(r.matrix(), number)
	return p
}

func (p *page) square(m *matrix, number map[*Verdict]int) {
	if m == nil {
		p.TooMany = matrixLimit
		return
	}
	p.Plans = m.plans
	for i := range m.plans {
		row := make([]pageCell, len(m.plans))
		for j, v := range m.cells[i] {
			row[j].Self = i == j
			if v != nil {
				class, mark := v.look()
				row[j] = pageCell{N: number[v], Class: class, Mark: mark, Title: titles(v.A, v.B) + "：" + v.zh() + "（" + answers(v.Counts) + "）"}
			}
		}
		p.Rows = append(p.Rows, row)
	}
}

// look is the class of a verdict in the page's style and the mark that says the same without colours.
func (v *Verdict) look() (class, mark string) {
	switch coherence.VerdictOutcome(v.Outcome) {
	case coherence.Conflict:
		return "conflict", "✕"
	case coherence.Inconsistent:
		return "inconsistent", "≠"
	case coherence.Incomparable:
		return "incomparable", "–"
	case coherence.Coherent:
		if v.mostly() {
			return "mostly", "≈"
		}
		return "consistent", "✓"
	}
	return "unchecked", "?"
}

func stepZh(step string) string {
	switch step {
	case "FACTS":
		return "事实"
	case "NUMBERS":
		return "换算"
	case "RULE":
		return "规则"
	case "NORM":
		return "准则"
	case "YIELDS":
		return "由谁改"
	}
	return step
}
