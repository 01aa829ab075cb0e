package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
	"xianjie/internal/register"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

// dataset is a register made from a seed: objects of every kind, with and without what may be
// missing. It is filled by the description, so that a new field or kind is in it by itself.
type dataset struct {
	rng     *rand.Rand
	schema  *ast.Schema
	objects []plan.Object
	byKind  map[*plan.Kind][]plan.Object
}

func newDataset(t testing.TB, schema *ast.Schema, seed uint64, perKind int) *dataset {
	t.Helper()
	d := &dataset{
		rng: rand.New(rand.NewPCG(seed, 1)), schema: schema, byKind: map[*plan.Kind][]plan.Object{},
	}
	for _, k := range plan.Kinds() {
		ids := map[plan.ID]bool{}
		n := perKind
		if k.Name == "Link" {
			n *= 4 // there are eleven types of them
		}
		for tries := 0; len(d.byKind[k]) < n; tries++ {
			if tries == 100*n {
				t.Fatalf("the dataset finds no valid %s: %v", k, plan.Validate(d.object(k)))
			}
			o := d.object(k)
			if id := o.Base().ID; len(plan.Validate(o)) == 0 && !ids[id] {
				ids[id] = true
				d.objects = append(d.objects, o)
				d.byKind[k] = append(d.byKind[k], o)
			}
		}
	}
	return d
}

// Texts that something between the store and the response might take for syntax, that sort
// otherwise in UTF-16, or that need care in JSON.
var datasetTexts = []string{
	"森林覆盖率", "湿地保护率", "到2025年，森林覆盖率达到23.5%", "单位GDP能耗", "草原 综合植被盖度", "ＡＢＣ１２３", "abc123 Abc",
	"Forest cover", "林", "\U00020000\U00020001", "Ａ", "\uffee", "😀 \u00e9 e\u0301", "'; DROP TABLE plan; --", `" OR "1"="1`,
	`back\slash \u0041 \n`, "line\nbreak\r\ttab", "\b\f\x01\x1f\x7f", "\u2028\u2029", "<b>&amp;</b>", "%_*", "{$x} ${y}", "null", "0", " ",
	"\u202eright to left", strings.Repeat("长", 300),
}

var datasetCodes = []string{"nm-eco", "规划", "a.b~c", "x_1", "\U00020000", "Ａ", "z"}

var datasetDates = []string{"2020", "2021", "2021-09", "2021-09-30", "2021-10", "2022-01-01", "2025", "2035-12"}

var datasetQuantities = []string{
	">= 23.5 %", "< 0.50 %", "<= 15.0 亿m³", "17050 万亩", "about 65 %", "20..30 µg/m³", "-15 % vs 2020", "+2.0 百分点 vs 2020 (60 %)",
	"120 万吨 cumulative", "5.5 % per year", "aspire > 3000 万kW", "2 倍 vs 2015", "100", "qualitative: 持续 \"改善\"", "delegated: 完成国家下达任务", "1 亩",
}

// Units that the queries convert to.
var datasetUnits = []string{"%", "亿亩", "公顷", "km2", "kW", "百分点", "m³"}

// Lists of value objects. Some lack what the schema requires, which no store refuses.
var datasetValues = map[string][]string{
	"evidence": {
		`[]`, `[{"object":"plan:a","field":"title","published":"<3 & \"x\"","converted":"1","ref":"I10"}]`,
		`[{"object":"plan:a","field":"title","published":"p"},{"object":"target:b","field":"year","published":"2025","ref":"r"}]`,
		`[{"object":"plan:a","published":"p"}]`,
	},
	"explanation": {
		`[{"step":"FACTS","text":"事实"},{"step":"NORM","text":"依据","citation":{"law":"森林法","article":"25","assumption":true}}]`,
		`[{"step":"RULE","text":"t","citation":{"law":"草原法"}}]`, `[{"step":"NORM","text":"t","citation":{"article":"9"}},{"step":"RULE"}]`,
		`[{"step":"NORM","text":"x","citation":{"assumption":true}},{"step":"NORM","text":"y","citation":{"assumption":true}}]`,
	},
}

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

