// Package plan owns the domain: plans, their elements, targets and links, ids, change sets, coded
// errors, and the one description of all of it that stores, readers, writers and the GraphQL
// boundary are driven by. It must not know how anything is stored, read or shown.
//
// A struct's field tags are the description: `xj:"name,options"`. The name is the field's name
// everywhere (GraphQL, YAML, Cypher; a dot opens a value object and is an underscore in SQL).
// Options: required, index (filters and orders use it), search (full text), noted (the register notes it by itself), and for references
// edge=Kind|Kind (what it may point to), inverse=name (what the way back is called), and owner (the
// object's id begins with the code of what it points to).
// A zero value means "no source states it" and is NULL in every store; booleans are never null.
package plan

import (
	"time"

	"xianjie/internal/quantity"
)

// Meta is what every stored object has. Version grows by one with each change; the times are set
// by the store.
type Meta struct {
	ID        ID        `xj:"id"`
	Code      string    `xj:"code,index"` // ID.Local: the element's own code, stable across editions
	Version   int64     `xj:"version"`
	CreatedAt time.Time `xj:"createdAt"`
	UpdatedAt time.Time `xj:"updatedAt"`
}

// Base gives access to the common part of any object.
func (m *Meta) Base() *Meta { return m }

// Object is a pointer to one of the structs below.
type Object interface{ Base() *Meta }

// Source says where an object's facts were published. Ref is the fact's own id (several are
// separated by spaces) in the list of sources kept beside the plan documents.
type Source struct {
	Ref        string     `xj:"ref"`
	Document   string     `xj:"document"`
	Publisher  string     `xj:"publisher"`
	Date       Date       `xj:"date"`
	Address    string     `xj:"address"`
	Locator    string     `xj:"locator"`
	Confidence Confidence `xj:"confidence"`
}

// Plan is one text 规划.
type Plan struct {
	Meta
	Title               string       `xj:"title,required,index,search"`
	Aliases             []string     `xj:"aliases,search"`
	Level               PlanLevel    `xj:"level,required,index"`
	Category            PlanCategory `xj:"category,required,index"`
	Form                PlanForm     `xj:"form,required,index"`
	Status              PlanStatus   `xj:"status,required,index"`
	Series              string       `xj:"series,index"`
	DocumentNumber      string       `xj:"documentNumber,index,search"`
	PeriodStart         Date         `xj:"periodStart,index"`
	PeriodEnd           Date         `xj:"periodEnd,index"`
	PeriodReason        string       `xj:"periodReason"` // why the period is not the development plan's
	AdoptedAt           Date         `xj:"adoptedAt"`
	IssuedAt            Date         `xj:"issuedAt,index"`
	PublishedAt         Date         `xj:"publishedAt"`
	AnnouncedIndicators int          `xj:"announcedIndicators"` // how many the text says it has
	AnnouncedBinding    int          `xj:"announcedBinding"`
	AnnouncedExpected   int          `xj:"announcedExpected"`
	Summary             string       `xj:"summary,search"`
	Note                string       `xj:"note"`
	Source              Source       `xj:"source"`
	Region              ID           `xj:"region,required,edge=Region,inverse=plans"`
	Leads               []ID         `xj:"leads,edge=Organization,inverse=ledPlans"`
	Issuers             []ID         `xj:"issuers,edge=Organization,inverse=issuedPlans"`
}

// Section 章节 is one heading of a plan's outline.
type Section struct {
	Meta
	Title  string      `xj:"title,required,search"`
	Number string      `xj:"number"` // as printed: 第一章
	Rank   SectionRank `xj:"rank,required,index"`
	Order  int         `xj:"order"`
	Note   string      `xj:"note"`
	Source Source      `xj:"source"`
	Plan   ID          `xj:"plan,required,owner,edge=Plan,inverse=sections"`
	Parent ID          `xj:"parent,edge=Section,inverse=children"`
}

// Principle 基本原则.
type Principle struct {
	Meta
	Title   string `xj:"title,required,search"`
	Text    string `xj:"text,search"`
	Order   int    `xj:"order"`
	Note    string `xj:"note"`
	Source  Source `xj:"source"`
	Plan    ID     `xj:"plan,required,owner,edge=Plan,inverse=principles"`
	Section ID     `xj:"section,edge=Section,inverse=principles"`
}

