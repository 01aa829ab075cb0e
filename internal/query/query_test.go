package query

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"xianjie/internal/plan"
)

func TestTokens(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"森林覆盖率", "森林 林覆 覆盖 盖率"},
		{"森", "森"},
		{"ＧＤＰ能耗", "gdp 能耗"},
		{"PM2.5浓度（µg/m³）", "pm2 5 浓度 μg m3"},
		{"2025年，达到23.5%", "2025 年 达到 23 5"},
		{"湿地、草原", "湿地 草原"},
		{"Café ÉCOLE", "café école"},
		{"𠀀𠀁", "𠀀𠀁"},
		{" \t\n!?", ""},
	} {
		if got := strings.Join(Tokens(tc.text), " "); got != tc.want {
			t.Errorf("Tokens(%q) = %q, want %q", tc.text, got, tc.want)
		}
	}
	got := Phrases("森林覆盖率　ＧＤＰ  …")
	want := [][]string{{"森林", "林覆", "覆盖", "盖率"}, {"gdp"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A word of two or more characters is found wherever it stands in a text.
func TestTokensFindSubstrings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(rapid.StringMatching(`[森林湿地草原覆盖率能耗]{2,12}`).Draw(t, "text"))
		from := rapid.IntRange(0, len(text)-2).Draw(t, "from")
		to := rapid.IntRange(from+2, len(text)).Draw(t, "to")
		all, word := Tokens(string(text)), Tokens(string(text[from:to]))
		for i := range len(all) - len(word) + 1 {
			if slices.Equal(all[i:i+len(word)], word) {
				return
			}
		}
		t.Fatalf("%q not found in %q", string(text[from:to]), string(text))
	})
}

func TestCursors(t *testing.T) {
	kind := plan.KindNamed("Target")
	order := []Order{{Field: kind.Field("year"), Desc: true}, {Field: kind.Field("nature")}}
	for _, want := range []Position{
		{Values: []any{int64(2025), "BINDING"}, ID: "target:a/森林"},
		{Values: []any{nil, "约束 \"\\"}, ID: "target:a/b"},
	} {
		got, err := ParseCursor(want.Cursor(), order)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Error(diff)
		}
	}
	raw := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for name, cursor := range map[string]string{
		"no base64":       "!!",
		"no JSON":         raw("x"),
		"other order":     Position{ID: "target:a/b"}.Cursor(),
		"other type":      raw(`["2025","BINDING","target:a/b"]`),
		"no id":           raw(`[2025,"BINDING",""]`),
		"hostile id":      raw(`[2025,"BINDING","x' OR 1=1"]`),
		"number too long": raw(`[1e99,"BINDING","target:a/b"]`),
	} {
		if p, err := ParseCursor(cursor, order); err == nil {
			t.Errorf("%s: %+v, want an error", name, p)
		}
	}
}

func TestTable(t *testing.T) {
	kind := plan.KindNamed("Indicator")
	shape := &Shape{Kind: kind, Columns: []*plan.Field{
		kind.Field("id"), kind.Field("version"), kind.Field("summable"), kind.Field("aliases"), kind.Field("note"),
	}}
	table := NewTable(shape)
	table.AppendText("indicator:a")
	table.AppendInt(3)
	table.AppendBool(true)
	table.AppendBytes([]byte(`["甲","乙"]`))
	table.AppendNull()
	table.EndRow()
	table.AppendText("indicator:b")
	table.AppendInt(-1)
	table.AppendBool(false)
	table.AppendNull()
	table.AppendText("")
	if row := table.EndRow(); row != 1 || table.Rows != 2 {
		t.Fatalf("row %d of %d", row, table.Rows)
	}
	want := [][]any{{"indicator:a", int64(3), true, `["甲","乙"]`, nil}, {"indicator:b", int64(-1), false, nil, ""}}
	for row := range want {
		for column := range want[row] {
			if got := table.Value(row, column); got != want[row][column] {
				t.Errorf("cell %d,%d is %#v, want %#v", row, column, got, want[row][column])
			}
		}
	}
	o, err := table.Object(0)
	if err != nil {
		t.Fatal(err)
	}
	in := o.(*plan.Indicator)
	if in.ID != "indicator:a" || in.Version != 3 || !in.Summable || !slices.Equal(in.Aliases, []string{"甲", "乙"}) {
		t.Errorf("object %+v", in)
	}
	if table.Column("note") != 4 || table.Column("name") != -1 {
		t.Error("columns are not found by name")
	}
}

// Whole reads everything that an object holds: its columns are all fields, its children all edges.
func TestWhole(t *testing.T) {
	for _, k := range plan.Kinds() {
		shape := Whole(k)
		if len(shape.Columns) != len(k.Fields) || len(shape.Children) != len(k.Edges) {
			t.Errorf("%s: %d columns, %d children", k, len(shape.Columns), len(shape.Children))
		}
		for i, e := range k.Edges {
			if via := shape.Children[i].Via; via.Edge != e || via.Reverse || len(shape.Children[i].Of) != len(e.To) {
				t.Errorf("%s.%s is not read whole", k, e.Name)
			}
		}
	}
}
