package report

import (
	"cmp"
	"strconv"
	"strings"

	"xianjie/internal/plan"
)

// places say of each figure or fact that a finding rests on where it stands, what it is as published, and where that was published.
func (w *writer) places(f *plan.Finding) []string {
	var places []string
	for _, e := range f.Evidence {
		text, source := e.Published, plan.Source{Ref: e.Ref}
		switch o := w.Objects[e.Object].(type) {
		case nil: // it has been removed
			text = cmp.Or(text, string(e.Object))
		case *plan.Plan:
			text, source = w.frame.Title(o.ID)+number(o)+"："+e.Published, o.Source
		case *plan.Target:
			text, source = w.frame.Title(o.Plan)+w.section(o.Section)+w.indicator(o.Indicator, o.Region, targetYears(o))+"："+o.Quantity.Published(o.Text), o.Source
			if e.Field != "quantity" {
				text += "；" + e.Published
			}
		case *plan.Observation:
			by := ""
			if o.Plan != "" {
				by = w.frame.Title(o.Plan) + "所列"
			}
			text, source = by+w.indicator(o.Indicator, o.Region, observed(o))+"实际值："+o.Quantity.Published(o.Text), o.Source
			if e.Field != "quantity" {
				text += "；" + e.Published
			}
		default:
			text = strings.TrimSuffix(w.element(o)+"："+e.Published, "：")
		}
		places = append(places, text+sourceZh(source))
	}
	return places
}

// number is a plan's document number in brackets, "" when none is stated.
func number(p *plan.Plan) string {
	if p.DocumentNumber == "" {
		return ""
	}
	return "（" + p.DocumentNumber + "）"
}

// section is the heading under which something stands, "" when that isn't recorded.
func (w *writer) section(id plan.ID) string {
	s, ok := w.Objects[id].(*plan.Section)
	if !ok {
		return ""
	}
	return "“" + strings.TrimSpace(s.Number+" "+s.Title) + "”"
}

// element is a task, a project or the like by its plan, section and title.
func (w *writer) element(o plan.Object) string {
	kind, text := plan.KindFor(o), ""
	for _, name := range []string{"plan", "section"} {
		e := kind.Edge(name)
		if e == nil {
			continue
		}
		for _, id := range e.Get(o) {
			if name == "plan" {
				text += w.frame.Title(id)
				continue
			}
			text += w.section(id)
		}
	}
	for _, name := range []string{"title", "name"} {
		if f := kind.Field(name); f != nil {
			title, _ := f.Get(o).(string)
			return text + "“" + title + "”"
		}
	}
	return text + string(o.Base().ID)
}

func (w *writer) indicator(indicator, region plan.ID, when string) string {
	return "指标“" + w.frame.Name(indicator) + "”（" + w.frame.Name(region) + "，" + when + "）"
}

func targetYears(t *plan.Target) string {
	switch {
	case t.Year == 0:
		return "年份未注明"
	case t.YearStart != 0:
		return strconv.Itoa(t.YearStart) + "—" + strconv.Itoa(t.Year) + "年"
	}
	return strconv.Itoa(t.Year) + "年"
}

// observed is the period of a measurement with the precision that was published.
func observed(o *plan.Observation) string {
	switch {
	case o.PeriodEnd == "" && o.PeriodStart == "":
		return "时间未注明"
	case o.PeriodStart == "" || o.PeriodStart == o.PeriodEnd:
		return dateZh(o.PeriodEnd)
	case o.PeriodEnd == "":
		return dateZh(o.PeriodStart) + "起"
	}
	return dateZh(o.PeriodStart) + "至" + dateZh(o.PeriodEnd)
}

// sourceZh says where something was published, as far as that is recorded.
func sourceZh(s plan.Source) string {
	var parts []string
	for _, part := range []string{s.Document, s.Locator} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if s.Ref != "" {
		parts = append(parts, "编号 "+s.Ref)
	}
	if len(parts) == 0 {
		return "（来源未登记）"
	}
	return "（来源：" + strings.Join(parts, "，") + "）"
}

// blank is a place that somebody has to fill in.
const blank = "〔    〕"

func orBlank(text string) string {
	if text == "" {
		return blank
	}
	return text
}

// dateZh is a date as an office writes it, with the precision that it has; a missing one is left open.
func dateZh(d plan.Date) string {
	if d == "" {
		return blank + "年" + blank + "月" + blank + "日"
	}
	units := []string{"年", "月", "日"}
	var b strings.Builder
	for i, part := range strings.Split(string(d), "-") {
		b.WriteString(strings.TrimLeft(part, "0") + units[min(i, 2)])
	}
	return b.String()
}
