package query

import (
	"encoding/base64"
	"encoding/json"
	"fmt"

	"xianjie/internal/plan"
)

// Position is a place in an ordered level: the order's values of one object (nil = not stated)
// and its id. It stays a place when that object is gone.
type Position struct {
	Values []any // string, int64 or bool, one per field of the order
	ID     plan.ID
}

// Cursor is the position as an opaque text.
func (p Position) Cursor() string {
	data, err := json.Marshal(append(append(make([]any, 0, len(p.Values)+1), p.Values...), string(p.ID)))
	if err != nil {
		panic("query: " + err.Error()) // strings, numbers, booleans and null always marshal
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// ParseCursor reads a cursor made under the same order; any other text is an error.
func ParseCursor(cursor string, order []Order) (*Position, error) {
	wrong := fmt.Errorf("saw cursor %.40q, wanted one that this list gave under the same order", cursor)
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, wrong
	}
	var raw []json.RawMessage
	if json.Unmarshal(data, &raw) != nil || len(raw) != len(order)+1 {
		return nil, wrong
	}
	p := &Position{Values: make([]any, len(order))}
	if json.Unmarshal(raw[len(order)], &p.ID) != nil || !p.ID.Valid() {
		return nil, wrong
	}
	for i, o := range order {
		if p.Values[i], err = parseCell(raw[i], o.Field.Type); err != nil {
			return nil, wrong
		}
	}
	return p, nil
}

func parseCell(raw json.RawMessage, typ plan.Type) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch typ {
	case plan.Int:
		var n int64
		err := json.Unmarshal(raw, &n)
		return n, err
	case plan.Bool:
		var b bool
		err := json.Unmarshal(raw, &b)
		return b, err
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}
