package coherence

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

func precedenceCycle() *Rule {
	return &Rule{
		ID: "R17", Name: "precedence-cycle", Title: "服从、依据关系循环",
		Dimension: plan.Consistent, Severity: plan.SevError, Scopes: []ScopeKind{PlanScope},
		Check: checkCycle,
		Doc: Doc{
			Compares:       "有效规划之间登记的“服从”和“编制依据”关系，沿关系一步一步向上。",
			FailsWhen:      "沿着这些关系又回到出发的规划。互相牵连的规划合为一组，只在编号最小的一份处报告一次，并列出一条最短的循环。",
			SeverityReason: "错误：几份规划互为上位，谁也不能作为谁的依据，数值不一致时无从确定由谁让步。",
			Basis:          basisOf(law.Level, law.Category),
			Examples: []Example{{
				Given:  "某省规划服从国家规划，国家规划又登记为服从该省规划。",
				Answer: Fail,
				Objects: func() []plan.Object {
					objects := exampleBasis(plan.Obeys, plan.Issued, "2021-03")
					return append(objects, exampleLink(plan.Obeys, "plan:nation", "plan:lower"))
				},
			}, {
				Given:  "某省规划服从国家规划，国家规划不服从任何规划。",
				Answer: Pass,
				Objects: func() []plan.Object {
					return exampleBasis(plan.Obeys, plan.Issued, "2021-03")
				},
			}, {
				Given:  "某省规划只登记了对征求意见稿的服从关系：征求意见稿不约束任何规划，无从判断。",
				Answer: Open,
				Objects: func() []plan.Object {
					return exampleBasis(plan.Obeys, plan.Draft, "2021-03")
				},
			}},
		},
	}
}

// exampleLink is a link of an example between any two objects.
func exampleLink(typ plan.LinkType, from, to plan.ID) *plan.Link {
	id := plan.LinkID(typ, from, to)
	return &plan.Link{Meta: plan.Meta{ID: id, Code: id.Local()}, Type: typ, State: plan.Unreviewed, From: from, To: to}
}

// upward are the links of p to plans in force that it obeys or is based on.
func (f *Frame) upward(p plan.ID) (links []*plan.Link, any bool) {
	for _, l := range f.out[p] {
		if l.Type != plan.Obeys && l.Type != plan.BasedOn {
			continue
		}
		any = true
		if _, inForce := f.InForce(l.To); inForce {
			links = append(links, l)
		}
	}
	return links, any
}

func checkCycle(f *Facts, r *Report) {
	p := f.Frame.Plan(f.Scope.ID)
	if p == nil {
		return
	}
	links, some := f.Frame.upward(p.ID)
	if !some {
		return
	}
	answer := Answer{A: p.ID, Outcome: Pass}
	ring := f.Frame.rings[p.ID]
	why, inForce := f.Frame.InForce(p.ID)
	switch {
	case !inForce:
		answer.Outcome, answer.Reason = NotApplicable, why
	case len(links) == 0:
		answer.Outcome, answer.Reason = Open, Reason{BasisUnrecorded, law.Title(p) + "登记的依据都不是现行有效的文本，无从沿关系向上追溯"}
	case ring == nil:
	case ring[0] != p.ID:
		answer.Outcome, answer.Reason = NotApplicable, Reason{ReportedOnce, "同一循环已在" + f.Frame.Title(ring[0]) + "处报告"}
	default:
		if len(ring) == 2 {
			answer.B = ring[1]
		}
		answer.Outcome, answer.Finding, answer.Subjects = Fail, f.circular(ring, f.Frame.shortestCycle(p.ID)), ring
	}
	r.Answer(answer)
}

// shortestCycle is a shortest way from p back to it, the first by ids among equally short ones.
func (f *Frame) shortestCycle(p plan.ID) []*plan.Link {
	via := map[plan.ID]*plan.Link{}
	for queue := []plan.ID{p}; len(queue) > 0; queue = queue[1:] {
		links, _ := f.upward(queue[0])
		slices.SortFunc(links, func(a, b *plan.Link) int { return cmp.Compare(a.To, b.To) })
		for _, l := range links {
			if l.To == p {
				way := []*plan.Link{l}
				for at := l.From; at != p; at = via[at].From {
					way = append(way, via[at])
				}
				slices.Reverse(way)
				return way
			}
			if via[l.To] == nil {
				via[l.To] = l
				queue = append(queue, l.To)
			}
		}
	}
	return nil
}

