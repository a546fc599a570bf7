package zlib

// A code is the bits of a symbol in the order in which they are written, and their number.
type code uint32

const codeLenShift = 16

// newCode is the code that RFC 1951 writes as the number value of n bits.
func newCode(value, n uint) code {
	return code(n<<codeLenShift | reverse(value, n))
}

func (c code) bits() uint64 { return uint64(c & (1<<codeLenShift - 1)) }
func (c code) len() uint    { return uint(c >> codeLenShift) }

// A weight is a symbol and how often it occurs.
type weight uint32

// weightShift is where the frequency starts.
const weightShift = 9

func newWeight(symbol int, frequency uint16) weight {
	return weight(frequency)<<weightShift | weight(symbol)
}

func (w weight) symbol() int       { return int(w & (1<<weightShift - 1)) }
func (w weight) frequency() uint32 { return uint32(w >> weightShift) }

// A codeBuilder makes prefix codes. It is scratch memory: its fields belong to the last build.
type codeBuilder struct {
	used   []uint16 // the symbols that occur, in their order
	sorted []weight // the same by frequency

	// The memory of used, of sorted, and to sort.
	symbols [numLitLen]uint16
	weights [2][numLitLen]weight

	inner [numLitLen]uint32     // the weights of the inner nodes of a Huffman tree
	links [2 * numLitLen]uint16 // the parent of each node, then its depth

	count [maxCodeLen + 1]uint16 // of the codes of each length
}

// build writes to codes the shortest code for the given frequencies in which nothing is longer than limit (but for a
// few bits, see limitLengths), and returns the size of the text in it. It leaves alone the codes of symbols that do not
// occur. A symbol that is alone gets a code of one bit (RFC 1951, 3.2.7).
func (b *codeBuilder) build(codes []code, frequencies []uint16, limit int) (size int) {
	b.collect(frequencies)
	b.sort()
	b.countLengths(limit)
	rest := b.sorted
	for n := limit; n > 0; n-- { // the rarest symbols get the longest codes
		count := b.count[n]
		for _, w := range rest[:count] {
			codes[w.symbol()] = code(n) << codeLenShift
			size += n * int(w.frequency())
		}
		rest = rest[count:]
	}
	b.number(codes)
	return size
}

// collect sets used, and sorted to the same in the order of the symbols.
func (b *codeBuilder) collect(frequencies []uint16) {
	n := 0
	for symbol, frequency := range frequencies {
		b.symbols[n] = uint16(symbol)
		b.weights[0][n] = newWeight(symbol, frequency)
		if frequency != 0 {
			n++
		}
	}
	b.used = b.symbols[:n]
	b.sorted = b.weights[0][:n]
}

// The digits that sort sorts by.
const (
	digitBits = 6
	digitMask = 1<<digitBits - 1
)

// sort sorts by frequency. It is a radix sort: the frequencies in a short text have few digits.
func (b *codeBuilder) sort() {
	var all weight
	for _, w := range b.sorted {
		all |= w
	}
	to, from := &b.weights[1], &b.weights[0]
	for shift := weightShift; all>>shift != 0; shift += digitBits {
		var next [1 << digitBits]uint16 // where the next weight with a digit goes
		for _, w := range b.sorted {
			next[w>>shift&digitMask]++
		}
		sum := uint16(0)
		for digit, n := range next {
			next[digit] = sum
			sum += n
		}
		for _, w := range b.sorted {
			digit := w >> shift & digitMask
			to[next[digit]] = w
			next[digit]++
		}
		b.sorted = to[:len(b.sorted)]
		to, from = from, to
	}
}

// countLengths sets count: the lengths are the depths of the leaves of a Huffman tree for the weights in sorted.
//
// The nodes of the tree are the leaves in their order, then the inner nodes in the order in which they come up. That is
// by weight as well, so that the lightest of all nodes without a parent is always the next leaf or the next inner node.
func (b *codeBuilder) countLengths(limit int) {
	b.count = [maxCodeLen + 1]uint16{}
	leaves := len(b.sorted)
	if leaves < 2 {
		b.count[1] = uint16(leaves)
		return
	}
	leaf, inner := 0, 0
	for next := range leaves - 1 {
		sum := uint32(0)
		for range 2 {
			if leaf < leaves && (inner == next || b.sorted[leaf].frequency() <= b.inner[inner]) {
				sum += b.sorted[leaf].frequency()
				b.links[leaf] = uint16(leaves + next)
				leaf++
			} else {
				sum += b.inner[inner]
				b.links[leaves+inner] = uint16(leaves + next)
				inner++
			}
		}
		b.inner[next] = sum
	}
	root := 2*leaves - 2
	b.links[root] = 0
	for i := root - 1; i >= 0; i-- {
		depth := b.links[b.links[i]] + 1
		b.links[i] = depth
		if i < leaves {
			b.count[min(int(depth), limit)]++
		}
	}
	if int(b.links[0]) > limit {
		b.limitLengths(limit)
	}
}

// limitLengths makes the code possible again after lengths were cut to limit. Each round takes a code of that length
// and hangs it beside the longest shorter one, which becomes one bit longer for that. The result may be a little longer
// than the best one; it takes thousands of symbols to need it at all.
func (b *codeBuilder) limitLengths(limit int) {
	excess := -1 << limit
	for n := 1; n <= limit; n++ {
		excess += int(b.count[n]) << (limit - n)
	}
	for ; excess > 0; excess-- {
		n := limit - 1
		for b.count[n] == 0 {
			n--
		}
		b.count[n]--
		b.count[n+1] += 2
		b.count[limit]--
	}
}

// number gives the codes, whose lengths are set, their bits: those of one length are consecutive numbers in the order of
// the symbols (RFC 1951, 3.2.2).
func (b *codeBuilder) number(codes []code) {
	var next [maxCodeLen + 1]uint
	for n := 1; n < maxCodeLen; n++ {
		next[n+1] = (next[n] + uint(b.count[n])) << 1
	}
	for _, symbol := range b.used {
		n := codes[symbol].len()
		codes[symbol] = newCode(next[n], n)
		next[n]++
	}
}
