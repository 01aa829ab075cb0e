package coherence

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// demanded is a city with a cap on the use of water, and one project in each of several plans.
func demanded(t *testing.T, limit figure, wants ...string) *register {
	r := newRegister(t, plan.Down)
	r.indicator().Name = "用水总量"
	r.plan("cap", limit)
	for i, want := range wants {
		code := []string{"a", "b", "c"}[i]
		p := r.plan(code)
		p.IssuedAt = plan.Date("2022-0" + string(rune('1'+i)))
		project := &plan.Project{Meta: plan.Meta{ID: plan.MakeID("project", code, "1"), Code: "1"}, Title: "工程" + code, Plan: p.ID}
		r.objects = append(r.objects, project, &plan.Demand{
			Meta: plan.Meta{ID: plan.MakeID("demand", code, "1/w"), Code: "1/w"}, Year: 2025, Quantity: exampleQuantity(want), Project: project.ID,
			Indicator: "indicator:x", Region: "region:city", Source: plan.Source{Ref: "F3"},
		})
	}
	return r
}

func (r *register) demand(code string) *plan.Demand {
	for _, o := range r.objects {
		if d, ok := o.(*plan.Demand); ok && d.ID == plan.MakeID("demand", code, "1/w") {
			return d
		}
	}
	return nil
}

func TestR22(t *testing.T) {
	limit := of("<= 10.0 亿m³")
	tests := []struct {
		name     string
		limit    figure
		wants    []string
		alter    func(*register)
		counts   Counts
		reason   ReasonCode
		severity plan.Severity
	}{
		{"more than there is", limit, []string{"6.0 亿m³", "5.0 亿m³"}, nil, Counts{Failed: 2}, "", plan.Blocker},
		{"not water", limit, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) { r.indicator().Name = "能源消费总量" }, Counts{Failed: 2}, "", plan.SevError},
		{"all that there is", limit, []string{"6.0 亿m³", "4.0 亿m³"}, nil, Counts{Passed: 2}, "", ""},
		{"within all roundings", limit, []string{"6.0 亿m³", "4.1 亿m³"}, nil, Counts{Passed: 2}, "", ""},
		{"in other units", limit, []string{"60000 万m³", "50000 万m³"}, nil, Counts{Failed: 2}, "", plan.Blocker},
		{"a bare cap where down is good", of("10.0 亿m³"), []string{"6.0 亿m³", "5.0 亿m³"}, nil, Counts{Failed: 2}, "", plan.Blocker},
		{"an unknown demand", limit, []string{"6.0 亿m³", "qualitative: 待论证"}, nil, Counts{Open: 2}, DemandUnstated, ""},
		{"an unknown demand on top of too much", limit, []string{"11.0 亿m³", "qualitative: 待论证"}, nil, Counts{Failed: 1}, "", plan.Blocker},
		{"no number at all", limit, []string{"6.0 亿m³", "1 亿m³"}, func(r *register) { r.demand("b").Quantity = exampleQuantity("") }, Counts{Open: 2}, DemandUnstated, ""},
		{"no year", limit, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) { r.demand("b").Year = 0 }, Counts{Open: 2}, DemandUnstated, ""},
		{"no region", limit, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) { r.demand("b").Region = "" }, Counts{Open: 2}, DemandUnstated, ""},
		{"another year has no cap", limit, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) { r.demand("b").Year = 2030 }, Counts{Passed: 1, Open: 1}, CapUnstated, ""},
		{"the cap of the region around", figure{value: "<= 10.0 亿m³", region: "region:province"}, []string{"6.0 亿m³", "5.0 亿m³"}, nil, Counts{Failed: 2}, "", plan.Blocker},
		{"the whole doesn't draw on a part's cap", limit, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) { r.demand("b").Region = "region:province" }, Counts{Passed: 1, Open: 1}, CapUnstated, ""},
		{"a floor is no cap", of(">= 10.0 亿m³"), []string{"11.0 亿m³"}, nil, Counts{Open: 1}, CapUnstated, ""},
		{"an aspiration is no cap", of("aspire <= 10.0 亿m³"), []string{"11.0 亿m³"}, nil, Counts{Open: 1}, CapUnstated, ""},
		{"a draft demands nothing", limit, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) { r.planOf("b").Status = plan.Draft }, Counts{Passed: 1, NotApplicable: 1}, "", ""},
		{"a draft caps nothing", limit, []string{"11.0 亿m³"}, func(r *register) { r.planOf("cap").Status = plan.Draft }, Counts{Open: 1}, CapUnstated, ""},
		{"another kind", limit, []string{"6.0 亿m³", "5.0 亿m³ cumulative"}, nil, Counts{Passed: 1, NotComparable: 1}, "QUANTITY_KIND", ""},
		{"a cap with a calibre", figure{value: "<= 10.0 亿m³", calibre: "calibre:x/old"}, []string{"11.0 亿m³"}, nil, Counts{Open: 1}, CalibreOneSided, ""},
		{"at least so much", limit, []string{">= 6.0 亿m³", "2.0 亿m³"}, nil, Counts{Open: 2}, OppositeBounds, ""},
		{"a control without a year holds for each", figure{value: "<= 10.0 亿m³", year: -1}, []string{"6.0 亿m³", "5.0 亿m³"}, func(r *register) {
			r.target("target:cap/x0").Control = "《黄河保护法》第49条"
		}, Counts{Failed: 2}, "", plan.Blocker},
		{"a mere target without a year does not", figure{value: "<= 10.0 亿m³", year: -1}, []string{"11.0 亿m³"}, nil, Counts{Open: 1}, CapUnstated, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := demanded(t, tt.limit, tt.wants...)
			if tt.alter != nil {
				tt.alter(r)
			}
			run := r.check(with(t, "R22"))
			if diff := cmp.Diff(tt.counts, run.Counts); diff != "" {
				t.Error(diff)
			}
			if tt.reason != "" && !slices.ContainsFunc(run.NotChecked, func(n NotChecked) bool { return n.Reason.Code == tt.reason }) {
				t.Errorf("reasons %+v, want %s", run.NotChecked, tt.reason)
			}
			complete(t, run.Findings)
			if got := severities(run); tt.severity == "" && got != nil || tt.severity != "" && !slices.Equal(got, []plan.Severity{tt.severity}) {
				t.Errorf("findings %v, want %q", got, tt.severity)
			}
		})
	}
}

