package coherence

import (
	"slices"
	"testing"

	"xianjie/internal/plan"
)

// twoLevels is a province's plan "upper" over a city's plan "lower" of the same category, both from 2021 to 2025, with one task each.
type twoLevels struct {
	*register
	upper, lower *plan.Plan
}

func newTwoLevels(t testing.TB) *twoLevels {
	r := newRegister(t, plan.Up)
	l := &twoLevels{r, r.plan("upper"), r.plan("lower")}
	l.upper.Level, l.upper.Region = plan.Provincial, "region:province"
	for _, p := range []*plan.Plan{l.upper, l.lower} {
		p.PeriodStart, p.PeriodEnd = "2021", "2025"
	}
	r.link(l.lower, plan.Obeys, l.upper)
	l.add(exampleTask("upper", "1", "治理沙化土地"), exampleTask("lower", "1", "治理北部沙化土地"))
	return l
}

func (l *twoLevels) add(objects ...plan.Object) { l.objects = append(l.objects, objects...) }

func (l *twoLevels) connect(from plan.ID, typ plan.LinkType, to plan.ID) *plan.Link {
	link := exampleLink(typ, from, to)
	l.add(link)
	return link
}

func (l *twoLevels) binding(owner string) *plan.Target {
	t := exampleTarget{value: "25 %", nature: plan.Binding}.of(owner)
	l.add(t)
	return t
}

func goal(owner, code string, parent plan.ID) *plan.Goal {
	return &plan.Goal{Meta: plan.Meta{ID: plan.MakeID("goal", owner, code), Code: code}, Title: "目标" + code, Plan: plan.MakeID("plan", owner), Parent: parent}
}

