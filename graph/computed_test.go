package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"

	"xianjie/internal/coherence"
	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/query"
	"xianjie/internal/register"
)

// What every reference selects in the tests below.
const referenceFragment = `
fragment R on Node {
  __typename id code
  ... on Element {order plan {id}}
  ... on Plan {title region {name} source {ref} targets(first: 2) {totalCount nodes {quantity {text}}}}
  ... on Target {year indicator {name}} ... on Finding {message about {id}} ... on Link {type from {id}}
}`

// computedRegister is a register that has been checked, with the ids of some of its plans.
func computedRegister(t *testing.T) (*register.Register, *countingStore, []plan.ID) {
	t.Helper()
	d := newDataset(t, testSchema(), 3, 30)
	s := &countingStore{Store: d.open(t)}
	r := register.New(s)
	if _, err := r.Check(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	var plans []plan.ID
	for _, o := range d.byKind[plan.KindNamed("Plan")][:10] {
		plans = append(plans, o.Base().ID)
	}
	return r, s, plans
}

func idList(ids []plan.ID) string {
	text, _ := json.Marshal(ids)
	return string(text)
}

// Below a computed field a reference reads as node(id) does, and the references are those that the
// register computed.
func TestReferences(t *testing.T) {
	ctx := context.Background()
	r, _, plans := computedRegister(t)
	exec := New(r, unlimited)
	from, to := linkedEnds(t, r)
	for _, c := range []struct {
		name, query string
		want        func() ([]plan.ID, error)
	}{
		{
			"coherence",
			`coherence(plans:` + idList(plans) + `){plans{...R} verdicts{a{...R} other:b{...R} findings{...R}} notChecked{a{...R} b{...R} indicator{...R}}}`,
			func() ([]plan.ID, error) {
				c, err := r.Coherence(ctx, plans, true)
				if err != nil {
					return nil, err
				}
				all := slices.Clone(c.Plans)
				for _, v := range c.Verdicts {
					all = append(append(all, v.A, v.B), v.Findings...)
				}
				for _, n := range c.NotChecked {
					all = append(all, n.A, n.B)
					if n.Indicator != "" {
						all = append(all, n.Indicator)
					}
				}
				return all, nil
			},
		},
		{
			"indicator matrix", `indicatorMatrix(plans:` + idList(plans) + `){plans{...R} indicators{...R} cells{targets{...R} plan{...R} indicator{...R}}}`,
			func() ([]plan.ID, error) {
				m, err := r.Matrix(ctx, nil, plans)
				if err != nil {
					return nil, err
				}
				all := append(slices.Clone(m.Plans), m.Indicators...)
				for _, c := range m.Cells {
					all = append(append(all, c.Plan, c.Indicator), c.Targets...)
				}
				return all, nil
			},
		},
		{
			"coverage", `coverage(plan:` + strconv.Quote(string(plans[0])) + `,direction:DOWN,deep:true){plan{...R} items{element{...R} by{...R} ends{...R}} chains{target{...R} steps{by{...R}}}}`,
			func() ([]plan.ID, error) {
				c, err := r.Coverage(ctx, plans[0], true, true)
				if err != nil {
					return nil, err
				}
				return coverageIDs(c), nil
			},
		},
		{
			"paths", fmt.Sprintf(`paths(from:%q,to:%q,maxLength:4){objects{...R} links{...R}}`, from, to),
			func() ([]plan.ID, error) {
				paths, err := r.Paths(ctx, query.PathQuery{From: from, To: to, MaxLength: 4})
				var all []plan.ID
				for _, p := range paths {
					all = append(append(all, p.Objects...), p.Links...)
				}
				return all, err
			},
		},
		{
			"register", `register{gaps{plan{...R} items{element{...R}}}}`,
			func() ([]plan.ID, error) {
				info, err := r.Info(ctx)
				if err != nil {
					return nil, err
				}
				var all []plan.ID
				for _, gap := range info.Gaps {
					all = append(all, coverageIDs(gap)...)
				}
				return all, nil
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, err := c.want()
			if err != nil || len(want) == 0 {
				t.Fatalf("the register computes %v, %v", want, err)
			}
			var got []plan.ID
			for _, ref := range referencesIn(ask(t, exec, "{"+c.query+"}"+referenceFragment)) {
				id := ref["id"].(string)
				got = append(got, plan.ID(id))
				stored := ask(t, exec, fmt.Sprintf("{node(id:%q){...R}}%s", id, referenceFragment)).(map[string]any)["node"]
				if diff := cmp.Diff(stored, any(ref)); diff != "" {
					t.Fatalf("%s reads otherwise than as a node:\n%s", id, diff)
				}
			}
			slices.Sort(got)
			want = slices.DeleteFunc(want, func(id plan.ID) bool { return id == "" }) // what is about one plan alone
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("references differ:\n%s", diff)
			}
		})
	}
}

