package report

import (
	"bufio"
	"io"
	"strings"
)

// LetterMarkdown writes a letter as Markdown (CommonMark), one line to a paragraph.
func LetterMarkdown(w io.Writer, l *Letter) error {
	b := bufio.NewWriter(w)
	titles := 0
	for i, p := range l.blocks() {
		if i > 0 {
			b.WriteByte('\n')
		}
		text := escapeMarkdown(p.text)
		if p.label != "" {
			text = "**" + p.label + "** " + text
		}
		switch p.style {
		case titleStyle:
			titles++
			text = strings.Repeat("#", min(titles, 2)) + " " + text
		case itemStyle:
			text = "## " + text
		case fieldStyle:
			text = "- " + text
		case remarkStyle:
			text = "- **编号：** `" + p.text + "`"
		case annexStyle:
			text = "---\n\n" + text
		}
		b.WriteString(text + "\n")
	}
	return b.Flush()
}

// escapeMarkdown keeps a register's texts from being read as marks.
func escapeMarkdown(text string) string {
	return markdownMarks().Replace(text)
}

func markdownMarks() *strings.Replacer {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "|", `\|`, "~", `\~`)
}
