package sqlite

import (
	"fmt"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// kindShift parts a key into the number of its kind and a count within the kind, so that a key
// alone says what it is the key of: a reference to any of several kinds is one column, and the
// search table serves all kinds. A kind keeps its number in the file for ever.
const kindShift = 40

// schema is the description of the model as tables.
type schema struct {
	tables   []*table // in the order of the kinds
	byName   map[string]*table
	byNumber map[int64]*table
	link     *table // of the links, which walks across them join
}

// table keeps the objects of one kind: a column per field (a decimal has a second one that sorts)
// and per edge to one object. All names are quoted already.
type table struct {
	kind    *plan.Kind
	number  int64
	name    string
	columns []column
	fields  map[*plan.Field]fieldColumns
	single  []edgeColumn
	many    []edgeTable
	edges   map[*plan.Edge]string // the column, or the table of an edge to many
	indexes []index
	insert  string // statements that take all columns, the key first
	update  string
}

type column struct{ name, bare, typ, constraint string }

type fieldColumns struct {
	name string // holds the cell
	sort string // compares and sorts; the same but for decimals
}

type edgeColumn struct {
	edge *plan.Edge
	name string
}

type edgeTable struct {
	edge *plan.Edge
	name string
	bare string
}

type index struct{ bare, definition string }

// low and high enclose the keys of the kind.
func (t *table) low() int64  { return t.number << kindShift }
func (t *table) high() int64 { return (t.number + 1) << kindShift }

// table is that of a kind, nil when there is none.
func (s *schema) table(k *plan.Kind) *table { return s.byName[k.Name] }

// tableOf is the table that a key belongs to, nil when there is none.
func (s *schema) tableOf(key int64) *table { return s.byNumber[key>>kindShift] }

func quote(name string) string { return `"` + name + `"` }

func newSchema(kinds []*plan.Kind, numbers map[string]int64) *schema {
	s := &schema{byName: map[string]*table{}, byNumber: map[int64]*table{}}
	for _, k := range kinds {
		t := newTable(k, numbers[k.Prefix])
		s.tables = append(s.tables, t)
		s.byName[k.Name], s.byNumber[t.number] = t, t
		if k.Name == "Link" {
			s.link = t
		}
	}
	return s
}

func newTable(k *plan.Kind, number int64) *table {
	t := &table{
		kind: k, number: number, name: quote(k.Prefix),
		fields: map[*plan.Field]fieldColumns{}, edges: map[*plan.Edge]string{},
	}
	t.addColumn("_key", "INTEGER", "PRIMARY KEY")
	t.addColumn("_digest", "BLOB", "")
	for _, f := range k.Fields {
		t.addField(f)
	}
	for _, e := range k.Edges {
		t.addEdge(e)
	}
	t.insert, t.update = t.insertText(), t.updateText()
	return t
}

func (t *table) addColumn(name, typ, constraint string) {
	t.columns = append(t.columns, column{quote(name), name, typ, constraint})
}

func (t *table) addIndex(name, on, where string) {
	bare := "index_" + t.kind.Prefix + "_" + name
	definition := fmt.Sprintf("CREATE INDEX %s ON %s(%s)", quote(bare), t.name, on)
	if where != "" {
		definition += " WHERE " + where
	}
	t.indexes = append(t.indexes, index{bare, definition})
}

func (t *table) addField(f *plan.Field) {
	name := f.Column()
	columns := fieldColumns{quote(name), quote(name)}
	switch {
	case f.Name == "id":
		t.addColumn(name, "TEXT", "NOT NULL UNIQUE")
	case f.Type == plan.Int:
		t.addColumn(name, "INTEGER", "")
	case f.Type == plan.Bool:
		t.addColumn(name, "INTEGER", "NOT NULL DEFAULT 0")
	default:
		t.addColumn(name, "TEXT", "")
	}
	if f.Type == plan.Decimal {
		columns.sort = quote(name + "_sort")
		t.addColumn(name+"_sort", "TEXT", "")
	}
	t.fields[f] = columns
	// A word of a few is found sooner by looking than by an index, which every write would pay for.
	if f.Index && (f.Enum == nil || len(f.Enum) > fewWords) {
		t.addIndex(name, columns.sort+`, "id"`, "")
	}
}

const fewWords = 5

func (t *table) addEdge(e *plan.Edge) {
	name := e.Column()
	if e.Many {
		bare := t.kind.Prefix + "_" + name
		t.many = append(t.many, edgeTable{e, quote(bare), bare})
		t.edges[e] = quote(bare)
		return
	}
	constraint := ""
	if !e.Polymorphic() {
		constraint = fmt.Sprintf(`REFERENCES %s("_key") DEFERRABLE INITIALLY DEFERRED`, quote(e.To[0].Prefix))
	}
	t.addColumn(name, "INTEGER", constraint)
	t.single = append(t.single, edgeColumn{e, quote(name)})
	t.edges[e] = quote(name)
	where := ""
	if !e.Required {
		where = quote(name) + " IS NOT NULL"
	}
	t.addIndex(name, quote(name)+t.defaultOrder(e), where) // walked back, it gives pages of that order
	if e.With != "" {
		with := quote(t.kind.Edge(e.With).Column())
		t.addIndex(name+"_"+e.With, quote(name)+", "+with, where)
	}
}

// defaultOrder is the end of an index that gives query.DefaultOrder to who walks an edge back.
func (t *table) defaultOrder(e *plan.Edge) string {
	on := ""
	for _, by := range query.DefaultOrder(e.To[0].End(e.Inverse), t.kind) {
		on += ", " + quote(by.Field.Column())
	}
	return on + `, "id"`
}

// ddl is what makes the table from nothing, without indexes.
func (t *table) ddl() string {
	lines := make([]string, len(t.columns))
	for i, c := range t.columns {
		lines[i] = c.ddl()
	}
	return fmt.Sprintf("CREATE TABLE %s (\n  %s\n) STRICT", t.name, strings.Join(lines, ",\n  "))
}

func (c column) ddl() string {
	return strings.TrimRight(c.name+" "+c.typ+" "+c.constraint, " ")
}

// ddl makes the table of an edge to many; position is the place in the edge's list.
func (e edgeTable) ddl() string {
	return fmt.Sprintf(`CREATE TABLE %s (
  "src" INTEGER NOT NULL,
  "position" INTEGER NOT NULL,
  "dst" INTEGER NOT NULL,
  PRIMARY KEY ("src", "position")
) STRICT, WITHOUT ROWID`, e.name)
}

func (e edgeTable) index() index {
	bare := "index_" + e.bare
	return index{bare, fmt.Sprintf(`CREATE INDEX %s ON %s("dst", "src")`, quote(bare), e.name)}
}

// searched are the fields that the search table holds the tokens of.
func searched(k *plan.Kind) []*plan.Field {
	var fields []*plan.Field
	for _, f := range k.Fields {
		if f.Search {
			fields = append(fields, f)
		}
	}
	return fields
}

// reference is an edge that may point to a kind, seen from there.
type reference struct {
	from *table
	edge *plan.Edge
}

// referencesTo are all edges that may point to the kind.
func (s *schema) referencesTo(k *plan.Kind) []reference {
	var refs []reference
	for _, t := range s.tables {
		for _, e := range t.kind.Edges {
			for _, to := range e.To {
				if to == k {
					refs = append(refs, reference{t, e})
				}
			}
		}
	}
	return refs
}
