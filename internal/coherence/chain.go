package coherence

import (
	"strings"

	"xianjie/internal/plan"
)

// ChainLink is one of the things that a binding target needs to be carried out.
type ChainLink string

// The links of the chain, in their order.
const (
	TaskLink      ChainLink = "TASK"
	MeasureLink   ChainLink = "MEASURE" // a project, a nested task, or a task that says what it does to what
	LeadLink      ChainLink = "LEAD"
	DeadlineLink  ChainLink = "DEADLINE"
	FundingLink   ChainLink = "FUNDING"
	SafeguardLink ChainLink = "SAFEGUARD"
)

func chainLinks() []ChainLink {
	return []ChainLink{TaskLink, MeasureLink, LeadLink, DeadlineLink, FundingLink, SafeguardLink}
}

// Chinese is the link as a planner reads it.
func (l ChainLink) Chinese() string {
	switch l {
	case TaskLink:
		return "任务"
	case MeasureLink:
		return "工程或措施"
	case LeadLink:
		return "牵头部门"
	case DeadlineLink:
		return "完成期限"
	case FundingLink:
		return "资金"
	case SafeguardLink:
		return "保障措施"
	}
	return string(l)
}

// Chain is what carries one binding target out.
type Chain struct {
	Target plan.ID
	Steps  []ChainStep // one for every ChainLink, in their order
}

// ChainStep is one link of a chain: the tasks, projects, safeguards or departments that make it, sorted; none when it is missing.
type ChainStep struct {
	Link ChainLink
	By   []plan.ID
}

// missing are the links that nothing makes.
func (c Chain) missing() []ChainLink {
	var all []ChainLink
	for _, s := range c.Steps {
		if len(s.By) == 0 {
			all = append(all, s.Link)
		}
	}
	return all
}

// chain follows what the plan's own and other plans' tasks and projects do for a target, or for a goal that the target measures.
func (f *Facts) chain(t *plan.Target) Chain {
	made := map[ChainLink][]plan.ID{}
	work := f.working(t.ID)
	for _, id := range work {
		switch o := f.object(id).(type) {
		case *plan.Task:
			made[TaskLink] = append(made[TaskLink], id)
			if o.Parent != "" || o.Action != "" && o.ObjectClass != "" {
				made[MeasureLink] = append(made[MeasureLink], id)
			}
			made[LeadLink] = append(made[LeadLink], o.Leads...)
			if o.Deadline != "" {
				made[DeadlineLink] = append(made[DeadlineLink], id)
			}
			if strings.TrimSpace(o.Funding) != "" {
				made[FundingLink] = append(made[FundingLink], id)
			}
		case *plan.Project:
			made[MeasureLink] = append(made[MeasureLink], id)
			made[LeadLink] = append(made[LeadLink], o.Leads...)
			if o.End != "" {
				made[DeadlineLink] = append(made[DeadlineLink], id)
			}
			if !o.Investment.IsZero() {
				made[FundingLink] = append(made[FundingLink], id)
			}
		case *plan.Safeguard:
			made[SafeguardLink] = append(made[SafeguardLink], id)
		}
		made[SafeguardLink] = append(made[SafeguardLink], f.safeguards(id)...)
	}
	c := Chain{Target: t.ID}
	for _, link := range chainLinks() {
		c.Steps = append(c.Steps, ChainStep{Link: link, By: distinct(made[link])})
	}
	return c
}

// working are a target, the goals that it measures, and all that serves them, along links and nesting.
func (f *Facts) working(target plan.ID) []plan.ID {
	seen := map[plan.ID]bool{}
	var all []plan.ID
	join := func(id plan.ID) {
		if !seen[id] && f.object(id) != nil {
			seen[id] = true
			all = append(all, id)
		}
	}
	join(target)
	for next := 0; next < len(all); next++ {
		for _, id := range f.Frame.step(all[next], true) {
			join(id)
		}
		for _, id := range f.elements().children[all[next]] {
			join(id)
		}
		for _, l := range f.Frame.links[all[next]] {
			if l.Type == plan.MeasuredBy && l.To == all[next] {
				join(l.From)
			}
		}
	}
	return all
}

// safeguards are those that an element depends on.
func (f *Facts) safeguards(id plan.ID) []plan.ID {
	var all []plan.ID
	for _, l := range f.Frame.links[id] {
		if kind := plan.KindOf(l.To); l.Type == plan.DependsOn && l.From == id && kind != nil && kind.Name == "Safeguard" {
			all = append(all, l.To)
		}
	}
	return all
}
