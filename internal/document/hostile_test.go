package document

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestEncodings(t *testing.T) {
	good := string(readFile(t, "testdata/register/eco.yaml"))
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(good)
	if err != nil {
		t.Fatal(err)
	}
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(good)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	tests := []struct {
		name, text, want string
	}{
		{"byte order mark", "\uFEFF" + good, ""},
		{"carriage returns", strings.ReplaceAll(good, "\n", "\r\n"), ""},
		{"document start", "# eco\n---\n" + good, ""},
		{"document end", good + "...\n", ""},
		{"no line end at the end", strings.TrimRight(good, "\n"), ""},
		{"gbk", gbk, "x.yaml:3:10: saw byte 0xC9, wanted UTF-8 text; it looks like GBK or GB18030: save the file as UTF-8"},
		{"utf-16", string(wide), "x.yaml:1:1: saw UTF-16 text, wanted UTF-8; save the file as UTF-8"},
		{"stray byte", strings.Replace(good, "草原", "草\xff原", 1), "x.yaml:43:25: saw byte 0xFF, wanted UTF-8 text"},
		{"control character", strings.Replace(good, "草原", "草\x1b原", 1),
			"x.yaml:43:25: saw the control character U+001B, wanted plain text; delete it or write it as an escape in double quotes"},
		{"line separator", strings.Replace(good, "草原", "草\u2028原", 1),
			"x.yaml:43:25: saw the control character U+2028, wanted plain text; delete it or write it as an escape in double quotes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, errs := Parse("x.yaml", []byte(tt.text))
			if got := errs.Error(); got != tt.want {
				t.Fatalf("errors:\n%s\nwant:\n%s", got, tt.want)
			}
			if tt.want == "" && len(doc.Objects) != 14 {
				t.Errorf("%d objects, want 14", len(doc.Objects))
			}
		})
	}
}

func TestPositionsDoNotDependOnLineEnds(t *testing.T) {
	text := readFile(t, "testdata/twelve.yaml")
	_, want := Parse("x.yaml", text)
	_, got := Parse("x.yaml", append([]byte("\uFEFF"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...))
	if diff := cmp.Diff(want.Error(), got.Error()); diff != "" {
		t.Error(diff)
	}
}

// Whatever is thrown at the reader, it answers with an error at a place, and with little memory
// beside the text itself.
func TestHostileInput(t *testing.T) {
	big := func(s string) string { return strings.Repeat(s, (30<<20)/len(s)) }
	many := func(s string) string { return strings.Repeat(s, (3<<20)/len(s)) } // each is looked at
	bomb := header + "goals:\n- {code: a, title: &a x}\n"
	for i := range 9 {
		bomb += fmt.Sprintf("- &%c [%s]\n", 'b'+i, strings.Repeat(fmt.Sprintf("*%c,", 'a'+i), 10))
	}
	tests := []struct {
		name, text string
		code       plan.Code
		want       string
	}{
		{"alias bomb", bomb, plan.BadUserInput, `x.yaml:3:20: saw anchor &a, wanted the value alone; anchors and aliases are not allowed`},
		{"deep flow", header + "goals: " + strings.Repeat("[", 1<<20), plan.TooLarge, `x.yaml:2:1: saw about 1048577 values in one piece`},
		{"nested flow", header + "goals: " + strings.Repeat("[", 33) + strings.Repeat("]", 33), plan.BadUserInput,
			`x.yaml:2:40: saw nesting deeper than 32 levels, wanted at most that`},
		{"nested blocks", header + "goals:\n" + strings.Repeat("- ", 40) + "x", plan.BadUserInput,
			`x.yaml:3:65: saw nesting deeper than 32 levels, wanted at most that`},
		{"too large", strings.Repeat("#", maxFile+1), plan.TooLarge, `x.yaml:1:1: saw a file of 33554433 bytes, wanted at most 32 MB; split it`},
		{"empty items", header + "goals:\n" + many("-\n"), plan.BadUserInput, `x.yaml:3:2: saw no value, wanted a goal written as a mapping`},
		{"items of nothing", header + "goals:\n" + many("- {}\n"), plan.BadUserInput, `x.yaml:3:3: "code" is missing in a goal`},
		{"more objects than a plan has", header + "goals:\n" + many("- {code: a, title: b}\n"), plan.TooLarge,
			`x.yaml:100002:3: saw more than 100000 objects, wanted fewer in one document; split it`},
		{"one endless flow list", header + "goals: [" + big("a,") + "]", plan.TooLarge, `x.yaml:2:1: saw 31457289 bytes in one piece`},
		{"one endless text", header + "goals:\n- title: " + big("绿"), plan.TooLarge, `x.yaml:3:1: saw 31457289 bytes in one piece`},
		{"endless keys", header + big("a: b\n"), plan.TooLarge, `x.yaml:1:1: saw 31457`},
		{"one object of many keys", header + "goals:\n- " + strings.Repeat("a: b\n  ", 40_000), plan.BadUserInput, `x.yaml:4:3: saw key "a" again, wanted it once; it stands at line 3 already`},
		{"one line of nothing", big(" "), plan.TooLarge, "x.yaml:1:1: saw 31457280 bytes in one piece"},
		{"many lines of nothing", big("\n"), plan.TooLarge, "x.yaml:1:1: saw 31457280 bytes in one piece"},
		{"zero bytes", big("\x00"), plan.BadUserInput, "x.yaml:1:1: saw the control character U+0000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := []byte(tt.text)
			var errs plan.Errors
			const most = 50 << 20
			peak := peakMemory(func() { _, errs = Parse("x.yaml", data) })
			for again := 0; again < 2 && peak > most; again++ {
				peak = min(peak, peakMemory(func() { _, errs = Parse("x.yaml", data) }))
			}
			if len(errs) == 0 {
				t.Fatal("no error")
			}
			if len(errs) > maxReported+1 {
				t.Errorf("%d errors, want at most %d", len(errs), maxReported+1)
			}
			if got := errs[0]; got.Code != tt.code || !strings.HasPrefix(got.Error(), tt.want) {
				t.Errorf("first error %s %s\nwant        %s %s", got.Code, got, tt.code, tt.want)
			}
			if peak > most {
				t.Errorf("took %d MB beside the text, want at most %d MB", peak>>20, most>>20)
			}
		})
	}
}

