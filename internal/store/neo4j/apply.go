package neo4j

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/plan"
)

// attempt is a change set on its way into the database.
type attempt struct {
	set    plan.ChangeSet
	ops    []prepared
	digest string // tells it from other sets with the same idempotency key
	token  string // by which a commit is found again whose answer was lost
}

// Apply validates and prepares the set, then works it out against the database and writes it in one
// transaction, under the register's lock.
func (s *Store) Apply(ctx context.Context, cs plan.ChangeSet) (plan.Revision, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	ops, err := prepareOps(cs)
	if err != nil {
		return 0, err
	}
	select {
	case <-s.writing:
		defer func() { s.writing <- struct{}{} }()
	case <-s.closed:
		return 0, s.usable(ctx)
	case <-ctx.Done():
		return 0, s.fail(ctx, ctx.Err())
	}
	a := &attempt{set: cs, ops: ops, digest: setDigest(cs.Asked, ops), token: newToken()}
	var at plan.Revision
	err = s.retry(ctx, func(ctx context.Context) error {
		var err error
		at, err = s.write(ctx, a)
		return err
	})
	return at, err
}

// write makes one transaction of the attempt.
func (s *Store) write(ctx context.Context, a *attempt) (plan.Revision, error) {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	tx, err := session.BeginTransaction(ctx, transaction(ctx))
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Close(ctx) }() // rolls back what was not committed; a broken connection does so too
	run := steady(s.within(tx))
	before, err := lock(ctx, run)
	if err != nil {
		return 0, err
	}
	if a.set.Key != "" {
		at, done, err := a.applied(ctx, run)
		if done || err != nil {
			return at, err
		}
	}
	if a.set.At != nil && *a.set.At != before {
		return 0, plan.Moved(*a.set.At, before)
	}
	w := newWorkingSet(run, s.schema, s.options.Clock())
	if err := w.workOut(ctx, a.ops); err != nil {
		return 0, err
	}
	at := before
	if len(w.changes) > 0 {
		at++
		if err := w.store(ctx, at, a); err != nil {
			return 0, err
		}
	}
	if a.set.Key != "" {
		if err := a.remember(ctx, run, at, w.now); err != nil {
			return 0, err
		}
	}
	switch {
	case at != before:
		return s.publish(ctx, tx, at, a)
	case a.set.Key != "":
		return s.commit(ctx, tx, at, a)
	}
	return at, nil
}

// steady has the database keep the plans of a writer's statements. All of them begin at ids that they
// are given, so that the number of objects makes no plan better or worse, but a register that grows
// would have all planned again every few sets.
func steady(run runner) runner {
	return func(ctx context.Context, text string, params map[string]any) (driver.ResultWithContext, error) {
		return run(ctx, "CYPHER replan=skip "+text, params)
	}
}

// workOut does all ops and looks at the whole.
func (w *workingSet) workOut(ctx context.Context, ops []prepared) error {
	ids := make([]plan.ID, len(ops))
	for i := range ops {
		ids[i] = ops[i].ID()
		if ops[i].Cascade && w.pointing == nil {
			w.pointing = map[plan.ID][]*state{}
		}
	}
	if err := w.load(ctx, ids); err != nil {
		return err
	}
	for i := range ops {
		if err := w.do(ctx, &ops[i]); err != nil {
			return err
		}
	}
	return w.settle(ctx)
}

// publish commits between the marks that reads look at.
func (s *Store) publish(ctx context.Context, tx driver.ExplicitTransaction, at plan.Revision, a *attempt) (plan.Revision, error) {
	if err := s.mark(ctx, markBegun, at); err != nil {
		return 0, err
	}
	at, err := s.commit(ctx, tx, at, a)
	if err != nil {
		return 0, err
	}
	// Without this mark reads take the lock and set it right.
	marking, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = s.mark(marking, markFinished, at)
	return at, nil
}

