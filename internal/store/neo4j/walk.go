package neo4j

import (
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// walk is the clause that binds v to what the end reaches of a kind from the object that from is
// bound to, and the condition that must stand in its WHERE. An edge's own relationship is bound to
// edge, when that is not "".
func (c *compiler) walk(end *plan.End, from string, to *shape, v, edge string) (clause, condition string) {
	match := func(left, typ, right string) string {
		if end.Reverse {
			return "MATCH (" + from + ")<-[" + left + ":" + typ + "]-(" + right + ")"
		}
		return "MATCH (" + from + ")-[" + left + ":" + typ + "]->(" + right + ")"
	}
	label := ":" + quote(to.kind.Name)
	switch {
	case end.Union != nil:
		return "MATCH (" + from + ")-[" + v + ":" + to.anyType() + "]-()", always
	case end.Across != "":
		return match("", quote(string(end.Across)), v), always
	case end.Edge.From.Name == "Link" && end.Reverse:
		if end.Edge.Name == "from" { // seen from the link's beginning the link leads away
			return "MATCH (" + from + ")-[" + v + ":" + to.anyType() + "]->()", always
		}
		return "MATCH (" + from + ")<-[" + v + ":" + to.anyType() + "]-()", always
	case end.Edge.From.Name == "Link":
		return "UNWIND [" + linkEnd(end.Edge, from) + "] AS " + v + " WITH " + v, v + label
	case end.Reverse && !c.schema.shared(end.Edge), !end.Reverse && !end.Edge.Polymorphic():
		label = ""
	}
	return match(edge, quote(relationshipType(end.Edge)), v+label), always
}

// linkEnd is the node at one end of the link that from is bound to.
func linkEnd(e *plan.Edge, from string) string {
	if e.Name == "from" {
		return "startNode(" + from + ")"
	}
	return "endNode(" + from + ")"
}

// and joins conditions; those that always hold say nothing.
func and(conditions ...string) string {
	conditions = slices.DeleteFunc(conditions, func(condition string) bool { return condition == always })
	if len(conditions) == 0 {
		return always
	}
	if slices.Contains(conditions, never) {
		return never
	}
	return strings.Join(conditions, " AND ")
}

// where is the clause, with a space before it, or nothing when the condition always holds.
func where(condition string) string {
	if condition == always {
		return ""
	}
	return " WHERE " + condition
}

// related is a condition on what an end reaches from v.
func (c *compiler) related(sh *shape, v string, f query.Related) (string, error) {
	parts, err := c.reaches(sh, v, f)
	if err != nil {
		return "", err
	}
	condition := never
	if len(parts) > 0 {
		condition = "(" + strings.Join(parts, " OR ") + ")"
	}
	if f.None {
		condition = "(NOT " + condition + ")" // EXISTS is never null
	}
	return condition, nil
}

// reaches gives a condition for each kind that the end may reach; any of them must hold.
func (c *compiler) reaches(sh *shape, v string, f query.Related) ([]string, error) {
	end := f.End
	if end.Kind != sh.kind {
		return nil, unfit(sh.kind.Name, "has no edge %q", end.Name)
	}
	c.depth++
	defer func() { c.depth-- }()
	var parts []string
	for _, kind := range end.To {
		to := c.schema.shape(kind)
		if to == nil {
			continue
		}
		far := c.variable()
		condition, err := c.filter(to, far, f.Filter)
		if err != nil {
			return nil, err
		}
		clause, own := c.walk(end, v, to, far, "")
		if condition = and(own, condition); condition == never {
			continue
		}
		parts = append(parts, "EXISTS { "+clause+where(condition)+" RETURN 1 AS found }")
	}
	return parts, nil
}
