// Package neo4j keeps a register in a Neo4j database, which several servers may share and people
// may ask in Cypher: plans and their elements are nodes with the kind's name as label, references
// are relationships, and so is each link between two objects, of its type and with its properties.
// The package owns the database's schema, which it derives from the description of the model, the
// compilation of selections to Cypher, and the write path. It must not know rules, GraphQL or what
// any field means.
//
// The database is read-committed: a statement may see half of what a commit that runs beside it
// changes. How reads see whole sets all the same stands at reader.
package neo4j

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"sync/atomic"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// Options says how to reach a database and how to treat it.
type Options struct {
	User, Password string
	Database       string           // "" = neo4j
	Clock          func() time.Time // where times of objects and of the change log come from; nil = time.Now
	// Patience is how long a call without a deadline goes on trying while the database is away;
	// 0 = 15 s. A call with a deadline tries until that.
	Patience time.Duration
	// Observe, when not nil, is told the text of every statement before it is run.
	Observe func(text string)
	// Hits, when not nil, has the database profile each statement of a read, which takes it longer,
	// and is told how many accesses to what is stored the statement needed.
	Hits    func(accesses int64)
	Opening Opening // what opening may do to the database
	// Late lets Open succeed while the database is away. The first call that finds it there
	// prepares it; when it has to be refused then, that and all later calls say why.
	Late bool
}

// Opening is what opening a register may do to the database.
type Opening int

const (
	Make      Opening = iota // make the register where the database is empty, and bring an older one up to date
	Existing                 // bring it up to date; an empty database is refused with NOT_FOUND
	Untouched                // nothing: for looking at what is wrong
)

// Store is a register in a database. See store.Store for what its methods promise.
type Store struct {
	url       string
	options   Options
	schema    *schema
	driver    driver.DriverWithContext
	bookmarks driver.BookmarkManager
	writing   chan struct{} // holds a value while nobody of this process writes
	closed    chan struct{}
	prepared  atomic.Bool
	engine    string // set before prepared is

	life     context.Context // of preparations; ends when the register is closed
	cut      context.CancelFunc
	running  sync.WaitGroup // preparations
	mu       sync.Mutex
	underway *preparation // nil while nobody prepares the database
	refusal  error        // why the database can't hold the register

	closing  sync.Once
	closeErr error
}

var _ store.Store = (*Store)(nil)

const (
	livenessAfter  = 30 * time.Second // a connection idle for longer is tried before it is used
	connectWithin  = 5 * time.Second
	defaultBase    = "neo4j"
	application    = "xianjie"
	registerName   = "register"
	defaultPatient = 15 * time.Second
)

// Open opens the register in the database that url (bolt, bolt+s, neo4j, neo4j+s …) leads to, and
// makes it where the database is empty; see Opening. A database that holds something else, or was
// written by a newer version, is refused and left as it is. The error is UNAVAILABLE, at once, when
// nothing answers (but see Options.Late) or the password is wrong.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	if options.Database == "" {
		options.Database = defaultBase
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Patience == 0 {
		options.Patience = defaultPatient
	}
	d, err := driver.NewDriverWithContext(url, driver.BasicAuth(options.User, options.Password, ""), func(c *config.Config) {
		c.TelemetryDisabled = true
		c.NotificationsMinSeverity = notifications.DisabledLevel // nobody reads them
		c.UserAgent = application
		c.SocketConnectTimeout = connectWithin
		c.ConnectionLivenessCheckTimeout = livenessAfter
		c.MaxTransactionRetryTime = 0 // the store retries by itself, and knows when it must not
	})
	if err != nil {
		return nil, &plan.Error{Code: plan.BadUserInput, Path: url, Message: "is no address of a Neo4j database, such as neo4j://localhost:7687", Err: err}
	}
	s := &Store{
		url: url, options: options, schema: newSchema(plan.Kinds()), driver: d,
		bookmarks: driver.NewBookmarkManager(driver.BookmarkManagerConfig{}),
		writing:   make(chan struct{}, 1), closed: make(chan struct{}),
	}
	s.life, s.cut = context.WithCancel(context.Background())
	s.writing <- struct{}{}
	if err := s.open(ctx); err != nil {
		s.abandon()
		_ = d.Close(context.WithoutCancel(ctx)) // what open saw says more
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if !s.options.Late {
		return s.ready(ctx)
	}
	trying, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	if err := s.ready(trying); err != nil && !later(err) {
		return err
	}
	return ctx.Err()
}

