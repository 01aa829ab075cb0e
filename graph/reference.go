package graph

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// references collects, below one computed root field, the ids of all stored objects that its
// result points to. The first field that needs one of them fetches its selection for all, so that
// a thousand verdicts with their plans are one read.
type references struct {
	mu      sync.Mutex
	ids     map[plan.ID]bool
	ordered []plan.ID
	fetched map[string]*fetched // by place, see placeOf
}

// fetched is what is selected at one place of the response, of every referenced object.
type fetched struct {
	level   *query.Level
	objects []*object
	items   map[plan.ID]query.Item
	err     error
}

type referencesKey struct{}

func withReferences(ctx context.Context) context.Context {
	return context.WithValue(ctx, referencesKey{}, &references{ids: map[plan.ID]bool{}, fetched: map[string]*fetched{}})
}

// refer notes a reference and gives the id for the model that stands for the object until the field
// middleware writes it: &Plan{ID: refer(ctx, id)}.
func refer(ctx context.Context, id plan.ID) string {
	if r, ok := ctx.Value(referencesKey{}).(*references); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.ids[id] {
			r.ids[id] = true
			r.ordered = append(r.ordered, id)
		}
	}
	return string(id)
}

// referAll makes the models of many objects.
func referAll[M any](ctx context.Context, ids []plan.ID, model func(id string) M) []M {
	models := make([]M, len(ids))
	for i, id := range ids {
		models[i] = model(refer(ctx, id))
	}
	return models
}

// referenced reads the ids back from the models of a field's result; list says that it is a list.
func referenced(result any) (ids []plan.ID, list bool) {
	v := reflect.ValueOf(result)
	if v.Kind() != reflect.Slice {
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return nil, false
		}
		return []plan.ID{plan.ID(result.(Node).GetID())}, false
	}
	for i := range v.Len() {
		ids = append(ids, plan.ID(v.Index(i).Interface().(Node).GetID()))
	}
	return ids, true
}

// field writes the fields below a computed root whose type is a stored kind.
func (b boundary) field(ctx context.Context, next graphql.Resolver) (any, error) {
	result, err := next(ctx)
	if err != nil || result == nil {
		return result, err
	}
	refs, ok := ctx.Value(referencesKey{}).(*references)
	if !ok {
		return result, nil
	}
	fc := graphql.GetFieldContext(ctx)
	build := &builder{schema: b.schema, variables: graphql.GetOperationContext(ctx).Variables}
	if build.possible(fc.Field.Definition.Type.Name()) == nil {
		return result, nil
	}
	ids, list := referenced(result)
	if len(ids) == 0 && !list {
		return nil, nil // a reference to nothing is null
	}
	f := refs.fetch(ctx, b, build, fc)
	if f.err != nil {
		return nil, f.err
	}
	e := &encoder{path: pathOf(fc)}
	var done outcome
	if list {
		done = e.each(len(ids), func(i int) outcome { return f.write(e, ids[i]) })
	} else {
		done = e.settle(f.write(e, ids[0]), fc.Field.Definition.Type.NonNull)
	}
	for _, err := range e.errs {
		graphql.AddError(ctx, err)
	}
	if done == failed {
		return graphql.Null, nil
	}
	return &encoded{json: e.buf}, nil
}

func (f *fetched) write(e *encoder, id plan.ID) outcome {
	item, ok := f.items[id]
	if !ok {
		return null
	}
	return writeItem(e, f.level, item, f.objects)
}

// fetch reads what a field selects of all the references that can stand there, once.
func (r *references) fetch(ctx context.Context, b boundary, build *builder, fc *graphql.FieldContext) *fetched {
	r.mu.Lock()
	defer r.mu.Unlock()
	place, field := placeOf(fc), fc.Field
	if f := r.fetched[place]; f != nil {
		return f
	}
	f := &fetched{items: map[plan.ID]query.Item{}}
	r.fetched[place] = f
	ids := r.of(build.possible(field.Definition.Type.Name()))
	var sel *query.Selection
	sel, f.objects, f.err = build.objectsByID(
		collected{Field: field.Field, sets: []ast.SelectionSet{field.Selections}}, ids)
	if f.err != nil {
		return f
	}
	result, err := b.register.Fetch(ctx, sel)
	if err != nil {
		f.err = err
		return f
	}
	f.level = result.Root
	for i, item := range result.Root.Items {
		if item != query.Missing {
			f.items[ids[i]] = item
		}
	}
	return f
}

func (r *references) of(kinds []*plan.Kind) []plan.ID {
	var ids []plan.ID
	for _, id := range r.ordered {
		for _, k := range kinds {
			if plan.KindOf(id) == k {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// placeOf is the path of a field without indexes: all siblings are at one place. The field of the
// document does not tell: a fragment may bring it to two places with different fields to merge.
func placeOf(fc *graphql.FieldContext) string {
	var b strings.Builder
	for _, s := range pathOf(fc) {
		if s.name != "" {
			b.WriteString(s.name + ".")
		}
	}
	return b.String()
}

func pathOf(fc *graphql.FieldContext) []step {
	var path []step
	for _, element := range fc.Path() {
		switch p := element.(type) {
		case ast.PathName:
			path = append(path, step{name: string(p)})
		case ast.PathIndex:
			path = append(path, step{index: int(p)})
		}
	}
	return path
}
