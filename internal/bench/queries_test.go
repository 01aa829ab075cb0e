package bench

import (
	"encoding/json"
	"hash/crc32"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"xianjie/internal/plan"
)

// The four questions that reads are measured with.
const (
	onePlan    = `query($id: ID!) {plan(id: $id) {title level category status periodEnd}}`
	manyPlans  = `query($after: String) {plans(first: 50, after: $after) {pageInfo {endCursor} nodes {id title targets(first: 20) {nodes {id year text quantity {value unit} indicator {name} region {name}}}}}}`
	obeyedPlan = `query($id: ID!) {plan(id: $id) {title targets(first: 20) {nodes {id year text quantity {value unit}}} obeys {nodes {title targets(first: 20) {nodes {id year text quantity {value unit}}}}}}}`
	manyFields = `query($after: String) {targets(first: 500, after: $after) {pageInfo {endCursor} nodes {id code year nature order text quantity {value unit}}}}`
)

// manyByID is manyFields in the order in which the targets are stored, plan by plan.
const manyByID = `query($after: String) {targets(first: 500, after: $after, orderBy: {field: ID}) {pageInfo {endCursor} nodes {id code year nature order text quantity {value unit}}}}`

// most is how many different requests a question is asked with.
const most = 200

// question is one of them, with the requests that ask it about different objects.
type question struct {
	name     string
	requests []request
}

// request knows the answer that was once found right.
type request struct {
	bytes []byte
	size  int
	sum   uint32
}

// answer is what the questions can be answered with.
type answer struct {
	Data struct {
		Plan    *planNode
		Plans   *page[planNode]
		Targets *page[targetNode]
	}
	Errors []any
}

type page[T any] struct {
	PageInfo struct{ EndCursor string }
	Nodes    []T
}

type planNode struct {
	ID, Title, Level, Category, Status, PeriodEnd string
	Targets                                       *page[targetNode]
	Obeys                                         *page[planNode]
}

type targetNode struct {
	ID, Code, Nature, Text string
	Year, Order            int
	Quantity               struct{ Comparator, Value, Unit string }
	Indicator, Region      struct{ Name string }
}

// facts are the generated objects that answers are held against.
type facts struct {
	plans   map[string]*plan.Plan
	targets map[string]*plan.Target
	own     map[plan.ID][]*plan.Target // by plan, in their order
	obeyed  map[plan.ID]plan.ID
	names   map[plan.ID]string
	ids     []plan.ID // of plans
}

func newFacts(scale float64) *facts {
	f := &facts{
		plans: map[string]*plan.Plan{}, targets: map[string]*plan.Target{}, own: map[plan.ID][]*plan.Target{},
		obeyed: map[plan.ID]plan.ID{}, names: map[plan.ID]string{},
	}
	for o := range objects(testSeed, scale) {
		switch o := o.(type) {
		case *plan.Plan:
			f.plans[string(o.ID)] = o
			f.ids = append(f.ids, o.ID)
		case *plan.Target:
			f.targets[string(o.ID)] = o
			f.own[o.Plan] = append(f.own[o.Plan], o)
		case *plan.Link:
			if o.Type == plan.Obeys {
				f.obeyed[o.From] = o.To
			}
		case *plan.Region:
			f.names[o.ID] = o.Name
		case *plan.Indicator:
			f.names[o.ID] = o.Name
		}
	}
	return f
}

// node is all that a question may select of a target.
func (f *facts) node(t *plan.Target) targetNode {
	n := targetNode{ID: string(t.ID), Code: t.Code, Nature: string(t.Nature), Text: t.Text, Year: t.Year, Order: t.Order}
	n.Quantity.Comparator, n.Quantity.Value, n.Quantity.Unit = string(t.Quantity.Comparator), t.Quantity.Value.String(), t.Quantity.Unit
	n.Indicator.Name, n.Region.Name = f.names[t.Indicator], f.names[t.Region]
	return n
}

func (f *facts) nodes(id plan.ID) *page[targetNode] {
	p := &page[targetNode]{}
	for _, t := range f.own[id] {
		p.Nodes = append(p.Nodes, f.node(t))
	}
	return p
}

// ask makes the questions, and holds every answer against what was generated.
func (s *served) ask(tb testing.TB, f *facts) []question {
	tb.Helper()
	c, err := dial(s.addr)
	if err != nil {
		tb.Fatal(err)
	}
	defer c.conn.Close()
	a := &asker{TB: tb, client: c, facts: f}
	return []question{
		{"q1", a.each(onePlan, a.onePlan)},
		{"q2", a.pages(manyPlans, a.manyPlans)},
		{"q3", a.each(obeyedPlan, a.obeyedPlan)},
		{"q4", a.pages(manyFields, a.manyFields)},
		{"q4-by-id", a.pages(manyByID, a.manyFields)},
	}
}

type asker struct {
	testing.TB
	client *client
	facts  *facts
	seen   map[string]bool // objects that pages had
}

