package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// batch is how many rows one statement writes.
const batch = 5_000

// store writes the set as revision at: what goes, then what stays, then what joins it.
func (w *workingSet) store(ctx context.Context, at plan.Revision, a *attempt) error {
	if err := w.log(ctx, at, a); err != nil {
		return err
	}
	b := newBatches(w)
	for _, st := range w.order {
		b.add(st)
	}
	for _, group := range []*statements{&b.unlink, &b.erase, &b.nodes, &b.joins} {
		if err := group.run(ctx, w.run); err != nil {
			return err
		}
	}
	return nil
}

func (w *workingSet) log(ctx context.Context, at plan.Revision, a *attempt) error {
	err := w.run.exec(ctx, "MATCH (r:"+registerLabel+" {name: '"+registerName+"'}) SET r.`revision` = $revision CREATE (:"+revisionLabel+
		" {revision: $revision, at: $at, actor: $actor, note: $note, token: $token})",
		map[string]any{"revision": int64(at), "at": w.now, "actor": text(a.set.Actor), "note": text(a.set.Note), "token": a.token})
	if err != nil {
		return err
	}
	var log statements
	for i, c := range w.changes {
		var after any
		if c.after != nil {
			after = string(c.after)
		}
		log.add("UNWIND $rows AS row CREATE (:"+changeLabel+" {revision: row[0], position: row[1], id: row[2], after: row[3]})",
			[]any{int64(at), int64(i), string(c.id), after})
	}
	return log.run(ctx, w.run)
}

// statements are rows by the statement that takes them, in the order in which the statements came.
type statements struct {
	texts []string
	rows  map[string][]any
}

func (s *statements) add(text string, row any) {
	if s.rows == nil {
		s.rows = map[string][]any{}
	}
	if _, known := s.rows[text]; !known {
		s.texts = append(s.texts, text)
	}
	s.rows[text] = append(s.rows[text], row)
}

func (s *statements) run(ctx context.Context, run runner) error {
	for _, text := range s.texts {
		for rows := range slices.Chunk(s.rows[text], batch) {
			if err := run.exec(ctx, text, map[string]any{"rows": rows}); err != nil {
				return err
			}
		}
	}
	return nil
}

// batches are the writes of a set, in the order of the fields.
type batches struct {
	set    *workingSet
	unlink statements // relationships of what changes or goes
	erase  statements
	nodes  statements
	joins  statements // relationships, links among them
	texts  map[*shape]texts
}

// texts are the statements that write objects of a shape.
type texts struct{ create, update, unlink, erase string }

func newBatches(w *workingSet) *batches {
	b := &batches{set: w, texts: map[*shape]texts{}}
	for _, sh := range w.schema.shapes {
		if sh.link {
			continue
		}
		label := "(n:" + quote(sh.kind.Name) + ")"
		find := "UNWIND $rows AS row MATCH " + label + " WHERE n.`id` = "
		t := texts{
			create: "UNWIND $rows AS row CREATE (n:" + quote(sh.kind.Name) + " " + sh.properties() + ")",
			update: find + "row[0] SET n = " + sh.properties(),
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

// properties is the map of an object's properties, of a row that has them in order.
func (sh *shape) properties() string {
	var b strings.Builder
	for i, name := range sh.columns {
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
	switch {
	case st.live && st.stored:
		b.nodes.add(t.update, b.set.row(st))
	case st.live:
		b.nodes.add(t.create, b.set.row(st))
	case st.stored:
		b.erase.add(t.erase, id)
	}
	if !st.live {
		return
	}
	for _, e := range st.shape.kind.Edges {
		for i, to := range e.Get(st.object) {
			join := fmt.Sprintf("UNWIND $rows AS row MATCH (a:%s) WHERE a.`id` = row[0] MATCH (b:%s) WHERE b.`id` = row[1] CREATE (a)-[:%s",
				quote(st.shape.kind.Name), quote(plan.KindOf(to).Name), quote(relationshipType(e)))
			if e.Many {
				b.joins.add(join+" {position: row[2]}]->(b)", []any{id, string(to), int64(i)})
				continue
			}
			b.joins.add(join+"]->(b)", []any{id, string(to)})
		}
	}
}

// addLink writes a link; its type and ends, which its id has, never change.
func (b *batches) addLink(st *state) {
	pattern := "()-[n:" + quote(st.shape.typeOf(st.id)) + "]->()"
	switch {
	case st.live && st.stored:
		b.joins.add("UNWIND $rows AS row MATCH "+pattern+" WHERE n.`id` = row[0] SET n = "+st.shape.properties(), b.set.row(st))
	case st.live:
		link := st.object.(*plan.Link)
		row := b.set.row(st)
		from, to := len(row), len(row)+1
		b.joins.add(fmt.Sprintf("UNWIND $rows AS row MATCH (a:%s) WHERE a.`id` = row[%d] MATCH (b:%s) WHERE b.`id` = row[%d] CREATE (a)-[:%s %s]->(b)",
			quote(plan.KindOf(link.From).Name), from, quote(plan.KindOf(link.To).Name), to, quote(string(link.Type)), st.shape.properties()),
			append(row, string(link.From), string(link.To)))
	case st.stored:
		b.unlink.add("UNWIND $rows AS row MATCH "+pattern+" WHERE n.`id` = row DELETE n", string(st.id))
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
