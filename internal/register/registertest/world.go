package registertest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// world makes changes of a register that is small enough for its objects to have much to do with each other.
type world struct{ *rand.Rand }

const (
	plans      = 6
	locals     = 3 // elements of a kind that a plan may have
	indicators = 5
	regions    = 4
	towns      = 200 // see wide
)

func meta(prefix string, code ...string) plan.Meta {
	id := plan.MakeID(prefix, code...)
	return plan.Meta{ID: id, Code: id.Local()}
}

// vocabulary is what everything else refers to: a tree of regions, indicators of which one is a ratio of two others and one a part of
// another, calibres, departments and a zone.
func vocabulary() []plan.Object {
	levels := []plan.PlanLevel{plan.National, plan.Provincial, plan.Prefectural, plan.Prefectural}
	var objects []plan.Object
	for i := range regions {
		r := &plan.Region{Meta: meta("region", fmt.Sprint("r", i)), Name: fmt.Sprint("区域", i), Type: plan.Administrative, Level: levels[i]}
		if i > 0 {
			r.Within = []plan.ID{plan.MakeID("region", fmt.Sprint("r", min(i-1, 1)))}
		}
		objects = append(objects, r)
	}
	for i := range indicators {
		in := &plan.Indicator{Meta: meta("indicator", fmt.Sprint("i", i)), Name: fmt.Sprint("用水指标", i), Unit: "%", Trend: plan.Up, Summable: i%2 == 0}
		switch i {
		case 2:
			in.Numerator, in.Denominator = "indicator:i0", "indicator:i1"
		case 3:
			in.Broader = []plan.ID{"indicator:i0"}
		}
		objects = append(objects, in)
	}
	for i := range 2 {
		objects = append(objects,
			&plan.Calibre{Meta: meta("calibre", "i0", fmt.Sprint(i)), Name: fmt.Sprint("口径", i), Indicator: "indicator:i0"},
			&plan.Organization{Meta: meta("organization", fmt.Sprint("o", i)), Name: fmt.Sprint("部门", i), Type: plan.Department})
	}
	return append(objects, &plan.Zone{Meta: meta("zone", "z"), Name: "红线", Type: plan.EcologicalRedline, Forbids: []string{"采矿"}, Rule: "禁止采矿"})
}

// wide is a vocabulary with so many regions, of which nothing is said, that what is checked is cut into branches.
func wide() []plan.Object {
	objects := vocabulary()
	for i := range towns {
		objects = append(objects, &plan.Region{
			Meta: meta("region", fmt.Sprint("t", i)), Name: fmt.Sprint("县", i), Type: plan.Administrative, Level: plan.County,
			Within: []plan.ID{plan.MakeID("region", fmt.Sprint("r", 2+i%2))},
		})
	}
	return objects
}

// elements are all plans, and most of what they may have.
func (w *world) elements() []plan.Object {
	byID := map[plan.ID]plan.Object{}
	for len(byID) < plans {
		p := w.aPlan()
		byID[p.Base().ID] = p
	}
	for range 300 {
		switch o := w.object().(type) {
		case *plan.Link, *plan.Demand, *plan.Region, *plan.Indicator, *plan.Organization, *plan.Calibre, *plan.Zone:
		default:
			byID[o.Base().ID] = o
		}
	}
	ids := slices.Sorted(maps.Keys(byID))
	objects := make([]plan.Object, len(ids))
	for i, id := range ids {
		objects[i] = byID[id]
	}
	return objects
}

func upserts(objects []plan.Object) []plan.Op {
	ops := make([]plan.Op, len(objects))
	for i, o := range objects {
		ops[i].Upsert = o
	}
	return ops
}

// change is one to three objects made, changed or removed.
func (w *world) change() plan.ChangeSet {
	cs := plan.ChangeSet{Actor: "test"}
	for range 1 + w.IntN(3) {
		if w.IntN(8) == 0 {
			cs.Ops = append(cs.Ops, plan.Op{Remove: w.removable(), Cascade: true})
			continue
		}
		cs.Ops = append(cs.Ops, plan.Op{Upsert: w.object()})
	}
	return cs
}

func (w *world) removable() plan.ID {
	if w.IntN(12) == 0 {
		return w.plan()
	}
	return w.object().Base().ID
}

func one[T any](w *world, of ...T) T { return of[w.IntN(len(of))] }

func (w *world) plan() plan.ID   { return plan.MakeID("plan", fmt.Sprint("p", w.IntN(plans))) }
func (w *world) region() plan.ID { return plan.MakeID("region", fmt.Sprint("r", w.IntN(regions))) }
func (w *world) indicator() plan.ID {
	return plan.MakeID("indicator", fmt.Sprint("i", w.IntN(indicators)))
}

func (w *world) element(prefix string) (plan.Meta, plan.ID) {
	p := w.plan()
	return meta(prefix, p.Code(), fmt.Sprint(prefix[:1], w.IntN(locals))), p
}

func (w *world) elementID() plan.ID {
	m, _ := w.element(one(w, "goal", "task", "project", "target", "safeguard"))
	return m.ID
}

func (w *world) quantity() quantity.Quantity {
	text := one(w, ">= 10 %", ">= 12 %", "<= 11 %", "10 %", "10 %", "about 10 %", "+5 % vs 2020", "+3 百分点 vs 2020", "30 万亩", "20 %", "qualitative: 改善")
	q, err := quantity.Parse(text)
	if err != nil {
		panic(err)
	}
	return q
}

func (w *world) orgs() []plan.ID {
	if w.IntN(3) == 0 {
		return nil
	}
	return []plan.ID{plan.MakeID("organization", fmt.Sprint("o", w.IntN(2)))}
}

