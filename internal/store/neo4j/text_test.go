package neo4j

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func drawn(t *rapid.T, name string) string {
	return string(rapid.SliceOfN(rapid.SampledFrom([]rune{'a', 'b', '森', 0xd7ff, 0xe000, '，', 0xfffd, 0xffff, 0x10000, '𠮷', 0x10ffff}), 0, 4).Draw(t, name))
}

// TestComparableText holds both ways in which the database compares against the order of code points.
func TestComparableText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawn(t, "a"), drawn(t, "b")
		x, y := comparableText(a), comparableText(b)
		want := strings.Compare(a, b)
		if got := strings.Compare(x, y); got != want {
			t.Errorf("%q and %q by bytes: saw %d, wanted %d", a, b, got, want)
		}
		if got := slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y))); got != want {
			t.Errorf("%q and %q by UTF-16 units: saw %d, wanted %d", a, b, got, want)
		}
		if got := cmp.Compare(comparableText(cut(a)), last); got >= 0 {
			t.Errorf("%q stands behind what is not stated", a)
		}
	})
}

// TestCeiling holds a text of any bytes and the valid one that stands for it against valid texts.
func TestCeiling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := string(rapid.SliceOfN(rapid.SampledFrom([]byte{'a', 0x7f, 0x80, 0xbf, 0xc2, 0xe8, 0xed, 0xef, 0xf4, 0x8f, 0xff}), 0, 5).Draw(t, "given"))
		valid := drawn(t, "valid")
		bound, ok := ceiling(given)
		if ok && !utf8.ValidString(bound) {
			t.Fatalf("the ceiling %q of %q is not valid", bound, given)
		}
		if got := ok && valid >= bound; got != (valid >= given) {
			t.Errorf("%q stands behind %q: %v; behind its ceiling %q: %v", valid, given, valid >= given, bound, got)
		}
		after, ok := following(given)
		if got := valid >= given && (!ok || valid < after); got != strings.HasPrefix(valid, given) {
			t.Errorf("%q begins with %q: the range says %v", valid, given, got)
		}
	})
}
