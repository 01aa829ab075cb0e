package bench

import (
	"fmt"
	"strconv"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// department is one of the offices that every nation and province has.
type department struct{ code, name string }

// topic is what plans of one kind are about. Indicators are rows of "name unit trend value kind": the trend is + or -, the value (with
// its sign) that of a region of middling size, the kind L, P, C or R for level, percent change, cumulative or rate per year. A unit that
// adds up over regions is followed by Σ.
type topic struct {
	code, name string
	category   plan.PlanCategory
	department string
	task       string
	class      string // of objects that the tasks act on
	indicators []string
}

// measure is a row of a topic's indicators, read.
type measure struct {
	name, unit string
	trend      plan.Trend
	base       int64 // hundredths of the unit
	kind       quantity.Kind
	summable   bool
}

func (t *topic) measures() []measure {
	all := make([]measure, len(t.indicators))
	for i, row := range t.indicators {
		all[i] = readMeasure(row)
	}
	return all
}

func readMeasure(row string) measure {
	kinds := map[string]quantity.Kind{
		"L": quantity.Level, "P": quantity.PercentChange, "C": quantity.Cumulative, "R": quantity.RatePerYear,
	}
	trends := map[string]plan.Trend{"+": plan.Up, "-": plan.Down}
	cells := strings.Fields(row)
	if len(cells) != 5 {
		panic(fmt.Sprintf("bench: row %q has %d cells", row, len(cells))) // the rows are part of the program
	}
	m := measure{name: cells[0], trend: trends[cells[2]], kind: kinds[cells[4]]}
	m.unit, m.summable = strings.CutSuffix(cells[1], "Σ")
	whole, fraction, _ := strings.Cut(cells[3], ".")
	base, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		panic(fmt.Sprintf("bench: row %q: %v", row, err))
	}
	m.base = base
	return m
}

func departments() []department {
	return []department{
		{"ndrc", "发展和改革委员会"}, {"land", "自然资源厅"}, {"ecology", "生态环境厅"}, {"forest", "林业和草原局"}, {"water", "水利厅"},
		{"energy", "能源局"}, {"farm", "农业农村厅"}, {"transport", "交通运输厅"}, {"industry", "工业和信息化厅"},
		{"housing", "住房和城乡建设厅"}, {"emergency", "应急管理厅"},
	}
}

// provinces are rows of "code name short": the first two digits of GB/T 2260, the name, and how document numbers abbreviate it.
func provinces() []string {
	return []string{
		"15 内蒙古自治区 内", "11 北京市 京", "12 天津市 津", "13 河北省 冀", "14 山西省 晋", "21 辽宁省 辽", "22 吉林省 吉", "23 黑龙江省 黑",
		"31 上海市 沪", "32 江苏省 苏", "33 浙江省 浙", "34 安徽省 皖", "35 福建省 闽", "36 江西省 赣", "37 山东省 鲁", "41 河南省 豫",
		"42 湖北省 鄂", "43 湖南省 湘", "44 广东省 粤", "45 广西壮族自治区 桂", "46 海南省 琼", "50 重庆市 渝", "51 四川省 川", "52 贵州省 黔",
		"53 云南省 滇", "54 西藏自治区 藏", "61 陕西省 陕", "62 甘肃省 甘", "63 青海省 青", "64 宁夏回族自治区 宁", "65 新疆维吾尔自治区 新",
	}
}

// Names of prefectures and counties are made of one syllable of each list.
const (
	firstSyllables  = "安宝昌长德东丰福广贵海河恒华怀嘉江金景康兰乐临龙隆梅明南宁平清泉荣瑞山韶双松泰天桐文武西祥新兴阳宜永云漳"
	secondSyllables = "安城川东峰阜岗关谷海河湖江宁平浦丘泉山水塘溪兴阳岳州"
)
