package query

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestCells reads back whatever was written, short and long, stated or not.
func TestCells(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var c cells
		type cell struct {
			text   string
			stated bool
		}
		var wrote []cell
		for range rapid.IntRange(1, 60).Draw(rt, "cells") {
			n := rapid.SampledFrom([]int{-1, 0, 1, 7, 300, 20_000, blockSize - 1, blockSize, blockSize + 1, 2 * blockSize, 3*blockSize - 5}).Draw(rt, "length")
			if n < 0 {
				c.appendNull()
				wrote = append(wrote, cell{})
				continue
			}
			text := strings.Repeat(string(rune('a'+len(wrote)%26)), n)
			if rapid.Bool().Draw(rt, "bytes") {
				c.appendBytes([]byte(text))
			} else {
				c.appendText(text)
			}
			wrote = append(wrote, cell{text, true})
		}
		for i, want := range wrote {
			if text, stated := c.cell(i); text != want.text || stated != want.stated {
				rt.Fatalf("cell %d of %d has %d bytes (%t), wanted %d (%t)", i, len(wrote), len(text), stated, len(want.text), want.stated)
			}
		}
	})
}
