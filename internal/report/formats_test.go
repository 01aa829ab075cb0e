package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

// located is the sample with its objects in a document.
func located(t *testing.T) *Report {
	r := sample(t)
	r.Locate(func(id plan.ID, field string) (Position, bool) {
		return Position{File: "plans/规划 a.yaml", Line: 7, Column: len(field) + 1}, strings.HasPrefix(string(id), "target:a/") || id == "plan:a"
	})
	return r
}

func written(t *testing.T, r *Report, write func(io.Writer, *Report) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func junit(w io.Writer, r *Report) error { return JUnit(w, r, plan.SevError) }

func TestExchangeFormats(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *Report) error{
		"check.sarif": sarifResults, "check.junit.xml": junit, "check.csv": CSV, "check.html": HTML,
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, written(t, located(t), write)) })
	}
}

func TestNothingToReport(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *Report) error{"sarif": SARIF, "junit": junit, "csv": CSV, "xlsx": XLSX, "html": HTML} {
		t.Run(name, func(t *testing.T) {
			if len(written(t, &Report{}, write)) == 0 {
				t.Error("not even a frame")
			}
		})
	}
}

// tally is what every format has to agree on.
type tally struct {
	Findings   map[string]int // by severity
	Verdicts   map[string]int // by outcome
	NotChecked int
}

func newTally() tally { return tally{Findings: map[string]int{}, Verdicts: map[string]int{}} }

