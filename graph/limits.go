package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"xianjie/internal/plan"
)

// ParserTokens is the length of the longest document that is parsed, in lexical tokens.
const ParserTokens = 2000

// Page bounds of every argument named first or last, and the page of a connection that names none.
const (
	MinPage     = 1
	MaxPage     = 500
	DefaultPage = 50
)

// Limits refuses an operation that asks for too much, before any resolver runs. It counts what the
// operation would do, not how it is written: fragments are counted where they are spread, variables
// by their value, aliases as fields of their own. It is a gqlgen extension.
type Limits struct {
	// Depth is the number of nested fields, the leaf included. Introspection is exempt: the
	// validator bounds it.
	Depth int
	// Aliases is the number of response keys one field may have in one (merged) selection set.
	Aliases int
	// Complexity bounds the cost of an operation: each field costs 1 plus the cost of its children
	// times its page.
	Complexity int
}

// DefaultLimits fit the documented questions with room: 50 plans with 20 targets and their
// indicators and regions cost about 17,000, 500 targets with eight fields 4,500; three nested pages of
// 100 cost over a million.
func DefaultLimits() Limits {
	return Limits{Depth: 12, Aliases: 30, Complexity: 100_000}
}

var (
	_ graphql.HandlerExtension        = Limits{}
	_ graphql.OperationContextMutator = Limits{}
	_ graphql.ResponseInterceptor     = Limits{}
)

// Protect sets everything on exec that stands between a hostile document and the resolvers: token
// limit, screening, a bounded cache of documents, these limits, the error presenter and the recovery of panics.
func Protect(exec *executor.Executor, l Limits, log *slog.Logger) {
	exec.SetParserTokenLimit(ParserTokens)
	exec.SetDisableSuggestion(true)
	docs := newDocuments()
	exec.SetQueryCache(docs)
	exec.SetErrorPresenter(Presenter(log))
	exec.SetRecoverFunc(Recover(log))
	exec.Use(screen{documents: docs, aliases: l.Aliases})
	exec.Use(l)
}

// ExtensionName names the extension in gqlgen's registry.
func (Limits) ExtensionName() string { return "Limits" }

// Validate refuses limits that would refuse every operation.
func (l Limits) Validate(graphql.ExecutableSchema) error {
	if l.Depth < 1 || l.Aliases < 1 || l.Complexity < 1 {
		return fmt.Errorf("limits must be positive: %+v", l)
	}
	return nil
}

// MutateOperationContext checks the operation. The error's code is DEPTH_LIMIT, TOO_MANY_ALIASES,
// COMPLEXITY_LIMIT or, for a page out of bounds, BAD_USER_INPUT.
func (l Limits) MutateOperationContext(_ context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	m := meter{vars: oc.Variables, fragments: map[*ast.FragmentDefinition]measure{}}
	got := m.set(oc.Operation.SelectionSet)
	if got.depth > l.Depth {
		return refuse(plan.DepthLimit, nil, "fields nest %s deep, at most %d are allowed", atLeast(got.depth), l.Depth)
	}
	// The walk over merged fields takes got.size steps at most. A document beyond the complexity
	// limit in size alone is a bomb of fragments: it need not be walked to be refused.
	if got.size > l.Aliases && got.size <= l.Complexity {
		c := aliasCheck{most: l.Aliases, seen: map[*ast.Selection]bool{}}
		if err := c.walk([]ast.SelectionSet{oc.Operation.SelectionSet}); err != nil {
			return err
		}
	}
	if got.cost > l.Complexity {
		return refuse(plan.ComplexityLimit, nil, "the operation costs %s, at most %d is allowed: ask for smaller pages or fewer fields",
			atLeast(got.cost), l.Complexity)
	}
	return m.badPage
}

// measure is what one selection set amounts to. All three saturate at math.MaxInt.
type measure struct {
	depth int // nested fields
	size  int // fields, with fragments counted where they are spread
	cost  int // fields, times the pages around them
}

// meter measures selection sets, each fragment once however often it is spread: the tree that a
// document describes can be exponentially larger than the document.
type meter struct {
	vars      map[string]any
	fragments map[*ast.FragmentDefinition]measure
	badPage   *gqlerror.Error
}

func (m *meter) set(set ast.SelectionSet) measure {
	var sum measure
	for _, sel := range set {
		var part measure
		switch sel := sel.(type) {
		case *ast.Field:
			part = m.field(sel)
		case *ast.InlineFragment:
			part = m.set(sel.SelectionSet)
		case *ast.FragmentSpread:
			part = m.fragment(sel.Definition)
		}
		sum.depth = max(sum.depth, part.depth)
		sum.size = addCapped(sum.size, part.size)
		sum.cost = addCapped(sum.cost, part.cost)
	}
	return sum
}

func (m *meter) fragment(def *ast.FragmentDefinition) measure {
	got, ok := m.fragments[def]
	if !ok {
		got = m.set(def.SelectionSet)
		m.fragments[def] = got
	}
	return got
}

