package report

import (
	"archive/zip"
	"bytes"
	"cmp"
	"io"
	"slices"
	"time"
)

// part is one file of an office document.
type part struct {
	name string
	data []byte
}

// pack writes parts as a ZIP file, equal parts as equal bytes: in the order of their names, which has the list of contents first as the
// format wants it, and as of one day.
func pack(w io.Writer, parts []part) error {
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.name, b.name) })
	z := zip.NewWriter(w)
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		if _, err := f.Write(p.data); err != nil {
			return err
		}
	}
	return z.Close()
}

// repack packs the parts of a ZIP file that came in any order.
func repack(w io.Writer, file []byte) error {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	parts := make([]part, len(z.File))
	for i, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(r)
		if err := cmp.Or(err, r.Close()); err != nil {
			return err
		}
		parts[i] = part{f.Name, data}
	}
	return pack(w, parts)
}
