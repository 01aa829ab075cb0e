package quantity

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The years a change may be stated against.
const (
	firstBaseYear = 1900
	lastBaseYear  = 2100
)

// Validate says what keeps q from being a quantity that the text form can state, nil when nothing does. The message names the trouble
// without a place; errors of Parse have both.
func (q Quantity) Validate() error {
	switch {
	case q.IsZero():
		return fmt.Errorf("a quantity needs a comparator")
	case q.Comparator == Qualitative || q.Comparator == Delegated:
		return q.validatePhrase()
	case !q.numeric():
		return fmt.Errorf("%q is not a comparator, one of %s was expected", q.Comparator, strings.Join(q.Comparator.Values(), " "))
	case q.Phrase != "":
		return fmt.Errorf("words beside a number: only a QUALITATIVE or DELEGATED quantity has a phrase")
	}
	if err := q.validateNumbers(); err != nil {
		return err
	}
	if err := q.validateKind(); err != nil {
		return err
	}
	return q.validateBase()
}

func (q Quantity) validatePhrase() error {
	if (q != Quantity{Comparator: q.Comparator, Phrase: q.Phrase, Aspirational: q.Aspirational}) {
		return fmt.Errorf("%s is stated in words: it has neither number, unit, kind nor base", q.Comparator)
	}
	return checkPhrase(q.Phrase)
}

// checkPhrase wants words on one line that survive being read back.
func checkPhrase(phrase string) error {
	switch {
	case phrase == "":
		return fmt.Errorf("the plan's own words are missing")
	case !utf8.ValidString(phrase):
		return fmt.Errorf("the phrase is not valid UTF-8")
	case strings.TrimSpace(phrase) != phrase:
		return fmt.Errorf("the phrase %q begins or ends with a space", excerpt(phrase))
	case strings.ContainsFunc(phrase, unicode.IsControl):
		return fmt.Errorf("the phrase %q contains a line break or another control character", excerpt(phrase))
	}
	return nil
}

func (q Quantity) validateNumbers() error {
	switch {
	case !q.Value.IsSet():
		return fmt.Errorf("%s needs a value", q.Comparator)
	case q.Comparator != Range && q.High.IsSet():
		return fmt.Errorf("%s has an upper end, which only a RANGE has", q.Comparator)
	case q.Comparator == Range && !q.High.IsSet():
		return fmt.Errorf("a RANGE needs its upper end")
	case q.Comparator == Range && q.Value.Cmp(q.High) >= 0:
		return fmt.Errorf("the range %s..%s does not ascend", q.Value, q.High)
	}
	return checkCanonical(q.Unit)
}

func checkCanonical(unit string) error {
	u, ok := UnitByName(unit)
	switch {
	case !ok:
		return unknownUnit(unit)
	case u.Name != unit:
		return fmt.Errorf("the unit %q is not the canonical name, which is %q", unit, u.Name)
	}
	return nil
}

func unknownUnit(name string) error {
	if near := nearestUnits(name); len(near) > 0 {
		return fmt.Errorf("the unit %q is unknown, did you mean %s?", excerpt(name), strings.Join(near, ", "))
	}
	return fmt.Errorf("the unit %q is unknown", excerpt(name))
}

// validateKind holds the kind against the unit and the sign, which the text form derives it from.
func (q Quantity) validateKind() error {
	switch {
	case q.Kind == Multiple && q.Unit != "倍":
		return fmt.Errorf("a MULTIPLE is stated in 倍, not in %q", q.Unit)
	case q.Kind != Multiple && q.Unit == "倍":
		return fmt.Errorf("a figure in 倍 is a MULTIPLE, not a %s", q.Kind)
	case q.Kind == Multiple && q.Value.Sign() < 0:
		return fmt.Errorf("a MULTIPLE is not negative: %s 倍", q.Value)
	case q.Kind == PercentChange && q.Unit != "%":
		return fmt.Errorf("a PERCENT_CHANGE is stated in %%, not in %q", q.Unit)
	case q.Kind == PointChange && q.Unit == "%":
		return fmt.Errorf("a POINT_CHANGE of a share is stated in 百分点, not in %%")
	}
	switch q.Kind {
	case Level, PercentChange, PointChange, Cumulative, RatePerYear, Multiple:
		return nil
	}
	return fmt.Errorf("%q is not a kind, one of %s was expected", q.Kind, strings.Join(q.Kind.Values(), " "))
}

func (q Quantity) validateBase() error {
	switch {
	case q.BaseYear == 0 && !q.BaseValue.IsSet() && q.BaseUnit == "":
		return nil
	case !q.Kind.relative():
		return fmt.Errorf("a %s has no base year or value: only changes and multiples have", q.Kind)
	case q.BaseYear == 0:
		return fmt.Errorf("a base value needs its year")
	case q.BaseYear < firstBaseYear || q.BaseYear > lastBaseYear:
		return fmt.Errorf("the base year %d is not between %d and %d", q.BaseYear, firstBaseYear, lastBaseYear)
	case !q.BaseValue.IsSet() && q.BaseUnit != "":
		return fmt.Errorf("the base unit %q stands without a base value", q.BaseUnit)
	case !q.BaseValue.IsSet():
		return nil
	}
	if err := checkCanonical(q.BaseUnit); err != nil {
		return err
	}
	unit, _ := UnitByName(q.Unit)
	base, _ := UnitByName(q.BaseUnit)
	if q.Kind == PointChange && changed(unit.Dimension) != base.Dimension {
		return fmt.Errorf("a change in %s has a base value in %s, which it cannot be added to", unit.label(), base.label())
	}
	return nil
}

// changed returns the dimension of what a change in d changes: points change a percentage.
func changed(d Dimension) Dimension {
	if d == point {
		return percent
	}
	return d
}
