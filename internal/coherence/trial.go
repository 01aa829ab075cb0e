package coherence

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"

	"xianjie/internal/plan"
)

// Trial is what a run would say if the facts were others.
type Trial struct {
	Diff
	Verdicts []VerdictChange // on pairs of plans about which anything would be answered otherwise, by id
}

// VerdictChange is the verdict on one pair as it is and as it would be.
type VerdictChange struct{ Before, After Verdict }

// Try has scopes checked with other facts, says what would come out, and leaves the run as it was. Frame is one that was edited from the
// run's own. Options without scopes mean all of them.
func (run *Run) Try(ctx context.Context, frame *Frame, from Objects, opts Options) (*Trial, error) {
	if opts.Scopes == nil {
		var err error
		if opts.Scopes, err = run.all(ctx, frame, from); err != nil {
			return nil, err
		}
	}
	results, err := run.answersFor(ctx, frame, from, opts)
	if err != nil {
		return nil, err
	}
	was, before := run.frame, map[Scope]*kept{}
	for _, s := range opts.Scopes {
		if k := run.results[s]; k != nil {
			before[s] = k
		}
	}
	pairs := run.moved(before, results)
	t := &Trial{Verdicts: make([]VerdictChange, len(pairs))}
	for i, pair := range pairs {
		t.Verdicts[i].Before = run.Verdict(frame.idsOf(pair)) // the new frame knows all numbers of the old
	}
	t.Diff = *run.replace(frame, opts.Scopes, results)
	for i, pair := range pairs {
		t.Verdicts[i].After = run.Verdict(frame.idsOf(pair))
	}
	for _, r := range results {
		run.forget(r.scope)
	}
	run.frame = was
	for s, k := range before {
		run.remember(s, k)
	}
	slices.SortFunc(t.Verdicts, func(x, y VerdictChange) int {
		return cmp.Or(cmp.Compare(x.After.A, y.After.A), cmp.Compare(x.After.B, y.After.B))
	})
	return t, nil
}

// all are the scopes that there are, and those that there would be.
func (run *Run) all(ctx context.Context, frame *Frame, from Objects) ([]Scope, error) {
	scopes, err := frame.ScopesOf(ctx, from, needed(run.rules)...)
	if err != nil {
		return nil, err
	}
	for s := range run.results {
		scopes = append(scopes, s)
	}
	slices.SortFunc(scopes, compareScopes)
	return slices.Compact(scopes), nil
}

// moved are the pairs of two plans about which results say otherwise than what is kept.
func (run *Run) moved(before map[Scope]*kept, results []*scopeResult) []pairKey {
	type said struct {
		cell
		indicator int32
		finding   plan.ID
		severity  int8
	}
	seed := maphash.MakeSeed()
	sums := map[pairKey]uint64{} // equal sums of hashes are equal answers
	for _, k := range before {
		for _, a := range k.answers {
			sums[a.pair] -= maphash.Comparable(seed, said{cell: a.cell, indicator: a.indicator})
		}
		for _, b := range k.findings {
			for _, pair := range b.pairs {
				sums[pair] -= maphash.Comparable(seed, said{finding: b.id, severity: b.severity})
			}
		}
	}
	for _, r := range results {
		for _, a := range run.taken(r) {
			sums[a.pair] += maphash.Comparable(seed, said{cell: a.cell, indicator: a.indicator})
		}
		for _, f := range r.findings {
			sums[f.pair] += maphash.Comparable(seed, said{finding: f.ID, severity: int8(severityRank(f.Severity))})
		}
	}
	var pairs []pairKey
	for pair, sum := range sums {
		if sum != 0 && pair.b >= 0 {
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// remember puts back what a scope answered.
func (run *Run) remember(s Scope, k *kept) {
	for _, a := range k.answers {
		run.tally(a, +1)
	}
	for _, b := range k.findings {
		if b.scopes++; b.scopes == 1 {
			run.open[b.id] = b
			for _, pair := range b.pairs {
				run.found[pair] = append(run.found[pair], b)
			}
		}
	}
	run.results[s] = k
	run.Scopes++
}
