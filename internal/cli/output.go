package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"xianjie/internal/plan"
)

// output remembers the first write that failed, and writes nothing behind it: half an answer must
// not look like a whole one.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.to.Write(p)
	o.err = err
	return n, err
}

// writeFile replaces a file whole: whoever reads it, or a crash, sees the old one or the new one.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return cannotWrite(path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func cannotWrite(path string, err error) error {
	return plan.Errorf(plan.Unavailable, path, "cannot be written: %w", err)
}

// cannotRead gives an error of the file system its code and the path that it is about.
func cannotRead(err error) error {
	code, path := plan.Unavailable, ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		code = plan.NotFound
	case errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		code = plan.BadUserInput
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		path, err = at.Path, at.Err
	}
	return plan.Errorf(code, path, "cannot be read: %w", err)
}
