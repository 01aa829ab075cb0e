package neo4j_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/graph"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// words are what people look for in the demonstration, by what makes them hard; found says whether it
// has them.
var words = [...]struct {
	name  string
	found bool
	list  []string
}{
	{"two characters", true, strings.Fields("森林 湿地 草原 能耗 黄河 流域 规划 生态 环境 红线 沙化 治理 水土 装机 风电 光伏 用水 土壤 乌海")},
	{"one character", true, strings.Fields("森 湿 水 的 林")},
	{"longer words", true, strings.Fields("森林覆盖率 湿地保护率 自治区 内蒙古 呼和浩特 呼伦贝尔 水土流失 二氧化碳 优良天数 空气质量 新能源 用水总量 生态环境保护规划")},
	{"Latin letters and digits", true, strings.Fields("GDP gdp 单位GDP能耗 PM2.5 2025年 2025 2035 万kW kw 15.5% 15.5")},
	{"full-width forms", true, strings.Fields("ＧＤＰ ２０２５ ２０２５年 单位ＧＤＰ能耗 万ｋＷ １５．５％")},
	{"punctuation", true, []string{"“十四五”", "“十四五”规划", "“十四五”生态环境", "比2020年下降", "（征求意见稿）", "《规划》", "、水、"}},
	{"across the boundaries of words", true, []string{"林覆", "地保", "盖率", "态环", "护规划"}},
	{"several words", true, []string{"森林 覆盖率", "覆盖率 森林", "黄河 流域", "生态 规划 内蒙古", "GDP 能耗"}},
	{"not there", false, []string{"不存在", "林湿", "覆森", "草原 不存在", "森林盖覆率", "ＸＹＺ", "20 25", "镍", "zzz"}},
	{"syntax of searches", false, []string{"森林* OR 湿地", "森林 AND 湿地", "tokens:森林", "NEAR(森林 湿地)"}},
	{"quotes and signs alone", false, []string{"\"", "''", "*", "，。", " ", "—"}},
	{"a quote that stays open", true, []string{"\"森林", "森林\"", "(森林", "森林)"}},
}

// equalSearches looks for the words in every kind and over all kinds: both stores find the same
// objects in the same order.
func equalSearches(t *testing.T, ours, other store.Store) {
	const document = "query($text: String!) {search(text: $text, first: 100) {totalCount nodes {id}}}"
	n := 0
	for _, group := range words {
		for _, word := range group.list {
			n++
			answer := equalAnswer(t, group.name+": "+word, ours, other, graph.Question{Query: document, Variables: map[string]any{"text": word}})
			if got := strings.Contains(answer, `"id"`); got != group.found {
				t.Errorf("%s: %q is found: %v, wanted %v", group.name, word, got, group.found)
			}
			for _, k := range plan.Kinds() {
				sel := &query.Selection{Filter: query.Text{Query: word}, Count: true, Of: []query.Shape{{Kind: k, Columns: []*plan.Field{k.Field("id")}}}}
				got, err := ours.Fetch(t.Context(), sel)
				if err != nil {
					t.Fatal(err)
				}
				want, err := other.Fetch(t.Context(), sel)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(shown(want.Root), shown(got.Root)); diff != "" {
					t.Errorf("%s: %q in %s: -sqlite +neo4j\n%s", group.name, word, k, diff)
				}
			}
		}
	}
	if n < 50 {
		t.Errorf("there are %d words, wanted 50", n)
	}
}
