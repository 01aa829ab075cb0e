package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
)

// compiler turns parts of a selection into SQL. Its text is made of names of the description
// alone; what a caller gave goes into args.
type compiler struct {
	schema  *schema
	args    []any
	depth   int // of nested subqueries, which numbers their aliases
	nesting int // of the filter that is being compiled
	filters int // compiled so far
}

// What a selection may ask for; the engine's own limits lie above.
const (
	deepestFilter = 60
	deepestWalk   = 20 // of conditions on what edges reach
	mostFilters   = 5_000
)

const (
	always = "1"
	never  = "0"
)

// arg gives a parameter the value.
func (c *compiler) arg(value any) string {
	c.args = append(c.args, value)
	return fmt.Sprintf("?%d", len(c.args))
}

func unfit(path, format string, args ...any) error {
	return plan.Errorf(plan.BadUserInput, path, format, args...)
}

// filter is a condition on the row that alias names of table t.
func (c *compiler) filter(t *table, alias string, f query.Filter) (string, error) {
	c.filters++
	c.nesting++
	defer func() { c.nesting-- }()
	if c.nesting > deepestFilter || c.depth > deepestWalk || c.filters > mostFilters {
		return "", plan.Errorf(plan.ComplexityLimit, "filter", "wanted at most %d conditions, nested at most %d deep, over at most %d edges in a row",
			mostFilters, deepestFilter, deepestWalk)
	}
	switch f := f.(type) {
	case nil:
		return always, nil
	case query.And:
		return c.combine(t, alias, f, " AND ", always)
	case query.Or:
		return c.combine(t, alias, f, " OR ", never)
	case query.Not:
		inner, err := c.filter(t, alias, f.Filter)
		return "((" + inner + ") IS NOT TRUE)", err
	case query.Compare:
		return c.compare(t, alias, f)
	case query.In:
		return c.in(t, alias, f)
	case query.Null:
		columns, err := t.columnsOf(f.Field)
		if f.Not {
			return alias + columns.name + " IS NOT NULL", err
		}
		return alias + columns.name + " IS NULL", err
	case query.Related:
		return c.related(t, alias, f)
	case query.IDs:
		ids := slices.DeleteFunc(slices.Clone(f), func(id plan.ID) bool { return !id.Valid() })
		return alias + `"id" IN (SELECT value FROM json_each(` + c.arg(list(ids)) + "))", nil
	case query.Kinds:
		if slices.Contains(f, t.kind) {
			return always, nil
		}
		return never, nil
	case query.Text:
		return c.search(t, alias, f)
	}
	return "", fmt.Errorf("no way to compile a %T", f)
}

func (c *compiler) combine(t *table, alias string, filters []query.Filter, by, empty string) (string, error) {
	if len(filters) == 0 {
		return empty, nil
	}
	parts := make([]string, len(filters))
	for i, f := range filters {
		var err error
		if parts[i], err = c.filter(t, alias, f); err != nil {
			return "", err
		}
	}
	return balanced(parts, by), nil
}

// balanced joins conditions as a tree of little depth, which the engine limits.
func balanced(parts []string, by string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	half := len(parts) / 2
	return "(" + balanced(parts[:half], by) + by + balanced(parts[half:], by) + ")"
}

func (t *table) columnsOf(f *plan.Field) (fieldColumns, error) {
	columns, ok := t.fields[f]
	if !ok {
		return columns, unfit(t.kind.Name, "has no field %q", f.Name)
	}
	return columns, nil
}

// comparable is a value in the form that the field's sort column holds.
func comparable(f *plan.Field, value any) (any, error) {
	switch value := value.(type) {
	case int64:
		if f.Type == plan.Int {
			return value, nil
		}
	case bool:
		if f.Type == plan.Bool {
			return value, nil
		}
	case string:
		switch f.Type {
		case plan.Decimal:
			d, err := quantity.ParseDecimal(value)
			if err != nil {
				return nil, unfit(f.Name, "%v", err)
			}
			return d.SortKey(), nil
		case plan.String, plan.Time, plan.Strings, plan.Values:
			return value, nil
		}
	}
	return nil, unfit(f.Name, "saw %T, wanted a value of the field's type", value)
}

func (c *compiler) compare(t *table, alias string, f query.Compare) (string, error) {
	columns, err := t.columnsOf(f.Field)
	if err != nil {
		return "", err
	}
	if f.Op == query.Prefix {
		return c.prefix(f, alias+columns.name)
	}
	value, err := comparable(f.Field, f.Value)
	if err != nil {
		return "", err
	}
	switch f.Op {
	case query.EQ, query.GT, query.GE, query.LT, query.LE:
		return alias + columns.sort + " " + string(f.Op) + " " + c.arg(value), nil
	}
	return "", unfit(f.Field.Name, "saw operator %q", f.Op)
}

// prefix is a range in the order of bytes, so that an index serves it and case matters.
func (c *compiler) prefix(f query.Compare, column string) (string, error) {
	prefix, ok := f.Value.(string)
	if !ok || f.Field.Type != plan.String {
		return "", unfit(f.Field.Name, "saw a prefix %v, wanted text for a field of text", f.Value)
	}
	if prefix == "" {
		return column + " IS NOT NULL", nil
	}
	after := []byte(prefix)
	for len(after) > 0 && after[len(after)-1] == 0xff {
		after = after[:len(after)-1]
	}
	condition := column + " >= " + c.arg(prefix)
	if len(after) > 0 {
		after[len(after)-1]++
		condition += " AND " + column + " < " + c.arg(string(after))
	}
	return "(" + condition + ")", nil
}

