package neo4j_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"

	"xianjie/graph"
	"xianjie/internal/coherence"
	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/report"
	"xianjie/internal/store"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/sqlite"
)

// noon is when everything happens, so that two stores agree on times.
func noon() time.Time { return time.Date(2021, 9, 30, 12, 0, 0, 0, time.UTC) }

// both are the two stores with the demonstration in them.
func both(t *testing.T) (ours, other store.Store) {
	t.Helper()
	if err := server.Empty(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := openOn(t, server, neo4j.Options{Clock: noon})
	s, err := sqlite.OpenTemporary(t.Context(), sqlite.Clock(noon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, st := range []store.Store{n, s} {
		if _, err := register.New(st).Import(t.Context(), document.Of(demonstration(t)...), register.ImportOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	return n, s
}

func demonstration(t *testing.T) []*document.Document {
	t.Helper()
	var docs []*document.Document
	for _, f := range demo.Documents() {
		d, errs := document.Parse(f.Name, f.Data)
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	return docs
}

func TestStoresAreEqual(t *testing.T) {
	ours, other := both(t)
	t.Run("export", func(t *testing.T) { equalExports(t, ours, other) })
	t.Run("seals", func(t *testing.T) { equalSeals(t, ours, other) })
	t.Run("questions", func(t *testing.T) { equalAnswers(t, ours, other) })
	t.Run("selections", func(t *testing.T) { equalSelections(t, ours, other) })
	t.Run("searches", func(t *testing.T) { equalSearches(t, ours, other) })
	t.Run("log", func(t *testing.T) {
		a, err := ours.Changes(t.Context(), 0, 100_000)
		b, err2 := other.Changes(t.Context(), 0, 100_000)
		if diff := cmp.Diff(b, a); diff != "" || err != nil || err2 != nil || len(a) == 0 {
			t.Errorf("%v, %v; -sqlite +neo4j\n%s", err2, err, diff)
		}
	})
	t.Run("hostile texts", func(t *testing.T) { equalUnderAttack(t, ours, other) })
}

func equalExports(t *testing.T, ours, other store.Store) {
	a, err := register.New(ours).Export(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := register.New(other).Export(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a) == 0 || len(a) != len(b) {
		t.Fatalf("saw %d and %d files", len(a), len(b))
	}
	for i := range a {
		if a[i].Name != b[i].Name || !bytes.Equal(a[i].Data, b[i].Data) {
			t.Errorf("%s: -sqlite +neo4j\n%s", a[i].Name, cmp.Diff(string(b[i].Data), string(a[i].Data)))
		}
	}
}

// equalSeals: a check of the same data is sealed the same, wherever the data is kept.
func equalSeals(t *testing.T, ours, other store.Store) {
	sealed := func(s store.Store) *report.Seal {
		r := register.New(s)
		run, err := r.Evaluate(t.Context(), coherence.Options{Today: "2026-01-02"})
		if err != nil {
			t.Fatal(err)
		}
		data, err := r.Digest(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		found := report.New(run, report.Register{RuleSet: coherence.RuleSet()}, nil)
		if err := found.Sealed(run, nil, data.Digest, data.Objects); err != nil {
			t.Fatal(err)
		}
		return found.Seal
	}
	if diff := cmp.Diff(sealed(other), sealed(ours)); diff != "" {
		t.Errorf("-sqlite +neo4j\n%s", diff)
	}
}

func equalAnswers(t *testing.T, ours, other store.Store) {
	editions := demo.Question{Title: "two editions", Query: `{compare(a:"plan:nm-forest-14-2021-01", b:"plan:nm-forest-14"){
		changes{kind code name change before{id} after{id} fields{field before after} opens closes} same opened{id message} closed{id message} kept}}`}
	for _, q := range append(demo.Questions(), editions) {
		equalAnswer(t, q.Title, ours, other, graph.Question{Query: q.Query})
	}
	for _, place := range []string{
		`indicator: "indicator:farmland", region: "region:150000", year: 2035`, `indicator: "indicator:energy-intensity", region: "region:150000", year: 2025`,
	} {
		room := `{room(` + place + `, plan: "plan:nm-climate-14") {unit text lower {value targets {id}} upper {value} unused {target {id} code}}}`
		equalAnswer(t, place, ours, other, graph.Question{Query: room})
	}
	for _, id := range []string{
		"target:nat-outline-14/energy-intensity-2025", "plan:nm-eco-14", "indicator:farmland", "region:150000",
	} {
		impact := `{impact(id: "` + id + `") {complete stop {reason} dependents {object {id} obligation path {object {id} by link {id}} stop {reason text}}}}`
		equalAnswer(t, "impact of "+id, ours, other, graph.Question{Query: impact})
	}
}

// equalAnswer asks both stores and gives the answer.
func equalAnswer(t *testing.T, title string, ours, other store.Store, q graph.Question) string {
	t.Helper()
	var answers [2]string
	for i, s := range []store.Store{ours, other} {
		answer, err := graph.Ask(t.Context(), executor(s), q)
		if err != nil {
			t.Errorf("%s: %v\n%s", title, err, answer)
		}
		answers[i] = string(answer)
	}
	if diff := cmp.Diff(answers[1], answers[0]); diff != "" {
		t.Errorf("%s: -sqlite +neo4j\n%s", title, diff)
	}
	return answers[0]
}

func executor(s store.Store) graphql.GraphExecutor {
	return graph.New(register.New(s), graph.Options{Limits: graph.DefaultLimits(), Introspection: true, Version: "test"})
}

// equalSelections asks both stores many selections over the demonstration.
func equalSelections(t *testing.T, ours, other store.Store) {
	c := &chooser{Rand: rand.New(rand.NewPCG(1, 2)), objects: everything(t, other)}
	for i := range 100 {
		sel := c.root()
		got, err := ours.Fetch(t.Context(), sel)
		if err != nil {
			t.Fatalf("selection %d: %v", i, err)
		}
		want, err := other.Fetch(t.Context(), sel)
		if err != nil {
			t.Fatalf("selection %d: %v", i, err)
		}
		if diff := cmp.Diff(shown(want.Root), shown(got.Root)); diff != "" {
			t.Fatalf("selection %d: -sqlite +neo4j\n%s", i, diff)
		}
	}
}

// shown writes what a level gives, place by place.
func shown(l *query.Level) string {
	var b strings.Builder
	var level func(l *query.Level, p int, indent string)
	level = func(l *query.Level, p int, indent string) {
		if l.Totals != nil {
			fmt.Fprintf(&b, "%stotal %d\n", indent, l.Totals[p])
		}
		for _, item := range l.Of(p) {
			if item == query.Missing {
				b.WriteString(indent + "missing\n")
				continue
			}
			table := l.Tables[item.Table]
			b.WriteString(indent + table.Shape.Kind.Name)
			for c := range table.Shape.Columns {
				cell, ok := table.Cell(int(item.Row), c)
				fmt.Fprintf(&b, " %v:%s", ok, cell)
			}
			b.WriteByte('\n')
			for _, child := range table.Children {
				b.WriteString(indent + " " + child.Selection.Via.Name + "\n")
				level(child, int(item.Row), indent+"  ")
			}
		}
		if l.More != nil && l.More[p] {
			b.WriteString(indent + "more\n")
		}
	}
	level(l, 0, "")
	return b.String()
}

// chooser makes selections of what a store has.
type chooser struct {
	*rand.Rand
	objects map[*plan.Kind][]plan.Object
}

// everything is all that a store has.
func everything(t *testing.T, s store.Store) map[*plan.Kind][]plan.Object {
	objects := map[*plan.Kind][]plan.Object{}
	for _, k := range plan.Kinds() {
		result, err := s.Fetch(t.Context(), &query.Selection{Of: []query.Shape{query.Whole(k)}})
		if err != nil {
			t.Fatal(err)
		}
		if objects[k], err = result.Root.Objects(); err != nil {
			t.Fatal(err)
		}
	}
	return objects
}

func (c *chooser) root() *query.Selection {
	kinds := plan.Kinds()
	sel := &query.Selection{}
	c.shape(sel, kinds[c.IntN(len(kinds))], 2)
	c.arguments(sel)
	return sel
}

func (c *chooser) shape(sel *query.Selection, k *plan.Kind, depth int) {
	shape := query.Shape{Kind: k}
	for _, f := range k.Fields {
		if c.IntN(3) > 0 {
			shape.Columns = append(shape.Columns, f)
		}
	}
	for range c.IntN(3) {
		if depth == 0 || len(k.Ends) == 0 {
			break
		}
		child := &query.Selection{Via: k.Ends[c.IntN(len(k.Ends))]}
		for _, to := range child.Via.To {
			c.shape(child, to, depth-1)
		}
		if child.Via.Edge == nil || child.Via.Reverse {
			c.arguments(child)
		}
		shape.Children = append(shape.Children, child)
	}
	sel.Of = append(sel.Of, shape)
}

func (c *chooser) arguments(sel *query.Selection) {
	k := sel.Of[0].Kind
	sel.Count = c.IntN(3) == 0
	sel.Page.First = c.IntN(2) * (1 + c.IntN(20))
	if c.IntN(2) == 0 {
		sel.Order = []query.Order{{Field: k.Fields[c.IntN(len(k.Fields))], Desc: c.IntN(2) == 0}}
	}
	object := c.some(k)
	if object == nil {
		return
	}
	f := k.Fields[c.IntN(len(k.Fields))]
	switch value := f.Get(object); {
	case value == nil:
		sel.Filter = query.Null{Field: f}
	case c.IntN(2) == 0:
		ops := []query.Op{query.EQ, query.GT, query.GE, query.LT, query.LE}
		sel.Filter = query.Compare{Field: f, Op: ops[c.IntN(len(ops))], Value: value}
	}
	if c.IntN(3) == 0 {
		at := &query.Position{ID: object.Base().ID}
		for _, by := range sel.EffectiveOrder() {
			at.Values = append(at.Values, by.Field.Get(object))
		}
		sel.Page.After = at
	}
}

// some is an object of a kind, nil when there is none.
func (c *chooser) some(k *plan.Kind) plan.Object {
	if len(c.objects[k]) == 0 {
		return nil
	}
	return c.objects[k][c.IntN(len(c.objects[k]))]
}
