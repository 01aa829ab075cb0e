package coherence

import (
	"cmp"
	"context"
	"slices"

	"xianjie/internal/plan"
)

// worker checks scopes, one after the other.
type worker struct {
	ctx     context.Context
	frame   *Frame
	from    Objects
	rules   []*Rule
	memo    *memo
	entries []entry // room for those of one scope
	pairs   int     // that the last scope answered about
	width   int     // how many scopes are loaded together; see mostLoaded
}

// mostLoaded is how many facts a worker has in memory before it loads fewer scopes together. In a register of many plans it begins with few.
const (
	mostLoaded = 4_000
	manyPlans  = 1_000
	mostNear   = 300 // plans next to those that are loaded together
)

// scopeResult is all that the rules said about one scope.
type scopeResult struct {
	scope      Scope
	entries    []entry
	reasons    []Reason  // by the numbers that entries have of them
	indicators []plan.ID // the same
	findings   []found
	reads      reads
}

// entry counts equal answers. There are a great many of them: they are small, and the collector finds nothing to follow in them.
type entry struct {
	answers
	next int32 // the next entry about the pair, -1 = none
}

type found struct {
	*plan.Finding
	rule     uint8 // position in Run.rules
	pair     pairKey
	subjects []plan.ID
}

func (w *worker) work(chunks <-chan chunk, results chan<- part) error {
	var kind ScopeKind
	for c := range chunks {
		if k := c.scopes[0].Kind; k != kind {
			kind = k
			w.width = kind.atOnce()
			if len(w.frame.plans) > manyPlans {
				w.width = max(1, w.width/8)
			}
			w.memo.forget()
		}
		for rest := c.scopes; len(rest) > 0; {
			n := w.frame.together(rest, w.width)
			loaded, err := w.load(rest[:n])
			if err != nil {
				return err
			}
			rest = rest[n:]
			answered := part{c.number, make([]*scopeResult, 0, n), len(rest) == 0}
			for i, facts := range loaded {
				loaded[i] = nil // it may go as soon as it is checked
				r, err := w.check(facts)
				if err != nil {
					return err
				}
				answered.results = append(answered.results, r)
			}
			select {
			case results <- answered:
			case <-w.ctx.Done():
				return context.Cause(w.ctx)
			}
		}
	}
	return nil
}

// leading is how many scopes come first that belong to so many things, all scopes of each.
func leading(scopes []Scope, things int) int {
	n := 1
	for ; n < len(scopes); n++ {
		if scopes[n].ID != scopes[n-1].ID {
			if things--; things == 0 {
				break
			}
		}
	}
	return n
}

// together is how many scopes are loaded together when so many things are: fewer plans where these are linked to many others, whose targets may
// have to be loaded too.
func (f *Frame) together(scopes []Scope, things int) int {
	n := leading(scopes, things)
	if scopes[0].Kind == PlanScope {
		near := 0
		for i, s := range scopes[:n] {
			if near += len(f.in[s.ID]) + len(f.out[s.ID]); near > mostNear && i > 0 {
				return i
			}
		}
	}
	return n
}

// load loads some scopes, and decides how many are loaded together the next time.
func (w *worker) load(scopes []Scope) ([]*Facts, error) {
	if err := context.Cause(w.ctx); err != nil {
		return nil, err
	}
	loaded, err := w.frame.load(w.ctx, w.from, scopes)
	n := 0
	for _, facts := range loaded {
		n += facts.size()
	}
	switch {
	case n > mostLoaded:
		w.width = max(1, w.width/2)
	case n < mostLoaded/4:
		w.width = min(2*w.width, scopes[0].Kind.atOnce())
	}
	return loaded, err
}

