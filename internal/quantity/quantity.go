package quantity

// Comparator says how a quantity bounds what is measured.
type Comparator string

// The comparators. ABOUT admits one unit of the last printed digit to either side. QUALITATIVE and DELEGATED carry words instead of a
// number: a course without a figure (持续改善), or a figure that another authority hands down (完成国家下达任务).
const (
	GE          Comparator = "GE"          // 不低于, 达到, 以上
	GT          Comparator = "GT"          // 高于, 超过
	LE          Comparator = "LE"          // 不超过, 控制在…以内
	LT          Comparator = "LT"          // 低于
	EQ          Comparator = "EQ"          // the figure itself
	About       Comparator = "ABOUT"       // 左右, 约
	Range       Comparator = "RANGE"       // from Value to High, both included
	Qualitative Comparator = "QUALITATIVE" // 定性
	Delegated   Comparator = "DELEGATED"   // 以上级下达为准
)

// Values lists every comparator in the order of their declaration.
func (Comparator) Values() []string {
	return []string{string(GE), string(GT), string(LE), string(LT), string(EQ), string(About), string(Range), string(Qualitative), string(Delegated)}
}

// Kind says what the number of a quantity is: a level, or one of the ways to state a change.
type Kind string

// The kinds. Quantities of different kinds never compare as they stand; a relative one becomes a level where its base value is known.
const (
	Level         Kind = "LEVEL"          // the value itself
	PercentChange Kind = "PERCENT_CHANGE" // signed, in % of the base value
	PointChange   Kind = "POINT_CHANGE"   // signed, absolute, in the quantity's own unit
	Cumulative    Kind = "CUMULATIVE"     // a total over the span of the target
	RatePerYear   Kind = "RATE_PER_YEAR"  // an average rate a year
	Multiple      Kind = "MULTIPLE"       // so many times the base value
)

// Values lists every kind in the order of their declaration.
func (Kind) Values() []string {
	return []string{string(Level), string(PercentChange), string(PointChange), string(Cumulative), string(RatePerYear), string(Multiple)}
}

// relative says whether the kind is stated against a base year.
func (k Kind) relative() bool { return k == PercentChange || k == PointChange || k == Multiple }

// Quantity is one figure as a plan states it. Quantities can be compared with ==, which means: the same text form.
type Quantity struct {
	Comparator   Comparator `xj:"comparator"`
	Value        Decimal    `xj:"value"`        // in Unit; the lower end of a RANGE
	High         Decimal    `xj:"high"`         // in Unit; the upper end of a RANGE, no value otherwise
	Unit         string     `xj:"unit"`         // canonical name of the unit table, "" = dimensionless
	Kind         Kind       `xj:"kind"`         // "" for QUALITATIVE and DELEGATED
	BaseYear     int        `xj:"baseYear"`     // 0 = none stated
	BaseValue    Decimal    `xj:"baseValue"`    // in BaseUnit
	BaseUnit     string     `xj:"baseUnit"`     // canonical name of the unit table
	Aspirational bool       `xj:"aspirational"` // 力争: stated beside, or instead of, a firm value
	Phrase       string     `xj:"phrase"`       // QUALITATIVE, DELEGATED: the plan's own words
}

// IsZero says that there is no quantity: no comparator.
func (q Quantity) IsZero() bool { return q.Comparator == "" }

// numeric says whether the comparator bounds a number.
func (q Quantity) numeric() bool {
	switch q.Comparator {
	case GE, GT, LE, LT, EQ, About, Range:
		return true
	}
	return false
}

// hasNumber says whether the number that the comparator bounds is there, as it is in every valid quantity.
func (q Quantity) hasNumber() bool {
	return q.numeric() && q.Value.IsSet() && (q.Comparator != Range || q.High.IsSet())
}
