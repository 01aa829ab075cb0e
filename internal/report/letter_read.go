package report

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"xianjie/internal/plan"
)

// FilledAnswer is one row of a filled workbook that has an answer.
type FilledAnswer struct {
	Finding plan.ID
	Version int64 // that was answered, 0 when the cell is empty
	Answer  plan.Answer
}

// FilledAnswers are those of a workbook, in the order of its rows.
type FilledAnswers struct {
	Answers []FilledAnswer
	cells   map[string]string // by path of an error
}

// Cell is where the workbook says what an error with this path is about, such as "意见!J5"; a path that it does not know comes back.
func (a *FilledAnswers) Cell(path string) string {
	if cell, ok := a.cells[path]; ok {
		return cell
	}
	id, _, _ := strings.Cut(path, ".")
	if cell, ok := a.cells[id]; ok {
		return cell
	}
	return path
}

// mostUnpacked bounds what a workbook may unpack to, in bytes.
const mostUnpacked = 256 << 20

// ReadAnswers reads the answers of a workbook that LetterXLSX wrote and somebody filled in. Columns are found by their titles, rows without
// anything in the answer's columns are left out. All that is wrong is listed as plan.Errors, each with its cell as path.
func ReadAnswers(file io.Reader) (*FilledAnswers, error) {
	f, err := excelize.OpenReader(file, excelize.Options{RawCellValue: true, UnzipSizeLimit: mostUnpacked})
	if err != nil {
		return nil, plan.Errorf(plan.BadUserInput, "", "is no workbook (XLSX) that can be read: %w", err)
	}
	defer f.Close()
	rows, err := f.GetRows(itemSheet)
	if missing := (excelize.ErrSheetNotExist{}); errors.As(err, &missing) {
		return nil, plan.Errorf(plan.BadUserInput, itemSheet, "saw the sheets %s, wanted %s", strings.Join(f.GetSheetList(), " "), itemSheet)
	}
	if err != nil {
		return nil, plan.Errorf(plan.BadUserInput, itemSheet, "cannot be read: %w", err)
	}
	r := &answerReader{columns: map[string]int{}, found: &FilledAnswers{cells: map[string]string{}}}
	if err := r.header(rows); err != nil {
		return nil, err
	}
	for i, row := range rows[1:] {
		r.row(i+2, row)
	}
	return r.found, r.errs.Err()
}

type answerReader struct {
	columns map[string]int // by title, counted from nought
	found   *FilledAnswers
	errs    plan.Errors
}

func (r *answerReader) header(rows [][]string) error {
	if len(rows) == 0 {
		return plan.Errorf(plan.BadUserInput, itemSheet+"!A1", "is empty, wanted the titles of the columns")
	}
	var errs plan.Errors
	for _, title := range []string{findingColumn, versionColumn, decisionColumn, reasonColumn, byColumn, untilColumn} {
		i := slices.IndexFunc(rows[0], func(cell string) bool { return strings.TrimSpace(cell) == title })
		if i < 0 {
			errs = append(errs, plan.Errorf(plan.BadUserInput, itemSheet+"!1:1", "saw no column %s, wanted it as the letter has it", title))
		}
		r.columns[title] = i
	}
	return errs.Err()
}

func (r *answerReader) row(number int, cells []string) {
	cell := func(title string) string {
		if i := r.columns[title]; i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	decision, reason, by, until := cell(decisionColumn), cell(reasonColumn), cell(byColumn), cell(untilColumn)
	if decision == "" && reason == "" && by == "" && until == "" {
		return
	}
	before := len(r.errs)
	a := FilledAnswer{Finding: plan.ID(cell(findingColumn)), Answer: plan.Answer{Reason: reason, By: by}}
	if a.Finding.Prefix() != "finding" || !a.Finding.Valid() {
		r.fail(number, findingColumn, "saw %q, wanted the number of a finding such as finding:r02-0123456789abcdef", a.Finding)
	}
	if first, again := r.found.cells[string(a.Finding)]; again {
		r.fail(number, findingColumn, "answers %s again, wanted one row: see %s", a.Finding, first)
	}
	if text := cell(versionColumn); text != "" {
		version, err := strconv.ParseInt(text, 10, 64)
		if err != nil || version < 1 {
			r.fail(number, versionColumn, "saw %q, wanted the version as the letter has it, or nothing", text)
		}
		a.Version = version
	}
	if i := slices.Index(decisionsZh(), decision); i >= 0 {
		a.Answer.Decision = plan.Decision(a.Answer.Decision.Values()[i])
	} else {
		r.fail(number, decisionColumn, "saw %q, wanted one of %s", decision, strings.Join(decisionsZh(), " "))
	}
	if until != "" {
		date, ok := parseDay(until)
		if !ok {
			r.fail(number, untilColumn, "saw %q, wanted a date such as 2026-12-31", until)
		}
		a.Answer.Until = date
	}
	r.place(string(a.Finding), number)
	if len(r.errs) == before {
		r.found.Answers = append(r.found.Answers, a)
	}
}

func (r *answerReader) place(finding string, row int) {
	for path, title := range map[string]string{
		"": findingColumn, ".version": versionColumn, ".answer.decision": decisionColumn, ".answer.reason": reasonColumn,
		".answer.by": byColumn, ".answer.until": untilColumn,
	} {
		if _, there := r.found.cells[finding+path]; !there {
			r.found.cells[finding+path] = r.cell(row, title)
		}
	}
}

func (r *answerReader) fail(row int, title, format string, args ...any) {
	r.errs = append(r.errs, plan.Errorf(plan.BadUserInput, r.cell(row, title), format, args...))
}

func (r *answerReader) cell(row int, title string) string {
	column, err := excelize.ColumnNumberToName(r.columns[title] + 1)
	if err != nil {
		column = title
	}
	return itemSheet + "!" + column + strconv.Itoa(row)
}

// parseDay reads a date as people and spreadsheets write it: 2026-12-31, 2026/12/31, 2026年12月31日, or the number that a sheet keeps for a
// day; or a month or a year.
func parseDay(text string) (plan.Date, bool) {
	if d, err := plan.ParseDate(text); err == nil {
		return d, true
	}
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日"} {
		if t, err := time.Parse(layout, text); err == nil {
			return plan.Date(t.Format(time.DateOnly)), true
		}
	}
	if serial, err := strconv.ParseFloat(text, 64); err == nil && serial >= firstSerial && serial < lastSerial {
		if t, err := excelize.ExcelDateToTime(serial, false); err == nil {
			return plan.Date(t.Format(time.DateOnly)), true
		}
	}
	return "", false
}

// The days that sheets number from 1900, from 2000 to 2199: other numbers are no dates that anybody means.
const (
	firstSerial = 36526
	lastSerial  = 109573
)
