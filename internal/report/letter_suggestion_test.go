package report

import (
	"slices"
	"strings"
	"testing"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// stated is a target that a test's plan sets for 2025.
type stated struct {
	plan, region, value, control string
}

// suggestions are those of the findings of one rule about targets of one indicator. Plans u, v are the province's, others the city's; those
// of the city get their shares of what u states for the province.
func suggestions(t *testing.T, trend plan.Trend, rule string, targets ...stated) []string {
	t.Helper()
	objects := []plan.Object{
		&plan.Region{Meta: plan.Meta{ID: "region:province"}, Name: "全省", Type: plan.Administrative},
		&plan.Region{Meta: plan.Meta{ID: "region:city"}, Name: "甲市", Type: plan.Administrative, Within: []plan.ID{"region:province"}},
		&plan.Region{Meta: plan.Meta{ID: "region:other"}, Name: "乙市", Type: plan.Administrative, Within: []plan.ID{"region:province"}},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:x"}, Name: "森林覆盖率", Trend: trend, Summable: true},
	}
	seen := map[string]bool{}
	for i, s := range targets {
		level, home := plan.Prefectural, plan.ID("region:"+s.region)
		if strings.Contains("uv", s.plan) {
			level, home = plan.Provincial, "region:province"
		}
		if p := plan.MakeID("plan", s.plan); !seen[s.plan] {
			seen[s.plan] = true
			objects = append(objects, &plan.Plan{
				Meta: plan.Meta{ID: p, Code: s.plan}, Title: "规划" + s.plan, Level: level, Category: plan.Special, Form: plan.FormPlan, Status: plan.Issued,
				IssuedAt: plan.Date("202" + string(rune('0'+i)) + "-01"), Region: home,
			})
		}
		target := &plan.Target{
			Meta: plan.Meta{ID: plan.MakeID("target", s.plan, s.region)}, Quantity: parse(t, s.value), Year: 2025, Nature: plan.Binding, Control: s.control,
			Plan: plan.MakeID("plan", s.plan), Indicator: "indicator:x", Region: plan.ID("region:" + s.region),
		}
		objects = append(objects, target)
		if total := plan.ID("target:u/province"); seen["u"] && level == plan.Prefectural && targets[0].region == "province" {
			objects = append(objects, &plan.Link{
				Meta: plan.Meta{ID: plan.LinkID(plan.Allocates, total, target.ID)}, Type: plan.Allocates, State: plan.Unreviewed, From: total, To: target.ID,
			})
		}
	}
	rules, err := coherence.RulesNamed(rule)
	if err != nil {
		t.Fatal(err)
	}
	frame, memory := coherence.NewFrame(objects), coherence.NewMemory(objects)
	run, err := coherence.Check(t.Context(), frame, memory, coherence.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	m := Material{Run: run, Objects: map[plan.ID]plan.Object{}}
	for _, o := range objects {
		m.Objects[o.Base().ID] = o
	}
	if m.Rooms, err = coherence.RoomsOf(t.Context(), frame, memory, run.Findings); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i, item := range NewLetter(m).Items {
		reason := run.Findings[i].Yields.Reason
		if !strings.HasPrefix(item.Suggestion, reason) || strings.Contains(item.Problem, reason) {
			t.Errorf("problem %q, suggestion %q", item.Problem, item.Suggestion)
		}
		texts = append(texts, strings.TrimPrefix(item.Suggestion, reason))
	}
	return texts
}

func TestSuggestion(t *testing.T) {
	const law = "《土地管理法》第16条"
	tests := []struct {
		name    string
		trend   plan.Trend
		rule    string
		targets []stated
		want    string // of a finding of the rule, behind who yields
	}{
		{"between two superiors", plan.Up, "R01", []stated{{"u", "city", ">= 23.5 %", ""}, {"v", "city", "<= 24.1 %", ""}, {"l", "city", "20 %", ""}},
			"《规划l》的目标值可调整为23.5%至24.1%之间（《规划u》要求“不低于 23.5%”；《规划v》要求“不超过 24.1%”）。"},
		{"in the unit that the plan published", plan.Up, "R01", []stated{{"u", "city", ">= 17050 万亩", ""}, {"l", "city", "1.5 亿亩", ""}},
			"《规划l》的目标值可调整为不低于 1.705亿亩（《规划u》要求“不低于 17050万亩”）。"},
		{"open ends", plan.Up, "R01", []stated{{"u", "city", "> 23.5 %", ""}, {"v", "city", "<= 24.1 %", ""}, {"l", "city", "20 %", ""}},
			"《规划l》的目标值可调整为高于 23.5%且不超过 24.1%（《规划u》要求“高于 23.5%”；《规划v》要求“不超过 24.1%”）。"},
		{"one figure", "", "R01", []stated{{"u", "city", "24.1 %", ""}, {"l", "city", "20 %", ""}},
			"《规划l》的目标值可调整为24.1%（《规划u》要求“不低于 24.1%”；《规划u》要求“不超过 24.1%”）。"},
		{"a change", plan.Down, "R01", []stated{{"u", "city", "-15..-13.5 % vs 2020", ""}, {"l", "city", "-10 % vs 2020", ""}},
			"《规划l》的目标值可调整为比2020年下降13.5～15%（《规划u》要求“比2020年下降不超过15%”；《规划u》要求“比2020年下降不少于13.5%”）。"},
		{"but for rounding", plan.Up, "R01", []stated{{"u", "city", ">= 17050 万亩", ""}, {"v", "city", "<= 1.7 亿亩", ""}, {"l", "city", "1.20 亿亩", ""}},
			"《规划l》的目标值可调整为同时满足“不低于 1.705亿亩”和“不超过 1.7亿亩”的值，以四舍五入为限（《规划u》要求“不低于 17050万亩”；《规划v》要求“不超过 1.7亿亩”）。"},
		{"nothing between", plan.Up, "R01", []stated{{"u", "city", ">= 25 %", ""}, {"v", "city", "<= 24.1 %", ""}, {"l", "city", "20 %", ""}},
			"但目前没有可取的值：《规划u》甲市的“不低于 25%”与《规划v》甲市的“不超过 24.1%”互相矛盾，须先由各自的牵头部门会商一致，会商不成的报共同上级。"},
		{"nothing between a control and a superior", plan.Up, "R05", []stated{{"u", "city", ">= 25 %", ""}, {"c", "city", "<= 24.1 %", law}, {"l", "city", "26 %", ""}},
			"但目前没有可取的值：《规划u》甲市的“不低于 25%”与《规划c》甲市的“不超过 24.1%”互相矛盾，法定控制数不得突破，须先由《规划u》的牵头部门调整。"},
		{"a control", plan.Up, "R05", []stated{{"c", "city", "<= 24.1 %", law}, {"l", "city", "26 %", ""}},
			"《规划l》的目标值可调整为不超过 24.1%（《规划c》的法定控制数为“不超过 24.1%”）。"},
		{"equals under a superior", plan.Up, "R02", []stated{{"u", "city", ">= 20 %", ""}, {"a", "city", "21 %", ""}, {"b", "city", "22 %", ""}},
			"两处应改为同一个数。目标值可调整为不低于 20%（《规划u》要求“不低于 20%”）。"},
		{"equals alone", plan.Up, "R02", []stated{{"a", "city", "21 %", ""}, {"b", "city", "22 %", ""}}, "两处应改为同一个数。"},
		{"what the other parts leave of a total", plan.Down, "R04",
			[]stated{{"u", "province", "<= 10.0 亿m³", ""}, {"a", "other", "60000 万m³", ""}, {"b", "city", "50000 万m³", ""}},
			"《规划b》的目标值可调整为不超过 40000万m³（《规划u》全省的“不超过 10.0亿m³”，减去《规划a》乙市的“60000万m³”，余“不超过 40000万m³”）。"},
		{"the other parts have it all", plan.Down, "R04",
			[]stated{{"u", "province", "<= 10.0 亿m³", ""}, {"a", "other", "12.0 亿m³", ""}, {"b", "city", "5.0 亿m³", ""}},
			"但目前没有可取的值：《规划u》全省的“不超过 10.0亿m³”，已被《规划a》乙市的“12.0亿m³”用完，须先调整这些分解数或者总数。"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all := suggestions(t, tt.trend, tt.rule, tt.targets...)
			if !slices.Contains(all, tt.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(all, "\n     "), tt.want)
			}
		})
	}
}
