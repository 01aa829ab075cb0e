package coherence

import (
	"xianjie/internal/plan"
	"xianjie/internal/quantity"
)

// Outcome is a rule's answer about one subject.
type Outcome string

// The outcomes.
const (
	Pass          Outcome = "PASS"
	Fail          Outcome = "FAIL"
	Open          Outcome = "OPEN"           // something is missing; the reason says what
	NotComparable Outcome = "NOT_COMPARABLE" // and the reason says why
	NotApplicable Outcome = "NOT_APPLICABLE" // the rule doesn't speak of such a subject
)

// Chinese is the outcome as a planner reads it.
func (o Outcome) Chinese() string {
	switch o {
	case Pass:
		return "通过"
	case Fail:
		return "不通过"
	case Open:
		return "待定"
	case NotComparable:
		return "不可比"
	case NotApplicable:
		return "不适用"
	}
	return string(o)
}

// outcomes are all outcomes, in the order of their positions.
func outcomes() [5]Outcome { return [...]Outcome{Pass, Fail, Open, NotComparable, NotApplicable} }

func (o Outcome) position() uint8 {
	for i, other := range outcomes() {
		if o == other {
			return uint8(i)
		}
	}
	panic("coherence: " + string(o) + " is no outcome")
}

// ReasonCode says for programs why an answer is neither PASS nor FAIL. The codes of quantity.ReasonCode are among them.
type ReasonCode string

// The codes beside those of package quantity.
const (
	SameSeries         ReasonCode = "SAME_SERIES"         // two editions of one plan
	NotInForce         ReasonCode = "NOT_IN_FORCE"        // a draft, or no longer in force
	BesideFirm         ReasonCode = "BESIDE_FIRM"         // an aspiration beside a firm value of the same plan
	RegionPart         ReasonCode = "REGION_PART"         // one region is, or shares, a part of the other
	YearUnstated       ReasonCode = "YEAR_UNSTATED"       // at least one target has no year
	CalibreDiffers     ReasonCode = "CALIBRE_DIFFERS"     // two statistical definitions
	CalibreOneSided    ReasonCode = "CALIBRE_ONE_SIDED"   // one of the definitions is not stated
	SpanDiffers        ReasonCode = "SPAN_DIFFERS"        // totals or averages over different years
	SpanOneSided       ReasonCode = "SPAN_ONE_SIDED"      // one of the spans is not stated
	OppositeBounds     ReasonCode = "OPPOSITE_BOUNDS"     // the lower plan sets no bound on the side that the upper one bounds
	DateUnstated       ReasonCode = "DATE_UNSTATED"       // no date of issue is stated
	DatePrecision      ReasonCode = "DATE_PRECISION"      // the dates are printed too coarsely to say which came first
	BasisUnrecorded    ReasonCode = "BASIS_UNRECORDED"    // no link to the basis that the law demands is recorded
	NothingShared      ReasonCode = "NOTHING_SHARED"      // no rule had what it needs of both plans
	NatureUnstated     ReasonCode = "NATURE_UNSTATED"     // at least one of the natures is not stated
	UnitUnstated       ReasonCode = "UNIT_UNSTATED"       // the vocabulary gives the indicator no standard unit
	SameBase           ReasonCode = "SAME_BASE"           // both count from the same base: the figures compare as they stand
	BaseUnstated       ReasonCode = "BASE_UNSTATED"       // a base year or base value is not stated
	PeriodUnstated     ReasonCode = "PERIOD_UNSTATED"     // no source says when it was measured
	PeriodDiffers      ReasonCode = "PERIOD_DIFFERS"      // a part of a year against a year, or spans of other lengths
	TrendUnstated      ReasonCode = "TREND_UNSTATED"      // the indicator's direction is not known
	NoPath             ReasonCode = "NO_PATH"             // totals, rates and aspirations have no level to hold from year to year
	NotMeasured        ReasonCode = "NOT_MEASURED"        // nothing was measured between the base and the target year
	ActualsDiffer      ReasonCode = "ACTUALS_DIFFER"      // the sources contradict each other about what was measured
	BasisInvalid       ReasonCode = "BASIS_INVALID"       // R15 reports the basis itself
	ReportedOnce       ReasonCode = "REPORTED_ONCE"       // the finding stands at another plan
	TermUnstated       ReasonCode = "TERM_UNSTATED"       // the period of a plan is not recorded
	LinksUnrecorded    ReasonCode = "LINKS_UNRECORDED"    // no links between elements are recorded: not registered is not "not written"
	TakenElsewhere     ReasonCode = "TAKEN_ELSEWHERE"     // another plan takes it up
	OtherPeriod        ReasonCode = "OTHER_PERIOD"        // it is due outside the other plan's period
	WorkUnrecorded     ReasonCode = "WORK_UNRECORDED"     // no tasks and projects are recorded
	StartUnstated      ReasonCode = "START_UNSTATED"      // no start is stated
	ControlSpeaks      ReasonCode = "CONTROL_SPEAKS"      // one side is a statutory control: R05 answers
	ControlLater       ReasonCode = "CONTROL_LATER"       // the control was issued after the year of the target
	NotSummable        ReasonCode = "NOT_SUMMABLE"        // shares and changes of parts don't add up to those of the whole
	RegionOutside      ReasonCode = "REGION_OUTSIDE"      // a figure is allocated to what is no part of the region
	RegionOverlap      ReasonCode = "REGION_OVERLAP"      // parts that share an area would be counted twice
	YearDiffers        ReasonCode = "YEAR_DIFFERS"        // a figure is allocated to another year
	IndicatorOther     ReasonCode = "INDICATOR_OTHER"     // a figure is allocated to another indicator
	PartMissing        ReasonCode = "PART_MISSING"        // parts of the region have no figure that counts
	PartsUnknown       ReasonCode = "PARTS_UNKNOWN"       // the register doesn't know what the region consists of
	TermMissing        ReasonCode = "TERM_MISSING"        // no target is registered for a term of an identity
	DemandUnstated     ReasonCode = "DEMAND_UNSTATED"     // a project's demand has no number or no year
	CapUnstated        ReasonCode = "CAP_UNSTATED"        // no cap is registered for the resource
	DenominatorDiffers ReasonCode = "DENOMINATOR_DIFFERS" // shares of two totals
)

