package sqlite

import (
	"context"
	"fmt"
	"strings"

	"xianjie/internal/plan"
)

// steps bring a file from one schema version to the next, each in one transaction. They hold what
// is not derived from the description, and changes to the derived tables that are more than an
// addition (a field removed or renamed). A step is never edited after its release.
var steps = [...]string{
	`CREATE TABLE "_kind" ("number" INTEGER PRIMARY KEY, "prefix" TEXT NOT NULL UNIQUE, "searched" TEXT NOT NULL) STRICT;
CREATE TABLE "_revision" ("revision" INTEGER PRIMARY KEY, "at" TEXT NOT NULL, "actor" TEXT NOT NULL, "note" TEXT NOT NULL, "first" INTEGER NOT NULL) STRICT;
CREATE TABLE "_change" ("sequence" INTEGER PRIMARY KEY, "revision" INTEGER NOT NULL, "id" TEXT NOT NULL, "after" TEXT) STRICT;
CREATE TABLE "_applied" ("key" TEXT PRIMARY KEY, "digest" BLOB NOT NULL, "revision" INTEGER NOT NULL, "at" TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE "_search" USING fts5(tokens, content='', contentless_delete=1, tokenize='ascii')`,
	`CREATE INDEX "_change_by_id" ON "_change" ("id")`,
}

// migrate brings the file to the newest step and to the tables that the kinds ask for.
func (s *Store) migrate(ctx context.Context, c *conn, kinds []*plan.Kind) error {
	for {
		done, err := s.step(ctx, c)
		if err != nil {
			return err
		}
		if done {
			break
		}
	}
	return s.write(ctx, c, func() error { return s.derive(c, kinds) })
}

// step takes the file one version further; done when there is none left.
func (s *Store) step(ctx context.Context, c *conn) (done bool, err error) {
	err = s.write(ctx, c, func() error {
		version, err := c.integer("PRAGMA user_version")
		if err != nil {
			return err
		}
		if version > int64(len(steps)) {
			return newer(s.path, version)
		}
		if done = version == int64(len(steps)); done {
			return nil
		}
		if err := c.script(steps[version]); err != nil {
			return err
		}
		if err := c.run(fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return err
		}
		return c.run(fmt.Sprintf("PRAGMA user_version = %d", version+1))
	})
	return done, err
}

