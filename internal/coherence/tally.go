package coherence

import "iter"

// tallies counts answers by pair of plans; those about what no plan states are counted for the pair of -1 and the number of the indicator.
// There may be millions of cells: they stand in one list, in which those of a pair are chained.
type tallies struct {
	heads map[pairKey]int32 // the first cell of a pair
	last  pairKey           // that was counted for, and its first cell: the next is mostly the same
	head  int32
	cells [][]chained // in blocks, so that they need not be copied while they become more
	used  int32       // how many there are; the first one is never used
	free  int32       // a cell that counts nothing any longer, the head of their chain; 0 = none
}

const tallyBlock = 1 << 12

func (t *tallies) at(i int32) *chained { return &t.cells[i/tallyBlock][i%tallyBlock] }

// fresh is the number of a cell that counts nothing.
func (t *tallies) fresh() int32 {
	if i := t.free; i != 0 {
		t.free = t.at(i).next
		return i
	}
	if t.used++; int(t.used/tallyBlock) == len(t.cells) {
		t.cells = append(t.cells, make([]chained, tallyBlock))
	}
	return t.used
}

type chained struct {
	cell
	next int32 // 0 = none
}

// add counts n more answers like c, or, below 0, less.
func (t *tallies) add(pair pairKey, c cell, n int) {
	head := t.head
	if t.last != pair || head == 0 {
		head = t.heads[pair]
	}
	defer func() { t.last, t.head = pair, head }()
	for last, i := int32(0), head; i != 0; last, i = i, t.at(i).next {
		at := t.at(i)
		if at.rule != c.rule || at.outcome != c.outcome || at.reason != c.reason {
			continue
		}
		if at.count += uint32(n); at.count > 0 {
			return
		}
		switch next := at.next; {
		case last != 0:
			t.at(last).next = next
		default:
			head = next
			t.point(pair, head)
		}
		at.next, t.free = t.free, i
		return
	}
	c.count = uint32(n)
	i := t.fresh()
	*t.at(i) = chained{c, head}
	head = i
	t.point(pair, head)
}

// point notes which cell of a pair is the first, 0 for none.
func (t *tallies) point(pair pairKey, head int32) {
	if head == 0 {
		delete(t.heads, pair)
	} else {
		t.heads[pair] = head
	}
}

// of are the cells of a pair, in no order.
func (t *tallies) of(pair pairKey) iter.Seq[cell] {
	return func(yield func(cell) bool) {
		for i := t.heads[pair]; i != 0 && yield(t.at(i).cell); i = t.at(i).next {
		}
	}
}

// all are the cells of all pairs, in no order.
func (t *tallies) all() iter.Seq[cell] {
	return func(yield func(cell) bool) {
		for _, block := range t.cells {
			for _, c := range block {
				if c.count > 0 && !yield(c.cell) {
					return
				}
			}
		}
	}
}
