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
	data     []byte
	ends     []uint32 // end of each cell in data; the top bit marks a cell that is not stated
}

const notStated = 1 << 31

// NewTable makes an empty table; cells are appended row by row in the order of the columns, and
// EndRow ends each row.
func NewTable(shape *Shape) *Table { return &Table{Shape: shape} }

// AppendText appends a cell of text: strings, dates, decimals, instants, JSON lists.
func (t *Table) AppendText(s string) {
	t.data = append(t.data, s...)
	t.ends = append(t.ends, uint32(len(t.data)))
}

// AppendBytes is AppendText.
func (t *Table) AppendBytes(s []byte) {
	t.data = append(t.data, s...)
	t.ends = append(t.ends, uint32(len(t.data)))
}

// AppendInt appends a cell of a whole number.
func (t *Table) AppendInt(n int64) {
	t.data = strconv.AppendInt(t.data, n, 10)
	t.ends = append(t.ends, uint32(len(t.data)))
}

// AppendBool appends a cell of a truth value.
func (t *Table) AppendBool(b bool) {
	t.data = strconv.AppendBool(t.data, b)
	t.ends = append(t.ends, uint32(len(t.data)))
}

// AppendNull appends a cell that is not stated.
func (t *Table) AppendNull() {
	t.ends = append(t.ends, uint32(len(t.data))|notStated)
}

// EndRow ends a row and gives its number.
func (t *Table) EndRow() int32 {
	t.Rows++
	if len(t.ends) != t.Rows*len(t.Shape.Columns) {
		panic(fmt.Sprintf("query: row %d of %s has the wrong number of cells", t.Rows-1, t.Shape.Kind))
	}
	return int32(t.Rows - 1)
}

// Cell is the text of a cell, false when it is not stated. It is valid as long as the table.
func (t *Table) Cell(row, column int) ([]byte, bool) {
	i := row*len(t.Shape.Columns) + column
	end := t.ends[i]
	if end&notStated != 0 {
		return nil, false
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1] &^ notStated
	}
	return t.data[start:end], true
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
		n, _ := strconv.ParseInt(string(cell), 10, 64) // AppendInt wrote it
		return n
	case plan.Bool:
		return string(cell) == "true"
	}
	return string(cell)
}

// Object gives a row back as the object it is of: the selected fields, and the edges that are
// among the children with the id selected. See Whole.
func (t *Table) Object(row int) (plan.Object, error) {
	o := t.Shape.Kind.New()
	for i, f := range t.Shape.Columns {
		if err := f.Set(o, t.Value(row, i)); err != nil {
			return nil, plan.Errorf(plan.Internal, t.Shape.Kind.Name, "stored value: %w", err)
		}
	}
	for _, child := range t.Children {
		via := child.Selection.Via
		if via.Edge == nil || via.Reverse {
			continue
		}
		var ids []plan.ID
		for _, item := range child.Of(row) {
			to := child.Tables[item.Table]
			if id, ok := to.Cell(int(item.Row), to.Column("id")); ok {
				ids = append(ids, plan.ID(id))
			}
		}
		via.Edge.Set(o, ids)
	}
	return o, nil
}
