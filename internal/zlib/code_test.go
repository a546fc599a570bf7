package zlib_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-52756201/saltine/internal/zlib"
)

// TestCodeLengths checks that codes are complete, within the limit, and about as short as can be.
func TestCodeLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	random := func(n, most int) []uint16 {
		frequencies := make([]uint16, n)
		for i := range frequencies {
			frequencies[i] = uint16(r.IntN(1 + r.IntN(most)))
		}
		return frequencies
	}
	fibonacci := make([]uint16, 23)
	a, b := uint16(1), uint16(1)
	for i := range fibonacci {
		fibonacci[i] = a
		a, b = b, a+b
	}
	type test struct {
		name, reason string
		frequencies  []uint16
		limit        int
	}
	tests := []test{
		{"none", "an alphabet may be without use", make([]uint16, 30), 15},
		{"one", "alone, with a bit of its own", []uint16{0, 0, 7}, 15},
		{"two", "a bit each", []uint16{1, 0, 65535}, 15},
		{"equal", "all as long", slices.Repeat([]uint16{3}, 256), 15},
		{"equal but one", "two are shorter", slices.Repeat([]uint16{3}, 255), 15},
		{"deep", "exactly at the limit", fibonacci[:16], 15},
		{"too deep", "beyond the limit", fibonacci, 15},
		{"much too deep", "far beyond the limit", fibonacci[:19], 7},
		{"full", "as many as the limit has room for", fibonacci[:16], 4},
	}
	for range 60 {
		tests = append(tests,
			test{"random literals", "any text", random(286, 3000), 15},
			test{"random code lengths", "any description", random(19, 200), 7},
			test{"random, tight", "the limit cuts a lot", random(19, 60000), 5})
	}
	for _, test := range tests {
		got := zlib.CodeLengths(test.frequencies, test.limit)
		used, room := 0, 1<<test.limit
		size := 0
		for symbol, n := range got {
			if (n == 0) != (test.frequencies[symbol] == 0) || n > test.limit {
				t.Fatalf("%s: symbol %d with frequency %d has %d bits", test.name, symbol, test.frequencies[symbol], n)
			}
			if n > 0 {
				used++
				room -= 1 << (test.limit - n)
				size += n * int(test.frequencies[symbol])
			}
		}
		if used > 1 && room != 0 {
			t.Errorf("%s: codes for %d/%d of the room are left over; %s", test.name, room, 1<<test.limit, test.reason)
		}
		if best := shortest(test.frequencies, test.limit); size < best || size > best+best/8 {
			t.Errorf("%s: %d bits, the best is %d; %s", test.name, size, best, test.reason)
		}
		if free := shortest(test.frequencies, len(test.frequencies)); size != free && slices.Max(got) < test.limit {
			t.Errorf("%s: %d bits without need of the limit, the best is %d; %s", test.name, size, free, test.reason)
		}
	}
}

// shortest returns the size of a text in the best code with a limit, by package-merge: of the symbols, and of pairs of
// what the round before had, the lightest 2n-2 after as many rounds as the limit is long make the code.
func shortest(frequencies []uint16, limit int) int {
	var symbols []int
	for _, frequency := range frequencies {
		if frequency > 0 {
			symbols = append(symbols, int(frequency))
		}
	}
	slices.Sort(symbols)
	if len(symbols) < 2 {
		return sum(symbols)
	}
	packages := symbols
	for range limit - 1 {
		next := slices.Clone(symbols)
		for pair := range slices.Chunk(packages[:len(packages)&^1], 2) {
			next = append(next, sum(pair))
		}
		slices.Sort(next)
		packages = next
	}
	return sum(packages[:2*len(symbols)-2])
}

func sum(numbers []int) int {
	total := 0
	for _, n := range numbers {
		total += n
	}
	return total
}
