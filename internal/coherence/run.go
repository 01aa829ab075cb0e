package coherence

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"maps"
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// Options narrow a run and let its caller watch it. The zero Options check everything.
type Options struct {
	Rules []*Rule   // nil = the whole catalogue
	Plans []plan.ID // only subjects that involve at least one of these; empty = all
	// Details caps the entries of Run.NotChecked; 0 = no cap. Counts and verdicts are complete whatever the cap.
	Details int
	// Progress is called after every scope, with how many are done.
	Progress func(done int, scope Scope)
}

// Run is the outcome of a check.
type Run struct {
	Findings   []*plan.Finding // most severe first, then by rule, plans and id
	NotChecked []NotChecked    // by pair of plans, indicator, rule and code
	Dropped    int             // entries that Options.Details kept out of NotChecked
	Scopes     int             // how many were checked
	Counts     Counts          // of all answers

	frame   *Frame
	rules   []*Rule
	details int
	pairs   map[pairKey]*tally
	lone    map[plan.ID]*tally        // of indicators: answers about what no plan states
	scope   map[detailKey]*NotChecked // of the scope that is being checked
	byID    map[plan.ID]*plan.Finding
}

// pairKey are the indexes of two plans in the frame, the smaller first; b is -1 for one plan alone, and both are for none.
type pairKey struct{ a, b int32 }

// tally is what all rules said about a pair.
type tally struct {
	rules    []Counts // by position in Run.rules
	reasons  []reasonCount
	findings []*plan.Finding
}

type reasonCount struct {
	rule  int
	code  ReasonCode
	text  string
	count int
}

type detailKey struct {
	pair      pairKey
	indicator plan.ID
	rule      int
	code      ReasonCode
}

// Check asks the rules about every scope. It keeps one scope at a time and stops with the context's error, with the first error that scopes
// yields, or when a rule panics.
func Check(ctx context.Context, frame *Frame, scopes iter.Seq2[*Facts, error], opts Options) (*Run, error) {
	rules := opts.Rules
	if rules == nil {
		rules = Rules()
	}
	run := &Run{
		frame: frame, rules: rules, details: opts.Details,
		pairs: map[pairKey]*tally{}, lone: map[plan.ID]*tally{}, scope: map[detailKey]*NotChecked{}, byID: map[plan.ID]*plan.Finding{},
	}
	m := newMemo()
	if len(opts.Plans) > 0 {
		m.wants = frame.wanted(opts.Plans)
	}
	for facts, err := range scopes {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		facts.memo = m
		for i, rule := range rules {
			if rule.Scope != facts.Scope.Kind {
				continue
			}
			if err := run.ask(rule, i, facts); err != nil {
				return nil, err
			}
		}
		run.closeScope()
		if opts.Progress != nil {
			opts.Progress(run.Scopes, facts.Scope)
		}
	}
	run.finish()
	return run, nil
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

// ask turns a rule's panic into an error: one broken rule must not take the process down, nor pass for a clean result.
func (run *Run) ask(rule *Rule, position int, facts *Facts) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = plan.Errorf(plan.Internal, string(facts.Scope.ID), "rule %s broke on scope %s: %v", rule.ID, facts.Scope.Kind, r)
		}
	}()
	rule.Check(facts, &Report{run: run, rule: rule, position: position, wants: facts.memo.wants})
	return nil
}

func (run *Run) closeScope() {
	run.Scopes++
	entries := slices.SortedFunc(maps.Values(run.scope), func(x, y *NotChecked) int { return compareNotChecked(*x, *y) })
	for _, entry := range entries {
		if run.details > 0 && len(run.NotChecked) >= run.details {
			run.Dropped++
			continue
		}
		run.NotChecked = append(run.NotChecked, *entry)
	}
	clear(run.scope)
}

func (run *Run) finish() {
	slices.SortFunc(run.NotChecked, compareNotChecked)
	slices.SortFunc(run.Findings, CompareFindings)
	for t := range run.tallies() {
		slices.SortFunc(t.findings, CompareFindings)
	}
}

