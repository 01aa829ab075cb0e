package coherence

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	"xianjie/internal/plan"
)

// Options narrow a run and let its caller watch it. The zero Options check everything.
type Options struct {
	Rules  []*Rule   // nil = the whole catalogue
	Plans  []plan.ID // only subjects that involve at least one of these; empty = all
	Among  []plan.ID // only subjects that involve these and no other plan; empty = all
	Scopes []Scope   // only these; nil = all
	// Today is the day on which periods of grace are counted; "" = none has ended.
	Today plan.Date
	// Details caps the entries of Run.NotChecked: the first ones in their order are kept; 0 = no cap. Counts and verdicts are complete
	// whatever the cap.
	Details int
	// Progress is called now and then, by one goroutine, with how many scopes are done.
	Progress func(done, of int)
}

// Run is the outcome of a check.
type Run struct {
	Findings   []*plan.Finding // most severe first, then by rule, plans and id
	NotChecked []NotChecked    // by pair of plans, indicator, rule and code
	Dropped    int             // entries that Options.Details kept out of NotChecked
	Scopes     int             // how many were checked
	Counts     Counts          // of all answers
	Today      plan.Date       // Options.Today

	frame   *Frame
	rules   []*Rule
	details int
	reasons reasons
	pairs   map[pairKey][]cell
	lone    map[plan.ID][]cell // of indicators: answers about what no plan states
	found   map[pairKey][]*plan.Finding
	byID    map[plan.ID]*plan.Finding
	about   map[plan.ID][]plan.ID // the subjects of a finding, by its id
}

// pairKey are the indexes of two plans in the frame, the smaller first; b is -1 for one plan alone, and both are for none.
type pairKey struct{ a, b int32 }

func pairOf(a, b int32) pairKey { return pairKey{min(a, b), max(a, b)} }

// cell counts the answers of one rule about a pair that have one outcome and one reason.
type cell struct {
	rule    uint8 // position in Run.rules
	outcome uint8 // position in outcomes
	reason  int32 // position in Run.reasons
	count   uint32
}

// reasons keeps every reason once.
type reasons struct {
	all   []Reason
	known map[Reason]int32
}

func (r *reasons) number(reason Reason) int32 {
	if n, ok := r.known[reason]; ok {
		return n
	}
	n := int32(len(r.all))
	r.all = append(r.all, reason)
	r.known[reason] = n
	return n
}

