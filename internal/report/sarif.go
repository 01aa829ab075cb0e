package report

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// SARIF writes the report as a SARIF 2.1.0 log of one run: the catalogue of rules with their documentation, a result of kind "fail" for
// each finding, one of kind "open" for each thing that could not be decided, and the verdicts among the run's properties. A finding's id
// is its partial fingerprint. Results have physical locations where the report can locate objects in documents.
func SARIF(w io.Writer, r *Report) error {
	run := sarifRun{
		Tool:       sarifTool{Driver: sarifDriver{Name: "xianjie", Version: r.Register.Version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints",
		Properties: sarifRunProperties{Register: r.Register, Verdicts: r.Verdicts, Summary: r.Summary},
	}
	index := map[string]int{}
	for i, rule := range coherence.Rules() {
		index[rule.ID] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	run.Results = func(yield func(any) bool) {
		next := func(result sarifResult) bool {
			if at, ok := index[result.RuleID]; ok {
				result.RuleIndex = &at
			}
			return yield(result)
		}
		for i := range r.Findings {
			if !next(r.sarifFinding(&r.Findings[i])) {
				return
			}
		}
		for i := range r.NotChecked {
			if !next(r.sarifNotChecked(&r.NotChecked[i])) {
				return
			}
		}
	}
	return indented(w, sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}})
}

func sarifRuleOf(r *coherence.Rule) sarifRule {
	var basis []string
	for _, c := range r.Doc.Basis {
		basis = append(basis, cited(c.Plan()))
	}
	sections := [][2]string{{"比较什么", r.Doc.Compares}, {"何时不通过", r.Doc.FailsWhen}, {"严重程度", r.Doc.SeverityReason}, {"依据", strings.Join(basis, "")}}
	var text, markdown strings.Builder
	for _, s := range sections {
		text.WriteString(s[0] + "：" + s[1] + "\n")
		markdown.WriteString("**" + s[0] + "** " + s[1] + "\n\n")
	}
	return sarifRule{
		ID: r.ID, Name: r.Name, ShortDescription: sarifText{r.Title}, FullDescription: sarifText{r.Doc.FailsWhen},
		Help:          sarifHelp{Text: text.String(), Markdown: markdown.String()},
		Configuration: sarifConfiguration{Level: sarifLevel(r.Severity)},
		Properties:    map[string]string{"dimension": string(r.Dimension), "severity": string(r.Severity)},
	}
}

// sarifLevel maps severities onto the fewer levels of SARIF.
func sarifLevel(s plan.Severity) string {
	switch s {
	case plan.Blocker, plan.SevError:
		return "error"
	case plan.Warning:
		return "warning"
	}
	return "note"
}

func (r *Report) sarifFinding(f *Finding) sarifResult {
	out := sarifResult{
		RuleID: f.Rule, Kind: "fail", Level: sarifLevel(f.Severity), Message: sarifText{f.Message},
		PartialFingerprints: map[string]string{"finding/v1": string(f.ID)},
		Suppressions:        []sarifSuppression{},
		Properties: sarifProperties{
			Severity: f.Severity, Dimension: f.Dimension, Plans: f.Plans, Evidence: f.Evidence, Yields: &f.Yields, Explanation: f.Explanation,
			Answer: f.Answer,
		},
	}
	if f.waived() {
		out.Suppressions = append(out.Suppressions, sarifSuppression{Kind: "external", Status: "accepted", Justification: answerZh(*f.Answer)})
	}
	for i, a := range f.anchors() {
		at := r.sarifLocation(a)
		if i == 0 {
			out.Locations = append(out.Locations, at)
			continue
		}
		at.ID = i
		out.RelatedLocations = append(out.RelatedLocations, at)
	}
	return out
}

func (r *Report) sarifNotChecked(n *NotChecked) sarifResult {
	out := sarifResult{
		RuleID: n.Rule, Kind: "open", Level: "none", Message: sarifText{n.Text}, Suppressions: []sarifSuppression{},
		OccurrenceCount: n.Count,
		Properties:      sarifProperties{Plans: n.plans(), Indicator: n.Indicator, Outcome: n.Outcome, Code: n.Code},
	}
	for i, p := range n.plans() {
		at := r.sarifLocation(anchor{Ref: p})
		if i == 0 {
			out.Locations = append(out.Locations, at)
			continue
		}
		at.ID = i
		out.RelatedLocations = append(out.RelatedLocations, at)
	}
	return out
}

func (r *Report) sarifLocation(a anchor) sarifLocation {
	at := sarifLocation{LogicalLocations: []sarifLogicalLocation{{Name: called(a.Ref), FullyQualifiedName: string(a.ID), Kind: a.ID.Prefix()}}}
	if p, ok := r.locate(a.ID, a.field); ok {
		at.PhysicalLocation = &sarifPhysicalLocation{Artifact: sarifArtifact{sarifURI(p.File)}, Region: sarifRegion{p.Line, p.Column}}
	}
	return at
}

// sarifURI is a path as a URI, relative when the path is.
func sarifURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
	}
	return u.String()
}
