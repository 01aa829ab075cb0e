package coherence

import (
	"cmp"
	"slices"

	"xianjie/internal/plan"
)

// VerdictOutcome is how two plans stand to each other.
type VerdictOutcome string

// The outcomes of a verdict, in the order in which they are tried.
const (
	Unchecked    VerdictOutcome = "NOT_CHECKED"    // no rule had what it needs of both plans
	Conflict     VerdictOutcome = "CONFLICT"       // an open blocker or error of 不冲突
	Inconsistent VerdictOutcome = "INCONSISTENT"   // an open error of 协调一致; or something failed and nothing passed
	Incomparable VerdictOutcome = "NOT_COMPARABLE" // nothing that they share could be compared
	Coherent     VerdictOutcome = "CONSISTENT"     // something that they share was compared and agrees
)

// Chinese is the outcome as a planner reads it.
func (o VerdictOutcome) Chinese() string {
	switch o {
	case Unchecked:
		return "未检查"
	case Conflict:
		return "冲突"
	case Inconsistent:
		return "不一致"
	case Incomparable:
		return "不可比"
	case Coherent:
		return "一致"
	}
	return string(o)
}

// Verdict is what a run says about one pair of plans.
type Verdict struct {
	A, B          plan.ID
	Outcome       VerdictOutcome
	Complementary *bool // nil = not assessed: no rule of 互为补充 answered
	Executable    *bool // nil = not assessed: no rule of 可执行 answered
	Counts        Counts
	Findings      []plan.ID
	Reasons       []VerdictReason // most frequent first
}

// VerdictReason says why answers about a pair were neither PASS nor FAIL.
type VerdictReason struct {
	Rule  string
	Code  ReasonCode
	Text  string
	Count int
}

// Verdict judges the pair in the order of a and b as given. Two plans that no rule looked at together are NOT_CHECKED, and so are two of
// which everything that was looked at is still open: "no conflict" with nothing compared is never CONSISTENT.
func (run *Run) Verdict(a, b plan.ID) Verdict {
	v := Verdict{A: a, B: b}
	t := run.tallyOf(a, b)
	if t == nil {
		v.Outcome = Unchecked
		v.Reasons = []VerdictReason{{Code: NothingShared, Text: "两份规划之间没有任何规则所需的共同内容", Count: 1}}
		return v
	}
	byDimension := map[plan.Dimension]Counts{}
	for i, counts := range t.rules {
		v.Counts.sum(counts)
		d := byDimension[run.rules[i].Dimension]
		d.sum(counts)
		byDimension[run.rules[i].Dimension] = d
	}
	for _, f := range t.findings {
		v.Findings = append(v.Findings, f.ID)
	}
	for _, r := range t.reasons {
		v.Reasons = append(v.Reasons, VerdictReason{run.rules[r.rule].ID, r.code, r.text, r.count})
	}
	slices.SortFunc(v.Reasons, func(x, y VerdictReason) int {
		return cmp.Or(-cmp.Compare(x.Count, y.Count), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Code, y.Code))
	})
	v.Outcome = outcome(t, byDimension)
	v.Complementary = assess(t, plan.Complementary, byDimension)
	v.Executable = assess(t, plan.Executable, byDimension)
	return v
}

func outcome(t *tally, byDimension map[plan.Dimension]Counts) VerdictOutcome {
	var all Counts
	for _, c := range byDimension {
		all.sum(c)
	}
	conflict := byDimension[plan.NoConflict]
	switch {
	case all.Passed+all.Failed+all.NotComparable == 0:
		return Unchecked
	case t.hasError(plan.NoConflict):
		return Conflict
	case t.hasError(plan.Consistent):
		return Inconsistent
	case all.Failed > 0 && all.Passed == 0, conflict.Failed > 0 && conflict.Passed == 0:
		// Warnings alone, with no target that agrees: not a word in favour of CONSISTENT.
		return Inconsistent
	case all.Passed == 0:
		return Incomparable
	case conflict.Passed+conflict.Failed > 0:
		return Coherent
	case conflict.NotComparable > 0:
		// A link in order doesn't make up for targets of which none could be compared.
		return Incomparable
	case conflict.Open > 0:
		return Unchecked
	}
	return Coherent
}

func (t *tally) hasError(d plan.Dimension) bool {
	return slices.ContainsFunc(t.findings, func(f *plan.Finding) bool {
		return f.Dimension == d && severityRank(f.Severity) <= severityRank(plan.SevError)
	})
}

func assess(t *tally, d plan.Dimension, byDimension map[plan.Dimension]Counts) *bool {
	c := byDimension[d]
	if c.Passed+c.Failed == 0 {
		return nil
	}
	good := !t.hasError(d)
	if d == plan.Complementary {
		good = c.Passed > 0
	}
	return &good
}

func (run *Run) tallyOf(a, b plan.ID) *tally {
	ia, okA := run.frame.index[a]
	ib, okB := run.frame.index[b]
	if !okA || !okB {
		return nil
	}
	return run.pairs[pairKey{min(ia, ib), max(ia, ib)}]
}

// Pairs are the pairs of plans about which any rule gave any answer, sorted by id.
func (run *Run) Pairs() [][2]plan.ID {
	var keys []pairKey
	for key := range run.pairs {
		if key.b >= 0 {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(x, y pairKey) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	pairs := make([][2]plan.ID, len(keys))
	for i, key := range keys {
		pairs[i] = [2]plan.ID{run.frame.plans[key.a].ID, run.frame.plans[key.b].ID}
	}
	return pairs
}

// Frame is what the run was checked against.
func (run *Run) Frame() *Frame { return run.frame }

// RuleCounts are the answers of every rule that was asked, by its id.
func (run *Run) RuleCounts() map[string]Counts {
	sums := map[string]Counts{}
	for i, r := range run.rules {
		var c Counts
		for t := range run.tallies() {
			c.sum(t.rules[i])
		}
		sums[r.ID] = c
	}
	return sums
}
