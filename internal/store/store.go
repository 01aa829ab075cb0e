// Package store is the port to where the register is kept: few and deep operations that every
// store answers alike. It must not know rules or GraphQL; what stands behind it must not show.
package store

import (
	"context"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Store keeps one register. All methods are safe for concurrent use, keep to the context's
// deadline, and fail with plan.Error: TIMEOUT, UNAVAILABLE, STORAGE_FULL, UNKNOWN_OUTCOME or
// INTERNAL beside those named below.
type Store interface {
	// Fetch reads a selection of any depth in one consistent read.
	Fetch(context.Context, *query.Selection) (*query.Result, error)
	// Paths gives the shortest ways between two objects, by the ids along them; none when they
	// are not linked within the length, NOT_FOUND when either does not exist.
	Paths(context.Context, query.PathQuery) ([]query.Path, error)
	// Apply makes all of a change set happen, with its entries in the change log, or nothing.
	// BAD_USER_INPUT lists (as plan.Errors) what does not validate, and references to what does
	// not exist; CONFLICT a version or revision that is not the expected one, a removal with
	// something left hanging, or a key used before for another change set. A set without effect, or with a key
	// that was applied before, gives the revision at which the register stands or stood then.
	Apply(context.Context, plan.ChangeSet) (plan.Revision, error)
	// Changes reads the change log behind a revision, oldest first, at most limit entries, cut
	// only between revisions except when one alone exceeds the limit.
	Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error)
	// History reads from the log what became of one object, newest first, at most limit entries,
	// of revisions up to until; 0 = up to the newest.
	History(ctx context.Context, id plan.ID, until plan.Revision, limit int) ([]plan.Change, error)
	// Health checks that the store answers and is whole.
	Health(context.Context) (Health, error)
	Close() error
}

// Health is the state of a store.
type Health struct {
	Kind      string // "sqlite", "neo4j"
	Engine    string // its version
	Schema    int    // version of the stored schema
	Revision  plan.Revision
	Counts    map[string]int64 // objects by kind name
	Integrity string           // "ok", or what is wrong
}
