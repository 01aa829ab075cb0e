package demo_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
)

// register reads all documents; what is wrong in any of them ends the test.
func register(t *testing.T) map[plan.ID]plan.Object {
	t.Helper()
	var docs []*document.Document
	objects := map[plan.ID]plan.Object{}
	for _, file := range demo.Documents() {
		doc, errs := document.Parse(file.Name, file.Data)
		for _, err := range errs {
			t.Error(err)
		}
		docs = append(docs, doc)
		for _, o := range doc.Objects {
			objects[o.Base().ID] = o
		}
	}
	errs, err := document.Of(docs...).Resolve(nil)
	for _, e := range errs {
		t.Error(e)
	}
	if err != nil || t.Failed() {
		t.Fatalf("the register does not stand by itself: %v", err)
	}
	return objects
}

// of returns the objects of one kind, by id.
func of[O plan.Object](objects map[plan.ID]plan.Object) []O {
	var list []O
	for _, o := range objects {
		if o, ok := o.(O); ok {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b O) int { return strings.Compare(string(a.Base().ID), string(b.Base().ID)) })
	return list
}

func TestDocumentsAreSortedCopies(t *testing.T) {
	first, second := demo.Documents(), demo.Documents()
	if !slices.IsSortedFunc(first, func(a, b demo.File) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the documents are not sorted by name")
	}
	want := bytes.Clone(second[0].Data)
	first[0].Data[0]++
	if !bytes.Equal(demo.Documents()[0].Data, want) {
		t.Error("a caller's change reached the embedded documents")
	}
}

func TestEveryPlanHasItsFile(t *testing.T) {
	for _, file := range demo.Documents() {
		doc, _ := document.Parse(file.Name, file.Data)
		for _, p := range doc.Objects {
			if p, ok := p.(*plan.Plan); ok && file.Name != "neimenggu/"+p.Code+".yaml" {
				t.Errorf("%s is in %s", p.ID, file.Name)
			}
		}
	}
}

func TestPlansThatMustExist(t *testing.T) {
	codes := strings.Fields(`nm-eco-14 nm-outline-14 nm-spatial-2035 nm-yellow-river nm-forest-14 nm-forest-14-2021-01
		nm-energy-saving-14 nm-energy-programme-2022 nm-dual-carbon-2022 nm-barrier-2035 nm-barrier-2025-2035 nm-climate-14
		nm-water-14 nm-hazwaste-14 nm-soil-14 wuhai-air-14 wuhai-eco-14 nm-air-2024 nm-water-saving-2025 nat-outline-14
		nat-eco-14 nat-eco-14-draft nat-forest-14 nat-energy-saving-14 nat-air-2023 nat-pollution-2021 nat-yellow-river
		nat-ecosystem-2035 nat-soil-14 nat-water-14`)
	objects := register(t)
	for _, code := range codes {
		if _, ok := objects[plan.MakeID("plan", code)].(*plan.Plan); !ok {
			t.Errorf("plan %s is missing", code)
		}
	}
}

