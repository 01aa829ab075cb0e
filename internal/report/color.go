package report

import (
	"strings"

	"xianjie/internal/coherence"
	"xianjie/internal/plan"
)

const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	green  = "\x1b[32m"
	reset  = "\x1b[0m"
)

// paint styles a text where colours are wanted.
func (t *printer) paint(style, text string) string {
	if !t.opts.Color || style == "" {
		return text
	}
	return style + text + reset
}

func uncolored(s string) string {
	return strings.NewReplacer(bold, "", dim, "", red, "", yellow, "", green, "", reset, "").Replace(s)
}

func severityColor(s plan.Severity) string {
	switch s {
	case plan.Blocker, plan.SevError:
		return red
	case plan.Warning:
		return yellow
	}
	return dim
}

func outcomeColor(o coherence.VerdictOutcome) string {
	switch o {
	case coherence.Conflict, coherence.Inconsistent:
		return red
	case coherence.Coherent:
		return green
	}
	return yellow
}
