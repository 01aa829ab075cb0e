package storetest

import (
	"fmt"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// The small register that most topics ask: two regions, an organization, two indicators, and what a
// topic makes beside.

func newRegion(code string) *plan.Region {
	o := &plan.Region{Name: "区域 " + code, Type: plan.Administrative}
	o.ID = plan.MakeID("region", code)
	return o
}

func newOrganization(code string) *plan.Organization {
	o := &plan.Organization{Name: "部门 " + code, Type: plan.Department}
	o.ID = plan.MakeID("organization", code)
	return o
}

func newIndicator(code, name string) *plan.Indicator {
	o := &plan.Indicator{Name: name, Trend: plan.Up}
	o.ID = plan.MakeID("indicator", code)
	return o
}

func newPlan(code string, edit ...func(*plan.Plan)) *plan.Plan {
	o := &plan.Plan{
		Title: "规划 " + code, Level: plan.Provincial, Category: plan.Special, Form: plan.FormPlan,
		Status: plan.Issued, Region: "region:a",
	}
	o.ID = plan.MakeID("plan", code)
	for _, e := range edit {
		e(o)
	}
	return o
}

func newTarget(planCode, code, value string, edit ...func(*plan.Target)) *plan.Target {
	o := &plan.Target{
		Quantity: parse(value), Nature: plan.Expected, Plan: plan.MakeID("plan", planCode),
		Indicator: "indicator:forest", Region: "region:a",
	}
	o.ID = plan.MakeID("target", planCode, code)
	for _, e := range edit {
		e(o)
	}
	return o
}

func newTask(planCode, code string, edit ...func(*plan.Task)) *plan.Task {
	o := &plan.Task{Title: "任务 " + code, Plan: plan.MakeID("plan", planCode)}
	o.ID = plan.MakeID("task", planCode, code)
	for _, e := range edit {
		e(o)
	}
	return o
}

func newLink(typ plan.LinkType, from, to plan.ID) *plan.Link {
	return &plan.Link{Type: typ, From: from, To: to}
}

func parse(value string) quantity.Quantity {
	q, err := quantity.Parse(value)
	if err != nil {
		panic("storetest: " + err.Error())
	}
	return q
}

func vocabulary() []plan.Op {
	return upsertAll(newRegion("a"), newRegion("b"), newOrganization("o"), newOrganization("p"),
		newIndicator("forest", "森林覆盖率"), newIndicator("wetland", "湿地保护率"))
}

// field and end name a member of a kind that must exist.
func field(k, name string) *plan.Field {
	f := kind(k).Field(name)
	if f == nil {
		panic(fmt.Sprintf("storetest: %s has no field %s", k, name))
	}
	return f
}

func end(k, name string) *plan.End {
	e := kind(k).End(name)
	if e == nil {
		panic(fmt.Sprintf("storetest: %s has no end %s", k, name))
	}
	return e
}
