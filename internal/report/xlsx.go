package report

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"

	"xianjie/internal/coherence"
)

// XLSX writes the report as a workbook with the sheets 矩阵, 规划对, 问题 and 未能检查; the tables have a frozen header and a filter. Texts are
// stored as texts, so that none is computed. A text beyond the 32,767 characters of a cell is cut, as the format wants it. Equal reports are
// equal parts, but the parts stand in any order in the file.
func XLSX(w io.Writer, r *Report) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	if err := f.SetSheetName("Sheet1", "矩阵"); err != nil {
		return err
	}
	if err := matrixSheet(f, "矩阵", r); err != nil {
		return err
	}
	for _, t := range []table{r.verdictTable(), r.findingTable(), r.notCheckedTable()} {
		if _, err := f.NewSheet(t.title); err != nil {
			return err
		}
		if err := tableSheet(f, t); err != nil {
			return err
		}
	}
	return f.Write(w)
}

func tableSheet(f *excelize.File, t table) error {
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: solid("D9E2EC")})
	if err != nil {
		return err
	}
	s, err := f.NewStreamWriter(t.title)
	if err != nil {
		return err
	}
	header := make([]any, len(t.header))
	for i, c := range t.header {
		header[i] = excelize.Cell{Value: c.title, StyleID: head}
		if err := s.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := s.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range t.rows {
		if err := s.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(t.header), len(t.rows)+1)
	if err != nil {
		return err
	}
	if err := f.AutoFilter(t.title, "A1:"+last, nil); err != nil {
		return err
	}
	return s.Flush()
}

// matrixSheet paints the verdicts: plans down the side with number and title, the numbers again along the top.
func matrixSheet(f *excelize.File, sheet string, r *Report) error {
	s, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	m := r.matrix()
	if m == nil {
		if err := s.SetRow("A1", []any{fmt.Sprintf("规划多于 %d 份，矩阵从略：见“规划对”", matrixLimit)}); err != nil {
			return err
		}
		return s.Flush()
	}
	styles, err := outcomeStyles(f)
	if err != nil {
		return err
	}
	if err := s.SetColWidth(1, 1, 60); err != nil {
		return err
	}
	if len(m.plans) > 0 {
		if err := s.SetColWidth(2, len(m.plans)+1, 9); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	top := []any{"规划"}
	for i := range m.plans {
		top = append(top, i+1)
	}
	if err := s.SetRow("A1", top); err != nil {
		return err
	}
	for i, p := range m.plans {
		row := []any{clean(strconv.Itoa(i+1) + " " + called(p))}
		for _, v := range m.cells[i] {
			if v == nil {
				row = append(row, nil)
				continue
			}
			row = append(row, excelize.Cell{Value: v.zh(), StyleID: styles[v.Outcome]})
		}
		if err := s.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	return s.Flush()
}

func outcomeStyles(f *excelize.File) (map[string]int, error) {
	styles := map[string]int{}
	for _, outcome := range outcomes() {
		id, err := f.NewStyle(&excelize.Style{Fill: solid(sheetColor(outcome)), Alignment: &excelize.Alignment{Horizontal: "center"}})
		if err != nil {
			return nil, err
		}
		styles[string(outcome)] = id
	}
	return styles, nil
}

func sheetColor(o coherence.VerdictOutcome) string {
	switch o {
	case coherence.Conflict:
		return "E57373"
	case coherence.Inconsistent:
		return "FFB74D"
	case coherence.Incomparable:
		return "CFD8DC"
	case coherence.Coherent:
		return "A5D6A7"
	}
	return "F5F5F5"
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}
