package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// anySelection draws selections and holds the store's answers against the model's.
func anySelection(s *suite) {
	var objects []plan.Object
	for block := range blocks {
		world := World(block)
		for i, o := range world {
			blur(o, block*7+i)
		}
		s.apply(upsertAll(world...)...)
		objects = append(objects, world...)
	}
	for _, o := range objects {
		o.Base().Version = 1
	}
	m := newModel(objects)
	rapid.Check(s.T, func(t *rapid.T) {
		for range 4 {
			sel := (&drawing{T: t, model: m}).root()
			result, err := s.store.Fetch(s.Context(), sel)
			if err != nil {
				t.Fatalf("%v\nof %s", err, describe(sel))
			}
			if diff := cmp.Diff(m.fetch(sel), answered(result.Root, 0)); diff != "" {
				t.Fatalf("-model +store of %s\n%s", describe(sel), diff)
			}
		}
	})
}

// blur makes an object less unlike the others: fields that it has in common with them, fields that
// it lacks.
func blur(o plan.Object, seed int) {
	k := plan.KindFor(o)
	for _, f := range k.Fields {
		was := f.Get(o)
		if f.Required || f.Name == "id" || f.Name == "code" || f.Type == plan.Time || f.Name == "version" {
			continue
		}
		var cell any
		switch seed = (seed*1103515245 + 12345) & 0x7fffffff; {
		case f.Type == plan.Bool || seed>>16%3 == 0:
		case f.Type == plan.Int:
			cell = int64(2021 + seed>>18%3)
		case f.Date:
			cell = []string{"2021", "2021-09", "2021-09-30", "2022"}[seed>>18%4]
		case f.Type == plan.String && f.Enum == nil:
			cell = []string{"森林覆盖率", "森林 覆盖", "湿地", "a", "b", "a-b c", "A"}[seed>>18%7]
		default:
			continue
		}
		if err := f.Set(o, cell); err != nil {
			panic("storetest: " + err.Error())
		}
		plan.Normalize(o)
		if plan.Validate(o) != nil {
			if err := f.Set(o, was); err != nil {
				panic("storetest: " + err.Error())
			}
		}
	}
}

// drawing draws the parts of a selection.
type drawing struct {
	*rapid.T
	model *model
}

func pick[T any](d *drawing, what string, from []T) T { return rapid.SampledFrom(from).Draw(d.T, what) }
func (d *drawing) chance(what string, in int) bool {
	return rapid.IntRange(0, in-1).Draw(d.T, what) == 0
}

func (d *drawing) root() *query.Selection {
	sel := &query.Selection{}
	kinds := []*plan.Kind{pick(d, "kind", plan.Kinds())}
	if d.chance("two kinds", 5) {
		if other := pick(d, "other kind", plan.Kinds()); other != kinds[0] {
			kinds = append(kinds, other)
		}
	}
	d.shapes(sel, kinds, 2)
	if d.chance("by id", 5) {
		sel.IDs = []plan.ID{}
		for range rapid.IntRange(0, 4).Draw(d.T, "ids") {
			sel.IDs = append(sel.IDs, pick(d, "id", d.model.ids))
		}
		return sel
	}
	d.arguments(sel)
	return sel
}

func (d *drawing) shapes(sel *query.Selection, kinds []*plan.Kind, depth int) {
	for _, k := range kinds {
		shape := query.Shape{Kind: k, Columns: []*plan.Field{k.Field("id")}}
		for range rapid.IntRange(0, 3).Draw(d.T, "columns") {
			if f := pick(d, "column", k.Fields); f.Type != plan.Time && !slices.Contains(shape.Columns, f) {
				shape.Columns = append(shape.Columns, f)
			}
		}
		if depth > 0 && len(k.Ends) > 0 {
			for range rapid.IntRange(0, 2).Draw(d.T, "children") {
				shape.Children = append(shape.Children, d.child(pick(d, "end", k.Ends), depth-1))
			}
		}
		sel.Of = append(sel.Of, shape)
	}
}

func (d *drawing) child(via *plan.End, depth int) *query.Selection {
	sel := &query.Selection{Via: via}
	var kinds []*plan.Kind
	for _, to := range via.To {
		if len(via.To) == 1 || !d.chance("leave out", 3) {
			kinds = append(kinds, to)
		}
	}
	d.shapes(sel, kinds, depth)
	if via.Edge == nil || via.Reverse {
		d.arguments(sel)
	}
	return sel
}

func (d *drawing) arguments(sel *query.Selection) {
	sel.Count = d.chance("count", 3)
	sel.NoRows = sel.Count && d.chance("no rows", 4)
	if len(sel.Of) != 1 {
		if d.chance("filter of several", 2) {
			sel.Filter = query.IDs{pick(d, "id", d.model.ids), pick(d, "id", d.model.ids)}
		}
		d.page(sel)
		return
	}
	k := sel.Of[0].Kind
	if d.chance("filter", 2) {
		sel.Filter = d.filter(k, 2)
	}
	for range rapid.IntRange(0, 2).Draw(d.T, "order") {
		if f := pick(d, "order by", k.Fields); f.Type != plan.Time && f.Type != plan.Values && f.Type != plan.Strings {
			sel.Order = append(sel.Order, query.Order{Field: f, Desc: d.chance("desc", 2)})
		}
	}
	d.page(sel)
}

func (d *drawing) page(sel *query.Selection) {
	switch rapid.IntRange(0, 3).Draw(d.T, "limit") {
	case 1:
		sel.Page.First = rapid.IntRange(1, 5).Draw(d.T, "first")
	case 2:
		sel.Page.Last = rapid.IntRange(1, 5).Draw(d.T, "last")
	}
	if len(sel.Of) == 0 {
		return
	}
	if d.chance("after", 4) {
		sel.Page.After = d.position(sel)
	}
	if d.chance("before", 5) {
		sel.Page.Before = d.position(sel)
	}
}