func TestR13(t *testing.T) {
	linked := func(l *twoLevels) { l.connect("task:lower/1", plan.Implements, "task:upper/1") }
	tests := []struct {
		name   string
		make   func(*twoLevels)
		counts Counts
		find   []plan.ID    // what nobody takes up
		why    []ReasonCode // of OPEN and NOT_APPLICABLE
	}{
		{"nothing is linked", func(l *twoLevels) { l.binding("upper") }, Counts{Open: 1}, nil, []ReasonCode{LinksUnrecorded}},
		{"links of other elements only", func(l *twoLevels) {
			l.add(goal("lower", "1", ""))
			l.connect("task:lower/1", plan.ContributesTo, "goal:lower/1")
		}, Counts{Open: 1}, nil, []ReasonCode{LinksUnrecorded}},
		{"the task is implemented", linked, Counts{Passed: 1}, nil, nil},
		{"the binding target is not", func(l *twoLevels) { linked(l); l.binding("upper") }, Counts{Passed: 1, Failed: 1}, []plan.ID{"target:upper/x"}, nil},
		{"an expected target need not be", func(l *twoLevels) { linked(l); l.binding("upper").Nature = plan.Expected }, Counts{Passed: 1}, nil, nil},
		{"the binding target is allocated", func(l *twoLevels) {
			l.binding("upper")
			l.binding("lower")
			linked(l)
			l.connect("target:upper/x", plan.Allocates, "target:lower/x")
		}, Counts{Passed: 2}, nil, nil},
		{"a target for the same indicator", func(l *twoLevels) { linked(l); l.binding("upper"); l.binding("lower").Nature = plan.Unstated }, Counts{Passed: 2}, nil, nil},
		{"a link the wrong way round", func(l *twoLevels) { l.connect("task:upper/1", plan.Implements, "task:lower/1") }, Counts{Open: 1}, nil, []ReasonCode{LinksUnrecorded}},
		{"a goal", func(l *twoLevels) { linked(l); l.add(goal("upper", "1", "")) }, Counts{Passed: 1, Failed: 1}, []plan.ID{"goal:upper/1"}, nil},
		{"a goal with a nested one that is refined", func(l *twoLevels) {
			l.add(goal("upper", "1", ""), goal("upper", "2", "goal:upper/1"), goal("lower", "1", ""))
			linked(l)
			l.connect("goal:lower/1", plan.Refines, "goal:upper/2")
		}, Counts{Passed: 3}, nil, nil},
		{"a goal within one that is refined", func(l *twoLevels) {
			l.add(goal("upper", "1", ""), goal("upper", "2", "goal:upper/1"), goal("lower", "1", ""))
			l.connect("goal:lower/1", plan.Refines, "goal:upper/1")
			linked(l)
		}, Counts{Passed: 3}, nil, nil},
		{"a goal served by the implemented task", func(l *twoLevels) {
			linked(l)
			l.add(goal("upper", "1", ""))
			l.connect("task:upper/1", plan.ContributesTo, "goal:upper/1")
		}, Counts{Passed: 2}, nil, nil},
		{"a goal beyond the lower plan's period", func(l *twoLevels) {
			linked(l)
			g := goal("upper", "1", "")
			g.Year = 2035
			l.add(g)
		}, Counts{Passed: 1}, nil, nil},
		{"a goal due before the lower plan's period", func(l *twoLevels) {
			linked(l)
			g := goal("upper", "1", "")
			g.Year = 2020
			l.add(g)
		}, Counts{Passed: 1}, nil, nil},
		{"a share of the task is allocated", func(l *twoLevels) { l.connect("task:upper/1", plan.Allocates, "task:lower/1") }, Counts{Passed: 1}, nil, nil},
		{"a task of the lower plan's own department", func(l *twoLevels) {
			linked(l)
			task := exampleTask("upper", "2", "退牧还草")
			task.Regions, task.Leads, l.lower.Leads = nil, []plan.ID{"organization:forest"}, []plan.ID{"organization:forest"}
			l.add(task)
		}, Counts{Passed: 1, Failed: 1}, []plan.ID{"task:upper/2"}, nil},
		{"a binding target of a plan of another category", func(l *twoLevels) {
			linked(l)
			l.upper.Category = plan.Development
			l.binding("upper")
		}, Counts{Passed: 1}, nil, nil},
		{"a binding target for an indicator that the lower plan's department leads", func(l *twoLevels) {
			linked(l)
			l.upper.Category, l.lower.Leads = plan.Development, []plan.ID{"organization:forest"}
			l.binding("upper")
			l.objects[slices.IndexFunc(l.objects, func(o plan.Object) bool { return o.Base().ID == "indicator:x" })].(*plan.Indicator).Lead = "organization:forest"
		}, Counts{Passed: 1, Failed: 1}, []plan.ID{"target:upper/x"}, nil},
		{"a goal of a plan of another category", func(l *twoLevels) {
			linked(l)
			l.upper.Category = plan.Development
			l.add(goal("upper", "1", ""))
		}, Counts{Passed: 1}, nil, nil},
		{"a task of the city", func(l *twoLevels) { linked(l); l.add(exampleTask("upper", "2", "退牧还草")) }, Counts{Passed: 1, Failed: 1}, []plan.ID{"task:upper/2"}, nil},
		{"a task of nobody in particular", func(l *twoLevels) {
			linked(l)
			task := exampleTask("upper", "2", "退牧还草")
			task.Regions = []plan.ID{"region:province"}
			l.add(task)
		}, Counts{Passed: 1}, nil, nil},
		{"a task of the city's department", func(l *twoLevels) {
			linked(l)
			task := exampleTask("upper", "2", "退牧还草")
			task.Regions, task.Leads = nil, []plan.ID{"organization:forest"}
			l.add(task, &plan.Organization{Meta: plan.Meta{ID: "organization:forest", Code: "forest"}, Name: "某市林业局", Type: plan.Department, Region: "region:city"})
		}, Counts{Passed: 1, Failed: 1}, []plan.ID{"task:upper/2"}, nil},
		{"another plan takes it up", func(l *twoLevels) {
			linked(l)
			l.add(exampleTask("upper", "2", "退牧还草"), exampleTask("third", "1", "退牧还草"))
			l.link(l.plan("third"), plan.Obeys, l.upper)
			l.connect("task:third/1", plan.Implements, "task:upper/2")
		}, Counts{Passed: 2, NotApplicable: 2}, nil, []ReasonCode{TakenElsewhere, TakenElsewhere}},
		{"a plan that isn't in force doesn't", func(l *twoLevels) {
			linked(l)
			l.add(exampleTask("upper", "2", "退牧还草"), exampleTask("third", "1", "退牧还草"))
			l.plan("third").Status = plan.Draft
			l.connect("task:third/1", plan.Implements, "task:upper/2")
		}, Counts{Passed: 1, Failed: 1, NotApplicable: 1}, []plan.ID{"task:upper/2"}, []ReasonCode{NotInForce}},
		{"the upper plan isn't in force", func(l *twoLevels) { linked(l); l.upper.Status = plan.Superseded }, Counts{NotApplicable: 1}, nil, []ReasonCode{NotInForce}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newTwoLevels(t)
			tt.make(l)
			run := l.check(with(t, "R13"))
			complete(t, run.Findings)
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
			var found []plan.ID
			for _, f := range run.Findings {
				found = append(found, f.About[0])
				want := plan.Warning
				if plan.KindOf(f.About[0]).Name == "Target" {
					want = plan.SevError
				}
				if f.Severity != want || f.YieldsPlan != "plan:lower" || f.Yields.Norm != "P1" {
					t.Errorf("%s, %q yields by %q: %s", f.Severity, f.YieldsPlan, f.Yields.Norm, f.Message)
				}
			}
			var why []ReasonCode
			for c := range run.tallies.all() {
				if code := run.reasons.all[c.reason].Code; code != "" {
					why = append(why, slices.Repeat([]ReasonCode{code}, int(c.count))...)
				}
			}
			if !slices.Equal(found, tt.find) || !slices.Equal(why, tt.why) {
				t.Errorf("found %v, reasons %v, want %v, %v", found, why, tt.find, tt.why)
			}
		})
	}
}

