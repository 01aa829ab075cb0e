package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestLetterOfTheDemonstration(t *testing.T) {
	code, stdout, stderr := command(t, "letter", "--demo", "--plan", "nm-eco-14", "--plan", "nm-energy-saving-14")
	if code != exitClean {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	path := filepath.Join("testdata", "letter.md")
	if *update {
		if err := os.WriteFile(path, []byte(stdout), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), stdout); diff != "" {
		t.Error(diff)
	}
}

// office is a register with the demonstration, and a letter about it to fill in.
type office struct {
	*testing.T
	store, letter string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{t, "sqlite:" + filepath.Join(dir, "plans.db"), filepath.Join(dir, "opinion.xlsx")}
	o.must(exitClean, "import", "../demo/neimenggu", "--store", o.store)
	o.must(exitClean, "letter", "--store", o.store, "--format", "xlsx", "--out", o.letter)
	return o
}

func (o *office) must(want int, args ...string) (stdout, stderr string) {
	o.Helper()
	code, stdout, stderr := command(o.T, args...)
	if code != want {
		o.Fatalf("%s: exit %d, wanted %d: %s", strings.Join(args, " "), code, want, stderr)
	}
	return stdout, stderr
}

// edit changes the letter's workbook.
func (o *office) edit(change func(f *excelize.File)) {
	o.Helper()
	f, err := excelize.OpenFile(o.letter)
	if err != nil {
		o.Fatal(err)
	}
	defer f.Close()
	change(f)
	if err := f.Save(); err != nil {
		o.Fatal(err)
	}
}

func (o *office) fill(cells map[string]string) {
	o.Helper()
	o.edit(func(f *excelize.File) {
		for cell, value := range cells {
			if err := f.SetCellStr("意见", cell, value); err != nil {
				o.Fatal(err)
			}
		}
	})
}

func (o *office) cell(name string) (value string) {
	o.Helper()
	o.edit(func(f *excelize.File) {
		var err error
		if value, err = f.GetCellValue("意见", name); err != nil {
			o.Fatal(err)
		}
	})
	return value
}

func TestAnswersComeBack(t *testing.T) {
	o := newOffice(t)
	o.fill(map[string]string{
		"I2": "不采纳", "J2": "两个数的统计范围不同", "K2": "能源局 甲", "L2": "2190-12-31",
		"I3": "采纳", "K3": "生态环境厅 乙",
	})
	stdout, _ := o.must(exitClean, "answers", o.letter, "--store", o.store, "--dry-run")
	if !strings.HasPrefix(stdout, "would record 2 answers in ") {
		t.Error(stdout)
	}
	if before, _ := o.must(exitClean, "letter", "--store", o.store); strings.Contains(before, "能源局 甲") {
		t.Error("a dry run writes")
	}
	stdout, stderr := o.must(exitClean, "answers", o.letter, "--store", o.store)
	if !strings.HasPrefix(stdout, "recorded 2 answers in ") || !strings.Contains(stdout, ", 0 as before\nrevision ") || stderr != "" {
		t.Error(stdout, stderr)
	}
	query := filepath.Join(t.TempDir(), "findings.graphql")
	if err := os.WriteFile(query, []byte(`{ findings(filter: {state: ANSWERED}) { totalCount nodes { answer { decision reason by until } } } }`), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, _ := o.must(exitClean, "query", query, "--store", o.store); !strings.Contains(got, `"totalCount": 2`) || !strings.Contains(got, `"decision": "REJECTED"`) {
		t.Errorf("after the answers the register says %s", got)
	}

	// The same file again changes nothing; the next letter has the answers.
	if stdout, _ = o.must(exitClean, "answers", o.letter, "--store", o.store); !strings.HasPrefix(stdout, "recorded 0 answers in ") || !strings.Contains(stdout, ", 2 as before") {
		t.Error(stdout)
	}
	text, _ := o.must(exitClean, "letter", "--store", o.store)
	for _, want := range []string{"已有2项收到答复", "**答复：** 不采纳。理由：两个数的统计范围不同。（能源局 甲，有效期至2190年12月31日）", "**答复：** 采纳。（生态环境厅 乙）"} {
		if !strings.Contains(text, want) {
			t.Errorf("the next letter does not say %q", want)
		}
	}
	o.must(exitClean, "letter", "--store", o.store, "--format", "xlsx", "--out", o.letter)
	if o.cell("I2") != "不采纳" || o.cell("K3") != "生态环境厅 乙" || o.cell("M2") != "已答复" {
		t.Errorf("the next workbook has %q %q %q", o.cell("I2"), o.cell("K3"), o.cell("M2"))
	}
}

// A check does not fail for what is waived, and says so.
func TestCheckOfWhatIsWaived(t *testing.T) {
	o := newOffice(t)
	o.must(exitFindings, "check", "--store", o.store)
	cells := map[string]string{}
	for _, row := range []string{"2", "3", "4"} { // all that are errors
		if severity := o.cell("B" + row); severity != "错误" {
			t.Fatalf("row %s is %s", row, severity)
		}
		cells["I"+row], cells["J"+row], cells["K"+row] = "不采纳", "已另行协调", "甲"
	}
	o.fill(cells)
	o.must(exitClean, "answers", o.letter, "--store", o.store)
	stdout, _ := o.must(exitClean, "check", "--store", o.store)
	if !strings.Contains(stdout, "错误 3，") || !strings.Contains(stdout, "；其中已豁免 3") || strings.Count(stdout, "处理答复：已豁免，不计入：不采纳。理由：已另行协调。（甲）") < 3 {
		t.Error(stdout)
	}
	if stdout, _ := o.must(exitClean, "check", "--store", o.store, "--format", "sarif"); strings.Count(stdout, `"status": "accepted"`) != 3 {
		t.Error("SARIF does not suppress the three")
	}
	o.must(exitFindings, "check", "--store", o.store, "--fail-on", "warning")
}

func TestAnswersAreRefusedByCell(t *testing.T) {
	o := newOffice(t)
	tests := []struct {
		name  string
		cells map[string]string
		want  []string // lines of standard error behind the file's name
	}{
		{"in the workbook", map[string]string{"I3": "同意"}, []string{`意见!I3: saw "同意"`}},
		{"in the register", map[string]string{"I3": "不采纳", "K4": "", "L3": "2001-01-01"},
			[]string{"意见!K3: is missing", "意见!J3: is missing", "意见!L3: saw 2001-01-01, wanted a day that has not passed"}},
		{"of no finding", map[string]string{"I3": "采纳", "K3": "甲", "J3": "", "L3": "", "N3": "finding:r02-none"}, []string{"意见!N3: is no finding of this register"}},
		{"of another version", map[string]string{"N3": o.cell("N3"), "O3": "99"}, []string{"意见!O3: saw an answer to version 99"}},
	}
	o.fill(map[string]string{"I2": "采纳", "K2": "甲"})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o.fill(tt.cells)
			_, stderr := o.must(exitInput, "answers", o.letter, "--store", o.store)
			lines := strings.Split(strings.TrimSpace(stderr), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("%s\nwanted %d lines", stderr, len(tt.want))
			}
			for i, line := range lines {
				if !strings.HasPrefix(line, o.letter+":"+tt.want[i]) {
					t.Errorf("%s\nwanted %s", line, tt.want[i])
				}
			}
		})
	}
	if text, _ := o.must(exitClean, "letter", "--store", o.store); strings.Contains(text, "**答复：**") {
		t.Error("refused answers are in the register")
	}
}

