package graph

import (
	"context"
	"iter"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

type subscriptionResolver struct{ resolvers }

func (r resolvers) Subscription() SubscriptionResolver { return subscriptionResolver{r} }

func (r subscriptionResolver) Changes(ctx context.Context, after *int) (<-chan *Revision, error) {
	from, err := r.from(ctx, after)
	if err != nil {
		return nil, err
	}
	return stream(ctx, r.register.Watch(ctx, from), revisionModel), nil
}

func (r subscriptionResolver) FindingsChanged(ctx context.Context, plans []string, after *int) (<-chan *FindingsChange, error) {
	from, err := r.from(ctx, after)
	if err != nil {
		return nil, err
	}
	return stream(ctx, r.register.WatchFindings(ctx, ids(plans), from), findingsChange), nil
}

// from is the revision that a subscription begins behind: where the register stands, when none is given.
func (r subscriptionResolver) from(ctx context.Context, after *int) (plan.Revision, error) {
	if after != nil {
		return plan.Revision(*after), nil
	}
	return r.register.Now(ctx)
}

// stream hands events on one by one: the next is not taken before this one is. An error ends the stream, and is its last response, see
// endings.
func stream[E, M any](ctx context.Context, events iter.Seq2[E, error], model func(E) M) <-chan M {
	out := make(chan M)
	go func() {
		defer close(out)
		end, _ := ctx.Value(endingKey{}).(*ending)
		defer func() {
			if p := recover(); p != nil {
				end.set(graphql.GetOperationContext(ctx).Recover(ctx, p))
			}
		}()
		for event, err := range events {
			if err != nil {
				end.set(err)
				return
			}
			select {
			case out <- model(event):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

type endingKey struct{}

// ending is the error that a stream ended with. gqlgen's streams only end.
type ending struct {
	mu  sync.Mutex
	err error
}

func (e *ending) set(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.err = err
}

// take gives the error once.
func (e *ending) take() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	err := e.err
	e.err = nil
	return err
}

// endings makes the error that a stream ends with its last response.
func endings(exec *executor.Executor) graphql.OperationMiddleware {
	return func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		end := &ending{}
		responses := next(context.WithValue(ctx, endingKey{}, end))
		return func(ctx context.Context) *graphql.Response {
			if resp := responses(ctx); resp != nil {
				return resp
			}
			err := end.take()
			if err == nil || ctx.Err() != nil {
				return nil
			}
			return exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(err)})
		}
	}
}
