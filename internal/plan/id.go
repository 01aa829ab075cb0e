package plan

import (
	"regexp"
	"strings"
)

// ID names one object for ever: its kind's prefix, a colon, and its code, such as
// "plan:nm-eco-14", "task:nm-eco-14/3" or "region:150000". Elements of a plan carry the plan's
// code before a slash. No database id ever stands in an ID.
type ID string

// MakeID joins a kind's prefix and a code.
func MakeID(prefix string, code ...string) ID {
	return ID(prefix + ":" + strings.Join(code, "/"))
}

// Prefix is the part before the colon, "" when there is none.
func (id ID) Prefix() string {
	prefix, _, ok := strings.Cut(string(id), ":")
	if !ok {
		return ""
	}
	return prefix
}

// Code is the part behind the first colon.
func (id ID) Code() string {
	_, code, _ := strings.Cut(string(id), ":")
	return code
}

// Local is the code without the owning plan's part: "3" for "task:nm-eco-14/3". Element codes are
// stable across the editions of a series, so Local is what editions are compared by.
func (id ID) Local() string {
	code := id.Code()
	if id.Prefix() == linkPrefix {
		return code
	}
	if _, local, ok := strings.Cut(code, "/"); ok {
		return local
	}
	return code
}

// In is the id that the same part has in another text: of "task:a/3" in "plan:b" it is "task:b/3". Of a plan
// it is the other plan.
func (id ID) In(text ID) ID {
	if id.Prefix() == text.Prefix() {
		return text
	}
	return MakeID(id.Prefix(), text.Code(), id.Local())
}

const (
	linkPrefix = "link"
	maxID      = 400
)

var (
	codePattern = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._~-]*(/[\p{L}\p{N}][\p{L}\p{N}._~-]*)*$`)
	linkPattern = regexp.MustCompile(`^[a-z_]+/[a-z]+:[^\s>]+>[a-z]+:[^\s>]+$`)
)

// Valid says whether the ID has the form of one; whether its object exists is the store's to know.
func (id ID) Valid() bool {
	if len(id) > maxID {
		return false
	}
	if id.Prefix() == linkPrefix {
		return linkPattern.MatchString(id.Code())
	}
	return id.Prefix() != "" && (asciiCode(id.Code()) || codePattern.MatchString(id.Code()))
}

// asciiCode is codePattern for the codes that are all ASCII, which are checked by the million.
func asciiCode(code string) bool {
	start := true // of a segment
	for i := range len(code) {
		c := code[i]
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', 'A' <= c && c <= 'Z':
			start = false
		case start:
			return false
		case c == '/':
			start = true
		case c != '.' && c != '_' && c != '~' && c != '-':
			return false
		}
	}
	return !start
}

// LinkID derives a link's ID from its type and ends, so that the same link can't exist twice.
func LinkID(typ LinkType, from, to ID) ID {
	return ID(linkPrefix + ":" + strings.ToLower(string(typ)) + "/" + string(from) + ">" + string(to))
}
