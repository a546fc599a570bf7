package zlib

import "sync"

// fixedRanges are the fixed codes of literals and lengths (RFC 1951, 3.2.6): bits, and the code of the first symbol.
var fixedRanges = [...]struct{ first, end, bits, code uint }{
	{0, 144, 8, 0b00110000},
	{144, 256, 9, 0b110010000},
	{256, 280, 7, 0b0000000},
	{280, numLitLen, 8, 0b11000000},
}

// fixedDistBits is the length of the fixed codes of distances, which are the distance symbols themselves.
const fixedDistBits = 5

// fixedTables and fixedCodes are made when they are first needed.
var (
	fixedTables struct {
		once         sync.Once
		litLen, dist decodeTable
	}
	fixedCodes struct {
		once  sync.Once
		codes blockCodes
	}
)

// fixedDecodeTables returns the tables for reading the fixed codes.
func fixedDecodeTables() (litLen, dist *decodeTable) {
	fixedTables.once.Do(func() {
		var lengths []codeLength
		for _, r := range fixedRanges {
			for symbol := r.first; symbol < r.end; symbol++ {
				lengths = append(lengths, newCodeLength(symbol, r.bits))
			}
		}
		fixedTables.litLen.build(lengths, &litLenAlphabet)
		lengths = lengths[:0]
		for symbol := range uint(numDist) {
			lengths = append(lengths, newCodeLength(symbol, fixedDistBits))
		}
		fixedTables.dist.build(lengths, &distAlphabet)
	})
	return &fixedTables.litLen, &fixedTables.dist
}

// fixedBlockCodes returns the fixed codes for writing.
func fixedBlockCodes() *blockCodes {
	fixedCodes.once.Do(func() {
		codes := &fixedCodes.codes
		for _, r := range fixedRanges {
			for symbol := r.first; symbol < r.end; symbol++ {
				codes.litLen[symbol] = newCode(r.code+symbol-r.first, r.bits)
			}
		}
		for symbol := range codes.dist {
			codes.dist[symbol] = newCode(uint(symbol), fixedDistBits)
		}
	})
	return &fixedCodes.codes
}
