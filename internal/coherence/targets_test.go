package coherence

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestR01(t *testing.T) {
	binding := func(value string) figure { return figure{value: value, nature: plan.Binding} }
	tests := []struct {
		name         string
		trend        plan.Trend
		upper, lower figure
		outcome      Outcome
		reason       ReasonCode
		severity     plan.Severity
	}{
		{"below a floor", plan.Up, figure{value: ">= 24.1 %"}, figure{value: "23.5 %"}, Fail, "", plan.Warning},
		{"below a binding floor", plan.Up, binding(">= 24.1 %"), figure{value: "23.5 %"}, Fail, "", plan.Blocker},
		{"binding below doesn't matter", plan.Up, figure{value: ">= 24.1 %"}, binding("23.5 %"), Fail, "", plan.Warning},
		{"aspiration below a binding floor", plan.Up, binding(">= 24.1 %"), figure{value: "aspire 23.5 %"}, Fail, "", plan.SevError},
		{"aspiration below an unbinding floor", plan.Up, figure{value: ">= 24.1 %"}, figure{value: "aspire 23.5 %"}, Fail, "", plan.Info},
		{"at the floor", plan.Up, figure{value: ">= 24.1 %"}, figure{value: "24.1 %"}, Pass, "", ""},
		{"just what rounds to the floor", plan.Up, figure{value: ">= 24 %"}, figure{value: "23.5 %"}, Pass, "", ""},
		{"just what doesn't round to the floor", plan.Up, figure{value: ">= 24 %"}, figure{value: "23.49 %"}, Fail, "", plan.Warning},
		{"above the floor", plan.Up, figure{value: ">= 24.1 %"}, figure{value: ">= 25 %"}, Pass, "", ""},
		{"a bare figure is a floor where up is good", plan.Up, figure{value: "24.1 %"}, figure{value: "26 %"}, Pass, "", ""},
		{"a bare figure is a ceiling where down is good", plan.Down, figure{value: "24.1 %"}, figure{value: "26 %"}, Fail, "", plan.Warning},
		{"a bare figure without direction must be met", "", figure{value: "24.1 %"}, figure{value: "26 %"}, Fail, "", plan.Warning},
		{"a bare figure without direction is met", "", figure{value: "24 %"}, figure{value: "24.4 %"}, Pass, "", ""},
		{"stricter fall", plan.Down, figure{value: "-13.5 % vs 2020"}, figure{value: "-15 % vs 2020"}, Pass, "", ""},
		{"laxer fall", plan.Down, figure{value: "-13.5 % vs 2020"}, figure{value: "-12 % vs 2020"}, Fail, "", plan.Warning},
		{"laxer floor", plan.Up, figure{value: ">= 50 %"}, figure{value: "> 45 %"}, Fail, "", plan.Warning},
		{"same bound, open and closed", plan.Up, figure{value: "> 45 %"}, figure{value: ">= 45 %"}, Pass, "", ""},
		{"about the ceiling", plan.Down, figure{value: "<= 305 gce/kWh"}, figure{value: "about 305 gce/kWh"}, Pass, "", ""},
		{"about something above the ceiling", plan.Down, figure{value: "<= 300 gce/kWh"}, figure{value: "about 305 gce/kWh"}, Fail, "", plan.Warning},
		{"within about", "", figure{value: "about 305 gce/kWh"}, figure{value: "306 gce/kWh"}, Pass, "", ""},
		{"inside a range", "", figure{value: "33..37 %"}, figure{value: "34..36 %"}, Pass, "", ""},
		{"reaching out of a range", "", figure{value: "33..37 %"}, figure{value: "34..40 %"}, Fail, "", plan.Warning},
		{"out of a range by what rounds away", "", figure{value: "33..37 %"}, figure{value: "32.6..36 %"}, Pass, "", ""},
		{"a range that begins below a floor", plan.Up, figure{value: ">= 24 %"}, figure{value: "20..30 %"}, Fail, "", plan.Warning},
		{"rounded figures that meet, yet print two numbers", plan.Up, figure{value: ">= 45.5 %"}, figure{value: "45 %"}, Fail, "", plan.Warning},
		{"about within about", "", figure{value: "about 304 gce/kWh"}, figure{value: "about 305 gce/kWh"}, Pass, "", ""},
		{"a ceiling doesn't answer a floor", plan.Up, figure{value: ">= 24 %"}, figure{value: "<= 30 %"}, Open, OppositeBounds, ""},
		{"a ceiling doesn't answer a floor of the same figure", plan.Up, figure{value: ">= 24 %"}, figure{value: "<= 24 %"}, Open, OppositeBounds, ""},
		{"a ceiling below a floor", plan.Up, figure{value: ">= 24 %"}, figure{value: "<= 20 %"}, Fail, "", plan.Warning},
		{"a floor doesn't answer a figure to be met", "", figure{value: "24 %"}, figure{value: ">= 20 %"}, Open, OppositeBounds, ""},
		{"units convert", plan.Up, figure{value: ">= 17050.00 万亩"}, figure{value: "1.69 亿亩"}, Fail, "", plan.Warning},
		{"units convert and round", plan.Up, figure{value: ">= 17050 万亩"}, figure{value: "1.7 亿亩"}, Pass, "", ""},
		{"part of the region", plan.Up, figure{value: ">= 24 %", region: "region:province"}, figure{value: "20 %"}, NotComparable, RegionPart, ""},
		{"a course", plan.Up, figure{value: ">= 24 %"}, figure{value: "qualitative: 持续改善"}, NotComparable, "QUALITATIVE", ""},
		{"handed down", plan.Up, figure{value: "delegated: 国家下达"}, figure{value: "24 %"}, NotComparable, "DELEGATED", ""},
		{"other base year", plan.Down, figure{value: "-18 % vs 2015"}, figure{value: "-10 % vs 2020"}, NotComparable, "BASE_YEAR", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, tt.trend)
			upper := r.plan("upper", tt.upper)
			upper.Level, upper.Region = plan.Provincial, "region:province"
			r.plan("lower", tt.lower)
			run := r.check(with(t, "R01", "R02"))
			expect(t, run, "R01", "plan:lower", "plan:upper", tt.outcome, tt.reason, tt.severity)
			if n := run.answered(t, "R02", "plan:lower", "plan:upper"); n != (Counts{}) {
				t.Errorf("R02 spoke of an obligation: %+v", n)
			}
			for _, f := range run.Findings {
				if f.YieldsPlan != "plan:lower" || f.Yields.Norm != "P1" {
					t.Errorf("yields %q by %q, want the lower plan by P1", f.YieldsPlan, f.Yields.Norm)
				}
			}
		})
	}
}