// some picks an object of the kinds, early ones more often, so that lists differ in length.
func (d *dataset) some(kinds []*plan.Kind) plan.Object {
	all := d.byKind[pick(d.rng, kinds)]
	if len(all) == 0 {
		return nil
	}
	return all[d.rng.IntN(d.rng.IntN(len(all))+1)]
}

func (d *dataset) object(k *plan.Kind) plan.Object {
	o := k.New()
	groups := map[string]map[string]any{} // the value objects that are there
	for _, f := range k.Fields {
		group, member, inGroup := strings.Cut(f.Name, ".")
		if !inGroup {
			d.set(o, f, d.cell(f))
			continue
		}
		cells, decided := groups[group]
		if !decided {
			if f.Required || d.rng.IntN(10) < 7 {
				cells = d.group(k, group)
			}
			groups[group] = cells
		}
		d.set(o, f, cells[member])
	}
	for _, e := range k.Edges {
		if group, _, inGroup := strings.Cut(e.Name, "."); !inGroup || groups[group] != nil {
			d.edge(o, e)
		}
	}
	d.identify(k, o)
	return o
}

func (d *dataset) set(o plan.Object, f *plan.Field, cell any) {
	if err := f.Set(o, cell); err != nil {
		panic(err)
	}
}

func (d *dataset) cell(f *plan.Field) any {
	if !f.Required && f.Type != plan.Bool && d.rng.IntN(10) < 3 {
		return nil
	}
	switch {
	case f.Name == "id" || f.Name == "code" || f.Type == plan.Time:
		return nil
	case f.Name == "unit":
		return "%"
	case f.Enum != nil:
		return pick(d.rng, f.Enum)
	case f.Date:
		return pick(d.rng, datasetDates)
	case f.Type == plan.Bool:
		return d.rng.IntN(2) == 0
	case f.Type == plan.Int && strings.Contains(strings.ToLower(f.Name), "year"):
		return 2020 + d.rng.Int64N(16)
	case f.Type == plan.Int:
		return 1 + d.rng.Int64N(6)
	case f.Type == plan.Values:
		return pick(d.rng, datasetValues[f.Name])
	case f.Type == plan.Strings:
		list := make([]string, d.rng.IntN(4))
		for i := range list {
			list[i] = pick(d.rng, datasetTexts)
		}
		text, _ := json.Marshal(list)
		return string(text)
	}
	return pick(d.rng, datasetTexts)
}

// group are the cells of a value object: a quantity, or members of which those that the schema
// requires are there.
func (d *dataset) group(k *plan.Kind, name string) map[string]any {
	def := d.schema.Types[d.schema.Types[k.Name].Fields.ForName(name).Type.Name()]
	if def.Name == "Quantity" {
		q, err := quantity.Parse(pick(d.rng, datasetQuantities))
		if err != nil {
			panic(err)
		}
		return quantityCells(q)
	}
	cells := map[string]any{}
	for _, f := range k.Fields {
		if member, ok := strings.CutPrefix(f.Name, name+"."); ok {
			cells[member] = d.cell(f)
			for cells[member] == nil && def.Fields.ForName(member).Type.NonNull {
				cells[member] = d.cell(f)
			}
		}
	}
	return cells
}

func quantityCells(q quantity.Quantity) map[string]any {
	cells := map[string]any{"comparator": string(q.Comparator), "aspirational": q.Aspirational}
	for name, text := range map[string]string{
		"value": q.Value.String(), "high": q.High.String(), "unit": q.Unit, "kind": string(q.Kind),
		"baseValue": q.BaseValue.String(), "baseUnit": q.BaseUnit, "phrase": q.Phrase,
	} {
		if text != "" {
			cells[name] = text
		}
	}
	if q.BaseYear != 0 {
		cells["baseYear"] = int64(q.BaseYear)
	}
	return cells
}

