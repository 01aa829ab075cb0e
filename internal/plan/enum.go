package plan

// An enum is a closed list of words, the same in Go, GraphQL, Cypher, YAML and the databases.
type enum interface{ Values() []string }

type PlanLevel string

const (
	National    PlanLevel = "NATIONAL"
	Provincial  PlanLevel = "PROVINCIAL"
	Prefectural PlanLevel = "PREFECTURAL"
	County      PlanLevel = "COUNTY"
)

func (PlanLevel) Values() []string { return words(National, Provincial, Prefectural, County) }

// Rank grows downwards: 1 is national, 4 is county, 0 is unknown.
func (l PlanLevel) Rank() int {
	for i, v := range l.Values() {
		if v == string(l) {
			return i + 1
		}
	}
	return 0
}

type PlanCategory string

const (
	Development PlanCategory = "DEVELOPMENT"
	Spatial     PlanCategory = "SPATIAL"
	Special     PlanCategory = "SPECIAL"
	Regional    PlanCategory = "REGIONAL"
)

func (PlanCategory) Values() []string { return words(Development, Spatial, Special, Regional) }

type PlanForm string

const (
	FormPlan      PlanForm = "PLAN"
	FormProgramme PlanForm = "PROGRAMME"
	FormOpinion   PlanForm = "OPINION"
	FormAnnual    PlanForm = "ANNUAL"
)

func (PlanForm) Values() []string { return words(FormPlan, FormProgramme, FormOpinion, FormAnnual) }

type PlanStatus string

const (
	Draft      PlanStatus = "DRAFT"
	Issued     PlanStatus = "ISSUED"
	Superseded PlanStatus = "SUPERSEDED"
)

func (PlanStatus) Values() []string { return words(Draft, Issued, Superseded) }

type SectionRank string

const (
	Part       SectionRank = "PART"
	Chapter    SectionRank = "CHAPTER"
	Subsection SectionRank = "SECTION"
)

func (SectionRank) Values() []string { return words(Part, Chapter, Subsection) }

// Action is what a task does to a class of objects; opposite actions on one class conflict.
type Action string

const (
	Expand   Action = "EXPAND"
	Permit   Action = "PERMIT"
	Reduce   Action = "REDUCE"
	Prohibit Action = "PROHIBIT"
	Protect  Action = "PROTECT"
)

func (Action) Values() []string { return words(Expand, Permit, Reduce, Prohibit, Protect) }

// Trend says which way an indicator is meant to go.
type Trend string

const (
	Up   Trend = "UP"
	Down Trend = "DOWN"
)

func (Trend) Values() []string { return words(Up, Down) }

type Nature string

const (
	Binding  Nature = "BINDING"
	Expected Nature = "EXPECTED"
	Unstated Nature = "UNSTATED"
)

func (Nature) Values() []string { return words(Binding, Expected, Unstated) }

type ObservationRole string

const (
	Baseline ObservationRole = "BASELINE"
	Status   ObservationRole = "STATUS"
)

func (ObservationRole) Values() []string { return words(Baseline, Status) }

type RegionType string

const (
	Administrative RegionType = "ADMINISTRATIVE"
	Basin          RegionType = "BASIN"
	Functional     RegionType = "FUNCTIONAL"
)

func (RegionType) Values() []string { return words(Administrative, Basin, Functional) }

type OrganizationType string

const (
	Department OrganizationType = "DEPARTMENT"
	Government OrganizationType = "GOVERNMENT"
	Party      OrganizationType = "PARTY"
)

func (OrganizationType) Values() []string { return words(Department, Government, Party) }

type ZoneType string

const (
	EcologicalRedline ZoneType = "ECOLOGICAL_REDLINE"
	PermanentFarmland ZoneType = "PERMANENT_FARMLAND"
	UrbanBoundary     ZoneType = "URBAN_BOUNDARY"
	OtherZone         ZoneType = "OTHER"
)