// Goal 主要目标 is qualitative; its numbers are targets.
type Goal struct {
	Meta
	Title   string `xj:"title,required,search"`
	Text    string `xj:"text,search"`
	Year    int    `xj:"year,index"`
	Order   int    `xj:"order"`
	Note    string `xj:"note"`
	Source  Source `xj:"source"`
	Plan    ID     `xj:"plan,required,owner,edge=Plan,inverse=goals"`
	Parent  ID     `xj:"parent,edge=Goal,inverse=children"`
	Section ID     `xj:"section,edge=Section,inverse=goals"`
}

// Task 重点任务.
type Task struct {
	Meta
	Title       string `xj:"title,required,search"`
	Text        string `xj:"text,search"`
	Order       int    `xj:"order"`
	Deadline    Date   `xj:"deadline,index"`
	Action      Action `xj:"action,index"`
	ObjectClass string `xj:"objectClass,index,search"` // what the action is done to
	Funding     string `xj:"funding"`                  // where the money comes from, as printed
	Note        string `xj:"note"`
	Source      Source `xj:"source"`
	Plan        ID     `xj:"plan,required,owner,edge=Plan,inverse=tasks"`
	Parent      ID     `xj:"parent,edge=Task,inverse=children"`
	Section     ID     `xj:"section,edge=Section,inverse=tasks"`
	Leads       []ID   `xj:"leads,edge=Organization,inverse=ledTasks"`
	Supporting  []ID   `xj:"supporting,edge=Organization,inverse=supportedTasks"`
	Regions     []ID   `xj:"regions,edge=Region,inverse=tasks"`
}

// Project 重大工程.
type Project struct {
	Meta
	Title       string            `xj:"title,required,search"`
	Text        string            `xj:"text,search"`
	ObjectClass string            `xj:"objectClass,search"` // what is built or done, in the words of zones
	Order       int               `xj:"order"`
	Start       Date              `xj:"start,index"`
	End         Date              `xj:"end,index"`
	Investment  quantity.Quantity `xj:"investment"`
	Exemption   string            `xj:"exemption"` // record that allows it inside a forbidding zone
	Note        string            `xj:"note"`
	Source      Source            `xj:"source"`
	Plan        ID                `xj:"plan,required,owner,edge=Plan,inverse=projects"`
	Section     ID                `xj:"section,edge=Section,inverse=projects"`
	Leads       []ID              `xj:"leads,edge=Organization,inverse=ledProjects"`
	Regions     []ID              `xj:"regions,edge=Region,inverse=projects"`
	Zones       []ID              `xj:"zones,edge=Zone,inverse=projects"`
}

// Demand is what a project takes of a resource in a region and year.
type Demand struct {
	Meta
	Year      int               `xj:"year,index"`
	Quantity  quantity.Quantity `xj:"quantity"`
	Note      string            `xj:"note"`
	Source    Source            `xj:"source"`
	Project   ID                `xj:"project,required,owner,edge=Project,inverse=demands"`
	Indicator ID                `xj:"indicator,required,edge=Indicator,inverse=demands"`
	Region    ID                `xj:"region,edge=Region,inverse=demands"`
}

// Safeguard 保障措施.
type Safeguard struct {
	Meta
	Title   string `xj:"title,required,search"`
	Text    string `xj:"text,search"`
	Order   int    `xj:"order"`
	Note    string `xj:"note"`
	Source  Source `xj:"source"`
	Plan    ID     `xj:"plan,required,owner,edge=Plan,inverse=safeguards"`
	Section ID     `xj:"section,edge=Section,inverse=safeguards"`
}

