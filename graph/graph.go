// Package graph is the GraphQL boundary: it turns selection sets into query.Selection, writes the
// results as response JSON, and resolves what is computed. It must not know SQL, Cypher or HTTP.
//
// Fields whose type is a stored kind never reach a gqlgen resolver. A root field of one is taken by
// storedRoot: select.go builds the query, register fetches it, encode.go writes it. Below a
// computed root, reference.go does the same for all siblings at once.
package graph

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
)

// Options are what a server of the graph may decide.
type Options struct {
	Limits        Limits
	Introspection bool
	Version       string // of the program
	Log           *slog.Logger
}

// New makes the executor of GraphQL operations over a register.
func New(r *register.Register, o Options) *executor.Executor {
	schema := NewExecutableSchema(Config{Schema: served(), Resolvers: resolvers{r, o.Version}})
	exec := executor.New(schema)
	Protect(exec, o.Limits, o.Log)
	exec.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		graphql.GetOperationContext(ctx).DisableIntrospection = !o.Introspection
		return next(ctx)
	})
	exec.AroundOperations(endings(exec))
	b := boundary{register: r, schema: schema.Schema(), buffers: &sync.Pool{New: func() any { return &encoded{} }}}
	exec.AroundRootFields(b.rootField)
	exec.AroundFields(b.field)
	return exec
}

// served is the schema without @defer, which gqlgen adds to every one: the transports send one
// response, so introspection would promise what nobody keeps.
func served() *ast.Schema {
	schema := *NewExecutableSchema(Config{}).Schema()
	schema.Directives = maps.Clone(schema.Directives)
	delete(schema.Directives, "defer")
	return &schema
}

type boundary struct {
	register *register.Register
	schema   *ast.Schema
	buffers  *sync.Pool // of *encoded, for answers that are being written
}

// rootField answers the root fields of stored kinds and gives the computed ones a place to collect
// references. gqlgen runs root fields in goroutines of its own: a panic here would end the process.
func (b boundary) rootField(ctx context.Context, next graphql.RootResolver) (m graphql.Marshaler) {
	root := graphql.GetRootFieldContext(ctx)
	op := graphql.GetOperationContext(ctx)
	defer func() {
		if r := recover(); r != nil {
			b.report(ctx, root.Field, op.Recover(ctx, r))
			m = graphql.Null
		}
	}()
	kind, ok := storedRoot(root.Field.Definition)
	if op.Operation.Operation != ast.Query || !ok {
		return next(withReferences(ctx))
	}
	build := &builder{schema: b.schema, variables: op.Variables}
	f := collected{Field: root.Field.Field, sets: []ast.SelectionSet{root.Field.Selections}}
	sel, out, err := build.root(kind, f)
	if err != nil {
		b.report(ctx, root.Field, err)
		return graphql.Null
	}
	result, err := b.fetch(ctx, sel, f.ArgumentMap(op.Variables)["asOf"])
	if err != nil {
		b.report(ctx, root.Field, err)
		return graphql.Null
	}
	answer := b.buffers.Get().(*encoded)
	e := &encoder{buf: answer.json[:0], path: []step{{name: root.Field.Alias}}}
	done := e.settle(out(e, result.Root), root.Field.Definition.Type.NonNull)
	answer.json, answer.home = e.buf, b.buffers
	for _, err := range e.errs {
		graphql.AddError(ctx, err)
	}
	if done == failed {
		return graphql.Null
	}
	return answer
}

// fetch reads a selection as the register is, or was at the revision asOf.
func (b boundary) fetch(ctx context.Context, sel *query.Selection, asOf any) (*query.Result, error) {
	at, given := pageNumber(asOf)
	if !given {
		return b.register.Fetch(ctx, sel)
	}
	return b.register.FetchAsOf(ctx, sel, plan.Revision(at))
}

func (b boundary) report(ctx context.Context, f graphql.CollectedField, err error) {
	graphql.AddError(ctx, &gqlerror.Error{
		Err: err, Message: err.Error(), Path: ast.Path{ast.PathName(f.Alias)},
		Locations: []gqlerror.Location{{Line: f.Position.Line, Column: f.Position.Column}},
	})
}

// encoded is finished response JSON. gqlgen writes it once; then its buffer goes home, unless it is
// larger than most answers are.
type encoded struct {
	json []byte
	home *sync.Pool
}

