package demo_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xianjie/internal/plan"
)

// source is a row of SOURCES.md.
type source struct{ grade, sure, address string }

func sources(t *testing.T) map[string]source {
	t.Helper()
	text, err := os.ReadFile("neimenggu/SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]source{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if !strings.HasPrefix(line, "| ") || cells[0] == "id" {
			continue
		}
		if len(cells) != 7 {
			t.Errorf("saw %d cells, wanted 7: %s", len(cells), line)
			continue
		}
		if _, twice := rows[cells[0]]; twice {
			t.Errorf("%s has two rows", cells[0])
		}
		rows[cells[0]] = source{grade: cells[4], sure: cells[5], address: cells[6]}
	}
	return rows
}

// field is a text of an object, "" where it states none.
func field(o plan.Object, name string) string {
	text, _ := plan.KindFor(o).Field(name).Get(o).(string)
	return text
}

func TestObjectsAndSourcesNameEachOther(t *testing.T) {
	rows := sources(t)
	used := map[string]bool{}
	for id, o := range register(t) {
		refs := strings.Fields(field(o, "source.ref"))
		if len(refs) == 0 || field(o, "source.confidence") == "" {
			t.Errorf("%s names no source or does not say how sure it is", id)
		}
		for _, ref := range refs {
			used[ref] = true
			if _, ok := rows[ref]; !ok {
				t.Errorf("%s names %q, which SOURCES.md does not have", id, ref)
			}
		}
	}
	for ref := range rows {
		if !used[ref] {
			t.Errorf("SOURCES.md has %q, which no object names", ref)
		}
	}
}

func TestConfidenceOfFiguresIsThatOfTheirSource(t *testing.T) {
	rows := sources(t)
	want := map[string]plan.Confidence{"stated": plan.Stated, "derived": plan.Derived, "stated, in doubt": plan.Unverified}
	for _, o := range figuresOf(register(t)) {
		for _, ref := range strings.Fields(field(o, "source.ref")) {
			if got := plan.Confidence(field(o, "source.confidence")); got != want[rows[ref].sure] {
				t.Errorf("%s is %s, its source %s is %s", o.Base().ID, got, ref, rows[ref].sure)
			}
		}
	}
}

// figuresOf returns what has a number of a source: targets and observations.
func figuresOf(objects map[plan.ID]plan.Object) []plan.Object {
	var figures []plan.Object
	for _, o := range objects {
		switch o.(type) {
		case *plan.Target, *plan.Observation:
			figures = append(figures, o)
		}
	}
	return figures
}

func TestNoAddressOfACopy(t *testing.T) {
	for ref, row := range sources(t) {
		switch {
		case !strings.Contains("A B C", row.grade) || row.grade == "":
			t.Errorf("%s has grade %q, wanted A, B or C", ref, row.grade)
		case row.grade == "C" && row.address != "–":
			t.Errorf("%s is a copy and gives the address %s", ref, row.address)
		}
	}
}

var fact = regexp.MustCompile(`^[A-J]\d\d$`)

func TestEveryFigureNamesAFact(t *testing.T) {
	for _, o := range figuresOf(register(t)) {
		refs := strings.Fields(field(o, "source.ref"))
		if !slices.ContainsFunc(refs, fact.MatchString) {
			t.Errorf("%s names %q, wanted the id of a fact such as G01", o.Base().ID, refs)
		}
	}
}

// Only the table of the national plan of 2016–2020 says which targets are binding.
func TestNatureOnlyWhereStated(t *testing.T) {
	got := map[plan.Nature]int{}
	for _, o := range of[*plan.Target](register(t)) {
		got[o.Nature]++
		if stated := o.Plan == "plan:nat-eco-13"; stated != (o.Nature != plan.Unstated) {
			t.Errorf("%s is %s", o.ID, o.Nature)
		}
	}
	if got[plan.Binding] != 4 || got[plan.Expected] != 4 {
		t.Errorf("saw %d binding and %d expected targets, wanted 4 and 4", got[plan.Binding], got[plan.Expected])
	}
}

// A calibre on one side only can't be compared, so for one indicator, region and year all or none
// of the figures state theirs.
func TestCalibresAreStatedOnBothSides(t *testing.T) {
	type subject struct {
		indicator, region plan.ID
		year              int
	}
	first := map[subject]plan.Object{}
	check := func(o plan.Object, s subject, calibre plan.ID) {
		other, ok := first[s]
		if !ok {
			first[s] = o
			return
		}
		if (calibreOf(other) == "") != (calibre == "") {
			t.Errorf("of %s and %s one states its calibre", other.Base().ID, o.Base().ID)
		}
	}
	objects := register(t)
	for _, o := range of[*plan.Target](objects) {
		check(o, subject{o.Indicator, o.Region, o.Year}, o.Calibre)
	}
	for _, o := range of[*plan.Observation](objects) {
		check(o, subject{o.Indicator, o.Region, o.PeriodEnd.Year()}, o.Calibre)
	}
}

func calibreOf(o plan.Object) plan.ID {
	ids := plan.KindFor(o).Edge("calibre").Get(o)
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}
