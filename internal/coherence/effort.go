package coherence

import (
	"cmp"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// effort is a task or a project made ready to be held against those of other plans.
type effort struct {
	id       plan.ID
	title    string
	plan     *plan.Plan
	index    int32 // of the plan in the frame
	regions  []plan.ID
	located  bool // the regions are its own, not merely those of its plan
	leads    []plan.ID
	from, to plan.Date
	ref      string
}

// taskWork is false for a task of a plan that the frame doesn't know. A task takes the place and the time that it doesn't state from its
// plan.
func (f *Facts) taskWork(t *plan.Task) (*effort, bool) {
	w := &effort{id: t.ID, title: t.Title, regions: t.Regions, leads: t.Leads, to: t.Deadline, ref: t.Source.Ref}
	return w, f.ownWork(w, t.Plan)
}

// projectWork is taskWork for a project.
func (f *Facts) projectWork(p *plan.Project) (*effort, bool) {
	w := &effort{id: p.ID, title: p.Title, regions: p.Regions, leads: p.Leads, from: p.Start, to: p.End, ref: p.Source.Ref}
	return w, f.ownWork(w, p.Plan)
}

func (f *Facts) ownWork(w *effort, owner plan.ID) bool {
	i, ok := f.Frame.index[owner]
	if !ok {
		return false
	}
	w.index, w.plan = i, f.Frame.numbered[i]
	w.from, w.to = firstOf(w.from, w.plan.PeriodStart), firstOf(w.to, w.plan.PeriodEnd)
	w.leads = slices.Sorted(slices.Values(w.leads))
	w.regions = slices.Sorted(slices.Values(w.regions))
	if w.located = len(w.regions) > 0; !w.located {
		w.regions = []plan.ID{w.plan.Region}
	}
	return true
}

// tasks are the scope's tasks, sorted by id.
func (f *Facts) tasks() []*effort {
	var all []*effort
	for _, t := range f.Tasks {
		if w, ok := f.taskWork(t); ok {
			all = append(all, w)
		}
	}
	slices.SortFunc(all, compareWorks)
	return all
}

func compareWorks(a, b *effort) int { return cmp.Compare(a.id, b.id) }

// unmet says why the plans of two works have nothing to settle, "" when they may have.
func (f *Facts) unmet(a, b *effort) Reason {
	if f.Frame.sameSeries(a.plan, b.plan) {
		return Reason{SameSeries, "同一规划的两个版本，不互相冲突；版本之间的差异另行比较"}
	}
	for _, w := range [2]*effort{a, b} {
		if why := f.Frame.standings[w.index]; why.Code != "" {
			return why
		}
	}
	return Reason{}
}

// shareGround says whether two works are known to touch one region.
func (f *Frame) shareGround(a, b *effort) bool {
	return slices.ContainsFunc(a.regions, func(x plan.ID) bool {
		return slices.ContainsFunc(b.regions, func(y plan.ID) bool { return f.Areas.Overlap(x, y) })
	})
}

// shareTime says whether two works go on at one time; known is false where a date is not stated, or printed too coarsely to tell.
func shareTime(a, b *effort) (share, known bool) {
	if a.to.Compare(b.from) == plan.Before || b.to.Compare(a.from) == plan.Before {
		return false, true
	}
	known = a.to.Compare(b.from) != plan.Unordered && b.to.Compare(a.from) != plan.Unordered
	return known, known
}

// sharedLead says whether a department leads both.
func sharedLead(a, b *effort) bool {
	return slices.ContainsFunc(a.leads, func(id plan.ID) bool { return slices.Contains(b.leads, id) })
}

// pairAnswer is an answer about two works, without its outcome.
func pairAnswer(a, b *effort) Answer {
	return Answer{A: a.plan.ID, B: b.plan.ID, key: pairOf(a.index, b.index)}
}

// workZh is 《plan》的“title”.
func workZh(w *effort) string { return law.Title(w.plan) + "的“" + w.title + "”" }

func (f *Frame) regionsZh(w *effort) string { return f.listZh(w.regions) }

func (f *Frame) leadsZh(w *effort) string {
	if len(w.leads) == 0 {
		return "未注明"
	}
	return f.listZh(w.leads)
}

func (f *Frame) listZh(ids []plan.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = f.Name(id)
	}
	return strings.Join(names, "、")
}

func timeZh(w *effort) string {
	dated := func(d plan.Date) string {
		if d == "" {
			return "未注明"
		}
		return string(d)
	}
	return dated(w.from) + "—" + dated(w.to)
}

// workFacts is the first step about a work: which plan states it, where, when, and who leads it.
func (f *Facts) workFacts(w *effort, what string) plan.Step {
	return plan.Step{Step: stepFacts, Text: law.Title(w.plan) + "（" + whenZh(w.plan) + "）：“" + w.title + "”" + what + "；区域 " + f.Frame.regionsZh(w) +
		"，时间 " + timeZh(w) + "，牵头部门 " + f.Frame.leadsZh(w) + "；" + refZh(plan.Source{Ref: w.ref}) + "。"}
}
