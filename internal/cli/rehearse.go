package cli

import (
	"context"
	"log/slog"
	"time"

	"xianjie/internal/demo"
)

// rehearsal is how long all of it may take.
const rehearsal = time.Minute

// rehearse asks the documented questions once, so that the store has planned them before somebody
// waits for the answer: a database takes a fifth of a second for a question that it does not know.
// Which plans the register holds does not matter, and an answer that is an error is as good.
func rehearse(ctx context.Context, log *slog.Logger, ask func(ctx context.Context, query string) error) {
	ctx, cancel := context.WithTimeout(ctx, rehearsal)
	defer cancel()
	start, asked := time.Now(), 0
	for _, q := range demo.Questions() {
		if ctx.Err() != nil {
			break
		}
		if err := ask(ctx, q.Query); err != nil {
			log.Debug("a documented question was rehearsed and not answered", "question", q.Title, "reason", err)
		}
		asked++
	}
	log.Info("the documented questions are planned", "questions", asked, "took", time.Since(start).Round(time.Millisecond))
}
