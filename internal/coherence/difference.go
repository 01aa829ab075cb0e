package coherence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// ItemChange is one part of a text that was added, removed or changed; the plan itself counts as one.
type ItemChange struct {
	Kind          *plan.Kind
	Code          string  // the part's own code; of a link its type and ends
	Name          string  // what people call it
	Before, After plan.ID // "" where it was added or removed
	Fields        []FieldChange
	Opens, Closes []plan.ID // the findings of Comparison that rest on it
}

// Change is the sort of the change: ADDED, REMOVED or CHANGED.
func (i *ItemChange) Change() string {
	switch {
	case i.Before == "":
		return "ADDED"
	case i.After == "":
		return "REMOVED"
	}
	return "CHANGED"
}

// FieldChange is one field or edge whose content differs. What is not stated is "".
type FieldChange struct {
	Name, Before, After string
}

// items fills in what was added, removed and changed.
func (c *Comparison) items(frame *Frame, a, b Edition) {
	if fields := changed(a.Plan, b.Plan, a.Plan.ID, b.Plan.ID); len(fields) > 0 {
		c.Items = append(c.Items, ItemChange{
			Kind: plan.KindFor(b.Plan), Code: b.Plan.Series, Name: b.Plan.Title, Before: a.Plan.ID, After: b.Plan.ID, Fields: fields,
		})
	}
	before := map[plan.ID]plan.Object{}
	for _, o := range a.Parts {
		if !withinSeries(frame, o) {
			before[moved(o.Base().ID, a.Plan.ID, b.Plan.ID)] = o
		}
	}
	var parts []ItemChange
	for _, o := range b.Parts {
		id := o.Base().ID
		old := before[id]
		delete(before, id)
		switch {
		case withinSeries(frame, o):
		case old == nil:
			parts = append(parts, frame.item(o, b.Plan.ID, "", id))
		default:
			fields := changed(old, o, a.Plan.ID, b.Plan.ID)
			if len(fields) == 0 {
				c.Same++
				continue
			}
			item := frame.item(o, b.Plan.ID, old.Base().ID, id)
			item.Fields = fields
			parts = append(parts, item)
		}
	}
	for _, o := range before {
		parts = append(parts, frame.item(o, a.Plan.ID, o.Base().ID, ""))
	}
	slices.SortFunc(parts, func(x, y ItemChange) int {
		return cmp.Or(cmp.Compare(x.Kind.Order, y.Kind.Order), cmp.Compare(x.Code, y.Code))
	})
	c.Items = append(c.Items, parts...)
}

// withinSeries says that a link joins texts of one series, such as SUPERSEDES: it is nothing that a text says.
func withinSeries(frame *Frame, o plan.Object) bool {
	l, ok := o.(*plan.Link)
	if !ok {
		return false
	}
	from, to := frame.Plan(PlanOf(l.From)), frame.Plan(PlanOf(l.To))
	return from != nil && to != nil && from != to && frame.sameSeries(from, to)
}

func (f *Frame) item(o plan.Object, text, before, after plan.ID) ItemChange {
	i := ItemChange{Kind: plan.KindFor(o), Code: o.Base().ID.Local(), Before: before, After: after}
	switch o := o.(type) {
	case *plan.Target:
		i.Name = f.Name(o.Indicator)
	case *plan.Observation:
		i.Name = f.Name(o.Indicator)
	case *plan.Demand:
		i.Name = f.Name(o.Indicator)
	case *plan.Link:
		// The text's own code tells nothing here, and would order the links of two texts apart.
		own := text.Code()
		i.Code = strings.ReplaceAll(strings.ReplaceAll(i.Code, ":"+own+"/", ":"), ":"+own+">", ">")
		i.Name = linkZh(o.Type) + f.Name(o.To)
	default:
		if title, ok := i.Kind.Field("title").Get(o).(string); ok {
			i.Name = title
		}
	}
	return i
}

// changed are the fields and edges in which two objects of two texts differ, in the order of the description. Remarks, the order in the
// text and where it was published are the register's, not the text's; the quantity is one field, in its canonical form.
func changed(a, b plan.Object, from, to plan.ID) []FieldChange {
	var fields []FieldChange
	add := func(name, before, after string) {
		if before != after {
			fields = append(fields, FieldChange{name, before, after})
		}
	}
	kind := plan.KindFor(a)
	for _, f := range kind.Fields {
		group, member, _ := strings.Cut(f.Name, ".")
		switch group {
		case "id", "code", "version", "createdAt", "updatedAt", "note", "order", "source":
			continue
		}
		if member == "" {
			add(f.Name, cellText(f.Get(a)), cellText(f.Get(b)))
		} else if len(fields) == 0 || fields[len(fields)-1].Name != group {
			add(group, kind.Quantity(a, group).String(), kind.Quantity(b, group).String())
		}
	}
	for _, e := range kind.Edges {
		if e != kind.Owner() {
			add(e.Name, joined(e.Get(a), from, to), joined(e.Get(b), to, to))
		}
	}
	return fields
}

func cellText(cell any) string {
	if cell == nil {
		return ""
	}
	return fmt.Sprint(cell)
}

// joined are ids in one line, as they would be in the text to.
func joined(ids []plan.ID, from, to plan.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(moved(id, from, to))
	}
	return strings.Join(texts, " ")
}

// attribute notes with each item the findings that rest on it.
func (c *Comparison) attribute() {
	at := map[plan.ID][]int{}
	for i, item := range c.Items {
		for _, id := range []plan.ID{item.Before, item.After} {
			if id != "" && id.Prefix() != "plan" {
				at[id] = append(at[id], i)
			}
		}
	}
	note := func(findings []*plan.Finding, add func(*ItemChange, plan.ID)) {
		for _, f := range findings {
			seen := map[int]bool{}
			for _, id := range restsOn(f) {
				for _, i := range at[id] {
					if !seen[i] {
						seen[i] = true
						add(&c.Items[i], f.ID)
					}
				}
			}
		}
	}
	note(c.Opened, func(i *ItemChange, id plan.ID) { i.Opens = append(i.Opens, id) })
	note(c.Closed, func(i *ItemChange, id plan.ID) { i.Closes = append(i.Closes, id) })
}

// restsOn are the objects and links that a finding names, in its order.
func restsOn(f *plan.Finding) []plan.ID {
	ids := slices.Clone(f.About)
	for _, e := range f.Evidence {
		ids = append(ids, e.Object)
	}
	for _, l := range f.Links {
		ids = append(ids, plan.ID(l))
	}
	return ids
}
