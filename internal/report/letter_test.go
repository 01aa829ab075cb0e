package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// review is that of a small register in which one finding is answered, and another was and is gone.
func review(t *testing.T) Material {
	t.Helper()
	region := &plan.Region{Meta: plan.Meta{ID: "region:150000"}, Name: "内蒙古自治区", Type: plan.Administrative}
	objects := []plan.Object{
		region,
		&plan.Organization{Meta: plan.Meta{ID: "organization:env"}, Name: "自治区生态环境厅"},
		&plan.Organization{Meta: plan.Meta{ID: "organization:dev"}, Name: "自治区发展改革委"},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:retrofit"}, Name: "煤电机组节能改造", Trend: plan.Up},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:share"}, Name: "非化石能源消费比重", Trend: plan.Up},
		&plan.Indicator{Meta: plan.Meta{ID: "indicator:words"}, Name: "水质", Trend: plan.Up},
	}
	for i, title := range []string{"节能规划", "节能减排综合工作方案\x1b[31m", "<双碳>意见 & “方案”"} {
		code := string(rune('a' + i))
		p := &plan.Plan{
			Meta: plan.Meta{ID: plan.MakeID("plan", code), Code: code}, Title: title, Level: plan.Provincial, Category: plan.Special,
			Form: plan.FormPlan, Status: plan.Issued, IssuedAt: "2022-02", Region: region.ID, Source: plan.Source{Ref: "G" + code},
		}
		p.Leads = [][]plan.ID{{"organization:env", "organization:dev"}, {"organization:dev"}, nil}[i]
		objects = append(objects, p, &plan.Section{Meta: plan.Meta{ID: plan.MakeID("section", code, "3")}, Number: "第三章", Title: "主要目标", Plan: p.ID})
		for indicator, value := range map[string]string{
			"retrofit": []string{"3000 万kW cumulative", "2000 万kW cumulative", "3000 万kW cumulative"}[i],
			"share":    []string{"18 %", "18 %", "> 20 %"}[i],
			"words":    []string{"20 %", "qualitative: 持续改善", "20 %"}[i],
		} {
			objects = append(objects, &plan.Target{
				Meta: plan.Meta{ID: plan.MakeID("target", code, indicator)}, Quantity: parse(t, value), Year: 2025, Nature: plan.Expected,
				Plan: p.ID, Indicator: plan.MakeID("indicator", indicator), Region: region.ID, Section: plan.MakeID("section", code, "3"),
				Source: plan.Source{Document: "文本", Locator: "专栏1", Ref: "G" + code},
			})
		}
	}
	rules, err := coherence.RulesNamed("R01", "R02")
	if err != nil {
		t.Fatal(err)
	}
	run, err := coherence.Check(t.Context(), coherence.NewFrame(objects), coherence.NewMemory(objects), coherence.Options{Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	m := Material{Register: Register{Revision: 7}, Run: run, Findings: map[plan.ID]*plan.Finding{}, Objects: map[plan.ID]plan.Object{}}
	for _, o := range objects {
		m.Objects[o.Base().ID] = o
	}
	for i, f := range run.Findings {
		stored := *f
		stored.Version, stored.State = int64(i+1), plan.FindingOpen
		if i == 0 {
			stored.State = plan.FindingAnswered
			stored.Answer = plan.Answer{Decision: plan.PartiallyAccepted, Reason: "统计范围不同\n先行核对。", By: "生态环境厅 甲", Until: "2026-12-31"}
		}
		m.Findings[f.ID] = &stored
	}
	gone := *run.Findings[0]
	gone.ID, gone.State, gone.Version = "finding:r02-00000000000000aa", plan.FindingGone, 9
	gone.Answer = plan.Answer{Decision: plan.Accepted, By: "乙"}
	m.Findings[gone.ID] = &gone
	return m
}

func writtenLetter(t *testing.T, l *Letter, write func(io.Writer, *Letter) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLetterMarkdown(t *testing.T) {
	m := review(t)
	golden(t, "letter.md", writtenLetter(t, NewLetter(m), LetterMarkdown))
	m.Plans, m.Organ, m.Date = []plan.ID{"plan:a"}, "自治区发展改革委", "2026-03-01"
	l := NewLetter(m)
	if l.Title != "关于《节能规划》的衔接审查意见" || l.Organ != "自治区发展改革委" || l.Date != "2026年3月1日" {
		t.Errorf("%q from %q of %q", l.Title, l.Organ, l.Date)
	}
	if diff := cmp.Diff([]string{"自治区生态环境厅", "自治区发展改革委"}, l.To); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"〔《<双碳>意见 & “方案”》牵头部门：来源未注明〕"}, l.CopyTo); diff != "" {
		t.Error(diff)
	}
}

