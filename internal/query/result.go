package query

import (
	"fmt"
	"strconv"

	"xianjie/internal/plan"
)

// Result is what a Fetch gives: levels in the shape of the selections, all of one moment.
type Result struct {
	Root       *Level
	Revision   plan.Revision // that all of it was read at
	Statements int           // that the store needed
}

// Level holds the objects of one Selection, grouped by parent. At the root there is one parent.
type Level struct {
	Selection *Selection
	Tables    []*Table // one per Selection.Of, in its order
	Items     []Item   // of all parents, one after the other
	Start     []int32  // Items[Start[p]:Start[p+1]] are those of parent p
	Totals    []int64  // per parent, when Count
	More      []bool   // per parent: the limit cut something off; nil when none has
}

// Item is one object at one place: a row of a table. The same row may stand under many parents.
type Item struct{ Table, Row int32 }

// Missing is the item of an id that nothing has.
var Missing = Item{Table: -1}

// Of are the items of one parent.
func (l *Level) Of(parent int) []Item { return l.Items[l.Start[parent]:l.Start[parent+1]] }

// Table holds the distinct objects of one kind of a level, a cell for each column.
type Table struct {
	Shape    *Shape
	Rows     int
	Children []*Level // one per Shape.Children; their parents are this table's rows
	cells    cells    // row by row
	reader   *objectReader
}

// NewTable makes an empty table; cells are appended row by row in the order of the columns, and
// EndRow ends each row.
func NewTable(shape *Shape) *Table { return &Table{Shape: shape} }

// AppendText appends a cell of text: strings, dates, decimals, instants, JSON lists.
func (t *Table) AppendText(s string) { t.cells.appendText(s) }

// AppendBytes is AppendText.
func (t *Table) AppendBytes(s []byte) { t.cells.appendBytes(s) }

// AppendInt appends a cell of a whole number.
func (t *Table) AppendInt(n int64) {
	t.cells.appendBytes(strconv.AppendInt(make([]byte, 0, 20), n, 10))
}

// AppendBool appends a cell of a truth value.
func (t *Table) AppendBool(b bool) { t.cells.appendText(strconv.FormatBool(b)) }

// AppendNull appends a cell that is not stated.
func (t *Table) AppendNull() { t.cells.appendNull() }

// EndRow ends a row and gives its number.
func (t *Table) EndRow() int32 {
	t.Rows++
	t.cells.reserve(len(t.Shape.Columns))
	if len(t.cells.ends) != t.Rows*len(t.Shape.Columns) {
		panic(fmt.Sprintf("query: row %d of %s has the wrong number of cells", t.Rows-1, t.Shape.Kind))
	}
	return int32(t.Rows - 1)
}

// Cell is the text of a cell, false when it is not stated.
func (t *Table) Cell(row, column int) (string, bool) {
	return t.cells.cell(row*len(t.Shape.Columns) + column)
}

// Column is the position of a field among the columns, -1 when it was not selected.
func (t *Table) Column(name string) int {
	for i, f := range t.Shape.Columns {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// Value is a cell as plan.Field.Get gives it: string, int64, bool or nil.
func (t *Table) Value(row, column int) any {
	cell, ok := t.Cell(row, column)
	if !ok {
		return nil
	}
	switch t.Shape.Columns[column].Type {
	case plan.Int:
		n, _ := strconv.ParseInt(cell, 10, 64) // AppendInt wrote it
		return n
	case plan.Bool:
		return cell == "true"
	}
	return cell
}

// Object gives a row back as the object it is of: the selected fields, and the edges that are
// among the children with the id selected. See Whole. It is not for concurrent use.
func (t *Table) Object(row int) (plan.Object, error) {
	if t.reader == nil {
		t.reader = newObjectReader(t)
	}
	return t.reader.object(row)
}

// Objects gives all items back as the objects they are of, in their order, nil where one is Missing. See Table.Object.
func (l *Level) Objects() ([]plan.Object, error) {
	objects := make([]plan.Object, len(l.Items))
	for i, item := range l.Items {
		if item == Missing {
			continue
		}
		var err error
		if objects[i], err = l.Tables[item.Table].Object(int(item.Row)); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// objectReader makes objects of a table's rows. Their texts are parts of the table's, which is faster than to make a text each.
type objectReader struct {
	table *Table
	edges []edgeReader
}

type edgeReader struct {
	edge  *plan.Edge
	level *Level
	to    []idReader // per table of the level
}

type idReader struct {
	table *Table
	id    int // column
}

func newObjectReader(t *Table) *objectReader {
	r := &objectReader{table: t}
	for _, child := range t.Children {
		if via := child.Selection.Via; via.Edge != nil && !via.Reverse {
			e := edgeReader{edge: via.Edge, level: child, to: make([]idReader, len(child.Tables))}
			for i, to := range child.Tables {
				e.to[i] = idReader{to, to.Column("id")}
			}
			r.edges = append(r.edges, e)
		}
	}
	return r
}

func (r *objectReader) object(row int) (plan.Object, error) {
	kind := r.table.Shape.Kind
	o := kind.New()
	for i, f := range r.table.Shape.Columns {
		text, stated := r.table.Cell(row, i)
		if !stated {
			continue
		}
		if err := f.Parse(o, text); err != nil {
			return nil, plan.Errorf(plan.Internal, kind.Name, "stored value: %w", err)
		}
	}
	var ids []plan.ID
	for _, e := range r.edges {
		ids = ids[:0]
		for _, item := range e.level.Of(row) {
			to := &e.to[item.Table]
			if id, stated := to.table.Cell(int(item.Row), to.id); stated {
				ids = append(ids, plan.ID(id))
			}
		}
		e.edge.Set(o, ids)
	}
	return o, nil
}
