package plan

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of failure an error is. The list is closed: every boundary (GraphQL
// extensions, HTTP status, exit code) maps exactly these.
type Code string

const (
	BadUserInput    Code = "BAD_USER_INPUT"
	NotFound        Code = "NOT_FOUND"
	Conflict        Code = "CONFLICT"
	Unauthenticated Code = "UNAUTHENTICATED"
	Forbidden       Code = "FORBIDDEN"
	TooLarge        Code = "TOO_LARGE"
	DepthLimit      Code = "DEPTH_LIMIT"
	ComplexityLimit Code = "COMPLEXITY_LIMIT"
	TooManyAliases  Code = "TOO_MANY_ALIASES"
	Timeout         Code = "TIMEOUT"
	Unavailable     Code = "UNAVAILABLE"
	StorageFull     Code = "STORAGE_FULL"
	UnknownOutcome  Code = "UNKNOWN_OUTCOME"
	Unsupported     Code = "UNSUPPORTED"
	Internal        Code = "INTERNAL"
)

// Error is a failure whose message is safe to show: it names the object and field (Path, such as
// "target:nm-eco-14/forest.year"), says what was seen and what was wanted.
type Error struct {
	Code    Code
	Path    string
	Message string
	Err     error // the cause, for the log only; never shown
}

// Errorf makes an Error. A %w operand becomes the cause that errors.Is and errors.As find.
func Errorf(code Code, path, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Path: path, Message: err.Error(), Err: errors.Unwrap(err)}
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Message
	}
	return e.Path + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Errors are all the failures of one input, in the order of the input.
type Errors []*Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

func (es Errors) Unwrap() []error {
	errs := make([]error, len(es))
	for i, e := range es {
		errs[i] = e
	}
	return errs
}

// Err is nil when there are none, so that a nil Errors never becomes a non-nil error.
func (es Errors) Err() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

// CodeOf is the code of the first Error in err's tree, Internal when there is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
