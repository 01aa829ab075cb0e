// Package coherence owns the judgement: the rules, one file each, the engine that asks them scope by scope, the tallies of their answers,
// the findings with evidence and explanation, and the verdict on every pair of plans. All of it is pure functions over facts that are
// handed in. It must not know stores, files, clocks or how a report looks.
//
// A scope is the unit of checking: one indicator with its targets and actual values for one branch of the regions, or one plan with its
// links. A rule reads nothing but the Facts of one scope and the Frame, which holds what every scope may need: plans, regions, indicators,
// calibres, departments and the links between plans. Where a rule about an indicator looks at targets beyond the branch, by Facts.in and
// Facts.find, that is noted, so that a change there has the scope checked again (Run.Touched). A rule answers every subject it has with PASS, FAIL, OPEN, NOT_COMPARABLE or NOT_APPLICABLE, and each answer is
// counted for its pair of plans, for one plan, or for its indicator where no plan is involved, as between two bulletins. So "nothing could
// be compared" never reads as "no conflict".
//
// Whatever the order in which plans, targets and scopes arrive, a Run comes out the same.
package coherence
