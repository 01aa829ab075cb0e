package quantity

import (
	"fmt"
	"math/big"
	"strings"
)

// approximateDigits is how many significant digits of a number are shown that no finite decimal states.
const approximateDigits = 6

// Converted returns the amount of q in another unit of its kind, as an explanation shows it: 17050 万亩 is "1.705 亿亩". It has neither
// comparator nor suffix, and no superfluous zeros. A number that no finite decimal states is rounded to 6 significant digits and says so:
// "≈ 1.33333 公顷". Unknown and inconvertible units are errors, as are quantities without a number.
func (q Quantity) Converted(unit string) (string, error) {
	if !q.hasNumber() {
		return "", fmt.Errorf("%q has no number to convert", q)
	}
	from, ok := UnitByName(q.Unit)
	if !ok {
		return "", unknownUnit(q.Unit)
	}
	to, ok := UnitByName(unit)
	if !ok {
		return "", unknownUnit(unit)
	}
	signed := q.Kind == PercentChange || q.Kind == PointChange
	allExact := true
	var ends []string
	for _, d := range []Decimal{q.Value, q.High} {
		if !d.IsSet() {
			continue
		}
		text, isExact := d.short(), true
		if from != to {
			x, err := Convert(d.Rat(), from, to)
			if err != nil {
				return "", err
			}
			text, isExact = shown(x)
		}
		if signed && !strings.HasPrefix(text, "-") {
			text = "+" + text
		}
		allExact = allExact && isExact
		ends = append(ends, text)
	}
	text := strings.TrimSpace(strings.Join(ends, "..") + " " + to.Name)
	if !allExact {
		return "≈ " + text, nil
	}
	return text, nil
}

// shown prints x exactly where a finite decimal does, else with six significant digits, and says which.
func shown(x *big.Rat) (text string, isExact bool) {
	if digits, finite := x.FloatPrec(); finite {
		return x.FloatString(digits), true
	}
	// The number of digits before the decimal point, or minus the number of zeros after it.
	magnitude := 0
	abs, ten := new(big.Rat).Abs(x), big.NewRat(10, 1)
	for y := new(big.Rat).Set(abs); y.Cmp(big.NewRat(1, 1)) >= 0; y.Quo(y, ten) {
		magnitude++
	}
	for y := new(big.Rat).Mul(abs, ten); y.Sign() > 0 && y.Cmp(big.NewRat(1, 1)) < 0; y.Mul(y, ten) {
		magnitude--
	}
	return x.FloatString(max(0, approximateDigits-magnitude)), false
}
