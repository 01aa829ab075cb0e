package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR25Tasks(t *testing.T) {
	const forest, water = plan.ID("organization:forest"), plan.ID("organization:water")
	tests := []struct {
		name     string
		title    string
		a, b     []plan.ID
		change   func(a, b *plan.Plan, ta, tb *plan.Task)
		outcome  Outcome // "" = no answer
		reason   ReasonCode
		severity plan.Severity
	}{
		{"two departments", longTitle, []plan.ID{forest}, []plan.ID{water}, nil, Fail, "", plan.Warning},
		{"two departments, a point more", longTitle + "。", []plan.ID{forest}, []plan.ID{water}, nil, Fail, "", plan.Warning},
		{"one department", longTitle, []plan.ID{forest}, []plan.ID{forest}, nil, Pass, "", ""},
		{"one department of two", longTitle, []plan.ID{forest}, []plan.ID{water, forest}, nil, Pass, "", ""},
		{"no department", longTitle, []plan.ID{forest}, nil, nil, Open, LeadUnstated, ""},
		{"another title", "实施" + longTitle, []plan.ID{forest}, []plan.ID{water}, nil, "", "", ""},
		{"a field", "生态修复", []plan.ID{forest}, []plan.ID{water}, func(_, _ *plan.Plan, ta, _ *plan.Task) { ta.Title = "生态修复" }, NotComparable, TitleShort, ""},
		{"the shortest title of a work", "北山湿地修复", []plan.ID{forest}, []plan.ID{water}, func(_, _ *plan.Plan, ta, _ *plan.Task) { ta.Title = "北山湿地修复" }, Fail, "", plan.Warning},
		{"two levels", longTitle, []plan.ID{forest}, []plan.ID{water}, func(_, b *plan.Plan, _, _ *plan.Task) { b.Level = plan.Provincial }, "", "", ""},
		{"two regions", longTitle, []plan.ID{forest}, []plan.ID{water}, func(_, b *plan.Plan, _, _ *plan.Task) { b.Region = "region:province" }, "", "", ""},
		{"two parts of the region", longTitle, []plan.ID{forest}, []plan.ID{water}, func(_, _ *plan.Plan, ta, tb *plan.Task) {
			ta.Regions, tb.Regions = []plan.ID{"region:east"}, []plan.ID{"region:west"}
		}, NotApplicable, Apart, ""},
		{"one after the other", longTitle, []plan.ID{forest}, []plan.ID{water}, func(_, b *plan.Plan, _, _ *plan.Task) { b.PeriodStart, b.PeriodEnd = "2026", "2030" }, NotApplicable, Apart, ""},
		{"no one knows when", longTitle, []plan.ID{forest}, []plan.ID{water}, func(_, b *plan.Plan, _, _ *plan.Task) { b.PeriodStart, b.PeriodEnd = "", "" }, Open, TimeUnstated, ""},
		{"two editions", longTitle, []plan.ID{forest}, []plan.ID{water}, func(a, b *plan.Plan, _, _ *plan.Task) { a.Series, b.Series = "s", "s" }, NotApplicable, SameSeries, ""},
		{"a draft", longTitle, []plan.ID{forest}, []plan.ID{water}, func(a, _ *plan.Plan, _, _ *plan.Task) { a.Status = plan.Draft }, NotApplicable, NotInForce, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			a, b := r.plan("a"), r.plan("b")
			ta, tb := r.task(a, longTitle, tt.a...), r.task(b, tt.title, tt.b...)
			if tt.change != nil {
				tt.change(a, b, ta, tb)
			}
			run := r.check(with(t, "R25"))
			complete(t, run.Findings)
			if tt.outcome == "" {
				if run.Counts != (Counts{}) {
					t.Errorf("answers %+v", run.Counts)
				}
				return
			}
			expect(t, run, "R25", "plan:a", "plan:b", tt.outcome, tt.reason, tt.severity)
			for _, f := range run.Findings {
				if !f.Yields.Escalate || f.YieldsPlan != "" || f.ID != Fingerprint("R25", ta.ID, tb.ID) {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
}

func TestR25Indicator(t *testing.T) {
	const forest, water = plan.ID("organization:forest"), plan.ID("organization:water")
	here, later := figure{value: "24 %"}, figure{value: "26 %", year: 2030}
	tests := []struct {
		name     string
		b        figure // b's target; a's is the city's of 2025
		link     plan.LinkType
		leads    []plan.ID
		change   func(b *plan.Plan)
		outcome  Outcome // "" = no answer
		reason   ReasonCode
		severity plan.Severity
	}{
		{"two departments", here, plan.Implements, []plan.ID{water}, nil, Fail, "", plan.Warning},
		{"one department", here, plan.Implements, []plan.ID{water, forest}, nil, Pass, "", ""},
		{"no department", here, plan.Implements, nil, nil, Open, LeadUnstated, ""},
		{"a mere contribution", here, plan.ContributesTo, []plan.ID{water}, nil, Open, LeadShared, ""},
		{"a link that says nothing of the kind", here, plan.DependsOn, []plan.ID{water}, nil, "", "", ""},
		{"another year", later, plan.Implements, []plan.ID{water}, nil, "", "", ""},
		{"another region", figure{value: "24 %", region: "region:province"}, plan.Implements, []plan.ID{water}, nil, "", "", ""},
		{"another level", here, plan.Implements, []plan.ID{water}, func(b *plan.Plan) { b.Level = plan.Provincial }, "", "", ""},
		{"two editions", here, plan.Implements, []plan.ID{water}, func(b *plan.Plan) { b.Series = "s" }, NotApplicable, SameSeries, ""},
		{"a draft", here, plan.Implements, []plan.ID{water}, func(b *plan.Plan) { b.Status = plan.Draft }, NotApplicable, NotInForce, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			a, b := r.plan("a", figure{value: "24 %"}), r.plan("b", tt.b)
			a.Series = "s"
			r.toward(r.task(a, "国土绿化重点任务", forest).ID, plan.Implements, "target:a/x0")
			r.toward(r.task(a, "退化林修复重点任务", forest).ID, plan.Implements, "target:a/x0")
			r.toward(r.task(b, "水源涵养林重点任务", tt.leads...).ID, tt.link, "target:b/x0")
			if tt.change != nil {
				tt.change(b)
			}
			run := r.check(with(t, "R25"))
			complete(t, run.Findings)
			if tt.outcome == "" {
				if run.Counts != (Counts{}) {
					t.Errorf("answers %+v", run.Counts)
				}
				return
			}
			expect(t, run, "R25", "plan:a", "plan:b", tt.outcome, tt.reason, tt.severity)
		})
	}
	t.Run("no year", func(t *testing.T) {
		r := newRegister(t, plan.Up)
		for code, lead := range map[string]plan.ID{"a": forest, "b": water} {
			p := r.plan(code, figure{value: "24 %", year: -1})
			r.toward(r.task(p, "国土绿化重点任务"+code, lead).ID, plan.Implements, plan.MakeID("target", code, "x0"))
		}
		expect(t, r.check(with(t, "R25")), "R25", "plan:a", "plan:b", Open, YearUnstated, "")
	})
}
