package quantity

import (
	"strconv"
	"strings"
)

// symbols are how comparators are written; those without one are words or follow from the amount.
var symbols = map[Comparator]string{GE: ">=", GT: ">", LE: "<=", LT: "<", EQ: "", About: "about"}

// String returns the canonical text form, which Parse reads back to the same quantity; "" when there is none. The form of an invalid
// quantity is only fit to be shown.
func (q Quantity) String() string {
	if q.IsZero() {
		return ""
	}
	var words []string
	if q.Aspirational {
		words = append(words, "aspire")
	}
	switch q.Comparator {
	case Qualitative:
		return strings.Join(append(words, "qualitative:", q.Phrase), " ")
	case Delegated:
		return strings.Join(append(words, "delegated:", q.Phrase), " ")
	}
	if symbol := symbols[q.Comparator]; symbol != "" {
		words = append(words, symbol)
	}
	words = append(words, q.amount())
	if q.Unit != "" {
		words = append(words, q.Unit)
	}
	return strings.Join(append(words, q.suffix()...), " ")
}

// amount prints the number or the range, with a plus sign where the sign says that this is a change.
func (q Quantity) amount() string {
	signed := q.Kind == PercentChange || q.Kind == PointChange
	if q.Comparator != Range {
		return printed(q.Value, signed)
	}
	return printed(q.Value, signed) + ".." + printed(q.High, signed)
}

func printed(d Decimal, signed bool) string {
	if signed && d.Sign() >= 0 {
		return "+" + d.String()
	}
	return d.String()
}

// suffix prints what stands behind the unit.
func (q Quantity) suffix() []string {
	switch {
	case q.Kind == Cumulative:
		return []string{"cumulative"}
	case q.Kind == RatePerYear:
		return []string{"per year"}
	case q.Kind == Level && (q.Value.Sign() < 0 || q.High.Sign() < 0):
		return []string{"level"}
	case q.BaseYear == 0:
		return nil
	}
	words := []string{"vs", strconv.Itoa(q.BaseYear)}
	switch {
	case !q.BaseValue.IsSet():
	case q.BaseUnit == "":
		words = append(words, "("+q.BaseValue.String()+")")
	default:
		words = append(words, "("+q.BaseValue.String()+" "+q.BaseUnit+")")
	}
	return words
}