func coverageIDs(c *register.Coverage) []plan.ID {
	all := []plan.ID{c.Plan}
	for _, item := range c.Items {
		all = append(append(append(all, item.Element), item.By...), item.Ends...)
	}
	for _, chain := range c.Chains {
		all = append(all, chain.Target)
		for _, step := range chain.Steps {
			all = append(all, step.By...)
		}
	}
	return all
}

// objectsOf are references as an answer shows them that asks for ids.
func objectsOf(ids []plan.ID) []any {
	all := []any{}
	for _, id := range ids {
		all = append(all, map[string]any{"id": string(id)})
	}
	return all
}

// linkedEnds are the ends of a link between plans.
func linkedEnds(t *testing.T, r *register.Register) (from, to plan.ID) {
	t.Helper()
	link := plan.KindNamed("Link")
	result, err := r.Fetch(context.Background(), &query.Selection{
		Filter: query.Compare{Field: link.Field("type"), Op: query.EQ, Value: "OBEYS"}, Of: []query.Shape{query.Whole(link)},
	})
	if err != nil {
		t.Fatal(err)
	}
	o, err := result.Root.Tables[0].Object(0)
	if err != nil {
		t.Fatal(err)
	}
	return o.(*plan.Link).From, o.(*plan.Link).To
}

// ask answers a query that must not fail.
func ask(t *testing.T, exec *executor.Executor, text string) any {
	t.Helper()
	resp := run(t, exec, text, nil)
	if len(resp.Errors) > 0 {
		t.Fatalf("%v\n%s", resp.Errors, text)
	}
	var data any
	if err := json.Unmarshal(resp.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data
}

// referencesIn are the objects in an answer that selected referenceFragment.
func referencesIn(data any) (all []map[string]any) {
	switch v := data.(type) {
	case []any:
		for _, item := range v {
			all = append(all, referencesIn(item)...)
		}
	case map[string]any:
		if v["__typename"] != nil {
			return []map[string]any{v}
		}
		for _, item := range v {
			all = append(all, referencesIn(item)...)
		}
	}
	return all
}

// However many siblings point to objects, each field of the text is fetched once.
func TestReferencesAreFetchedOnce(t *testing.T) {
	r, s, plans := computedRegister(t)
	exec := New(r, unlimited)
	fetches := func(text string) int64 {
		before := s.fetches.Load()
		ask(t, exec, text)
		return s.fetches.Load() - before
	}
	for _, c := range []struct {
		name, selected string
		want           int64
	}{
		{"no reference", `{verdicts{outcome}}`, 0},
		{"one field", `{verdicts{a{title}}}`, 1},
		{"two fields, one of them twice", `{verdicts{a{title} b{code} a{id}}}`, 2},
		{"aliases", `{plans{code} verdicts{a{title} again:a{code} b{region{name}}}}`, 4},
		{"fragments", `{verdicts{...V} ...{verdicts{...V b{id}}}}`, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{2, len(plans)} {
				call := "coherence(plans:" + idList(plans[:n]) + ")"
				base := fetches("{" + call + "{__typename}}")
				text := "{" + call + c.selected + "}"
				if c.name == "fragments" {
					text += " fragment V on Verdict{a{title} b{title}}"
				}
				if got := fetches(text) - base; got != c.want {
					t.Errorf("%d plans: %d fetches for references, wanted %d", n, got, c.want)
				}
			}
		})
	}
}

// One field of the text may stand at two places of the response with different things beside it.
func TestReferenceMergedDifferently(t *testing.T) {
	r, _, plans := computedRegister(t)
	exec := New(r, unlimited)
	text := `{coherence(plans:` + idList(plans[:2]) + `){x:verdicts{...V} y:verdicts{...V a{code}}}} fragment V on Verdict{a{id}}`
	data := ask(t, exec, text).(map[string]any)["coherence"]
	a := map[string]any{"id": string(plans[0])}
	both := map[string]any{"id": string(plans[0]), "code": plans[0].Local()}
	want := map[string]any{
		"x": []any{map[string]any{"a": a}}, "y": []any{map[string]any{"a": both}},
	}
	if diff := cmp.Diff(any(want), data); diff != "" {
		t.Errorf("answer differs:\n%s", diff)
	}
}

