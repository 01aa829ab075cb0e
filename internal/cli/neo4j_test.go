package cli

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xianjie/internal/store"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/neo4j/neo4jtest"
)

// onNeo4j is a real server for commands, whose password stands in the environment.
type onNeo4j struct {
	*testing.T
	server *neo4jtest.Server
}

// TestNeo4j runs the commands on a real server, one part after the other.
func TestNeo4j(t *testing.T) {
	server, err := neo4jtest.Launch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("XIANJIE_STORE", server.URL)
	t.Setenv("XIANJIE_STORE_PASSWORD", server.Password)
	for _, part := range []struct {
		name string
		test func(onNeo4j)
	}{
		{"an empty database", onNeo4j.empty},
		{"what must not be served", onNeo4j.refused},
		{"import, copy, backup and restore", onNeo4j.moves},
		{"doctor", onNeo4j.doctor},
		{"killed between a change and its check", onNeo4j.killed},
		{"killed while importing", onNeo4j.killedImports},
		{"the database goes and comes", onNeo4j.comesAndGoes},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(onNeo4j{t, server}) })
	}
}

// xianjie runs a command that must end with the code and say all the texts.
func (n onNeo4j) xianjie(exit int, args []string, says ...string) {
	n.Helper()
	out, err := exec.CommandContext(n.Context(), "xianjie", args...).CombinedOutput()
	if got := exitCode(err); got != exit {
		n.Errorf("xianjie %s: exit %d, want %d", strings.Join(args, " "), got, exit)
	}
	for _, text := range says {
		if !strings.Contains(string(out), text) {
			n.Errorf("xianjie %s: want %q in\n%s", strings.Join(args, " "), text, out)
		}
	}
	if strings.Contains(string(out), n.server.Password) {
		n.Errorf("xianjie %s: the password is in\n%s", strings.Join(args, " "), out)
	}
}

func (n onNeo4j) cypher(statements ...string) {
	n.Helper()
	if err := n.server.Run(n.Context(), statements...); err != nil {
		n.Fatal(err)
	}
}

const demonstration = "../demo/neimenggu"

// An empty database is no register for those who read, and stays empty.
func (n onNeo4j) empty() {
	n.xianjie(exitFailed, []string{"doctor"}, "is empty, there is no register in it")
	n.xianjie(exitInput, []string{"export", "--out", n.TempDir()}, "import documents into it first")
	n.xianjie(exitClean, []string{"import", "--dry-run", demonstration}, "would import")
	n.cypher("MATCH (n) WITH count(n) AS n WHERE n > 0 RETURN 1/(n-n)", "SHOW CONSTRAINTS YIELD name RETURN 1/(CASE count(name) WHEN 0 THEN 1 ELSE 0 END)")
}

// What is moved to and fro is the same in the end.
func (n onNeo4j) moves() {
	dir := n.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	n.xianjie(exitClean, []string{"import", demonstration}, "imported", "into "+n.server.URL)
	n.xianjie(exitClean, []string{"import", demonstration}, " 0 new, 0 changed")
	n.xianjie(exitClean, []string{"export", "--out", file("of-neo4j")})
	n.xianjie(exitClean, []string{"import", demonstration, "--store", "sqlite:" + file("a.db")})
	n.xianjie(exitClean, []string{"export", "--store", "sqlite:" + file("a.db"), "--out", file("of-sqlite")})
	n.sameFiles(file("of-sqlite"), file("of-neo4j"))

	n.xianjie(exitClean, []string{"backup", file("backup.db")}, "backed up "+n.server.URL)
	n.xianjie(exitInput, []string{"backup", file("backup.db")}, "is there already")
	n.xianjie(exitClean, []string{"doctor", "--store", "sqlite:" + file("backup.db")}, "integrity  ok")
	n.xianjie(exitInput, []string{"restore", file("of-neo4j/missing.db")}, "there is no register")
	if err := n.server.Empty(n.Context()); err != nil {
		n.Fatal(err)
	}
	n.xianjie(exitClean, []string{"restore", file("backup.db")}, "restored", "to "+n.server.URL)
	n.xianjie(exitClean, []string{"export", "--out", file("restored")})
	n.sameFiles(file("of-sqlite"), file("restored"))

	n.xianjie(exitClean, []string{"copy", "--from", n.server.URL, "--to", "sqlite:" + file("copy.db")}, "copied", "digest")
	n.xianjie(exitClean, []string{"export", "--store", "sqlite:" + file("copy.db"), "--out", file("copied")})
	n.sameFiles(file("of-sqlite"), file("copied"))
	n.xianjie(exitClean, []string{"copy", "--from", "sqlite:" + file("copy.db"), "--to", n.server.URL}, "copied", "digest") // as one that was stopped
	n.xianjie(exitClean, []string{"import", demonstration + "/vocabulary-regions.yaml", "--store", "sqlite:" + file("small.db")})
	n.xianjie(exitInput, []string{"copy", "--from", "sqlite:" + file("small.db"), "--to", n.server.URL}, "wanted an empty target")
}

func (n onNeo4j) sameFiles(a, b string) {
	n.Helper()
	if out, err := exec.CommandContext(n.Context(), "diff", "-r", a, b).CombinedOutput(); err != nil {
		n.Errorf("%v\n%s", err, out)
	}
	if entries, err := os.ReadDir(a); err != nil || len(entries) < 2 {
		n.Errorf("%s: %d files, %v", a, len(entries), err)
	}
}

// The doctor names what is wrong, says what helps, and changes nothing.
func (n onNeo4j) doctor() {
	n.xianjie(exitClean, []string{"doctor"}, "engine     neo4j "+neo4jtest.Version, "integrity  ok", "Plan         57")
	wrong := filepath.Join(n.TempDir(), "password")
	if err := os.WriteFile(wrong, []byte("wrong\n"), 0o600); err != nil {
		n.Fatal(err)
	}
	other := func(scheme string) string { return strings.Replace(n.server.URL, "bolt://", scheme+"://", 1) }
	n.xianjie(exitFailed, []string{"doctor", "--store-password-file", wrong}, "the user or the password", "give those of a user")
	n.xianjie(exitFailed, []string{"doctor", "--store", "neo4j://127.0.0.1:1"}, "nothing answers", "start the database")
	n.xianjie(exitFailed, []string{"doctor", "--store", other("bolt+ssc")}, "TLS")
	n.xianjie(exitFailed, []string{"doctor", "--store", other("neo4j+s")}, "TLS")
	n.xianjie(exitFailed, []string{"doctor", "--store-database", "elsewhere"}, "no database of this name")
	n.xianjie(exitInput, []string{"doctor", "--store", other("neo5j")}, "wanted sqlite:PATH, or neo4j://HOST")
	n.xianjie(exitInput, []string{"doctor", "--store-password-file", wrong + ".missing"}, "cannot be read")

	n.cypher("DROP INDEX by_target_year", "DROP CONSTRAINT id_obeys")
	for range 2 { // the first has mended nothing
		n.xianjie(exitFailed, []string{"doctor"}, "index by_target_year is missing", "constraint id_obeys is missing", "makes what is missing")
	}
	n.xianjie(exitClean, []string{"export", "--out", n.TempDir()})
	n.xianjie(exitClean, []string{"doctor"}, "integrity  ok")

	n.cypher("CREATE (:Movie)-[:SHOWN_IN]->(:Movie)")
	n.xianjie(exitFailed, []string{"doctor"}, `"Movie"`, `"SHOWN_IN"`, "a database of their own")
	n.cypher("MATCH (m:Movie) DETACH DELETE m")
	n.cypher("MATCH (r:Register) SET r.schema = 0")
	n.xianjie(exitFailed, []string{"doctor"}, "schema version 0, wanted 2")
	n.cypher("MATCH (r:Register) SET r.schema = 2")
}

// A wrong user, foreign data and a newer register end serve at once.
func (n onNeo4j) refused() {
	serve := []string{"serve", "--addr", "127.0.0.1:0"}
	n.xianjie(exitFailed, append(serve, "--store-user", "nobody"), "the user or the password")
	n.cypher("CREATE (:Movie)")
	n.xianjie(exitInput, serve, "Movie", "left it as it is")
	n.xianjie(exitFailed, []string{"doctor"}, "Movie", "left it as it is")
	n.cypher("MATCH (m:Movie) DELETE m", "CREATE (:Register {name: 'register', schema: 99})")
	n.xianjie(exitInput, serve, "schema version 99", "use the newer program")
	n.xianjie(exitFailed, []string{"doctor"}, "schema version 99", "use the newer program")
	n.cypher("MATCH (r:Register) DELETE r")
}

// killedImports is TestKilledImport, with fewer kills. It leaves the demonstration as it was.
func (n onNeo4j) killedImports() {
	killedImports(n.T, 0.06, kills/4, func() target {
		n.must(n.server.Empty(n.Context()))
		return target{n.server.URL, func() (store.Store, error) {
			return neo4j.Open(n.Context(), n.server.URL, neo4j.Options{User: n.server.User, Password: n.server.Password})
		}}
	})
	n.must(n.server.Empty(n.Context()))
	n.xianjie(exitClean, []string{"import", demonstration})
}

// killed is TestKilledCheck. It leaves the demonstration as it was.
func (n onNeo4j) killed() {
	n.must(n.server.Empty(n.Context()))
	w := newWindow(n.T, n.server.URL)
	s, err := neo4j.Open(n.Context(), n.server.URL, neo4j.Options{User: n.server.User, Password: n.server.Password})
	n.must(err)
	w.killOften(n.T, s)
	n.must(s.Close())
	n.must(n.server.Empty(n.Context()))
	n.xianjie(exitClean, []string{"import", demonstration})
}

// comesAndGoes serves while the database is away, there, killed, and there again.
func (n onNeo4j) comesAndGoes() {
	n.must(n.server.Kill())
	n.xianjie(exitFailed, []string{"doctor"}, "nothing answers")
	c, at := serving(n.T)
	var log lockedBuffer
	_, refused := servingTo(n.T, &log, "--store-user", "nobody")
	for _, address := range []string{at, refused} {
		n.answers(address+"/healthz", http.StatusOK, `"ok"`)
		n.answers(address+"/readyz", http.StatusServiceUnavailable, "nothing answers")
	}
	const question = "/graphql?query={plan(id:%22plan:nm-eco-14%22){tasks{totalCount}}}"
	n.answers(at+question, http.StatusOK, `"UNAVAILABLE"`)
	for _, wanted := range []string{"the first check", `"ready"`} {
		n.must(n.server.Start(n.Context()))
		start := time.Now()
		n.until(at, 0, wanted)
		n.Logf("%s after %v", wanted, time.Since(start))
		n.until(at, http.StatusOK, `"ready"`)
		n.Logf("ready after %v", time.Since(start))
		n.answers(at+question, http.StatusOK, `{"data":{"plan":{"tasks":{"totalCount":9}}}}`)
		n.until(refused, http.StatusServiceUnavailable, "the user or the password")
		n.must(n.server.Kill())
		n.answers(at+"/readyz", http.StatusServiceUnavailable, "nothing answers")
		n.answers(at+"/healthz", http.StatusOK, `"ok"`)
	}
	if !strings.Contains(log.String(), "the user or the password") {
		n.Errorf("the log does not say what is refused:\n%s", log.String())
	}
	n.must(c.Process.Signal(syscall.SIGTERM)) // while it is away
	n.must(c.Wait())
}

func (n onNeo4j) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

func (n onNeo4j) answers(address string, status int, says string) {
	n.Helper()
	if got, body := get(n.T, address); got != status || !strings.Contains(body, says) {
		n.Errorf("%s: saw %d %s, want %d and %q", address, got, body, status, says)
	}
}

// until asks /readyz until it answers with the status, 0 for any, and says the text, or is ready.
func (n onNeo4j) until(address string, status int, says string) {
	n.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		got, body := get(n.T, address+"/readyz")
		if (got == status || status == 0) && strings.Contains(body, says) || status == 0 && got == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			n.Fatalf("%s: still %d %s, want %d and %q", address, got, body, status, says)
		}
	}
}

// lockedBuffer is written by a process while the test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
