package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// TextOptions shape the report for a terminal.
type TextOptions struct {
	Color   bool
	Width   int  // columns to wrap at; 0 = 100
	Explain bool // also print evidence and the steps of each explanation
}

// Text writes the report for reading on a terminal: findings by pair of plans, the pairs in the order of the verdicts, then the pairs
// without findings, what concerns one plan alone, and the totals. Control characters of the register's texts are not passed on.
func Text(w io.Writer, r *Report, opts TextOptions) error {
	if opts.Width <= 0 {
		opts.Width = 100
	}
	t := &printer{w: bufio.NewWriter(w), opts: opts, findings: map[plan.ID]*Finding{}}
	for i := range r.Findings {
		t.findings[r.Findings[i].ID] = &r.Findings[i]
	}
	t.pairs(r)
	t.alone(r)
	t.closed(r)
	t.totals(r)
	return t.w.Flush()
}

type printer struct {
	w        *bufio.Writer
	opts     TextOptions
	findings map[plan.ID]*Finding
	printed  map[plan.ID]bool
}

func (t *printer) pairs(r *Report) {
	t.printed = map[plan.ID]bool{}
	var quiet []Verdict
	for _, v := range r.Verdicts {
		if len(v.Findings) == 0 {
			quiet = append(quiet, v)
			continue
		}
		t.line(0, bold, titles(v.A, v.B))
		t.verdict(v)
		for _, id := range v.Findings {
			t.printed[id] = true
			t.finding(t.findings[id])
		}
		t.reasons(v)
		t.blank()
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; !t.printed[f.ID] {
			t.line(0, bold, heading(f))
			t.finding(f)
			t.blank()
		}
	}
	t.quiet(quiet)
}

// quiet prints the pairs without findings by outcome, one line each; the reasons are for those who want explanations.
func (t *printer) quiet(verdicts []Verdict) {
	for _, outcome := range outcomes() {
		first := true
		for _, v := range verdicts {
			if v.Outcome != string(outcome) {
				continue
			}
			if first {
				t.line(0, bold, outcome.Chinese()+" "+string(outcome))
				first = false
			}
			t.hang(1, "· ", titles(v.A, v.B)+"（"+answers(v.Counts)+"）")
			t.reasons(v)
		}
		if !first {
			t.blank()
		}
	}
}

// reasons says why answers about a pair were neither passes nor failures.
func (t *printer) reasons(v Verdict) {
	if !t.opts.Explain {
		return
	}
	for _, r := range v.Reasons {
		t.hang(2, "未定：", because(r))
	}
}

func (t *printer) verdict(v Verdict) {
	word := coherence.VerdictOutcome(v.Outcome)
	color := outcomeColor(word)
	if v.mostly() {
		color = yellow
	}
	t.w.WriteString(indent + t.paint(color, v.zh()+" "+v.Outcome) + "（" + answers(v.Counts) + "）\n")
}

func (t *printer) finding(f *Finding) {
	head := t.paint(severityColor(f.Severity), "["+severityZh(f.Severity)+"]") + " " + f.Rule + " "
	t.hang(1, head, f.Message)
	if answer := f.answer(); answer != "" {
		t.line(2, "", "处理答复："+answer)
	}
	if who := f.whoYields(); who != "" {
		t.line(2, dim, "由谁改："+who)
	}
	t.line(2, dim, string(f.ID))
	if f.Location != "" {
		t.w.WriteString(strings.Repeat(indent, 2) + t.paint(dim, clean(f.Location)) + "\n") // whole, for whoever jumps there
	}
	if !t.opts.Explain {
		return
	}
	for _, e := range f.Evidence {
		t.hang(2, "证据 ", string(e.Object)+" "+e.Field+"："+figures(e))
	}
	for _, s := range f.Explanation {
		t.hang(2, pad(s.Step, 8), s.whole())
	}
}

// alone prints what concerns one plan and no pair; plans with the same matter stand together.
func (t *printer) alone(r *Report) {
	var matters []string
	about := map[string][]string{}
	for _, n := range r.NotChecked {
		if n.B != nil {
			continue
		}
		what, subject := "单个规划的待定事项", known(n.A)
		if n.A == nil {
			what, subject = "不涉及规划的指标事项", known(n.Indicator)
		}
		matter := what + "：" + n.Rule + " " + n.Text
		if about[matter] == nil {
			matters = append(matters, matter)
		}
		about[matter] = append(about[matter], called(subject))
	}
	for _, matter := range matters {
		t.line(0, bold, matter)
		for _, subject := range about[matter] {
			t.hang(1, "· ", subject)
		}
		t.blank()
	}
}

// closed prints what drafts put right.
func (t *printer) closed(r *Report) {
	if r.Changes == nil {
		return
	}
	t.line(0, bold, fmt.Sprintf("草案消除的问题 %d", len(r.Changes.Closed)))
	for i := range r.Changes.Closed {
		f := &r.Changes.Closed[i]
		t.hang(1, "· ", f.Rule+" "+f.Message)
	}
	t.blank()
}

func (t *printer) totals(r *Report) {
	s := r.Summary
	var verdicts, findings []string
	for _, word := range outcomes() {
		if n := s.Verdicts[string(word)]; n > 0 {
			verdicts = append(verdicts, fmt.Sprintf("%s %d", word.Chinese(), n))
		}
	}
	for _, word := range plan.Info.Values() {
		findings = append(findings, fmt.Sprintf("%s %d", severityZh(plan.Severity(word)), s.Findings[word]))
	}
	t.line(0, bold, fmt.Sprintf("规划对 %d：%s", s.Pairs, strings.Join(verdicts, "，")))
	t.line(0, bold, fmt.Sprintf("问题 %d：%s", len(r.Findings), strings.Join(findings, "，"))+waivedZh(s))
	t.line(0, "", fmt.Sprintf("答复：%s；未能检查 %d 项", answers(s.Answers), s.NotChecked+s.NotCheckedDropped))
}

// waivedZh says how many of the findings are waived, "" for none.
func waivedZh(s Summary) string {
	n := 0
	for _, of := range s.Waived {
		n += of
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("；其中已豁免 %d", n)
}

const indent = "  "

func (t *printer) line(depth int, style, text string) {
	for _, l := range wrap(clean(text), t.opts.Width-depth*len(indent)) {
		t.w.WriteString(strings.Repeat(indent, depth) + t.paint(style, l) + "\n")
	}
}

// hang prints a text behind a head, its further lines indented to where the text began.
func (t *printer) hang(depth int, head, text string) {
	margin := depth*len(indent) + columns(uncolored(head))
	for i, l := range wrap(clean(text), max(20, t.opts.Width-margin)) {
		if i == 0 {
			t.w.WriteString(strings.Repeat(indent, depth) + head + l + "\n")
			continue
		}
		t.w.WriteString(strings.Repeat(" ", margin) + l + "\n")
	}
}

func (t *printer) blank() { t.w.WriteByte('\n') }
