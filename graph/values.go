package graph

import (
	"bytes"
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/query"
)

// values is a list of value objects that is stored as one JSON cell, such as a finding's evidence.
type values struct {
	column  int
	members []valueMember
}

// valueMember is one member of a value object within JSON.
type valueMember struct {
	keyed
	field    string        // name in the JSON
	truth    bool          // a Boolean
	typename string        // of __typename
	members  []valueMember // of an object within
}

func (b *builder) values(column int, f collected) output {
	return values{column: column, members: b.valueMembers(f)}
}

func (b *builder) valueMembers(f collected) []valueMember {
	typ := f.Definition.Type.Name()
	if b.schema.Types[typ].Kind != ast.Object {
		return nil
	}
	members := []valueMember{} // none is an object without members; nil is no object
	for _, m := range b.collect(f.sets, typ) {
		v := valueMember{keyed: keyedBy(m), field: m.Name, truth: m.Definition.Type.Name() == "Boolean"}
		if m.Name == "__typename" {
			v.typename = typ
		}
		v.members = b.valueMembers(m)
		members = append(members, v)
	}
	return members
}

func (v values) write(e *encoder, t *query.Table, row int) outcome {
	cell, ok := t.Cell(row, v.column)
	if !ok {
		e.buf = append(e.buf, "[]"...)
		return written
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal([]byte(cell), &list); err != nil {
		e.fail("is not readable: the register holds no list of objects")
		return failed
	}
	return e.each(len(list), func(i int) outcome { return writeValue(e, list[i], v.members) })
}

func writeValue(e *encoder, value map[string]json.RawMessage, members []valueMember) outcome {
	start := e.open()
	for i := range members {
		m := &members[i]
		e.begin(i, &m.keyed)
		if !e.end(start, &m.keyed, m.write(e, value[m.field])) {
			return failed
		}
	}
	return e.close()
}

func (m *valueMember) write(e *encoder, value json.RawMessage) outcome {
	switch {
	case m.typename != "":
		e.buf = appendQuoted(e.buf, m.typename)
	case m.truth && value == nil:
		e.buf = append(e.buf, "false"...) // a truth value that is not stated is false, as everywhere
	case value == nil || bytes.Equal(value, []byte("null")):
		return null
	case m.members != nil:
		var inner map[string]json.RawMessage
		if err := json.Unmarshal(value, &inner); err != nil {
			e.fail("is not readable: the register holds no object")
			return failed
		}
		return writeValue(e, inner, m.members)
	default:
		e.buf = append(e.buf, value...)
	}
	return written
}
