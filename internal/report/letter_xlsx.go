package report

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The sheets of a letter's workbook.
const (
	itemSheet    = "意见"
	openingSheet = "说明"
)

// The columns that ReadAnswers looks for, wherever they stand.
const (
	findingColumn  = "问题编号"
	versionColumn  = "版本"
	decisionColumn = "答复"
	reasonColumn   = "理由"
	byColumn       = "答复人"
	untilColumn    = "有效期至"
)

// LetterXLSX writes a letter as a workbook to be filled in: the sheet 意见 has a row for each item with columns for the answer, 说明 the
// opening and how to fill them in, 未能检查 all that could not be compared. ReadAnswers reads it back. Equal letters are equal bytes.
func LetterXLSX(w io.Writer, l *Letter) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	if err := f.SetSheetName("Sheet1", itemSheet); err != nil {
		return err
	}
	if err := answerSheet(f, l.itemTable()); err != nil {
		return err
	}
	for _, t := range []table{l.openingTable(), l.report.notCheckedTable()} {
		if _, err := f.NewSheet(t.title); err != nil {
			return err
		}
		if err := tableSheet(f, t); err != nil {
			return err
		}
		if err := printed(f, t.title); err != nil {
			return err
		}
	}
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "xianjie", Title: l.Title}); err != nil {
		return err
	}
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		return err
	}
	return repack(w, file.Bytes())
}

func (l *Letter) itemTable() table {
	t := table{name: "items", title: itemSheet, header: []column{
		{"number", "序号", 6}, {"severity", "严重程度", 10}, {"matter", "事项", 24}, {"plans", "规划", 30}, {"places", "条款（指标）", 44},
		{"problem", "问题", 50}, {"basis", "依据", 44}, {"suggestion", "建议", 44},
		{"decision", decisionColumn, 12}, {"reason", reasonColumn, 36}, {"by", byColumn, 20}, {"until", untilColumn, 14},
		{"state", "状态", 12}, {"finding", findingColumn, 30}, {"version", versionColumn, 6},
	}}
	for n, i := range append(append([]Item{}, l.Items...), l.Gone...) {
		t.add(n+1, i.Severity, i.Heading, strings.Join(i.Plans, ""), strings.Join(i.Places, "；")+"。", i.Problem, strings.Join(i.Basis, ""), i.Suggestion,
			decisionZh(i.Answer.Decision), i.Answer.Reason, i.Answer.By, string(i.Answer.Until), stateZh(i.State), string(i.Finding), versionText(i.Version))
		t.rows[n][9] = i.Answer.Reason // its lines come back as they are
	}
	return t
}

// openingTable is the letter's opening, and how to answer.
func (l *Letter) openingTable() table {
	t := table{name: "opening", title: openingSheet, header: []column{{"text", l.Title, 120}}}
	t.add("主送：" + strings.Join(l.To, "、"))
	if len(l.CopyTo) > 0 {
		t.add("抄送：" + strings.Join(l.CopyTo, "、"))
	}
	for _, p := range l.Opening {
		t.add(p)
	}
	t.add("落款：" + l.Organ + "　" + l.Date)
	t.add("填写：只填“" + itemSheet + "”表的“" + strings.Join([]string{decisionColumn, reasonColumn, byColumn, untilColumn}, "”“") +
		"”四栏，其余各栏和表头请勿改动；行可以删去、排序，未填的行不作答复，已有的答复不变。")
	t.add("“" + decisionColumn + "”填" + strings.Join(decisionsZh(), "、") + "之一。部分采纳、不采纳的，必须填“" + reasonColumn + "”。答复的，必须填“" + byColumn + "”。")
	t.add("突破法定控制数的问题（严重程度为阻断）不得豁免，不能填不采纳。")
	t.add("“" + untilColumn + "”可不填；填写日期（如 2026-12-31）的，过期后该问题仍在的，重新作为未答复处理。")
	t.add("“" + versionColumn + "”供核对：问题在本意见发出之后有变化的，导入时会指出，请按新的内容重新答复。")
	return t
}

