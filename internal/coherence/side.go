package coherence

import (
	"math/big"

	"xianjie/internal/law"
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// shape is how a figure bounds: the class that a comparator belongs to when two are held against each other.
type shape int

const (
	wordsOnly shape = iota
	floor           // not below
	ceiling         // not above
	point           // the figure itself
	around          // the figure, roughly
	spread          // from, to
)

func shapeOf(c quantity.Comparator) shape {
	switch c {
	case quantity.GE, quantity.GT:
		return floor
	case quantity.LE, quantity.LT:
		return ceiling
	case quantity.EQ:
		return point
	case quantity.About:
		return around
	case quantity.Range:
		return spread
	}
	return wordsOnly
}

// opposite says whether one shape bounds from below and the other from above.
func (s shape) opposite(t shape) bool {
	return s == floor && t == ceiling || s == ceiling && t == floor
}

func (s shape) halfLine() bool { return s == floor || s == ceiling }

// side is a target made ready to be held against many others: what follows from it alone is worked out once.
type side struct {
	target *plan.Target
	plan   *plan.Plan
	index  int32 // of the plan in the frame
	shape  shape

	// Of the target, what each comparing looks at.
	quantity quantity.Quantity
	year     int
	calibre  plan.ID
	nature   plan.Nature
	control  bool // it is one

	spans *spans // nil before one is wanted
	words *words // nil before a finding is about it
}

// spans are what a figure admits, in several senses: most figures compare without. Nil is what was not asked for yet.
type spans struct {
	own, rounded, pointed, allowed *quantity.Interval
	allowedShape                   shape
}

func (s *side) inSpans() *spans {
	if s.spans == nil {
		s.spans = &spans{}
	}
	return s.spans
}

// words are how findings speak of a side. The same side is often part of many.
type words struct {
	facts     string // who says what; made by targetFacts
	title     string // of its plan
	published string // the figure
	converted string // the same in a unit
	unit      string
}

func (s *side) inWords() *words {
	if s.words == nil {
		s.words = &words{title: law.Title(s.plan), published: publishedZh(s.target), unit: s.quantity.Unit}
		s.words.converted = convertedZh(s.quantity, s.words.unit)
	}
	return s.words
}

// convertedZh is convertedZh of the figure.
func (s *side) convertedZh(unit string) string {
	w := s.inWords()
	if w.unit != unit {
		w.unit, w.converted = unit, convertedZh(s.quantity, unit)
	}
	return w.converted
}

// answer is about the figure's plan alone.
func (s *side) answer(f *Facts) Answer {
	return Answer{Indicator: f.Scope.ID, key: pairKey{s.index, -1}}
}

// own is what the figure itself says: the numbers of a bound, but the one number of "about 305".
func (s *side) own() quantity.Interval {
	known := &s.inSpans().own
	if *known == nil {
		q := s.quantity
		if s.shape == around {
			q.Comparator = quantity.EQ
		}
		i, _ := q.Bounds()
		*known = &i
	}
	return **known
}

// rounded is what the figure admits once rounding is forgiven.
func (s *side) rounded() quantity.Interval {
	known := &s.inSpans().rounded
	if *known == nil {
		i, _ := s.quantity.Tolerant()
		*known = &i
	}
	return **known
}

// pointed is what a bound admits once it is taken for the figure itself, rounding forgiven.
func (s *side) pointed() quantity.Interval {
	known := &s.inSpans().pointed
	if *known == nil {
		q := s.quantity
		q.Comparator = quantity.EQ
		i, _ := q.Tolerant()
		*known = &i
	}
	return **known
}

// allows is what the figure leaves to plans below it, and the shape of that. A bare figure of an indicator that is meant to go up is a
// floor, of one that is meant to go down a ceiling, since a lower plan may be stricter; without a known direction it is met or it isn't.
func (s *side) allows(trend plan.Trend) (quantity.Interval, shape) {
	known := s.inSpans()
	if known.allowed == nil {
		q := asBound(s.quantity, trend)
		i, _ := q.Tolerant()
		known.allowed, known.allowedShape = &i, shapeOf(q.Comparator)
	}
	return *known.allowed, known.allowedShape
}

func asBound(q quantity.Quantity, trend plan.Trend) quantity.Quantity {
	if q.Comparator != quantity.EQ && q.Comparator != quantity.About {
		return q
	}
	switch trend {
	case plan.Up:
		q.Comparator = quantity.GE
	case plan.Down:
		q.Comparator = quantity.LE
	}
	return q
}

func newSide(t *plan.Target, f *Frame, index int32) side {
	return side{
		target: t, plan: f.numbered[index], index: index, shape: shapeOf(t.Quantity.Comparator),
		quantity: t.Quantity, year: t.Year, calibre: t.Calibre, nature: t.Nature, control: t.Control != "",
	}
}

// difference is how far the values of two comparable quantities are apart, in the unit of the first.
func difference(a, b quantity.Quantity) (*big.Rat, bool) {
	ua, okA := quantity.UnitByName(a.Unit)
	ub, okB := quantity.UnitByName(b.Unit)
	if !okA || !okB || !a.Value.IsSet() || !b.Value.IsSet() {
		return nil, false
	}
	vb := b.Value.Rat()
	if ua != ub {
		var err error
		if vb, err = quantity.Convert(vb, ub, ua); err != nil {
			return nil, false
		}
	}
	d := new(big.Rat).Sub(a.Value.Rat(), vb)
	return d.Abs(d), true
}

// sameFigure says whether two figures can be one number, and why they don't compare.
func sameFigure(a, b quantity.Quantity) (Outcome, Reason) {
	if why, ok := quantity.Comparable(a, b); !ok {
		return NotComparable, quantityReason(why)
	}
	if same, err := quantity.Agree(a, b); err == nil && same {
		return Pass, Reason{}
	}
	ia, okA := a.Tolerant()
	ib, okB := b.Tolerant()
	if okA && okB && !ia.Disjoint(ib) && (a.Comparator != quantity.EQ || b.Comparator != quantity.EQ) {
		return Pass, Reason{}
	}
	return Fail, Reason{}
}

// decimalText prints a number exactly where it is a finite decimal, else rounded and marked as such.
func decimalText(x *big.Rat) string {
	if digits, finite := x.FloatPrec(); finite && digits <= 12 {
		return x.FloatString(digits)
	}
	return "约" + x.FloatString(4)
}
