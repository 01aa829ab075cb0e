package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"xianjie/internal/coherence"
	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
)

// resolvers answer what is computed; what is stored never reaches them.
type resolvers struct {
	register *register.Register
	version  string
}

type queryResolver struct{ resolvers }

func (r resolvers) Query() QueryResolver { return queryResolver{r} }

func (r queryResolver) Paths(ctx context.Context, from, to string, through []LinkType, maxLength *int) ([]*Path, error) {
	q := query.PathQuery{From: plan.ID(from), To: plan.ID(to), MaxLength: 6}
	if maxLength != nil {
		q.MaxLength = *maxLength
	}
	for _, t := range through {
		q.Through = append(q.Through, plan.LinkType(t))
	}
	paths, err := r.register.Paths(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]*Path, len(paths))
	for i, p := range paths {
		out[i] = &Path{
			Objects: referAll(ctx, p.Objects, nodeModel),
			Links:   referAll(ctx, p.Links, func(id string) *Link { return &Link{ID: id} }),
		}
	}
	return out, nil
}

func (r queryResolver) Coherence(ctx context.Context, plans []string) (*Coherence, error) {
	c, err := r.register.Coherence(ctx, ids(plans), selects(ctx, "notChecked", "notCheckedDropped"))
	if err != nil {
		return nil, err
	}
	out := &Coherence{Plans: referAll(ctx, c.Plans, planModel), NotCheckedDropped: c.Dropped}
	for _, v := range c.Verdicts {
		out.Verdicts = append(out.Verdicts, verdict(ctx, v))
	}
	for _, n := range c.NotChecked {
		out.NotChecked = append(out.NotChecked, notChecked(ctx, n))
	}
	return out, nil
}

// selects says whether the field that is being resolved has one of the fields below it selected.
func selects(ctx context.Context, names ...string) bool {
	return slices.ContainsFunc(graphql.CollectFieldsCtx(ctx, nil), func(f graphql.CollectedField) bool { return slices.Contains(names, f.Name) })
}

func verdict(ctx context.Context, v coherence.Verdict) *Verdict {
	out := &Verdict{
		A: planModel(refer(ctx, v.A)), B: planModel(refer(ctx, v.B)),
		Outcome:       VerdictOutcome(v.Outcome),
		Complementary: v.Complementary, Executable: v.Executable,
		Counts:   counts(v.Counts),
		Findings: referAll(ctx, v.Findings, func(id string) *Finding { return &Finding{ID: id} }),
	}
	for _, reason := range v.Reasons {
		out.Reasons = append(out.Reasons, &Reason{
			Rule: optional(reason.Rule), Code: string(reason.Code), Text: reason.Text, Count: reason.Count,
		})
	}
	return out
}

func counts(c coherence.Counts) *Counts {
	return &Counts{Passed: c.Passed, Failed: c.Failed, Open: c.Open, NotComparable: c.NotComparable, NotApplicable: c.NotApplicable}
}

func notChecked(ctx context.Context, n coherence.NotChecked) *NotChecked {
	out := &NotChecked{
		A: planModel(refer(ctx, n.A)), Rule: n.Rule, Outcome: RuleOutcome(n.Outcome), Code: string(n.Reason.Code), Text: n.Reason.Text, Count: n.Count,
	}
	if n.B != "" {
		out.B = planModel(refer(ctx, n.B))
	}
	if n.Indicator != "" {
		out.Indicator = indicatorModel(refer(ctx, n.Indicator))
	}
	return out
}

func (r queryResolver) Coverage(ctx context.Context, id string, direction CoverageDirection, deep *bool) (*Coverage, error) {
	c, err := r.register.Coverage(ctx, plan.ID(id), direction == CoverageDirectionDown, deep != nil && *deep)
	if err != nil {
		return nil, err
	}
	return coverage(ctx, c), nil
}

func coverage(ctx context.Context, c *register.Coverage) *Coverage {
	out := &Coverage{
		Plan: planModel(refer(ctx, c.Plan)), Direction: CoverageDirectionUp, KnownIndicators: c.Known, Linked: c.Linked,
	}
	if c.Down {
		out.Direction = CoverageDirectionDown
	}
	if c.Announced > 0 {
		missing := max(0, c.Announced-c.Known)
		out.AnnouncedIndicators, out.MissingIndicators = &c.Announced, &missing
	}
	for _, item := range c.Items {
		out.Items = append(out.Items, &CoverageItem{
			Element: nodeModel(refer(ctx, item.Element)),
			By:      referAll(ctx, item.By, nodeModel), Covered: item.Covered, Asked: item.Asked,
			Ends: referAll(ctx, item.Ends, nodeModel),
		})
	}
	for _, chain := range c.Chains {
		out.Chains = append(out.Chains, coverageChain(ctx, chain))
	}
	return out
}

