package report

import (
	"bytes"
	"encoding/json"
	"io"
)

// JSON writes the report as indented JSON with a final newline. Equal reports are equal bytes. A sealed one carries a checksum of its text.
func JSON(w io.Writer, r *Report) error {
	if r.Seal == nil {
		return indented(w, r)
	}
	sealed := *r
	sealed.Checksum = noChecksum()
	var text bytes.Buffer
	if err := indented(&text, &sealed); err != nil {
		return err
	}
	_, err := w.Write(withChecksum(text.Bytes()))
	return err
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
