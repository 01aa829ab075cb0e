package document

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"xianjie/internal/plan"
)

// Read parses the files, and all *.yaml and *.yml files in the directories and below them in the
// order of their names. Links that lead out of a directory are refused. A path that is not there
// or a directory without documents is among the Errors; the error is one of the file system.
func Read(paths []string) ([]*Document, plan.Errors, error) {
	r := reader{seen: map[string]bool{}}
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			r.errs = append(r.errs, plan.Errors{plan.Errorf(plan.NotFound, p, "there is no such file or directory")})
			continue
		case err != nil:
			return nil, nil, err
		case info.IsDir():
			err = r.directory(p)
		default:
			err = r.file(p, func() (fs.File, error) { return os.Open(p) })
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return r.docs, Merge(r.errs...), nil
}

type reader struct {
	docs []*Document
	errs []plan.Errors
	seen map[string]bool
}

func (r *reader) directory(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	count := 0
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, path.Ext(name)) {
			return err
		}
		count++
		return r.file(filepath.Join(dir, name), func() (fs.File, error) { return root.Open(filepath.FromSlash(name)) })
	})
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	if count == 0 {
		r.errs = append(r.errs, plan.Errors{plan.Errorf(plan.BadUserInput, dir, "saw no *.yaml file in the directory, wanted plan documents")})
	}
	return nil
}

func (r *reader) file(name string, open func() (fs.File, error)) error {
	clean := filepath.Clean(name)
	if r.seen[clean] {
		return nil
	}
	r.seen[clean] = true
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		r.errs = append(r.errs, plan.Errors{plan.Errorf(plan.BadUserInput, name, "saw %s, wanted a file", info.Mode().Type())})
		return nil
	}
	if info.Size() > maxFile {
		p := problems{name: name}
		tooLarge(&p, info.Size())
		r.errs = append(r.errs, finish(p.found))
		return nil
	}
	data := make([]byte, info.Size(), info.Size()+1)
	n, err := io.ReadFull(f, data)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	doc, errs := Parse(name, data[:n])
	r.docs = append(r.docs, doc)
	r.errs = append(r.errs, errs)
	return nil
}