// Every finding is an item with all that a letter says of one.
func TestLetterItems(t *testing.T) {
	m := review(t)
	l := NewLetter(m)
	if len(l.Items) != len(m.Run.Findings) || len(l.Items) < 4 || len(l.Gone) != 1 {
		t.Fatalf("%d items and %d gone, of %d findings", len(l.Items), len(l.Gone), len(m.Run.Findings))
	}
	for i, item := range l.Items {
		f := m.Run.Findings[i]
		if item.Finding != f.ID || item.Problem+f.Yields.Reason != f.Message[:len(item.Problem+f.Yields.Reason)] || item.Problem == "" {
			t.Errorf("%s: the problem %q does not begin the message %q", f.ID, item.Problem, f.Message)
		}
		if item.Suggestion != f.Yields.Reason+coherence.Remedy(f) || item.Suggestion == "" {
			t.Errorf("%s: without a room the suggestion is %q", f.ID, item.Suggestion)
		}
		if !strings.Contains(strings.Join(item.Basis, ""), "《草原法》第20条") {
			t.Errorf("%s rests on %q", f.ID, item.Basis)
		}
		for _, place := range item.Places {
			if !strings.Contains(place, "“第三章 主要目标”指标") || !strings.Contains(place, "（来源：文本，专栏1，编号 G") {
				t.Errorf("%s stands in %q", f.ID, place)
			}
		}
	}
}

// An answer whose last day has passed is shown, and asked for again.
func TestLetterAsksAgain(t *testing.T) {
	m := review(t)
	m.Findings[m.Run.Findings[0].ID].State = plan.FindingOpen
	text := string(writtenLetter(t, NewLetter(m), LetterMarkdown))
	if !strings.Contains(text, "**答复（已过有效期，请重新答复）：** 部分采纳。") || strings.Contains(text, "收到答复") {
		t.Errorf("an answer that has ended reads %s", text)
	}
}

