package report

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

func because(r Reason) string {
	if r.Count > 1 {
		return r.Text + "（" + strconv.Itoa(r.Count) + " 处）"
	}
	return r.Text
}

func titles(plans ...Ref) string {
	names := make([]string, len(plans))
	for i, p := range plans {
		names[i] = called(p)
	}
	return strings.Join(names, " ↔ ")
}

// heading names what a finding is about: its plans, or, where it involves none, what has a title of
// the rest.
func heading(f *Finding) string {
	if len(f.Plans) > 0 {
		return titles(f.Plans...)
	}
	var named []Ref
	for _, about := range f.About {
		if about.Title != "" {
			named = append(named, about)
		}
	}
	return titles(named...)
}

func called(r Ref) string {
	if r.Title == "" {
		return string(r.ID)
	}
	return r.Title
}

func norm(id string) string {
	if id == "" {
		return ""
	}
	return "（" + id + "）"
}

func cited(c plan.Citation) string {
	text := "【" + c.Law
	if c.Article != "" {
		text += " 第" + c.Article + "条"
	}
	if c.Assumption {
		text += "，推定"
	}
	return text + "】"
}

// answers are the counts that are not nought.
func answers(c Counts) string {
	var parts []string
	for _, p := range []struct {
		name  string
		count int
	}{{"通过", c.Passed}, {"不通过", c.Failed}, {"待定", c.Open}, {"不可比", c.NotComparable}, {"不适用", c.NotApplicable}} {
		if p.count > 0 {
			parts = append(parts, p.name+" "+strconv.Itoa(p.count))
		}
	}
	if len(parts) == 0 {
		return "没有可检查的共同内容"
	}
	return strings.Join(parts, "，")
}

// clean blanks what could drive a terminal.
func clean(s string) string {
	if !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

func severityZh(s plan.Severity) string {
	names := []string{"阻断", "错误", "警告", "提示"}
	if i := slices.Index(s.Values(), string(s)); i >= 0 {
		return names[i]
	}
	return string(s)
}

func outcomes() []coherence.VerdictOutcome {
	return []coherence.VerdictOutcome{coherence.Conflict, coherence.Inconsistent, coherence.Incomparable, coherence.Coherent, coherence.Unchecked}
}

// zh is the verdict as a planner reads it.
func (v *Verdict) zh() string {
	if v.mostly() {
		return "大体一致"
	}
	return coherence.VerdictOutcome(v.Outcome).Chinese()
}

// mostly says that the two agree in spite of what failed, such as a warning.
func (v *Verdict) mostly() bool {
	return coherence.VerdictOutcome(v.Outcome) == coherence.Coherent && v.Counts.Failed > 0
}

// whoYields says who has to change, "" when nobody does.
func (f *Finding) whoYields() string {
	switch {
	case f.Yields.Plan != nil:
		return called(*f.Yields.Plan) + norm(f.Yields.Norm)
	case f.Yields.Escalate:
		return "提请双方牵头部门会商 ESCALATE" + norm(f.Yields.Norm)
	}
	return ""
}

// answer is what a finding was answered, "" for nothing; what is waived is said to be.
func (f *Finding) answer() string {
	switch {
	case f.Answer == nil:
		return ""
	case f.waived():
		return "已豁免，不计入：" + answerZh(*f.Answer)
	case f.State == string(plan.FindingOpen):
		return answerZh(*f.Answer) + "已过有效期。"
	}
	return answerZh(*f.Answer)
}

// figures are a piece of evidence as published and, where that differs, as compared.
func figures(e plan.Evidence) string {
	if e.Converted == "" {
		return e.Published
	}
	return e.Published + " → " + e.Converted
}

// whole is the step with what it cites.
func (s *Step) whole() string {
	if s.Citation == nil {
		return s.Text
	}
	return s.Text + cited(*s.Citation)
}

func dimensionZh(d plan.Dimension) string {
	switch d {
	case plan.Complementary:
		return "互为补充"
	case plan.Consistent:
		return "协调一致"
	case plan.NoConflict:
		return "不冲突"
	case plan.Executable:
		return "可执行、能落实"
	}
	return string(d)
}
