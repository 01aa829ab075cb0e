package quantity

import "fmt"

// ParseError says why a text is no quantity, number or unit, and where in it the trouble starts.
type ParseError struct {
	Offset  int    // in bytes from the start of Input
	Input   string // the whole text as it was given
	Message string // lower-case English: what was seen and what was wanted
}

// Error returns the message with the text it is about.
func (e *ParseError) Error() string {
	return fmt.Sprintf("%s (in %q at byte %d)", e.Message, excerpt(e.Input), e.Offset)
}

// excerptLength is how many characters of the input a message repeats at most.
const excerptLength = 60

// excerpt shortens what a message repeats of the input, which may be of any length.
func excerpt(s string) string {
	count := 0
	for i := range s {
		if count == excerptLength {
			return s[:i] + "…"
		}
		count++
	}
	return s
}
