package registertest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// FollowsReviews makes random changes and reviews through two registers on one store. Each time every link is in the state that follows from
// what its ends were when it was reviewed, what they are now, and what R16 reports; and a check from nothing leaves it so.
func FollowsReviews(t *testing.T, s store.Store, seed uint64, steps int) {
	t.Helper()
	ctx := t.Context()
	w := &world{Rand: rand.New(rand.NewPCG(seed, 11))}
	registers := []*register.Register{register.New(s), register.New(s)}
	objects := append(vocabulary(), w.elements()...)
	for i := range plans {
		objects = append(objects, linkOf(one(w, plan.Obeys, plan.BasedOn, plan.CoordinatesWith, plan.Supports),
			plan.MakeID("plan", fmt.Sprint("p", i)), plan.MakeID("plan", fmt.Sprint("p", (i+1)%plans))))
	}
	if _, err := registers[0].Change(ctx, plan.ChangeSet{Ops: upserts(objects)}); err != nil {
		t.Fatal(err)
	}
	was := map[plan.ID]string{} // what the ends of reviewed links were
	reviewed, suspects, again, foreseen := 0, 0, 0, 0
	last := map[plan.ID]plan.ReviewState{}
	for step := range steps {
		r := registers[w.IntN(2)]
		what := fmt.Sprintf("step %d, ", step)
		if links := linksOf(t, s); w.IntN(3) == 0 && len(links) > 0 {
			l := one(w, links...)
			on := one(w, plan.Date(""), "", "", "2021-10", "2022-01")
			_, err := r.ReviewLink(ctx, register.Review{Link: l.ID, By: "甲", On: on})
			if err != nil && plan.CodeOf(err) != plan.BadUserInput {
				t.Fatal(err)
			}
			if err == nil {
				was[l.ID] = ends(everything(t, s), l)
				reviewed++
			}
			what += "review of " + string(l.ID)
		} else {
			cs := w.change()
			for _, op := range cs.Ops {
				if l, ok := op.Upsert.(*plan.Link); ok {
					l.State = plan.Unreviewed
					if w.IntN(6) > 0 {
						l.State, l.ReviewedAt = "", ""
					}
				}
			}
			what += describe(cs)
			before := linksOf(t, s)
			p, err := r.WhatIf(ctx, cs.Ops)
			if _, changeErr := r.Change(ctx, cs); (err == nil) != (changeErr == nil) || err != nil && plan.CodeOf(err) != plan.BadUserInput && plan.CodeOf(err) != plan.Conflict {
				t.Fatalf("%s: foreseen %v, then %v", what, err, changeErr)
			}
			if err == nil {
				foreseen += foresaw(t, what, p.Links, before, linksOf(t, s))
			}
		}
		world := everything(t, s)
		newer := reopened(t, s)
		for _, l := range linksOf(t, s) {
			if l.State == plan.Unreviewed {
				delete(was, l.ID)
			}
			want := plan.Unreviewed
			if content, ok := was[l.ID]; ok {
				want = plan.Reviewed
				if newer[l.ID] || content != ends(world, l) {
					want = plan.Suspect
				}
			}
			if l.State != want || (l.Suspect != "") != (want == plan.Suspect) {
				t.Errorf("%s: saw %s, wanted %s", what, plan.Marshal(l), want)
			}
			switch {
			case want == plan.Suspect && last[l.ID] == plan.Reviewed:
				suspects++
			case want == plan.Reviewed && last[l.ID] == plan.Suspect:
				again++
			}
			last[l.ID] = want
		}
		for id := range was {
			if world[id] == nil {
				delete(was, id)
				delete(last, id)
			}
		}
		if step%10 == 0 || step == steps-1 {
			before := linksOf(t, s)
			if _, err := register.New(s).Check(ctx, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, linksOf(t, s)); diff != "" {
				t.Errorf("%s: a check from nothing changes links: %s", what, diff)
			}
		}
		if t.Failed() {
			return
		}
	}
	if reviewed <= steps/10 || suspects <= steps/20 || foreseen <= steps/20 {
		t.Fatalf("%d reviews, after which %d links became suspect and %d reviewed again, and %d were foreseen, in %d steps: too few to tell anything",
			reviewed, suspects, again, foreseen, steps)
	}
}

// foresaw compares what was foreseen of links with what came, and says of how many.
func foresaw(t *testing.T, what string, foreseen []register.ForeseenLink, before, after []*plan.Link) int {
	t.Helper()
	state := func(l *plan.Link) string { return fmt.Sprint(l.State, " ", l.Suspect) }
	was, want, got := map[plan.ID]string{}, map[plan.ID]string{}, map[plan.ID]string{}
	for _, l := range before {
		was[l.ID] = state(l)
	}
	for _, l := range after {
		if before, there := was[l.ID]; there && before != state(l) {
			want[l.ID] = before + ", " + state(l)
		}
	}
	for _, l := range foreseen {
		got[l.After.ID] = state(l.Before) + ", " + state(l.After)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: links: -came +foreseen\n%s", what, diff)
	}
	return len(got)
}

func linksOf(t *testing.T, s store.Store) []*plan.Link {
	t.Helper()
	var links []*plan.Link
	for _, o := range listed(t, s, plan.KindNamed("Link")) {
		links = append(links, o.(*plan.Link))
	}
	return links
}

// listed are all objects of a kind, by id.
func listed(t *testing.T, s store.Store, k *plan.Kind) []plan.Object {
	t.Helper()
	result, err := s.Fetch(t.Context(), &query.Selection{Order: []query.Order{{Field: k.Field("id")}}, Of: []query.Shape{query.Whole(k)}})
	if err != nil {
		t.Fatal(err)
	}
	all, err := result.Root.Objects()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// everything is all that the store has, but for findings.
func everything(t *testing.T, s store.Store) map[plan.ID]plan.Object {
	t.Helper()
	world := map[plan.ID]plan.Object{}
	for _, k := range plan.Kinds() {
		if k.Name == "Finding" {
			continue
		}
		for _, o := range listed(t, s, k) {
			world[o.Base().ID] = o
		}
	}
	return world
}

// ends is the content of both ends of a link, with all that belongs to them.
func ends(world map[plan.ID]plan.Object, l *plan.Link) string {
	var content []string
	for id, o := range world {
		for at := id; at != ""; {
			if at == l.From || at == l.To {
				content = append(content, string(plan.Marshal(o)))
				break
			}
			owner := plan.KindOf(at).Owner()
			if owner == nil {
				break
			}
			at = owner.Get(world[at])[0]
		}
	}
	slices.Sort(content)
	return strings.Join(content, "\n")
}

// reopened are the links that stored findings of R16 rest on.
func reopened(t *testing.T, s store.Store) map[plan.ID]bool {
	t.Helper()
	links := map[plan.ID]bool{}
	for _, o := range listed(t, s, plan.KindNamed("Finding")) {
		if f := o.(*plan.Finding); f.Rule == "R16" {
			for _, id := range f.Links {
				links[plan.ID(id)] = true
			}
		}
	}
	return links
}
