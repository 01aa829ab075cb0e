package report

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"iter"
	"reflect"
	"strings"

	"xianjie/internal/plan"
)

// JSON writes the report as indented JSON with a final newline. Equal reports are equal bytes. A sealed one carries a checksum of its text.
func JSON(w io.Writer, r *Report) error {
	if r.Seal == nil {
		return indented(w, *r)
	}
	sealed := *r
	sealed.Checksum = noChecksum()
	s := &sealer{w: w, hash: sha256.New()}
	if err := indented(s, sealed); err != nil {
		return err
	}
	return s.finish()
}

// sealer hands on the text of a sealed report, with its digest in the place of the checksum, which is the last of its members.
type sealer struct {
	w    io.Writer
	hash hash.Hash
	held []byte // the end of what was written, which may be the checksum
}

const behindChecksum = "\"\n}\n"

func (s *sealer) Write(p []byte) (int, error) {
	s.hash.Write(p)
	s.held = append(s.held, p...)
	ready := len(s.held) - len(noChecksum()) - len(behindChecksum)
	if ready <= 0 {
		return len(p), nil
	}
	if _, err := s.w.Write(s.held[:ready]); err != nil {
		return 0, err
	}
	s.held = append(s.held[:0], s.held[ready:]...)
	return len(p), nil
}

func (s *sealer) finish() error {
	if string(s.held) != noChecksum()+behindChecksum {
		return plan.Errorf(plan.Internal, "", "the report's text ends with %q, wanted its checksum", s.held)
	}
	_, err := io.WriteString(s.w, hex.EncodeToString(s.hash.Sum(nil))+behindChecksum)
	return err
}

// lengthy is a struct whose members are written one by one, and lists among them item by item: all together they may be too much for the
// memory.
type lengthy interface{ lengthy() }

func (Report) lengthy()   {}
func (sarifLog) lengthy() {}
func (sarifRun) lengthy() {}

// listed is a list that is made while it is written.
type listed iter.Seq[any]

// indented writes a value as json.Encoder does, with two spaces for each level.
func indented(w io.Writer, v any) error {
	e := &indenter{w: bufio.NewWriterSize(w, 1<<16)}
	e.value(reflect.ValueOf(v), "")
	e.text("\n")
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

type indenter struct {
	w   *bufio.Writer
	buf bytes.Buffer
	err error // of a value that is no JSON
}

func (e *indenter) text(s string) { _, _ = e.w.WriteString(s) } // Flush gives the error

func (e *indenter) value(v reflect.Value, indent string) {
	if seq, ok := v.Interface().(listed); ok {
		e.list(seq, indent)
		return
	}
	switch _, long := v.Interface().(lengthy); {
	case long && v.Kind() == reflect.Struct:
		e.members(v, indent)
	case v.Kind() == reflect.Slice && v.Len() > 0:
		e.list(func(yield func(any) bool) {
			for i := range v.Len() {
				if !yield(v.Index(i).Interface()) {
					return
				}
			}
		}, indent)
	default:
		e.plain(v.Interface(), indent)
	}
}

func (e *indenter) members(v reflect.Value, indent string) {
	before := "{\n"
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || options == "omitempty" && v.Field(i).IsZero() {
			continue
		}
		e.text(before + indent + "  \"" + name + "\": ")
		e.value(v.Field(i), indent+"  ")
		before = ",\n"
	}
	e.text("\n" + indent + "}")
}

func (e *indenter) list(items listed, indent string) {
	before := "[\n"
	for item := range items {
		e.text(before + indent + "  ")
		e.value(reflect.ValueOf(item), indent+"  ")
		before = ",\n"
	}
	if before == "[\n" {
		e.text("[]")
		return
	}
	e.text("\n" + indent + "]")
}

// plain writes a value whole.
func (e *indenter) plain(v any, indent string) {
	e.buf.Reset()
	j := json.NewEncoder(&e.buf)
	j.SetEscapeHTML(false)
	j.SetIndent(indent, "  ")
	if err := j.Encode(v); err != nil && e.err == nil {
		e.err = err
	}
	_, _ = e.w.Write(bytes.TrimSuffix(e.buf.Bytes(), []byte("\n")))
}
