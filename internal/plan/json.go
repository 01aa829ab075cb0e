package plan

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// managed fields are set by the store, not by who writes the object.
func managed(name string) bool {
	return name == "version" || name == "createdAt" || name == "updatedAt"
}

// Marshal writes an object's content as canonical JSON: fields, then edges, in the order of the
// description, nothing that is not stated, without version and times. Equal content is equal bytes.
func Marshal(o Object) []byte {
	k := KindFor(o)
	b := append(make([]byte, 0, 256), '{')
	for _, f := range k.Fields {
		cell := f.Get(o)
		if cell == nil || managed(f.Name) || cell == false {
			continue
		}
		b = appendName(b, f.Name)
		switch c := cell.(type) {
		case bool:
			b = strconv.AppendBool(b, c)
		case int64:
			b = strconv.AppendInt(b, c, 10)
		case string:
			if f.Type == Strings || f.Type == Values {
				b = append(b, c...)
				continue
			}
			b = appendString(b, c)
		}
	}
	for _, e := range k.Edges {
		ids := e.Get(o)
		if len(ids) == 0 {
			continue
		}
		b = appendName(b, e.Name)
		if !e.Many {
			b = appendString(b, string(ids[0]))
			continue
		}
		for i, id := range ids {
			if i == 0 {
				b = append(b, '[')
			} else {
				b = append(b, ',')
			}
			b = appendString(b, string(id))
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// Unmarshal reads what Marshal wrote; the kind is that of the id in it.
func Unmarshal(data []byte) (Object, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	var id ID
	if err := json.Unmarshal(raw["id"], &id); err != nil {
		return nil, fmt.Errorf("id: %w", err)
	}
	k := KindOf(id)
	if k == nil {
		return nil, fmt.Errorf("id %q names no kind", id)
	}
	o := k.New()
	for name, value := range raw {
		if err := k.unmarshal(o, name, value); err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
	}
	return o, nil
}

func (k *Kind) unmarshal(o Object, name string, value json.RawMessage) error {
	if e := k.Edge(name); e != nil {
		var ids []ID
		if value[0] != '[' {
			value = append(append([]byte{'['}, value...), ']')
		}
		if err := json.Unmarshal(value, &ids); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		e.Set(o, ids)
		return nil
	}
	f := k.Field(name)
	if f == nil {
		return fmt.Errorf("%s has no member %q", k.Name, name)
	}
	switch f.Type {
	case Strings, Values:
		return f.Set(o, string(value))
	case Int:
		n, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return f.Set(o, n)
	case Bool:
		return f.Set(o, string(value) == "true")
	}
	var text string
	if err := json.Unmarshal(value, &text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return f.Set(o, text)
}

func appendName(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

// appendString appends a JSON string. Plain text, which is nearly all there is, needs no encoder.
func appendString(b []byte, s string) []byte {
	if plain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	return append(b, encode(s)...)
}

// plain says that the encoder would change nothing: no quotes, no control characters, and none of
// the two line separators, whose UTF-8 begins with 0xE2.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0xE2 || c == 0x7F {
			return false
		}
	}
	return utf8.ValidString(s)
}
