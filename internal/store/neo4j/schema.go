package neo4j

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

// What the store keeps beside the objects. No kind may have one of these names.
const (
	registerLabel = "Register"      // one node: schema version, revision; who writes holds its lock
	begunLabel    = "WriteBegun"    // one node: the revision that is being committed, or was
	finishedLabel = "WriteFinished" // one node: the revision that is committed whole
	revisionLabel = "Revision"      // one per revision: when, who, why
	changeLabel   = "Change"        // one per some entries of the change log
	appliedLabel  = "AppliedKey"    // one per idempotency key
	historyIndex  = "fulltext_change"
)

// Properties of objects beside their fields.
const (
	digestProperty = "_digest" // of the content: equal content is no change
	tokensProperty = "_tokens" // what text search looks in
	sortSuffix     = "_sort"   // behind a field's name: what it sorts by
	keySuffix      = "_key"    // behind a field's name: comparable, where its text is another
)

// schema is the description of the model as labels, relationship types and indexes.
type schema struct {
	shapes  []*shape // in the order of the kinds
	byName  map[string]*shape
	types   map[string][]*plan.Kind // kinds that relationships of an edge's type start from
	indexes []index
	places  []string // patterns that find objects, bound to n: of each kind of nodes, of each type of links
	finding string   // the statement that finds objects by their ids, which are parted by place
}

// shape is how objects of a kind are kept: as nodes with the kind's name as label, or, for links, as
// relationships of the link's type.
type shape struct {
	kind     *plan.Kind
	link     bool
	types    []string // of relationships, for links
	fields   map[*plan.Field]property
	columns  []string     // properties in the order in which rows are written
	along    []*plan.Edge // edges that are written together with their node: see newShape
	searched bool
}

// property is how a field is kept. A field that is indexed has a second property that is never
// absent, so that an index over it and the id gives the whole order: a text cut to what an index
// can hold, a number, and what stands behind all of them where nothing is stated.
type property struct {
	field *plan.Field
	name  string
	sort  string // "" when it sorts by itself
	key   string // what is compared with a caller's text, where that is not the field's own; "" for no free text
	total bool   // sort is never absent
	exact bool   // sort alone tells values apart
}

// index is one that the database must have; text makes it when there is none of the name.
type index struct{ name, text string }

func (i index) plain() string { return strings.Trim(i.name, "`") }

func (i index) constraint() bool { return strings.HasPrefix(i.text, "CREATE CONSTRAINT ") }

func (i index) String() string {
	if i.constraint() {
		return "constraint " + i.plain()
	}
	return "index " + i.plain()
}

// sortLength is how many characters of a text its sort property has.
const sortLength = 60

// last stands behind every comparable text.
const last = "\uffff\uffff"

func quote(name string) string { return "`" + name + "`" }

