package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"xianjie/internal/plan"
)

const (
	batch          = 5_000 // rows that one statement writes
	many           = 1_000 // rows that are worth a text of their own
	entriesPerNode = 50    // of the change log
)

// store writes the set as revision at: what goes, then what stays, then what joins it. The rows are
// made while the database takes the log.
func (w *workingSet) store(ctx context.Context, at plan.Revision, a *attempt) error {
	b := newBatches(w)
	var making sync.WaitGroup
	making.Go(func() {
		for _, st := range w.order {
			b.add(st)
		}
	})
	err := w.log(ctx, at, a)
	making.Wait()
	if err != nil {
		return err
	}
	groups := []*statements{&b.unlink, &b.erase}
	for _, sh := range w.schema.shapes {
		groups = append(groups, b.nodes[sh])
	}
	for _, group := range append(groups, &b.joins) {
		if err := group.run(ctx, w.run); err != nil {
			return err
		}
	}
	return nil
}

func (w *workingSet) log(ctx context.Context, at plan.Revision, a *attempt) error {
	err := w.run.exec(ctx, "MATCH (r:"+registerLabel+" {name: '"+registerName+"'}) SET r.`revision` = $in.revision CREATE (:"+revisionLabel+
		" {revision: $in.revision, at: $in.at, actor: $in.actor, note: $in.note, token: $in.token})",
		given(map[string]any{"revision": int64(at), "at": w.now, "actor": text(a.set.Actor), "note": text(a.set.Note), "token": a.token}))
	if err != nil {
		return err
	}
	var log statements
	position := int64(0)
	for part := range slices.Chunk(w.changes, entriesPerNode) {
		ids := make([]string, len(part))
		for i, c := range part {
			ids[i] = string(c.id)
		}
		log.add("UNWIND $in.rows AS row CREATE (:"+changeLabel+" {revision: row[0], position: row[1], ids: row[2], packed: row[3]})",
			[]any{int64(at), position, ids, pack(part)})
		position += int64(len(part))
	}
	return log.run(ctx, w.run)
}

// statements are in the order in which they came.
type statements struct {
	order  []*statement
	byText map[string]*statement
}

// statement is one that takes rows. What many rows point to (a thousand targets to a plan and some
// regions) it looks for once: ends has the ids, for each edge apart, and a row has their places.
type statement struct {
	text    string
	rows    []any
	ends    []ends
	creates *shape // whose nodes it creates, nil when it does something else
}

type ends struct {
	ids []string
	at  map[string]int64
}

// of is the statement of a text, whose rows point along so many edges.
func (s *statements) of(text string, edges int) *statement {
	st := s.byText[text]
	if st == nil {
		st = &statement{text: text, ends: make([]ends, edges)}
		if s.byText == nil {
			s.byText = map[string]*statement{}
		}
		s.byText[text] = st
		s.order = append(s.order, st)
	}
	return st
}

func (s *statements) add(text string, row any) {
	st := s.of(text, 0)
	st.rows = append(st.rows, row)
}

// place is where the id stands among the ends.
func (e *ends) place(id string) int64 {
	at, seen := e.at[id]
	if !seen {
		if e.at == nil {
			e.at = map[string]int64{}
		}
		at = int64(len(e.ids))
		e.at[id] = at
		e.ids = append(e.ids, id)
	}
	return at
}

func (s *statements) run(ctx context.Context, run runner) error {
	for _, st := range s.order {
		ends := make([][]string, len(st.ends))
		for i := range st.ends {
			ends[i] = st.ends[i].ids
		}
		if st.creates != nil && len(st.rows) >= many {
			st.lean()
		}
		for rows := range slices.Chunk(st.rows, batch) {
			if err := run.exec(ctx, st.text, given(map[string]any{"rows": rows, "ends": ends})); err != nil {
				return err
			}
		}
	}
	return nil
}

// lean leaves out the properties that no row states, half of them as a rule: the database goes through
// all that a text names for each node. A text has to be planned when it is new, so that few rows take
// the one that names all.
func (st *statement) lean() {
	sh := st.creates
	var stated []int
	for i := range sh.columns {
		if slices.ContainsFunc(st.rows, func(row any) bool { return row.([]any)[i] != nil }) {
			stated = append(stated, i)
		}
	}
	names := make([]string, len(stated))
	for to, from := range stated {
		names[to] = sh.columns[from]
	}
	for i, row := range st.rows {
		row := row.([]any)
		for to, from := range stated {
			row[to] = row[from]
		}
		st.rows[i] = append(row[:len(stated)], row[len(sh.columns):]...)
	}
	st.text = sh.createText(names)
}

// batches are the writes of a set, in the order of the fields.
type batches struct {
	set    *workingSet
	texts  map[*shape]texts
	unlink statements // relationships of what changes or goes
	erase  statements
	nodes  map[*shape]*statements // kind after kind
	joins  statements             // relationships, links among them
}

// texts are the statements that write objects of a shape.
type texts struct{ create, update, unlink, erase string }

func newBatches(w *workingSet) *batches {
	b := &batches{set: w, texts: map[*shape]texts{}, nodes: map[*shape]*statements{}}
	for _, sh := range w.schema.shapes {
		b.nodes[sh] = &statements{}
		if sh.link {
			continue
		}
		label := "(n:" + quote(sh.kind.Name) + ")"
		find := "UNWIND $in.rows AS row MATCH " + label + " WHERE n.`id` = "
		t := texts{
			create: sh.createText(sh.columns),
			update: find + "row[0] SET n = " + properties(sh.columns),
			erase:  find + "row DELETE n",
		}
		var types []string
		for _, e := range sh.kind.Edges {
			types = append(types, quote(relationshipType(e)))
		}
		if types != nil {
			t.unlink = find + "row MATCH (n)-[r:" + strings.Join(types, "|") + "]->() DELETE r"
		}
		b.texts[sh] = t
	}
	return b
}

