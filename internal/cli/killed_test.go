package cli

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/register/registertest"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

// A server that is killed between a change and the check behind it comes back with the findings of
// a full check.
func TestKilledCheck(t *testing.T) {
	path := filepath.Join(t.TempDir(), "register.db")
	w := newWindow(t, "sqlite:"+path)
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w.killOften(t, s)
}

// window is between a change and its check: the change of one target makes findings with the equal
// ones of many plans anew.
type window struct {
	store  string // its name
	random *rand.Rand
	value  atomic.Int64
}

// newWindow puts the plans into a store.
func newWindow(t *testing.T, store string) *window {
	t.Helper()
	const plans = 40
	var text bytes.Buffer
	text.WriteString("vocabulary:\n" +
		"  regions: [{code: w, name: 某省, type: ADMINISTRATIVE, level: PROVINCIAL}]\n" +
		"  indicators: [{code: w, name: 森林覆盖率, unit: \"%\", trend: UP}]\n")
	dir := t.TempDir()
	write := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		text.Reset()
	}
	write("vocabulary.yaml")
	for i := range plans {
		fmt.Fprintf(&text, "plan: {code: w%d, title: 规划%d, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: w}\n"+
			"targets: [{code: t, indicator: w, region: w, year: 2025, value: 23.5 %%, nature: BINDING}]\n", i, i)
		write(fmt.Sprintf("w%d.yaml", i))
	}
	if out, err := exec.Command("xianjie", "import", "--store", store, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return &window{store: store, random: rand.New(rand.NewPCG(3, 4))}
}

// change changes the target through a server, and says whether that and the check went well.
func (w *window) change(at string) bool {
	value := w.value.Add(1)
	text := fmt.Sprintf(`{"query":"mutation {upsertTarget(input: {id: \"target:w0/t\", plan: \"plan:w0\", indicator: \"indicator:w\", region: \"region:w\", `+
		`year: 2025, nature: BINDING, quantity: \"%d.%d %%\"}, by: \"editor\") {revision}}"}`, 30+value/10, value%10)
	response, err := http.Post(at+"/graphql", "application/json", bytes.NewBufferString(text))
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return err == nil && !bytes.Contains(body, []byte(`"errors"`))
}

// killOften kills a server on the store again and again, each time at a random moment once a change
// stands in the log, and looks at what the next one makes of it.
func (w *window) killOften(t *testing.T, s store.Store) {
	t.Helper()
	between, saved := 0, 0
	open := time.Minute // the window, at its shortest
	for round := range kills {
		c, at := serving(t, "--store", w.store)
		ready(t, at)
		registertest.Checked(t, fmt.Sprintf("start %d", round), s)
		for round == 0 && !w.change(at) { // a cold database may take longer than a request may
		}
		for i := 0; round == 0 && i < 5; i++ {
			before := revisionOf(t, s)
			go w.change(at)
			logged(t, s, before, "editor")
			start := time.Now()
			logged(t, s, before, "check")
			open = min(open, time.Since(start))
		}
		before := revisionOf(t, s)
		go w.change(at)
		logged(t, s, before, "editor")
		time.Sleep(time.Duration(w.random.Int64N(int64(open))))
		_ = c.Process.Kill() // it may not have ended by itself: Wait would tell
		if err := c.Wait(); exitCode(err) != -1 {
			t.Fatalf("the server ended by itself: %v", err)
		}
		if by(t, s, before, "check") {
			saved++
		} else {
			between++
		}
	}
	_, at := serving(t, "--store", w.store)
	ready(t, at)
	registertest.Checked(t, "the last start", s)
	t.Logf("from a change to its check it takes %v; of %d kills %d hit between them, %d behind them", open, kills, between, saved)
	if between < kills/5 {
		t.Errorf("%d of %d kills hit between a change and its check: too few to tell anything", between, kills)
	}
}

// ready waits until a server says that it is.
func ready(t *testing.T, at string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		status, body := get(t, at+"/readyz")
		if status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready: %s", body)
		}
	}
}

func revisionOf(t *testing.T, s store.Store) plan.Revision {
	t.Helper()
	h, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Revision
}

// by says whether the log has a change by somebody behind a revision.
func by(t *testing.T, s store.Store, after plan.Revision, actor string) bool {
	t.Helper()
	changes, err := s.Changes(t.Context(), after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(changes, func(c plan.Change) bool { return c.Actor == actor })
}

// logged waits for a change by somebody.
func logged(t *testing.T, s store.Store, after plan.Revision, actor string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !by(t, s, after, actor); time.Sleep(200 * time.Microsecond) { // the processor is the server's
		if time.Now().After(deadline) {
			t.Fatalf("no change by %s", actor)
		}
	}
}