func TestFormatsAgree(t *testing.T) {
	formats := map[string]func(*testing.T, *Report) tally{
		"json": tallyJSON, "sarif": tallySARIF, "junit": tallyJUnit, "csv": tallyCSV, "xlsx": tallyXLSX, "html": tallyHTML,
	}
	r := sample(t)
	want := newTally()
	want.NotChecked = r.Summary.NotChecked
	for word, n := range r.Summary.Findings {
		if n > 0 {
			want.Findings[word] = n
		}
	}
	for word, n := range r.Summary.Verdicts {
		want.Verdicts[word] = n
	}
	if len(want.Findings) == 0 || len(want.Verdicts) < 3 || want.NotChecked == 0 {
		t.Fatalf("the sample has too little to compare: %+v", want)
	}
	for name, count := range formats {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, count(t, r)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func tallyJSON(t *testing.T, r *Report) tally {
	var got Report
	if err := json.Unmarshal(written(t, r, JSON), &got); err != nil {
		t.Fatal(err)
	}
	n := newTally()
	for _, f := range got.Findings {
		n.Findings[string(f.Severity)]++
	}
	for _, v := range got.Verdicts {
		n.Verdicts[v.Outcome]++
	}
	n.NotChecked = len(got.NotChecked)
	return n
}

func tallySARIF(t *testing.T, r *Report) tally {
	n := newTally()
	run := sarifOf(t, r)["runs"].([]any)[0].(map[string]any)
	for _, v := range run["properties"].(map[string]any)["verdicts"].([]any) {
		n.Verdicts[v.(map[string]any)["outcome"].(string)]++
	}
	for _, result := range run["results"].([]any) {
		switch result := result.(map[string]any); result["kind"] {
		case "fail":
			n.Findings[result["properties"].(map[string]any)["severity"].(string)]++
		case "open":
			n.NotChecked++
		}
	}
	return n
}

func tallyJUnit(t *testing.T, r *Report) tally {
	var got junitSuites
	if err := xml.Unmarshal(written(t, r, func(w io.Writer, r *Report) error { return JUnit(w, r, plan.Info) }), &got); err != nil {
		t.Fatal(err)
	}
	n := newTally()
	for _, c := range got.Suites[0].Cases {
		n.Findings[c.Failure.Type]++
	}
	for _, c := range got.Suites[1].Cases {
		text := c.Out
		switch {
		case c.Failure != nil:
			text = c.Failure.Message
		case c.Skipped != nil:
			text = c.Skipped.Message
		}
		_, text, _ = strings.Cut(text, " ")
		outcome, _, _ := strings.Cut(text, "（")
		n.Verdicts[outcome]++
	}
	n.NotChecked = got.Suites[2].Skipped
	if all := got.Suites[0].Tests + got.Suites[1].Tests + got.Suites[2].Tests; got.Tests != all {
		t.Errorf("%d tests in all, but %d in the suites", got.Tests, all)
	}
	return n
}

func tallyCSV(t *testing.T, r *Report) tally {
	rows, err := csv.NewReader(bytes.NewReader(written(t, r, CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return tallyRows(rows[0], rows[1:], func(row []string) string { return row[0] })
}

// tallyRows counts rows by the cells of the columns outcome and severity.
func tallyRows(header []string, rows [][]string, record func([]string) string) tally {
	n := newTally()
	outcome, severity := slices.Index(header, "outcome"), slices.Index(header, "severity")
	for _, row := range rows {
		switch record(row) {
		case "verdicts":
			n.Verdicts[row[outcome]]++
		case "findings":
			n.Findings[row[severity]]++
		case "notChecked":
			n.NotChecked++
		}
	}
	return n
}

func tallyXLSX(t *testing.T, r *Report) tally {
	f := workbook(t, r)
	n := newTally()
	for _, sheet := range []table{r.verdictTable(), r.findingTable(), r.notCheckedTable()} {
		rows, err := f.GetRows(sheet.title)
		if err != nil {
			t.Fatal(err)
		}
		var header []string
		for _, c := range sheet.header {
			header = append(header, c.name)
		}
		one := tallyRows(header, rows[1:], func([]string) string { return sheet.name })
		for word, count := range one.Findings {
			n.Findings[word] += count
		}
		for word, count := range one.Verdicts {
			n.Verdicts[word] += count
		}
		n.NotChecked += one.NotChecked
	}
	return n
}

// tallyHTML reads the page as XML, which it is written to be, and finds what is counted by its classes.
func tallyHTML(t *testing.T, r *Report) tally {
	n := newTally()
	words := map[string]string{
		"conflict": "CONFLICT", "inconsistent": "INCONSISTENT", "mostly": "CONSISTENT", "consistent": "CONSISTENT",
		"incomparable": "NOT_COMPARABLE", "unchecked": "NOT_CHECKED",
	}
	for _, e := range elements(t, written(t, r, HTML)) {
		kind, rest, _ := strings.Cut(attribute(e, "class"), " ")
		switch {
		case e.Name.Local == "article" && kind == "finding":
			n.Findings[rest]++
		case e.Name.Local == "span" && kind == "word":
			n.Verdicts[words[rest]]++
		case e.Name.Local == "tr" && kind == "unchecked-item":
			n.NotChecked++
		}
	}
	return n
}

func elements(t *testing.T, text []byte) []xml.StartElement {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	var all []xml.StartElement
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			all = append(all, start.Copy())
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestPageNeedsNothingElse(t *testing.T) {
	r := sample(t)
	r.Findings[0].Message = `</p><script>alert(1)</script><img src="//example.org/x">`
	r.NotChecked[0].Text = "\x1b[31m" + `"><a href="javascript:alert(1)">`
	text := written(t, r, HTML)
	ids := map[string]bool{}
	all := elements(t, text)
	for _, e := range all {
		if id := attribute(e, "id"); id != "" {
			if ids[id] {
				t.Errorf("two elements are called %q", id)
			}
			ids[id] = true
		}
	}
	for _, e := range all {
		switch e.Name.Local {
		case "script", "img", "link", "iframe", "object", "form":
			t.Errorf("the page has <%s>", e.Name.Local)
		}
		if href := attribute(e, "href"); href != "" && !ids[strings.TrimPrefix(href, "#")] {
			t.Errorf("a link to %q, which is not on the page", href)
		}
	}
	for _, no := range []string{"ZgotmplZ", "url(", "@import", "\x1b"} {
		if bytes.Contains(text, []byte(no)) {
			t.Errorf("the page has %q", no)
		}
	}
}

func TestMatrix(t *testing.T) {
	r := &Report{}
	for i := range matrixLimit {
		r.Verdicts = append(r.Verdicts, Verdict{A: Ref{ID: "plan:0"}, B: Ref{ID: plan.ID(fmt.Sprintf("plan:%d", i+1))}, Outcome: "CONSISTENT"})
	}
	if r.matrix() != nil {
		t.Errorf("a matrix of %d plans", matrixLimit+1)
	}
	for name, write := range map[string]func(io.Writer, *Report) error{"html": HTML, "xlsx": XLSX} {
		t.Run(name+" without a matrix", func(t *testing.T) { written(t, r, write) })
	}
	r.Verdicts = r.Verdicts[:2]
	m := r.matrix()
	if len(m.plans) != 3 || m.cells[0][2] != &r.Verdicts[1] || m.cells[2][0] != &r.Verdicts[1] || m.cells[1][2] != nil || m.cells[1][1] != nil {
		t.Errorf("wrong cells: %v", m.cells)
	}
}

func TestSuitesAreRedExactlyWhenTheCheckFails(t *testing.T) {
	r := sample(t)
	for _, failOn := range append(plan.Info.Values(), "") {
		var got junitSuites
		text := written(t, r, func(w io.Writer, r *Report) error { return JUnit(w, r, plan.Severity(failOn)) })
		if err := xml.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		want := 0
		if failOn != "" {
			want = r.AtLeast(plan.Severity(failOn))
		}
		if got.Suites[0].Failures != want {
			t.Errorf("fail on %q: %d findings fail, want %d", failOn, got.Suites[0].Failures, want)
		}
		if (got.Failures > 0) != (want > 0) {
			t.Errorf("fail on %q: %d failures with %d findings that fail", failOn, got.Failures, want)
		}
	}
}

func TestInert(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+86": "'+86", "-15 %": "'-15 %", "@x": "'@x", " =1": "' =1", "＝1": "'＝1", "－1": "'－1",
		"": "", " ": " ", "1=1": "1=1", "≥ 18 %": "≥ 18 %", "'=1": "'=1",
	} {
		if got := inert(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		got := strings.TrimSpace(inert(rapid.String().Draw(t, "text")))
		if got != "" && strings.Contains("=+-@", got[:1]) {
			t.Errorf("%q would be computed", got)
		}
	})
}

func workbook(t *testing.T, r *Report) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(written(t, r, XLSX)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestWorkbook(t *testing.T) {
	r := sample(t)
	r.Findings[0].Message = `=HYPERLINK("http://example.org","x")`
	r.NotChecked[0].Text = strings.Repeat("长", excelize.TotalCellChars+1)
	f := workbook(t, r)
	if diff := cmp.Diff([]string{"矩阵", "规划对", "问题", "未能检查"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	for _, sheet := range f.GetSheetList() {
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: the header is not frozen: %+v, %v", sheet, panes, err)
		}
	}
	filters := 0
	for _, name := range f.GetDefinedName() {
		if strings.Contains(name.Name, "_FilterDatabase") {
			filters++
		}
	}
	if filters != 3 {
		t.Errorf("%d filters, want 3", filters)
	}
	if value, _ := f.GetCellValue("问题", "H2"); value != r.Findings[0].Message {
		t.Errorf("a message became %q", value)
	}
	if formula, _ := f.GetCellFormula("问题", "H2"); formula != "" {
		t.Errorf("a message became the formula %q", formula)
	}
	if value, _ := f.GetCellValue("未能检查", "J2"); value != strings.Repeat("长", excelize.TotalCellChars) {
		t.Errorf("a long text became %d bytes", len(value))
	}
	if diff := cmp.Diff(checksums(t, r), checksums(t, r)); diff != "" {
		t.Errorf("equal reports make different parts: %s", diff)
	}
}

// checksums are those of a workbook's parts by name: the library writes the parts in any order.
func checksums(t *testing.T, r *Report) map[string]uint32 {
	t.Helper()
	text := written(t, r, XLSX)
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]uint32{}
	for _, f := range z.File {
		sums[f.Name] = f.CRC32
	}
	return sums
}
