package storetest

import (
	"slices"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// blocks is enough that every word of every enum, every form of a quantity and every kind that a
// link can join is among the filled objects.
const blocks = 6

func roundTrip(s *suite) {
	start := time.Now().Add(-time.Minute)
	stated := map[*plan.Field]bool{}
	want := map[plan.ID]plan.Object{}
	for block := range blocks {
		world := World(block)
		s.apply(upsertAll(world...)...)
		for _, o := range world {
			want[o.Base().ID] = o
			for _, f := range plan.KindFor(o).Fields {
				if cell := f.Get(o); cell != nil && cell != false {
					stated[f] = true
				}
			}
		}
	}
	for _, k := range plan.Kinds() {
		for _, f := range k.Fields {
			if !stated[f] && f.Type != plan.Time && f.Name != "version" {
				s.Errorf("%s.%s is stated by no filled object: the suite would not see it lost", k, f.Name)
			}
		}
		level := s.fetch(&query.Selection{Of: []query.Shape{query.Whole(k)}}).Root
		if len(level.Items) != blocks*BlockSize {
			s.Fatalf("%s: saw %d objects, wanted %d", k, len(level.Items), blocks*BlockSize)
		}
		for _, item := range level.Items {
			got, err := level.Tables[0].Object(int(item.Row))
			if err != nil {
				s.Fatal(err)
			}
			m := got.Base()
			if m.Version != 1 || m.CreatedAt.Before(start) || !m.CreatedAt.Equal(m.UpdatedAt) {
				s.Errorf("%s: saw version %d, created %v, updated %v, wanted version 1 of now", m.ID, m.Version, m.CreatedAt, m.UpdatedAt)
			}
			m.Version, m.CreatedAt, m.UpdatedAt = 0, time.Time{}, time.Time{}
			s.same(string(m.ID), got, want[m.ID])
		}
	}
}

// unset takes away, one after the other, all that is not required of each object.
func unset(s *suite) {
	s.apply(upsertAll(World(0)...)...)
	for _, k := range plan.Kinds() {
		for _, name := range optional(k) {
			o := Fill(k, 0)
			if f := k.Field(name); f != nil {
				if err := f.Set(o, nil); err != nil {
					s.Fatal(err)
				}
			} else {
				k.Edge(name).Set(o, nil)
			}
			plan.Normalize(o)
			if plan.Validate(o) != nil {
				continue // a member that others of the object rest on
			}
			s.apply(upsert(o))
			got := s.object(o.Base().ID)
			s.same(k.Name+" without "+name, string(plan.Marshal(got)), string(plan.Marshal(o)))
		}
	}
}

func optional(k *plan.Kind) []string {
	var names []string
	for _, f := range k.Fields {
		if !f.Required && !slices.Contains([]string{"id", "code", "version", "createdAt", "updatedAt"}, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, e := range k.Edges {
		if !e.Required {
			names = append(names, e.Name)
		}
	}
	return names
}
