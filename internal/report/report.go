// Package report owns how a check is handed to people and programs: one model of what was found, and writers that turn it into formats;
// and the letter of opinion on plans, with the reading of its filled workbook. Every format is written from the same model and must agree
// with the others in every count. It must not know stores or how rules judge.
package report

import (
	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Report is one check. Names in JSON are those of the GraphQL schema; lists are never null.
type Report struct {
	Register   Register     `json:"register"`
	Verdicts   []Verdict    `json:"verdicts"`
	Findings   []Finding    `json:"findings"`
	NotChecked []NotChecked `json:"notChecked"`
	Summary    Summary      `json:"summary"`
	Changes    *Changes     `json:"changes,omitempty"` // of a report on what drafts change; see Since
	Seal       *Seal        `json:"seal,omitempty"`
	Checksum   string       `json:"checksum,omitempty"` // digest of a sealed report's text; JSON fills it in

	locating func(id plan.ID, field string) (Position, bool)
}

// Register says what was checked, and with what.
type Register struct {
	Revision plan.Revision `json:"revision"`
	Version  string        `json:"version"` // of the program
	RuleSet  string        `json:"ruleSet"`
	Counts   []KindCount   `json:"counts"`
}

// KindCount is how many objects of a kind the register has.
type KindCount struct {
	Kind  string `json:"kind"`
	Count int    `json:"count"`
}

// Ref is an object by id, with what people call it.
type Ref struct {
	ID    plan.ID `json:"id"`
	Title string  `json:"title,omitempty"`
}

// Verdict is one pair of plans.
type Verdict struct {
	A             Ref       `json:"a"`
	B             Ref       `json:"b"`
	Outcome       string    `json:"outcome"`
	Complementary *bool     `json:"complementary"` // null = not assessed
	Executable    *bool     `json:"executable"`    // null = not assessed
	Counts        Counts    `json:"counts"`
	Findings      []plan.ID `json:"findings"`
	Reasons       []Reason  `json:"reasons"`
}

// Counts are answers of rules by outcome.
type Counts struct {
	Passed        int `json:"passed"`
	Failed        int `json:"failed"`
	Open          int `json:"open"`
	NotComparable int `json:"notComparable"`
	NotApplicable int `json:"notApplicable"`
}

// Reason says why answers on a pair were neither passes nor failures.
type Reason struct {
	Rule  string `json:"rule,omitempty"`
	Code  string `json:"code"`
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// Finding is one finding with its evidence and explanation.
type Finding struct {
	ID          plan.ID         `json:"id"`
	Rule        string          `json:"rule"`
	Severity    plan.Severity   `json:"severity"`
	Dimension   plan.Dimension  `json:"dimension"`
	State       string          `json:"state"`
	Message     string          `json:"message"`
	Plans       []Ref           `json:"plans"`
	About       []Ref           `json:"about"`
	Evidence    []plan.Evidence `json:"evidence"`
	Yields      Yields          `json:"yields"`
	Explanation []Step          `json:"explanation"`
	LinkIDs     []string        `json:"linkIds"`
	Answer      *plan.Answer    `json:"answer,omitempty"`   // in force or not, as State says
	Location    string          `json:"location,omitempty"` // file:line:column of what it points to first, when documents were checked
}

// Yields says who has to change; Plan is null when no plan yields by default.
type Yields struct {
	Plan     *Ref   `json:"plan"`
	Norm     string `json:"norm,omitempty"`
	Escalate bool   `json:"escalate"`
	Reason   string `json:"reason"`
}

// Step is one step of an explanation; Citation is null when it needs none.
type Step struct {
	Step     string         `json:"step"`
	Text     string         `json:"text"`
	Citation *plan.Citation `json:"citation"`
}

// NotChecked is one thing that a rule could not decide; B is null where it is about one plan alone, Indicator where it is about none.
type NotChecked struct {
	A         *Ref   `json:"a"` // null when it is about an indicator and no plan
	B         *Ref   `json:"b"` // null when it is not about a pair
	Indicator *Ref   `json:"indicator"`
	Rule      string `json:"rule"`
	Outcome   string `json:"outcome"`
	Code      string `json:"code"`
	Text      string `json:"text"`
	Count     int    `json:"count"`
}

// Summary are the totals. Verdicts and Findings are by word, Rules by rule.
type Summary struct {
	Scopes            int               `json:"scopes"`
	Pairs             int               `json:"pairs"`
	Verdicts          map[string]int    `json:"verdicts"`
	Findings          map[string]int    `json:"findings"`
	Waived            map[string]int    `json:"waived,omitempty"` // of the findings; they do not fail a check
	Answers           Counts            `json:"answers"`
	Rules             map[string]Counts `json:"rules"`
	NotChecked        int               `json:"notChecked"`
	NotCheckedDropped int               `json:"notCheckedDropped"` // entries beyond the caller's cap; counted in answers all the same
}

// New makes the report of a run. With plans it has the verdicts of all pairs among them, in their order; without, those of all pairs that
// any rule said anything about. Findings and what was not checked are the run's.
func New(run *coherence.Run, register Register, plans []plan.ID) *Report {
	names := naming{run.Frame()}
	r := &Report{Register: register, Verdicts: []Verdict{}, Findings: []Finding{}, NotChecked: []NotChecked{}}
	if r.Register.Counts == nil {
		r.Register.Counts = []KindCount{}
	}
	pairs := run.Pairs()
	if len(plans) > 1 {
		pairs = pairsOf(plans)
	}
	for _, p := range pairs {
		r.Verdicts = append(r.Verdicts, names.verdict(run.Verdict(p[0], p[1])))
	}
	for _, f := range run.Findings {
		r.Findings = append(r.Findings, names.finding(f))
	}
	for _, n := range run.NotChecked {
		r.NotChecked = append(r.NotChecked, names.notChecked(n))
	}
	r.Summary = r.summarise(run)
	return r
}

// Locate tells the report where plan documents state a field of an object ("" for the object itself).
func (r *Report) Locate(find func(id plan.ID, field string) (Position, bool)) {
	r.locating = find
	for i := range r.Findings {
		r.Findings[i].Location = r.place(&r.Findings[i])
	}
}

func pairsOf(plans []plan.ID) [][2]plan.ID {
	var pairs [][2]plan.ID
	for i, a := range plans {
		for _, b := range plans[i+1:] {
			if a != b {
				pairs = append(pairs, [2]plan.ID{a, b})
			}
		}
	}
	return pairs
}

func (r *Report) summarise(run *coherence.Run) Summary {
	s := Summary{Scopes: run.Scopes, NotCheckedDropped: run.Dropped, Rules: map[string]Counts{}, Answers: counts(run.Counts)}
	for rule, c := range run.RuleCounts() {
		s.Rules[rule] = counts(c)
	}
	s.count(r)
	return s
}

// count counts the lists of the report.
func (s *Summary) count(r *Report) {
	s.Pairs, s.NotChecked = len(r.Verdicts), len(r.NotChecked)
	s.Verdicts, s.Findings = map[string]int{}, map[string]int{}
	for _, v := range r.Verdicts {
		s.Verdicts[v.Outcome]++
	}
	for _, severity := range plan.Info.Values() {
		s.Findings[severity] = 0
	}
	s.Waived = nil
	for i := range r.Findings {
		f := &r.Findings[i]
		s.Findings[string(f.Severity)]++
		if f.waived() {
			if s.Waived == nil {
				s.Waived = map[string]int{}
			}
			s.Waived[string(f.Severity)]++
		}
	}
}

// waived says whether a finding is rejected by an answer that is in force.
func (f *Finding) waived() bool {
	return f.State == string(plan.FindingAnswered) && f.Answer != nil && f.Answer.Decision == plan.Rejected
}

// AtLeast counts the findings of a severity or a graver one that are not waived: what an exit code hangs on.
func (r *Report) AtLeast(severity plan.Severity) int {
	n := 0
	for _, word := range severity.Values() {
		n += r.Summary.Findings[word] - r.Summary.Waived[word]
		if word == string(severity) {
			break
		}
	}
	return n
}

// naming turns ids into what people call things.
type naming struct{ frame *coherence.Frame }

func (n naming) ref(id plan.ID) Ref {
	if name := n.frame.Name(id); name != string(id) {
		return Ref{id, name}
	}
	return Ref{ID: id}
}

func (n naming) refs(ids []plan.ID) []Ref {
	refs := make([]Ref, len(ids))
	for i, id := range ids {
		refs[i] = n.ref(id)
	}
	return refs
}

func (n naming) optional(id plan.ID) *Ref {
	if id == "" {
		return nil
	}
	ref := n.ref(id)
	return &ref
}

func (n naming) verdict(v coherence.Verdict) Verdict {
	out := Verdict{
		A: n.ref(v.A), B: n.ref(v.B), Outcome: string(v.Outcome), Complementary: v.Complementary, Executable: v.Executable,
		Counts: counts(v.Counts), Findings: append([]plan.ID{}, v.Findings...), Reasons: make([]Reason, len(v.Reasons)),
	}
	for i, r := range v.Reasons {
		out.Reasons[i] = Reason{r.Rule, string(r.Code), r.Text, r.Count}
	}
	return out
}

func (n naming) finding(f *plan.Finding) Finding {
	out := Finding{
		ID: f.ID, Rule: f.Rule, Severity: f.Severity, Dimension: f.Dimension, State: string(f.State), Message: f.Message,
		Plans: n.refs(f.Plans), About: n.refs(f.About), Evidence: append([]plan.Evidence{}, f.Evidence...),
		Yields:      Yields{Plan: n.optional(f.YieldsPlan), Norm: f.Yields.Norm, Escalate: f.Yields.Escalate, Reason: f.Yields.Reason},
		Explanation: make([]Step, len(f.Explanation)), LinkIDs: append([]string{}, f.Links...),
	}
	if f.Answer.Decision != "" {
		out.Answer = &f.Answer
	}
	for i, s := range f.Explanation {
		out.Explanation[i] = Step{Step: s.Step, Text: s.Text}
		if s.Citation != (plan.Citation{}) {
			out.Explanation[i].Citation = &s.Citation
		}
	}
	return out
}

func (n naming) notChecked(c coherence.NotChecked) NotChecked {
	return NotChecked{
		A: n.optional(c.A), B: n.optional(c.B), Indicator: n.optional(c.Indicator), Rule: c.Rule,
		Outcome: string(c.Outcome), Code: string(c.Reason.Code), Text: c.Reason.Text, Count: c.Count,
	}
}

func counts(c coherence.Counts) Counts { return Counts(c) }
