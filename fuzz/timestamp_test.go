package fuzz_test

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/seed-52756201/saltine"
)

// FuzzTimestamp holds TimestampSigner to a plain reading of Django's rules, for
// any text in place of a token, and for any text that our own key signed: a good
// signature is never called a bad one, the timestamp is read as an integer of any
// size, and the age is compared as Python does. Verify and OnVerify agree.
func FuzzTimestamp(f *testing.F) {
	_, seeds := fromVectors()
	for _, s := range seeds {
		f.Add(s.setting, s.token, int64(saltine.NoMaxAge), uint32(0))
	}
	settings, _ := fromVectors()
	for _, stamp := range stamps {
		text := "value" + settings[0].opts.Separator + stamp
		f.Add(byte(0), text, int64(saltine.NoMaxAge), uint32(0))
		f.Add(byte(0), text, int64(time.Second), uint32(250_000_000))
		f.Add(byte(0), text, int64(-1), uint32(0))
	}
	f.Fuzz(func(t *testing.T, number byte, text string, maxAge int64, nanoseconds uint32) {
		s := choose(number)
		s.now = start.Add(time.Duration(nanoseconds % 1e9))
		checkTimestamp(t, s, text, time.Duration(maxAge))
		checkTimestamp(t, s, s.signer.Sign(text), time.Duration(maxAge))
	})
}

// stamps are times as Django's base 62 writes them, would never write them, or
// cannot read them. The first one is start.
var stamps = []string{
	"1r31eq", "1r31ep", "1r31er", "0", "", "-", "-0", "-1", "--1", "+1", "_", " 1", "1\n", "01r31eq", "1r31eq=", "é",
	"zzzzzz", "aZl8N0y58M7", "aZl8N0y58M8", "-aZl8N0y58M8", "-aZl8N0y58M9",
	strings.Repeat("z", 171), "1" + strings.Repeat("0", 171), "-T" + strings.Repeat("z", 171), strings.Repeat("z", 172), "-" + strings.Repeat("z", 173), strings.Repeat("0", 300) + "1",
}

// referenceTimestamp reads a token, as choose's clock shows the time.
func (s *setting) referenceTimestamp(token string, maxAge time.Duration) (value string, stamp *big.Int, kind string) {
	signed, ok := s.reference(token)
	if !ok {
		return "", nil, badSignature
	}
	i := strings.LastIndex(signed, s.opts.Separator)
	if i < 0 {
		return "", nil, malformed
	}
	if stamp, ok = parseBase62(signed[i+len(s.opts.Separator):]); !ok {
		return "", nil, malformed
	}
	if maxAge != saltine.NoMaxAge {
		seconds, _ := new(big.Float).SetInt(stamp).Float64()
		now := float64(s.now.Unix()) + float64(s.now.Nanosecond())/1e9
		switch {
		case math.IsInf(seconds, 0):
			return "", nil, malformed
		case now-seconds > maxAge.Seconds():
			return "", nil, expired
		}
	}
	return signed[:i], stamp, good
}

// parseBase62 reads a number digit by digit, as Django does.
func parseBase62(text string) (n *big.Int, ok bool) {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	if text == "" {
		return nil, false
	}
	magnitude, isNegative := strings.CutPrefix(text, "-")
	n = new(big.Int)
	for _, c := range []byte(magnitude) {
		digit := strings.IndexByte(digits, c)
		if digit < 0 {
			return nil, false
		}
		n.Add(n.Mul(n, big.NewInt(int64(len(digits)))), big.NewInt(int64(digit)))
	}
	if isNegative {
		n.Neg(n)
	}
	return n, true
}

func checkTimestamp(t *testing.T, s *setting, token string, maxAge time.Duration) {
	t.Helper()
	s.reported = nil
	if len(token) > maxTokenLen {
		_, err := s.timestamp.Unsign(token, maxAge)
		requireKind(t, "a text over the limit", err, tooLarge, badSignature)
		return
	}
	want, stamp, kind := s.referenceTimestamp(token, maxAge)
	got, err := s.timestamp.Unsign(token, maxAge)
	requireKind(t, "Unsign", err, kind)
	requireSecrecy(t, err, token)
	if got != want {
		t.Fatalf("Unsign gives %q, want %q", got, want)
	}
	v, verifyErr := s.timestamp.Verify(token, maxAge)
	requireSameError(t, "Verify", err, verifyErr)
	if err != nil {
		if v != (saltine.Verification{}) {
			t.Fatalf("Verify gives %+v beside an error", v)
		}
		s.requireReports(t)
		return
	}
	requireSlot(t, s, v, token)
	if signedAt := saturated(stamp); !v.SignedAt.Equal(signedAt) || v.Age != s.now.Sub(signedAt) {
		t.Fatalf("SignedAt %v, Age %v, want %v", v.SignedAt, v.Age, signedAt)
	}
	s.requireReports(t, v, v)
}

// saturated is a stamp as a time that package time can calculate with.
func saturated(stamp *big.Int) time.Time {
	const most = 1 << 56
	if stamp.CmpAbs(big.NewInt(most)) > 0 {
		return time.Unix(int64(stamp.Sign())*most, 0)
	}
	return time.Unix(stamp.Int64(), 0)
}

// FuzzSignAt signs any text at any time: the token holds the whole seconds, cut
// toward zero as in Python, and is good for them.
func FuzzSignAt(f *testing.F) {
	for i, sec := range []int64{0, 1, -1, 61, 62, 3843, 1700000000, 56800235583, 56800235584, -62135596800, math.MaxInt64, math.MinInt64} {
		f.Add(byte(i), "value", sec, uint32(i)*100_000_000)
	}
	f.Fuzz(func(t *testing.T, number byte, value string, sec int64, nanoseconds uint32) {
		s := choose(number)
		at := time.Unix(sec, int64(nanoseconds%1e9))
		s.now = at
		token := s.timestamp.Sign(value)
		s.now = start
		if len(token) > maxTokenLen {
			t.Skip("too long to be read at all")
		}
		whole := big.NewInt(sec)
		if sec < 0 && at.Nanosecond() > 0 {
			whole.Add(whole, big.NewInt(1))
		}
		_, stamp, kind := s.referenceTimestamp(token, saltine.NoMaxAge)
		if kind != good || stamp.Cmp(whole) != 0 {
			t.Fatalf("the token says %v (%s), want %v", stamp, kind, whole)
		}
		checkTimestamp(t, s, token, saltine.NoMaxAge)
		checkTimestamp(t, s, token, 0)
		s.now = at
		if s.timestamp.Sign(value) != token {
			t.Fatal("Sign at that time gives another token")
		}
	})
}