// derive makes the tables, columns and indexes that the kinds ask for and the file has not, and
// indexes for search what is searched now. A column that no kind asks for is the sign of a newer
// program, whose content an older one would lose: the file is refused.
func (s *Store) derive(c *conn, kinds []*plan.Kind) error {
	numbers, stale, err := numberKinds(c, kinds)
	if err != nil {
		return err
	}
	s.schema = newSchema(kinds, numbers)
	have, err := columnsOf(c)
	if err != nil {
		return err
	}
	if err := s.refuseUnknown(have); err != nil {
		return err
	}
	indexes := map[string]string{}
	for _, t := range s.schema.tables {
		if err := s.deriveTable(c, t, have); err != nil {
			return err
		}
		for _, x := range t.allIndexes() {
			indexes[x.bare] = x.definition
		}
	}
	if err := dropIndexes(c, indexes); err != nil {
		return err
	}
	for _, t := range s.schema.tables {
		for _, x := range t.allIndexes() {
			if err := c.run(strings.Replace(x.definition, "CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1)); err != nil {
				return err
			}
		}
		if stale[t.kind.Prefix] {
			if err := reindex(c, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) allIndexes() []index {
	all := t.indexes
	for _, e := range t.many {
		all = append(all, e.index())
	}
	return all
}

// refuseUnknown refuses a file with tables of kinds or edges that this program does not know.
func (s *Store) refuseUnknown(have map[string]map[string]string) error {
	known := map[string]bool{}
	for _, t := range s.schema.tables {
		known[t.kind.Prefix] = true
		for _, e := range t.many {
			known[e.bare] = true
		}
	}
	for name := range have {
		if !known[name] && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "sqlite_") {
			return plan.Errorf(plan.Unsupported, s.path, "was written by a newer version of the program: table %s is unknown to this one; it was left as it is", name)
		}
	}
	return nil
}

func (s *Store) deriveTable(c *conn, t *table, have map[string]map[string]string) error {
	for _, e := range t.many {
		if have[e.bare] == nil {
			if err := c.run(e.ddl()); err != nil {
				return err
			}
		}
	}
	stored := have[t.kind.Prefix]
	if stored == nil {
		return c.run(t.ddl())
	}
	known := map[string]bool{}
	for _, column := range t.columns {
		known[column.bare] = true
		switch typ, ok := stored[column.bare]; {
		case !ok:
			if err := c.run(fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s", t.name, column.ddl())); err != nil {
				return err
			}
		case typ != column.typ:
			return plan.Errorf(plan.Internal, s.path, "column %s.%s: saw type %s, wanted %s", t.kind.Prefix, column.bare, typ, column.typ)
		}
	}
	for name := range stored {
		if !known[name] {
			return plan.Errorf(plan.Unsupported, s.path, "was written by a newer version of the program: %s.%s is unknown to this one; it was left as it is", t.kind.Prefix, name)
		}
	}
	return nil
}

// numberKinds gives every kind its number, a new one where it has none, and says which kinds'
// searched fields are not those that the file was indexed with.
func numberKinds(c *conn, kinds []*plan.Kind) (numbers map[string]int64, stale map[string]bool, err error) {
	numbers, stale = map[string]int64{}, map[string]bool{}
	indexed := map[string]string{}
	err = c.query(`SELECT "number", "prefix", "searched" FROM "_kind"`, nil, func(row *row) error {
		numbers[row.text(1)] = row.integer(0)
		indexed[row.text(1)] = row.text(2)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	for _, k := range kinds {
		var names []string
		for _, f := range searched(k) {
			names = append(names, f.Name)
		}
		wanted := strings.Join(names, " ")
		number, known := numbers[k.Prefix]
		if !known {
			number = int64(len(numbers)) + 1
			numbers[k.Prefix] = number
		}
		if was, ok := indexed[k.Prefix]; ok && was == wanted {
			continue
		}
		stale[k.Prefix] = known
		err := c.run(`INSERT INTO "_kind" ("number", "prefix", "searched") VALUES (?, ?, ?)
			ON CONFLICT ("number") DO UPDATE SET "searched" = excluded."searched"`, number, k.Prefix, wanted)
		if err != nil {
			return nil, nil, err
		}
	}
	return numbers, stale, nil
}

// columnsOf gives the type of every column of every table in the file.
func columnsOf(c *conn) (map[string]map[string]string, error) {
	have := map[string]map[string]string{}
	err := c.query(`SELECT m.name, p.name, p.type FROM sqlite_schema m JOIN pragma_table_info(m.name) p
		WHERE m.type = 'table'`, nil, func(row *row) error {
		table := row.text(0)
		if have[table] == nil {
			have[table] = map[string]string{}
		}
		have[table][row.text(1)] = row.text(2)
		return nil
	})
	return have, err
}

// dropIndexes drops the derived indexes that are wanted no more, or otherwise.
func dropIndexes(c *conn, wanted map[string]string) error {
	var gone []string
	err := c.query(`SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND name LIKE 'index\_%' ESCAPE '\'`, nil, func(row *row) error {
		if name := row.text(0); wanted[name] != row.text(1) {
			gone = append(gone, name)
		}
		return nil
	})
	for _, name := range gone {
		if err == nil {
			err = c.run("DROP INDEX " + quote(name))
		}
	}
	return err
}

// reindex makes the search rows of a kind anew.
func reindex(c *conn, t *table) error {
	if err := c.run(`DELETE FROM "_search" WHERE rowid >= ? AND rowid < ?`, t.low(), t.high()); err != nil {
		return err
	}
	fields := searched(t.kind)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = ", " + t.fields[f].name
	}
	type text struct {
		key    int64
		tokens string
	}
	var texts []text
	err := c.query(`SELECT "_key"`+strings.Join(names, "")+" FROM "+t.name, nil, func(row *row) error {
		o := t.kind.New()
		for i, f := range fields {
			if row.null(i + 1) {
				continue
			}
			if err := f.Set(o, row.text(i+1)); err != nil {
				return err
			}
		}
		texts = append(texts, text{row.integer(0), searchText(t.kind, o)})
		return nil
	})
	for _, x := range texts {
		if err == nil && x.tokens != "" {
			err = c.run(`INSERT INTO "_search" (rowid, tokens) VALUES (?, ?)`, x.key, x.tokens)
		}
	}
	return err
}
