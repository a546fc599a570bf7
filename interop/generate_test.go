package interop_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// entry is one value of a session that is to be made.
type entry struct {
	key   string
	value any
}

// generateSession makes session data of up to 8 KB of JSON text and a bit, as
// many small ones as large ones.
func generateSession(r *rand.Rand) []entry {
	var data []entry
	used := map[string]bool{}
	room := math.Exp2(1 + 12*r.Float64())
	for room > 0 {
		e := entry{generateText(r, 12), generateValue(r, 3)}
		if used[e.key] {
			continue
		}
		used[e.key] = true
		data = append(data, e)
		room -= float64(len(jsonText(data[len(data)-1:])))
	}
	return data
}

func generateValue(r *rand.Rand, depth int) any {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch r.IntN(kinds) {
	case 0:
		return generateText(r, 60)
	case 1:
		return generateInt(r)
	case 2:
		return generateBig(r)
	case 3:
		return generateFloat(r)
	case 4:
		return pick[any](r, nil, true, false)
	case 5:
		array := make([]any, r.IntN(6))
		for i := range array {
			array[i] = generateValue(r, depth-1)
		}
		return array
	default:
		object := map[string]any{}
		for range r.IntN(6) {
			object[generateText(r, 10)] = generateValue(r, depth-1)
		}
		return object
	}
}

func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

func generateInt(r *rand.Rand) int64 {
	return pick(r, int64(r.IntN(2000)-1000), int64(r.Uint64()), math.MaxInt64, math.MinInt64, 1<<53+1)
}

// generateBig returns an integer of up to hundreds of digits.
func generateBig(r *rand.Rand) *big.Int {
	n := new(big.Int)
	for range 1 + r.IntN(pick(r, 3, 30)) {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(r.Uint64()))
	}
	if r.IntN(2) == 0 {
		n.Neg(n)
	}
	return n
}

// generateFloat returns any bit pattern, a subnormal number, an integral one, a
// short decimal, a power of ten or a special one.
func generateFloat(r *rand.Rand) float64 {
	return pick(r,
		math.Float64frombits(r.Uint64()),
		math.Float64frombits(r.Uint64()>>12),
		float64(r.IntN(2000)-1000),
		float64(r.Uint64()),
		float64(r.IntN(2_000_000)-1_000_000)/100,
		math.Pow10(r.IntN(629)-320),
		pick(r, 0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1)),
	)
}

// alphabets are the first and last character of each stretch that texts are
// made of. Surrogates are not among them: they are no characters of a Go string.
var alphabets = [][2]rune{
	{' ', '~'},
	{'a', 'z'},
	{0, 0x1F},
	{0x7F, 0xFF},
	{0x370, 0x3FF},
	{0x2020, 0x2030},
	{0x4E00, 0x9FFF},
	{0xE000, 0xFFFF},
	{0x1F300, 0x1F6FF},
	{0x10000, 0x10FFFF},
}

func generateText(r *rand.Rand, longest int) string {
	var b strings.Builder
	one, other := pick(r, alphabets...), pick(r, alphabets...)
	for range r.IntN(longest) {
		stretch := pick(r, one, one, other)
		b.WriteRune(stretch[0] + r.Int32N(stretch[1]-stretch[0]+1))
	}
	if r.IntN(10) == 0 {
		b.WriteString(pick(r, `"`, `\`, "/", "<&>'", "\u2028\u2029", "\x7f", "\ufeff"))
	}
	return b.String()
}

// jsonText writes data as JSON that says the same as saltine's would, and shares
// no code and little of the form with it. Python's json turns it into the text
// to expect.
func jsonText(data []entry) string {
	members := make([]string, len(data))
	for i, e := range data {
		members[i] = jsonValue(e.key) + ": " + jsonValue(e.value)
	}
	return "{" + strings.Join(members, ", ") + "}"
}

func jsonValue(value any) string {
	switch value := value.(type) {
	case float64:
		return jsonFloat(value)
	case *big.Int:
		return value.String()
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = jsonValue(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var data []entry
		for _, key := range slices.Sorted(maps.Keys(value)) {
			data = append(data, entry{key, value[key]})
		}
		return jsonText(data)
	default:
		text, err := json.Marshal(value)
		if err != nil {
			panic(fmt.Sprintf("the generator made a value that encoding/json cannot write: %v", err))
		}
		return string(text)
	}
}

// jsonFloat writes more digits than needed, and never Python's form.
func jsonFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.Replace(strconv.FormatFloat(f, 'g', -1, 64), "+", "", 1) + "inity"
	default:
		return strconv.FormatFloat(f, 'E', 17, 64)
	}
}
