// Package law owns what decides between plans before any number is looked at: the norms P0 to P8 with their articles, who obeys whom and
// who must yield, and which basis the law demands of a plan. All of it is data and pure functions over plans, regions and links. It must
// not know rules, findings, stores, or how a target is compared.
package law

import (
	"slices"
	"sync"

	"xianjie/internal/plan"
)

// Citation names a law and its article. InForce is the day from which the cited text applies, "" where that is not certain. An assumption
// is a reading that no article states; whatever rests on one says so.
type Citation struct {
	Law        string
	Article    string
	InForce    plan.Date
	Assumption bool
}

// Plan is the citation as a finding carries it.
func (c Citation) Plan() plan.Citation {
	return plan.Citation{Law: c.Law, Article: c.Article, InForce: c.InForce, Assumption: c.Assumption}
}

// Text is the citation as a planner writes it: 《草原法》第17条.
func (c Citation) Text() string {
	if c.Assumption {
		return c.Law + "（推定）"
	}
	text := "《" + c.Law + "》"
	if c.Article != "" {
		text += "第" + c.Article + "条"
	}
	return text
}

// Effect is what a norm does to the plans that it applies to.
type Effect string

// The effects.
const (
	PlanYields      Effect = "PLAN_YIELDS"      // every plan yields to the control; no waiver
	LowerYields     Effect = "LOWER_YIELDS"     // the lower level yields
	CategoryYields  Effect = "CATEGORY_YIELDS"  // spatial yields to development, special and regional to both
	SpecialYields   Effect = "SPECIAL_YIELDS"   // special yields on zones, land and lines
	AreaYields      Effect = "AREA_YIELDS"      // the plan of an area yields to that of its basin
	Escalates       Effect = "ESCALATES"        // nobody yields by default: both lead departments settle it
	Allows          Effect = "ALLOWS"           // no finding
	Reopens         Effect = "REOPENS"          // the link becomes suspect
	SupporterYields Effect = "SUPPORTER_YIELDS" // the supporting plan yields
)

// Norm is one line of the order of precedence. Of the norms that apply to two plans the first decides.
type Norm struct {
	ID     string // P0 to P8, stable for ever
	Title  string // in Chinese
	Name   string // in English
	Text   string // how it works, in Chinese
	Effect Effect
	Basis  []Citation
}

// The norms by the names that code refers to them with.
const (
	Control   = "P0"
	Level     = "P1"
	Category  = "P2"
	Territory = "P3"
	Basin     = "P4"
	Equals    = "P5"
	Stricter  = "P6"
	Newer     = "P7"
	Support   = "P8"
)

// NormByID finds a norm, false when there is none.
func NormByID(id string) (Norm, bool) {
	for _, n := range norms() {
		if n.ID == id {
			return n, true
		}
	}
	return Norm{}, false
}

func yellowRiver(article string) Citation {
	return Citation{Law: "黄河保护法", Article: article, InForce: "2023-04-01"}
}

func land(article string) Citation {
	return Citation{Law: "土地管理法", Article: article, InForce: "2020-01-01"}
}

func grassland(article string) Citation {
	return Citation{Law: "草原法", Article: article, InForce: "2003-03-01"}
}

func wetland(article string) Citation {
	return Citation{Law: "湿地保护法", Article: article, InForce: "2022-06-01"}
}

func desert(article string) Citation {
	return Citation{Law: "防沙治沙法", Article: article, InForce: "2002-01-01"}
}

// Norms are all norms in their order of precedence; the slice is the caller's own.
func Norms() []Norm { return slices.Clone(norms()) }

// norms is made once: every finding cites one.
var norms = sync.OnceValue(func() []Norm {
	return []Norm{{
		ID: Control, Title: "法定控制数优先", Name: "a mandatory numeric control beats any plan",
		Text:   "法律规定或依法下达的强制性控制数，任何规划都必须执行，不得突破，也不得豁免。",
		Effect: PlanYields, Basis: []Citation{yellowRiver("24"), yellowRiver("49"), land("16")},
	}, {
		ID: Level, Title: "下级服从上级", Name: "the lower level obeys the upper",
		Text:   "下级规划的规划区域在上级规划范围之内的，下级规划服从上级规划；不一致的，由下级规划调整。",
		Effect: LowerYields, Basis: []Citation{
			{Law: "环境保护法", Article: "13", InForce: "2015-01-01"}, grassland("17"),
			{Law: "森林法", Article: "25", InForce: "2020-07-01"}, desert("11"), wetland("15"),
		},
	}, {
		ID: Category, Title: "发展规划统领、空间规划为基础、专项和区域规划支撑", Name: "at one level the development plan leads, the spatial plan is the base, special and regional plans support",
		Text:   "同级规划之间，发展规划统领，国土空间规划为基础，专项规划、区域规划为支撑；不一致的，由后者向前者调整。年度计划、方案、意见不因其类别而居于他人之上。",
		Effect: CategoryYields, Basis: []Citation{
			yellowRiver("20"), grassland("18"), wetland("15"), {Law: "土地管理法实施条例", Article: "3", InForce: "2021-09-01"},
		},
	}, {
		ID: Territory, Title: "专项规划不得违背国土空间规划强制性内容", Name: "a special plan must not break mandatory content of the territorial plan",
		Text:   "专项规划、区域规划涉及管控分区、用地和控制线的，不得违背同级国土空间总体规划的强制性内容。",
		Effect: SpecialYields, Basis: []Citation{desert("13"), yellowRiver("22"), yellowRiver("26")},
	}, {
		ID: Basin, Title: "区域规划服从流域规划，专业规划服从综合规划", Name: "basin over an area within it, comprehensive over specialised, in matters of water",
		Text:   "水资源的开发、利用、节约、保护和防治水害：流域范围内的区域规划服从流域规划，专业规划服从综合规划。",
		Effect: AreaYields, Basis: []Citation{{Law: "水法", Article: "15", InForce: "2002-10-01"}},
	}, {
		ID: Equals, Title: "平级规划相互衔接、不得抵触", Name: "equals coordinate and must not contradict",
		Text:   "互不隶属的规划应当相互衔接、不得抵触；任何一方都不当然让步，由双方牵头部门会商，会商不成的报共同上级。",
		Effect: Escalates, Basis: []Citation{grassland("20")},
	}, {
		ID: Stricter, Title: "下级可以更严", Name: "a stricter lower target is allowed",
		Text:   "控制数的表述是下限或上限，下级规划的目标比上级更严的，不构成不一致。",
		Effect: Allows, Basis: []Citation{{Law: "对控制数“不得低于、不得超过”表述的理解", Assumption: true}},
	}, {
		ID: Newer, Title: "上位规划后出，下位规划应复核", Name: "a superior text adopted later re-opens the lower plan",
		Text:   "上位规划晚于下位规划批准的，下位规划原有的衔接关系存疑，应当复核。",
		Effect: Reopens, Basis: []Citation{{Law: "由下级服从上级、同级分类衔接推出", Assumption: true}},
	}, {
		ID: Support, Title: "配套规划服从所配套的规划", Name: "a supporting plan follows the plan it supports",
		Text:   "为落实某一规划而编制的配套规划，与该规划不一致的，由配套规划调整。",
		Effect: SupporterYields, Basis: []Citation{{Law: "规划文本关于配套规划的表述"}},
	}}
})
