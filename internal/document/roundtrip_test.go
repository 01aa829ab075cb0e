package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// hard are texts that YAML could take for something else.
var hard = []string{
	"森林覆盖率", "true", "No", "null", "~", "2021", "1.0", "010", "0x1F", "1e3", "- a", "a: b", "a #b", "#", "x:", " x ", "'", `"`, `\`,
	"a\nb", "a\n\n b\n", "\na", "a\n", "a\r\nb", "a\tb", "\tb", "*x", "&x", "!x", "%", "@", "`", "|", ">", "{a}", "[a]", "a, b", "a]", "---", "...",
	"\u2028", "\u0085", "\uFEFF", "a\u00a0b", "　全角　", "😀", "\x01", "<<", "=", "?", "? a", "-", "a:b", "https://例.cn/a?b=c#d", "第一章　总则：“十四五”",
}

func genText(t *rapid.T) string {
	return rapid.OneOf(rapid.SampledFrom(hard), rapid.StringMatching(`[a-zA-Z0-9 :#\-\n"'森林,{}\[\]]{1,12}`)).Draw(t, "text")
}

// gen makes a register that has every member of the description in use.
type gen struct {
	t       *rapid.T
	objects []plan.Object
	ids     map[*plan.Kind][]plan.ID
}

func (g *gen) add(kind *plan.Kind, owner, parent plan.ID) plan.ID {
	code := fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"a", "林", "1.", "0"}).Draw(g.t, "code"), len(g.objects))
	if owner != "" {
		code = owner.Code() + "/" + code
	}
	o := kind.New()
	o.Base().ID = plan.MakeID(kind.Prefix, code)
	if e := kind.Owner(); e != nil {
		e.Set(o, []plan.ID{owner})
	}
	if parent != "" {
		kind.Edge(parentEdge).Set(o, []plan.ID{parent})
	}
	g.fields(kind, o)
	for _, e := range kind.Edges {
		if !e.Owner && e.Name != parentEdge {
			g.edge(o, e)
		}
	}
	return g.put(o)
}

func (g *gen) put(o plan.Object) plan.ID {
	plan.Normalize(o)
	k := plan.KindFor(o)
	g.objects = append(g.objects, o)
	g.ids[k] = append(g.ids[k], o.Base().ID)
	return o.Base().ID
}

func (g *gen) fields(kind *plan.Kind, o plan.Object) {
	for _, m := range shapeOf(kind).members {
		switch {
		case m.quantity != nil:
			*m.quantityOf(o) = g.quantity()
		case m.field != nil && m.key != "code":
			g.field(o, m.field)
		}
		for i, part := range m.parts {
			// The first part says whether the value object is there at all.
			if i == 0 || m.parts[0].field.Get(o) != nil {
				g.field(o, part.field)
			}
		}
	}
	// What the domain demands of several members together.
	switch o := o.(type) {
	case *plan.Plan:
		o.PeriodStart = ""
	case *plan.Project:
		o.Start = ""
	case *plan.Observation:
		o.PeriodStart = ""
	case *plan.Target:
		o.YearStart = 0
	case *plan.Indicator:
		o.Unit = rapid.SampledFrom([]string{"", "%", "万tce"}).Draw(g.t, "unit")
	}
}

func (g *gen) quantity() quantity.Quantity {
	q, err := quantity.Parse(rapid.SampledFrom([]string{
		">= 23.5 %", "about 65 %", "33..37 %", "-15 % vs 2020", "+3 百分点 vs 2020", "aspire 3000 万kW cumulative", "qualitative: 持续改善: #1", "12.50",
	}).Draw(g.t, "quantity"))
	if err != nil {
		g.t.Fatal(err)
	}
	return q
}

func (g *gen) field(o plan.Object, f *plan.Field) {
	if !f.Required && rapid.IntRange(0, 2).Draw(g.t, "stated") == 0 {
		return
	}
	var cell any
	switch {
	case f.Enum != nil:
		cell = rapid.SampledFrom(f.Enum).Draw(g.t, f.Name)
	case f.Date:
		cell = rapid.SampledFrom([]string{"2021", "2021-09", "2021-09-30"}).Draw(g.t, f.Name)
	case f.Type == plan.Int:
		cell = int64(rapid.IntRange(2000, 2035).Draw(g.t, f.Name))
	case f.Type == plan.Bool:
		cell = rapid.Bool().Draw(g.t, f.Name)
	case f.Type == plan.Strings:
		var texts []string
		for range rapid.IntRange(1, 3).Draw(g.t, "texts") {
			texts = append(texts, genText(g.t))
		}
		text, err := json.Marshal(texts)
		if err != nil {
			g.t.Fatal(err)
		}
		cell = string(text)
	default:
		cell = genText(g.t)
	}
	if err := f.Set(o, cell); err != nil {
		g.t.Fatal(err)
	}
}

