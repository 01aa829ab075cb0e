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
	Scopes []Scope   // only these; nil = all
	// Today is the day on which periods of grace are counted; "" = none has ended.
	Today plan.Date
	// Details caps the entries of Run.NotChecked: the first ones in their order are kept; 0 = no cap. Counts and verdicts are complete
	// whatever the cap.
	Details int
	// Keep remembers what every scope answered, so that Recheck, Try and Undecided can be asked of the run; Run.NotChecked stays empty.
	Keep bool
	// Progress is called now and then, by one goroutine, with how many scopes are done.
	Progress func(done, of int)
	// Found is given every finding as soon as there is one, by one goroutine, in no order; a finding may come twice. When it is not nil,
	// Run.Findings stays empty, so that a run of any size stays small.
	Found func(*plan.Finding)
}

// Run is the outcome of a check.
type Run struct {
	Findings   []*plan.Finding // most severe first, then by rule, plans and id; see Options.Found
	NotChecked []NotChecked    // by pair of plans, indicator, rule and code; see Options.Details
	Dropped    int             // entries that Options.Details kept out of NotChecked
	Scopes     int             // how many were checked
	Counts     Counts          // of all answers
	Today      plan.Date       // Options.Today

	frame     *Frame
	rules     []*Rule
	reasons   numbers[Reason]
	names     numbers[plan.ID] // of indicators
	results   map[Scope]*kept  // nil unless the run is kept
	undecided undecided
	tallies   tallies
	found     map[pairKey][]*brief
	open      map[plan.ID]*brief
	subjects  map[plan.ID][]plan.ID // that the fingerprints of Findings are made of
	waived    map[plan.ID]bool
}

// pairKey are the numbers of two plans in the frame, the smaller first; b is -1 for one plan alone, and both are for none.
type pairKey struct{ a, b int32 }

func pairOf(a, b int32) pairKey { return pairKey{min(a, b), max(a, b)} }

// cell counts the answers of one rule about a pair that have one outcome and one reason.
type cell struct {
	rule    uint8 // position in Run.rules
	outcome uint8 // position in outcomes
	reason  int32 // number in Run.reasons or, before a run has taken the cell over, in those of the scope
	count   uint32
}

// kept is what remains in memory of the answers about one scope.
type kept struct {
	answers  []answers
	findings []*brief
	reads    []plan.ID // see reads
}

type answers struct {
	cell
	pair      pairKey
	indicator int32 // number in Run.names, or in those of the scope
}

// brief is what verdicts need to know of a finding.
type brief struct {
	id       plan.ID
	rule     *Rule
	pairs    []pairKey
	scopes   int32 // that report it
	severity int8  // its rank
}

// numbers gives each of some things a number. The zero value of it knows none.
type numbers[T comparable] struct {
	all   []T // by number
	known map[T]int32
}

func (n *numbers[T]) number(thing T) int32 {
	if i, ok := n.known[thing]; ok {
		return i
	}
	if n.known == nil {
		n.known = map[T]int32{}
	}
	i := int32(len(n.all))
	n.all = append(n.all, thing)
	n.known[thing] = i
	return i
}

// Check asks the rules about every scope, several scopes at once on several cores. It holds few scopes in memory at a time; what comes out
// does not depend on their order. It stops with the context's error, with the first error of the source, or when a rule panics.
func Check(ctx context.Context, frame *Frame, from Objects, opts Options) (*Run, error) {
	rules := opts.Rules
	if rules == nil {
		rules = Rules()
	}
	run := &Run{
		Today: opts.Today, frame: frame, rules: rules, undecided: undecided{most: opts.Details},
		tallies: tallies{heads: map[pairKey]int32{}}, found: map[pairKey][]*brief{}, open: map[plan.ID]*brief{}, waived: map[plan.ID]bool{},
		subjects: map[plan.ID][]plan.ID{},
	}
	if opts.Keep {
		run.results = map[Scope]*kept{}
	}
	if err := run.ask(ctx, from, opts, func(r *scopeResult) { run.take(r, opts.Found) }); err != nil {
		return nil, err
	}
	slices.SortFunc(run.Findings, CompareFindings)
	run.NotChecked, run.Dropped = run.undecided.told(run), run.undecided.more
	run.undecided = undecided{}
	return run, nil
}

