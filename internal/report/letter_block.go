package report

import (
	"strconv"
	"strings"

	"xianjie/internal/plan"
)

// style is what a paragraph of a letter is.
type style string

const (
	mastheadStyle style = "Masthead" // 发文机关标志
	numberStyle   style = "Number"   // 发文字号
	titleStyle    style = "Title"
	toStyle       style = "To"      // 主送
	bodyStyle     style = "Body"    // 正文
	itemStyle     style = "Item"    // heading of an item or of the annex's place
	fieldStyle    style = "Field"   // labelled part of an item
	remarkStyle   style = "Remark"  // for the reader's files: the number of a finding
	organStyle    style = "Organ"   // 落款
	closingStyle  style = "Closing" // date, to the right
	copyStyle     style = "CopyTo"  // 抄送
	annexStyle    style = "Annex"   // begins a page
	listStyle     style = "List"    // entry of the annex
)

// block is one paragraph.
type block struct {
	style style
	label string // before the text, set off
	text  string
}

// blocks are the letter's paragraphs in their order: whatever a format makes of them, it has the same words.
func (l *Letter) blocks() []block {
	b := []block{
		{style: mastheadStyle, text: l.masthead()}, {style: numberStyle, text: "〔发文字号〕"},
		{style: titleStyle, text: l.Title}, {style: toStyle, text: strings.Join(l.To, "、") + "："},
	}
	for _, p := range l.Opening {
		b = append(b, block{style: bodyStyle, text: p})
	}
	for n, i := range l.Items {
		b = append(b, i.blocks(ordinal(n+1)+"、"+i.Heading+"（"+i.Severity+"）")...)
	}
	if len(l.Gone) > 0 {
		b = append(b, block{style: bodyStyle, text: "以下事项曾经答复，现已不再出现，答复留存备查。"})
	}
	for n, i := range l.Gone {
		b = append(b, i.blocks(ordinal(len(l.Items)+n+1)+"、"+i.Heading+"（已不再出现）")...)
	}
	if len(l.Annex) > 0 {
		b = append(b, block{style: bodyStyle, label: "附件：", text: annexTitle})
	}
	b = append(b, block{style: organStyle, text: l.Organ}, block{style: closingStyle, text: l.Date})
	if len(l.Annex) > 0 {
		b = append(b, block{style: annexStyle, text: "附件"}, block{style: titleStyle, text: annexTitle})
	}
	for n, line := range l.Annex {
		b = append(b, block{style: listStyle, text: strconv.Itoa(n+1) + "．" + line})
	}
	if len(l.CopyTo) > 0 {
		b = append(b, block{style: copyStyle, label: "抄送：", text: strings.Join(l.CopyTo, "、") + "。"})
	}
	for i := range b {
		b[i].text = clean(b[i].text)
	}
	return b
}

// masthead is the organ at the head of the letter, or where it goes.
func (l *Letter) masthead() string {
	if l.Organ == blank {
		return "〔发文机关〕"
	}
	return l.Organ
}

const annexTitle = "未能比较的事项及原因"

func (i *Item) blocks(heading string) []block {
	b := []block{{style: itemStyle, text: heading}}
	field := func(label, text string) {
		if text != "" {
			b = append(b, block{style: fieldStyle, label: label + "：", text: text})
		}
	}
	field("规划", strings.Join(i.Plans, ""))
	field("条款（指标）", strings.Join(i.Places, "；")+"。")
	field("问题", i.Problem)
	field("依据", strings.Join(i.Basis, ""))
	field("建议", i.Suggestion)
	answer := "答复"
	if i.State == plan.FindingOpen {
		answer += "（已过有效期，请重新答复）"
	}
	field(answer, answerZh(i.Answer))
	return append(b, block{style: remarkStyle, label: "编号：", text: string(i.Finding)})
}

// answerZh is an answer in one sentence, "" for none.
func answerZh(a plan.Answer) string {
	if a.Decision == "" {
		return ""
	}
	text := decisionZh(a.Decision)
	if a.Reason != "" {
		text += "。理由：" + strings.TrimSuffix(a.Reason, "。")
	}
	text += "。（" + a.By
	if a.Until != "" {
		text += "，有效期至" + dateZh(a.Until)
	}
	return text + "）"
}

// decisionsZh are the words for decisions, in the order of plan.Decision.Values.
func decisionsZh() []string { return []string{"采纳", "部分采纳", "不采纳"} }

func decisionZh(d plan.Decision) string {
	for i, word := range d.Values() {
		if word == string(d) {
			return decisionsZh()[i]
		}
	}
	return string(d)
}

// ordinal is a number from 1 as headings count, beyond 9999 in figures: 一, 十, 十一, 二十, 一百零一.
func ordinal(n int) string {
	if n > 9999 {
		return strconv.Itoa(n)
	}
	digits := []rune("零一二三四五六七八九")
	var b strings.Builder
	skipped := false
	for _, place := range []struct {
		size int
		unit string
	}{{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}} {
		d := n / place.size % 10
		switch {
		case d == 0:
			skipped = b.Len() > 0
			continue
		case skipped:
			b.WriteRune('零')
			skipped = false
		}
		if d != 1 || place.size != 10 || b.Len() > 0 {
			b.WriteRune(digits[d])
		}
		b.WriteString(place.unit)
	}
	return b.String()
}

func stateZh(s plan.FindingState) string {
	switch s {
	case plan.FindingAnswered:
		return "已答复"
	case plan.FindingGone:
		return "已不再出现"
	}
	return "未答复"
}
