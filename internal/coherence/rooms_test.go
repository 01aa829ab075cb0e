package coherence

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

// room asks what is left to the city's plan in 2025.
func (r *register) room(of plan.ID) *Room {
	r.t.Helper()
	room, err := RoomOf(context.Background(), NewFrame(r.objects), NewMemory(r.objects), "indicator:x", "region:city", 2025, of)
	if err != nil {
		r.t.Fatal(err)
	}
	return room
}

func TestRoom(t *testing.T) {
	type want struct {
		lower, upper  string // value and unit; "" for none
		by            LimitBasis
		empty         bool
		contradiction []plan.ID
		unused        []ReasonCode
		text          string
	}
	above := func(r *register, code string, figures ...figure) *plan.Plan {
		p := r.plan(code, figures...)
		p.Level, p.Region = plan.Provincial, "region:province"
		return p
	}
	tests := []struct {
		name  string
		trend plan.Trend
		build func(r *register)
		want  want
	}{
		{"nothing above", plan.Up, func(r *register) { r.plan("peer", of(">= 20 %")) }, want{text: "没有可用的"}},
		{"a floor", plan.Up, func(r *register) { above(r, "u", of(">= 24.10 %")) }, want{lower: "24.10 %", by: BySuperior, text: "取“不低于 24.10%”的值即可"}},
		{"a bare figure is a floor where up is good", plan.Up, func(r *register) { above(r, "u", of("24.1 %")) }, want{lower: "24.1 %", by: BySuperior, text: "取“不低于 24.1%”的值即可"}},
		{"a bare figure without direction", "", func(r *register) { above(r, "u", of("24.1 %")) }, want{lower: "24.1 %", upper: "24.1 %", by: BySuperior, text: "取“24.1%”即可"}},
		{"the higher of two floors", plan.Up, func(r *register) { above(r, "u", of(">= 23 %")); above(r, "v", of(">= 24 %")) }, want{lower: "24 %", by: BySuperior}},
		{"a floor and a cap", plan.Up, func(r *register) { above(r, "u", of(">= 23.5 %")); above(r, "v", of("<= 24.1 %")) },
			want{lower: "23.5 %", upper: "24.1 %", by: BySuperior, text: "取 23.5 至 24.1 % 之间的值即可"}},
		{"a range", "", func(r *register) { above(r, "u", of("23..25 %")) }, want{lower: "23 %", upper: "25 %", by: BySuperior}},
		{"about without direction", "", func(r *register) { above(r, "u", of("about 45.0 %")) }, want{lower: "44.9 %", upper: "45.1 %", by: BySuperior}},
		{"nothing between a floor and a cap", plan.Up, func(r *register) {
			above(r, "t", of(">= 20 %"))
			above(r, "u", of(">= 25 %"))
			above(r, "v", of("<= 23 %"))
		}, want{lower: "25 %", upper: "23 %", by: BySuperior, empty: true, contradiction: []plan.ID{"target:u/x0", "target:v/x0"}, text: "《u》要求“不低于 25%”，《v》要求“不超过 23%”，两者互相矛盾"}},
		{"a floor on a cap, but for rounding", plan.Up, func(r *register) { above(r, "u", of(">= 17050 万亩")); above(r, "v", of("<= 1.7 亿亩")) },
			want{lower: "17050 万亩", upper: "17000 万亩", by: BySuperior, text: "计入四舍五入"}},
		{"other units", plan.Up, func(r *register) { r.plan("l", of("1.6 亿亩")); above(r, "u", of(">= 17050 万亩")) }, want{lower: "1.705 亿亩", by: BySuperior}},
		{"a unit that doesn't divide is rounded to the safe side", plan.Up, func(r *register) { r.plan("l", of("2 公顷")); above(r, "u", of(">= 20 亩")) },
			want{lower: "1.333334 公顷", by: BySuperior}},
		{"a control of an equal", plan.Up, func(r *register) {
			r.plan("c", of(">= 24 %"))
			r.target("target:c/x0").Control = "《土地管理法》第16条"
		},
			want{lower: "24 %", by: ByControl}},
		{"a control without a year", plan.Up, func(r *register) {
			r.plan("c", figure{value: ">= 24 %", year: -1})
			r.target("target:c/x0").Control = "《土地管理法》第16条"
		}, want{lower: "24 %", by: ByControl}},
		{"a control against a superior", plan.Up, func(r *register) {
			r.plan("c", of("<= 20 %"))
			r.target("target:c/x0").Control = "《土地管理法》第16条"
			above(r, "u", of(">= 24 %"))
		}, want{lower: "24 %", upper: "20 %", by: BySuperior, empty: true, contradiction: []plan.ID{"target:u/x0", "target:c/x0"}, text: "后者是法定控制数，须先由前者调整"}},
		{"a control of its own is no limit", plan.Up, func(r *register) {
			r.plan("l", of(">= 24 %"))
			r.target("target:l/x0").Control = "《土地管理法》第16条"
		}, want{}},
		{"a draft above", plan.Up, func(r *register) { above(r, "u", of(">= 24 %")).Status = plan.Draft }, want{unused: []ReasonCode{NotInForce}}},
		{"the whole's figure", plan.Up, func(r *register) { above(r, "u", figure{value: ">= 24 %", region: "region:province"}) }, want{unused: []ReasonCode{RegionPart}}},
		{"no year", plan.Up, func(r *register) { above(r, "u", figure{value: ">= 24 %", year: -1}) }, want{unused: []ReasonCode{YearUnstated}}},
		{"words", plan.Up, func(r *register) { above(r, "u", of("qualitative: 改善")) }, want{unused: []ReasonCode{"QUALITATIVE"}}},
		{"what the plan sets is of another kind", plan.Down, func(r *register) { r.plan("l", of("24 %")); above(r, "u", of("-10 % vs 2020")) }, want{unused: []ReasonCode{"QUANTITY_KIND"}}},
		{"changes", plan.Down, func(r *register) { above(r, "u", of("-13.5 % vs 2020")) }, want{upper: "-13.5 %", by: BySuperior, text: "取“比2020年下降不少于13.5%”的值即可"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, tt.trend)
			if tt.build(r); r.planOf("l") == nil {
				r.plan("l")
			}
			room := r.room("plan:l")
			got := want{empty: room.Empty, contradiction: room.Contradiction}
			for _, u := range room.Unused {
				got.unused = append(got.unused, u.Reason.Code)
			}
			if b := room.Upper; b != nil {
				got.upper, got.by = b.Value.String()+" "+room.Unit, b.By
			}
			if b := room.Lower; b != nil {
				got.lower, got.by = b.Value.String()+" "+room.Unit, b.By
			}
			if strings.Contains(room.Text, tt.want.text) {
				got.text = tt.want.text
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("%s\n%s", room.Text, diff)
			}
		})
	}
}