func (d *dataset) edge(o plan.Object, e *plan.Edge) {
	n := d.rng.IntN(2)
	switch {
	case e.Many:
		n = d.rng.IntN(4)
	case e.Required:
		n = 1
	}
	kinds := e.To
	if l, ok := o.(*plan.Link); ok && l.Type.BetweenPlans() {
		kinds = []*plan.Kind{plan.KindNamed("Plan")}
	}
	var ids []plan.ID
	for range n {
		if to := d.some(kinds); to != nil && !slices.Contains(ids, to.Base().ID) {
			ids = append(ids, to.Base().ID)
		}
	}
	e.Set(o, ids)
}

func (d *dataset) identify(k *plan.Kind, o plan.Object) {
	m := o.Base()
	if k.Name != "Link" {
		code := fmt.Sprintf("%s%d", pick(d.rng, datasetCodes), d.rng.IntN(1000))
		if owner := k.Owner(); owner != nil {
			m.ID = plan.MakeID(k.Prefix, owner.Get(o)[0].Code(), code)
		} else {
			m.ID = plan.MakeID(k.Prefix, code)
		}
	}
	plan.Normalize(o)
}

var datasetClock = time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)

// open fills a new store. Every third object is written twice, so that versions differ.
func (d *dataset) open(t testing.TB) store.Store {
	t.Helper()
	ctx := context.Background()
	s, err := sqlite.OpenTemporary(ctx, sqlite.Clock(func() time.Time { return datasetClock }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	first, second := plan.ChangeSet{Actor: "test"}, plan.ChangeSet{Actor: "test"}
	for i, o := range d.objects {
		first.Ops = append(first.Ops, plan.Op{Upsert: o})
		note := plan.KindFor(o).Field("note")
		if i%3 == 0 && note != nil {
			again := clone(t, o)
			d.set(again, note, "before")
			first.Ops[i].Upsert = again
			second.Ops = append(second.Ops, plan.Op{Upsert: o})
		}
	}
	for _, cs := range []plan.ChangeSet{first, second} {
		if _, err := s.Apply(ctx, cs); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func clone(t testing.TB, o plan.Object) plan.Object {
	t.Helper()
	again, err := plan.Unmarshal(plan.Marshal(o))
	if err != nil {
		t.Fatal(err)
	}
	plan.Normalize(again)
	return again
}

// read gives every object back as stored, with its version and times, and checks that nothing else
// differs from what was written.
func (d *dataset) read(t testing.TB, s store.Store) []plan.Object {
	t.Helper()
	var all []plan.Object
	for _, k := range plan.Kinds() {
		result, err := s.Fetch(context.Background(), &query.Selection{Of: []query.Shape{query.Whole(k)}})
		if err != nil {
			t.Fatal(err)
		}
		for row := range result.Root.Tables[0].Rows {
			o, err := result.Root.Tables[0].Object(row)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, o)
		}
	}
	texts := func(objects []plan.Object) map[plan.ID]string {
		m := map[plan.ID]string{}
		for _, o := range objects {
			m[o.Base().ID] = string(plan.Marshal(o))
		}
		return m
	}
	if diff := cmp.Diff(texts(d.objects), texts(all)); diff != "" {
		t.Fatalf("the store keeps other objects than were written:\n%s", diff)
	}
	return all
}

// countingStore counts the statements of its reads.
type countingStore struct {
	store.Store
	fetches, statements atomic.Int64
}

func (s *countingStore) Fetch(ctx context.Context, sel *query.Selection) (*query.Result, error) {
	result, err := s.Store.Fetch(ctx, sel)
	if err == nil {
		s.fetches.Add(1)
		s.statements.Add(int64(result.Statements))
	}
	return result, err
}

// unlimited lets every query through that the tests make.
var unlimited = Options{
	Limits: Limits{Depth: 1000, Aliases: 1000, Complexity: 1 << 60}, Introspection: true, Version: "test",
	Log: slog.New(slog.DiscardHandler),
}

func executorOf(s store.Store, o Options) *executor.Executor { return New(register.New(s), o) }

// run executes an operation as the transports do.
func run(t testing.TB, exec *executor.Executor, text string, variables map[string]any) *graphql.Response {
	t.Helper()
	ctx := graphql.StartOperationTrace(context.Background())
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: text, Variables: variables})
	if errs != nil {
		return exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	return next(ctx)
}
