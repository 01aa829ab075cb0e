package neo4j

import (
	"strings"
	"unicode/utf8"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// term is one property that a level is ordered by. The id stands behind all of them always.
type term struct {
	property
	sort bool // by the sort property, which is never absent; else by the field's own
	desc bool
	at   int // place of the field in the order asked for
}

// ordering is the order of a level of one kind.
type ordering struct {
	fields int // of the order asked for
	terms  []term
	id     property
}

func (sh *shape) ordering(order []query.Order) (ordering, error) {
	o := ordering{fields: len(order), id: sh.fields[sh.kind.Field("id")]}
	for i, by := range order {
		p, err := sh.property(by.Field)
		if err != nil {
			return o, err
		}
		if p.total {
			o.terms = append(o.terms, term{property: p, sort: true, desc: by.Desc, at: i})
		}
		if !p.total || !p.exact {
			o.terms = append(o.terms, term{property: p, desc: by.Desc, at: i})
		}
	}
	return o, nil
}

// expression is what is sorted by; the database sorts stored texts by code point.
func (t term) expression(v string) string {
	if t.sort {
		return v + "." + quote(t.property.sort)
	}
	return t.plain(v)
}

// by is the ORDER BY list over v, turned round for backward. The database, too, takes what is not
// stated for the largest.
func (o ordering) by(v string, backward bool) string {
	var b strings.Builder
	for _, t := range o.terms {
		b.WriteString(t.expression(v))
		if t.desc != backward {
			b.WriteString(" DESC")
		}
		b.WriteString(", ")
	}
	b.WriteString(v + ".`id`")
	if backward {
		b.WriteString(" DESC")
	}
	return b.String()
}

// beyond is the condition that v stands after the position, or before it when backward.
func (o ordering) beyond(c *compiler, v string, at *query.Position, backward bool) (string, error) {
	if len(at.Values) != o.fields {
		return "", unfit("cursor", "saw a position of %d values, wanted %d", len(at.Values), o.fields)
	}
	than := query.GT
	if backward {
		than = query.LT
	}
	id := text(string(at.ID))
	condition := c.than(o.id.compared(v), than, id)
	if len(o.terms) == 0 {
		return and(c.idRange(v, than, id), condition), nil
	}
	for i := len(o.terms) - 1; i >= 0; i-- {
		t := o.terms[i]
		value := at.Values[t.at]
		if value != nil {
			var err error
			if value, err = comparable(t.field, value); err != nil {
				return "", err
			}
		}
		if invalid, ok := value.(string); ok {
			value = text(invalid)
		}
		strictly, equal := c.beyondTerm(t, v, value, backward)
		condition = "(" + strictly + " OR (" + equal + " AND " + condition + "))"
		if i == 0 && t.sort {
			// Says nothing new, but an index can be read from there.
			op := query.GE
			if t.desc != backward {
				op = query.LE
			}
			condition = t.expression(v) + " " + string(op) + " " + c.arg(t.sortValue(value)) + " AND " + condition
		}
	}
	return condition, nil
}

func (c *compiler) beyondTerm(t term, v string, value any, backward bool) (strictly, equal string) {
	e := t.expression(v)
	op := query.GT
	if t.desc != backward {
		op = query.LT
	}
	switch {
	case t.sort:
		bound := c.arg(t.sortValue(value))
		return e + " " + string(op) + " " + bound, e + " = " + bound
	case value == nil && op == query.LT:
		return e + " IS NOT NULL", e + " IS NULL"
	case value == nil:
		return never, e + " IS NULL"
	}
	equal = e + " = " + c.arg(value)
	strictly = c.than(t.compared(v), op, value)
	if op == query.GT && t.field.Name != "id" && t.field.Type != plan.Bool {
		strictly = "(" + strictly + " OR " + e + " IS NULL)"
	}
	return strictly, equal
}

// idRange says no more than the comparison with the id, but an index can be read from there. It
// ends before the first character that the database compares in two ways.
func (c *compiler) idRange(v string, op query.Op, id string) string {
	if special := strings.IndexFunc(id, func(r rune) bool { return r >= 0xe000 }); special >= 0 {
		id = id[:special]
		if op == query.LT {
			var ok bool
			if id, ok = following(id); !ok || !utf8.ValidString(id) {
				return always
			}
		}
	}
	return v + ".`id` " + string(op) + "= " + c.arg(id)
}
