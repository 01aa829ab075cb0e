package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// A plan's targets: what it sets for its last year, for the year in the middle, what it hands down to the regions of the plans that obey
// it, and what it says about the next topic.
const (
	targetsPerPlan   = 20
	ownTargets       = 10
	middleTargets    = 3
	handedTargets    = 2
	neighbourTargets = targetsPerPlan - ownTargets - middleTargets - handedTargets
)

// Of a hundred targets, so many differ from what the others say, and so many carry words in place of a number.
const (
	differing = 4
	wordy     = 2
)

func (w *world) indicator(topic, i int) plan.ID {
	return plan.MakeID("indicator", fmt.Sprintf("%s-%02d", w.topics[topic].code, i+1))
}

// calibres is how many statistical definitions the ith indicator of a topic has.
func (w *world) calibres(i int) int {
	if i == 0 {
		return 2
	}
	return 0
}

func (w *world) calibre(topic, i, c int) plan.ID {
	return plan.MakeID("calibre", w.indicator(topic, i).Code(), strconv.Itoa(c+1))
}

func (w *world) emitPlan(s *slot, emit func(plan.Object) bool) bool {
	t := w.themes[s.theme]
	elements := []plan.Object{
		s.plan,
		&plan.Goal{
			Meta: w.element(s, "goal", "1"), Title: fmt.Sprintf("到%d年的主要目标", t.period.end), Year: t.period.end, Order: 1,
			Text: fmt.Sprintf("到%d年，%s取得明显成效。", t.period.end, t.topic.task), Plan: s.plan.ID, Source: w.source(s, "第二章"),
		},
	}
	for i, action := range []plan.Action{plan.Protect, w.contrary()} {
		elements = append(elements, &plan.Task{
			Meta: w.element(s, "task", strconv.Itoa(i+1)), Title: t.topic.task + []string{"重点任务", "专项行动"}[i], Order: i + 1,
			Text:     fmt.Sprintf("%s，加强%s管理，到%d年完成阶段任务。", t.topic.task, t.topic.class, t.period.end),
			Deadline: plan.Date(strconv.Itoa(t.period.end)), Action: action, ObjectClass: t.topic.class, Leads: s.plan.Leads,
			Regions: []plan.ID{s.plan.Region}, Plan: s.plan.ID, Source: w.source(s, "第三章"),
		})
	}
	elements = append(elements, w.targets(s)...)
	elements = append(elements, w.links(s)...)
	for _, o := range elements {
		if !emit(o) {
			return false
		}
	}
	return true
}

// contrary is an action of a plan's second task: seldom one that goes against what the other plans do to the same objects.
func (w *world) contrary() plan.Action {
	if w.rng.IntN(100) < wordy {
		return plan.Expand
	}
	return ""
}

func (w *world) element(s *slot, prefix, code string) plan.Meta {
	return plan.Meta{ID: plan.MakeID(prefix, s.plan.ID.Code(), code)}
}

func (w *world) links(s *slot) []plan.Object {
	var all []plan.Object
	add := func(typ plan.LinkType, to int, article string) {
		if to < 0 || w.slots[to].plan == s.plan {
			return
		}
		all = append(all, &plan.Link{
			Type: typ, From: s.plan.ID, To: w.slots[to].plan.ID, Article: article, State: plan.Unreviewed, Source: w.source(s, "第一章"),
		})
	}
	add(plan.Obeys, s.above, "第一章第一节")
	if w.rng.IntN(100) >= differing {
		add(plan.BasedOn, s.outline, "前言")
	}
	if w.rng.IntN(3) > 0 {
		add(plan.CoordinatesWith, s.beside, "第五章")
	}
	return all
}

func (w *world) targets(s *slot) []plan.Object {
	var all []plan.Object
	t := w.themes[s.theme]
	add := func(topic, i, year int, region int) {
		all = append(all, w.target(s, len(all)+1, topic, i, year, region))
	}
	for i := range ownTargets {
		add(t.index, i, t.period.end, s.area)
	}
	for i := range middleTargets {
		add(t.index, i, t.period.mid, s.area)
	}
	for i := range handedTargets {
		if len(s.below) > i {
			add(t.index, 2*i, t.period.end, w.slots[s.below[(i*len(s.below))/handedTargets]].area)
			continue
		}
		add(t.index, middleTargets+i, t.period.mid, s.area)
	}
	for i := range neighbourTargets {
		add((t.index+1)%len(w.topics), i, t.period.end, s.area)
	}
	return all
}

