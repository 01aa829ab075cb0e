package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

// address says where a store is.
type address struct {
	path string // of the SQLite file
}

func (a address) String() string { return "sqlite:" + a.path }

// parseAddress reads the name of a store that a flag or a variable gives.
func parseAddress(name, flag string) (address, error) {
	scheme, path, ok := strings.Cut(name, ":")
	switch {
	case !ok || path == "" || scheme == "sqlite" && strings.HasPrefix(path, ":"):
		return address{}, plan.Errorf(plan.BadUserInput, flag, "saw %q, wanted sqlite:PATH", name)
	case scheme != "sqlite":
		return address{}, plan.Errorf(plan.Unsupported, flag, "this build has no store %s://, saw %q, wanted sqlite:PATH", scheme, name)
	case strings.HasPrefix(path, "//"):
		return address{}, plan.Errorf(plan.BadUserInput, flag, "saw %q, wanted sqlite:PATH with a plain path, such as sqlite:/srv/plans.db", name)
	}
	return address{path: path}, nil
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

// exists says whether there is something to open.
func (a address) exists() bool {
	_, err := os.Stat(a.path)
	return !errors.Is(err, fs.ErrNotExist)
}

// open opens the store, or makes it where it may.
func (a address) open(ctx context.Context, why intent) (store.Store, error) {
	if err := prepare(a.path, why); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, a.path)
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
