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
	Message string // the finding's, or the reason's, or that it passes
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
		a.Answer, a.Message = Pass, "通过"
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

// Explain is a rule's documentation for reading, with the answers that it really gives to its examples. A rule that doesn't exist is a
// NOT_FOUND that lists those that do.
func Explain(id string) (string, error) {
	rule := find(Rules(), id)
	if rule == nil {
		return "", plan.Errorf(plan.NotFound, "rule", "saw rule %q, wanted one of %s", id, strings.Join(idsOf(Rules()), ", "))
	}
	var b strings.Builder
	section := func(heading, text string) { b.WriteString("\n" + heading + "\n  " + text + "\n") }
	b.WriteString(rule.ID + "  " + rule.Title + "  " + rule.Name + "\n")
	b.WriteString("维度 Dimension: " + dimensionZh(rule.Dimension) + " " + string(rule.Dimension) + "\n")
	b.WriteString("最高级别 Severity: " + severityZh(rule.Severity) + " " + string(rule.Severity) + "\n")
	section("比较什么 What it compares", rule.Doc.Compares)
	section("何时不通过 When it fails", rule.Doc.FailsWhen)
	section("级别与理由 How severe, and why", rule.Doc.SeverityReason)
	section("依据 Basis", citationsZh(rule.Doc.Basis))
	b.WriteString("\n示例 Examples\n")
	for _, e := range rule.Doc.Examples {
		a, err := rule.Try(e)
		if err != nil {
			return "", err
		}
		b.WriteString("  · " + a.Given + "\n    → " + a.Answer.Chinese() + " " + string(a.Answer) + "：" + a.Message + "\n")
	}
	return b.String(), nil
}

func citationsZh(citations []law.Citation) string {
	texts := make([]string, len(citations))
	for i, c := range citations {
		texts[i] = c.Text()
	}
	return strings.Join(texts, "；")
}
