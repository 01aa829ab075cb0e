package document

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"xianjie/internal/plan"
)

// File is a document as it is written.
type File struct {
	Name string // a relative path with slashes
	Data []byte
}

const (
	vocabularyFile = "vocabulary.yaml"
	extension      = ".yaml"
)

// Write makes the documents that read back as the objects: vocabulary.yaml, then one file per plan
// named by its code. Equal objects make equal bytes, in whatever order they come. Parts can't be
// written without what they are a part of; findings are computed and can't be written at all.
func Write(objects []plan.Object) ([]File, error) {
	w := &writer{
		byID: map[plan.ID]plan.Object{}, inside: map[slot][]plan.Object{}, written: map[plan.ID]bool{},
	}
	for _, o := range objects {
		if err := w.place(o); err != nil {
			return nil, err
		}
	}
	for _, o := range objects {
		if err := w.file(o); err != nil {
			return nil, err
		}
	}
	for _, list := range w.inside {
		slices.SortFunc(list, inOrder)
	}
	files := w.files()
	for _, o := range objects {
		if id := o.Base().ID; !w.written[id] {
			return nil, plan.Errorf(plan.BadUserInput, string(id), "saw an object that contains itself, wanted no circle")
		}
	}
	return files, nil
}

// slot is a list in a document: that of a kind in its home. The home of vocabulary is empty.
type slot struct {
	in   plan.ID
	kind *plan.Kind
}

type writer struct {
	byID    map[plan.ID]plan.Object
	inside  map[slot][]plan.Object
	plans   []plan.ID
	written map[plan.ID]bool
}

// place checks an object by itself and notes that it is there.
func (w *writer) place(o plan.Object) error {
	id := o.Base().ID
	if errs := plan.Validate(o); len(errs) > 0 {
		return errs
	}
	if w.byID[id] != nil {
		return plan.Errorf(plan.BadUserInput, string(id), "saw the object twice, wanted it once")
	}
	switch plan.KindFor(o).Name {
	case "Finding":
		return plan.Errorf(plan.Unsupported, string(id), "saw a finding, wanted what a document can say")
	case "Plan":
		w.plans = append(w.plans, id)
	}
	w.byID[id] = o
	return nil
}

// file puts an object into the list where it is written.
func (w *writer) file(o plan.Object) error {
	k := plan.KindFor(o)
	if k.Name == "Plan" {
		return nil
	}
	in := plan.ID("")
	switch owner := k.Owner(); {
	case owner != nil:
		in = owner.Get(o)[0]
		if w.byID[in] == nil {
			return plan.Errorf(plan.BadUserInput, string(o.Base().ID), "saw it without %s, wanted both: it is written there", in)
		}
		if parent := w.parent(o); parent != "" {
			in = parent
		}
	case isLink(k):
		in = w.planOf(k.Edge("from").Get(o)[0])
	case planEdge(k) != nil:
		if ids := planEdge(k).Get(o); len(ids) == 1 && w.byID[ids[0]] != nil && strings.HasPrefix(o.Base().ID.Code(), ids[0].Code()+"/") {
			in = ids[0]
		}
	}
	s := slot{in, k}
	w.inside[s] = append(w.inside[s], o)
	return nil
}

// parent is the object of the same plan below which an element is written, "" for none.
func (w *writer) parent(o plan.Object) plan.ID {
	k := plan.KindFor(o)
	e := k.Edge(parentEdge)
	if e == nil {
		return ""
	}
	ids := e.Get(o)
	if len(ids) == 0 || w.byID[ids[0]] == nil || k.Owner().Get(w.byID[ids[0]])[0] != k.Owner().Get(o)[0] {
		return ""
	}
	return ids[0]
}

// planOf is the plan whose file an object is written to, "" for vocabulary.
func (w *writer) planOf(id plan.ID) plan.ID {
	o := w.byID[id]
	if o == nil || plan.KindFor(o).Name == "Plan" {
		if o == nil {
			return ""
		}
		return id
	}
	if k := plan.KindFor(o); k.Element() {
		return w.planOf(k.Owner().Get(o)[0])
	}
	return ""
}

func inOrder(a, b plan.Object) int {
	return cmp.Or(cmp.Compare(orderOf(a), orderOf(b)), cmp.Compare(a.Base().ID, b.Base().ID))
}

func orderOf(o plan.Object) int64 {
	if f := plan.KindFor(o).Field("order"); f != nil {
		n, _ := f.Get(o).(int64)
		return n
	}
	return 0
}

