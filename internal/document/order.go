package document

import (
	"slices"
	"strings"

	"xianjie/internal/plan"
)

// Order puts the documents into batches such that what a batch refers to is in itself or in an
// earlier one. Documents that refer to each other share a batch; everything else stands alone, by
// name where the references leave a choice.
func Order(docs []*Document) [][]*Document {
	docs = slices.Clone(docs)
	slices.SortStableFunc(docs, func(a, b *Document) int { return strings.Compare(a.Name, b.Name) })
	home := map[plan.ID]int{}
	for i, d := range docs {
		for _, o := range d.Objects {
			home[o.Base().ID] = i
		}
	}
	needs := make([][]int, len(docs))
	for i, d := range docs {
		needed := map[int]bool{}
		references(d, func(_ int, _ *plan.Edge, _ int, id plan.ID) {
			if j, ok := home[id]; ok && j != i {
				needed[j] = true
			}
		})
		for j := range needed {
			needs[i] = append(needs[i], j)
		}
		slices.Sort(needs[i])
	}
	var batches [][]*Document
	for _, component := range components(needs) {
		slices.Sort(component)
		batch := make([]*Document, len(component))
		for i, n := range component {
			batch[i] = docs[n]
		}
		batches = append(batches, batch)
	}
	return batches
}

// components are the strongly connected components of a graph, each behind those it leads to
// (Tarjan 1972, without recursion).
func components(edges [][]int) [][]int {
	var found [][]int
	var stack []int
	index, low := make([]int, len(edges)), make([]int, len(edges)) // 0 = not visited
	onStack := make([]bool, len(edges))
	next := make([]int, len(edges))
	count := 0
	for start := range edges {
		if index[start] != 0 {
			continue
		}
		path := []int{start}
		for len(path) > 0 {
			n := path[len(path)-1]
			if index[n] == 0 {
				count++
				index[n], low[n], onStack[n] = count, count, true
				stack = append(stack, n)
			}
			if next[n] < len(edges[n]) {
				to := edges[n][next[n]]
				next[n]++
				switch {
				case index[to] == 0:
					path = append(path, to)
				case onStack[to]:
					low[n] = min(low[n], index[to])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				parent := path[len(path)-1]
				low[parent] = min(low[parent], low[n])
			}
			if low[n] == index[n] {
				at := slices.Index(stack, n)
				for _, m := range stack[at:] {
					onStack[m] = false
				}
				found = append(found, slices.Clone(stack[at:]))
				stack = stack[:at]
			}
		}
	}
	return found
}
