package graph

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/register"
	"xianjie/internal/store/sqlite"
)

// demonstration is the register of the demonstration in a store of its own.
func demonstration(t *testing.T) *register.Register {
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

func TestRoom(t *testing.T) {
	exec := New(demonstration(t), unlimited)
	got := ask(t, exec, `{room(indicator:"indicator:farmland",region:"region:150000",year:2035,plan:"plan:nm-eco-14"){
		indicator{name} region{name} year plan{code} unit kind empty contradiction{id} text
		lower{by value open text plan{code} targets{id control}} upper{value} unused{target{id} plan{code} outcome code text}
	}}`).(map[string]any)["room"]
	want := any(map[string]any{
		"indicator": map[string]any{"name": "耕地保有量"}, "region": map[string]any{"name": "内蒙古自治区"}, "year": 2035.0,
		"plan": map[string]any{"code": "nm-eco-14"}, "unit": "万亩", "kind": "LEVEL", "empty": false, "contradiction": []any{},
		"text": "取“不低于 17050.00万亩”的值即可",
		"lower": map[string]any{
			"by": "CONTROL", "value": "17050.00", "open": false, "text": "不低于 17050.00万亩", "plan": map[string]any{"code": "nm-spatial-2035"},
			"targets": []any{map[string]any{"id": "target:nm-spatial-2035/farmland-2035", "control": "《土地管理法》第16条"}},
		},
		"upper": nil, "unused": []any{},
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	resp := run(t, exec, `{room(indicator:"indicator:farmland",region:"region:150000",year:2035,plan:"plan:none"){text}}`, nil)
	if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != "NOT_FOUND" {
		t.Errorf("a plan that doesn't exist answers %v", resp.Errors)
	}
}
