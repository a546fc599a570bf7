package checks_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-52756201/saltine"
)

// hostile are values of n bytes or so that could ask for more than their share
// of time. All but the first are signed with our own key.
var hostile = []struct {
	name  string
	value func(t testing.TB, n int) string
}{
	{"separators", func(_ testing.TB, n int) string { return strings.Repeat(":", n) }},
	{"digits of a timestamp", func(t testing.TB, n int) string {
		signer, err := saltine.NewSigner(testKeys(t), sessionOptions())
		if err != nil {
			t.Fatal(err)
		}
		return signer.Sign("e30:" + strings.Repeat("z", n))
	}},
	{"characters that base64 skips", func(t testing.TB, n int) string {
		return newSigner(t).Sign(strings.Repeat("!", n))
	}},
	{"keys", payloadOf(func(n int) string {
		return items("{", n, func(i int) string { return `"k` + strconv.Itoa(i) + `":0` }, "}")
	})},
	{"a key again and again", payloadOf(func(n int) string { return items("{", n, func(int) string { return `"key":0` }, "}") })},
	{"lone surrogates as keys", payloadOf(func(n int) string {
		return items("{", n, func(i int) string { return fmt.Sprintf(`"\ud8%02x\ud8%02x":0`, i>>8&0xFF, i&0xFF) }, "}")
	})},
	{"escapes", payloadOf(func(n int) string { return `{"a":"` + strings.Repeat(`\u00e9`, n/6) + `"}` })},
	{"digits of a number", payloadOf(func(n int) string {
		return items(`{"a":[`, n, func(int) string { return strings.Repeat("7", 4300) }, "]}")
	})},
	{"digits of a fraction", payloadOf(func(n int) string { return `{"a":0.` + strings.Repeat("7", n) + `}` })},
	{"white space", payloadOf(func(n int) string { return `{"a":` + strings.Repeat(" ", n) + `1}` })},
	{"arrays in arrays", payloadOf(func(n int) string {
		return items(`{"a":[`, n, func(int) string { return strings.Repeat("[", 900) + strings.Repeat("]", 900) }, "]}")
	})},
}

func payloadOf(payload func(n int) string) func(testing.TB, int) string {
	return func(t testing.TB, n int) string {
		t.Helper()
		token, err := newSigner(t).AppendSignPayload(nil, []byte(payload(n)))
		if err != nil {
			t.Fatal(err)
		}
		return string(token)
	}
}

// items joins as many items as make n bytes.
func items(opening string, n int, item func(int) string, closing string) string {
	var b strings.Builder
	b.WriteString(opening)
	for i := 0; b.Len() < n; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(item(i))
	}
	b.WriteString(closing)
	return b.String()
}

// Whatever comes ends in a session or in an error of one of the kinds: never in a
// panic.
func TestHostile(t *testing.T) {
	store := newStore(t, saltine.StoreOptions{MaxTokenLen: 4 << 20})
	for _, h := range hostile {
		for _, n := range []int{0, 1, 100, 8 << 10, 64 << 10} {
			s, err := store.Load(h.value(t, n))
			switch kind(t, err) {
			case "none":
				for range s.Items() {
				}
				if _, err := store.Save(s); err != nil && kind(t, err) != "too large" {
					t.Errorf("%s of %d bytes: %v", h.name, n, err)
				}
			case "bad signature", "malformed", "too large", "expired":
			default:
				t.Errorf("%s of %d bytes: %v", h.name, n, err)
			}
		}
	}
}

// BenchmarkHostile tells how time grows with the input: the nanoseconds for each
// byte stay what they are. All values are read in the end.
func BenchmarkHostile(b *testing.B) {
	store := newStore(b, saltine.StoreOptions{MaxTokenLen: 4 << 20})
	for _, h := range hostile {
		for _, n := range []int{8 << 10, 64 << 10, 512 << 10} {
			value := h.value(b, n)
			b.Run(fmt.Sprintf("%s/%dKiB", h.name, n>>10), func(b *testing.B) {
				for b.Loop() {
					if s, err := store.Load(value); err == nil {
						for range s.Items() {
						}
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/byte")
			})
		}
	}
}
