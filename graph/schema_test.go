package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"xianjie/internal/plan"
)

// The schema and the description of the model say the same: what is in one is in the other.
func TestSchemaFollowsTheModel(t *testing.T) {
	for _, c := range schemaComplaints(loadSchema(t, schemaText(t)), plan.Kinds()) {
		t.Error(c)
	}
}

// The walk itself sees what is wrong.
func TestSchemaWalk(t *testing.T) {
	const described = "\"An id.\" id: ID! \"A code.\" code: String! \"A version.\" version: Int! \"Then.\" createdAt: DateTime! \"Now.\" updatedAt: DateTime!"
	for _, c := range []struct{ name, old, new, want string }{
		{"field of the model missing", "  series: String\n", "  edition: String\n", "Plan.series is missing"},
		{"field of the schema unknown", "  series: String\n", "  edition: String\n", `Plan has "edition: String", which is not in the model`},
		{"required field nullable", "printed.\"\n  title: String!\n", "printed.\"\n  title: String\n", `Plan.title is "title: String", wanted "title: String!"`},
		{"optional field required", "  summary: String\n", "  summary: String!\n", "Plan.summary"},
		{"list not a list", "  aliases: [String!]!\n", "  aliases: String!\n", "Region.aliases"},
		{"type of a field", "  announcedBinding: Int\n", "  announcedBinding: String\n", "Plan.announcedBinding"},
		{"required edge nullable", "applies.\"\n  region: Region!\n", "applies.\"\n  region: Region\n", "Plan.region"},
		{"edge to another kind", "  parent: Goal\n", "  parent: Task\n", "Goal.parent"},
		{"edge to several kinds", "  from: Node!\n", "  from: Plan!\n", "Link.from"},
		{"inverse missing", "  yieldsIn(\n", "  yieldsIn2(\n", "Plan.yieldsIn is missing"},
		{"argument of a connection missing", "    \"How many from the end or before `before`, 1 to 500.\"\n    last: Int\n", "", "Query.regions is"},
		{"argument of links", "    direction: LinkDirection = BOTH\n", "    direction: LinkDirection = OUT\n", "links is"},
		{"member of a value object missing", "  locator: String\n", "  page: String\n", "Source.locator is missing"},
		{"deciding member of a value object nullable", "  ref: String!\n", "  ref: String\n", "Source.ref"},
		{"other member of a value object required", "  publisher: String\n", "  publisher: String!\n", "Source.publisher"},
		{"edge in a value object", "  plan: Plan\n}", "  plan: Region\n}", "Yields.plan"},
		{"member of a list of values missing", "  published: String!\n", "  printed: String!\n", "Evidence.published is missing"},
		{"derived member", "  notation: String!\n", "  notation: String\n", "Quantity.notation"},
		{"word of an enum", "  COUNTY\n", "  TOWN\n", "PlanLevel has the words"},
		{"kind in the enum of kinds", "  SAFEGUARD\n", "  GUARD\n", "Kind has the words"},
		{"filter of an indexed field", "  documentNumber: StringFilter\n", "  documentNumber: DateFilter\n", "PlanFilter.documentNumber"},
		{"filter of an enum", "  category: [PlanCategory!]\n", "  category: PlanCategory\n", "PlanFilter.category"},
		{"filter of an end", "  obeyedBy: PlanRelation\n", "  obeyedBy: PlanFilter\n", "PlanFilter.obeyedBy"},
		{"filter of what has no index", "  series: StringFilter\n", "  series: StringFilter\n  \"Free.\"\n  summary: StringFilter\n", `PlanFilter has "summary`},
		{"text filter of what is not searched", "input DemandFilter {\n", "input DemandFilter {\n  \"Words.\"\n  text: String\n", `DemandFilter has "text`},
		{"order field", "  DOCUMENT_NUMBER\n", "  NUMBER\n", "PlanOrderField has the words"},
		{"connection", "  nodes: [Plan!]!\n", "  nodes: [Plan]!\n", "PlanConnection.nodes"},
		{"interface", "type Goal implements Node & Element {", "type Goal implements Node {", "Goal implements"},
		{"type that is no kind", "scalar Decimal\n", "scalar Decimal\n\"More.\"\ntype Extra implements Node {" + described + "}\n", "Extra is a Node but no kind"},
		{"type without description", "\"Where a page stands in its list.\"\n", "", "PageInfo has no description"},
		{"field without description", "  \"Whether more stands before the page.\"\n", "", "PageInfo.hasPreviousPage has no description"},
		{"argument without description", "    \"Ids of any kinds.\"\n", "", "Query.nodes(ids) has no description"},
		{"enum value without description", "  \"Either.\"\n", "", "LinkDirection.BOTH has no description"},
		{"input field without description", "  \"Begins with this, case included.\"\n", "", "StringFilter.prefix has no description"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := schemaText(t)
			if !strings.Contains(text, c.old) {
				t.Fatalf("the schema has no %q to break", c.old)
			}
			found := schemaComplaints(loadSchema(t, strings.Replace(text, c.old, c.new, 1)), plan.Kinds())
			if !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, c.want) }) {
				t.Errorf("complaints %q, wanted one with %q", found, c.want)
			}
		})
	}
	t.Run("kind that the model lacks", func(t *testing.T) {
		found := schemaComplaints(loadSchema(t, schemaText(t)), plan.Kinds()[1:])
		if want := "Region is a Node but no kind"; !slices.Contains(found, want) {
			t.Errorf("complaints %q, wanted %q", found, want)
		}
	})
}

func loadSchema(t *testing.T, text string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
