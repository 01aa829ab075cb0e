package register

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// Revised is what one revision changed. It is shared: whoever gets it only reads it.
type Revised struct {
	Revision plan.Revision
	At       time.Time
	Actor    string
	Note     string
	Changes  []plan.Change // in the order in which they were made, at most MostChanges
	// Complete is false when the revision changed more than is listed: what is shown of the register has to be read anew.
	Complete bool

	findings findings
}

const (
	// MostChanges are listed of one revision. Change sets that people make are far smaller; imports are not.
	MostChanges = 1_000
	mostRecent  = 4_000 // changes that are kept in memory for those who watch
)

// Watch gives what each revision behind one changed, oldest first, and goes on as the register moves, also by other servers on its store:
// every revision once, none left out. It ends when the context does; an error, such as BAD_USER_INPUT for a revision that the register has
// not reached, is the last that it gives. A store that does not answer for a while only delays it. Who is slow to take what is given
// holds nobody up and nothing is kept for him: he is served from the log.
func (r *Register) Watch(ctx context.Context, after plan.Revision) iter.Seq2[*Revised, error] {
	return func(yield func(*Revised, error) bool) {
		now, err := r.reached(ctx, "after", after)
		if err != nil {
			yield(nil, err)
			return
		}
		f := r.tail.join(now)
		defer r.tail.leave()
		at := after
		for {
			found, moved := f.behind(at)
			if moved == nil {
				if found, err = r.missed(ctx, at); err != nil {
					if ctx.Err() == nil {
						yield(nil, err)
					}
					return
				}
			}
			for _, v := range found {
				if ctx.Err() != nil || !yield(v, nil) {
					return
				}
				at = v.Revision
			}
			if len(found) > 0 {
				continue
			}
			select {
			case <-moved:
			case <-ctx.Done():
				return
			}
		}
	}
}

// missed reads from the log what is behind a revision, of which it is known that there is some. It waits for a store that does not answer.
func (r *Register) missed(ctx context.Context, after plan.Revision) ([]*Revised, error) {
	for {
		found, err := revised(ctx, r.store, after)
		if err == nil && len(found) == 0 {
			err = plan.Errorf(plan.Internal, "", "the change log has nothing behind revision %d, wanted what came after it", after)
		}
		if code := plan.CodeOf(err); err == nil || code != plan.Unavailable && code != plan.Timeout {
			return found, err
		}
		select {
		case <-time.After(r.tail.every):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Now is the revision at which the register stands.
func (r *Register) Now(ctx context.Context) (plan.Revision, error) { return r.revision(ctx) }

// Revisions are the next ones behind one, oldest first, at most as many as asked for and about MostChanges changes in all: none when the
// register has not moved since.
func (r *Register) Revisions(ctx context.Context, after plan.Revision, most int) ([]*Revised, error) {
	if _, err := r.reached(ctx, "after", after); err != nil {
		return nil, err
	}
	found, err := revised(ctx, r.store, after)
	return found[:min(most, len(found))], err
}

// reached refuses a revision that there has not been, and says at which one the register stands.
func (r *Register) reached(ctx context.Context, path string, at plan.Revision) (plan.Revision, error) {
	now, err := r.revision(ctx)
	if err != nil {
		return 0, err
	}
	if at < 0 || at > now {
		return 0, plan.Errorf(plan.BadUserInput, path, "saw revision %d, wanted 0 to %d, at which the register stands", at, now)
	}
	return now, nil
}

// revised reads the next revisions behind one, at least one when there is any.
func revised(ctx context.Context, s store.Store, after plan.Revision) ([]*Revised, error) {
	changes, err := s.Changes(ctx, after, MostChanges+1)
	if err != nil {
		return nil, err
	}
	var found []*Revised
	for len(changes) > 0 {
		first := changes[0]
		n := slices.IndexFunc(changes, func(c plan.Change) bool { return c.Revision != first.Revision })
		if n < 0 {
			n = len(changes)
		}
		listed := min(n, MostChanges)
		found = append(found, &Revised{
			Revision: first.Revision, At: first.At, Actor: first.Actor, Note: first.Note, Changes: changes[:listed:listed], Complete: listed == n,
		})
		changes = changes[n:]
	}
	return found, nil
}

// tail follows the end of the change log for all who watch: one reads, the others take it from memory.
type tail struct {
	store    store.Store
	every    time.Duration // between two looks for what other servers changed
	mu       sync.Mutex
	watchers int
	follower *follower // nil while nobody watches
}

// follower reads the log as it grows. There is one while somebody watches.
type follower struct {
	tail *tail
	wake chan struct{} // holds a value when this process has changed something
	stop context.CancelFunc
	done chan struct{}

	mu     sync.Mutex
	from   plan.Revision // recent is all behind it
	last   plan.Revision
	recent []*Revised
	kept   int           // changes in recent
	moved  chan struct{} // closed when recent grows
}

// watched is a store that wakes the follower when something is changed through it.
type watched struct {
	store.Store
	tail *tail
}

// Apply is that of the store.
func (w watched) Apply(ctx context.Context, cs plan.ChangeSet) (plan.Revision, error) {
	defer w.tail.ring() // also behind an error: whether the change was made may not be known
	return w.Store.Apply(ctx, cs)
}

func (t *tail) ring() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.follower == nil {
		return
	}
	select {
	case t.follower.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// join gives the follower, which reads behind now when it is the first to be needed.
func (t *tail) join(now plan.Revision) *follower {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watchers++
	if t.follower == nil {
		ctx, stop := context.WithCancel(context.Background())
		t.follower = &follower{
			tail: t, wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{}), from: now, last: now, moved: make(chan struct{}),
		}
		go t.follower.run(ctx)
	}
	return t.follower
}

// leave ends the follower when the last has gone.
func (t *tail) leave() {
	t.mu.Lock()
	f := t.follower
	t.watchers--
	last := t.watchers == 0
	if last {
		t.follower = nil
	}
	t.mu.Unlock()
	if last {
		f.stop()
		<-f.done
	}
}

func (f *follower) run(ctx context.Context) {
	defer close(f.done)
	ticker := time.NewTicker(f.tail.every)
	defer ticker.Stop()
	for {
		select {
		case <-f.wake:
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		for f.read(ctx) {
		}
	}
}

// read takes in what has come, false when nothing has. A store that fails is asked again at the next look.
func (f *follower) read(ctx context.Context) bool {
	found, err := revised(ctx, f.tail.store, f.last) // only read changes last
	if err != nil || len(found) == 0 {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range found {
		f.kept += len(v.Changes)
	}
	f.recent = append(f.recent, found...)
	f.last = found[len(found)-1].Revision
	old := 0
	for f.kept > mostRecent {
		f.kept -= len(f.recent[old].Changes)
		f.from = f.recent[old].Revision
		old++
	}
	f.recent = slices.Delete(f.recent, 0, old)
	close(f.moved)
	f.moved = make(chan struct{})
	return true
}

// behind gives the revisions behind one that are in memory, and the channel that is closed when there are more; no channel when memory
// does not reach back so far.
func (f *follower) behind(at plan.Revision) ([]*Revised, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at < f.from {
		return nil, nil
	}
	i, _ := slices.BinarySearchFunc(f.recent, at+1, func(v *Revised, want plan.Revision) int { return int(v.Revision - want) })
	return slices.Clone(f.recent[i:]), f.moved
}
