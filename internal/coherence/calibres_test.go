package coherence

import (
	"testing"

	"xianjie/internal/plan"
)

func TestR06(t *testing.T) {
	const old, new = plan.ID("calibre:x/old"), plan.ID("calibre:x/new")
	type measure struct {
		own     bool
		years   string
		calibre plan.ID
	}
	tests := []struct {
		name     string
		calibre  plan.ID
		measured []measure
		counts   Counts
	}{
		{"a baseline of another calibre", old, []measure{{true, "2020", new}}, counted(Fail)},
		{"a baseline of the same calibre", old, []measure{{true, "2020", old}}, counted(Pass)},
		{"a baseline of each calibre", old, []measure{{true, "2020", new}, {true, "2020", old}}, counted(Pass)},
		{"a baseline without calibre", old, []measure{{true, "2020", ""}}, counted(Open)},
		{"a target without calibre", "", []measure{{true, "2020", new}}, counted(Open)},
		{"no calibre anywhere", "", []measure{{true, "2020", ""}}, Counts{}},
		{"measured in another calibre", old, []measure{{false, "2024", new}}, counted(NotComparable)},
		{"measured in the same calibre", old, []measure{{false, "2024", old}}, counted(Pass)},
		{"the newest counts", old, []measure{{false, "2020", old}, {false, "2024", new}}, counted(NotComparable)},
		{"what was measured after the target's year doesn't", old, []measure{{false, "2020", old}, {false, "2026", new}}, counted(Pass)},
		{"a part of a year doesn't", old, []measure{{false, "2020", old}, {false, "2024-01..2024-10", new}}, counted(Pass)},
		{"all months of a year do", old, []measure{{false, "2020", old}, {false, "2024-01..2024-12", new}}, counted(NotComparable)},
		{"own baseline right, later series broken", old, []measure{{true, "2020", old}, {false, "2024", new}}, Counts{Passed: 1, NotComparable: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRegister(t, plan.Up)
			p := r.plan("a", figure{value: "23.5 %", calibre: tt.calibre})
			for _, m := range tt.measured {
				owner := p
				if !m.own {
					owner = nil
				}
				r.measured(owner, m.years, "22 %").Calibre = m.calibre
			}
			run := r.check(with(t, "R06"))
			if run.Counts != tt.counts {
				t.Errorf("answers %+v, want %+v", run.Counts, tt.counts)
			}
			if len(run.Findings) != tt.counts.Failed {
				t.Errorf("%d findings", len(run.Findings))
			}
			complete(t, run.Findings)
		})
	}
}
