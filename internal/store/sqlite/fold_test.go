package sqlite

import (
	"fmt"
	"os"
	"testing"
	"time"

	"xianjie/internal/plan"
)

// TestLogIsFolded wants what is committed to come into the file while it is open, without a write that has to do it.
func TestLogIsFolded(t *testing.T) {
	s := openAt(t, t.TempDir()+"/register.db")
	size := func() int64 {
		info, err := os.Stat(s.path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	for i := range 4 * foldEvery {
		o := &plan.Organization{Meta: plan.Meta{ID: plan.MakeID("organization", fmt.Sprint(i))}, Name: fmt.Sprint("部门", i), Type: plan.Department}
		o.Note = fmt.Sprintf("%08192d", i)
		if _, err := s.Apply(t.Context(), plan.ChangeSet{Actor: "test", Ops: []plan.Op{{Upsert: o}}}); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(10 * time.Second); size() <= before+foldEvery*8192; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the file has %d bytes after %d commits of 8 kB, had %d before", size(), 4*foldEvery, before)
		}
	}
}
