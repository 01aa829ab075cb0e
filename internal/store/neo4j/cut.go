package neo4j

import (
	"context"
	"math"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// Many objects may point to a few: a thousand targets to a hundred indicators. A nested statement
// reads such an indicator again for each target, and what is below it too. So a selection is cut at
// single edges from levels that may be long: the row of the parent has only the number that the
// database gives the node, and the next statement reads each node once. That both statements saw
// one moment, in which a number is one node's, is the reader's business. (The number is what id()
// gives: elementId() makes a text of some forty characters of it, for a seventh of such a read.)

// longLevel is how many rows a level may have without cuts below it: reading a few objects again
// takes less than asking again.
const longLevel = 200

// cuts are the child selections at which a selection is cut.
type cuts map[*query.Selection]bool

func newCuts(root *query.Selection) cuts {
	c := cuts{}
	most := limit(root)
	if root.IDs != nil {
		most = len(root.IDs)
	}
	c.below(root, most)
	return c
}

// below looks at what hangs on a level of at most so many rows.
func (c cuts) below(sel *query.Selection, most int) {
	for i := range sel.Of {
		for _, child := range sel.Of[i].Children {
			rows := most
			switch {
			case child.Via.Edge == nil || child.Via.Reverse || child.Via.Edge.Many:
				rows = product(most, limit(child))
			case most > longLevel && separable(child):
				c[child] = true
				rows = longLevel
			}
			c.below(child, rows)
		}
	}
}

// separable says whether a selection along a single edge can be read apart: where it reaches nodes
// of one kind.
func separable(sel *query.Selection) bool {
	e := sel.Via.Edge
	return e.From.Name != "Link" && len(sel.Of) == 1 && len(e.To) == 1 && e.To[0] == sel.Of[0].Kind && e.To[0].Name != "Link" && !sel.NoRows && !sel.Count
}

func limit(sel *query.Selection) int {
	if most := max(sel.Page.First, sel.Page.Last); most > 0 {
		return most
	}
	return math.MaxInt32
}

func product(a, b int) int { return min(a*b, math.MaxInt32) }

// reference is the clause that binds the node that a cut edge of the parent leads to, and the
// expression of its number, null where there is none. The clause leaves the number of rows as it is.
func (c *compiler) reference(sel *query.Selection, parent string) (clause, number string) {
	v := c.variable()
	match, _ := c.walk(sel.Via, parent, c.schema.shape(sel.Of[0].Kind), v, "")
	return " OPTIONAL " + match, "id(" + v + ")"
}

// apart is the level of a cut, which the next statement fills.
type apart struct {
	level   *level
	numbers []int64 // of the nodes; each is the row of its place
}

// apart reads the references of the parents and leaves the level to be filled.
func (d *decoder) apart(sel *query.Selection, parents [][]any, at int) (*query.Level, error) {
	l := d.newLevel(sel, len(parents))
	a := &apart{level: l}
	rows := map[int64]int32{}
	for p, parent := range parents {
		if len(parent) <= at {
			return nil, malformed(parent)
		}
		if parent[at] != nil {
			number, ok := parent[at].(int64)
			if !ok {
				return nil, malformed(parent[at])
			}
			row, seen := rows[number]
			if !seen {
				row = int32(len(a.numbers))
				rows[number] = row
				a.numbers = append(a.numbers, number)
			}
			l.out.Items = append(l.out.Items, query.Item{Row: row})
		}
		l.out.Start[p+1] = int32(len(l.out.Items))
	}
	if len(a.numbers) > 0 {
		d.waiting = append(d.waiting, a)
	}
	return l.out, nil
}

// fill reads the levels that wait, and those that then wait below them.
func (d *decoder) fill(ctx context.Context, s *schema, r *reader) error {
	for len(d.waiting) > 0 {
		waiting := d.waiting
		d.waiting = nil
		c := newCompiler(s)
		c.cuts = d.cuts
		bound, names := []string{"finished"}, make([]string, len(waiting))
		for i, a := range waiting {
			v, at := c.variable(), c.variable()
			given := c.arg(a.numbers)
			row, references, err := c.row(&a.level.out.Selection.Of[0], v)
			if err != nil {
				return err
			}
			names[i] = c.variable()
			bound = append(bound, "COLLECT { UNWIND range(0, size("+given+") - 1) AS "+at+" MATCH ("+v+") WHERE id("+v+") = "+given+"["+at+"]"+
				references+" RETURN ["+at+", "+row+"] AS "+c.variable()+" } AS "+names[i])
		}
		values, err := r.query(ctx, "WITH "+strings.Join(bound, ", "), c.params, names...)
		if err != nil {
			return err
		}
		for i, a := range waiting {
			if whole, err := a.fill(values[i]); err != nil || !whole {
				r.torn = !whole
				return err
			}
			if err := d.finish(a.level); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill takes the rows of a level; not whole where a node has gone meanwhile.
func (a *apart) fill(value any) (whole bool, err error) {
	list, ok := value.([]any)
	if !ok {
		return false, malformed(value)
	}
	rows := make([]any, len(a.numbers))
	for _, raw := range list {
		pair, ok := raw.([]any)
		if !ok || len(pair) != 2 {
			return false, malformed(raw)
		}
		at, ok := pair[0].(int64)
		if !ok || at < 0 || at >= int64(len(rows)) {
			return false, malformed(pair[0])
		}
		rows[at] = pair[1]
	}
	for _, row := range rows {
		if row == nil {
			return false, nil
		}
		if _, err := a.level.tables[0].add(row); err != nil {
			return false, err
		}
	}
	return true, nil
}

// torn is the error of a read that saw less than there is although nobody wrote.
func torn() error {
	return plan.Errorf(plan.Internal, "", "the database gave a node and then did not have it")
}