func TestR22Yields(t *testing.T) {
	tests := []struct {
		name   string
		alter  func(*register)
		yields plan.ID
	}{
		{"the last among equals", func(*register) {}, "plan:b"},
		{"the lower plan, though it came first", func(r *register) { r.planOf("b").Level, r.planOf("b").Region = plan.Provincial, "region:province" }, "plan:a"},
		{"dates that don't tell", func(r *register) { r.planOf("a").IssuedAt = "2022" }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := demanded(t, of("<= 10.0 亿m³"), "6.0 亿m³", "5.0 亿m³")
			tt.alter(r)
			run := r.check(with(t, "R22"))
			if len(run.Findings) != 1 {
				t.Fatalf("%d findings", len(run.Findings))
			}
			f := run.Findings[0]
			if f.YieldsPlan != tt.yields || f.Yields.Escalate != (tt.yields == "") {
				t.Errorf("yields %q, %+v", f.YieldsPlan, f.Yields)
			}
			for _, want := range []string{"《a》的“工程a”", "合计 11 亿m³", "《cap》“不超过 10.0亿m³”的上限 1 亿m³", "压减 1 亿m³"} {
				if !strings.Contains(f.Message, want) {
					t.Errorf("message doesn't say %q: %s", want, f.Message)
				}
			}
			assumed := slices.ContainsFunc(f.Explanation, func(s plan.Step) bool { return s.Citation.Assumption })
			if !assumed || f.Evidence[1].Ref != "F3" || f.Evidence[1].Converted != "6.0 亿m³" && f.Evidence[1].Converted != "6 亿m³" {
				t.Errorf("assumption %v, evidence %+v", assumed, f.Evidence)
			}
		})
	}
}
