package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xianjie/internal/quantity"
)

func TestIDs(t *testing.T) {
	for _, tc := range []struct {
		id            ID
		valid         bool
		prefix, local string
	}{
		{"plan:nm-eco-14", true, "plan", "nm-eco-14"},
		{"task:nm-eco-14/3", true, "task", "3"},
		{"demand:nm-eco-14/dam/water", true, "demand", "dam/water"},
		{"region:150000", true, "region", "150000"},
		{"indicator:森林覆盖率", true, "indicator", "森林覆盖率"},
		{LinkID(Obeys, "plan:a", "plan:b"), true, "link", "obeys/plan:a>plan:b"},
		{LinkID(Allocates, "target:a/x-1", "target:b/x"), true, "link", "allocates/target:a/x-1>target:b/x"},
		{"plan", false, "", ""},
		{"plan:", false, "plan", ""},
		{"plan:a b", false, "plan", "a b"},
		{"plan:/a", false, "plan", "a"},
		{"plan:a/", false, "plan", ""},
		{"plan:a'; DROP TABLE plan", false, "plan", "a'; DROP TABLE plan"},
		{"link:obeys/plan:a", false, "link", "obeys/plan:a"},
		{ID("plan:" + strings.Repeat("a", maxID)), false, "plan", strings.Repeat("a", maxID)},
	} {
		if got := tc.id.Valid(); got != tc.valid {
			t.Errorf("%.60q.Valid() = %v, want %v", tc.id, got, tc.valid)
		}
		if tc.id.Prefix() != tc.prefix || tc.id.Local() != tc.local {
			t.Errorf("%.60q: prefix %q, local %.60q, want %q, %.60q", tc.id, tc.id.Prefix(), tc.id.Local(), tc.prefix, tc.local)
		}
	}
}

