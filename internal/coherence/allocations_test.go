package coherence

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// allocated is a register in which a province hands a total down to its two cities; a part without a value is not registered.
func allocated(t *testing.T, trend plan.Trend, total figure, parts ...figure) *register {
	r := newRegister(t, trend)
	r.indicator().Summable = true
	r.objects = append(r.objects, &plan.Region{
		Meta: plan.Meta{ID: "region:city-b", Code: "city-b"}, Name: "乙市", Type: plan.Administrative, Level: plan.Prefectural, Within: []plan.ID{"region:province"},
	})
	total.region = "region:province"
	upper := r.plan("upper", total)
	upper.Level, upper.Region = plan.Provincial, "region:province"
	for i, part := range parts {
		if part.value == "" {
			continue
		}
		code := []string{"a", "b", "c"}[i]
		if part.region == "" {
			part.region = []plan.ID{"region:city", "region:city-b", "region:city-b"}[i]
		}
		p := r.plan(code, part)
		p.Region, p.IssuedAt = part.region, plan.Date("2022-0"+string(rune('1'+i)))
		r.allocate("target:upper/x0", plan.MakeID("target", code, "x0"))
	}
	return r
}

func (r *register) indicator() *plan.Indicator {
	for _, o := range r.objects {
		if i, ok := o.(*plan.Indicator); ok {
			return i
		}
	}
	return nil
}

func (r *register) target(id plan.ID) *plan.Target {
	for _, o := range r.objects {
		if t, ok := o.(*plan.Target); ok && t.ID == id {
			return t
		}
	}
	return nil
}

func (r *register) allocate(total, part plan.ID) {
	id := plan.LinkID(plan.Allocates, total, part)
	r.objects = append(r.objects, &plan.Link{Meta: plan.Meta{ID: id}, Type: plan.Allocates, State: plan.Unreviewed, From: total, To: part})
}

func of(value string) figure { return figure{value: value} }