func TestBasis(t *testing.T) {
	steps := func(steps ...plan.Step) *plan.Finding {
		return &plan.Finding{Explanation: append([]plan.Step{{Step: "FACTS", Text: "事实。"}}, steps...)}
	}
	cite := func(text, name, article string, assumed bool) plan.Step {
		return plan.Step{Step: "NORM", Text: text, Citation: plan.Citation{Law: name, Article: article, Assumption: assumed}}
	}
	tests := []struct {
		name    string
		finding *plan.Finding
		want    []string
	}{
		{"none", steps(), []string{}},
		{"a norm with two articles", steps(cite("P1 下级服从上级。", "草原法", "17", false), cite("（同上）《森林法》第25条", "森林法", "25", false)),
			[]string{"下级服从上级（《草原法》第17条、《森林法》第25条）。"}},
		{"an article alone", steps(cite("《草原法》第17条", "草原法", "17", false)), []string{"《草原法》第17条。"}},
		{"an assumption", steps(cite("P6 下级可以更严。", "理解", "", true)), []string{"下级可以更严（理解（推定））。"}},
		{"a recorded link without an article", steps(plan.Step{Step: "NORM", Text: "登记的衔接关系：《甲》服从《乙》。"}), []string{"登记的衔接关系：《甲》服从《乙》。"}},
		{"a recorded link with one", steps(cite("登记的衔接关系：《甲》（试行）服从《乙》。", "《甲》（试行）", "3", false)),
			[]string{"登记的衔接关系：《甲》（试行）服从《乙》（《甲》（试行）第3条）。"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, basis(tt.finding)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	m := review(t)
	for _, o := range []plan.Object{
		&plan.Task{Meta: plan.Meta{ID: "task:a/1"}, Title: "改造煤电机组", Plan: "plan:a", Section: "section:a/3"},
		&plan.Zone{Meta: plan.Meta{ID: "zone:z"}, Name: "生态保护红线"},
		&plan.Observation{Meta: plan.Meta{ID: "observation:o"}, Quantity: parse(t, "17 %"), PeriodStart: "2021-01", PeriodEnd: "2021-09", Text: "达到17%",
			Indicator: "indicator:share", Region: "region:150000", Plan: "plan:a", Source: plan.Source{Ref: "C1"}},
	} {
		m.Objects[o.Base().ID] = o
	}
	w := &writer{Material: m, naming: naming{m.Run.Frame()}}
	tests := []struct {
		name     string
		evidence plan.Evidence
		want     string
	}{
		{"a task", plan.Evidence{Object: "task:a/1", Published: "2021年起", Ref: "A1"}, "《节能规划》“第三章 主要目标”“改造煤电机组”：2021年起（来源：编号 A1）"},
		{"a zone without a fact", plan.Evidence{Object: "zone:z"}, "“生态保护红线”（来源未登记）"},
		{"what is removed", plan.Evidence{Object: "target:x/1", Published: "23.5%", Ref: "A2"}, "23.5%（来源：编号 A2）"},
		{"an actual value", plan.Evidence{Object: "observation:o", Field: "quantity", Published: "-"},
			"《节能规划》所列指标“非化石能源消费比重”（内蒙古自治区，2021年1月至2021年9月）实际值：“达到17%”（17%）（来源：编号 C1）"},
		{"the calibre of a target", plan.Evidence{Object: "target:a/share", Field: "calibre", Published: "新口径"},
			"《节能规划》“第三章 主要目标”指标“非化石能源消费比重”（内蒙古自治区，2025年）：18%；新口径（来源：文本，专栏1，编号 Ga）"},
		{"a plan", plan.Evidence{Object: "plan:a", Field: "issuedAt", Published: "2022-02印发"}, "《节能规划》：2022-02印发（来源：编号 Ga）"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff([]string{tt.want}, w.places(&plan.Finding{Evidence: []plan.Evidence{tt.evidence}})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOrdinal(t *testing.T) {
	for n, want := range map[int]string{
		1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一百", 101: "一百零一", 110: "一百一十", 1000: "一千", 1001: "一千零一",
		1010: "一千零一十", 2345: "二千三百四十五", 10000: "10000",
	} {
		if got := ordinal(n); got != want {
			t.Errorf("%d is %q, wanted %q", n, got, want)
		}
	}
}

func TestLetterDOCX(t *testing.T) {
	l := NewLetter(review(t))
	file := writtenLetter(t, l, LetterDOCX)
	if !bytes.Equal(file, writtenLetter(t, NewLetter(review(t)), LetterDOCX)) {
		t.Error("equal letters are not equal bytes")
	}
	parts := unpack(t, file)
	for name, data := range parts {
		wellFormed(t, name, data)
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "word/footer.xml", "word/fontTable.xml", "word/_rels/document.xml.rels"} {
		if parts[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	// Every block is a paragraph with its words, in a style that there is.
	var doc struct {
		Paragraphs []struct {
			Style struct {
				Value string `xml:"val,attr"`
			} `xml:"pPr>pStyle"`
			Runs []struct {
				Text string `xml:"t"`
			} `xml:"r"`
		} `xml:"body>p"`
	}
	if err := xml.Unmarshal(parts["word/document.xml"], &doc); err != nil {
		t.Fatal(err)
	}
	blocks := l.blocks()
	if len(doc.Paragraphs) != len(blocks) {
		t.Fatalf("%d paragraphs of %d", len(doc.Paragraphs), len(blocks))
	}
	for i, p := range doc.Paragraphs {
		var text strings.Builder
		for _, r := range p.Runs {
			text.WriteString(r.Text)
		}
		if text.String() != blocks[i].label+blocks[i].text {
			t.Errorf("%q became %q", blocks[i], text.String())
		}
		if !bytes.Contains(parts["word/styles.xml"], []byte(`w:styleId="`+p.Style.Value+`"`)) {
			t.Errorf("no style %q", p.Style.Value)
		}
	}
}

func unpack(t *testing.T, file []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return parts
}

func wellFormed(t *testing.T, name string, data []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	elements := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	if elements == 0 {
		t.Errorf("%s is empty", name)
	}
}

// filled is the letter's workbook with cells changed.
func filled(t *testing.T, l *Letter, cells map[string]any) *bytes.Reader {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(writtenLetter(t, l, LetterXLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for cell, value := range cells {
		if err := f.SetCellValue(itemSheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(b.Bytes())
}
