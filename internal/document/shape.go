package document

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

const (
	planKey       = "plan"
	vocabularyKey = "vocabulary"
	childrenKey   = "children"
	parentEdge    = "parent"
)

// member is one key of an object in a document.
type member struct {
	key   string
	path  string // in the description; differs from key for a quantity that is written as `value`
	slot  int32
	field *plan.Field // a plain value
	edge  *plan.Edge  // a reference or a list of them
	parts []*member   // a value object
	// quantity is where the kind's struct holds the quantity that this member is, nil for others.
	quantity []int
	nested   *plan.Kind // a list of objects that belong to this one
}

// shape is what an object of a kind looks like in a document.
type shape struct {
	kind     *plan.Kind
	members  []*member // in the order in which they are written
	byKey    map[string]*member
	keys     []string
	slot     map[string]int32 // by path; 0 is the object itself
	defaults []any            // cells of kind.Fields that Normalize fills in
	fields   map[string]*member
}

var shapes = sync.OnceValue(func() map[*plan.Kind]*shape {
	all := map[*plan.Kind]*shape{}
	for _, k := range plan.Kinds() {
		all[k] = newShape(k)
	}
	return all
})

func shapeOf(k *plan.Kind) *shape { return shapes()[k] }

func newShape(k *plan.Kind) *shape {
	s := &shape{kind: k, byKey: map[string]*member{}, slot: map[string]int32{"": 0}, fields: map[string]*member{}}
	var last []*member // what the others rest on comes behind them
	for _, m := range s.fieldMembers() {
		if m.key == "note" || m.key == "source" {
			last = append(last, m)
			continue
		}
		s.add(m)
	}
	for _, e := range k.Edges {
		if !e.Owner {
			s.add(&member{key: e.Name, path: e.Name, edge: e})
		}
	}
	for _, m := range last {
		s.add(m)
	}
	for _, other := range plan.Kinds() {
		if owner := other.Owner(); owner != nil && owner.To[0] == k && k.Name != "Plan" {
			s.add(&member{key: other.Plural, path: other.Plural, nested: other})
		}
	}
	if k.Element() && k.Edge(parentEdge) != nil {
		s.add(&member{key: childrenKey, path: childrenKey, nested: k})
	}
	blank := k.New()
	plan.Normalize(blank)
	for _, f := range k.Fields {
		s.defaults = append(s.defaults, f.Get(blank))
	}
	return s
}

func (s *shape) add(m *member) {
	s.members = append(s.members, m)
	s.byKey[m.key] = m
	s.keys = append(s.keys, m.key)
	for _, part := range append([]*member{m}, m.parts...) {
		part.slot = int32(len(s.slot))
		s.slot[part.path] = part.slot
	}
}

// fieldMembers are the members for the kind's fields; "source.ref" and its like become parts of
// one member, and those of a quantity a member without parts.
func (s *shape) fieldMembers() []*member {
	var members []*member
	quantities := quantitiesOf(s.kind)
	for _, f := range s.kind.Fields {
		group, name, inGroup := strings.Cut(f.Name, ".")
		switch {
		case f.Name == "id" || f.Name == "version" || f.Name == "createdAt" || f.Name == "updatedAt":
		case f.Name == "code" && isLink(s.kind):
		case !inGroup:
			members = append(members, &member{key: f.Name, path: f.Name, field: f})
		case s.fields[group] == nil:
			m := &member{key: group, path: group, quantity: quantities[group]}
			if group == "quantity" {
				m.key = "value"
			}
			s.fields[group] = m
			members = append(members, m)
		}
		if m := s.fields[group]; inGroup && m.quantity == nil {
			m.parts = append(m.parts, &member{key: name, path: f.Name, field: f})
		}
	}
	return members
}

// quantitiesOf finds the quantities in a kind's struct by the name of their group.
func quantitiesOf(k *plan.Kind) map[string][]int {
	found := map[string][]int{}
	for _, sf := range reflect.VisibleFields(reflect.TypeOf(k.New()).Elem()) {
		if sf.Type == reflect.TypeFor[quantity.Quantity]() {
			name, _, _ := strings.Cut(sf.Tag.Get("xj"), ",")
			found[name] = sf.Index
		}
	}
	return found
}

// quantityOf is the quantity that the member stands for.
func (m *member) quantityOf(o plan.Object) *quantity.Quantity {
	return reflect.ValueOf(o).Elem().FieldByIndex(m.quantity).Addr().Interface().(*quantity.Quantity)
}

// memberFor is the member that a path of the description belongs to, nil when a document has none.
func (s *shape) memberFor(path string) *member {
	for _, m := range s.members {
		if rest, ok := strings.CutPrefix(path, m.path); ok && (rest == "" || rest[0] == '.') {
			return m
		}
	}
	return nil
}

// A link has no code, since its id follows from its ends, and belongs to the plan it comes from.
func isLink(k *plan.Kind) bool { return k.Name == "Link" }

// planEdge is the edge of a kind that a plan's file implies without owning the object:
// an observation's plan.
func planEdge(k *plan.Kind) *plan.Edge {
	e := k.Edge(planKey)
	if e == nil || e.Owner || e.Many {
		return nil
	}
	return e
}

// planLists are the kinds whose lists stand beside `plan:`.
func planLists() []*plan.Kind {
	return slices.DeleteFunc(slices.Clone(plan.Kinds()), func(k *plan.Kind) bool {
		owner := k.Owner()
		return !(owner != nil && owner.To[0].Name == "Plan") && planEdge(k) == nil && !isLink(k)
	})
}

// vocabularyLists are the kinds whose lists stand below `vocabulary:`. Findings are computed and in
// no document.
func vocabularyLists() []*plan.Kind {
	return slices.DeleteFunc(slices.Clone(plan.Kinds()), func(k *plan.Kind) bool {
		return k.Owner() != nil || k.Name == "Plan" || k.Name == "Finding"
	})
}

// plurals are the keys of lists.
func plurals(kinds []*plan.Kind) []string {
	keys := make([]string, len(kinds))
	for i, k := range kinds {
		keys[i] = k.Plural
	}
	return keys
}

// noun is how messages name an object of the kind.
func noun(k *plan.Kind) string {
	name := strings.ToLower(k.Name)
	if strings.ContainsRune("aeiou", rune(name[0])) {
		return "an " + name
	}
	return "a " + name
}
