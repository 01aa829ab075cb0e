package coherence

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

// drawFigure draws a figure of any sort that plans state.
func drawFigure(t *rapid.T, label string) figure {
	values := []string{"%d %%", ">= %d %%", "> %d %%", "<= %d %%", "< %d %%", "about %d %%", "aspire %d %%", "-%d %% vs 2020", "<= -%d %% vs 2020",
		"%d 万亩", "%d.5 亿亩", "%d 万亩 cumulative", "qualitative: 改善%d"}
	value := fmt.Sprintf(rapid.SampledFrom(values).Draw(t, label+" form"), rapid.IntRange(1, 6).Draw(t, label+" value"))
	return figure{
		value:   value,
		region:  rapid.SampledFrom([]plan.ID{"region:city", "region:city", "region:province", "region:nation"}).Draw(t, label+" region"),
		year:    rapid.SampledFrom([]int{2025, 2025, 2035, -1}).Draw(t, label+" year"),
		calibre: rapid.SampledFrom([]plan.ID{"", "", "calibre:x/old", "calibre:x/new"}).Draw(t, label+" calibre"),
		nature:  rapid.SampledFrom([]plan.Nature{plan.Binding, plan.Expected, plan.Unstated}).Draw(t, label+" nature"),
	}
}

// drawRegister draws plans of any standing, their targets, and links between them.
func drawRegister(rt *rapid.T, t testing.TB) *register {
	r := newRegister(t, rapid.SampledFrom([]plan.Trend{plan.Up, plan.Down, ""}).Draw(rt, "trend"))
	var plans []*plan.Plan
	for i := range rapid.IntRange(2, 6).Draw(rt, "plans") {
		var figures []figure
		label := "plan " + strconv.Itoa(i)
		for range rapid.IntRange(0, 3).Draw(rt, label+" targets") {
			figures = append(figures, drawFigure(rt, label))
		}
		p := r.plan("p"+strconv.Itoa(i), figures...)
		p.Level = rapid.SampledFrom([]plan.PlanLevel{plan.Provincial, plan.Prefectural}).Draw(rt, label+" level")
		p.Region = rapid.SampledFrom([]plan.ID{"region:city", "region:province"}).Draw(rt, label+" region")
		p.Category = rapid.SampledFrom([]plan.PlanCategory{plan.Development, plan.Spatial, plan.Special, plan.Special}).Draw(rt, label+" category")
		p.Status = rapid.SampledFrom([]plan.PlanStatus{plan.Issued, plan.Issued, plan.Issued, plan.Draft, plan.Superseded}).Draw(rt, label+" status")
		p.Series = rapid.SampledFrom([]string{"", "", "s"}).Draw(rt, label+" series")
		p.IssuedAt = rapid.SampledFrom([]plan.Date{"", "2021", "2021-03", "2021-09-30", "2022-02"}).Draw(rt, label+" issued")
		plans = append(plans, p)
	}
	for i := range rapid.IntRange(0, 4).Draw(rt, "actuals") {
		label := "actual " + strconv.Itoa(i)
		owner := rapid.SampledFrom(append([]*plan.Plan{nil, nil}, plans...)).Draw(rt, label+" of")
		years := rapid.SampledFrom([]string{"2020", "2020", "2024", "2021..2024", "2020-01..2020-10", ""}).Draw(rt, label+" years")
		f := drawFigure(rt, label)
		o := r.measured(owner, years, f.value)
		o.Region, o.Calibre = f.region, f.calibre
	}
	drawSums(rt, r)
	seen := map[plan.ID]bool{}
	for i := range rapid.IntRange(0, 5).Draw(rt, "links") {
		label := "link " + strconv.Itoa(i)
		from := rapid.SampledFrom(plans).Draw(rt, label+" from")
		to := rapid.SampledFrom(plans).Draw(rt, label+" to")
		typ := rapid.SampledFrom([]plan.LinkType{plan.Obeys, plan.BasedOn, plan.CoordinatesWith, plan.Supports, plan.Supersedes}).Draw(rt, label+" type")
		if id := plan.LinkID(typ, from.ID, to.ID); from != to && !seen[id] {
			seen[id] = true
			r.link(from, typ, to)
		}
	}
	drawElements(rt, r, plans)
	drawWorks(rt, r, plans)
	return r
}

