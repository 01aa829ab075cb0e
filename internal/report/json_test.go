package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestIndentedIsPlainJSON writes reports item by item and whole, and wants the same bytes.
func TestIndentedIsPlainJSON(t *testing.T) {
	whole := func(v any) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	full := located(t)
	full.Findings[0].Message = "<a> & \"b\"\u2028\n"
	for name, r := range map[string]*Report{"full": full, "empty": {}, "empty lists": {Findings: []Finding{}, Checksum: "c", Changes: &Changes{}}} {
		var b bytes.Buffer
		if err := indented(&b, *r); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole(r), b.String()); diff != "" {
			t.Errorf("%s (-whole +written):\n%s", name, diff)
		}
		b.Reset()
		if err := SARIF(&b, r); err != nil {
			t.Fatal(err)
		}
		var log sarifRead
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole(log), b.String()); diff != "" {
			t.Errorf("SARIF of %s (-whole +written):\n%s", name, diff)
		}
	}
}

// full is a writer that takes so many bytes.
type full int

func (f *full) Write(p []byte) (int, error) {
	if len(p) > int(*f) {
		return 0, errors.New("no space left")
	}
	*f -= full(len(p))
	return len(p), nil
}

// TestNoSpaceIsAnError: what cannot be written whole is not said to be written.
func TestNoSpaceIsAnError(t *testing.T) {
	r := located(t)
	var b bytes.Buffer
	r.Seal = &Seal{}
	if err := JSON(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, room := range []int{0, 100, b.Len() - 1} {
		w := full(room)
		if err := JSON(&w, r); err == nil {
			t.Errorf("room for %d of %d bytes was enough", room, b.Len())
		}
	}
	w := full(b.Len())
	if err := JSON(&w, r); err != nil {
		t.Errorf("room for all: %v", err)
	}
	if _, intact, err := Open(b.Bytes()); err != nil || !intact {
		t.Errorf("intact %v, %v", intact, err)
	}
}
