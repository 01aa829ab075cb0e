package sqlite

import (
	"context"
	"errors"

	engine "zombiezen.com/go/sqlite"

	"xianjie/internal/plan"
)

// fail gives an error of the engine the code that the port promises; coded errors pass as they are.
func (s *Store) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var coded *plan.Error
	if errors.As(err, &coded) {
		return err
	}
	if ended := ctx.Err(); ended != nil {
		message := "the request was cancelled"
		if errors.Is(ended, context.DeadlineExceeded) {
			message = "the deadline passed before the register answered"
		}
		return &plan.Error{Code: plan.Timeout, Path: s.path, Message: message, Err: errors.Join(ended, err)}
	}
	result := engine.ErrCode(err)
	code, message := plan.Internal, "the engine failed"
	switch result.ToPrimary() {
	case engine.ResultFull:
		code, message = plan.StorageFull, "no room is left; nothing of the change was kept"
	case engine.ResultBusy, engine.ResultLocked:
		code, message = plan.Unavailable, "another process holds the file"
	case engine.ResultCantOpen, engine.ResultPerm, engine.ResultReadOnly, engine.ResultAuth:
		code, message = plan.Unavailable, "the file can't be opened for writing"
	case engine.ResultCorrupt, engine.ResultNotADB:
		message = "the file is damaged"
	}
	if result == engine.ResultIOErrSHMSize { // the index of the write-ahead log could not grow
		code, message = plan.StorageFull, "no room is left; nothing of the change was kept"
	}
	// The engine's own text, which quotes statements, is for the log.
	return &plan.Error{Code: code, Path: s.path, Message: message + " (" + result.String() + ")", Err: err}
}