// The quick ways say what the slow ones say.
func TestQuickWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[a-cA0./_~ 林-]{0,8}`).Draw(t, "code")
		if asciiCode(code) && !codePattern.MatchString(code) {
			t.Fatalf("%q is quickly a code", code)
		}
		ascii := rapid.StringMatching(`[a-cA0./_~ -]{0,8}`).Draw(t, "ascii")
		if asciiCode(ascii) != codePattern.MatchString(ascii) {
			t.Fatalf("%q: quickly %v", ascii, asciiCode(ascii))
		}
		text := rapid.String().Draw(t, "text")
		if plain(text) {
			var slow strings.Builder
			enc := json.NewEncoder(&slow)
			enc.SetEscapeHTML(false)
			_ = enc.Encode(text)
			if got := string(appendString(nil, text)); got != strings.TrimRight(slow.String(), "\n") {
				t.Fatalf("%q is quickly %s, slowly %s", text, got, slow.String())
			}
		}
	})
}

func TestDatesAreNotGuessed(t *testing.T) {
	for _, tc := range []struct {
		a, b Date
		want Order
	}{
		{"2021", "2022", Before},
		{"2021-09", "2021-10", Before},
		{"2021-09-30", "2021-09-30", Same},
		{"2021-10", "2021-09-30", After},
		{"2021", "2021-09", Unordered},
		{"2021-09-01", "2021-09", Unordered},
		{"", "2021", Unordered},
		{"2021", "2021", Same},
	} {
		if got := tc.a.Compare(tc.b); got != tc.want {
			t.Errorf("%q.Compare(%q) = %v, want %v", tc.a, tc.b, got, tc.want)
		}
	}
	for _, bad := range []string{"", "21", "2021-13", "2021-02-30", "2021/09", "2021-9", "二〇二一"} {
		if d, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) = %q, want an error", bad, d)
		}
	}
	if y := Date("2021-09").Year(); y != 2021 {
		t.Errorf("year %d", y)
	}
}

// Every kind says once what it is called, and every reference can be walked both ways.
func TestDescription(t *testing.T) {
	for i, k := range Kinds() {
		if k.Order != i || KindNamed(k.Name) != k || KindPlural(k.Plural) != k || KindFor(k.New()) != k {
			t.Errorf("%s is not found by its names", k)
		}
		if KindOf(MakeID(k.Prefix, "x")) != k {
			t.Errorf("%s is not found by its ids", k)
		}
		for _, e := range k.Edges {
			if end := k.End(e.Name); end == nil || end.Edge != e || end.Reverse || end.Many != e.Many {
				t.Errorf("%s.%s has no way there", k, e.Name)
			}
			for _, to := range e.To {
				if back := to.End(e.Inverse); back == nil || back.Edge != e || !back.Reverse || back.To[0] != k {
					t.Errorf("%s.%s has no way back %s.%s", k, e.Name, to, e.Inverse)
				}
			}
		}
	}
	for _, name := range []string{"obeys", "obeyedBy", "links", "supersedes"} {
		if KindNamed("Plan").End(name) == nil {
			t.Errorf("no walk Plan.%s", name)
		}
	}
}

// sample fills every member of an object with something valid and different.
func sample(k *Kind) Object {
	o := k.New()
	fill(reflect.ValueOf(o).Elem(), new(int))
	m := o.Base()
	m.ID = MakeID(k.Prefix, "x")
	for _, e := range k.Edges {
		ids := []ID{MakeID(e.To[0].Prefix, "p", "y"), MakeID(e.To[0].Prefix, "p", "z")}
		if !e.Many {
			ids = ids[:1]
		}
		if e.Owner {
			m.ID = MakeID(k.Prefix, ids[0].Code(), "x")
		}
		e.Set(o, ids)
	}
	m.Code = ""
	if l, ok := o.(*Link); ok {
		l.Type, l.From, l.To = Obeys, "plan:a", "plan:b"
		m.ID = ""
	}
	if in, ok := o.(*Indicator); ok {
		in.Unit = "%"
	}
	if target, ok := o.(*Target); ok {
		target.YearStart, target.Year = 2021, 2025
	}
	if g, ok := o.(*Goal); ok {
		g.Year = 2025
	}
	Normalize(o)
	return o
}

func fill(v reflect.Value, n *int) {
	for i := range v.NumField() {
		f := v.Field(i)
		*n++
		switch x := f.Interface().(type) {
		case enum:
			f.SetString(x.Values()[*n%len(x.Values())])
		case Date:
			f.SetString("2021-09")
		case time.Time:
			f.Set(reflect.ValueOf(time.Date(2021, 9, 30, 1, 2, 3, 4000, time.UTC)))
		case quantity.Quantity:
			q, _ := quantity.Parse(">= 23.50 %")
			f.Set(reflect.ValueOf(q))
		default:
			switch f.Kind() {
			case reflect.String:
				f.SetString(fmt.Sprintf("文 %d \"<&>\"\n", *n))
			case reflect.Int, reflect.Int64:
				f.SetInt(int64(*n))
			case reflect.Bool:
				f.SetBool(true)
			case reflect.Struct:
				fill(f, n)
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 2, 2))
				for j := range 2 {
					if f.Index(j).Kind() == reflect.Struct {
						fill(f.Index(j), n)
						continue
					}
					f.Index(j).SetString(fmt.Sprint("值", j))
				}
			}
		}
	}
}

func TestCellsKeepEverything(t *testing.T) {
	for _, k := range Kinds() {
		want := sample(k)
		got := k.New()
		for _, f := range k.Fields {
			cell := f.Get(want)
			if cell == nil && !strings.HasSuffix(f.Name, ".high") && !strings.Contains(f.Name, ".base") && !strings.HasSuffix(f.Name, ".phrase") {
				t.Errorf("%s.%s was not filled", k, f.Name)
			}
			if err := f.Set(got, cell); err != nil {
				t.Errorf("%s.%s: %v", k, f.Name, err)
			}
		}
		for _, e := range k.Edges {
			e.Set(got, e.Get(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k, diff)
		}
	}
}

func TestMarshalKeepsContent(t *testing.T) {
	for _, k := range Kinds() {
		want := sample(k)
		data := Marshal(want)
		got, err := Unmarshal(data)
		if err != nil {
			t.Errorf("%s: %v", k, err)
			continue
		}
		if again := Marshal(got); !bytes.Equal(data, again) {
			t.Errorf("%s:\n%s\n%s", k, data, again)
		}
		m := want.Base()
		m.Version, m.CreatedAt, m.UpdatedAt = 0, time.Time{}, time.Time{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", k, diff)
		}
	}
}

func TestValidateAcceptsSamples(t *testing.T) {
	for _, k := range Kinds() {
		if errs := Validate(sample(k)); len(errs) > 0 {
			t.Errorf("%s: %v", k, errs)
		}
	}
}

func TestValidateListsEverything(t *testing.T) {
	target := sample(KindNamed("Target")).(*Target)
	for name, tc := range map[string]struct {
		change func()
		want   string
	}{
		"required":      {func() { target.Region = "" }, "region: is missing"},
		"value object":  {func() { target.Quantity = quantity.Quantity{} }, "quantity.comparator: is missing"},
		"enum":          {func() { target.Nature = "FIRM" }, `nature: saw "FIRM", wanted one of BINDING EXPECTED UNSTATED`},
		"other kind":    {func() { target.Indicator = "plan:x" }, `indicator: saw "plan:x", wanted the id of a Indicator`},
		"span":          {func() { target.YearStart = 2030 }, "yearStart: saw a span from 2030 to 2025"},
		"year":          {func() { target.Year = 20255 }, "year: saw 20255"},
		"code":          {func() { target.Code = "y" }, `code: saw "y", wanted "y/x"`},
		"owner":         {func() { target.Plan = "plan:other" }, "since it belongs to plan:other"},
		"bytes":         {func() { target.Text = "\xff" }, "text: saw bytes that are no UTF-8 text"},
		"nul":           {func() { target.Text = "a\x00b" }, "text: saw bytes that are no UTF-8 text"},
		"long":          {func() { target.Text = strings.Repeat("长", maxText) }, "text: saw a text of 300000 bytes"},
		"source's date": {func() { target.Source.Date = "21" }, `source.date: saw date "21"`},
		"source's ref":  {func() { target.Source.Ref = "" }, "source.ref: is missing beside source.document"},
	} {
		target = sample(KindNamed("Target")).(*Target)
		tc.change()
		errs := Validate(target)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), tc.want) || errs[0].Code != BadUserInput {
			t.Errorf("%s: got %v, want one error with %q", name, errs, tc.want)
		}
	}
	cs := ChangeSet{Ops: []Op{{Upsert: &Plan{}}, {Remove: "nothing"}, {Upsert: target, Remove: target.ID}}}
	errs := cs.Validate()
	if len(errs) < 8 {
		t.Errorf("an empty plan and two bad ops give %d errors:\n%v", len(errs), errs)
	}
}

func TestValidateLinks(t *testing.T) {
	for name, tc := range map[string]struct {
		link Link
		want string
	}{
		"plans by an element type": {Link{Type: Refines, From: "plan:a", To: "plan:b"}, "type: saw REFINES"},
		"elements by a plan type":  {Link{Type: Obeys, From: "task:a/1", To: "task:b/1"}, "type: saw OBEYS"},
		"to itself":                {Link{Type: Obeys, From: "plan:a", To: "plan:a"}, "to: links plan:a to itself"},
		"other id":                 {Link{Meta: Meta{ID: "link:obeys/plan:a>plan:c"}, Type: Obeys, From: "plan:a", To: "plan:b"}, "id: saw"},
	} {
		Normalize(&tc.link)
		errs := Validate(&tc.link)
		if len(errs) == 0 || !strings.Contains(errs.Error(), tc.want) {
			t.Errorf("%s: got %v, want an error with %q", name, errs, tc.want)
		}
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("disk on fire")
	err := fmt.Errorf("wrapped: %w", Errorf(StorageFull, "plan:a", "no room: %w", cause))
	if CodeOf(err) != StorageFull || !errors.Is(err, cause) {
		t.Errorf("code %s of %v", CodeOf(err), err)
	}
	if CodeOf(cause) != Internal {
		t.Errorf("an unknown error has code %s", CodeOf(cause))
	}
	if err := (Errors{}).Err(); err != nil {
		t.Errorf("no errors are %v", err)
	}
	if CodeOf(Errors{Errorf(Conflict, "a", "b")}.Err()) != Conflict {
		t.Error("a list has not the code of its first")
	}
}
