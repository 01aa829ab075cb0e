package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"xianjie/internal/bench"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

func TestReaderGone(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c := exec.Command("xianjie", "export", "--demo", "--plan", "nm-eco-14")
	var errs bytes.Buffer
	c.Stdout, c.Stderr = w, &errs
	if code := exitCode(c.Run()); code != exitFailed || !strings.Contains(errs.String(), "broken pipe") {
		t.Errorf("exit %d, want %d: %s", code, exitFailed, &errs)
	}
}

// serving starts a server and gives its address.
func serving(t *testing.T, args ...string) (*exec.Cmd, string) {
	t.Helper()
	return servingTo(t, nil, args...)
}

// servingTo is serving with the log written to where it may be read.
func servingTo(t *testing.T, log io.Writer, args ...string) (*exec.Cmd, string) {
	t.Helper()
	c := exec.Command("xianjie", append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
	c.Env = append(os.Environ(), "XDG_DATA_HOME="+t.TempDir())
	c.Stderr = log
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // fails when it has ended, as it should
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, ok := strings.CutSuffix(strings.Fields(lines.Text())[0], "/graphql"); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }() // a server must never wait for its reader
			return c, at
		}
	}
	t.Fatal("no address was printed")
	return nil, ""
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestServe(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"the demonstration", []string{"--demo"}, `{"data":{"plan":{"tasks":{"totalCount":9}}}}`},
		{"a new store", nil, `{"data":{"plan":null}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			c, at := serving(t, test.args...)
			for ready := 0; ready != http.StatusOK; {
				ready, _ = get(t, at+"/readyz")
			}
			t.Logf("ready after %s", time.Since(start))
			if _, body := get(t, at+"/graphql?query={plan(id:%22plan:nm-eco-14%22){tasks{totalCount}}}"); body != test.want {
				t.Errorf("saw %s, want %s", body, test.want)
			}
			want, err := os.ReadFile("../../schema.graphqls")
			if err != nil {
				t.Fatal(err)
			}
			if _, body := get(t, at+"/schema.graphqls"); body != string(want) {
				t.Error("/schema.graphqls is not the schema as it was written")
			}
			stopped := time.Now()
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err != nil || time.Since(stopped) > 10*time.Second {
				t.Errorf("stopped with %v after %s", err, time.Since(stopped))
			}
		})
	}
}

func TestExamplesAnswer(t *testing.T) {
	all := examples()
	if len(all) < 5 {
		t.Fatalf("%d examples", len(all))
	}
	for _, e := range all {
		t.Run(e.Title, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "query.graphql")
			if err := os.WriteFile(file, []byte(e.Query), 0o644); err != nil {
				t.Fatal(err)
			}
			code, stdout, stderr := command(t, "query", "--demo", file)
			if code != exitClean || len(stdout) < 500 || strings.Contains(stdout, "null\n}") {
				t.Errorf("exit %d: %s\n%s", code, stderr, stdout)
			}
		})
	}
}

// kills is how often tests kill.
const kills = 20

func TestKilledImport(t *testing.T) {
	killedImports(t, 0.06, kills, func() target {
		path := filepath.Join(t.TempDir(), "killed.db")
		return target{"sqlite:" + path, func() (store.Store, error) { return sqlite.Open(t.Context(), path) }}
	})
}

// target is a store that is imported into.
type target struct {
	name string
	open func() (store.Store, error)
}

// killedImports imports a register of a scale again and again, each time into an empty store, and kills the command at a random moment: every
// document is there whole or not at all, and who imports again goes on.
func killedImports(t *testing.T, scale float64, kills int, empty func() target) {
	t.Helper()
	files, err := bench.Documents(1, scale)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var docs []*document.Document
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		doc, errs := document.Parse(f.Name, f.Data)
		if err := errs.Err(); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	start := time.Now()
	whole := importInto(empty().name, dir)
	if out, err := whole.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(start)
	random := rand.New(rand.NewPCG(1, 2))
	partial, slowest := 0, time.Duration(0)
	for i := range kills {
		into := empty()
		after := took * time.Duration(i+1) / time.Duration(kills+1)
		after += time.Duration(random.Int64N(int64(took) / int64(kills)))
		kill(t, importInto(into.name, dir), after)
		stored, opening := storedDocuments(t, into, docs)
		slowest = max(slowest, opening)
		if 0 < stored && stored < len(docs) {
			partial++
		}
		if i%5 == 0 {
			again(t, into, dir, docs)
		}
	}
	t.Logf("an import of %d documents took %s; of %d kills %d hit between documents; the slowest opening took %s",
		len(docs), took, kills, partial, slowest)
}

// An import that is stopped with Ctrl-C says how far it has come, and goes on when it is told again.
func TestInterruptedImport(t *testing.T) {
	files, err := bench.Documents(1, 0.12)
	if err != nil {
		t.Fatal(err)
	}
	dir, path := t.TempDir(), filepath.Join(t.TempDir(), "register.db")
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := importInto("sqlite:"+path, dir)
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	logged(t, s, 0, "import")
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	code, far := exitCode(c.Wait()), regexp.MustCompile(`([1-9]\d*) of \d+ objects are in sqlite:`).FindSubmatch(said.Bytes())
	if code != exitFailed || far == nil || !strings.Contains(said.String(), "xianjie: interrupted") {
		t.Fatalf("exit %d, want %d and how far it came: %s", code, exitFailed, &said)
	}
	out, err := importInto("sqlite:"+path, dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), fmt.Sprintf(" 0 changed, %s there already\n", far[1])) || !strings.Contains(string(out), "opened") {
		t.Errorf("%v: saw %s, wanted %s there already", err, out, far[1])
	}
}

func importInto(store, dir string) *exec.Cmd {
	return exec.Command("xianjie", "import", "--store", store, dir)
}

// kill starts a command and ends it hard after a time, if it has not ended by itself.
func kill(t *testing.T, c *exec.Cmd, after time.Duration) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() }) // may have ended by itself
	defer timer.Stop()
	_ = c.Wait() // killed, or not
}

// storedDocuments opens a store, fails when any document is in it by half, and gives how many are
// there and how long the opening took.
func storedDocuments(t *testing.T, in target, docs []*document.Document) (stored int, opening time.Duration) {
	t.Helper()
	start := time.Now()
	s, err := in.open()
	if err != nil {
		t.Fatal(err)
	}
	opening = time.Since(start)
	defer s.Close()
	if h, err := s.Health(t.Context()); err != nil || h.Integrity != "ok" {
		t.Fatalf("%v: %s", err, h.Integrity)
	}
	there := storedObjects(t, s, docs)
	for _, d := range docs {
		n := 0
		for range d.Objects {
			if there[0] {
				n++
			}
			there = there[1:]
		}
		switch n {
		case len(d.Objects):
			stored++
		case 0:
		default:
			t.Errorf("%s: %d of %d objects are stored", d.Name, n, len(d.Objects))
		}
	}
	return stored, opening
}

// storedObjects says of each object of the documents, one after the other, whether it is stored.
func storedObjects(t *testing.T, s store.Store, docs []*document.Document) []bool {
	t.Helper()
	sel := &query.Selection{}
	for _, k := range plan.Kinds() {
		sel.Of = append(sel.Of, query.Shape{Kind: k})
	}
	for _, d := range docs {
		for _, o := range d.Objects {
			sel.IDs = append(sel.IDs, o.Base().ID)
		}
	}
	result, err := s.Fetch(t.Context(), sel)
	if err != nil {
		t.Fatal(err)
	}
	there := make([]bool, len(sel.IDs))
	for i, item := range result.Root.Items {
		there[i] = item != query.Missing
	}
	return there
}

// again imports once more into a store whose import was killed: everything must be there, once.
func again(t *testing.T, into target, dir string, docs []*document.Document) {
	t.Helper()
	if out, err := importInto(into.name, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if stored, _ := storedDocuments(t, into, docs); stored != len(docs) {
		t.Errorf("%d of %d documents are stored", stored, len(docs))
	}
	out, err := importInto(into.name, dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), " 0 new, 0 changed, ") {
		t.Errorf("%v: %s", err, out)
	}
}