// tallies are all of a run's, in no order.
func (run *Run) tallies() iter.Seq[*tally] {
	return func(yield func(*tally) bool) {
		for _, t := range run.pairs {
			if !yield(t) {
				return
			}
		}
		for _, t := range run.lone {
			if !yield(t) {
				return
			}
		}
	}
}

func compareNotChecked(x, y NotChecked) int {
	return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B), cmp.Compare(x.Indicator, y.Indicator),
		cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Reason.Code, y.Reason.Code))
}

// CompareFindings orders findings for reading: most severe first, then by rule, plans and id.
func CompareFindings(x, y *plan.Finding) int {
	return cmp.Or(cmp.Compare(severityRank(x.Severity), severityRank(y.Severity)), cmp.Compare(x.Rule, y.Rule),
		slices.Compare(x.Plans, y.Plans), cmp.Compare(x.ID, y.ID))
}

// severityRank is 0 for a blocker.
func severityRank(s plan.Severity) int { return slices.Index(s.Values(), string(s)) }

// Report takes a rule's answers about the subjects of one scope.
type Report struct {
	run      *Run
	rule     *Rule
	position int
	wants    func(a, b int32) bool
}

// Answer counts one answer. A finding that it carries needs everything but its id, code, rule, dimension and state.
func (r *Report) Answer(a Answer) {
	key := r.run.keyOf(a)
	if !r.wants(key.a, key.b) {
		return
	}
	t := r.run.tallyFor(key, a.Indicator)
	t.rules[r.position].add(a.Outcome)
	r.run.Counts.add(a.Outcome)
	if a.Reason.Code != "" {
		t.because(r.position, a.Reason)
	}
	if a.Outcome == Open || a.Outcome == NotComparable {
		r.detail(key, a)
	}
	if a.Finding != nil {
		r.keep(t, a.Finding, a.Subjects)
	}
}

func (run *Run) keyOf(a Answer) pairKey {
	if a.A == "" {
		return pairKey{-1, -1}
	}
	key := pairKey{run.frame.index[a.A], -1}
	if a.B != "" {
		key.b = run.frame.index[a.B]
		if key.a > key.b {
			key.a, key.b = key.b, key.a
		}
	}
	return key
}

func (run *Run) tallyFor(key pairKey, indicator plan.ID) *tally {
	alone := key.a < 0
	t := run.pairs[key]
	if alone {
		t = run.lone[indicator]
	}
	if t != nil {
		return t
	}
	t = &tally{rules: make([]Counts, len(run.rules))}
	if alone {
		run.lone[indicator] = t
		return t
	}
	run.pairs[key] = t
	return t
}

func (t *tally) because(rule int, reason Reason) {
	for i := range t.reasons {
		if c := &t.reasons[i]; c.rule == rule && c.code == reason.Code {
			c.count++
			// The least text stands for all, so that the order of scopes doesn't show.
			c.text = min(c.text, reason.Text)
			return
		}
	}
	t.reasons = append(t.reasons, reasonCount{rule, reason.Code, reason.Text, 1})
}

func (r *Report) detail(pair pairKey, a Answer) {
	key := detailKey{pair, a.Indicator, r.position, a.Reason.Code}
	if entry := r.run.scope[key]; entry != nil {
		entry.Count++
		return
	}
	entry := &NotChecked{Indicator: a.Indicator, Rule: r.rule.ID, Outcome: a.Outcome, Reason: a.Reason, Count: 1}
	if pair.a >= 0 {
		entry.A = r.run.frame.plans[pair.a].ID
	}
	if pair.b >= 0 {
		entry.B = r.run.frame.plans[pair.b].ID
	}
	r.run.scope[key] = entry
}

func (r *Report) keep(t *tally, f *plan.Finding, subjects []plan.ID) {
	f.ID = Fingerprint(r.rule.ID, subjects...)
	f.Rule, f.Dimension, f.State = r.rule.ID, r.rule.Dimension, plan.FindingOpen
	if r.run.byID[f.ID] != nil {
		return
	}
	f.Code = f.ID.Local()
	r.run.byID[f.ID] = f
	r.run.Findings = append(r.run.Findings, f)
	t.findings = append(t.findings, f)
}

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
