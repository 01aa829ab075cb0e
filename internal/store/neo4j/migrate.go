package neo4j

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/plan"
	"xianjie/internal/store"
)

// steps bring a register from one schema version to the next; one that was interrupted is done
// again. A step is never edited after its release.
var steps = [...]migration{
	{writes: []string{
		"MERGE (b:" + begunLabel + ") SET b.`revision` = coalesce(b.`revision`, 0)",
		"MERGE (f:" + finishedLabel + ") SET f.`revision` = coalesce(f.`revision`, 0)",
	}},
	// Full-text indexes are brought up to date behind a commit, and have other names: a program that does not wait for them finds none.
	// The log is packed, which an older program can't read.
	{drops: []string{"change_ids", "search_calibre", "search_finding", "search_goal", "search_indicator", "search_observation", "search_organization",
		"search_plan", "search_principle", "search_project", "search_region", "search_safeguard", "search_section", "search_target", "search_task", "search_zone"}},
}

// migration lists indexes that are wanted no longer, those of constraints apart, and statements that are one transaction together with the
// version. Indexes that the description asks for are none of its business: they are made whenever a register is opened.
type migration struct{ drops, writes []string }

// preparation is one try to prepare the database.
type preparation struct {
	done chan struct{} // closed at its end
	err  error         // why it failed, when it is done
}

// ready waits until the database is prepared. A try goes on when whoever asked for it waits no longer, so that a database that is slow after
// its start is prepared however short everybody's patience is. A refusal is for good: to go on trying with a wrong password would lock its
// user out.
func (s *Store) ready(ctx context.Context) error {
	if s.prepared.Load() {
		return nil
	}
	p := s.preparation()
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// preparation is the try that is under way, or a new one.
func (s *Store) preparation() *preparation {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.underway
	if p != nil {
		return p
	}
	p = &preparation{done: make(chan struct{}), err: s.refusal}
	if s.prepared.Load() || s.refusal != nil || s.life.Err() != nil {
		p.err = cmp.Or(p.err, s.life.Err())
		close(p.done)
		return p
	}
	s.underway = p
	s.running.Go(func() {
		p.err = s.prepare(s.life)
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case p.err == nil:
			s.prepared.Store(true)
		case !later(p.err) && s.life.Err() == nil:
			s.refusal = p.err
		}
		s.underway = nil
		close(p.done)
	})
	return p
}

// abandon ends the preparation that is under way.
func (s *Store) abandon() {
	s.mu.Lock()
	s.cut() // none begins after this
	s.mu.Unlock()
	s.running.Wait()
}

// later says whether a database that could not be prepared may be prepared at another time.
func later(err error) bool { return passing(err) || plan.CodeOf(err) == plan.Timeout }

// prepare brings the database to the newest schema.
func (s *Store) prepare(ctx context.Context) error {
	session := s.session(ctx, driver.AccessModeWrite)
	defer closeSession(ctx, session)
	run := s.alone(session)
	if err := s.hello(ctx, run); err != nil {
		return err
	}
	if err := s.migrate(ctx, run); err != nil || s.options.Opening == Untouched {
		return s.fail(ctx, err)
	}
	return s.fail(ctx, s.ensureIndexes(ctx, run))
}

// hello finds out which version answers. A server that takes the connection and then says nothing
// is waited for with patience, not for ever.
func (s *Store) hello(ctx context.Context, run runner) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Patience)
	defer cancel()
	values, err := run.one(ctx, "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]", nil)
	if err != nil {
		return s.fail(ctx, err)
	}
	if values != nil {
		s.engine, _ = values[0].(string)
	}
	if !recent(s.engine) {
		return plan.Errorf(plan.Unsupported, s.url, "saw Neo4j version %q, wanted 5.26 or newer: the register needs a newer server", s.engine)
	}
	return nil
}

// recent says whether a version such as 5.26.30, 5.27-aura or 2025.01.0 is 5.26 or newer.
func recent(version string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n != 2 {
		return false
	}
	return major > 5 || major == 5 && minor >= 26
}

