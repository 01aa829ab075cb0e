package registertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// askedDocuments are a province's plan u and its cap v, a city's plan l that follows both, m that follows l, and two texts of a series.
func askedDocuments() []string {
	return []string{`
vocabulary:
  regions:
    - {code: r, name: 某省, type: ADMINISTRATIVE, level: PROVINCIAL}
    - {code: c, name: 某市, type: ADMINISTRATIVE, level: PREFECTURAL, within: [r]}
  indicators: [{code: i, name: 森林覆盖率, unit: "%", trend: UP}, {code: w, name: 用水总量, unit: 亿m³}]
  organizations: [{code: forest, name: 林业局, type: DEPARTMENT}]
`, `
plan: {code: u, title: 省规划, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: r}
goals: [{code: g, title: 目标}]
targets:
  - {code: t, indicator: i, region: c, year: 2025, value: ">= 24.0 %", nature: BINDING}
  - {code: later, indicator: i, region: c, year: 2030, value: ">= 26 %", nature: EXPECTED}
tasks: [{code: k, title: 造林, leads: [forest], deadline: "2025", children: [{code: k1, title: 封育, funding: 省级财政}]}]
projects: [{code: p, title: 水库, demands: [{code: d, indicator: w, value: "3 万m³", year: 2025}]}]
safeguards: [{code: s, title: 加强组织领导}]
links:
  - {type: CONTRIBUTES_TO, from: 'task:u/k', to: 'target:u/t'}
  - {type: DEPENDS_ON, from: 'task:u/k1', to: 'safeguard:u/s'}
`, `
plan: {code: v, title: 省方案, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: r}
targets: [{code: t, indicator: i, region: c, year: 2025, value: "<= 23.5 %", nature: EXPECTED}]
`, `
plan: {code: l, title: 市规划, level: PREFECTURAL, category: SPECIAL, form: PLAN, status: ISSUED, region: c}
targets: [{code: t, indicator: i, region: c, year: 2025, value: "23 %", nature: BINDING}]
links:
  - {type: OBEYS, to: u}
  - {type: REFINES, from: 'target:l/t', to: 'target:u/t'}
  - {type: REFINES, from: 'target:l/t', to: 'goal:u/g'}
`, `
plan: {code: m, title: 市方案, level: PREFECTURAL, category: SPECIAL, form: PLAN, status: ISSUED, region: c}
targets: [{code: t, indicator: i, region: c, year: 2025, value: "23.2 %", nature: BINDING}]
links:
  - {type: OBEYS, to: l}
  - {type: REFINES, from: 'target:m/t', to: 'target:l/t'}
`, `
plan: {code: a, title: 市专项规划, level: PREFECTURAL, category: SPECIAL, form: PLAN, status: SUPERSEDED, series: s, region: c}
goals: [{code: g, title: 绿化}]
targets: [{code: t, indicator: i, region: c, year: 2030, value: "25 %", nature: EXPECTED}]
tasks: [{code: "1", title: 造林}]
`, `
plan: {code: b, title: 市专项规划, level: PREFECTURAL, category: SPECIAL, form: PLAN, status: ISSUED, series: s, region: c}
goals: [{code: g, title: 绿化}]
targets: [{code: t, indicator: i, region: c, year: 2030, value: "27 %", nature: EXPECTED}]
tasks: [{code: "1", title: 造林和封育, children: [{code: "2", title: 育苗}]}]
`}
}

