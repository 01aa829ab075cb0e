package coherence

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// impacts walks from an object. A line is why the walk stops at the object itself, then one for each dependent: obligation, path, stop.
func impacts(t testing.TB, objects []plan.Object, id plan.ID, most int) ([]string, *Impact) {
	t.Helper()
	found, err := impactOf(context.Background(), NewFrame(objects), NewMemory(objects), id, most)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{string(found.Stop.Code)}
	for _, d := range found.Dependents {
		line := string(d.Obligation)
		for _, s := range d.Path {
			line += fmt.Sprintf(" %s %s", s.By, s.Object)
		}
		if d.Stop.Code != "" {
			line += " = " + string(d.Stop.Code)
		}
		lines = append(lines, line)
	}
	return lines, found
}

// threeLevels are a nation's plan, one of a province that obeys it and one of a city that is based on the province's. Nation and city have a
// target.
func threeLevels(t testing.TB) *register {
	r := newRegister(t, plan.Up)
	nation, city := r.plan("nation", of("24 %")), r.plan("city", of("25 %"))
	province := r.plan("province")
	r.link(province, plan.Obeys, nation)
	r.link(city, plan.BasedOn, province)
	return r
}

func TestImpact(t *testing.T) {
	const end = " = NOTHING_DEPENDS"
	tests := []struct {
		name  string
		build func(r *register)
		id    plan.ID
		want  []string
	}{
		{"a target reaches the targets of the same indicator through plans that have none", func(r *register) {
			r.objects = append(r.objects, &plan.Indicator{Meta: plan.Meta{ID: "indicator:y"}, Name: "y"})
			other := of("1 %").target(r.t, "city", "y")
			other.Indicator = "indicator:y"
			r.objects = append(r.objects, other)
			r.link(r.plan("peer"), plan.CoordinatesWith, r.planOf("nation"))
		}, "target:nation/x0", []string{
			"", "MUST_FOLLOW OBEYS plan:province", "MUST_FOLLOW OBEYS plan:province BASED_ON plan:city",
			"MUST_FOLLOW OBEYS plan:province BASED_ON plan:city SAME_INDICATOR target:city/x0" + end,
		}},
		{"a recorded link is the shorter way", func(r *register) { r.toward("target:city/x0", plan.Refines, "target:nation/x0") }, "target:nation/x0", []string{
			"", "MUST_FOLLOW OBEYS plan:province", "MUST_FOLLOW REFINES target:city/x0" + end,
			"MUST_FOLLOW OBEYS plan:province BASED_ON plan:city = ALREADY_LISTED",
		}},
		{"what serves a target", func(r *register) {
			r.objects = append(r.objects, exampleTask("city", "1", "造林"), goal("city", "1", ""), exampleTask("city", "2", "育苗"))
			r.toward("task:city/1", plan.ContributesTo, "target:city/x0")
			r.toward("goal:city/1", plan.MeasuredBy, "target:city/x0")
			r.toward("task:city/1", plan.DependsOn, "task:city/2")
			r.toward("target:city/x0", plan.ContributesTo, "target:nation/x0")
		}, "target:city/x0", []string{"", "SERVES CONTRIBUTES_TO task:city/1" + end, "RESTS_ON MEASURED_BY goal:city/1" + end}},
		{"a share is allocated", func(r *register) { r.allocate("target:nation/x0", "target:city/x0") }, "target:city/x0", []string{"NOTHING_DEPENDS"}},
		{"a project's prerequisite, nesting and demands", func(r *register) {
			child := exampleTask("city", "2", "育苗")
			child.Parent = "task:city/1"
			project := &plan.Project{Meta: plan.Meta{ID: "project:city/1"}, Title: "工程", Plan: "plan:city"}
			demand := &plan.Demand{Meta: plan.Meta{ID: "demand:city/1/w"}, Project: project.ID, Indicator: "indicator:x"}
			r.objects = append(r.objects, exampleTask("city", "1", "造林"), child, project, demand)
			r.toward("project:city/1", plan.DependsOn, "task:city/2")
		}, "task:city/1", []string{
			"", "BELONGS_TO PART_OF task:city/2", "RESTS_ON PART_OF task:city/2 DEPENDS_ON project:city/1",
			"BELONGS_TO PART_OF task:city/2 DEPENDS_ON project:city/1 PART_OF demand:city/1/w" + end,
		}},
		{"a plan: coordination either way, not passed on", func(r *register) {
			a, b := r.plan("a"), r.plan("b")
			r.link(a, plan.CoordinatesWith, r.planOf("province"))
			r.link(r.planOf("province"), plan.CoordinatesWith, b)
			r.link(r.plan("c"), plan.Obeys, a)
		}, "plan:nation", []string{
			"", "MUST_FOLLOW OBEYS plan:province", "MUST_FOLLOW OBEYS plan:province BASED_ON plan:city" + end,
			"COORDINATES OBEYS plan:province COORDINATES_WITH plan:a = COORDINATION", "COORDINATES OBEYS plan:province COORDINATES_WITH plan:b = COORDINATION",
		}},
		{"who coordinates and must follow, follows, even by the longer way", func(r *register) {
			r.link(r.planOf("city"), plan.CoordinatesWith, r.planOf("nation"))
			r.link(r.plan("d"), plan.Supports, r.planOf("city"))
		}, "plan:nation", []string{
			"", "MUST_FOLLOW OBEYS plan:province", "MUST_FOLLOW OBEYS plan:province BASED_ON plan:city",
			"MUST_FOLLOW OBEYS plan:province BASED_ON plan:city SUPPORTS plan:d" + end,
		}},
		{"a draft stops the walk", func(r *register) { r.planOf("province").Status = plan.Draft }, "plan:nation", []string{"", "MUST_FOLLOW OBEYS plan:province = NOT_IN_FORCE"}},
		{"so does a superseded text, of a target too", func(r *register) {
			r.link(r.plan("later"), plan.Supersedes, r.planOf("province"))
		}, "target:nation/x0", []string{"", "MUST_FOLLOW OBEYS plan:province = NOT_IN_FORCE"}},
		{"nothing follows from an element of a draft", func(r *register) { r.planOf("nation").Status = plan.Draft }, "target:nation/x0", []string{"NOT_IN_FORCE"}},
		{"plans in a circle", func(r *register) { r.link(r.planOf("nation"), plan.Obeys, r.planOf("city")) }, "plan:nation", []string{
			"", "MUST_FOLLOW OBEYS plan:province", "MUST_FOLLOW OBEYS plan:province BASED_ON plan:city = ALREADY_LISTED",
		}},
		{"a second indicator along the same plans", func(r *register) {
			r.objects = append(r.objects, &plan.Indicator{Meta: plan.Meta{ID: "indicator:y"}, Name: "y"})
			for _, owner := range []string{"nation", "city"} {
				y := of("1 %").target(r.t, owner, "y")
				y.Indicator = "indicator:y"
				r.objects = append(r.objects, y)
			}
			r.toward("target:nation/y", plan.Refines, "target:nation/x0")
		}, "target:nation/x0", []string{
			"", "MUST_FOLLOW OBEYS plan:province", "MUST_FOLLOW REFINES target:nation/y",
			"MUST_FOLLOW OBEYS plan:province BASED_ON plan:city", "MUST_FOLLOW OBEYS plan:province BASED_ON plan:city SAME_INDICATOR target:city/x0" + end,
			"MUST_FOLLOW REFINES target:nation/y OBEYS plan:province BASED_ON plan:city SAME_INDICATOR target:city/y" + end,
		}},
		{"an indicator: figures, ratios, totals and parts", func(r *register) {
			r.objects = []plan.Object{
				&plan.Indicator{Meta: plan.Meta{ID: "indicator:x"}, Broader: []plan.ID{"indicator:total"}}, &plan.Indicator{Meta: plan.Meta{ID: "indicator:total"}},
				&plan.Indicator{Meta: plan.Meta{ID: "indicator:other"}, Broader: []plan.ID{"indicator:total"}},
				&plan.Indicator{Meta: plan.Meta{ID: "indicator:part"}, Broader: []plan.ID{"indicator:x"}},
				&plan.Indicator{Meta: plan.Meta{ID: "indicator:ratio"}, Numerator: "indicator:x", Denominator: "indicator:other"},
				examplePlan("p", "p", plan.County, "region:city"), of("1 %").target(r.t, "p", "x"),
				&plan.Demand{Meta: plan.Meta{ID: "demand:p/1/x"}, Project: "project:p/1", Indicator: "indicator:x"},
				&plan.Observation{Meta: plan.Meta{ID: "observation:p/x"}, Indicator: "indicator:x"},
			}
		}, "indicator:x", []string{
			"", "RESTS_ON OF_INDICATOR demand:p/1/x" + end, "RESTS_ON OF_INDICATOR observation:p/x" + end, "RESTS_ON OF_INDICATOR target:p/x" + end,
			"RESTS_ON COMPUTED_FROM indicator:ratio" + end, "RESTS_ON COMPUTED_FROM indicator:total" + end, "BELONGS_TO PART_OF indicator:part = ALREADY_LISTED",
		}},
		{"a region: what names it", func(r *register) {
			r.objects = append(exampleFrame("x", plan.Up), r.objects[len(r.objects)-1])
			r.objects = append(r.objects, examplePlan("p", "p", plan.County, "region:province"), &plan.Zone{Meta: plan.Meta{ID: "zone:z"}, Region: "region:province"})
		}, "region:province", []string{
			"", "REFERS REFERS plan:p = REFERENCE", "REFERS REFERS region:city = REFERENCE", "REFERS REFERS zone:z = REFERENCE",
		}},
		{"a calibre", func(r *register) { r.target("target:city/x0").Calibre = "calibre:x/new" }, "calibre:x/new", []string{"", "REFERS REFERS target:city/x0 = REFERENCE"}},
		{"an organization leads", func(r *register) {
			r.objects = append(r.objects, &plan.Organization{Meta: plan.Meta{ID: "organization:o"}, Name: "局"})
			r.planOf("city").Leads = []plan.ID{"organization:o"}
			r.planOf("city").Issuers = []plan.ID{"organization:o"}
		}, "organization:o", []string{"", "REFERS REFERS plan:city = REFERENCE"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := threeLevels(t)
			tt.build(r)
			got, found := impacts(t, r.objects, tt.id, MaxDependents)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if !found.Complete {
				t.Error("not complete")
			}
			shuffled := slices.Clone(r.objects)
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if _, again := impacts(t, shuffled, tt.id, MaxDependents); !cmp.Equal(found, again) {
				t.Errorf("other in another order\n%s", cmp.Diff(found, again))
			}
		})
	}
}

