package document

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"xianjie/internal/plan"
)

func TestSchema(t *testing.T) { golden(t, "schema.json", Schema()) }

// checker knows as much of JSON Schema as Schema uses, and fails on what it does not know.
type checker struct {
	defs     map[string]any
	problems []string
}

func (c *checker) check(at string, s map[string]any, v any) {
	if ref, ok := s["$ref"].(string); ok {
		def, ok := c.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		if !ok {
			c.problems = append(c.problems, at+": no definition "+ref)
			return
		}
		c.check(at, def, v)
		return
	}
	if enum, ok := s["enum"].([]any); ok && !slices.Contains(enum, v) {
		c.problems = append(c.problems, fmt.Sprintf("%s: %v is none of %v", at, v, enum))
	}
	if want, ok := s["type"]; ok && !slices.Contains(typesOf(v), fmt.Sprint(want)) && !slices.ContainsFunc(typesOf(v), func(is string) bool {
		list, _ := want.([]any)
		return slices.Contains(list, any(is))
	}) {
		c.problems = append(c.problems, fmt.Sprintf("%s: %v is no %v", at, v, want))
	}
	switch v := v.(type) {
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for key, inner := range v {
			if p, ok := properties[key].(map[string]any); ok {
				c.check(at+"."+key, p, inner)
			} else {
				c.problems = append(c.problems, at+": key "+key)
			}
		}
		required, _ := s["required"].([]any)
		for _, key := range required {
			if _, ok := v[key.(string)]; !ok {
				c.problems = append(c.problems, fmt.Sprintf("%s: %v is missing", at, key))
			}
		}
	case []any:
		items, _ := s["items"].(map[string]any)
		for i, inner := range v {
			c.check(fmt.Sprintf("%s[%d]", at, i), items, inner)
		}
	}
}

func typesOf(v any) []string {
	switch v.(type) {
	case map[string]any:
		return []string{"object"}
	case []any:
		return []string{"array"}
	case bool:
		return []string{"boolean"}
	case int, int64, uint64:
		return []string{"integer", "number"}
	case float64:
		return []string{"number"}
	}
	return []string{"string"}
}

// against checks a document against the schema's alternative for it.
func against(t *testing.T, text []byte) []string {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Load(text, &doc); err != nil {
		t.Fatal(err)
	}
	var best []string
	for i, alternative := range schema["oneOf"].([]any) {
		c := &checker{defs: schema["$defs"].(map[string]any)}
		c.check("", alternative.(map[string]any), doc)
		if i == 0 || len(c.problems) < len(best) {
			best = c.problems
		}
	}
	return best
}

func TestSchemaAcceptsWhatIsWritten(t *testing.T) {
	files, err := Write(objectsOf(register(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if problems := against(t, f.Data); len(problems) > 0 {
			t.Errorf("%s: %v", f.Name, problems)
		}
	}
}

func TestSchemaRefusesWhatParseRefuses(t *testing.T) {
	tests := []struct{ name, text string }{
		{"unknown key", "goals:\n- {code: a, title: x, banana: y}"},
		{"unknown list", "targests: []"},
		{"unknown key in source", "goals:\n- {code: a, title: x, source: {reff: A1}}"},
		{"missing title", "goals:\n- {code: a}"},
		{"wrong word", "sections:\n- {code: a, title: x, rank: Chapter}"},
		{"missing value", "targets:\n- {code: a, indicator: x, region: r}"},
		{"text instead of list", "tasks:\n- {code: a, title: x, leads: b}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if problems := against(t, []byte(header+tt.text)); len(problems) != 1 {
				t.Errorf("problems %v, want one", problems)
			}
		})
	}
}

func TestSchemaDescribesEveryKind(t *testing.T) {
	for _, k := range plan.Kinds() {
		if k.Name != "Finding" && describeKind(k) == k.Name+"." {
			t.Errorf("%s has no description", k.Name)
		}
	}
}
