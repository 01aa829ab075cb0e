package report

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xianjie/internal/plan"
)

func TestLetterXLSX(t *testing.T) {
	l := NewLetter(review(t))
	file := writtenLetter(t, l, LetterXLSX)
	if !bytes.Equal(file, writtenLetter(t, NewLetter(review(t)), LetterXLSX)) {
		t.Error("equal letters are not equal bytes")
	}
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff([]string{"意见", "说明", "未能检查"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	last := len(l.Items) + len(l.Gone) + 1
	rows, err := f.GetRows(itemSheet)
	if err != nil || len(rows) != last {
		t.Fatalf("%d rows, wanted %d: %v", len(rows), last, err)
	}
	lists, err := f.GetDataValidations(itemSheet)
	if err != nil || len(lists) != 1 || lists[0].Sqref != "I2:I"+strconv.Itoa(last) || !strings.Contains(lists[0].Formula1, "采纳,部分采纳,不采纳") {
		t.Errorf("the answers' list: %+v %v", lists, err)
	}
}

func TestReadAnswersOfTheLetter(t *testing.T) {
	l := NewLetter(review(t))
	second, third := l.Items[1], l.Items[2]
	got, err := ReadAnswers(filled(t, l, map[string]any{
		"I3": "不采纳", "J3": "理由", "K3": " 丙 ", "L3": time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC),
		"I4": "采纳", "K4": "丁", "L4": "2027年1月2日", "O4": nil,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []FilledAnswer{
		{l.Items[0].Finding, 1, l.Items[0].Answer},
		{second.Finding, 2, plan.Answer{Decision: plan.Rejected, Reason: "理由", By: "丙", Until: "2027-01-02"}},
		{third.Finding, 0, plan.Answer{Decision: plan.Accepted, By: "丁", Until: "2027-01-02"}},
		{l.Gone[0].Finding, 9, l.Gone[0].Answer},
	}
	if diff := cmp.Diff(want, got.Answers); diff != "" {
		t.Error(diff)
	}
	for path, cell := range map[string]string{
		string(second.Finding) + ".answer.reason": "意见!J3", string(second.Finding) + ".version": "意见!O3", string(third.Finding): "意见!N4",
		string(third.Finding) + ".message": "意见!N4", "elsewhere": "elsewhere",
	} {
		if got := got.Cell(path); got != cell {
			t.Errorf("%s is in %s, wanted %s", path, got, cell)
		}
	}
}

// Columns may have been moved and rows removed or sorted: titles and ids say what is what.
func TestReadAnswersWhereverTheyStand(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", itemSheet); err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"答复人", "问题编号", "", "答复", "有效期至", "理由 ", "版本"},
		{"甲", "finding:r02-1", "", "采纳", "", "", 3},
		{"", "finding:r02-2"},
		{"乙", "finding:r02-3", "", "部分采纳", "2027", "一半"},
	} {
		if err := f.SetSheetRow(itemSheet, "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAnswers(&b)
	if err != nil {
		t.Fatal(err)
	}
	want := []FilledAnswer{
		{"finding:r02-1", 3, plan.Answer{Decision: plan.Accepted, By: "甲"}},
		{"finding:r02-3", 0, plan.Answer{Decision: plan.PartiallyAccepted, Reason: "一半", By: "乙", Until: "2027"}},
	}
	if diff := cmp.Diff(want, got.Answers); diff != "" {
		t.Error(diff)
	}
	if got := got.Cell("finding:r02-3.answer.reason"); got != "意见!F4" {
		t.Errorf("the reason is in %s", got)
	}
}

func TestReadAnswersTellsTheCell(t *testing.T) {
	l := NewLetter(review(t))
	tests := []struct {
		name  string
		cells map[string]any
		want  []string
	}{
		{"another word", map[string]any{"I3": "同意"}, []string{`意见!I3: saw "同意", wanted one of 采纳 部分采纳 不采纳`}},
		{"no decision", map[string]any{"J3": "理由"}, []string{`意见!I3: saw "", wanted one of`}},
		{"no date", map[string]any{"I3": "采纳", "L3": "年底"}, []string{`意见!L3: saw "年底", wanted a date`}},
		{"a number that is no day", map[string]any{"I3": "采纳", "L3": 12}, []string{`意见!L3: saw "12", wanted a date`}},
		{"no id", map[string]any{"I3": "采纳", "N3": "2"}, []string{`意见!N3: saw "2", wanted the number of a finding`}},
		{"an id twice", map[string]any{"I3": "采纳", "N3": string(l.Items[0].Finding)}, []string{`意见!N3: answers finding:`}},
		{"no version", map[string]any{"I3": "采纳", "O3": "x"}, []string{`意见!O3: saw "x", wanted the version`}},
		{"all at once", map[string]any{"I3": "同意", "L3": "?", "I4": "否"}, []string{"意见!I3: ", "意见!L3: ", "意见!I4: "}},
		{"no column", map[string]any{"K1": "谁"}, []string{"意见!1:1: saw no column 答复人"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadAnswers(filled(t, l, tt.cells))
			var many plan.Errors
			if !errors.As(err, &many) || len(many) != len(tt.want) {
				t.Fatalf("%v, wanted %d errors", err, len(tt.want))
			}
			for i, e := range many {
				if e.Code != plan.BadUserInput || !strings.HasPrefix(e.Error(), tt.want[i]) {
					t.Errorf("%s %v, wanted %q", e.Code, e, tt.want[i])
				}
			}
		})
	}
}

func FuzzReadAnswers(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := ReadAnswers(bytes.NewReader(file))
		if (got == nil) == (err == nil) {
			t.Errorf("%v and %v", got, err)
		}
	})
}