// Indicator 指标 is the concept that targets and observations give values of.
type Indicator struct {
	Meta
	Name        string   `xj:"name,required,index,search"`
	Aliases     []string `xj:"aliases,search"`
	Unit        string   `xj:"unit"` // standard unit, a name of the unit table
	Trend       Trend    `xj:"trend,index"`
	Summable    bool     `xj:"summable"` // over regions
	Definition  string   `xj:"definition,search"`
	Note        string   `xj:"note"`
	Source      Source   `xj:"source"`
	Broader     []ID     `xj:"broader,edge=Indicator,inverse=narrower"`
	Numerator   ID       `xj:"numerator,edge=Indicator,inverse=numeratorOf"` // of an indicator that is one amount per another
	Denominator ID       `xj:"denominator,edge=Indicator,inverse=denominatorOf"`
	Lead        ID       `xj:"lead,edge=Organization,inverse=ledIndicators"`
}

// Calibre 口径 is one statistical definition of an indicator.
type Calibre struct {
	Meta
	Name       string `xj:"name,required,index,search"`
	Scope      string `xj:"scope,search"`
	Edition    string `xj:"edition"` // of the survey
	Method     string `xj:"method"`
	Definition string `xj:"definition,search"`
	Note       string `xj:"note"`
	Source     Source `xj:"source"`
	Indicator  ID     `xj:"indicator,required,owner,edge=Indicator,inverse=calibres"`
}

// Target 目标值 is what a plan sets. Year is the year it is due, YearStart opens a span such as
// 2021–2025; a target whose year no source states has neither.
type Target struct {
	Meta
	Quantity  quantity.Quantity `xj:"quantity,required"`
	YearStart int               `xj:"yearStart"`
	Year      int               `xj:"year,index"`
	Nature    Nature            `xj:"nature,required,index"`
	Control   string            `xj:"control"`     // law and article that make the figure a control that no plan may break
	Text      string            `xj:"text,search"` // the plan's own phrase, as quoted
	Order     int               `xj:"order"`
	Note      string            `xj:"note"`
	Source    Source            `xj:"source"`
	Plan      ID                `xj:"plan,required,owner,edge=Plan,inverse=targets"`
	Indicator ID                `xj:"indicator,required,edge=Indicator,inverse=targets,with=region"`
	Calibre   ID                `xj:"calibre,edge=Calibre,inverse=targets"`
	Region    ID                `xj:"region,required,edge=Region,inverse=targets"`
	Section   ID                `xj:"section,edge=Section,inverse=targets"`
}

// Observation 实际值 is what was measured over a period: a day, a month, a year, or a span of them.
type Observation struct {
	Meta
	Quantity    quantity.Quantity `xj:"quantity,required"`
	PeriodStart Date              `xj:"periodStart"`
	PeriodEnd   Date              `xj:"periodEnd,index"`
	Role        ObservationRole   `xj:"role,index"`
	Text        string            `xj:"text,search"`
	Note        string            `xj:"note"`
	Source      Source            `xj:"source"`
	Indicator   ID                `xj:"indicator,required,edge=Indicator,inverse=observations,with=region"`
	Calibre     ID                `xj:"calibre,edge=Calibre,inverse=observations"`
	Region      ID                `xj:"region,required,edge=Region,inverse=observations"`
	Plan        ID                `xj:"plan,edge=Plan,inverse=observations"` // the plan that states it
}

// Region 区域.
type Region struct {
	Meta
	Name    string     `xj:"name,required,index,search"`
	Aliases []string   `xj:"aliases,search"`
	Type    RegionType `xj:"type,required,index"`
	Level   PlanLevel  `xj:"level,index"`
	GBCode  string     `xj:"gbCode,index"` // GB/T 2260
	Edition string     `xj:"edition"`      // of the code
	Note    string     `xj:"note"`
	Source  Source     `xj:"source"`
	Within  []ID       `xj:"within,edge=Region,inverse=parts"`
}

// Organization 部门.
type Organization struct {
	Meta
	Name    string           `xj:"name,required,index,search"`
	Aliases []string         `xj:"aliases,search"`
	Type    OrganizationType `xj:"type,required,index"`
	Note    string           `xj:"note"`
	Source  Source           `xj:"source"`
	Region  ID               `xj:"region,edge=Region,inverse=organizations"`
	Parent  ID               `xj:"parent,edge=Organization,inverse=children"`
}

