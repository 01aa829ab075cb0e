package quantity

import (
	"fmt"
	"strconv"
)

// kind takes the suffix and settles what kind of quantity was written; amountAt is where its number stands.
func (p *parser) kind(q Quantity, signed bool, amountAt int) (Quantity, error) {
	versus := false
	switch {
	case p.acceptWord("cumulative"):
		q.Kind = Cumulative
	case p.acceptWord("level"):
		q.Kind = Level
	case p.acceptWord("per"):
		if !p.acceptWord("year") {
			return Quantity{}, p.fail(p.pos, `"year" was expected after "per"`)
		}
		q.Kind = RatePerYear
	case p.acceptWord("vs"):
		versus = true
		if err := p.base(&q); err != nil {
			return Quantity{}, err
		}
	}
	if p.skipSpace(); p.pos < len(p.in) {
		return Quantity{}, p.fail(p.pos, fmt.Sprintf("%q was not expected after the quantity %q", excerpt(p.in[p.pos:]), p.in[:p.pos]))
	}
	switch {
	case q.Kind != "":
		return q, nil
	case q.Unit == "倍" && signed:
		return Quantity{}, p.fail(amountAt, "a signed figure in 倍 can be read in two ways: write 2 倍 for twice the base, +100 % for a growth by as much again")
	case q.Unit == "倍":
		q.Kind = Multiple
	case signed && q.Unit == "%":
		q.Kind = PercentChange
	case signed:
		q.Kind = PointChange
	case versus:
		return Quantity{}, p.fail(amountAt, "a change against a base year needs its sign: write +15 or -15")
	default:
		q.Kind = Level
	}
	return q, nil
}

// base takes the base year behind "vs" and the base value in parentheses if there is one.
func (p *parser) base(q *Quantity) error {
	year, err := p.year()
	if err != nil {
		return err
	}
	q.BaseYear = year
	if !p.accept("(") {
		return nil
	}
	if q.BaseValue, _, err = p.number(); err != nil {
		return err
	}
	if q.BaseUnit, err = p.unit(); err != nil {
		return err
	}
	if !p.accept(")") {
		return p.fail(p.pos, `")" was expected after the base value`)
	}
	return nil
}

// year takes four digits and a 年 behind them if there is one.
func (p *parser) year() (int, error) {
	p.skipSpace()
	at := p.pos
	var digits []byte
	for r, size := p.peek(); r >= '0' && r <= '9'; r, size = p.peek() {
		digits = append(digits, byte(r))
		p.pos += size
	}
	year, err := strconv.Atoi(string(digits))
	if err != nil || len(digits) != 4 || year < firstBaseYear || year > lastBaseYear {
		return 0, p.fail(at, fmt.Sprintf("a base year between %d and %d was expected", firstBaseYear, lastBaseYear))
	}
	p.accept("年")
	return year, nil
}
