package coherence

import (
	"slices"
	"strings"
	"testing"

	"xianjie/internal/plan"
)

func TestR16(t *testing.T) {
	issued := func(d plan.Date) func(u, _ *plan.Plan, _ *plan.Link) {
		return func(u, _ *plan.Plan, _ *plan.Link) { u.IssuedAt = d }
	}
	edition := func(d plan.Date) func(u, v *plan.Plan, _ *plan.Link) {
		return func(u, v *plan.Plan, _ *plan.Link) { u.IssuedAt, v.Series, v.IssuedAt = "2021-03", "s", d }
	}
	tests := []struct {
		name     string
		typ      plan.LinkType
		make     func(u, v *plan.Plan, l *plan.Link) // u is linked to, v another plan, issued long before
		today    plan.Date
		outcome  Outcome
		reason   ReasonCode
		severity plan.Severity
	}{
		{"issued before", plan.Obeys, issued("2021-03"), "2026", Pass, "", ""},
		{"issued after, grace not over", plan.Obeys, issued("2022-02-10"), "2023-02-10", Fail, "", plan.Warning},
		{"issued after, grace over", plan.Obeys, issued("2022-02-10"), "2023-02-11", Fail, "", plan.SevError},
		{"issued after, grace perhaps over", plan.Obeys, issued("2022-02"), "2023-02-11", Fail, "", plan.Warning},
		{"issued after, today unknown", plan.Obeys, issued("2022-02"), "", Fail, "", plan.Warning},
		{"issued in the same month", plan.Obeys, issued("2021-09-20"), "2026", Open, DatePrecision, ""},
		{"no date", plan.Obeys, issued(""), "2026", Open, DateUnstated, ""},
		{"a draft", plan.Obeys, func(u, _ *plan.Plan, _ *plan.Link) { u.Status = plan.Draft }, "2026", NotApplicable, NotInForce, ""},
		{"adopted after", plan.Obeys, func(u, _ *plan.Plan, _ *plan.Link) { u.IssuedAt, u.AdoptedAt = "", "2022-02" }, "2022-03", Fail, "", plan.Warning},
		{"known to be published after", plan.Obeys, func(u, _ *plan.Plan, _ *plan.Link) { u.IssuedAt, u.PublishedAt = "", "2022-02" }, "2026", Open, DateUnstated, ""},
		{"reviewed since", plan.Obeys, func(u, _ *plan.Plan, l *plan.Link) { u.IssuedAt, l.ReviewedAt = "2022-02", "2022-03" }, "2026", Pass, "", ""},
		{"reviewed before", plan.Obeys, func(u, _ *plan.Plan, l *plan.Link) { u.IssuedAt, l.ReviewedAt = "2022-02", "2022-01" }, "2022-03", Fail, "", plan.Warning},
		{"reviewed in the month", plan.Obeys, func(u, _ *plan.Plan, l *plan.Link) { u.IssuedAt, l.ReviewedAt = "2022-02", "2022-02-10" }, "2026", Open, DatePrecision, ""},
		{"a later edition", plan.BasedOn, edition("2023-01"), "2023-03", Fail, "", plan.Warning},
		{"an earlier edition", plan.BasedOn, edition("2020-01"), "2023-03", Pass, "", ""},
		{"a draft of a later edition", plan.BasedOn, func(u, v *plan.Plan, _ *plan.Link) {
			u.IssuedAt, v.Series, v.IssuedAt, v.Status = "2021-03", "s", "2023-01", plan.Draft
		}, "2023-03", Pass, "", ""},
		{"another series", plan.BasedOn, func(u, v *plan.Plan, _ *plan.Link) { u.IssuedAt, v.IssuedAt = "2021-03", "2023-01" }, "2023-03", Pass, "", ""},
		{"a basis that came out later is R15's", plan.BasedOn, issued("2022-02"), "2026", NotApplicable, BasisInvalid, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			own, u, v := r.plan("own"), r.plan("u"), r.plan("v")
			u.Series, v.IssuedAt = "s", "2000"
			l := r.link(own, tt.typ, u)
			tt.make(u, v, l)
			opts := with(t, "R16")
			opts.Today = tt.today
			run := r.check(opts)
			complete(t, run.Findings)
			expect(t, run, "R16", "plan:own", "plan:u", tt.outcome, tt.reason, tt.severity)
			for _, f := range run.Findings {
				if f.YieldsPlan != "plan:own" || f.Yields.Norm != "P7" || !slices.ContainsFunc(f.Explanation, func(s plan.Step) bool { return s.Citation.Assumption }) {
					t.Errorf("yields are %+v of %q, want the plan below by the assumed P7", f.Yields, f.YieldsPlan)
				}
			}
		})
	}
}

