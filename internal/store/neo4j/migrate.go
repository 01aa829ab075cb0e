package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// steps bring a register from one schema version to the next, each in one transaction with the
// version; a step that was interrupted is done again. Indexes are none of their business: those
// that the description asks for are made whenever a register is opened. A step is never edited
// after its release.
var steps = [...][]string{
	{
		"MERGE (b:" + begunLabel + ") SET b.`revision` = coalesce(b.`revision`, 0)",
		"MERGE (f:" + finishedLabel + ") SET f.`revision` = coalesce(f.`revision`, 0)",
	},
}

// prepare brings the database to the newest schema.
func (s *Store) prepare(ctx context.Context) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	run := s.alone(session)
	if err := s.hello(ctx, run); err != nil {
		return s.fail(ctx, err)
	}
	if err := s.migrate(ctx, run); err != nil {
		return s.fail(ctx, err)
	}
	return s.fail(ctx, s.ensureIndexes(ctx, run))
}

// hello finds out which version answers.
func (s *Store) hello(ctx context.Context, run runner) error {
	values, err := run.one(ctx, "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]", nil)
	if err != nil {
		return err
	}
	if values != nil {
		s.engine, _ = values[0].(string)
	}
	if major, _, _ := strings.Cut(s.engine, "."); major != "5" && len(major) < 4 { // 5.26, 2025.01
		return plan.Errorf(plan.Unsupported, s.url, "saw Neo4j %s, wanted 5.26 or newer", s.engine)
	}
	return nil
}

// migrate makes the register in an empty database, and takes an older one step by step further.
func (s *Store) migrate(ctx context.Context, run runner) error {
	for {
		version, err := s.version(ctx, run)
		if err != nil {
			return err
		}
		if version > int64(len(steps)) {
			return plan.Errorf(plan.Unsupported, s.url, "the register has schema version %d, written by a newer program; this one knows versions up to %d; it was left as it is",
				version, len(steps))
		}
		if version == int64(len(steps)) {
			return nil
		}
		if version < 0 {
			if err := s.found(ctx, run); err != nil {
				return err
			}
			continue
		}
		if err := s.step(ctx, int(version)); err != nil {
			return err
		}
	}
}

// version is that of the stored schema, -1 when there is no register.
func (s *Store) version(ctx context.Context, run runner) (int64, error) {
	values, err := run.one(ctx, "MATCH (r:"+registerLabel+" {name: '"+registerName+"'}) RETURN r.`schema`", nil)
	if err != nil || values == nil {
		return -1, err
	}
	version, ok := values[0].(int64)
	if !ok {
		return 0, plan.Errorf(plan.Internal, s.url, "saw schema version %v, wanted a number", values[0])
	}
	return version, nil
}

// found makes the register where the database is empty.
func (s *Store) found(ctx context.Context, run runner) error {
	values, err := run.one(ctx, "MATCH (n) RETURN count(n)", nil)
	if err != nil {
		return err
	}
	if count, _ := values[0].(int64); count > 0 {
		labels, err := run.one(ctx, "CALL db.labels() YIELD label RETURN collect(label)", nil)
		if err != nil {
			return err
		}
		return plan.Errorf(plan.Conflict, s.url, "the database %s holds %d nodes that are no register's (labels %v), wanted an empty one or a register; it was left as it is",
			s.options.Database, count, labels[0])
	}
	// The constraint comes first: of two that begin at once one then finds the other's register.
	for _, i := range ownIndexes() {
		if err := run.exec(ctx, i.text, nil); err != nil {
			return err
		}
	}
	return run.exec(ctx, "MERGE (r:"+registerLabel+" {name: '"+registerName+"'}) ON CREATE SET r.`schema` = 0, r.`revision` = 0", nil)
}

