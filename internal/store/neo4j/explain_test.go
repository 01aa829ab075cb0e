package neo4j_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/graph"
	"xianjie/internal/demo"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/store/neo4j"
)

// recorder keeps the texts of statements.
type recorder struct {
	mu    sync.Mutex
	texts map[string]bool
}

func (r *recorder) observe(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts[text] = true
}

// reads are the recorded statements that change nothing.
func (r *recorder) reads() []string {
	var reads []string
	for text := range r.texts {
		writes := false
		for _, word := range []string{"CREATE", "MERGE", "SET ", "DELETE", "REMOVE"} {
			writes = writes || strings.Contains(text, word)
		}
		if !writes && strings.Contains(text, "MATCH") {
			reads = append(reads, text)
		}
	}
	slices.Sort(reads)
	return reads
}

// big are the kinds of which a national register has hundreds of thousands.
var big = []string{"Target", "Task", "Goal", "Observation", "Change"}

// TestPlansOfStatements has the database explain every read that the demonstration needs.
func TestPlansOfStatements(t *testing.T) {
	ctx := t.Context()
	seen := &recorder{texts: map[string]bool{}}
	openEmpty(t)
	s := openOn(t, server, neo4j.Options{Observe: seen.observe})
	r := register.New(s)
	if _, err := r.Import(ctx, demonstration(t), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	exec := graph.New(r, graph.Options{Limits: graph.DefaultLimits(), Version: "test"})
	for _, q := range demo.Questions() {
		if _, err := graph.Ask(ctx, exec, graph.Question{Query: q.Query}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Export(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Paths(ctx, query.PathQuery{From: "plan:nm-eco-14", To: "plan:nm-climate-14", MaxLength: 4}); err != nil {
		t.Fatal(err)
	}
	for _, sel := range listings() {
		if _, err := s.Fetch(ctx, sel); err != nil {
			t.Fatal(err)
		}
	}
	d, err := driver.NewDriverWithContext(server.URL, driver.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(ctx)
	reads := seen.reads()
	if len(reads) < 50 {
		t.Fatalf("recorded %d reads", len(reads))
	}
	for _, text := range reads {
		for _, problem := range explained(t, d, text) {
			t.Errorf("%s in\n%s", problem, text)
		}
	}
	for text, want := range map[string]string{
		"MATCH (n) RETURN count(n.x)":                     "AllNodesScan",
		"MATCH (n:Target) WHERE n.note = 'x' RETURN n.id": "NodeByLabelScan Target",
		"MATCH (a:Plan), (b:Region) RETURN a.id, b.id":    "CartesianProduct",
	} {
		if got := explained(t, d, text); len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("of %s the test sees %v, wanted %s", text, got, want)
		}
	}
}

// explained are the problems of a statement's plan.
func explained(t *testing.T, d driver.DriverWithContext, text string) []string {
	t.Helper()
	session := d.NewSession(t.Context(), driver.SessionConfig{DatabaseName: "neo4j"})
	defer session.Close(t.Context())
	result, err := session.Run(t.Context(), "EXPLAIN "+text, nil)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	summary, err := result.Consume(t.Context())
	if err != nil || summary.Plan() == nil {
		t.Fatalf("no plan of\n%s\n%v", text, err)
	}
	return problems(summary.Plan())
}

// problems are the operators of a plan that read more than is asked for.
func problems(p driver.Plan) []string {
	var found []string
	details, _ := p.Arguments()["Details"].(string)
	switch name, _, _ := strings.Cut(p.Operator(), "@"); name {
	case "AllNodesScan", "CartesianProduct":
		found = append(found, name+" "+details)
	case "NodeByLabelScan":
		for _, kind := range big {
			if strings.HasSuffix(details, ":"+kind) {
				found = append(found, name+" "+kind)
			}
		}
	}
	for _, child := range p.Children() {
		found = append(found, problems(child)...)
	}
	return found
}

// listings are one selection per kind for each way in which it can be listed.
func listings() []*query.Selection {
	var all []*query.Selection
	for _, k := range plan.Kinds() {
		of := []query.Shape{{Kind: k, Columns: []*plan.Field{k.Field("id")}}}
		page := query.Page{First: 10}
		at := &query.Position{ID: plan.MakeID(k.Prefix, "x")}
		all = append(all,
			&query.Selection{Of: of, Page: page, Count: true},
			&query.Selection{Of: of, Page: query.Page{First: 10, After: at}},
			&query.Selection{Of: of, Page: query.Page{Last: 10, Before: at}},
			&query.Selection{Of: of, IDs: []plan.ID{at.ID}},
			&query.Selection{Of: of, Page: page, Filter: query.Text{Query: "森林 覆盖"}})
		for _, f := range k.Fields {
			if f.Index {
				all = append(all, &query.Selection{Of: of, Page: page, Order: []query.Order{{Field: f}}})
			}
		}
		for _, e := range k.Ends {
			all = append(all, &query.Selection{Of: of, Page: page, Filter: query.Related{End: e, Filter: query.IDs{plan.MakeID(e.To[0].Prefix, "x")}}})
		}
	}
	return all
}
