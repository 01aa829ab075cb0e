// Package cli owns the command line: commands, flags, the environment, exit codes, progress, and
// how failures are told to a person. It puts the other packages together and must not know SQL,
// Cypher, or what a rule compares.
package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"xianjie/internal/heap"
	"xianjie/internal/plan"
)

// Streams is what a command has of the world around it, beside files and the network.
type Streams struct {
	Stdin  io.Reader
	Stdout io.Writer // results and nothing else
	Stderr io.Writer // progress, log, failures
	// Env looks up a variable of the environment.
	Env func(name string) (value string, ok bool)
	// StdoutWidth and StderrWidth are the columns of the terminal that the stream leads to, 0 when
	// it leads to none.
	StdoutWidth, StderrWidth int
}

// System is the world of this process.
func System() Streams {
	return Streams{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv,
		StdoutWidth: width(os.Stdout), StderrWidth: width(os.Stderr),
	}
}

func width(f *os.File) int {
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return 0
	}
	if columns, _, err := term.GetSize(fd); err == nil && columns > 0 {
		return columns
	}
	return 80
}

// Main runs one command and gives its exit code; see exitCodes. The first SIGINT or SIGTERM ends
// the command in order, the second ends the process.
func Main(args []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	// A reader that has gone must be a failed write that is told, not a silent death.
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	defer signal.Stop(pipe)
	pace(streams.Env)
	return run(ctx, args, streams)
}

// pace sets how often garbage is collected. GOGC and GOMEMLIMIT have the last word.
func pace(env func(string) (string, bool)) {
	if _, ok := env("GOGC"); !ok {
		heap.Pace()
	}
	if _, ok := env("GOMEMLIMIT"); !ok {
		debug.SetMemoryLimit(2 << 30)
	}
}

// commands are all there are, with the flags that each of them takes.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the register over GraphQL, with GraphiQL in the browser."`
	Import  importCommand  `cmd:"" help:"Put plan documents into the register."`
	Export  exportCommand  `cmd:"" help:"Write the register as plan documents."`
	Query   queryCommand   `cmd:"" help:"Answer a GraphQL query without a server."`
	Check   checkCommand   `cmd:"" help:"Check how plans cohere, and report findings and verdicts."`
	Letter  letterCommand  `cmd:"" help:"Write the review opinion (衔接审查意见) on plans."`
	Answers answersCommand `cmd:"" help:"Take in the answers of a filled review opinion."`
	Rules   rulesCommand   `cmd:"" help:"List the rules of the check, or explain one."`
	Doctor  doctorCommand  `cmd:"" help:"Say whether the register's store is whole."`
	Backup  backupCommand  `cmd:"" help:"Write the register into a file that can be brought back."`
	Restore restoreCommand `cmd:"" help:"Bring a backup back."`
	Copy    copyCommand    `cmd:"" help:"Move the register into another store."`
	Version versionCommand `cmd:"" help:"Print the version of the program and of its rules."`

	Verbose bool `short:"v" setting:"XIANJIE_VERBOSE" help:"Log more to standard error, with the causes of failures."`
}

// session is one run of one command.
type session struct {
	Streams
	out     *output // Stdout
	verbose bool
	log     *slog.Logger
}

// runner is what every command is. An error carries its exit code, see exitOf.
type runner interface {
	run(ctx context.Context, s *session) error
}

func run(ctx context.Context, args []string, streams Streams) int {
	out := &output{to: streams.Stdout}
	streams.Stdout = out
	s := &session{Streams: streams, out: out}
	command, err := s.parse(args)
	if command != nil {
		err = command.run(ctx, s)
	}
	if out.err != nil {
		err = plan.Errorf(plan.Unavailable, "", "cannot write to standard output: %w", out.err)
	}
	return s.fail(ctx, err)
}

// parse gives the command that the arguments ask for, nil when they ask for help alone.
func (s *session) parse(args []string) (runner, error) {
	var all commands
	helped := false
	parser, err := kong.New(&all,
		kong.Name("xianjie"),
		kong.Description(description),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoExpandSubcommands: true}),
		kong.ValueFormatter(describeFlag),
		kong.Writers(s.Stdout, s.Stderr),
		kong.Exit(func(int) { helped = true }),
		kong.Resolvers(s.settings()),
	)
	if err != nil {
		return nil, err // the description of the commands is wrong: no input causes this
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if helped {
		return nil, nil
	}
	if err != nil {
		return nil, usageError{err}
	}
	s.verbose = all.Verbose
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	s.log = slog.New(slog.NewTextHandler(s.Stderr, &slog.HandlerOptions{Level: level}))
	return parsed.Selected().Target.Addr().Interface().(runner), nil
}

// settings gives flags that the arguments leave out the value of their variable.
func (s *session) settings() kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if value, ok := s.Env(flag.Tag.Get("setting")); ok && value != "" {
			return value, nil
		}
		return nil, nil
	})
}

// colour says whether the results may be coloured.
func (s *session) colour() bool {
	off, _ := s.Env("NO_COLOR")
	return s.StdoutWidth > 0 && off == ""
}
