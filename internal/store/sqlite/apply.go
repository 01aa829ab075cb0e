package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"xianjie/internal/plan"
)

// prepared is an op with all that can be worked out before the file is locked.
type prepared struct {
	plan.Op
	kind   *plan.Kind
	after  []byte // canonical JSON of the object, nil for a removal
	digest [16]byte
	tokens string
}

func (p *prepared) fill(o plan.Object) {
	p.kind = plan.KindFor(o)
	p.after = plan.Marshal(o)
	sum := sha256.Sum256(p.after)
	p.digest = [16]byte(sum[:16])
	p.tokens = searchText(p.kind, o)
}

// Apply validates and prepares the set, then works it out against the file and writes it in one
// transaction.
func (s *Store) Apply(ctx context.Context, cs plan.ChangeSet) (plan.Revision, error) {
	if err := ctx.Err(); err != nil {
		return 0, s.fail(ctx, err)
	}
	ops, err := prepareOps(cs)
	if err != nil {
		return 0, err
	}
	digest := setDigest(cs.Asked, ops)
	c, err := take(ctx, s, s.writer)
	if err != nil {
		return 0, err
	}
	defer func() { s.writer <- c }()
	var at plan.Revision
	err = s.write(ctx, c, func() error {
		var err error
		at, err = s.apply(c, cs, ops, digest)
		return err
	})
	if err != nil {
		return 0, s.fail(ctx, err)
	}
	s.committed()
	return at, nil
}

// write runs work in a transaction that holds the file's write lock from its beginning, and
// commits. The context of the connection's guard ends work, but not the commit: its outcome would
// be unknown.
func (s *Store) write(ctx context.Context, c *conn, work func() error) error {
	wait, cancel := context.WithTimeout(ctx, s.options.lockWait)
	defer cancel()
	release := c.guard(wait)
	err := c.run("BEGIN IMMEDIATE")
	release()
	if err != nil {
		if ctx.Err() == nil && wait.Err() != nil {
			return &plan.Error{Code: plan.Unavailable, Path: s.path, Err: err,
				Message: fmt.Sprintf("another process has been writing to the file for %v", s.options.lockWait)}
		}
		return err
	}
	defer c.abandon() // a panic leaves the transaction open
	release = c.guard(ctx)
	err = work()
	release()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = c.run("COMMIT")
	}
	if err != nil {
		return errors.Join(err, c.rollback())
	}
	return nil
}

// prepareOps validates all ops and marshals their objects, on all processors.
func prepareOps(cs plan.ChangeSet) ([]prepared, error) {
	ops := make([]prepared, len(cs.Ops))
	workers := min(runtime.GOMAXPROCS(0), 1+len(ops)/64)
	wrong := make([]bool, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := len(ops) * w / workers; i < len(ops)*(w+1)/workers; i++ {
				op := cs.Ops[i]
				if op.Upsert != nil {
					plan.Normalize(op.Upsert)
				}
				if (plan.ChangeSet{Ops: cs.Ops[i : i+1]}).Validate() != nil {
					wrong[w] = true
					continue
				}
				ops[i].Op = op
				if op.Upsert == nil {
					ops[i].kind = plan.KindOf(op.Remove)
					continue
				}
				ops[i].fill(op.Upsert)
			}
		})
	}
	wg.Wait()
	for _, w := range wrong {
		if w {
			return nil, cs.Validate() // again as a whole, for the paths
		}
	}
	return ops, nil
}

// setDigest tells two change sets apart that come with the same idempotency key.
func setDigest(asked string, ops []prepared) []byte {
	h := sha256.New()
	if asked != "" {
		h.Write([]byte(asked))
		return h.Sum(nil)
	}
	for i := range ops {
		op := &ops[i]
		h.Write(op.digest[:])
		h.Write([]byte(op.Remove))
		flags := []byte{0, 0}
		if op.Cascade {
			flags[0] = 1
		}
		if op.Expect != nil {
			flags[1] = 1
			flags = binary.BigEndian.AppendUint64(flags, uint64(*op.Expect))
		}
		h.Write(flags)
	}
	return h.Sum(nil)
}

// apply does the work inside the transaction.
func (s *Store) apply(c *conn, cs plan.ChangeSet, ops []prepared, digest []byte) (plan.Revision, error) {
	before, err := revision(c)
	if err != nil {
		return 0, err
	}
	if cs.Key != "" {
		at, done, err := applied(c, cs.Key, digest)
		if done || err != nil {
			return at, err
		}
	}
	if cs.At != nil && *cs.At != before {
		return 0, plan.Moved(*cs.At, before)
	}
	w := newWorkingSet(c, s.schema, s.options.clock())
	if err := w.load(ops); err != nil {
		return 0, err
	}
	for i := range ops {
		if err := w.do(&ops[i]); err != nil {
			return 0, err
		}
	}
	if err := w.settle(); err != nil {
		return 0, err
	}
	at := before
	if len(w.changes) > 0 {
		at++
		if err := w.store(at, cs); err != nil {
			return 0, err
		}
	}
	if cs.Key != "" {
		err = c.run(`INSERT INTO "_applied" ("key", "digest", "revision", "at") VALUES (?, ?, ?, ?)`, cs.Key, digest, int64(at), w.now)
	}
	return at, err
}

// applied is the revision that a set with the key gave before; done says that there was one.
func applied(c *conn, key string, digest []byte) (at plan.Revision, done bool, err error) {
	err = c.query(`SELECT "revision", "digest" = ? FROM "_applied" WHERE "key" = ?`, []any{digest, key}, func(row *row) error {
		if row.integer(1) == 0 {
			return plan.Errorf(plan.Conflict, "", "the idempotency key %.80q was used before for another change set", key)
		}
		at, done = plan.Revision(row.integer(0)), true
		return nil
	})
	return at, done, err
}

func instant(t time.Time) string { return t.UTC().Format(plan.TimeLayout) }
