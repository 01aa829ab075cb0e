package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/plan"
)

const header = `plan: {code: eco, title: 规划, level: PROVINCIAL, category: SPECIAL, form: PLAN, status: ISSUED, region: china}
`

// Errors of documents that begin with header, which is line 1; line and column are counted as an
// editor does.
func TestParseErrors(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"unknown key", "targets:\n  - {code: a, indicater: x, indicator: x, region: r, value: 3 %}",
			[]string{`3:15: unknown key "indicater" in a target; did you mean "indicator"?`}},
		{"unknown key far from all", "goals:\n- {code: a, title: x, banana: y}",
			[]string{`3:23: unknown key "banana" in a goal`}},
		{"unknown list", "targests: []",
			[]string{`2:1: unknown key "targests" at the top of a document; did you mean "targets"?`}},
		{"vocabulary list in the wrong place", "regions:\n- {code: a}",
			[]string{"2:1: unknown key \"regions\" at the top of a document; regions stand below `vocabulary:`"}},
		{"unknown key in a value object", "goals:\n- {code: a, title: x, source: {reff: A1}}",
			[]string{`3:32: unknown key "reff" in source; did you mean "ref"?`}},
		{"id is not written", "goals:\n- {id: goal:eco/a, code: a, title: x}",
			[]string{`3:4: unknown key "id" in a goal`}},
		{"duplicate key", "goals:\n- code: a\n  title: x\n  title: y",
			[]string{`5:3: saw key "title" again, wanted it once; it stands at line 4 already`}},
		{"duplicate list", "goals:\n- {code: a, title: x}\ntasks: []\ngoals:\n- {code: b, title: y}",
			[]string{`5:1: saw key "goals" again, wanted it once; it stands at line 2 already`}},
		{"missing title", "goals:\n\n- code: a",
			[]string{`4:3: "title" is missing in a goal`}},
		{"missing code", "goals:\n- title: x",
			[]string{`3:3: "code" is missing in a goal`}},
		{"bad code", "goals:\n- {code: a b, title: x}",
			[]string{`3:10: saw code "a b", wanted letters, digits and . _ ~ - with a letter or digit first`}},
		{"mapping instead of list", "goals: {code: a}",
			[]string{`2:8: saw a mapping, wanted a list of goals`}},
		{"text instead of object", "goals:\n- 生态",
			[]string{`3:3: saw text "生态", wanted a goal written as a mapping`}},
		{"list instead of text", "goals:\n- {code: a, title: [x]}",
			[]string{`3:20: saw a list, wanted a text`}},
		{"text instead of references", "tasks:\n- {code: a, title: x, leads: b}",
			[]string{`3:30: saw text "b", wanted a list of references such as [a, b]`}},
		{"text instead of source", "goals:\n- {code: a, title: x, source: A02}",
			[]string{`3:31: saw text "A02", wanted a mapping such as source: {ref: …}`}},
		{"no value", "goals:\n- code: a\n  title:\n  note: ~",
			[]string{
				`4:9: saw no value, wanted a text; leave the key out when it is not stated`,
				`5:9: saw no value, wanted a text; leave the key out when it is not stated`,
			}},
		{"list without value", "goals:\ntasks:\n- {code: a, title: x}",
			[]string{`2:7: saw no value, wanted a list of goals`}},
		{"wrong word", "sections:\n- {code: a, title: x, rank: Chaptre}",
			[]string{`3:29: saw "Chaptre", wanted one of PART CHAPTER SECTION; did you mean "CHAPTER"?`}},
		{"bad date", "tasks:\n- {code: a, title: x, deadline: 2021-02-30}",
			[]string{`3:33: saw date "2021-02-30", wanted a year, a month or a day such as 2021, 2021-09 or 2021-09-30`}},
		{"bad number", "goals:\n- {code: a, title: x, year: 二〇二五}",
			[]string{`3:29: saw "二〇二五", wanted a whole number`}},
		{"bad year", "goals:\n- {code: a, title: x, year: 25}",
			[]string{`3:29: year: saw 25, wanted a year from 1900 to 2200`}},
		{"bad truth value", "demands: []\nprojects: []",
			[]string{`2:1: unknown key "demands" at the top of a document`}},
		{"bad quantity, quoted", "targets:\n- {code: a, indicator: x, region: r, value: \">= 3 fathoms\"}",
			[]string{`3:51: is no quantity: the unit "fathoms" is unknown`}},
		{"bad quantity, plain", "targets:\n- code: a\n  indicator: x\n  region: r\n  value: 约三成",
			[]string{`6:10: is no quantity: `}},
		{"bad quantity, behind an escape", "targets:\n- {code: a, indicator: x, region: r, value: \"\\x33 fathoms\"}",
			[]string{`3:45: is no quantity: the unit "fathoms" is unknown`}},
		{"text without value", "targets:\n- code: a\n  indicator: x\n  region: r\n  text: 到2025年达到3%",
			[]string{"6:9: saw `text` without \"value\", wanted both: reading a value out of text comes later"}},
		{"missing value", "targets:\n- {code: a, indicator: x, region: r}",
			[]string{`3:3: "value" is missing in a target`}},
		{"wrong kind of reference", "goals:\n- {code: a, title: x, section: task:eco/1}",
			[]string{`3:32: saw reference "task:eco/1", wanted the code or id of a section`}},
		{"bare reference that could be anything", "links:\n- {type: REFINES, from: a, to: goal:up/1}",
			[]string{`3:25: saw reference "a", wanted a full id such as task:nm-eco-14/3`}},
		{"calibre without indicator", "targets:\n- {code: a, calibre: c, region: r, value: 3 %}",
			[]string{`3:3: "indicator" is missing in a target`,
				`3:22: saw reference "c", wanted a full id such as calibre:…/c, since an indicator is missing here`}},
		{"reference twice", "tasks:\n- {code: a, title: x, leads: [b, b]}",
			[]string{`3:30: leads: names organization:b twice`}},
		{"link from elsewhere", "links:\n- {type: OBEYS, from: plan:other, to: up}",
			[]string{`3:23: saw a link from plan:other, wanted one from plan:eco or an element of it`}},
		{"link between elements and plans", "links:\n- {type: OBEYS, from: goal:eco/1, to: up}",
			[]string{`3:10: type: saw OBEYS from a goal to a plan: OBEYS BASED_ON COORDINATES_WITH SUPPORTS SUPERSEDES link two plans, the other types link elements`}},
		{"link without end", "links:\n- {type: OBEYS}",
			[]string{`3:3: "to" is missing in a link`}},
		{"plan of an observation", "observations:\n- {code: a, indicator: x, region: r, value: 3 %, plan: other}",
			[]string{`3:50: saw "plan", wanted none here: the plan of the file says it`}},
		{"parent below children", "goals:\n- code: a\n  title: x\n  children:\n  - {code: b, title: y, parent: c}",
			[]string{`6:25: saw "parent", wanted none here: the place below ` + "`children`" + ` says it`}},
		{"source without ref", "goals:\n- {code: a, title: x, source: {confidence: STATED}}",
			[]string{`3:31: source.ref: is missing beside source.confidence`}},
		{"order of time", "projects:\n- {code: a, title: x, start: 2025, end: 2021}",
			[]string{`3:41: end: saw 2021, wanted a date not before the start 2025`}},
		{"anchor and alias", "goals:\n- {code: a, title: &t x}\n- {code: b, title: *t}",
			[]string{
				`3:20: saw anchor &t, wanted the value alone; anchors and aliases are not allowed`,
				`4:20: saw alias *t, wanted the value itself; anchors and aliases are not allowed`,
			}},
		{"tag", "goals:\n- {code: a, title: !!str x}",
			[]string{`3:20: saw tag !!str, wanted the value alone; tags are not allowed`}},
		{"merge key", "goals:\n- {code: a, title: x, <<: {note: y}}",
			[]string{`3:23: unknown key "<<" in a goal`}},
		{"comparator without quotes", "targets:\n- code: a\n  indicator: x\n  region: r\n  value: >= 3 %\n- {code: b}",
			[]string{
				`6:10: is no YAML: did not find expected comment or line break while scanning a block scalar; put a value that begins with > in quotes`,
				`7:3: "value" is missing in a target`,
				`7:3: "indicator" is missing in a target`,
				`7:3: "region" is missing in a target`,
			}},
		{"tab", "goals:\n- code: a\n\ttitle: x",
			[]string{`4:1: is no YAML: found a tab character that violates indentation while scanning a plain scalar; indent with spaces, not tabs`}},
		{"quote that is not closed", "goals:\n- code: a\n  title: \"x\n- {code: b}",
			[]string{
				`4:10: is no YAML: found unexpected end of stream while scanning a quoted scalar that ends at line 5`,
				`5:3: "title" is missing in a goal`,
			}},
		{"two documents", "---\n" + header,
			[]string{`2:1: saw a second YAML document, wanted one in a file; put each plan into its own file`}},
		{"plan and vocabulary", "vocabulary: {}",
			[]string{"2:1: saw both `plan:` and `vocabulary:`, wanted one of them in a file"}},
		{"garbage at the margin", "goals:\n- {code: a, title: x}\nund so weiter",
			[]string{`4:1: is no YAML: `}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, errs := Parse("x.yaml", []byte(header+tt.text+"\n"))
			compareErrors(t, tt.want, errs)
		})
	}
}

