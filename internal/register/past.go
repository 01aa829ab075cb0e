package register

import (
	"context"
	"slices"
	"time"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// mostPast bounds what one question about the past may load, object by object.
const mostPast = 1_000

// FetchAsOf answers a selection of objects by their ids as the register was at a revision: their fields, and along the references that they
// hold themselves the objects there, as they were too. What would need all of the register as it was (filters, and walks back along
// references or across links) is UNSUPPORTED; a revision that there has not been is BAD_USER_INPUT.
func (r *Register) FetchAsOf(ctx context.Context, s *query.Selection, at plan.Revision) (*query.Result, error) {
	if err := answerable(s); err != nil {
		return nil, err
	}
	if at == 0 {
		return nil, plan.Errorf(plan.BadUserInput, "asOf", "saw revision 0, at which there is nothing, wanted 1 or later")
	}
	if _, err := r.reached(ctx, "asOf", at); err != nil {
		return nil, err
	}
	p := &past{store: r.store, ctx: ctx, at: at, dated: dated(s), objects: map[plan.ID]plan.Object{}}
	level := &query.Level{Selection: s}
	if err := p.fill(level, [][]plan.ID{s.IDs}, true); err != nil {
		return nil, err
	}
	return &query.Result{Root: level, Revision: at, Statements: p.statements}, nil
}

// answerable refuses a selection that old states of single objects can't answer.
func answerable(s *query.Selection) error {
	for _, shape := range s.Of {
		for _, child := range shape.Children {
			if child.Via.Edge == nil || child.Via.Reverse {
				return plan.Errorf(plan.Unsupported, child.Via.Name,
					"%s.%s cannot be read as of an earlier revision, only an object and what its own references lead to", shape.Kind, child.Via.Name)
			}
			if err := answerable(child); err != nil {
				return err
			}
		}
	}
	return nil
}

// dated says whether a selection asks for what the log tells of an object only as a whole: its version, and when it was made.
func dated(s *query.Selection) bool {
	for _, shape := range s.Of {
		asks := func(f *plan.Field) bool { return f.Name == "version" || f.Name == "createdAt" }
		if slices.ContainsFunc(shape.Columns, asks) || slices.ContainsFunc(shape.Children, dated) {
			return true
		}
	}
	return false
}

// past loads objects as they were.
type past struct {
	store      store.Store
	ctx        context.Context
	at         plan.Revision
	dated      bool
	objects    map[plan.ID]plan.Object // nil where there was none
	statements int
}

// fill makes the tables of a level from the ids that each parent has there; at the root, where missing is set, every id gets an item.
func (p *past) fill(l *query.Level, ids [][]plan.ID, missing bool) error {
	rows := make([][]plan.Object, len(l.Selection.Of))
	items := map[plan.ID]query.Item{}
	for i := range l.Selection.Of {
		l.Tables = append(l.Tables, query.NewTable(&l.Selection.Of[i]))
	}
	l.Start = append(l.Start, 0)
	for _, of := range ids {
		for _, id := range of {
			item, seen := items[id]
			if !seen {
				o, err := p.object(id)
				if err != nil {
					return err
				}
				item = query.Missing
				if table := slices.IndexFunc(l.Selection.Of, func(s query.Shape) bool { return s.Kind == plan.KindOf(id) }); o != nil && table >= 0 {
					rows[table] = append(rows[table], o)
					item = query.Item{Table: int32(table), Row: appendRow(l.Tables[table], o)}
				}
				items[id] = item
			}
			if missing || item != query.Missing {
				l.Items = append(l.Items, item)
			}
		}
		l.Start = append(l.Start, int32(len(l.Items)))
	}
	for i, t := range l.Tables {
		for _, child := range t.Shape.Children {
			below := &query.Level{Selection: child}
			to := make([][]plan.ID, len(rows[i]))
			for row, o := range rows[i] {
				to[row] = child.Via.Edge.Get(o)
			}
			if err := p.fill(below, to, false); err != nil {
				return err
			}
			t.Children = append(t.Children, below)
		}
	}
	return nil
}

func appendRow(t *query.Table, o plan.Object) int32 {
	for _, f := range t.Shape.Columns {
		switch cell := f.Get(o).(type) {
		case string:
			t.AppendText(cell)
		case int64:
			t.AppendInt(cell)
		case bool:
			t.AppendBool(cell)
		default:
			t.AppendNull()
		}
	}
	return t.EndRow()
}

// object loads one object as it was, nil when there was none.
func (p *past) object(id plan.ID) (plan.Object, error) {
	if o, known := p.objects[id]; known {
		return o, nil
	}
	if len(p.objects) == mostPast {
		return nil, plan.Errorf(plan.ComplexityLimit, "", "the question leads to more than %d objects as they were, ask for less", mostPast)
	}
	p.statements++
	o, changed, err := objectAt(p.ctx, p.store, id, p.at)
	if err != nil {
		return nil, err
	}
	if o != nil {
		o.Base().UpdatedAt = changed
		if err := p.date(o.Base()); err != nil {
			return nil, err
		}
	}
	p.objects[id] = o
	return o, nil
}

// lives are how many entries of an object's history are read at once to count its versions.
const lives = 500

// date counts the changes since the object was made.
func (p *past) date(m *plan.Meta) error {
	if !p.dated {
		return nil
	}
	for want := lives; ; want *= 4 {
		p.statements++
		changes, err := p.store.History(p.ctx, m.ID, p.at, want)
		if err != nil {
			return err
		}
		made := slices.IndexFunc(changes, func(c plan.Change) bool { return c.After == nil })
		if made < 0 && len(changes) == want {
			continue
		}
		if made < 0 {
			made = len(changes)
		}
		m.Version, m.CreatedAt = int64(made), changes[made-1].At
		return nil
	}
}

// objectAt is an object as it was at a revision, and when it had become so; nil when it was not there.
func objectAt(ctx context.Context, s store.Store, id plan.ID, at plan.Revision) (plan.Object, time.Time, error) {
	if at == 0 {
		return nil, time.Time{}, nil // History would take it for the newest
	}
	was, err := s.History(ctx, id, at, 1)
	if err != nil || len(was) == 0 {
		return nil, time.Time{}, err
	}
	o, err := unmarshal(was[0].After)
	return o, was[0].At, err
}
