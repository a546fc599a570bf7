package fuzz_test

import (
	"bytes"
	stdzlib "compress/zlib"
	"testing"
)

// puff inflates a zlib stream bit by bit, as RFC 1951 puts it, and returns everything that
// stands before the first fault or the end of the input. Package compress/flate reads the
// bits of an end-of-block code before each symbol: it gives up a cut stream a few symbols,
// of up to 258 bytes each, before its end.
func puff(stream []byte, limit int) []byte {
	if len(stream) < 2 {
		return nil
	}
	p := &puffer{in: stream[2:], limit: limit}
	for last := 0; last == 0 && !p.failed && len(p.out) <= limit; {
		last = p.bits(1)
		switch p.bits(2) {
		case 0:
			p.stored()
		case 1:
			p.symbols(fixedLengths(), bytes.Repeat([]byte{5}, 30))
		case 2:
			p.dynamic()
		default:
			p.failed = true
		}
	}
	return p.out
}

type puffer struct {
	in     []byte
	at     int // bits that were read
	out    []byte
	limit  int
	failed bool
}

// bits reads a number of n bits, the lowest first.
func (p *puffer) bits(n int) int {
	v := 0
	for i := range n {
		if p.failed = p.failed || p.at/8 >= len(p.in); p.failed {
			return 0
		}
		v |= int(p.in[p.at/8]>>(p.at%8)&1) << i
		p.at++
	}
	return v
}

func (p *puffer) stored() {
	p.at = (p.at + 7) / 8 * 8
	n, check := p.bits(16), p.bits(16)
	if n^check != 0xffff {
		p.failed = true
	}
	for i := 0; i < n && !p.failed; i++ {
		if c := p.bits(8); !p.failed {
			p.out = append(p.out, byte(c))
		}
	}
}

func fixedLengths() []byte {
	lengths := make([]byte, 288)
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	return lengths
}

// symbol reads a symbol of a canonical code, or returns -1.
func (p *puffer) symbol(lengths []byte) int {
	var count [16]int
	for _, n := range lengths {
		count[n]++
	}
	count[0] = 0
	code, first := 0, 0
	for n := 1; n < 16; n++ {
		code |= p.bits(1)
		if p.failed {
			return -1
		}
		if i := code - first; i < count[n] {
			return nth(lengths, n, i)
		}
		first = (first + count[n]) << 1
		code <<= 1
	}
	p.failed = true
	return -1
}

// nth returns the ith symbol whose code has n bits.
func nth(lengths []byte, n, i int) int {
	for symbol, length := range lengths {
		if int(length) == n {
			if i == 0 {
				return symbol
			}
			i--
		}
	}
	return -1
}

func (p *puffer) symbols(literals, distances []byte) {
	for !p.failed && len(p.out) <= p.limit {
		s := p.symbol(literals)
		switch {
		case p.failed || s == 256:
			return
		case s < 256:
			p.out = append(p.out, byte(s))
		default:
			p.match(s, distances)
		}
	}
}

func (p *puffer) match(s int, distances []byte) {
	length, extra := 258, 0
	switch {
	case s > 285:
		p.failed = true
		return
	case s < 265:
		length = s - 254
	case s < 285:
		extra = (s - 261) / 4
		length = (4+(s-261)%4)<<extra + 3
	}
	length += p.bits(extra)
	d := p.symbol(distances)
	if p.failed || d > 29 {
		p.failed = true
		return
	}
	distance := d + 1
	if d > 3 {
		extra = d/2 - 1
		distance = (2+d%2)<<extra + 1 + p.bits(extra)
	}
	if p.failed || distance > len(p.out) {
		p.failed = true
		return
	}
	for range length {
		p.out = append(p.out, p.out[len(p.out)-distance])
	}
}

func (p *puffer) dynamic() {
	literals, distances, codes := p.bits(5)+257, p.bits(5)+1, p.bits(4)+4
	var lengths [19]byte
	for _, i := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[:codes] {
		lengths[i] = byte(p.bits(3))
	}
	var all []byte
	for len(all) < literals+distances && !p.failed {
		switch s := p.symbol(lengths[:]); {
		case p.failed:
		case s < 16:
			all = append(all, byte(s))
		case s == 16 && len(all) == 0:
			p.failed = true
		case s == 16:
			all = append(all, bytes.Repeat(all[len(all)-1:], 3+p.bits(2))...)
		case s == 17:
			all = append(all, make([]byte, 3+p.bits(3))...)
		default:
			all = append(all, make([]byte, 11+p.bits(7))...)
		}
	}
	if p.failed || len(all) > literals+distances {
		p.failed = true
		return
	}
	p.symbols(all[:literals], all[literals:])
}

// The oracle agrees with compress/zlib on whole streams, and sees more of cut ones.
func TestPuff(t *testing.T) {
	for _, stream := range streams() {
		r, err := stdzlib.NewReader(bytes.NewReader(stream))
		if err != nil {
			continue
		}
		var want bytes.Buffer
		_, err = want.ReadFrom(r)
		got := puff(stream, 8<<20)
		if err == nil && !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%d bytes, want %d", len(got), want.Len())
		}
		if !bytes.HasPrefix(got, want.Bytes()) {
			t.Errorf("compress/zlib sees %d bytes before its error %v, puff %d", want.Len(), err, len(got))
		}
	}
}
