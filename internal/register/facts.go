package register

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/store"
)

// facts gives the rules what they ask for of a store.
type facts struct{ store store.Store }

var _ coherence.Objects = facts{}

// Objects is that of the interface.
func (f facts) Objects(ctx context.Context, w coherence.Want) ([]plan.Object, error) {
	kind := plan.KindNamed(w.Kind)
	ids := make(query.IDs, len(w.Keys))
	for i, key := range w.Keys {
		ids[i] = plan.ID(key)
	}
	sel := &query.Selection{Of: []query.Shape{needed(kind, w.By)}, Unordered: true}
	if w.Most > 0 {
		sel.Page.First, sel.Order = w.Most, []query.Order{{Field: kind.Field("id")}}
	}
	switch {
	case w.By == "id":
		sel.IDs = ids
	case kind.Edge(w.By) != nil:
		sel.Filter = query.Related{End: kind.End(w.By), Filter: ids}
	default:
		values := make([]any, len(w.Keys))
		for i, key := range w.Keys {
			values[i] = key
		}
		sel.Filter = query.In{Field: kind.Field(w.By), Values: values}
	}
	if w.Within != nil {
		within := query.Related{End: kind.End("region"), Filter: query.IDs(w.Within.Regions)}
		sel.Filter = query.And{sel.Filter, within}
	}
	if w.Binding {
		sel.Filter = query.And{sel.Filter, query.Compare{Field: kind.Field("nature"), Op: query.EQ, Value: string(plan.Binding)}}
	}
	return read(ctx, f.store, kind, sel)
}

// read gives objects of one kind of which what is needed was selected, with what their ids say.
func read(ctx context.Context, s store.Store, kind *plan.Kind, sel *query.Selection) ([]plan.Object, error) {
	result, err := s.Fetch(ctx, sel)
	if err != nil {
		return nil, err
	}
	objects, err := decode[plan.Object](result.Root)
	for _, o := range objects {
		complete(kind, o)
	}
	return objects, err
}

// complete adds what an object's id says.
func complete(kind *plan.Kind, o plan.Object) {
	meta := o.Base()
	meta.Code = meta.ID.Local()
	if owner := kind.Owner(); owner != nil && owner.To[0].Name == "Plan" {
		owner.Set(o, []plan.ID{coherence.PlanOf(meta.ID)})
	}
}

// unread are the fields that no rule looks at, of any kind.
var unread = map[string]bool{
	"code": true, // the id says it
	"note": true, "summary": true, "definition": true, "aliases": true, "documentNumber": true, "order": true,
	"announcedIndicators": true, "announcedBinding": true, "announcedExpected": true, "gbCode": true, "edition": true,
	"version": true, "createdAt": true, "updatedAt": true,
	"source.date": true, "source.address": true, "source.locator": true,
	"reviewedBy": true, "reviewNote": true, "fromReviewed": true, "toReviewed": true,
}

// needed is what rules may look at of a kind. Of a figure they look at the words that it was stated in, of actuals at who published them
// and whether they were stated or derived. What objects are wanted by is needed in any case; their code, and what plan they are part of,
// their ids say.
func needed(kind *plan.Kind, by string) query.Shape {
	shape := query.Whole(kind)
	shape.Columns = slices.DeleteFunc(slices.Clone(shape.Columns), func(f *plan.Field) bool {
		switch f.Name {
		case "text":
			return kind.Name != "Target" && kind.Name != "Observation"
		case "source.document", "source.publisher", "source.confidence":
			return kind.Name != "Observation"
		}
		return unread[f.Name]
	})
	shape.Children = slices.DeleteFunc(shape.Children, func(s *query.Selection) bool {
		switch s.Via.Name {
		case "section", "supporting":
			return by != s.Via.Name
		}
		return s.Via.Edge.Owner && s.Via.Edge.To[0].Name == "Plan"
	})
	return shape
}

// Classes is that of the interface.
func (f facts) Classes(ctx context.Context) ([]string, error) {
	kind := plan.KindNamed("Task")
	result, err := f.store.Fetch(ctx, &query.Selection{
		Filter:    query.And{query.Null{Field: kind.Field("action"), Not: true}, query.Null{Field: kind.Field("objectClass"), Not: true}},
		Unordered: true,
		Of:        []query.Shape{{Kind: kind, Columns: []*plan.Field{kind.Field("objectClass")}}},
	})
	if err != nil {
		return nil, err
	}
	var classes []string
	t := result.Root.Tables[0]
	for row := range t.Rows {
		class, _ := t.Cell(row, 0)
		classes = append(classes, string(class))
	}
	slices.Sort(classes)
	return slices.Compact(classes), nil
}

// loadFrame loads what every scope may need: whatever is not counted by the hundred thousand. As many kinds are read at once as there are
// cores: a store that has just started has to plan each statement.
func loadFrame(ctx context.Context, s store.Store) (*coherence.Frame, error) {
	kinds := []string{"Link", "Plan", "Indicator", "Region", "Organization", "Calibre", "Zone"} // what is most of it first
	loaded, errs := make([][]plan.Object, len(kinds)), make([]error, len(kinds))
	var next atomic.Int32
	var reading sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		reading.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(kinds); i = int(next.Add(1)) - 1 {
				loaded[i], errs[i] = loadKind(ctx, s, plan.KindNamed(kinds[i]))
			}
		})
	}
	reading.Wait()
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	return coherence.NewFrame(slices.Concat(loaded...)), nil
}

func loadKind(ctx context.Context, s store.Store, kind *plan.Kind) ([]plan.Object, error) {
	return read(ctx, s, kind, &query.Selection{Of: []query.Shape{needed(kind, "")}, Unordered: true})
}
