package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	engine "zombiezen.com/go/sqlite"
)

// mostStatements is how many prepared statements a reader keeps: a flood of queries that are all
// different must not fill the memory.
const mostStatements = 300

// conn is one connection to the file; one goroutine uses it at a time.
type conn struct {
	c          *engine.Conn
	statements map[string]*engine.Stmt
}

// connect opens a connection with the settings that the promises of the store rest on.
func (s *Store) connect(ctx context.Context, write bool) (*conn, error) {
	flags := engine.OpenReadWrite
	settings := []string{"PRAGMA query_only = ON", "PRAGMA cache_size = -2000"}
	if write {
		flags |= engine.OpenCreate
		settings = []string{
			"PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
			"PRAGMA foreign_keys = ON", "PRAGMA cache_size = -32000", "PRAGMA wal_autocheckpoint = 4000",
			"PRAGMA journal_size_limit = 67108864",
		}
	}
	settings = append(settings, "PRAGMA temp_store = MEMORY")
	if write && s.options.maxPages > 0 {
		settings = append(settings, fmt.Sprintf("PRAGMA max_page_count = %d", s.options.maxPages))
	}
	ec, err := engine.OpenConn(s.path, flags)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	c := &conn{c: ec, statements: map[string]*engine.Stmt{}}
	ctx, cancel := context.WithTimeout(ctx, s.options.lockWait)
	defer cancel()
	release := c.guard(ctx)
	if write {
		err = s.refuseForeign(c)
	}
	for _, setting := range settings {
		if err == nil {
			err = c.query(setting, nil, func(*row) error { return nil })
		}
	}
	release()
	if err != nil {
		return nil, errors.Join(s.fail(ctx, err), c.close())
	}
	return c, nil
}

func (c *conn) close() error { return c.c.Close() }

// guard makes the statements that follow end early when ctx does, until release is called.
func (c *conn) guard(ctx context.Context) (release func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	c.c.SetInterrupt(ctx.Done())
	return func() { c.c.SetInterrupt(nil) }
}

// trim drops the prepared statements when there are too many of them.
func (c *conn) trim() {
	if len(c.statements) < mostStatements {
		return
	}
	for text, statement := range c.statements {
		_ = statement.Finalize() // gives the last error of the statement, which was reported then
		delete(c.statements, text)
	}
}

// prepare gives the statement for a text, which query leaves reset and whose parameters it binds
// all anew.
func (c *conn) prepare(text string) (*engine.Stmt, error) {
	if statement := c.statements[text]; statement != nil {
		return statement, nil
	}
	statement, err := c.c.Prepare(text)
	if err == nil {
		c.statements[text] = statement
	}
	return statement, err
}

// rollback ends a transaction whose statements wrote nothing, or must not stand.
func (c *conn) rollback() error {
	if c.c.AutocommitEnabled() {
		return nil // a full disk, say, has rolled back already
	}
	return c.run("ROLLBACK")
}

// abandon makes the connection fit for use again after a panic; after anything else it finds
// nothing to do.
func (c *conn) abandon() {
	if c.c.AutocommitEnabled() {
		return
	}
	c.c.SetInterrupt(nil)
	for _, statement := range c.statements {
		_ = statement.Reset() // gives the last error of the statement, which was reported then
	}
	_ = c.rollback()
}

// run executes a statement that gives no rows.
func (c *conn) run(text string, args ...any) error {
	return c.query(text, args, func(*row) error { return fmt.Errorf("a statement gave a row: %s", text) })
}

// query executes a statement and calls each for every row.
func (c *conn) query(text string, args []any, each func(*row) error) error {
	statement, err := c.prepare(text)
	if err != nil {
		return err
	}
	for i, arg := range args {
		bind(statement, i+1, arg)
	}
	row := &row{statement}
	for {
		more, err := statement.Step()
		if err != nil {
			return err
		}
		if !more {
			return statement.Reset()
		}
		if err := each(row); err != nil {
			return errors.Join(err, statement.Reset())
		}
	}
}

// script runs statements that are parted by semicolons at line ends.
func (c *conn) script(text string) error {
	for statement := range strings.SplitSeq(text, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if err := c.run(statement); err != nil {
			return err
		}
	}
	return nil
}

// integer is the first cell of a statement that gives one row, 0 when it gives none.
func (c *conn) integer(text string, args ...any) (n int64, err error) {
	err = c.query(text, args, func(row *row) error {
		n = row.integer(0)
		return nil
	})
	return n, err
}

func (c *conn) text(text string, args ...any) (value string, err error) {
	err = c.query(text, args, func(row *row) error {
		value = row.text(0)
		return nil
	})
	return value, err
}

// row is where a statement stands.
type row struct{ *engine.Stmt }

func (r *row) integer(column int) int64 { return r.ColumnInt64(column) }
func (r *row) text(column int) string   { return r.ColumnText(column) }
func (r *row) null(column int) bool     { return r.ColumnType(column) == engine.TypeNull }

// bytes reads a cell into the buffer, which grows when it must.
func (r *row) bytes(column int, buffer *[]byte) []byte {
	n := r.ColumnLen(column)
	if n > cap(*buffer) {
		*buffer = make([]byte, 2*n)
	}
	cell := (*buffer)[:n]
	r.ColumnBytes(column, cell)
	return cell
}

func bind(statement *engine.Stmt, position int, value any) {
	switch v := value.(type) {
	case nil:
		statement.BindNull(position)
	case string:
		statement.BindText(position, v)
	case int64:
		statement.BindInt64(position, v)
	case int:
		statement.BindInt64(position, int64(v))
	case bool:
		statement.BindBool(position, v)
	case []byte:
		statement.BindBytes(position, v)
	default:
		panic(fmt.Sprintf("sqlite: no way to bind a %T", value))
	}
}

// list is a JSON array for json_each.
func list[T any](values []T) string {
	text, err := json.Marshal(values)
	if err != nil {
		panic("sqlite: " + err.Error()) // strings and numbers always marshal
	}
	return string(text)
}
