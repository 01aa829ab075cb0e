package quantity

import "strings"

// The dimensions. Several are kept apart on purpose: % and 百分点, because mixing them is a mistake worth finding; 标准煤 and kWh, because the
// factor between them is a convention of the statistics and not a ratio; 天 and 年, because years differ in length. Counting words form one
// dimension only where people use them for the same things: 个 is the general word for what 处, 座 and 家 count, and 年 and 岁 both count
// years; 台 and 辆 count machines and vehicles; every other counting word stands alone.
const (
	percent           Dimension = "PERCENT"
	point             Dimension = "PERCENTAGE_POINT"
	multiple          Dimension = "MULTIPLE"
	area              Dimension = "AREA"
	length            Dimension = "LENGTH"
	volume            Dimension = "VOLUME"
	volumeFlow        Dimension = "VOLUME_PER_TIME"
	power             Dimension = "POWER"
	energy            Dimension = "ENERGY"
	coalEquivalent    Dimension = "COAL_EQUIVALENT"
	coalPerEnergy     Dimension = "COAL_EQUIVALENT_PER_ENERGY"
	coalPerMoney      Dimension = "COAL_EQUIVALENT_PER_MONEY"
	coalPerMass       Dimension = "COAL_EQUIVALENT_PER_MASS"
	mass              Dimension = "MASS"
	massFlow          Dimension = "MASS_PER_TIME"
	massPerMoney      Dimension = "MASS_PER_MONEY"
	massConcentration Dimension = "MASS_CONCENTRATION"
	money             Dimension = "MONEY"
	moneyPerPerson    Dimension = "MONEY_PER_PERSON"
	volumePerMoney    Dimension = "VOLUME_PER_MONEY"
	volumePerArea     Dimension = "VOLUME_PER_AREA"
	areaPerPerson     Dimension = "AREA_PER_PERSON"
	temperature       Dimension = "TEMPERATURE"
	soundLevel        Dimension = "SOUND_LEVEL"
	hours             Dimension = "HOURS"
	years             Dimension = "YEARS"
	things            Dimension = "THINGS"
	items             Dimension = "ITEMS"
	machines          Dimension = "MACHINES"
	sets              Dimension = "SETS"
	persons           Dimension = "PERSONS"
	households        Dimension = "HOUSEHOLDS"
	times             Dimension = "TIMES"
	personTimes       Dimension = "PERSON_TIMES"
	parts             Dimension = "PARTS"
	chapters          Dimension = "CHAPTERS"
	sections          Dimension = "SECTIONS"
	classes           Dimension = "CLASSES"
	clauses           Dimension = "CLAUSES"
)

// scale is one size in which a unit is printed: 万 for ten thousand.
type scale struct {
	prefix string
	ucum   string
	factor int64
}

// The sizes that Chinese statistics print. Of 百万 and 千万 only a few are in use; they are rows of their own.
var (
	plain   = []scale{{factor: 1}}
	wan     = []scale{{factor: 1}, {"万", "10*4.", 1e4}}
	wanYi   = []scale{{factor: 1}, {"万", "10*4.", 1e4}, {"亿", "10*8.", 1e8}}
	million = []scale{{factor: 1}, {"万", "10*4.", 1e4}, {"百万", "10*6.", 1e6}}
)

// unitRow is one unit with the sizes it comes in; every alias comes in the same sizes.
type unitRow struct {
	dimension Dimension
	name      string
	ucum      string
	num, den  int64
	scales    []scale
	aliases   string // separated by spaces
}