func coverageChain(ctx context.Context, c coherence.Chain) *CoverageChain {
	out := &CoverageChain{Target: targetModel(refer(ctx, c.Target))}
	for _, step := range c.Steps {
		out.Steps = append(out.Steps, &CoverageChainStep{
			Link: ChainLink(step.Link), Present: len(step.By) > 0, By: referAll(ctx, step.By, nodeModel),
		})
	}
	return out
}

func (r queryResolver) IndicatorMatrix(ctx context.Context, indicators, plans []string) (*IndicatorMatrix, error) {
	m, err := r.register.Matrix(ctx, ids(indicators), ids(plans))
	if err != nil {
		return nil, err
	}
	out := &IndicatorMatrix{
		Indicators: referAll(ctx, m.Indicators, indicatorModel), Plans: referAll(ctx, m.Plans, planModel),
	}
	for _, c := range m.Cells {
		out.Cells = append(out.Cells, &MatrixCell{
			Indicator: indicatorModel(refer(ctx, c.Indicator)), Plan: planModel(refer(ctx, c.Plan)),
			Targets: referAll(ctx, c.Targets, targetModel),
		})
	}
	return out, nil
}

func (r queryResolver) Rules(context.Context) ([]*Rule, error) {
	var out []*Rule
	for _, rule := range coherence.Rules() {
		examples, err := tried(rule)
		if err != nil {
			return nil, err
		}
		out = append(out, &Rule{
			ID: rule.ID, Name: rule.Name, Title: rule.Title,
			Dimension: Dimension(rule.Dimension), Severity: Severity(rule.Severity),
			Compares: rule.Doc.Compares, FailsWhen: rule.Doc.FailsWhen, SeverityReason: rule.Doc.SeverityReason,
			Basis: citations(rule.Doc.Basis), Examples: examples,
		})
	}
	return out, nil
}

// tried runs a rule's examples, so that what is shown is what the rule says.
func tried(rule *coherence.Rule) ([]*RuleExample, error) {
	out := make([]*RuleExample, len(rule.Doc.Examples))
	for i, e := range rule.Doc.Examples {
		a, err := rule.Try(e)
		if err != nil {
			return nil, err
		}
		out[i] = &RuleExample{Given: a.Given, Answer: RuleOutcome(a.Answer), Message: a.Message}
	}
	return out, nil
}

func (r queryResolver) Norms(context.Context) ([]*Norm, error) {
	var out []*Norm
	for _, n := range law.Norms() {
		out = append(out, &Norm{ID: n.ID, Name: n.Name, Title: n.Title, Text: n.Text, Basis: citations(n.Basis)})
	}
	return out, nil
}

func citations(all []law.Citation) []*Citation {
	out := make([]*Citation, len(all))
	for i, c := range all {
		out[i] = &Citation{
			Law: c.Law, Article: optional(c.Article), InForce: optional(string(c.InForce)), Assumption: c.Assumption,
		}
	}
	return out
}

func (r queryResolver) Register(ctx context.Context) (*Register, error) {
	info, err := r.register.Info(ctx)
	if err != nil {
		return nil, err
	}
	out := &Register{
		Revision: int(info.Revision), Version: r.version, Store: info.Kind, SchemaVersion: info.Schema, RuleSet: info.RuleSet,
	}
	for _, k := range plan.Kinds() {
		out.Counts = append(out.Counts, &KindCount{Kind: Kind(enumValue(k.Name)), Count: int(info.Counts[k.Name])})
	}
	for _, gap := range info.Gaps {
		out.Gaps = append(out.Gaps, coverage(ctx, gap))
	}
	return out, nil
}

func planModel(id string) *Plan           { return &Plan{ID: id} }
func indicatorModel(id string) *Indicator { return &Indicator{ID: id} }
func targetModel(id string) *Target       { return &Target{ID: id} }

// nodeModel stands for an object of any kind: only the id is read.
func nodeModel(id string) Node { return &Plan{ID: id} }

func ids(texts []string) []plan.ID {
	out := make([]plan.ID, len(texts))
	for i, text := range texts {
		out[i] = plan.ID(text)
	}
	return out
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
