package report

import (
	"encoding/xml"
	"io"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// JUnit writes the report as JUnit XML: a suite with a case per finding, one with a case per pair of plans, and one with a skipped case
// per thing that was not checked. A finding fails when it is as severe as failOn ("" = none ever is), a pair when it has such a finding,
// so that the suites are red exactly when the exit code says so. What is waived is skipped. Pairs of which nothing was compared are skipped, never passed.
func JUnit(w io.Writer, r *Report, failOn plan.Severity) error {
	failing := map[plan.ID]bool{}
	for i := range r.Findings {
		failing[r.Findings[i].ID] = reaches(r.Findings[i].Severity, failOn) && !r.Findings[i].waived()
	}
	root := junitSuites{Name: "xianjie", Suites: []junitSuite{{Name: "findings"}, {Name: "verdicts"}, {Name: "notChecked"}}}
	for i := range r.Findings {
		root.Suites[0].add(r.junitFinding(&r.Findings[i], failing))
	}
	for i := range r.Verdicts {
		root.Suites[1].add(junitVerdict(&r.Verdicts[i], failing))
	}
	for i := range r.NotChecked {
		root.Suites[2].add(junitNotChecked(&r.NotChecked[i]))
	}
	for _, s := range root.Suites {
		root.Tests += s.Tests
		root.Failures += s.Failures
		root.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(root); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// reaches says whether a severity is the limit or graver.
func reaches(s, limit plan.Severity) bool {
	for _, word := range s.Values() {
		if word == string(s) {
			return limit != ""
		}
		if word == string(limit) {
			return false
		}
	}
	return false
}

func (r *Report) junitFinding(f *Finding, failing map[plan.ID]bool) junitCase {
	lines := []string{f.Message}
	if who := f.whoYields(); who != "" {
		lines = append(lines, "由谁改："+who)
	}
	if answer := f.answer(); answer != "" {
		lines = append(lines, "处理答复："+answer)
	}
	if at := f.Location; at != "" {
		lines = append(lines, at)
	}
	for _, e := range f.Evidence {
		lines = append(lines, string(e.Object)+" "+e.Field+"："+figures(e))
	}
	for i := range f.Explanation {
		lines = append(lines, f.Explanation[i].Step+" "+f.Explanation[i].whole())
	}
	out := junitCase{Class: f.Rule, Name: clean(heading(f) + " " + string(f.ID))}
	body := cleanLines(lines)
	if f.waived() {
		out.Skipped = &junitSkipped{Message: clean(f.answer())}
	}
	if !failing[f.ID] {
		out.Out = string(f.Severity) + " " + body
		return out
	}
	out.Failure = &junitFailure{Type: string(f.Severity), Message: clean(f.Message), Text: body}
	return out
}

func junitVerdict(v *Verdict, failing map[plan.ID]bool) junitCase {
	out := junitCase{Class: "verdict", Name: clean(titles(v.A, v.B))}
	var lines []string
	fails := false
	for _, id := range v.Findings {
		lines = append(lines, string(id))
		fails = fails || failing[id]
	}
	for _, reason := range v.Reasons {
		lines = append(lines, because(reason))
	}
	head := v.zh() + " " + v.Outcome + "（" + answers(v.Counts) + "）"
	switch outcome := coherence.VerdictOutcome(v.Outcome); {
	case fails:
		out.Failure = &junitFailure{Type: v.Outcome, Message: head, Text: cleanLines(lines)}
	case outcome == coherence.Unchecked || outcome == coherence.Incomparable:
		out.Skipped = &junitSkipped{Message: clean(head + " " + strings.Join(lines, "；"))}
	default:
		out.Out = head + "\n" + cleanLines(lines)
	}
	return out
}

func junitNotChecked(n *NotChecked) junitCase {
	name := titles(n.plans()...)
	if n.Indicator != nil {
		name += " " + called(*n.Indicator)
	}
	return junitCase{Class: n.Rule, Name: clean(strings.TrimSpace(name)), Skipped: &junitSkipped{Message: clean(n.Outcome + " " + n.Code + " " + n.Text)}}
}

func cleanLines(lines []string) string {
	cleaned := make([]string, len(lines))
	for i, l := range lines {
		cleaned[i] = clean(l)
	}
	return strings.Join(cleaned, "\n")
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
	if c.Skipped != nil {
		s.Skipped++
	}
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitFailure `xml:"failure"`
	Skipped *junitSkipped `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}
