package report

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

var update = flag.Bool("update", false, "write the golden files anew")

func parse(t *testing.T, value string) quantity.Quantity {
	t.Helper()
	q, err := quantity.Parse(value)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// sample is a check with a conflict, a pair that agrees, one that doesn't compare, and plans without a recorded basis.
func sample(t *testing.T, plans ...plan.ID) *Report {
	t.Helper()
	objects := []plan.Object{
		&plan.Region{Meta: plan.Meta{ID: "region:150000"}, Name: "内蒙古自治区", Type: plan.Administrative},
		&plan.Organization{Meta: plan.Meta{ID: "organization:env"}, Name: "自治区生态环境厅"},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:retrofit"}, Name: "煤电机组节能改造", Trend: plan.Up},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:share"}, Name: "非化石能源消费比重", Trend: plan.Up},
	}
	add := func(code, title string, lead plan.ID, targets map[string]string) {
		p := &plan.Plan{
			Meta: plan.Meta{ID: plan.MakeID("plan", code), Code: code}, Title: title, Level: plan.Provincial, Category: plan.Special,
			Form: plan.FormPlan, Status: plan.Issued, IssuedAt: "2022-02", Region: "region:150000",
		}
		if lead != "" {
			p.Leads = []plan.ID{lead}
		}
		objects = append(objects, p)
		for indicator, value := range targets {
			objects = append(objects, &plan.Target{
				Meta: plan.Meta{ID: plan.MakeID("target", code, indicator)}, Quantity: parse(t, value), Year: 2025, Nature: plan.Unstated,
				Plan: p.ID, Indicator: plan.MakeID("indicator", indicator), Region: "region:150000", Source: plan.Source{Ref: "G" + code},
			})
		}
	}
	add("a", "内蒙古自治区“十四五”节能规划", "organization:env", map[string]string{"retrofit": "3000 万kW cumulative", "share": "18 %"})
	add("b", "节能减排综合工作实施方案", "", map[string]string{"retrofit": "2000 万kW cumulative"})
	add("c", "双碳\x1b[31m意见", "", map[string]string{"share": "18 %"})
	add("d", "空气方案", "", map[string]string{"share": "qualitative: 持续提高"})
	// Three rules are enough to show; the golden files don't change with the catalogue.
	rules, err := coherence.RulesNamed("R01", "R02", "R15")
	if err != nil {
		t.Fatal(err)
	}
	frame := coherence.NewFrame(objects)
	run, err := coherence.Check(context.Background(), frame, coherence.NewMemory(objects), coherence.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return New(run, Register{Revision: 7, Version: "test", RuleSet: "fixed", Counts: []KindCount{{"Plan", 4}}}, plans)
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

func TestFormats(t *testing.T) {
	tests := []struct {
		golden string
		write  func(*bytes.Buffer, *Report) error
	}{
		{"check.txt", func(b *bytes.Buffer, r *Report) error { return Text(b, r, TextOptions{Width: 80}) }},
		{"check-explained.txt", func(b *bytes.Buffer, r *Report) error { return Text(b, r, TextOptions{Width: 100, Explain: true}) }},
		{"check.json", func(b *bytes.Buffer, r *Report) error { return JSON(b, r) }},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			var b bytes.Buffer
			if err := tt.write(&b, sample(t)); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.golden, b.Bytes())
		})
	}
}

func TestTextKeepsItsWidthAndControlsNoTerminal(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		var b bytes.Buffer
		if err := Text(&b, sample(t), TextOptions{Width: width, Explain: true}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			// A word that can't be broken, such as an id, and a mark that closes may stand out.
			if n := columns(line); n > width+2 && strings.Count(strings.TrimSpace(line), " ") > 1 && !strings.Contains(line, "target:") {
				t.Errorf("width %d: %d columns in %q", width, n, line)
			}
			if strings.ContainsRune(line, '\x1b') {
				t.Errorf("an escape got through: %q", line)
			}
		}
	}
}

func TestColor(t *testing.T) {
	var plain, colored bytes.Buffer
	if err := Text(&plain, sample(t), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := Text(&colored, sample(t), TextOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colored.String(), red) {
		t.Error("no colour")
	}
	if diff := cmp.Diff(plain.String(), uncolored(colored.String())); diff != "" {
		t.Errorf("colours change the text: %s", diff)
	}
}

func TestVerdictsOfChosenPlans(t *testing.T) {
	r := sample(t, "plan:d", "plan:b", "plan:a")
	var got []string
	for _, v := range r.Verdicts {
		got = append(got, v.A.ID.Code()+v.B.ID.Code()+" "+v.Outcome)
	}
	if diff := cmp.Diff([]string{"db NOT_CHECKED", "da NOT_COMPARABLE", "ba CONFLICT"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAtLeast(t *testing.T) {
	r := &Report{Summary: Summary{Findings: map[string]int{"BLOCKER": 1, "ERROR": 2, "WARNING": 4, "INFO": 8}}}
	for severity, want := range map[plan.Severity]int{plan.Blocker: 1, plan.SevError: 3, plan.Warning: 7, plan.Info: 15} {
		if got := r.AtLeast(severity); got != want {
			t.Errorf("%d at %s or graver, want %d", got, severity, want)
		}
	}
}

func TestJSONListsAreNeverNull(t *testing.T) {
	frame := coherence.NewFrame(nil)
	run, err := coherence.Check(context.Background(), frame, coherence.NewMemory(nil), coherence.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := JSON(&b, New(run, Register{}, nil)); err != nil {
		t.Fatal(err)
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(b.Bytes(), &top); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"verdicts", "findings", "notChecked"} {
		if string(top[list]) != "[]" {
			t.Errorf("%s is %s", list, top[list])
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, text string
		limit      int
		want       []string
	}{
		{"wide characters count twice", "单位能耗下降", 8, []string{"单位能耗", "下降"}},
		{"a closing mark doesn't begin a line", "单位能耗，下降", 8, []string{"单位能", "耗，下降"}},
		{"an opening mark doesn't end a line", "单位能“耗”", 7, []string{"单位能", "“耗”"}},
		{"numbers stay whole", "下降15.5%左右", 8, []string{"下降", "15.5%左", "右"}},
		{"words break at spaces", "plan is not met", 8, []string{"plan is", "not met"}},
		{"a long word stands out", "finding:r02-0123456789", 8, []string{"finding:r02-0123456789"}},
		{"nothing is a line", "", 8, []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, wrap(tt.text, tt.limit)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"abc": 3, "规划": 4, "（）": 4, "“规划”": 6, "e\u0301": 1, "ｋＷ": 4} {
		if got := columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
}