func TestTheEcologicalPlan(t *testing.T) {
	const eco plan.ID = "plan:nm-eco-14"
	objects := register(t)
	got := map[string]int{}
	for _, o := range objects {
		switch o := o.(type) {
		case *plan.Principle:
			got["principles"] += count(o.Plan == eco)
		case *plan.Task:
			got["tasks"] += count(o.Plan == eco)
		case *plan.Safeguard:
			got["safeguards"] += count(o.Plan == eco)
		case *plan.Goal:
			got["goals"] += count(o.Plan == eco && o.Parent == "")
			got["goals of 2025"] += count(o.Parent == "goal:nm-eco-14/2025")
			got["goals of 2035"] += count(o.Parent == "goal:nm-eco-14/2035")
		case *plan.Section:
			got["sections"] += count(o.Plan == eco)
		case *plan.Target:
			got["targets"] += count(o.Plan == eco)
		case *plan.Link:
			got["links"] += count(o.From == eco || o.To == eco)
		}
	}
	want := map[string]int{
		"principles": 5, "tasks": 9, "safeguards": 7, "goals": 2, "goals of 2025": 5, "goals of 2035": 6,
		"sections": 2, "targets": 3, "links": 17,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("elements of %s (-want +got):\n%s", eco, diff)
	}
	p := objects[eco].(*plan.Plan)
	announced := []int{p.AnnouncedIndicators, p.AnnouncedBinding, p.AnnouncedExpected}
	if diff := cmp.Diff([]int{21, 12, 9}, announced); diff != "" {
		t.Errorf("announced indicators (-want +got):\n%s", diff)
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// A link that no source states would make findings that nobody can defend, so the list is whole.
func TestLinksAreThoseThatASourceStates(t *testing.T) {
	want := strings.Fields(`
		nm-air-2024>BASED_ON>nat-air-2023
		nm-climate-14>SUPPORTS>nm-eco-14
		nm-eco-14>BASED_ON>cpc-proposal-14
		nm-eco-14>BASED_ON>nat-eco-14
		nm-eco-14>BASED_ON>nat-eco-14-draft
		nm-eco-14>BASED_ON>nat-outline-14
		nm-eco-14>BASED_ON>nm-outline-14
		nm-eco-14>BASED_ON>nm-proposal-14
		nm-eco-14>COORDINATES_WITH>nm-barrier-2035
		nm-eco-14>COORDINATES_WITH>nm-energy-saving-14
		nm-eco-14>COORDINATES_WITH>nm-forest-14
		nm-eco-14>COORDINATES_WITH>nm-spatial-2035
		nm-eco-14>COORDINATES_WITH>nm-yellow-river
		nm-energy-programme-2022>BASED_ON>nat-energy-saving-14
		nm-forest-14>SUPERSEDES>nm-forest-14-2021-01
		nm-hazwaste-14>SUPPORTS>nm-eco-14
		nm-soil-14>SUPPORTS>nm-eco-14
		nm-spatial-2035>BASED_ON>nat-reply-2023-148
		nm-water-14>SUPPORTS>nm-eco-14
		wuhai-air-14>SUPPORTS>nm-eco-14
		wuhai-eco-14>BASED_ON>wuhai-eco-2020
		wuhai-eco-14>SUPPORTS>nm-eco-14`)
	var got []string
	for _, l := range of[*plan.Link](register(t)) {
		got = append(got, l.From.Code()+">"+string(l.Type)+">"+l.To.Code())
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func TestStatusAndDatesAsPublished(t *testing.T) {
	type dates struct {
		Status                       plan.PlanStatus
		Adopted, Issued, Publication plan.Date
	}
	want := map[plan.ID]dates{
		"plan:nm-eco-14":                {plan.Issued, "2021-08-12", "2021-09", "2021-10-12"},
		"plan:nm-spatial-2035":          {plan.Issued, "", "2024-07-03", ""},
		"plan:nm-energy-saving-14":      {plan.Issued, "", "", "2022-02"},
		"plan:nm-forest-14":             {plan.Issued, "", "", "2021-08-31"},
		"plan:nm-forest-14-2021-01":     {plan.Superseded, "", "", "2021-01"},
		"plan:nm-barrier-2035":          {plan.Issued, "", "2021-06-30", "2021-08-31"},
		"plan:nm-barrier-2025-2035":     {plan.Issued, "", "2025-10-28", ""},
		"plan:nm-climate-14":            {plan.Issued, "", "2021-10-18", "2021-11-11"},
		"plan:nat-eco-14-draft":         {plan.Draft, "", "", ""},
		"plan:nat-eco-14":               {plan.Issued, "", "", ""},
		"plan:nat-reply-2023-148":       {plan.Issued, "", "2023-12", ""},
		"plan:nm-dual-carbon-2022":      {plan.Issued, "", "2022", ""},
		"plan:wuhai-eco-14":             {plan.Issued, "", "", ""},
		"plan:nm-water-saving-2025":     {plan.Issued, "", "", ""},
		"plan:nm-energy-programme-2022": {plan.Issued, "", "2022-05-25", ""},
	}
	objects := register(t)
	for id, dated := range want {
		p, ok := objects[id].(*plan.Plan)
		if !ok {
			t.Errorf("%s is missing", id)
			continue
		}
		if diff := cmp.Diff(dated, dates{p.Status, p.AdoptedAt, p.IssuedAt, p.PublishedAt}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}
