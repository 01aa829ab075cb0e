package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/quantity"
)

func TestDifferences(t *testing.T) {
	value, err := quantity.ParseDecimal("23.50")
	if err != nil {
		t.Fatal(err)
	}
	meta := Meta{ID: "indicator:forest", Code: "forest", Version: 3}
	tests := []struct {
		name          string
		before, after Object
		want          []Difference
	}{
		{"neither is there", nil, nil, nil},
		{"the same, changed once more", &Indicator{Meta: meta, Name: "森林覆盖率"}, &Indicator{Meta: Meta{ID: meta.ID, Code: meta.Code, Version: 4}, Name: "森林覆盖率"}, nil},
		{"a new object", nil, &Indicator{Meta: meta, Name: "森林覆盖率", Broader: []ID{"indicator:a"}}, []Difference{
			{"code", nil, []string{"forest"}}, {"name", nil, []string{"森林覆盖率"}}, {"broader", nil, []string{"indicator:a"}},
		}},
		{"a removed object", &Section{Meta: Meta{ID: "section:p/1", Code: "1"}, Order: 7, Plan: "plan:p"}, nil, []Difference{
			{"code", []string{"1"}, nil}, {"order", []string{"7"}, nil}, {"plan", []string{"plan:p"}, nil},
		}},
		{"lists and truth", &Indicator{Meta: meta, Aliases: []string{"覆盖率"}, Summable: true}, &Indicator{Meta: meta, Aliases: []string{"覆盖率", `"率"`}}, []Difference{
			{"aliases", []string{"覆盖率"}, []string{"覆盖率", `"率"`}}, {"summable", []string{"true"}, nil},
		}},
		{"a decimal as printed", &Target{Meta: Meta{ID: "target:p/1"}}, &Target{Meta: Meta{ID: "target:p/1"}, Quantity: quantity.Quantity{Value: value}}, []Difference{
			{"quantity.value", nil, []string{"23.50"}},
		}},
		{"objects in a list", &Finding{Meta: Meta{ID: "finding:1"}}, &Finding{Meta: Meta{ID: "finding:1"}, Evidence: []Evidence{{Object: "target:p/1", Field: "year"}}}, []Difference{
			{"evidence", nil, []string{`{"object":"target:p/1","field":"year"}`}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Differences(test.before, test.after)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
