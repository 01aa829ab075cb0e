package graph

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/store/storetest"
)

// inputOf is the input that asks for an object as it is, but for what the register notes by itself.
func inputOf(o plan.Object) map[string]any {
	kind := plan.KindFor(o)
	input := map[string]any{}
	for _, f := range kind.Fields {
		if f.Noted || f.Name == "code" || f.Name == "version" || f.Name == "createdAt" || f.Name == "updatedAt" {
			continue
		}
		group, member, inGroup := strings.Cut(f.Name, ".")
		value := f.Get(o)
		switch {
		case value == nil:
		case !inGroup && f.Type == plan.Strings:
			var list []any
			_ = json.Unmarshal([]byte(value.(string)), &list) // Get wrote it
			input[f.Name] = list
		case !inGroup:
			input[f.Name] = value
		case group == "source":
			if input[group] == nil {
				input[group] = map[string]any{}
			}
			input[group].(map[string]any)[member] = value
		default:
			input[group] = kind.Quantity(o, group).String()
		}
	}
	for _, e := range kind.Edges {
		switch ids := e.Get(o); {
		case len(ids) == 0:
		case e.Many:
			list := make([]any, len(ids))
			for i, id := range ids {
				list[i] = string(id)
			}
			input[e.Name] = list
		default:
			input[e.Name] = string(ids[0])
		}
	}
	return input
}

// TestInputIsTheObject reads an input of every kind with every member stated, and one with as little as possible.
func TestInputIsTheObject(t *testing.T) {
	for _, o := range storetest.World(0) {
		kind := plan.KindFor(o)
		if kind.Name == "Finding" {
			continue
		}
		input := inputOf(o)
		for _, f := range kind.Fields {
			if f.Noted {
				_ = f.Set(o, nil) // which no field refuses
			}
		}
		got, err := objectOf(kind, input)
		if err != nil {
			t.Fatalf("%s: %v", o.Base().ID, err)
		}
		if want := plan.Marshal(o); !bytes.Equal(plan.Marshal(got), want) {
			t.Errorf("saw %s, wanted %s", plan.Marshal(got), want)
		}
		for name, value := range input {
			if name == "id" || value == false || value == string(plan.Unstated) || value == string(plan.Unreviewed) {
				continue // the id, or what is meant when nothing is given
			}
			input[name] = nil
			got, err := objectOf(kind, input)
			if err != nil {
				t.Fatalf("%s without %s: %v", o.Base().ID, name, err)
			}
			if bytes.Equal(plan.Marshal(got), plan.Marshal(o)) {
				t.Errorf("%s without %s is as with it", o.Base().ID, name)
			}
			input[name] = value
		}
	}
}

func TestInputErrors(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]any
		want   string
	}{
		"nothing":            {map[string]any{"cascade": true}, "changes[0]: saw 0 of the members"},
		"two at once":        {map[string]any{"remove": "plan:a", "plan": map[string]any{"id": "plan:a"}}, "changes[0]: saw 2 of the members that say what to write or remove (plan, remove)"},
		"no quantity":        {map[string]any{"target": map[string]any{"id": "target:a/t", "quantity": "viel"}}, "changes[0] target:a/t.quantity: is no quantity"},
		"a finding":          {map[string]any{"remove": "finding:r01-x"}, "changes[0] finding:r01-x: is a finding"},
		"a number too large": {map[string]any{"goal": map[string]any{"id": "goal:a/1", "year": json.Number("1e400")}}, "changes[0] goal:a/1.year: saw 1e400"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := opsOf([]map[string]any{c.change})
			if err == nil || plan.CodeOf(err) != plan.BadUserInput || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("saw %v, wanted %s…", err, c.want)
			}
		})
	}
	if _, err := opsOf(make([]map[string]any, MaxChanges+1)); plan.CodeOf(err) != plan.BadUserInput {
		t.Errorf("too many changes gave %v", err)
	}
}
