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

// Try executes an example with its rule. The answer is the gravest that the rule gave: FAIL, then PASS, then NOT_COMPARABLE, then OPEN.
func (r *Rule) Try(e Example) (Answered, error) {
	objects := e.Objects()
	frame := NewFrame(objects)
	run, err := Check(context.Background(), frame, AllScopes(frame, objects), Options{Rules: []*Rule{r}})
	if err != nil {
		return Answered{}, err
	}
	a := Answered{Given: e.Given, Answer: NotApplicable, Message: "没有可供本规则检查的内容"}
	for _, pair := range run.Pairs() {
		v := run.Verdict(pair[0], pair[1])
		switch {
		case v.Counts.Failed > 0:
			a.Answer = Fail
		case v.Counts.Passed > 0:
			a.Answer, a.Message = Pass, "通过"
		case v.Counts.NotComparable > 0:
			a.Answer = NotComparable
		case v.Counts.Open > 0:
			a.Answer = Open
		}
		if len(v.Reasons) > 0 && a.Answer != Pass {
			a.Message = v.Reasons[0].Text
		}
	}
	if len(run.Findings) > 0 {
		a.Message = run.Findings[0].Message
	}
	return a, nil
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
