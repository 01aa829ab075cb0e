package document

import "slices"

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
