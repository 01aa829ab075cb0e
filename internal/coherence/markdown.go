package coherence

import "strings"

//go:generate go test -run ^TestRulesDocument$ . -update

// Retired is a rule that is no longer in the catalogue. Its id is never given again, since findings that were answered keep it.
type Retired struct {
	ID, Title string
	Reason    string // and which rule took its place, in Chinese
}

// RetiredRules are all of them, in the order of ids.
func RetiredRules() []Retired { return nil }

// Markdown is the documentation of all rules as one document: what Explain says, with a table of contents.
func Markdown() (string, error) {
	var b strings.Builder
	b.WriteString("<!-- Generated from the catalogue of rules by \"make generate\"; not to be edited. -->\n\n" +
		"# 规则 Rules\n\n" +
		"规划之间协不协调，由下列规则逐条判断。每条规则对每一处内容都给出答复：\n\n" + bullets(answersZh()) +
		"\n问题的级别从重到轻为阻断、错误、警告、提示。每个问题都列出所依据的数据、换算、规则、规范，以及由谁调整。" +
		"标有“推定”的依据是对法律的理解，没有条文明说。示例都由程序真实执行，答复照录。\n\n" +
		"| 编号 | 规则 | Name | 维度 | 最高级别 |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range Rules() {
		b.WriteString("| [" + r.ID + "](#" + anchor(r) + ") | " + r.Title + " | " + r.Name + " | " + dimensionZh(r.Dimension) + " | " + severityZh(r.Severity) + " |\n")
	}
	for _, r := range Rules() {
		if err := r.markdown(&b); err != nil {
			return "", err
		}
	}
	b.WriteString("\n## 停用的编号 Retired ids\n\n")
	for _, r := range RetiredRules() {
		b.WriteString("- " + r.ID + " " + r.Title + "：" + r.Reason + "\n")
	}
	if len(RetiredRules()) == 0 {
		b.WriteString("没有。None.\n")
	}
	return b.String(), nil
}

func (r *Rule) markdown(b *strings.Builder) error {
	b.WriteString("\n<a id=\"" + anchor(r) + "\"></a>\n\n## " + r.ID + " " + r.Title + " " + r.Name + "\n\n" +
		"维度 Dimension: " + dimensionZh(r.Dimension) + " " + string(r.Dimension) + " · 最高级别 Severity: " + severityZh(r.Severity) + " " + string(r.Severity) + "\n")
	for _, s := range r.sections() {
		b.WriteString("\n**" + s.heading + "** " + s.text + "\n")
	}
	b.WriteString("\n**示例 Examples**\n\n")
	for _, e := range r.Doc.Examples {
		a, err := r.Try(e)
		if err != nil {
			return err
		}
		b.WriteString("- " + a.Given + "<br>→ " + a.text() + "\n")
	}
	return nil
}

func anchor(r *Rule) string { return strings.ToLower(r.ID) }

// bullets puts each sentence on a line of its own.
func bullets(text string) string {
	return "- " + strings.ReplaceAll(strings.TrimSuffix(text, "。"), "。", "。\n- ") + "。\n"
}
