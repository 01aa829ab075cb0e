package quantity

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Dimension names a unit kind: figures in units of one dimension convert exactly, others never do. The base of a dimension is the unit of
// ratio 1.
type Dimension string

// Unit is one line of the unit table. Units can be compared with ==. The zero Unit is that of dimensionless figures such as 0.59; a bare
// number is a unit kind of its own, since it may be a coefficient, an index or a share whose % was forgotten.
type Unit struct {
	Name      string    // canonical, as String prints it
	UCUM      string    // case-sensitive code; what UCUM lacks is an annotation: t{coal_equivalent}
	Dimension Dimension // "" = dimensionless
	Num, Den  int64     // one of this unit = Num/Den of the dimension's base; 0/0 in the zero Unit, which stands for 1/1
}

// Units lists the unit table in its order: dimension by dimension, small to large within one.
func Units() []Unit { return slices.Clone(table.units) }

// UnitByName finds a unit by its canonical name or an alias; "" finds the zero Unit. Spaces and width are ignored (NFKC), µ and μ, ² and 2
// are one, 每 and / are one. Case is ignored too, except that of m and M, which would turn milli into mega: kw finds kW, mW does not find MW.
func UnitByName(name string) (Unit, bool) {
	if i, ok := table.byName[name]; ok {
		return table.units[i], true
	}
	if i, ok := table.byKey[unitKey(name)]; ok {
		return table.units[i], true
	}
	return Unit{}, strings.TrimSpace(name) == ""
}

// Aliases returns the other names that find the unit, besides variants of spacing, width and case.
func (u Unit) Aliases() []string {
	if i, ok := table.byName[u.Name]; ok {
		return slices.Clone(table.aliases[i])
	}
	return nil
}

// Base returns the unit that figures of u's dimension are converted to before they are compared.
func (u Unit) Base() Unit { return table.base[u.Dimension] }

// Convert returns v of from as so many of to, exactly. Units of different dimensions are an error.
func Convert(v *big.Rat, from, to Unit) (*big.Rat, error) {
	if from.Dimension != to.Dimension {
		return nil, fmt.Errorf("%s is not convertible to %s: one is %s, the other %s",
			from.label(), to.label(), from.Dimension.label(), to.Dimension.label())
	}
	return new(big.Rat).Mul(v, new(big.Rat).Quo(from.ratio(), to.ratio())), nil
}

// ratio returns Num/Den, and 1 for the zero Unit.
func (u Unit) ratio() *big.Rat {
	if u.Den == 0 {
		return big.NewRat(1, 1)
	}
	return big.NewRat(u.Num, u.Den)
}

func (u Unit) label() string {
	if u.Name == "" {
		return "a dimensionless number"
	}
	return u.Name
}

func (d Dimension) label() string {
	if d == "" {
		return "dimensionless"
	}
	return string(d)
}

// Chinese names the dimension as findings speak of it.
func (d Dimension) Chinese() string { return dimensionNames[d] }

// unitKey folds what may differ between two spellings of one unit.
func unitKey(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '^', r == '·', r == '⋅', r == '\u200b':
			return -1
		case r == '每', r == '∕', r == '⁄':
			return '/'
		case r == 'm', r == 'M':
			return r
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// longestTypo bounds the work of nearestUnits: what is much longer than every unit is no misspelt one.
const longestTypo = 24

// nearestUnits returns up to three names that a person may have meant by name, most likely first; none when nothing is near.
func nearestUnits(name string) []string {
	type candidate struct {
		name     string
		distance int
	}
	key := []rune(unitKey(name))
	if len(key) > longestTypo {
		return nil
	}
	limit := max(1, len(key)/2)
	var found []candidate
	for i, u := range table.units {
		best := limit + 1
		for _, alias := range append([]string{u.Name}, table.aliases[i]...) {
			best = min(best, distance(key, []rune(unitKey(alias))))
		}
		if best <= limit {
			found = append(found, candidate{u.Name, best})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range found[:min(3, len(found))] {
		names = append(names, c.name)
	}
	return names
}

// distance is Levenshtein's: how many runes to insert, delete or replace. Case alone costs nothing, so that mw is nearest to MW.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ra := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, rb := range b {
			cost := 1
			if unicode.ToLower(ra) == unicode.ToLower(rb) {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
