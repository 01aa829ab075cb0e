package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Comparison is what changed from one text of a series to another; names in JSON are those of the GraphQL schema.
type Comparison struct {
	A       Ref          `json:"a"`
	B       Ref          `json:"b"`
	Changes []ItemChange `json:"changes"`
	Same    int          `json:"same"`
	Opened  []Finding    `json:"opened"`
	Closed  []Finding    `json:"closed"`
	Kept    int          `json:"kept"`
}

// ItemChange is one part of a text that was added, removed or changed.
type ItemChange struct {
	Kind   string        `json:"kind"`
	Code   string        `json:"code"`
	Name   string        `json:"name"`
	Change string        `json:"change"`
	Before plan.ID       `json:"before,omitempty"`
	After  plan.ID       `json:"after,omitempty"`
	Fields []FieldChange `json:"fields"`
	Opens  []plan.ID     `json:"opens"`
	Closes []plan.ID     `json:"closes"`
}

// FieldChange is one field or reference whose content differs.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// NewComparison makes the report of a comparison.
func NewComparison(c *coherence.Comparison) *Comparison {
	names := naming{c.Frame}
	out := &Comparison{
		A: names.ref(c.A.ID), B: names.ref(c.B.ID), Changes: []ItemChange{}, Same: c.Same, Opened: []Finding{}, Closed: []Finding{}, Kept: c.Kept,
	}
	for _, i := range c.Items {
		item := ItemChange{
			Kind: i.Kind.Name, Code: i.Code, Name: i.Name, Change: i.Change(), Before: i.Before, After: i.After, Fields: []FieldChange{},
			Opens: append([]plan.ID{}, i.Opens...), Closes: append([]plan.ID{}, i.Closes...),
		}
		for _, f := range i.Fields {
			item.Fields = append(item.Fields, FieldChange{f.Name, f.Before, f.After})
		}
		out.Changes = append(out.Changes, item)
	}
	for _, f := range c.Opened {
		out.Opened = append(out.Opened, names.finding(f))
	}
	for _, f := range c.Closed {
		out.Closed = append(out.Closed, names.finding(f))
	}
	return out
}

// ComparisonJSON writes a comparison as indented JSON.
func ComparisonJSON(w io.Writer, c *Comparison) error { return indented(w, c) }

// ComparisonText writes a comparison for reading on a terminal: the changes with the findings that rest on them, then all findings that open
// and close.
func ComparisonText(w io.Writer, c *Comparison, opts TextOptions) error {
	if opts.Width <= 0 {
		opts.Width = 100
	}
	t := &printer{w: bufio.NewWriter(w), opts: opts}
	t.line(0, bold, called(c.A)+" → "+called(c.B))
	t.blank()
	for i := range c.Changes {
		t.change(&c.Changes[i])
	}
	t.line(0, "", fmt.Sprintf("变动 %d 项，未变 %d 项", len(c.Changes), c.Same))
	t.blank()
	for _, part := range []struct {
		title    string
		findings []Finding
	}{{"以后者为准，新出现的问题", c.Opened}, {"以后者为准，不再出现的问题", c.Closed}} {
		t.line(0, bold, fmt.Sprintf("%s %d", part.title, len(part.findings)))
		for i := range part.findings {
			t.finding(&part.findings[i])
		}
		t.blank()
	}
	t.line(0, "", fmt.Sprintf("两个版本都有的问题 %d", c.Kept))
	return t.w.Flush()
}

func (t *printer) change(i *ItemChange) {
	sort := map[string]string{"ADDED": "增", "REMOVED": "删", "CHANGED": "改"}[i.Change]
	color := map[string]string{"ADDED": green, "REMOVED": red, "CHANGED": yellow}[i.Change]
	t.hang(0, t.paint(color, "["+sort+"]")+" ", strings.TrimSpace(kindZh(i.Kind)+" "+i.Name)+"（"+i.Code+"）")
	for _, f := range i.Fields {
		t.hang(1, "· ", f.Field+"："+orNone(f.Before)+" → "+orNone(f.After))
	}
	for _, part := range []struct {
		title string
		ids   []plan.ID
	}{{"引出问题 ", i.Opens}, {"消除问题 ", i.Closes}} {
		for _, id := range part.ids {
			t.line(1, dim, part.title+string(id))
		}
	}
}

func kindZh(kind string) string {
	names := map[string]string{
		"Plan": "规划", "Section": "章节", "Principle": "原则", "Goal": "目标", "Task": "任务", "Project": "工程", "Demand": "资源需求",
		"Safeguard": "保障措施", "Target": "目标值", "Observation": "实际值", "Link": "衔接关系",
	}
	if name := names[kind]; name != "" {
		return name
	}
	return kind
}
