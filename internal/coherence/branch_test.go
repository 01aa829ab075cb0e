package coherence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

func aRegion(code string, typ plan.RegionType, within ...plan.ID) *plan.Region {
	return &plan.Region{Meta: plan.Meta{ID: plan.MakeID("region", code), Code: code}, Name: code, Type: typ, Level: plan.County, Within: within}
}

func TestBranchesOfANation(t *testing.T) {
	objects := []plan.Object{aRegion("nation", plan.Administrative), aRegion("basin", plan.Basin, "region:nation")}
	for p := range 3 {
		province := fmt.Sprintf("p%d", p)
		objects = append(objects, aRegion(province, plan.Administrative, "region:nation"))
		for c := range 100 {
			county := aRegion(fmt.Sprintf("%s-%02d", province, c), plan.Administrative, plan.MakeID("region", province))
			if p < 2 && c == 0 {
				county.Within = append(county.Within, "region:basin")
			}
			objects = append(objects, county)
		}
	}
	f := NewFrame(objects)
	got := map[plan.ID]int{}
	for _, b := range f.branches {
		got[b.ID] = len(b.Regions)
	}
	want := map[plan.ID]int{trunk: 2, "region:p0": 101, "region:p1": 101, "region:p2": 101}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := f.branchOf("region:p1-07"); got != "region:p1" {
		t.Errorf("a county of p1 is in branch %q", got)
	}
	if few := NewFrame(objects[:150]); len(few.branches) != 1 || few.within(trunk) != nil {
		t.Errorf("150 regions have %d branches", len(few.branches))
	}
}

func TestBranchesShareNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var objects []plan.Object
		var ids []plan.ID
		for i := range rapid.IntRange(1, 25).Draw(rt, "regions") {
			label := fmt.Sprint("region ", i)
			var within []plan.ID
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 2}).Draw(rt, label) {
				if len(ids) > 0 {
					within = append(within, rapid.SampledFrom(ids).Draw(rt, label+" within"))
				}
			}
			r := aRegion(fmt.Sprint("r", i), rapid.SampledFrom([]plan.RegionType{plan.Administrative, plan.Administrative, plan.Basin}).Draw(rt, label+" type"), within...)
			objects, ids = append(objects, r), append(ids, r.ID)
		}
		most := rapid.IntRange(1, 8).Draw(rt, "most")
		f := newFrame(objects, nil, most)
		seen := map[plan.ID]plan.ID{}
		for i, b := range f.branches {
			if len(b.Regions) > most && i > 0 {
				rt.Fatalf("branch %s has %d regions", b.ID, len(b.Regions))
			}
			for _, id := range b.Regions {
				if _, twice := seen[id]; twice {
					rt.Fatalf("%s is in two branches", id)
				}
				if seen[id] = b.ID; f.branchOf(id) != b.ID {
					rt.Fatalf("%s is in %q and said to be in %q", id, b.ID, f.branchOf(id))
				}
				if b.ID != trunk && !f.Areas.Covers(b.ID, id) {
					rt.Fatalf("%s is in branch %s and not within it", id, b.ID)
				}
			}
		}
		if len(f.branches) > 1 && len(seen) != len(ids) {
			rt.Fatalf("%d of %d regions are in branches", len(seen), len(ids))
		}
		for _, x := range ids {
			for _, y := range f.Areas.Overlapping(x) {
				if bx, by := f.branchOf(x), f.branchOf(y); bx != by && bx != trunk && by != trunk {
					rt.Fatalf("%s and %s overlap, in branches %s and %s", x, y, bx, by)
				}
			}
		}
	})
}

// drawBranches is drawRegister over more regions, which make branches where few are allowed in one.
func drawBranches(rt *rapid.T, t testing.TB) *register {
	r := drawRegister(rt, t)
	r.objects = append(r.objects,
		aRegion("city-b", plan.Administrative, "region:province"), aRegion("basin", plan.Basin, "region:nation"),
		aRegion("county", plan.Administrative, "region:city"), aRegion("county-b", plan.Administrative, "region:city-b", "region:basin"))
	for _, o := range r.objects {
		region := drawRegion(rt, string(o.Base().ID)+" in")
		switch o := o.(type) {
		case *plan.Target:
			o.Region = region
		case *plan.Observation:
			o.Region = region
		case *plan.Demand:
			o.Region = region
		case *plan.Plan:
			o.Region = region
		}
	}
	return r
}

func drawRegion(rt *rapid.T, label string) plan.ID {
	return rapid.SampledFrom([]plan.ID{"region:nation", "region:province", "region:city", "region:city", "region:city-b", "region:city-b", "region:county",
		"region:county-b", "region:basin"}).Draw(rt, label)
}

func TestBranchesPlayNoPart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawBranches(rt, t)
		one := r.check(Options{})
		frame := newFrame(r.objects, nil, rapid.IntRange(1, 3).Draw(rt, "most"))
		if len(frame.branches) == 1 {
			rt.Fatal("there is one branch")
		}
		many, err := Check(t.Context(), frame, NewMemory(r.objects), Options{})
		if err != nil {
			rt.Fatal(err)
		}
		if diff := gocmp.Diff(one, many, cmpopts.IgnoreUnexported(Run{}), cmpopts.IgnoreFields(Run{}, "Scopes")); diff != "" {
			rt.Fatal(diff)
		}
		if diff := gocmp.Diff(verdicts(one), verdicts(many)); diff != "" {
			rt.Fatal(diff)
		}
		if diff := gocmp.Diff(roomsIn(rt, NewFrame(r.objects), r, one), roomsIn(rt, frame, r, one)); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// roomsIn are the rooms of all findings, and those of some plan in every region.