func (ZoneType) Values() []string {
	return words(EcologicalRedline, PermanentFarmland, UrbanBoundary, OtherZone)
}

type LinkType string

const (
	Obeys           LinkType = "OBEYS"
	BasedOn         LinkType = "BASED_ON"
	CoordinatesWith LinkType = "COORDINATES_WITH"
	Supports        LinkType = "SUPPORTS"
	Supersedes      LinkType = "SUPERSEDES"
	Refines         LinkType = "REFINES"
	Implements      LinkType = "IMPLEMENTS"
	Allocates       LinkType = "ALLOCATES"
	ContributesTo   LinkType = "CONTRIBUTES_TO"
	DependsOn       LinkType = "DEPENDS_ON"
	MeasuredBy      LinkType = "MEASURED_BY"
)

func (LinkType) Values() []string {
	return words(Obeys, BasedOn, CoordinatesWith, Supports, Supersedes,
		Refines, Implements, Allocates, ContributesTo, DependsOn, MeasuredBy)
}

// BetweenPlans says whether the type links plans; the others link elements.
func (t LinkType) BetweenPlans() bool {
	switch t {
	case Obeys, BasedOn, CoordinatesWith, Supports, Supersedes:
		return true
	}
	return false
}

// LinkEnds names one end of a link or both.
type LinkEnds string

const (
	FromEnd  LinkEnds = "FROM"
	ToEnd    LinkEnds = "TO"
	BothEnds LinkEnds = "BOTH"
)

func (LinkEnds) Values() []string { return words(FromEnd, ToEnd, BothEnds) }

// Reviewers are the ends whose plans have to look at a link again when either end is no longer what it was: the one that has to follow the
// other, and both where neither has to.
func (t LinkType) Reviewers() LinkEnds {
	switch t {
	case CoordinatesWith:
		return BothEnds
	case Allocates:
		return ToEnd // what is allocated to
	}
	return FromEnd
}

type ReviewState string

const (
	Unreviewed ReviewState = "UNREVIEWED"
	Reviewed   ReviewState = "REVIEWED"
	Suspect    ReviewState = "SUSPECT"
)

func (ReviewState) Values() []string { return words(Unreviewed, Reviewed, Suspect) }

type Confidence string

const (
	Stated     Confidence = "STATED"
	Derived    Confidence = "DERIVED"
	Unverified Confidence = "UNVERIFIED"
)

func (Confidence) Values() []string { return words(Stated, Derived, Unverified) }

type Severity string

const (
	Blocker  Severity = "BLOCKER"
	SevError Severity = "ERROR"
	Warning  Severity = "WARNING"
	Info     Severity = "INFO"
)

func (Severity) Values() []string { return words(Blocker, SevError, Warning, Info) }

// Dimension is which of the four demands on plans taken together a rule belongs to.
type Dimension string

const (
	Complementary Dimension = "COMPLEMENTARY" // 互为补充
	Consistent    Dimension = "CONSISTENT"    // 协调一致
	NoConflict    Dimension = "NO_CONFLICT"   // 不冲突
	Executable    Dimension = "EXECUTABLE"    // 可执行、能落实
)

func (Dimension) Values() []string {
	return words(Complementary, Consistent, NoConflict, Executable)
}

type FindingState string

const (
	FindingOpen     FindingState = "OPEN"
	FindingAnswered FindingState = "ANSWERED"
	FindingGone     FindingState = "GONE" // no longer reported, kept for its answer
)

func (FindingState) Values() []string { return words(FindingOpen, FindingAnswered, FindingGone) }

// Decision is how the plan's owner answers a finding: 采纳, 部分采纳, 不采纳.
type Decision string

const (
	Accepted          Decision = "ACCEPTED"
	PartiallyAccepted Decision = "PARTIALLY_ACCEPTED"
	Rejected          Decision = "REJECTED"
)

func (Decision) Values() []string { return words(Accepted, PartiallyAccepted, Rejected) }

func words[E ~string](values ...E) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