func TestR16Standing(t *testing.T) {
	tests := []struct {
		name   string
		make   func(own, u *plan.Plan)
		counts Counts
	}{
		{"issued on the same day", func(own, u *plan.Plan) { own.IssuedAt, u.IssuedAt = "2021-09-30", "2021-09-30" }, Counts{Passed: 1}},
		{"a draft without a series", func(_, u *plan.Plan) { u.Status, u.IssuedAt = plan.Draft, "2023-01" }, Counts{NotApplicable: 1}},
		{"an edition of the plan itself", func(own, u *plan.Plan) { own.Series, u.Series, u.IssuedAt = "s", "s", "2023-01" }, Counts{NotApplicable: 1}},
		{"the plan isn't in force", func(own, u *plan.Plan) { own.Status, u.IssuedAt = plan.Draft, "2023-01" }, Counts{NotApplicable: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			own, u := r.plan("own"), r.plan("u")
			tt.make(own, u)
			r.link(own, plan.Obeys, u)
			if run := r.check(with(t, "R16")); run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
		})
	}
}

// An edition that the plan cites besides is not held against its link to another one.
func TestR16EditionCitedBesides(t *testing.T) {
	r := newRegister(t, plan.Up)
	own, u, v := r.plan("own"), r.plan("u"), r.plan("v")
	u.Series, v.Series, u.IssuedAt, v.IssuedAt = "s", "s", "2021-03", "2023-01"
	r.link(own, plan.Obeys, u)
	second := r.link(own, plan.Obeys, v)
	second.ReviewedAt = "2023-02"
	if run := r.check(with(t, "R16")); run.Counts != (Counts{Passed: 2}) {
		t.Errorf("answers %+v, want two that pass", run.Counts)
	}
}

func TestR17(t *testing.T) {
	type edge struct {
		from string
		typ  plan.LinkType
		to   string
	}
	tests := []struct {
		name   string
		edges  []edge
		change func(p map[string]*plan.Plan)
		counts Counts
		links  []string // of the finding
		says   string
	}{
		{"a chain", []edge{{"a", plan.Obeys, "b"}, {"b", plan.BasedOn, "c"}}, nil, Counts{Passed: 2}, nil, ""},
		{"two ways up", []edge{{"a", plan.Obeys, "b"}, {"a", plan.BasedOn, "c"}, {"b", plan.Obeys, "c"}}, nil, Counts{Passed: 2}, nil, ""},
		{"two plans", []edge{{"b", plan.Obeys, "a"}, {"a", plan.BasedOn, "b"}}, nil, Counts{Failed: 1, NotApplicable: 1}, []string{"a>b", "b>a"}, "《a》→《b》→《a》"},
		{"three plans and one that follows them", []edge{{"a", plan.Obeys, "b"}, {"b", plan.BasedOn, "c"}, {"c", plan.Obeys, "a"}, {"d", plan.Obeys, "a"}}, nil,
			Counts{Failed: 1, NotApplicable: 2, Passed: 1}, []string{"a>b", "b>c", "c>a"}, "《a》→《b》→《c》→《a》"},
		{"the shortest of two circles", []edge{{"a", plan.Obeys, "b"}, {"b", plan.Obeys, "c"}, {"c", plan.Obeys, "a"}, {"b", plan.BasedOn, "a"}}, nil,
			Counts{Failed: 1, NotApplicable: 2}, []string{"a>b", "b>a"}, "共3份"},
		{"two circles apart", []edge{{"a", plan.Obeys, "b"}, {"b", plan.Obeys, "a"}, {"c", plan.Obeys, "d"}, {"d", plan.Obeys, "c"}}, nil,
			Counts{Failed: 2, NotApplicable: 2}, []string{"a>b", "b>a"}, ""},
		{"coordination is no precedence", []edge{{"a", plan.Obeys, "b"}, {"b", plan.CoordinatesWith, "a"}}, nil, Counts{Passed: 1}, nil, ""},
		{"a repealed plan breaks it", []edge{{"a", plan.Obeys, "b"}, {"b", plan.Obeys, "a"}}, func(p map[string]*plan.Plan) { p["a"].Status = plan.Superseded },
			Counts{Open: 1, NotApplicable: 1}, nil, ""},
		{"the link against the levels is named", []edge{{"a", plan.Obeys, "b"}, {"b", plan.BasedOn, "a"}}, func(p map[string]*plan.Plan) {
			p["b"].Level, p["b"].Region = plan.Provincial, "region:province"
		}, Counts{Failed: 1, NotApplicable: 1}, []string{"a>b", "b>a"}, "“《b》以之为编制依据：《a》”与 P1 的方向相反"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			plans := map[string]*plan.Plan{}
			for _, code := range []string{"a", "b", "c", "d"} {
				plans[code] = r.plan(code)
			}
			for _, e := range tt.edges {
				r.link(plans[e.from], e.typ, plans[e.to])
			}
			if tt.change != nil {
				tt.change(plans)
			}
			run := r.check(with(t, "R17"))
			complete(t, run.Findings)
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
			if len(run.Findings) != tt.counts.Failed {
				t.Fatalf("%d findings", len(run.Findings))
			}
			if tt.links == nil {
				return
			}
			first := run.Findings[0]
			for i, id := range first.Links {
				if ends := strings.ReplaceAll(id[strings.Index(id, "/")+1:], "plan:", ""); i >= len(tt.links) || ends != tt.links[i] {
					t.Errorf("links %v, want %v", first.Links, tt.links)
				}
			}
			if len(first.Links) != len(tt.links) || !strings.Contains(first.Message, tt.says) || !first.Yields.Escalate {
				t.Errorf("links %v, message %s", first.Links, first.Message)
			}
		})
	}
}
