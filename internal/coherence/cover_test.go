package coherence

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestCoverageOf(t *testing.T) {
	l := newTwoLevels(t)
	county := l.plan("county")
	county.Level, county.Region = plan.County, "region:county"
	l.link(county, plan.Obeys, l.lower)
	l.add(&plan.Region{Meta: plan.Meta{ID: "region:county", Code: "county"}, Name: "某县", Type: plan.Administrative, Within: []plan.ID{"region:city"}})
	l.add(goal("upper", "1", ""), goal("lower", "1", ""), exampleTask("upper", "2", "退牧还草"))
	l.binding("upper")
	l.binding("lower")
	l.binding("county").Nature = plan.Expected
	l.connect("task:lower/1", plan.Implements, "task:upper/1")
	l.connect("goal:lower/1", plan.Refines, "goal:upper/1")
	l.connect("task:lower/1", plan.ContributesTo, "target:lower/x")
	frame, memory := NewFrame(l.objects), NewMemory(l.objects)
	tests := []struct {
		name       string
		plan       plan.ID
		down, deep bool
		want       []Covered
	}{
		{"down", "plan:upper", true, false, []Covered{
			{Element: "goal:upper/1", By: []plan.ID{"goal:lower/1"}, Covered: true, Asked: true},
			{Element: "target:upper/x", By: []plan.ID{"target:lower/x"}, Covered: true, Asked: true},
			{Element: "task:upper/1", By: []plan.ID{"task:lower/1"}, Covered: true, Asked: true},
			{Element: "task:upper/2", Asked: true},
		}},
		{"all the way down", "plan:upper", true, true, []Covered{
			{Element: "goal:upper/1", By: []plan.ID{"goal:lower/1"}, Covered: true, Asked: true, Ends: []plan.ID{"goal:lower/1"}},
			{Element: "target:upper/x", By: []plan.ID{"target:county/x", "target:lower/x", "task:lower/1"}, Covered: true, Asked: true},
			{Element: "task:upper/1", By: []plan.ID{"task:lower/1"}, Covered: true, Asked: true, Ends: []plan.ID{"task:lower/1"}},
			{Element: "task:upper/2", Asked: true},
		}},
		{"up", "plan:lower", false, false, []Covered{
			{Element: "goal:lower/1", By: []plan.ID{"goal:upper/1"}, Covered: true},
			{Element: "target:lower/x", By: []plan.ID{"target:upper/x"}, Covered: true, Asked: true},
			{Element: "task:lower/1", By: []plan.ID{"target:upper/x", "task:upper/1"}, Covered: true},
		}},
		{"up from the top", "plan:upper", false, true, []Covered{
			{Element: "goal:upper/1"}, {Element: "target:upper/x", Asked: true}, {Element: "task:upper/1"}, {Element: "task:upper/2"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := CoverageOf(t.Context(), frame, memory, tt.plan, tt.down, tt.deep)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Items); diff != "" || !c.Linked {
				t.Error(diff)
			}
		})
	}
	c, err := CoverageOf(t.Context(), frame, memory, "plan:lower", true, false)
	if err != nil {
		t.Fatal(err)
	}
	want := []Chain{{Target: "target:lower/x", Steps: []ChainStep{
		{TaskLink, []plan.ID{"task:lower/1"}}, {MeasureLink, nil}, {LeadLink, nil}, {DeadlineLink, nil}, {FundingLink, nil}, {SafeguardLink, nil},
	}}}
	if diff := cmp.Diff(want, c.Chains); diff != "" {
		t.Error(diff)
	}
	if _, err := CoverageOf(t.Context(), frame, memory, "plan:nothing", true, false); plan.CodeOf(err) != plan.NotFound {
		t.Errorf("a plan that isn't there answers %v", err)
	}
}

// What coverage says nobody takes up, though it is asked of a plan that records its links, is what R13 reports, and so for R14 and R23.
func TestCoverageSaysWhatTheRulesSay(t *testing.T) {
	l := newTwoLevels(t)
	l.add(goal("upper", "1", ""), goal("lower", "1", ""), exampleTask("upper", "2", "退牧还草"))
	l.binding("upper")
	l.connect("task:lower/1", plan.Implements, "task:upper/1")
	l.connect("task:upper/2", plan.ContributesTo, "goal:upper/1")
	frame, memory := NewFrame(l.objects), NewMemory(l.objects)
	for rule, down := range map[string]bool{"R13": true, "R14": false} {
		c, err := CoverageOf(t.Context(), frame, memory, "plan:upper", down, false)
		if err != nil {
			t.Fatal(err)
		}
		var gaps, found []plan.ID
		for _, item := range c.Items {
			if item.Asked && !item.Covered {
				gaps = append(gaps, item.Element)
			}
		}
		for _, f := range l.check(with(t, rule)).Findings {
			found = append(found, f.About[0])
		}
		slices.Sort(found)
		if !slices.Equal(gaps, found) || len(gaps) == 0 {
			t.Errorf("coverage leaves %v, %s finds %v", gaps, rule, found)
		}
	}
}