// AnswersQuestions asks what a register works out of its plans, of one that has just imported them and of one that only reads the store.
func AnswersQuestions(t *testing.T, s store.Store) {
	var docs []*document.Document
	for i, text := range askedDocuments() {
		docs = append(docs, parsed(t, fmt.Sprint(i, ".yaml"), text))
	}
	writer := register.New(s)
	if _, err := writer.Import(t.Context(), document.Of(docs...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*register.Register{"that has checked": writer, "that only reads": register.New(s)} {
		t.Run(name, func(t *testing.T) {
			t.Run("coverage", func(t *testing.T) { coverage(t, r) })
			t.Run("room", func(t *testing.T) { rooms(t, r) })
			t.Run("impact", func(t *testing.T) { impact(t, r) })
			t.Run("compare", func(t *testing.T) { compareTexts(t, r) })
		})
	}
}

func coverage(t *testing.T, r *register.Register) {
	for _, tt := range []struct {
		plan       plan.ID
		down, deep bool
		want       []string // element, by what; ! covered, ? asked for
	}{
		{"plan:u", true, false, []string{"goal:u/g[target:l/t]!?", "target:u/t[target:l/t]!?", "task:u/k[]", "task:u/k1[]"}},
		{"plan:u", true, true, []string{"goal:u/g[target:l/t target:m/t]!?", "target:u/t[target:l/t target:m/t]!?", "task:u/k[]", "task:u/k1[]"}},
		{"plan:u", false, false, []string{"goal:u/g[]", "project:u/p[]?", "target:u/t[]?", "task:u/k[]", "task:u/k1[]"}},
		{"plan:l", false, false, []string{"target:l/t[goal:u/g target:u/later target:u/t]!?"}},
		{"plan:m", false, false, []string{"target:m/t[target:l/t]!?"}},
		{"plan:m", false, true, []string{"target:m/t[goal:u/g target:l/t target:u/later target:u/t]!?"}},
		{"plan:m", true, true, []string{"target:m/t[]"}},
	} {
		c, err := r.Coverage(t.Context(), tt.plan, tt.down, tt.deep)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, i := range c.Items {
			line := fmt.Sprint(i.Element, i.By)
			if i.Covered {
				line += "!"
			}
			if i.Asked {
				line += "?"
			}
			if len(i.Ends) > 0 {
				line += fmt.Sprint(" ends", i.Ends)
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, down %v, deep %v: %s", tt.plan, tt.down, tt.deep, diff)
		}
	}
	c, err := r.Coverage(t.Context(), "plan:u", true, false)
	if err != nil {
		t.Fatal(err)
	}
	chains := []coherence.Chain{{Target: "target:u/t", Steps: []coherence.ChainStep{
		{Link: coherence.TaskLink, By: []plan.ID{"task:u/k", "task:u/k1"}}, {Link: coherence.MeasureLink, By: []plan.ID{"task:u/k1"}},
		{Link: coherence.LeadLink, By: []plan.ID{"organization:forest"}}, {Link: coherence.DeadlineLink, By: []plan.ID{"task:u/k"}},
		{Link: coherence.FundingLink, By: []plan.ID{"task:u/k1"}}, {Link: coherence.SafeguardLink, By: []plan.ID{"safeguard:u/s"}},
	}}}
	if diff := cmp.Diff(chains, c.Chains); diff != "" || !c.Linked || c.Known != 1 {
		t.Errorf("the chain, %d known: %s", c.Known, diff)
	}
	if _, err := r.Coverage(t.Context(), "plan:nothing", true, false); plan.CodeOf(err) != plan.NotFound {
		t.Errorf("coverage of nothing: %v", err)
	}
}

func rooms(t *testing.T, r *register.Register) {
	room := func(year int, of plan.ID) *coherence.Room {
		t.Helper()
		room, err := r.Room(t.Context(), "indicator:i", "region:c", year, of)
		if err != nil {
			t.Fatal(err)
		}
		return room
	}
	between := room(2025, "plan:l")
	if between.Lower == nil || between.Upper == nil || !between.Empty || !slices.Equal(between.Contradiction, []plan.ID{"target:u/t", "target:v/t"}) ||
		between.Lower.Value.String()+between.Unit != "24.0%" || between.Upper.Value.String() != "23.5" || between.Lower.Plan != "plan:u" || between.Upper.Plan != "plan:v" {
		t.Errorf("between a floor and a lower cap: %+v", between)
	}
	if floor := room(2030, "plan:l"); floor.Lower == nil || floor.Upper != nil || floor.Empty || floor.Lower.Value.String() != "26" ||
		floor.Lower.By != coherence.BySuperior || !slices.Equal(floor.Lower.Targets, []plan.ID{"target:u/later"}) {
		t.Errorf("above a floor: %+v", floor)
	}
	if free := room(2027, "plan:l"); free.Lower != nil || free.Upper != nil || free.Empty {
		t.Errorf("in a year without a target: %+v", free)
	}
	if top := room(2025, "plan:u"); top.Lower != nil || top.Upper != nil {
		t.Errorf("of the plan on top: %+v", top)
	}
	if _, err := r.Room(t.Context(), "indicator:nothing", "region:c", 2025, "plan:l"); plan.CodeOf(err) != plan.NotFound {
		t.Errorf("of no indicator: %v", err)
	}
}

func impact(t *testing.T, r *register.Register) {
	for _, tt := range []struct {
		id   plan.ID
		want []string // path by relations, and why the walk stops
	}{
		{"target:u/t", []string{
			"OBEYS plan:l", "REFINES target:l/t", "CONTRIBUTES_TO task:u/k", "OBEYS plan:l, OBEYS plan:m ALREADY_LISTED",
			"REFINES target:l/t, REFINES target:m/t NOTHING_DEPENDS", "CONTRIBUTES_TO task:u/k, PART_OF task:u/k1 NOTHING_DEPENDS",
		}},
		{"plan:l", []string{"OBEYS plan:m NOTHING_DEPENDS"}},
		{"target:m/t", nil},
		{"safeguard:u/s", []string{"DEPENDS_ON task:u/k1 NOTHING_DEPENDS"}},
	} {
		i, err := r.Impact(t.Context(), tt.id)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range i.Dependents {
			var path []string
			for _, step := range d.Path {
				path = append(path, fmt.Sprint(step.By, " ", step.Object))
			}
			got = append(got, strings.TrimSpace(strings.Join(path, ", ")+" "+string(d.Stop.Code)))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || !i.Complete {
			t.Errorf("%s: %s", tt.id, diff)
		}
	}
	if _, err := r.Impact(t.Context(), "target:u/nothing"); plan.CodeOf(err) != plan.NotFound {
		t.Errorf("of nothing: %v", err)
	}
}

func compareTexts(t *testing.T, r *register.Register) {
	c, err := r.Compare(t.Context(), "plan:a", "plan:b", nil)
	if err != nil {
		t.Fatal(err)
	}
	var items []string
	for _, i := range c.Items {
		line := fmt.Sprint(i.Change(), " ", i.Kind.Name, " ", i.Code)
		for _, f := range i.Fields {
			line += fmt.Sprintf(", %s %q → %q", f.Name, f.Before, f.After)
		}
		items = append(items, line)
	}
	want := []string{
		`CHANGED Plan s, status "SUPERSEDED" → "ISSUED"`, `CHANGED Task 1, title "造林" → "造林和封育"`, "ADDED Task 2", `CHANGED Target t, quantity "25 %" → "27 %"`,
	}
	if diff := cmp.Diff(want, items); diff != "" || c.Same != 1 {
		t.Errorf("%d the same: %s", c.Same, diff)
	}
	rules := func(findings []*plan.Finding) (all []string) {
		for _, f := range findings {
			all = append(all, fmt.Sprint(f.Rule, f.Plans))
		}
		return all
	}
	if diff := cmp.Diff([]string{"R01[plan:a plan:u]"}, rules(c.Closed)) + cmp.Diff([]string(nil), rules(c.Opened)); diff != "" {
		t.Errorf("closed and opened: %s", diff)
	}
	if _, err := r.Compare(t.Context(), "plan:a", "plan:u", nil); plan.CodeOf(err) != plan.BadUserInput {
		t.Errorf("of two series: %v", err)
	}
}
