package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"xianjie/internal/demo"
	"xianjie/internal/document"
	"xianjie/internal/register"
	"xianjie/internal/store"
	"xianjie/internal/store/sqlite"
)

// where says which register a command works on.
type where struct {
	// Store has no `setting` tag, so that a command can tell what was asked for from what the
	// environment says: see address.
	Store string `placeholder:"STORE" help:"Where the register is kept: sqlite:PATH, or neo4j://HOST and its kin (XIANJIE_STORE, else sqlite:xianjie.db in the user's data directory)."`
	credentials
}

// credentials enter a database. A password is never a flag: it would stand in the list of processes.
type credentials struct {
	StoreUser         string `default:"neo4j" placeholder:"NAME" setting:"XIANJIE_STORE_USER" help:"User of a database."`
	StorePasswordFile string `placeholder:"FILE" setting:"XIANJIE_STORE_PASSWORD_FILE" help:"File with the password of a database (or the password itself in XIANJIE_STORE_PASSWORD)."`
	StoreDatabase     string `default:"neo4j" placeholder:"NAME" setting:"XIANJIE_STORE_DATABASE" help:"Which database of the server."`
}

// mostOfPassword bounds what is read of a password's file.
const mostOfPassword = 4096

// login reads the password, "" when none is given.
func (c credentials) login(s *session) (login, error) {
	in := login{user: c.StoreUser, database: c.StoreDatabase}
	in.password, _ = s.Env("XIANJIE_STORE_PASSWORD")
	if c.StorePasswordFile == "" {
		return in, nil
	}
	f, err := os.Open(c.StorePasswordFile)
	if err != nil {
		return in, cannotRead(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostOfPassword))
	if err != nil {
		return in, cannotRead(err)
	}
	in.password = strings.TrimRight(string(text), "\r\n")
	return in, nil
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
	toRead    intent = iota // the store must be there
	toWrite                 // it is made when there is none
	toServe                 // so it is, and a database that is away may come later
	toExamine               // the store must be there, and nothing of it is changed
)

// opened is a register with the store below it, which close ends.
type opened struct {
	*register.Register
	name  string // of the store, for people
	close func() error
}

func newOpened(name string, s store.Store, opts ...register.Option) *opened {
	return &opened{Register: register.New(s, opts...), name: name, close: s.Close}
}

// closing adds to err what goes wrong when the store is closed.
func (o *opened) closing(err *error) {
	if failed := o.close(); failed != nil {
		*err = errors.Join(*err, failed)
	}
}

func (w whereOrDemo) open(ctx context.Context, s *session, why intent, opts ...register.Option) (*opened, error) {
	switch {
	case w.Demo && w.Store != "":
		return nil, usageError{errors.New("saw --demo and --store, wanted one of them")}
	case w.Demo:
		return openDemo(ctx, s)
	}
	return w.where.open(ctx, s, why, opts...)
}

func (w where) open(ctx context.Context, s *session, why intent, opts ...register.Option) (*opened, error) {
	at, err := w.address(s)
	if err != nil {
		return nil, err
	}
	st, err := at.open(ctx, why)
	if err != nil {
		return nil, err
	}
	return newOpened(at.String(), st, opts...), nil
}

// address is where --store, the environment or the default says that the register is.
func (w where) address(s *session) (address, error) {
	name, flag := w.Store, "--store"
	if name == "" {
		name, _ = s.Env("XIANJIE_STORE")
		flag = "XIANJIE_STORE"
	}
	if name == "" {
		path, err := defaultPath(s)
		return address{path: path}, err
	}
	return w.parse(s, name, flag)
}

// parse reads the name of a store, with the password when it is one of a database.
func (c credentials) parse(s *session, name, flag string) (address, error) {
	in, err := c.login(s)
	if err != nil {
		return address{}, err
	}
	return parseAddress(name, flag, in)
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
	for _, f := range demo.Documents() {
		doc, _ := document.Parse(f.Name, f.Data)
		docs = append(docs, doc)
	}
	return openWith(ctx, s, "the demonstration", document.Of(docs...), register.ImportOptions{})
}

// openWith opens a throw-away register of documents.
func openWith(ctx context.Context, s *session, name string, docs *document.Set, opts register.ImportOptions) (*opened, error) {
	o, err := openEmpty(ctx)
	if err != nil {
		return nil, err
	}
	o.name = name
	if _, err := load(ctx, s, o, docs, opts); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o, nil
}

// read looks through documents, see document.Read.
func read(ctx context.Context, s *session, paths []string) (*document.Set, error) {
	p := s.progress("reading documents")
	defer p.end()
	docs, err := document.Read(ctx, paths, p.step)
	if err != nil && ctx.Err() == nil {
		return nil, cannotRead(err)
	}
	return docs, err
}

// load imports documents, see register.Import.
func load(ctx context.Context, s *session, o *opened, docs *document.Set, opts register.ImportOptions) (*register.Imported, error) {
	label := "writing objects"
	if opts.DryRun {
		label = "comparing objects"
	}
	p := s.progress(label)
	defer p.end()
	opts.Progress = p.step
	check := s.progress("checking scopes")
	defer check.end()
	opts.Checking = check.step
	return o.Import(ctx, docs, opts)
}
