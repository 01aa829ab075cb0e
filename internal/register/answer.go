package register

import (
	"xianjie/internal/plan"
)

// kept are the changes that make the stored finding of an id what the rules report now, nil when they no longer do. An answer stays with
// its finding, also when it is gone.
func kept(id plan.ID, old, now *plan.Finding, today plan.Date) []plan.Op {
	if now == nil {
		if old == nil {
			return nil
		}
		if old.Answer == (plan.Answer{}) {
			return []plan.Op{{Remove: id}}
		}
		now = old
		gone := *now
		gone.State = plan.FindingGone
		return []plan.Op{{Upsert: &gone}}
	}
	f := *now
	if old != nil {
		f.Answer = old.Answer
	}
	f.State = stateOf(f.Answer, today)
	return []plan.Op{{Upsert: &f}}
}

// stateOf is the state of a finding that is reported: a waiver that has ended leaves it open again.
func stateOf(a plan.Answer, today plan.Date) plan.FindingState {
	if a.Decision == "" || expired(a, today) {
		return plan.FindingOpen
	}
	return plan.FindingAnswered
}

// expired says whether the last day of an answer has passed.
func expired(a plan.Answer, today plan.Date) bool {
	return a.Until != "" && a.Until.Compare(today) == plan.Before
}

// waived says whether a finding is answered so that it does not count: rejected for a time that has not ended.
func waived(f *plan.Finding, today plan.Date) bool {
	return f != nil && f.Answer.Decision == plan.Rejected && !expired(f.Answer, today)
}
