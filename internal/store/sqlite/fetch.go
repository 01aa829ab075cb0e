package sqlite

import (
	"context"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Fetch reads level by level, one statement for each level and kind: the rows of all parents at
// once, through a list of their keys.
func (s *Store) Fetch(ctx context.Context, sel *query.Selection) (*query.Result, error) {
	result := &query.Result{}
	err := s.read(ctx, func(c *conn) error {
		var err error
		if result.Revision, err = revision(c); err != nil {
			return err
		}
		r := &reader{conn: c, schema: s.schema}
		result.Root, err = r.root(sel)
		result.Statements = r.statements
		return err
	})
	if err != nil {
		return nil, err
	}
	return result, nil
}

// reader reads one selection. Statements counts those that read objects; beginning, ending and
// asking for the revision are not among them.
type reader struct {
	conn       *conn
	schema     *schema
	statements int
	buffer     []byte
	sortKeys   []byte // of the level that is being read
}

// parents are the rows that a level hangs on.
type parents struct {
	keys []int64
	refs []int64 // what the edge to one object points to, 0 = nothing; nil for other walks
}

// rows are those of one table of a level while it is read.
type rows struct {
	table    *query.Table
	t        *table
	keys     []int64
	seen     map[int64]int32 // row by key; nil where no row comes more than once
	children []childRefs
}

// childRefs collects what an edge to one object points to, for the child selection at position.
type childRefs struct {
	position int
	column   string
	refs     []int64
}

// entry is an item with its parent and its sort key, a range of reader.sortKeys.
type entry struct {
	parent     int32
	item       query.Item
	start, end uint32
}

// level is one level while it is read.
type level struct {
	out     *query.Level
	tables  []*rows
	entries []entry
}

func (r *reader) newLevel(sel *query.Selection, parents int) (*level, error) {
	l := &level{out: &query.Level{Selection: sel, Start: make([]int32, parents+1)}}
	if sel.Count {
		l.out.Totals = make([]int64, parents)
	}
	for i := range sel.Of {
		shape := &sel.Of[i]
		t := r.schema.table(shape.Kind)
		if t == nil {
			return nil, unfit(shape.Kind.Name, "is no kind of this register")
		}
		rs := &rows{table: query.NewTable(shape), t: t}
		for i, child := range shape.Children {
			if e := child.Via.Edge; e != nil && !child.Via.Reverse && !e.Many {
				rs.children = append(rs.children, childRefs{position: i, column: t.edges[e]})
			}
		}
		l.tables = append(l.tables, rs)
		l.out.Tables = append(l.out.Tables, rs.table)
	}
	return l, nil
}

// columns are the result columns of a row behind parent and key: the cells, then what its edges to
// one object point to. decode reads them.
func (rs *rows) columns(alias string) string {
	b := make([]byte, 0, 16*len(rs.table.Shape.Columns))
	for _, f := range rs.table.Shape.Columns {
		b = append(append(append(b, ", "...), alias...), rs.t.fields[f].name...)
	}
	for _, c := range rs.children {
		b = append(append(append(b, ", "...), alias...), c.column...)
	}
	return string(b)
}

// width is how many columns that are.
func (rs *rows) width() int { return len(rs.table.Shape.Columns) + len(rs.children) }

// decode appends the row whose columns begin at first.
func (r *reader) decode(rs *rows, key int64, row *row, first int) int32 {
	for i, f := range rs.table.Shape.Columns {
		at := first + i
		switch {
		case row.null(at):
			rs.table.AppendNull()
		case f.Type == plan.Int:
			rs.table.AppendInt(row.integer(at))
		case f.Type == plan.Bool:
			rs.table.AppendBool(row.integer(at) != 0)
		default:
			rs.table.AppendBytes(row.bytes(at, &r.buffer))
		}
	}
	first += len(rs.table.Shape.Columns)
	for i := range rs.children {
		rs.children[i].refs = append(rs.children[i].refs, row.integer(first+i))
	}
	rs.keys = append(rs.keys, key)
	return rs.table.EndRow()
}

// rowOf is decode for rows that may come again: each is kept once.
func (r *reader) rowOf(rs *rows, key int64, row *row, first int) int32 {
	if n, ok := rs.seen[key]; ok {
		return n
	}
	n := r.decode(rs, key, row, first)
	if rs.seen != nil {
		rs.seen[key] = n
	}
	return n
}

// finish reads the levels below, and gives the level.
func (r *reader) finish(l *level) (*query.Level, error) {
	for _, rs := range l.tables {
		refs := map[int][]int64{}
		for _, c := range rs.children {
			refs[c.position] = c.refs
			if c.refs == nil {
				refs[c.position] = []int64{}
			}
		}
		for i, child := range rs.table.Shape.Children {
			below, err := r.below(child, parents{keys: rs.keys, refs: refs[i]})
			if err != nil {
				return nil, err
			}
			rs.table.Children = append(rs.table.Children, below)
		}
	}
	return l.out, nil
}
