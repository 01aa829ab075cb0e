package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Material is what an opinion letter is written from.
type Material struct {
	Register Register
	Run      *coherence.Run
	Plans    []plan.ID                   // that the letter is about; empty = all of the register
	Findings map[plan.ID]*plan.Finding   // as stored, with version and answer; those GONE are told with their answers
	Rooms    map[plan.ID]*coherence.Room // what is left to figures that have to change, by finding
	Objects  map[plan.ID]plan.Object     // what the evidence of the findings and their rooms are of, and the sections in which that stands
	Organ    string                      // that issues the letter; "" leaves its place open
	Date     plan.Date                   // of the letter; "" leaves its place open
}

// Letter is a 衔接审查意见: what the review of chosen plans found, item by item, to the departments that lead them. Markdown, DOCX and XLSX
// are written from it alone. What no source states, and who issues the letter and when unless that is given, are left as 〔    〕.
type Letter struct {
	Title   string
	To      []string // lead departments, of plans without a stated one their place
	CopyTo  []string // 抄送: those of the other plans that the items involve
	Opening []string // paragraphs: what was reviewed, what it found, what could not be compared
	Items   []Item   // most severe first
	Gone    []Item   // answered, and no longer reported
	Annex   []string // what could not be compared, and why; the most frequent first
	Organ   string
	Date    string

	report *Report
}

// Item is one finding as a letter puts it.
type Item struct {
	Finding    plan.ID
	Version    int64 // of the stored finding, 0 when it is not stored
	Heading    string
	Severity   string
	Plans      []string // titles
	Places     []string // section or target, the figure as published, its source
	Problem    string
	Basis      []string // norms with their articles; assumptions are marked
	Suggestion string   // what to change, and who yields
	Answer     plan.Answer
	State      plan.FindingState
}

// What a letter lists before it says how many more there are.
const (
	mostTitles   = 6  // plans by title in the opening
	mostAnnex    = 30 // reasons why something could not be compared
	mostExamples = 3  // of each reason
	mostUnstated = 3  // plans whose lead departments no source states, among those to whom it goes
)

// NewLetter writes the letter of a review.
func NewLetter(m Material) *Letter {
	w := &writer{Material: m, naming: naming{m.Run.Frame()}, rules: map[string]string{}}
	for _, r := range coherence.Rules() {
		w.rules[r.ID] = r.Title
	}
	l := &Letter{report: New(m.Run, m.Register, nil), Organ: orBlank(m.Organ), Date: dateZh(m.Date)}
	for _, f := range m.Run.Findings {
		l.Items = append(l.Items, w.item(f))
	}
	reported := func(f *plan.Finding) bool { return f.State != plan.FindingGone || m.Run.Reports(f.ID) }
	gone := slices.DeleteFunc(slices.Collect(maps.Values(m.Findings)), reported)
	slices.SortFunc(gone, coherence.CompareFindings)
	for _, f := range gone {
		l.Gone = append(l.Gone, w.item(f))
	}
	l.Title = "关于" + w.subject() + "的衔接审查意见"
	involved := w.involved()
	if len(m.Plans) == 0 {
		l.To = w.departments(involved)
	} else {
		l.To = w.departments(m.Plans)
		l.CopyTo = slices.DeleteFunc(w.departments(involved), func(name string) bool { return slices.Contains(l.To, name) })
	}
	if len(l.To) == 0 {
		l.To = []string{blank}
	}
	l.Opening = w.opening(l)
	l.Annex = l.report.annex()
	return l
}

// writer puts a review into words.
type writer struct {
	Material
	naming
	rules map[string]string // titles by id
}