// Links along a path are those that were walked, and none where fields relate the objects.
func TestImpactLinks(t *testing.T) {
	r := threeLevels(t)
	_, found := impacts(t, r.objects, "target:nation/x0", MaxDependents)
	var got []plan.ID
	for _, s := range found.Dependents[2].Path {
		got = append(got, s.Link)
	}
	want := []plan.ID{plan.LinkID(plan.Obeys, "plan:province", "plan:nation"), plan.LinkID(plan.BasedOn, "plan:city", "plan:province"), ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestImpactLimit(t *testing.T) {
	r := threeLevels(t)
	for _, code := range []string{"a", "b"} {
		r.link(r.plan(code), plan.CoordinatesWith, r.planOf("province"))
	}
	named := threeLevels(t)
	tests := []struct {
		name     string
		objects  []plan.Object
		id       plan.ID
		most     int
		complete bool
		stops    []StopCode // of the object and then of its dependents
	}{
		{"just enough", r.objects, "plan:nation", 4, true, []StopCode{"", "", StopEnd, StopCoordination, StopCoordination}},
		{"a partner too many", r.objects, "plan:nation", 3, false, []StopCode{"", StopLimit, StopEnd, StopCoordination}},
		{"a follower too many", r.objects, "plan:nation", 1, false, []StopCode{"", StopLimit}},
		{"as many as name it", named.objects, "region:city", 5, true, []StopCode{"", StopReference, StopReference, StopReference, StopReference, StopReference}},
		{"one more names it", named.objects, "region:city", 4, false, []StopCode{StopLimit, StopReference, StopReference, StopReference, StopReference}},
		{"many more name it", named.objects, "region:city", 1, false, []StopCode{StopLimit, StopReference}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, found := impacts(t, tt.objects, tt.id, tt.most)
			got := []StopCode{found.Stop.Code}
			for _, d := range found.Dependents {
				got = append(got, d.Stop.Code)
			}
			if diff := cmp.Diff(tt.stops, got); diff != "" || found.Complete != tt.complete {
				t.Errorf("complete %v\n%s", found.Complete, diff)
			}
		})
	}
}

func TestWantMost(t *testing.T) {
	r := threeLevels(t)
	want := Want{Kind: "Plan", By: "region", Keys: []string{"region:city"}, Most: 2}
	sources := map[string]struct {
		from Objects
		want []plan.ID
	}{
		"memory":  {NewMemory(r.objects), []plan.ID{"plan:city", "plan:nation"}},
		"overlay": {NewOverlay(NewMemory(r.objects), []plan.Object{examplePlan("a", "a", plan.County, "region:city")}, []plan.ID{"plan:city"}), []plan.ID{"plan:a", "plan:nation"}},
	}
	for name, s := range sources {
		t.Run(name, func(t *testing.T) {
			objects, err := s.from.Objects(context.Background(), want)
			if err != nil {
				t.Fatal(err)
			}
			var got []plan.ID
			for _, o := range objects {
				got = append(got, o.Base().ID)
			}
			if diff := cmp.Diff(s.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
