package document

import (
	"strings"

	"xianjie/internal/plan"
)

// home is where an object stands in a document; what its codes leave out follows from it.
type home struct {
	plan   plan.ID // of the file, "" in vocabulary
	owner  plan.ID // what it is listed in: the plan, an indicator, a project; "" for vocabulary
	parent plan.ID // the object below whose `children` it stands
}

// base is what the codes of objects at this place begin with, with a slash at the end.
func (h home) base() string {
	if h.owner == "" {
		return ""
	}
	return h.owner.Code() + "/"
}

// expand reads a reference: a full id, or the code of the one kind that the edge leads to. A bare
// element is one of the same plan, a bare part (a calibre) one of the owner that the object itself
// names by an edge. The second result is what to write instead when the text is no reference.
func (h home) expand(o plan.Object, e *plan.Edge, text string) (plan.ID, string) {
	if strings.Contains(text, ":") {
		return plan.ID(text), ""
	}
	to := e.To[0]
	if e.Polymorphic() {
		if !isLink(e.From) || e.Name != "to" {
			return "", "a full id such as task:nm-eco-14/3"
		}
		to = plan.KindNamed("Plan")
	}
	owner := to.Owner()
	switch {
	case owner == nil:
		return plan.MakeID(to.Prefix, text), ""
	case owner.To[0].Name == "Plan":
		if h.plan == "" {
			return "", "a full id such as " + to.Prefix + ":nm-eco-14/1, since vocabulary has no plan"
		}
		return plan.MakeID(to.Prefix, h.plan.Code(), text), ""
	}
	if by := edgeTo(e.From, owner.To[0]); by != nil {
		if ids := by.Get(o); len(ids) == 1 {
			return plan.MakeID(to.Prefix, ids[0].Code(), text), ""
		}
	}
	return "", "a full id such as " + to.Prefix + ":…/" + text + ", since " + noun(owner.To[0]) + " is missing here"
}

// shorten is the shortest text that expand reads as the id.
func (h home) shorten(o plan.Object, e *plan.Edge, id plan.ID) string {
	code := id.Code()
	for i := len(code); i >= 0; {
		i = strings.LastIndexByte(code[:i], '/')
		if back, _ := h.expand(o, e, code[i+1:]); back == id {
			return code[i+1:]
		}
	}
	return string(id)
}

// edgeTo is the first edge to exactly one object of a kind.
func edgeTo(from, to *plan.Kind) *plan.Edge {
	for _, e := range from.Edges {
		if !e.Many && !e.Polymorphic() && e.To[0] == to {
			return e
		}
	}
	return nil
}

// belongsTo says whether an object is the plan or one of its elements, going by its id.
func belongsTo(id, owner plan.ID) bool {
	k := plan.KindOf(id)
	return id == owner || k != nil && k.Element() && strings.HasPrefix(id.Code(), owner.Code()+"/")
}
