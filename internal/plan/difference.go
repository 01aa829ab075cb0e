package plan

import (
	"encoding/json"
	"slices"
)

// Difference is a field or an edge in which two states of an object differ. Its values are texts: one of a field, as it is stored; one of each
// item of a list; the ids that an edge points to; none where nothing is stated. A truth value that is false is not stated.
type Difference struct {
	Name          string // as in the description: "quantity.value", "leads"
	Before, After []string
}

// Differences tells two states of one object apart, in the order of the description; nil stands for an object that is not there. What the
// store sets itself, version and times, and the id are no differences.
func Differences(before, after Object) []Difference {
	some := after
	if some == nil {
		some = before
	}
	if some == nil {
		return nil
	}
	var all []Difference
	compare := func(name string, values func(Object) []string) {
		d := Difference{Name: name}
		if before != nil {
			d.Before = values(before)
		}
		if after != nil {
			d.After = values(after)
		}
		if !slices.Equal(d.Before, d.After) {
			all = append(all, d)
		}
	}
	k := KindFor(some)
	for _, f := range k.Fields {
		if f.Name != "id" && !managed(f.Name) {
			compare(f.Name, f.texts)
		}
	}
	for _, e := range k.Edges {
		compare(e.Name, func(o Object) []string { return texts(e.Get(o)) })
	}
	return all
}

// texts are the stated values of a field.
func (f *Field) texts(o Object) []string {
	switch cell := f.Get(o).(type) {
	case nil:
		return nil
	case bool:
		if !cell {
			return nil
		}
		return []string{"true"}
	case string:
		switch f.Type {
		case Strings:
			return items[string](cell)
		case Values:
			return texts(items[json.RawMessage](cell))
		}
		return []string{cell}
	default:
		return []string{encode(cell)}
	}
}

// items are those of a list in a cell.
func items[T any](cell string) []T {
	var list []T
	if err := json.Unmarshal([]byte(cell), &list); err != nil {
		panic("plan: " + err.Error()) // Get wrote it
	}
	return list
}

func texts[T ~string | ~[]byte](values []T) []string {
	if len(values) == 0 {
		return nil
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
