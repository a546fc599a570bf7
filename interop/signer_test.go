package interop_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine"
)

var algorithmNames = []string{
	"md5", "sha1", "sha224", "sha256", "sha384", "sha512",
	"sha3_224", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s",
}

var separators = []string{":", "::", ".", "/", "~", "$", " ", "a:", "a.b", "é", "a\nb", "𝄞"}

var salts = []saltine.Salt{"", "a salt", "Salz für die Suppe"}

// Values that contain separators, look like tokens, are empty, or are not ASCII.
var values = []string{"", "value", "a:b::c", ":", "a.b.c/d~e$f g", "naïve 𝄞\n\x00", "eyJhIjoxfQ:1r31eq:" + strings.Repeat("A", 43)}

// signerCase is one way of making a signer, the same on both sides.
type signerCase struct {
	algorithm string
	separator string
	salt      saltine.Salt
}

func (c signerCase) args(more args) args {
	a := args{"algorithm": c.algorithm, "sep": c.separator, "salt": c.salt}
	maps.Copy(a, more)
	return a
}

// eachSigner makes every combination of algorithm and separator, with the salts
// in turn.
func eachSigner(t *testing.T, test func(*testing.T, signerCase)) {
	t.Helper()
	n := 0
	for _, algorithm := range algorithmNames {
		for _, separator := range separators {
			c := signerCase{algorithm, separator, salts[n%len(salts)]}
			n++
			t.Run(fmt.Sprintf("%s %q %q", c.algorithm, c.separator, c.salt), func(t *testing.T) { test(t, c) })
		}
	}
}

func (c signerCase) keyring(t *testing.T, set *setting) saltine.Keyring {
	t.Helper()
	hash, err := saltine.AlgorithmByName(c.algorithm)
	if err != nil {
		t.Fatal(err)
	}
	other := *set
	other.algorithm = hash
	return other.keyring(t)
}

func (c signerCase) options(set *setting) *saltine.Options {
	o := set.options(saltine.CompressionNone)
	o.Separator, o.Salt = c.separator, c.salt
	return &o
}

func TestSigner(t *testing.T) {
	needDjango(t)
	set := &twoWay[0]
	eachSigner(t, func(t *testing.T, c signerCase) {
		signer, err := saltine.NewSigner(c.keyring(t, set), c.options(set))
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range values {
			token := signer.Sign(value)
			theirs := ask[string](t, set.env(), "signer_sign", c.args(args{"value": []byte(value)}))
			if diff := cmp.Diff(theirs, token); diff != "" {
				t.Errorf("Sign(%q) (-Django +Go):\n%s", value, diff)
			}
			if got := ask[string](t, set.env(), "signer_unsign", c.args(args{"token": []byte(token)})); got != value {
				t.Errorf("Django's unsign of Go's token for %q: %q", value, got)
			}
			if got, err := signer.Unsign(theirs); err != nil || got != value {
				t.Errorf("Unsign of Django's token for %q: %q, %v", value, got, err)
			}
		}
	})
}

func TestTimestampSigner(t *testing.T) {
	needDjango(t)
	set := &twoWay[0]
	eachSigner(t, func(t *testing.T, c signerCase) {
		signer, err := saltine.NewTimestampSigner(c.keyring(t, set), c.options(set))
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range values {
			token := signer.Sign(value)
			theirs := ask[string](t, set.env(), "timestamp_sign", c.args(args{"value": []byte(value)}))
			if diff := cmp.Diff(theirs, token); diff != "" {
				t.Errorf("Sign(%q) (-Django +Go):\n%s", value, diff)
			}
			if got := ask[string](t, set.env(), "timestamp_unsign", c.args(args{"token": []byte(token), "max_age": 0})); got != value {
				t.Errorf("Django's unsign of Go's token for %q: %q", value, got)
			}
			if got, err := signer.Unsign(theirs, 0); err != nil || got != value {
				t.Errorf("Unsign of Django's token for %q: %q, %v", value, got, err)
			}
		}
	})
}

// A key is any bytes, and a str is its UTF-8.
func TestKeys(t *testing.T) {
	needDjango(t)
	for _, set := range []setting{
		{name: "one character", key: "k", keyType: "str"},
		{name: "str", key: "ключ 𝄞\x00", keyType: "str"},
		{name: "bytes", key: "\x00\xff\xfe not UTF-8", keyType: "bytes"},
		{name: "longer than a block of every hash", key: saltine.Key(strings.Repeat("long ", 100)), keyType: "str"},
	} {
		t.Run(set.name, func(t *testing.T) {
			for _, algorithm := range algorithmNames {
				c := signerCase{algorithm, ":", "salt"}
				signer, err := saltine.NewSigner(c.keyring(t, &set), c.options(&set))
				if err != nil {
					t.Fatal(err)
				}
				want := ask[string](t, set.env(), "signer_sign", c.args(args{"value": []byte("value")}))
				if diff := cmp.Diff(want, signer.Sign("value")); diff != "" {
					t.Errorf("%s (-Django +Go):\n%s", algorithm, diff)
				}
			}
		})
	}
}

