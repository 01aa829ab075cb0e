package registertest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

// ImportsReviews imports what a register has exported, and other documents, over links that were reviewed since.
func ImportsReviews(t *testing.T, s store.Store) {
	v := &reviewing{answers{T: t, store: s, Register: register.New(s)}}
	v.change(append(vocabulary(), v.plan("u"), v.plan("l"), v.plan("m"))...)
	v.change(v.elements("u")...)
	unreviewed := v.export()
	obeys, with := v.link(plan.Obeys, "plan:l", "plan:u"), v.link(plan.CoordinatesWith, "plan:m", "plan:u")
	v.change(noted(t, v.object("goal:u/g"), "另"))
	v.review(with.ID)
	v.suspect("a change", obeys.ID, plan.FromEnd)
	before := map[plan.ID]string{}
	for _, l := range []*plan.Link{obeys, with} {
		before[l.ID] = string(plan.Marshal(v.stored(l.ID)))
	}
	same := func(after string) {
		t.Helper()
		for id, want := range before {
			if diff := cmp.Diff(want, string(plan.Marshal(v.stored(id)))); diff != "" {
				t.Errorf("after %s: %s", after, diff)
			}
		}
	}
	exported := v.export()
	nothing := func(after string, docs []*document.Document) {
		t.Helper()
		at := v.revision()
		if done := v.imported(docs); done.Added+done.Changed != 0 || v.revision() != at {
			t.Errorf("%s: %d added, %d changed, revision %d became %d, wanted nothing", after, done.Added, done.Changed, at, v.revision())
		}
		same(after)
	}
	nothing("an import of what was exported", exported())
	nothing("an import of documents without the links", v.text("l", ""))
	day := v.stored(obeys.ID).ReviewedAt
	for what, review := range map[string]string{
		"no review":            "",
		"the same review":      "state: REVIEWED, reviewedAt: " + string(day) + ", ",
		"an earlier review":    "state: REVIEWED, reviewedAt: 2022-03, ",
		"a review on no day":   "state: REVIEWED, ",
		"an earlier suspicion": "state: SUSPECT, reviewedAt: 2022-03, ",
	} {
		docs := v.text("l", "links: [{type: OBEYS, "+review+"to: u}]")
		if dry, err := v.Import(t.Context(), document.Of(docs...), register.ImportOptions{DryRun: true}); err != nil || dry.Changed != 0 {
			t.Errorf("%s, tried: %+v, %v", what, dry, err)
		}
		nothing("an import of "+what, docs)
	}

	v.looked(obeys)
	v.change(v.elements("u")...)
	v.reviewed("a change back", obeys.ID)
	v.suspect("a change back", with.ID, plan.BothEnds)
	v.remove("plan:u")
	v.imported(exported())
	same("an import where nothing was left")
	v.imported(unreviewed())
	v.reviewed("an import of what was there at first", obeys.ID)

	v.imported(v.text("l", "links: [{type: OBEYS, state: REVIEWED, reviewedAt: 2190-01-01, reviewedBy: 乙, to: u}]"))
	if now := v.reviewed("an import of a later review", obeys.ID); now.ReviewedAt != "2190-01-01" || now.ReviewedBy != "乙" || now.ReviewNote != "" {
		t.Errorf("a later review leaves %s", plan.Marshal(now))
	}
	v.change(noted(t, v.object("goal:u/g"), "再"))
	if now := v.stored(obeys.ID); now.State != plan.Suspect {
		t.Errorf("a change after an imported review leaves %s", plan.Marshal(now))
	}
}

// looked: documents are looked at as an import would leave them. The superior text came out after the plan and before the review.
func (v *reviewing) looked(l *plan.Link) {
	v.Helper()
	u := v.object("plan:u").(*plan.Plan)
	before := u.IssuedAt
	u.IssuedAt = "2021-12"
	v.change(u)
	docs := v.text("l", "links: [{type: OBEYS, to: u}]")
	for what, put := range map[string][]plan.Object{"a document without a review": docs[0].Objects, "one with an earlier review": {&plan.Link{
		Meta: plan.Meta{ID: l.ID, Code: l.ID.Local()}, Type: l.Type, State: plan.Reviewed, ReviewedAt: "2021-06", From: l.From, To: l.To,
	}}} {
		run, err := v.EvaluateWith(v.Context(), put, coherence.Options{})
		if err != nil {
			v.Fatal(err)
		}
		for _, f := range run.Findings {
			if f.Rule == "R16" {
				v.Errorf("%s over a reviewed link is told %s", what, f.Message)
			}
		}
	}
	without, err := v.Digest(v.Context(), nil)
	if err != nil {
		v.Fatal(err)
	}
	with, err := v.Digest(v.Context(), docs[0].Objects)
	if err != nil {
		v.Fatal(err)
	}
	if *with != *without {
		v.Errorf("the digest with a document that changes nothing is %+v, wanted %+v", with, without)
	}
	u.IssuedAt = before
	v.change(u)
}

// export gives the register as documents, anew each time.
func (v *reviewing) export() func() []*document.Document {
	v.Helper()
	files, err := v.Export(v.Context(), nil)
	if err != nil {
		v.Fatal(err)
	}
	return func() []*document.Document {
		var docs []*document.Document
		for _, f := range files {
			docs = append(docs, parsed(v.T, f.Name, string(f.Data)))
		}
		return docs
	}
}

func parsed(t *testing.T, name, text string) *document.Document {
	t.Helper()
	doc, errs := document.Parse(name, []byte(text))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	return doc
}

// text is the document of a plan with something behind its header.
func (v *reviewing) text(code, more string) []*document.Document {
	v.Helper()
	return []*document.Document{parsed(v.T, code+".yaml", fmt.Sprintf(
		"plan: {code: %s, title: 规划%s, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, issuedAt: 2021-01, region: r1}\n%s\n", code, code, more))}
}

func (v *reviewing) imported(docs []*document.Document) *register.Imported {
	v.Helper()
	done, err := v.Import(v.Context(), document.Of(docs...), register.ImportOptions{})
	if err != nil {
		v.Fatal(err)
	}
	return done
}