// ask has the scopes checked that the options name, or all, and hands on what comes out.
func (run *Run) ask(ctx context.Context, from Objects, opts Options, take func(*scopeResult)) error {
	scopes := opts.Scopes
	if scopes == nil {
		var err error
		if scopes, err = run.frame.ScopesOf(ctx, from, needed(run.rules)...); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	chunks, results := chunked(scopes), make(chan part)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(1, len(scopes))) {
		w := &worker{ctx: ctx, frame: run.frame, from: from, rules: run.rules, memo: newMemo(opts, run.frame)}
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
	done := 0
	early, next := map[int][]part{}, 0 // parts that came before their turn: what comes out must not depend on who was faster
	for p := range results {
		early[p.number] = append(early[p.number], p)
		for parts := early[next]; len(parts) > 0; parts = early[next] {
			delete(early, next)
			for _, p := range parts {
				for _, r := range p.results {
					take(r)
				}
				if p.last {
					next++
				}
			}
		}
		done += len(p.results)
		if opts.Progress != nil {
			opts.Progress(done, len(scopes))
		}
	}
	return context.Cause(ctx)
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

// chunk are scopes that one worker checks; part is what was answered about some of them, in their order.
type (
	chunk struct {
		number int
		scopes []Scope
	}
	part struct {
		number  int // of the chunk
		results []*scopeResult
		last    bool // of the chunk
	}
)

// chunked cuts scopes into chunks and hands them out in their order.
func chunked(scopes []Scope) chan chunk {
	var all []chunk
	for len(scopes) > 0 {
		kind := scopes[0].Kind
		alike := slices.IndexFunc(scopes, func(s Scope) bool { return s.Kind != kind })
		if alike < 0 {
			alike = len(scopes)
		}
		n := leading(scopes[:alike], kind.atOnce())
		all = append(all, chunk{len(all), scopes[:n]})
		scopes = scopes[n:]
	}
	chunks := make(chan chunk, len(all))
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

// take puts what a scope answered in the place of what it answered before.
func (run *Run) take(r *scopeResult, each func(*plan.Finding)) {
	old := run.results[r.scope]
	if old == nil {
		old = &kept{}
		run.Scopes++
	}
	run.drop(old.findings)
	k := &kept{}
	if run.results != nil {
		k.answers = make([]answers, 0, len(r.entries))
		for id := range r.reads {
			k.reads = append(k.reads, plan.ID(strings.Clone(string(id)))) // see taken
		}
		run.results[r.scope] = k
	}
	alike := len(old.answers) == len(r.entries) // then most are equal, and stand where they stood
	for i, a := range run.taken(r) {
		switch {
		case !alike:
			run.tally(a, +1)
		case old.answers[i] != a:
			run.tally(old.answers[i], -1)
			run.tally(a, +1)
		}
		if run.results != nil {
			k.answers = append(k.answers, a)
		} else {
			run.undecided.add(run, a)
		}
	}
	if !alike {
		for _, a := range old.answers {
			run.tally(a, -1)
		}
	}
	for _, f := range r.findings {
		b := run.note(f)
		if run.results != nil {
			k.findings = append(k.findings, b)
		}
		switch {
		case each != nil:
			each(f.Finding)
		case b.scopes == 1:
			run.subjects[f.ID] = f.subjects
			run.Findings = append(run.Findings, f.Finding)
		}
	}
}

// taken are the answers about a scope, with the run's own numbers.
func (run *Run) taken(r *scopeResult) iter.Seq2[int, answers] {
	reasons, indicators := make([]int32, len(r.reasons)), make([]int32, len(r.indicators))
	for i, reason := range r.reasons {
		reasons[i] = run.reasons.number(reason)
	}
	for i, id := range r.indicators {
		indicators[i] = run.names.number(plan.ID(strings.Clone(string(id)))) // not to keep alive the facts that it came with
	}
	return func(yield func(int, answers) bool) {
		for i, e := range r.entries {
			a := e.answers
			a.reason, a.indicator = reasons[a.reason], indicators[a.indicator]
			if !yield(i, a) {
				return
			}
		}
	}
}

// forget takes back what a scope answered.
func (run *Run) forget(s Scope) {
	k := run.results[s]
	if k == nil {
		return
	}
	for _, a := range k.answers {
		run.tally(a, -1)
	}
	run.drop(k.findings)
	delete(run.results, s)
	run.Scopes--
}

// drop takes back that a scope reports findings.
func (run *Run) drop(findings []*brief) {
	for _, b := range findings {
		if b.scopes--; b.scopes == 0 {
			delete(run.open, b.id)
			for _, pair := range b.pairs {
				run.found[pair] = slices.DeleteFunc(run.found[pair], func(other *brief) bool { return other == b })
			}
		}
	}
}

func (run *Run) note(f found) *brief {
	b := run.open[f.ID]
	if b == nil {
		b = &brief{id: f.ID, rule: run.rules[f.rule], severity: int8(severityRank(f.Severity))}
		run.open[f.ID] = b
	}
	if !slices.Contains(b.pairs, f.pair) {
		b.pairs = append(b.pairs, f.pair)
		run.found[f.pair] = append(run.found[f.pair], b)
	}
	b.scopes++
	return b
}

func (run *Run) tally(a answers, sign int) {
	run.Counts.add(outcomes()[a.outcome], sign*int(a.count))
	if a.pair.a < 0 {
		a.pair.b = a.indicator
	}
	run.tallies.add(a.pair, a.cell, sign*int(a.count))
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
