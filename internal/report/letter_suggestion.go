package report

import (
	"slices"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// suggestion says who yields, what they have to do, and, where another figure settles the matter, which figures are left by whom.
func (w *writer) suggestion(f *plan.Finding) string {
	text := f.Yields.Reason + coherence.Remedy(f)
	room := w.Rooms[f.ID]
	switch {
	case room == nil:
		return text
	case room.Empty:
		return text + w.contradiction(room)
	}
	var bounds []string
	for _, b := range []*coherence.Bound{room.Lower, room.Upper} {
		if b == nil {
			continue
		}
		if bound := w.bound(b); !slices.Contains(bounds, bound) {
			bounds = append(bounds, bound)
		}
	}
	who := "目标值"
	if room.Plan != "" {
		who = w.frame.Title(room.Plan) + "的目标值"
	}
	return text + who + "可调整为" + passing(room) + "（" + strings.Join(bounds, "；") + "）。"
}

// passing says which values pass, in the unit of the figure that has to change.
func passing(r *coherence.Room) string {
	switch {
	case r.Lower == nil:
		return r.Upper.Passing.Chinese()
	case r.Upper == nil:
		return r.Lower.Passing.Chinese()
	}
	low, high := r.Lower.Passing, r.Upper.Passing
	switch order := low.Value.Cmp(high.Value); {
	case order > 0: // but for rounding nothing passes
		return "同时满足“" + low.Chinese() + "”和“" + high.Chinese() + "”的值，以四舍五入为限"
	case r.Lower.Open || r.Upper.Open:
		return low.Chinese() + "且" + high.Chinese()
	case order == 0:
		low.Comparator = quantity.EQ
		return low.Chinese()
	case low.Kind == quantity.Level:
		low.Comparator, high.Comparator = quantity.EQ, quantity.EQ
		return low.Chinese() + "至" + high.Chinese() + "之间"
	}
	low.Comparator, low.High = quantity.Range, high.Value
	return low.Chinese()
}

// bound names the plans that bound a room at one end, and with what.
func (w *writer) bound(b *coherence.Bound) string {
	switch b.By {
	case coherence.ByControl:
		return w.frame.Title(b.Plan) + "的法定控制数为“" + b.Figure + "”"
	case coherence.ByAllocation:
		return w.figure(b.Targets[0]) + "，减去" + w.figures(b.Targets[1:], "、") + "，余“" + b.Figure + "”"
	}
	return w.frame.Title(b.Plan) + "要求“" + b.Figure + "”"
}

// contradiction names the fewest figures that leave none between them, and who has to settle that first.
func (w *writer) contradiction(r *coherence.Room) string {
	const none = "但目前没有可取的值："
	if r.Upper != nil && r.Upper.By == coherence.ByAllocation && slices.Equal(r.Contradiction, r.Upper.Targets) {
		return none + w.figure(r.Contradiction[0]) + "，已被" + w.figures(r.Contradiction[1:], "、") + "用完，须先调整这些分解数或者总数。"
	}
	text := none + w.figure(r.Contradiction[0]) + "与" + w.figures(r.Contradiction[1:], "、") + "互相矛盾，"
	var yielding []string // beside a control
	for _, id := range r.Contradiction {
		if t, ok := w.Objects[id].(*plan.Target); ok && t.Control == "" {
			yielding = append(yielding, w.frame.Title(t.Plan))
		}
	}
	if n := len(yielding); n > 0 && n < len(r.Contradiction) {
		return text + "法定控制数不得突破，须先由" + strings.Join(yielding, "、") + "的牵头部门调整。"
	}
	return text + "须先由各自的牵头部门会商一致，会商不成的报共同上级。"
}

func (w *writer) figures(targets []plan.ID, between string) string {
	texts := make([]string, len(targets))
	for i, id := range targets {
		texts[i] = w.figure(id)
	}
	return strings.Join(texts, between)
}

// figure is what a plan states in a target.
func (w *writer) figure(target plan.ID) string {
	t, ok := w.Objects[target].(*plan.Target)
	if !ok {
		return string(target)
	}
	return w.frame.Title(t.Plan) + w.frame.Name(t.Region) + "的“" + t.Quantity.Chinese() + "”"
}
