// Package register is the one door to the register of plans: read, change, check, import, export, watch,
// answer. The command line and the GraphQL boundary call only this. It must not know GraphQL or
// which store it works on.
package register

import (
	"context"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// Register is a register of plans in a store. All methods are safe for concurrent use.
type Register struct {
	store store.Store
	tail  *tail // of the change log
	now   func() time.Time
	turn  chan struct{} // holds a value while somebody checks
	// current is what the last check said, nil before the first.
	current *current
	last    bool // nothing is going to follow what is checked now
}

// Option is a setting of New.
type Option func(*Register)

// LookEvery sets how often those who watch look for changes that other servers made in the same store; by default every second.
func LookEvery(d time.Duration) Option { return func(r *Register) { r.tail.every = d } }

// New makes the register of what a store keeps. The store stays the caller's to close.
func New(s store.Store, opts ...Option) *Register {
	r := &Register{tail: &tail{store: s, every: time.Second}, now: time.Now, turn: make(chan struct{}, 1)}
	r.store = watched{s, r.tail}
	for _, set := range opts {
		set(r)
	}
	return r
}

// today is the day on which periods of grace are counted.
func (r *Register) today() plan.Date { return plan.Date(r.now().Format(time.DateOnly)) }

// Fetch reads a selection of any depth; see store.Store.
func (r *Register) Fetch(ctx context.Context, s *query.Selection) (*query.Result, error) {
	return r.store.Fetch(ctx, s)
}

// Most paths that are given, and the longest that is looked for, in links.
const (
	maxPaths      = 50
	maxPathLength = 10
)

// Paths gives the shortest ways in which two objects are linked, at most 50.
func (r *Register) Paths(ctx context.Context, q query.PathQuery) ([]query.Path, error) {
	if q.MaxLength < 1 || q.MaxLength > maxPathLength {
		return nil, plan.Errorf(plan.BadUserInput, "maxLength", "saw %d, wanted 1 to %d", q.MaxLength, maxPathLength)
	}
	q.Limit = maxPaths
	return r.store.Paths(ctx, q)
}

// Health says whether the store answers and is whole.
func (r *Register) Health(ctx context.Context) (store.Health, error) { return r.store.Health(ctx) }

// Ready is nil when the register can be read.
func (r *Register) Ready(ctx context.Context) error {
	_, err := r.revision(ctx)
	return err
}

// revision is where the register stands, for the price of a look-up that finds nothing.
func (r *Register) revision(ctx context.Context) (plan.Revision, error) {
	result, err := r.store.Fetch(ctx, &query.Selection{
		IDs: []plan.ID{"plan:-"}, Of: []query.Shape{{Kind: plan.KindNamed("Plan")}},
	})
	if err != nil {
		return 0, err
	}
	return result.Revision, nil
}

// objects loads all objects of a kind that pass a filter, in the order of their ids.
func objects[T plan.Object](ctx context.Context, s store.Store, filter query.Filter) ([]T, error) {
	var zero T
	kind := plan.KindFor(zero)
	result, err := s.Fetch(ctx, &query.Selection{
		Filter: filter,
		Order:  []query.Order{{Field: kind.Field("id")}},
		Of:     []query.Shape{query.Whole(kind)},
	})
	if err != nil {
		return nil, err
	}
	return decode[T](result.Root)
}

func decode[T plan.Object](level *query.Level) ([]T, error) {
	found, err := level.Objects()
	if err != nil {
		return nil, err
	}
	all := make([]T, 0, len(found))
	for _, o := range found {
		if o != nil {
			all = append(all, o.(T))
		}
	}
	return all, nil
}

// existing says which of the ids have an object.
func (r *Register) existing(ctx context.Context, ids []plan.ID) ([]plan.ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	s := &query.Selection{IDs: ids}
	for _, k := range plan.Kinds() {
		s.Of = append(s.Of, query.Shape{Kind: k})
	}
	result, err := r.store.Fetch(ctx, s)
	if err != nil {
		return nil, err
	}
	var found []plan.ID
	for i, item := range result.Root.Items {
		if item != query.Missing {
			found = append(found, ids[i])
		}
	}
	return found, nil
}
