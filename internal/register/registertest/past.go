package registertest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// moment is what a register gave at a revision.
type moment struct {
	revision plan.Revision
	files    []document.File
	objects  map[plan.ID]string // whole, with version and times
}

// KeepsThePast makes random changes and remembers what the register exports and holds after each; in the end it must give all of it again.
func KeepsThePast(t *testing.T, s store.Store, seed uint64, steps int) {
	t.Helper()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 2))}
	r := register.New(s)
	apply := func(cs plan.ChangeSet) {
		if _, err := s.Apply(t.Context(), cs); err != nil && plan.CodeOf(err) != plan.BadUserInput && plan.CodeOf(err) != plan.Conflict {
			t.Fatal(err)
		}
	}
	apply(plan.ChangeSet{Ops: upserts(append(vocabulary(), w.elements()...))})
	moments := []moment{remember(t, r)}
	for range steps {
		apply(w.change())
		if m := remember(t, r); m.revision != moments[len(moments)-1].revision {
			moments = append(moments, m)
		}
	}
	if len(moments) < steps/3 {
		t.Fatalf("%d of %d changes had an effect: too few to tell anything", len(moments), steps)
	}
	for _, m := range moments {
		files, err := r.ExportAsOf(t.Context(), nil, m.revision)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.files, files); diff != "" {
			t.Fatalf("export as of revision %d: -then +now\n%s", m.revision, diff)
		}
	}
	for _, m := range []moment{moments[0], moments[len(moments)/2], moments[len(moments)-1]} {
		ids := idsOf(moments)
		result, err := r.FetchAsOf(t.Context(), wholeOf(ids), m.revision)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m.objects, shown(t, result)); diff != "" {
			t.Fatalf("objects as of revision %d: -then +now\n%s", m.revision, diff)
		}
	}
	refusesThePast(t, r, moments[len(moments)-1].revision)
}

func remember(t *testing.T, r *register.Register) moment {
	t.Helper()
	files, err := r.Export(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sel := &query.Selection{}
	for _, k := range plan.Kinds() {
		sel.Of = append(sel.Of, query.Whole(k))
	}
	result, err := r.Fetch(t.Context(), sel)
	if err != nil {
		t.Fatal(err)
	}
	return moment{result.Revision, files, shown(t, result)}
}

// idsOf are those of a part of all objects that there ever were.
func idsOf(moments []moment) []plan.ID {
	seen := map[plan.ID]bool{}
	var ids []plan.ID
	for _, m := range moments {
		for id := range m.objects {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func wholeOf(ids []plan.ID) *query.Selection {
	sel := &query.Selection{IDs: ids}
	for _, k := range plan.Kinds() {
		sel.Of = append(sel.Of, query.Whole(k))
	}
	return sel
}

// shown are the objects of a result with everything that is stored of them.
func shown(t *testing.T, result *query.Result) map[plan.ID]string {
	t.Helper()
	objects := map[plan.ID]string{}
	found, err := result.Root.Objects()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range found {
		if o != nil {
			m := o.Base()
			objects[m.ID] = fmt.Sprintf("%s version %d, made %s, changed %s", plan.Marshal(o), m.Version, m.CreatedAt, m.UpdatedAt)
		}
	}
	return objects
}

// refusesThePast: what the past cannot answer is refused, not answered from the present.
func refusesThePast(t *testing.T, r *register.Register, now plan.Revision) {
	t.Helper()
	kind := plan.KindNamed("Plan")
	walk := &query.Selection{IDs: []plan.ID{"plan:p0"}, Of: []query.Shape{{Kind: kind, Children: []*query.Selection{
		{Via: kind.End("targets"), Of: []query.Shape{{Kind: plan.KindNamed("Target")}}},
	}}}}
	if _, err := r.FetchAsOf(t.Context(), walk, now); plan.CodeOf(err) != plan.Unsupported {
		t.Errorf("a walk back along references gave %v, wanted UNSUPPORTED", err)
	}
	for _, at := range []plan.Revision{-1, 0, now + 1} {
		if _, err := r.FetchAsOf(t.Context(), wholeOf([]plan.ID{"plan:p0"}), at); plan.CodeOf(err) != plan.BadUserInput {
			t.Errorf("an object as of revision %d of %d gave %v, wanted BAD_USER_INPUT", at, now, err)
		}
	}
	if _, err := r.ExportAsOf(t.Context(), nil, now+1); plan.CodeOf(err) != plan.BadUserInput {
		t.Errorf("an export as of a revision to come gave %v, wanted BAD_USER_INPUT", err)
	}
	if _, err := r.ExportAsOf(t.Context(), []plan.ID{"plan:nothing"}, now); plan.CodeOf(err) != plan.NotFound {
		t.Errorf("an export of a plan that is not there gave %v, wanted NOT_FOUND", err)
	}
}
