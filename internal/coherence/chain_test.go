package coherence

import (
	"slices"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func TestR23(t *testing.T) {
	serves := func(l *twoLevels) { l.connect("task:lower/1", plan.ContributesTo, "target:lower/x") }
	project := func(l *twoLevels) *plan.Project {
		p := &plan.Project{Meta: plan.Meta{ID: "project:lower/1", Code: "1"}, Title: "三北工程", Plan: "plan:lower"}
		l.add(p)
		return p
	}
	tests := []struct {
		name   string
		make   func(l *twoLevels, task *plan.Task)
		counts Counts
		lacks  []ChainLink
	}{
		{"nothing is linked", func(*twoLevels, *plan.Task) {}, Counts{Open: 1}, nil},
		{"nothing serves it", func(l *twoLevels, _ *plan.Task) { l.connect("task:lower/1", plan.Implements, "task:upper/1") }, Counts{Failed: 1}, []ChainLink{TaskLink}},
		{"a bare task", func(l *twoLevels, _ *plan.Task) { serves(l) }, Counts{Passed: 1, Failed: 5}, []ChainLink{MeasureLink, LeadLink, DeadlineLink, FundingLink, SafeguardLink}},
		{"a task that says all", func(l *twoLevels, task *plan.Task) {
			serves(l)
			task.Leads, task.Deadline, task.Funding, task.Action, task.ObjectClass = []plan.ID{"organization:forest"}, "2025", "市级财政", plan.Protect, "林地"
			l.connect("safeguard:lower/1", plan.ContributesTo, "target:lower/x")
		}, Counts{Passed: 6}, nil},
		{"an action on nothing is no measure", func(l *twoLevels, task *plan.Task) {
			serves(l)
			task.Leads, task.Deadline, task.Funding, task.Action = []plan.ID{"organization:forest"}, "2025", "市级财政", plan.Protect
			l.connect("task:lower/1", plan.DependsOn, "safeguard:lower/1")
		}, Counts{Passed: 5, Failed: 1}, []ChainLink{MeasureLink}},
		{"a project alone", func(l *twoLevels, _ *plan.Task) {
			p := project(l)
			p.End, p.Leads, p.Investment = "2025", []plan.ID{"organization:forest"}, exampleQuantity("3 亿元")
			l.connect(p.ID, plan.Implements, "target:lower/x")
			l.connect(p.ID, plan.DependsOn, "safeguard:lower/1")
		}, Counts{Passed: 5}, nil},
		{"a project without money, by way of the task", func(l *twoLevels, task *plan.Task) {
			serves(l)
			task.Deadline = "2025"
			p := project(l)
			p.Leads, p.Investment = []plan.ID{"organization:forest"}, quantity.Quantity{}
			l.connect(p.ID, plan.Implements, task.ID)
		}, Counts{Passed: 4, Failed: 2}, []ChainLink{FundingLink, SafeguardLink}},
		{"by way of the goal that it measures", func(l *twoLevels, task *plan.Task) {
			l.add(goal("lower", "1", ""))
			l.connect("goal:lower/1", plan.MeasuredBy, "target:lower/x")
			l.connect(task.ID, plan.ContributesTo, "goal:lower/1")
			task.Leads = []plan.ID{"organization:forest"}
		}, Counts{Passed: 2, Failed: 4}, []ChainLink{MeasureLink, DeadlineLink, FundingLink, SafeguardLink}},
		{"a nested task is a measure", func(l *twoLevels, task *plan.Task) {
			serves(l)
			nested := exampleTask("lower", "2", "造林")
			nested.Parent, nested.Leads, nested.Deadline, nested.Funding = task.ID, []plan.ID{"organization:forest"}, "2024", "市级财政"
			l.add(nested)
			l.connect(nested.ID, plan.DependsOn, "safeguard:lower/1")
		}, Counts{Passed: 6}, nil},
		{"a repealed plan", func(l *twoLevels, _ *plan.Task) { serves(l); l.lower.Status = plan.Superseded }, Counts{NotApplicable: 1}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newTwoLevels(t)
			l.binding("lower")
			l.add(&plan.Safeguard{Meta: plan.Meta{ID: "safeguard:lower/1", Code: "1"}, Title: "加强组织领导", Plan: "plan:lower"})
			task := l.objects[slices.IndexFunc(l.objects, func(o plan.Object) bool { return o.Base().ID == "task:lower/1" })].(*plan.Task)
			tt.make(l, task)
			run := l.check(with(t, "R23"))
			complete(t, run.Findings)
			var lacks []plan.ID
			for _, link := range tt.lacks {
				lacks = append(lacks, Fingerprint("R23", "target:lower/x", plan.ID(link)))
			}
			var found []plan.ID
			for _, f := range run.Findings {
				found = append(found, f.ID)
			}
			slices.Sort(lacks)
			if run.Counts != tt.counts || !slices.Equal(found, lacks) {
				t.Errorf("answers %+v, found %v, want %+v, %v", run.Counts, found, tt.counts, tt.lacks)
			}
		})
	}
}