func TestParseErrorsOfOtherFiles(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"1:1: saw neither `plan:` nor `vocabulary:`, wanted one of them"}},
		{"only a comment", "# 规划\n", []string{"1:1: saw neither `plan:` nor `vocabulary:`, wanted one of them"}},
		{"a text", "规划\n", []string{"1:1: saw text \"规划\", wanted a mapping with `plan:` or `vocabulary:`"}},
		{"elements without plan", "goals:\n- {code: a, title: x}\n", []string{"1:1: saw goals without a plan, wanted `plan:` above them"}},
		{"unknown list of vocabulary", "vocabulary:\n  region:\n  - {code: a}\n",
			[]string{`2:3: unknown key "region" in vocabulary; did you mean "regions"?`}},
		{"list instead of vocabulary", "vocabulary:\n-\n",
			[]string{"2:1: saw a list, wanted a mapping of lists such as `regions:`"}},
		{"element in vocabulary", "vocabulary:\n  tasks:\n  - {code: a}\n",
			[]string{`2:3: unknown key "tasks" in vocabulary`}},
		{"bare element in vocabulary", "vocabulary:\n  observations:\n  - {code: a, indicator: i, region: r, value: 3 %, plan: b, calibre: c}\n  zones:\n  - {code: a, name: b, type: OTHER, section: 1}\n",
			[]string{`5:37: unknown key "section" in a zone`}},
		{"no code in the header", "plan: {title: x, level: NATIONAL, category: SPECIAL, form: PLAN, status: DRAFT, region: r}\ngoals:\n- {code: a}\n",
			[]string{`1:7: "code" is missing in a plan`, `3:3: "title" is missing in a goal`}},
		{"header behind the lists", "goals:\n- {code: a}\n" + header,
			[]string{`2:3: "title" is missing in a goal`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, errs := Parse("x.yaml", []byte(tt.text))
			compareErrors(t, tt.want, errs)
		})
	}
}