// drawElements draws goals, tasks and projects of plans, and links between them and targets.
func drawElements(rt *rapid.T, r *register, plans []*plan.Plan) {
	dates := rapid.SampledFrom([]plan.Date{"", "2023", "2023-06", "2025", "2026-01-31"})
	var ids []plan.ID
	for _, o := range r.objects {
		if _, ok := o.(*plan.Target); ok {
			ids = append(ids, o.Base().ID)
		}
	}
	for i := range rapid.IntRange(0, 6).Draw(rt, "elements") {
		label, code := "element "+strconv.Itoa(i), strconv.Itoa(i)
		owner := rapid.SampledFrom(plans).Draw(rt, label+" of")
		var o plan.Object
		switch rapid.IntRange(0, 2).Draw(rt, label+" kind") {
		case 0:
			o = goal(owner.Code, code, "")
		case 1:
			task := exampleTask(owner.Code, code, "任务"+code)
			task.Deadline = dates.Draw(rt, label+" deadline")
			o = task
		default:
			o = &plan.Project{
				Meta: plan.Meta{ID: plan.MakeID("project", owner.Code, code), Code: code}, Title: "工程" + code, Plan: owner.ID,
				Start: dates.Draw(rt, label+" start"), End: dates.Draw(rt, label+" end"),
			}
		}
		r.objects = append(r.objects, o)
		ids = append(ids, o.Base().ID)
	}
	if len(ids) < 2 {
		return
	}
	seen := map[plan.ID]bool{}
	for i := range rapid.IntRange(0, 8).Draw(rt, "element links") {
		label := "element link " + strconv.Itoa(i)
		l := exampleLink(rapid.SampledFrom([]plan.LinkType{plan.Refines, plan.Implements, plan.Allocates, plan.ContributesTo, plan.DependsOn, plan.MeasuredBy}).Draw(rt, label),
			rapid.SampledFrom(ids).Draw(rt, label+" from"), rapid.SampledFrom(ids).Draw(rt, label+" to"))
		if l.From != l.To && !seen[l.ID] {
			seen[l.ID] = true
			r.objects = append(r.objects, l)
		}
	}
}

// drawSums makes some targets controls, hands some down to others, and lets a project of some plans demand a part.
func drawSums(rt *rapid.T, r *register) {
	r.indicator().Summable = true
	r.objects = append(r.objects, &plan.Indicator{Meta: plan.Meta{ID: "indicator:part", Code: "part"}, Name: "部分", Broader: []plan.ID{"indicator:x"}})
	var targets []plan.ID
	for _, o := range slices.Clone(r.objects) {
		switch o := o.(type) {
		case *plan.Target:
			label := string(o.ID)
			if rapid.IntRange(0, 3).Draw(rt, label+" control") == 0 {
				o.Control = "《土地管理法》第16条"
			}
			if rapid.IntRange(0, 4).Draw(rt, label+" part") == 0 {
				o.Indicator = "indicator:part"
			}
			if len(targets) > 0 && rapid.Bool().Draw(rt, label+" allocated") {
				r.allocate(rapid.SampledFrom(targets).Draw(rt, label+" from"), o.ID)
			}
			targets = append(targets, o.ID)
		case *plan.Plan:
			if want := rapid.SampledFrom([]string{"", "", "3 万亩", "1.5 亿亩", "qualitative: 待定"}).Draw(rt, o.Code+" demand"); want != "" {
				project := &plan.Project{Meta: plan.Meta{ID: plan.MakeID("project", o.Code, "sum"), Code: "sum"}, Title: "工程", Plan: o.ID}
				r.objects = append(r.objects, project, &plan.Demand{
					Meta: plan.Meta{ID: plan.MakeID("demand", o.Code, "sum/w"), Code: "sum/w"}, Year: 2025, Quantity: exampleQuantity(want),
					Project: project.ID, Indicator: "indicator:x", Region: "region:city",
				})
			}
		}
	}
}

func verdicts(run *Run) []Verdict {
	var all []Verdict
	for _, p := range run.Pairs() {
		all = append(all, run.Verdict(p[0], p[1]))
	}
	return all
}