func versionText(version int64) string {
	if version == 0 {
		return ""
	}
	return strconv.FormatInt(version, 10)
}

// answerSheet writes the items: what is long is wrapped, the answer's columns are set off, and the decision is chosen from a list.
func answerSheet(f *excelize.File, t table) error {
	top := &excelize.Alignment{WrapText: true, Vertical: "top"}
	var styles [3]int
	for i, style := range []*excelize.Style{
		{Font: &excelize.Font{Bold: true}, Fill: solid("D9E2EC"), Alignment: top, Border: lines()},
		{Alignment: top, Border: lines()},
		{Alignment: top, Border: lines(), Fill: solid("FFF8E1"), NumFmt: textFormat},
	} {
		var err error
		if styles[i], err = f.NewStyle(style); err != nil {
			return err
		}
	}
	header := make([]any, len(t.header))
	for i, c := range t.header {
		header[i] = c.title
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		style := styles[1]
		if slices.Contains([]string{decisionColumn, reasonColumn, byColumn, untilColumn}, c.title) {
			style = styles[2]
		}
		if err := cmp.Or(f.SetColWidth(t.title, name, name, c.width), f.SetColStyle(t.title, name, style)); err != nil {
			return err
		}
		if c.title == decisionColumn {
			if err := choice(f, t.title, name+"2:"+name+strconv.Itoa(max(2, len(t.rows)+1))); err != nil {
				return err
			}
		}
	}
	for i, row := range append([][]any{header}, t.rows...) {
		err := cmp.Or(f.SetSheetRow(t.title, "A"+strconv.Itoa(i+1), &row), f.SetRowHeight(t.title, i+1, t.height(row)))
		if err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(t.header), 1)
	if err != nil {
		return err
	}
	return cmp.Or(
		f.SetCellStyle(t.title, "A1", last, styles[0]),
		f.SetPanes(t.title, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}),
		f.AutoFilter(t.title, "A1:"+strings.TrimSuffix(last, "1")+strconv.Itoa(len(t.rows)+1), nil),
		printed(f, t.title),
	)
}

// lines are thin ones around a cell.
func lines() []excelize.Border {
	var all []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		all = append(all, excelize.Border{Type: side, Color: "BFBFBF", Style: 1})
	}
	return all
}

// printed lays a sheet out for paper: A3 across, all columns on one page, the header on each.
func printed(f *excelize.File, sheet string) error {
	landscape, a3, fit, wide, tall := "landscape", 8, true, 1, 0
	narrow := 0.4
	return cmp.Or(
		f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a3, FitToWidth: &wide, FitToHeight: &tall}),
		f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &narrow, Right: &narrow, Top: &narrow, Bottom: &narrow}),
		f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheet + "'!$1:$1", Scope: sheet}),
	)
}

// height is that of a row in which all lines of its longest cell can be read, in points, as far as a sheet goes.
func (t *table) height(row []any) float64 {
	const line, most = 15, 409
	lines := 1
	for i, cell := range row {
		text, ok := cell.(string)
		if !ok {
			continue
		}
		lines = max(lines, len(wrap(text, int(t.header[i].width)-1)))
	}
	return min(float64(lines*line)+3, most)
}

// textFormat is the number of the format in which what is typed in stays a text.
const textFormat = 49

// choice lets the cells of a range have one of the decisions.
func choice(f *excelize.File, sheet, cells string) error {
	list := excelize.NewDataValidation(true)
	list.SetSqref(cells)
	if err := list.SetDropList(decisionsZh()); err != nil {
		return err
	}
	list.SetError(excelize.DataValidationErrorStyleStop, decisionColumn, "请从"+strings.Join(decisionsZh(), "、")+"中选择。")
	return f.AddDataValidation(sheet, list)
}
