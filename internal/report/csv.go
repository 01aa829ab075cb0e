package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// CSV writes the report as one CSV table in UTF-8, whose first column says what a row is: verdicts, findings or notChecked. A column has
// one meaning in all rows that have it, and is empty in the others. A text that a spreadsheet could take for a formula begins with an
// apostrophe.
func CSV(w io.Writer, r *Report) error {
	tables := []table{r.verdictTable(), r.findingTable(), r.notCheckedTable()}
	header := []string{"record"}
	at := map[string]int{}
	for _, t := range tables {
		for _, c := range t.header {
			if at[c.name] == 0 {
				at[c.name] = len(header)
				header = append(header, c.name)
			}
		}
	}
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, t := range tables {
		for _, cells := range t.rows {
			row := make([]string, len(header))
			row[0] = t.name
			for i, cell := range cells {
				row[at[t.header[i].name]] = inert(fmt.Sprint(cell))
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// inert keeps a spreadsheet from computing a text: it looks behind leading space, and takes full-width signs for signs.
func inert(text string) string {
	if rest := strings.TrimSpace(text); rest != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(rest)[0]) {
		return "'" + text
	}
	return text
}
