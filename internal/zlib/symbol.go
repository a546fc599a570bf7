package zlib

import "math/bits"

// A match says that length bytes at pos are also found distance bytes before.
type match struct {
	pos, length, distance uint16
}

func (m match) end() int { return int(m.pos) + int(m.length) }

// An extraSymbol is a symbol and the extra bits after it.
type extraSymbol struct {
	symbol, extraBits uint
	extra             uint64
}

// lengthSymbol returns the symbol of the length of m.
func lengthSymbol(m match) extraSymbol {
	if m.length == maxMatch {
		return extraSymbol{symbol: maxLitLen - 1}
	}
	s := bucket(uint(m.length)-minMatch, 2)
	s.symbol += firstLength
	return s
}

// distSymbol returns the symbol of the distance of m.
func distSymbol(m match) extraSymbol {
	return bucket(uint(m.distance)-1, 1)
}

// bucket is the rule behind the tables of RFC 1951, 3.2.5: each time that value doubles, 1<<log symbols go by, and there
// is one more extra bit. The first of those symbols have none.
func bucket(value, log uint) extraSymbol {
	n := uint(bits.Len(value >> log >> 1))
	return extraSymbol{
		symbol:    n<<log + value>>n,
		extraBits: n,
		extra:     uint64(value & (1<<n - 1)),
	}
}