// Both refuse the same separators.
func TestSeparators(t *testing.T) {
	needDjango(t)
	set := &twoWay[0]
	for _, separator := range candidateSeparators() {
		c := signerCase{"sha256", separator, ""}
		_, err := saltine.NewSigner(c.keyring(t, set), c.options(set))
		_, exception := try[string](t, set.env(), "signer_sign", c.args(args{"value": []byte("value")}))
		switch {
		case err == nil && exception == nil:
		case errors.Is(err, saltine.ErrInvalidOption) && exception != nil && exception.Class == "ValueError":
		default:
			t.Errorf("separator %q: Django %v, Go %v", separator, exception, err)
		}
	}
}

// candidateSeparators are all characters of ASCII, alone and in combinations
// with a safe character, an unsafe one and the newline that Django's regular
// expression overlooks.
func candidateSeparators() []string {
	candidates := []string{"é", "\u0085", "\u2028", "AzZ09-_=", "Az\n", "\n\n", "a\nb", "A=:"}
	for c := range 128 {
		one := string(rune(c))
		candidates = append(candidates, one, one+one, one+"\n", "a"+one, one+"=", ":"+one)
	}
	return candidates
}

// Dumps and Loads, compressed and not, on both sides.
func TestDumps(t *testing.T) {
	eachSetting(t, twoWay, func(t *testing.T, set *setting) {
		const objects = 500
		for number := range objects {
			r := random(number)
			value := generateValue(r, 4)
			text := ask[string](t, set.env(), "json_rewrite", args{"text": jsonValue(value)})
			compress := pick(r, saltine.CompressionNone, saltine.CompressionBest)
			opts := set.options(compress)
			opts.Salt = pick(r, salts[1:]...)

			token, err := set.keyring(t).Dumps(value, &opts)
			if err != nil {
				t.Fatal(err)
			}
			got := ask[string](t, set.env(), "signing_loads", args{"token": []byte(token), "salt": opts.Salt})
			if diff := cmp.Diff(text, got); diff != "" {
				t.Fatalf("object %d: what Django loads (-want +got):\n%s", number, diff)
			}

			theirs := ask[string](t, set.env(), "signing_dumps", args{"data": text, "salt": opts.Salt, "compress": compress == saltine.CompressionBest})
			var back any
			if err := set.keyring(t).Loads(theirs, &back, saltine.NoMaxAge, &opts); err != nil {
				t.Fatalf("object %d: Loads: %v\n%s", number, err, text)
			}
			if diff := cmp.Diff(text, dumped(t, back)); diff != "" {
				t.Fatalf("object %d: what Go loads (-want +got):\n%s", number, diff)
			}
		}
		t.Logf("%d objects in each direction", objects)
	})
}

// dumped is the JSON text of a value that was read.
func dumped(t *testing.T, value any) string {
	t.Helper()
	text, err := saltine.JSONSerializer{}.Dumps(nil, value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Around every edge of the age both decide alike.
func TestMaxAge(t *testing.T) {
	needDjango(t)
	set := twoWay[0]
	ages := []time.Duration{
		0, time.Nanosecond, -time.Nanosecond, 250 * time.Millisecond, 999999999, time.Second, -time.Second,
		1209600 * time.Second, 100 * 365 * 24 * time.Hour, -100 * 365 * 24 * time.Hour, math.MaxInt64 - 1, math.MinInt64,
	}
	for _, signedAt := range []time.Time{time.Unix(1700000000, 0), time.Unix(1699999999, 999e6), time.Unix(0, 0), time.Unix(-1, 0), time.Unix(-1, 500e6), time.Unix(1<<40, 0)} {
		set.now = signedAt
		token := ask[string](t, set.env(), "timestamp_sign", args{"value": []byte("value")})
		for _, age := range ages {
			for _, more := range []time.Duration{-time.Second, -time.Microsecond, 0, time.Microsecond, time.Second} {
				checkMaxAge(t, set, token, signedAt.Add(more), age)
			}
		}
	}
}

func checkMaxAge(t *testing.T, set setting, token string, signedAt time.Time, maxAge time.Duration) {
	t.Helper()
	set.now = signedAt.Add(min(max(maxAge, -1<<61), 1<<61))
	signer, err := saltine.NewTimestampSigner(set.keyring(t), signerCase{separator: ":"}.options(&set))
	if err != nil {
		t.Fatal(err)
	}
	_, err = signer.Unsign(token, maxAge)
	_, exception := try[string](t, set.env(), "timestamp_unsign", args{"token": []byte(token), "max_age": maxAge.Seconds()})
	if got, want := kindOf(t, err), exception.kind(); got != want {
		t.Errorf("token of %v read at %v with a maximum age of %v: Django %s, Go %s", signedAt, set.now, maxAge, want, got)
	}
}