// relationshipType is the type of an edge's relationships: its name, as people write types.
func relationshipType(e *plan.Edge) string {
	var b strings.Builder
	for _, r := range e.Name {
		switch {
		case r == '.':
			b.WriteByte('_')
		case unicode.IsUpper(r):
			b.WriteByte('_')
			b.WriteRune(r)
		default:
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}

func newSchema(kinds []*plan.Kind) *schema {
	s := &schema{byName: map[string]*shape{}, types: map[string][]*plan.Kind{}}
	for _, k := range kinds {
		sh := newShape(k)
		s.shapes = append(s.shapes, sh)
		s.byName[k.Name] = sh
		if sh.link {
			for _, typ := range sh.types {
				s.places = append(s.places, sh.pattern(typ))
				s.indexes = append(s.indexes, sh.indexesOf(strings.ToLower(typ), "()-[n:"+quote(typ)+"]-()")...)
			}
			continue
		}
		s.places = append(s.places, sh.pattern(""))
		s.indexes = append(s.indexes, sh.indexesOf(k.Prefix, "(n:"+quote(k.Name)+")")...)
		if sh.searched {
			s.indexes = append(s.indexes, fullText(sh.searchIndex(), k.Name, tokensProperty, "whitespace"))
		}
		for _, e := range k.Edges {
			typ := relationshipType(e)
			s.types[typ] = append(s.types[typ], k)
		}
	}
	s.indexes = append(s.indexes, ownIndexes()...)
	parts := make([]string, len(s.places))
	for i, pattern := range s.places {
		parts[i] = fmt.Sprintf("COLLECT { UNWIND $in.ids[%d] AS id MATCH %s WHERE n.`id` = id RETURN [id, n.`version`, n.`createdAt`, n.%s] AS found } AS found%d",
			i, pattern, quote(digestProperty), i)
	}
	s.finding = "RETURN " + strings.Join(parts, ", ")
	return s
}

// pattern finds an object of the shape, bound to n; of links, one of the type.
func (sh *shape) pattern(typ string) string {
	if sh.link {
		return "()-[n:" + quote(typ) + "]->()"
	}
	return "(n:" + quote(sh.kind.Name) + ")"
}

// byPlace are the ids that each place may have, in the order of the places. A link whose id names no type is nowhere.
func (s *schema) byPlace(ids []plan.ID) [][]string {
	parts := make([][]string, len(s.places))
	for _, id := range ids {
		sh := s.shape(plan.KindOf(id))
		if at := slices.Index(s.places, sh.pattern(sh.typeOf(id))); at >= 0 {
			parts[at] = append(parts[at], string(id))
		}
	}
	return parts
}

// typeOf is the type that a link's id names, "" when there is none of the name.
func (sh *shape) typeOf(id plan.ID) string {
	lower, _, _ := strings.Cut(id.Code(), "/")
	typ := strings.ToUpper(lower)
	if !slices.Contains(sh.types, typ) {
		return ""
	}
	return typ
}

func newShape(k *plan.Kind) *shape {
	sh := &shape{kind: k, fields: map[*plan.Field]property{}}
	if k.Name == "Link" {
		sh.link = true
		sh.types = slices.Clone(k.Field("type").Enum)
	}
	for _, f := range k.Fields {
		p := property{field: f, name: f.Column()}
		sh.columns = append(sh.columns, p.name)
		switch {
		case f.Type == plan.Decimal:
			p.sort, p.exact = p.name+sortSuffix, true
		case f.Index && f.Type == plan.Int:
			p.sort, p.total, p.exact = p.name+sortSuffix, true, true
		case f.Index && f.Type == plan.String:
			p.sort, p.total, p.exact = p.name+sortSuffix, true, f.Enum != nil || f.Date
		}
		if p.sort != "" {
			sh.columns = append(sh.columns, p.sort)
		}
		if f.Type == plan.Strings || f.Type == plan.Values || f.Type == plan.String && f.Enum == nil && !f.Date {
			p.key = p.name + keySuffix
			sh.columns = append(sh.columns, p.key)
		}
		sh.fields[f] = p
		sh.searched = sh.searched || f.Search
	}
	for _, e := range k.Edges {
		// What it points to is there always, and was written before.
		if !sh.link && e.Required && !e.Many && !e.Polymorphic() && e.To[0].Order < k.Order {
			sh.along = append(sh.along, e)
		}
	}
	sh.columns = append(sh.columns, digestProperty)
	if sh.searched {
		sh.columns = append(sh.columns, tokensProperty)
	}
	return sh
}

// indexesOf are those of one label or relationship type, which pattern binds to n.
func (sh *shape) indexesOf(prefix, pattern string) []index {
	name := quote("id_" + prefix)
	indexes := []index{{name, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR %s REQUIRE n.`id` IS UNIQUE", name, pattern)}}
	for _, f := range sh.kind.Fields {
		p := sh.fields[f]
		if !f.Index || p.sort == "" || sh.link && f.Name == "type" {
			continue // all links of one relationship type are of one type
		}
		name := quote("by_" + prefix + "_" + p.name)
		indexes = append(indexes, index{name, fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR %s ON (n.%s, n.`id`)", name, pattern, quote(p.sort))})
	}
	return indexes
}

func ownIndexes() []index {
	unique := func(label, property string) index {
		name := quote(strings.ToLower(label) + "_" + property)
		return index{name, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE", name, label, quote(property))}
	}
	change := quote("change_position")
	return []index{
		unique(registerLabel, "name"), unique(revisionLabel, "revision"), unique(revisionLabel, "token"), unique(appliedLabel, "key"),
		{change, fmt.Sprintf("CREATE INDEX %s IF NOT EXISTS FOR (n:%s) ON (n.`revision`, n.`position`)", change, changeLabel)},
		fullText(historyIndex, changeLabel, "ids", "keyword"),
	}
}

// fullText is an index that the database brings up to date behind a commit, of which it takes less time so. What asks it waits for that
// first: see indexed.
func fullText(name, label, property, analyzer string) index {
	return index{name, fmt.Sprintf(
		"CREATE FULLTEXT INDEX %s IF NOT EXISTS FOR (n:%s) ON EACH [n.%s] OPTIONS {indexConfig: {`fulltext.analyzer`: '%s', `fulltext.eventually_consistent`: true}}",
		name, quote(label), quote(property), analyzer)}
}

// indexed is the clause behind which full-text indexes have all that was committed before it.
const indexed = "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh() "

// shape is that of a kind, nil when there is none.
func (s *schema) shape(k *plan.Kind) *shape { return s.byName[k.Name] }

func (sh *shape) searchIndex() string { return "fulltext_" + sh.kind.Prefix }

// anyType is the types of links as a pattern names them.
func (sh *shape) anyType() string {
	quoted := make([]string, len(sh.types))
	for i, typ := range sh.types {
		quoted[i] = quote(typ)
	}
	return strings.Join(quoted, "|")
}

// all is the pattern of every object of the kind, bound to v.
func (sh *shape) all(v string) string {
	if sh.link {
		return "()-[" + v + ":" + sh.anyType() + "]->()"
	}
	return "(" + v + ":" + quote(sh.kind.Name) + ")"
}

// property is that of a field, an error when the kind has no such field.
func (sh *shape) property(f *plan.Field) (property, error) {
	p, ok := sh.fields[f]
	if !ok {
		return p, unfit(sh.kind.Name, "has no field %q", f.Name)
	}
	return p, nil
}

// shared says whether relationships of the edge's type start from other kinds too.
func (s *schema) shared(e *plan.Edge) bool { return len(s.types[relationshipType(e)]) > 1 }

// sorted says whether an index gives the order.
func (sh *shape) sorted(order []query.Order) bool {
	return len(order) == 0 || sh.fields[order[0].Field].total
}

// reference is an edge that may point to a kind, seen from there.
type reference struct {
	from *shape
	edge *plan.Edge
}

// referencesTo are all edges that may point to the kind.
func (s *schema) referencesTo(k *plan.Kind) []reference {
	var refs []reference
	for _, sh := range s.shapes {
		for _, e := range sh.kind.Edges {
			if slices.Contains(e.To, k) {
				refs = append(refs, reference{sh, e})
			}
		}
	}
	return refs
}

// labels are all that a register's database may hold.
func (s *schema) labels() []string {
	labels := []string{registerLabel, begunLabel, finishedLabel, revisionLabel, changeLabel, appliedLabel}
	for _, sh := range s.shapes {
		if !sh.link {
			labels = append(labels, sh.kind.Name)
		}
	}
	return labels
}

// relationshipTypes are all that a register's database may hold.
func (s *schema) relationshipTypes() []string {
	types := slices.Collect(maps.Keys(s.types))
	for _, sh := range s.shapes {
		types = append(types, sh.types...)
	}
	return types
}
