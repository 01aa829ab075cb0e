package coherence

import (
	"context"
	"slices"
	"sync"

	"xianjie/internal/plan"
)

// Memory is a register that is in memory whole.
type Memory struct {
	kinds map[string][]plan.Object

	mu sync.Mutex
	by map[string]map[string][]plan.Object // kind and field or edge, then key
}

// NewMemory makes a source of facts of objects, which are not changed afterwards.
func NewMemory(objects []plan.Object) *Memory {
	m := &Memory{kinds: map[string][]plan.Object{}, by: map[string]map[string][]plan.Object{}}
	for _, o := range objects {
		name := plan.KindFor(o).Name
		m.kinds[name] = append(m.kinds[name], o)
	}
	return m
}

// Objects is that of the interface.
func (m *Memory) Objects(_ context.Context, w Want) ([]plan.Object, error) {
	var found []plan.Object
	index := m.index(w.Kind, w.By)
	for _, key := range w.Keys {
		for _, o := range index[key] {
			if w.admits(o) {
				found = append(found, o)
			}
		}
	}
	return w.first(found), nil
}

func (m *Memory) index(kind, by string) map[string][]plan.Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := kind + "." + by
	if m.by[name] == nil {
		m.by[name] = map[string][]plan.Object{}
		for _, o := range m.kinds[kind] {
			for _, key := range keysOf(o, by) {
				m.by[name][key] = append(m.by[name][key], o)
			}
		}
	}
	return m.by[name]
}

// keysOf are what an object's field has or its edge leads to; see Want.By.
func keysOf(o plan.Object, by string) []string {
	kind := plan.KindFor(o)
	if e := kind.Edge(by); e != nil {
		return keys(e.Get(o))
	}
	text, _ := kind.Field(by).Get(o).(string)
	return []string{text}
}

// Classes is that of the interface.
func (m *Memory) Classes(context.Context) ([]string, error) {
	var classes []string
	for _, o := range m.kinds["Task"] {
		if t := o.(*plan.Task); t.Action != "" && t.ObjectClass != "" {
			classes = append(classes, t.ObjectClass)
		}
	}
	slices.Sort(classes)
	return slices.Compact(classes), nil
}