func TestR14(t *testing.T) {
	tests := []struct {
		name   string
		make   func(*twoLevels)
		counts Counts
		find   []plan.ID
	}{
		{"nothing is linked", func(l *twoLevels) { l.binding("lower") }, Counts{Open: 1}, nil},
		{"no link of its own", func(l *twoLevels) { l.binding("lower"); l.connect("task:lower/1", plan.Implements, "task:upper/1") }, Counts{Failed: 1}, []plan.ID{"target:lower/x"}},
		{"it refines a superior element", func(l *twoLevels) { l.binding("lower"); l.connect("target:lower/x", plan.Refines, "task:upper/1") }, Counts{Passed: 1}, nil},
		{"it is allocated", func(l *twoLevels) {
			l.binding("lower")
			l.binding("upper").Nature = plan.Expected
			l.connect("target:upper/x", plan.Allocates, "target:lower/x")
		}, Counts{Passed: 1}, nil},
		{"by way of a task", func(l *twoLevels) {
			l.binding("lower")
			l.connect("target:lower/x", plan.ContributesTo, "task:lower/1")
			l.connect("task:lower/1", plan.Implements, "task:upper/1")
		}, Counts{Passed: 1}, nil},
		{"it serves a goal of its own", func(l *twoLevels) {
			l.binding("lower")
			l.add(goal("lower", "1", ""))
			l.connect("target:lower/x", plan.ContributesTo, "goal:lower/1")
		}, Counts{Passed: 1}, nil},
		{"it measures a goal of its own", func(l *twoLevels) {
			l.binding("lower")
			l.add(goal("lower", "1", ""))
			l.connect("goal:lower/1", plan.MeasuredBy, "target:lower/x")
		}, Counts{Passed: 1}, nil},
		{"the plan above has the indicator", func(l *twoLevels) {
			l.binding("lower")
			l.binding("upper").Nature = plan.Expected
			l.connect("task:lower/1", plan.Implements, "task:upper/1")
		}, Counts{Passed: 1}, nil},
		{"a plan below is no basis", func(l *twoLevels) {
			l.binding("upper")
			l.connect("target:upper/x", plan.Refines, "task:lower/1")
		}, Counts{Failed: 1}, []plan.ID{"target:upper/x"}},
		{"a statutory control", func(l *twoLevels) { l.binding("lower").Control = "水法 47" }, Counts{Passed: 1}, nil},
		{"a draft", func(l *twoLevels) { l.binding("lower"); l.lower.Status = plan.Draft }, Counts{NotApplicable: 1}, nil},
		{"projects that take water or nothing of the kind", func(l *twoLevels) {
			q := exampleQuantity("3 万m³")
			for code, indicator := range map[string]plan.ID{"1": "indicator:water", "2": "indicator:x"} {
				id := plan.MakeID("project", "lower", code)
				l.add(&plan.Project{Meta: plan.Meta{ID: id, Code: code}, Title: "水库", Plan: "plan:lower"},
					&plan.Demand{Meta: plan.Meta{ID: plan.MakeID("demand", "lower", code+"/1")}, Quantity: q, Project: id, Indicator: indicator})
			}
			l.add(&plan.Indicator{Meta: plan.Meta{ID: "indicator:water", Code: "water"}, Name: "用水总量"})
			l.connect("task:lower/1", plan.Implements, "task:upper/1")
		}, Counts{Failed: 1}, []plan.ID{"project:lower/1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newTwoLevels(t)
			tt.make(l)
			run := l.check(with(t, "R14"))
			complete(t, run.Findings)
			var found []plan.ID
			for _, f := range run.Findings {
				found = append(found, f.About[0])
			}
			if run.Counts != tt.counts || !slices.Equal(found, tt.find) {
				t.Errorf("answers %+v, found %v, want %+v, %v", run.Counts, found, tt.counts, tt.find)
			}
		})
	}
}
