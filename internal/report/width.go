package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how many columns of a terminal a text takes: Chinese characters take two. Characters whose width differs between terminals
// (such as “ and —) count as one.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.Is(unicode.Mn, r) || unicode.IsControl(r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// pad fills a text with spaces to so many columns.
func pad(s string, to int) string {
	return s + strings.Repeat(" ", max(0, to-columns(s)))
}

// wrap breaks a text into lines of at most limit columns. It breaks between any two wide characters and at spaces, keeps words and numbers
// whole, and never begins a line with a mark that closes.
func wrap(s string, limit int) []string {
	var lines []string
	var line strings.Builder
	used := 0
	for _, piece := range pieces(s) {
		n := columns(piece)
		if used > 0 && used+n > limit {
			lines = append(lines, strings.TrimRight(line.String(), " "))
			line.Reset()
			used = 0
			piece = strings.TrimLeft(piece, " ")
			n = columns(piece)
		}
		line.WriteString(piece)
		used += n
	}
	if used > 0 || len(lines) == 0 {
		lines = append(lines, strings.TrimRight(line.String(), " "))
	}
	return lines
}

const (
	closing = "，。；：！？、）》〉”’」』】〕%)]},.;:!?"
	opening = "（《〈“‘「『【〔([{"
)

// pieces cuts a text into what must stay on one line.
func pieces(s string) []string {
	var cut []string
	var piece strings.Builder
	var last rune
	for _, r := range s {
		if piece.Len() > 0 && breaks(last, r) {
			cut = append(cut, piece.String())
			piece.Reset()
		}
		piece.WriteRune(r)
		last = r
	}
	if piece.Len() > 0 {
		cut = append(cut, piece.String())
	}
	return cut
}

// breaks says whether a line may end between two characters.
func breaks(before, after rune) bool {
	if strings.ContainsRune(closing, after) || strings.ContainsRune(opening, before) {
		return false
	}
	return before == ' ' || runeColumns(before) == 2 || runeColumns(after) == 2 || strings.ContainsRune(opening, after) || strings.ContainsRune(closing, before) && !isWord(after)
}

func isWord(r rune) bool { return r < 0x80 && r != ' ' }