func TestRoomOfAllocations(t *testing.T) {
	tests := []struct {
		name         string
		trend        plan.Trend
		total        string
		parts        []figure
		lower, upper string
		empty        bool
	}{
		{"a cap less what the other has", plan.Down, "<= 10.0 亿m³", []figure{of("5.0 亿m³"), of("6.0 亿m³")}, "", "4", false},
		{"a floor less what the other has", plan.Up, ">= 17.00 亿亩", []figure{of("6.00 亿亩"), of("9.50 亿亩")}, "7.5", "", false},
		{"in another unit", plan.Down, "<= 10.0 亿m³", []figure{of("50000 万m³"), of("6.0 亿m³")}, "", "40000", false},
		{"a cap without the other", plan.Down, "<= 10.0 亿m³", []figure{of("5.0 亿m³")}, "", "10", false},
		{"no floor without the other", plan.Up, ">= 17.00 亿亩", []figure{of("6.00 亿亩")}, "", "", false},
		{"no floor when the other has but a ceiling", plan.Up, ">= 17.00 亿亩", []figure{of("6.00 亿亩"), of("<= 9.50 亿亩")}, "", "", false},
		{"the other has it all", plan.Down, "<= 10.0 亿m³", []figure{of("5.0 亿m³"), of("12.0 亿m³")}, "", "-2", true},
		{"shares leave nothing to subtract", plan.Down, "<= 10.0 %", []figure{of("5.0 %"), of("6.0 %")}, "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			room := allocated(t, tt.trend, of(tt.total), tt.parts...).room("plan:a")
			value := func(b *Bound) string {
				if b == nil {
					return ""
				}
				if b.By != ByAllocation || b.Plan != "plan:upper" || b.Targets[0] != "target:upper/x0" {
					t.Errorf("bound %+v", b)
				}
				return b.Value.String()
			}
			if lower, upper := value(room.Lower), value(room.Upper); lower != tt.lower || upper != tt.upper || room.Empty != tt.empty {
				t.Errorf("from %q to %q, empty %v: %s", lower, upper, room.Empty, room.Text)
			}
			if tt.empty && !cmp.Equal(room.Contradiction, []plan.ID{"target:upper/x0", "target:b/x0"}) {
				t.Errorf("contradiction %v", room.Contradiction)
			}
		})
	}
}

