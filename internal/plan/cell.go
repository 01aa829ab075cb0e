package plan

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"xianjie/internal/quantity"
)

// Get reads the field of an object as a cell: string, int64, bool, or nil where nothing is
// stated. Decimals, instants and lists are text (TimeLayout, JSON).
func (f *Field) Get(o Object) any {
	v := reflect.ValueOf(o).Elem().FieldByIndex(f.index)
	switch f.Type {
	case Bool:
		return v.Bool()
	case Int:
		if v.Int() == 0 {
			return nil
		}
		return v.Int()
	case String:
		if v.Len() == 0 {
			return nil
		}
		return v.String()
	case Decimal:
		if d := v.Interface().(quantity.Decimal); d.IsSet() {
			return d.String()
		}
		return nil
	case Time:
		if t := v.Interface().(time.Time); !t.IsZero() {
			return t.UTC().Format(TimeLayout)
		}
		return nil
	}
	if v.Len() == 0 {
		return nil
	}
	return encode(v.Interface())
}

// encode is a value as JSON with the characters of HTML as they are.
func encode(v any) string {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("plan: " + err.Error()) // strings, lists of them and plain structs always encode
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// Set writes a cell that Get gave (or its text as []byte) into an object. It refuses text that is
// no value of the field's type; whether an enum's word is allowed is Validate's to say.
func (f *Field) Set(o Object, cell any) error {
	v := reflect.ValueOf(o).Elem().FieldByIndex(f.index)
	if b, ok := cell.([]byte); ok {
		cell = string(b)
	}
	switch c := cell.(type) {
	case nil:
		v.SetZero()
		return nil
	case bool:
		if f.Type == Bool {
			v.SetBool(c)
			return nil
		}
	case int64:
		switch f.Type {
		case Int:
			v.SetInt(c)
			return nil
		case Bool:
			v.SetBool(c != 0)
			return nil
		}
	case string:
		return f.setText(v, c)
	}
	return fmt.Errorf("%s: saw %T, wanted %s", f.Name, cell, v.Type())
}

// Parse is Set with the text of a cell, whatever its type: "true" or "false" of a truth value, digits of a whole number.
func (f *Field) Parse(o Object, text string) error {
	v := reflect.ValueOf(o).Elem().FieldByIndex(f.index)
	switch f.Type {
	case Bool:
		v.SetBool(text == "true")
		return nil
	case Int:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%s: saw %q, wanted a whole number", f.Name, text)
		}
		v.SetInt(n)
		return nil
	}
	return f.setText(v, text)
}

func (f *Field) setText(v reflect.Value, text string) error {
	switch f.Type {
	case String:
		v.SetString(text)
		return nil
	case Decimal:
		d, err := quantity.ParseDecimal(text)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		*v.Addr().Interface().(*quantity.Decimal) = d
		return nil
	case Time:
		t, err := time.Parse(TimeLayout, text)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		*v.Addr().Interface().(*time.Time) = t
		return nil
	case Strings, Values:
		v.SetZero()
		if err := json.Unmarshal([]byte(text), v.Addr().Interface()); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		return nil
	}
	return fmt.Errorf("%s: saw text %q, wanted %s", f.Name, text, v.Type())
}

// Quantity reads a quantity of an object by its name ("quantity", "investment"); the zero one when
// the kind has none of that name.
func (k *Kind) Quantity(o Object, name string) quantity.Quantity {
	index, ok := k.groups[name]
	if !ok {
		return quantity.Quantity{}
	}
	q, _ := reflect.ValueOf(o).Elem().FieldByIndex(index).Interface().(quantity.Quantity)
	return q
}

// SetQuantity writes the quantity of that name; false when the kind has none.
func (k *Kind) SetQuantity(o Object, name string, q quantity.Quantity) bool {
	index, ok := k.groups[name]
	if !ok {
		return false
	}
	v := reflect.ValueOf(o).Elem().FieldByIndex(index)
	if v.Type() != reflect.TypeFor[quantity.Quantity]() {
		return false
	}
	v.Set(reflect.ValueOf(q))
	return true
}

// Get reads the ids an edge of an object points to, in their order.
func (e *Edge) Get(o Object) []ID {
	v := reflect.ValueOf(o).Elem().FieldByIndex(e.index)
	if e.Many {
		return v.Interface().([]ID)
	}
	if v.Len() == 0 {
		return nil
	}
	return []ID{ID(v.String())}
}

// Set points the edge to the ids; an edge to one object takes at most one.
func (e *Edge) Set(o Object, ids []ID) {
	v := reflect.ValueOf(o).Elem().FieldByIndex(e.index)
	switch {
	case len(ids) == 0:
		v.SetZero()
	case e.Many:
		v.Set(reflect.ValueOf(slices.Clone(ids)))
	default:
		v.SetString(string(ids[0]))
	}
}