// What is computed says what the register, the rules and the norms say.
func TestComputed(t *testing.T) {
	ctx := context.Background()
	r, _, plans := computedRegister(t)
	exec := New(r, unlimited)
	count := func(data any, path ...string) int {
		for _, key := range path {
			data = data.(map[string]any)[key]
		}
		return len(data.([]any))
	}
	t.Run("coherence", func(t *testing.T) {
		c, err := r.Coherence(ctx, plans, true)
		if err != nil {
			t.Fatal(err)
		}
		data := ask(t, exec, `{coherence(plans:`+idList(plans)+`){verdicts{outcome counts{passed failed open notComparable notApplicable} reasons{rule code text count}}}}`)
		if got, want := count(data, "coherence", "verdicts"), len(plans)*(len(plans)-1)/2; got != want {
			t.Fatalf("%d verdicts, wanted %d", got, want)
		}
		for i, v := range data.(map[string]any)["coherence"].(map[string]any)["verdicts"].([]any) {
			got, want := v.(map[string]any), c.Verdicts[i]
			counts := map[string]any{
				"passed": float64(want.Counts.Passed), "failed": float64(want.Counts.Failed), "open": float64(want.Counts.Open),
				"notComparable": float64(want.Counts.NotComparable), "notApplicable": float64(want.Counts.NotApplicable),
			}
			if got["outcome"] != string(want.Outcome) || len(got["reasons"].([]any)) != len(want.Reasons) || !cmp.Equal(got["counts"], any(counts)) {
				t.Errorf("verdict %d is %v, wanted %+v", i, got, want)
			}
		}
	})
	t.Run("coverage", func(t *testing.T) {
		items, steps := 0, 0
		for _, id := range plans {
			c, err := r.Coverage(ctx, id, true, true)
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf(`{coverage(plan:%q,direction:DOWN,deep:true){linked items{covered asked ends{id}} chains{steps{link present by{id}}}}}`, id)
			got := ask(t, exec, text).(map[string]any)["coverage"]
			want := map[string]any{"linked": c.Linked, "items": []any{}, "chains": []any{}}
			for _, i := range c.Items {
				want["items"] = append(want["items"].([]any), map[string]any{"covered": i.Covered, "asked": i.Asked, "ends": objectsOf(i.Ends)})
				items++
			}
			for _, chain := range c.Chains {
				made := []any{}
				for _, s := range chain.Steps {
					made = append(made, map[string]any{"link": string(s.Link), "present": len(s.By) > 0, "by": objectsOf(s.By)})
					steps++
				}
				want["chains"] = append(want["chains"].([]any), map[string]any{"steps": made})
			}
			if diff := cmp.Diff(any(want), got); diff != "" {
				t.Errorf("%s differs:\n%s", id, diff)
			}
		}
		if items == 0 || steps == 0 {
			t.Errorf("%d items and %d steps were compared", items, steps)
		}
	})
	t.Run("rules", func(t *testing.T) {
		data := ask(t, exec, `{rules{id name title dimension severity compares failsWhen severityReason basis{law article inForce assumption} examples{given answer}}}`)
		if got, want := count(data, "rules"), len(coherence.Rules()); got != want {
			t.Errorf("%d rules, wanted %d", got, want)
		}
	})
	t.Run("norms", func(t *testing.T) {
		data := ask(t, exec, `{norms{id name title text basis{law article}}}`)
		if got, want := count(data, "norms"), len(law.Norms()); got != want {
			t.Errorf("%d norms, wanted %d", got, want)
		}
	})
	t.Run("register", func(t *testing.T) {
		health, err := r.Health(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got := ask(t, exec, `{register{revision version store schemaVersion ruleSet counts{kind count}}}`).(map[string]any)["register"].(map[string]any)
		if got["revision"] != float64(health.Revision) || got["version"] != "test" || got["store"] != health.Kind || got["ruleSet"] != coherence.RuleSet() {
			t.Errorf("register %v, wanted %+v", got, health)
		}
		for i, k := range plan.Kinds() {
			want := map[string]any{"kind": enumValue(k.Name), "count": float64(health.Counts[k.Name])}
			if diff := cmp.Diff(any(want), got["counts"].([]any)[i]); diff != "" {
				t.Errorf("count differs:\n%s", diff)
			}
		}
	})
}
