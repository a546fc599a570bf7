package zlib

import (
	"encoding/binary"
	"math/bits"
)

// How hard a matchFinder looks. With these a cookie is as short as zlib's default level makes it.
const (
	maxChain   = 32   // candidates to compare at a position
	goodLength = 8    // after a match that long, a quarter of them
	lazyLimit  = 16   // after a match that long, the next position is not tried
	niceLength = 128  // a match that long is good enough
	tooFar     = 1024 // from there, a match of minMatch bytes takes more bits than its literals
)

// How positions are hashed: by four bytes of which the multiplier leaves out the last.
const (
	hashBytes      = 4
	hashMultiplier = 0x9e3779b1 << 8 & (1<<32 - 1)
	minHashBits    = 8
	maxHashBits    = 12
)

// A matchFinder finds repetitions in a segment. For each hash it has the chain of positions that have it, the last one
// first.
type matchFinder struct {
	heads   [1 << maxHashBits]uint16 // for each hash the last position, plus one; zero is the end of a chain
	prev    [MaxOneShot]uint16       // for each position the one before in the chain, plus one
	shift   uint
	matches []match

	room [MaxOneShot / minMatch]match // for matches
}

// start forgets all positions. The shorter the segment, the smaller the part of the table that has to be cleared.
func (f *matchFinder) start(size int) {
	hashBits := min(max(bits.Len(uint(size))+1, minHashBits), maxHashBits)
	clear(f.heads[:1<<hashBits])
	f.shift = uint(32 - hashBits)
	f.matches = f.room[:0]
}

// find sets matches. A match is put off for as long as there is a longer one at the next position.
func (f *matchFinder) find(segment []byte) {
	f.start(len(segment))
	end := len(segment) - hashBytes // the last position with a hash
	for pos := 0; pos <= end; {
		length, distance := 0, 0
		if head := f.insert(segment, pos); head != 0 {
			length, distance = f.longest(segment, pos, head, minMatch-1)
		}
		if distance == 0 {
			pos++
			continue
		}
		inserted := pos + 1
		for length < lazyLimit && inserted <= end {
			head := f.insert(segment, inserted)
			inserted++
			longer, d := f.longest(segment, pos+1, head, length)
			if d == 0 {
				break
			}
			pos++
			length, distance = longer, d
		}
		m := match{uint16(pos), uint16(length), uint16(distance)}
		f.matches = append(f.matches, m)
		pos = m.end()
		for stop := min(pos, end+1); inserted < stop; inserted++ {
			f.insert(segment, inserted)
		}
	}
}

// insert puts pos in front of its chain and returns what was the head before.
func (f *matchFinder) insert(segment []byte, pos int) (head uint16) {
	hash := binary.LittleEndian.Uint32(segment[pos:]) * hashMultiplier >> f.shift
	head = f.heads[hash]
	f.heads[hash] = uint16(pos + 1)
	f.prev[pos] = head
	return head
}

// longest looks along the chain from head for a match at pos that is longer than best bytes. The distance is zero if
// there is none.
func (f *matchFinder) longest(segment []byte, pos int, head uint16, best int) (length, distance int) {
	here := segment[pos:min(pos+maxMatch, len(segment))]
	if best >= len(here) {
		return best, 0
	}
	chain := maxChain
	if best >= goodLength {
		chain /= 4
	}
	// A longer match has to have these two bytes as well.
	tail := binary.LittleEndian.Uint16(here[best-1:])
	for ; head != 0 && chain > 0; chain-- {
		candidate := int(head) - 1
		head = f.prev[candidate]
		if binary.LittleEndian.Uint16(segment[candidate+best-1:]) != tail {
			continue
		}
		if n := matchLength(segment[candidate:], here); n > best {
			best, distance = n, pos-candidate
			if best >= len(here) || best >= niceLength {
				break
			}
			tail = binary.LittleEndian.Uint16(here[best-1:])
		}
	}
	if best == minMatch && distance > tooFar {
		return 0, 0
	}
	return best, distance
}

// matchLength returns how many bytes at the start of b are also at the start of a, which is longer.
func matchLength(a, b []byte) int {
	n := 0
	for ; n+8 <= len(b); n += 8 {
		diff := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:])
		if diff != 0 {
			return n + bits.TrailingZeros64(diff)>>3
		}
	}
	for n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