// involved are the plans of all findings.
func (w *writer) involved() []plan.ID {
	var ids []plan.ID
	for _, f := range w.Run.Findings {
		ids = append(ids, f.Plans...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (w *writer) subject() string {
	switch n := len(w.Plans); {
	case n == 0:
		return "规划库在库规划"
	case n > 2:
		return w.frame.Title(w.Plans[0]) + "等" + strconv.Itoa(n) + "份规划"
	}
	return w.titles(w.Plans)
}

func (w *writer) titles(ids []plan.ID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = w.frame.Title(id)
	}
	return strings.Join(names, "")
}

// departments are those that lead plans, each once; in the end the places of those that no source states, or of many one place.
func (w *writer) departments(plans []plan.ID) []string {
	var to []string
	add := func(name string) {
		if !slices.Contains(to, name) {
			to = append(to, name)
		}
	}
	var unstated []plan.ID
	for _, id := range plans {
		p := w.frame.Plan(id)
		if p == nil {
			continue
		}
		for _, lead := range p.Leads {
			add(w.frame.Name(lead))
		}
		if len(p.Leads) == 0 {
			unstated = append(unstated, id)
		}
	}
	if n := len(unstated); n > mostUnstated {
		return append(to, "〔"+w.frame.Title(unstated[0])+"等"+strconv.Itoa(n)+"份规划的牵头部门：来源未注明〕")
	}
	for _, id := range unstated {
		add("〔" + w.frame.Title(id) + "牵头部门：来源未注明〕")
	}
	return to
}

func (w *writer) item(f *plan.Finding) Item {
	i := Item{
		Finding: f.ID, Severity: severityZh(f.Severity), Heading: w.heading(f), Places: w.places(f), Basis: basis(f), State: plan.FindingOpen,
	}
	for _, p := range f.Plans {
		i.Plans = append(i.Plans, w.frame.Title(p))
	}
	// A message says what is wrong, then who yields.
	i.Problem, i.Suggestion = f.Message, w.suggestion(f)
	if f.Yields.Reason != "" {
		i.Problem, _, _ = strings.Cut(f.Message, f.Yields.Reason)
	}
	if stored := w.Findings[f.ID]; stored != nil {
		i.Version, i.Answer, i.State = stored.Version, stored.Answer, stored.State
	}
	return i
}

// heading names the matter and what is wrong with it.
func (w *writer) heading(f *plan.Finding) string {
	for _, id := range f.About {
		if w.frame.Indicator(id) != nil {
			return "“" + w.frame.Name(id) + "”：" + w.rules[f.Rule]
		}
	}
	return w.rules[f.Rule]
}

// basis are the norms that a finding rests on, each with all its articles.
func basis(f *plan.Finding) []string {
	type norm struct {
		text     string
		articles []string
	}
	var norms []*norm
	for _, s := range f.Explanation {
		if s.Step != "NORM" {
			continue
		}
		article := articleZh(s.Citation)
		// A step that says nothing but its article is a further one of the norm before it.
		if repeats := article != "" && strings.HasSuffix(s.Text, article); !repeats || len(norms) == 0 {
			n := &norm{text: normZh(s.Text)}
			if repeats {
				n.text = ""
			}
			norms = append(norms, n)
		}
		if last := norms[len(norms)-1]; article != "" && !slices.Contains(last.articles, article) {
			last.articles = append(last.articles, article)
		}
	}
	texts := make([]string, len(norms))
	for i, n := range norms {
		cited := strings.Join(n.articles, "、")
		switch {
		case cited == "":
			texts[i] = n.text
		case n.text == "":
			texts[i] = cited + "。"
		default:
			texts[i] = strings.TrimSuffix(n.text, "。") + "（" + cited + "）。"
		}
	}
	return texts
}

// articleZh is a citation as a letter has it, "" for none; what no article states is marked.
func articleZh(c plan.Citation) string {
	if c.Law == "" {
		return ""
	}
	text := law.Citation{Law: c.Law, Article: c.Article, Assumption: c.Assumption}.Text()
	if strings.HasPrefix(c.Law, "《") { // a plan's title has its marks already
		return strings.Replace(text, "《"+c.Law+"》", c.Law, 1)
	}
	return text
}

// normZh leaves out the number that a norm has here: a letter goes to people who don't know it.
func normZh(text string) string {
	for _, n := range law.Norms() {
		if rest, ok := strings.CutPrefix(text, n.ID+" "); ok {
			return rest
		}
	}
	return text
}
