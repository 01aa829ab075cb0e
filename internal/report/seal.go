package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

// Seal says what a check was made of and what came out. Runs of one engine and rule set over the same data have equal seals, wherever the
// data is kept and in whatever order it came there.
type Seal struct {
	Engine  int       `json:"engine"`
	RuleSet string    `json:"ruleSet"`
	Rules   []string  `json:"rules"` // that were asked
	Plans   []plan.ID `json:"plans"` // that were asked for; none = all
	Today   plan.Date `json:"today"` // the day that periods of grace were counted to
	Data    string    `json:"data"`  // digest of all that was checked
	Objects int64     `json:"objects"`
	// Findings and Answers are the totals; Outcome is a digest of verdicts, findings, what was not checked, and the summary.
	Findings int    `json:"findings"`
	Answers  Counts `json:"answers"`
	Outcome  string `json:"outcome"`
}

// Sealed seals the report of a run over data of a digest. What is said of documents and of the register's revision is not part of it.
func (r *Report) Sealed(run *coherence.Run, plans []plan.ID, data string, objects int64) error {
	outcome, err := r.outcome()
	if err != nil {
		return err
	}
	r.Seal = &Seal{
		Engine: coherence.EngineVersion, RuleSet: r.Register.RuleSet, Rules: run.Rules(), Plans: append([]plan.ID{}, plans...), Today: run.Today,
		Data: data, Objects: objects, Findings: len(r.Findings), Answers: r.Summary.Answers, Outcome: outcome,
	}
	return nil
}

// outcome is the digest of all that came out: of the compact JSON of one list, which is never whole in memory.
func (r *Report) outcome() (string, error) {
	h := sha256.New()
	var failed error
	write := func(before string, v any) {
		text, err := json.Marshal(v)
		failed = cmp.Or(failed, err)
		h.Write(append([]byte(before), text...))
	}
	list := func(n int, item func(i int) any) {
		before := "["
		for i := range n {
			write(before, item(i))
			before = ","
		}
		if n == 0 {
			h.Write([]byte("["))
		}
		h.Write([]byte("],"))
	}
	h.Write([]byte("["))
	list(len(r.Verdicts), func(i int) any { return &r.Verdicts[i] })
	list(len(r.Findings), func(i int) any { return unplaced(&r.Findings[i]) })
	list(len(r.NotChecked), func(i int) any { return &r.NotChecked[i] })
	write("", r.Summary)
	write(",", r.Changes)
	h.Write([]byte("]"))
	return hex.EncodeToString(h.Sum(nil)), failed
}

// checksumField opens the member that holds the digest of a sealed report's text. A quote cannot stand inside a JSON string unescaped, so no
// other text reads like it.
const checksumField = "\n  \"checksum\": \""

// noChecksum stands in the place of the digest while it is computed.
func noChecksum() string { return strings.Repeat("0", hex.EncodedLen(sha256.Size)) }

// Open reads a sealed JSON report; intact is false when any byte of it is not the one that was sealed. BAD_USER_INPUT says that it is no
// report, or none that was sealed.
func Open(text []byte) (r *Report, intact bool, err error) {
	r = &Report{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, false, plan.Errorf(plan.BadUserInput, "", "saw no JSON report: %w", err)
	}
	if r.Seal == nil {
		return nil, false, plan.Errorf(plan.BadUserInput, "", "saw a report without a seal, wanted one that xianjie check --format json wrote")
	}
	blank := bytes.Replace(text, []byte(checksumField+r.Checksum), []byte(checksumField+noChecksum()), 1)
	return r, r.Checksum != noChecksum() && r.Checksum == hexSum(blank), nil
}

func hexSum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