// migrate makes the register in an empty database, and takes an older one step by step further, as
// far as the opening allows.
func (s *Store) migrate(ctx context.Context, run runner) error {
	for {
		version, err := s.version(ctx, run)
		if err != nil {
			return err
		}
		if version > int64(len(steps)) {
			return plan.Errorf(plan.Unsupported, s.url, "the register has schema version %d, written by a newer program; this one knows versions up to %d, and left it as it is: use the newer program",
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
		if s.options.Opening == Untouched {
			return plan.Errorf(plan.Unsupported, s.url, "the register has schema version %d, wanted %d: whatever works on it next brings it there", version, len(steps))
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

// found makes the register where the database is empty, if the opening allows it.
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
		return plan.Errorf(plan.Conflict, s.url, "the database %s holds %d nodes that are no register's (labels %v), wanted an empty one or a register, and left it as it is: use a database of the register's own",
			s.options.Database, count, labels[0])
	}
	if s.options.Opening != Make {
		return plan.Errorf(plan.NotFound, s.url, "the database %s is empty, there is no register in it: import documents into it first, or name another", s.options.Database)
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
	for _, name := range steps[version].drops { // each in a transaction of its own, which the database demands
		if err := s.alone(session).exec(ctx, "DROP INDEX "+quote(name)+" IF EXISTS", nil); err != nil {
			return err
		}
	}
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
	for _, text := range steps[version].writes {
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
	if len(broken) > 0 {
		return plan.Errorf(plan.Internal, s.url, "%s has failed: drop it, and opening the register makes it again", broken[0])
	}
	if len(missing) == 0 {
		return nil
	}
	for _, i := range missing {
		if err := run.exec(ctx, i.text, nil); err != nil {
			var fromServer *driver.Neo4jError
			if errors.As(err, &fromServer) && strings.HasPrefix(fromServer.Code, "Neo.ClientError.Schema.") {
				return &plan.Error{Code: plan.Conflict, Path: s.url, Err: err,
					Message: fmt.Sprintf("%s can't be made (%s): what stands in its way was made by another program", i, fromServer.Code)}
			}
			return err
		}
	}
	return run.exec(ctx, "CALL db.awaitIndexes(600)", nil)
}

// missingIndexes are those that the description asks for and the database has not, and those that
// it has and that failed.
func (s *Store) missingIndexes(ctx context.Context, run runner) (missing, broken []index, err error) {
	values, err := run.one(ctx, "SHOW INDEXES YIELD name, state, owningConstraint RETURN collect([name, state, owningConstraint])", nil)
	if err != nil {
		return nil, nil, err
	}
	failed, owned := map[string]bool{}, map[string]bool{} // by the names of those that are there
	list, _ := values[0].([]any)
	for _, raw := range list {
		cells, ok := raw.([]any)
		if !ok || len(cells) != 3 {
			return nil, nil, malformed(raw)
		}
		name, _ := cells[0].(string)
		failed[name] = cells[1] == "FAILED"
		owned[name] = cells[2] != nil
	}
	for _, i := range s.schema.indexes {
		name := i.plain()
		switch bad, there := failed[name]; {
		case !there, i.constraint() && !owned[name]:
			missing = append(missing, i)
		case bad:
			broken = append(broken, i)
		}
	}
	return missing, broken, nil
}

// Health counts the objects and looks whether the database has the indexes that a register needs,
// and nothing that is none of its.
func (s *Store) Health(ctx context.Context) (store.Health, error) {
	h := store.Health{Kind: "neo4j", Counts: map[string]int64{}}
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
		h.Engine = s.engine
		h.Integrity, err = s.integrity(ctx, r.run)
		return err
	})
	return h, err
}

// integrity is "ok", or what is wrong and what helps.
func (s *Store) integrity(ctx context.Context, run runner) (string, error) {
	missing, broken, err := s.missingIndexes(ctx, run)
	if err != nil {
		return "", err
	}
	var wrong []string
	for _, i := range missing {
		wrong = append(wrong, i.String()+" is missing")
	}
	if missing != nil {
		wrong = append(wrong, "whatever works on the register next makes what is missing")
	}
	for _, i := range broken {
		wrong = append(wrong, i.String()+" has failed: drop it, and opening the register makes it again")
	}
	for _, foreign := range []struct {
		what, text string
		ours       []string
	}{
		{"nodes labelled", "CALL db.labels() YIELD label RETURN collect(label)", s.schema.labels()},
		{"relationships of type", "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN collect(type)", s.schema.relationshipTypes()},
	} {
		values, err := run.one(ctx, foreign.text, nil)
		if err != nil {
			return "", err
		}
		names, _ := values[0].([]any)
		for _, raw := range names {
			if name, _ := raw.(string); !slices.Contains(foreign.ours, name) {
				wrong = append(wrong, fmt.Sprintf("%s %q are no register's: move them to a database of their own", foreign.what, name))
			}
		}
	}
	if wrong == nil {
		return "ok", nil
	}
	return strings.Join(wrong, "; "), nil
}
