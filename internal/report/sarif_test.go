package report

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

func sarifOf(t *testing.T, r *Report) map[string]any {
	t.Helper()
	var log map[string]any
	if err := json.Unmarshal(written(t, r, SARIF), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// sarifRead is a log as readers of JSON see it.
type sarifRead struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []struct {
		Tool       sarifTool          `json:"tool"`
		ColumnKind string             `json:"columnKind"`
		Results    []sarifResult      `json:"results"`
		Properties sarifRunProperties `json:"properties"`
	} `json:"runs"`
}

// sarifResults writes the log without what it takes from the catalogue of rules.
func sarifResults(w io.Writer, r *Report) error {
	var b bytes.Buffer
	if err := SARIF(&b, r); err != nil {
		return err
	}
	var log sarifRead
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		return err
	}
	log.Runs[0].Tool.Driver.Rules = nil
	for i := range log.Runs[0].Results {
		log.Runs[0].Results[i].RuleIndex = nil
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(log)
}

// required are what OASIS's schema of SARIF 2.1.0 demands of the objects that the report writes, by the name of the property that
// holds them.
func required() map[string][]string {
	return map[string][]string{
		"log": {"version", "runs"}, "runs": {"tool"}, "tool": {"driver"}, "driver": {"name"}, "rules": {"id"}, "results": {"message"},
		"suppressions": {"kind"}, "physicalLocation": {"artifactLocation"}, "message": {"text"}, "shortDescription": {"text"},
		"fullDescription": {"text"}, "help": {"text"},
	}
}

func TestSARIFIsWellFormed(t *testing.T) {
	log := sarifOf(t, located(t))
	holds(t, "log", log)
	if log["version"] != "2.1.0" {
		t.Errorf("version %v", log["version"])
	}
	run := log["runs"].([]any)[0].(map[string]any)
	rules := run["tool"].(map[string]any)["driver"].(map[string]any)["rules"].([]any)
	if len(rules) != len(coherence.Rules()) {
		t.Errorf("%d rules, want %d", len(rules), len(coherence.Rules()))
	}
	kinds := []string{"notApplicable", "pass", "fail", "review", "open", "informational"}
	prints := map[any]bool{}
	for _, each := range run["results"].([]any) {
		result := each.(map[string]any)
		if !slices.Contains(kinds, result["kind"].(string)) {
			t.Errorf("kind %v", result["kind"])
		}
		if (result["kind"] == "fail") == (result["level"] == "none") {
			t.Errorf("kind %v with level %v", result["kind"], result["level"])
		}
		if rule := rules[int(result["ruleIndex"].(float64))].(map[string]any); rule["id"] != result["ruleId"] {
			t.Errorf("rule %v stands where %v is looked for", rule["id"], result["ruleId"])
		}
		if result["kind"] != "fail" {
			continue
		}
		print := result["partialFingerprints"].(map[string]any)["finding/v1"]
		if print == "" || prints[print] {
			t.Errorf("fingerprint %v is empty or not its own", print)
		}
		prints[print] = true
	}
}

// holds walks an object and all below it; the free-form property bags are left out.
func holds(t *testing.T, name string, value any) {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			holds(t, name, v)
		}
	case map[string]any:
		for _, want := range required()[name] {
			if text, ok := value[want]; !ok || text == "" {
				t.Errorf("%s without %s: %v", name, want, value)
			}
		}
		for key, v := range value {
			if key != "properties" {
				holds(t, key, v)
			}
		}
	}
}

func TestSARIFLevels(t *testing.T) {
	for severity, want := range map[plan.Severity]string{plan.Blocker: "error", plan.SevError: "error", plan.Warning: "warning", plan.Info: "note"} {
		if got := sarifLevel(severity); got != want {
			t.Errorf("%s is %s, want %s", severity, got, want)
		}
	}
}

func TestSARIFPointsIntoDocuments(t *testing.T) {
	r := located(t)
	got := r.sarifFinding(&Finding{
		Plans:    []Ref{{ID: "plan:a"}, {ID: "plan:b"}},
		About:    []Ref{{ID: "target:a/x", Title: "x of a"}},
		Evidence: []plan.Evidence{{Object: "target:b/x", Field: "quantity"}, {Object: "target:a/x", Field: "quantity"}},
		Yields:   Yields{Plan: &Ref{ID: "plan:a"}},
	})
	want := []sarifLocation{{
		PhysicalLocation: &sarifPhysicalLocation{sarifArtifact{"plans/%E8%A7%84%E5%88%92%20a.yaml"}, sarifRegion{7, 9}},
		LogicalLocations: []sarifLogicalLocation{{"x of a", "target:a/x", "target"}},
	}}
	if diff := cmp.Diff(want, got.Locations); diff != "" {
		t.Errorf("where the plan that yields has to write: %s", diff)
	}
	related := []sarifLocation{{ID: 1, LogicalLocations: []sarifLogicalLocation{{"target:b/x", "target:b/x", "target"}}}}
	if diff := cmp.Diff(related, got.RelatedLocations); diff != "" {
		t.Error(diff)
	}
}

func TestSARIFPaths(t *testing.T) {
	for path, want := range map[string]string{"plans/a.yaml": "plans/a.yaml", "/plans/a b.yaml": "file:///plans/a%20b.yaml", "a:b.yaml": "./a:b.yaml"} {
		if got := sarifURI(path); got != want {
			t.Errorf("%s became %s, want %s", path, got, want)
		}
	}
}