func roomsIn(rt *rapid.T, frame *Frame, r *register, run *Run) map[plan.ID]*Room {
	rt.Helper()
	rooms, err := RoomsOf(context.Background(), frame, NewMemory(r.objects), run.Findings)
	if err != nil {
		rt.Fatal(err)
	}
	for region := range frame.regions {
		if rooms[region], err = RoomOf(context.Background(), frame, NewMemory(r.objects), "indicator:x", region, 2025, frame.plans[0].ID); err != nil {
			rt.Fatal(err)
		}
	}
	return rooms
}

// TestRecheckFollowsEdits changes registers of several branches at random and wants of a run that is kept up what a new one says.
func TestRecheckFollowsEdits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		objects := map[plan.ID]plan.Object{}
		for _, o := range drawBranches(rt, t).objects {
			objects[o.Base().ID] = o
		}
		all := func() []plan.Object { return slices.Collect(maps.Values(objects)) }
		frame := newFrame(all(), nil, rapid.IntRange(1, 3).Draw(rt, "most"))
		run, err := Check(t.Context(), frame, NewMemory(all()), Options{Keep: true})
		if err != nil {
			rt.Fatal(err)
		}
		findings := byID(run.Findings)
		others := drawBranches(rt, t).objects
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			var edits []Edit
			for range rapid.IntRange(1, 2).Draw(rt, "edits") {
				edits = append(edits, drawEdit(rt, objects, others))
			}
			frame = frame.Edit(edits)
			from := NewMemory(all())
			reach, err := run.Touched(t.Context(), frame, from, edits)
			if err != nil {
				rt.Fatal(err)
			}
			diff, err := run.Recheck(t.Context(), frame, from, Options{Scopes: reach.Scopes})
			if err != nil {
				rt.Fatal(err)
			}
			for _, f := range diff.Reported {
				findings[f.ID] = f
			}
			for _, id := range diff.Closed {
				delete(findings, id)
			}
			want, err := Check(t.Context(), frame, from, Options{Keep: true})
			if err != nil {
				rt.Fatal(err)
			}
			rt.Logf("edits %s", describe(edits))
			if diff := gocmp.Diff(byID(want.Findings), findings); diff != "" {
				rt.Fatal(diff)
			}
			sameRuns(rt, want, run)
		}
	})
}

func byID(findings []*plan.Finding) map[plan.ID]*plan.Finding {
	all := map[plan.ID]*plan.Finding{}
	for _, f := range findings {
		all[f.ID] = f
	}
	return all
}

func describe(edits []Edit) string {
	text := ""
	for _, e := range edits {
		for _, o := range []plan.Object{e.Before, e.After} {
			if o != nil {
				text += " " + string(plan.Marshal(o))
			}
		}
		text += "\n"
	}
	return text
}

// drawEdit changes an object of a register: it takes on the content of another of the same id, moves to another region, or goes.
func drawEdit(rt *rapid.T, objects map[plan.ID]plan.Object, others []plan.Object) Edit {
	if rapid.Bool().Draw(rt, "other") {
		o := rapid.SampledFrom(others).Draw(rt, "put")
		switch o.(type) {
		case *plan.Region, *plan.Zone, *plan.Organization: // after which everything is checked
		default:
			if refersTo(o, objects) {
				e := Edit{objects[o.Base().ID], o}
				objects[o.Base().ID] = o
				return e
			}
		}
	}
	var ids []plan.ID
	for id, o := range objects {
		switch o.(type) {
		case *plan.Target, *plan.Observation, *plan.Link, *plan.Demand:
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return Edit{}
	}
	slices.Sort(ids)
	id := rapid.SampledFrom(ids).Draw(rt, "edited")
	before := objects[id]
	var after plan.Object
	switch o := before.(type) {
	case *plan.Target:
		moved := *o
		moved.Region = drawRegion(rt, "moved to")
		after = &moved
	case *plan.Demand:
		moved := *o
		moved.Region = drawRegion(rt, "moved to")
		after = &moved
	}
	if after == nil {
		delete(objects, id)
	} else {
		objects[id] = after
	}
	return Edit{before, after}
}

// refersTo says whether all that an object leads to is there.
func refersTo(o plan.Object, objects map[plan.ID]plan.Object) bool {
	for _, e := range plan.KindFor(o).Edges {
		for _, id := range e.Get(o) {
			if objects[id] == nil {
				return false
			}
		}
	}
	return true
}

func sameRuns(rt *rapid.T, want, got *Run) {
	rt.Helper()
	counts := func(run *Run) map[string]Counts {
		all := map[string]Counts{}
		for s, k := range run.results {
			for _, a := range k.answers {
				at := fmt.Sprint(s, " ", run.rules[a.rule].ID)
				c := all[at]
				c.add(outcomes()[a.outcome], int(a.count))
				all[at] = c
			}
		}
		return all
	}
	if diff := gocmp.Diff(counts(want), counts(got)); diff != "" {
		rt.Fatal(diff)
	}
	undecided := func(run *Run) []NotChecked {
		all, _ := run.Undecided(0, nil)
		return all
	}
	if diff := gocmp.Diff(undecided(want), undecided(got)); diff != "" {
		rt.Fatal(diff)
	}
	byPlans := cmpopts.SortSlices(func(a, b Verdict) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	if diff := gocmp.Diff(verdicts(want), verdicts(got), byPlans); diff != "" {
		rt.Fatal(diff)
	}
}
