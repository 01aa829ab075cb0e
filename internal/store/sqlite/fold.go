package sqlite

import (
	"context"
	"sync"
)

// foldEvery is after how many commits the write-ahead log is folded into the file.
const foldEvery = 16

// folder folds the write-ahead log into the file beside those who read and write. Without it, one commit in a few hundred would have to wait
// for all that were before it. What can't be folded now is left to the writer, which folds it, and says what fails, once the log is long.
type folder struct {
	commits int // counted by who holds the writer

	mu   sync.Mutex
	conn *conn // nil before the first fold
}

// committed notes a commit; the caller holds the writer.
func (s *Store) committed() {
	if s.folder.commits++; s.folder.commits%foldEvery == 0 && s.folder.mu.TryLock() {
		go s.fold()
	}
}

func (s *Store) fold() {
	defer s.folder.mu.Unlock()
	if s.folder.conn == nil {
		s.folder.conn, _ = s.connect(context.Background(), false)
	}
	if c := s.folder.conn; c != nil {
		_ = c.query("PRAGMA wal_checkpoint(PASSIVE)", nil, func(*row) error { return nil })
	}
}

// close waits for the fold that goes on; the caller holds the writer, for good.
func (f *folder) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conn == nil {
		return nil
	}
	return f.conn.close()
}
