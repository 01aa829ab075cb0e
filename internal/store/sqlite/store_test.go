package sqlite

import (
	"path/filepath"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
	"xianjie/internal/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return openAt(t, filepath.Join(t.TempDir(), "register.db")) })
}

func openAt(t *testing.T, path string, opts ...Option) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestPanic has work panic inside a transaction: the connection must serve on, and nothing stay
// locked.
func TestPanic(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "register.db"), Readers(1))
	mustApply(t, s, world(0))
	panics := func(*row) error { panic("in the middle of a statement") }
	swallow := func(do func()) {
		defer func() {
			if recover() == nil {
				t.Error("saw no panic")
			}
		}()
		do()
	}
	swallow(func() {
		_ = s.read(t.Context(), func(c *conn) error { return c.query(`SELECT "_key" FROM "plan"`, nil, panics) })
	})
	w := <-s.writer
	swallow(func() {
		_ = s.write(t.Context(), w, func() error {
			if err := w.run(`DELETE FROM "_search"`); err != nil {
				return err
			}
			return w.query(`SELECT "_key" FROM "plan"`, nil, panics)
		})
	})
	s.writer <- w
	mustApply(t, s, world(1))
	h, err := s.Health(t.Context())
	if err != nil || h.Revision != 2 {
		t.Errorf("saw %+v and %v", h, err)
	}
	result, err := s.Fetch(t.Context(), &query.Selection{Filter: query.Text{Query: "name"}, Count: true, NoRows: true, Of: []query.Shape{{Kind: plan.KindNamed("Region")}}})
	if err != nil || result.Root.Totals[0] != 2*storetest.BlockSize {
		t.Errorf("saw %v and %v, wanted the search rows of before", result, err)
	}
}
