// Package sqlite keeps a register in one SQLite file: the embedded store. It owns the file's
// schema, which it derives from the description of the model, the compilation of selections to
// SQL, and the write path. It must not know rules, GraphQL or what any field means.
//
// One connection writes, a small pool reads; both speak to the engine directly and not through
// database/sql, whose conversion of every cell costs more than the reading of it.
package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// Store is a register in a file. See store.Store for what its methods promise.
type Store struct {
	path    string
	options options
	schema  *schema
	writer  chan *conn    // holds the one writing connection while nobody writes
	turns   chan struct{} // holds a value for each further read that may run
	engine  string
	closed  chan struct{}
	cleanup func() error

	folder folder

	mu   sync.Mutex
	idle []*conn // readers; the last was used last, and knows the file best

	closing  sync.Once
	closeErr error
}

var _ store.Store = (*Store)(nil)

type options struct {
	clock    func() time.Time
	readers  int
	maxPages int
	lockWait time.Duration
}

// Option changes how a store is opened.
type Option func(*options)

// Clock sets where the times of objects and of the change log come from.
func Clock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// Readers sets how many reads may run at once; more wait for their turn.
func Readers(n int) Option { return func(o *options) { o.readers = n } }

// MaxPages limits the file to n pages of 8 kB; a write beyond is refused with STORAGE_FULL.
func MaxPages(n int) Option { return func(o *options) { o.maxPages = n } }

// LockWait sets how long a write waits for another process that writes to the same file.
func LockWait(d time.Duration) Option { return func(o *options) { o.lockWait = d } }

// Open opens the register at path and makes the file when there is none. A file that is damaged,
// belongs to another program or was written by a newer version is refused and left as it is.
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	return open(ctx, path, plan.Kinds(), opts...)
}

// OpenTemporary opens an empty register in a new directory, which Close removes.
func OpenTemporary(ctx context.Context, opts ...Option) (*Store, error) {
	dir, err := os.MkdirTemp("", "xianjie-")
	if err != nil {
		return nil, plan.Errorf(plan.Unavailable, "", "no directory for a temporary register: %w", err)
	}
	s, err := Open(ctx, filepath.Join(dir, "register.db"), opts...)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.cleanup = func() error { return os.RemoveAll(dir) }
	return s, nil
}

func open(ctx context.Context, path string, kinds []*plan.Kind, opts ...Option) (*Store, error) {
	o := options{clock: time.Now, readers: max(4, 2*runtime.GOMAXPROCS(0)), lockWait: 15 * time.Second}
	for _, opt := range opts {
		opt(&o)
	}
	s := &Store{
		path: path, options: o, writer: make(chan *conn, 1), turns: make(chan struct{}, o.readers),
		closed: make(chan struct{}),
	}
	if path == "" || path == ":memory:" {
		return nil, plan.Errorf(plan.BadUserInput, path, "saw no file name, wanted one: a register lives in a file")
	}
	if err := inspect(path); err != nil {
		return nil, err
	}
	w, err := s.connect(ctx, true)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, w, kinds); err != nil {
		return nil, errors.Join(err, w.close())
	}
	s.writer <- w
	for range o.readers {
		s.turns <- struct{}{}
	}
	return s, nil
}

// prepare brings the file to the schema that the kinds ask for, and checks that it is whole.
func (s *Store) prepare(ctx context.Context, w *conn, kinds []*plan.Kind) error {
	if err := s.migrate(ctx, w, kinds); err != nil {
		return s.fail(ctx, err)
	}
	release := w.guard(ctx)
	defer release()
	found, err := integrity(w)
	if err != nil {
		return s.fail(ctx, err)
	}
	if found != "ok" {
		return plan.Errorf(plan.Internal, s.path, "the file is damaged (SQLITE_CORRUPT): %s", found)
	}
	if err := w.run("PRAGMA shrink_memory"); err != nil { // of the pages that were looked at
		return s.fail(ctx, err)
	}
	s.engine, err = w.text("SELECT sqlite_version()")
	return s.fail(ctx, err)
}

// Close waits for the reads and the write that run, then closes the file. Methods called later
// fail with UNAVAILABLE.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

func (s *Store) close() error {
	var errs []error
	w := <-s.writer
	for range s.options.readers {
		<-s.turns
	}
	for _, r := range s.idle {
		errs = append(errs, r.close())
	}
	close(s.closed)
	errs = append(errs, s.folder.close())
	errs = append(errs, w.close()) // last, so that the write-ahead log is folded into the file
	if s.cleanup != nil {
		errs = append(errs, s.cleanup())
	}
	if err := errors.Join(errs...); err != nil {
		return &plan.Error{Code: plan.Internal, Path: s.path, Message: "the file could not be closed", Err: err}
	}
	return nil
}

// take waits for what the channel holds; the caller gives it back by sending it there.
func take[T any](ctx context.Context, s *Store, from chan T) (taken T, err error) {
	if err := ctx.Err(); err != nil {
		return taken, s.fail(ctx, err)
	}
	select {
	case taken = <-from:
		return taken, nil
	case <-s.closed:
		return taken, plan.Errorf(plan.Unavailable, s.path, "the register is closed")
	case <-ctx.Done():
		return taken, s.fail(ctx, ctx.Err())
	}
}

// reader gives a connection to read with, when it is the caller's turn, who gives it back by calling done.
func (s *Store) reader(ctx context.Context) (c *conn, done func(), err error) {
	turn, err := take(ctx, s, s.turns)
	if err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	if last := len(s.idle) - 1; last >= 0 {
		c, s.idle = s.idle[last], s.idle[:last]
	}
	s.mu.Unlock()
	if c == nil {
		if c, err = s.connect(ctx, false); err != nil {
			s.turns <- turn
			return nil, nil, err
		}
	}
	return c, func() {
		s.mu.Lock()
		s.idle = append(s.idle, c)
		s.mu.Unlock()
		s.turns <- turn
	}, nil
}

// read runs work in a read transaction, in which all statements see one moment.
func (s *Store) read(ctx context.Context, work func(*conn) error) error {
	c, done, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	defer c.abandon()
	release := c.guard(ctx)
	err = c.run("BEGIN")
	if err == nil {
		err = work(c)
	}
	release()
	if end := c.rollback(); err == nil {
		err = end
	}
	c.trim()
	return s.fail(ctx, err)
}

// Health counts the objects and has the engine check the file.
func (s *Store) Health(ctx context.Context) (store.Health, error) {
	h := store.Health{Kind: "sqlite", Engine: s.engine, Counts: map[string]int64{}}
	err := s.read(ctx, func(c *conn) error {
		var err error
		if h.Revision, err = revision(c); err != nil {
			return err
		}
		version, err := c.integer("PRAGMA user_version")
		if err != nil {
			return err
		}
		h.Schema = int(version)
		for _, t := range s.schema.tables {
			if h.Counts[t.kind.Name], err = c.integer("SELECT count(*) FROM " + t.name); err != nil {
				return err
			}
		}
		h.Integrity, err = integrity(c)
		return err
	})
	return h, err
}

func revision(c *conn) (plan.Revision, error) {
	n, err := c.integer("SELECT coalesce(max(revision), 0) FROM _revision")
	return plan.Revision(n), err
}

// integrity asks the engine whether the pages of the file hold together.
func integrity(c *conn) (string, error) {
	var lines []string
	err := c.query("PRAGMA quick_check(10)", nil, func(row *row) error {
		lines = append(lines, row.text(0))
		return nil
	})
	return strings.Join(lines, "; "), err
}
