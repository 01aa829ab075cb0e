package coherence_test

// mutant is a fault that a rule could have: Old stands exactly once in File, and New takes its place.
type mutant struct {
	rule, file, fault string
	old, new          string
}

// mutants are, for every rule of the catalogue, at least one fault in its comparison, its direction or its tolerance.
func mutants() []mutant {
	return []mutant{
		{"R01", "side.go", "where up is good, a bare figure is taken for a ceiling",
			"case plan.Up:\n\t\tq.Comparator = quantity.GE", "case plan.Up:\n\t\tq.Comparator = quantity.LE"},
		{"R02", "r02.go", "what rounds to one number is called two",
			"same, err := quantity.Agree(a.quantity, b.quantity)", "same, err := a.quantity == b.quantity, error(nil)"},
		{"R03", "r03.go", "an upgrade is called a downgrade",
			"nu != plan.Binding || nl == plan.Binding", "nl != plan.Binding || nu == plan.Binding"},
		{"R04", "sum.go", "the parts' rounding is not forgiven",
			"tolerant, _ = exact.Tolerant()", "tolerant, _ = exact.Bounds()"},
		{"R05", "r05.go", "the control is held to the figure",
			"return follows(held, control, f.trend())", "return follows(control, held, f.trend())"},
		{"R06", "r06.go", "the calibres of two plans are held to what one plan owes itself",
			"answer.Outcome == NotComparable && len(own) > 0 && group[0] == own[0]", "answer.Outcome == NotComparable"},
		{"R07", "r07.go", "units that convert are called off the standard",
			"if unit.Dimension == standard.Dimension {", "if unit == standard {"},
		{"R08", "r08.go", "a base value isn't rounded",
			"base, ok := baseOf(q).Tolerant()", "base, ok := baseOf(q).Bounds()"},
		{"R09", "r09.go", "where down is good, the way leads up",
			"wanted, lax = ceiling, floor", "wanted, lax = floor, ceiling"},
		{"R10", "side.go", "what rounds to one number is called two",
			"quantity.Agree(a, b); err == nil && same {", "quantity.Agree(a, b); err == nil && same && a == b {"},
		{"R11", "r11.go", "twenty points late is in time",
			"new(big.Rat).Sub(p.elapsed, big.NewRat(1, 10))", "new(big.Rat).Sub(p.elapsed, big.NewRat(2, 10))"},
		{"R12", "r12.go", "what agrees is called impossible",
			"implied.Disjoint(natural(x.numerator))", "!implied.Disjoint(natural(x.numerator))"},
		{"R13", "r13.go", "whoever is not asked is to take up",
			"case !f.Frame.asked(e, u, l):", "case f.Frame.asked(e, u, l):"},
		{"R14", "r14.go", "what rests on something is called groundless",
			"case len(f.bases(p, e, kin)) == 0:", "case len(f.bases(p, e, kin)) != 0:"},
		{"R15", "r15.go", "the earlier text is called the later",
			"case order == plan.Before, order == plan.Same", "case order == plan.After, order == plan.Same"},
		{"R16", "r16.go", "the earlier text is called the later",
			"case order == plan.Before, order == plan.Same", "case order == plan.After, order == plan.Same"},
		{"R17", "r17.go", "a cycle is reported wherever it isn't yet",
			"case ring[0] != p.ID:", "case ring[0] == p.ID:"},
		{"R18", "r18.go", "the last year of a period is outside it",
			"start <= year && end != 0 && year <= end:", "start <= year && end != 0 && year < end:"},
		{"R19", "r19.go", "the lower plan's prohibition is called the superior's",
			"switch o.Upper {", "switch o.Lower {"},
		{"R20", "title.go", "only titles that hardly differ are near",
			"const nearTitle = 85", "const nearTitle = 95"},
		{"R21", "r21.go", "what is not forbidden is",
			"normalTitle(forbidden) == class", "normalTitle(forbidden) != class"},
		{"R22", "r22.go", "a cap of one year holds for the others",
			"c.Year == 0 || c.Year == limit.target.Year", "c.Year == 0 || c.Year != limit.target.Year"},
		{"R23", "r23.go", "a link that is there is called missing",
			"if len(step.By) == 0 {", "if len(step.By) != 0 {"},
		{"R24", "r24.go", "what ends in the target's year is late",
			"case own.end.Year() > t.Year:", "case own.end.Year() >= t.Year:"},
		{"R25", "r25.go", "works at two times are one",
			"known && !share", "known && share"},
	}
}
