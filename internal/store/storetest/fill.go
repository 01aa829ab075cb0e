package storetest

import (
	"fmt"
	"reflect"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// BlockSize is how many objects of each kind a World has; references stay within it.
const BlockSize = 4

// quantities are as many forms as there are comparators, kinds and members to be filled.
var quantities = []string{
	">= 23.5 %", "33..37 %", "<= -17.9 % vs 2020 (28.0 µg/m³)", "qualitative: 持续改善",
	"aspire > 35.00 %", "about 5 % per year", "< 3000 万kW cumulative", "= 1.3 倍 vs 2020",
	"delegated: 不超过国家下达指标", "-0.6 岁 vs 2020", "<= 1.3 倍 vs 2020", "-5 ℃ level",
}

// FillID is the id of the object that Fill makes for a kind and seed.
func FillID(k *plan.Kind, seed int) plan.ID {
	if k.Name == "Link" {
		from, to := linkEnds(k, seed)
		return plan.LinkID(linkType(from, to), from, to)
	}
	local := fmt.Sprintf("%s-%d", k.Prefix, seed)
	if owner := k.Owner(); owner != nil {
		return plan.MakeID(k.Prefix, FillID(owner.To[0], seed).Code(), local)
	}
	return plan.MakeID(k.Prefix, local)
}

// Fill makes an object with every field of its description stated, different from seed to seed and
// from field to field, and with references to objects that Fill makes for seeds of the same block.
func Fill(k *plan.Kind, seed int) plan.Object {
	o := k.New()
	o.Base().ID = FillID(k, seed)
	for _, f := range k.Fields {
		if cell := fillCell(k, f, seed); cell != nil {
			if err := f.Set(o, cell); err != nil {
				panic(fmt.Sprintf("storetest: %s.%s: %v", k, f.Name, err))
			}
		}
	}
	for _, e := range k.Edges {
		e.Set(o, fillEdge(e, seed))
	}
	fillQuantities(o, seed)
	switch o := o.(type) {
	case *plan.Indicator:
		o.Unit = []string{"%", "万亩", "万kW", "µg/m³"}[seed%4]
	case *plan.Link:
		o.From, o.To = linkEnds(k, seed)
		o.Type = linkType(o.From, o.To)
	}
	plan.Normalize(o)
	return o
}

// World is an object of every kind for each seed of a block, with nothing dangling.
func World(block int) []plan.Object {
	var objects []plan.Object
	for _, k := range plan.Kinds() {
		for i := range BlockSize {
			objects = append(objects, Fill(k, block*BlockSize+i))
		}
	}
	return objects
}

// neighbour is the seed n further in the same block.
func neighbour(seed, n int) int { return seed/BlockSize*BlockSize + (seed+n)%BlockSize }

func fillCell(k *plan.Kind, f *plan.Field, seed int) any {
	n := f.Position
	switch {
	case f.Name == "id" || f.Name == "code" || f.Name == "version" || f.Type == plan.Time || f.Type == plan.Decimal:
		return nil
	case strings.HasPrefix(f.Name, "quantity.") || strings.HasPrefix(f.Name, "investment."):
		return nil // fillQuantities writes them together
	case f.Enum != nil:
		return f.Enum[(seed+n)%len(f.Enum)]
	case f.Date:
		return fmt.Sprintf("%d-%02d-%02d", 2001+n, 1+seed%12, 1+n%28)[:[]int{4, 7, 10}[(seed+n)%3]]
	case f.Type == plan.Int:
		return int64(1950 + n + seed%50)
	case f.Type == plan.Bool:
		return (seed+n)%2 == 0
	case f.Type == plan.Strings:
		return fmt.Sprintf(`["%s之一 %d","second “%d” \\ \u0022"]`, f.Name, seed, n)
	case f.Type == plan.Values:
		return fillValues(k, f, seed)
	}
	return fmt.Sprintf("%s 的第%d项: 𠮷 <b>'\"\\%%_ é", f.Name, seed)
}

// fillValues states every member of two value objects.
func fillValues(k *plan.Kind, f *plan.Field, seed int) string {
	o := k.New()
	var list reflect.Value
	for i := range reflect.TypeOf(o).Elem().NumField() {
		if tag := reflect.TypeOf(o).Elem().Field(i).Tag.Get("xj"); strings.Split(tag, ",")[0] == f.Name {
			list = reflect.ValueOf(o).Elem().Field(i)
		}
	}
	list.Set(reflect.MakeSlice(list.Type(), 2, 2))
	for i := range 2 {
		fillValue(list.Index(i), fmt.Sprintf("%d/%d", seed, i))
	}
	return f.Get(o).(string)
}

func fillValue(v reflect.Value, mark string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("值 " + mark)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(v.Field(i), mark+v.Type().Field(i).Name)
		}
	default:
		panic("storetest: no filling for a " + v.Kind().String())
	}
}

func fillQuantities(o plan.Object, seed int) {
	v := reflect.ValueOf(o).Elem()
	for i := range v.NumField() {
		if v.Field(i).Type() != reflect.TypeFor[quantity.Quantity]() {
			continue
		}
		q, err := quantity.Parse(quantities[seed%len(quantities)])
		if err != nil {
			panic("storetest: " + err.Error())
		}
		v.Field(i).Set(reflect.ValueOf(q))
	}
}

func fillEdge(e *plan.Edge, seed int) []plan.ID {
	shift := 0
	if e.To[0] == e.From {
		shift = 1 // nothing refers to itself
	}
	if !e.Many {
		return []plan.ID{FillID(e.To[0], neighbour(seed, shift))}
	}
	var ids []plan.ID
	for i := range 3 {
		to := e.To[(seed+i)%len(e.To)]
		ids = append(ids, FillID(to, neighbour(seed, 2*i+shift)))
		if len(ids) > 1 && ids[len(ids)-1] == ids[0] {
			ids = ids[:len(ids)-1]
		}
	}
	return ids
}

// linkEnds vary over the kinds that links join; every other link is between plans.
func linkEnds(k *plan.Kind, seed int) (from, to plan.ID) {
	if seed%2 == 0 {
		p := plan.KindNamed("Plan")
		return FillID(p, seed), FillID(p, neighbour(seed, 1))
	}
	kinds := k.Edge("from").To
	return FillID(kinds[seed/2%len(kinds)], seed), FillID(kinds[(seed/2+3)%len(kinds)], neighbour(seed, 1))
}

func linkType(from, to plan.ID) plan.LinkType {
	if from.Prefix() == "plan" && to.Prefix() == "plan" {
		return plan.Obeys
	}
	return plan.Refines
}
