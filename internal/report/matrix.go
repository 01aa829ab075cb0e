package report

import "xianjie/internal/plan"

// matrixLimit is how many plans a matrix shows: a wider one is no longer read, and its cells grow with the square.
const matrixLimit = 200

// matrix is the verdicts as a square: cells[i][j] is on plans[i] and plans[j], nil where there is none.
type matrix struct {
	plans []Ref
	cells [][]*Verdict
}

// matrix has the plans in the order in which the verdicts name them; it is nil beyond the limit.
func (r *Report) matrix() *matrix {
	m := &matrix{}
	at := map[plan.ID]int{}
	for _, v := range r.Verdicts {
		for _, p := range []Ref{v.A, v.B} {
			if _, ok := at[p.ID]; !ok {
				at[p.ID] = len(m.plans)
				m.plans = append(m.plans, p)
			}
		}
	}
	if len(m.plans) > matrixLimit {
		return nil
	}
	m.cells = make([][]*Verdict, len(m.plans))
	for i := range m.cells {
		m.cells[i] = make([]*Verdict, len(m.plans))
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		a, b := at[v.A.ID], at[v.B.ID]
		m.cells[a][b], m.cells[b][a] = v, v
	}
	return m
}