const largestKept = 1 << 20

func (e *encoded) MarshalGQL(w io.Writer) {
	_, _ = w.Write(e.json) // into gqlgen's buffer, which takes everything
	if home := e.home; home != nil && cap(e.json) <= largestKept {
		e.home = nil // it is written once; whoever takes it next says where home is
		home.Put(e)
	}
}

// A rootOutput writes the value of a root field from the root level.
type rootOutput func(*encoder, *query.Level) outcome

// storedRoot says whether a root field is answered by the reader alone: a connection of a kind, a
// search, or objects by their ids.
func storedRoot(def *ast.FieldDefinition) (*plan.Kind, bool) {
	switch def.Name {
	case "node", "nodes", "plan", "search":
		return nil, true
	}
	k := plan.KindPlural(def.Name)
	return k, k != nil
}

func (b *builder) root(kind *plan.Kind, f collected) (*query.Selection, rootOutput, error) {
	args := f.ArgumentMap(b.variables)
	switch f.Name {
	case "node", "plan":
		return b.byID(f, args["id"])
	case "nodes":
		return b.byIDs(f, args["ids"])
	case "search":
		return b.search(f, args)
	}
	sel := &query.Selection{}
	c, err := b.connection(sel, newShapes([]*plan.Kind{kind}), f)
	return sel, func(e *encoder, l *query.Level) outcome { return c.writeLevel(e, l, 0) }, err
}

func (b *builder) byID(f collected, arg any) (*query.Selection, rootOutput, error) {
	sel, objects, err := b.objectsByID(f, []plan.ID{plan.ID(fmt.Sprint(arg))})
	return sel, func(e *encoder, l *query.Level) outcome {
		return writeItem(e, l, l.Items[0], objects)
	}, err
}

func (b *builder) byIDs(f collected, arg any) (*query.Selection, rootOutput, error) {
	items := anys(arg)
	if len(items) > MaxPage {
		return nil, nil, plan.Errorf(plan.BadUserInput, "ids", "saw %d ids, wanted at most %d", len(items), MaxPage)
	}
	ids := make([]plan.ID, len(items))
	for i, item := range items {
		ids[i] = plan.ID(fmt.Sprint(item))
	}
	sel, objects, err := b.objectsByID(f, ids)
	return sel, func(e *encoder, l *query.Level) outcome {
		e.buf = append(e.buf, '[')
		for i, item := range l.Items {
			if i > 0 {
				e.buf = append(e.buf, ',')
			}
			e.path = append(e.path, step{index: i})
			e.settle(writeItem(e, l, item, objects), false)
			e.path = e.path[:len(e.path)-1]
		}
		e.buf = append(e.buf, ']')
		return written
	}, err
}

// objectsByID selects the objects of a field's type that have the ids, in their order.
func (b *builder) objectsByID(f collected, ids []plan.ID) (*query.Selection, []*object, error) {
	var kinds []*plan.Kind
	for _, k := range b.possible(f.Definition.Type.Name()) {
		for _, id := range ids {
			if plan.KindOf(id) == k {
				kinds = append(kinds, k)
				break
			}
		}
	}
	shapes := newShapes(kinds)
	objects, err := b.objects(shapes, f.sets)
	sel := &query.Selection{IDs: ids}
	finish(sel, shapes)
	return sel, objects, err
}

// possible are the kinds that a value of a GraphQL type may be of, none when it is no stored type.
func (b *builder) possible(typ string) []*plan.Kind {
	if k := plan.KindNamed(typ); k != nil {
		return []*plan.Kind{k}
	}
	if typ == "Node" {
		return plan.Kinds()
	}
	return nil
}

func (b *builder) search(f collected, args map[string]any) (*query.Selection, rootOutput, error) {
	kinds := plan.Kinds()
	if args["kinds"] != nil {
		kinds = kindsNamed(args["kinds"])
	}
	text, _ := args["text"].(string)
	sel := &query.Selection{}
	c, err := b.connection(sel, newShapes(kinds), f)
	sel.Filter = query.Text{Query: text}
	return sel, func(e *encoder, l *query.Level) outcome { return c.writeLevel(e, l, 0) }, err
}

// Schema is the text of the schema, with its descriptions.
func Schema() string { return sources[0].Input }