// unitRows is the unit table. Bases: the rows of ratio 1/1 without a prefix.
var unitRows = []unitRow{
	{percent, "‰", "[ppth]", 1, 10, plain, "千分之"},
	{percent, "%", "%", 1, 1, plain, "百分之 percent"},
	{point, "百分点", "{percentage_point}", 1, 1, plain, "个百分点 pp"},
	{multiple, "倍", "{fold}", 1, 1, plain, ""},

	{area, "m²", "m2", 1, 1, wan, "平方米 平米"},
	{area, "亩", "2000.m2/3", 2000, 3, wanYi, "mu"},
	{area, "公顷", "har", 10000, 1, million, "ha hm²"},
	{area, "km²", "km2", 1000000, 1, wan, "平方公里 平方千米"},
	{length, "m", "m", 1, 1, plain, "米"},
	{length, "km", "km", 1000, 1, wan, "公里 千米 KM"},
	{volume, "m³", "m3", 1, 1, wanYi, "立方米 方 立方"},
	{volumeFlow, "m³/日", "m3/d", 1, 1, wan, "立方米/日 立方米/天 m³/d m³/天"},

	{power, "kW", "kW", 1, 1, wanYi, "千瓦"},
	{power, "MW", "MW", 1000, 1, plain, "兆瓦"},
	{power, "GW", "GW", 1000000, 1, plain, "吉瓦"},
	{energy, "kWh", "kW.h", 1, 1, wanYi, "千瓦时 千瓦小时 度 度电"},
	{energy, "MWh", "MW.h", 1000, 1, plain, "兆瓦时"},
	{coalEquivalent, "tce", "t{coal_equivalent}", 1, 1, wanYi, "吨标准煤 吨标煤 t标准煤"},
	{coalPerEnergy, "gce/kWh", "g{coal_equivalent}/(kW.h)", 1, 1, plain, "克标准煤/千瓦时 克标煤/千瓦时"},
	{coalPerMoney, "tce/万元", "t{coal_equivalent}/(10*4.{CNY})", 1, 1, plain, "吨标准煤/万元 吨标煤/万元"},
	{coalPerMass, "kgce/吨", "kg{coal_equivalent}/t", 1, 1, plain, "千克标准煤/吨 公斤标准煤/吨 kgce/t"},

	{mass, "kg", "kg", 1, 1000, plain, "千克 公斤"},
	{mass, "吨", "t", 1, 1, wanYi, "t 公吨"},
	{massFlow, "吨/日", "t/d", 1, 1, wan, "吨/天 t/d t/日"},
	{massPerMoney, "吨/万元", "t/(10*4.{CNY})", 1, 1, plain, "t/万元"},
	{massConcentration, "µg/m³", "ug/m3", 1, 1, plain, "微克/立方米 ug/m³"},
	{massConcentration, "mg/m³", "mg/m3", 1000, 1, plain, "毫克/立方米"},
	{massConcentration, "mg/L", "mg/L", 1000000, 1, plain, "毫克/升"},

	{money, "元", "{CNY}", 1, 1, wanYi, "人民币元 CNY RMB"},
	{moneyPerPerson, "元/人", "{CNY}/{person}", 1, 1, wan, ""},
	{volumePerMoney, "m³/万元", "m3/(10*4.{CNY})", 1, 1, plain, "立方米/万元"},
	{volumePerArea, "m³/亩", "m3/(2000.m2/3)", 15, 1, plain, "立方米/亩"},
	{volumePerArea, "m³/公顷", "m3/har", 1, 1, plain, "立方米/公顷 m³/ha m³/hm²"},
	{areaPerPerson, "m²/人", "m2/{person}", 1, 1, plain, "平方米/人"},
	{temperature, "℃", "Cel", 1, 1, plain, "摄氏度"},
	{soundLevel, "分贝", "dB", 1, 1, plain, "dB"},

	{hours, "小时", "h", 1, 1, plain, "h"},
	{hours, "天", "d", 24, 1, plain, "日 d"},
	{years, "年", "a", 1, 1, plain, ""},
	{years, "岁", "a", 1, 1, plain, "周岁"},

	{things, "个", "{thing}", 1, 1, wan, ""},
	{things, "处", "{site}", 1, 1, plain, ""},
	{things, "座", "{structure}", 1, 1, wan, ""},
	{things, "家", "{firm}", 1, 1, wan, ""},
	{items, "项", "{item}", 1, 1, plain, ""},
	{machines, "台", "{machine}", 1, 1, wan, ""},
	{machines, "辆", "{vehicle}", 1, 1, wan, ""},
	{sets, "套", "{set}", 1, 1, wan, ""},
	{persons, "人", "{person}", 1, 1, wanYi, "名"},
	{households, "户", "{household}", 1, 1, wan, ""},
	{times, "次", "{time}", 1, 1, wan, ""},
	{personTimes, "人次", "{person_time}", 1, 1, wanYi, ""},
	{parts, "篇", "{part}", 1, 1, plain, ""},
	{chapters, "章", "{chapter}", 1, 1, plain, ""},
	{sections, "节", "{section}", 1, 1, plain, ""},
	{classes, "类", "{class}", 1, 1, plain, ""},
	{clauses, "条", "{clause}", 1, 1, plain, ""},
}

// dimensionNames are the words of findings.
var dimensionNames = map[Dimension]string{
	"": "无量纲数", percent: "百分比", point: "百分点", multiple: "倍数", area: "面积", length: "长度", volume: "体积", volumeFlow: "日水量",
	power: "功率", energy: "电量", coalEquivalent: "标准煤量", coalPerEnergy: "单位电量煤耗", coalPerMoney: "单位产值能耗",
	coalPerMass: "单位产品能耗", mass: "质量", massFlow: "日处理量", massPerMoney: "单位产值排放", massConcentration: "质量浓度",
	money: "金额", moneyPerPerson: "人均金额", volumePerMoney: "单位产值用水", volumePerArea: "单位面积体积", areaPerPerson: "人均面积",
	temperature: "温度", soundLevel: "声级", hours: "天数或小时数", years: "年数", things: "个数", items: "项数", machines: "台（辆）数",
	sets: "套数", persons: "人数", households: "户数", times: "次数", personTimes: "人次", parts: "篇数", chapters: "章数", sections: "节数",
	classes: "类数", clauses: "条数",
}

// unitTable is unitRows spelt out and indexed.
type unitTable struct {
	units   []Unit
	aliases [][]string     // by index of units
	byName  map[string]int // canonical name, exactly
	byKey   map[string]int // unitKey of every name and alias
	base    map[Dimension]Unit
}

var table = newUnitTable(unitRows)

func newUnitTable(rows []unitRow) *unitTable {
	t := &unitTable{byName: map[string]int{}, byKey: map[string]int{}, base: map[Dimension]Unit{}}
	for _, row := range rows {
		for _, s := range row.scales {
			t.add(row, s)
		}
	}
	return t
}

// add enters one size of a row. A row's own names never clash with another's: a test holds the table to that.
func (t *unitTable) add(row unitRow, s scale) {
	u := Unit{Name: s.prefix + row.name, UCUM: s.ucum + row.ucum, Dimension: row.dimension, Num: row.num * s.factor, Den: row.den}
	i := len(t.units)
	t.units = append(t.units, u)
	t.byName[u.Name] = i
	t.byKey[unitKey(u.Name)] = i
	var aliases []string
	for _, alias := range strings.Fields(row.aliases) {
		aliases = append(aliases, s.prefix+alias)
		t.byKey[unitKey(s.prefix+alias)] = i
	}
	t.aliases = append(t.aliases, aliases)
	if _, ok := t.base[row.dimension]; !ok && u.Num == u.Den {
		t.base[row.dimension] = u
	}
}
