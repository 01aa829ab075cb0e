package coherence

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"xianjie/internal/law"
	"xianjie/internal/plan"
)

// Rule is one way in which plans can fail to cohere. Its id is stable for ever.
type Rule struct {
	ID        string // R02
	Name      string // in English
	Title     string // in Chinese
	Dimension plan.Dimension
	Severity  plan.Severity // the most severe finding that it reports
	Scopes    []ScopeKind   // that Check is asked about
	Doc       Doc
	// Check answers about all subjects of a scope. Compare answers about one pair of targets of an indicator; it is called for every pair
	// of related targets, see Facts.pairs. A rule has at least one of them.
	Check   func(*Facts, *Report)
	Compare func(*Facts, pair, *Report)
	// Room finds what is left to the figure that has to change, from the targets that a finding is about, in their order; nil for rules whose
	// findings no other figure settles.
	Room   func(f *Facts, found *plan.Finding, about []*side) *search
	Remedy string // a sentence: what those have to do who yield, where that is not in Yields.Reason
}

// scopes are the kinds of scope that the rule needs.
func (r *Rule) scopes() []ScopeKind {
	if r.Compare != nil && !slices.Contains(r.Scopes, IndicatorScope) {
		return append([]ScopeKind{IndicatorScope}, r.Scopes...)
	}
	return r.Scopes
}

// Doc is a rule's documentation as data, in Chinese. Its examples are executed: by tests, and whenever the rule is explained.
type Doc struct {
	Compares       string
	FailsWhen      string
	SeverityReason string // which severity when, and why
	Basis          []law.Citation
	Examples       []Example
}

// Example is a small register and the answer that the rule gives to it.
type Example struct {
	Given   string // what stands in the plans, in Chinese
	Answer  Outcome
	Objects func() []plan.Object
}

// Rules is the catalogue, in the order of ids; the slice is the caller's own.
func Rules() []*Rule {
	return []*Rule{
		targetBelowSuperior(), peerTargetMismatch(), natureDowngrade(), allocationSum(), capFloor(), calibreBreak(), unitKind(), baseMismatch(),
		pathRegression(), baselineMismatch(), staleOrLagging(), accountingIdentity(), upperNotCovered(), lowerWithoutBasis(),
		requiredBasisMissing(), superiorNewer(), precedenceCycle(), periodMisaligned(), opposedActions(), doubleCount(), projectOnControlLine(),
		resourceOverdraw(), notExecutable(), lateDependency(), leadConflict(),
	}
}

// RulesNamed picks rules from the catalogue by id, all of them when none is given; an id that doesn't exist is a BAD_USER_INPUT.
func RulesNamed(ids ...string) ([]*Rule, error) {
	all := Rules()
	if len(ids) == 0 {
		return all, nil
	}
	var picked []*Rule
	var errs plan.Errors
	for _, id := range ids {
		rule := find(all, id)
		if rule == nil {
			errs = append(errs, plan.Errorf(plan.BadUserInput, "rule", "saw rule %q, wanted one of %s", id, strings.Join(idsOf(all), ", ")))
			continue
		}
		picked = append(picked, rule)
	}
	return picked, errs.Err()
}

func find(rules []*Rule, id string) *Rule {
	for _, r := range rules {
		if strings.EqualFold(r.ID, id) {
			return r
		}
	}
	return nil
}

func idsOf(rules []*Rule) []string {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	return ids
}

// EngineVersion grows whenever the same rules over the same facts may answer otherwise than before.
const EngineVersion = 8

// RuleSet is a digest of the catalogue and the engine: runs of one RuleSet over the same facts come out the same.
func RuleSet() string {
	h := sha256.New()
	fmt.Fprintln(h, EngineVersion)
	for _, r := range Rules() {
		fmt.Fprintln(h, r.ID, r.Name, r.Title, r.Dimension, r.Severity, r.scopes(), r.Doc.Compares, r.Doc.FailsWhen, r.Doc.SeverityReason, r.Doc.Basis)
		for _, e := range r.Doc.Examples {
			fmt.Fprintln(h, e.Given, e.Answer)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
