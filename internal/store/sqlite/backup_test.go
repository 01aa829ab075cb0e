package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"xianjie/internal/plan"
)

func TestBackup(t *testing.T) {
	s := syntheticStore(t, 20)
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	want, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	copied := openAt(t, path)
	got, err := copied.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Revision != want.Revision || got.Counts["Target"] != want.Counts["Target"] || got.Counts["Target"] == 0 || got.Integrity != "ok" {
		t.Errorf("the backup holds %+v, wanted %+v", got, want)
	}
	changes, err := copied.Changes(t.Context(), 0, 10)
	if err != nil || len(changes) == 0 {
		t.Errorf("the change log of the backup: %d entries, %v", len(changes), err)
	}

	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), path); plan.CodeOf(err) != plan.Conflict {
		t.Errorf("a second backup to one file: %v, wanted CONFLICT", err)
	}
	if after, err := os.ReadFile(path); err != nil || len(after) != len(before) {
		t.Errorf("the first backup was touched: %v", err)
	}
	if err := s.Backup(t.Context(), filepath.Join(t.TempDir(), "no", "such", "dir.db")); err == nil {
		t.Error("a backup into no directory succeeded")
	}
	left, err := filepath.Glob(path + "*.part")
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
