package register

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
)

func TestCoverage(t *testing.T) {
	ctx := t.Context()
	r := open(t)
	lower := planText("b", "24 %", "BINDING") + "links: [{type: REFINES, from: 'target:b/t', to: 'target:a/t'}]\n"
	lowest := planText("c", "25 %", "BINDING") + "links: [{type: REFINES, from: 'target:c/t', to: 'target:b/t'}]\n"
	docs := parse(t, file("v.yaml", vocabulary), file("a.yaml", planText("a", "23.5 %", "BINDING")),
		file("b.yaml", lower), file("c.yaml", lowest))
	if _, err := r.Import(ctx, document.Of(docs...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		plan       plan.ID
		down, deep bool
		want       []plan.ID
	}{
		"one link down":   {"plan:a", true, false, []plan.ID{"target:b/t"}},
		"whole chain":     {"plan:a", true, true, []plan.ID{"target:b/t", "target:c/t"}},
		"nothing above":   {"plan:a", false, true, nil},
		"whole chain up":  {"plan:c", false, true, []plan.ID{"target:a/t", "target:b/t"}},
		"one link up":     {"plan:c", false, false, []plan.ID{"target:b/t"}},
		"nothing beneath": {"plan:c", true, false, nil},
	} {
		c, err := r.Coverage(ctx, tc.plan, tc.down, tc.deep)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(c.Items) != 1 || !slices.Equal(c.Items[0].By, tc.want) || c.Known != 1 || c.Announced != 0 {
			t.Errorf("%s: %+v, want by %v", name, c, tc.want)
		}
	}
}

// Of the demonstration no source speaks of links between elements: nothing is covered, and it is said that nothing is recorded.
func TestCoverageOfTheDemonstration(t *testing.T) {
	r := opened(t)
	for _, down := range []bool{true, false} {
		c, err := r.Coverage(t.Context(), "plan:nm-eco-14", down, true)
		if err != nil {
			t.Fatal(err)
		}
		covered := slices.ContainsFunc(c.Items, func(i coherence.Covered) bool { return i.Covered || i.Asked })
		if len(c.Items) != 22 || covered || c.Linked || len(c.Chains) != 0 || c.Announced != 21 || c.Known != 3 {
			t.Errorf("down %v: %+v, want 13 goals and 9 tasks, none covered", down, c)
		}
	}
	c, err := r.Coverage(t.Context(), "plan:nat-eco-13", true, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Items) != 4 || len(c.Chains) != 4 || len(c.Chains[0].Steps) != 6 || c.Linked {
		t.Errorf("%+v, want four binding targets", c)
	}
	if _, err := r.Coverage(t.Context(), "plan:nothing", true, false); plan.CodeOf(err) != plan.NotFound {
		t.Errorf("a plan that isn't there answers %v", err)
	}
}

// A plan whose elements are linked, read from the store before and after a check.
func TestCoverageChains(t *testing.T) {
	const upper = `
plan: {code: u, title: 上位规划, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: r}
goals: [{code: g, title: 目标}]
targets: [{code: t, indicator: i, region: r, year: 2025, value: "25 %", nature: BINDING}]
tasks: [{code: k, title: 造林, leads: [forest], deadline: "2025", children: [{code: k1, title: 封育, funding: 省级财政}]}]
projects: [{code: p, title: 水库, demands: [{code: d, indicator: w, value: "3 万m³", year: 2025}]}]
safeguards: [{code: s, title: 加强组织领导}]
links:
  - {type: CONTRIBUTES_TO, from: 'task:u/k', to: 'target:u/t'}
  - {type: DEPENDS_ON, from: 'task:u/k1', to: 'safeguard:u/s'}
`
	r := open(t)
	words := strings.Replace(vocabulary, "trend: UP}", "trend: UP}, {code: w, name: 用水总量, unit: 亿m³}", 1) + "  organizations: [{code: forest, name: 林业局, type: DEPARTMENT}]\n"
	lower := planText("l", "24 %", "EXPECTED") + "links: [{type: OBEYS, to: u}, {type: REFINES, from: 'target:l/t', to: 'goal:u/g'}]\n"
	if _, err := r.Import(t.Context(), document.Of(parse(t, file("v.yaml", words), file("u.yaml", upper), file("l.yaml", lower))...), ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Register{r, New(r.store)} {
		c, err := r.Coverage(t.Context(), "plan:u", true, false)
		if err != nil {
			t.Fatal(err)
		}
		items := []coherence.Covered{
			{Element: "goal:u/g", By: []plan.ID{"target:l/t"}, Covered: true},
			{Element: "target:u/t", By: []plan.ID{"target:l/t"}, Covered: true},
			{Element: "task:u/k"}, {Element: "task:u/k1"},
		}
		chains := []coherence.Chain{{Target: "target:u/t", Steps: []coherence.ChainStep{
			{Link: coherence.TaskLink, By: []plan.ID{"task:u/k", "task:u/k1"}}, {Link: coherence.MeasureLink, By: []plan.ID{"task:u/k1"}},
			{Link: coherence.LeadLink, By: []plan.ID{"organization:forest"}}, {Link: coherence.DeadlineLink, By: []plan.ID{"task:u/k"}},
			{Link: coherence.FundingLink, By: []plan.ID{"task:u/k1"}}, {Link: coherence.SafeguardLink, By: []plan.ID{"safeguard:u/s"}},
		}}}
		if diff := cmp.Diff(items, c.Items) + cmp.Diff(chains, c.Chains); diff != "" || !c.Linked {
			t.Error(diff)
		}
		if c, err = r.Coverage(t.Context(), "plan:u", false, false); err != nil {
			t.Fatal(err)
		}
		if at := slices.IndexFunc(c.Items, func(i coherence.Covered) bool { return i.Element == "project:u/p" }); at < 0 || !c.Items[at].Asked || c.Items[at].Covered {
			t.Errorf("upward %+v, want the reservoir that rests on nothing", c.Items)
		}
	}
}
