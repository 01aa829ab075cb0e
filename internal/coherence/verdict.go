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
	key, known := run.keyOf(a, b)
	if !known || run.tallies.heads[key] == 0 {
		v.Outcome = Unchecked
		v.Reasons = []VerdictReason{{Code: NothingShared, Text: "两份规划之间没有任何规则所需的共同内容", Count: 1}}
		return v
	}
	byDimension := map[plan.Dimension]Counts{}
	for c := range run.tallies.of(key) {
		rule, o := run.rules[c.rule], outcomes()[c.outcome]
		v.Counts.add(o, int(c.count))
		d := byDimension[rule.Dimension]
		d.add(o, int(c.count))
		byDimension[rule.Dimension] = d
		if reason := run.reasons.all[c.reason]; reason.Code != "" {
			v.because(VerdictReason{rule.ID, reason.Code, reason.Text, int(c.count)})
		}
	}
	slices.SortFunc(v.Reasons, func(x, y VerdictReason) int {
		return cmp.Or(-cmp.Compare(x.Count, y.Count), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Code, y.Code))
	})
	findings := slices.SortedFunc(slices.Values(run.found[key]), compareBriefs)
	for _, f := range findings {
		v.Findings = append(v.Findings, f.id)
	}
	findings = slices.DeleteFunc(findings, func(b *brief) bool { return run.waived[b.id] })
	v.Outcome = outcome(findings, byDimension)
	if v.Outcome == Unchecked && len(v.Reasons) == 0 {
		v.Reasons = []VerdictReason{{Code: NothingShared, Text: "两份规划之间没有可以比较的指标，也没有可以核对的依据", Count: 1}}
	}
	v.Complementary = assess(findings, plan.Complementary, byDimension)
	v.Executable = assess(findings, plan.Executable, byDimension)
	return v
}

// because counts a reason. The least text stands for all of one code.
func (v *Verdict) because(r VerdictReason) {
	for i := range v.Reasons {
		if at := &v.Reasons[i]; at.Rule == r.Rule && at.Code == r.Code {
			at.Count += r.Count
			at.Text = min(at.Text, r.Text)
			return
		}
	}
	v.Reasons = append(v.Reasons, r)
}

func compareBriefs(x, y *brief) int {
	return cmp.Or(cmp.Compare(x.severity, y.severity), cmp.Compare(x.rule.ID, y.rule.ID), cmp.Compare(x.id, y.id))
}

func outcome(findings []*brief, byDimension map[plan.Dimension]Counts) VerdictOutcome {
	// That one plan takes up or is carried out beside another says nothing of whether what they set agrees.
	conflict := byDimension[plan.NoConflict]
	all := byDimension[plan.Consistent]
	all.sum(conflict)
	switch {
	case all.Passed+all.Failed+all.NotComparable == 0:
		return Unchecked
	case grave(findings, plan.NoConflict):
		return Conflict
	case grave(findings, plan.Consistent):
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

// grave says whether there is an error or a blocker of a dimension.
func grave(findings []*brief, d plan.Dimension) bool {
	return slices.ContainsFunc(findings, func(f *brief) bool {
		return f.rule.Dimension == d && int(f.severity) <= severityRank(plan.SevError)
	})
}

func assess(findings []*brief, d plan.Dimension, byDimension map[plan.Dimension]Counts) *bool {
	c := byDimension[d]
	if c.Passed+c.Failed == 0 {
		return nil
	}
	good := !grave(findings, d)
	if d == plan.Complementary {
		good = c.Passed > 0
	}
	return &good
}

// keyOf finds two plans, false when the frame doesn't have both.
func (run *Run) keyOf(a, b plan.ID) (pairKey, bool) {
	ia, okA := run.frame.index[a]
	ib, okB := run.frame.index[b]
	return pairOf(ia, ib), okA && okB
}

// Pairs are the pairs of plans about which any rule gave any answer, sorted by id.
func (run *Run) Pairs() [][2]plan.ID {
	var pairs [][2]plan.ID
	for key := range run.tallies.heads {
		if key.a >= 0 && key.b >= 0 {
			a, b := run.frame.idsOf(key)
			pairs = append(pairs, [2]plan.ID{a, b})
		}
	}
	slices.SortFunc(pairs, func(x, y [2]plan.ID) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	return pairs
}

// Frame is what the run was checked against.
func (run *Run) Frame() *Frame { return run.frame }

// Rules are the ids of the rules that were asked, in their order.
func (run *Run) Rules() []string { return idsOf(run.rules) }

// RuleCounts are the answers of every rule that was asked, by its id.
func (run *Run) RuleCounts() map[string]Counts {
	sums := map[string]Counts{}
	for _, r := range run.rules {
		sums[r.ID] = Counts{}
	}
	for cell := range run.tallies.all() {
		id := run.rules[cell.rule].ID
		c := sums[id]
		c.add(outcomes()[cell.outcome], int(cell.count))
		sums[id] = c
	}
	return sums
}