func (w *world) object() plan.Object {
	switch w.IntN(16) {
	case 0, 1:
		return w.aPlan()
	case 2, 3, 4, 5, 6:
		return w.target()
	case 7:
		return w.observation()
	case 8:
		return w.task()
	case 9:
		return w.project()
	case 10:
		m, p := w.element("goal")
		return &plan.Goal{Meta: m, Title: one(w, "目标", "目的"), Plan: p}
	case 11:
		m, p := w.element("safeguard")
		return &plan.Safeguard{Meta: m, Title: "保障", Plan: p}
	case 12:
		p := w.plan()
		m, _ := w.element("project")
		return &plan.Demand{Meta: meta("demand", p.Code(), m.ID.Local(), "1"), Year: 2025, Quantity: w.quantity(), Project: plan.MakeID("project", p.Code(), m.ID.Local()), Indicator: w.indicator(), Region: w.region()}
	case 13:
		return w.vocabularyWord()
	}
	return w.link()
}

// vocabularyWord changes what others refer to.
func (w *world) vocabularyWord() plan.Object {
	all := vocabulary()
	o := all[w.IntN(len(all))]
	switch o := o.(type) {
	case *plan.Indicator:
		o.Name += one(w, "", "（新）")
		o.Trend = one(w, plan.Up, plan.Down)
	case *plan.Region:
		o.Name += one(w, "", "（新）")
	case *plan.Organization:
		o.Name += one(w, "", "（新）")
	case *plan.Calibre:
		o.Name += one(w, "", "（新）")
	}
	return o
}

func (w *world) aPlan() plan.Object {
	id := w.plan()
	return &plan.Plan{
		Meta: meta("plan", id.Code()), Title: "规划" + id.Code() + one(w, "", "（修订）"), Level: one(w, plan.National, plan.Provincial, plan.Prefectural),
		Category: one(w, plan.Development, plan.Spatial, plan.Special), Form: one(w, plan.FormPlan, plan.FormPlan, plan.FormProgramme),
		Status: one(w, plan.Issued, plan.Issued, plan.Issued, plan.Draft), Series: one(w, "", "", "s"),
		IssuedAt: one(w, plan.Date("2021"), "2021-09", "2022-03-01"), PeriodStart: "2021", PeriodEnd: one(w, plan.Date("2025"), "2030"),
		Region: w.region(), Leads: w.orgs(),
	}
}

func (w *world) target() plan.Object {
	m, p := w.element("target")
	t := &plan.Target{
		Meta: m, Quantity: w.quantity(), Year: one(w, 2025, 2025, 2030, 0), Nature: one(w, plan.Binding, plan.Expected, plan.Unstated),
		Control: one(w, "", "", "", "水法 第四十七条"), Plan: p, Indicator: w.indicator(), Region: w.region(),
	}
	if t.Indicator == "indicator:i0" && w.IntN(2) == 0 {
		t.Calibre = plan.MakeID("calibre", "i0", fmt.Sprint(w.IntN(2)))
	}
	return t
}

func (w *world) observation() plan.Object {
	o := &plan.Observation{
		Meta: meta("observation", fmt.Sprint("b", w.IntN(4))), Quantity: w.quantity(), PeriodStart: one(w, plan.Date("2020"), "2023"),
		Role: plan.Status, Indicator: w.indicator(), Region: w.region(),
	}
	o.PeriodEnd = o.PeriodStart
	if w.IntN(2) == 0 {
		o.Plan = w.plan()
	}
	return o
}

func (w *world) task() plan.Object {
	m, p := w.element("task")
	return &plan.Task{
		Meta: m, Title: one(w, "推进国土绿化行动", "推进国土绿化专项行动", "节约用水"), Deadline: one(w, plan.Date("2025"), "2030", ""),
		Action: one(w, "", plan.Expand, plan.Prohibit, plan.Protect, plan.Reduce), ObjectClass: one(w, "采矿", "草原"),
		Funding: one(w, "", "财政"), Plan: p, Leads: w.orgs(),
	}
}

func (w *world) project() plan.Object {
	m, p := w.element("project")
	o := &plan.Project{
		Meta: m, Title: one(w, "三北防护林工程", "三北防护林建设工程", "引水工程"), ObjectClass: one(w, "", "采矿", "造林"),
		Start: "2021", End: one(w, plan.Date("2024"), "2026", ""), Plan: p, Leads: w.orgs(), Regions: []plan.ID{w.region()},
	}
	if w.IntN(2) == 0 {
		o.Zones = []plan.ID{"zone:z"}
	}
	return o
}

func (w *world) link() plan.Object {
	l := &plan.Link{State: one(w, plan.Unreviewed, plan.Unreviewed, plan.Reviewed), ReviewedAt: one(w, plan.Date(""), "2021-12", "2023")}
	if w.IntN(2) == 0 {
		l.Type, l.From, l.To = one(w, plan.Obeys, plan.BasedOn, plan.CoordinatesWith, plan.Supports, plan.Supersedes), w.plan(), w.plan()
	} else {
		l.Type = one(w, plan.Refines, plan.Implements, plan.Allocates, plan.ContributesTo, plan.DependsOn, plan.MeasuredBy)
		l.From, l.To = w.elementID(), w.elementID()
		if w.IntN(4) == 0 {
			l.To = w.indicator()
		}
	}
	id := plan.LinkID(l.Type, l.From, l.To)
	l.Meta = plan.Meta{ID: id, Code: id.Local()}
	return l
}
