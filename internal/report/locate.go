package report

import (
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/plan"
)

// Position is a place in a plan document; line and column count from one, the column in characters.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) String() string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// anchor is what a finding points to: an object, and the field that states the figure.
type anchor struct {
	Ref
	field string
}

// anchors are what the finding rests on, the part of the plan that yields first: that is where someone will have to write. They are
// never none, unless the finding is about no plan.
func (f *Finding) anchors() []anchor {
	var all []anchor
	for _, e := range f.Evidence {
		if e.Object == "" || slices.ContainsFunc(all, func(a anchor) bool { return a.ID == e.Object }) {
			continue
		}
		all = append(all, anchor{f.named(e.Object), e.Field})
	}
	if len(all) == 0 {
		for _, p := range f.Plans {
			all = append(all, anchor{Ref: p})
		}
	}
	if yields := f.Yields.Plan; yields != nil {
		slices.SortStableFunc(all, func(a, b anchor) int { return order(within(a.ID, yields.ID), within(b.ID, yields.ID)) })
	}
	return all
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// within says whether an object is a plan or a part of it.
func within(object, of plan.ID) bool {
	return object == of || strings.HasPrefix(object.Code(), of.Code()+"/")
}

// named is an object with its title, as far as the finding knows it.
func (f *Finding) named(id plan.ID) Ref {
	for _, known := range [][]Ref{f.About, f.Plans} {
		for _, ref := range known {
			if ref.ID == id {
				return ref
			}
		}
	}
	return Ref{ID: id}
}

// locate finds an object in the documents that were checked, if any were.
func (r *Report) locate(id plan.ID, field string) (Position, bool) {
	if r.locating == nil {
		return Position{}, false
	}
	return r.locating(id, field)
}

// place is where the documents state what a finding points to first, "" when they don't.
func (r *Report) place(f *Finding) string {
	for _, a := range f.anchors() {
		if p, ok := r.locate(a.ID, a.field); ok {
			return p.String()
		}
	}
	return ""
}
