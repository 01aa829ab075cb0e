package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// opening says what was reviewed and how far, what it found, and what that does not say.
func (w *writer) opening(l *Letter) []string {
	s := l.report.Summary
	scope := "规划库全部在库规划"
	if n := len(w.Plans); n > 0 {
		scope = w.titles(w.Plans[:min(n, mostTitles)])
		if n > mostTitles {
			scope += "等" + strconv.Itoa(n) + "份规划"
		}
		scope += "，以及规划库中与之有关的规划"
	}
	reviewed := fmt.Sprintf("按照各类规划互为补充、协调一致、不冲突、可执行能落实的要求，对%s的衔接情况进行了审查。审查以规划库第%d次修订为准，按%d条规则逐项检查，共作出判断%d项：%s。",
		scope, w.Register.Revision, len(s.Rules), s.Answers.total(), answers(s.Answers))
	return []string{reviewed, l.result(s), l.limits(s)}
}

func (l *Letter) result(s Summary) string {
	if len(l.Items) == 0 {
		return "在已经比较的范围内，没有需要提出意见的事项。"
	}
	var grades []string
	for _, word := range plan.Info.Values() {
		if n := s.Findings[word]; n > 0 {
			grades = append(grades, severityZh(plan.Severity(word))+strconv.Itoa(n)+"项")
		}
	}
	answered := 0
	for _, i := range l.Items {
		if i.State == plan.FindingAnswered {
			answered++
		}
	}
	text := fmt.Sprintf("现提出意见%d项，其中%s。", len(l.Items), strings.Join(grades, "、"))
	if answered > 0 {
		text += fmt.Sprintf("已有%d项收到答复，一并列出。", answered)
	}
	return text + "请研究后逐项答复采纳、部分采纳或者不采纳；部分采纳和不采纳的，请说明理由。"
}

// limits says what the review does not say: nothing compared is no agreement.
func (l *Letter) limits(s Summary) string {
	undecided := s.Answers.Open + s.Answers.NotComparable
	text := "本意见只及于已登记、可比较的内容。"
	if undecided > 0 {
		text += fmt.Sprintf("另有%d项无法判断（待定%d项、不可比%d项），原因见附件。", undecided, s.Answers.Open, s.Answers.NotComparable)
	}
	if n := s.Verdicts[string(coherence.Unchecked)]; n > 0 {
		text += fmt.Sprintf("所涉%d对规划中，有%d对没有可以检查的共同内容。", s.Pairs, n)
	}
	return text + "未提出意见的，不等于已经认定一致。"
}

func (c Counts) total() int { return c.Passed + c.Failed + c.Open + c.NotComparable + c.NotApplicable }

// annex says why things could not be compared: each reason once, with how often it came up and a few examples.
func (r *Report) annex() []string {
	type matter struct {
		text     string
		count    int
		subjects []string
	}
	var matters []*matter
	by := map[string]*matter{}
	for i := range r.NotChecked {
		n := &r.NotChecked[i]
		text := coherence.Outcome(n.Outcome).Chinese() + "：" + n.Text
		m := by[text]
		if m == nil {
			m = &matter{text: text}
			by[text], matters = m, append(matters, m)
		}
		m.count += n.Count
		if subject := n.subject(); subject != "" && !slices.Contains(m.subjects, subject) {
			m.subjects = append(m.subjects, subject)
		}
	}
	slices.SortStableFunc(matters, func(a, b *matter) int { return cmp.Compare(b.count, a.count) })
	var lines []string
	rest := r.Summary.NotCheckedDropped
	for i, m := range matters {
		if i >= mostAnnex {
			rest += m.count
			continue
		}
		line := fmt.Sprintf("%s（%d处）", m.text, m.count)
		if n := len(m.subjects); n > 0 {
			line += "。涉及：" + strings.Join(m.subjects[:min(n, mostExamples)], "；")
			if n > mostExamples {
				line += fmt.Sprintf("；等%d项", n)
			}
		}
		lines = append(lines, line+"。")
	}
	if rest > 0 {
		lines = append(lines, fmt.Sprintf("其余%d处从略。", rest))
	}
	return lines
}

// subject names the plans and the indicator that could not be compared.
func (n *NotChecked) subject() string {
	var parts []string
	for _, p := range n.plans() {
		parts = append(parts, "《"+strings.NewReplacer("《", "〈", "》", "〉").Replace(called(p))+"》")
	}
	text := strings.Join(parts, "与")
	if n.Indicator != nil {
		text += "指标“" + called(*n.Indicator) + "”"
	}
	return text
}
