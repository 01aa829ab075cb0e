package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// MaxChanges is how many changes one operation may hold.
const MaxChanges = 1000

// objectOf reads the input of a kind by the description of the model. Errors name the object and field. The state of a link that the input
// leaves open is empty.
func objectOf(kind *plan.Kind, input map[string]any) (plan.Object, error) {
	o := kind.New()
	r := inputReader{kind: kind, object: o}
	if id, ok := bare(input["id"]).(string); ok {
		o.Base().ID = plan.ID(id)
	}
	for _, name := range slices.Sorted(maps.Keys(input)) {
		if value := bare(input[name]); value != nil && name != "id" {
			r.member(name, value)
		}
	}
	if err := r.errs.Err(); err != nil {
		return nil, err
	}
	plan.Normalize(o)
	if l, ok := o.(*plan.Link); ok && bare(input["state"]) == nil {
		l.State = "" // as the register has it
	}
	return o, nil
}

// bare is a value of an input without gqlgen's own types: a string, int64, bool, list or map, or nil.
func bare(value any) any {
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.String:
		if n, ok := v.Interface().(json.Number); ok {
			return n
		}
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = bare(v.Index(i).Interface())
		}
		return list
	}
	return v.Interface()
}

type inputReader struct {
	kind   *plan.Kind
	object plan.Object
	errs   plan.Errors
}

func (r *inputReader) fail(name, format string, args ...any) {
	path := string(r.object.Base().ID)
	if path == "" {
		path = r.kind.Prefix
	}
	r.errs = append(r.errs, plan.Errorf(plan.BadUserInput, path+"."+name, format, args...))
}

func (r *inputReader) member(name string, value any) {
	if e := r.kind.Edge(name); e != nil {
		ids := make([]plan.ID, 0, 1)
		for _, id := range anys(value) {
			ids = append(ids, plan.ID(fmt.Sprint(id)))
		}
		e.Set(r.object, ids)
		return
	}
	if f := r.kind.Field(name); f != nil {
		r.field(f, value)
		return
	}
	if members, ok := value.(map[string]any); ok {
		for _, member := range slices.Sorted(maps.Keys(members)) {
			if f, value := r.kind.Field(name+"."+member), bare(members[member]); f != nil && value != nil {
				r.field(f, value)
			}
		}
		return
	}
	r.quantity(name, fmt.Sprint(value))
}

func (r *inputReader) quantity(name, text string) {
	q, err := quantity.Parse(text)
	if err != nil {
		message := err.Error()
		if pe := (*quantity.ParseError)(nil); errors.As(err, &pe) {
			message = pe.Error()
		}
		r.fail(name, "is no quantity: %s", message)
		return
	}
	r.kind.SetQuantity(r.object, name, q)
}

func (r *inputReader) field(f *plan.Field, value any) {
	switch f.Type {
	case plan.Int:
		n, ok := pageNumber(value)
		if !ok {
			r.fail(f.Name, "saw %v, wanted a whole number", value)
			return
		}
		value = n
	case plan.Strings:
		text, err := json.Marshal(value)
		if err != nil {
			r.fail(f.Name, "saw %v, wanted a list of text", value)
			return
		}
		value = string(text)
	}
	if err := f.Set(r.object, value); err != nil {
		r.fail(f.Name, "saw %v, wanted %s", value, f.Column())
	}
}

// opsOf reads changes, each of which writes one object or removes one.
func opsOf(changes []map[string]any) ([]plan.Op, error) {
	if len(changes) == 0 || len(changes) > MaxChanges {
		return nil, plan.Errorf(plan.BadUserInput, "changes", "saw %d changes, wanted 1 to %d", len(changes), MaxChanges)
	}
	ops := make([]plan.Op, len(changes))
	var errs plan.Errors
	for i, change := range changes {
		op, err := opOf(change)
		if err != nil {
			errs = append(errs, within(fmt.Sprintf("changes[%d]", i), err)...)
			continue
		}
		ops[i] = op
	}
	return ops, errs.Err()
}

// within puts the place before the paths of errors.
func within(place string, err error) plan.Errors {
	var many plan.Errors
	if !errors.As(err, &many) {
		one := (*plan.Error)(nil)
		if !errors.As(err, &one) {
			return plan.Errors{plan.Errorf(plan.Internal, place, "%w", err)}
		}
		many = plan.Errors{one}
	}
	placed := make(plan.Errors, len(many))
	for i, e := range many {
		moved := *e
		moved.Path = strings.TrimSuffix(place+" "+e.Path, " ")
		placed[i] = &moved
	}
	return placed
}

func opOf(change map[string]any) (plan.Op, error) {
	op := plan.Op{Expect: version(bare(change["expectedVersion"]))}
	op.Cascade, _ = bare(change["cascade"]).(bool)
	var given []string
	for _, name := range slices.Sorted(maps.Keys(change)) {
		value := bare(change[name])
		if value == nil || name == "expectedVersion" || name == "cascade" {
			continue
		}
		given = append(given, name)
		if name == "remove" {
			op.Remove = plan.ID(fmt.Sprint(value))
			continue
		}
		input, _ := value.(map[string]any)
		o, err := objectOf(plan.KindNamed(upperFirst(name)), input)
		if err != nil {
			return op, err
		}
		op.Upsert = o
	}
	if len(given) != 1 {
		return op, plan.Errorf(plan.BadUserInput, "", "saw %d of the members that say what to write or remove (%s), wanted one", len(given), strings.Join(given, ", "))
	}
	return op, unremovable(op.Remove)
}

// unremovable refuses what only the check may remove.
func unremovable(id plan.ID) error {
	if kind := plan.KindOf(id); id != "" && kind != nil && kind.Name == "Finding" {
		return plan.Errorf(plan.BadUserInput, string(id), "is a finding: it goes when the rules no longer report it")
	}
	return nil
}

func version(value any) *int64 {
	if value == nil {
		return nil
	}
	n, ok := pageNumber(value)
	if !ok {
		n = -1 // no version of anything
	}
	return &n
}

func upperFirst(name string) string {
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}
