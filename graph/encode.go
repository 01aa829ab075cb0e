package graph

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// An outcome of writing a value: it stands in the buffer, it is null (nothing was written), or it
// is null because of an error that is already reported.
type outcome int

const (
	written outcome = iota
	null
	failed
)

// An output writes one value from a row of a table; it writes nothing when it gives null or
// failed. Outputs are built with the selection and know where its result will be.
type output interface {
	write(e *encoder, t *query.Table, row int) outcome
}

// An encoder writes a result as GraphQL response JSON: aliases, null propagation, errors with
// their paths.
type encoder struct {
	buf  []byte
	path []step
	errs gqlerror.List
}

type step struct {
	name  string
	index int
}

// A thousand broken rows are one broken query: errors beyond these are dropped.
const maxErrors = 20

func (e *encoder) fail(message string) {
	if len(e.errs) == maxErrors {
		return
	}
	path := make(ast.Path, len(e.path))
	for i, s := range e.path {
		if s.name == "" {
			path[i] = ast.PathIndex(s.index)
			continue
		}
		path[i] = ast.PathName(s.name)
	}
	e.errs = append(e.errs, &gqlerror.Error{
		Message: message, Path: path, Extensions: map[string]any{"code": string(plan.Internal)},
	})
}

// settle writes null for what may be null and passes on what may not, reporting it once.
func (e *encoder) settle(o outcome, nonNull bool) outcome {
	switch {
	case o == written:
		return written
	case !nonNull:
		e.buf = append(e.buf, "null"...)
		return written
	case o == null:
		e.fail("must not be null: the register holds no value for it")
	}
	return failed
}

// each writes a JSON array of n items that must not be null.
func (e *encoder) each(n int, item func(i int) outcome) outcome {
	start := len(e.buf)
	e.buf = append(e.buf, '[')
	e.path = append(e.path, step{})
	for i := range n {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.path[len(e.path)-1].index = i
		if e.settle(item(i), true) == failed {
			e.buf = e.buf[:start]
			e.path = e.path[:len(e.path)-1]
			return failed
		}
	}
	e.path = e.path[:len(e.path)-1]
	e.buf = append(e.buf, ']')
	return written
}

// keyed is the place of a value in a JSON object.
type keyed struct {
	name    string // the response key
	key     string // `"name":`
	nonNull bool
}

func keyedBy(f collected) keyed {
	return keyed{name: f.Alias, key: `"` + f.Alias + `":`, nonNull: f.Definition.Type.NonNull}
}

// open begins a JSON object; start is where it can be taken back to.
func (e *encoder) open() (start int) {
	e.buf = append(e.buf, '{')
	return len(e.buf) - 1
}

// begin is before the value of the object's i-th member.
func (e *encoder) begin(i int, k *keyed) {
	if i > 0 {
		e.buf = append(e.buf, ',')
	}
	e.buf = append(e.buf, k.key...)
	e.path = append(e.path, step{name: k.name})
}

// end is behind it: false when the value makes the whole object fail, of which nothing is left.
func (e *encoder) end(start int, k *keyed, value outcome) bool {
	settled := e.settle(value, k.nonNull)
	e.path = e.path[:len(e.path)-1]
	if settled == failed {
		e.buf = e.buf[:start]
		return false
	}
	return true
}

func (e *encoder) close() outcome {
	e.buf = append(e.buf, '}')
	return written
}

// An object writes a row, or a value object within it, as a JSON object.
type object struct{ members []member }

type member struct {
	keyed
	output output
}

func (o *object) write(e *encoder, t *query.Table, row int) outcome {
	start := e.open()
	for i := range o.members {
		m := &o.members[i]
		e.begin(i, &m.keyed)
		if !e.end(start, &m.keyed, m.output.write(e, t, row)) {
			return failed
		}
	}
	return e.close()
}

// constant is JSON that does not depend on the row.
type constant string

func (c constant) write(e *encoder, _ *query.Table, _ int) outcome {
	e.buf = append(e.buf, c...)
	return written
}

// cell is a stored value.
type cell struct {
	column int
	typ    plan.Type
}

func (c cell) write(e *encoder, t *query.Table, row int) outcome {
	text, ok := t.Cell(row, c.column)
	switch {
	case !ok && c.typ == plan.Strings:
		e.buf = append(e.buf, "[]"...)
	case !ok:
		return null
	case c.typ == plan.Int || c.typ == plan.Bool || c.typ == plan.Strings:
		e.buf = append(e.buf, text...)
	default:
		e.buf = appendQuoted(e.buf, text)
	}
	return written
}

// group is a value object of the row; the column of its first member says whether it is there.
type group struct {
	column int
	object *object
}

func (g group) write(e *encoder, t *query.Table, row int) outcome {
	if _, ok := t.Cell(row, g.column); !ok {
		return null
	}
	return g.object.write(e, t, row)
}

// one is the single object that an edge reaches.
type one struct {
	child   int
	objects []*object // per table of the level
}

