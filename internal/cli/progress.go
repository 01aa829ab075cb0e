package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Progress appears on a terminal at once and often, elsewhere only when the work is long.
const (
	oftenOnTerminal = 100 * time.Millisecond
	patience        = 2 * time.Second
	seldom          = 5 * time.Second
)

// progress tells how far long work has come: on a terminal in one line that it overwrites,
// elsewhere in a line every few seconds. It is for one goroutine.
type progress struct {
	to    io.Writer
	width int // of the terminal, 0 for none
	label string
	now   func() time.Time
	next  time.Time // when to tell again
	shown bool      // there is a line to clear
}

func (s *session) progress(label string) *progress {
	p := &progress{to: s.Stderr, width: s.StderrWidth, label: label, now: time.Now}
	if p.width == 0 {
		p.next = p.now().Add(patience)
	}
	return p
}

// step tells that done of a number of things are done.
func (p *progress) step(done, of int) {
	now := p.now()
	if now.Before(p.next) {
		return
	}
	line := fmt.Sprintf("%s: %d of %d", p.label, done, of)
	if of > 0 {
		line += fmt.Sprintf(" (%d %%)", 100*done/of)
	}
	if p.width == 0 {
		p.next = now.Add(seldom)
		fmt.Fprintln(p.to, line)
		return
	}
	p.next = now.Add(oftenOnTerminal)
	p.shown = true
	fmt.Fprint(p.to, clearLine, line[:min(len(line), p.width-1)])
}

// clearLine goes to the start of the line and empties it.
const clearLine = "\r\x1b[K"

// end leaves a clean line behind.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.to, clearLine)
		p.shown = false
	}
}

// count is a number with its noun, such as "1 document" or "3 documents".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

func plural(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return stem + "ies"
	}
	return noun + "s"
}