func (w *writer) files() []File {
	var files []File
	var inner []field
	for _, k := range vocabularyLists() {
		inner = append(inner, w.listField(slot{"", k}, k.Plural, home{})...)
	}
	if len(inner) > 0 {
		var e emitter
		e.field(field{vocabularyKey, value{form: mapping, fields: inner}}, "")
		files = append(files, File{vocabularyFile, []byte(e.String())})
	}
	slices.Sort(w.plans)
	for _, id := range w.plans {
		files = append(files, File{planFile(id), w.plan(id)})
	}
	return files
}

// planFile keeps a plan that is called vocabulary apart from the vocabulary.
func planFile(id plan.ID) string {
	name := id.Code() + extension
	if name == vocabularyFile {
		return planKey + "-" + name
	}
	return name
}

func (w *writer) plan(id plan.ID) []byte {
	var e emitter
	header := w.object(w.byID[id], home{}, 0)
	header.inline = false
	e.field(field{planKey, header}, "")
	h := home{plan: id, owner: id}
	for _, k := range planLists() {
		for _, f := range w.listField(slot{id, k}, k.Plural, h) {
			e.WriteString("\n")
			e.field(f, "")
		}
	}
	return []byte(e.String())
}

// listField is the list of what stands in a slot, nothing when it is empty.
func (w *writer) listField(s slot, key string, h home) []field {
	objects := w.inside[s]
	if len(objects) == 0 {
		return nil
	}
	items := make([]value, len(objects))
	for i, o := range objects {
		items[i] = w.object(o, h, int64(i+1))
	}
	return []field{{key, value{form: list, list: items}}}
}

// object is a mapping of what can't be concluded from the place. It goes on one line when nothing
// is nested in it.
func (w *writer) object(o plan.Object, h home, place int64) value {
	id := o.Base().ID
	w.written[id] = true
	v := value{form: mapping, inline: true}
	for _, m := range shapeOf(plan.KindFor(o)).members {
		if m.nested != nil {
			inner := home{plan: h.plan, owner: id}
			if m.key == childrenKey {
				inner.owner, inner.parent = h.owner, id
			}
			nested := w.listField(slot{id, m.nested}, m.key, inner)
			v.fields = append(v.fields, nested...)
			v.inline = v.inline && nested == nil
			continue
		}
		if f, ok := w.member(o, m, h, place); ok {
			v.fields = append(v.fields, field{m.key, f})
			v.inline = v.inline && !(f.form == text && literal(f.text))
		}
	}
	return v
}

// member is the value of a member, not ok when it is left out.
func (w *writer) member(o plan.Object, m *member, h home, place int64) (value, bool) {
	k := plan.KindFor(o)
	switch {
	case m.edge != nil:
		return edgeValue(o, m.edge, h)
	case m.quantity != nil:
		q := m.quantityOf(o)
		return value{text: q.String()}, !q.IsZero()
	case m.parts != nil:
		v := value{form: mapping, inline: true}
		for _, part := range m.parts {
			if cell := part.field.Get(o); cell != nil && cell != false {
				v.fields = append(v.fields, field{part.key, cellValue(part.field, cell)})
			}
		}
		return v, len(v.fields) > 0
	case m.key == "code":
		return value{text: strings.TrimPrefix(o.Base().ID.Code(), h.base())}, true
	}
	cell := m.field.Get(o)
	if m.key == "order" && place > 0 {
		n, _ := cell.(int64)
		return value{form: word, text: strconv.FormatInt(n, 10)}, n != place
	}
	if cell == nil || cell == false || cell == shapeOf(k).defaults[m.field.Position] {
		return value{}, false
	}
	return cellValue(m.field, cell), true
}

func cellValue(f *plan.Field, cell any) value {
	switch c := cell.(type) {
	case bool:
		return value{form: word, text: strconv.FormatBool(c)}
	case int64:
		return value{form: word, text: strconv.FormatInt(c, 10)}
	case string:
		if f.Type != plan.Strings {
			return value{text: c}
		}
		var texts []string
		if err := json.Unmarshal([]byte(c), &texts); err != nil {
			panic("document: " + err.Error()) // a cell of a list of texts is one in JSON
		}
		return listOf(texts)
	}
	panic("document: no value for the field " + f.Name)
}

func edgeValue(o plan.Object, e *plan.Edge, h home) (value, bool) {
	ids := e.Get(o)
	if len(ids) == 0 || e.Name == parentEdge && ids[0] == h.parent {
		return value{}, false
	}
	if e == planEdge(e.From) && h.plan != "" {
		return value{}, false
	}
	if isLink(e.From) && e.Name == "from" && ids[0] == h.plan {
		return value{}, false
	}
	if !e.Many {
		return value{text: h.shorten(o, e, ids[0])}, true
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = h.shorten(o, e, id)
	}
	return listOf(texts), true
}

func listOf(texts []string) value {
	v := value{form: list, inline: true}
	for _, t := range texts {
		v.list = append(v.list, value{text: t})
	}
	return v
}
