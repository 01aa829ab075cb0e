package quantity

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/govalues/decimal"
)

// maxDigits is how many digits a printed number may have: as many as fit a 64-bit coefficient.
const maxDigits = 19

// Decimal is an exact decimal number that remembers how many digits it was printed with: 12 and 12.0 are two Decimals of one value.
// The zero Decimal is no value at all. Decimals can be compared with ==, which means the same as Equal.
type Decimal struct {
	d   decimal.Decimal
	set bool
}

// ParseDecimal reads an optionally signed decimal number such as 12.0, -15 or +17050.00 with at most 19 digits, ASCII only. An exponent,
// a grouping mark, a superfluous leading zero or a missing digit is a *ParseError. Zero has no sign: "-0.0" reads as 0.0.
func ParseDecimal(s string) (Decimal, error) {
	d, err := parseDecimal(s)
	if err != nil {
		return Decimal{}, err
	}
	return d, nil
}

func parseDecimal(s string) (Decimal, *ParseError) {
	if at, message := checkNumber(s); message != "" {
		return Decimal{}, &ParseError{Offset: at, Input: s, Message: message}
	}
	d, err := decimal.Parse(s)
	if err != nil {
		return Decimal{}, &ParseError{Input: s, Message: "cannot be read as a decimal number: " + err.Error()}
	}
	return Decimal{d: d, set: true}, nil
}

// checkNumber holds s against the grammar of numbers and says what is wrong and where; an empty message means nothing is.
func checkNumber(s string) (at int, message string) {
	start := 0
	if s != "" && (s[0] == '+' || s[0] == '-') {
		start = 1
	}
	whole, frac, hasPoint := strings.Cut(s[start:], ".")
	point := start + len(whole)
	if at := notDigit(whole); at >= 0 {
		return start + at, strayInNumber(s[start+at:])
	}
	if at := notDigit(frac); at >= 0 {
		return point + 1 + at, strayInNumber(s[point+1+at:])
	}
	switch {
	case whole == "" && frac == "":
		return start, "a number was expected, such as 12.0 or -15"
	case whole == "":
		return start, "a digit is missing before the decimal point: write 0.5, not .5"
	case hasPoint && frac == "":
		return point, "a digit is missing after the decimal point: write 5 or 5.0, not 5."
	case len(whole) > 1 && whole[0] == '0':
		return start, "a leading zero is superfluous: write 7, not 07"
	}
	if n := len(whole) + len(frac); n > maxDigits {
		return start, fmt.Sprintf("the number has %d digits, at most %d can be kept exactly", n, maxDigits)
	}
	return 0, ""
}

func notDigit(s string) int {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// strayInNumber words the complaint about the first character of rest, which cannot stand in a number.
func strayInNumber(rest string) string {
	r, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case 'e', 'E':
		return "an exponent is not accepted: write all digits"
	case ',', '，', '_', '\'':
		return "digits are not grouped: write 17050, not 17,050"
	}
	return fmt.Sprintf("%q cannot stand in a number: digits and one decimal point were expected", r)
}

// IsSet says whether there is a value.
func (d Decimal) IsSet() bool { return d.set }

// String returns the number as it was printed, without a plus sign; "" when there is no value.
func (d Decimal) String() string {
	if !d.set {
		return ""
	}
	return d.d.String()
}

// Scale returns how many digits were printed after the decimal point.
func (d Decimal) Scale() int { return d.d.Scale() }

// Sign returns -1, 0 or +1; 0 when there is no value.
func (d Decimal) Sign() int { return d.d.Sign() }

// Cmp compares values, not their printed precision. No value comes before every value.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d.set && e.set:
		return d.d.Cmp(e.d)
	case d.set:
		return 1
	case e.set:
		return -1
	}
	return 0
}

// Equal says whether both have the same value and were printed with the same precision.
func (d Decimal) Equal(e Decimal) bool { return d == e }

// Rat returns the value as a fraction of its own, nil when there is no value.
func (d Decimal) Rat() *big.Rat {
	if !d.set {
		return nil
	}
	return new(big.Rat).SetFrac(d.coefficient(), new(big.Int).SetUint64(pow10(d.Scale())))
}

// coefficient returns the printed digits with their sign, as if there were no decimal point.
func (d Decimal) coefficient() *big.Int {
	n := new(big.Int).SetUint64(d.d.Coef())
	if d.d.IsNeg() {
		n.Neg(n)
	}
	return n
}

// short is the number without superfluous zeros.
func (d Decimal) short() string { return d.d.Trim(0).String() }

// Neg returns the number with the other sign and the same printed precision.
func (d Decimal) Neg() Decimal { return Decimal{d: d.d.Neg(), set: d.set} }

// Abs returns the number without its sign and with the same printed precision.
func (d Decimal) Abs() Decimal { return Decimal{d: d.d.Abs(), set: d.set} }

// SortKey returns 39 ASCII characters whose byte order is the order of the values: n or p for the sign, 19 digits before and 19 after the
// decimal point, each digit of a negative number complemented. Equal values have equal keys. "" when there is no value.
func (d Decimal) SortKey() string {
	if !d.set {
		return ""
	}
	whole, frac, _ := strings.Cut(d.d.Abs().String(), ".")
	key := make([]byte, 1+2*maxDigits)
	for i := range key {
		key[i] = '0'
	}
	copy(key[1+maxDigits-len(whole):], whole)
	copy(key[1+maxDigits:], frac)
	key[0] = 'p'
	if d.Sign() >= 0 {
		return string(key)
	}
	key[0] = 'n'
	for i, c := range key[1:] {
		key[1+i] = '0' + '9' - c
	}
	return string(key)
}

// MarshalText writes what String returns.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes: a number as ParseDecimal reads it, or nothing for no value.
func (d *Decimal) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Decimal{}
		return nil
	}
	parsed, err := ParseDecimal(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// pow10 returns 10ⁿ for 0 ≤ n ≤ 19, all of which fit 64 bits.
func pow10(n int) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
