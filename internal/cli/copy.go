package cli

import (
	"context"
	"errors"
	"fmt"

	"xianjie/internal/plan"
	"xianjie/internal/register"
	"xianjie/internal/store"
)

type copyCommand struct {
	From string `required:"" placeholder:"STORE" help:"The store to read: sqlite:PATH, or neo4j://HOST and its kin."`
	To   string `required:"" placeholder:"STORE" help:"The store to fill: empty, or begun by an earlier copy that was stopped."`
	credentials
}

// Help is shown below the summary.
func (copyCommand) Help() string {
	return `All objects are moved, findings with their answers included, then counts and a digest of both stores are compared. Versions, times and the change log begin anew. A copy that was stopped goes on where it was.

Examples:

    xianjie copy --from sqlite:/srv/plans.db --to neo4j://127.0.0.1:7687 --store-password-file secret`
}

func (c *copyCommand) run(ctx context.Context, s *session) error {
	from, err := c.parse(s, c.From, "--from")
	if err != nil {
		return err
	}
	to, err := c.parse(s, c.To, "--to")
	if err != nil {
		return err
	}
	if from == to {
		return plan.Errorf(plan.BadUserInput, "--to", "saw the same store as --from, wanted another")
	}
	done, err := copyStore(ctx, s, from, to)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Stdout, "copied %s to %s: %s, digest %s\n", from, to, count(int(done.Objects), "object"), done.Digest)
	return nil
}

func copyStore(ctx context.Context, s *session, from, to address) (done *register.Copied, err error) {
	source, err := from.open(ctx, toRead)
	if err != nil {
		return nil, err
	}
	defer closeStore(source, &err)
	target, err := to.open(ctx, toWrite)
	if err != nil {
		return nil, err
	}
	defer closeStore(target, &err)
	p := s.progress("copying objects")
	defer p.end()
	return register.Copy(ctx, source, target, func(done, of int64) { p.step(int(done), int(of)) })
}

// closeStore adds to err what goes wrong when a store is closed.
func closeStore(st store.Store, err *error) {
	if failed := st.Close(); failed != nil {
		*err = errors.Join(*err, failed)
	}
}
