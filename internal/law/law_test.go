package law

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

func region(code string, typ plan.RegionType, within ...plan.ID) *plan.Region {
	return &plan.Region{Meta: plan.Meta{ID: plan.MakeID("region", code)}, Type: typ, Within: within}
}

// world is a nation with a province, two cities in it, and a basin that holds one part of the province.
func world() []*plan.Region {
	return []*plan.Region{
		region("nation", plan.Administrative),
		region("province", plan.Administrative, "region:nation"),
		region("city", plan.Administrative, "region:province"),
		region("far-city", plan.Administrative, "region:province"),
		region("basin", plan.Basin),
		region("basin-part", plan.Functional, "region:basin", "region:province"),
		region("elsewhere", plan.Administrative),
	}
}

type spec struct {
	level    plan.PlanLevel
	category plan.PlanCategory
	form     plan.PlanForm
	region   plan.ID
	status   plan.PlanStatus
	series   string
}

func (s spec) plan(code string) *plan.Plan {
	p := &plan.Plan{
		Meta: plan.Meta{ID: plan.MakeID("plan", code)}, Title: code, Level: plan.Provincial, Category: plan.Special,
		Form: plan.FormPlan, Status: plan.Issued, Region: "region:province", Series: s.series,
	}
	if s.level != "" {
		p.Level = s.level
	}
	if s.category != "" {
		p.Category = s.category
	}
	if s.form != "" {
		p.Form = s.form
	}
	if s.region != "" {
		p.Region = s.region
	}
	if s.status != "" {
		p.Status = s.status
	}
	return p
}

func link(from string, typ plan.LinkType, to string) *plan.Link {
	f, t := plan.MakeID("plan", from), plan.MakeID("plan", to)
	return &plan.Link{Meta: plan.Meta{ID: plan.LinkID(typ, f, t)}, Type: typ, From: f, To: t}
}

func TestBetween(t *testing.T) {
	type links = []*plan.Link
	national := spec{level: plan.National, region: "region:nation"}
	outline := spec{category: plan.Development}
	territorial := spec{category: plan.Spatial}
	tests := []struct {
		name   string
		a, b   spec
		links  links
		matter Matter
		lower  plan.ID
		norm   string
		chain  int
	}{
		{name: "lower level obeys upper", a: spec{}, b: national, lower: "plan:a", norm: Level},
		{name: "lower level obeys upper whatever the category", a: outline, b: national, lower: "plan:a", norm: Level},
		{name: "level counts only where the region lies within", a: spec{region: "region:elsewhere"}, b: national},
		{name: "level beats a link the other way", a: spec{}, b: national, links: links{link("b", plan.BasedOn, "a")}, lower: "plan:a", norm: Level},
		{name: "level with its recorded chain", a: spec{}, b: national,
			links: links{link("a", plan.BasedOn, "c"), link("c", plan.Obeys, "b")}, lower: "plan:a", norm: Level, chain: 2},
		{name: "development plan leads", a: outline, b: spec{}, lower: "plan:b", norm: Category},
		{name: "development plan leads the spatial one", a: territorial, b: outline, lower: "plan:a", norm: Category},
		{name: "spatial plan is the base", a: spec{}, b: territorial, lower: "plan:a", norm: Category},
		{name: "development plan leads a regional plan of a part", a: outline, b: spec{category: plan.Regional, region: "region:basin-part"},
			lower: "plan:b", norm: Category},
		{name: "an annual plan doesn't lead", a: spec{category: plan.Development, form: plan.FormAnnual}, b: spec{}},
		{name: "an opinion on development doesn't lead", a: spec{category: plan.Development, form: plan.FormOpinion}, b: spec{}},
		{name: "special and regional plans are equals", a: spec{}, b: spec{category: plan.Regional}},
		{name: "category doesn't reach past the region", a: outline, b: spec{region: "region:elsewhere"}},
		{name: "territorial plan where regions overlap only", a: spec{region: "region:basin"}, b: territorial, lower: "plan:a", norm: Territory},
		{name: "basin over area in matters of water", a: spec{region: "region:basin"}, b: spec{region: "region:basin-part"}, matter: Water,
			lower: "plan:b", norm: Basin},
		{name: "basin over area in no other matter", a: spec{region: "region:basin"}, b: spec{region: "region:basin-part"}},
		{name: "supporter follows", a: spec{}, b: spec{}, links: links{link("b", plan.Supports, "a")}, lower: "plan:b", norm: Support, chain: 1},
		{name: "category comes before support", a: outline, b: spec{}, links: links{link("a", plan.Supports, "b")}, lower: "plan:b", norm: Category},
		{name: "mutual support decides nothing", a: spec{}, b: spec{}, links: links{link("b", plan.Supports, "a"), link("a", plan.Supports, "b")}},
		{name: "recorded basis between equals", a: spec{}, b: spec{}, links: links{link("a", plan.BasedOn, "b")}, lower: "plan:a", chain: 1},
		{name: "recorded chain between equals", a: spec{}, b: spec{},
			links: links{link("a", plan.Obeys, "c"), link("c", plan.BasedOn, "b")}, lower: "plan:a", chain: 2},
		{name: "a cycle decides nothing", a: spec{}, b: spec{}, links: links{link("a", plan.Obeys, "b"), link("b", plan.Obeys, "a")}},
		{name: "coordination obliges nobody", a: spec{}, b: spec{}, links: links{link("a", plan.CoordinatesWith, "b")}},
		{name: "a chain through a draft doesn't oblige", a: spec{}, b: spec{},
			links: links{link("a", plan.Obeys, "draft"), link("draft", plan.BasedOn, "b")}},
		{name: "editions of one series", a: spec{series: "s"}, b: spec{level: plan.National, region: "region:nation", series: "s"}},
		{name: "equals", a: spec{}, b: spec{}},
	}
	areas := NewAreas(world())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plans := []*plan.Plan{tt.a.plan("a"), tt.b.plan("b"), spec{}.plan("c"), spec{status: plan.Draft}.plan("draft")}
			order := NewOrder(plans, tt.links, areas)
			for _, got := range []Obligation{order.Between("plan:a", "plan:b", tt.matter), order.Between("plan:b", "plan:a", tt.matter)} {
				if got.Lower != tt.lower || got.Norm != tt.norm || len(got.Chain) != tt.chain {
					t.Errorf("lower %q by %q over %d links, want %q by %q over %d", got.Lower, got.Norm, len(got.Chain), tt.lower, tt.norm, tt.chain)
				}
				if got.Exists() && (got.Upper == got.Lower || got.Upper == "") {
					t.Errorf("upper is %q", got.Upper)
				}
			}
			if got := order.Lower("plan:b", "plan:a", tt.matter); got != tt.lower {
				t.Errorf("Lower says %q, want %q", got, tt.lower)
			}
		})
	}
}

