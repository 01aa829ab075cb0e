package document

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

func TestReadsTheSampleRegister(t *testing.T) {
	docs := register(t)
	if errs, err := Of(docs...).Resolve(nil); err != nil || len(errs) > 0 {
		t.Fatalf("Resolve: %v %v", err, errs)
	}
	q := func(s string) quantity.Quantity {
		q, err := quantity.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	want := []plan.Object{
		&plan.Section{
			Meta: plan.Meta{ID: "section:eco/1.2", Code: "1.2"}, Title: "基本原则", Number: "第二节",
			Rank: plan.Subsection, Order: 2, Plan: "plan:eco", Parent: "section:eco/1",
		},
		&plan.Principle{
			Meta: plan.Meta{ID: "principle:eco/1", Code: "1"}, Title: "坚持绿色发展", Order: 1,
			Text: "坚持绿水青山就是金山银山。\n\n坚持系统治理。", Plan: "plan:eco", Section: "section:eco/1.2",
		},
		&plan.Task{Meta: plan.Meta{ID: "task:eco/2", Code: "2"}, Title: "保护草原", Order: 5, Plan: "plan:eco"},
		&plan.Demand{
			Meta: plan.Meta{ID: "demand:eco/afforestation/energy", Code: "afforestation/energy"}, Year: 2023,
			Quantity: q("0.3 万tce"), Project: "project:eco/afforestation", Indicator: "indicator:energy", Region: "region:150000",
		},
		&plan.Target{
			Meta: plan.Meta{ID: "target:eco/forest-cover-2025", Code: "forest-cover-2025"}, Quantity: q(">= 23.5 %"), Year: 2025,
			Nature: plan.Binding, Text: "到2025年，森林覆盖率达到23.5%", Order: 1, Plan: "plan:eco",
			Indicator: "indicator:forest-cover", Calibre: "calibre:forest-cover/survey-9", Region: "region:150000",
		},
		&plan.Observation{
			Meta: plan.Meta{ID: "observation:eco/forest-cover-2019", Code: "forest-cover-2019"}, Quantity: q("about 22 %"),
			PeriodEnd: "2019", Indicator: "indicator:forest-cover", Region: "region:150000", Plan: "plan:eco",
		},
		&plan.Observation{
			Meta: plan.Meta{ID: "observation:forest-2020", Code: "forest-2020"}, Quantity: q("20.79 %"),
			PeriodEnd: "2020", Indicator: "indicator:forest-cover", Region: "region:150000",
		},
		&plan.Link{
			Meta: plan.Meta{ID: "link:obeys/plan:eco>plan:outline", Code: "obeys/plan:eco>plan:outline"}, Type: plan.Obeys,
			Article: "第十三条", State: plan.Reviewed, ReviewedAt: "2024-05", From: "plan:eco", To: "plan:outline",
		},
		&plan.Link{
			Meta: plan.Meta{
				ID:   "link:contributes_to/task:eco/1>target:eco/forest-cover-2025",
				Code: "contributes_to/task:eco/1>target:eco/forest-cover-2025",
			},
			Type: plan.ContributesTo, State: plan.Unreviewed, From: "task:eco/1", To: "target:eco/forest-cover-2025",
		},
	}
	for _, w := range want {
		if diff := cmp.Diff(w, find(t, docs, w.Base().ID), equalDecimals); diff != "" {
			t.Errorf("%s (-want +got):\n%s", w.Base().ID, diff)
		}
	}
}

var equalDecimals = cmp.Comparer(func(a, b quantity.Quantity) bool { return a == b })

func TestPosition(t *testing.T) {
	doc, errs := Parse("eco.yaml", readFile(t, "testdata/register/eco.yaml"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	tests := []struct {
		name  string
		id    plan.ID
		field string
		want  string
	}{
		{"object", "task:eco/2", "", "eco.yaml:43:5"},
		{"field", "task:eco/1a", "deadline", "eco.yaml:42:43"},
		{"field that is not stated", "task:eco/2", "deadline", "eco.yaml:43:5"},
		{"value object", "plan:eco", "source", "eco.yaml:15:11"},
		{"member of a value object", "plan:eco", "source.confidence", "eco.yaml:15:38"},
		{"member that is not stated", "plan:eco", "source.date", "eco.yaml:15:11"},
		{"quantity", "target:eco/forest-cover-2025", "quantity.value", "eco.yaml:61:12"},
		{"edge", "target:eco/forest-cover-2025", "indicator", "eco.yaml:57:16"},
		{"first of several", "plan:eco", "issuers", "eco.yaml:14:13"},
		{"implied edge", "target:eco/forest-cover-2025", "plan", "eco.yaml:56:5"},
		{"unknown object", "task:eco/7", "", "eco.yaml:1:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := doc.Position(tt.id, tt.field); got != tt.want {
				t.Errorf("Position(%s, %q) = %s, want %s", tt.id, tt.field, got, tt.want)
			}
		})
	}
}

func TestWritesTheSampleRegister(t *testing.T) {
	files, err := Write(objectsOf(register(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		golden(t, "written-"+f.Name, f.Data)
	}
	if got := len(files); got != 3 {
		t.Errorf("wrote %d files, want 3", got)
	}
}

func TestWrittenRegisterReadsBackToTheSameBytes(t *testing.T) {
	first, err := Write(objectsOf(register(t)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range first {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	second, err := Write(objectsOf(documents(t, dir)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		if first[i].Name != second[i].Name || !bytes.Equal(first[i].Data, second[i].Data) {
			t.Errorf("%s changed:\n%s", first[i].Name, cmp.Diff(string(first[i].Data), string(second[i].Data)))
		}
	}
}
