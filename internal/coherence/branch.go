package coherence

import (
	"cmp"
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// Branch are the regions whose targets are checked together: a region of the country with all that lies within it or, of the trunk, what
// lies in no branch, above branches or across them. Where there are few regions, all are the trunk.
type Branch struct {
	ID      plan.ID   // of the region that the others lie within; see trunk
	Regions []plan.ID // sorted
	key     string    // of equal regions equal
}

const (
	// trunk is the branch of the regions that are in no other.
	trunk plan.ID = ""
	// everywhere stands for all branches.
	everywhere plan.ID = "*"
	// mostRegions is how many regions a branch has at most.
	mostRegions = 200
)

// has says whether a region is one of the branch's. A nil branch has all.
func (b *Branch) has(region plan.ID) bool {
	if b == nil {
		return true
	}
	_, found := slices.BinarySearch(b.Regions, region)
	return found
}

// grow cuts the regions into branches: from the top down, whatever administrative region has few enough regions within it. No two branches
// share a region, nor does any region that lies in one share a part with one in another.
func (f *Frame) grow(most int) {
	f.branches, f.inBranch = []*Branch{{ID: trunk}}, map[plan.ID]plan.ID{}
	if len(f.regions) <= most {
		return
	}
	below := map[plan.ID][]plan.ID{} // right within
	var top []plan.ID
	for id, r := range f.regions {
		within := slices.DeleteFunc(slices.Clone(r.Within), func(up plan.ID) bool { return f.regions[up] == nil })
		if len(within) == 0 {
			top = append(top, id)
		}
		for _, up := range within {
			below[up] = append(below[up], id)
		}
	}
	inside := func(id plan.ID) []plan.ID { // it and all within it, sorted
		all := []plan.ID{id}
		for _, other := range f.Areas.Overlapping(id) {
			if f.Areas.Covers(id, other) {
				all = append(all, other)
			}
		}
		slices.Sort(all)
		return all
	}
	var roots []*Branch
	seen := map[plan.ID]bool{}
	for next := top; len(next) > 0; next = next[1:] {
		id := next[0]
		if seen[id] {
			continue
		}
		seen[id] = true
		if all := inside(id); len(all) <= most && f.regions[id].Type == plan.Administrative {
			roots = append(roots, &Branch{ID: id, Regions: all})
		} else {
			next = append(next, below[id]...)
		}
	}
	without := func(bad func(b, other *Branch) bool) {
		all := slices.Clone(roots)
		roots = slices.DeleteFunc(roots, func(b *Branch) bool {
			return slices.ContainsFunc(all, func(other *Branch) bool { return other != b && bad(b, other) })
		})
	}
	without(func(b, other *Branch) bool { return f.Areas.Covers(other.ID, b.ID) })
	without(func(b, other *Branch) bool { return f.Areas.Overlap(other.ID, b.ID) })
	slices.SortFunc(roots, func(a, b *Branch) int { return cmp.Compare(a.ID, b.ID) })
	f.branches = append(f.branches, roots...)
	for _, b := range roots {
		for _, id := range b.Regions {
			f.inBranch[id] = b.ID
		}
	}
	for id := range f.regions {
		if f.inBranch[id] == trunk {
			f.branches[0].Regions = append(f.branches[0].Regions, id)
		}
	}
	slices.Sort(f.branches[0].Regions)
	for _, b := range f.branches {
		b.key = strings.Join(keys(b.Regions), " ")
	}
}

// branchOf is the branch that a region is in.
func (f *Frame) branchOf(region plan.ID) plan.ID { return f.inBranch[region] }

// within gives a branch, nil where there is only the trunk: then it is everywhere.
func (f *Frame) within(branch plan.ID) *Branch {
	if len(f.branches) == 1 || branch == everywhere {
		return nil
	}
	i, _ := slices.BinarySearchFunc(f.branches, branch, func(b *Branch, id plan.ID) int { return cmp.Compare(b.ID, id) })
	return f.branches[i]
}

// hasBranch says whether there is such a branch.
func (f *Frame) hasBranch(id plan.ID) bool {
	return slices.ContainsFunc(f.branches, func(b *Branch) bool { return b.ID == id })
}
