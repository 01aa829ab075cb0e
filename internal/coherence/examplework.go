package coherence

import "xianjie/internal/plan"

// unstatedDate is a date of an example that no source states; "" is that of a plan of 2021 to 2025.
const unstatedDate plan.Date = "-"

// exampleAction is the one task of an example, on open-cast mines.
type exampleAction struct {
	action   plan.Action
	title    string
	from, to plan.Date // of its plan
}

// exampleActions is a province's plan with the first task over a city's plan with the second.
func exampleActions(upper, lower exampleAction) []plan.Object {
	objects := exampleFrame("", "")
	for i, t := range []exampleAction{upper, lower} {
		code, p := "upper", examplePlan("upper", "某省矿产资源规划", plan.Provincial, "region:province")
		if i > 0 {
			code, p = "lower", examplePlan("lower", "某市矿产资源规划", plan.Prefectural, "region:city")
		}
		p.PeriodStart, p.PeriodEnd = exampleDate(t.from, "2021"), exampleDate(t.to, "2025")
		objects = append(objects, p, &plan.Task{
			Meta: plan.Meta{ID: plan.MakeID("task", code, "1"), Code: "1"}, Title: t.title, Action: t.action, ObjectClass: "露天矿山", Plan: p.ID,
			Regions: []plan.ID{"region:city"},
		})
	}
	return objects
}

func exampleDate(d, usual plan.Date) plan.Date {
	switch d {
	case "":
		return usual
	case unstatedDate:
		return ""
	}
	return d
}

// exampleTasks are two special plans of one city with one task each and the department that leads it, "" for none.
func exampleTasks(titleA string, leadA plan.ID, titleB string, leadB plan.ID) []plan.Object {
	objects := append(exampleFrame("", ""),
		&plan.Organization{Meta: plan.Meta{ID: "organization:forest", Code: "forest"}, Name: "某市林业部门", Type: plan.Department},
		&plan.Organization{Meta: plan.Meta{ID: "organization:ecology", Code: "ecology"}, Name: "某市生态环境部门", Type: plan.Department})
	add := func(code, title, task string, lead plan.ID) {
		p := examplePlan(code, title, plan.Prefectural, "region:city")
		p.PeriodStart, p.PeriodEnd = "2021", "2025"
		t := &plan.Task{Meta: plan.Meta{ID: plan.MakeID("task", code, "1"), Code: "1"}, Title: task, Plan: p.ID}
		if lead != "" {
			t.Leads = []plan.ID{lead}
		}
		objects = append(objects, p, t)
	}
	add("a", "某市林业保护发展规划", titleA, leadA)
	add("b", "某市生态环境保护规划", titleB, leadB)
	return objects
}

// exampleProject is a city's plan with one project of a class in a zone that forbids another one.
func exampleProject(class, exemption, forbidden string) []plan.Object {
	return append(exampleFrame("", ""),
		&plan.Zone{Meta: plan.Meta{ID: "zone:redline", Code: "redline"}, Name: "某市生态保护红线", Type: plan.EcologicalRedline, Forbids: []string{forbidden}},
		examplePlan("a", "某市矿产资源规划", plan.Prefectural, "region:city"),
		&plan.Project{
			Meta: plan.Meta{ID: "project:a/1", Code: "1"}, Title: "北山煤矿扩建工程", ObjectClass: class, Exemption: exemption,
			Plan: "plan:a", Zones: []plan.ID{"zone:redline"},
		})
}