func (c *compiler) in(t *table, alias string, f query.In) (string, error) {
	columns, err := t.columnsOf(f.Field)
	if err != nil {
		return "", err
	}
	values := make([]any, 0, len(f.Values))
	for _, given := range f.Values {
		value, err := comparable(f.Field, given)
		if err != nil {
			return "", err
		}
		switch v := value.(type) {
		case string:
			if strings.ContainsRune(v, 0) {
				continue // equals nothing stored, and json_each would cut it short
			}
		case bool:
			value = 0
			if v {
				value = 1
			}
		}
		values = append(values, value)
	}
	return alias + columns.sort + " IN (SELECT value FROM json_each(" + c.arg(list(values)) + "))", nil
}

// search asks the search table for phrases, which the tokens of the query make; quoted, no token
// can be read as the engine's own syntax.
func (c *compiler) search(t *table, alias string, f query.Text) (string, error) {
	phrases := query.Phrases(f.Query)
	if len(phrases) == 0 {
		return never, nil
	}
	if len(phrases) > mostPhrases {
		return "", unfit("search", "saw %d words, wanted at most %d", len(phrases), mostPhrases)
	}
	var match strings.Builder
	for i, tokens := range phrases {
		if i > 0 {
			match.WriteString(" AND ")
		}
		match.WriteString(`"` + strings.Join(tokens, " ") + `"`)
		if len(tokens) == 1 && singleWide(tokens[0]) {
			match.WriteString(" *")
		}
	}
	return fmt.Sprintf(`%s"_key" IN (SELECT rowid FROM "_search" WHERE "_search" MATCH %s AND rowid >= %s AND rowid < %s)`,
		alias, c.arg(match.String()), c.arg(t.low()), c.arg(t.high())), nil
}

// related is a condition on what an end reaches from the row: as a set of keys where the far side
// is filtered, so that the planner may begin there; else as a look for any.
func (c *compiler) related(t *table, alias string, f query.Related) (string, error) {
	ends := []*plan.End{f.End}
	if f.End.Union != nil {
		ends = f.End.Union
	}
	parts := make([]string, 0, len(ends))
	for _, end := range ends {
		part, err := c.reaches(t, alias, end, f.Filter)
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	condition := "(" + strings.Join(parts, " OR ") + ")"
	if f.None {
		condition = "(" + condition + " IS NOT TRUE)"
	}
	return condition, nil
}

func (c *compiler) reaches(t *table, alias string, end *plan.End, f query.Filter) (string, error) {
	if end.Kind != t.kind {
		return "", unfit(t.kind.Name, "has no edge %q", end.Name)
	}
	toOne := end.Edge != nil && !end.Edge.Many && !end.Reverse
	if f == nil && toOne {
		return alias + t.edges[end.Edge] + " IS NOT NULL", nil
	}
	c.depth++
	defer func() { c.depth-- }()
	far := fmt.Sprintf("r%d", c.depth)
	parts := make([]string, 0, len(end.To))
	for _, to := range end.To {
		table := c.schema.table(to)
		if table == nil {
			continue
		}
		condition, err := c.filter(table, far+".", f)
		if err != nil {
			return "", err
		}
		if condition == never {
			continue
		}
		if toOne {
			parts = append(parts, fmt.Sprintf(`%s IN (SELECT %s."_key" FROM %s %s WHERE %s)`,
				alias+t.edges[end.Edge], far, table.name, far, condition))
			continue
		}
		from, near := c.join(end, table, far, fmt.Sprintf("e%d", c.depth), "JOIN")
		if f == nil {
			parts = append(parts, fmt.Sprintf(`EXISTS (SELECT 1 FROM %s WHERE %s = %s"_key")`, from, near, alias))
			continue
		}
		parts = append(parts, fmt.Sprintf(`%s"_key" IN (SELECT %s FROM %s WHERE %s)`, alias, near, from, condition))
	}
	if len(parts) == 0 {
		return never, nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", nil
}

// join is the FROM clause that reaches table, as far, by an end, and the column in it that holds the
// key where the walk starts. What stands between is called via; word joins it, CROSS JOIN to have it
// read first. Not for edges to one object walked forward, nor for unions.
func (c *compiler) join(end *plan.End, table *table, far, via, word string) (from, near string) {
	if end.Across != "" {
		start, arrive := `"from"`, `"to"`
		if end.Reverse {
			start, arrive = arrive, start
		}
		return fmt.Sprintf(`%s %s %s %s %s ON %s."type" = %s AND %s."_key" = %s.%s`, c.schema.link.name, via, word,
			table.name, far, via, c.arg(string(end.Across)), far, via, arrive), via + "." + start
	}
	owner := c.schema.table(end.Edge.From)
	if !end.Edge.Many {
		return table.name + " " + far, far + "." + owner.edges[end.Edge]
	}
	start, arrive := `"src"`, `"dst"`
	if end.Reverse {
		start, arrive = arrive, start
	}
	return fmt.Sprintf(`%s %s %s %s %s ON %s."_key" = %s.%s`, owner.edges[end.Edge], via, word,
		table.name, far, far, via, arrive), via + "." + start
}
