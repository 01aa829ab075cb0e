package plan

import (
	"fmt"
	"time"
)

// Date is a calendar date with the precision that was published: "2021", "2021-09" or
// "2021-09-30"; "" is a date that no source states. Its text order is calendar order as far as
// the precisions allow.
type Date string

var dateLayouts = map[int]string{4: "2006", 7: "2006-01", 10: "2006-01-02"}

// ParseDate accepts exactly the three printed precisions.
func ParseDate(s string) (Date, error) {
	layout, ok := dateLayouts[len(s)]
	if ok {
		if _, err := time.Parse(layout, s); err == nil {
			return Date(s), nil
		}
	}
	return "", fmt.Errorf("saw date %q, wanted a year, a month or a day such as 2021, 2021-09 or 2021-09-30", s)
}

// Year is the calendar year, 0 when the date is not stated.
func (d Date) Year() int {
	if len(d) < 4 {
		return 0
	}
	var year int
	for _, c := range d[:4] {
		year = year*10 + int(c-'0')
	}
	return year
}

// Order is how two dates stand in time.
type Order int

const (
	Before Order = iota - 1
	Same         // the same printed date
	After
	Unordered // one contains the other, or one is not stated: the precision leaves the order open
)

// Compare orders d against e without guessing: "2021" against "2021-09" is Unordered.
func (d Date) Compare(e Date) Order {
	if d == "" || e == "" {
		return Unordered
	}
	n := min(len(d), len(e))
	switch {
	case d[:n] < e[:n]:
		return Before
	case d[:n] > e[:n]:
		return After
	case len(d) == len(e):
		return Same
	}
	return Unordered
}
