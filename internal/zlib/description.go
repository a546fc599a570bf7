package zlib

// A description is how the codes of a dynamic block are told: as the lengths of their codes, run-length encoded, in a
// code of its own (RFC 1951, 3.2.7).
type description struct {
	litLenCount, distCount, codeLenCount int

	runs      [maxCodeLengths]lengthRun
	numRuns   int
	frequency [numCodeLen]uint16
	codes     [numCodeLen]code
}

// A lengthRun is a symbol of the alphabet of code lengths and the value of its extra bits.
type lengthRun struct {
	symbol, extra uint8
}

// repeatBits are the number of extra bits of repeatLast and the symbols after it.
var repeatBits = [...]uint{repeatLastBits, repeatZeroBits, repeatLongBits}

func (t *description) reset() {
	t.numRuns = 0
	t.frequency = [numCodeLen]uint16{}
	t.codes = [numCodeLen]code{}
}

// addCode adds the lengths of the codes of the symbols in used and of those between them. It returns the number of
// lengths, which is at least one.
func (t *description) addCode(used []uint16, codes []code) int {
	next := 0           // the symbol after the run
	length, run := 0, 0 // the run that may go on
	for _, symbol := range used {
		n := int(codes[symbol].len())
		if int(symbol) != next || n != length {
			t.addRun(length, run)
			t.addRun(0, int(symbol)-next)
			length, run = n, 0
		}
		run++
		next = int(symbol) + 1
	}
	t.addRun(length, run)
	if next == 0 {
		t.add(0, 0)
		next = 1
	}
	return next
}

// addRun adds a length n times.
func (t *description) addRun(length, n int) {
	if length == 0 {
		for ; n >= repeatLongMin; n -= min(n, repeatLongMax) {
			t.add(repeatZeroLong, min(n, repeatLongMax)-repeatLongMin)
		}
		if n >= repeatZeroMin {
			t.add(repeatZero, n-repeatZeroMin)
			n = 0
		}
	} else if n > repeatLastMin {
		t.add(length, 0)
		for n--; n >= repeatLastMin; n -= min(n, repeatLastMax) {
			t.add(repeatLast, min(n, repeatLastMax)-repeatLastMin)
		}
	}
	for range n {
		t.add(length, 0)
	}
}

func (t *description) add(symbol, extra int) {
	t.runs[t.numRuns] = lengthRun{uint8(symbol), uint8(extra)}
	t.numRuns++
	t.frequency[symbol]++
}

// finish makes the code of the description, and returns the size of the description in bits.
//
// That code is never one symbol alone, which would be incomplete: of the 257 or more lengths of literals some are zero and
// some are not, or else they differ, since a complete code of equal lengths would have 256 or 512 of them.
func (t *description) finish(b *codeBuilder) int {
	size := b.build(t.codes[:], t.frequency[:], maxCodeLenLen)
	for i, n := range repeatBits {
		size += int(t.frequency[repeatLast+i]) * int(n)
	}
	t.codeLenCount = numCodeLen
	for t.codes[codeLenOrder[t.codeLenCount-1]] == 0 {
		t.codeLenCount--
	}
	return size + litLenCountBits + distCountBits + codeLenCountBits + codeLenBits*t.codeLenCount
}

// write writes the description.
func (t *description) write(w *bitWriter) {
	w.write(uint64(t.litLenCount-firstLength), litLenCountBits)
	w.write(uint64(t.distCount-1), distCountBits)
	w.write(uint64(t.codeLenCount-minCodeLenCount), codeLenCountBits)
	for _, symbol := range codeLenOrder[:t.codeLenCount] {
		w.write(uint64(t.codes[symbol].len()), codeLenBits)
	}
	for _, r := range t.runs[:t.numRuns] {
		w.writeCode(t.codes[r.symbol])
		if r.symbol >= repeatLast {
			w.write(uint64(r.extra), repeatBits[r.symbol-repeatLast])
		}
	}
}
