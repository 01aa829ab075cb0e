package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"xianjie/internal/plan"
)

// The exit codes of all commands.
const (
	exitClean    = 0
	exitFindings = 1
	exitInput    = 2
	exitFailed   = 3
)

// exitCodes says what they mean, in their order.
func exitCodes() []string {
	return []string{
		exitClean:    "done, and nothing to report",
		exitFindings: "check found something as severe as --fail-on or more, or --verify something that differs",
		exitInput:    "wrong usage or bad input; nothing was changed",
		exitFailed:   "could not run: the store, a file or the network failed, or it was interrupted",
	}
}

// errFindings ends a check that went well and found something.
var errFindings = errors.New("findings")

// usageError is a command line that makes no sense.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// exitOf is the exit code of a command that ended with err.
func exitOf(err error) int {
	var usage usageError
	var sick unwell
	switch {
	case err == nil:
		return exitClean
	case err == errFindings: // and nothing else beside it
		return exitFindings
	case errors.As(err, &usage):
		return exitInput
	case errors.As(err, &sick):
		return exitFailed
	}
	return exitOfCode(plan.CodeOf(err))
}

func exitOfCode(code plan.Code) int {
	switch code {
	case plan.BadUserInput, plan.NotFound, plan.Conflict, plan.Unsupported, plan.TooLarge,
		plan.DepthLimit, plan.ComplexityLimit, plan.TooManyAliases:
		return exitInput
	}
	return exitFailed
}

// fail tells what went wrong and gives the exit code.
func (s *session) fail(ctx context.Context, err error) int {
	code := exitOf(err)
	if code <= exitFindings {
		return code
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(s.Stderr, "xianjie: interrupted")
		return exitFailed
	}
	s.tell(err)
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(s.Stderr, `Run "xianjie --help", or with a command in front, for how to use it.`)
	}
	return code
}

// tell writes failures one per line, each with the place it is about, and with --verbose what their
// messages leave out.
func (s *session) tell(err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range several.Unwrap() {
			s.tell(e)
		}
		return
	}
	var many plan.Errors
	var one *plan.Error
	switch {
	case err == errFindings: // beside a failure
		return
	case errors.As(err, &many):
		s.tell(many)
		return
	case errors.As(err, &one) && one.Path != "":
		fmt.Fprintln(s.Stderr, printable(one.Error()))
	case errors.As(err, &one):
		fmt.Fprintln(s.Stderr, "xianjie:", printable(one.Error()))
	default:
		fmt.Fprintln(s.Stderr, "xianjie:", printable(err.Error()))
	}
	if !s.verbose {
		return
	}
	for cause := errors.Unwrap(err); cause != nil; err, cause = cause, errors.Unwrap(cause) {
		if cause.Error() != err.Error() {
			fmt.Fprintf(s.Stderr, "  caused by %T: %s\n", cause, printable(cause.Error()))
		}
	}
}

// printable shows what would steer a terminal as its escape: messages quote files and arguments.
func printable(text string) string {
	return escape(text, func(r rune) bool { return !unicode.IsGraphic(r) })
}

func escape(text string, odd func(rune) bool) string {
	if strings.IndexFunc(text, odd) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !odd(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
