package zlib

import "encoding/binary"

// The checksum of RFC 1950, 8.2: s1 is one more than the sum of all bytes, s2 the sum of all values that s1 took.
const adlerModulus = 65521

// Eight bytes are added at a time, as four lanes of 16 bits. After adlerGroup bytes a lane could overflow.
const (
	adlerWord  = 8
	adlerGroup = 16 * adlerWord

	laneMask = 0x00ff00ff00ff00ff // every other byte of a word
	laneOnes = 0x0001000100010001 // a multiplication by it leaves the sum of the lanes in the highest
	laneSeq  = 0x0003000200010000 // likewise the sum with weights: 3 for the lowest lane, 0 for the highest
	laneTop  = 48
	pairMask = 0x0000ffff0000ffff
	pairOnes = 0x0000000100000001
	pairTop  = 32
)

// checksum is what hash/adler32.Checksum is, in about half its time.
func checksum(data []byte) uint32 {
	s1, s2 := uint64(1), uint64(0)
	for len(data) >= adlerWord {
		n := min(len(data)&^(adlerWord-1), adlerGroup)
		sum, weighted := adlerSums(data[:n])
		s2 = (s2 + uint64(n)*s1 + weighted) % adlerModulus
		s1 = (s1 + sum) % adlerModulus
		data = data[n:]
	}
	for _, c := range data {
		s1 += uint64(c)
		s2 += s1
	}
	return uint32(s2%adlerModulus<<16 | s1%adlerModulus)
}

// adlerSums returns the sum of the bytes of group, and the sum in which the last byte counts once, the one before it
// twice, and so on. The length of group is a multiple of adlerWord, at most adlerGroup.
func adlerSums(group []byte) (sum, weighted uint64) {
	// Lane i of both sums up the bytes 2i and 2i+1 of every word, lane i of odd only the latter. earlier sums up, for
	// every word, the words before it, each of which adds its bytes eight more times to the weighted sum.
	var both, odd, earlier uint64
	for ; len(group) >= adlerWord; group = group[adlerWord:] {
		word := binary.LittleEndian.Uint64(group)
		high := word >> 8 & laneMask
		earlier += both
		both += word&laneMask + high
		odd += high
	}
	sum = both * laneOnes >> laneTop
	// Within a word the bytes of lane i count 8-2i and 7-2i times.
	weighted = 2*(both*laneSeq>>laneTop+sum) - odd*laneOnes>>laneTop
	earlier = earlier&pairMask + earlier>>16&pairMask
	return sum, weighted + adlerWord*(earlier*pairOnes>>pairTop)
}