// Check asks the rules about every scope, several scopes at once on several cores. It holds few scopes in memory at a time; what comes out
// does not depend on their order. It stops with the context's error, with the first error of the source, or when a rule panics.
func Check(ctx context.Context, frame *Frame, from Objects, opts Options) (*Run, error) {
	rules := opts.Rules
	if rules == nil {
		rules = Rules()
	}
	run := &Run{
		Today: opts.Today, frame: frame, rules: rules, details: opts.Details, reasons: reasons{known: map[Reason]int32{}},
		pairs: map[pairKey][]cell{}, lone: map[plan.ID][]cell{}, found: map[pairKey][]*plan.Finding{}, byID: map[plan.ID]*plan.Finding{},
		about: map[plan.ID][]plan.ID{},
	}
	scopes := opts.Scopes
	if scopes == nil {
		var err error
		if scopes, err = frame.ScopesOf(ctx, from, needed(rules)...); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	chunks, results := chunked(scopes), make(chan []*scopeResult)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(1, len(scopes))) {
		w := &worker{ctx: ctx, frame: frame, from: from, rules: rules, memo: newMemo(opts, frame)}
		workers.Go(func() {
			if err := w.work(chunks, results); err != nil {
				cancel(err)
			}
		})
	}
	go func() {
		workers.Wait()
		close(results)
	}()
	for part := range results {
		for _, r := range part {
			run.fold(r)
		}
		if opts.Progress != nil {
			opts.Progress(run.Scopes, len(scopes))
		}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	run.finish()
	return run, nil
}

// needed are the kinds of scope that rules speak of, in their order.
func needed(rules []*Rule) []ScopeKind {
	var kinds []ScopeKind
	for _, kind := range scopeKinds() {
		if slices.ContainsFunc(rules, func(r *Rule) bool { return slices.Contains(r.scopes(), kind) }) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// chunked cuts scopes into those that are loaded together and hands them out.
func chunked(scopes []Scope) chan []Scope {
	var all [][]Scope
	for len(scopes) > 0 {
		n := 1
		for n < len(scopes) && n < scopes[0].Kind.atOnce() && scopes[n].Kind == scopes[0].Kind {
			n++
		}
		all = append(all, scopes[:n])
		scopes = scopes[n:]
	}
	chunks := make(chan []Scope, len(all))
	for _, c := range all {
		chunks <- c
	}
	close(chunks)
	return chunks
}

// wanted says whether at least one of two plans, given by index, is among ids.
func (f *Frame) wanted(ids []plan.ID) func(a, b int32) bool {
	chosen := map[int32]bool{}
	for _, id := range ids {
		if i, ok := f.index[id]; ok {
			chosen[i] = true
		}
	}
	return func(a, b int32) bool { return a >= 0 && chosen[a] || b >= 0 && chosen[b] }
}

// among says whether of two plans, given by index, both are among ids, or the one that there is.
func (f *Frame) among(ids []plan.ID) func(a, b int32) bool {
	chosen := map[int32]bool{}
	for _, id := range ids {
		if i, ok := f.index[id]; ok {
			chosen[i] = true
		}
	}
	return func(a, b int32) bool { return a >= 0 && chosen[a] && (b < 0 || chosen[b]) }
}

// fold adds what a scope answered.
func (run *Run) fold(r *scopeResult) {
	run.Scopes++
	for _, e := range r.entries {
		c := cell{rule: e.rule, outcome: e.outcome, reason: run.reasons.number(e.reason), count: e.count}
		if e.pair.a < 0 {
			run.lone[e.indicator] = run.reasons.merge(run.lone[e.indicator], c)
		} else {
			run.pairs[e.pair] = run.reasons.merge(run.pairs[e.pair], c)
		}
		run.Counts.add(outcomes()[e.outcome], int(e.count))
		if o := outcomes()[e.outcome]; o == Open || o == NotComparable {
			run.detail(e, o)
		}
	}
	for _, f := range r.findings {
		if run.byID[f.ID] == nil {
			run.byID[f.ID], run.about[f.ID] = f.Finding, f.subjects
			run.Findings = append(run.Findings, f.Finding)
			run.found[f.pair] = append(run.found[f.pair], f.Finding)
		}
	}
}

// merge counts c among cells. The least text stands for all of one code, so that the order of scopes doesn't show.
func (r *reasons) merge(cells []cell, c cell) []cell {
	for i := range cells {
		at := &cells[i]
		if at.rule == c.rule && at.outcome == c.outcome && r.all[at.reason].Code == r.all[c.reason].Code {
			at.count += c.count
			if r.all[c.reason].Text < r.all[at.reason].Text {
				at.reason = c.reason
			}
			return cells
		}
	}
	return append(cells, c)
}

func (run *Run) detail(e entry, o Outcome) {
	n := NotChecked{Indicator: e.indicator, Rule: run.rules[e.rule].ID, Outcome: o, Reason: e.reason, Count: int(e.count)}
	if e.pair.a >= 0 {
		n.A = run.frame.plans[e.pair.a].ID
	}
	if e.pair.b >= 0 {
		n.B = run.frame.plans[e.pair.b].ID
	}
	// Behind the last of those that are kept nothing is kept any longer.
	if run.Dropped > 0 && compareNotChecked(n, run.NotChecked[run.details-1]) > 0 {
		run.Dropped++
		return
	}
	run.NotChecked = append(run.NotChecked, n)
	if run.details > 0 && len(run.NotChecked) >= 2*run.details {
		run.cut()
	}
}

// cut sorts what wasn't checked and keeps the first of it.
func (run *Run) cut() {
	slices.SortFunc(run.NotChecked, compareNotChecked)
	if run.details > 0 && len(run.NotChecked) > run.details {
		run.Dropped += len(run.NotChecked) - run.details
		run.NotChecked = slices.Delete(run.NotChecked, run.details, len(run.NotChecked))
	}
}

func (run *Run) finish() {
	run.cut()
	slices.SortFunc(run.Findings, CompareFindings)
	for _, findings := range run.found {
		slices.SortFunc(findings, CompareFindings)
	}
}

// tallies are the cells of all pairs and indicators, in no order.
func (run *Run) tallies() iter.Seq[[]cell] {
	return func(yield func([]cell) bool) {
		for _, cells := range run.pairs {
			if !yield(cells) {
				return
			}
		}
		for _, cells := range run.lone {
			if !yield(cells) {
				return
			}
		}
	}
}

func compareNotChecked(x, y NotChecked) int {
	return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B), cmp.Compare(x.Indicator, y.Indicator),
		cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Reason.Code, y.Reason.Code), cmp.Compare(x.Outcome, y.Outcome),
		cmp.Compare(x.Reason.Text, y.Reason.Text), cmp.Compare(x.Count, y.Count))
}

// CompareFindings orders findings for reading: most severe first, then by rule, plans and id.
func CompareFindings(x, y *plan.Finding) int {
	return cmp.Or(cmp.Compare(severityRank(x.Severity), severityRank(y.Severity)), cmp.Compare(x.Rule, y.Rule),
		slices.Compare(x.Plans, y.Plans), cmp.Compare(x.ID, y.ID))
}

// severityRank is 0 for a blocker.
func severityRank(s plan.Severity) int { return slices.Index(s.Values(), string(s)) }

// Fingerprint is the id of a rule's finding about subjects, in any order. It changes with nothing else: not with values, texts, other
// objects or the run.
func Fingerprint(rule string, subjects ...plan.ID) plan.ID {
	ids := slices.Sorted(slices.Values(subjects))
	h := sha256.New()
	h.Write([]byte(rule))
	for _, id := range ids {
		h.Write([]byte("\n" + string(id)))
	}
	return plan.MakeID("finding", strings.ToLower(rule)+"-"+hex.EncodeToString(h.Sum(nil)[:8]))
}
