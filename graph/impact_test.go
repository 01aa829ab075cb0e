package graph

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImpact(t *testing.T) {
	exec := New(demonstration(t), unlimited)
	got := ask(t, exec, `{impact(id:"target:nat-energy-saving-14/energy-intensity-2025"){object{id} complete stop{reason}
		dependents{object{__typename id} obligation path{object{id} by link{type to{... on Plan{code}}}} stop{reason text}}}}`).(map[string]any)["impact"]
	followed := map[string]any{
		"object": map[string]any{"id": "plan:nm-energy-programme-2022"}, "by": "BASED_ON",
		"link": map[string]any{"type": "BASED_ON", "to": map[string]any{"code": "nat-energy-saving-14"}},
	}
	const target = "target:nm-energy-programme-2022/energy-intensity-2025"
	want := any(map[string]any{
		"object": map[string]any{"id": "target:nat-energy-saving-14/energy-intensity-2025"}, "complete": true, "stop": nil,
		"dependents": []any{
			map[string]any{
				"object": map[string]any{"__typename": "Plan", "id": "plan:nm-energy-programme-2022"}, "obligation": "MUST_FOLLOW",
				"path": []any{followed}, "stop": nil,
			},
			map[string]any{
				"object": map[string]any{"__typename": "Target", "id": target}, "obligation": "MUST_FOLLOW",
				"path": []any{followed, map[string]any{"object": map[string]any{"id": target}, "by": "SAME_INDICATOR", "link": nil}},
				"stop": map[string]any{"reason": "NOTHING_DEPENDS", "text": "规划库中没有登记依赖该对象的其他对象"},
			},
		},
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What the frame doesn't have is asked of the store: sections of a section too, which rules never look at.
func TestImpactOfASection(t *testing.T) {
	got := ask(t, New(demonstration(t), unlimited), `{impact(id:"section:nm-eco-14/1"){dependents{object{id} stop{reason}}}}`).(map[string]any)["impact"]
	want := any(map[string]any{"dependents": []any{
		map[string]any{"object": map[string]any{"id": "section:nm-eco-14/1.1"}, "stop": map[string]any{"reason": "REFERENCE"}},
	}})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestImpactIsRefused(t *testing.T) {
	exec := New(demonstration(t), unlimited)
	for id, code := range map[string]string{
		"plan:none": "NOT_FOUND", "none": "NOT_FOUND", "link:obeys/plan:none>plan:nm-eco-14": "NOT_FOUND",
		"link:based_on/plan:nm-eco-14>plan:nat-outline-14": "BAD_USER_INPUT",
	} {
		t.Run(id, func(t *testing.T) {
			resp := run(t, exec, `query($id:ID!){impact(id:$id){complete}}`, map[string]any{"id": id})
			if len(resp.Errors) != 1 || resp.Errors[0].Extensions["code"] != code {
				t.Errorf("saw %v, wanted %s", resp.Errors, code)
			}
		})
	}
}
