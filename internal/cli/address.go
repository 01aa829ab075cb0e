package cli

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"xianjie/internal/plan"
	"xianjie/internal/store"
	"xianjie/internal/store/neo4j"
	"xianjie/internal/store/sqlite"
)

// address says where a store is.
type address struct {
	path  string // of the SQLite file, else
	url   string // of the Neo4j database
	login login
}

// login is how a database is entered.
type login struct{ user, password, database string }

func (a address) String() string {
	if a.url != "" {
		return a.url
	}
	return "sqlite:" + a.path
}

// databaseSchemes lead to Neo4j: neo4j to a cluster or a single server, bolt to exactly one; +s is
// TLS, +ssc TLS with a certificate of the server's own.
var databaseSchemes = []string{"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}

const wantedStore = "sqlite:PATH, or neo4j://HOST (also neo4j+s, neo4j+ssc, bolt, bolt+s, bolt+ssc)"

// parseAddress reads the name of a store that a flag or a variable gives.
func parseAddress(name, flag string, in login) (address, error) {
	scheme, path, ok := strings.Cut(name, ":")
	switch {
	case !ok || path == "" || scheme == "sqlite" && strings.HasPrefix(path, ":"):
		return address{}, plan.Errorf(plan.BadUserInput, flag, "saw %q, wanted %s", name, wantedStore)
	case slices.Contains(databaseSchemes, scheme):
		u, err := url.Parse(name)
		if err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
			return address{}, plan.Errorf(plan.BadUserInput, flag, "saw %s://…, wanted a host and perhaps a port; user, password and database have settings of their own", scheme)
		}
		return address{url: name, login: in}, nil
	case scheme != "sqlite":
		return address{}, plan.Errorf(plan.Unsupported, flag, "there is no store %s, saw %q, wanted %s", scheme, name, wantedStore)
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

// exists says whether there is something to open. Of a database only opening it can tell.
func (a address) exists() bool {
	if a.url != "" {
		return true
	}
	_, err := os.Stat(a.path)
	return !errors.Is(err, fs.ErrNotExist)
}

// open opens the store, or makes it where it may.
func (a address) open(ctx context.Context, why intent) (store.Store, error) {
	if a.url != "" {
		options := neo4j.Options{User: a.login.user, Password: a.login.password, Database: a.login.database}
		switch why {
		case toRead:
			options.Opening = neo4j.Existing
		case toExamine:
			options.Opening = neo4j.Untouched
		case toServe:
			options.Late = true
		}
		return neo4j.Open(ctx, a.url, options)
	}
	if err := prepare(a.path, why); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, a.path)
}

// prepare looks whether the file is there, and makes its directory when it is to be made.
func prepare(path string, why intent) error {
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && (why == toRead || why == toExamine):
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
