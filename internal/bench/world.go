package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"xianjie/internal/plan"
)

// area is one region with the places of its parts in the tree.
type area struct {
	region *plan.Region
	short  string // abbreviation of the province in document numbers
	parent int    // index of the region above, -1 for the nation
}

// theme is a topic in one planning period.
type theme struct {
	topic  *topic
	index  int // of the topic
	name   string
	code   string
	period period
}

type period struct {
	code, name      string
	start, mid, end int
}

// slot is one plan to be written.
type slot struct {
	plan    *plan.Plan
	area    int
	theme   int
	above   int   // index of the plan it obeys, -1 for none
	outline int   // index of the nation's development plan, -1 for the plan itself
	beside  int   // index of the plan of the neighbouring theme, -1 for none
	below   []int // indexes of the plans that obey it
}

// world is what the whole register has to agree on before any plan is written.
type world struct {
	seed     uint64
	rng      *rand.Rand
	areas    []area
	levels   [4][]int // indexes of areas by level
	topics   []topic
	measures [][]measure
	themes   []theme
	slots    []slot
}

func newWorld(seed uint64, scale float64) *world {
	w := &world{seed: seed, rng: rand.New(rand.NewPCG(seed, 0x786a)), topics: topics()}
	for i := range w.topics {
		w.measures = append(w.measures, w.topics[i].measures())
	}
	for _, p := range []period{
		{"14", "“十四五”", 2021, 2023, 2025}, {"15", "“十五五”", 2026, 2028, 2030}, {"2035", "", 2021, 2030, 2035},
	} {
		for i := range w.topics {
			t := &w.topics[i]
			name := p.name + t.name
			if p.name == "" {
				name += "（2021—2035年）"
			}
			w.themes = append(w.themes, theme{topic: t, index: i, name: name, code: t.code + "-" + p.code, period: p})
		}
	}
	w.makeAreas(min(scale, 1))
	w.makeSlots(max(1, round(4000*scale)))
	return w
}

func round(x float64) int { return int(x + 0.5) }

func (w *world) makeAreas(scale float64) {
	w.addArea("china", "全国", "国", plan.National, -1)
	rows := provinces()
	for _, row := range rows[:max(2, round(float64(len(rows))*scale))] {
		cells := strings.Fields(row)
		w.addArea(cells[0]+"0000", cells[1], cells[2], plan.Provincial, 0)
	}
	w.divide(max(4, round(333*scale)), plan.Prefectural, []string{"市", "市", "市", "地区"}, func(above string, i int) string {
		return fmt.Sprintf("%s%02d00", above[:2], i+1)
	})
	w.divide(max(16, round(2807*scale)), plan.County, []string{"县", "县", "区", "市"}, func(above string, i int) string {
		return fmt.Sprintf("%s%02d", above[:4], i+1)
	})
}

// divide spreads n regions of a level over those of the level above.
func (w *world) divide(n int, level plan.PlanLevel, endings []string, code func(above string, i int) string) {
	above := w.levels[level.Rank()-2]
	first, second := []rune(firstSyllables), []rune(secondSyllables)
	for i := range n {
		parent := above[i%len(above)]
		name := string(first[w.rng.IntN(len(first))]) + string(second[w.rng.IntN(len(second))]) + endings[w.rng.IntN(len(endings))]
		w.addArea(code(w.areas[parent].region.ID.Code(), i/len(above)), name, w.areas[parent].short, level, parent)
	}
}

func (w *world) addArea(code, name, short string, level plan.PlanLevel, parent int) {
	r := &plan.Region{
		Meta: plan.Meta{ID: plan.MakeID("region", code)}, Name: name, Type: plan.Administrative, Level: level,
		Source: plan.Source{Ref: "GBT2260", Document: "中华人民共和国行政区划代码", Confidence: plan.Stated},
	}
	if parent >= 0 {
		r.GBCode, r.Edition = code, "2007"
		r.Within = []plan.ID{w.areas[parent].region.ID}
	}
	rank := level.Rank() - 1
	w.levels[rank] = append(w.levels[rank], len(w.areas))
	w.areas = append(w.areas, area{region: r, short: short, parent: parent})
}