// peakMemory is by how many live bytes the heap grows at most while f runs, as each collection finds
// it. A collection counts as live what is allocated while it runs, the more the busier the machine
// is: the figure is never too low, but may be too high.
func peakMemory(f func()) int {
	live := func() uint64 {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before := live()
	var highest atomic.Uint64
	var over atomic.Bool
	type sentinel [64]byte // large enough to be an allocation of its own
	var watch func()
	watch = func() {
		// Nothing holds the sentinel, so every collection ends with this.
		runtime.SetFinalizer(&sentinel{}, func(*sentinel) {
			highest.Store(max(highest.Load(), live()))
			if !over.Load() {
				watch()
			}
		})
	}
	watch()
	f()
	over.Store(true)
	return int(max(highest.Load(), before) - before)
}

// A file that was cut off is never taken for a whole one, unless what is left is one.
func TestCutFiles(t *testing.T) {
	for _, name := range []string{"eco.yaml", "vocabulary.yaml"} {
		text := readFile(t, "testdata/register/"+name)
		whole, errs := Parse(name, text)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		accepted := 0
		for cut := range text {
			doc, errs := Parse(name, text[:cut])
			for _, e := range errs {
				if file, line, col := splitPlace(e.Path); file != name || line == 0 || col == 0 {
					t.Fatalf("%s cut at %d: error without place: %v", name, cut, e)
				}
			}
			if len(errs) > 0 {
				continue
			}
			accepted++
			last := text[:cut]
			if len(doc.Objects) > len(whole.Objects) {
				t.Errorf("%s cut at %d has more objects than the whole", name, cut)
			}
			// What is accepted must be complete YAML of its own, down to its last line.
			again, errs := Parse(name, append(bytes.Clone(last), '\n'))
			if len(errs) > 0 || len(again.Objects) != len(doc.Objects) {
				t.Errorf("%s cut at %d is read in part: %v", name, cut, errs)
			}
		}
		if accepted > len(text)/2 {
			t.Errorf("%s: %d of %d cuts were accepted", name, accepted, len(text))
		}
	}
}
