package coherence

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"xianjie/internal/plan"
)

// Diff is what a recheck found otherwise than before.
type Diff struct {
	Reported []*plan.Finding // all that the scopes report now, new or not, each once, by id
	Opened   []plan.ID       // findings that were not reported before, sorted
	Closed   []plan.ID       // findings that no longer are, sorted
}

// Recheck has the scopes of the options checked again, with the facts as they are now, and puts the answers in the place of the old ones.
// Frame is the run's own or one that was edited from it. Nothing has changed when there is an error.
func (run *Run) Recheck(ctx context.Context, frame *Frame, from Objects, opts Options) (*Diff, error) {
	results, err := run.answersFor(ctx, frame, from, opts)
	if err != nil {
		return nil, err
	}
	return run.replace(frame, opts.Scopes, results), nil
}

// replace puts results in the place of what scopes answered.
func (run *Run) replace(frame *Frame, scopes []Scope, results []*scopeResult) *Diff {
	run.frame = frame
	before := run.reported(scopes)
	reported := map[plan.ID]*plan.Finding{}
	answered := map[Scope]bool{}
	for _, r := range results {
		answered[r.scope] = true
		run.take(r, func(f *plan.Finding) { reported[f.ID] = f })
	}
	for _, s := range scopes {
		if !answered[s] {
			run.forget(s)
		}
	}
	d := &Diff{Reported: slices.SortedFunc(maps.Values(reported), func(a, b *plan.Finding) int { return cmp.Compare(a.ID, b.ID) })}
	for id := range reported {
		if !before[id] {
			d.Opened = append(d.Opened, id)
		}
	}
	for id := range before {
		if run.open[id] == nil {
			d.Closed = append(d.Closed, id)
		}
	}
	slices.Sort(d.Opened)
	slices.Sort(d.Closed)
	return d
}

// answersFor asks the rules about the scopes that (still) are.
func (run *Run) answersFor(ctx context.Context, frame *Frame, from Objects, opts Options) ([]*scopeResult, error) {
	opts.Scopes = slices.DeleteFunc(slices.Clone(opts.Scopes), func(s Scope) bool { return !frame.has(s) })
	slices.SortFunc(opts.Scopes, compareScopes)
	opts.Scopes = slices.Compact(opts.Scopes)
	if len(opts.Scopes) == 0 {
		return nil, nil // none, where Check would take all
	}
	var results []*scopeResult
	asked := &Run{frame: frame, rules: run.rules}
	err := asked.ask(ctx, from, opts, func(r *scopeResult) { results = append(results, r) })
	return results, err
}

// reported are the findings that some scopes report, or another scope reports as well.
func (run *Run) reported(scopes []Scope) map[plan.ID]bool {
	ids := map[plan.ID]bool{}
	for _, s := range scopes {
		if k := run.results[s]; k != nil {
			for _, b := range k.findings {
				ids[b.id] = true
			}
		}
	}
	return ids
}

// Reports says whether a finding is among those that the run's rules report.
func (run *Run) Reports(id plan.ID) bool { return run.open[id] != nil }

// Waive says whether a finding is waived: verdicts name it, but do not count it.
func (run *Run) Waive(id plan.ID, waived bool) {
	if waived {
		run.waived[id] = true
		return
	}
	delete(run.waived, id)
}

// has says whether there is such a scope.
func (f *Frame) has(s Scope) bool {
	switch s.Kind {
	case IndicatorScope:
		return f.indicators[s.ID] != nil && f.hasBranch(s.Branch)
	case IdentityScope:
		return f.terms[s.ID] != nil && f.hasBranch(s.Branch)
	case PlanScope:
		return f.Plan(s.ID) != nil
	case RegionScope:
		return f.plansFor[s.ID] != nil
	}
	return s.ID != ""
}
