package coherence

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

// edition takes a plan with its parts out of objects.
func edition(t *testing.T, objects []plan.Object, id plan.ID) Edition {
	t.Helper()
	var e Edition
	for _, o := range objects {
		l, isLink := o.(*plan.Link)
		switch {
		case o.Base().ID == id:
			e.Plan = o.(*plan.Plan)
		case textOf(o.Base().ID) == id, isLink && PlanOf(l.From) == id:
			e.Parts = append(e.Parts, o)
		}
	}
	if e.Plan == nil {
		t.Fatalf("no %s", id)
	}
	return e
}

func compareIn(t *testing.T, objects []plan.Object, a, b plan.ID) *Comparison {
	t.Helper()
	c, err := CompareEditions(context.Background(), NewFrame(objects), NewMemory(objects), edition(t, objects, a), edition(t, objects, b), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines are the items in one line each.
func (c *Comparison) lines() []string {
	var lines []string
	for _, i := range c.Items {
		line := i.Kind.Name + " " + i.Code
		switch {
		case i.Before == "":
			line += " added"
		case i.After == "":
			line += " removed"
		}
		for _, f := range i.Fields {
			line += fmt.Sprintf(" %s: %s → %s", f.Name, f.Before, f.After)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestEditionsOfTheForestPlan holds the two texts of the demonstration against each other: F02/F09, F05/F11, F06/F12 and F07/F13.
func TestEditionsOfTheForestPlan(t *testing.T) {
	objects := demonstration(t)
	c := compareIn(t, objects, "plan:nm-forest-14-2021-01", "plan:nm-forest-14")
	got := slices.DeleteFunc(c.lines(), func(line string) bool { return strings.HasPrefix(line, "Plan ") })
	want := []string{
		"Target forest-stock-2025 quantity: 16.5 亿m³ → 15.5 亿m³",
		"Target forestry-works-2021-2025 quantity: 5000 万亩 cumulative → 4300 万亩 cumulative",
		"Target grassland-works-2021-2025 quantity: 7500 万亩 cumulative → 6500 万亩 cumulative",
		"Target sand-control-2021-2025 quantity: 4000 万亩 cumulative → 2650 万亩 cumulative",
		"Target wetland-protection-2025 removed",
	}
	if diff := cmp.Diff(want, got); diff != "" || c.Same != 2 {
		t.Errorf("%d the same, want 2 (forest and grass cover); %s", c.Same, diff)
	}
	// With the text of January in force, its stock of 16.5 would stand against the 15.5 of the dual-carbon programme (G20).
	stock := c.Items[slices.IndexFunc(c.Items, func(i ItemChange) bool { return i.Code == "forest-stock-2025" })]
	if len(stock.Closes) != 1 || len(stock.Opens) != 0 {
		t.Errorf("the forest stock opens %v and closes %v", stock.Opens, stock.Closes)
	}
	closed := map[string]string{}
	for _, f := range c.Closed {
		closed[f.Rule+" "+refsOf(f)] = string(f.Severity)
	}
	if closed["R02 F02/G20"] == "" && closed["R02 G20/F02"] == "" {
		t.Errorf("closed %v, want 16.5 against 15.5", closed)
	}
	back := compareIn(t, objects, "plan:nm-forest-14", "plan:nm-forest-14-2021-01")
	if len(back.Opened) != len(c.Closed) || len(back.Closed) != len(c.Opened) || back.Kept != c.Kept {
		t.Errorf("there: %d opened, %d closed, %d kept; back: %d, %d, %d",
			len(c.Opened), len(c.Closed), c.Kept, len(back.Opened), len(back.Closed), back.Kept)
	}
	if back.Items[0].Kind.Name != "Plan" || !slices.ContainsFunc(back.lines(), func(l string) bool { return strings.HasSuffix(l, "wetland-protection-2025 added") }) {
		t.Errorf("back: %v", back.lines())
	}
}

// TestEditionInForceIsTheRegister: with the text that is in force anyway, the check is that of the register.
func TestEditionInForceIsTheRegister(t *testing.T) {
	objects := demonstration(t)
	frame := NewFrame(objects)
	run, err := frame.enacted(context.Background(), NewMemory(objects), edition(t, objects, "plan:nm-forest-14"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(check(t, objects, Options{}).Findings, run.Findings); diff != "" {
		t.Error(diff)
	}
}

// TestOthersOweTheTextInForce: what a third plan has linked to one text it owes to whichever is in force.
func TestOthersOweTheTextInForce(t *testing.T) {
	r := newRegister(t, plan.Up)
	old, draft, lower := r.plan("old", figure{value: "20 %", nature: plan.Binding}), r.plan("new", figure{value: "30 %", nature: plan.Binding}), r.plan("lower", figure{value: "25 %"})
	old.Series, draft.Series, draft.Status = "s", "s", plan.Draft
	r.link(lower, plan.Obeys, old)
	c := compareIn(t, r.objects, "plan:old", "plan:new")
	i := slices.IndexFunc(c.Opened, func(f *plan.Finding) bool { return f.Rule == "R01" })
	if i < 0 || c.Opened[i].Severity != plan.Blocker || c.Opened[i].YieldsPlan != "plan:lower" {
		t.Fatalf("opened %+v, want 25 below 30", c.Opened)
	}
	if opens := c.Items[len(c.Items)-1].Opens; !slices.Contains(opens, c.Opened[i].ID) {
		t.Errorf("the figure opens %v, want %s", opens, c.Opened[i].ID)
	}
	if r.objects[len(r.objects)-1].(*plan.Link).To != "plan:old" || draft.Status != plan.Draft {
		t.Error("the register itself was changed")
	}
}

func TestEditionsOfTwoSeries(t *testing.T) {
	r := newRegister(t, plan.Up)
	r.plan("a").Series = "s"
	r.plan("b")
	frame, memory := NewFrame(r.objects), NewMemory(r.objects)
	for _, pair := range [][2]plan.ID{{"plan:a", "plan:b"}, {"plan:a", "plan:a"}, {"plan:b", "plan:b"}} {
		_, err := CompareEditions(context.Background(), frame, memory, edition(t, r.objects, pair[0]), edition(t, r.objects, pair[1]), Options{})
		if plan.CodeOf(err) != plan.BadUserInput {
			t.Errorf("%v answers %v", pair, err)
		}
	}
}

// TestItemChanges: parts are matched by kind and code, their references as those of the other text.
func TestItemChanges(t *testing.T) {
	r := newRegister(t, plan.Up)
	a, b := r.plan("a"), r.plan("b")
	a.Series, b.Series = "s", "s"
	task := func(text, code, title string, parent plan.ID) *plan.Task {
		return &plan.Task{Meta: plan.Meta{ID: plan.MakeID("task", text, code), Code: code}, Title: title, Plan: plan.MakeID("plan", text), Parent: parent}
	}
	link := func(from, to plan.ID) *plan.Link {
		return &plan.Link{Meta: plan.Meta{ID: plan.LinkID(plan.Implements, from, to)}, Type: plan.Implements, State: plan.Unreviewed, From: from, To: to}
	}
	same, other := task("a", "2", "造林", "task:a/1"), task("b", "2", "造林", "task:b/1")
	same.Source.Ref, other.Source.Ref, other.Note = "F1", "F2", "备注"
	r.objects = append(r.objects, task("a", "1", "生态修复", ""), task("b", "1", "生态修复", ""), same, other,
		task("a", "3", "治沙", "task:a/1"), task("b", "3", "治沙", ""), task("b", "4", "种草", ""),
		link("task:a/2", "goal:c/1"), link("task:b/2", "goal:c/1"), link("task:a/3", "goal:c/1"))
	c := compareIn(t, r.objects, "plan:a", "plan:b")
	want := []string{"Plan s title: a → b", "Task 3 parent: task:b/1 → ", "Task 4 added", "Link implements/task:3>goal:c/1 removed"}
	if diff := cmp.Diff(want, c.lines()); diff != "" || c.Same != 3 {
		t.Errorf("%d the same, want two tasks and a link: %s", c.Same, diff)
	}
}

// TestOverlay: facts come from the upper objects where there are such, else from those below.
func TestOverlay(t *testing.T) {
	r := newRegister(t, plan.Up)
	r.plan("a", figure{value: "10 %"})
	r.plan("b", figure{value: "20 %"}, figure{value: "21 %", nature: plan.Binding})
	changedOne := *r.objects[len(r.objects)-2].(*plan.Target)
	changedOne.Nature = plan.Binding
	moreOne := figure{value: "30 %"}.target(t, "b", "more")
	base := NewMemory(r.objects)
	o := NewOverlay(base, []plan.Object{&changedOne, moreOne}, []plan.ID{"target:a/x0"})
	for want, w := range map[string]Want{
		"target:b/more target:b/x0 target:b/x1": {Kind: "Target", By: "indicator", Keys: []string{"indicator:x"}},
		"target:b/x0 target:b/x1":               {Kind: "Target", By: "plan", Keys: []string{"plan:a", "plan:b"}, Binding: true},
		"":                                      {Kind: "Target", By: "id", Keys: []string{"target:a/x0"}},
	} {
		found, err := o.Objects(context.Background(), w)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, o := range found {
			ids = append(ids, string(o.Base().ID))
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%+v gives %q, want %q", w, got, want)
		}
	}
	if below, _ := base.Objects(context.Background(), Want{Kind: "Target", By: "id", Keys: []string{"target:a/x0"}}); len(below) != 1 {
		t.Error("the source below was changed")
	}
}
