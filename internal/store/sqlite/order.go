package sqlite

import (
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// ordering is the order of a level of one kind, as SQL. The id stands behind it always.
type ordering struct {
	t     *table
	terms []term
}

type term struct {
	column   string
	field    *plan.Field
	desc     bool
	nullable bool
}

func (t *table) ordering(order []query.Order) (ordering, error) {
	o := ordering{t: t}
	for _, by := range order {
		columns, err := t.columnsOf(by.Field)
		if err != nil {
			return o, err
		}
		o.terms = append(o.terms, term{columns.sort, by.Field, by.Desc, nullable(by.Field)})
	}
	return o, nil
}

// nullable says whether a stored object may lack the field. One that is required now may have been
// optional when an object was stored.
func nullable(f *plan.Field) bool {
	switch f.Name {
	case "id", "code", "version", "createdAt", "updatedAt":
		return false
	}
	return f.Type != plan.Bool
}

// by is the ORDER BY list over alias, turned round for backward.
func (o ordering) by(alias string, backward bool) string {
	var b strings.Builder
	for _, t := range o.terms {
		b.WriteString(alias + t.column)
		desc := t.desc != backward
		if desc {
			b.WriteString(" DESC")
		}
		switch {
		case t.nullable && desc:
			b.WriteString(" NULLS FIRST")
		case t.nullable:
			b.WriteString(" NULLS LAST")
		}
		b.WriteString(", ")
	}
	b.WriteString(alias + `"id"`)
	if backward {
		b.WriteString(" DESC")
	}
	return b.String()
}

// beyond is the condition that a row stands after the position, or before it when backward.
func (o ordering) beyond(c *compiler, alias string, at *query.Position, backward bool) (string, error) {
	if len(at.Values) != len(o.terms) {
		return "", unfit("cursor", "saw a position of %d values, wanted %d", len(at.Values), len(o.terms))
	}
	than := ">"
	if backward {
		than = "<"
	}
	condition := alias + `"id" ` + than + " " + c.arg(string(at.ID))
	for i := len(o.terms) - 1; i >= 0; i-- {
		strictly, equal, err := o.terms[i].beyond(c, alias, at.Values[i], backward)
		if err != nil {
			return "", err
		}
		condition = "(" + strictly + " OR (" + equal + " AND " + condition + "))"
	}
	return condition, nil
}

func (t term) beyond(c *compiler, alias string, value any, backward bool) (strictly, equal string, err error) {
	column := alias + t.column
	desc := t.desc != backward
	if value == nil {
		equal = column + " IS NULL"
		if desc {
			return column + " IS NOT NULL", equal, nil
		}
		return never, equal, nil
	}
	value, err = comparable(t.field, value)
	if err != nil {
		return "", "", err
	}
	v := c.arg(value)
	equal = column + " = " + v
	switch {
	case desc:
		return column + " < " + v, equal, nil
	case t.nullable:
		return "(" + column + " > " + v + " OR " + column + " IS NULL)", equal, nil
	}
	return column + " > " + v, equal, nil
}

// ranges cut the rows beyond a position along the first term, in order, so that an index finds
// where each begins: a stated value, then those not stated. They say nothing new, so they stand
// beside beyond.
func (o ordering) ranges(c *compiler, alias string, at *query.Position, backward bool) ([]string, error) {
	if len(o.terms) == 0 {
		return []string{always}, nil
	}
	t := o.terms[0]
	column := alias + t.column
	desc := t.desc != backward
	if at.Values[0] == nil {
		if desc {
			return []string{column + " IS NULL", column + " IS NOT NULL"}, nil
		}
		return []string{column + " IS NULL"}, nil
	}
	value, err := comparable(t.field, at.Values[0])
	if err != nil {
		return nil, err
	}
	v := c.arg(value)
	switch {
	case desc:
		return []string{column + " <= " + v}, nil
	case t.nullable:
		return []string{column + " >= " + v, column + " IS NULL"}, nil
	}
	return []string{column + " >= " + v}, nil
}