// The codes of what is said about tasks and projects.
const (
	Apart            ReasonCode = "APART"              // two works of one title at two places or times
	NoOpposite       ReasonCode = "NO_OPPOSITE"        // the action goes together with any other
	TimeUnstated     ReasonCode = "TIME_UNSTATED"      // it can't be said whether two works go on at one time
	RegionUnstated   ReasonCode = "REGION_UNSTATED"    // no source says where a work is
	LeadUnstated     ReasonCode = "LEAD_UNSTATED"      // no source says who leads
	LeadShared       ReasonCode = "LEAD_SHARED"        // departments contribute, and no source says who is to see it done
	TakenUp          ReasonCode = "TAKEN_UP"           // a plan takes up what the plan that it follows has set
	TitleShort       ReasonCode = "TITLE_SHORT"        // a title names a field rather than one work
	ZoneUnstated     ReasonCode = "ZONE_UNSTATED"      // no source says in which zones a project is
	ZoneRuleUnstated ReasonCode = "ZONE_RULE_UNSTATED" // no source says what a zone forbids
	ClassUnstated    ReasonCode = "CLASS_UNSTATED"     // no source says what class of objects a project is
)

// Reason is a code for programs and words in Chinese for people.
type Reason struct {
	Code ReasonCode
	Text string
}

func quantityReason(r quantity.Reason) Reason {
	return Reason{ReasonCode(r.Code), r.Words}
}

// Answer is what a rule says about one subject: two plans, in any order, or one plan and B empty. What no plan states, such as the figures
// of two bulletins, is a subject of its indicator alone: A and B are empty, and the answer is counted for the indicator.
type Answer struct {
	A, B      plan.ID // see key
	Indicator plan.ID // "" where the subject is no indicator
	Outcome   Outcome
	Reason    Reason // of OPEN, NOT_COMPARABLE and NOT_APPLICABLE
	// Finding goes with every FAIL, and with a PASS that informs. Subjects are the stable ids that the finding is recognised by in later
	// runs: its fingerprint is made of them and the rule, and of nothing else.
	Finding  *plan.Finding
	Subjects []plan.ID

	key pairKey // in the place of A and B, where it is at hand; else zero
}

// NotChecked says that a rule could not decide about an indicator between two plans, about one plan (B empty), or about what no plan states
// (both empty). Several subjects with one reason are one entry.
type NotChecked struct {
	A, B      plan.ID // A < B unless B is empty
	Indicator plan.ID
	Rule      string
	Outcome   Outcome // OPEN or NOT_COMPARABLE
	Reason    Reason  // with the least text of all subjects
	Count     int     // of subjects
}

// Counts are answers by outcome.
type Counts struct {
	Passed, Failed, Open, NotComparable, NotApplicable int
}

func (c *Counts) add(o Outcome, n int) {
	switch o {
	case Pass:
		c.Passed += n
	case Fail:
		c.Failed += n
	case Open:
		c.Open += n
	case NotComparable:
		c.NotComparable += n
	case NotApplicable:
		c.NotApplicable += n
	}
}

func (c *Counts) sum(d Counts) {
	c.Passed += d.Passed
	c.Failed += d.Failed
	c.Open += d.Open
	c.NotComparable += d.NotComparable
	c.NotApplicable += d.NotApplicable
}
