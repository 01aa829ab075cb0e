package server

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
)

// web holds the files of GraphiQL, which "make web" copies from npm and git ignores; page holds
// ours. Without GraphiQL's files everything else works.
//
//go:embed all:web page
var embedded embed.FS

const (
	// No script, no other host.
	pageCSP = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// GraphiQL brings fonts and small images as data: addresses inside its style sheet, and its
	// dialogs add style elements at run time, which get a nonce. Scripts come from files alone.
	graphiqlCSP = "default-src 'self'; style-src 'self' 'nonce-%s'; font-src 'self' data:; img-src 'self' data:; " +
		"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// webFiles are the files that GraphiQL needs. web/copy.mjs brings them.
func webFiles() []string {
	return []string{"graphiql.min.css", "graphiql.min.js", "react-dom.production.min.js", "react.production.min.js"}
}

// pages are the files for people, complete in memory.
type pages struct {
	index    *file
	graphiql http.Handler
	schema   *file
	schemas  map[string]*file // by name below /schemas/
	assets   map[string]*file // by name below /assets/
}

// file is a finished answer.
type file struct {
	media, csp, etag string
	status           int
	body             []byte
}

func newPages(c Config, web fs.FS) (*pages, error) {
	templates, err := template.ParseFS(embedded, "page/*.html")
	if err != nil {
		return nil, err
	}
	p := &pages{assets: map[string]*file{}, schemas: map[string]*file{}}
	for _, name := range []string{"icon.svg", "page.css", "graphiql.css", "graphiql.js"} {
		if err := p.addAsset(embedded, "page/"+name); err != nil {
			return nil, err
		}
	}
	complete, err := p.addWeb(web)
	if err != nil {
		return nil, err
	}
	examples, err := json.Marshal(c.Examples)
	if err != nil {
		return nil, err
	}
	data := map[string]any{"Version": c.Version, "Examples": c.Examples}
	if p.index, err = render(templates, "index.html", pageCSP, data); err != nil {
		return nil, err
	}
	missing, err := render(templates, "missing.html", pageCSP, data)
	if err != nil {
		return nil, err
	}
	missing.status = http.StatusServiceUnavailable
	p.graphiql = missing
	if complete {
		p.graphiql = &graphiqlPage{templates.Lookup("graphiql.html"), string(examples)}
	}
	p.schema = newFile("text/plain; charset=utf-8", []byte(c.Schema))
	for name, body := range c.Schemas {
		p.schemas[name] = newFile("application/schema+json", body)
	}
	return p, nil
}

// graphiqlPage is written anew for each visit, for its nonce.
type graphiqlPage struct {
	template *template.Template
	examples string
}

func (p *graphiqlPage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", fmt.Sprintf(graphiqlCSP, nonce))
	_ = p.template.Execute(w, map[string]string{"ExamplesJSON": p.examples, "Nonce": nonce}) // fails only when the client has gone
}

// addWeb adds GraphiQL's files and says whether they are all there.
func (p *pages) addWeb(web fs.FS) (bool, error) {
	for _, name := range webFiles() {
		err := p.addAsset(web, name)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func (p *pages) addAsset(from fs.FS, name string) error {
	body, err := fs.ReadFile(from, name)
	if err != nil {
		return fmt.Errorf("file %s of the pages: %w", name, err)
	}
	base := path.Base(name)
	p.assets[base] = newFile(mime.TypeByExtension(path.Ext(base)), body)
	return nil
}

func render(t *template.Template, name, csp string, data any) (*file, error) {
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, name, data); err != nil {
		return nil, err
	}
	f := newFile("text/html; charset=utf-8", buf.Bytes())
	f.csp = csp
	return f, nil
}

func newFile(media string, body []byte) *file {
	sum := sha256.Sum256(body)
	return &file{media: media, etag: `"` + hex.EncodeToString(sum[:8]) + `"`, status: http.StatusOK, body: body}
}

func (p *pages) register(mux *http.ServeMux) {
	mux.Handle("GET /{$}", p.index)
	mux.Handle("GET /graphiql", p.graphiql)
	mux.Handle("GET /schema.graphqls", p.schema)
	for name, f := range p.schemas {
		mux.Handle("GET /schemas/"+name, f)
	}
	for name, f := range p.assets {
		mux.Handle("GET /assets/"+name, f)
	}
}

// ServeHTTP sends the file, or 304 to a browser that has it.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.etag)
	if f.csp != "" {
		h.Set("Content-Security-Policy", f.csp)
	}
	if f.status == http.StatusOK && r.Header.Get("If-None-Match") == f.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.media)
	h.Set("Content-Length", strconv.Itoa(len(f.body)))
	w.WriteHeader(f.status)
	_, _ = w.Write(f.body)
}
