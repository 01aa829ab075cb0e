package sqlite

import (
	"cmp"
	"context"
	"slices"

	"xianjie/internal/plan"
	"xianjie/internal/query"
)

const (
	longestPath = 100
	mostVisited = 200_000
)

// step is a link between two objects, walked from the first.
type step struct {
	to   int64
	link plan.ID
}

// Paths walks the links breadth first from one end, a statement for each length, then lists the
// ways back from the other, in the order of the ids along them.
func (s *Store) Paths(ctx context.Context, q query.PathQuery) ([]query.Path, error) {
	if q.MaxLength < 1 || q.MaxLength > longestPath {
		return nil, unfit("maxLength", "saw %d, wanted 1 to %d", q.MaxLength, longestPath)
	}
	if q.Limit < 1 {
		return nil, unfit("limit", "saw %d, wanted at least 1", q.Limit)
	}
	var paths []query.Path
	err := s.read(ctx, func(c *conn) error {
		p := &pathfinder{conn: c, schema: s.schema, through: q.Through, depth: map[int64]int{}, ways: map[int64][]step{}, ids: map[int64]plan.ID{}}
		from, err := p.find(q.From)
		if err != nil {
			return err
		}
		to, err := p.find(q.To)
		if err != nil {
			return err
		}
		paths, err = p.between(from, to, q)
		return err
	})
	return paths, err
}

type pathfinder struct {
	conn    *conn
	schema  *schema
	through []plan.LinkType
	depth   map[int64]int    // in links from the beginning
	ways    map[int64][]step // to the objects one link nearer to the end, of those on a shortest path
	ids     map[int64]plan.ID
}

func (p *pathfinder) find(id plan.ID) (int64, error) {
	k := plan.KindOf(id)
	if k == nil || !id.Valid() || p.schema.table(k) == nil {
		return 0, plan.Errorf(plan.NotFound, string(id), "does not exist")
	}
	key, err := p.conn.integer(`SELECT "_key" FROM `+p.schema.table(k).name+` WHERE "id" = ?`, string(id))
	if err == nil && key == 0 {
		return 0, plan.Errorf(plan.NotFound, string(id), "does not exist")
	}
	p.ids[key] = id
	return key, err
}

func (p *pathfinder) between(from, to int64, q query.PathQuery) ([]query.Path, error) {
	if from == to {
		return []query.Path{{Objects: []plan.ID{q.From}}}, nil
	}
	back := map[int64][]step{} // from each object to those one link nearer to the beginning
	p.depth[from] = 0
	frontier := []int64{from}
	for length := 1; length <= q.MaxLength && len(frontier) > 0; length++ {
		next, err := p.expand(frontier, length, back)
		if err != nil {
			return nil, err
		}
		if _, reached := p.depth[to]; reached {
			return p.list(from, to, length, back, q.Limit)
		}
		if len(p.depth) > mostVisited {
			return nil, plan.Errorf(plan.TooLarge, "", "more than %d objects lie within %d links of %s", mostVisited, length, q.From)
		}
		frontier = next
	}
	return nil, nil
}

// expand follows every link of the frontier and gives the objects that were not met before.
func (p *pathfinder) expand(frontier []int64, length int, back map[int64][]step) ([]int64, error) {
	text := `SELECT l."from", l."to", l."id" FROM json_each(?1) j CROSS JOIN "link" l WHERE (l."from" = j.value OR l."to" = j.value)`
	args := []any{list(frontier)}
	if len(p.through) > 0 {
		text += ` AND l."type" IN (SELECT value FROM json_each(?2))`
		args = append(args, list(p.through))
	}
	var next []int64
	err := p.conn.query(text, args, func(row *row) error {
		a, b, link := row.integer(0), row.integer(1), plan.ID(row.text(2))
		for _, way := range [][2]int64{{a, b}, {b, a}} {
			here, there := way[0], way[1]
			if at, ok := p.depth[here]; !ok || at != length-1 {
				continue
			}
			at, met := p.depth[there]
			if !met {
				p.depth[there] = length
				next = append(next, there)
			}
			if !met || at == length {
				back[there] = append(back[there], step{here, link})
			}
		}
		return nil
	})
	return next, err
}

// list gives the first paths in the order of the ids of their objects, then of their links.
func (p *pathfinder) list(from, to int64, length int, back map[int64][]step, limit int) ([]query.Path, error) {
	wanted := []int64{to}
	for range length {
		var nearer []int64
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
	if err := p.name(); err != nil {
		return nil, err
	}
	for _, ways := range p.ways {
		slices.SortFunc(ways, func(a, b step) int {
			return cmp.Or(cmp.Compare(p.ids[a.to], p.ids[b.to]), cmp.Compare(a.link, b.link))
		})
	}
	var paths []query.Path
	p.objects(from, to, []int64{from}, func(objects []int64) bool {
		paths = p.links(paths, objects, nil, limit)
		return len(paths) < limit
	})
	return paths, nil
}

// name finds the ids of the objects on the ways.
func (p *pathfinder) name() error {
	keys := map[*table][]int64{}
	for key := range p.ways {
		t := p.schema.tableOf(key)
		keys[t] = append(keys[t], key)
	}
	for t, of := range keys {
		err := p.conn.query(`SELECT t."_key", t."id" FROM json_each(?) j CROSS JOIN `+t.name+` t WHERE t."_key" = j.value`, []any{list(of)}, func(row *row) error {
			p.ids[row.integer(0)] = plan.ID(row.text(1))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// objects calls each for every sequence of objects from here to the end, until it gives false.
func (p *pathfinder) objects(here, to int64, walked []int64, each func([]int64) bool) bool {
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
func (p *pathfinder) links(paths []query.Path, objects []int64, chosen []plan.ID, limit int) []query.Path {
	if len(paths) >= limit {
		return paths
	}
	at := len(chosen)
	if at == len(objects)-1 {
		path := query.Path{Links: slices.Clone(chosen)}
		for _, key := range objects {
			path.Objects = append(path.Objects, p.ids[key])
		}
		return append(paths, path)
	}
	for _, way := range p.ways[objects[at]] {
		if way.to == objects[at+1] {
			paths = p.links(paths, objects, append(chosen, way.link), limit)
		}
	}
	return paths
}
