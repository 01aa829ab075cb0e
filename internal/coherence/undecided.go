package coherence

import (
	"cmp"
	"slices"

	"xianjie/internal/plan"
)

// Undecided are the answers that are OPEN or NOT_COMPARABLE about the pairs of plans that are wanted (b is "" for one plan alone, both are
// for none), by pair, indicator, rule and code: the first ones in this order, at most so many where most is above 0, and how many more
// there are. The run has to be one that is kept.
func (run *Run) Undecided(most int, wanted func(a, b plan.ID) bool) (first []NotChecked, more int) {
	u := undecided{most: most}
	for _, k := range run.results {
		for _, a := range k.answers {
			if wanted == nil || wanted(run.frame.idsOf(a.pair)) {
				u.add(run, a)
			}
		}
	}
	return u.told(run), u.more
}

// undecided collects what could not be decided, and keeps the first of it.
type undecided struct {
	most  int
	first []placed
	more  int
}

// placed are answers and where their pair stands in the order of all.
type placed struct {
	a, b int32 // see Frame.places
	answers
}

func (u *undecided) add(run *Run, a answers) {
	if o := outcomes()[a.outcome]; o != Open && o != NotComparable {
		return
	}
	p := placed{answers: a}
	p.a, p.b = run.frame.places(a.pair)
	// Behind the last of those that are kept nothing is kept any longer.
	if u.more > 0 && run.compareAnswers(p, u.first[u.most-1]) > 0 {
		u.more++
		return
	}
	if u.first = append(u.first, p); u.most > 0 && len(u.first) >= 2*u.most {
		u.cut(run)
	}
}

func (u *undecided) cut(run *Run) {
	slices.SortFunc(u.first, run.compareAnswers)
	if u.most > 0 && len(u.first) > u.most {
		u.more += len(u.first) - u.most
		u.first = u.first[:u.most]
	}
}

// told cuts what was collected, and puts it into words: what the branches of one indicator say alike as one.
func (u *undecided) told(run *Run) []NotChecked {
	u.cut(run)
	all := make([]NotChecked, 0, len(u.first))
	for i, a := range u.first {
		if i > 0 && run.compareSubjects(u.first[i-1], a) == 0 {
			all[len(all)-1].Count += int(a.count)
			continue
		}
		n := NotChecked{
			Indicator: run.names.all[a.indicator], Rule: run.rules[a.rule].ID, Outcome: outcomes()[a.outcome],
			Reason: run.reasons.all[a.reason], Count: int(a.count),
		}
		n.A, n.B = run.frame.idsOf(a.pair)
		all = append(all, n)
	}
	return all
}

// compareAnswers orders answers by pair of plans, indicator, rule, code, outcome, words and count.
func (run *Run) compareAnswers(x, y placed) int {
	if c := run.compareSubjects(x, y); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(run.reasons.all[x.reason].Text, run.reasons.all[y.reason].Text), cmp.Compare(x.count, y.count))
}

// compareSubjects orders answers as far as those of different branches can be alike.
func (run *Run) compareSubjects(x, y placed) int {
	switch {
	case x.a != y.a:
		return cmp.Compare(x.a, y.a)
	case x.b != y.b:
		return cmp.Compare(x.b, y.b)
	}
	rx, ry := run.reasons.all[x.reason], run.reasons.all[y.reason]
	return cmp.Or(cmp.Compare(run.names.all[x.indicator], run.names.all[y.indicator]), cmp.Compare(run.rules[x.rule].ID, run.rules[y.rule].ID),
		cmp.Compare(rx.Code, ry.Code), cmp.Compare(outcomes()[x.outcome], outcomes()[y.outcome]))
}