func (m *meter) field(f *ast.Field) measure {
	page := m.page(f)
	got := m.set(f.SelectionSet)
	got.depth++
	if f.Name == "__schema" || f.Name == "__type" {
		got.depth = 0
	}
	got.size = addCapped(1, got.size)
	got.cost = addCapped(1, mulCapped(got.cost, page))
	return got
}

// page is how many objects a field may return: its first or last, or as many ids as it is given. The
// first argument that is out of bounds is kept in badPage.
func (m *meter) page(f *ast.Field) int {
	if f.Definition == nil || len(f.SelectionSet) == 0 {
		return 1
	}
	page := 0
	for _, def := range f.Definition.Arguments {
		var n int
		switch {
		case def.Name == "first" || def.Name == "last":
			n = m.count(f, def, MinPage)
		case def.Name == "ids" && f.Definition.Type.Elem != nil:
			n = m.count(f, def, 0)
		}
		page = max(page, n)
	}
	switch {
	case page > 0:
		return page
	case strings.HasSuffix(f.Definition.Type.Name(), "Connection"):
		return DefaultPage
	}
	return 1
}

// count is the number that an argument asks for, 0 when it is absent or null.
func (m *meter) count(f *ast.Field, def *ast.ArgumentDefinition, least int64) int {
	value := def.DefaultValue
	at := f.Position
	if arg := f.Arguments.ForName(def.Name); arg != nil {
		value, at = arg.Value, arg.Position
		if _, set := m.vars[value.Raw]; value.Kind == ast.Variable && !set {
			value = def.DefaultValue
		}
	}
	got, err := value.Value(m.vars)
	if got == nil && err == nil {
		return 0
	}
	if id, one := got.(string); one && def.Type.Elem != nil {
		got = []any{id} // one value may stand for the list of it
	}
	n, ok := pageNumber(got)
	if err == nil && ok && n >= least && n <= MaxPage {
		return int(n)
	}
	if m.badPage == nil {
		m.badPage = refuse(plan.BadUserInput, at, "%s of %s must be between %d and %d", def.Name, f.Name, least, MaxPage)
	}
	return MaxPage
}

// pageNumber is the number behind a coerced argument, or the length of a list. Literals, variables and
// defaults arrive in different types.
func pageNumber(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	case []any:
		return int64(len(v)), true
	case []string:
		return int64(len(v)), true
	}
	return 0, false
}

// aliasCheck walks selection sets as execution would merge them. A set that merges with no other is
// walked once however often it is reached.
type aliasCheck struct {
	most int
	seen map[*ast.Selection]bool
}

// walk counts the response keys of each field over sets, which execution merges into one, and goes
// down into the fields that it merges.
func (c *aliasCheck) walk(sets []ast.SelectionSet) *gqlerror.Error {
	if len(sets) == 1 {
		first := &sets[0][0]
		if c.seen[first] {
			return nil
		}
		c.seen[first] = true
	}
	m := merged{keys: map[string][]ast.SelectionSet{}, uses: map[string]int{}, spread: map[*ast.FragmentDefinition]bool{}}
	for _, set := range sets {
		m.collect(set)
	}
	for _, name := range m.names {
		if m.uses[name] > c.most {
			return refuse(plan.TooManyAliases, nil, "field %s is asked for %d times under different names, at most %d are allowed",
				name, m.uses[name], c.most)
		}
	}
	for _, key := range m.order {
		if below := m.keys[key]; len(below) > 0 {
			if err := c.walk(below); err != nil {
				return err
			}
		}
	}
	return nil
}

// merged is one selection set as execution sees it: the sets below each response key, and how many
// keys each field of each type has.
type merged struct {
	keys   map[string][]ast.SelectionSet
	order  []string
	uses   map[string]int
	names  []string
	spread map[*ast.FragmentDefinition]bool
}

func (m *merged) collect(set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			m.field(sel)
		case *ast.InlineFragment:
			m.collect(sel.SelectionSet)
		case *ast.FragmentSpread:
			if !m.spread[sel.Definition] {
				m.spread[sel.Definition] = true
				m.collect(sel.Definition.SelectionSet)
			}
		}
	}
}

func (m *merged) field(f *ast.Field) {
	below, seen := m.keys[f.Alias]
	if len(f.SelectionSet) > 0 {
		below = append(below, f.SelectionSet)
	}
	m.keys[f.Alias] = below
	if seen {
		return
	}
	m.order = append(m.order, f.Alias)
	name := f.Name
	if f.ObjectDefinition != nil {
		name = f.ObjectDefinition.Name + "." + name
	}
	if m.uses[name]++; m.uses[name] == 1 {
		m.names = append(m.names, name)
	}
}

func addCapped(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

func mulCapped(a, b int) int {
	if b != 0 && a > math.MaxInt/b {
		return math.MaxInt
	}
	return a * b
}

func atLeast(n int) string {
	if n == math.MaxInt {
		return "beyond counting"
	}
	return strconv.Itoa(n)
}

func refuse(code plan.Code, at *ast.Position, format string, args ...any) *gqlerror.Error {
	err := &gqlerror.Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": string(code)}}
	if at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	return err
}