func TestOrderPlaysNoPart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawRegister(rt, t)
		first := r.check(Options{})
		seed := rapid.Uint64().Draw(rt, "seed")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(r.objects), func(i, j int) { r.objects[i], r.objects[j] = r.objects[j], r.objects[i] })
		second := r.check(Options{})
		if diff := cmp.Diff(first, second, cmpopts.IgnoreUnexported(Run{})); diff != "" {
			rt.Fatal(diff)
		}
		if diff := cmp.Diff(verdicts(first), verdicts(second)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestVerdictsAreHonest(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		run := drawRegister(rt, t).check(Options{})
		var all Counts
		for _, v := range verdicts(run) {
			all.sum(v.Counts)
			if v.Outcome == Coherent && v.Counts.Passed == 0 {
				rt.Fatalf("CONSISTENT with nothing that passed: %+v", v)
			}
			if v.Counts == (Counts{NotApplicable: v.Counts.NotApplicable}) && v.Outcome != Unchecked {
				rt.Fatalf("nothing was checked and the verdict is %s", v.Outcome)
			}
			if v.Outcome != Coherent && v.Outcome != Conflict && v.Outcome != Inconsistent && len(v.Reasons) == 0 {
				rt.Fatalf("%s without a reason", v.Outcome)
			}
		}
		for _, key := range []plan.ID{"plan:p0", "plan:p1", "plan:p2", "plan:p3", "plan:p4", "plan:p5"} {
			if i, ok := run.frame.index[key]; ok {
				for c := range run.tallies.of(pairKey{i, -1}) {
					all.add(outcomes()[c.outcome], int(c.count))
				}
			}
		}
		for key := range run.tallies.heads {
			if key.a < 0 {
				for c := range run.tallies.of(key) {
					all.add(outcomes()[c.outcome], int(c.count))
				}
			}
		}
		if all != run.Counts {
			rt.Fatalf("the tallies hold %+v, the run %+v", all, run.Counts)
		}
		complete(t, run.Findings)
	})
}

func TestAnotherPlanChangesNothingBetweenTwo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawRegister(rt, t)
		before := r.check(Options{})
		r.plan("more", drawFigure(rt, "more"), drawFigure(rt, "more"))
		after := r.check(Options{})
		for _, p := range before.Pairs() {
			if diff := cmp.Diff(before.Verdict(p[0], p[1]), after.Verdict(p[0], p[1])); diff != "" {
				rt.Fatal(diff)
			}
		}
	})
}

func TestUnitsPlayNoPart(t *testing.T) {
	// A figure of 万亩 is the same figure of 亿亩 with four digits more behind the point.
	inYi := func(n int) string { return fmt.Sprintf("%d.%04d 亿亩", n/10000, n%10000) }
	rapid.Check(t, func(rt *rapid.T) {
		comparators := rapid.SampledFrom([]string{"", ">= ", "> ", "<= ", "< ", "about "})
		ca, cb := comparators.Draw(rt, "a"), comparators.Draw(rt, "b")
		a := rapid.IntRange(17000, 17010).Draw(rt, "a value")
		b := rapid.IntRange(17000, 17010).Draw(rt, "b value")
		obliged := rapid.Bool().Draw(rt, "obliged")
		answers := func(va, vb string) Counts {
			r := newRegister(t, plan.Up)
			pa, pb := r.plan("a", figure{value: ca + va}), r.plan("b", figure{value: cb + vb})
			if obliged {
				r.link(pa, plan.Supports, pb)
			}
			return r.check(Options{}).Verdict("plan:a", "plan:b").Counts
		}
		wan := answers(strconv.Itoa(a)+" 万亩", strconv.Itoa(b)+" 万亩")
		if yi := answers(inYi(a), inYi(b)); yi != wan {
			rt.Fatalf("in 万亩 %+v, in 亿亩 %+v", wan, yi)
		}
		if wan.Passed+wan.Failed+wan.Open != 1 {
			rt.Fatalf("answers %+v", wan)
		}
	})
}