// createText creates nodes of rows that have the properties of the names, with the edges along. Where
// an end is not there the database refuses the relationship, and with it the set.
func (sh *shape) createText(names []string) string {
	var find, take, create strings.Builder
	separator := "WITH "
	for i, e := range sh.along {
		fmt.Fprintf(&find, "%sCOLLECT { UNWIND $in.ends[%d] AS id OPTIONAL MATCH (e:%s) WHERE e.`id` = id RETURN e } AS ends%d", separator, i, quote(e.To[0].Name), i)
		fmt.Fprintf(&take, ", ends%d[row[%d]] AS e%d", i, len(names)+i, i)
		fmt.Fprintf(&create, " CREATE (n)-[:%s]->(e%d)", quote(relationshipType(e)), i)
		separator = ", "
	}
	return find.String() + " UNWIND $in.rows AS row WITH row" + take.String() + " CREATE (n:" + quote(sh.kind.Name) + " " + properties(names) + ")" + create.String()
}

// properties is the map of properties, of a row that has them in order.
func properties(names []string) string {
	var b strings.Builder
	for i, name := range names {
		fmt.Fprintf(&b, ", %s: row[%d]", quote(name), i)
	}
	return "{" + b.String()[2:] + "}"
}

func (b *batches) add(st *state) {
	if st.shape.link {
		b.addLink(st)
		return
	}
	t := b.texts[st.shape]
	id := string(st.id)
	if st.stored && t.unlink != "" {
		b.unlink.add(t.unlink, id)
	}
	var done []*plan.Edge
	switch {
	case st.live && st.stored:
		b.nodes[st.shape].add(t.update, b.set.row(st))
	case st.live:
		done = st.shape.along
		creating := b.nodes[st.shape].of(t.create, len(done))
		creating.creates = st.shape
		row := b.set.row(st)
		for i, e := range done {
			row = append(row, creating.ends[i].place(string(e.Get(st.object)[0])))
		}
		creating.rows = append(creating.rows, row)
	case st.stored:
		b.erase.add(t.erase, id)
	}
	if st.live {
		b.join(st, done)
	}
}

// join writes the edges of an object that are not done.
func (b *batches) join(st *state, done []*plan.Edge) {
	for _, e := range st.shape.kind.Edges {
		if slices.Contains(done, e) {
			continue
		}
		for i, to := range e.Get(st.object) {
			text := fmt.Sprintf("UNWIND $in.rows AS row MATCH (a:%s) WHERE a.`id` = row[0] MATCH (b:%s) WHERE b.`id` = row[1] CREATE (a)-[:%s",
				quote(st.shape.kind.Name), quote(plan.KindOf(to).Name), quote(relationshipType(e)))
			if e.Many {
				b.joins.add(text+" {position: row[2]}]->(b)", []any{string(st.id), string(to), int64(i)})
				continue
			}
			b.joins.add(text+"]->(b)", []any{string(st.id), string(to)})
		}
	}
}

// addLink writes a link; its type and ends, which its id has, never change.
func (b *batches) addLink(st *state) {
	pattern := "()-[n:" + quote(st.shape.typeOf(st.id)) + "]->()"
	switch {
	case st.live && st.stored:
		b.joins.add("UNWIND $in.rows AS row MATCH "+pattern+" WHERE n.`id` = row[0] SET n = "+properties(st.shape.columns), b.set.row(st))
	case st.live:
		link := st.object.(*plan.Link)
		row := b.set.row(st)
		from, to := len(row), len(row)+1
		b.joins.add(fmt.Sprintf("UNWIND $in.rows AS row MATCH (a:%s) WHERE a.`id` = row[%d] MATCH (b:%s) WHERE b.`id` = row[%d] CREATE (a)-[:%s %s]->(b)",
			quote(plan.KindOf(link.From).Name), from, quote(plan.KindOf(link.To).Name), to, quote(string(link.Type)), properties(st.shape.columns)),
			append(row, string(link.From), string(link.To)))
	case st.stored:
		b.unlink.add("UNWIND $in.rows AS row MATCH "+pattern+" WHERE n.`id` = row DELETE n", string(st.id))
	}
}

// row are the values of all properties of an object, in the order of the shape's columns.
func (w *workingSet) row(st *state) []any {
	row := make([]any, 0, len(st.shape.columns)+2)
	for _, f := range st.shape.kind.Fields {
		var cell any
		switch f.Name {
		case "version":
			cell = st.version
		case "createdAt":
			cell = st.created
		case "updatedAt":
			cell = w.now
		default:
			cell = f.Get(st.object)
		}
		row = append(row, cell)
		p := st.shape.fields[f]
		if p.sort != "" {
			row = append(row, p.sortValue(cell))
		}
		if p.key != "" {
			row = append(row, p.keyValue(cell))
		}
	}
	row = append(row, st.digest)
	if st.shape.searched {
		var tokens any
		if st.current.tokens != "" {
			tokens = st.current.tokens
		}
		row = append(row, tokens)
	}
	return row
}
