package register

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Opinion is what there is to say about plans at a time: what the rules report, what was answered, and what the findings rest on.
type Opinion struct {
	Revision plan.Revision
	Run      *coherence.Run
	// Findings are those of the run as they are stored, with version, state and answer, and those that were answered and are gone; one that
	// the store does not have yet is missing.
	Findings map[plan.ID]*plan.Finding
	Rooms    map[plan.ID]*coherence.Room // what is left to figures that have to change, by finding
	Objects  map[plan.ID]plan.Object     // what the evidence of the findings and their rooms are of, and the sections in which that stands
}

// Opinion checks plans, all when none is named, and stores nothing; NOT_FOUND names a plan that does not exist. The options are those of a
// check, without a day today's is taken. What changes meanwhile may show in a part of it.
func (r *Register) Opinion(ctx context.Context, opts coherence.Options) (*Opinion, error) {
	if err := r.known(ctx, "plans", plan.KindNamed("Plan"), opts.Plans, len(opts.Plans)); err != nil {
		return nil, err
	}
	if opts.Today == "" {
		opts.Today = r.today()
	}
	at, err := r.revision(ctx)
	if err != nil {
		return nil, err
	}
	o := &Opinion{Revision: at, Findings: map[plan.ID]*plan.Finding{}, Objects: map[plan.ID]plan.Object{}}
	if o.Run, err = r.Evaluate(ctx, opts); err != nil {
		return nil, err
	}
	if o.Rooms, err = coherence.RoomsOf(ctx, o.Run.Frame(), facts{r.store}, o.Run.Findings); err != nil {
		return nil, err
	}
	if err := r.answers(ctx, o, opts); err != nil {
		return nil, err
	}
	return o, r.evidence(ctx, o)
}

// answers adds what is stored of the findings.
func (r *Register) answers(ctx context.Context, o *Opinion, opts coherence.Options) error {
	kind := plan.KindNamed("Finding")
	gone, err := objects[*plan.Finding](ctx, r.store, query.Compare{Field: kind.Field("state"), Op: query.EQ, Value: string(plan.FindingGone)})
	if err != nil {
		return err
	}
	for _, f := range gone {
		if len(opts.Plans) == 0 || slices.ContainsFunc(f.Plans, func(id plan.ID) bool { return slices.Contains(opts.Plans, id) }) {
			o.Findings[f.ID] = f
		}
	}
	return r.answered(ctx, o.Run, opts.Today, func(_, f *plan.Finding) { o.Findings[f.ID] = f })
}

// Answered gives the findings of a run the answers that are stored, as they stand on a day (today without one): verdicts do not count what
// is waived.
func (r *Register) Answered(ctx context.Context, run *coherence.Run, day plan.Date) error {
	return r.answered(ctx, run, cmp.Or(day, r.today()), func(f, stored *plan.Finding) { f.State, f.Answer = stored.State, stored.Answer })
}

// answered tells of each finding of a run what is stored of it, with the state of a day.
func (r *Register) answered(ctx context.Context, run *coherence.Run, day plan.Date, take func(f, stored *plan.Finding)) error {
	found := make(map[plan.ID]*plan.Finding, len(run.Findings))
	for _, f := range run.Findings {
		found[f.ID] = f
	}
	return r.each(ctx, slices.Sorted(maps.Keys(found)), func(o plan.Object) {
		if stored, ok := o.(*plan.Finding); ok {
			stored.State = stateOf(stored.Answer, day)
			run.Waive(stored.ID, waived(stored, day))
			take(found[stored.ID], stored)
		}
	})
}

// evidence adds what the findings rest on.
func (r *Register) evidence(ctx context.Context, o *Opinion) error {
	wanted := map[plan.ID]bool{}
	for _, f := range slices.AppendSeq(slices.Clone(o.Run.Findings), maps.Values(o.Findings)) {
		for _, e := range f.Evidence {
			wanted[e.Object] = true
		}
	}
	for _, room := range o.Rooms {
		for _, id := range room.Targets() {
			wanted[id] = true
		}
	}
	section := func(object plan.Object) plan.ID {
		if e := plan.KindFor(object).Edge("section"); e != nil {
			if ids := e.Get(object); len(ids) > 0 {
				return ids[0]
			}
		}
		return ""
	}
	sections := map[plan.ID]bool{}
	keep := func(object plan.Object) {
		o.Objects[object.Base().ID] = object
		if id := section(object); id != "" {
			sections[id] = true
		}
	}
	delete(wanted, "")
	if err := r.each(ctx, slices.Sorted(maps.Keys(wanted)), keep); err != nil {
		return err
	}
	return r.each(ctx, slices.Sorted(maps.Keys(sections)), keep)
}

// each loads objects a batch at a time; what does not exist is left out.
func (r *Register) each(ctx context.Context, ids []plan.ID, take func(plan.Object)) error {
	for batch := range slices.Chunk(ids, findingBatch) {
		stored, err := r.stored(ctx, batch)
		if err != nil {
			return err
		}
		for _, object := range stored {
			if object != nil {
				take(object)
			}
		}
	}
	return nil
}