func TestChainRunsUpwards(t *testing.T) {
	plans := []*plan.Plan{spec{}.plan("a"), spec{}.plan("b"), spec{}.plan("c")}
	order := NewOrder(plans, []*plan.Link{link("c", plan.BasedOn, "b"), link("a", plan.Obeys, "c")}, NewAreas(world()))
	got := order.Between("plan:b", "plan:a", General).Chain
	if len(got) != 2 || got[0].From != "plan:a" || got[1].To != "plan:b" {
		t.Errorf("chain is %v", got)
	}
	if diff := cmp.Diff([]plan.ID{"plan:b", "plan:c"}, order.Above("plan:a")); diff != "" {
		t.Error(diff)
	}
}

func TestDecide(t *testing.T) {
	names := func(id plan.ID) string {
		return map[plan.ID]string{"organization:e": "生态环境厅", "organization:d": "发展改革委"}[id]
	}
	led := func(code string, leads ...plan.ID) *plan.Plan {
		p := spec{}.plan(code)
		p.Leads = leads
		return p
	}
	issued := led("b")
	issued.Issuers = []plan.ID{"organization:d"}
	tests := []struct {
		name     string
		a, b     *plan.Plan
		o        Obligation
		lead     plan.ID
		yields   plan.ID
		norm     string
		escalate bool
		says     []string
	}{
		{name: "level", a: led("a"), b: led("b"), o: Obligation{Lower: "plan:b", Upper: "plan:a", Norm: Level}, yields: "plan:b", norm: Level, says: []string{"《b》", "下级规划服从上级规划"}},
		{name: "category", a: led("a"), b: led("b"), o: Obligation{Lower: "plan:a", Upper: "plan:b", Norm: Category}, yields: "plan:a", norm: Category, says: []string{"《a》"}},
		{name: "territory", a: led("a"), b: led("b"), o: Obligation{Lower: "plan:a", Upper: "plan:b", Norm: Territory}, yields: "plan:a", norm: Territory, says: []string{"强制性内容"}},
		{name: "basin", a: led("a"), b: led("b"), o: Obligation{Lower: "plan:a", Upper: "plan:b", Norm: Basin}, yields: "plan:a", norm: Basin, says: []string{"流域"}},
		{name: "support", a: led("a"), b: led("b"), o: Obligation{Lower: "plan:b", Upper: "plan:a", Norm: Support}, yields: "plan:b", norm: Support, says: []string{"配套"}},
		{name: "recorded link alone", a: led("a"), b: led("b"), o: Obligation{Lower: "plan:a", Upper: "plan:b"}, yields: "plan:a", says: []string{"登记的衔接关系"}},
		{name: "equals, nothing stated", a: led("a"), b: led("b"), norm: Equals, escalate: true, says: []string{"《a》", "《b》", "来源未注明"}},
		{name: "equals name both departments", a: led("a", "organization:e"), b: led("b", "organization:d"), norm: Equals, escalate: true, says: []string{"生态环境厅", "发展改革委"}},
		{name: "who issued stands in", a: led("a", "organization:e"), b: issued, norm: Equals, escalate: true, says: []string{"印发机关为发展改革委"}},
		{name: "the indicator's lead prevails", a: led("a", "organization:e"), b: led("b", "organization:d"), lead: "organization:d", yields: "plan:a", norm: Equals, says: []string{"由发展改革委牵头"}},
		{name: "a lead of both tips nothing", a: led("a", "organization:d"), b: led("b", "organization:d"), lead: "organization:d", norm: Equals, escalate: true},
		{name: "against an unstated lead nothing is assumed", a: led("a", "organization:d"), b: led("b"), lead: "organization:d", norm: Equals, escalate: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Decide(tt.a, tt.b, tt.o, tt.lead, names)
			if got.Plan != tt.yields || got.Norm != tt.norm || got.Escalate != tt.escalate {
				t.Errorf("got %+v", got)
			}
			for _, want := range tt.says {
				if !strings.Contains(got.Reason, want) {
					t.Errorf("reason %q doesn't say %q", got.Reason, want)
				}
			}
		})
	}
}

