package report

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// What involves no plan is told of its indicator, in every format.
func TestWithoutPlans(t *testing.T) {
	rules, err := coherence.RulesNamed("R10")
	if err != nil {
		t.Fatal(err)
	}
	reports := map[coherence.Outcome]*Report{}
	names := map[coherence.Outcome]string{}
	for _, e := range rules[0].Doc.Examples {
		objects := e.Objects()
		frame := coherence.NewFrame(objects)
		run, err := coherence.Check(context.Background(), frame, coherence.NewMemory(objects), coherence.Options{Rules: rules})
		if err != nil {
			t.Fatal(err)
		}
		reports[e.Answer] = New(run, Register{}, nil)
		for _, o := range objects {
			if in, ok := o.(*plan.Indicator); ok {
				names[e.Answer] = in.Name
			}
		}
	}
	for _, outcome := range []coherence.Outcome{coherence.Fail, coherence.NotComparable} {
		r, name := reports[outcome], names[outcome]
		if r == nil || name == "" || len(r.Findings)+len(r.NotChecked) == 0 {
			t.Fatalf("%s: the rule's example reports nothing about an indicator", outcome)
		}
		for format, write := range map[string]func(io.Writer, *Report) error{
			"text":  func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{}) },
			"junit": func(w io.Writer, r *Report) error { return JUnit(w, r, "") },
			"html":  HTML, "csv": CSV, "sarif": SARIF,
		} {
			var out bytes.Buffer
			if err := write(&out, r); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(out.String(), name) {
				t.Errorf("%s as %s does not name %q:\n%s", outcome, format, name, out.String())
			}
			for _, empty := range []string{"· \n", "·\n", `name=" `, `name=""`} {
				if strings.Contains(out.String(), empty) {
					t.Errorf("%s as %s has an empty place %q:\n%s", outcome, format, empty, out.String())
				}
			}
		}
	}
	for _, f := range reports[coherence.Fail].Findings {
		if len(f.Plans) != 0 || heading(&f) != names[coherence.Fail] {
			t.Errorf("the finding of plans %v is headed %q", f.Plans, heading(&f))
		}
	}
	var out bytes.Buffer
	if err := JSON(&out, reports[coherence.NotComparable]); err != nil {
		t.Fatal(err)
	}
	var read struct {
		NotChecked []map[string]any `json:"notChecked"`
	}
	if err := json.Unmarshal(out.Bytes(), &read); err != nil || len(read.NotChecked) == 0 {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if n := read.NotChecked[0]; n["a"] != nil || n["b"] != nil || n["indicator"] == nil {
		t.Errorf("as JSON: %v", n)
	}
}
