package document

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"xianjie/internal/plan"
)

// Read looks through the files, and all *.yaml and *.yml files in the directories and below them in
// the order of their names. Links that lead out of a directory are refused. A path that is not there
// or a directory without documents is among what Resolve says is wrong; the error is the context's
// or one of the file system. Progress is told how many documents are read; it may be nil.
func Read(ctx context.Context, paths []string, progress func(done, of int)) (*Set, error) {
	s := newSet()
	entries, err := s.list(paths)
	if err != nil {
		return nil, err
	}
	done, kept := 0, 0
	for first := range ahead(ctx, entries, runtime.GOMAXPROCS(0), (*entry).first) {
		if first.err != nil {
			return nil, first.err
		}
		e, d := entries[done], first.docs[0]
		if kept += len(d.Objects); kept <= keptObjects {
			e.doc = d
		}
		s.add(e, d)
		done++
		if progress != nil {
			progress(done, len(entries))
		}
	}
	return s, ctx.Err()
}

// first reads the document for the first time.
func (e *entry) first() loaded {
	data, errs, err := e.read()
	if err != nil {
		return loaded{err: err}
	}
	e.digest = sha256.Sum256(data)
	if errs != nil {
		return loaded{docs: []*Document{unreadable(e.name, errs)}}
	}
	d, _ := Parse(e.name, data)
	return loaded{docs: []*Document{d}}
}

// list finds the files that the paths name, each once.
func (s *Set) list(paths []string) ([]*entry, error) {
	var entries []*entry
	seen := map[string]bool{}
	add := func(name string, open func() (fs.File, error)) {
		if clean := filepath.Clean(name); !seen[clean] {
			seen[clean] = true
			entries = append(entries, &entry{name: name, read: func() ([]byte, plan.Errors, error) { return contents(name, open) }})
		}
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.fail(p, plan.NotFound, "there is no such file or directory")
		case err != nil:
			return nil, err
		case info.IsDir():
			names, err := namesIn(p)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p, err)
			}
			if len(names) == 0 {
				s.fail(p, plan.BadUserInput, "saw no *.yaml file in the directory, wanted plan documents")
			}
			for _, name := range names {
				add(filepath.Join(p, name), func() (fs.File, error) { return os.OpenInRoot(p, filepath.FromSlash(name)) })
			}
		default:
			add(p, func() (fs.File, error) { return os.Open(p) })
		}
	}
	return entries, nil
}

// fail notes what is wrong with a path that leads to no document.
func (s *Set) fail(path string, code plan.Code, message string) {
	s.found = append(s.found, problem{name: path, err: plan.Errorf(code, path, "%s", message)})
}

// namesIn are the documents in a directory and below it, sorted.
func namesIn(dir string) ([]string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	var names []string
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && slices.Contains([]string{".yaml", ".yml"}, path.Ext(name)) {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

// contents reads a file. What can be no document is among the Errors.
func contents(name string, open func() (fs.File, error)) ([]byte, plan.Errors, error) {
	f, err := open()
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	p := problems{name: name}
	switch {
	case !info.Mode().IsRegular():
		return nil, plan.Errors{plan.Errorf(plan.BadUserInput, name, "saw %s, wanted a file", info.Mode().Type())}, nil
	case info.Size() > maxFile:
		tooLarge(&p, info.Size())
		return nil, finish(p.found), nil
	}
	data := make([]byte, info.Size(), info.Size()+1)
	n, err := io.ReadFull(f, data)
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return data[:n], nil, nil
}
