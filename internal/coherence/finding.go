package coherence

import (
	"slices"
	"sync"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// The steps of an explanation, in their order.
const (
	stepFacts   = "FACTS"
	stepNumbers = "NUMBERS"
	stepRule    = "RULE"
	stepNorm    = "NORM"
	stepYields  = "YIELDS"
)

// targetEvidence is a target's figure as evidence, converted for being held against other.
func targetEvidence(s, other *side) plan.Evidence {
	return plan.Evidence{
		Object: s.target.ID, Field: "quantity", Published: s.inWords().published,
		Converted: s.convertedZh(other.quantity.Unit), Ref: s.target.Source.Ref,
	}
}

// targetFacts is the first step about a target: who says what, when, with which nature, and where it was published.
func (f *Facts) targetFacts(s *side) plan.Step {
	w := s.inWords()
	if w.facts == "" {
		w.facts = f.factsZh(s)
	}
	return plan.Step{Step: stepFacts, Text: w.facts}
}

func (f *Facts) factsZh(s *side) string {
	w := s.inWords()
	return w.title + "（" + whenZh(s.plan) + "）：" + f.subjectZh(s.target) +
		"，" + w.published + "；" + natureZh(s.target.Nature) + "；" + refZh(s.target.Source) + "。"
}

// numbers is the second step about two targets.
func (f *Facts) numbers(a, b *side) plan.Step {
	text := f.calibreZh(a.target) + "；" + a.inWords().title + "：" + a.convertedZh(b.quantity.Unit) +
		"，" + b.inWords().title + "：" + b.convertedZh(a.quantity.Unit)
	if gap := gapZh(a.quantity, b.quantity); gap != "" {
		text += "，相差 " + gap
	}
	return plan.Step{Step: stepNumbers, Text: text + "。"}
}

// normSteps says what a norm holds, one step for each of its citations. The slice is not to be changed.
func normSteps(id string) []plan.Step { return stepsOfNorms()[id] }

var stepsOfNorms = sync.OnceValue(func() map[string][]plan.Step {
	all := map[string][]plan.Step{}
	for _, norm := range law.Norms() {
		for i, c := range norm.Basis {
			text := "（同上）" + c.Text()
			if i == 0 {
				text = norm.ID + " " + norm.Title + "：" + norm.Text
			}
			all[norm.ID] = append(all[norm.ID], plan.Step{Step: stepNorm, Text: text, Citation: c.Plan()})
		}
		all[norm.ID] = slices.Clip(all[norm.ID])
	}
	return all
})

// citationStep shows what a rule rests on that no norm covers.
func citationStep(c law.Citation) plan.Step {
	return plan.Step{Step: stepNorm, Text: c.Text(), Citation: c.Plan()}
}

// chainSteps shows the recorded links that an obligation rests on.
func (f *Facts) chainSteps(o law.Obligation) []plan.Step {
	var steps []plan.Step
	for _, l := range o.Chain {
		step := plan.Step{Step: stepNorm, Text: "登记的衔接关系：" + f.Frame.Title(l.From) + linkZh(l.Type) + f.Frame.Title(l.To) + "；" + refZh(l.Source) + "。"}
		if l.Article != "" {
			step.Citation = plan.Citation{Law: f.Frame.Title(l.From), Article: l.Article}
		}
		steps = append(steps, step)
	}
	return steps
}

// obligation is what obliges two plans in the scope's matter, and who has to yield by it.
func (f *Facts) obligation(a, b *side) (law.Obligation, law.Decision) {
	o := f.Frame.Order.Between(a.plan.ID, b.plan.ID, matterOf(f.Frame.Indicator(f.Scope.ID)))
	return o, law.Decide(a.plan, b.plan, o, f.indicatorLead(), f.Frame.department)
}

// obligationSteps shows what an obligation rests on: its norm or, between equals, that they have to cohere; then the recorded links.
func (f *Facts) obligationSteps(o law.Obligation) []plan.Step {
	norm := o.Norm
	if !o.Exists() {
		norm = law.Equals
	}
	return append(normSteps(norm), f.chainSteps(o)...)
}

func linkZh(t plan.LinkType) string {
	switch t {
	case plan.Obeys:
		return "服从"
	case plan.BasedOn:
		return "以之为编制依据："
	case plan.CoordinatesWith:
		return "要求与之衔接："
	case plan.Supports:
		return "配套于"
	}
	return "替代"
}

func linkIDs(links []*plan.Link) []string {
	ids := make([]string, len(links))
	for i, l := range links {
		ids[i] = string(l.ID)
	}
	return ids
}

// department is the name of an organization, "" when the frame doesn't have it.
func (f *Frame) department(id plan.ID) string {
	if o := f.organizations[id]; o != nil {
		return o.Name
	}
	return ""
}

// indicatorLead is the department that leads the scope's indicator, "" when that isn't stated.
func (f *Facts) indicatorLead() plan.ID {
	if i := f.Frame.Indicator(f.Scope.ID); i != nil {
		return i.Lead
	}
	return ""
}

// sortedPlans are the plans of a finding, in the order of ids.
func sortedPlans(ids ...plan.ID) []plan.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
