//go:build unix

package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStart starts the program with the demonstration register until it says it is ready, and then looks at its memory, before and
// after it was asked something.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "xianjie")
	if out, err := exec.Command("go", "build", "-o", program, "xianjie/cmd/xianjie").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var ready time.Duration
	var fresh, used float64
	for b.Loop() {
		p := start(b, program)
		ready += p.ready
		fresh += p.resident(b)
		p.ask(b, 300)
		used += p.resident(b)
		p.stop(b)
	}
	n := float64(b.N)
	b.ReportMetric(milliseconds(ready)/n, "ready-ms")
	b.ReportMetric(fresh/n, "ready-RSS-MB")
	b.ReportMetric(used/n, "RSS-MB")
	b.ReportMetric(0, "ns/op") // asking and stopping are in it
}

// process is the program, serving.
type process struct {
	cmd   *exec.Cmd
	addr  string
	ready time.Duration // since it was started
	log   bytes.Buffer
}

var address = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)`)

func start(tb testing.TB, program string) *process {
	tb.Helper()
	p := &process{cmd: exec.Command(program, "serve", "--demo", "--addr", "127.0.0.1:0")}
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.cmd.Process.Kill() }) // only of use when the test has failed
	lines := bufio.NewScanner(out)
	for p.addr == "" && lines.Scan() {
		if found := address.FindStringSubmatch(lines.Text()); found != nil {
			p.addr = found[1]
		}
	}
	if p.addr == "" {
		_ = p.cmd.Wait()
		tb.Fatalf("the program ended without saying where it listens: %s", p.log.Bytes())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	for !p.isReady(tb) {
		if time.Since(begin) > time.Minute {
			tb.Fatalf("not ready after a minute: %s", p.log.Bytes())
		}
		time.Sleep(2 * time.Millisecond) // asking without a pause would slow down what is measured
	}
	p.ready = time.Since(begin)
	return p
}

func (p *process) isReady(tb testing.TB) bool {
	tb.Helper()
	response, err := http.Get("http://" + p.addr + "/readyz")
	if err != nil {
		tb.Fatalf("%v: %s", err, p.log.Bytes())
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// resident is VmRSS in MB.
func (p *process) resident(tb testing.TB) float64 {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		tb.Fatalf("saw no VmRSS in %s", status)
	}
	kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		tb.Fatal(err)
	}
	return kilobytes / 1000
}

// ask reads the demonstration with n requests.
func (p *process) ask(tb testing.TB, n int) {
	tb.Helper()
	c, err := dial(p.addr)
	if err != nil {
		tb.Fatal(err)
	}
	defer c.conn.Close()
	request := post([]byte(`{"query":"{plans(first: 50) {nodes {title targets {nodes {text quantity {text} indicator {name} region {name}}} links {nodes {type}}}}}"}`))
	for range n {
		if got, err := c.do(request); err != nil || bytes.Contains(got, []byte(`"errors"`)) {
			tb.Fatalf("%v: %.300s", err, got)
		}
	}
}

func (p *process) stop(tb testing.TB) {
	tb.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		tb.Fatalf("%v: %s", err, p.log.Bytes())
	}
}
