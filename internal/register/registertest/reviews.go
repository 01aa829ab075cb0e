package registertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// ReviewsLinks reviews links of every type and has every end of them changed, by several registers on one store.
func ReviewsLinks(t *testing.T, s store.Store) {
	v := &reviewing{answers{T: t, store: s, Register: register.New(s)}}
	v.change(append(vocabulary(), v.plan("u"), v.plan("l"))...)
	for _, code := range []string{"u", "l"} {
		v.change(v.elements(code)...)
	}
	for _, c := range []struct {
		link     plan.LinkType
		from, to plan.ID
		want     plan.LinkEnds
	}{
		{plan.Obeys, "plan:l", "plan:u", plan.FromEnd},
		{plan.BasedOn, "plan:l", "plan:u", plan.FromEnd},
		{plan.CoordinatesWith, "plan:l", "plan:u", plan.BothEnds},
		{plan.Supports, "plan:l", "plan:u", plan.FromEnd},
		{plan.Supersedes, "plan:l", "plan:u", plan.FromEnd},
		{plan.Refines, "goal:l/g", "goal:u/g", plan.FromEnd},
		{plan.Implements, "task:l/t", "goal:u/g", plan.FromEnd},
		{plan.Allocates, "target:u/i0", "target:l/i0", plan.ToEnd},
		{plan.ContributesTo, "project:l/p", "target:u/i0", plan.FromEnd},
		{plan.DependsOn, "task:l/t", "safeguard:l/s", plan.FromEnd},
		{plan.MeasuredBy, "goal:l/g", "indicator:i0", plan.FromEnd},
	} {
		l := v.link(c.link, c.from, c.to)
		v.changedEnd(l, l.From, c.want)
		v.changedEnd(l, l.To, c.want)
		v.remove(l.ID)
	}
	l := v.link(plan.Obeys, "plan:l", "plan:u")
	v.again(l)
	v.parts(l)
	v.bystanders(l)
	v.refusals(l.ID)
	v.servers(l)
	v.keys(l)
	v.newer(l)
	v.remove("plan:u")
	if now := v.stored(l.ID); now != nil {
		t.Errorf("the end is removed, and the link is %s", plan.Marshal(now))
	}
	v.change(v.plan("u"), l)
	if now := v.stored(l.ID); now.State != plan.Unreviewed || now.FromReviewed != "" {
		t.Errorf("a new link is %s", plan.Marshal(now))
	}
}

type reviewing struct{ answers }

// elements are one element of each kind, and what belongs to it.
func (v *reviewing) elements(of string) []plan.Object {
	owner := plan.MakeID("plan", of)
	return []plan.Object{
		&plan.Section{Meta: meta("section", of, "c"), Title: "第一章", Rank: plan.Chapter, Plan: owner},
		&plan.Principle{Meta: meta("principle", of, "r"), Title: "生态优先", Plan: owner},
		&plan.Goal{Meta: meta("goal", of, "g"), Title: "森林增加", Plan: owner},
		&plan.Task{Meta: meta("task", of, "t"), Title: "植树造林" + of, Plan: owner},
		&plan.Project{Meta: meta("project", of, "p"), Title: "防护林工程" + of, Plan: owner},
		&plan.Demand{Meta: meta("demand", of, "p", "d"), Year: 2025, Project: plan.MakeID("project", of, "p"), Indicator: "indicator:i1"},
		&plan.Safeguard{Meta: meta("safeguard", of, "s"), Title: "加强领导", Plan: owner},
		v.target(of, "i0", "20 %"),
	}
}

