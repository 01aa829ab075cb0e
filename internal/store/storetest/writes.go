package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"xianjie/internal/plan"
)

func upserts(s *suite) {
	s.apply(vocabulary()...)
	first := s.apply(upsert(newPlan("p", func(p *plan.Plan) { p.Leads = []plan.ID{"organization:o", "organization:p"} })))
	made := s.object("plan:p").Base()
	same := newPlan("p", func(p *plan.Plan) {
		p.Leads = []plan.ID{"organization:o", "organization:p"}
		p.Version, p.CreatedAt = 7, time.Now()
	})
	if at := s.apply(upsert(same)); at != first {
		s.Errorf("an equal object moved the register from %d to %d", first, at)
	}
	if m := s.object("plan:p").Base(); m.Version != 1 || !m.UpdatedAt.Equal(made.UpdatedAt) {
		s.Errorf("an equal object became version %d, updated %v", m.Version, m.UpdatedAt)
	}
	at := s.apply(upsert(newPlan("p", func(p *plan.Plan) { p.Leads = []plan.ID{"organization:p", "organization:o"}; p.Title = "新" })))
	if at != first+1 {
		s.Errorf("saw revision %d, wanted %d", at, first+1)
	}
	now := s.object("plan:p").(*plan.Plan)
	if now.Version != 2 || !now.CreatedAt.Equal(made.CreatedAt) || now.UpdatedAt.Before(made.UpdatedAt) || now.Title != "新" {
		s.Errorf("saw %+v after a change", now)
	}
	s.same("the other order of an edge is a change", now.Leads, []plan.ID{"organization:p", "organization:o"})
	s.apply(upsert(newPlan("p")))
	s.same("the edge emptied", s.object("plan:p").(*plan.Plan).Leads, []plan.ID(nil))
	if at := s.apply(); at != s.revision() {
		s.Errorf("an empty set gave revision %d", at)
	}
}

func versions(s *suite) {
	s.apply(vocabulary()...)
	titled := func(title string) *plan.Plan { return newPlan("p", func(p *plan.Plan) { p.Title = title }) }
	conflict := func(op plan.Op, names ...string) {
		s.Helper()
		err := s.refuse(plan.Conflict, plan.ChangeSet{Ops: []plan.Op{upsert(newPlan("q")), op}})
		for _, name := range names {
			if !strings.Contains(err.Error(), name) {
				s.Errorf("saw %q, wanted it to name %q", err, name)
			}
		}
		if s.object("plan:q") != nil {
			s.Error("half of a refused set was kept")
		}
	}
	conflict(plan.Op{Upsert: titled("x"), Expect: expect(1)}, "plan:p", "version 1")
	s.apply(plan.Op{Upsert: titled("1"), Expect: expect(0)})
	conflict(plan.Op{Upsert: titled("x"), Expect: expect(0)}, "plan:p", "version 1")
	s.apply(plan.Op{Upsert: titled("2"), Expect: expect(1)})
	conflict(plan.Op{Upsert: titled("x"), Expect: expect(1)}, "plan:p", "version 2", "version 1")
	conflict(plan.Op{Upsert: titled("2"), Expect: expect(1)}, "plan:p")
	conflict(plan.Op{Remove: "plan:p", Expect: expect(1)}, "plan:p")
	conflict(plan.Op{Remove: "plan:nothing", Expect: expect(1)}, "plan:nothing")
	s.apply(plan.Op{Upsert: titled("2"), Expect: expect(2)})
	s.apply(plan.Op{Remove: "plan:p", Expect: expect(2)})
	s.apply(plan.Op{Upsert: titled("3"), Expect: expect(0)})
	if v := s.version("plan:p"); v != 1 {
		s.Errorf("an object made again has version %d, wanted 1", v)
	}
}

