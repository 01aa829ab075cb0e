package neo4j_test

import (
	"xianjie/internal/plan"
	"xianjie/internal/query"
)

func columns(k *plan.Kind, names ...string) []*plan.Field {
	var fields []*plan.Field
	for _, name := range names {
		fields = append(fields, k.Field(name))
	}
	return fields
}

// q1 is one plan, five fields.
func q1(id plan.ID) *query.Selection {
	p := plan.KindNamed("Plan")
	return &query.Selection{IDs: []plan.ID{id}, Of: []query.Shape{{Kind: p, Columns: columns(p, "id", "title", "level", "status", "periodEnd")}}}
}

func targets(via string, children ...*query.Selection) *query.Selection {
	p, t := plan.KindNamed("Plan"), plan.KindNamed("Target")
	return &query.Selection{Via: p.End(via), Page: query.Page{First: 20}, Of: []query.Shape{{
		Kind: t, Columns: columns(t, "id", "year", "nature", "quantity.value", "quantity.unit", "text"), Children: children,
	}}}
}

// q2 is 50 plans with 20 targets each, their indicators and regions.
func q2() *query.Selection {
	p, t, i, r := plan.KindNamed("Plan"), plan.KindNamed("Target"), plan.KindNamed("Indicator"), plan.KindNamed("Region")
	return &query.Selection{Page: query.Page{First: 50}, Of: []query.Shape{{Kind: p, Columns: columns(p, "id", "title", "level"), Children: []*query.Selection{targets("targets",
		&query.Selection{Via: t.End("indicator"), Of: []query.Shape{{Kind: i, Columns: columns(i, "id", "name")}}},
		&query.Selection{Via: t.End("region"), Of: []query.Shape{{Kind: r, Columns: columns(r, "id", "name")}}},
	)}}}}
}

// q3 is one plan, its targets, and the plans that it obeys with theirs.
func q3(id plan.ID) *query.Selection {
	p := plan.KindNamed("Plan")
	sel := q1(id)
	sel.Of[0].Children = []*query.Selection{targets("targets"), {Via: p.End("obeys"), Page: query.Page{First: 20}, Of: []query.Shape{{
		Kind: p, Columns: columns(p, "id", "title"), Children: []*query.Selection{targets("targets")},
	}}}}
	return sel
}

// q4 is 500 targets with eight fields.
func q4() *query.Selection {
	t := plan.KindNamed("Target")
	return &query.Selection{Page: query.Page{First: 500}, Of: []query.Shape{{
		Kind: t, Columns: columns(t, "id", "year", "nature", "quantity.comparator", "quantity.value", "quantity.unit", "text", "order"),
	}}}
}