func (g *gen) edge(o plan.Object, e *plan.Edge) {
	known := slices.DeleteFunc(slices.Clone(g.ids[e.To[0]]), func(id plan.ID) bool { return id == o.Base().ID })
	if len(known) == 0 || !e.Required && rapid.Bool().Draw(g.t, e.Name) {
		return
	}
	ids := []plan.ID{rapid.SampledFrom(known).Draw(g.t, e.Name)}
	if e.Many {
		ids = rapid.SliceOfNDistinct(rapid.SampledFrom(known), 1, min(3, len(known)), rapid.ID[plan.ID]).Draw(g.t, e.Name)
	}
	e.Set(o, ids)
}

func (g *gen) register() []plan.Object {
	var plans []plan.ID
	for _, k := range plan.Kinds() {
		switch {
		case k.Name == "Link" || k.Name == "Finding":
			continue
		case k.Owner() == nil:
			for range rapid.IntRange(1, 3).Draw(g.t, k.Plural) {
				g.add(k, "", "")
			}
		default:
			for _, owner := range g.ids[k.Owner().To[0]] {
				id := g.add(k, owner, "")
				if k.Edge(parentEdge) != nil && k.Element() {
					g.add(k, owner, g.add(k, owner, id))
				}
			}
		}
	}
	plans = g.ids[plan.KindNamed("Plan")]
	for i := 1; i < len(plans); i++ {
		g.link(plan.Obeys, plans[i], plans[0])
	}
	tasks, goals := g.ids[plan.KindNamed("Task")], g.ids[plan.KindNamed("Goal")]
	g.link(plan.Implements, tasks[0], goals[len(goals)-1])
	indicators := g.ids[plan.KindNamed("Indicator")]
	g.link(plan.DependsOn, indicators[0], tasks[0])
	return g.objects
}

func (g *gen) link(typ plan.LinkType, from, to plan.ID) {
	l := &plan.Link{}
	g.fields(plan.KindFor(l), l)
	l.Type, l.From, l.To = typ, from, to
	g.put(l)
}

// Writing and reading is the identity on objects and on bytes, for every member of every kind.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := &gen{t: t, ids: map[*plan.Kind][]plan.ID{}}
		objects := g.register()
		files, err := Write(objects)
		if err != nil {
			t.Fatal(err)
		}
		var docs []*Document
		for _, f := range files {
			doc, errs := Parse(f.Name, f.Data)
			if len(errs) > 0 {
				t.Fatalf("%v\n%s", errs, f.Data)
			}
			docs = append(docs, doc)
		}
		if errs, err := Of(docs...).Resolve(nil); err != nil || len(errs) > 0 {
			t.Fatal(err, errs)
		}
		read := objectsOf(docs)
		if got, want := canonical(read), canonical(objects); got != want {
			t.Fatalf("read:\n%s\nwritten:\n%s\nfiles:\n%s", got, want, files)
		}
		again, err := Write(read)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range files {
			if again[i].Name != f.Name || !bytes.Equal(again[i].Data, f.Data) {
				t.Fatalf("first:\n%s\nsecond:\n%s", f.Data, again[i].Data)
			}
		}
	})
}

func canonical(objects []plan.Object) string {
	lines := make([]string, len(objects))
	for i, o := range objects {
		lines[i] = string(plan.Marshal(o))
	}
	slices.Sort(lines)
	return fmt.Sprint(lines)
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"register/eco.yaml", "register/vocabulary.yaml", "register/outline.yaml", "twelve.yaml"} {
		f.Add(readFile(f, "testdata/"+name))
	}
	f.Add([]byte("plan: {code: a"))
	f.Add([]byte("vocabulary:\n  links:\n  - {from: a, to: b}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, errs := Parse("x.yaml", data)
		if more, _ := Of(doc).Resolve(nil); len(errs) > 0 || slices.ContainsFunc(more, isOwn) {
			return
		}
		files, err := Write(doc.Objects)
		if err != nil {
			t.Fatalf("accepted, but can't be written: %v", err)
		}
		var docs []*Document
		for _, file := range files {
			doc, errs := Parse(file.Name, file.Data)
			if len(errs) > 0 {
				t.Fatalf("written, but not accepted: %v\n%s", errs, file.Data)
			}
			docs = append(docs, doc)
		}
		if got, want := canonical(objectsOf(docs)), canonical(doc.Objects); got != want {
			t.Fatalf("read back:\n%s\nwant:\n%s", got, want)
		}
	})
}

// isOwn says whether an error is about the document's own objects and not about what it refers to.
func isOwn(e *plan.Error) bool { return !bytes.Contains([]byte(e.Message), []byte("that exists")) }

func BenchmarkParse(b *testing.B) {
	var text bytes.Buffer
	text.WriteString(header + "targets:\n")
	const objects = 5000
	for i := range objects {
		fmt.Fprintf(&text, "  - code: t%d\n    indicator: forest-cover\n    calibre: survey-9\n    region: \"150000\"\n    year: 2025\n"+
			"    value: \">= 23.5 %%\"\n    nature: BINDING\n    text: 到2025年，森林覆盖率达到23.5%%\n    source: {ref: A02 A08, confidence: STATED}\n", i)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, errs := Parse("x.yaml", text.Bytes()); len(errs) > 0 {
			b.Fatal(errs)
		}
	}
	b.ReportMetric(float64(objects)*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
}