// makeSlots spreads n plans over the regions, upper levels first, so that what is obeyed stands
// before what obeys.
func (w *world) makeSlots(n int) {
	quotas := [4]int{max(4, n/200), n * 31 / 200, n / 3}
	for i := range 3 {
		quotas[i] = min(quotas[i], n, len(w.levels[i])*len(w.themes))
		n -= quotas[i]
	}
	quotas[3] = min(n, len(w.levels[3])*len(w.themes))
	at := map[[2]int]int{} // area and theme to slot
	themes := map[int][]int{}
	for rank, quota := range quotas {
		for i := range quota {
			a := w.levels[rank][i%len(w.levels[rank])]
			t := w.addSlot(a, w.pickTheme(a, i/len(w.levels[rank]), themes), at)
			themes[a] = append(themes[a], t)
		}
	}
}

// pickTheme is the theme of an area's nth plan: mostly one that the area above has a plan for, so that there is something to obey, and
// not the same for all areas below one.
func (w *world) pickTheme(a, n int, themes map[int][]int) int {
	above := themes[w.areas[a].parent]
	if len(above) == 0 {
		return n % len(w.themes)
	}
	if w.areas[a].region.Level == plan.Provincial {
		return above[n%len(above)]
	}
	return above[(a+n)%len(above)]
}

// addSlot takes the theme, or the next one that the area has no plan for, and says which it was.
func (w *world) addSlot(a, t int, at map[[2]int]int) int {
	for range w.themes {
		if _, taken := at[[2]int{a, t}]; !taken {
			break
		}
		t = (t + 1) % len(w.themes)
	}
	find := func(a, t int) int {
		if i, ok := at[[2]int{a, t}]; ok {
			return i
		}
		return -1
	}
	i := len(w.slots)
	s := slot{area: a, theme: t, above: -1, outline: find(0, 0), beside: find(a, (t+len(w.themes)-1)%len(w.themes))}
	if parent := w.areas[a].parent; parent >= 0 {
		s.above = find(parent, t)
	}
	if s.above >= 0 {
		w.slots[s.above].below = append(w.slots[s.above].below, i)
	}
	s.plan = w.plan(&s, i)
	at[[2]int{a, t}] = i
	w.slots = append(w.slots, s)
	return t
}

func (w *world) plan(s *slot, i int) *plan.Plan {
	a, t := w.areas[s.area], w.themes[s.theme]
	name := a.region.Name
	if a.region.Level == plan.County {
		name = w.areas[a.parent].region.Name + name
	}
	issued := fmt.Sprintf("%d-%02d", t.period.start, 1+i%12)
	if i%3 == 0 {
		issued += fmt.Sprintf("-%02d", 1+i%28)
	}
	p := &plan.Plan{
		Meta:  plan.Meta{ID: plan.MakeID("plan", a.region.ID.Code()+"-"+t.code)},
		Title: name + t.name, Level: a.region.Level, Category: t.topic.category, Form: plan.FormPlan, Status: plan.Issued,
		Series:         a.region.ID.Code() + "-" + t.code,
		DocumentNumber: fmt.Sprintf("%s政发〔%d〕%d号", a.short, t.period.start, 1+i%97),
		PeriodStart:    plan.Date(fmt.Sprint(t.period.start)), PeriodEnd: plan.Date(fmt.Sprint(t.period.end)),
		IssuedAt: plan.Date(issued), AnnouncedIndicators: targetsPerPlan,
		Summary: fmt.Sprintf("%s%s，明确%d项指标，围绕%s部署重点任务。", name, t.name, targetsPerPlan, t.topic.task),
		Region:  a.region.ID, Leads: w.leads(s), Issuers: w.issuers(s),
	}
	p.Source = w.source(s, "")
	return p
}

func (w *world) source(s *slot, locator string) plan.Source {
	a, t := w.areas[s.area], w.themes[s.theme]
	return plan.Source{
		Ref: "B" + a.region.ID.Code() + strings.ToUpper(t.topic.code[:1]), Document: a.region.Name + t.name,
		Publisher: government(a.region), Date: plan.Date(fmt.Sprint(t.period.start)), Locator: locator, Confidence: plan.Stated,
	}
}

func government(r *plan.Region) string {
	if r.Level == plan.National {
		return "国务院"
	}
	return r.Name + "人民政府"
}

// leads is the department of the plan's topic, where the level has one.
func (w *world) leads(s *slot) []plan.ID {
	if w.areas[s.area].region.Level.Rank() > 2 {
		return nil
	}
	return []plan.ID{w.office(s.area, w.themes[s.theme].topic.department)}
}

func (w *world) issuers(s *slot) []plan.ID {
	if w.areas[s.area].region.Level == plan.County {
		return nil
	}
	return []plan.ID{w.office(s.area, governmentCode)}
}

const governmentCode = "gov"

func (w *world) office(area int, code string) plan.ID {
	return plan.MakeID("organization", w.areas[area].region.ID.Code()+"-"+code)
}
