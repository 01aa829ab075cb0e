package coherence

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"testing"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// figure is a target that a test states; what it leaves open is the city's in 2025, of unstated nature and calibre.
type figure struct {
	value   string
	region  plan.ID
	year    int // -1 = not stated
	start   int
	nature  plan.Nature
	calibre plan.ID
}

func (f figure) target(t testing.TB, owner, local string) *plan.Target {
	t.Helper()
	q, err := quantity.Parse(f.value)
	if err != nil {
		t.Fatal(err)
	}
	target := exampleTarget{nature: f.nature, region: f.region}.of(owner)
	target.ID, target.Code = plan.MakeID("target", owner, local), local
	target.Quantity, target.YearStart, target.Calibre = q, f.start, f.calibre
	target.Source.Ref = "F1"
	switch f.year {
	case 0:
	case -1:
		target.Year = 0
	default:
		target.Year = f.year
	}
	return target
}

// register is a small register: the regions of the examples, the indicator x, and two calibres of it.
type register struct {
	t       testing.TB
	objects []plan.Object
}

func newRegister(t testing.TB, trend plan.Trend) *register {
	r := &register{t: t, objects: exampleFrame("森林覆盖率", trend)}
	for _, code := range []string{"old", "new"} {
		r.objects = append(r.objects, &plan.Calibre{Meta: plan.Meta{ID: plan.MakeID("calibre", "x", code)}, Name: code, Indicator: "indicator:x"})
	}
	return r
}

// plan adds a special plan of the city, in force since September 2021, with targets.
func (r *register) plan(code string, figures ...figure) *plan.Plan {
	p := examplePlan(code, code, plan.Prefectural, "region:city")
	r.objects = append(r.objects, p)
	for i, f := range figures {
		r.objects = append(r.objects, f.target(r.t, code, "x"+string(rune('0'+i))))
	}
	return p
}

// measured adds an observation of the city over whole years such as "2020" or "2021..2024"; owner is the plan that states it, nil for a
// bulletin. A plan's own is a baseline.
func (r *register) measured(owner *plan.Plan, years, value string) *plan.Observation {
	r.t.Helper()
	from, to, span := strings.Cut(years, "..")
	if !span {
		to = from
	}
	q, err := quantity.Parse(value)
	if err != nil {
		r.t.Fatal(err)
	}
	code := strconv.Itoa(len(r.objects))
	o := &plan.Observation{
		Meta: plan.Meta{ID: plan.MakeID("observation", code), Code: code}, Quantity: q, PeriodStart: plan.Date(from), PeriodEnd: plan.Date(to),
		Role: plan.Status, Indicator: "indicator:x", Region: "region:city", Source: plan.Source{Ref: "F2", Confidence: plan.Stated},
	}
	if owner != nil {
		o.ID, o.Plan, o.Role = plan.MakeID("observation", owner.Code, code), owner.ID, plan.Baseline
	}
	r.objects = append(r.objects, o)
	return o
}

func (r *register) link(from *plan.Plan, typ plan.LinkType, to *plan.Plan) *plan.Link {
	id := plan.LinkID(typ, from.ID, to.ID)
	l := &plan.Link{Meta: plan.Meta{ID: id}, Type: typ, State: plan.Unreviewed, From: from.ID, To: to.ID}
	r.objects = append(r.objects, l)
	return l
}

func (r *register) check(opts Options) *Run {
	r.t.Helper()
	return check(r.t, r.objects, opts)
}

// with asks only the rules that a test is about.
func with(t testing.TB, ids ...string) Options {
	t.Helper()
	rules, err := RulesNamed(ids...)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Rules: rules}
}

func check(t testing.TB, objects []plan.Object, opts Options) *Run {
	t.Helper()
	frame := NewFrame(objects)
	run, err := Check(context.Background(), frame, NewMemory(objects), opts)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// answered are the counts that one rule gave for a pair.
func (run *Run) answered(t testing.TB, rule string, a, b plan.ID) Counts {
	t.Helper()
	if find(run.rules, rule) == nil {
		t.Fatalf("rule %s was not asked", rule)
	}
	key, known := run.keyOf(a, b)
	if !known {
		t.Fatalf("%s or %s is no plan", a, b)
	}
	return run.said(rule, run.tallies.of(key))
}

// said are the counts of one rule among cells.
func (run *Run) said(rule string, cells iter.Seq[cell]) Counts {
	var c Counts
	for cell := range cells {
		if run.rules[cell.rule].ID == rule {
			c.add(outcomes()[cell.outcome], int(cell.count))
		}
	}
	return c
}

func counted(o Outcome) Counts {
	var c Counts
	c.add(o, 1)
	return c
}
