package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"

	"xianjie/internal/plan"
)

// maxRepetition bounds the sum of squares of how often each response key is written in a document.
// Validation compares all fields with the same key with each other, fragments included, and that
// is how many comparisons it makes: about 50 ns each.
const maxRepetition = 150_000

// screen reads the tokens of a document that is not known yet and refuses what would be expensive
// to parse and validate. It is a gqlgen extension; documents is the cache of the same executor.
type screen struct {
	documents *documents
	aliases   int
}

var (
	_ graphql.HandlerExtension          = screen{}
	_ graphql.OperationParameterMutator = screen{}
)

func (screen) ExtensionName() string                   { return "Screen" }
func (screen) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses with TOO_LARGE, or TOO_MANY_ALIASES when it is aliases that
// make a document long, so that its sender learns what to change.
func (s screen) MutateOperationParameters(ctx context.Context, p *graphql.RawParams) *gqlerror.Error {
	if _, known := s.documents.Get(ctx, p.Query); known {
		return nil
	}
	c := census{keys: map[string]int{}, aliased: map[string]int{}}
	c.read(p.Query, 2*ParserTokens)
	if c.tokens <= ParserTokens {
		if c.repetition() > maxRepetition {
			return refuse(plan.TooLarge, nil, "the document repeats the same fields too often")
		}
		return nil
	}
	for name, n := range c.aliased {
		if n > s.aliases {
			return refuse(plan.TooManyAliases, nil, "field %s is asked for too often under different names, at most %d are allowed",
				cutTo(name, requestMessageBytes), s.aliases)
		}
	}
	return refuse(plan.TooLarge, nil, "the document is longer than %d tokens", ParserTokens)
}

// census counts what is written in the selection sets of a document.
type census struct {
	tokens  int
	keys    map[string]int // times a response key is written
	aliased map[string]int // times a field is written with an alias
}

// read counts the tokens of text, most at the most. It stops where the parser will find an error.
func (c *census) read(text string, most int) {
	lex := lexer.New(&ast.Source{Input: text})
	var before, last lexer.Token
	braces, parens := 0, 0
	for c.tokens < most {
		tok, err := lex.ReadToken()
		if err != nil || tok.Kind == lexer.EOF {
			return
		}
		if tok.Kind == lexer.Comment {
			continue
		}
		c.tokens++
		switch tok.Kind {
		case lexer.ParenL:
			parens++
		case lexer.ParenR:
			parens--
		case lexer.BraceL:
			braces++
		case lexer.BraceR:
			braces--
		case lexer.Name:
			if braces > 0 && parens == 0 {
				c.name(tok.Value, before, last)
			}
		}
		before, last = last, tok
	}
}

// name counts one name in a selection set by what stands before it.
func (c *census) name(name string, before, last lexer.Token) {
	switch {
	case last.Kind == lexer.Colon:
		c.aliased[name]++
	case last.Kind == lexer.At, last.Kind == lexer.Spread, before.Kind == lexer.Spread && last.Value == "on":
	default:
		c.keys[name]++
	}
}

func (c *census) repetition() int {
	sum := 0
	for _, n := range c.keys {
		sum += n * n
	}
	return sum
}

// documents caches parsed documents in two generations: a flood of unique documents pushes out the
// old ones, and what is kept never exceeds twice documentBytes of text.
type documents struct {
	mu       sync.Mutex
	new, old map[string]*ast.QueryDocument
	bytes    int
}

// A parsed document weighs up to eighty times its text, so the cache stays below 40 MB at worst.
const documentBytes = 256 << 10

func newDocuments() *documents {
	return &documents{new: map[string]*ast.QueryDocument{}}
}

// Get finds a document by its text and keeps it for another generation.
func (d *documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if doc, ok := d.new[text]; ok {
		return doc, true
	}
	doc, ok := d.old[text]
	if ok {
		d.add(text, doc)
	}
	return doc, ok
}

// Add keeps a document. One larger than the cache is not kept.
func (d *documents) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.add(text, doc)
}

func (d *documents) add(text string, doc *ast.QueryDocument) {
	if len(text) > documentBytes {
		return
	}
	if d.bytes+len(text) > documentBytes {
		d.old, d.new, d.bytes = d.new, map[string]*ast.QueryDocument{}, 0
	}
	if _, known := d.new[text]; !known {
		d.bytes += len(text)
	}
	d.new[text] = doc
}