func (s *Store) mark(ctx context.Context, text string, at plan.Revision) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	return s.alone(session).exec(ctx, text, map[string]any{"revision": int64(at)})
}

// commit commits; a caller that goes away does not end it, since its outcome would be unknown.
func (s *Store) commit(ctx context.Context, tx driver.ExplicitTransaction, at plan.Revision, a *attempt) (plan.Revision, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	staying := context.WithoutCancel(ctx)
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(s.options.Patience)
	}
	staying, cancel := context.WithDeadline(staying, deadline)
	defer cancel()
	err := tx.Commit(staying)
	if err == nil {
		return at, nil
	}
	return s.find(staying, a, err)
}

// find settles a commit whose answer did not come: under the lock, which the transaction of that
// commit has left, it looks for what it wrote. When that is not there the set may be tried again.
func (s *Store) find(ctx context.Context, a *attempt, lost error) (plan.Revision, error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		at, there, err := s.look(ctx, a)
		switch {
		case err == nil && there:
			return at, nil
		case err == nil && !passing(lost):
			return 0, lost // the database said why it would not
		case err == nil:
			return 0, &driver.ConnectivityError{Inner: fmt.Errorf("nothing was committed: %w", lost)}
		}
		if wait(ctx, pause) != nil {
			key := "it had no idempotency key"
			if a.set.Key != "" {
				key = fmt.Sprintf("the same set with its idempotency key %.80q again has one effect", a.set.Key)
			}
			return 0, &plan.Error{Code: plan.UnknownOutcome, Path: s.url, Err: lost,
				Message: "the connection broke while the change was being committed and whether it was is not known: " + key}
		}
	}
}

func (s *Store) look(ctx context.Context, a *attempt) (at plan.Revision, there bool, err error) {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	tx, err := session.BeginTransaction(ctx, transaction(ctx))
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = tx.Close(ctx) }()
	run := s.within(tx)
	if _, err := lock(ctx, run); err != nil {
		return 0, false, err
	}
	values, err := run.one(ctx, "MATCH (r:"+revisionLabel+" {token: $token}) RETURN r.`revision`", map[string]any{"token": a.token})
	if err != nil {
		return 0, false, err
	}
	if values != nil {
		found, _ := values[0].(int64)
		return plan.Revision(found), true, nil
	}
	if a.set.Key == "" {
		return 0, false, nil
	}
	return a.applied(ctx, run)
}

// keyName is the name under which an idempotency key is kept: of limited length, whatever the key.
func keyName(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// applied is the revision that a set with the key gave before; done says that there was one.
func (a *attempt) applied(ctx context.Context, run runner) (at plan.Revision, done bool, err error) {
	values, err := run.one(ctx, "MATCH (k:"+appliedLabel+" {key: $key}) RETURN k.`revision`, k.`digest`", map[string]any{"key": keyName(a.set.Key)})
	if err != nil || values == nil {
		return 0, false, err
	}
	if values[1] != a.digest {
		return 0, false, plan.Errorf(plan.Conflict, "", "the idempotency key %.80q was used before for another change set", a.set.Key)
	}
	revision, _ := values[0].(int64)
	return plan.Revision(revision), true, nil
}

func (a *attempt) remember(ctx context.Context, run runner, at plan.Revision, now string) error {
	return run.exec(ctx, "CREATE (:"+appliedLabel+" {key: $key, revision: $revision, digest: $digest, at: $at})",
		map[string]any{"key": keyName(a.set.Key), "revision": int64(at), "digest": a.digest, "at": now})
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
				if op.Upsert != nil {
					ops[i].fill(op.Upsert)
				}
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
func setDigest(asked string, ops []prepared) string {
	h := sha256.New()
	if asked != "" {
		h.Write([]byte(asked))
		return hex.EncodeToString(h.Sum(nil))
	}
	for i := range ops {
		op := &ops[i]
		h.Write([]byte(op.digest))
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
	return hex.EncodeToString(h.Sum(nil))
}

// text is a caller's text as the database takes it.
func text(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
