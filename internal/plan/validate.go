package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"xianjie/internal/quantity"
)

// Most of what a text field may hold, in bytes; a longer text is no plan's phrase.
const maxText = 100_000

// Normalize fills what follows from the rest: the code from the id, a link's id and state, an
// unstated nature, a finding's state.
func Normalize(o Object) {
	m := o.Base()
	switch o := o.(type) {
	case *Link:
		if m.ID == "" {
			m.ID = LinkID(o.Type, o.From, o.To)
		}
		if o.State == "" {
			o.State = Unreviewed
		}
	case *Target:
		if o.Nature == "" {
			o.Nature = Unstated
		}
	case *Finding:
		if o.State == "" {
			o.State = FindingOpen
		}
	}
	if m.Code == "" {
		m.Code = m.ID.Local()
	}
}

// Validate lists everything that is wrong with an object by itself, each with the object's id and
// field as path. Whether what it refers to exists is for the store.
func Validate(o Object) Errors {
	v := validation{object: o, kind: KindFor(o)}
	v.id()
	for _, f := range v.kind.Fields {
		v.field(f)
	}
	v.groups()
	for _, e := range v.kind.Edges {
		v.edge(e)
	}
	v.rules()
	return v.errs
}

// Validate lists everything that is wrong with the set by itself, in the order of its ops.
func (cs ChangeSet) Validate() Errors {
	var errs Errors
	for i, op := range cs.Ops {
		path := fmt.Sprintf("ops[%d]", i)
		switch {
		case op.Upsert != nil && op.Remove != "":
			errs = append(errs, Errorf(BadUserInput, path, "saw an upsert and a removal in one, wanted either"))
		case op.Upsert != nil:
			errs = append(errs, Validate(op.Upsert)...)
		case KindOf(op.Remove) == nil:
			errs = append(errs, Errorf(BadUserInput, path, "saw id %q, wanted the id of an object", op.Remove))
		}
	}
	return errs
}

type validation struct {
	object Object
	kind   *Kind
	errs   Errors
}

func (v *validation) fail(field, format string, args ...any) {
	path := string(v.object.Base().ID)
	if path == "" {
		path = v.kind.Prefix
	}
	if field != "" {
		path += "." + field
	}
	v.errs = append(v.errs, Errorf(BadUserInput, path, format, args...))
}

func (v *validation) id() {
	m := v.object.Base()
	switch {
	case !m.ID.Valid() || m.ID.Prefix() != v.kind.Prefix:
		v.fail("id", "saw %q, wanted %s:code with letters, digits and . _ ~ - / of at most %d bytes", m.ID, v.kind.Prefix, maxID)
	case m.Code != m.ID.Local():
		v.fail("code", "saw %q, wanted %q as the id says", m.Code, m.ID.Local())
	}
}

func (v *validation) field(f *Field) {
	cell := f.Get(v.object)
	if cell == nil {
		if f.Required && f.Type != Bool {
			v.fail(f.Name, "is missing")
		}
		return
	}
	text, ok := cell.(string)
	if !ok {
		return
	}
	switch {
	case len(text) > maxText:
		v.fail(f.Name, "saw a text of %d bytes, wanted at most %d", len(text), maxText)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		v.fail(f.Name, "saw bytes that are no UTF-8 text")
	case f.Enum != nil && !slices.Contains(f.Enum, text):
		v.fail(f.Name, "saw %q, wanted one of %s", text, strings.Join(f.Enum, " "))
	case f.Date:
		if _, err := ParseDate(text); err != nil {
			v.fail(f.Name, "%v", err)
		}
	}
}

// groups refuses a value object whose first member is missing: that one says whether it is there.
func (v *validation) groups() {
	var first *Field
	for _, f := range v.kind.Fields {
		group, _, ok := strings.Cut(f.Name, ".")
		if !ok {
			continue
		}
		if first == nil || !strings.HasPrefix(first.Name, group+".") {
			first = f
		}
		cell := f.Get(v.object)
		if cell != nil && cell != false && first.Get(v.object) == nil {
			v.fail(first.Name, "is missing beside %s", f.Name)
			return
		}
	}
}

