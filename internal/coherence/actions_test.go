package coherence

import (
	"fmt"
	"testing"

	"xianjie/internal/plan"
)

// doing adds a plan of a province (upper) or a city with one task on open-cast mines.
func (r *register) doing(code string, upper bool, action plan.Action, from, to plan.Date) (*plan.Plan, *plan.Task) {
	p := r.plan(code)
	p.PeriodStart, p.PeriodEnd = from, to
	if upper {
		p.Level, p.Region = plan.Provincial, "region:province"
	}
	t := &plan.Task{
		Meta: plan.Meta{ID: plan.MakeID("task", code, "1"), Code: "1"}, Title: "任务" + code, Action: action, ObjectClass: "露天矿山", Plan: p.ID,
		Source: plan.Source{Ref: "F3"},
	}
	r.objects = append(r.objects, t)
	return p, t
}

func TestR19(t *testing.T) {
	tests := []struct {
		name             string
		allowing         plan.Action
		forbidding       plan.Action
		upperA, upperF   bool // which of the plans is the province's
		allowFrom, until plan.Date
		outcome          Outcome // of the pair, "" = none
		reason           ReasonCode
		severity         plan.Severity
		norm             string
	}{
		{"prohibited above", plan.Expand, plan.Prohibit, false, true, "2021", "2025", Fail, "", plan.Blocker, "P1"},
		{"reduced above, permitted below", plan.Permit, plan.Reduce, false, true, "2021", "2025", Fail, "", plan.Blocker, "P1"},
		{"prohibited below", plan.Expand, plan.Prohibit, true, false, "2021", "2025", Fail, "", plan.SevError, "P6"},
		{"prohibited by an equal", plan.Permit, plan.Prohibit, false, false, "2021", "2025", Fail, "", plan.SevError, "P5"},
		{"at one time in one year only", plan.Expand, plan.Prohibit, false, true, "2025", "2030", Fail, "", plan.Blocker, "P1"},
		{"one after the other", plan.Expand, plan.Prohibit, false, true, "2026", "2030", Pass, "", "", ""},
		{"one before the other", plan.Expand, plan.Prohibit, false, true, "2016", "2020", Pass, "", "", ""},
		{"no period", plan.Expand, plan.Prohibit, false, true, "", "", Open, TimeUnstated, "", ""},
		{"no period, but over before", plan.Expand, plan.Prohibit, false, true, "", "2020", Pass, "", "", ""},
		{"a period printed too coarsely", plan.Expand, plan.Prohibit, false, true, "2025-06", "2030", Open, TimeUnstated, "", ""},
		{"both permit", plan.Expand, plan.Permit, false, true, "2021", "2025", "", "", "", ""},
		{"both restrict", plan.Reduce, plan.Prohibit, false, true, "2021", "2025", "", "", "", ""},
		{"protecting isn't the opposite of expanding", plan.Expand, plan.Protect, false, true, "2021", "2025", "", "", "", ""},
		{"protecting isn't the opposite of prohibiting", plan.Protect, plan.Prohibit, false, true, "2021", "2025", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			r.doing("a", tt.upperA, tt.allowing, tt.allowFrom, tt.until)
			r.doing("f", tt.upperF, tt.forbidding, "2021", "2025")
			run := r.check(with(t, "R19"))
			complete(t, run.Findings)
			if tt.outcome == "" {
				if pairs := run.Pairs(); len(pairs) > 0 || run.Counts.Passed+run.Counts.NotApplicable != 2 {
					t.Errorf("answers about %v, %+v", pairs, run.Counts)
				}
				return
			}
			expect(t, run, "R19", "plan:a", "plan:f", tt.outcome, tt.reason, tt.severity)
			for _, f := range run.Findings {
				if f.YieldsPlan != "plan:a" || f.Yields.Norm != tt.norm {
					t.Errorf("%s yields by %q, want the permissive plan by %s", f.YieldsPlan, f.Yields.Norm, tt.norm)
				}
			}
		})
	}
}

func TestR19Places(t *testing.T) {
	tests := []struct {
		name              string
		allowing, banning []plan.ID
		counts            Counts
	}{
		{"a part of the other's region", []plan.ID{"region:city"}, []plan.ID{"region:nation"}, counted(Fail)},
		{"two regions of one", []plan.ID{"region:city"}, []plan.ID{"region:other"}, Counts{Passed: 2}},
		{"one region of several", []plan.ID{"region:other", "region:city"}, []plan.ID{"region:city", "region:third"}, counted(Fail)},
		{"several regions, one finding", []plan.ID{"region:other", "region:city"}, []plan.ID{"region:city", "region:other"}, counted(Fail)},
		{"those of the plans", nil, nil, counted(Fail)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			for _, code := range []string{"other", "third"} {
				r.objects = append(r.objects, &plan.Region{Meta: plan.Meta{ID: plan.MakeID("region", code)}, Name: code, Within: []plan.ID{"region:province"}})
			}
			_, allows := r.doing("a", false, plan.Expand, "2021", "2025")
			_, bans := r.doing("f", false, plan.Prohibit, "2021", "2025")
			allows.Regions, bans.Regions = tt.allowing, tt.banning
			if run := r.check(with(t, "R19")); run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
		})
	}
}

func TestR19Standing(t *testing.T) {
	tests := []struct {
		name   string
		change func(a, f *plan.Plan, task *plan.Task)
		counts Counts
	}{
		{"a draft", func(a, _ *plan.Plan, _ *plan.Task) { a.Status = plan.Draft }, counted(NotApplicable)},
		{"two editions", func(a, f *plan.Plan, _ *plan.Task) { a.Series, f.Series = "s", "s" }, counted(NotApplicable)},
		{"another class", func(_, _ *plan.Plan, task *plan.Task) { task.ObjectClass = "煤矿" }, Counts{Passed: 2}},
		{"done before it is prohibited", func(_, f *plan.Plan, task *plan.Task) { task.Deadline, f.PeriodStart = "2022-06", "2022-07" }, counted(Pass)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			a, task := r.doing("a", false, plan.Expand, "2021", "2025")
			f, _ := r.doing("f", false, plan.Prohibit, "2021", "2025")
			tt.change(a, f, task)
			if run := r.check(with(t, "R19")); run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
		})
	}
}

// BenchmarkOpposed is one class that 25,000 plans of 1,000 cities have a task on, one in a hundred of which is opposed to the others.
func BenchmarkOpposed(b *testing.B) {
	r := newRegister(b, plan.Up)
	for i := range 1000 {
		r.objects = append(r.objects, &plan.Region{Meta: plan.Meta{ID: plan.MakeID("region", fmt.Sprint(i))}, Name: fmt.Sprint(i), Within: []plan.ID{"region:province"}})
	}
	for i := range 25_000 {
		action := plan.Reduce
		if i%100 == 0 {
			action = plan.Expand
		}
		p, _ := r.doing(fmt.Sprint(i), false, action, "2021", "2025")
		p.Region = plan.MakeID("region", fmt.Sprint(i%1000))
	}
	opts := with(b, "R19")
	b.ResetTimer()
	for b.Loop() {
		check(b, r.objects, opts)
	}
}
