// Package storetest is the one suite that every store passes. It knows the port and the model's
// description, and no store: what it asks of one it asks of all.
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return open(t) })
//	}
package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// Run runs the suite. Open gives an empty store and sees to its closing.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	topics := []struct {
		name string
		test func(*suite)
	}{
		{"every field round-trips", roundTrip},
		{"fields can be unset again", unset},
		{"order", order},
		{"filters", filters},
		{"pages", pages},
		{"pages stand still under inserts", pagesUnderInserts},
		{"ids", byIDs},
		{"several kinds", severalKinds},
		{"edges", edges},
		{"some and none", someAndNone},
		{"pages below", pagesBelow},
		{"statements", statements},
		{"search", search},
		{"search follows changes", searchFollows},
		{"paths", paths},
		{"upserts", upserts},
		{"versions", versions},
		{"removals", removals},
		{"references are let go", letGo},
		{"dangling references", dangling},
		{"invalid sets", invalid},
		{"ops in order", opsInOrder},
		{"idempotency keys", idempotency},
		{"change log", changeLog},
		{"history", history},
		{"revisions", revisions},
		{"health", health},
		{"cancelled contexts", cancelled},
		{"unicode", unicodeTexts},
		{"hostile strings", hostile},
		{"large filters", largeFilters},
		{"ten thousand objects", tenThousand},
		{"writers at once", writers},
		{"two editors", twoEditors},
		{"readers see whole sets", readersSeeWholeSets},
		{"any selection as the model answers it", anySelection},
	}
	for _, topic := range topics {
		t.Run(topic.name, func(t *testing.T) { topic.test(&suite{T: t, store: open(t)}) })
	}
}

// suite is one topic's test with a store of its own.
type suite struct {
	*testing.T
	store store.Store
}

// apply applies ops that must succeed.
func (s *suite) apply(ops ...plan.Op) plan.Revision {
	s.Helper()
	at, err := s.store.Apply(s.Context(), plan.ChangeSet{Actor: "suite", Ops: ops})
	if err != nil {
		s.Fatalf("apply: %v", err)
	}
	return at
}

// refuse applies a set that must fail with the code and leave the register as it is.
func (s *suite) refuse(code plan.Code, cs plan.ChangeSet) error {
	s.Helper()
	before := s.revision()
	_, err := s.store.Apply(s.Context(), cs)
	if err == nil {
		s.Fatalf("apply succeeded, wanted %s", code)
	}
	if got := plan.CodeOf(err); got != code {
		s.Fatalf("saw %s (%v), wanted %s", got, err, code)
	}
	if after := s.revision(); after != before {
		s.Fatalf("a refused set moved the register from revision %d to %d", before, after)
	}
	return err
}

func (s *suite) fetch(sel *query.Selection) *query.Result {
	s.Helper()
	return s.fetchIn(s.Context(), sel)
}

func (s *suite) fetchIn(ctx context.Context, sel *query.Selection) *query.Result {
	s.Helper()
	result, err := s.store.Fetch(ctx, sel)
	if err != nil {
		s.Fatalf("fetch: %v", err)
	}
	return result
}

func (s *suite) revision() plan.Revision {
	s.Helper()
	return s.fetch(&query.Selection{IDs: []plan.ID{}, Of: []query.Shape{{Kind: kind("Plan")}}}).Revision
}

// object reads one object whole, nil when there is none.
func (s *suite) object(id plan.ID) plan.Object {
	s.Helper()
	level := s.fetch(&query.Selection{IDs: []plan.ID{id}, Of: []query.Shape{query.Whole(plan.KindOf(id))}}).Root
	if level.Items[0] == query.Missing {
		return nil
	}
	o, err := level.Tables[0].Object(int(level.Items[0].Row))
	if err != nil {
		s.Fatal(err)
	}
	return o
}

func (s *suite) version(id plan.ID) int64 {
	s.Helper()
	if o := s.object(id); o != nil {
		return o.Base().Version
	}
	return 0
}

// ids reads a root level and gives the ids in their order.
func (s *suite) ids(sel query.Selection) []plan.ID {
	s.Helper()
	return idsOf(s.fetch(withID(sel)).Root, 0)
}

// list is the ids of all objects of a kind that pass the filter.
func (s *suite) list(k *plan.Kind, f query.Filter) []plan.ID {
	s.Helper()
	return s.ids(query.Selection{Filter: f, Of: []query.Shape{{Kind: k}}})
}

func (s *suite) same(what string, got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

// withID selects the id where a shape selects nothing.
func withID(sel query.Selection) *query.Selection {
	of := make([]query.Shape, len(sel.Of))
	for i, shape := range sel.Of {
		if shape.Columns == nil {
			shape.Columns = []*plan.Field{shape.Kind.Field("id")}
		}
		of[i] = shape
	}
	sel.Of = of
	return &sel
}

// idsOf are the ids of a parent's items; "" stands for a missing one.
func idsOf(level *query.Level, parent int) []plan.ID {
	ids := []plan.ID{}
	for _, item := range level.Of(parent) {
		if item == query.Missing {
			ids = append(ids, "")
			continue
		}
		table := level.Tables[item.Table]
		cell, _ := table.Cell(int(item.Row), table.Column("id"))
		ids = append(ids, plan.ID(cell))
	}
	return ids
}

func kind(name string) *plan.Kind { return plan.KindNamed(name) }

func upsert(o plan.Object) plan.Op { return plan.Op{Upsert: o} }

func upsertAll(objects ...plan.Object) []plan.Op {
	ops := make([]plan.Op, len(objects))
	for i, o := range objects {
		ops[i] = upsert(o)
	}
	return ops
}

func expect(v int64) *int64 { return &v }
