package query

import (
	"slices"
	"strings"
)

// cells are texts, one after the other. They stand in blocks: many of them are not copied each time that they become more, and little room
// is left over. What is read out shares their memory, block by block.
type cells struct {
	blocks []*strings.Builder // each blockSize long; the first grows to that, and one for a longer cell stands here several times
	ends   []uint32           // where each cell ends, as if every block were full; the top bit marks a cell that is not stated
	at     uint32             // the end of the last one
	full   bool               // the last block takes no more
}

const (
	blockSize = 1 << 16
	notStated = 1 << 31
)

// room gives the block that has room for a cell of n bytes more.
func (c *cells) room(n int) *strings.Builder {
	if last := len(c.blocks) - 1; last >= 0 && !c.full && int(c.at)-last*blockSize+n <= blockSize {
		c.blocks[last].Grow(n) // doubles the first; writing alone lets it grow by a quarter
		return c.blocks[last]
	}
	block := &strings.Builder{}
	if len(c.blocks) > 0 {
		block.Grow(max(n, blockSize))
	} else {
		block.Grow(n)
	}
	c.at, c.full = uint32(len(c.blocks)*blockSize), n > blockSize
	for range max(1, (n+blockSize-1)/blockSize) {
		c.blocks = append(c.blocks, block)
	}
	return block
}

func (c *cells) appendText(s string) {
	if s != "" {
		c.room(len(s)).WriteString(s)
	}
	c.end(len(s))
}

func (c *cells) appendBytes(s []byte) {
	if len(s) > 0 {
		c.room(len(s)).Write(s)
	}
	c.end(len(s))
}

func (c *cells) appendNull() { c.ends = append(c.ends, c.at|notStated) }

func (c *cells) end(n int) {
	c.at += uint32(n)
	c.ends = append(c.ends, c.at)
}

// reserve makes room for n cells more, and for as many as there are.
func (c *cells) reserve(n int) {
	if cap(c.ends)-len(c.ends) < n {
		c.ends = slices.Grow(c.ends, max(n, len(c.ends)))
	}
}

// cell is the text of a cell, false when it is not stated.
func (c *cells) cell(i int) (string, bool) {
	end := c.ends[i]
	if end&notStated != 0 {
		return "", false
	}
	start := uint32(0)
	if i > 0 {
		start = c.ends[i-1] &^ notStated
	}
	if start == end {
		return "", true
	}
	if start/blockSize != (end-1)/blockSize { // it begins a block
		start = (start + blockSize - 1) &^ (blockSize - 1)
	}
	first := start &^ (blockSize - 1)
	return c.blocks[start/blockSize].String()[start-first : end-first], true
}