func TestR02(t *testing.T) {
	tests := []struct {
		name     string
		a, b     figure
		outcome  Outcome
		reason   ReasonCode
		severity plan.Severity // of a finding; a PASS with INFO informs
	}{
		{"two figures", figure{value: "-15.5 % vs 2020"}, figure{value: "-15 % vs 2020"}, Fail, "", plan.Warning},
		{"two figures, one binding", figure{value: "15.5 %", nature: plan.Binding}, figure{value: "15 %"}, Fail, "", plan.SevError},
		{"two amounts of work", figure{value: "3000 万kW cumulative", start: 2021}, figure{value: "2000 万kW cumulative", start: 2021}, Fail, "", plan.SevError},
		{"an aspiration", figure{value: "aspire 15.5 %", nature: plan.Binding}, figure{value: "15 %"}, Fail, "", plan.Warning},
		{"an aspiration, unbinding", figure{value: "aspire 15.5 %"}, figure{value: "15 %"}, Fail, "", plan.Info},
		{"the same figure", figure{value: "18 %"}, figure{value: "18 %"}, Pass, "", ""},
		{"printed more finely", figure{value: "13382.82 万亩"}, figure{value: "1.33 亿亩"}, Pass, "", ""},
		{"rounded within one unit", figure{value: "23.04 %"}, figure{value: "23 %"}, Pass, "", ""},
		{"figure and floor of one value", figure{value: "-10 % vs 2020"}, figure{value: "<= -10 % vs 2020"}, Pass, "", ""},
		{"figure and about", figure{value: "305 gce/kWh"}, figure{value: "about 305 gce/kWh"}, Pass, "", ""},
		{"figure within about", figure{value: "306 gce/kWh"}, figure{value: "about 305 gce/kWh"}, Pass, "", ""},
		{"figure far from about", figure{value: "310 gce/kWh"}, figure{value: "about 305 gce/kWh"}, Fail, "", plan.Warning},
		{"nested floors", figure{value: "> 45 %"}, figure{value: "> 50 %"}, Pass, "", plan.Info},
		{"nested floors, binding", figure{value: "> 45 %", nature: plan.Binding}, figure{value: "> 50 %"}, Pass, "", plan.Info},
		{"one floor written twice", figure{value: "> 45 %"}, figure{value: ">= 45 %"}, Pass, "", ""},
		{"about above a floor", figure{value: ">= 45 %"}, figure{value: "about 46 %"}, Pass, "", plan.Info},
		{"figure below a floor", figure{value: ">= 50 %"}, figure{value: "45 %"}, Fail, "", plan.Warning},
		{"ceiling below a floor", figure{value: ">= 50 %"}, figure{value: "<= 45 %"}, Fail, "", plan.Warning},
		{"ceiling above a floor", figure{value: ">= 45 %"}, figure{value: "<= 50 %"}, Pass, "", ""},
		{"ceiling on a floor", figure{value: ">= 45 %"}, figure{value: "<= 45 %"}, Pass, "", ""},
		{"above and below one figure", figure{value: "> 45 %"}, figure{value: "< 45 %"}, Fail, "", plan.Warning},
		{"ranges apart", figure{value: "33..37 %"}, figure{value: "40..42 %"}, Fail, "", plan.Warning},
		{"ranges that overlap", figure{value: "33..37 %"}, figure{value: "35..42 %"}, Pass, "", plan.Info},
		{"no calibre against one", figure{value: "23.5 %", calibre: "calibre:x/old"}, figure{value: "20 %"}, Open, CalibreOneSided, ""},
		{"two calibres", figure{value: "23.5 %", calibre: "calibre:x/old"}, figure{value: "20 %", calibre: "calibre:x/new"}, NotComparable, CalibreDiffers, ""},
		{"one calibre", figure{value: "23.5 %", calibre: "calibre:x/old"}, figure{value: "20 %", calibre: "calibre:x/old"}, Fail, "", plan.Warning},
		{"no year on one side", figure{value: "23.5 %", year: -1}, figure{value: "20 %"}, NotComparable, YearUnstated, ""},
		{"no year on both sides", figure{value: "23.5 %", year: -1}, figure{value: "20 %", year: -1}, NotComparable, YearUnstated, ""},
		{"a part of the region", figure{value: "23.5 %", region: "region:province"}, figure{value: "20 %"}, NotComparable, RegionPart, ""},
		{"another span", figure{value: "3000 亩 cumulative", start: 2021}, figure{value: "2000 亩 cumulative", start: 2024}, NotComparable, SpanDiffers, ""},
		{"span on one side", figure{value: "3000 亩 cumulative", start: 2021}, figure{value: "2000 亩 cumulative"}, Open, SpanOneSided, ""},
		{"a level and a change", figure{value: "23.5 %"}, figure{value: "-10 % vs 2020"}, NotComparable, "QUANTITY_KIND", ""},
		{"per cent and points", figure{value: "+3 % vs 2020"}, figure{value: "+3 百分点 vs 2020"}, NotComparable, "QUANTITY_KIND", ""},
		{"area and volume", figure{value: "3 亩"}, figure{value: "3 m³"}, NotComparable, "UNIT_KIND", ""},
		{"a course", figure{value: "23.5 %"}, figure{value: "qualitative: 持续改善"}, NotComparable, "QUALITATIVE", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			r.plan("a", tt.a)
			r.plan("b", tt.b)
			run := r.check(with(t, "R01", "R02"))
			expect(t, run, "R02", "plan:a", "plan:b", tt.outcome, tt.reason, tt.severity)
			if n := run.answered(t, "R01", "plan:a", "plan:b"); n != (Counts{}) {
				t.Errorf("R01 spoke of equals: %+v", n)
			}
			for _, f := range run.Findings {
				if f.Severity != plan.Info && (!f.Yields.Escalate || f.YieldsPlan != "") {
					t.Errorf("yields are %+v of %q, want ESCALATE", f.Yields, f.YieldsPlan)
				}
			}
		})
	}
}