func TestR04(t *testing.T) {
	none := figure{}
	tests := []struct {
		name     string
		trend    plan.Trend
		total    figure
		parts    []figure
		counts   Counts
		reason   ReasonCode
		severity plan.Severity
	}{
		{"above the cap", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("5.0 亿m³")}, Counts{Failed: 2}, "", plan.SevError},
		{"on the cap", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("4.0 亿m³")}, Counts{Passed: 2}, "", ""},
		{"all roundings together", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("4.1 亿m³")}, Counts{Passed: 2}, "", ""},
		{"just beyond all roundings", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("4.2 亿m³")}, Counts{Failed: 2}, "", plan.SevError},
		{"below the floor", plan.Up, of(">= 17.00 亿亩"), []figure{of("9.00 亿亩"), of("7.50 亿亩")}, Counts{Failed: 2}, "", plan.SevError},
		{"below the floor, as floors", plan.Up, of(">= 17.00 亿亩"), []figure{of(">= 9.00 亿亩"), of(">= 7.50 亿亩")}, Counts{Failed: 2}, "", plan.SevError},
		{"above the floor, in other units", plan.Up, of(">= 17.00 亿亩"), []figure{of("90000 万亩"), of("80000 万亩")}, Counts{Passed: 2}, "", ""},
		{"below the floor, in other units", plan.Up, of(">= 17.00 亿亩"), []figure{of("90000 万亩"), of("79000 万亩")}, Counts{Failed: 2}, "", plan.SevError},
		{"a bare total that is meant to go up is a floor", plan.Up, of("17.00 亿亩"), []figure{of("9.00 亿亩"), of("9.00 亿亩")}, Counts{Passed: 2}, "", ""},
		{"a bare total without direction is met", "", of("17.00 亿亩"), []figure{of("9.00 亿亩"), of("8.00 亿亩")}, Counts{Passed: 2}, "", ""},
		{"a bare total without direction is missed above", "", of("17.00 亿亩"), []figure{of("9.00 亿亩"), of("9.00 亿亩")}, Counts{Failed: 2}, "", plan.SevError},
		{"a part is missing", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), none}, Counts{Open: 1}, PartMissing, ""},
		{"a part is missing below a floor", plan.Up, of(">= 10.0 亿m³"), []figure{of("6.0 亿m³"), none}, Counts{Open: 1}, PartMissing, ""},
		{"the cap is broken without the missing part", plan.Down, of("<= 10.0 亿m³"), []figure{of("10.2 亿m³"), none}, Counts{Failed: 1}, "", plan.SevError},
		{"a part below zero", plan.Down, of("<= 10.0 亿m³"), []figure{of("10.2 亿m³"), none, of("-3.0 亿m³ level")}, Counts{Passed: 2}, "", ""},
		{"a part has words", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("delegated: 另行下达")}, Counts{Open: 2}, "DELEGATED", ""},
		{"a part is of another kind", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("4.0 亿m³ cumulative")}, Counts{Open: 1, NotComparable: 1}, "QUANTITY_KIND", ""},
		{"a part is of another calibre", plan.Down, figure{value: "<= 10.0 亿m³", calibre: "calibre:x/old"},
			[]figure{{value: "6.0 亿m³", calibre: "calibre:x/old"}, {value: "5.0 亿m³", calibre: "calibre:x/new"}}, Counts{Open: 1, NotComparable: 1}, CalibreDiffers, ""},
		{"a part is for another year", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), {value: "5.0 亿m³", year: 2030}}, Counts{Open: 1, NotComparable: 1}, YearDiffers, ""},
		{"a part is for no year", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), {value: "5.0 亿m³", year: -1}}, Counts{Open: 1, NotComparable: 1}, YearUnstated, ""},
		{"what is no part", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), {value: "5.0 亿m³", region: "region:nation"}}, Counts{Open: 1, NotComparable: 1}, RegionOutside, ""},
		{"ceilings don't make a floor", plan.Up, of(">= 10.0 亿m³"), []figure{of("<= 6.0 亿m³"), of("<= 5.0 亿m³")}, Counts{Open: 2}, OppositeBounds, ""},
		{"ceilings that can't reach a floor", plan.Up, of(">= 10.0 亿m³"), []figure{of("<= 6.0 亿m³"), of("<= 3.0 亿m³")}, Counts{Failed: 2}, "", plan.SevError},
		{"one region twice counts once, by what breaks least", plan.Down, of("<= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("5.0 亿m³"), of("4.0 亿m³")}, Counts{Passed: 3}, "", ""},
		{"just what doesn't round to the floor", plan.Up, of(">= 17.00 亿亩"), []figure{of("9.000 亿亩"), of("7.994 亿亩")}, Counts{Failed: 2}, "", plan.SevError},
		{"just what rounds to the floor", plan.Up, of(">= 17.00 亿亩"), []figure{of("9.000 亿亩"), of("7.995 亿亩")}, Counts{Passed: 2}, "", ""},
		{"shares don't add up", plan.Down, of("<= 10.0 %"), []figure{of("6.0 %"), of("5.0 %")}, Counts{NotComparable: 1}, NotSummable, ""},
		{"changes don't add up", plan.Down, of("-10 % vs 2020"), []figure{of("-6 % vs 2020"), of("-5 % vs 2020")}, Counts{NotComparable: 1}, NotSummable, ""},
		{"a total in words", plan.Down, of("delegated: 国家下达"), []figure{of("6.0 亿m³"), of("5.0 亿m³")}, Counts{Open: 1}, "DELEGATED", ""},
		{"an aspiration", plan.Down, of("aspire <= 10.0 亿m³"), []figure{of("6.0 亿m³"), of("5.0 亿m³")}, Counts{Failed: 2}, "", plan.Warning},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := allocated(t, tt.trend, tt.total, tt.parts...).check(with(t, "R04"))
			if diff := cmp.Diff(tt.counts, run.Counts); diff != "" {
				t.Errorf("answers: %s", diff)
			}
			said := slices.ContainsFunc(run.NotChecked, func(n NotChecked) bool { return n.Reason.Code == tt.reason })
			if tt.reason != "" && !said {
				t.Errorf("reasons %+v, want %s", run.NotChecked, tt.reason)
			}
			complete(t, run.Findings)
			if got := severities(run); tt.severity == "" && got != nil || tt.severity != "" && !slices.Equal(got, []plan.Severity{tt.severity}) {
				t.Errorf("findings %v, want %q", got, tt.severity)
			}
		})
	}
}

func severities(run *Run) []plan.Severity {
	var all []plan.Severity
	for _, f := range run.Findings {
		all = append(all, f.Severity)
	}
	return all
}

