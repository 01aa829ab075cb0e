package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"xianjie/internal/plan"
	"xianjie/internal/store/storetest"
)

func world(block int) []plan.Op {
	var ops []plan.Op
	for _, o := range storetest.World(block) {
		ops = append(ops, plan.Op{Upsert: o})
	}
	return ops
}

// filled makes a register and closes it.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "register.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	mustApply(t, s, world(0))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func edit(t *testing.T, path string, edit func([]byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, edit(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func statement(t *testing.T, path, text string) {
	t.Helper()
	c, err := engine.OpenConn(path, engine.OpenReadWrite, engine.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteScript(c, text, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRefusedFiles(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(t *testing.T, path string)
		code  plan.Code
		says  string
	}{
		{"foreign bytes", func(t *testing.T, path string) {
			edit(t, path, func([]byte) []byte { return bytes.Repeat([]byte("plan: nm-eco-14\n"), 600) })
		}, plan.Internal, "SQLITE_NOTADB"},
		{"a few bytes", func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return b[:50] }) }, plan.Internal, "SQLITE_NOTADB"},
		{"another program's file", func(t *testing.T, path string) { statement(t, path, "PRAGMA application_id = 77") }, plan.Internal, "another program"},
		{"a file of nobody", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			statement(t, path, "CREATE TABLE t (x)")
		}, plan.Internal, "another program"},
		{"a newer schema", func(t *testing.T, path string) { statement(t, path, "PRAGMA user_version = 99") }, plan.Unsupported, "newer"},
		{"a newer field", func(t *testing.T, path string) { statement(t, path, "ALTER TABLE target ADD COLUMN weather TEXT") }, plan.Unsupported, "target.weather"},
		{"a newer kind", func(t *testing.T, path string) { statement(t, path, "CREATE TABLE weather (x)") }, plan.Unsupported, "weather"},
		{"a field of another type", func(t *testing.T, path string) {
			statement(t, path, `ALTER TABLE target DROP COLUMN note; ALTER TABLE target ADD COLUMN note INTEGER`)
		}, plan.Internal, "target.note"},
		{"cut off", func(t *testing.T, path string) { edit(t, path, func(b []byte) []byte { return b[:len(b)/2] }) }, plan.Internal, "SQLITE_CORRUPT"},
		{"a spoilt page", func(t *testing.T, path string) {
			edit(t, path, func(b []byte) []byte { copy(b[8192*5:], bytes.Repeat([]byte{0xa5}, 8192)); return b })
		}, plan.Internal, "SQLITE_CORRUPT"},
		{"a spoilt head", func(t *testing.T, path string) {
			edit(t, path, func(b []byte) []byte { copy(b[16:], bytes.Repeat([]byte{0xff}, 40)); return b })
		}, plan.Internal, "SQLITE_"},
		{"a directory", func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, plan.Unavailable, "regular file"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filled(t)
			c.spoil(t, path)
			before, _ := os.ReadFile(path) // fails for the directory
			s, err := Open(t.Context(), path)
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			if plan.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("saw %s: %v\nwanted %s, the path and %q", plan.CodeOf(err), err, c.code, c.says)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the refused file was written to")
			}
		})
	}
}

func TestNoFile(t *testing.T) {
	for _, path := range []string{"", ":memory:"} {
		if _, err := Open(t.Context(), path); plan.CodeOf(err) != plan.BadUserInput {
			t.Errorf("%q: saw %v, wanted BAD_USER_INPUT", path, err)
		}
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "no", "register.db")); plan.CodeOf(err) != plan.Unavailable {
		t.Errorf("a directory that is not there: saw %v, wanted UNAVAILABLE", err)
	}
}

func TestReopen(t *testing.T) {
	path := filled(t)
	s := openAt(t, path)
	h, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if h.Revision != 1 || h.Counts["Plan"] != storetest.BlockSize || h.Integrity != "ok" || h.Kind != "sqlite" {
		t.Errorf("saw %+v", h)
	}
	mustApply(t, s, world(1))
}

func TestTemporary(t *testing.T) {
	s, err := OpenTemporary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustApply(t, s, world(0))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if _, err := os.Stat(filepath.Dir(s.path)); !os.IsNotExist(err) {
		t.Errorf("the directory is still there: %v", err)
	}
	if _, err := s.Apply(t.Context(), plan.ChangeSet{}); plan.CodeOf(err) != plan.Unavailable {
		t.Errorf("after closing: saw %v, wanted UNAVAILABLE", err)
	}
}

func TestClock(t *testing.T) {
	at := time.Date(2021, 9, 30, 12, 0, 0, 0, time.UTC)
	s := openAt(t, filepath.Join(t.TempDir(), "register.db"), Clock(func() time.Time { return at }))
	mustApply(t, s, world(0))
	changes, err := s.Changes(t.Context(), 0, 1)
	if err != nil || !changes[0].At.Equal(at) {
		t.Errorf("saw %v at %v, wanted %v", err, changes, at)
	}
}

// TestFullDisk lets the file grow to its limit: the set that does not fit leaves nothing, reads go
// on, and what fits is taken.
func TestFullDisk(t *testing.T) {
	path := filled(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path, MaxPages(int(info.Size()/8192)+30))
	_, rest := syntheticRegister(t, 200)
	for _, op := range rest {
		if p, ok := op.Upsert.(*plan.Plan); ok {
			p.Region = storetest.FillID(plan.KindNamed("Region"), 0)
		}
		if x, ok := op.Upsert.(*plan.Target); ok {
			x.Region, x.Indicator = storetest.FillID(plan.KindNamed("Region"), 0), storetest.FillID(plan.KindNamed("Indicator"), 0)
		}
	}
	if _, err := s.Apply(t.Context(), plan.ChangeSet{Key: "k", Ops: rest}); err == nil || plan.CodeOf(err) != plan.StorageFull {
		t.Fatalf("saw %v, wanted STORAGE_FULL", err)
	}
	h, err := s.Health(t.Context())
	if err != nil || h.Revision != 1 || h.Counts["Target"] != storetest.BlockSize || h.Integrity != "ok" {
		t.Fatalf("saw %+v and %v after a full disk", h, err)
	}
	if at, err := s.Apply(t.Context(), plan.ChangeSet{Key: "k", Ops: rest[:22]}); err != nil || at != 2 {
		t.Errorf("a set that fits: saw revision %d and %v", at, err)
	}
}