// Close waits for the write that runs and closes the connections. Methods called later fail with
// UNAVAILABLE.
func (s *Store) Close() error {
	s.closing.Do(func() {
		<-s.writing
		close(s.closed)
		s.abandon()
		if err := s.driver.Close(context.Background()); err != nil {
			s.closeErr = &plan.Error{Code: plan.Internal, Path: s.url, Message: "the connections could not be closed", Err: err}
		}
	})
	return s.closeErr
}

// usable refuses a call that comes too late.
func (s *Store) usable(ctx context.Context) error {
	select {
	case <-s.closed:
		return plan.Errorf(plan.Unavailable, s.url, "the register is closed")
	default:
		return s.fail(ctx, ctx.Err())
	}
}

// session opens a session that sees what this process has written; the caller closes it.
func (s *Store) session(ctx context.Context, mode driver.AccessMode) driver.SessionWithContext {
	return s.driver.NewSession(ctx, driver.SessionConfig{
		AccessMode: mode, DatabaseName: s.options.Database, BookmarkManager: s.bookmarks,
	})
}

// closeSession gives the session's connection back, even when the context has ended.
func closeSession(ctx context.Context, session driver.SessionWithContext) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = session.Close(ctx) // a connection that can't be given back is broken, and the pool drops it
}

// transaction is what the database is told of a transaction: who runs it, and when nobody waits for
// it any longer.
func transaction(ctx context.Context) func(*driver.TransactionConfig) {
	return func(c *driver.TransactionConfig) {
		c.Metadata = map[string]any{"app": application}
		if deadline, ok := ctx.Deadline(); ok {
			c.Timeout = max(time.Until(deadline), time.Millisecond)
		}
	}
}

func (s *Store) observe(text string) {
	if s.options.Observe != nil {
		s.options.Observe(text)
	}
}

// runner runs a statement, by itself or in a transaction.
type runner func(ctx context.Context, text string, params map[string]any) (driver.ResultWithContext, error)

// alone runs each statement of a session in a transaction of its own.
func (s *Store) alone(session driver.SessionWithContext) runner {
	return func(ctx context.Context, text string, params map[string]any) (driver.ResultWithContext, error) {
		s.observe(text)
		return session.Run(ctx, text, params, transaction(ctx))
	}
}

func (s *Store) within(tx driver.ExplicitTransaction) runner {
	return func(ctx context.Context, text string, params map[string]any) (driver.ResultWithContext, error) {
		s.observe(text)
		return tx.Run(ctx, text, params)
	}
}

// one runs a statement that gives one record, or none (nil).
func (run runner) one(ctx context.Context, text string, params map[string]any) ([]any, error) {
	result, err := run(ctx, text, params)
	if err != nil {
		return nil, err
	}
	var values []any
	if result.Next(ctx) {
		values = result.Record().Values
	}
	if _, err := result.Consume(ctx); err != nil {
		return nil, err
	}
	return values, result.Err()
}

// exec runs a statement that gives nothing.
func (run runner) exec(ctx context.Context, text string, params map[string]any) error {
	_, err := run.one(ctx, text, params)
	return err
}

// newToken makes a name that no other write has.
func newToken() string {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		panic("neo4j: " + err.Error()) // never returns one
	}
	return hex.EncodeToString(b)
}