// link is a new one, stored and reviewed.
func (v *reviewing) link(typ plan.LinkType, from, to plan.ID) *plan.Link {
	v.Helper()
	l := linkOf(typ, from, to)
	v.change(l)
	l = linkOf(typ, from, to) // without the state that storing it has filled in
	v.review(l.ID)
	now := v.reviewed("a review", l.ID)
	if now.ReviewedBy != "某厅" || now.ReviewNote != "一致" || len(now.ReviewedAt) != len("2006-01-02") || now.FromReviewed == now.ToReviewed || len(now.ToReviewed) != 32 {
		v.Errorf("a review leaves %s", plan.Marshal(now))
	}
	return l
}

func linkOf(typ plan.LinkType, from, to plan.ID) *plan.Link {
	id := plan.LinkID(typ, from, to)
	return &plan.Link{Meta: plan.Meta{ID: id, Code: id.Local()}, Type: typ, From: from, To: to}
}

func (v *reviewing) review(id plan.ID) *register.Outcome {
	v.Helper()
	out, err := v.ReviewLink(v.Context(), register.Review{Link: id, By: "某厅", Note: "一致"})
	if err != nil {
		v.Fatal(err)
	}
	return out
}

func (v *reviewing) remove(id plan.ID) {
	v.Helper()
	if _, err := v.Change(v.Context(), plan.ChangeSet{Ops: []plan.Op{{Remove: id, Cascade: true}}}); err != nil {
		v.Fatal(err)
	}
}

// stored is a link as the store has it, nil when it has none.
func (v *reviewing) stored(id plan.ID) *plan.Link {
	v.Helper()
	o := v.object(id)
	l, _ := o.(*plan.Link)
	return l
}

