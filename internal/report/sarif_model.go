package report

import "xianjie/internal/plan"

// The parts of SARIF 2.1.0 that the report uses, named as in OASIS's schema. Libraries for SARIF write all the rest too, as empty lists
// and defaults, several lines to each result.

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool          `json:"tool"`
	ColumnKind string             `json:"columnKind"`
	Results    listed             `json:"results"` // each a sarifResult
	Properties sarifRunProperties `json:"properties"`
}

type sarifRunProperties struct {
	Register Register  `json:"register"`
	Verdicts []Verdict `json:"verdicts"`
	Summary  Summary   `json:"summary"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string             `json:"id"`
	Name             string             `json:"name"`
	ShortDescription sarifText          `json:"shortDescription"`
	FullDescription  sarifText          `json:"fullDescription"`
	Help             sarifHelp          `json:"help"`
	Configuration    sarifConfiguration `json:"defaultConfiguration"`
	Properties       map[string]string  `json:"properties"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifHelp struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

type sarifResult struct {
	RuleID              string             `json:"ruleId"`
	RuleIndex           *int               `json:"ruleIndex,omitempty"` // null for a rule that the catalogue no longer has
	Kind                string             `json:"kind"`
	Level               string             `json:"level"`
	Message             sarifText          `json:"message"`
	Locations           []sarifLocation    `json:"locations,omitempty"`
	RelatedLocations    []sarifLocation    `json:"relatedLocations,omitempty"`
	PartialFingerprints map[string]string  `json:"partialFingerprints,omitempty"`
	OccurrenceCount     int                `json:"occurrenceCount,omitempty"`
	Suppressions        []sarifSuppression `json:"suppressions"` // empty = known not to be suppressed
	Properties          sarifProperties    `json:"properties"`
}

type sarifProperties struct {
	Severity    plan.Severity   `json:"severity,omitempty"`
	Dimension   plan.Dimension  `json:"dimension,omitempty"`
	Plans       []Ref           `json:"plans"`
	Indicator   *Ref            `json:"indicator,omitempty"`
	Outcome     string          `json:"outcome,omitempty"`
	Code        string          `json:"code,omitempty"`
	Evidence    []plan.Evidence `json:"evidence,omitempty"`
	Yields      *Yields         `json:"yields,omitempty"`
	Explanation []Step          `json:"explanation,omitempty"`
	Answer      *plan.Answer    `json:"answer,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

type sarifLocation struct {
	ID               int                    `json:"id,omitempty"`
	PhysicalLocation *sarifPhysicalLocation `json:"physicalLocation,omitempty"`
	LogicalLocations []sarifLogicalLocation `json:"logicalLocations"`
}

type sarifPhysicalLocation struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
}

type sarifLogicalLocation struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}
