package quantity

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// decimals draws numbers of every sign, length and printed precision.
func decimals() *rapid.Generator[Decimal] {
	return rapid.Custom(func(t *rapid.T) Decimal {
		digits := fmt.Sprint(rapid.Uint64Range(0, 9_999_999_999_999_999_999).Draw(t, "digits"))
		if rapid.Bool().Draw(t, "short") {
			digits = digits[:min(len(digits), 5)]
		}
		scale := rapid.IntRange(0, maxDigits).Draw(t, "scale")
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale-len(digits)+1) + digits
		}
		text := digits[:len(digits)-scale]
		if scale > 0 {
			text += "." + digits[len(digits)-scale:]
		}
		text = strings.TrimPrefix(text, strings.Repeat("0", len(text)-len(strings.TrimLeft(text, "0"))))
		if text == "" || text[0] == '.' {
			text = "0" + text
		}
		if digits := strings.Replace(text, ".", "", 1); len(digits) > maxDigits {
			text = text[:len(text)-(len(digits)-maxDigits)]
		}
		if rapid.Bool().Draw(t, "negative") {
			text = "-" + text
		}
		d, err := ParseDecimal(strings.TrimSuffix(text, "."))
		if err != nil {
			t.Fatalf("generator: %v", err)
		}
		return d
	})
}

func decimalOf(t testing.TB, s string) Decimal {
	t.Helper()
	d, err := ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDecimal(t *testing.T) {
	for _, tt := range []struct {
		in, want string
		scale    int
		sign     int
	}{
		{"12.0", "12.0", 1, 1},
		{"-15", "-15", 0, -1},
		{"+15", "15", 0, 1},
		{"17050.00", "17050.00", 2, 1},
		{"0", "0", 0, 0},
		{"0.00", "0.00", 2, 0},
		{"-0.0", "0.0", 1, 0},
		{"9999999999999999999", "9999999999999999999", 0, 1},
		{"-0.123456789012345678", "-0.123456789012345678", 18, -1},
	} {
		t.Run(tt.in, func(t *testing.T) {
			d := decimalOf(t, tt.in)
			if d.String() != tt.want || d.Scale() != tt.scale || d.Sign() != tt.sign || !d.IsSet() {
				t.Errorf("got %q scale %d sign %d set %t", d, d.Scale(), d.Sign(), d.IsSet())
			}
		})
	}
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		offset   int
		message  string
	}{
		{"nothing", "", 0, "a number was expected"},
		{"sign alone", "-", 1, "a number was expected"},
		{"exponent", "1e3", 1, "an exponent is not accepted"},
		{"grouping", "17,050", 2, "digits are not grouped"},
		{"no digit before the point", "-.5", 1, "write 0.5"},
		{"no digit behind the point", "5.", 1, "a digit is missing after"},
		{"leading zero", "007", 0, "superfluous"},
		{"second point", "1.2.3", 3, `'.' cannot stand in a number`},
		{"space", " 1", 0, `' ' cannot stand in a number`},
		{"full-width digit", "１", 0, "cannot stand in a number"},
		{"20 digits", "12345678901234567890", 0, "has 20 digits, at most 19"},
		{"20 digits behind zero", "0.1234567890123456789", 0, "has 20 digits, at most 19"},
		{"infinity", "inf", 0, "cannot stand in a number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseDecimal(tt.in)
			var pe *ParseError
			if !errors.As(err, &pe) {
				t.Fatalf("got %v, want a ParseError", err)
			}
			if pe.Offset != tt.offset || pe.Input != tt.in || !strings.Contains(pe.Message, tt.message) {
				t.Errorf("got %q at %d, want %q at %d", pe.Message, pe.Offset, tt.message, tt.offset)
			}
		})
	}
}

func TestDecimalWithoutValue(t *testing.T) {
	var none Decimal
	if none.IsSet() || none.String() != "" || none.SortKey() != "" || none.Rat() != nil || none.Sign() != 0 || none.Scale() != 0 {
		t.Errorf("the zero Decimal has a value: %#v", none)
	}
	zero := decimalOf(t, "0")
	if none.Equal(zero) || none.Cmp(zero) >= 0 || zero.Cmp(none) <= 0 || none.Cmp(Decimal{}) != 0 {
		t.Error("no value must come before zero and not equal it")
	}
	if none.Neg().IsSet() || none.Abs().IsSet() {
		t.Error("arithmetic on no value made one")
	}
}

func TestDecimalEqualIsAsPrinted(t *testing.T) {
	twelve, printed := decimalOf(t, "12"), decimalOf(t, "12.0")
	if twelve.Equal(printed) || twelve == printed || twelve.Cmp(printed) != 0 {
		t.Error("12 and 12.0 are one value in two printed forms")
	}
	if cmp.Equal(twelve, printed) || !cmp.Equal(twelve, decimalOf(t, "+12")) {
		t.Error("go-cmp does not see the printed form")
	}
}

func TestDecimalSortKey(t *testing.T) {
	ascending := []string{"-9999999999999999999", "-15.5", "-15", "-0.01", "0", "0.000000000000000001", "2", "10", "9999999999999999999"}
	for i := range len(ascending) - 1 {
		a, b := decimalOf(t, ascending[i]).SortKey(), decimalOf(t, ascending[i+1]).SortKey()
		if len(a) != 39 || a >= b {
			t.Errorf("%s must sort before %s: %s, %s", ascending[i], ascending[i+1], a, b)
		}
	}
}

func TestDecimalLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		again, err := ParseDecimal(a.String())
		if err != nil || again != a {
			t.Fatalf("%q reads back as %q, %v", a, again, err)
		}
		text, _ := a.MarshalText()
		if err := again.UnmarshalText(text); err != nil || again != a {
			t.Fatalf("%q unmarshals as %q, %v", a, again, err)
		}
		exact, ok := new(big.Rat).SetString(a.String())
		if !ok || exact.Cmp(a.Rat()) != 0 {
			t.Fatalf("%q has the fraction %v", a, a.Rat())
		}
		want := a.Rat().Cmp(b.Rat())
		if a.Cmp(b) != want || strings.Compare(a.SortKey(), b.SortKey()) != want {
			t.Fatalf("%q and %q: Cmp %d, keys %s %s, want %d", a, b, a.Cmp(b), a.SortKey(), b.SortKey(), want)
		}
		if a.Neg().Neg() != a || a.Neg().Cmp(a) != -a.Sign() || a.Abs().Sign() < 0 || a.Neg().Abs() != a.Abs() {
			t.Fatalf("%q: Neg %q, Abs %q", a, a.Neg(), a.Abs())
		}
	})
}

func TestDecimalUnmarshalText(t *testing.T) {
	d := decimalOf(t, "5")
	if err := d.UnmarshalText([]byte("x")); err == nil || d.String() != "5" {
		t.Errorf("bad text: %v, left %q", err, d)
	}
	if err := d.UnmarshalText(nil); err != nil || d.IsSet() {
		t.Errorf("no text: %v, left %q", err, d)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"12.0", "-15", "+0", "0.000", "9999999999999999999", "1e3", "1,2", "", ".", "--1", "1\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			var pe *ParseError
			if !errors.As(err, &pe) || pe.Offset < 0 || pe.Offset > len(s) || pe.Message == "" {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok || exact.Cmp(d.Rat()) != 0 {
			t.Fatalf("%q read as %q", s, d)
		}
	})
}
