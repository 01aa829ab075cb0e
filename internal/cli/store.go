package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

// where says which register a command works on.
type where struct {
	// Store has no `setting` tag, so that a command can tell what was asked for from what the
	// environment says: see address.
	Store string `placeholder:"sqlite:PATH" help:"Where the register is kept (XIANJIE_STORE, else sqlite:xianjie.db in the user's data directory)."`
}

// whereOrDemo is where, or the demonstration.
type whereOrDemo struct {
	where
	Demo bool `help:"Work on the demonstration, the published plans of Inner Mongolia, in a store that is thrown away."`
}

// chosen says whether the command line names a register.
func (w whereOrDemo) chosen() bool { return w.Demo || w.Store != "" }

// intent is what an opened store is for.
type intent int

const (
	toRead  intent = iota // the store must be there
	toWrite               // it is made when there is none
)

// opened is a register with the store below it, which close ends.
type opened struct {
	*register.Register
	name  string // of the store, for people
	close func() error
}

func newOpened(name string, s store.Store) *opened {
	return &opened{Register: register.New(s), name: name, close: s.Close}
}

// closing adds to err what goes wrong when the store is closed.
func (o *opened) closing(err *error) {
	if failed := o.close(); failed != nil {
		*err = errors.Join(*err, failed)
	}
}

func (w whereOrDemo) open(ctx context.Context, s *session, why intent) (*opened, error) {
	switch {
	case w.Demo && w.Store != "":
		return nil, usageError{errors.New("saw --demo and --store, wanted one of them")}
	case w.Demo:
		return openDemo(ctx, s)
	}
	return w.where.open(ctx, s, why)
}

func (w where) open(ctx context.Context, s *session, why intent) (*opened, error) {
	path, err := w.path(s)
	if err != nil {
		return nil, err
	}
	if err := prepare(path, why); err != nil {
		return nil, err
	}
	st, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return newOpened("sqlite:"+path, st), nil
}

// prepare looks whether the file is there, and makes its directory when it is to be made.
func prepare(path string, why intent) error {
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && why == toRead:
		return plan.Errorf(plan.NotFound, path, "there is no register: import documents into it first, or name another with --store, or use --demo")
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return plan.Errorf(plan.Unavailable, path, "cannot make its directory: %w", err)
		}
	case err != nil:
		return plan.Errorf(plan.Unavailable, path, "cannot be looked at: %w", err)
	}
	return nil
}

// exists says whether there is something to open.
func (w where) exists(s *session) (bool, error) {
	path, err := w.path(s)
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist), nil
}

// path is the file of the store that --store, the environment or the default names.
func (w where) path(s *session) (string, error) {
	name, flag := w.Store, "--store"
	if name == "" {
		name, _ = s.Env("XIANJIE_STORE")
		flag = "XIANJIE_STORE"
	}
	if name == "" {
		return defaultPath(s)
	}
	scheme, path, ok := strings.Cut(name, ":")
	switch {
	case !ok || path == "" || scheme == "sqlite" && strings.HasPrefix(path, ":"):
		return "", plan.Errorf(plan.BadUserInput, flag, "saw %q, wanted sqlite:PATH", name)
	case scheme != "sqlite":
		return "", plan.Errorf(plan.Unsupported, flag, "this build has no store %s://, saw %q, wanted sqlite:PATH", scheme, name)
	case strings.HasPrefix(path, "//"):
		return "", plan.Errorf(plan.BadUserInput, flag, "saw %q, wanted sqlite:PATH with a plain path, such as sqlite:/srv/plans.db", name)
	}
	return path, nil
}

func defaultPath(s *session) (string, error) {
	data, _ := s.Env("XDG_DATA_HOME")
	if !filepath.IsAbs(data) {
		home, _ := s.Env("HOME")
		if home == "" {
			return "", plan.Errorf(plan.BadUserInput, "--store", "neither XDG_DATA_HOME nor HOME is set: name the store with --store sqlite:PATH")
		}
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "xianjie", "xianjie.db"), nil
}

// openEmpty opens a register that closing throws away.
func openEmpty(ctx context.Context) (*opened, error) {
	st, err := sqlite.OpenTemporary(ctx)
	if err != nil {
		return nil, err
	}
	return newOpened("a throw-away store", st), nil
}

// openDemo opens the demonstration.
func openDemo(ctx context.Context, s *session) (*opened, error) {
	var docs []*document.Document
	var errs plan.Errors
	for _, f := range demo.Documents() {
		doc, found := document.Parse(f.Name, f.Data)
		docs, errs = append(docs, doc), append(errs, found...)
	}
	return openWith(ctx, s, "the demonstration", docs, errs)
}

// openWith opens a throw-away register of documents that were read with errs.
func openWith(ctx context.Context, s *session, name string, docs []*document.Document, errs plan.Errors) (*opened, error) {
	o, err := openEmpty(ctx)
	if err != nil {
		return nil, err
	}
	o.name = name
	if _, err := load(ctx, s, o, docs, errs, register.ImportOptions{}); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

// load imports documents that were read with errs, or tells all that is wrong with them at once.
func load(ctx context.Context, s *session, o *opened, docs []*document.Document, errs plan.Errors, opts register.ImportOptions) (*register.Imported, error) {
	p := s.progress("importing objects")
	defer p.end()
	opts.Progress = p.step
	if len(errs) == 0 {
		return o.Import(ctx, docs, opts)
	}
	// References are looked at even so: whoever mends the documents wants to see everything.
	opts.DryRun = true
	_, err := o.Import(ctx, docs, opts)
	var more plan.Errors
	if err != nil && !errors.As(err, &more) {
		return nil, err
	}
	return nil, document.Merge(errs, more)
}
