package neo4j

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
)

// compiler turns parts of a selection into Cypher. Its text is made of names of the description
// alone; what a caller gave goes into params.
type compiler struct {
	schema    *schema
	cuts      cuts
	params    map[string]any
	packs     map[string]string // by variable, where a map of its properties is bound too
	variables int
	depth     int  // of nested conditions on what edges reach
	nesting   int  // of the filter that is being compiled
	filters   int  // compiled so far
	fullText  bool // whether a full-text index is asked
}

// What a selection may ask for; the database's own limits lie above.
const (
	deepestFilter = 60
	deepestWalk   = 20 // of conditions on what edges reach
	mostFilters   = 5_000
	mostPhrases   = 100
)

const (
	always = "true"
	never  = "false"
)

// given are the parameters of a statement, whose text takes them from the map "in". The database
// plans a text anew for each order of magnitude in length that a list or text among the parameters
// has; of what is in a map it looks at nothing.
func given(params map[string]any) map[string]any { return map[string]any{"in": params} }

func newCompiler(s *schema) *compiler {
	return &compiler{schema: s, params: map[string]any{}, packs: map[string]string{}}
}

// arg gives a parameter the value.
func (c *compiler) arg(value any) string {
	name := fmt.Sprintf("p%d", len(c.params))
	c.params[name] = value
	return "$in." + name
}

// variable is a name that nothing in the statement has: outer variables are visible in what is
// nested.
func (c *compiler) variable() string {
	c.variables++
	return fmt.Sprintf("n%d", c.variables)
}

func unfit(path, format string, args ...any) error {
	return plan.Errorf(plan.BadUserInput, path, format, args...)
}

// filter is a condition on v, an object of the shape; it may be null where a value is not stated.
func (c *compiler) filter(sh *shape, v string, f query.Filter) (string, error) {
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
		return c.combine(sh, v, f, " AND ", always)
	case query.Or:
		return c.combine(sh, v, alternatives(f), " OR ", never)
	case query.Not:
		if inner, ok := f.Filter.(query.Not); ok {
			condition, err := c.filter(sh, v, inner.Filter)
			return "coalesce(" + condition + ", false)", err
		}
		condition, err := c.filter(sh, v, f.Filter)
		return "(coalesce(" + condition + ", false) = false)", err
	case query.Compare:
		return c.compare(sh, v, f)
	case query.In:
		return c.in(sh, v, f)
	case query.Null:
		return c.null(sh, v, f)
	case query.Related:
		return c.related(sh, v, f)
	case query.IDs:
		return v + ".`id` IN " + c.arg(validIDs(f)), nil
	case query.Kinds:
		if slices.Contains(f, sh.kind) {
			return always, nil
		}
		return never, nil
	case query.Text:
		return c.says(sh, v, f)
	}
	return "", fmt.Errorf("no way to compile a %T", f)
}

// validIDs leaves out what can't be an id, as text for the database.
func validIDs(ids []plan.ID) []string {
	valid := make([]string, 0, len(ids))
	for _, id := range ids {
		if id.Valid() && utf8.ValidString(string(id)) {
			valid = append(valid, string(id))
		}
	}
	return valid
}

// alternatives joins the equalities of an Or with one field to a single condition: hundreds of them
// take the database's planner seconds.
func alternatives(or query.Or) []query.Filter {
	values := map[*plan.Field][]any{}
	var rest []query.Filter
	var fields []*plan.Field
	for _, f := range or {
		equal, ok := f.(query.Compare)
		if !ok || equal.Op != query.EQ || equal.Field == nil {
			rest = append(rest, f)
			continue
		}
		if values[equal.Field] == nil {
			fields = append(fields, equal.Field)
		}
		values[equal.Field] = append(values[equal.Field], equal.Value)
	}
	for _, f := range fields {
		rest = append(rest, query.In{Field: f, Values: values[f]})
	}
	return rest
}

