package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"

	"xianjie/internal/plan"
)

// applicationID marks a SQLite file as a register: "xjrg".
const applicationID = 0x786a7267

// Where SQLite's file header keeps what inspect reads.
const (
	headerSize    = 100
	headerPage    = 16
	headerPages   = 28
	headerVersion = 60
	headerID      = 68
)

var magic = []byte("SQLite format 3\x00")

// inspect looks at the head of the file before the engine touches it: the engine would take an
// empty or foreign file for its own, and writes beside the file when it recovers. A missing or
// empty file is one to be made.
func inspect(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return plan.Errorf(plan.Unavailable, path, "the file cannot be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return plan.Errorf(plan.Unavailable, path, "saw no regular file there, wanted a register or nothing")
	}
	if info.Size() == 0 {
		return nil
	}
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(f, header); err != nil || !bytes.HasPrefix(header, magic) {
		return plan.Errorf(plan.Internal, path, "is no SQLite file (SQLITE_NOTADB), or its head is damaged; it was left as it is")
	}
	id := binary.BigEndian.Uint32(header[headerID:])
	if id != applicationID && id != 0 {
		return plan.Errorf(plan.Internal, path, "is a SQLite file of another program (application id %#x); it was left as it is", id)
	}
	if version := binary.BigEndian.Uint32(header[headerVersion:]); version > uint32(len(steps)) {
		return newer(path, int64(version))
	}
	page := int64(binary.BigEndian.Uint16(header[headerPage:]))
	if page == 1 {
		page = 1 << 16
	}
	pages := int64(binary.BigEndian.Uint32(header[headerPages:]))
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil // the missing pages may stand there: the engine knows
	}
	if info.Size() < page*pages {
		return plan.Errorf(plan.Internal, path, "the file is damaged (SQLITE_CORRUPT): saw %d bytes, wanted %d; it was left as it is", info.Size(), page*pages)
	}
	return nil
}

// refuseForeign looks at the file through the engine, which also knows what stands in the
// write-ahead log, before any setting is written to it.
func (s *Store) refuseForeign(c *conn) error {
	// In this order: another process may be making the file, and it sets the id with the tables.
	tables, err := c.integer("SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	id, err := c.integer("PRAGMA application_id")
	if err != nil || id == applicationID || id == 0 && tables == 0 {
		return err
	}
	return plan.Errorf(plan.Internal, s.path, "is a SQLite file of another program (application id %#x); it was left as it is", id)
}

func newer(path string, version int64) error {
	return plan.Errorf(plan.Unsupported, path, "was written by a newer version of the program (schema %d, this one knows %d); it was left as it is", version, len(steps))
}
