package law

import (
	"slices"

	"xianjie/internal/plan"
)

// Requirement is one line of the matrix of bases: plans of these levels and categories must be drawn up from a plan of that level and
// category. It binds plans proper only; programmes, opinions and annual plans implement one.
type Requirement struct {
	ID         string
	Text       string // in Chinese
	Levels     []plan.PlanLevel
	Categories []plan.PlanCategory
	// Basis is the category of the plan to start from; BasisLevel its level, "" meaning the next level above.
	Basis      plan.PlanCategory
	BasisLevel plan.PlanLevel
	Citation   Citation
}

// Requirements are the matrix. It holds what a published norm says of a category as such; duties of one field alone (the environment,
// forests, water) are not in it, since a plan's field is not recorded and a false alarm costs a ministry's trust.
func Requirements() []Requirement {
	local := []plan.PlanLevel{plan.Provincial, plan.Prefectural, plan.County}
	return []Requirement{{
		ID: "national-development-plan", Text: "地方发展规划以及空间规划、专项规划、区域规划，都要以国家发展规划为依据编制",
		Levels:     local,
		Categories: []plan.PlanCategory{plan.Development, plan.Spatial, plan.Special, plan.Regional},
		Basis:      plan.Development, BasisLevel: plan.National,
		Citation: Citation{Law: "中共中央 国务院关于统一规划体系更好发挥国家发展规划战略导向作用的意见", InForce: "2018"},
	}, {
		ID: "superior-territorial-plan", Text: "下级国土空间规划（土地利用总体规划）依据上一级规划编制",
		Levels:     local,
		Categories: []plan.PlanCategory{plan.Spatial},
		Basis:      plan.Spatial,
		Citation:   land("16"),
	}}
}

// Applies says whether the requirement binds a plan.
func (r Requirement) Applies(p *plan.Plan) bool {
	return p.Form == plan.FormPlan && slices.Contains(r.Levels, p.Level) && slices.Contains(r.Categories, p.Category)
}

// Met says whether u is a basis that the requirement asks of p.
func (r Requirement) Met(p, u *plan.Plan) bool {
	level := r.BasisLevel
	if level == "" && p.Level.Rank() > 1 {
		level = plan.PlanLevel(plan.National.Values()[p.Level.Rank()-2])
	}
	return u.Category == r.Basis && u.Level == level
}