// position is where some object of the kind stands, or would with a slightly other id.
func (d *drawing) position(sel *query.Selection) *query.Position {
	o := d.object(sel.Of[0].Kind)
	at := &query.Position{ID: o.Base().ID}
	if d.chance("other id", 3) {
		at.ID += "-x"
	}
	for _, by := range sel.EffectiveOrder() {
		at.Values = append(at.Values, by.Field.Get(o))
	}
	return at
}

func (d *drawing) object(k *plan.Kind) plan.Object {
	return d.model.objects[FillID(k, rapid.IntRange(0, blocks*BlockSize-1).Draw(d.T, "object"))]
}

func (d *drawing) filter(k *plan.Kind, depth int) query.Filter {
	leaf := 5
	if depth == 0 {
		leaf = 1
	}
	if depth > 0 {
		switch rapid.IntRange(0, 3+leaf).Draw(d.T, "filter") {
		case 0:
			return query.And{d.filter(k, depth-1), d.filter(k, depth-1)}
		case 1:
			return query.Or{d.filter(k, depth-1), d.filter(k, depth-1)}
		case 2:
			return query.Not{Filter: d.filter(k, depth-1)}
		case 3:
			return d.related(k, depth-1)
		}
	}
	switch rapid.IntRange(0, 5).Draw(d.T, "leaf") {
	case 0:
		return query.IDs{pick(d, "id", d.model.ids), d.object(k).Base().ID}
	case 1:
		return query.Text{Query: pick(d, "text", []string{"森林", "覆盖率", "湿地", "a", "a-b", "c a", "森", "第1项", ""})}
	case 2:
		return query.Null{Field: d.field(k), Not: d.chance("not null", 2)}
	case 3:
		f := d.field(k)
		in := query.In{Field: f}
		for range 2 {
			if v := f.Get(d.object(k)); v != nil {
				in.Values = append(in.Values, v)
			}
		}
		return in
	}
	f := d.field(k)
	value := f.Get(d.object(k))
	if value == nil {
		return query.Null{Field: f}
	}
	text, isText := value.(string)
	if isText && f.Type == plan.String && d.chance("prefix", 4) {
		runes := []rune(text)
		return query.Compare{Field: f, Op: query.Prefix, Value: string(runes[:rapid.IntRange(0, len(runes)).Draw(d.T, "length")])}
	}
	return query.Compare{Field: f, Op: pick(d, "op", []query.Op{query.EQ, query.GT, query.GE, query.LT, query.LE}), Value: value}
}

// field is one that can be compared.
func (d *drawing) field(k *plan.Kind) *plan.Field {
	var fields []*plan.Field
	for _, f := range k.Fields {
		if f.Type != plan.Time && f.Type != plan.Strings && f.Type != plan.Values {
			fields = append(fields, f)
		}
	}
	return pick(d, "field", fields)
}

func (d *drawing) related(k *plan.Kind, depth int) query.Filter {
	if len(k.Ends) == 0 {
		return query.And{}
	}
	e := pick(d, "related", k.Ends)
	related := query.Related{End: e, None: d.chance("none", 3)}
	switch {
	case d.chance("any", 3):
	case len(e.To) == 1:
		related.Filter = d.filter(e.To[0], depth)
	case d.chance("kinds", 2):
		related.Filter = query.Kinds{pick(d, "to", e.To)}
	default:
		related.Filter = query.Not{Filter: query.IDs{d.object(pick(d, "to", e.To)).Base().ID}}
	}
	return related
}

// describe writes a selection so that a failure can be read.
func describe(sel *query.Selection) string {
	var b strings.Builder
	if sel.Via != nil {
		b.WriteString(sel.Via.Name)
	}
	fmt.Fprintf(&b, "(ids %q filter %s", sel.IDs, describeFilter(sel.Filter))
	for _, by := range sel.Order {
		fmt.Fprintf(&b, " by %s desc %v", by.Field.Name, by.Desc)
	}
	fmt.Fprintf(&b, " first %d last %d after %v before %v count %v none %v) {", sel.Page.First, sel.Page.Last, sel.Page.After, sel.Page.Before, sel.Count, sel.NoRows)
	for _, shape := range sel.Of {
		b.WriteString(" " + shape.Kind.Name)
		for _, f := range shape.Columns {
			b.WriteString(" " + f.Name)
		}
		for _, child := range shape.Children {
			b.WriteString(" " + describe(child))
		}
	}
	return b.String() + " }"
}

func describeFilter(f query.Filter) string {
	switch f := f.(type) {
	case query.And:
		return describeFilters("and", f)
	case query.Or:
		return describeFilters("or", f)
	case query.Not:
		return "not " + describeFilter(f.Filter)
	case query.Compare:
		return fmt.Sprintf("%s %s %q", f.Field.Name, f.Op, fmt.Sprint(f.Value))
	case query.In:
		return fmt.Sprintf("%s in %q", f.Field.Name, f.Values)
	case query.Null:
		return fmt.Sprintf("%s null, not %v", f.Field.Name, f.Not)
	case query.Related:
		return fmt.Sprintf("%s none %v (%s)", f.End.Name, f.None, describeFilter(f.Filter))
	}
	return fmt.Sprintf("%T%v", f, f)
}

func describeFilters(word string, filters []query.Filter) string {
	parts := make([]string, len(filters))
	for i, f := range filters {
		parts[i] = describeFilter(f)
	}
	return "(" + strings.Join(parts, " "+word+" ") + ")"
}