func TestNorms(t *testing.T) {
	norms := Norms()
	for i, n := range norms {
		if want := "P" + string(rune('0'+i)); n.ID != want {
			t.Errorf("norm %d is %s, want %s", i, n.ID, want)
		}
		if n.Name == "" || n.Title == "" || n.Text == "" || n.Effect == "" || len(n.Basis) == 0 {
			t.Errorf("%s is incomplete: %+v", n.ID, n)
		}
		for _, c := range n.Basis {
			if _, err := plan.ParseDate(string(c.InForce)); c.InForce != "" && err != nil {
				t.Errorf("%s: %v", n.ID, err)
			}
			if assumed := n.ID == Stricter || n.ID == Newer; c.Assumption != assumed {
				t.Errorf("%s: assumption is %v", n.ID, c.Assumption)
			}
		}
	}
	if len(norms) != 9 {
		t.Errorf("%d norms, want P0 to P8", len(norms))
	}
	if _, ok := NormByID("P9"); ok {
		t.Error("P9 exists")
	}
}

func TestRequirements(t *testing.T) {
	national := spec{level: plan.National, category: plan.Development, region: "region:nation"}.plan("u")
	territorial := spec{level: plan.Provincial, category: plan.Spatial}.plan("u")
	tests := []struct {
		name    string
		p, u    *plan.Plan
		applies []string
		met     []string
	}{
		{"provincial special plan", spec{}.plan("p"), national, []string{"national-development-plan"}, []string{"national-development-plan"}},
		{"provincial programme", spec{form: plan.FormProgramme}.plan("p"), national, nil, nil},
		{"national special plan", spec{level: plan.National}.plan("p"), national, nil, nil},
		{"city's spatial plan on the province's", spec{level: plan.Prefectural, category: plan.Spatial}.plan("p"), territorial,
			[]string{"national-development-plan", "superior-territorial-plan"}, []string{"superior-territorial-plan"}},
		{"county's spatial plan on the province's", spec{level: plan.County, category: plan.Spatial}.plan("p"), territorial,
			[]string{"national-development-plan", "superior-territorial-plan"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var applies, met []string
			for _, r := range Requirements() {
				if !r.Applies(tt.p) {
					continue
				}
				applies = append(applies, r.ID)
				if r.Met(tt.p, tt.u) {
					met = append(met, r.ID)
				}
			}
			if !slices.Equal(applies, tt.applies) || !slices.Equal(met, tt.met) {
				t.Errorf("applies %v, met %v; want %v, %v", applies, met, tt.applies, tt.met)
			}
		})
	}
}

func TestAreas(t *testing.T) {
	areas := NewAreas(append(world(), region("loop", plan.Functional, "region:pool"), region("pool", plan.Functional, "region:loop")))
	tests := []struct {
		name             string
		outer, inner     plan.ID
		covers, overlaps bool
	}{
		{"itself", "region:city", "region:city", true, true},
		{"over two steps", "region:nation", "region:city", true, true},
		{"not downwards", "region:city", "region:nation", false, true},
		{"sharing a part", "region:basin", "region:province", false, true},
		{"sharing a part over a step", "region:basin", "region:nation", false, true},
		{"siblings", "region:city", "region:far-city", false, false},
		{"unknown", "region:nowhere", "region:city", false, false},
		{"a loop ends", "region:loop", "region:pool", true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := areas.Covers(tt.outer, tt.inner); got != tt.covers {
				t.Errorf("covers: %v", got)
			}
			if a, b := areas.Overlap(tt.outer, tt.inner), areas.Overlap(tt.inner, tt.outer); a != tt.overlaps || b != tt.overlaps {
				t.Errorf("overlap: %v and %v", a, b)
			}
		})
	}
}

func TestTitleMarks(t *testing.T) {
	for title, want := range map[string]string{"节能规划": "《节能规划》", "《节能规划》": "《节能规划》", "关于《节能规划》的批复": "《关于〈节能规划〉的批复》"} {
		if got := Title(&plan.Plan{Title: title}); got != want {
			t.Errorf("%s became %s, want %s", title, got, want)
		}
	}
}
