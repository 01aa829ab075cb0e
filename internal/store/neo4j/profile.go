package neo4j

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	driver "github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// profiled is the result of a statement that the database has profiled.
type profiled struct {
	driver.ResultWithContext
	hits func(int64)
}

// profiling has the statements profiled that run runs.
func profiling(run runner, hits func(int64)) runner {
	return func(ctx context.Context, text string, params map[string]any) (driver.ResultWithContext, error) {
		result, err := run(ctx, "PROFILE "+text, params)
		if err != nil {
			return nil, err
		}
		return profiled{result, hits}, nil
	}
}

// Consume ends the statement and tells what it has looked at.
func (p profiled) Consume(ctx context.Context) (driver.ResultSummary, error) {
	summary, err := p.ResultWithContext.Consume(ctx)
	if err != nil {
		return nil, err
	}
	n, err := accesses(summary.Profile())
	if err != nil {
		return nil, err
	}
	p.hits(n)
	return summary, nil
}

// accesses are those of all operators together. The tree that the driver gives has an operator's
// last child in place of each; the text that the database draws has the sum.
func accesses(profile driver.ProfiledPlan) (int64, error) {
	if profile == nil {
		return 0, fmt.Errorf("saw no profile of a statement that was to be profiled")
	}
	shown := fmt.Sprint(profile.Arguments()["string-representation"])
	_, behind, _ := strings.Cut(shown, "Total database accesses: ")
	digits, _, _ := strings.Cut(behind, ",")
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("saw a profile without its database accesses: %w", err)
	}
	return n, nil
}