func TestRoomIsNotLimitedByThePlanItself(t *testing.T) {
	r := newRegister(t, plan.Down)
	r.indicator().Summable = true
	r.plan("l", figure{value: "<= 10.0 亿m³", region: "region:province"}, of("12.0 亿m³"))
	r.allocate("target:l/x0", "target:l/x1")
	if room := r.room("plan:l"); room.Lower != nil || room.Upper != nil || room.Empty {
		t.Errorf("room %+v", room)
	}
}

func TestFindingsSayWhatPasses(t *testing.T) {
	tests := []struct {
		name  string
		build func(r *register)
		rule  string
		want  string
	}{
		{"R01 between two superiors", func(r *register) {
			for code, value := range map[string]string{"u": ">= 23.5 %", "v": "<= 24.1 %"} {
				p := r.plan(code, of(value))
				p.Level, p.Region = plan.Provincial, "region:province"
			}
			r.plan("l", of("20.0 %"))
		}, "R01", "取 23.5 至 24.1 % 之间的值即可"},
		{"R01 where no value passes", func(r *register) {
			for code, value := range map[string]string{"u": ">= 25.0 %", "v": "<= 24.1 %"} {
				p := r.plan(code, of(value))
				p.Level, p.Region = plan.Provincial, "region:province"
			}
			r.plan("l", of("20.0 %"))
		}, "R01", "《u》要求“不低于 25.0%”，《v》要求“不超过 24.1%”，两者互相矛盾"},
		{"R02 under a superior", func(r *register) {
			p := r.plan("u", of(">= 20.0 %"))
			p.Level, p.Region = plan.Provincial, "region:province"
			r.plan("a", of("21.0 %"))
			r.plan("b", of("22.0 %"))
		}, "R02", "两处应改为同一个数；就上位要求而言，取“不低于 20.0%”的值即可"},
		{"R02 alone", func(r *register) {
			r.plan("a", of("21.0 %"))
			r.plan("b", of("22.0 %"))
		}, "R02", "两处改为同一个数即可"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			tt.build(r)
			run := r.check(with(t, "R01", "R02"))
			if len(run.Findings) == 0 || run.Findings[0].Rule != tt.rule || !strings.Contains(run.Findings[0].Message, tt.want) {
				t.Fatalf("findings %+v", run.Findings)
			}
			last := run.Findings[0].Explanation[len(run.Findings[0].Explanation)-1]
			if !strings.Contains(last.Text, tt.want) {
				t.Errorf("the explanation doesn't say it: %s", last.Text)
			}
		})
	}
}

func TestWhatTheRoomLeavesPasses(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRegister(t, rapid.SampledFrom([]plan.Trend{plan.Up, plan.Down, ""}).Draw(rt, "trend"))
		r.plan("l")
		for i := range rapid.IntRange(1, 4).Draw(rt, "limits") {
			comparator := rapid.SampledFrom([]string{"", ">= ", "<= ", "about "}).Draw(rt, "comparator")
			code := "u" + strconv.Itoa(i)
			p := r.plan(code, of(comparator+strconv.Itoa(rapid.IntRange(40, 60).Draw(rt, "value"))+" 万亩"))
			if rapid.Bool().Draw(rt, "control") {
				r.target(plan.MakeID("target", code, "x0")).Control = "《土地管理法》第16条"
			} else {
				p.Level, p.Region = plan.Provincial, "region:province"
			}
		}
		room := r.room("plan:l")
		bound := room.Lower
		if bound == nil {
			bound = room.Upper
		}
		if bound == nil {
			return
		}
		r.plan("own", of(bound.Value.String()+" "+room.Unit))
		run := r.check(with(t, "R01", "R05"))
		fails := 0
		for _, f := range run.Findings {
			if f.YieldsPlan == "plan:own" {
				fails++
			}
		}
		if !room.Empty && fails > 0 || room.Empty && fails == 0 {
			rt.Fatalf("%s: %s of %q fails %d times", room.Text, bound.Value, bound.Figure, fails)
		}
	})
}
