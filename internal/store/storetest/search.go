package storetest

import (
	"fmt"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

func search(s *suite) {
	names := map[string]string{
		"cover": "森林覆盖率", "wetland": "湿地保护率", "gdp": "单位ＧＤＰ能耗", "latin": "GDP per capita, Café-crème 2025",
		"mixed": "PM2.5年均浓度", "one": "水", "kana": "ガス ｶﾞｽ", "rare": "𠮷野家 指标",
	}
	s.apply(vocabulary()[:4]...)
	for code, name := range names {
		o := newIndicator(code, name)
		if code == "cover" {
			o.Aliases = []string{"林木绿化", "造林", "面积"}
			o.Definition = "以行政区域土地 面积的比"
		}
		s.apply(upsert(o))
	}
	cases := []struct{ query, want string }{
		{"森林", "cover"},
		{"森林覆盖率", "cover"},
		{"覆盖", "cover"},
		{"湿地", "wetland"},
		{"保护 湿地", "wetland"},
		{"森林 湿地", ""},
		{"林湿", ""},
		{"森覆", ""},
		{"造林", "cover"},
		{"林面", ""},   // the end of one alias and the beginning of the next
		{"率以", ""},   // the end of one field and the beginning of the next
		{"土地面积", ""}, // what white space parts in the text is not one word
		{"土地 面积", "cover"},
		{"土地-面积", "cover"},
		{"造林-面积", ""},  // two aliases
		{"森", "cover"}, // one character: what begins with it
		{"湿", "wetland"},
		{"水", "one"},
		{"ＧＤＰ", "gdp latin"},
		{"gdp", "gdp latin"},
		{"Gdp能耗", "gdp"},
		{"GD", ""},
		{"café", "latin"},
		{"CAFÉ-CRÈME", "latin"},
		{"crème café", "latin"},
		{"crème-café", ""},
		{"cafe", ""},
		{"2025", "latin"},
		{"pm2.5", "mixed"},
		{"年均", "mixed"},
		{"5年均", "mixed"},
		{"2.5年均", ""}, // the token is pm2
		{"ガス", "kana"},
		{"𠮷野", "rare"},
		{"吉野", ""},
		{"", ""},
		{" \t，。!", ""},
		{`"森林`, "cover"},
		{"森林*", "cover"},
		{"AND", ""},
		{"森林 OR 湿地", ""},
		{"NOT 森林", ""},
		{"name : 森林", ""},
		{"tokens:森林", ""},
		{"NEAR(森林 覆盖)", ""},
		{"^森林", "cover"},
		{"{森林} + -湿地", ""},
		{"·", ""},
		{"覆盖率 · 林木", "cover"},
	}
	for _, c := range cases {
		want := []plan.ID{}
		for code := range strings.FieldsSeq(c.want) {
			want = append(want, plan.MakeID("indicator", code))
		}
		s.same("search for "+c.query, s.list(kind("Indicator"), query.Text{Query: c.query}), want)
	}
	s.same("its opposite", len(s.list(kind("Indicator"), query.Not{Filter: query.Text{Query: "森林"}})), len(names)-1)
	s.same("beside other filters", s.list(kind("Indicator"), query.And{query.Text{Query: "gdp"},
		query.Compare{Field: field("Indicator", "name"), Op: query.Prefix, Value: "GDP"}}), []plan.ID{"indicator:latin"})
	long := strings.Repeat("森林覆盖率 ", 30)
	s.same("a long one", s.list(kind("Indicator"), query.Text{Query: long}), []plan.ID{"indicator:cover"})
}

// searchFollows looks for texts that come, change and go, over several kinds.
func searchFollows(s *suite) {
	s.apply(vocabulary()...)
	of := []query.Shape{{Kind: kind("Plan")}, {Kind: kind("Task")}, {Kind: kind("Indicator")}}
	find := func(text string) []plan.ID { return s.ids(query.Selection{Filter: query.Text{Query: text}, Of: of}) }
	titled := func(title string) *plan.Plan { return newPlan("p", func(p *plan.Plan) { p.Title = title }) }
	s.apply(upsert(titled("草原生态修复")), upsert(newTask("p", "1", func(t *plan.Task) { t.Text = "草原禁牧" })))
	s.same("written", find("草原"), []plan.ID{"plan:p", "task:p/1"})
	s.apply(upsert(titled("沙地治理")))
	s.same("the old title", find("草原"), []plan.ID{"task:p/1"})
	s.same("the new title", find("沙地"), []plan.ID{"plan:p"})
	s.apply(plan.Op{Remove: "plan:p", Cascade: true})
	s.same("removed", find("草原"), []plan.ID{})
	s.apply(upsert(titled("草原")))
	s.same("made again", find("草原"), []plan.ID{"plan:p"})
	s.same("across an edge", s.list(kind("Plan"), query.Related{End: end("Plan", "region"), Filter: query.Text{Query: "区域"}}), []plan.ID{"plan:p"})

	// At once, however much is written: what search asks may be brought up to date behind a write.
	for round := range 20 {
		old, now := fmt.Sprintf("盐碱地%d", round), fmt.Sprintf("盐碱地%d", round+1)
		ops := make([]plan.Op, 300)
		for i := range ops {
			ops[i] = upsert(newTask("p", fmt.Sprintf("many-%d", i), func(t *plan.Task) { t.Text = now }))
		}
		at := s.apply(ops...)
		s.same("what was just written", len(find(now)), len(ops))
		s.same("what was just written over", find(old), []plan.ID{})
		changes, err := s.store.History(s.Context(), "task:p/many-7", 0, 1)
		if err != nil || len(changes) != 1 || changes[0].Revision != at {
			s.Fatalf("the last change is %v and %v, wanted that of revision %d", changes, err, at)
		}
	}
}
