package neo4j_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/graph"
	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/storetest"
)

// recorder keeps the texts of the read statements that a store runs.
type recorder struct {
	mu    sync.Mutex
	texts []string
	seen  context.CancelFunc // called with each, when not nil
}

func (r *recorder) observe(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if strings.HasPrefix(text, "CYPHER 5 MATCH (finished:") && !slices.Contains(r.texts, text) {
		r.texts = append(r.texts, text)
	}
	if r.seen != nil {
		r.seen()
	}
}

// TestPlans has the database explain every statement that the demonstration needs and those of a
// corpus: none may go through all nodes, all objects of a kind, or all pairs.
func TestPlans(t *testing.T) {
	ctx := t.Context()
	openEmpty(t)
	r := &recorder{}
	s := openOn(t, server, neo4j.Options{Observe: r.observe})
	reg := register.New(s)
	if _, err := reg.Import(ctx, document.Of(demonstration(t)...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	for block := range 20 { // so that no kind is empty, which the planner would not mind to go through
		var cs plan.ChangeSet
		for _, o := range storetest.World(block) {
			cs.Ops = append(cs.Ops, plan.Op{Upsert: o})
		}
		if _, err := s.Apply(ctx, cs); err != nil {
			t.Fatal(err)
		}
	}
	exec := graph.New(reg, graph.Options{Limits: graph.DefaultLimits(), Introspection: true, Version: "test"})
	for _, q := range demo.Questions() {
		if _, err := graph.Ask(ctx, exec, graph.Question{Query: q.Query}); err != nil {
			t.Fatalf("%s: %v", q.Title, err)
		}
	}
	for _, typ := range [][]plan.LinkType{nil, {plan.Obeys}} {
		if _, err := s.Paths(ctx, query.PathQuery{From: "plan:nm-eco-14", To: "plan:nm-climate-14", Through: typ, MaxLength: 4, Limit: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Changes(ctx, 0, 10); err != nil {
		t.Fatal(err)
	}
	for what, sel := range corpus() {
		// The text is enough: what runs it would have it planned a second time.
		asking, seen := context.WithCancel(ctx)
		r.seen = seen
		if _, err := s.Fetch(asking, sel); err != nil && plan.CodeOf(err) != plan.Timeout {
			t.Fatalf("%s: %v", what, err)
		}
		seen()
	}
	if len(r.texts) < 300 {
		t.Fatalf("saw %d statements, wanted some hundred", len(r.texts))
	}
	session := newSession(t)
	if err := server.Run(ctx, "CALL db.clearQueryCaches()"); err != nil { // some plans were made when there was nothing
		t.Fatal(err)
	}
	for _, text := range r.texts {
		for _, problem := range problems(t, session, text) {
			t.Errorf("%s in\n%s", problem, text)
		}
	}
	for text, want := range map[string]string{ // that the test sees what it looks for, wherever in a plan
		"MATCH (n) RETURN count(n.x)":                     "AllNodesScan",
		"MATCH (n:Target) WHERE n.note = 'x' RETURN n.id": "NodeByLabelScan",
		"MATCH (n:Target) WHERE n.note = 'x' WITH count(n) AS n MATCH (b:WriteBegun) RETURN n, b.revision":        "NodeByLabelScan",
		"MATCH (b:WriteBegun) WITH b RETURN b.revision, COLLECT { MATCH (n:Target) WHERE n.note = 'x' RETURN n }": "NodeByLabelScan",
		"MATCH (a:Plan), (b:Region) WHERE a.id > 'x' AND b.id > 'x' RETURN a.id, b.id":                            "CartesianProduct",
	} {
		if got := problems(t, session, text); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("of %s the test sees %q, wanted %s", text, got, want)
		}
	}
}

// TestPlansOfWrites has the database explain what a writer runs, in an empty register: the plan that is made there is kept while the register
// grows. It must find all that it reads by an index; pairs are of one node each.
func TestPlansOfWrites(t *testing.T) {
	ctx := t.Context()
	openEmpty(t)
	texts := map[string]bool{}
	s := openOn(t, server, neo4j.Options{Observe: func(text string) {
		if strings.HasPrefix(text, "CYPHER replan=skip ") {
			texts[text] = true
		}
	}})
	made, changed, removed := plan.ChangeSet{Key: "made"}, plan.ChangeSet{Key: "changed"}, plan.ChangeSet{Key: "removed"}
	for _, o := range storetest.World(0) {
		made.Ops = append(made.Ops, plan.Op{Upsert: o})
	}
	for _, o := range storetest.World(0) {
		if note := plan.KindFor(o).Field("note"); note != nil {
			if err := note.Set(o, "another"); err != nil {
				t.Fatal(err)
			}
		}
		changed.Ops = append(changed.Ops, plan.Op{Upsert: o})
		removed.Ops = append(removed.Ops, plan.Op{Remove: o.Base().ID, Cascade: true})
	}
	for _, cs := range []plan.ChangeSet{made, changed, removed} {
		if _, err := s.Apply(ctx, cs); err != nil {
			t.Fatal(err)
		}
	}
	if len(texts) < 100 {
		t.Fatalf("saw %d statements, wanted a hundred", len(texts))
	}
	openEmpty(t)
	if err := server.Run(ctx, "CALL db.clearQueryCaches()"); err != nil {
		t.Fatal(err)
	}
	session := newSession(t)
	const throughLinks = "DirectedRelationshipTypeScan"
	for text := range texts {
		for _, problem := range problems(t, session, text, throughLinks) {
			if !strings.HasPrefix(problem, "CartesianProduct") {
				t.Errorf("%s in\n%s", problem, text)
			}
		}
	}
	const byType = "MATCH ()-[n:OBEYS]->() WHERE n.note = 'x' RETURN n.id"
	if got := problems(t, session, byType, throughLinks); len(got) != 1 || !strings.HasPrefix(got[0], throughLinks) {
		t.Errorf("of %s the test sees %q, wanted that all links are gone through", byType, got)
	}
}

// newSession opens one that the test has for itself.
func newSession(t *testing.T) driver.SessionWithContext {
	t.Helper()
	d, err := driver.NewDriverWithContext(server.URL, driver.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	session := d.NewSession(t.Context(), driver.SessionConfig{DatabaseName: "neo4j"})
	t.Cleanup(func() {
		if err := errors.Join(session.Close(context.Background()), d.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
	return session
}

// corpus is what readers ask of each kind: pages in every indexed order, behind a position, by
// every indexed field, by what every edge reaches, by words, and along every edge.
func corpus() map[string]*query.Selection {
	all := map[string]*query.Selection{}
	for _, k := range plan.Kinds() {
		id := []*plan.Field{k.Field("id")}
		shape := []query.Shape{{Kind: k, Columns: id}}
		add := func(name string, sel query.Selection) {
			sel.Of = shape
			all[k.Name+" "+name] = &sel
		}
		add("by id", query.Selection{IDs: []plan.ID{"plan:p1"}})
		page := query.Page{First: 50}
		add("page", query.Selection{Page: page, Count: true})
		add("last page", query.Selection{Page: query.Page{Last: 50}})
		at := &query.Position{ID: plan.ID(k.Prefix + ":x")}
		add("behind", query.Selection{Page: query.Page{First: 50, After: at}})
		add("before", query.Selection{Page: query.Page{Last: 50, Before: at}})
		add("word", query.Selection{Page: page, Filter: query.Text{Query: "森林覆盖率"}})
		for _, f := range k.Fields {
			if !f.Index {
				continue
			}
			var value any = "x"
			if f.Type == plan.Int {
				value = int64(2025)
			}
			add("where "+f.Name, query.Selection{Page: page, Filter: query.Compare{Field: f, Op: query.EQ, Value: value}})
			by := []query.Order{{Field: f}}
			add("by "+f.Name, query.Selection{Page: page, Order: by})
			add("by "+f.Name+", behind", query.Selection{Page: query.Page{First: 50, After: &query.Position{Values: []any{value}, ID: at.ID}}, Order: by})
		}
		along := query.Shape{Kind: k, Columns: id}
		for _, e := range k.Ends {
			child := &query.Selection{Via: e}
			for _, to := range e.To {
				child.Of = append(child.Of, query.Shape{Kind: to, Columns: []*plan.Field{to.Field("id")}})
			}
			along.Children = append(along.Children, child)
			add("of "+e.Name, query.Selection{Page: page, Filter: query.Related{End: e, Filter: query.IDs{"plan:p1"}}})
		}
		all[k.Name+" along all edges"] = &query.Selection{IDs: []plan.ID{"plan:p1"}, Of: []query.Shape{along}}
	}
	all["q2"], all["q3"], all["q4"] = q2(), q3("plan:x"), q4()
	return all
}

// problems are the operators of a statement's plan that read more than is asked for, and those with one of the names.
func problems(t *testing.T, session driver.SessionWithContext, text string, also ...string) []string {
	t.Helper()
	ctx := t.Context()
	result, err := session.Run(ctx, "EXPLAIN "+text, nil)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	summary, err := result.Consume(ctx)
	if err != nil || summary.Plan() == nil {
		t.Fatalf("no plan of\n%s\n%v", text, err)
	}
	// The tree that the driver gives has an operator's last child in place of each; the text has all.
	shown := fmt.Sprint(summary.Plan().Arguments()["string-representation"])
	seen := 0
	var found []string
	for line := range strings.Lines(shown) {
		name, details, ok := operator(line)
		if !ok {
			continue
		}
		seen++
		switch {
		case name == "AllNodesScan", name == "CartesianProduct", slices.Contains(also, name),
			name == "NodeByLabelScan" && !strings.Contains(details, ":Write"): // one node each
			found = append(found, name+" "+details)
		}
	}
	if seen == 0 {
		t.Fatalf("no operator in\n%s", shown)
	}
	return found
}

// operator reads a line of a plan such as "| | +Filter | 12 | n.year = 2025 | …".
func operator(line string) (name, details string, ok bool) {
	_, text, ok := strings.Cut(line, "+")
	if !ok || !strings.HasPrefix(line, "|") || strings.HasPrefix(text, "-") {
		return "", "", false
	}
	columns := strings.SplitN(text, "|", 4)
	if len(columns) < 3 {
		return "", "", false
	}
	return strings.TrimSpace(columns[0]), strings.TrimSpace(columns[2]), true
}
