package neo4j_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"xianjie/graph"
	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/register"
	"xianjie/internal/store/neo4j"
)

// TestKnownQuestions asks the documented questions once, and then for other fields, other objects
// and longer pages: no statement may be one that the database has not planned.
func TestKnownQuestions(t *testing.T) {
	ctx := t.Context()
	openEmpty(t)
	r := &recorder{}
	reg := register.New(openOn(t, server, neo4j.Options{Observe: r.observe}))
	if _, err := reg.Import(ctx, document.Of(demonstration(t)...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	exec := graph.New(reg, graph.Options{Limits: graph.DefaultLimits()})
	ask := func(query string) {
		t.Helper()
		if _, err := graph.Ask(ctx, exec, graph.Question{Query: query}); err != nil {
			t.Fatalf("%s\n%v", query, err)
		}
	}
	for _, q := range demo.Questions() {
		ask(q.Query)
	}
	const many = `{plans(first: %d) {nodes {id %s targets(first: %d) {nodes {id %s indicator {%s}}}}}}`
	ask(fmt.Sprintf(many, 50, "title", 50, "text", "name"))
	known := slices.Clone(r.texts)
	ask(fmt.Sprintf(many, 20, "status level category version", 40, "year nature order note createdAt quantity {value unit} source {document}", "id unit version createdAt"))
	ask(fmt.Sprintf(many, 50, "", 400, "", "id"))
	for _, text := range r.texts {
		if !slices.Contains(known, text) {
			t.Errorf("not known before:\n%s", text)
		}
	}
}

// TestListsStandInAMap: see given.
func TestListsStandInAMap(t *testing.T) {
	openEmpty(t)
	var mu sync.Mutex
	var texts []string
	s := openOn(t, server, neo4j.Options{Observe: func(text string) {
		mu.Lock()
		defer mu.Unlock()
		texts = append(texts, text)
	}})
	if _, err := register.New(s).Import(t.Context(), document.Of(demonstration(t)...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	lists := 0
	for _, text := range texts {
		for _, before := range []string{"IN $", "UNWIND $", "size($"} {
			lists += strings.Count(text, before)
			if strings.Count(text, before) != strings.Count(text, before+"in.") {
				t.Errorf("a list is a parameter of its own in\n%s", text)
			}
		}
	}
	if lists < 100 {
		t.Errorf("saw %d lists, wanted some hundred", lists)
	}
}
