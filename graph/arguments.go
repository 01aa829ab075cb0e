package graph

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

const (
	maxFilterDepth = 6
	maxFilterList  = 1000
)

// arguments reads the arguments of a connection into its selection.
func arguments(sel *query.Selection, kinds []*plan.Kind, args map[string]any) error {
	if len(kinds) == 1 {
		filter, err := kindFilter(kinds[0], args["filter"], "filter", 0)
		if err != nil {
			return err
		}
		if args["types"] != nil {
			filter = and(filter, query.In{Field: kinds[0].Field("type"), Values: anys(args["types"])})
		}
		sel.Filter = filter
		by, err := order(kinds[0], args["orderBy"])
		if err != nil {
			return err
		}
		if by != nil {
			sel.Order = by
		}
	}
	return page(sel, args)
}

func page(sel *query.Selection, args map[string]any) error {
	var err error
	if sel.Page.First, err = size(args, "first"); err != nil {
		return err
	}
	if sel.Page.Last, err = size(args, "last"); err != nil {
		return err
	}
	switch {
	case sel.Page.First != 0 && sel.Page.Last != 0:
		return plan.Errorf(plan.BadUserInput, "last", "saw both first and last, wanted one of them")
	case sel.Page.First == 0 && sel.Page.Last == 0:
		sel.Page.First = DefaultPage
	}
	if sel.Page.After, err = cursor(sel, args, "after"); err != nil {
		return err
	}
	sel.Page.Before, err = cursor(sel, args, "before")
	return err
}

func size(args map[string]any, name string) (int, error) {
	if args[name] == nil {
		return 0, nil
	}
	n, ok := pageNumber(args[name])
	if !ok || n < MinPage || n > MaxPage {
		return 0, plan.Errorf(plan.BadUserInput, name, "saw %v, wanted %d to %d", args[name], MinPage, MaxPage)
	}
	return int(n), nil
}

func cursor(sel *query.Selection, args map[string]any, name string) (*query.Position, error) {
	text, ok := args[name].(string)
	if !ok {
		return nil, nil // left out or null
	}
	p, err := query.ParseCursor(text, sel.EffectiveOrder())
	if err != nil {
		return nil, plan.Errorf(plan.BadUserInput, name, "%w", err)
	}
	return p, nil
}

func order(k *plan.Kind, arg any) ([]query.Order, error) {
	by, ok := arg.(map[string]any)
	if !ok {
		return nil, nil // left out or null
	}
	for _, f := range k.Fields {
		if (f.Index || f.Name == "id") && enumValue(f.Name) == by["field"] {
			return []query.Order{{Field: f, Desc: by["direction"] == "DESC"}}, nil
		}
	}
	return nil, plan.Errorf(plan.BadUserInput, "orderBy.field", "saw %v, wanted a field that %s can be ordered by", by["field"], k.Plural)
}

