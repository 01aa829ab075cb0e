package coherence

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// nearTitle is from how many per cent of likeness on two titles may stand for one work: twice the pairs of neighbouring characters that they
// share, per all pairs that both have.
const nearTitle = 85

// connectives are characters that may be exchanged or left out without a title meaning another work.
const connectives = "和与及暨的"

// shortestTitle is how many characters a title needs to name one work; a shorter one (生态修复) names a field in which many work.
const shortestTitle = 6

// normalTitle is a title without what doesn't distinguish works: widths, case, spaces and punctuation.
func normalTitle(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(title)))
}

// gram is two neighbouring characters.
type gram uint64

// essence is a normal title without its connectives.
func essence(title string) []rune {
	return slices.DeleteFunc([]rune(title), func(r rune) bool { return strings.ContainsRune(connectives, r) })
}

// grams are those of a normal title without its connectives, sorted, each once.
func grams(title string) []gram {
	runes := essence(title)
	all := make([]gram, 0, max(0, len(runes)-1))
	for i := range len(runes) - 1 {
		all = append(all, gram(runes[i])<<32|gram(runes[i+1]))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// likeness of two titles in per cent, rounded down.
func likeness(a, b []gram) int {
	if len(a)+len(b) == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch cmp.Compare(a[i], b[j]) {
		case 0:
			shared++
			i, j = i+1, j+1
		case -1:
			i++
		default:
			j++
		}
	}
	return 200 * shared / (len(a) + len(b))
}

// numerals are the characters that count, in their order: phase one is not phase two, however alike their titles.
func numerals(title string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsNumber(r) || strings.ContainsRune("一二三四五六七八九十", r) {
			return r
		}
		return -1
	}, title)
}

// near says whether two normal titles, given with their grams, may stand for one work: they are alike, count the same, and one only says
// more than the other. Where each has a word that the other hasn't, as the names of two lakes, they are two works.
func near(a, b string, of, with []gram) bool {
	return likeness(of, with) >= nearTitle && numerals(a) == numerals(b) && contains(essence(a), essence(b))
}

// contains says whether all characters of the shorter text stand in the longer one, in their order.
func contains(a, b []rune) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	for _, r := range a {
		if len(b) > 0 && b[0] == r {
			b = b[1:]
		}
	}
	return len(b) == 0
}

// alike yields the pairs of different normal titles that are near each other, by their places in the list, the smaller first. Two titles
// can only be that near when they share one of the rarest grams of each, so that only few titles meet.
func alike(titles []string) iter.Seq2[int, int] {
	return func(yield func(i, j int) bool) {
		of := make([][]gram, len(titles))
		count := map[gram]int{}
		for i, title := range titles {
			of[i] = grams(title)
			for _, g := range of[i] {
				count[g]++
			}
		}
		having := map[gram][]int{} // the titles so far that have the gram among their rarest
		for j := range titles {
			rarest := slices.SortedFunc(slices.Values(of[j]), func(a, b gram) int { return cmp.Or(cmp.Compare(count[a], count[b]), cmp.Compare(a, b)) })
			met := map[int]bool{}
			for _, g := range rarest[:prefix(len(rarest))] {
				for _, i := range having[g] {
					if met[i] {
						continue
					}
					met[i] = true
					if near(titles[i], titles[j], of[i], of[j]) && !yield(i, j) {
						return
					}
				}
				having[g] = append(having[g], j)
			}
		}
	}
}

// prefix is how many of a title's n grams are enough to meet every title near it. A title near it shares at least s = t·n/(2−t) of its grams,
// t being nearTitle; among any n−s+1 of them is one that is shared.
func prefix(n int) int {
	if n == 0 {
		return 0
	}
	shared := (nearTitle*n + (200 - nearTitle) - 1) / (200 - nearTitle)
	return n - shared + 1
}