// step takes the register one version further, unless another process has.
func (s *Store) step(ctx context.Context, version int) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	tx, err := session.BeginTransaction(ctx, transaction(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = tx.Close(ctx) }()
	run := s.within(tx)
	if _, err := lock(ctx, run); err != nil {
		return err
	}
	if now, err := s.version(ctx, run); err != nil || now != int64(version) {
		return err
	}
	for _, text := range steps[version] {
		if err := run.exec(ctx, text, nil); err != nil {
			return err
		}
	}
	if err := run.exec(ctx, "MATCH (r:"+registerLabel+" {name: '"+registerName+"'}) SET r.`schema` = $version", map[string]any{"version": int64(version) + 1}); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// ensureIndexes makes the indexes and constraints that are missing, and waits until all serve.
func (s *Store) ensureIndexes(ctx context.Context, run runner) error {
	missing, broken, err := s.missingIndexes(ctx, run)
	if err != nil {
		return err
	}
	for _, name := range broken {
		return plan.Errorf(plan.Internal, s.url, "index %s has failed; drop it, and opening the register makes it again", name)
	}
	if len(missing) == 0 {
		return nil
	}
	for _, i := range missing {
		if err := run.exec(ctx, i.text, nil); err != nil {
			return fmt.Errorf("index %s: %w", i.name, err)
		}
	}
	return run.exec(ctx, "CALL db.awaitIndexes(600)", nil)
}

// missingIndexes are those that the description asks for and the database has not, and the names of
// those that it has and that failed.
func (s *Store) missingIndexes(ctx context.Context, run runner) (missing []index, broken []string, err error) {
	values, err := run.one(ctx, "SHOW INDEXES YIELD name, state RETURN collect([name, state])", nil)
	if err != nil {
		return nil, nil, err
	}
	states := map[string]string{}
	list, _ := values[0].([]any)
	for _, raw := range list {
		pair, ok := raw.([]any)
		if !ok || len(pair) != 2 {
			return nil, nil, malformed(raw)
		}
		name, _ := pair[0].(string)
		states[name], _ = pair[1].(string)
	}
	for _, i := range s.schema.indexes {
		name := strings.Trim(i.name, "`")
		switch states[name] {
		case "":
			missing = append(missing, i)
		case "FAILED":
			broken = append(broken, name)
		}
	}
	return missing, broken, nil
}

// Health counts the objects and looks whether the database has the indexes that a register needs,
// and nothing that is none of its.
func (s *Store) Health(ctx context.Context) (store.Health, error) {
	h := store.Health{Kind: "neo4j", Engine: s.engine, Counts: map[string]int64{}}
	err := s.read(ctx, func(ctx context.Context, r *reader) error {
		counts := []string{"finished"}
		names := make([]string, len(s.schema.shapes))
		for i, sh := range s.schema.shapes {
			names[i] = fmt.Sprintf("c%d", i)
			counts = append(counts, "COUNT { MATCH "+sh.all("n")+" RETURN 1 AS one } AS "+names[i])
		}
		values, err := r.query(ctx, "WITH "+strings.Join(counts, ", "), nil, names...)
		if err != nil {
			return err
		}
		for i, sh := range s.schema.shapes {
			h.Counts[sh.kind.Name], _ = values[i].(int64)
		}
		h.Revision = r.revision()
		version, err := s.version(ctx, r.run)
		if err != nil {
			return err
		}
		h.Schema = int(version)
		h.Integrity, err = s.integrity(ctx, r.run)
		return err
	})
	return h, err
}

func (s *Store) integrity(ctx context.Context, run runner) (string, error) {
	var wrong []string
	missing, broken, err := s.missingIndexes(ctx, run)
	if err != nil {
		return "", err
	}
	for _, i := range missing {
		wrong = append(wrong, "index "+strings.Trim(i.name, "`")+" is missing")
	}
	for _, name := range broken {
		wrong = append(wrong, "index "+name+" has failed")
	}
	values, err := run.one(ctx, "CALL db.labels() YIELD label RETURN collect(label)", nil)
	if err != nil {
		return "", err
	}
	ours := s.schema.labels()
	labels, _ := values[0].([]any)
	for _, raw := range labels {
		if label, _ := raw.(string); !slices.Contains(ours, label) {
			wrong = append(wrong, fmt.Sprintf("nodes labelled %q are no register's", label))
		}
	}
	if wrong == nil {
		return "ok", nil
	}
	return strings.Join(wrong, "; "), nil
}
