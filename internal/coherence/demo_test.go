package coherence

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
)

func demonstration(t *testing.T) []plan.Object {
	t.Helper()
	var objects []plan.Object
	for _, f := range demo.Documents() {
		d, errs := document.Parse(f.Name, f.Data)
		if errs != nil {
			t.Fatal(errs)
		}
		objects = append(objects, d.Objects...)
	}
	return objects
}

// refsOf are the facts that a finding's figures come from, as 'A/B'.
func refsOf(f *plan.Finding) string {
	var refs []string
	for _, e := range f.Evidence {
		refs = append(refs, e.Ref)
	}
	return strings.Join(refs, "/")
}

// TestDemonstration fixes every finding on the published plans of Inner Mongolia: those that the published figures bear out, and no other.
func TestDemonstration(t *testing.T) {
	run := check(t, demonstration(t), Options{})
	complete(t, run.Findings)
	got := map[string]string{}
	for _, f := range run.Findings {
		key := refsOf(f)
		if f.Rule == "R15" {
			_, ends, _ := strings.Cut(f.Links[0], "/")
			key = ends
		}
		got[f.Rule+" "+key] = string(f.Severity) + " " + string(f.YieldsPlan)
	}
	want := map[string]string{
		"R02 I10/G01":                 "WARNING ", // 单位GDP能耗 −15.5 % against −15 %
		"R02 I10/G08":                 "WARNING ",
		"R02 G14/G06":                 "ERROR ", // 煤电机组节能改造 2000 against 3000 万kW
		"R02 I08/G04":                 "INFO ",  // nested floors
		"R02 C12/G03":                 "INFO ",
		"R02 F28/F27":                 "INFO ",
		"R10 B01/B03":                 "WARNING ",                      // good-air days of 2020: 90.8 % published, 90.7 % implied
		"R11 G01/C07":                 "INFO plan:nm-energy-saving-14", // energy intensity: −16.8 % reached by 2024
		"R11 G08/C07":                 "INFO plan:nm-energy-programme-2022",
		"R11 I10/C07":                 "INFO plan:nm-climate-14",
		"R11 F12/F21":                 "INFO plan:nm-forest-14",    // grass: 8000 万亩 by 2024 of 6500 by 2025
		"R18 H01 H03 H04/A12 C01 C02": "INFO plan:nm-barrier-2035", // 2020–2035 beside 2021–2025
		"R18 J23/J01 A13":             "INFO plan:nat-ecosystem-2035",
		"R12 I08/I07":                 "INFO ",  // new energy > 45 % of capacity within non-fossil ≈ 45 %, in one plan
		"R12 G04/I07":                 "ERROR ", // new energy > 50 % within non-fossil ≈ 45 %
		"R12 I08/A17":                 "INFO ",  // within renewables 45 %, which may be surpassed
		"R12 G04/A17":                 "INFO ",
		"R15 plan:nm-eco-14>plan:nat-eco-14-draft":    "ERROR plan:nm-eco-14",
		"R15 plan:nm-eco-14>plan:nm-spatial-2035":     "WARNING plan:nm-eco-14",
		"R15 plan:nm-eco-14>plan:nm-energy-saving-14": "WARNING plan:nm-eco-14",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDemonstrationAnswers fixes how often each rule gave each answer, so that a change of any is seen.
func TestDemonstrationAnswers(t *testing.T) {
	got := check(t, demonstration(t), Options{}).RuleCounts()
	want := map[string]Counts{
		"R01": {Passed: 4, NotComparable: 30, NotApplicable: 1},
		"R02": {Passed: 15, Failed: 3, NotComparable: 14, NotApplicable: 15},
		"R03": {NotApplicable: 35}, // hardly a source states a nature
		"R04": {},                  // no source says how a total is allocated
		"R05": {NotComparable: 2},  // farmland without a year, river water of another calibre
		"R06": {Passed: 1, NotComparable: 3, NotApplicable: 1},
		"R07": {Passed: 107, NotApplicable: 37},
		"R08": {NotApplicable: 8}, // all relative targets of one year count from one base
		"R09": {Passed: 18, NotComparable: 6, NotApplicable: 9},
		"R10": {Passed: 2, Failed: 1, Open: 2, NotComparable: 5},
		"R11": {Passed: 6, NotComparable: 8, NotApplicable: 3},
		"R13": {Open: 6}, // no source speaks of links between elements
		"R14": {Open: 4},
		"R15": {Passed: 7, Failed: 3, Open: 25},
		"R16": {Passed: 3, Open: 6, NotApplicable: 1},
		"R17": {Passed: 5},
		"R18": {Passed: 89, Open: 68, NotApplicable: 9},
		"R23": {Open: 4},
		"R24": {},
		"R12": {Passed: 4, Failed: 1, Open: 4, NotComparable: 5, NotApplicable: 2},
		"R22": {}, // no project's demand is published
		"R19": {}, // no task states an action
		"R20": {}, // one plan alone has its tasks recorded, and no project is
		"R21": {},
		"R25": {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDemonstrationVerdicts(t *testing.T) {
	run := check(t, demonstration(t), Options{})
	tests := []struct {
		name string
		a, b plan.ID
		want VerdictOutcome
	}{
		{"two amounts of one work", "plan:nm-energy-saving-14", "plan:nm-energy-programme-2022", Conflict},
		{"a draft as basis", "plan:nm-eco-14", "plan:nat-eco-14-draft", Inconsistent},
		{"the nation's figure is not the region's", "plan:nat-outline-14", "plan:nm-energy-saving-14", Incomparable},
		{"PM2.5 of the nation and of the region, with a basis in order", "plan:nat-pollution-2021", "plan:nm-air-2024", Incomparable},
		{"the statement of January is not in force", "plan:nm-forest-14-2021-01", "plan:nm-dual-carbon-2022", Unchecked},
		{"two editions", "plan:nm-forest-14-2021-01", "plan:nm-forest-14", Unchecked},
		{"figures that agree", "plan:nm-dual-carbon-2022", "plan:nm-forest-14", Coherent},
		{"figures that agree, one printed as about", "plan:nm-climate-14", "plan:nm-air-2024", Coherent},
		{"nothing shared", "plan:nm-spatial-2035", "plan:nm-climate-14", Unchecked},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := run.Verdict(tt.a, tt.b); got.Outcome != tt.want {
				t.Errorf("%s, want %s: %+v", got.Outcome, tt.want, got)
			}
		})
	}
}
