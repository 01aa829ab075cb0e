package coherence

import (
	"context"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Answered is what a rule said to one of its examples.
type Answered struct {
	Given   string
	Answer  Outcome
	Message string // the finding's or the reason's, "" when it just passes
}

// Try executes an example with its rule. The answer is the gravest that the rule gave about pairs of plans, or where it spoke of none, about
// single plans and indicators: FAIL, then PASS, then NOT_COMPARABLE, then OPEN.
func (r *Rule) Try(e Example) (Answered, error) {
	objects := e.Objects()
	frame := NewFrame(objects)
	run, err := Check(context.Background(), frame, NewMemory(objects), Options{Rules: []*Rule{r}})
	if err != nil {
		return Answered{}, err
	}
	a := Answered{Given: e.Given, Answer: NotApplicable, Message: "没有可供本规则检查的内容"}
	switch c := run.mainly(); {
	case c.Failed > 0:
		a.Answer = Fail
	case c.Passed > 0:
		a.Answer, a.Message = Pass, ""
	case c.NotComparable > 0:
		a.Answer = NotComparable
	case c.Open > 0:
		a.Answer = Open
	}
	for _, n := range run.NotChecked {
		if n.Outcome == a.Answer && (n.B != "" || len(run.Pairs()) == 0) {
			a.Message = n.Reason.Text
			break
		}
	}
	if len(run.Findings) > 0 {
		a.Message = run.Findings[0].Message
	}
	return a, nil
}

// mainly are the answers about pairs of plans, or all where there are none.
func (run *Run) mainly() Counts {
	var c Counts
	for _, p := range run.Pairs() {
		c.sum(run.Verdict(p[0], p[1]).Counts)
	}
	if c == (Counts{}) {
		return run.Counts
	}
	return c
}

// answersZh says what a planner may read out of each answer.
func answersZh() string {
	return "不通过：两处有矛盾，或有缺漏，须处理。通过：比较过，没有问题。待定：缺少判断所需的内容，答复说明缺什么。" +
		"不可比：两处说的不是同一件事，答复说明为什么。不适用：本规则不涉及。没有比较过的，不算通过。"
}

// Explain is a rule's documentation for reading, with the answers that it really gives to its examples. A rule that doesn't exist is a
// NOT_FOUND that lists those that do.
func Explain(id string) (string, error) {
	rule := find(Rules(), id)
	if rule == nil {
		return "", plan.Errorf(plan.NotFound, "rule", "saw rule %q, wanted one of %s", id, strings.Join(idsOf(Rules()), ", "))
	}
	var b strings.Builder
	b.WriteString(rule.ID + "  " + rule.Title + "  " + rule.Name + "\n")
	b.WriteString("维度 Dimension: " + dimensionZh(rule.Dimension) + " " + string(rule.Dimension) + "\n")
	b.WriteString("最高级别 Severity: " + severityZh(rule.Severity) + " " + string(rule.Severity) + "\n")
	for _, s := range rule.sections() {
		b.WriteString("\n" + s.heading + "\n  " + s.text + "\n")
	}
	b.WriteString("\n示例 Examples\n")
	for _, e := range rule.Doc.Examples {
		a, err := rule.Try(e)
		if err != nil {
			return "", err
		}
		b.WriteString("  · " + a.Given + "\n    → " + a.text() + "\n")
	}
	b.WriteString("\n答复的含义 Answers\n  " + answersZh() + "\n")
	return b.String(), nil
}

// section is one heading of a rule's documentation.
type section struct{ heading, text string }

func (r *Rule) sections() []section {
	return []section{
		{"比较什么 What it compares", r.Doc.Compares},
		{"何时不通过 When it fails", r.Doc.FailsWhen},
		{"级别与理由 How severe, and why", r.Doc.SeverityReason},
		{"依据 Basis", citationsZh(r.Doc.Basis)},
	}
}

func (a Answered) text() string {
	text := a.Answer.Chinese() + " " + string(a.Answer)
	if a.Message != "" {
		text += "：" + a.Message
	}
	return text
}

// citationsZh names each law once, with its articles in the order in which they are cited.
func citationsZh(citations []law.Citation) string {
	var texts []string
	at := map[string]int{} // of a law among texts
	for _, c := range citations {
		i, named := at[c.Law]
		switch article := "第" + c.Article + "条"; {
		case !named:
			at[c.Law] = len(texts)
			texts = append(texts, c.Text())
		case c.Article != "" && !strings.Contains(texts[i], article):
			texts[i] += "、" + article
		}
	}
	return strings.Join(texts, "；")
}
