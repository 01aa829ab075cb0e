package neo4j

import (
	"context"
	"fmt"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/plan"
)

// reader runs the statements of one read and sees to it that all of them saw one moment.
//
// Before a commit its writer says, in a transaction apart, which revision begins (WriteBegun), and
// after it that it is finished (WriteFinished); writers follow each other, since each holds the
// register's lock from its first statement to the end of its commit. Each statement of a read
// looks first at what was finished and last at what was begun. Where both are one revision nothing
// was being committed meanwhile, and all that was read is of that revision. Otherwise the read is
// done again, and if that goes on, under the lock.
type reader struct {
	run        runner
	ask        runner // run, perhaps profiled
	statements int
	finished   int64 // when the first statement began
	begun      int64 // when the last one ended
	torn       bool  // a statement missed what another had seen
}

func (s *Store) reader(run runner) *reader {
	if s.options.Hits != nil {
		return &reader{run: run, ask: profiling(run, s.options.Hits)}
	}
	return &reader{run: run, ask: run}
}

// The language is named, since a database may have a later one for what names none.
const (
	opening = "CYPHER 5 MATCH (finished:" + finishedLabel + ") WITH finished.`revision` AS finished "
	closing = " MATCH (begun:" + begunLabel + ") RETURN finished, begun.`revision` AS begun"
)

// readsBeforeLock is how often a read is tried before it keeps writers out.
const readsBeforeLock = 8

// query runs body between the looks at the revisions. Body begins where finished is bound and ends
// with a WITH of finished and the names.
func (r *reader) query(ctx context.Context, body string, params map[string]any, names ...string) ([]any, error) {
	text := opening + body + closing
	for _, name := range names {
		text += ", " + name
	}
	values, err := r.ask.one(ctx, text, given(params))
	if err != nil {
		return nil, err
	}
	if values == nil {
		return nil, plan.Errorf(plan.Internal, "", "the database holds no register any more")
	}
	finished, ok := values[0].(int64)
	begun, ok2 := values[1].(int64)
	if !ok || !ok2 {
		return nil, fmt.Errorf("saw revisions %v and %v, wanted numbers", values[0], values[1])
	}
	if r.statements == 0 {
		r.finished = finished
	}
	r.statements++
	r.begun = begun
	return values[2:], nil
}

func (r *reader) revision() plan.Revision { return plan.Revision(r.finished) }

// read runs work, perhaps several times, until all that it read is of one moment.
func (s *Store) read(ctx context.Context, work func(context.Context, *reader) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	return s.retry(ctx, func(ctx context.Context) error {
		for attempt := range readsBeforeLock {
			whole, err := s.readOnce(ctx, work)
			if whole || err != nil {
				return err
			}
			if err := wait(ctx, time.Millisecond<<attempt); err != nil {
				return err
			}
		}
		return s.readLocked(ctx, work)
	})
}

func (s *Store) readOnce(ctx context.Context, work func(context.Context, *reader) error) (whole bool, err error) {
	session := s.session(ctx, driver.AccessModeRead)
	defer closeSession(ctx, session)
	r := s.reader(s.alone(session))
	if err := work(ctx, r); err != nil {
		return false, err
	}
	return r.finished == r.begun && !r.torn, nil
}

// readLocked reads while nobody can write. It also sets right what a writer left behind that ended
// between its marks.
func (s *Store) readLocked(ctx context.Context, work func(context.Context, *reader) error) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	tx, err := session.BeginTransaction(ctx, transaction(ctx))
	if err != nil {
		return err
	}
	defer tx.Close(ctx)
	r := s.reader(s.within(tx))
	if _, err := lock(ctx, r.run); err != nil {
		return err
	}
	if err := r.run.exec(ctx, setMarks, nil); err != nil {
		return err
	}
	if err := work(ctx, r); err != nil {
		return err
	}
	if r.torn {
		return torn()
	}
	return tx.Commit(ctx)
}

const (
	takeLock     = "MATCH (r:" + registerLabel + " {name: '" + registerName + "'}) SET r.`lock` = $token"
	readLock     = "MATCH (r:" + registerLabel + " {name: '" + registerName + "'}) RETURN r.`revision`, r.`schema`"
	setMarks     = "MATCH (r:" + registerLabel + ") MATCH (b:" + begunLabel + ") MATCH (f:" + finishedLabel + ") SET b.`revision` = r.`revision`, f.`revision` = r.`revision`"
	markBegun    = "MATCH (b:" + begunLabel + ") WHERE b.`revision` < $revision SET b.`revision` = $revision"
	markFinished = "MATCH (f:" + finishedLabel + ") WHERE f.`revision` < $revision SET f.`revision` = $revision"
)

// lock takes the register's lock, which the transaction holds to its end, and gives the revision at
// which the register stands. In two statements, so that nothing is read before the lock is held.
func lock(ctx context.Context, run runner) (plan.Revision, error) {
	if err := run.exec(ctx, takeLock, map[string]any{"token": newToken()}); err != nil {
		return 0, err
	}
	values, err := run.one(ctx, readLock, nil)
	if err != nil {
		return 0, err
	}
	if values == nil {
		return 0, plan.Errorf(plan.Internal, "", "the database holds no register any more")
	}
	at, ok := values[0].(int64)
	if !ok {
		return 0, fmt.Errorf("saw revision %v, wanted a number", values[0])
	}
	return plan.Revision(at), nil
}