// expect holds one rule's one answer about a pair, its reason and its finding against what they should be.
func expect(t *testing.T, run *Run, rule string, a, b plan.ID, o Outcome, why ReasonCode, severity plan.Severity) {
	t.Helper()
	if diff := cmp.Diff(counted(o), run.answered(t, rule, a, b)); diff != "" {
		t.Errorf("answers: %s", diff)
	}
	var codes []ReasonCode
	for _, reason := range run.Verdict(a, b).Reasons {
		if reason.Rule != "" { // else it is the verdict's own
			codes = append(codes, reason.Code)
		}
	}
	if why == "" && codes != nil || why != "" && !slices.Equal(codes, []ReasonCode{why}) {
		t.Errorf("reasons %v, want %q", codes, why)
	}
	if severity == "" {
		if len(run.Findings) > 0 {
			t.Errorf("unwanted finding: %s", run.Findings[0].Message)
		}
		return
	}
	if len(run.Findings) != 1 {
		t.Fatalf("%d findings, want one", len(run.Findings))
	}
	if got := run.Findings[0]; got.Severity != severity || got.Rule != rule {
		t.Errorf("%s finding of %s, want %s of %s", got.Severity, got.Rule, severity, rule)
	}
}

func TestPairsThatAreNone(t *testing.T) {
	tests := []struct {
		name    string
		build   func(r *register)
		counts  Counts
		reasons []ReasonCode
	}{
		{"two targets of one plan", func(r *register) {
			r.plan("a", figure{value: "10 %"}, figure{value: "20 %"})
		}, Counts{}, []ReasonCode{NothingShared}},
		{"two years", func(r *register) {
			r.plan("a", figure{value: "10 %"})
			r.plan("b", figure{value: "20 %", year: 2035})
		}, Counts{}, []ReasonCode{NothingShared}},
		{"two regions apart", func(r *register) {
			r.plan("a", figure{value: "10 %"})
			r.plan("b", figure{value: "20 %", region: "region:elsewhere"})
		}, Counts{}, []ReasonCode{NothingShared}},
		{"two editions", func(r *register) {
			r.plan("a", figure{value: "10 %"}).Series = "s"
			r.plan("b", figure{value: "20 %"}).Series = "s"
		}, counted(NotApplicable), []ReasonCode{SameSeries}},
		{"a draft", func(r *register) {
			r.plan("a", figure{value: "10 %"}).Status = plan.Draft
			r.plan("b", figure{value: "20 %"})
		}, counted(NotApplicable), []ReasonCode{NotInForce}},
		{"a repealed plan", func(r *register) {
			r.plan("a", figure{value: "10 %"}).Status = plan.Superseded
			r.plan("b", figure{value: "20 %"})
		}, counted(NotApplicable), []ReasonCode{NotInForce}},
		{"a superseded plan", func(r *register) {
			old := r.plan("a", figure{value: "10 %"})
			r.plan("b", figure{value: "20 %"})
			r.link(r.plan("c"), plan.Supersedes, old)
		}, counted(NotApplicable), []ReasonCode{NotInForce}},
		{"superseded by a mere draft: still in force", func(r *register) {
			old := r.plan("a", figure{value: "10 %"})
			r.plan("b", figure{value: "20 %"})
			next := r.plan("c")
			next.Status = plan.Draft
			r.link(next, plan.Supersedes, old)
		}, counted(Fail), nil},
		{"an aspiration beside a firm value", func(r *register) {
			r.plan("a", figure{value: "20 %"}, figure{value: "aspire 25 %"})
			r.plan("b", figure{value: "20 %"})
		}, Counts{Passed: 1, NotApplicable: 1}, []ReasonCode{BesideFirm}},
		{"an aspiration against one", func(r *register) {
			r.plan("a", figure{value: "aspire 25 %"})
			r.plan("b", figure{value: "aspire 20 %"})
		}, counted(Fail), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			tt.build(r)
			v := r.check(with(t, "R01", "R02")).Verdict("plan:a", "plan:b")
			if diff := cmp.Diff(tt.counts, v.Counts); diff != "" {
				t.Error(diff)
			}
			var codes []ReasonCode
			for _, reason := range v.Reasons {
				codes = append(codes, reason.Code)
			}
			if diff := cmp.Diff(tt.reasons, codes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFindingIsComplete(t *testing.T) {
	r := newRegister(t, plan.Up)
	upper := r.plan("upper", figure{value: ">= 24.10 %", nature: plan.Binding})
	upper.Level, upper.Region, upper.Title, upper.IssuedAt = plan.Provincial, "region:province", "全省规划", "2022-01"
	lower := r.plan("lower", figure{value: "23.5 %"})
	lower.Title = "全市规划"
	link := r.link(lower, plan.Obeys, upper)
	run := r.check(with(t, "R01", "R02"))
	if len(run.Findings) != 1 {
		t.Fatalf("%d findings", len(run.Findings))
	}
	f := run.Findings[0]
	for _, want := range []string{"《全市规划》", "《全省规划》", "23.5%", "不低于 24.10%", "森林覆盖率", "某市", "2025年", "取“不低于 24.10%”的值即可"} {
		if !strings.Contains(f.Message, want) {
			t.Errorf("message doesn't say %q: %s", want, f.Message)
		}
	}
	wantEvidence := []plan.Evidence{
		{Object: "target:lower/x0", Field: "quantity", Published: "23.5%", Converted: "23.5 %", Ref: "F1"},
		{Object: "target:upper/x0", Field: "quantity", Published: "不低于 24.10%", Converted: "24.1 %", Ref: "F1"},
	}
	if diff := cmp.Diff(wantEvidence, f.Evidence); diff != "" {
		t.Error(diff)
	}
	var steps, assumptions []string
	for _, s := range f.Explanation {
		if len(steps) == 0 || steps[len(steps)-1] != s.Step {
			steps = append(steps, s.Step)
		}
		if s.Citation.Assumption {
			assumptions = append(assumptions, s.Text[:2])
		}
	}
	if diff := cmp.Diff([]string{"FACTS", "NUMBERS", "RULE", "NORM", "YIELDS"}, steps); diff != "" {
		t.Error(diff)
	}
	// The superior plan came later, and the rule rests on "stricter is allowed": both readings are marked.
	if diff := cmp.Diff([]string{"P6", "P7"}, assumptions); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{string(link.ID)}, f.Links); diff != "" {
		t.Error(diff)
	}
	if !f.ID.Valid() || f.ID != Fingerprint("R01", "target:upper/x0", "target:lower/x0") || f.Code == "" || f.State != plan.FindingOpen {
		t.Errorf("id %q, code %q, state %q", f.ID, f.Code, f.State)
	}
}

func TestConvertedFigures(t *testing.T) {
	tests := []struct{ value, unit, want string }{
		{"17050 万亩", "亿亩", "1.705 亿亩"},
		{"-15.5 % vs 2020", "%", "相当于2020年水平的 84.5 %"},
		{"-15 %", "%", "相当于基期水平的 85 %"},
		{"-17.9 % vs 2020 (28 µg/m³)", "%", "相当于2020年水平的 82.1 %，即 22.988 µg/m³"},
		{"3000 万kW cumulative", "万kW", "3000 万kW"},
		{"qualitative: 持续改善", "%", ""},
	}
	for _, tt := range tests {
		if got := convertedZh(figure{value: tt.value}.target(t, "a", "x").Quantity, tt.unit); got != tt.want {
			t.Errorf("%s in %s is %q, want %q", tt.value, tt.unit, got, tt.want)
		}
	}
}
