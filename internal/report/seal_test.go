package report

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// sealed is the sample with a seal.
func sealed(t *testing.T, data string) *Report {
	t.Helper()
	run, err := coherence.Check(t.Context(), coherence.NewFrame(nil), coherence.NewMemory(nil), coherence.Options{Today: "2026-01-02"})
	if err != nil {
		t.Fatal(err)
	}
	r := sample(t)
	if err := r.Sealed(run, nil, data, 7); err != nil {
		t.Fatal(err)
	}
	return r
}

func replayed(t *testing.T, text []byte, now *Report) *Replay {
	t.Helper()
	was, intact, err := Open(text)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewReplay(was, now, intact)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReplayOfTheSame(t *testing.T) {
	now := sealed(t, "d")
	now.Register.Revision++ // the same data may be kept elsewhere
	now.Locate(func(plan.ID, string) (Position, bool) { return Position{File: "a.yaml", Line: 1, Column: 1}, true })
	if p := replayed(t, written(t, sealed(t, "d"), JSON), now); !p.Same {
		t.Errorf("not the same: %+v", p)
	}
}

func TestEveryByteIsSealed(t *testing.T) {
	text, now := written(t, sealed(t, "d"), JSON), sealed(t, "d")
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(0, len(text)-1).Draw(rt, "at")
		other := bytes.Clone(text)
		if other[at] = rapid.Byte().Draw(rt, "byte"); other[at] == text[at] {
			return
		}
		was, intact, err := Open(other)
		if err != nil {
			if plan.CodeOf(err) != plan.BadUserInput {
				rt.Fatal(err)
			}
			return
		}
		p, err := NewReplay(was, now, intact)
		if err != nil || p.Same {
			rt.Fatalf("byte %d passes: %v", at, err)
		}
	})
}

func TestWhatDiffersIsTold(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Report)
		want   string
	}{
		{"data", func(r *Report) { r.Seal.Data = "e" }, "数据摘要 data：封存时 d，现在 e"},
		{"rule set", func(r *Report) { r.Seal.RuleSet = "other" }, "规则集 ruleSet：封存时 fixed，现在 other"},
		{"engine", func(r *Report) { r.Seal.Engine = -1 }, "引擎 engine："},
		{"a finding closed", func(r *Report) { r.Findings = r.Findings[1:] }, "不再出现的问题 1："},
		{"a figure", func(r *Report) { r.Findings[0].Evidence[0].Published = "1 %" }, " evidence/0/published：封存时 "},
		{"a verdict", func(r *Report) { r.Verdicts[0].Outcome = "CONSISTENT" }, "plan:a plan:b outcome：封存时 CONFLICT，现在 CONSISTENT"},
		{"a pair less", func(r *Report) { r.Verdicts = r.Verdicts[1:] }, "plan:a plan:b：封存时 CONFLICT"},
	}
	text := written(t, sealed(t, "d"), JSON)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := sealed(t, "d")
			tt.change(now)
			p := replayed(t, text, now)
			var b bytes.Buffer
			if err := ReplayText(&b, p); err != nil {
				t.Fatal(err)
			}
			if p.Same || p.Altered || !strings.Contains(b.String(), tt.want) {
				t.Errorf("same %t, altered %t, want %q in:\n%s", p.Same, p.Altered, tt.want, b.String())
			}
		})
	}
	opened := sealed(t, "d")
	opened.Findings = opened.Findings[1:]
	if p := replayed(t, written(t, opened, JSON), sealed(t, "d")); len(p.Opened) != 1 || len(p.Closed) != 0 {
		t.Errorf("%d opened, %d closed, want one that is new", len(p.Opened), len(p.Closed))
	}
}

func TestWhatIsNoSealedReport(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON": "xianjie", "half of one": `{"register":`, "not sealed": string(written(t, sample(t), JSON)), "something else": `[1]`,
	} {
		if _, _, err := Open([]byte(text)); plan.CodeOf(err) != plan.BadUserInput {
			t.Errorf("%s answers %v", name, err)
		}
	}
}

func TestSince(t *testing.T) {
	before, after := sample(t), sample(t)
	after.Since(before)
	if len(after.Findings)+len(after.Verdicts)+len(after.NotChecked)+len(after.Changes.Closed) != 0 || after.AtLeast(plan.Info) != 0 {
		t.Errorf("the same leaves %+v", after)
	}
	before, after = sample(t), sample(t)
	gone := before.Findings[0]
	gone.ID = "finding:gone"
	before.Findings = append(before.Findings, gone)
	after.Findings[0].Message += "。"
	after.Since(before)
	if len(after.Findings) != 1 || len(after.Changes.Closed) != 1 || after.Changes.Closed[0].ID != "finding:gone" {
		t.Errorf("%d findings, closed %+v", len(after.Findings), after.Changes.Closed)
	}
	if len(after.Verdicts) != 1 || after.Verdicts[0].Findings[0] != after.Findings[0].ID || after.Summary.Pairs != 1 {
		t.Errorf("verdicts %+v, want that of the pair whose finding says something else", after.Verdicts)
	}
	for name, write := range map[string]func(io.Writer, *Report) error{"sarif": SARIF, "junit": junit, "csv": CSV, "xlsx": XLSX, "html": HTML} {
		if len(written(t, after, write)) == 0 {
			t.Errorf("%s writes nothing", name)
		}
	}
	if text := string(written(t, after, func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{}) })); !strings.Contains(text, "草案消除的问题 1") {
		t.Errorf("what was closed is not told:\n%s", text)
	}
}