// enumValue is a model name as GraphQL enums write it: documentNumber is DOCUMENT_NUMBER.
func enumValue(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

func kindFilter(k *plan.Kind, arg any, path string, depth int) (query.Filter, error) {
	members, ok := arg.(map[string]any)
	if !ok {
		return nil, nil // left out or null
	}
	if depth > maxFilterDepth {
		return nil, plan.Errorf(plan.ComplexityLimit, path, "saw a filter nested deeper than %d", maxFilterDepth)
	}
	var all query.And
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if members[name] == nil {
			continue
		}
		f, err := filterMember(k, name, members[name], path+"."+name, depth+1)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func filterMember(k *plan.Kind, name string, value any, path string, depth int) (query.Filter, error) {
	switch name {
	case "and", "or":
		filters, err := filterList(k, value, path, depth)
		if name == "or" {
			return query.Or(filters), err
		}
		return query.And(filters), err
	case "not":
		f, err := kindFilter(k, value, path, depth)
		return query.Not{Filter: f}, err
	case "id":
		return idFilter(value, path)
	case "text":
		text, _ := value.(string)
		return query.Text{Query: text}, nil
	}
	if f := k.Field(name); f != nil {
		return fieldFilter(f, value, path)
	}
	if end := k.End(name); end != nil {
		return relatedFilter(end, value, path, depth)
	}
	return nil, plan.Errorf(plan.Internal, path, "is in the schema but not in the model")
}

func filterList(k *plan.Kind, value any, path string, depth int) ([]query.Filter, error) {
	items := anys(value)
	if len(items) > maxFilterList {
		return nil, plan.Errorf(plan.ComplexityLimit, path, "saw %d filters, wanted at most %d", len(items), maxFilterList)
	}
	filters := make([]query.Filter, len(items))
	for i, item := range items {
		f, err := kindFilter(k, item, fmt.Sprintf("%s[%d]", path, i), depth)
		if err != nil {
			return nil, err
		}
		filters[i] = f
	}
	return filters, nil
}

func idFilter(value any, path string) (query.Filter, error) {
	items := anys(value)
	if len(items) > maxFilterList {
		return nil, plan.Errorf(plan.ComplexityLimit, path, "saw %d ids, wanted at most %d", len(items), maxFilterList)
	}
	ids := make(query.IDs, 0, len(items))
	for _, item := range items {
		ids = append(ids, plan.ID(fmt.Sprint(item)))
	}
	return ids, nil
}

func fieldFilter(f *plan.Field, value any, path string) (query.Filter, error) {
	conditions, ok := value.(map[string]any)
	if !ok {
		return query.In{Field: f, Values: anys(value)}, nil
	}
	var all query.And
	for _, name := range slices.Sorted(maps.Keys(conditions)) {
		condition, err := fieldCondition(f, name, conditions[name], path+"."+name)
		if err != nil {
			return nil, err
		}
		if condition != nil {
			all = append(all, condition)
		}
	}
	return all, nil
}

var operators = map[string]query.Op{
	"eq": query.EQ, "gt": query.GT, "gte": query.GE, "lt": query.LT, "lte": query.LE, "prefix": query.Prefix,
}

func fieldCondition(f *plan.Field, name string, value any, path string) (query.Filter, error) {
	switch {
	case value == nil:
		return nil, nil // an explicit null asks for nothing
	case name == "stated":
		return query.Null{Field: f, Not: value == true}, nil
	case name == "in":
		items := anys(value)
		if len(items) > maxFilterList {
			return nil, plan.Errorf(plan.ComplexityLimit, path, "saw %d values, wanted at most %d", len(items), maxFilterList)
		}
		return query.In{Field: f, Values: items}, nil
	case f.Date:
		if _, err := plan.ParseDate(fmt.Sprint(value)); err != nil {
			return nil, plan.Errorf(plan.BadUserInput, path, "%w", err)
		}
	case f.Type == plan.Int:
		value, _ = pageNumber(value)
	}
	return query.Compare{Field: f, Op: operators[name], Value: value}, nil
}

func relatedFilter(end *plan.End, value any, path string, depth int) (query.Filter, error) {
	sub := func(value any, path string) (query.Filter, error) {
		if len(end.To) > 1 {
			return nodeFilter(value, path)
		}
		return kindFilter(end.To[0], value, path, depth)
	}
	if !end.Many {
		f, err := sub(value, path)
		return query.Related{End: end, Filter: f}, err
	}
	relation, _ := value.(map[string]any)
	var all query.And
	for _, quantifier := range []string{"some", "none"} {
		if relation[quantifier] == nil {
			continue
		}
		f, err := sub(relation[quantifier], path+"."+quantifier)
		if err != nil {
			return nil, err
		}
		all = append(all, query.Related{End: end, None: quantifier == "none", Filter: f})
	}
	return all, nil
}

func nodeFilter(value any, path string) (query.Filter, error) {
	members, _ := value.(map[string]any)
	var all query.And
	if members["id"] != nil {
		ids, err := idFilter(members["id"], path+".id")
		if err != nil {
			return nil, err
		}
		all = append(all, ids)
	}
	if members["kinds"] != nil {
		all = append(all, query.Kinds(kindsNamed(members["kinds"])))
	}
	return all, nil
}

// kindsNamed reads a list of the enum Kind.
func kindsNamed(value any) []*plan.Kind {
	var kinds []*plan.Kind
	for _, k := range plan.Kinds() {
		if slices.Contains(anys(value), any(enumValue(k.Name))) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// anys is a list argument; GraphQL lets one value stand for the list of it.
func anys(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

func and(a, b query.Filter) query.Filter {
	if a == nil {
		return b
	}
	return query.And{a, b}
}

// at puts a response key before the path of an error.
func at(err error, key string) error {
	var e *plan.Error
	if !errors.As(err, &e) {
		return err
	}
	moved := *e
	moved.Path = strings.TrimSuffix(key+"."+e.Path, ".")
	return &moved
}
