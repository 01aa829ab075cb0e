package graph

import (
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
	"xianjie/internal/query"
)

// derived is a field of a quantity that is worked out from its stored members.
type derived struct {
	name    string // of the quantity in its kind
	columns []int  // of every stored member
	fields  []*plan.Field
	derive  func(quantity.Quantity) (string, bool)
}

// derived builds the fields of Quantity that are not stored.
func (b *builder) derived(sh *shape, prefix string, f collected) (output, error) {
	d := derived{name: strings.TrimSuffix(prefix, ".")}
	switch f.Name {
	case "text":
		d.derive = func(q quantity.Quantity) (string, bool) { return q.Chinese(), true }
	case "notation":
		d.derive = func(q quantity.Quantity) (string, bool) { return q.String(), true }
	case "converted":
		name, _ := f.ArgumentMap(b.variables)["unit"].(string)
		if _, ok := quantity.UnitByName(name); !ok {
			return nil, plan.Errorf(plan.BadUserInput, "unit", "saw unit %.40q, wanted one of the unit table", name)
		}
		d.derive = func(q quantity.Quantity) (string, bool) {
			text, err := q.Converted(name)
			return text, err == nil
		}
	default:
		return nil, plan.Errorf(plan.Internal, "Quantity."+f.Name, "is in the schema but not in the model")
	}
	for _, field := range sh.Kind.Fields {
		if strings.HasPrefix(field.Name, prefix) {
			d.columns = append(d.columns, sh.column(field))
			d.fields = append(d.fields, field)
		}
	}
	return d, nil
}

func (d derived) write(e *encoder, t *query.Table, row int) outcome {
	o := t.Shape.Kind.New()
	for i, field := range d.fields {
		if err := field.Set(o, t.Value(row, d.columns[i])); err != nil {
			e.fail("is not readable: " + err.Error())
			return failed
		}
	}
	q := t.Shape.Kind.Quantity(o, d.name)
	text, ok := d.derive(q)
	if !ok {
		return null
	}
	e.buf = appendQuoted(e.buf, text)
	return written
}
