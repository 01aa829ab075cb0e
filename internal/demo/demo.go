// Package demo owns the demonstration register: the published plans of Inner Mongolia that the
// ecological plan of 2021–2025 must cohere with, as plan documents, embedded in the program. Every
// object names the facts that it rests on, and neimenggu/SOURCES.md says of each fact who published
// it. What no source states is absent. The package hands out bytes: it must not know how documents
// are read, where objects are stored nor what rules say about them.
package demo

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed neimenggu/*.yaml
var files embed.FS

const folder = "neimenggu"

// File is one plan document.
type File struct {
	Name string // such as "neimenggu/nm-eco-14.yaml"; slashes on every system
	Data []byte // the caller's own copy
}

// Documents returns the whole register, sorted by name: the files only make sense together, since
// they refer to each other.
func Documents() []File {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	documents := make([]File, 0, len(entries))
	for _, entry := range entries {
		name := path.Join(folder, entry.Name())
		data, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		documents = append(documents, File{Name: name, Data: data})
	}
	return documents
}
