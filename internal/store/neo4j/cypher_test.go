package neo4j_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/register"
)

// A person can ask the graph in Cypher: the README's questions give the README's answers.
func TestReadmeInCypher(t *testing.T) {
	ctx := t.Context()
	var docs []*document.Document
	for _, f := range demo.Documents() {
		d, errs := document.Parse(f.Name, f.Data)
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	if _, err := register.New(openEmpty(t)).Import(ctx, document.Of(docs...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	d, err := driver.NewDriverWithContext(server.URL, driver.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(ctx)
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	asked := strings.Split(string(text), "```cypher\n")[1:]
	if len(asked) != 3 {
		t.Fatalf("found %d questions, wanted 3", len(asked))
	}
	for _, part := range asked {
		question, rest, _ := strings.Cut(part, "\n```\n")
		table, _, _ := strings.Cut(strings.TrimSpace(rest), "\n\n")
		result, err := driver.ExecuteQuery(ctx, d, question, nil, driver.EagerResultTransformer, driver.ExecuteQueryWithDatabase("neo4j"))
		if err != nil {
			t.Errorf("%s\n%v", question, err)
			continue
		}
		lines := []string{row(result.Keys), "|" + strings.Repeat("---|", len(result.Keys))}
		for _, record := range result.Records {
			var cells []string
			for _, value := range record.Values {
				cells = append(cells, strings.Trim(fmt.Sprint(value), "[]"))
			}
			lines = append(lines, row(cells))
		}
		if got := strings.Join(lines, "\n"); got != table {
			t.Errorf("%s\nanswers\n%s\nthe README says\n%s", question, got, table)
		}
	}
}

func row(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }
