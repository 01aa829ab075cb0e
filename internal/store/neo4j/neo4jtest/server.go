// Package neo4jtest owns a real Neo4j for tests and for trying out: it brings the server's jars from
// Maven Central once, starts it on free loopback ports with a home folder of its own, empties it
// between tests and stops it. It must not know what a store keeps in it.
package neo4jtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
)

// Server is a Neo4j that answers, or that was stopped and can be started again.
type Server struct {
	URL      string // bolt://127.0.0.1:port
	User     string
	Password string
	Home     string // "" when somebody else runs the server
	HTTP     string // http://127.0.0.1:port, where Try has opened it

	java  []string
	pid   int
	alive io.Closer  // the server dies when this closes, or when this process ends
	ended chan error // gives the end of the process once
}

const (
	startWithin = 2 * time.Minute // generous: other tests may keep the processors busy
	stopWithin  = 30 * time.Second
)

// Flags of the virtual machine: small starts fast and takes 310 MB; lasting is for hundreds of statements that the server has not seen,
// which take it half the time once its compiler has seen many; fast is for benchmarks, with the collector that takes least from each
// statement.
var (
	lasting = []string{"-Xmx512m", "-XX:+UseSerialGC"}
	small   = append(lasting[:2:2], "-XX:TieredStopAtLevel=1")
	fast    = []string{"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC"}
)

// keepsPlans is for tests, each of which has other data: by itself the server would plan all statements anew every ten seconds.
const keepsPlans = "dbms.cypher.min_replan_interval=1h"

// Open gives the server that XIANJIE_TEST_NEO4J_URL names (with XIANJIE_TEST_NEO4J_USER and
// _PASSWORD), whose database "neo4j" the tests will empty, or else launches one for all tests of a
// package.
func Open(ctx context.Context) (*Server, error) {
	url := os.Getenv("XIANJIE_TEST_NEO4J_URL")
	if url == "" {
		return launchForTests(ctx, lasting)
	}
	s := &Server{URL: url, User: "neo4j", Password: os.Getenv("XIANJIE_TEST_NEO4J_PASSWORD")}
	if user := os.Getenv("XIANJIE_TEST_NEO4J_USER"); user != "" {
		s.User = user
	}
	return s, s.wait(ctx)
}

// Launch starts a server of the caller's own, with little memory; XIANJIE_TEST_NEO4J_FAST set gives
// it what benchmarks need.
func Launch(ctx context.Context) (*Server, error) { return launchForTests(ctx, small) }

func launchForTests(ctx context.Context, flags []string) (*Server, error) {
	const overBolt = "server.http.enabled=false"
	if os.Getenv("XIANJIE_TEST_NEO4J_FAST") != "" {
		return launch(ctx, fast, overBolt)
	}
	return launch(ctx, flags, overBolt, keepsPlans)
}

// Try starts a server with little memory that plans like one in production and can be asked over HTTP too.
func Try(ctx context.Context) (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s, err := launch(ctx, small, "server.http.enabled=true", "server.http.listen_address="+address)
	if err != nil {
		return nil, err
	}
	s.HTTP = "http://" + address
	return s, nil
}

// launch starts a server with flags of its virtual machine and lines of its configuration.
func launch(ctx context.Context, flags []string, settings ...string) (*Server, error) {
	jars, err := fetch(ctx)
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "xianjie-neo4j-")
	if err != nil {
		return nil, err
	}
	s := &Server{User: "neo4j", Password: "xianjie-test", Home: home}
	flags = slices.Clone(flags)
	for _, opened := range []string{"java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"} {
		flags = append(flags, "--add-opens=java.base/"+opened+"=ALL-UNNAMED")
	}
	s.java = append(append([]string{"java"}, flags...), "-cp", filepath.Join(jars, "*"), "org.neo4j.server.CommunityEntryPoint",
		"--home-dir="+home, "--config-dir="+filepath.Join(home, "conf"))
	if err := s.configure(ctx, jars, settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(home))
	}
	if err := s.Start(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(home))
	}
	return s, nil
}

// configure writes the configuration and sets the password.
func (s *Server) configure(ctx context.Context, jars string, settings []string) error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.URL = "bolt://" + address
	conf := filepath.Join(s.Home, "conf")
	if err := os.MkdirAll(conf, 0o755); err != nil {
		return err
	}
	text := strings.Join(append([]string{
		"server.default_listen_address=127.0.0.1",
		"server.bolt.listen_address=" + address,
		"server.bolt.advertised_address=" + address,
		"server.https.enabled=false",
		"dbms.security.auth_enabled=true",
		"dbms.usage_report.enabled=false",
		"server.memory.pagecache.size=128m",
		"db.tx_log.preallocate=false",
		"internal.server.bolt.thread_pool_shutdown_wait_time=0s",
	}, settings...), "\n")
	if err := os.WriteFile(filepath.Join(conf, "neo4j.conf"), []byte(text+"\n"), 0o644); err != nil {
		return err
	}
	admin := exec.CommandContext(ctx, "java", "-XX:TieredStopAtLevel=1", "-cp", filepath.Join(jars, "*"),
		"org.neo4j.cli.AdminTool", "dbms", "set-initial-password", s.Password)
	admin.Env = append(os.Environ(), "NEO4J_HOME="+s.Home, "NEO4J_CONF="+conf)
	if out, err := admin.CombinedOutput(); err != nil {
		return fmt.Errorf("neo4jtest: the password could not be set: %w\n%s", err, out)
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// guard runs the command that its arguments are, with its output in the file that $0 names, and
// prints its pid; the command is killed when standard input closes, so that it never outlives the
// process that asked for it.
const guard = `exec 3<&0 4>&1 >"$0" 2>&1
"$@" </dev/null 3<&- 4>&- & pid=$!
(cat <&3; kill -KILL $pid) >/dev/null 2>&1 4>&- & watch=$!
exec 3<&-
echo $pid >&4
exec 4>&-
wait $pid
kill $watch`

// Start starts a server that was stopped or killed, on the same port and data.
func (s *Server) Start(ctx context.Context) error {
	cmd := exec.Command("sh", append([]string{"-c", guard, s.console()}, s.java...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("neo4jtest: no server was started: %w", err)
	}
	if s.pid, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		return err
	}
	s.alive, s.ended = in, make(chan error, 1)
	go func() { s.ended <- cmd.Wait() }()
	if err := s.wait(ctx); err != nil {
		log, _ := os.ReadFile(s.console())
		return errors.Join(fmt.Errorf("neo4jtest: the server did not come up: %w\n%s", err, log), s.Kill())
	}
	return nil
}

func (s *Server) console() string { return filepath.Join(s.Home, "console.log") }

// wait waits until the database answers.
func (s *Server) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	var last error
	for {
		if last = s.Run(ctx, "RETURN 1"); last == nil {
			return nil
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("the process ended: %w", err)
		case <-ctx.Done():
			return last
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Run runs statements one after the other, each in a transaction of its own.
func (s *Server) Run(ctx context.Context, statements ...string) error {
	driver, err := neo4j.NewDriverWithContext(s.URL, neo4j.BasicAuth(s.User, s.Password, ""), func(c *config.Config) {
		c.TelemetryDisabled = true
		c.SocketConnectTimeout = 5 * time.Second
		c.MaxTransactionRetryTime = 0
	})
	if err != nil {
		return err
	}
	defer driver.Close(ctx)
	session := driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: "neo4j"})
	defer session.Close(ctx)
	for _, text := range statements {
		result, err := session.Run(ctx, text, nil)
		if err != nil {
			return err
		}
		if _, err := result.Consume(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Empty deletes all nodes and relationships; indexes and constraints stay.
func (s *Server) Empty(ctx context.Context) error {
	return s.Run(ctx,
		"MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
		"MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")
}

// Stop stops the server as an operator would; Start brings it back.
func (s *Server) Stop() error { return s.end(syscall.SIGTERM) }

// Kill ends the server as a crash would.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Freeze holds the server still: connections stay open and nothing answers. Thaw lets it go on.
func (s *Server) Freeze() error { return syscall.Kill(s.pid, syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (s *Server) Thaw() error { return syscall.Kill(s.pid, syscall.SIGCONT) }

func (s *Server) end(signal syscall.Signal) error {
	if s.pid == 0 {
		return nil
	}
	defer s.alive.Close()
	if err := syscall.Kill(s.pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	s.pid = 0
	select {
	case <-s.ended:
		return nil
	case <-time.After(stopWithin):
		return fmt.Errorf("neo4jtest: the server did not end within %v and is killed", stopWithin)
	}
}

// Close stops the server, if this package runs it, and removes its data.
func (s *Server) Close() error {
	if s.Home == "" {
		return nil
	}
	return errors.Join(s.Kill(), os.RemoveAll(s.Home))
}