// compareErrors wants these errors and no others; one that ends in ": " or a space is a beginning.
func compareErrors(t *testing.T, want []string, errs plan.Errors) {
	t.Helper()
	got := make([]string, len(errs))
	for i, e := range errs {
		got[i] = strings.TrimPrefix(e.Error(), "x.yaml:")
		if i < len(want) && strings.HasSuffix(want[i], ": ") && strings.HasPrefix(got[i], want[i]) {
			got[i] = want[i]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

func TestEveryPlantedErrorIsListed(t *testing.T) {
	doc, _ := Parse("twelve.yaml", readFile(t, "testdata/twelve.yaml"))
	known := []plan.ID{"region:150000", "indicator:forest-cover", "indicator:energy"}
	all, err := Of(doc).Resolve(func([]plan.ID) ([]plan.ID, error) { return known, nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 12 {
		t.Errorf("%d errors, want 12", len(all))
	}
	golden(t, "twelve.golden", []byte(all.Error()+"\n"))
}

func TestErrorsAreCut(t *testing.T) {
	text := header + "goals:\n" + strings.Repeat("- {code: x}\n", 150)
	_, errs := Parse("x.yaml", []byte(text))
	if len(errs) != maxReported+1 {
		t.Fatalf("%d errors, want %d", len(errs), maxReported+1)
	}
	if got, want := errs[maxReported].Error(), "x.yaml: and 50 more errors"; got != want {
		t.Errorf("the last is %q, want %q", got, want)
	}
}

func TestUnsupportedHasItsCode(t *testing.T) {
	_, errs := Parse("x.yaml", []byte(header+"targets:\n- {code: a, indicator: x, region: r, text: 到2025年达到3%}\n"))
	if len(errs) != 1 || errs[0].Code != plan.Unsupported {
		t.Errorf("errors %v, want one with %s", errs, plan.Unsupported)
	}
}