func removals(s *suite) {
	network(s)
	demand := &plan.Demand{Project: "project:a/x", Indicator: "indicator:wetland", Year: 2025}
	demand.ID = "demand:a/x/1"
	project := &plan.Project{Title: "工程", Plan: "plan:a"}
	project.ID = "project:a/x"
	s.apply(upsertAll(project, demand)...)
	before := s.revision()
	if at := s.apply(plan.Op{Remove: "plan:nothing"}); at != before {
		s.Errorf("removing nothing moved the register to %d", at)
	}
	err := s.refuse(plan.Conflict, plan.ChangeSet{Ops: []plan.Op{{Remove: "plan:a"}}})
	for _, name := range []string{"plan:a", "link:based_on/plan:a>plan:b", "link:coordinates_with/plan:c>plan:a", "more"} {
		if !strings.Contains(err.Error(), name) {
			s.Errorf("saw %q, wanted it to name %s", err, name)
		}
	}
	// What is required and not owned holds even against a cascade.
	for _, id := range []plan.ID{"region:a", "indicator:wetland"} {
		s.refuse(plan.Conflict, plan.ChangeSet{Ops: []plan.Op{{Remove: id}}})
		s.refuse(plan.Conflict, plan.ChangeSet{Ops: []plan.Op{{Remove: id, Cascade: true}}})
	}
	s.refuse(plan.Conflict, plan.ChangeSet{Ops: []plan.Op{{Remove: "task:a/1"}}})
	s.apply(plan.Op{Remove: "plan:a", Cascade: true})
	for _, id := range []plan.ID{
		"plan:a", "task:a/1", "task:a/2", "target:a/t", "project:a/x", "demand:a/x/1", plan.LinkID(plan.Obeys, "plan:a", "plan:b"),
		plan.LinkID(plan.CoordinatesWith, "plan:c", "plan:a"), plan.LinkID(plan.Refines, "task:a/1", "task:b/1"),
	} {
		if s.object(id) != nil {
			s.Errorf("%s is still there", id)
		}
	}
	for _, id := range []plan.ID{"plan:b", "plan:c", "task:b/1", "target:b/t", "organization:o", plan.LinkID(plan.Obeys, "plan:b", "plan:c")} {
		if s.object(id) == nil {
			s.Errorf("%s went too", id)
		}
	}
	// Without cascade, but with all that hangs on it in the same set, in any order.
	s.apply(plan.Op{Remove: "plan:b"}, plan.Op{Remove: "task:b/1"}, plan.Op{Remove: "target:b/t"},
		plan.Op{Remove: plan.LinkID(plan.Obeys, "plan:b", "plan:c")})
	if s.object("plan:b") != nil {
		s.Error("plan:b is still there")
	}
}

// letGo removes what others point to and can be without.
func letGo(s *suite) {
	network(s)
	unchanged := newPlan("b", func(p *plan.Plan) { p.Leads = []plan.ID{"organization:o"}; p.Region = "region:b" })
	s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: []plan.Op{{Remove: "organization:o"}, upsert(unchanged)}})
	s.apply(plan.Op{Remove: "organization:o"})
	a, b := s.object("plan:a").(*plan.Plan), s.object("plan:b").(*plan.Plan)
	s.same("the leads of a", a.Leads, []plan.ID{"organization:p"})
	s.same("the leads of b", b.Leads, []plan.ID(nil))
	if a.Version != 2 || b.Version != 2 {
		s.Errorf("saw versions %d and %d, wanted 2", a.Version, b.Version)
	}
	s.apply(plan.Op{Remove: "plan:c", Cascade: true})
	f := s.object("finding:f1").(*plan.Finding)
	s.same("what the finding is about", f.About, []plan.ID{"target:a/t", "plan:a", "task:b/1"})
	s.same("the finding's plans", f.Plans, []plan.ID{"plan:a"})
	log := s.log(0)
	last := log[len(log)-1]
	s.same("the log's last entry", string(last.After), string(plan.Marshal(f)))
	// A set that lets go by itself needs nothing done.
	s.apply(plan.Op{Remove: "organization:p"}, upsert(newPlan("a", func(p *plan.Plan) { p.Title = "另一个" })), upsert(newTask("a", "1")))
	if v := s.version("plan:a"); v != 3 {
		s.Errorf("saw version %d, wanted 3", v)
	}
}