// Whoever mends a plan and then answers is told that the finding is gone, and the answer is kept.
func TestAnswersToWhatIsGone(t *testing.T) {
	o := newOffice(t)
	if got := o.cell("C2"); !strings.Contains(got, "煤电机组节能改造规模") {
		t.Fatalf("the first item is %q", got)
	}
	text, err := os.ReadFile("../demo/neimenggu/nm-energy-saving-14.yaml")
	if err != nil {
		t.Fatal(err)
	}
	mended := strings.Replace(string(text), "3000 万kW cumulative", "2000 万kW cumulative", 1)
	file := filepath.Join(t.TempDir(), "nm-energy-saving-14.yaml")
	if err := os.WriteFile(file, []byte(mended), 0o644); err != nil {
		t.Fatal(err)
	}
	if stdout, _ := o.must(exitClean, "import", file, "--store", o.store); !strings.Contains(stdout, " 1 closed") {
		t.Fatal(stdout)
	}
	o.fill(map[string]string{"I2": "采纳", "J2": "已按2000万千瓦修改", "K2": "甲"})
	stdout, stderr := o.must(exitClean, "answers", o.letter, "--store", o.store)
	if !strings.HasPrefix(stdout, "recorded 1 answer in ") || !strings.HasPrefix(stderr, o.letter+":意见!N2: finding:r02-") || !strings.Contains(stderr, "no longer reported") {
		t.Error(stdout, stderr)
	}
	letter, _ := o.must(exitClean, "letter", "--store", o.store)
	if _, gone, ok := strings.Cut(letter, "现已不再出现"); !ok || !strings.Contains(gone, "已按2000万千瓦修改") {
		t.Error("the letter does not show the answer to what is gone")
	}
}