func (a *asker) request(text string, variables map[string]any) (request, *answer) {
	a.Helper()
	body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
	if err != nil {
		a.Fatal(err)
	}
	r := request{bytes: post(body)}
	got, err := a.client.do(r.bytes)
	if err != nil {
		a.Fatalf("%s: %v", body, err)
	}
	r.size, r.sum = len(got), crc32.ChecksumIEEE(got)
	parsed := &answer{}
	if err := json.Unmarshal(got, parsed); err != nil {
		a.Fatal(err)
	}
	if len(parsed.Errors) > 0 {
		a.Fatalf("%s: %v", body, parsed.Errors)
	}
	return r, parsed
}

// each asks about plans spread over all of them that obey another.
func (a *asker) each(text string, check func(plan.ID, *answer)) []request {
	a.Helper()
	var ids []plan.ID
	for _, id := range a.facts.ids {
		if a.facts.obeyed[id] != "" {
			ids = append(ids, id)
		}
	}
	var all []request
	for i := range min(most, len(ids)) {
		id := ids[i*len(ids)/min(most, len(ids))]
		r, got := a.request(text, map[string]any{"id": id})
		check(id, got)
		all = append(all, r)
	}
	return all
}

// pages asks for one page behind the other until one is empty; that one is left out.
func (a *asker) pages(text string, check func(*answer) (cursor string)) []request {
	a.Helper()
	a.seen = map[string]bool{}
	var all []request
	variables := map[string]any{}
	for {
		r, got := a.request(text, variables)
		cursor := check(got)
		if cursor == "" {
			return all
		}
		all = append(all, r)
		variables = map[string]any{"after": cursor}
	}
}

func (a *asker) onePlan(id plan.ID, got *answer) {
	p := a.facts.plans[string(id)]
	want := &planNode{Title: p.Title, Level: string(p.Level), Category: string(p.Category), Status: string(p.Status), PeriodEnd: string(p.PeriodEnd)}
	a.same(want, got.Data.Plan)
}

func (a *asker) manyPlans(got *answer) string {
	for _, n := range got.Data.Plans.Nodes {
		p := a.facts.plans[n.ID]
		if p == nil {
			a.Fatalf("saw plan %q, which was not generated", n.ID)
		}
		want := planNode{ID: n.ID, Title: p.Title, Targets: a.facts.nodes(p.ID)}
		a.same(want, n, cmpopts.IgnoreFields(targetNode{}, "Code", "Order", "Nature", "Quantity.Comparator"))
	}
	return a.turned(got.Data.Plans.PageInfo.EndCursor, len(a.facts.plans), func(add func(string)) {
		for _, n := range got.Data.Plans.Nodes {
			add(n.ID)
		}
	})
}

func (a *asker) obeyedPlan(id plan.ID, got *answer) {
	above := a.facts.obeyed[id]
	want := &planNode{
		Title: a.facts.plans[string(id)].Title, Targets: a.facts.nodes(id),
		Obeys: &page[planNode]{Nodes: []planNode{{Title: a.facts.plans[string(above)].Title, Targets: a.facts.nodes(above)}}},
	}
	a.same(want, got.Data.Plan, cmpopts.IgnoreFields(targetNode{}, "Code", "Order", "Nature", "Quantity.Comparator", "Indicator", "Region"))
}

func (a *asker) manyFields(got *answer) string {
	for _, n := range got.Data.Targets.Nodes {
		t := a.facts.targets[n.ID]
		if t == nil {
			a.Fatalf("saw target %q, which was not generated", n.ID)
		}
		a.same(a.facts.node(t), n, cmpopts.IgnoreFields(targetNode{}, "Quantity.Comparator", "Indicator", "Region"))
	}
	return a.turned(got.Data.Targets.PageInfo.EndCursor, len(a.facts.targets), func(add func(string)) {
		for _, n := range got.Data.Targets.Nodes {
			add(n.ID)
		}
	})
}

// turned notes the objects of a page. It gives the cursor of the next one, "" behind the last, when all objects must have come.
func (a *asker) turned(cursor string, of int, each func(add func(string))) string {
	before := len(a.seen)
	each(func(id string) {
		if a.seen[id] {
			a.Fatalf("%s comes on two pages", id)
		}
		a.seen[id] = true
	})
	if len(a.seen) > before {
		return cursor
	}
	if before != of {
		a.Fatalf("saw %d objects on all pages, want %d", before, of)
	}
	return ""
}

func (a *asker) same(want, got any, options ...cmp.Option) {
	a.Helper()
	options = append(options, cmpopts.IgnoreFields(page[targetNode]{}, "PageInfo"), cmpopts.IgnoreFields(page[planNode]{}, "PageInfo"))
	if diff := cmp.Diff(want, got, options...); diff != "" {
		a.Fatalf("answer (-generated +seen):\n%s", diff)
	}
}

func TestQuestionsAreAnsweredFromTheRegister(t *testing.T) {
	const small = 0.02
	for _, k := range kinds(t) {
		for _, q := range serve(t, k.loaded(t, small)).ask(t, newFacts(small)) {
			t.Run(k.name+"/"+q.name, func(t *testing.T) {
				if len(q.requests) == 0 {
					t.Error("nothing was asked")
				}
			})
		}
	}
}