func (f *Facts) circular(ring []plan.ID, way []*plan.Link) *plan.Finding {
	finding := &plan.Finding{Severity: plan.SevError, Links: linkIDs(way), About: ring, Plans: ring}
	chain, wrong := f.Frame.Title(way[0].From), ""
	for _, l := range way {
		chain += "→" + f.Frame.Title(l.To)
		text := f.Frame.Title(l.From) + linkZh(l.Type) + f.Frame.Title(l.To)
		finding.Evidence = append(finding.Evidence, plan.Evidence{Object: l.From, Field: "linksOut", Published: text, Ref: l.Source.Ref})
		finding.Explanation = append(finding.Explanation, plan.Step{Step: stepFacts, Text: "登记的衔接关系：" + text + "；" + refZh(l.Source) + "。"})
		// Recorded links oblige only where no norm does: a norm that says otherwise shows which link is the wrong one.
		if o := f.Frame.Order.Between(l.From, l.To, law.General); wrong == "" && o.Norm != "" && o.Lower == l.To {
			wrong = "其中“" + text + "”与 " + o.Norm + " 的方向相反，应先核对这一条。"
		}
	}
	others := ""
	if len(ring) > len(way) {
		others = "与此循环互相牵连的规划共" + strconv.Itoa(len(ring)) + "份：" + strings.Join(f.titles(ring), "、") + "。"
	}
	reason := "请各规划的牵头部门共同核对这些关系的来源，删去或更正其中一条，使上下位关系不再循环。"
	finding.Message = "服从、依据关系循环：" + chain + "。" + wrong + others + reason
	finding.Yields = plan.Yields{Escalate: true, Reason: reason}
	finding.Explanation = append(finding.Explanation,
		plan.Step{Step: stepNumbers, Text: "循环的长度为" + strconv.Itoa(len(way)) + "条关系。" + others},
		plan.Step{Step: stepRule, Text: "R17：服从、依据关系不得循环。" + wrong})
	finding.Explanation = append(finding.Explanation, append(normSteps(law.Level), normSteps(law.Category)...)...)
	finding.Explanation = append(finding.Explanation, plan.Step{Step: stepYields, Text: reason})
	return finding
}

func (f *Facts) titles(ids []plan.ID) []string {
	titles := make([]string, len(ids))
	for i, id := range ids {
		titles[i] = f.Frame.Title(id)
	}
	return titles
}

// findRings notes, for every plan that its own upward links lead back to, all plans of its strongly connected component, sorted.
func (f *Frame) findRings() {
	t := &tarjan{frame: f, at: map[plan.ID]int{}, low: map[plan.ID]int{}, on: map[plan.ID]bool{}}
	f.rings = map[plan.ID][]plan.ID{}
	for i, p := range f.plans {
		if _, seen := t.at[p.ID]; !seen && f.standings[i].Code == "" && len(f.out[p.ID]) > 0 {
			t.visit(p.ID)
		}
	}
}

// tarjan finds strongly connected components in one walk. It goes as deep as the longest chain of plans, each based on the next.
type tarjan struct {
	frame   *Frame
	at, low map[plan.ID]int
	on      map[plan.ID]bool
	stack   []plan.ID
}

func (t *tarjan) visit(p plan.ID) {
	t.at[p], t.low[p] = len(t.at)+1, len(t.at)+1
	t.stack, t.on[p] = append(t.stack, p), true
	links, _ := t.frame.upward(p)
	for _, l := range links {
		if _, seen := t.at[l.To]; !seen {
			t.visit(l.To)
			t.low[p] = min(t.low[p], t.low[l.To])
		} else if t.on[l.To] {
			t.low[p] = min(t.low[p], t.at[l.To])
		}
	}
	if t.low[p] != t.at[p] {
		return
	}
	i := slices.Index(t.stack, p)
	ring := slices.Clone(t.stack[i:])
	t.stack = t.stack[:i]
	for _, id := range ring {
		t.on[id] = false
	}
	if len(ring) == 1 {
		return
	}
	slices.Sort(ring)
	for _, id := range ring {
		t.frame.rings[id] = ring
	}
}
