package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/plan"
)

// Replay says whether a sealed check comes out the same when it is run again.
type Replay struct {
	Same    bool         `json:"same"`    // everything is as it was sealed
	Altered bool         `json:"altered"` // the file is not as it was written
	Seal    []Difference `json:"seal"`    // members of the seal that differ
	Opened  []Finding    `json:"opened"`  // found now, and not in the file
	Closed  []Finding    `json:"closed"`  // in the file, and not found now
	Changed []Change     `json:"changed"` // findings and verdicts that say something else now
}

// Difference is a member of the seal as it is in the file and now.
type Difference struct {
	What   string `json:"what"`
	Sealed string `json:"sealed"`
	Now    string `json:"now"`
}

// Change is the first thing in which a finding, or the verdict on a pair of plans, differs: as the file has it and as it is now.
type Change struct {
	ID     string `json:"id"`   // of the finding, or of both plans
	What   string `json:"what"` // such as evidence/0/converted; "" = the whole
	Sealed string `json:"sealed"`
	Now    string `json:"now"`
}

// NewReplay compares a report from a file with the same check made anew.
func NewReplay(sealed, now *Report, intact bool) (*Replay, error) {
	p := &Replay{Altered: !intact, Seal: []Difference{}, Opened: []Finding{}, Closed: []Finding{}, Changed: []Change{}}
	if err := p.seals(sealed.Seal, now.Seal); err != nil {
		return nil, err
	}
	was := map[plan.ID]*Finding{}
	for i := range sealed.Findings {
		was[sealed.Findings[i].ID] = &sealed.Findings[i]
	}
	for i := range now.Findings {
		f := &now.Findings[i]
		old := was[f.ID]
		delete(was, f.ID)
		switch {
		case old == nil:
			p.Opened = append(p.Opened, *f)
		default:
			p.change(string(f.ID), unplaced(old), unplaced(f))
		}
	}
	for i := range sealed.Findings {
		if f := &sealed.Findings[i]; was[f.ID] == f {
			p.Closed = append(p.Closed, *f)
		}
	}
	p.verdicts(sealed.Verdicts, now.Verdicts)
	p.Same = intact && len(p.Seal)+len(p.Opened)+len(p.Closed)+len(p.Changed) == 0
	return p, nil
}

// seals compares what was sealed, member by member in the order of Seal.
func (p *Replay) seals(sealed, now *Seal) error {
	a, err := members(sealed)
	if err != nil {
		return err
	}
	b, err := members(now)
	if err != nil {
		return err
	}
	for i := range a {
		if a[i].text != b[i].text {
			p.Seal = append(p.Seal, Difference{a[i].name, a[i].text, b[i].text})
		}
	}
	return nil
}

type member struct{ name, text string }

// members are those of a seal as JSON, in their order.
func members(s *Seal) ([]member, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		all = append(all, member{fmt.Sprint(name), strings.Trim(string(value), `"`)})
	}
	return all, nil
}

func (p *Replay) verdicts(sealed, now []Verdict) {
	key := func(v Verdict) string { return string(v.A.ID) + " " + string(v.B.ID) }
	was := map[string]Verdict{}
	for _, v := range sealed {
		was[key(v)] = v
	}
	says := func(v Verdict) string { return v.Outcome + "（" + answers(v.Counts) + "）" }
	for _, v := range now {
		old, had := was[key(v)]
		delete(was, key(v))
		switch {
		case !had:
			p.Changed = append(p.Changed, Change{key(v), "", "", says(v)})
		default:
			p.change(key(v), old, v)
		}
	}
	for _, v := range sealed {
		if _, gone := was[key(v)]; gone {
			p.Changed = append(p.Changed, Change{key(v), "", says(v), ""})
		}
	}
}

// unplaced is a finding without its place in documents, which may lie elsewhere by now.
func unplaced(f *Finding) Finding {
	bare := *f
	bare.Location = ""
	return bare
}

// change notes where two things differ first, if they do.
func (p *Replay) change(id string, sealed, now any) {
	if sameJSON(sealed, now) {
		return
	}
	c := Change{ID: id}
	c.What, c.Sealed, c.Now = firstDifference(generic(sealed), generic(now))
	p.Changed = append(p.Changed, c)
}

func generic(v any) (out any) {
	if err := json.Unmarshal([]byte(text(v)), &out); err != nil {
		panic("report: " + err.Error()) // it was just written
	}
	return out
}

// firstDifference is the place where two JSON values differ first, by name and number, and what stands there.
func firstDifference(a, b any) (path, x, y string) {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(a)) {
			if ok && !sameJSON(a[name], b[name]) {
				path, x, y = firstDifference(a[name], b[name])
				return strings.TrimSuffix(name+"/"+path, "/"), x, y
			}
		}
	case []any:
		b, ok := b.([]any)
		for i := range a {
			if ok && i < len(b) && !sameJSON(a[i], b[i]) {
				path, x, y = firstDifference(a[i], b[i])
				return strings.TrimSuffix(strconv.Itoa(i)+"/"+path, "/"), x, y
			}
		}
	}
	return "", strings.Trim(text(a), `"`), strings.Trim(text(b), `"`)
}

func sameJSON(a, b any) bool { return text(a) == text(b) }

// ReplayJSON writes a replay as indented JSON.
func ReplayJSON(w io.Writer, p *Replay) error { return indented(w, p) }

// ReplayText writes a replay for reading.
func ReplayText(w io.Writer, p *Replay) error {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(clean(fmt.Sprintf(format, args...)) + "\n") }
	if p.Same {
		line("重现一致：引擎、规则、数据和结果都与封存时相同")
	} else {
		line("重现不一致")
	}
	if p.Altered {
		line("  文件内容与封存时不同：写出以后被改动过")
	}
	for _, d := range p.Seal {
		line("  %s %s：封存时 %s，现在 %s", sealZh(d.What), d.What, d.Sealed, d.Now)
	}
	for _, part := range []struct {
		title    string
		findings []Finding
	}{{"新出现的问题", p.Opened}, {"不再出现的问题", p.Closed}} {
		if len(part.findings) > 0 {
			line("%s %d：", part.title, len(part.findings))
		}
		for i := range part.findings {
			f := &part.findings[i]
			line("  [%s] %s %s（%s）", severityZh(f.Severity), f.Rule, f.Message, f.ID)
		}
	}
	if len(p.Changed) > 0 {
		line("内容有变的问题和规划对 %s：", strconv.Itoa(len(p.Changed)))
	}
	for _, c := range p.Changed {
		line("  %s：封存时 %s，现在 %s", strings.TrimSpace(c.ID+" "+c.What), orNone(c.Sealed), orNone(c.Now))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orNone(text string) string {
	if text == "" {
		return "没有"
	}
	return text
}

func sealZh(name string) string {
	names := []string{"engine", "引擎", "ruleSet", "规则集", "rules", "所用规则", "plans", "所查规划", "today", "检查日期", "data", "数据摘要",
		"objects", "对象数", "findings", "问题数", "answers", "答复数", "outcome", "结果摘要"}
	if i := slices.Index(names, name); i >= 0 && i%2 == 0 {
		return names[i+1]
	}
	return name
}
