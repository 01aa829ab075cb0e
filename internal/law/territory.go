package law

import (
	"slices"

	"xianjie/internal/plan"
)

// Areas knows which region lies within which, from the regions' own statements, along any number of steps. A region that it doesn't know
// lies within itself only. It is immutable and safe for concurrent use.
type Areas struct {
	above   map[plan.ID][]plan.ID // the region itself and all it lies within, sorted
	touches map[plan.ID][]plan.ID // other regions that share some known part with it, sorted
	basins  map[plan.ID]bool
}

// NewAreas reads the regions; their order doesn't matter.
func NewAreas(regions []*plan.Region) *Areas {
	within := make(map[plan.ID][]plan.ID, len(regions))
	basins := map[plan.ID]bool{}
	for _, r := range regions {
		within[r.ID] = r.Within
		if r.Type == plan.Basin {
			basins[r.ID] = true
		}
	}
	a := &Areas{above: make(map[plan.ID][]plan.ID, len(regions)), touches: map[plan.ID][]plan.ID{}, basins: basins}
	shared := map[[2]plan.ID]bool{}
	for id := range within {
		above := closure(id, within)
		a.above[id] = above
		// All that contain one region share at least that region.
		for i, x := range above {
			for _, y := range above[i+1:] {
				if pair := [2]plan.ID{x, y}; !shared[pair] {
					shared[pair] = true
					a.touches[x] = append(a.touches[x], y)
					a.touches[y] = append(a.touches[y], x)
				}
			}
		}
	}
	for id := range a.touches {
		slices.Sort(a.touches[id])
	}
	return a
}

func closure(id plan.ID, within map[plan.ID][]plan.ID) []plan.ID {
	seen := map[plan.ID]bool{id: true}
	reached := []plan.ID{id}
	for next := 0; next < len(reached); next++ {
		for _, up := range within[reached[next]] {
			if !seen[up] {
				seen[up] = true
				reached = append(reached, up)
			}
		}
	}
	slices.Sort(reached)
	return reached
}

// Covers says whether inner is outer or is stated to lie within it.
func (a *Areas) Covers(outer, inner plan.ID) bool {
	if outer == inner {
		return true
	}
	_, found := slices.BinarySearch(a.above[inner], outer)
	return found
}

// Overlapping lists the other regions that share a known part with id: what it lies within, what lies within it, and what some third
// region lies within together with it. Sorted; not to be changed.
func (a *Areas) Overlapping(id plan.ID) []plan.ID { return a.touches[id] }

// Overlap says whether two regions are known to share a part.
func (a *Areas) Overlap(x, y plan.ID) bool {
	if x == y {
		return true
	}
	_, found := slices.BinarySearch(a.touches[x], y)
	return found
}