func TestStricterNeverFails(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		up := rapid.Bool().Draw(rt, "up")
		trend, comparators, sign := plan.Up, []string{"", ">= ", "> ", "about "}, 1
		if !up {
			trend, comparators, sign = plan.Down, []string{"", "<= ", "< ", "about "}, -1
		}
		superior := rapid.IntRange(50, 150).Draw(rt, "superior")
		stricter := superior + sign*rapid.IntRange(0, 40).Draw(rt, "stricter by")
		r := newRegister(t, trend)
		upper := r.plan("upper", figure{value: rapid.SampledFrom(comparators).Draw(rt, "upper") + strconv.Itoa(superior) + " 万亩", nature: plan.Binding})
		upper.Level, upper.Region = plan.Provincial, "region:province"
		r.plan("lower", figure{value: rapid.SampledFrom(comparators).Draw(rt, "lower") + strconv.Itoa(stricter) + " 万亩"})
		run := r.check(Options{})
		if len(run.Findings) > 0 {
			rt.Fatal(run.Findings[0].Message)
		}
		if got := run.answered(t, "R01", "plan:upper", "plan:lower"); got != counted(Pass) {
			rt.Fatalf("answers %+v", got)
		}
	})
}

// TestOverlayIsTheRegisterBehindIt: one register laid over another is that register. Only an object class of which no task is left may still
// be looked at.
func TestOverlayIsTheRegisterBehindIt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		below, above := drawRegister(rt, t), drawRegister(rt, t)
		has := map[plan.ID]bool{}
		for _, o := range above.objects {
			has[o.Base().ID] = true
		}
		var removed []plan.ID
		for _, o := range below.objects {
			if !has[o.Base().ID] {
				removed = append(removed, o.Base().ID)
			}
		}
		frame := NewFrame(below.objects).With(above.objects, removed)
		run, err := Check(t.Context(), frame, NewOverlay(NewMemory(below.objects), above.objects, removed), Options{})
		if err != nil {
			rt.Fatal(err)
		}
		want := above.check(Options{})
		if diff := cmp.Diff(want, run, cmpopts.IgnoreUnexported(Run{}), cmpopts.IgnoreFields(Run{}, "Scopes")); diff != "" {
			rt.Fatal(diff)
		}
		if diff := cmp.Diff(verdicts(want), verdicts(run)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// TestIDsPlayNoPart: objects under other ids, which stand in another order, get the same answers.
func TestIDsPlayNoPart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawRegister(rt, t)
		names := []string{"p0", "p1", "p2", "p3", "p4", "p5"}
		others := rapid.Permutation(names).Draw(rt, "names")
		renamed := func(id plan.ID) plan.ID {
			for i, name := range names {
				if from := plan.MakeID("plan", name); id == from || textOf(id) == from {
					return id.In(plan.MakeID("plan", "q-"+others[i]))
				}
			}
			return id
		}
		before := r.check(Options{})
		again := *r
		again.objects = nil
		for _, o := range r.objects {
			again.objects = append(again.objects, rename(t, o, renamed))
		}
		after := again.check(Options{})
		if before.Counts != after.Counts || len(before.Findings) != len(after.Findings) {
			rt.Fatalf("%d findings and %+v, renamed %d and %+v", len(before.Findings), before.Counts, len(after.Findings), after.Counts)
		}
		for _, p := range before.Pairs() {
			was, is := before.Verdict(p[0], p[1]), after.Verdict(renamed(p[0]), renamed(p[1]))
			if was.Outcome != is.Outcome || was.Counts != is.Counts {
				rt.Fatalf("%v is %s %+v %v, renamed %s %+v %v", p, was.Outcome, was.Counts, was.Findings, is.Outcome, is.Counts, is.Findings)
			}
		}
	})
}

// rename gives a copy of an object with other ids of plans and what they state.
func rename(t testing.TB, o plan.Object, renamed func(plan.ID) plan.ID) plan.Object {
	t.Helper()
	out, err := plan.Unmarshal(plan.Marshal(o))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range plan.KindFor(out).Edges {
		ids := slices.Clone(e.Get(out))
		for i := range ids {
			ids[i] = renamed(ids[i])
		}
		e.Set(out, ids)
	}
	out.Base().ID = renamed(out.Base().ID)
	if l, ok := out.(*plan.Link); ok {
		l.ID = plan.LinkID(l.Type, l.From, l.To)
	}
	return out
}