func TestR24(t *testing.T) {
	type work struct{ start, end plan.Date }
	project := func(owner, code string, w work) *plan.Project {
		return &plan.Project{Meta: plan.Meta{ID: plan.MakeID("project", owner, code), Code: code}, Title: "工程" + code, Plan: plan.MakeID("plan", owner), Start: w.start, End: w.end}
	}
	serving := []struct {
		name    string
		end     plan.Date
		year    int
		typ     plan.LinkType
		owner   string // of the target
		outcome Outcome
		reason  ReasonCode
	}{
		{"in the year", "2025-12-31", 2025, plan.ContributesTo, "lower", Pass, ""},
		{"the year after", "2026-01", 2025, plan.ContributesTo, "lower", Fail, ""},
		{"it implements the target", "2026", 2025, plan.Implements, "lower", Fail, ""},
		{"the target of another plan", "2026", 2025, plan.ContributesTo, "upper", Fail, ""},
		{"no end", "", 2025, plan.ContributesTo, "lower", Open, DateUnstated},
		{"no year", "2026", 0, plan.ContributesTo, "lower", Open, YearUnstated},
		{"a link that serves nothing", "2026", 2025, plan.DependsOn, "lower", "", ""},
	}
	for _, tt := range serving {
		t.Run("serving: "+tt.name, func(t *testing.T) {
			l := newTwoLevels(t)
			target := l.binding(tt.owner)
			target.Nature, target.Year = plan.Unstated, tt.year
			l.add(project("lower", "1", work{"2021", tt.end}))
			l.connect("project:lower/1", tt.typ, target.ID)
			expectLate(t, l, tt.outcome, tt.reason, "plan:lower")
		})
	}
	following := []struct {
		name          string
		before, after work
		outcome       Outcome
		reason        ReasonCode
	}{
		{"ends before", work{"2021", "2022"}, work{"2023", "2025"}, Pass, ""},
		{"ends after", work{"2021", "2023-06"}, work{"2023-05", "2025"}, Fail, ""},
		{"ends on the day", work{"2021", "2023-06-30"}, work{"2023-06-30", "2025"}, Pass, ""},
		{"ends in the month", work{"2021", "2023-06"}, work{"2023-06", "2025"}, Open, DatePrecision},
		{"ends in the year", work{"2021", "2023"}, work{"2023-06", "2025"}, Open, DatePrecision},
		{"no end", work{"2021", ""}, work{"2023", "2025"}, Open, DateUnstated},
		{"no start", work{"2021", "2023"}, work{"", "2025"}, Open, StartUnstated},
	}
	for _, tt := range following {
		t.Run("following: "+tt.name, func(t *testing.T) {
			l := newTwoLevels(t)
			l.add(project("upper", "1", tt.before), project("lower", "1", tt.after))
			l.connect("project:lower/1", plan.DependsOn, "project:upper/1")
			expectLate(t, l, tt.outcome, tt.reason, "plan:upper")
		})
	}
	t.Run("a task is late only behind its deadline", func(t *testing.T) {
		for deadline, want := range map[plan.Date]Outcome{"2022": Fail, "2024": Open} {
			l := newTwoLevels(t)
			task := exampleTask("lower", "2", "造林")
			task.Deadline = deadline
			l.add(project("upper", "1", work{"2021", "2023"}), task)
			l.connect(task.ID, plan.DependsOn, "project:upper/1")
			if run := l.check(with(t, "R24")); run.Counts != counted(want) {
				t.Errorf("due %s: %+v, want %s", deadline, run.Counts, want)
			}
		}
	})
	t.Run("a draft", func(t *testing.T) {
		l := newTwoLevels(t)
		l.lower.Status = plan.Draft
		l.add(project("upper", "1", work{"2021", "2024"}), project("lower", "1", work{"2023", "2025"}))
		l.connect("project:lower/1", plan.DependsOn, "project:upper/1")
		expectLate(t, l, NotApplicable, NotInForce, "")
	})
}

func expectLate(t *testing.T, l *twoLevels, o Outcome, why ReasonCode, yields plan.ID) {
	t.Helper()
	run := l.check(with(t, "R24"))
	if o == "" {
		if run.Counts != (Counts{}) {
			t.Errorf("answers %+v", run.Counts)
		}
		return
	}
	severity := plan.Severity("")
	if o == Fail {
		severity = plan.Warning
	}
	expectAlone(t, run, o, why, severity)
	if o == Fail && run.Findings[0].YieldsPlan != yields {
		t.Errorf("%s yields, want %s", run.Findings[0].YieldsPlan, yields)
	}
}
