package neo4j

import (
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// The database's planner begins a statement at the kind that is listed and asks each object what
// its edges reach. Where few objects lie at the far end the reading must begin there: a condition
// that leads becomes the clause that binds the objects, and the others are asked of these.

// scan is how a kind is gone through where no condition leads.
type scan struct {
	within  string // what also must hold; always where all is wanted
	inOrder string // says nothing new, but lets an index give the order
	byType  bool   // links type after type: the planner finds no index for all types together
}

func whole() scan { return scan{within: always, inOrder: always} }

// sources is the clause that binds v to the objects of a kind that pass the filter, perhaps by way
// of others. It ends so that a WITH can follow.
func (c *compiler) sources(sh *shape, v string, f query.Filter, how scan) (string, error) {
	conditions := conjuncts(f)
	at := slices.IndexFunc(conditions, func(f query.Filter) bool { return c.leads(sh, f) })
	if slices.ContainsFunc(conditions, named) {
		at = -1 // by its own id is nearer still
	}
	if at < 0 {
		condition, err := c.filter(sh, v, f)
		condition = where(and(how.inOrder, condition, how.within))
		if !how.byType {
			return "MATCH " + sh.all(v) + condition, err
		}
		branches := make([]string, len(sh.types))
		for i, typ := range sh.types {
			branches[i] = "MATCH ()-[" + v + ":" + quote(typ) + "]->()" + condition + " RETURN " + v
		}
		return "CALL () { " + strings.Join(branches, " UNION ALL ") + " }", err
	}
	leading := conditions[at]
	rest := slices.Delete(slices.Clone(conditions), at, at+1)
	condition, err := c.filter(sh, v, query.And(rest))
	if err != nil {
		return "", err
	}
	switch f := leading.(type) {
	case query.Text:
		exact, err := c.says(sh, v, f)
		if err != nil {
			return "", err
		}
		phrases, err := phrasesOf(f)
		return c.found(sh, v, phrases) + where(and(exact, condition, how.within)), err
	case query.Related:
		clause, err := c.throughEnd(sh, v, f)
		return clause + " WITH DISTINCT " + v + where(and(condition, how.within)), err
	}
	panic("neo4j: a condition leads that is neither text nor edge")
}

// conjuncts are the conditions that all must hold.
func conjuncts(f query.Filter) []query.Filter {
	and, ok := f.(query.And)
	if !ok {
		if f == nil {
			return nil
		}
		return []query.Filter{f}
	}
	var all []query.Filter
	for _, f := range and {
		all = append(all, conjuncts(f)...)
	}
	return all
}

// named says whether a condition holds only for objects whose ids it has.
func named(f query.Filter) bool {
	switch f := f.(type) {
	case query.IDs:
		return true
	case query.Compare:
		return f.Op == query.EQ && f.Field != nil && f.Field.Name == "id"
	case query.In:
		return f.Field != nil && f.Field.Name == "id"
	}
	return false
}

// leads says whether reading can begin at a condition.
func (c *compiler) leads(sh *shape, f query.Filter) bool {
	switch f := f.(type) {
	case query.Text:
		phrases, err := phrasesOf(f)
		return err == nil && len(phrases) > 0 && sh.searched
	case query.Related:
		if f.None || f.Filter == nil || f.End.Kind != sh.kind {
			return false
		}
		for _, kind := range f.End.To {
			to := c.schema.shape(kind)
			if to == nil || !slices.ContainsFunc(conjuncts(f.Filter), func(f query.Filter) bool { return c.narrow(to, f) }) {
				return false
			}
		}
		return true
	}
	return false
}

// narrow says whether few objects of a kind pass a condition, and an index finds them.
func (c *compiler) narrow(sh *shape, f query.Filter) bool {
	switch f := f.(type) {
	case query.Compare:
		if f.Op == query.EQ && f.Field != nil && few(f.Field) {
			return true
		}
	case query.In:
		if f.Field != nil && few(f.Field) {
			return true
		}
	}
	return named(f) || c.leads(sh, f)
}

// few says whether objects seldom share a value of the field.
func few(f *plan.Field) bool {
	return f.Index && f.Type == plan.String && f.Enum == nil && !f.Date
}

// throughEnd is the clause that binds v to the objects from which the end reaches what passes the
// filter; an object may come more than once.
func (c *compiler) throughEnd(sh *shape, v string, f query.Related) (string, error) {
	c.depth++
	defer func() { c.depth-- }()
	var branches []string
	for _, kind := range f.End.To {
		to := c.schema.shape(kind)
		far := c.variable()
		clause, err := c.sources(to, far, f.Filter, whole())
		if err != nil {
			return "", err
		}
		branches = append(branches, clause+" WITH "+far+" "+c.back(f.End, far, sh, v))
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	return "CALL () { " + strings.Join(branches, " RETURN "+v+" UNION ") + " RETURN " + v + " }", nil
}

// back is the clause that binds v, of the shape where the end starts, from what the end reaches.
func (c *compiler) back(end *plan.End, far string, start *shape, v string) string {
	label := ":" + quote(start.kind.Name)
	switch {
	case end.Union != nil || end.Edge != nil && end.Edge.From.Name == "Link" && end.Reverse:
		// far is a link: v is one of its ends, of the right kind.
		ends := "startNode(" + far + "), endNode(" + far + ")"
		if end.Union == nil {
			ends = linkEnd(end.Edge, far)
		}
		return "UNWIND [" + ends + "] AS " + v + " WITH " + v + " WHERE " + v + label
	case end.Edge != nil && end.Edge.From.Name == "Link":
		if end.Edge.Name == "from" {
			return "MATCH (" + far + ")-[" + v + ":" + start.anyType() + "]->()"
		}
		return "MATCH (" + far + ")<-[" + v + ":" + start.anyType() + "]-()"
	}
	typ := quote(string(end.Across))
	if end.Edge != nil {
		typ = quote(relationshipType(end.Edge))
	}
	if end.Reverse {
		return "MATCH (" + far + ")-[:" + typ + "]->(" + v + label + ")"
	}
	return "MATCH (" + far + ")<-[:" + typ + "]-(" + v + label + ")"
}
