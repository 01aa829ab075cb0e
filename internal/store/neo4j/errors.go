package neo4j

import (
	"context"
	"errors"
	"strings"
	"time"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"xianjie/internal/plan"
)

// fail gives an error of the driver the code that the port promises; coded errors pass as they are.
func (s *Store) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var coded *plan.Error
	if errors.As(err, &coded) {
		return err
	}
	coded = &plan.Error{Code: plan.Internal, Path: s.url, Message: "the database failed", Err: err}
	var fromServer *driver.Neo4jError
	var broken *driver.ConnectivityError
	switch {
	case refused(err):
		coded.Code, coded.Message = plan.Unavailable, "nothing answers at the database's address: start the database, or mend the address"
	case ctx.Err() != nil:
		coded.Code, coded.Message = plan.Timeout, "the request was cancelled"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			coded.Message = "the deadline passed before the database answered"
		}
		coded.Err = errors.Join(ctx.Err(), err)
	case errors.As(err, &fromServer):
		coded.Code, coded.Message = meaning(fromServer.Code)
	case errors.As(err, &broken) && insecure(broken):
		coded.Code, coded.Message = plan.Unavailable, "no TLS connection came about: the server must offer TLS with a certificate that is trusted here (+s) or one of its own (+ssc)"
	case errors.As(err, &broken):
		coded.Code, coded.Message = plan.Unavailable, "the connection to the database broke"
	case driver.IsUsageError(err):
		coded.Code, coded.Message = plan.Unavailable, "the database could not be asked; one older than Neo4j 5.7 can't be, and the register needs 5.26"
	}
	return coded
}

// refused says whether an error tells that no database listens.
func refused(err error) bool {
	var broken *driver.ConnectivityError
	return errors.As(err, &broken) && (strings.Contains(broken.Error(), "connection refused") || strings.Contains(broken.Error(), "no such host"))
}

// insecure says whether an error tells that TLS was asked for and did not come about. The driver has
// no type for it.
func insecure(err error) bool {
	text := err.Error()
	return strings.Contains(text, "TLS") || strings.Contains(text, "tls: ") || strings.Contains(text, "x509: ")
}

// meaning tells what a code of the database is to the caller. Its own message, which quotes
// statements, is for the log.
func meaning(code string) (plan.Code, string) {
	switch code {
	case "Neo.ClientError.Security.Unauthorized":
		return plan.Unavailable, "the database refuses the user or the password (" + code + "): give those of a user of the database"
	case "Neo.ClientError.Security.AuthenticationRateLimit":
		return plan.Unavailable, "the database has seen too many wrong passwords (" + code + "): wait some seconds, then give the right one"
	case "Neo.ClientError.Security.CredentialsExpired":
		return plan.Unavailable, "the database wants a new password first (" + code + "): set one with its own tools"
	case "Neo.ClientError.Database.DatabaseNotFound":
		return plan.Unavailable, "the server has no database of this name (" + code + "): name one that it has"
	case "Neo.ClientError.Transaction.TransactionTimedOut", "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
		"Neo.ClientError.Transaction.LockClientStopped", "Neo.TransientError.Transaction.LockClientStopped", "Neo.TransientError.Transaction.Terminated":
		return plan.Timeout, "the deadline passed before the database answered (" + code + ")"
	case "Neo.TransientError.General.StackOverFlowError":
		return plan.ComplexityLimit, "the selection is too deep for the database (" + code + ")"
	case "Neo.TransientError.General.OutOfMemoryError", "Neo.TransientError.General.MemoryPoolOutOfMemoryError":
		return plan.TooLarge, "the database has not the memory for so much at once: smaller parts, or a larger heap for it, help (" + code + ")"
	}
	if strings.HasPrefix(code, "Neo.TransientError.") || code == "Neo.ClientError.Cluster.NotALeader" {
		return plan.Unavailable, "the database can't do this at the moment (" + code + ")"
	}
	return plan.Internal, "the database failed (" + code + ")"
}

// passing says whether what failed may succeed when it is tried again. A commit whose connection
// broke is not tried again like this: see settle.
func passing(err error) bool {
	var broken *driver.ConnectivityError
	if errors.As(err, &broken) {
		return true
	}
	var fromServer *driver.Neo4jError
	if !errors.As(err, &fromServer) {
		return false
	}
	switch code, _ := meaning(fromServer.Code); code {
	case plan.Unavailable:
		return !strings.HasPrefix(fromServer.Code, "Neo.ClientError.Security.") && !strings.HasPrefix(fromServer.Code, "Neo.ClientError.Database.")
	}
	return fromServer.Code == "Neo.DatabaseError.Database.DatabaseUnavailable"
}

// lastWord is what a call that gives up before its deadline leaves to whoever answers its caller.
const lastWord = 100 * time.Millisecond

// retry prepares the database and tries work until it succeeds, fails for good, or time is up;
// pauses grow.
func (s *Store) retry(ctx context.Context, work func(context.Context) error) error {
	deadline, limited := ctx.Deadline()
	if !limited {
		deadline = time.Now().Add(s.options.Patience) // for the tries; work itself may take what it needs
	}
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		err := s.ready(ctx)
		if err == nil {
			err = work(ctx)
		}
		if err == nil || !passing(err) || time.Until(deadline) < pause+lastWord || wait(ctx, pause) != nil {
			return s.fail(ctx, err)
		}
	}
}

// wait waits, or gives the context's error when that ends first.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
