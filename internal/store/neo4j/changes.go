package neo4j

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"xianjie/internal/plan"
)

// logged is a part of what one set changed, as a node of the log has it.
type logged struct {
	revision plan.Revision
	at       time.Time
	actor    string
	note     string
	ids      []any    // texts
	afters   [][]byte // beside each id the object's canonical JSON; empty for a removal
}

// loggedCells is the list that decodeLog reads: of c, a node of the log, and r, its revision. Objects are packed; a register of schema
// version 1 has them as a list of texts.
const loggedCells = "[c.`revision`, r.`at`, r.`actor`, r.`note`, c.`ids`, coalesce(c.`packed`, c.`afters`)]"

// Changes reads the log by revision and position, in which it was written.
func (s *Store) Changes(ctx context.Context, after plan.Revision, limit int) ([]plan.Change, error) {
	if limit <= 0 {
		return nil, unfit("limit", "saw %d, wanted at least 1", limit)
	}
	const body = "WITH finished, COLLECT { MATCH (c:" + changeLabel + ") WHERE c.`revision` > $in.after AND c.`position` IS NOT NULL" +
		" WITH c ORDER BY c.`revision`, c.`position` UNWIND range(1, size(c.`ids`)) AS i WITH c LIMIT $in.limit WITH DISTINCT c" +
		" MATCH (r:" + revisionLabel + " {revision: c.`revision`}) RETURN " + loggedCells + " AS entry ORDER BY c.`revision`, c.`position` } AS entries"
	var log []logged
	err := s.read(ctx, func(ctx context.Context, r *reader) error {
		values, err := r.query(ctx, body, map[string]any{"after": int64(after), "limit": int64(limit) + 1}, "entries")
		if err != nil {
			return err
		}
		log, err = decodeLog(values[0])
		return err
	})
	if err != nil {
		return nil, err
	}
	var changes []plan.Change
	for _, l := range log {
		for i := range l.ids {
			changes = append(changes, l.change(i))
		}
	}
	if len(changes) <= limit {
		return changes, nil
	}
	cut := limit
	for cut > 0 && changes[cut-1].Revision == changes[limit].Revision {
		cut--
	}
	if cut == 0 {
		cut = limit // one revision alone exceeds the limit
	}
	return changes[:cut], nil
}

func (l *logged) change(i int) plan.Change {
	id, _ := l.ids[i].(string)
	change := plan.Change{Revision: l.revision, At: l.at, Actor: l.actor, Note: l.note, ID: plan.ID(id)}
	if len(l.afters[i]) > 0 {
		change.After = l.afters[i]
	}
	return change
}

func decodeLog(value any) ([]logged, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, malformed(value)
	}
	log := make([]logged, len(list))
	for n, raw := range list {
		cells, ok := raw.([]any)
		if !ok || len(cells) != 6 {
			return nil, malformed(raw)
		}
		l := &log[n]
		text := func(i int) string { t, _ := cells[i].(string); return t }
		revision, ok := cells[0].(int64)
		if !ok {
			return nil, malformed(cells[0])
		}
		var err error
		if l.at, err = time.Parse(plan.TimeLayout, text(1)); err != nil {
			return nil, err
		}
		l.revision, l.actor, l.note = plan.Revision(revision), text(2), text(3)
		if l.ids, ok = cells[4].([]any); !ok {
			return nil, malformed(cells[4])
		}
		switch afters := cells[5].(type) {
		case []byte:
			if l.afters, err = unpack(afters); err != nil {
				return nil, err
			}
		case []any:
			for i := range afters {
				after, _ := afters[i].(string)
				l.afters = append(l.afters, []byte(after))
			}
		}
		if len(l.afters) != len(l.ids) {
			return nil, plan.Errorf(plan.Internal, "", "the log of revision %d is damaged: saw %d objects, wanted %d", revision, len(l.afters), len(l.ids))
		}
	}
	return log, nil
}

// packers compress; each takes more memory than most of what it packs.
var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, flate.BestSpeed)
	if err != nil {
		panic(err) // there is such a level
	}
	return w
}}

// pack is what the changes leave, compressed: a line for each, in JSON, which has no line break of its own; an empty line for a removal.
// Of a log as it is that is an eighth.
func pack(changes []change) []byte {
	var packed bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&packed)
	for _, c := range changes {
		for _, part := range [][]byte{c.after, {'\n'}} {
			if _, err := w.Write(part); err != nil {
				panic(err) // a buffer takes all
			}
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return packed.Bytes()
}

func unpack(packed []byte) ([][]byte, error) {
	all, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, fmt.Errorf("what a change left can't be unpacked: %w", err)
	}
	lines := bytes.Split(all, []byte{'\n'})
	return lines[:len(lines)-1], nil
}
