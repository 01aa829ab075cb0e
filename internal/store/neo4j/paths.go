package neo4j

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

const (
	longestPath = 100
	mostVisited = 200_000
)

// step is a link between two objects, walked from the first.
type step struct{ to, link plan.ID }

// Paths walks the links breadth first from one end, a statement for each length, then lists the
// ways back from the other, in the order of the ids along them. The database's own shortest paths
// would list all of a lattice before any is cut off.
func (s *Store) Paths(ctx context.Context, q query.PathQuery) ([]query.Path, error) {
	if q.MaxLength < 1 || q.MaxLength > longestPath {
		return nil, unfit("maxLength", "saw %d, wanted 1 to %d", q.MaxLength, longestPath)
	}
	if q.Limit < 1 {
		return nil, unfit("limit", "saw %d, wanted at least 1", q.Limit)
	}
	if err := s.usable(ctx); err != nil {
		return nil, err
	}
	for _, id := range []plan.ID{q.From, q.To} {
		if k := plan.KindOf(id); k == nil || !id.Valid() || !utf8.ValidString(string(id)) || s.schema.shape(k) == nil {
			return nil, plan.Errorf(plan.NotFound, string(id), "does not exist")
		}
	}
	var paths []query.Path
	err := s.read(ctx, func(ctx context.Context, r *reader) error {
		p := &pathfinder{
			reader: r, schema: s.schema, through: q.Through,
			depth: map[plan.ID]int{}, ways: map[plan.ID][]step{}, numbers: map[plan.ID]int64{},
		}
		for _, id := range []plan.ID{q.From, q.To} {
			if err := p.find(ctx, id); err != nil {
				return err
			}
		}
		var err error
		paths, err = p.between(ctx, q)
		return err
	})
	return paths, err
}

type pathfinder struct {
	*reader
	schema  *schema
	through []plan.LinkType
	depth   map[plan.ID]int    // in links from the beginning
	ways    map[plan.ID][]step // to the objects one link nearer to the end, of those on a shortest path
	numbers map[plan.ID]int64  // that the database gives the objects
}

func (p *pathfinder) find(ctx context.Context, id plan.ID) error {
	sh := p.schema.shape(plan.KindOf(id))
	body := "OPTIONAL MATCH " + sh.all("a") + " WHERE a.`id` = $in.id WITH finished, id(a) AS number"
	values, err := p.query(ctx, body, map[string]any{"id": string(id)}, "number")
	if err != nil {
		return err
	}
	number, ok := values[0].(int64)
	if !ok {
		return plan.Errorf(plan.NotFound, string(id), "does not exist")
	}
	if !sh.link { // no link leads to a link
		p.numbers[id] = number
	}
	return nil
}

func (p *pathfinder) between(ctx context.Context, q query.PathQuery) ([]query.Path, error) {
	if q.From == q.To {
		return []query.Path{{Objects: []plan.ID{q.From}}}, nil
	}
	back := map[plan.ID][]step{} // from each object to those one link nearer to the beginning
	p.depth[q.From] = 0
	frontier := []plan.ID{q.From}
	for length := 1; length <= q.MaxLength && len(frontier) > 0; length++ {
		next, err := p.expand(ctx, frontier, length, back)
		if err != nil {
			return nil, err
		}
		if _, reached := p.depth[q.To]; reached {
			return p.list(q.From, q.To, length, back, q.Limit), nil
		}
		if len(p.depth) > mostVisited {
			return nil, plan.Errorf(plan.TooLarge, "", "more than %d objects lie within %d links of %s", mostVisited, length, q.From)
		}
		frontier = next
	}
	return nil, nil
}

// expand follows every link of the frontier and gives the objects that were not met before.
func (p *pathfinder) expand(ctx context.Context, frontier []plan.ID, length int, back map[plan.ID][]step) ([]plan.ID, error) {
	numbers := make([]int64, 0, len(frontier))
	for _, id := range frontier {
		if number, ok := p.numbers[id]; ok {
			numbers = append(numbers, number)
		}
	}
	params := map[string]any{"numbers": numbers}
	condition := always
	if len(p.through) > 0 {
		through := make([]string, 0, len(p.through))
		for _, typ := range p.through {
			if utf8.ValidString(string(typ)) {
				through = append(through, string(typ))
			}
		}
		params["through"] = through
		condition = "type(n) IN $in.through"
	}
	link := p.schema.byName["Link"]
	body := "WITH finished, COLLECT { UNWIND $in.numbers AS number MATCH (a) WHERE id(a) = number MATCH (a)-[n:" + link.anyType() + "]-(b)" +
		where(condition) + " RETURN [a.`id`, b.`id`, n.`id`, id(b)] AS step } AS steps"
	values, err := p.query(ctx, body, params, "steps")
	if err != nil {
		return nil, err
	}
	list, _ := values[0].([]any)
	var next []plan.ID
	for _, raw := range list {
		var texts [3]string
		cells, ok := raw.([]any)
		if !ok || len(cells) != len(texts)+1 {
			return nil, malformed(raw)
		}
		for i := range texts {
			texts[i], _ = cells[i].(string)
		}
		here, there := plan.ID(texts[0]), plan.ID(texts[1])
		at, met := p.depth[there]
		if !met {
			p.depth[there] = length
			p.numbers[there], _ = cells[3].(int64)
			next = append(next, there)
		}
		if !met || at == length {
			back[there] = append(back[there], step{here, plan.ID(texts[2])})
		}
	}
	return next, nil
}

// list gives the first paths in the order of the ids of their objects, then of their links.
func (p *pathfinder) list(from, to plan.ID, length int, back map[plan.ID][]step, limit int) []query.Path {
	wanted := []plan.ID{to}
	for range length {
		var nearer []plan.ID
		for _, there := range wanted {
			for _, s := range back[there] {
				if p.ways[s.to] == nil {
					nearer = append(nearer, s.to)
				}
				p.ways[s.to] = append(p.ways[s.to], step{there, s.link})
			}
		}
		wanted = nearer
	}
	for _, ways := range p.ways {
		slices.SortFunc(ways, func(a, b step) int { return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.link, b.link)) })
	}
	var paths []query.Path
	p.objects(from, to, []plan.ID{from}, func(objects []plan.ID) bool {
		paths = p.links(paths, objects, nil, limit)
		return len(paths) < limit
	})
	return paths
}

// objects calls each for every sequence of objects from here to the end, until it gives false.
func (p *pathfinder) objects(here, to plan.ID, walked []plan.ID, each func([]plan.ID) bool) bool {
	if here == to {
		return each(walked)
	}
	for i, way := range p.ways[here] {
		if i > 0 && p.ways[here][i-1].to == way.to {
			continue // a second link to the same object
		}
		if !p.objects(way.to, to, append(walked, way.to), each) {
			return false
		}
	}
	return true
}

// links appends a path for every choice of links along the objects, up to the limit.
func (p *pathfinder) links(paths []query.Path, objects, chosen []plan.ID, limit int) []query.Path {
	if len(paths) >= limit {
		return paths
	}
	at := len(chosen)
	if at == len(objects)-1 {
		return append(paths, query.Path{Objects: slices.Clone(objects), Links: slices.Clone(chosen)})
	}
	for _, way := range p.ways[objects[at]] {
		if way.to == objects[at+1] {
			paths = p.links(paths, objects, append(chosen, way.link), limit)
		}
	}
	return paths
}