func (v *reviewing) object(id plan.ID) plan.Object {
	v.Helper()
	found, err := v.Objects(v.Context(), []plan.ID{id})
	if err != nil {
		v.Fatal(err)
	}
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

func (v *reviewing) reviewed(after string, id plan.ID) *plan.Link {
	v.Helper()
	l := v.stored(id)
	if l.State != plan.Reviewed || l.Suspect != "" || l.FromReviewed == "" {
		v.Errorf("after %s: saw %s, wanted it reviewed", after, plan.Marshal(l))
	}
	return l
}

func (v *reviewing) suspect(after string, id plan.ID, ends plan.LinkEnds) *plan.Link {
	v.Helper()
	l := v.stored(id)
	if l.State != plan.Suspect || l.Suspect != ends || l.FromReviewed == "" || l.ReviewedBy != "某厅" {
		v.Errorf("after %s: saw %s, wanted it suspect at %s", after, plan.Marshal(l), ends)
	}
	return l
}

// changedEnd changes an end and changes it back.
func (v *reviewing) changedEnd(l *plan.Link, end plan.ID, want plan.LinkEnds) {
	v.Helper()
	what := fmt.Sprintf("%s of %s", end, l.Type)
	before := v.object(end)
	v.change(noted(v.T, before, "另"))
	v.suspect("a change of "+what, l.ID, want)
	v.change(before)
	v.reviewed("a change back of "+what, l.ID)
}

// again: what is reviewed again is held against what it was then, and a review can be taken back.
func (v *reviewing) again(l *plan.Link) {
	v.Helper()
	before := v.object(l.To)
	v.change(noted(v.T, before, "另"))
	v.review(l.ID)
	v.reviewed("a review of what has changed", l.ID)
	v.change(before)
	v.suspect("a change to what was there before that review", l.ID, plan.FromEnd)
	v.review(l.ID)
	v.change(l)
	v.reviewed("an upsert that leaves the review open", l.ID)
	unreviewed := *l
	unreviewed.State = plan.Unreviewed
	v.change(&unreviewed)
	if now := v.stored(l.ID); now.State != plan.Unreviewed || now.ReviewedAt != "" || now.FromReviewed != "" || now.ReviewedBy != "" {
		v.Errorf("%s, taken back: saw %s", l.ID, plan.Marshal(now))
	}
	v.review(l.ID)
}

// noted is an object with another note.
func noted(t *testing.T, o plan.Object, note string) plan.Object {
	t.Helper()
	again, err := plan.Unmarshal(plan.Marshal(o))
	if err == nil {
		err = plan.KindFor(o).Field("note").Set(again, note)
	}
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// parts: whatever a plan consists of, a change of it, its removal and its coming back count.
func (v *reviewing) parts(l *plan.Link) {
	v.Helper()
	for _, o := range v.elements("u") {
		id := o.Base().ID
		before := v.object(id)
		v.change(noted(v.T, before, "另"))
		v.suspect("a change of "+string(id), l.ID, plan.FromEnd)
		v.change(before)
		v.reviewed("a change back of "+string(id), l.ID)
		if id.Prefix() == "project" {
			continue // its demand would go with it
		}
		v.remove(id)
		v.suspect("the removal of "+string(id), l.ID, plan.FromEnd)
		v.change(before)
		v.reviewed("the return of "+string(id), l.ID)
	}
}

// bystanders: what is no part of either end leaves the link untouched, and costs nothing for it.
func (v *reviewing) bystanders(l *plan.Link) {
	v.Helper()
	before := v.stored(l.ID)
	v.change(v.plan("x"), v.target("x", "i0", "20 %"),
		&plan.Observation{Meta: meta("observation", "o"), Quantity: v.target("x", "i0", "20 %").(*plan.Target).Quantity, PeriodEnd: "2020", Indicator: "indicator:i0", Region: "region:r1", Plan: "plan:u"},
		linkOf(plan.CoordinatesWith, "plan:l", "plan:x"), linkOf(plan.Refines, "goal:l/g", "target:u/i0"))
	if now := v.stored(l.ID); now.Version != before.Version {
		v.Errorf("changes elsewhere leave %s", plan.Marshal(now))
	}
	counting := &counted{Store: v.store}
	r := register.New(counting)
	fetches := func(value string) int64 {
		before := counting.fetches.Load()
		if _, err := r.Change(v.Context(), plan.ChangeSet{Ops: upserts([]plan.Object{v.target("x", "i4", value)})}); err != nil {
			v.Fatal(err)
		}
		return counting.fetches.Load() - before
	}
	fetches("1 %")
	with := fetches("2 %")
	v.change(&plan.Link{Meta: plan.Meta{ID: l.ID, Code: l.ID.Local()}, Type: l.Type, From: l.From, To: l.To, State: plan.Unreviewed})
	if _, err := r.Check(v.Context(), nil); err != nil {
		v.Fatal(err)
	}
	if without := fetches("3 %"); with != without {
		v.Errorf("a change that touches no reviewed link fetches %d times, without any such link %d times", with, without)
	}
	v.review(l.ID)
}

// counted is a store that counts what is fetched.
type counted struct {
	store.Store
	fetches atomic.Int64
}

func (c *counted) Fetch(ctx context.Context, s *query.Selection) (*query.Result, error) {
	c.fetches.Add(1)
	return c.Store.Fetch(ctx, s)
}

func (v *reviewing) refusals(id plan.ID) {
	v.Helper()
	now := v.stored(id)
	old := now.Version - 1
	for _, c := range []struct {
		what string
		r    register.Review
		code plan.Code
		path string
	}{
		{"nobody's review", register.Review{Link: id, By: " "}, plan.BadUserInput, "by"},
		{"a review tomorrow", register.Review{Link: id, By: "甲", On: "2190-01-01"}, plan.BadUserInput, "on"},
		{"a review on no day", register.Review{Link: id, By: "甲", On: "昨天"}, plan.BadUserInput, "on"},
		{"a review of a plan", register.Review{Link: "plan:u", By: "甲"}, plan.BadUserInput, "id"},
		{"a review of no link", register.Review{Link: plan.LinkID(plan.Obeys, "plan:u", "plan:l"), By: "甲"}, plan.NotFound, string(plan.LinkID(plan.Obeys, "plan:u", "plan:l"))},
		{"a review of what has changed", register.Review{Link: id, By: "甲", Expect: &old}, plan.Conflict, string(id) + ".version"},
	} {
		if _, err := v.ReviewLink(v.Context(), c.r); plan.CodeOf(err) != c.code || !strings.HasPrefix(err.Error(), c.path+": ") {
			v.Errorf("%s: %v, wanted %s at %s", c.what, err, c.code, c.path)
		}
	}
	if again, err := v.ReviewLink(v.Context(), register.Review{Link: id, By: "某厅", Note: "一致", Expect: &old}); err != nil || again.Revision != v.revision() {
		v.Errorf("the same review again: %+v, %v", again, err)
	}
	if after := v.stored(id); after.Version != now.Version {
		v.Errorf("refused reviews, and one that was there, make version %d of %d", after.Version, now.Version)
	}
}

// servers: what another register or nobody checks is caught up with, once, and what one says does not undo what the other says.
func (v *reviewing) servers(l *plan.Link) {
	v.Helper()
	other := register.New(v.store)
	check := func(r *register.Register) {
		v.Helper()
		if _, err := r.Check(v.Context(), nil); err != nil {
			v.Fatal(err)
		}
	}
	check(other)
	before := v.stored(l.ID)
	task := v.object("task:u/t")
	if _, err := other.Change(v.Context(), plan.ChangeSet{Ops: upserts([]plan.Object{noted(v.T, task, "另")})}); err != nil {
		v.Fatal(err)
	}
	check(v.Register)
	if now := v.suspect("a change by another register", l.ID, plan.FromEnd); now.Version != before.Version+1 {
		v.Errorf("two registers make version %d of %d, wanted one more", now.Version, before.Version)
	}
	for _, r := range []*register.Register{v.Register, register.New(v.store)} {
		if _, err := v.store.Apply(v.Context(), plan.ChangeSet{Ops: upserts([]plan.Object{task})}); err != nil { // and the server falls over
			v.Fatal(err)
		}
		v.suspect("a change that nobody has checked", l.ID, plan.FromEnd)
		check(r)
		v.reviewed("a check of what was changed", l.ID)
		check(other)
		if _, err := v.store.Apply(v.Context(), plan.ChangeSet{Ops: upserts([]plan.Object{noted(v.T, task, "另")})}); err != nil {
			v.Fatal(err)
		}
		check(r)
		v.suspect("a check of another change", l.ID, plan.FromEnd)
	}
	if _, err := other.ReviewLink(v.Context(), register.Review{Link: l.ID, By: "某厅", Note: "一致"}); err != nil {
		v.Fatal(err)
	}
	check(v.Register)
	v.reviewed("a review by another register", l.ID)
	v.change(task)
	check(other)
	v.suspect("a change after that", l.ID, plan.FromEnd)
	v.review(l.ID)
}

// keys: an upsert neither clears a suspicion nor takes the review away, and the same key stands for the same upsert whatever became of the
// link.
func (v *reviewing) keys(l *plan.Link) {
	v.Helper()
	day := v.stored(l.ID).ReviewedAt
	cs := func() plan.ChangeSet {
		again := *l
		again.Article, again.State, again.ReviewedAt = "第十三条", plan.Reviewed, day
		return plan.ChangeSet{Key: "article", Ops: upserts([]plan.Object{&again})}
	}
	first, err := v.Change(v.Context(), cs())
	if err != nil {
		v.Fatal(err)
	}
	if now := v.reviewed("an upsert", l.ID); now.Article != "第十三条" || now.ReviewedBy != "某厅" {
		v.Errorf("an upsert leaves %s", plan.Marshal(now))
	}
	task := v.object("task:u/t")
	v.change(noted(v.T, task, "另"))
	if again, err := v.Change(v.Context(), cs()); err != nil || again.Revision != first.Revision {
		v.Errorf("the same key again gives %+v, %v, wanted revision %d", again, err, first.Revision)
	}
	same := cs()
	same.Key = ""
	if _, err := v.Change(v.Context(), same); err != nil {
		v.Fatal(err)
	}
	v.suspect("an upsert that says REVIEWED", l.ID, plan.FromEnd)
	version := v.stored(l.ID).Version - 1
	stale := cs()
	stale.Key, stale.Ops[0].Expect = "", &version
	if _, err := v.Change(v.Context(), stale); plan.CodeOf(err) != plan.Conflict {
		v.Errorf("an upsert of an old version: %v, wanted CONFLICT", err)
	}
	other := cs()
	other.Key, other.Ops[0].Upsert.(*plan.Link).ReviewedAt = "", "2023-03-01"
	if _, err := v.Change(v.Context(), other); err != nil {
		v.Fatal(err)
	}
	if now := v.stored(l.ID); now.State != plan.Reviewed || now.ReviewedAt != "2023-03-01" || now.ReviewedBy != "" || now.FromReviewed == "" {
		v.Errorf("an upsert with a review of its own leaves %s", plan.Marshal(now))
	}
	raised := cs()
	raised.Key, raised.Ops[0].Upsert.(*plan.Link).ReviewedAt, raised.Ops[0].Upsert.(*plan.Link).State = "", "2023-03-01", plan.Suspect
	if _, err := v.Change(v.Context(), raised); err != nil {
		v.Fatal(err)
	}
	if now := v.stored(l.ID); now.State != plan.Suspect || now.Suspect != plan.FromEnd {
		v.Errorf("a suspicion that somebody raises leaves %s", plan.Marshal(now))
	}
	v.change(task)
	v.review(l.ID)
	v.reviewed("a review of a raised suspicion", l.ID)
}

// newer: a superior text that comes out after the review re-opens the link, and a review on an earlier day does not help.
func (v *reviewing) newer(l *plan.Link) {
	v.Helper()
	u := v.object("plan:u").(*plan.Plan)
	u.Series = "s"
	v.change(u)
	if _, err := v.ReviewLink(v.Context(), register.Review{Link: l.ID, By: "某厅", On: "2022-06"}); err != nil {
		v.Fatal(err)
	}
	v.reviewed("a review in 2022", l.ID)
	again := v.plan("u2").(*plan.Plan)
	again.Series, again.IssuedAt = "s", "2023-05"
	out, err := v.Change(v.Context(), plan.ChangeSet{Ops: upserts([]plan.Object{again})})
	if err != nil {
		v.Fatal(err)
	}
	found := slices.ContainsFunc(out.Opened, func(id plan.ID) bool { return strings.Contains(string(id), "r16") })
	if !found {
		v.Errorf("a later superior text opens %v, wanted a finding of R16", out.Opened)
	}
	v.suspect("a later superior text", l.ID, plan.FromEnd)
	_, err = v.ReviewLink(v.Context(), register.Review{Link: l.ID, By: "某厅", On: "2022-07"})
	if plan.CodeOf(err) != plan.BadUserInput || !strings.Contains(err.Error(), "plan:u2") {
		v.Errorf("a review before the superior text: %v, wanted BAD_USER_INPUT that names it", err)
	}
	v.suspect("a refused review", l.ID, plan.FromEnd)
	again.IssuedAt = "2022-05"
	v.change(again)
	v.reviewed("a superior text that came out earlier", l.ID)
	again.IssuedAt = "2023-05"
	v.change(again)
	v.suspect("a superior text that came out later", l.ID, plan.FromEnd)
	done := v.review(l.ID)
	if len(done.Closed) != 1 || !strings.Contains(string(done.Closed[0]), "r16") {
		v.Errorf("the review closes %v, wanted the finding of R16", done.Closed)
	}
	v.reviewed("a review after the superior text", l.ID)
	v.remove("plan:u2")
	v.reviewed("the end of the superior text", l.ID)
}
