package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A command of the README with the answer that it shows. A line with "…" stands for any lines.
type shown struct {
	line    int
	command string
	answer  []string
	exit    int
}

// The README is true: every command in its console blocks gives the answer that stands there, in
func TestReadme(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	address := serveForReadme(t)
	work := t.TempDir()
	commands := readme(string(text))
	if len(commands) < 12 {
		t.Fatalf("found %d commands, wanted all of the README's", len(commands))
	}
	for _, c := range commands {
		command := strings.NewReplacer("bin/xianjie", "xianjie", "127.0.0.1:8080", address).Replace(c.command)
		sh := exec.CommandContext(t.Context(), "bash", "-c", command)
		sh.Dir = root
		sh.Env = append(os.Environ(), "WORK="+work, "HOME="+work, "XDG_DATA_HOME="+work)
		out, _ := sh.CombinedOutput()
		if got := sh.ProcessState.ExitCode(); got != c.exit {
			t.Errorf("README.md:%d: %s\nexit %d, want %d:\n%s", c.line, c.command, got, c.exit, out)
			continue
		}
		if missing := compareShown(c.answer, string(out)); missing != "" {
			t.Errorf("README.md:%d: %s\ndoes not answer %q in its place, but:\n%s", c.line, c.command, missing, out)
		}
	}
}

var exitMark = regexp.MustCompile(`^\[exit (\d)\]$`)

func readme(text string) []shown {
	var commands []shown
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case strings.HasPrefix(line, "$ "):
			commands = append(commands, shown{line: i + 1, command: line[2:]})
		default:
			c := &commands[len(commands)-1]
			if m := exitMark.FindStringSubmatch(line); m != nil {
				c.exit = int(m[1][0] - '0')
				continue
			}
			c.answer = append(c.answer, line)
		}
	}
	return commands
}

// compareShown gives the first line of the shown block that the output does not have in its place,
// "" when all stand there in order. A block is what stands between two lines with "…".
func compareShown(want []string, out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	for block := range strings.SplitSeq(strings.Join(want, "\n"), "…") {
		var wanted []string
		for line := range strings.SplitSeq(strings.TrimSpace(block), "\n") {
			wanted = append(wanted, strings.TrimSpace(line))
		}
		at := 0
		for at+len(wanted) <= len(lines) && !slices.Equal(lines[at:at+len(wanted)], wanted) {
			at++
		}
		switch {
		case len(wanted) == 1 && wanted[0] == "":
		case at+len(wanted) > len(lines):
			return wanted[0]
		default:
			lines = lines[at+len(wanted):]
		}
	}
	return ""
}

// serveForReadme serves the demonstration on a free port until the test ends.
func serveForReadme(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("xianjie", "serve", "--demo", "--addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	address := ""
	scanner := bufio.NewScanner(out)
	for address == "" && scanner.Scan() {
		if _, rest, ok := strings.Cut(scanner.Text(), "http://"); ok {
			address, _, _ = strings.Cut(rest, "/")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	// curl's own retries wait for it, without a loop here.
	wait := exec.Command("curl", "-sf", "--retry", "100", "--retry-delay", "0", "--retry-all-errors", "--max-time", "20", "http://"+address+"/readyz")
	if out, err := wait.CombinedOutput(); err != nil {
		t.Fatalf("the server at %q is not ready: %v %s", address, err, out)
	}
	return address
}

func TestReadmeNamesTargetsOfTheMakefile(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`?make ([a-z0-9-]+)").FindAllStringSubmatch(string(text), -1)
	if len(named) < 4 {
		t.Fatalf("found %d targets", len(named))
	}
	for _, m := range named {
		if !strings.Contains(string(makefile), "\n"+m[1]+":") {
			t.Errorf("the README says make %s, the Makefile has no such target", m[1])
		}
	}
}
