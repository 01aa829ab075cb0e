// Package quantity owns what a plan's figure means: exact decimals that remember how they were printed, units with exact ratios, the
// comparators and kinds of a target, the text form of it all, and the intervals that two figures are compared by. It is pure arithmetic:
// no binary floating point takes part in any answer. It must not know plans, indicators, regions, years of validity, stores or rules.
//
// # Text form
//
// A quantity is written as it stands in plan documents. The grammar, with optional parts in brackets:
//
//	quantity   = [ "aspire" ] ( numeric | "qualitative:" words | "delegated:" words )
//	numeric    = [ comparator ] amount [ unit ] [ suffix ]
//	comparator = ">=" | ">" | "<=" | "<" | "=" | "about"          none: the figure itself (EQ), or a RANGE
//	amount     = number | number ".." number                      the latter takes no comparator
//	number     = [ "+" | "-" ] digits [ "." digits ]              at most 19 digits, no exponent
//	suffix     = "vs" year [ "(" number [ unit ] ")" ]            a change against that year, and the value it had then
//	           | "cumulative"                                     CUMULATIVE: a total over the span of the target
//	           | "per year"                                       RATE_PER_YEAR: an average yearly rate
//	           | "level"                                          LEVEL, where the sign of a negative level would say change
//
// The kind follows from what is written and from nothing else:
//
//	cumulative, per year, level    the kind they name; a sign belongs to the number
//	unit 倍                         MULTIPLE, of the year after vs where one is stated
//	a sign or vs, and unit %       PERCENT_CHANGE, which needs its sign: +15 % or -15 %
//	a sign or vs, any other unit   POINT_CHANGE, an absolute change, which needs its sign too: +3 百分点, -0.6 岁
//	neither                        LEVEL
//
// The comparator of a change bounds the signed change: a fall of 10 % or more is "<= -10 % vs 2020". A change without vs is one whose base
// is not stated. Examples:
//
//	>= 23.5 %                       about 65 %                    33..37 %
//	3000 万kW                       -15 % vs 2020                 -17.9 % vs 2020 (28 µg/m³)
//	+3 百分点 vs 2020                +0.6 岁 vs 2020                3000 万kW cumulative
//	about 5 % per year              <= 1.3 倍 vs 2020              -5 ℃ level
//	aspire >= 35 %                  qualitative: 持续改善           delegated: 不超过国家下达指标
//
// [Parse] is lenient where nothing can be misread: spacing, full-width forms, ≥ ≤ ≈ ~ for the comparators, U+2212 for the minus, ~ or – in a
// range, 2020年 for the year, every alias of a unit. [Quantity.String] writes one form only, and Parse reads it back to the same quantity.
package quantity
