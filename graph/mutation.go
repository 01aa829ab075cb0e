package graph

import (
	"context"

	"xianjie/internal/plan"
	"xianjie/internal/register"
)

type mutationResolver struct{ resolvers }

func (r resolvers) Mutation() MutationResolver { return mutationResolver{r} }

// origin is who changes something, why, and with which idempotency key.
type origin struct{ key, by, note *string }

// author is the actor of changes that do not say who makes them.
const author = "graphql"

func (o origin) set(ops ...plan.Op) plan.ChangeSet {
	cs := plan.ChangeSet{Key: textOf(o.key), Actor: textOf(o.by), Note: textOf(o.note), Ops: ops}
	if cs.Actor == "" {
		cs.Actor = author
	}
	return cs
}

func (r mutationResolver) upsert(ctx context.Context, kind string, input map[string]any, expected *int, o origin) (*Changed, error) {
	object, err := objectOf(plan.KindNamed(kind), input)
	if err != nil {
		return nil, err
	}
	return r.change(ctx, o.set(plan.Op{Upsert: object, Expect: expectation(expected)}))
}

// change makes the changes and refers to what was written. A conflict comes with the objects as they are.
func (r mutationResolver) change(ctx context.Context, cs plan.ChangeSet) (*Changed, error) {
	out, err := r.register.Change(ctx, cs)
	if plan.CodeOf(err) == plan.Conflict {
		return nil, r.conflict(ctx, cs, err)
	}
	if err != nil {
		return nil, err
	}
	var written []plan.ID
	for _, op := range cs.Ops {
		if op.Upsert != nil {
			written = append(written, op.ID())
		}
	}
	return changed(ctx, out, written), nil
}

func changed(ctx context.Context, out *register.Outcome, written []plan.ID) *Changed {
	c := &Changed{
		Objects: referAll(ctx, written, nodeModel), Revision: int(out.Revision), Closed: []string{},
		Opened: referAll(ctx, out.Opened, func(id string) *Finding { return &Finding{ID: id} }),
	}
	for _, id := range out.Closed {
		c.Closed = append(c.Closed, string(id))
	}
	return c
}

// conflict is a refused change with the objects that it is about, as they are now.
type conflict struct {
	error
	current []plan.Object
}

func (c conflict) Unwrap() error { return c.error }

func (r mutationResolver) conflict(ctx context.Context, cs plan.ChangeSet, err error) error {
	var ids []plan.ID
	for _, op := range cs.Ops {
		if op.Expect != nil {
			ids = append(ids, op.ID())
		}
	}
	current, fetchErr := r.register.Objects(ctx, ids)
	if fetchErr != nil {
		return err
	}
	return conflict{err, current}
}

func (r mutationResolver) Remove(ctx context.Context, id string, cascade *bool, expected *int, key, by, note *string) (*Changed, error) {
	if err := unremovable(plan.ID(id)); err != nil {
		return nil, err
	}
	return r.change(ctx, origin{key, by, note}.set(plan.Op{Remove: plan.ID(id), Cascade: cascade != nil && *cascade, Expect: expectation(expected)}))
}

func (r mutationResolver) Apply(ctx context.Context, changes []map[string]any, key, by, note *string) (*Changed, error) {
	ops, err := opsOf(changes)
	if err != nil {
		return nil, err
	}
	return r.change(ctx, origin{key, by, note}.set(ops...))
}

func (r mutationResolver) ImportPlans(ctx context.Context, document string, name *string, dryRun *bool, by *string) (*Imported, error) {
	o := origin{by: by}
	done, err := r.register.ImportText(ctx, textOf(name), []byte(document), register.ImportOptions{DryRun: dryRun != nil && *dryRun, Actor: o.set().Actor})
	if err != nil {
		return nil, err
	}
	out := &Imported{Documents: done.Documents, Objects: done.Objects, Added: done.Added, Changed: done.Changed}
	if done.Outcome != nil {
		out.Outcome = changed(ctx, done.Outcome, nil)
	}
	return out, nil
}

func (r mutationResolver) AnswerFinding(ctx context.Context, id string, decision Decision, reason *string, by string, until *string, expected *int) (*Changed, error) {
	answer := plan.Answer{Decision: plan.Decision(decision), Reason: textOf(reason), By: by, Until: plan.Date(textOf(until))}
	out, err := r.register.AnswerFinding(ctx, plan.ID(id), answer, expectation(expected))
	if plan.CodeOf(err) == plan.Conflict {
		return nil, r.conflict(ctx, plan.ChangeSet{Ops: []plan.Op{{Remove: plan.ID(id), Expect: expectation(expected)}}}, err)
	}
	if err != nil {
		return nil, err
	}
	return changed(ctx, out, []plan.ID{plan.ID(id)}), nil
}

func (r mutationResolver) ReviewLink(ctx context.Context, id string, by string, note, on *string, expected *int) (*Changed, error) {
	out, err := r.register.ReviewLink(ctx, register.Review{
		Link: plan.ID(id), By: by, Note: textOf(note), On: plan.Date(textOf(on)), Expect: expectation(expected),
	})
	if plan.CodeOf(err) == plan.Conflict {
		return nil, r.conflict(ctx, plan.ChangeSet{Ops: []plan.Op{{Remove: plan.ID(id), Expect: expectation(expected)}}}, err)
	}
	if err != nil {
		return nil, err
	}
	return changed(ctx, out, []plan.ID{plan.ID(id)}), nil
}

func expectation(version *int) *int64 {
	if version == nil {
		return nil
	}
	v := int64(*version)
	return &v
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