// check asks the rules about one scope. It turns a rule's panic into an error: one broken rule must not take the process down, nor pass for
// a clean result.
func (w *worker) check(facts *Facts) (result *scopeResult, err error) {
	facts.memo = w.memo
	if facts.Scope.Kind.branched() && facts.size() == 0 {
		return &scopeResult{scope: facts.Scope}, nil
	}
	r := &Report{
		frame: w.frame, wants: w.memo.wants, result: &scopeResult{scope: facts.Scope, entries: w.entries[:0]}, heads: make(map[pairKey]int32, w.pairs),
		reasons: numbers[Reason]{}, indicators: numbers[plan.ID]{},
	}
	defer func() {
		if p := recover(); p != nil {
			err = plan.Errorf(plan.Internal, string(facts.Scope.ID), "rule %s broke on scope %s: %v", r.rule.ID, facts.Scope.Kind, p)
		}
	}()
	var comparing []int
	for i, rule := range w.rules {
		if rule.Check != nil && slices.Contains(rule.Scopes, facts.Scope.Kind) {
			r.rule, r.position = rule, uint8(i)
			rule.Check(facts, r)
		}
		if rule.Compare != nil && facts.Scope.Kind == IndicatorScope {
			comparing = append(comparing, i)
		}
	}
	if len(comparing) > 0 {
		for p := range facts.pairs() {
			for _, i := range comparing {
				r.rule, r.position = w.rules[i], uint8(i)
				r.rule.Compare(facts, p, r)
			}
		}
	}
	if facts.targets != nil && facts.targets.err != nil {
		return nil, facts.targets.err
	}
	r.result.reads = facts.reads
	slices.SortFunc(r.result.findings, func(a, b found) int { return cmp.Compare(a.ID, b.ID) })
	w.entries, w.pairs = r.result.entries, len(r.heads)
	r.result.entries, r.result.reasons, r.result.indicators = slices.Clone(w.entries), r.reasons.all, r.indicators.all
	return r.result, nil
}

// Report takes the rules' answers about the subjects of one scope.
type Report struct {
	frame    *Frame
	wants    func(a, b int32) bool
	rule     *Rule // that is being asked
	position uint8
	result   *scopeResult
	heads    map[pairKey]int32 // the first entry about a pair
	lastPair pairKey           // that was answered about, and the first entry about it: the next answer is mostly about the same
	lastHead int32

	reasons    numbers[Reason]
	indicators numbers[plan.ID]
	indicator  plan.ID // that was answered about last, and its number: it is mostly the same
	number     int32
}

// Answer counts one answer. A finding that it carries needs everything but its id, code, rule, dimension and state.
func (r *Report) Answer(a Answer) {
	key := a.key
	if key == (pairKey{}) {
		key = r.frame.keyOf(a)
	}
	if !r.wants(key.a, key.b) {
		return
	}
	r.count(key, a)
	if f := a.Finding; f != nil {
		f.ID = Fingerprint(r.rule.ID, a.Subjects...)
		f.Code = f.ID.Local()
		f.Rule, f.Dimension, f.State = r.rule.ID, r.rule.Dimension, plan.FindingOpen
		r.result.findings = append(r.result.findings, found{f, r.position, key, a.Subjects})
	}
}

func (r *Report) count(pair pairKey, a Answer) {
	head, ok := r.lastHead, r.lastPair == pair
	if !ok {
		if head, ok = r.heads[pair]; !ok {
			head = -1
		}
	}
	r.lastPair, r.lastHead = pair, head
	if r.indicator != a.Indicator || len(r.indicators.all) == 0 {
		r.indicator, r.number = a.Indicator, r.indicators.number(a.Indicator)
	}
	outcome := a.Outcome.position()
	for i := head; i >= 0; i = r.result.entries[i].next {
		at := &r.result.entries[i]
		if at.rule != r.position || at.outcome != outcome || at.indicator != r.number {
			continue
		}
		if known := &r.reasons.all[at.reason]; known.Code == a.Reason.Code {
			at.count++
			// The least text stands for all of one code, so that the order of subjects doesn't show.
			if a.Reason.Text < known.Text {
				at.reason = r.reasons.number(a.Reason)
			}
			return
		}
	}
	c := cell{rule: r.position, outcome: outcome, reason: r.reasons.number(a.Reason), count: 1}
	r.lastHead = int32(len(r.result.entries))
	r.heads[pair] = r.lastHead
	r.result.entries = append(r.result.entries, entry{answers{c, pair, r.number}, head})
}

// idsOf are the plans of a pair, the smaller id first; "" where there is none.
func (f *Frame) idsOf(key pairKey) (a, b plan.ID) {
	if key.a >= 0 {
		a = f.ids[key.a]
	}
	if key.b >= 0 {
		b = f.ids[key.b]
	}
	if b != "" && b < a {
		a, b = b, a
	}
	return a, b
}

// places are the ranks of a pair's plans, the smaller first, -1 where there is no plan. By them, what is about one plan alone, or none, comes
// before what is about two.
func (f *Frame) places(key pairKey) (a, b int32) {
	rank := f.rank()
	a, b = -1, -1
	if key.a >= 0 {
		a = rank[key.a]
	}
	if key.b >= 0 {
		b = rank[key.b]
	}
	if b >= 0 && b < a {
		a, b = b, a
	}
	return a, b
}

func (f *Frame) keyOf(a Answer) pairKey {
	if a.A == "" {
		return pairKey{-1, -1}
	}
	if a.B == "" {
		return pairKey{f.index[a.A], -1}
	}
	return pairOf(f.index[a.A], f.index[a.B])
}