// Zone 管控分区.
type Zone struct {
	Meta
	Name    string   `xj:"name,required,index,search"`
	Type    ZoneType `xj:"type,required,index"`
	Rule    string   `xj:"rule,search"`
	Forbids []string `xj:"forbids,search"` // object classes
	Note    string   `xj:"note"`
	Source  Source   `xj:"source"`
	Region  ID       `xj:"region,edge=Region,inverse=zones"`
}

// Link 衔接关系. Its ID is LinkID of its type and ends. Once it was reviewed, the register compares its ends with what they were then: where
// one has changed, or a superior text came out later, the link is SUSPECT until it is reviewed again.
type Link struct {
	Meta
	Type         LinkType    `xj:"type,required,index"`
	Article      string      `xj:"article"` // article or clause that the link rests on
	State        ReviewState `xj:"state,required,index"`
	Suspect      LinkEnds    `xj:"suspect,index,noted"` // of a SUSPECT link: the ends whose plans have to look at it again
	ReviewedAt   Date        `xj:"reviewedAt"`
	ReviewedBy   string      `xj:"reviewedBy"`
	ReviewNote   string      `xj:"reviewNote"`
	FromReviewed string      `xj:"fromReviewed,noted"` // fingerprint of what the link comes from, as it was reviewed
	ToReviewed   string      `xj:"toReviewed,noted"`   // of what it leads to
	Note         string      `xj:"note"`
	Source       Source      `xj:"source"`
	From         ID          `xj:"from,required,edge=Plan|Principle|Goal|Task|Project|Safeguard|Target|Indicator|Zone,inverse=linksOut"`
	To           ID          `xj:"to,required,edge=Plan|Principle|Goal|Task|Project|Safeguard|Target|Indicator|Zone,inverse=linksIn"`
}

// Finding 问题 is what a rule reports. Its ID is its fingerprint, which survives re-runs and edits
// elsewhere.
type Finding struct {
	Meta
	Rule        string       `xj:"rule,required,index"` // R02
	Severity    Severity     `xj:"severity,required,index"`
	Dimension   Dimension    `xj:"dimension,required,index"`
	State       FindingState `xj:"state,required,index"`
	Message     string       `xj:"message,required,search"`
	Evidence    []Evidence   `xj:"evidence"`
	Explanation []Step       `xj:"explanation"`
	Links       []string     `xj:"linkIds"` // links that the finding rests on
	Yields      Yields       `xj:"yields"`
	Answer      Answer       `xj:"answer"`
	About       []ID         `xj:"about,edge=Plan|Target|Observation|Indicator|Region|Goal|Task|Project|Section|Safeguard|Principle|Zone,inverse=findingsAbout"`
	Plans       []ID         `xj:"plans,edge=Plan,inverse=findings"`
	YieldsPlan  ID           `xj:"yields.plan,edge=Plan,inverse=yieldsIn"`
}

// Evidence is one published figure or fact that a finding rests on.
type Evidence struct {
	Object    ID     `json:"object,omitempty"`
	Field     string `json:"field,omitempty"`
	Published string `json:"published,omitempty"` // as printed by the source
	Converted string `json:"converted,omitempty"` // in the unit of the comparison
	Ref       string `json:"ref,omitempty"`       // the source's ref
}

// Step is one link of the chain facts, numbers, rule, norm, who yields.
type Step struct {
	Step     string   `json:"step,omitempty"` // FACTS, NUMBERS, RULE, NORM, YIELDS
	Text     string   `json:"text,omitempty"`
	Citation Citation `json:"citation,omitzero"`
}

// Citation names a law and its article; an assumption is cited as one.
type Citation struct {
	Law        string `json:"law,omitempty"`
	Article    string `json:"article,omitempty"`
	InForce    Date   `json:"inForce,omitempty"` // the day from which the cited text applies
	Assumption bool   `json:"assumption,omitempty"`
}

// Yields says who has to change. Norm is P0–P8, or "" with Escalate set when no norm decides.
type Yields struct {
	Reason   string `xj:"reason"`
	Norm     string `xj:"norm"`
	Escalate bool   `xj:"escalate"`
}

// Answer is what the plan's owner decided about a finding.
type Answer struct {
	Decision Decision `xj:"decision"`
	Reason   string   `xj:"reason"`
	By       string   `xj:"by"`
	Until    Date     `xj:"until"`
}
