package graph

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store/sqlite"
)

// demonstrated is a register with the demonstration in it.
func demonstrated(t *testing.T) *register.Register {
	t.Helper()
	s, err := sqlite.OpenTemporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var docs []*document.Document
	for _, f := range demo.Documents() {
		d, errs := document.Parse(f.Name, f.Data)
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	r := register.New(s)
	if _, err := r.Import(t.Context(), document.Of(docs...), register.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCompare(t *testing.T) {
	exec := New(demonstrated(t), unlimited)
	data := ask(t, exec, `{compare(a:"plan:nm-forest-14-2021-01", b:"plan:nm-forest-14") {
		a{id status} b{id} same kept
		changes{kind code name change before{id ... on Target{year}} after{id} fields{field before after} opens closes}
		opened{id}
		closed{id rule severity dimension message plans{id title} about{id} linkIds
			evidence{object published} yields{norm escalate reason plan{id}} explanation{step text citation{law article}}}
	}}`).(map[string]any)["compare"].(map[string]any)
	var stock, wetland map[string]any
	for _, c := range data["changes"].([]any) {
		switch c := c.(map[string]any); c["code"] {
		case "forest-stock-2025":
			stock = c
		case "wetland-protection-2025":
			wetland = c
		}
	}
	closes := stock["closes"]
	delete(stock, "closes")
	want := map[string]any{
		"kind": "TARGET", "code": "forest-stock-2025", "name": "森林蓄积量", "change": "CHANGED", "opens": []any{},
		"before": map[string]any{"id": "target:nm-forest-14-2021-01/forest-stock-2025", "year": 2025.0},
		"after":  map[string]any{"id": "target:nm-forest-14/forest-stock-2025"},
		"fields": []any{map[string]any{"field": "quantity", "before": []any{"16.5 亿m³"}, "after": []any{"15.5 亿m³"}}},
	}
	if diff := cmp.Diff(want, stock); diff != "" {
		t.Error(diff)
	}
	if wetland["change"] != "REMOVED" || wetland["after"] != nil || wetland["before"] == nil || len(wetland["fields"].([]any)) != 0 {
		t.Errorf("a target that only the first text has: %v", wetland)
	}
	closed := data["closed"].([]any)
	found := closed[0].(map[string]any)
	if ids := closes.([]any); len(ids) != 1 || ids[0] != found["id"] || found["rule"] != "R02" {
		t.Errorf("the stock closes %v, closed are %v", closes, closed)
	}
	if len(found["explanation"].([]any)) < 4 || len(found["plans"].([]any)) != 2 || !strings.Contains(found["message"].(string), "16.5") {
		t.Errorf("the finding is not whole: %v", found)
	}
	for query, code := range map[string]plan.Code{
		`{compare(a:"plan:nm-forest-14", b:"plan:nm-climate-14") {same}}`: plan.BadUserInput,
		`{compare(a:"plan:nm-forest-14", b:"plan:nm-forest-14") {same}}`:  plan.BadUserInput,
		`{compare(a:"plan:nm-forest-14", b:"plan:nobody") {same}}`:        plan.NotFound,
	} {
		resp := run(t, exec, query, nil)
		if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != string(code) {
			t.Errorf("%s answers %v, want %s", query, resp.Errors, code)
		}
	}
}