func dangling(s *suite) {
	s.apply(vocabulary()...)
	err := s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: upsertAll(
		newPlan("p", func(p *plan.Plan) { p.Leads = []plan.ID{"organization:o", "organization:gone"} }),
		newTarget("p", "t", "1 %", func(t *plan.Target) { t.Indicator, t.Region = "indicator:gone", "region:gone" }),
		newLink(plan.Obeys, "plan:p", "plan:gone"),
	)})
	var errs plan.Errors
	if !errors.As(err, &errs) {
		s.Fatalf("saw %T, wanted plan.Errors", err)
	}
	var paths []string
	for _, e := range errs {
		paths = append(paths, e.Path)
	}
	s.same("what dangles", paths, []string{"plan:p.leads", "target:p/t.indicator", "target:p/t.region", "link:obeys/plan:p>plan:gone.to"})
	s.apply(upsertAll(newLink(plan.Obeys, "plan:x", "plan:y"), newTarget("x", "t", "1 %"), newPlan("x"), newPlan("y"))...) // forward
	s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: []plan.Op{upsert(newTarget("y", "t", "1 %")), {Remove: "plan:y", Cascade: true}, upsert(newTarget("y", "u", "1 %"))}})
	s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: []plan.Op{{Remove: "indicator:wetland"}, upsert(newTarget("x", "t", "1 %", func(t *plan.Target) { t.Indicator = "indicator:wetland" }))}})
}

func invalid(s *suite) {
	s.apply(vocabulary()...)
	bad := newPlan("p", func(p *plan.Plan) { p.Title, p.Level, p.Region = "", "GALACTIC", "indicator:forest" })
	err := s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: []plan.Op{upsert(newPlan("q")), upsert(bad), {}, {Remove: "nothing"}}})
	for _, path := range []string{"plan:p.title", "plan:p.level", "plan:p.region", "ops[2]", "ops[3]"} {
		if !strings.Contains(err.Error(), path) {
			s.Errorf("saw %q, wanted it to name %s", err, path)
		}
	}
	link := &plan.Link{Type: plan.Obeys, From: "region:a", To: "plan:q"}
	s.refuse(plan.BadUserInput, plan.ChangeSet{Ops: []plan.Op{upsert(link)}})
}

// opsInOrder has several ops about one object in a set.
func opsInOrder(s *suite) {
	s.apply(vocabulary()...)
	titled := func(title string) *plan.Plan { return newPlan("p", func(p *plan.Plan) { p.Title = title }) }
	s.apply(upsert(titled("1")), plan.Op{Upsert: titled("2"), Expect: expect(1)}, upsert(titled("2")), upsert(titled("3")))
	if p := s.object("plan:p").(*plan.Plan); p.Version != 3 || p.Title != "3" {
		s.Errorf("saw version %d titled %q, wanted 3 twice", p.Version, p.Title)
	}
	s.apply(plan.Op{Remove: "plan:p"}, plan.Op{Upsert: titled("4"), Expect: expect(0)})
	if p := s.object("plan:p").(*plan.Plan); p.Version != 1 || p.Title != "4" {
		s.Errorf("saw version %d titled %q, wanted 1 and 4", p.Version, p.Title)
	}
	s.apply(upsert(newTarget("p", "t", "1 %")), plan.Op{Remove: "plan:p", Cascade: true}, upsert(newPlan("p")))
	if s.object("target:p/t") != nil || s.object("plan:p") == nil {
		s.Error("the cascade did not take what the set had written before")
	}
	before := s.revision()
	if at := s.apply(upsert(newPlan("gone")), plan.Op{Remove: "plan:gone"}); at != before+1 || s.object("plan:gone") != nil {
		s.Errorf("saw revision %d, wanted %d", at, before+1)
	}
	s.refuse(plan.Conflict, plan.ChangeSet{Ops: []plan.Op{upsert(titled("5")), {Upsert: titled("6"), Expect: expect(1)}}})
}

func idempotency(s *suite) {
	s.apply(vocabulary()...)
	set := func(key, title string) plan.ChangeSet {
		return plan.ChangeSet{Key: key, Ops: []plan.Op{upsert(newPlan("p", func(p *plan.Plan) { p.Title = title }))}}
	}
	apply := func(cs plan.ChangeSet) plan.Revision {
		s.Helper()
		at, err := s.store.Apply(s.Context(), cs)
		if err != nil {
			s.Fatal(err)
		}
		return at
	}
	first := apply(set("k1", "1"))
	second := apply(set("k2", "2"))
	s.same("the first again", apply(set("k1", "1")), first)
	s.same("no second effect", s.object("plan:p").(*plan.Plan).Title, "2")
	s.same("the second again", apply(set("k2", "2")), second)
	err := s.refuse(plan.Conflict, set("k1", "3"))
	if !strings.Contains(err.Error(), "k1") {
		s.Errorf("saw %q, wanted it to name the key", err)
	}
	removal := plan.ChangeSet{Key: "k3", Ops: []plan.Op{{Remove: "plan:p"}}}
	third := apply(removal)
	apply(set("", "4"))
	s.same("a removal again", apply(removal), third)
	removal.Ops[0].Cascade = true
	s.refuse(plan.Conflict, removal)
	// A set that failed used no key.
	if _, err := s.store.Apply(s.Context(), plan.ChangeSet{Key: "k4", Ops: []plan.Op{upsert(newPlan("r", func(p *plan.Plan) { p.Region = "region:gone" }))}}); err == nil {
		s.Fatal("a dangling reference was taken")
	}
	apply(set("k4", "5"))
	without := apply(set("k5", "5"))
	apply(set("", "6"))
	s.same("a set without effect keeps its key", apply(set("k5", "5")), without)
	asked := func(what, title string) plan.ChangeSet {
		cs := set("k6", title)
		cs.Asked = what
		return cs
	}
	worked := apply(asked("a title", "7"))
	s.same("asked again, worked out otherwise", apply(asked("a title", "8")), worked)
	s.same("no second effect of what was asked", s.object("plan:p").(*plan.Plan).Title, "7")
	s.refuse(plan.Conflict, asked("another title", "7"))
}

// log reads the whole change log behind a revision.
func (s *suite) log(after plan.Revision) []plan.Change {
	s.Helper()
	changes, err := s.store.Changes(s.Context(), after, 100_000)
	if err != nil {
		s.Fatal(err)
	}
	return changes
}

func changeLog(s *suite) {
	start := time.Now().Add(-time.Minute)
	objects := append(upsertAll(newRegion("a")), upsert(newPlan("p")))
	if _, err := s.store.Apply(s.Context(), plan.ChangeSet{Actor: "张三", Note: "初稿", Ops: objects}); err != nil {
		s.Fatal(err)
	}
	s.apply(upsert(newTask("p", "1")), upsert(newTask("p", "2")), upsert(newPlan("p")))
	s.apply(plan.Op{Remove: "plan:p", Cascade: true})
	type entry struct {
		revision plan.Revision
		id       plan.ID
		after    string
	}
	of := func(r plan.Revision, o plan.Object) string {
		return fmt.Sprint(entry{r, o.Base().ID, string(plan.Marshal(normal(o)))})
	}
	var got []string
	all := s.log(0)
	for _, c := range all {
		got = append(got, fmt.Sprint(entry{c.Revision, c.ID, string(c.After)}))
		if c.At.Before(start) || c.At.After(time.Now().Add(time.Minute)) {
			s.Errorf("saw time %v", c.At)
		}
	}
	gone := func(id plan.ID) string { return fmt.Sprint(entry{3, id, ""}) }
	s.same("the log", got, []string{
		of(1, newRegion("a")), of(1, newPlan("p")), of(2, newTask("p", "1")), of(2, newTask("p", "2")),
		gone("task:p/1"), gone("task:p/2"), gone("plan:p"),
	})
	s.same("who and why", []string{all[0].Actor, all[0].Note, all[2].Actor, all[2].Note}, []string{"张三", "初稿", "suite", ""})
	if all[4].After != nil {
		s.Error("a removal has content")
	}
	for _, c := range []struct {
		after plan.Revision
		limit int
		want  int
	}{{0, 1, 1}, {0, 2, 2}, {0, 3, 2}, {0, 4, 4}, {0, 6, 4}, {0, 7, 7}, {1, 2, 2}, {1, 3, 2}, {2, 3, 3}, {2, 2, 2}, {3, 5, 0}, {99, 5, 0}} {
		changes, err := s.store.Changes(s.Context(), c.after, c.limit)
		if err != nil || len(changes) != c.want {
			s.Errorf("after %d, at most %d: saw %d entries and %v, wanted %d", c.after, c.limit, len(changes), err, c.want)
		}
	}
}

func normal(o plan.Object) plan.Object {
	plan.Normalize(o)
	return o
}

func health(s *suite) {
	s.apply(upsertAll(World(0)...)...)
	h, err := s.store.Health(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	if h.Kind == "" || h.Engine == "" || h.Schema < 1 || h.Integrity != "ok" || h.Revision != 1 {
		s.Errorf("saw %+v", h)
	}
	for _, k := range plan.Kinds() {
		if h.Counts[k.Name] != BlockSize {
			s.Errorf("saw %d of %s, wanted %d", h.Counts[k.Name], k, BlockSize)
		}
	}
}
