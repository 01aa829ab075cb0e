package coherence

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

// drawWorks adds tasks and projects to plans, and links of them to targets.
func drawWorks(rt *rapid.T, r *register, plans []*plan.Plan) {
	titles := []string{longTitle, "实施" + longTitle, longTitle + "（一期）", longTitle + "（二期）", "生态修复"}
	regions := rapid.SampledFrom([][]plan.ID{nil, nil, {"region:city"}, {"region:province"}, {"region:nation", "region:city"}})
	leads := rapid.SampledFrom([][]plan.ID{nil, {"organization:forest"}, {"organization:water"}, {"organization:water", "organization:forest"}})
	dates := rapid.SampledFrom([]plan.Date{"", "2021", "2025", "2025-06", "2030"})
	for _, code := range []string{"line", "open"} {
		z := &plan.Zone{Meta: plan.Meta{ID: plan.MakeID("zone", code)}, Name: code}
		if code == "line" {
			z.Forbids = []string{"露天矿山"}
		}
		r.objects = append(r.objects, z)
	}
	var targets []plan.ID
	for _, o := range r.objects {
		if t, ok := o.(*plan.Target); ok {
			targets = append(targets, t.ID)
		}
	}
	toward := func(label string, from plan.ID) {
		if len(targets) > 0 && rapid.Bool().Draw(rt, label+" linked") {
			typ := rapid.SampledFrom([]plan.LinkType{plan.Implements, plan.ContributesTo}).Draw(rt, label+" link")
			r.toward(from, typ, rapid.SampledFrom(targets).Draw(rt, label+" target"))
		}
	}
	for i := range rapid.IntRange(0, 6).Draw(rt, "works") {
		label := "work " + strconv.Itoa(i)
		p := rapid.SampledFrom(plans).Draw(rt, label+" of")
		p.PeriodStart, p.PeriodEnd = dates.Draw(rt, label+" from"), dates.Draw(rt, label+" to")
		t := &plan.Task{
			Meta: plan.Meta{ID: plan.MakeID("task", p.Code, "w"+strconv.Itoa(i))}, Title: rapid.SampledFrom(titles).Draw(rt, label+" title"), Plan: p.ID,
			Action:      rapid.SampledFrom([]plan.Action{"", plan.Expand, plan.Permit, plan.Reduce, plan.Prohibit, plan.Protect}).Draw(rt, label+" action"),
			ObjectClass: "露天矿山", Deadline: dates.Draw(rt, label+" deadline"), Leads: leads.Draw(rt, label+" leads"), Regions: regions.Draw(rt, label+" regions"),
		}
		project := &plan.Project{
			Meta: plan.Meta{ID: plan.MakeID("project", p.Code, "w"+strconv.Itoa(i))}, Title: rapid.SampledFrom(titles).Draw(rt, label+" name"), Plan: p.ID,
			ObjectClass: rapid.SampledFrom([]string{"", "露天矿山", "湿地"}).Draw(rt, label+" class"), Regions: regions.Draw(rt, label+" places"),
			Zones: rapid.SampledFrom([][]plan.ID{nil, {"zone:line"}, {"zone:open", "zone:line"}}).Draw(rt, label+" zones"),
		}
		r.objects = append(r.objects, t, project)
		toward(label, t.ID)
		toward(label+" project", project.ID)
	}
}

// TestWorksMeetOnce holds the ways in which rules find tasks that concern each other against looking at every two of them.
func TestWorksMeetOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawRegister(rt, t)
		frame := NewFrame(r.objects)
		f := &Facts{Frame: frame, Scope: Scope{Kind: ClassScope, ID: "露天矿山"}}
		for _, o := range r.objects {
			f.add(o)
		}
		got, want := map[string]int{}, map[string]int{}
		deeds := f.deeds(&Report{frame: frame, wants: func(a, b int32) bool { return false }})
		for allows, forbids := range f.opposed(deeds) {
			got[fmt.Sprint(allows.id, forbids.id)]++
		}
		for _, a := range deeds {
			for _, b := range deeds {
				if permissive(a.action) && restrictive(b.action) && a.index != b.index && frame.shareGround(a.effort, b.effort) {
					want[fmt.Sprint(a.id, b.id)]++
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatal(diff)
		}
	})
}