func (w *world) target(s *slot, order, topic, i, year, area int) *plan.Target {
	m := w.measures[topic][i]
	t := &plan.Target{
		Year: year, Nature: plan.Expected, Order: order, Plan: s.plan.ID, Indicator: w.indicator(topic, i),
		Region: w.areas[area].region.ID, Source: w.source(s, fmt.Sprintf("第二章专栏1第%d项", order)),
	}
	if (topic+i)%3 == 0 {
		t.Nature = plan.Binding
	}
	if w.calibres(i) > 0 {
		t.Calibre = w.calibre(topic, i, 0)
	}
	if m.kind == quantity.Cumulative || m.kind == quantity.RatePerYear {
		t.YearStart = w.themes[s.theme].period.start
	}
	code := fmt.Sprintf("%s-%d", t.Indicator.Code(), year)
	if area != s.area {
		code += "-" + t.Region.Code()
	}
	t.Meta = w.element(s, "target", code)
	switch chance := w.rng.IntN(100); {
	case chance < wordy:
		t.Quantity = quantity.Quantity{Comparator: quantity.Delegated, Phrase: "完成上级下达任务"}
		t.Text = fmt.Sprintf("到%d年，%s完成上级下达任务", year, m.name)
		return t
	case chance < wordy+differing:
		t.Quantity = w.quantity(m, t, w.truth(topic, i, year, area), 90+w.rng.Int64N(8))
	default:
		t.Quantity = w.quantity(m, t, w.truth(topic, i, year, area), 100)
	}
	t.Text = phrase(m, t)
	return t
}

// truth is what every plan that agrees says about an indicator in a region and year, in hundredths of the unit.
func (w *world) truth(topic, i, year, area int) int64 {
	m := w.measures[topic][i]
	rng := rand.New(rand.NewPCG(w.seed^uint64(topic*100+i), uint64(area*10_000+year)))
	percent := 95 + rng.Int64N(11)
	if m.trend == plan.Up {
		percent -= int64(2035-year) / 2
	} else {
		percent += int64(2035-year) / 2
	}
	value := m.base * percent / 100
	if m.summable {
		switch w.areas[area].region.Level {
		case plan.National:
			value *= 30
		case plan.Prefectural:
			value /= 12
		case plan.County:
			value /= 100
		}
	}
	if m.unit == "%" && m.kind == quantity.Level {
		value = min(value, 100_00)
	}
	if value == 0 {
		return 1
	}
	return value
}

// quantity states percent of a true value with as many digits as a plan of that size prints.
func (w *world) quantity(m measure, t *plan.Target, truth, percent int64) quantity.Quantity {
	comparator := quantity.GE
	if m.trend == plan.Down {
		comparator = quantity.LE
	}
	q := quantity.Quantity{Comparator: comparator, Unit: m.unit, Kind: m.kind, Value: printed(truth*percent/100, truth)}
	if m.kind == quantity.PercentChange {
		q.BaseYear = 2020
	}
	if m.kind == quantity.RatePerYear {
		q.Comparator = quantity.About
	}
	return q
}

// printed is a number of hundredths without the digits that a number of this size isn't given with.
func printed(hundredths, size int64) quantity.Decimal {
	digits := 2
	switch size = max(size, -size); {
	case size >= 1000_00:
		digits = 0
	case size >= 10_00:
		digits = 1
	}
	unit := []int64{100, 10, 1}[digits]
	hundredths = hundredths / unit * unit
	sign := ""
	if hundredths < 0 {
		sign = "-"
		hundredths = -hundredths
	}
	text := fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
	text = text[:len(text)-[]int{3, 1, 0}[digits]]
	d, err := quantity.ParseDecimal(text)
	if err != nil {
		panic("bench: " + err.Error()) // the text is made of digits here
	}
	return d
}

// phrase is the sentence that a plan would state the target with.
func phrase(m measure, t *plan.Target) string {
	verbs := map[quantity.Comparator]string{quantity.GE: "达到", quantity.LE: "控制在", quantity.About: "约为"}
	verb := verbs[t.Quantity.Comparator]
	if m.kind == quantity.PercentChange {
		verb = fmt.Sprintf("比%d年变化", t.Quantity.BaseYear)
	}
	text := fmt.Sprintf("到%d年，%s%s%s%s", t.Year, m.name, verb, t.Quantity.Value, m.unit)
	if t.Quantity.Comparator == quantity.LE && m.kind == quantity.Level {
		text += "以内"
	}
	return text
}
