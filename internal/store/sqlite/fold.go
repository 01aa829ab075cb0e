package sqlite

import "context"

// foldEvery is after how many commits the write-ahead log is folded into the file.
const foldEvery = 16

// committed notes a commit; the caller holds the writer.
func (s *Store) committed() {
	if s.commits++; s.commits%foldEvery == 0 {
		select {
		case s.folding <- struct{}{}:
		default: // it is being folded
		}
	}
}

// fold folds the write-ahead log into the file beside those who read and write, until nobody writes any more. Without it, one commit in a
// few hundred would have to wait for all that were before it. What can't be folded now is left to the writer, which folds it, and says what
// fails, once the log is long.
func (s *Store) fold() {
	var c *conn
	for range s.folding {
		if c == nil {
			c, _ = s.connect(context.Background(), false)
		}
		if c != nil {
			_ = c.query("PRAGMA wal_checkpoint(PASSIVE)", nil, func(*row) error { return nil })
		}
	}
	if c == nil {
		s.folded <- nil
		return
	}
	s.folded <- c.close()
}
