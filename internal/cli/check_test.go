package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xianjie/internal/coherence"
	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/report"
)

// command runs a command in this process and gives its exit code and output.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, Streams{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Env: func(string) (string, bool) { return "", false },
	})
	return code, out.String(), errs.String()
}

func demoReport(t *testing.T) *report.Report {
	t.Helper()
	code, stdout, stderr := command(t, "check", "--demo", "--format", "json")
	if code != exitFindings {
		t.Fatalf("exit %d, want %d: %s", code, exitFindings, stderr)
	}
	var r report.Report
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return &r
}

// between gives the finding of a rule on exactly two plans about an indicator ("" for none).
func between(t *testing.T, r *report.Report, rule string, a, b, indicator plan.ID) report.Finding {
	t.Helper()
	for _, f := range r.Findings {
		plans := []plan.ID{}
		for _, p := range f.Plans {
			plans = append(plans, p.ID)
		}
		about := func(ref report.Ref) bool { return ref.ID == indicator }
		if f.Rule == rule && slices.Equal(plans, slices.Sorted(slices.Values([]plan.ID{a, b}))) &&
			(indicator == "" || slices.ContainsFunc(f.About, about)) {
			return f
		}
	}
	t.Fatalf("no %s between %s and %s about %q", rule, a, b, indicator)
	return report.Finding{}
}

func TestDemonstrationFindings(t *testing.T) {
	r := demoReport(t)
	tests := []struct {
		name      string
		rule      string
		a, b      plan.ID
		indicator plan.ID
		severity  plan.Severity
		refs      []string // of the evidence
		converted []string
		yields    plan.ID
		escalate  bool
	}{
		{
			name: "energy intensity", rule: "R02", a: "plan:nm-climate-14", b: "plan:nm-energy-saving-14",
			indicator: "indicator:energy-intensity", severity: plan.Warning, refs: []string{"I10", "G01"},
			converted: []string{"84.5 %", "85 %"}, escalate: true,
		},
		{
			name: "coal unit retrofits", rule: "R02", a: "plan:nm-energy-saving-14", b: "plan:nm-energy-programme-2022",
			indicator: "indicator:coal-unit-retrofit", severity: plan.SevError, refs: []string{"G14", "G06"},
			converted: []string{"2000 万kW", "3000 万kW"}, escalate: true,
		},
		{
			name: "draft basis", rule: "R15", a: "plan:nm-eco-14", b: "plan:nat-eco-14-draft",
			severity: plan.SevError, refs: []string{"A01", "A13"}, yields: "plan:nm-eco-14",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := between(t, r, test.rule, test.a, test.b, test.indicator)
			if f.Severity != test.severity {
				t.Errorf("severity %s, want %s", f.Severity, test.severity)
			}
			for i, e := range f.Evidence {
				if !slices.Contains(strings.Fields(e.Ref), test.refs[i]) {
					t.Errorf("evidence %d rests on %q, want %s", i, e.Ref, test.refs[i])
				}
				if test.converted != nil && !strings.Contains(e.Converted, test.converted[i]) {
					t.Errorf("evidence %d is converted to %q, want %s", i, e.Converted, test.converted[i])
				}
			}
			if len(f.Evidence) != len(test.refs) {
				t.Errorf("%d pieces of evidence, want %d", len(f.Evidence), len(test.refs))
			}
			var yields plan.ID
			if f.Yields.Plan != nil {
				yields = f.Yields.Plan.ID
			}
			if yields != test.yields || f.Yields.Escalate != test.escalate {
				t.Errorf("yields %q, escalate %t, want %q, %t", yields, f.Yields.Escalate, test.yields, test.escalate)
			}
			if len(f.Explanation) == 0 {
				t.Error("no explanation")
			}
		})
	}
}

// TestDemonstrationFalseAlarms holds facts of the sources that agree with each other: a finding
// that rests on two of a group is wrong.
func TestDemonstrationFalseAlarms(t *testing.T) {
	r := demoReport(t)
	groups := []string{
		"D13 D05 D14",         // red line
		"D03 D11",             // farmland, rounded
		"D04 D12",             // permanent farmland, rounded
		"I09 G17 B15",         // non-fossil share
		"I05 B14",             // coal share
		"I06 G07",             // coal use per kWh
		"I12 B17",             // buses
		"G09 G10 G11 G12 J12", // the four pollutants
		"B12 G11 J12",         // nitrogen oxides
		"B13 G12 J12",         // organic compounds
		"J03 G01",             // a stricter lower level
		"J06 B09",             // an aggregate and an allotted share
		"B10 I20",             // a whole and a part
	}
	for _, f := range r.Findings {
		var refs []string
		for _, e := range f.Evidence {
			refs = append(refs, strings.Fields(e.Ref)...)
		}
		for _, group := range groups {
			common := 0
			for _, ref := range strings.Fields(group) {
				if slices.Contains(refs, ref) {
					common++
				}
			}
			if common > 1 {
				t.Errorf("false alarm on %s: %s", group, f.Message)
			}
		}
		for _, p := range f.Plans {
			if p.ID == "plan:nm-forest-14-2021-01" {
				t.Errorf("a text that is not in force has a finding: %s", f.Message)
			}
		}
	}
}

