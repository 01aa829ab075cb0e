package report

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"xianjie/internal/plan"
)

// answered is a report whose first finding has an answer.
func answered(t *testing.T, state plan.FindingState, decision plan.Decision) *Report {
	t.Helper()
	r := sample(t)
	r.Findings[0].State = string(state)
	r.Findings[0].Answer = &plan.Answer{Decision: decision, Reason: "统计范围不同", By: "甲", Until: "2190-12-31"}
	r.Summary.count(r)
	return r
}

// What is waived fails nothing, and every format says that it is waived, why and by whom.
func TestWaived(t *testing.T) {
	before := sample(t)
	r := answered(t, plan.FindingAnswered, plan.Rejected)
	severity := r.Findings[0].Severity
	if got, all := r.AtLeast(severity), before.AtLeast(severity); got != all-1 || all < 1 {
		t.Errorf("%d findings count, without the answer %d", got, all)
	}
	if r.Summary.Findings[string(severity)] != before.Summary.Findings[string(severity)] {
		t.Error("a waived finding is not counted as a finding")
	}
	for name, write := range map[string]func(io.Writer, *Report) error{
		"text": func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{Width: 300}) },
		"csv":  CSV, "html": HTML, "junit": func(w io.Writer, r *Report) error { return JUnit(w, r, plan.Info) },
	} {
		if text := string(written(t, r, write)); !strings.Contains(text, "已豁免，不计入：不采纳。理由：统计范围不同。（甲，有效期至2190年12月31日）") {
			t.Errorf("%s does not say that a finding is waived", name)
		}
		if text := string(written(t, before, write)); strings.Contains(text, "已豁免") {
			t.Errorf("%s says so without an answer", name)
		}
	}
	if text := string(written(t, r, func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{}) })); !strings.Contains(text, "；其中已豁免 1\n") {
		t.Error("the totals of the text do not count it")
	}
	cells, err := workbook(t, r).GetRows("问题")
	if err != nil || cells[1][len(cells[1])-1] != r.Findings[0].answer() {
		t.Errorf("the workbook says %q, %v", cells[1], err)
	}
	var suites junitSuites
	if err := xml.Unmarshal(written(t, r, func(w io.Writer, r *Report) error { return JUnit(w, r, plan.Info) }), &suites); err != nil {
		t.Fatal(err)
	}
	if c := suites.Suites[0].Cases[0]; c.Failure != nil || c.Skipped == nil || suites.Suites[0].Failures != r.AtLeast(plan.Info) {
		t.Errorf("JUnit has %+v", c)
	}
	suppressed := r.sarifFinding(&r.Findings[0]).Suppressions
	if len(suppressed) != 1 || suppressed[0].Kind != "external" || suppressed[0].Status != "accepted" || !strings.Contains(suppressed[0].Justification, "统计范围不同") {
		t.Errorf("SARIF has %v", suppressed)
	}
	var file struct {
		Findings []struct{ Answer plan.Answer }
		Summary  struct{ Waived map[string]int }
	}
	if err := json.Unmarshal(written(t, r, JSON), &file); err != nil {
		t.Fatal(err)
	}
	if file.Findings[0].Answer.Decision != plan.Rejected || file.Summary.Waived[string(severity)] != 1 {
		t.Errorf("JSON has %+v", file)
	}
}

// Accepted, or rejected until a day that has passed: it counts, and the answer is shown.
func TestOtherAnswersWaiveNothing(t *testing.T) {
	for _, r := range []*Report{answered(t, plan.FindingAnswered, plan.Accepted), answered(t, plan.FindingOpen, plan.Rejected)} {
		if r.AtLeast(plan.Info) != len(r.Findings) || len(r.sarifFinding(&r.Findings[0]).Suppressions) != 0 {
			t.Errorf("%+v waives", r.Findings[0].Answer)
		}
		text := string(written(t, r, func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{Width: 300}) }))
		if !strings.Contains(text, "处理答复："+answerZh(*r.Findings[0].Answer)) || strings.Contains(text, "已豁免") {
			t.Errorf("the text says %s", text)
		}
	}
}
