package coherence

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"xianjie/internal/plan"
)

// Cache is a source of facts that remembers what another one gave. It has to be told what changes there; see Edit. It is safe for
// concurrent use, but for Edit.
type Cache struct {
	base Objects
	most int

	mu      sync.Mutex
	shelves map[shelf]map[string]*remembered // then by key
	within  map[string]*Branch               // by its key
	held    int                              // what all take together
	clock   int                              // counts what was asked
}

// shelf is where the answers to wants stand that differ in their keys alone.
type shelf struct {
	kind, by string
	binding  bool
	within   string // the key of a branch; "" for none
}

// remembered are the objects of one key.
type remembered struct {
	objects []plan.Object
	asked   int // when they last were, by the clock
}

func (r *remembered) size() int { return 1 + len(r.objects) }

// NewCache remembers at most so many objects of a source, those that were asked for last.
func NewCache(base Objects, most int) *Cache {
	return &Cache{base: base, most: most, shelves: map[shelf]map[string]*remembered{}, within: map[string]*Branch{"": nil}}
}

// Objects is that of the interface.
func (c *Cache) Objects(ctx context.Context, w Want) ([]plan.Object, error) {
	if w.Most > 0 {
		return c.base.Objects(ctx, w)
	}
	at := shelf{w.Kind, w.By, w.Binding, ""}
	if w.Within != nil {
		at.within = w.Within.key
	}
	found, missing := c.recall(at, w.Keys)
	if len(missing) == 0 {
		return found, nil
	}
	w.Keys = missing
	objects, err := c.base.Objects(ctx, w)
	if err != nil {
		return nil, err
	}
	c.remember(at, w.Within, missing, objects)
	return append(found, objects...), nil
}

// Classes is that of the interface.
func (c *Cache) Classes(ctx context.Context) ([]string, error) { return c.base.Classes(ctx) }

// recall gives the objects of the keys that are known, and the other keys, each once.
func (c *Cache) recall(at shelf, keys []string) (found []plan.Object, missing []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock++
	for _, key := range keys {
		if r := c.shelves[at][key]; r != nil {
			r.asked = c.clock
			found = append(found, r.objects...)
		} else {
			missing = append(missing, key)
		}
	}
	return found, missing
}

func (c *Cache) remember(at shelf, within *Branch, keys []string, objects []plan.Object) {
	by := make(map[string]*remembered, len(keys))
	for _, key := range keys {
		by[key] = &remembered{}
	}
	for _, o := range objects {
		for _, key := range keysOf(o, at.by) {
			if r := by[key]; r != nil {
				r.objects = append(r.objects, o)
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shelves[at] == nil {
		c.shelves[at] = map[string]*remembered{}
		c.within[at.within] = within
	}
	for key, r := range by {
		if old := c.shelves[at][key]; old != nil {
			c.held -= old.size() // somebody else asked for it meanwhile
		}
		r.asked = c.clock
		c.shelves[at][key] = r
		c.held += r.size()
	}
	if c.held > c.most {
		c.shed()
	}
}

// shed forgets what was not asked for longest, until half the room is free.
func (c *Cache) shed() {
	type place struct {
		at  shelf
		key string
		*remembered
	}
	var places []place
	for at, by := range c.shelves {
		for key, r := range by {
			places = append(places, place{at, key, r})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.asked, b.asked) })
	for _, p := range places {
		if c.held <= c.most/2 {
			break
		}
		delete(c.shelves[p.at], p.key)
		c.held -= p.size()
	}
}

// Edit brings what is remembered up to date. Nobody may ask meanwhile.
func (c *Cache) Edit(edits []Edit) {
	for _, e := range edits {
		if e.Before != nil {
			c.change(e.Before, false)
		}
		if e.After != nil {
			c.change(e.After, true)
		}
	}
}

// change takes an object out wherever it is remembered by its keys, and puts it in anew where it is there.
func (c *Cache) change(o plan.Object, there bool) {
	id, kind := o.Base().ID, plan.KindFor(o).Name
	for at, by := range c.shelves {
		if at.kind != kind {
			continue
		}
		for _, key := range keysOf(o, at.by) {
			r := by[key]
			if r == nil {
				continue
			}
			c.held -= r.size()
			r.objects = slices.DeleteFunc(slices.Clone(r.objects), func(other plan.Object) bool { return other.Base().ID == id })
			if there && (Want{Binding: at.binding, Within: c.within[at.within]}).admits(o) {
				r.objects = append(r.objects, o)
			}
			c.held += r.size()
		}
	}
}