// With documents, every finding says where it stands in them, in every format that people or programs jump from.
func TestEveryFindingIsPlaced(t *testing.T) {
	dir := t.TempDir()
	for _, f := range demo.Documents() {
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	place := regexp.MustCompile(`[\w.-]+\.yaml:[1-9]\d*:[1-9]\d*`)
	want := len(demoReport(t).Findings)
	for _, format := range []string{"text", "json", "junit", "csv", "html"} {
		_, stdout, stderr := command(t, "check", dir, "--format", format)
		if got := len(place.FindAllString(stdout, -1)); got != want {
			t.Errorf("%s has %d places of %d findings: %s", format, got, want, stderr)
		}
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Kind      string
				Locations []struct {
					PhysicalLocation struct{ Region struct{ StartLine int } }
				}
			}
		}
	}
	_, stdout, _ := command(t, "check", dir, "--format", "sarif")
	if err := json.Unmarshal([]byte(stdout), &log); err != nil {
		t.Fatal(err)
	}
	placed := 0
	for _, r := range log.Runs[0].Results {
		if r.Kind == "fail" && len(r.Locations) > 0 && r.Locations[0].PhysicalLocation.Region.StartLine > 0 {
			placed++
		}
	}
	if placed != want {
		t.Errorf("sarif has places of %d findings, want %d", placed, want)
	}
}

// However little a run remembers, drafts are told what of them could not be checked, and nothing of others.
func TestDraftsOverALargeRegister(t *testing.T) {
	s := &session{Streams: Streams{Stderr: io.Discard, Env: func(string) (string, bool) { return "", false }}}
	o, err := openDemo(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.close(); err != nil {
			t.Error(err)
		}
	})
	draft, errs := document.Parse("draft.yaml", []byte(`
plan: {code: zz-draft, title: 新规划, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: "150000"}
targets: [{code: t, indicator: forest-stock, region: "150000", year: 2025, value: "qualitative: 持续增加"}]
`))
	if err := errs.Err(); err != nil {
		t.Fatal(err)
	}
	checked := func(kept int) []report.NotChecked {
		sub := &subject{opened: o, drafts: draft.Objects, kept: kept}
		found, err := sub.check(t.Context(), s, coherence.Options{}, false)
		if err != nil {
			t.Fatal(err)
		}
		return found.NotChecked
	}
	want := checked(notCheckedKept)
	if len(want) < 2 {
		t.Fatalf("%d entries, want those of the draft", len(want))
	}
	if diff := cmp.Diff(want, checked(len(want))); diff != "" {
		t.Error(diff)
	}
}

func TestReportsAreDeterministic(t *testing.T) {
	if diff := cmp.Diff(demoReport(t), demoReport(t), cmpopts.IgnoreUnexported(report.Report{})); diff != "" {
		t.Error(diff)
	}
}

func TestColours(t *testing.T) {
	tests := []struct {
		name    string
		width   int
		noColor string
		want    bool
	}{
		{"no terminal", 0, "", false},
		{"terminal", 80, "", true},
		{"terminal, not wanted", 80, "1", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			run(t.Context(), []string{"check", "--demo"}, Streams{
				Stdout: &out, Stderr: &errs, StdoutWidth: test.width,
				Env: func(name string) (string, bool) { return test.noColor, name == "NO_COLOR" },
			})
			if got := strings.Contains(out.String(), "\x1b["); got != test.want {
				t.Errorf("coloured: %t, want %t", got, test.want)
			}
		})
	}
}

func TestWorkbookIsNotForATerminal(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"check", "--demo", "--format", "xlsx"}, Streams{
		Stdout: &out, Stderr: &errs, StdoutWidth: 80,
		Env: func(string) (string, bool) { return "", false },
	})
	if code != exitInput || out.Len() > 0 || !strings.Contains(errs.String(), "--out FILE") {
		t.Errorf("exit %d with %d bytes: %s", code, out.Len(), errs.String())
	}
	code, stdout, _ := command(t, "check", "--demo", "--format", "xlsx")
	if code != exitFindings || !strings.HasPrefix(stdout, "PK") {
		t.Errorf("into a pipe: exit %d, wanted a workbook", code)
	}
}

func TestParsePosition(t *testing.T) {
	tests := []struct {
		text string
		want report.Position
		ok   bool
	}{
		{"plans/a.yaml:12:3", report.Position{File: "plans/a.yaml", Line: 12, Column: 3}, true},
		{`C:\plans\a.yaml:1:1`, report.Position{File: `C:\plans\a.yaml`, Line: 1, Column: 1}, true},
		{"a.yaml", report.Position{}, false},
		{"", report.Position{}, false},
	}
	for _, test := range tests {
		got, ok := parsePosition(test.text)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("%q is %v, %t, want %v, %t", test.text, got, ok, test.want, test.ok)
		}
	}
}
