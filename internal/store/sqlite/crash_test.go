package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"xianjie/internal/plan"
)

// The test binary is also the process that is killed: with this variable it writes sets to the file
// named there and prints the revision of each.
const writerFile, writerSets = "XIANJIE_TEST_WRITER_FILE", "XIANJIE_TEST_WRITER_SETS"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerFile); path != "" {
		if err := writeSets(path, os.Getenv(writerSets)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const setTargets = 300

// writeSets applies sets of one plan with targets each, n of them.
func writeSets(path, n string) error {
	ctx := context.Background()
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(n)
	if err != nil {
		return err
	}
	for i := range count {
		at, err := s.Apply(ctx, plan.ChangeSet{Ops: oneSet(fmt.Sprintf("%d-%d-%d", os.Getpid(), time.Now().UnixNano(), i))})
		if err != nil {
			return err
		}
		fmt.Println(at)
	}
	return s.Close()
}

func oneSet(code string) []plan.Op {
	p := &plan.Plan{Title: "规划 " + code, Level: plan.County, Category: plan.Special, Form: plan.FormPlan, Status: plan.Issued, Region: "region:r"}
	p.ID = plan.MakeID("plan", code)
	r := &plan.Region{Name: "区域", Type: plan.Administrative}
	r.ID = "region:r"
	ops := []plan.Op{{Upsert: r}, {Upsert: p}}
	for i := range setTargets {
		task := &plan.Task{Title: "任务", Text: strings.Repeat("森林覆盖率", 10), Plan: p.ID, Order: i + 1}
		task.ID = plan.MakeID("task", code, fmt.Sprint(i))
		ops = append(ops, plan.Op{Upsert: task})
	}
	return ops
}

func writer(t *testing.T, path string, sets int) (*exec.Cmd, io.Reader) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), writerFile+"="+path, fmt.Sprintf("%s=%d", writerSets, sets))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, out
}

// TestKilledWriter kills a writing process at random moments: what it acknowledged is there, at
// most one set more, and no set in part.
func TestKilledWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	random := rand.New(rand.NewPCG(1, 2))
	var before plan.Revision
	for round := range 20 {
		cmd, out := writer(t, path, 1_000_000)
		lines := bufio.NewScanner(out)
		acknowledged := before
		kill := time.Time{}
		for lines.Scan() {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				break // a line cut by the kill
			}
			acknowledged = plan.Revision(n)
			if kill.IsZero() {
				kill = time.Now()
				time.AfterFunc(time.Duration(random.IntN(120))*time.Millisecond, func() { cmd.Process.Kill() })
			}
		}
		if err := cmd.Wait(); err == nil || kill.IsZero() {
			t.Fatalf("round %d: the writer ended by itself: %v", round, err)
		}
		start := time.Now()
		s, err := Open(t.Context(), path)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("round %d: opening took %v", round, took)
		}
		h, err := s.Health(t.Context())
		if err != nil || h.Integrity != "ok" {
			t.Fatalf("round %d: saw %q and %v", round, h.Integrity, err)
		}
		if h.Revision < acknowledged || h.Revision > acknowledged+1 {
			t.Errorf("round %d: saw revision %d, wanted %d or one more", round, h.Revision, acknowledged)
		}
		if h.Counts["Plan"] != int64(h.Revision) || h.Counts["Task"] != setTargets*int64(h.Revision) {
			t.Errorf("round %d: saw %v at revision %d", round, h.Counts, h.Revision)
		}
		before = h.Revision
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTwoProcesses has two processes and two handles of this one write to a file at once.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	const sets = 10
	var processes []*exec.Cmd
	for range 2 {
		cmd, out := writer(t, path, sets)
		go func() { _, _ = io.Copy(io.Discard, out) }()
		processes = append(processes, cmd)
	}
	a, b := openAt(t, path), openAt(t, path)
	var wg sync.WaitGroup
	for i, s := range []*Store{a, b} {
		wg.Go(func() {
			for j := range sets {
				if _, err := s.Apply(t.Context(), plan.ChangeSet{Ops: oneSet(fmt.Sprintf("h%d-%d", i, j))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, cmd := range processes {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	for _, s := range []*Store{a, b} {
		h, err := s.Health(t.Context())
		if err != nil || h.Revision != 4*sets || h.Counts["Plan"] != 4*sets || h.Counts["Task"] != 4*sets*setTargets {
			t.Errorf("saw %+v and %v, wanted %d plans", h, err, 4*sets)
		}
	}
}

// TestLockedByAnother waits for a lock that is not given back.
func TestLockedByAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	a, b := openAt(t, path), openAt(t, path, LockWait(50*time.Millisecond))
	w := <-a.writer
	if err := w.run("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Apply(t.Context(), plan.ChangeSet{Ops: oneSet("x")}); plan.CodeOf(err) != plan.Unavailable {
		t.Errorf("saw %v, wanted UNAVAILABLE", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := b.Apply(ctx, plan.ChangeSet{Ops: oneSet("x")}); plan.CodeOf(err) != plan.Timeout {
		t.Errorf("saw %v, wanted TIMEOUT", err)
	}
	if err := w.run("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	a.writer <- w
	mustApply(t, b, oneSet("x"))
}
