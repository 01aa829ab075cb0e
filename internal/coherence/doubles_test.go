package coherence

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

const longTitle = "北山林场退化林修复和水源涵养林建设工程"

// task adds a task to a plan, which takes place in the plan's region in 2021–2025, led by departments.
func (r *register) task(p *plan.Plan, title string, leads ...plan.ID) *plan.Task {
	p.PeriodStart, p.PeriodEnd = "2021", "2025"
	code := fmt.Sprint(len(r.objects))
	t := &plan.Task{Meta: plan.Meta{ID: plan.MakeID("task", p.Code, code), Code: code}, Title: title, Plan: p.ID, Leads: leads}
	r.objects = append(r.objects, t)
	return t
}

// toward adds a link of an element to a target or indicator.
func (r *register) toward(from plan.ID, typ plan.LinkType, to plan.ID) {
	r.objects = append(r.objects, &plan.Link{Meta: plan.Meta{ID: plan.LinkID(typ, from, to)}, Type: typ, State: plan.Unreviewed, From: from, To: to})
}

func TestR20Tasks(t *testing.T) {
	const forest, water = plan.ID("organization:forest"), plan.ID("organization:water")
	tests := []struct {
		name   string
		other  string
		change func(a, b *plan.Plan, ta, tb *plan.Task)
		counts Counts
		reason ReasonCode
	}{
		{"near titles, two departments", "实施" + longTitle, nil, counted(Fail), ""},
		{"near titles, one department", "实施" + longTitle, func(_, _ *plan.Plan, _, tb *plan.Task) { tb.Leads = []plan.ID{water, forest} }, Counts{Passed: 2}, ""},
		{"no department", "实施" + longTitle, func(_, _ *plan.Plan, _, tb *plan.Task) { tb.Leads = nil }, counted(Open), LeadUnstated},
		{"one title is the matter of another rule", longTitle + "。", nil, Counts{Passed: 2}, ""},
		{"far titles", "北山林场退化林修复", nil, Counts{Passed: 2}, ""},
		{"two phases", longTitle + "（二期）", func(_, _ *plan.Plan, ta, _ *plan.Task) { ta.Title = longTitle + "（一期）" }, Counts{Passed: 2}, ""},
		{"two parts of the region", "实施" + longTitle, func(_, _ *plan.Plan, ta, tb *plan.Task) {
			ta.Regions, tb.Regions = []plan.ID{"region:east"}, []plan.ID{"region:west"}
		}, Counts{Passed: 2}, ""},
		{"one after the other", "实施" + longTitle, func(_, b *plan.Plan, _, _ *plan.Task) { b.PeriodStart, b.PeriodEnd = "2026", "2030" }, Counts{Passed: 2}, ""},
		{"no one knows when", "实施" + longTitle, func(_, b *plan.Plan, _, _ *plan.Task) { b.PeriodStart, b.PeriodEnd = "", "" }, counted(Open), TimeUnstated},
		{"taken up from the plan above", "实施" + longTitle, func(_, b *plan.Plan, _, _ *plan.Task) { b.Category = plan.Development }, counted(NotApplicable), ""},
		{"two editions", "实施" + longTitle, func(a, b *plan.Plan, _, _ *plan.Task) { a.Series, b.Series = "s", "s" }, counted(NotApplicable), ""},
		{"a draft", "实施" + longTitle, func(a, _ *plan.Plan, _, _ *plan.Task) { a.Status = plan.Draft }, counted(NotApplicable), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			a, b := r.plan("a"), r.plan("b")
			ta, tb := r.task(a, longTitle, forest), r.task(b, tt.other, water)
			if tt.change != nil {
				tt.change(a, b, ta, tb)
			}
			run := r.check(with(t, "R20"))
			complete(t, run.Findings)
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
			if tt.reason != "" && run.NotChecked[0].Reason.Code != tt.reason {
				t.Errorf("reason %s, want %s", run.NotChecked[0].Reason.Code, tt.reason)
			}
			for _, f := range run.Findings {
				if f.Severity != plan.Warning || !f.Yields.Escalate || f.ID != Fingerprint("R20", ta.ID, tb.ID) {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
	t.Run("within one plan", func(t *testing.T) {
		r := newRegister(t, plan.Up)
		a := r.plan("a")
		r.task(a, longTitle, forest)
		r.task(a, "实施"+longTitle, water)
		r.task(r.plan("b"), "加强草原生态保护修复治理", water)
		if run := r.check(with(t, "R20")); run.Counts != (Counts{Passed: 3}) {
			t.Errorf("answers %+v", run.Counts)
		}
	})
}

func TestR20Projects(t *testing.T) {
	city := []plan.ID{"region:city"}
	tests := []struct {
		name   string
		other  string
		change func(a, b *plan.Plan, pa, pb *plan.Project)
		apart  bool // each counts toward a target of its own
		counts Counts
		reason ReasonCode
	}{
		{"one title", longTitle, nil, false, counted(Fail), ""},
		{"near titles", "实施" + longTitle, nil, false, counted(Fail), ""},
		{"two titles", "草原生态保护修复治理工程", nil, false, Counts{Passed: 2}, ""},
		{"two totals", longTitle, nil, true, Counts{}, ""},
		{"two places", longTitle, func(_, _ *plan.Plan, _, pb *plan.Project) { pb.Regions = []plan.ID{"region:east"} }, false, Counts{Passed: 2}, ""},
		{"one place unknown, plans of one region", longTitle, func(_, _ *plan.Plan, _, pb *plan.Project) { pb.Regions = nil }, false, counted(Fail), ""},
		{"one place unknown, plans of two regions", longTitle, func(_, b *plan.Plan, _, pb *plan.Project) {
			b.Region, pb.Regions = "region:province", nil
		}, false, counted(Open), RegionUnstated},
		{"two editions", longTitle, func(a, b *plan.Plan, _, _ *plan.Project) { a.Series, b.Series = "s", "s" }, false, counted(NotApplicable), ""},
		{"a draft", longTitle, func(a, _ *plan.Plan, _, _ *plan.Project) { a.Status = plan.Draft }, false, counted(NotApplicable), ""},
		{"one after the other", longTitle, func(_, _ *plan.Plan, pa, pb *plan.Project) { pa.End, pb.Start = "2022", "2023" }, false, Counts{Passed: 2}, ""},
		{"no one knows when", longTitle, func(_, _ *plan.Plan, pa, _ *plan.Project) { pa.End = "" }, false, counted(Open), TimeUnstated},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			a, b := r.plan("a", figure{value: "300 万亩"}), r.plan("b", figure{value: "300 万亩"})
			pa := &plan.Project{Meta: plan.Meta{ID: "project:a/1", Code: "1"}, Title: longTitle, Plan: a.ID, Regions: city, Start: "2021", End: "2025"}
			pb := &plan.Project{Meta: plan.Meta{ID: "project:b/1", Code: "1"}, Title: tt.other, Plan: b.ID, Regions: city, Start: "2021", End: "2025"}
			r.objects = append(r.objects, pa, pb)
			r.toward(pa.ID, plan.ContributesTo, "target:a/x0")
			total := plan.ID("target:a/x0")
			if tt.apart {
				total = "target:b/x0"
			}
			r.toward(pb.ID, plan.ContributesTo, total)
			if tt.change != nil {
				tt.change(a, b, pa, pb)
			}
			run := r.check(with(t, "R20"))
			complete(t, run.Findings)
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
			if tt.reason != "" && run.NotChecked[0].Reason.Code != tt.reason {
				t.Errorf("reason %s, want %s", run.NotChecked[0].Reason.Code, tt.reason)
			}
			for _, f := range run.Findings {
				if len(f.Links) != 2 || !strings.Contains(f.Message, "《a》指标“森林覆盖率”（某市，2025年）的目标“300万亩”") {
					t.Errorf("finding %s, links %v", f.Message, f.Links)
				}
			}
		})
	}
}

func TestLikeness(t *testing.T) {
	tests := []struct {
		name, a, b string
		alike      bool
	}{
		{"one word more", "实施" + longTitle, longTitle, true},
		{"width, case and points don't count", "ＡＢ 湿地、保护修复工程", "ab湿地保护修复工程", false}, // they are the same title
		{"one connective exchanged", longTitle, strings.Replace(longTitle, "和", "与", 1), true},
		{"one character exchanged in a long title", longTitle, strings.Replace(longTitle, "山", "川", 1), false},
		{"two lakes", "呼伦湖流域生态环境综合治理和保护修复工程", "岱海流域生态环境综合治理和保护修复工程", false},
		{"words in another order", "水源涵养林建设和北山林场退化林修复工程", "北山林场退化林修复和水源涵养林建设工程", false},
		{"one word exchanged", "推进土壤污染综合防治工程", "推进大气污染综合防治工程", false},
		{"phases", longTitle + "一期", longTitle + "二期", false},
		{"years", longTitle + "2025年", longTitle + "2026年", false},
		{"no characters", "", "", false},
		{"one character", "水", "水", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			titles := []string{normalTitle(tt.a), normalTitle(tt.b)}
			slices.Sort(titles)
			titles = slices.Compact(titles)
			found := 0
			for range alike(titles) {
				found++
			}
			if found > 1 || (found == 1) != tt.alike {
				t.Errorf("%d pairs found among %q", found, titles)
			}
		})
	}
}

// TestAlikeFindsAll holds the index of rare grams against comparing every title with every other one.
func TestAlikeFindsAll(t *testing.T) {
	words := []string{"北山", "林场", "退化林", "修复", "和", "与", "水源", "涵养林", "建设", "工程", "治理", "一期", "二期", "湿地"}
	rapid.Check(t, func(rt *rapid.T) {
		titles := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 12).Draw(t, "words"), "")
		}), 0, 30).Draw(rt, "titles")
		slices.Sort(titles)
		titles = slices.Compact(titles)
		got := map[[2]int]int{}
		for i, j := range alike(titles) {
			got[[2]int{i, j}]++
		}
		for i := range titles {
			for j := i + 1; j < len(titles); j++ {
				want := 0
				if near(titles[i], titles[j], grams(titles[i]), grams(titles[j])) {
					want = 1
				}
				if got[[2]int{i, j}] != want {
					rt.Fatalf("%q and %q are found %d times, want %d", titles[i], titles[j], got[[2]int{i, j}], want)
				}
			}
		}
	})
}