func TestR04Details(t *testing.T) {
	broken := func(t *testing.T) *register {
		return allocated(t, plan.Down, of("<= 10.0 亿m³"), of("6.0 亿m³"), of("5.0 亿m³"))
	}
	tests := []struct {
		name  string
		alter func(*register)
		check func(*testing.T, *Run)
	}{
		{"the latest part yields and learns what is left", func(*register) {}, func(t *testing.T, run *Run) {
			f := run.Findings[0]
			if f.YieldsPlan != "plan:b" || f.Yields.Norm != "P1" || f.ID != Fingerprint("R04", "target:upper/x0") || len(f.Links) != 2 {
				t.Errorf("finding %+v", f)
			}
			for _, want := range []string{"《upper》", "不超过 10.0亿m³", "2个分解数合计 11 亿m³", "相差 1 亿m³", "《b》取“不超过 4亿m³”的值即可"} {
				if !strings.Contains(f.Message, want) {
					t.Errorf("message doesn't say %q: %s", want, f.Message)
				}
			}
			if got := run.answered(t, "R04", "plan:upper", "plan:b"); got != counted(Fail) {
				t.Errorf("answers about the latest part %+v", got)
			}
		}},
		{"a control blocks", func(r *register) { r.target("target:upper/x0").Control = "《黄河保护法》第49条" }, func(t *testing.T, run *Run) {
			f := run.Findings[0]
			cited := slices.ContainsFunc(f.Explanation, func(s plan.Step) bool { return s.Citation.Law == "黄河保护法" && s.Citation.Article == "49" })
			if f.Severity != plan.Blocker || f.Yields.Norm != "P0" || !cited {
				t.Errorf("finding %+v", f)
			}
		}},
		{"dates that don't tell escalate", func(r *register) {
			r.target("target:b/x0").Year = 2025
			r.planOf("a").IssuedAt, r.planOf("b").IssuedAt = "2022", "2022-02"
		},
			func(t *testing.T, run *Run) {
				if f := run.Findings[0]; !f.Yields.Escalate || f.YieldsPlan != "" || !strings.Contains(f.Yields.Reason, "《a》、《b》") {
					t.Errorf("yields %+v", f.Yields)
				}
			}},
		{"a missing part is named", func(r *register) { r.planOf("b").Status = plan.Draft }, func(t *testing.T, run *Run) {
			if len(run.Findings) > 0 || run.Counts != (Counts{Open: 1, NotApplicable: 1}) || !strings.Contains(run.NotChecked[0].Reason.Text, "缺少乙市（共1个区域）的分解数") {
				t.Errorf("%+v %+v", run.Counts, run.NotChecked)
			}
		}},
		{"a draft's total binds nobody", func(r *register) { r.planOf("upper").Status = plan.Draft }, func(t *testing.T, run *Run) {
			if run.Counts != (Counts{NotApplicable: 1}) {
				t.Errorf("%+v", run.Counts)
			}
		}},
		{"not summable", func(r *register) { r.indicator().Summable = false }, func(t *testing.T, run *Run) {
			if run.Counts != (Counts{NotApplicable: 1}) {
				t.Errorf("%+v", run.Counts)
			}
		}},
		{"parts that overlap", func(r *register) {
			r.region("region:city-b").Within = append(r.region("region:city-b").Within, "region:city")
		}, func(t *testing.T, run *Run) {
			if run.Counts != (Counts{NotComparable: 2}) || run.NotChecked[0].Reason.Code != RegionOverlap {
				t.Errorf("%+v %+v", run.Counts, run.NotChecked)
			}
		}},
		{"what is missing may be below zero like another part", func(r *register) {
			r.target("target:a/x0").Quantity, r.target("target:b/x0").Quantity = exampleQuantity("12.0 亿m³"), exampleQuantity("-1.0 亿m³ level")
			third := *r.region("region:city-b")
			third.ID, third.Code = "region:city-c", "city-c"
			r.objects = append(r.objects, &third)
		}, func(t *testing.T, run *Run) {
			if run.Counts != (Counts{Open: 2}) || run.NotChecked[0].Reason.Code != PartMissing {
				t.Errorf("%+v %+v", run.Counts, run.NotChecked)
			}
		}},
		{"nobody knows the parts", func(r *register) {
			r.region("region:province").Level = ""
			r.target("target:b/x0").Quantity = exampleQuantity("3.0 亿m³")
		}, func(t *testing.T, run *Run) {
			if run.Counts != (Counts{Open: 2}) || run.NotChecked[0].Reason.Code != PartsUnknown {
				t.Errorf("%+v %+v", run.Counts, run.NotChecked)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := broken(t)
			tt.alter(r)
			run := r.check(with(t, "R04"))
			complete(t, run.Findings)
			tt.check(t, run)
		})
	}
}

func (r *register) planOf(code string) *plan.Plan {
	for _, o := range r.objects {
		if p, ok := o.(*plan.Plan); ok && p.Code == code {
			return p
		}
	}
	return nil
}

func (r *register) region(id plan.ID) *plan.Region {
	for _, o := range r.objects {
		if p, ok := o.(*plan.Region); ok && p.ID == id {
			return p
		}
	}
	return nil
}