func (v *validation) edge(e *Edge) {
	ids := e.Get(v.object)
	if len(ids) == 0 && e.Required {
		v.fail(e.Name, "is missing")
	}
	for i, id := range ids {
		switch {
		case !id.Valid() || !slices.Contains(e.To, KindOf(id)):
			v.fail(e.Name, "saw %q, wanted the id of a %s", id, kindNames(e.To))
		case id == v.object.Base().ID:
			v.fail(e.Name, "points to the object itself")
		case slices.Contains(ids[:i], id):
			v.fail(e.Name, "names %s twice", id)
		}
	}
}

// rules are those that concern more than one member.
func (v *validation) rules() {
	switch o := v.object.(type) {
	case *Plan:
		v.ordered("periodEnd", o.PeriodStart, o.PeriodEnd)
	case *Project:
		v.ordered("end", o.Start, o.End)
		v.quantity("investment", o.Investment)
	case *Observation:
		v.ordered("periodEnd", o.PeriodStart, o.PeriodEnd)
		v.quantity("quantity", o.Quantity)
	case *Demand:
		v.quantity("quantity", o.Quantity)
	case *Target:
		v.quantity("quantity", o.Quantity)
		if o.YearStart != 0 && (o.Year == 0 || o.YearStart > o.Year) {
			v.fail("yearStart", "saw a span from %d to %d, wanted a start before its end", o.YearStart, o.Year)
		}
		v.year("year", o.Year)
		v.year("yearStart", o.YearStart)
	case *Goal:
		v.year("year", o.Year)
	case *Indicator:
		if o.Unit != "" {
			if u, ok := quantity.UnitByName(o.Unit); !ok || u.Name != o.Unit {
				v.fail("unit", "saw unit %q, wanted the name of one in the unit table", o.Unit)
			}
		}
	case *Link:
		v.link(o)
	case *Finding:
		if o.YieldsPlan != "" && o.Yields.Reason == "" {
			v.fail("yields.reason", "is missing beside yields.plan")
		}
	}
	if owner := v.kind.Owner(); owner != nil {
		v.owned(owner)
	}
}

func (v *validation) owned(owner *Edge) {
	ids := owner.Get(v.object)
	id := v.object.Base().ID
	if len(ids) == 1 && !strings.HasPrefix(id.Code(), ids[0].Code()+"/") {
		v.fail("id", "saw %q, wanted %s:%s/… since it belongs to %s", id, v.kind.Prefix, ids[0].Code(), ids[0])
	}
}

func (v *validation) link(l *Link) {
	if want := LinkID(l.Type, l.From, l.To); l.ID != want {
		v.fail("id", "saw %q, wanted %q as its type and ends say", l.ID, want)
	}
	if l.From == l.To && l.From != "" {
		v.fail("to", "links %s to itself", l.From)
	}
	plans := l.From.Prefix() == "plan" && l.To.Prefix() == "plan"
	if l.Type.BetweenPlans() != plans && l.From != "" && l.To != "" {
		v.fail("type", "saw %s from a %s to a %s: %s", l.Type, l.From.Prefix(), l.To.Prefix(),
			"OBEYS BASED_ON COORDINATES_WITH SUPPORTS SUPERSEDES link two plans, the other types link elements")
	}
}

func (v *validation) ordered(field string, from, to Date) {
	if from.Compare(to) == After {
		v.fail(field, "saw %s, wanted a date not before the start %s", to, from)
	}
}

func (v *validation) quantity(field string, q quantity.Quantity) {
	if q.IsZero() {
		return
	}
	if err := q.Validate(); err != nil {
		v.fail(field, "%v", err)
	}
}

func (v *validation) year(field string, year int) {
	if year != 0 && (year < 1900 || year > 2200) {
		v.fail(field, "saw %d, wanted a year from 1900 to 2200", year)
	}
}

func kindNames(kinds []*Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return strings.Join(names, " or ")
}
