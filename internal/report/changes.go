package report

import (
	"encoding/json"
	"slices"

	"xianjie/internal/plan"
)

// Changes is what drafts do to a register beside what the report then shows.
type Changes struct {
	Closed []Finding `json:"closed"` // found without the drafts, and not with them
}

// Since leaves in the report only what differs from an earlier one, made without the drafts: findings that are new or say something else,
// pairs whose verdict or findings differ, and what could be checked before and now cannot. The summary counts what is left; its answers are
// those of the whole check.
func (r *Report) Since(before *Report) {
	was := map[plan.ID]*Finding{}
	for i := range before.Findings {
		was[before.Findings[i].ID] = &before.Findings[i]
	}
	r.Changes = &Changes{Closed: []Finding{}}
	shown, still := map[plan.ID]bool{}, map[plan.ID]bool{}
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		old := was[f.ID]
		still[f.ID] = true
		shown[f.ID] = old == nil || !sameJSON(old, f)
		return !shown[f.ID]
	})
	for _, f := range before.Findings {
		if !still[f.ID] {
			r.Changes.Closed = append(r.Changes.Closed, f)
		}
	}
	had := texts(before.Verdicts)
	r.Verdicts = slices.DeleteFunc(r.Verdicts, func(v Verdict) bool {
		return had[text(v)] && !slices.ContainsFunc(v.Findings, func(id plan.ID) bool { return shown[id] })
	})
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		v.Findings = slices.DeleteFunc(v.Findings, func(id plan.ID) bool { return !shown[id] })
	}
	unchecked := texts(before.NotChecked)
	r.NotChecked = slices.DeleteFunc(r.NotChecked, func(n NotChecked) bool { return unchecked[text(n)] })
	r.Summary.count(r)
}

// texts are the items as JSON.
func texts[T any](items []T) map[string]bool {
	all := make(map[string]bool, len(items))
	for _, item := range items {
		all[text(item)] = true
	}
	return all
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("report: " + err.Error()) // plain structs always encode
	}
	return string(b)
}
