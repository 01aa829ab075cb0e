package demo

import (
	"embed"
	"io/fs"
	"path"
	"strings"
)

//go:embed questions/*.graphql
var questions embed.FS

// Question is a query that the demonstration answers.
type Question struct {
	Title string // from the comment in its first line
	Query string
}

// Questions are the queries that a newcomer may begin with, in order.
func Questions() []Question {
	entries, err := fs.ReadDir(questions, "questions")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	all := make([]Question, 0, len(entries))
	for _, entry := range entries {
		text, err := questions.ReadFile(path.Join("questions", entry.Name()))
		if err != nil {
			panic(err)
		}
		title, query, _ := strings.Cut(string(text), "\n")
		all = append(all, Question{Title: strings.TrimPrefix(title, "# "), Query: query})
	}
	return all
}
