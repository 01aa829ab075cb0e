package law

import (
	"strings"

	"xianjie/internal/plan"
)

// Decision says who has to change when two plans contradict each other.
type Decision struct {
	Plan     plan.ID // who yields, "" when nobody does by default
	Norm     string  // the norm that decides; "" when a recorded link alone does
	Escalate bool    // both lead departments have to settle it
	Reason   string  // in Chinese, naming plans and departments
}

// Yields is the decision as a finding carries it.
func (d Decision) Yields() plan.Yields {
	return plan.Yields{Norm: d.Norm, Escalate: d.Escalate, Reason: d.Reason}
}

// Names gives the name of an organization, "" when it isn't known.
type Names func(plan.ID) string

// Decide says who yields between a and b under an obligation between them. lead is the department that leads the matter itself (the
// indicator's), "" when that isn't stated; between equals it tips the scales if it leads exactly one of the two plans.
func Decide(a, b *plan.Plan, o Obligation, lead plan.ID, names Names) Decision {
	lower, upper := a, b
	if o.Lower == b.ID {
		lower, upper = b, a
	}
	switch {
	case o.Norm == Level:
		return Decision{Plan: lower.ID, Norm: Level, Reason: Title(lower) + "是" + LevelZh(lower.Level) + "规划，" + Title(upper) + "是" +
			LevelZh(upper.Level) + "规划，前者的规划区域在后者范围之内：下级规划服从上级规划，由前者调整。"}
	case o.Norm == Category:
		return Decision{Plan: lower.ID, Norm: Category, Reason: Title(upper) + "是同级的" + CategoryZh(upper.Category) + "，" +
			role(upper.Category) + "；" + Title(lower) + "是" + CategoryZh(lower.Category) + "，由后者向前者调整。"}
	case o.Norm == Territory:
		return Decision{Plan: lower.ID, Norm: Territory, Reason: Title(upper) + "是同级国土空间规划，" + Title(lower) + "不得违背其强制性内容，由后者调整。"}
	case o.Norm == Basin:
		return Decision{Plan: lower.ID, Norm: Basin, Reason: Title(upper) + "是流域规划，" + Title(lower) + "的规划区域在该流域之内：区域规划服从流域规划，由后者调整。"}
	case o.Norm == Support:
		return Decision{Plan: lower.ID, Norm: Support, Reason: Title(lower) + "是" + Title(upper) + "的配套规划，由配套规划调整。"}
	case o.Exists():
		return Decision{Plan: lower.ID, Reason: Title(lower) + "以" + Title(upper) + "为依据（登记的衔接关系），由前者调整。"}
	}
	return decideEquals(a, b, lead, names)
}

func decideEquals(a, b *plan.Plan, lead plan.ID, names Names) Decision {
	for _, way := range [2][2]*plan.Plan{{a, b}, {b, a}} {
		leads, other := way[0], way[1]
		if lead != "" && contains(leads.Leads, lead) && len(other.Leads) > 0 && !contains(other.Leads, lead) {
			return Decision{Plan: other.ID, Norm: Equals, Reason: "两规划互不隶属；该指标由" + nameOf(lead, names) + "牵头，" + Title(leads) +
				"由其牵头编制，由" + Title(other) + "的牵头部门（" + Departments(other, names) + "）与其衔接后调整。"}
		}
	}
	return Decision{Norm: Equals, Escalate: true, Reason: "两规划互不隶属，没有规范规定由谁让步：提请" + Title(a) + "牵头部门（" + Departments(a, names) +
		"）与" + Title(b) + "牵头部门（" + Departments(b, names) + "）会商确定，会商不成的报共同上级。"}
}

// Departments names a plan's lead departments; where none is stated it says so, and names who issued the plan if that is.
func Departments(p *plan.Plan, names Names) string {
	if len(p.Leads) > 0 {
		return join(p.Leads, names)
	}
	if len(p.Issuers) > 0 {
		return "来源未注明，印发机关为" + join(p.Issuers, names)
	}
	return "来源未注明"
}

func join(ids []plan.ID, names Names) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = nameOf(id, names)
	}
	return strings.Join(parts, "、")
}

func nameOf(id plan.ID, names Names) string {
	if name := names(id); name != "" {
		return name
	}
	return string(id)
}

func contains(ids []plan.ID, id plan.ID) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}

// Title is a plan's title in the marks that Chinese text puts around titles.
func Title(p *plan.Plan) string {
	if strings.HasPrefix(p.Title, "《") {
		return p.Title
	}
	title := p.Title
	if strings.Contains(title, "《") {
		title = strings.NewReplacer("《", "〈", "》", "〉").Replace(title)
	}
	return "《" + title + "》"
}

// LevelZh is the Chinese word for a level.
func LevelZh(l plan.PlanLevel) string {
	switch l {
	case plan.National:
		return "国家级"
	case plan.Provincial:
		return "省级"
	case plan.Prefectural:
		return "盟市级"
	case plan.County:
		return "旗县级"
	}
	return "层级未注明的"
}

// CategoryZh is the Chinese word for a category.
func CategoryZh(c plan.PlanCategory) string {
	switch c {
	case plan.Development:
		return "发展规划"
	case plan.Spatial:
		return "国土空间规划"
	case plan.Special:
		return "专项规划"
	case plan.Regional:
		return "区域规划"
	}
	return "类别未注明的规划"
}

func role(c plan.PlanCategory) string {
	if c == plan.Development {
		return "居于统领地位"
	}
	return "是各类专项规划、区域规划的基础"
}
