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
	name, key string // name in the JSON, `"alias":` in the response
	alias     string
	typ       *ast.Type
	typename  string        // of __typename
	members   []valueMember // of an object within
}

func (b *builder) values(column int, f collected) output {
	return values{column: column, members: b.valueMembers(f)}
}

func (b *builder) valueMembers(f collected) []valueMember {
	typ := f.Definition.Type.Name()
	if b.schema.Types[typ].Kind != ast.Object {
		return nil
	}
	var members []valueMember
	for _, m := range b.collect(f.sets, typ) {
		v := valueMember{name: m.Name, alias: m.Alias, key: `"` + m.Alias + `":`, typ: m.Definition.Type}
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
	if err := json.Unmarshal(cell, &list); err != nil {
		e.fail("is not readable: the register holds no list of objects")
		return failed
	}
	return e.each(len(list), func(i int) outcome { return writeValue(e, list[i], v.members) })
}

func writeValue(e *encoder, value map[string]json.RawMessage, members []valueMember) outcome {
	start := len(e.buf)
	e.buf = append(e.buf, '{')
	for i := range members {
		m := &members[i]
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(e.buf, m.key...)
		e.path = append(e.path, step{name: m.alias})
		done := e.settle(m.write(e, value[m.name]), m.typ.NonNull)
		e.path = e.path[:len(e.path)-1]
		if done == failed {
			e.buf = e.buf[:start]
			return failed
		}
	}
	e.buf = append(e.buf, '}')
	return written
}

func (m *valueMember) write(e *encoder, value json.RawMessage) outcome {
	switch {
	case m.typename != "":
		e.buf = appendQuoted(e.buf, m.typename)
	case m.typ.Name() == "Boolean" && value == nil:
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