func (o one) write(e *encoder, t *query.Table, row int) outcome {
	level := t.Children[o.child]
	items := level.Of(row)
	if len(items) == 0 {
		return null
	}
	return writeItem(e, level, items[0], o.objects)
}

func writeItem(e *encoder, level *query.Level, item query.Item, objects []*object) outcome {
	if item == query.Missing {
		return null
	}
	return objects[item.Table].write(e, level.Tables[item.Table], int(item.Row))
}

// list is the short list of objects that an edge owns.
type list struct {
	child   int
	objects []*object
}

func (l list) write(e *encoder, t *query.Table, row int) outcome {
	level := t.Children[l.child]
	items := level.Of(row)
	return e.each(len(items), func(i int) outcome { return writeItem(e, level, items[i], l.objects) })
}

// connection is a page of a long list.
type connection struct {
	child int
	parts []part
}

type part struct {
	keyed
	what     string    // name of the field
	typename string    // of __typename
	objects  []*object // nodes, node
	members  []part    // of pageInfo, and of each of the edges
	position [][]int   // per table: the columns of a cursor
}

func (c *connection) write(e *encoder, t *query.Table, row int) outcome {
	return c.writeLevel(e, t.Children[c.child], row)
}

func (c *connection) writeLevel(e *encoder, level *query.Level, parent int) outcome {
	start := e.open()
	for i := range c.parts {
		p := &c.parts[i]
		e.begin(i, &p.keyed)
		if !e.end(start, &p.keyed, p.write(e, level, parent)) {
			return failed
		}
	}
	return e.close()
}

func (p *part) write(e *encoder, level *query.Level, parent int) outcome {
	switch p.what {
	case "totalCount":
		e.buf = strconv.AppendInt(e.buf, level.Totals[parent], 10)
	case "nodes":
		items := level.Of(parent)
		return e.each(len(items), func(i int) outcome { return writeItem(e, level, items[i], p.objects) })
	case "edges":
		items := level.Of(parent)
		return e.each(len(items), func(i int) outcome { return p.edge(e, level, items[i]) })
	case "pageInfo":
		return p.pageInfo(e, level, parent)
	default:
		e.buf = appendQuoted(e.buf, p.typename)
	}
	return written
}

func (p *part) edge(e *encoder, level *query.Level, item query.Item) outcome {
	start := e.open()
	for i := range p.members {
		m := &p.members[i]
		e.begin(i, &m.keyed)
		value := written
		switch m.what {
		case "cursor":
			e.buf = appendQuoted(e.buf, p.cursor(level, item))
		case "node":
			value = writeItem(e, level, item, m.objects)
		default:
			e.buf = appendQuoted(e.buf, m.typename)
		}
		if !e.end(start, &m.keyed, value) {
			return failed
		}
	}
	return e.close()
}

func (p *part) pageInfo(e *encoder, level *query.Level, parent int) outcome {
	items := level.Of(parent)
	page := level.Selection.Page
	more := level.More != nil && level.More[parent]
	start := e.open()
	for i := range p.members {
		m := &p.members[i]
		e.begin(i, &m.keyed)
		value := written
		switch {
		case m.what == "hasNextPage":
			e.buf = strconv.AppendBool(e.buf, page.First > 0 && more || page.Before != nil)
		case m.what == "hasPreviousPage":
			e.buf = strconv.AppendBool(e.buf, page.Last > 0 && more || page.After != nil)
		case m.what == "__typename":
			e.buf = appendQuoted(e.buf, m.typename)
		case len(items) == 0:
			value = null
		case m.what == "startCursor":
			e.buf = appendQuoted(e.buf, p.cursor(level, items[0]))
		default:
			e.buf = appendQuoted(e.buf, p.cursor(level, items[len(items)-1]))
		}
		if !e.end(start, &m.keyed, value) {
			return failed
		}
	}
	return e.close()
}

func (p *part) cursor(level *query.Level, item query.Item) string {
	table := level.Tables[item.Table]
	columns := p.position[item.Table]
	position := query.Position{Values: make([]any, len(columns)-1)}
	for i, column := range columns[:len(columns)-1] {
		position.Values[i] = table.Value(int(item.Row), column)
	}
	id, _ := table.Cell(int(item.Row), columns[len(columns)-1])
	position.ID = plan.ID(id)
	return position.Cursor()
}

const (
	hexDigits    = "0123456789abcdef"
	shortEscapes = "btn-fr" // of the characters from 8 to 13; 11 has none
)

// appendQuoted appends valid UTF-8 as a JSON string.
func appendQuoted(buf []byte, text string) []byte {
	buf = append(buf, '"')
	done := 0
	for i := range len(text) {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		buf = append(buf, text[done:i]...)
		done = i + 1
		switch c {
		case '"', '\\':
			buf = append(buf, '\\', c)
		case '\b', '\t', '\n', '\f', '\r':
			buf = append(buf, '\\', shortEscapes[c-'\b'])
		default:
			buf = append(buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	buf = append(buf, text[done:]...)
	return append(buf, '"')
}
