package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func TestExitCodes(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"done", nil, exitClean},
		{"findings", errFindings, exitFindings},
		{"findings and a failed close", errors.Join(errFindings, plan.Errorf(plan.Internal, "", "x")), exitFailed},
		{"usage", usageError{errors.New("x")}, exitInput},
		{"bad input", plan.Errorf(plan.BadUserInput, "a", "x"), exitInput},
		{"many errors", plan.Errors{plan.Errorf(plan.NotFound, "a", "x")}, exitInput},
		{"not supported", plan.Errorf(plan.Unsupported, "", "x"), exitInput},
		{"store away", plan.Errorf(plan.Unavailable, "", "x"), exitFailed},
		{"disk full", fmt.Errorf("while: %w", plan.Errorf(plan.StorageFull, "", "x")), exitFailed},
		{"not coded", io.ErrUnexpectedEOF, exitFailed},
		{"interrupted", context.Canceled, exitFailed},
		{"sick store", unwell{plan.Errorf(plan.Unsupported, "", "x")}, exitFailed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := exitOf(test.err); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestFailuresAreTold(t *testing.T) {
	cause := errors.New("the cause")
	tests := []struct {
		name    string
		err     error
		verbose bool
		want    string
	}{
		{"one with a place", plan.Errorf(plan.BadUserInput, "a.yaml:1:2", "saw x"), false, "a.yaml:1:2: saw x\n"},
		{"one without", plan.Errorf(plan.Unavailable, "", "no"), false, "xianjie: no\n"},
		{"many", plan.Errors{plan.Errorf(plan.NotFound, "a", "x"), plan.Errorf(plan.NotFound, "b", "y")}, false, "a: x\nb: y\n"},
		{"not coded", cause, false, "xianjie: the cause\n"},
		{"several", errors.Join(errFindings, plan.Errorf(plan.Internal, "a", "x"), cause), false, "a: x\nxianjie: the cause\n"},
		{"cause", &plan.Error{Code: plan.Internal, Message: "internal error", Err: cause}, true,
			"xianjie: internal error\n  caused by *errors.errorString: the cause\n"},
		{"cause of one of many", plan.Errors{{Code: plan.Internal, Path: "a", Message: "x", Err: cause}}, true,
			"a: x\n  caused by *errors.errorString: the cause\n"},
		{"escapes", plan.Errorf(plan.BadUserInput, "a\x1b[2J\u202e", "saw 森林　覆盖\r\n"), false, "a\\x1b[2J\\u202e: saw 森林　覆盖\\r\\n\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var errs bytes.Buffer
			s := &session{Streams: Streams{Stderr: &errs}, verbose: test.verbose}
			s.fail(t.Context(), test.err)
			if diff := cmp.Diff(test.want, errs.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("a\x1b[31m\u202e\x00\xff森林")
	f.Fuzz(func(t *testing.T, text string) {
		shown := printable(text)
		if i := strings.IndexFunc(shown, func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 {
			t.Errorf("%q has %q in it", shown, shown[i:])
		}
	})
}

// broken is a stream whose reader has gone after some bytes.
type broken struct{ left int }

func (b *broken) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return b.left, io.ErrClosedPipe
	}
	b.left -= len(p)
	return len(p), nil
}

func TestStandardOutputFails(t *testing.T) {
	commands := [][]string{
		{"--help"}, {"version"}, {"rules", "list"}, {"rules", "explain", "R02"}, {"check", "--demo"},
		{"check", "--demo", "--format", "json"}, {"export", "--demo", "--plan", "nm-eco-14"}, {"query", "--demo", "-"},
	}
	for _, args := range commands {
		for _, room := range []int{0, 20} {
			t.Run(fmt.Sprint(args, room), func(t *testing.T) {
				var errs bytes.Buffer
				code := run(t.Context(), args, Streams{
					Stdin: strings.NewReader("{register{revision}}"), Stdout: &broken{room}, Stderr: &errs,
					Env: func(string) (string, bool) { return "", false },
				})
				if code != exitFailed || !strings.Contains(errs.String(), "cannot write to standard output: io: read/write on closed pipe") {
					t.Errorf("exit %d, want %d, with the reason: %s", code, exitFailed, &errs)
				}
			})
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs bytes.Buffer
	code := run(ctx, []string{"check", "--demo"}, Streams{
		Stdout: io.Discard, Stderr: &errs, Env: func(string) (string, bool) { return "", false },
	})
	if code != exitFailed || errs.String() != "xianjie: interrupted\n" {
		t.Errorf("exit %d: %q", code, &errs)
	}
}

func TestWriteFileLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, text := range []string{"first", "second, and longer"} {
		if err := writeFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("saw %q, %v, want %q", got, err, text)
		}
	}
	// A directory in the way can't be replaced by a file: the temporary one must go again.
	if err := os.Mkdir(filepath.Join(dir, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(filepath.Join(dir, "b"), nil); plan.CodeOf(err) != plan.Unavailable {
		t.Errorf("saw %v, want %s", err, plan.Unavailable)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("saw %v, %v, want a and b", entries, err)
	}
}

func TestProgress(t *testing.T) {
	var clock time.Time
	var b bytes.Buffer
	tests := []struct {
		name  string
		width int
		next  time.Duration
		steps []time.Duration // since the start
		want  string
	}{
		{"short work on a terminal", 80, 0, []time.Duration{0, 50 * time.Millisecond}, "\r\x1b[Kwork: 1 of 4 (25 %)\r\x1b[K"},
		{"narrow terminal", 10, 0, []time.Duration{0}, "\r\x1b[Kwork: 1 o\r\x1b[K"},
		{"long work on a terminal", 80, 0, []time.Duration{0, time.Second}, "\r\x1b[Kwork: 1 of 4 (25 %)\r\x1b[Kwork: 2 of 4 (50 %)\r\x1b[K"},
		{"short work elsewhere", 0, patience, []time.Duration{0, time.Second}, ""},
		{"long work elsewhere", 0, patience, []time.Duration{0, 3 * time.Second, 4 * time.Second, 9 * time.Second}, "work: 2 of 4 (50 %)\nwork: 4 of 4 (100 %)\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b.Reset()
			start := time.Date(2021, 9, 30, 0, 0, 0, 0, time.UTC)
			p := &progress{to: &b, width: test.width, label: "work", now: func() time.Time { return clock }, next: start.Add(test.next)}
			for i, at := range test.steps {
				clock = start.Add(at)
				p.step(i+1, 4)
			}
			p.end()
			if diff := cmp.Diff(test.want, b.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
