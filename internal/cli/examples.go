package cli

import (
	"xianjie/internal/demo"
	"xianjie/internal/server"
)

// examples are the questions that GraphiQL opens with: those of the demonstration.
func examples() []server.Example {
	questions := demo.Questions()
	all := make([]server.Example, len(questions))
	for i, q := range questions {
		all[i] = server.Example{Title: q.Title, Query: q.Query}
	}
	return all
}
