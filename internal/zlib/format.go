package zlib

// The zlib format (RFC 1950, 2.2).
const (
	headerSize     = 2
	trailerSize    = 4 // the checksum, big endian
	methodDeflate  = 8
	maxWindowInfo  = 7 // a window of 32 KiB
	presetDictFlag = 1 << 5
	headerModulus  = 31
)

// In front of a block are three bits: whether it is the last one, and its type (RFC 1951, 3.2.3).
const (
	blockHeaderBits = 3
	blockLast       = 1
	blockTypeShift  = 1

	blockStored  = 0
	blockFixed   = 1
	blockDynamic = 2
)

// A stored block starts with its length and the complement of that (RFC 1951, 3.2.4).
const (
	storedHeaderSize = 4
	maxStored        = 1<<16 - 1
)

// The two alphabets, and what they stand for (RFC 1951, 3.2.5). Literals are the symbols below endOfBlock.
const (
	endOfBlock  = 256
	firstLength = 257
	numLitLen   = 288 // the last two have a fixed code, and never occur
	maxLitLen   = 286 // in a dynamic block
	numDist     = 32  // likewise
	maxDist     = 30

	minMatch       = 3
	maxMatch       = 258
	maxCodeLen     = 15
	maxLengthExtra = 5
	maxDistExtra   = 13
)

// The description of the codes of a dynamic block (RFC 1951, 3.2.7).
const (
	litLenCountBits  = 5
	distCountBits    = 5
	codeLenCountBits = 4
	minCodeLenCount  = 4
	codeLenBits      = 3
	maxCodeLenLen    = 1<<codeLenBits - 1

	maxCodeLengths = maxLitLen + maxDist
)

// The alphabet of code lengths: zero to maxCodeLen, and three ways to repeat, from so many to so many times, according
// to extra bits.
const (
	numCodeLen = 19

	repeatLast     = 16
	repeatLastMin  = 3
	repeatLastBits = 2
	repeatLastMax  = repeatLastMin + 1<<repeatLastBits - 1

	repeatZero     = 17
	repeatZeroMin  = 3
	repeatZeroBits = 3

	repeatZeroLong = 18
	repeatLongMin  = 11
	repeatLongBits = 7
	repeatLongMax  = repeatLongMin + 1<<repeatLongBits - 1

	maxLengthBits = maxCodeLenLen + repeatLongBits // that such a symbol takes
)

// codeLenOrder is the order in which the lengths of the codes of code lengths are written.
var codeLenOrder = [numCodeLen]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