func (c *compiler) combine(sh *shape, v string, filters []query.Filter, by, empty string) (string, error) {
	if len(filters) == 0 {
		return empty, nil
	}
	parts := make([]string, len(filters))
	for i, f := range filters {
		var err error
		if parts[i], err = c.filter(sh, v, f); err != nil {
			return "", err
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return "(" + strings.Join(parts, by) + ")", nil
}

// comparable is a value in the form that the database compares.
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

// compared is the expression that is compared with a caller's value, null where nothing is stated.
func (p property) compared(v string) string {
	if p.key != "" {
		return "coalesce(" + v + "." + quote(p.key) + ", " + v + "." + quote(p.name) + ")"
	}
	return p.plain(v)
}

// plain is the expression that is sorted by, null where nothing is stated.
func (p property) plain(v string) string {
	switch p.field.Type {
	case plan.Decimal:
		return v + "." + quote(p.sort)
	case plan.Bool:
		return "coalesce(" + v + "." + quote(p.name) + ", false)" // a field younger than the object
	}
	return v + "." + quote(p.name)
}

func (c *compiler) compare(sh *shape, v string, f query.Compare) (string, error) {
	p, err := sh.property(f.Field)
	if err != nil {
		return "", err
	}
	if f.Op == query.Prefix {
		return c.prefix(p, v, f.Value)
	}
	value, err := comparable(f.Field, f.Value)
	if err != nil {
		return "", err
	}
	switch f.Op {
	case query.EQ, query.GT, query.GE, query.LT, query.LE:
		return c.comparison(p, v, f.Op, value), nil
	}
	return "", unfit(f.Field.Name, "saw operator %q", f.Op)
}

// comparison compares the value, and before it, where there is an index, what the index holds.
func (c *compiler) comparison(p property, v string, op query.Op, value any) string {
	text, isText := value.(string)
	if isText && !utf8.ValidString(text) {
		return c.invalid(p, v, op, text)
	}
	condition := c.than(p.compared(v), op, value)
	if op == query.EQ {
		condition = p.plain(v) + " = " + c.arg(value)
	}
	if !p.total {
		return condition
	}
	// Equal cuts leave open which text is the greater.
	switch op {
	case query.GT:
		op = query.GE
	case query.LT:
		op = query.LE
	}
	return fmt.Sprintf("(%s.%s %s %s AND %s)", v, quote(p.sort), op, c.arg(p.sortValue(value)), condition)
}

// than compares an expression with a valid value.
func (c *compiler) than(expression string, op query.Op, value any) string {
	if text, ok := value.(string); ok {
		value = comparableText(text)
	}
	return expression + " " + string(op) + " " + c.arg(value)
}

// invalid compares with a text that is none for the database, by its bytes.
func (c *compiler) invalid(p property, v string, op query.Op, text string) string {
	bound, ok := ceiling(text)
	switch {
	case op == query.EQ, !ok && (op == query.GT || op == query.GE):
		return never
	case !ok:
		return p.plain(v) + " IS NOT NULL"
	case op == query.GT, op == query.GE:
		return c.comparison(p, v, query.GE, bound)
	}
	return c.comparison(p, v, query.LT, bound)
}

// prefix is a range in the order of bytes, so that an index serves it and case matters.
func (c *compiler) prefix(p property, v string, value any) (string, error) {
	prefix, ok := value.(string)
	if !ok || p.field.Type != plan.String {
		return "", unfit(p.field.Name, "saw a prefix %v, wanted text for a field of text", value)
	}
	if prefix == "" {
		return v + "." + quote(p.name) + " IS NOT NULL", nil
	}
	low, ok := ceiling(prefix)
	if !ok {
		return never, nil
	}
	condition := c.comparison(p, v, query.GE, low)
	if after, ok := following(prefix); ok {
		if high, ok := ceiling(after); ok {
			condition = "(" + condition + " AND " + c.comparison(p, v, query.LT, high) + ")"
		}
	}
	return condition, nil
}

func (c *compiler) in(sh *shape, v string, f query.In) (string, error) {
	p, err := sh.property(f.Field)
	if err != nil {
		return "", err
	}
	values, cuts := make([]any, 0, len(f.Values)), make([]any, 0, len(f.Values))
	for _, given := range f.Values {
		value, err := comparable(f.Field, given)
		if err != nil {
			return "", err
		}
		text, isText := value.(string)
		if isText && !utf8.ValidString(text) {
			continue // equals nothing stored
		}
		values = append(values, value)
		if p.total {
			cuts = append(cuts, p.sortValue(value))
		}
	}
	condition := p.plain(v) + " IN " + c.arg(values)
	if p.total {
		condition = fmt.Sprintf("(%s.%s IN %s AND %s)", v, quote(p.sort), c.arg(cuts), condition)
	}
	return condition, nil
}

func (c *compiler) null(sh *shape, v string, f query.Null) (string, error) {
	p, err := sh.property(f.Field)
	if err != nil {
		return "", err
	}
	if f.Not {
		return p.plain(v) + " IS NOT NULL", nil
	}
	return p.plain(v) + " IS NULL", nil
}
