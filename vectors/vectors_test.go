package vectors_test

import (
	"bytes"
	"encoding/json"
	"go/build"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-52756201/saltine/vectors"
)

// each runs f on every test of django.json.
func each(t *testing.T, f func(g *vectors.Group, v *vectors.Test)) {
	t.Helper()
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	for i := range file.Groups {
		g := &file.Groups[i]
		for j := range g.Tests {
			f(g, &g.Tests[j])
		}
	}
}

func TestDjangoCounts(t *testing.T) {
	type counts struct {
		Tests, Groups int
		Kinds         map[vectors.Kind]int
		Results       map[vectors.Result]int
	}
	want := counts{
		Tests:  1465,
		Groups: 114,
		Kinds: map[vectors.Kind]int{
			vectors.KindSigningDumps:    544,
			vectors.KindSession:         491,
			vectors.KindSessionData:     120,
			vectors.KindMessages:        81,
			vectors.KindSignedCookie:    80,
			vectors.KindSigner:          77,
			vectors.KindTimestampSigner: 72,
		},
		Results: map[vectors.Result]int{
			vectors.Valid:        845,
			vectors.BadSignature: 315,
			vectors.Malformed:    211,
			vectors.Expired:      94,
		},
	}
	file, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	got := counts{Groups: len(file.Groups), Kinds: map[vectors.Kind]int{}, Results: map[vectors.Result]int{}}
	each(t, func(g *vectors.Group, v *vectors.Test) {
		got.Tests++
		got.Kinds[g.Kind]++
		got.Results[v.Result]++
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if file.Count != got.Tests {
		t.Errorf("Count = %d, want %d", file.Count, got.Tests)
	}
}

// Fields that say the same thing twice must say the same thing.
func TestFieldsAgree(t *testing.T) {
	each(t, func(g *vectors.Group, v *vectors.Test) {
		if v.Compressed != nil && *v.Compressed != strings.HasPrefix(v.Cookie, ".") {
			t.Errorf("test %d: compressed is %v", v.ID, *v.Compressed)
		}
		if v.PayloadLen != nil && v.RawPayload != nil && *v.PayloadLen != len(v.Payload()) {
			t.Errorf("test %d: payload_len is %d, the payload has %d bytes", v.ID, *v.PayloadLen, len(v.Payload()))
		}
		if v.JSONLen != nil && *v.JSONLen != len(v.Payload()) {
			t.Errorf("test %d: json_len is %d, the payload has %d bytes", v.ID, *v.JSONLen, len(v.Payload()))
		}
		bad, expired := v.Exception == "django.core.signing.BadSignature", v.Exception == "django.core.signing.SignatureExpired"
		if v.Exception != "" && (bad != (v.Result == vectors.BadSignature) || expired != (v.Result == vectors.Expired)) {
			t.Errorf("test %d: exception %s, result %s", v.ID, v.Exception, v.Result)
		}
		if g.Object && !v.Has("sign_object") {
			t.Errorf("test %d: no flag sign_object in a group of objects", v.ID)
		}
	})
}

// The timestamp of a value that Django took for signed is the one in its text.
func TestTimestampStandsInCookie(t *testing.T) {
	checked := map[vectors.Kind]int{}
	each(t, func(g *vectors.Group, v *vectors.Test) {
		signed := v.Result == vectors.Valid || v.Result == vectors.Expired
		if v.Timestamp == nil || !signed {
			return
		}
		checked[g.Kind]++
		parts := strings.Split(v.Cookie, g.Sep)
		if len(parts) < 3 || parts[len(parts)-2] != base62(v.Timestamp) {
			t.Errorf("test %d (%s): timestamp is %v, or %s in base 62, in %s", v.ID, g.Source, v.Timestamp, base62(v.Timestamp), v.Cookie)
		}
	})
	want := map[vectors.Kind]int{
		vectors.KindTimestampSigner: 70,
		vectors.KindSigningDumps:    287,
		vectors.KindSession:         221,
		vectors.KindSessionData:     40,
		vectors.KindSignedCookie:    63,
		vectors.KindMessages:        30,
	}
	if diff := cmp.Diff(want, checked); diff != "" {
		t.Errorf("tests with a timestamp (-want +got):\n%s", diff)
	}
}

// A half of a surrogate pair has no Go string. It occurs in data alone, which stays as the file writes it.
func TestLoneSurrogatesStay(t *testing.T) {
	var got []string
	each(t, func(_ *vectors.Group, v *vectors.Test) {
		if v.Has("lone_surrogate") {
			got = append(got, string(v.Data))
		}
	})
	want := []string{`"\ud800"`, `"x\udfffy"`, `"\udc00\ud800"`}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("data of tests with the flag lone_surrogate (-want +got):\n%s", diff)
	}
}

func TestTime(t *testing.T) {
	each(t, func(_ *vectors.Group, v *vectors.Test) {
		at := v.Time()
		if got := float64(at.Unix()) + float64(at.Nanosecond())/1e9; got != v.Now {
			t.Errorf("test %d: Time is %v, which is %v, want %v", v.ID, at, got, v.Now)
		}
	})
	for _, tt := range []struct {
		name   string
		now    float64
		want   time.Time
		reason string
	}{
		{"whole", 1700000000, time.Unix(1700000000, 0), "most clocks of the file"},
		{"millisecond", 1701209599.999, time.Unix(1701209599, 999000072), "the float64 nearest to .999 lies above it"},
		{"before 1970", -0.25, time.Unix(-1, 750000000), "the fraction counts from the second below"},
		{"carry", 0.9999999999, time.Unix(1, 0), "a fraction that rounds to a whole second moves to the next"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := (&vectors.Test{Now: tt.now}).Time(); !got.Equal(tt.want) {
				t.Errorf("Time() = %v, want %v: %s", got, tt.want, tt.reason)
			}
		})
	}
}

func TestKeyBytes(t *testing.T) {
	for _, tt := range []struct {
		name          string
		group         vectors.Group
		want          string
		wantFallbacks []string
		reason        string
	}{
		{"text", vectors.Group{Key: "clé"}, "cl\xc3\xa9", nil, "a text key is its UTF-8"},
		{"hex", vectors.Group{KeyHex: "fffe00"}, "\xff\xfe\x00", nil, "a bytes key may be any bytes"},
		{"not hex", vectors.Group{KeyHex: "x"}, "", nil, "Parse refuses it; nothing is made up here"},
		{
			"prefix",
			vectors.Group{KeyPrefix: "p.", Key: "k", FallbackKeys: []string{"a", "b"}},
			"p.k",
			[]string{"p.a", "p.b"},
			"the prefix goes before every key, in their order",
		},
		{"prefix and hex", vectors.Group{KeyPrefix: "p.", KeyHex: "ff"}, "p.\xff", nil, "the prefix is text"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(tt.group.KeyBytes()); got != tt.want {
				t.Errorf("KeyBytes() = %q, want %q: %s", got, tt.want, tt.reason)
			}
			var got []string
			for _, key := range tt.group.FallbackKeyBytes() {
				got = append(got, string(key))
			}
			if diff := cmp.Diff(tt.wantFallbacks, got); diff != "" {
				t.Errorf("FallbackKeyBytes() (-want +got): %s\n%s", tt.reason, diff)
			}
		})
	}
}

func TestSaltFor(t *testing.T) {
	empty, salt := "", "s"
	cookie := vectors.Test{CookieName: "pref", CookieSalt: "éx"}
	for _, tt := range []struct {
		name   string
		group  vectors.Group
		want   string
		reason string
	}{
		{"salt", vectors.Group{Salt: &salt}, "s", "the usual case"},
		{"effective salt", vectors.Group{Salt: &empty, EffectiveSalt: "path"}, "path", "Django replaces an empty salt"},
		{"empty salt", vectors.Group{Salt: &empty}, "", "nothing is made up"},
		{"none", vectors.Group{}, "", "nothing is made up"},
		{"joined", vectors.Group{SaltRule: "{name}{salt}"}, "preféx", "to Django 5.2.14"},
		{
			"counted",
			vectors.Group{SaltRule: "django.http.cookies.v2:{len(salt)}:{salt}{name}"},
			"django.http.cookies.v2:2:éxpref", "characters are counted, not bytes",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.group.SaltFor(&cookie); got != tt.want {
				t.Errorf("SaltFor() = %q, want %q: %s", got, tt.want, tt.reason)
			}
		})
	}
}

func TestPayload(t *testing.T) {
	want := map[int]string{
		1:   "\x80\x02}q\x01.",
		856: "{\"n\":\"\xe9\"}",
		834: "",
		971: "with\xc3\xa9sep",
		973: "with\xf0\x9f\x98\x80sep",
	}
	got := map[int]string{}
	each(t, func(_ *vectors.Group, v *vectors.Test) {
		if (v.Payload() == nil) != (v.RawPayload == nil) {
			t.Errorf("test %d: Payload is %q, RawPayload is nil: %v", v.ID, v.Payload(), v.RawPayload == nil)
		}
		if _, ok := want[v.ID]; ok {
			got[v.ID] = string(v.Payload())
		}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("payloads by id: a pickle, a latin-1 byte, nothing, and two texts that a Signer signed (-want +got):\n%s", diff)
	}
}

// No int64 holds the stamp 2**63, and Django accepts it.
func TestTimestampIsExact(t *testing.T) {
	var got *big.Int
	each(t, func(_ *vectors.Group, v *vectors.Test) {
		if v.ID == 156 {
			got = v.Timestamp
		}
	})
	if want := new(big.Int).Lsh(big.NewInt(1), 63); got == nil || got.Cmp(want) != 0 {
		t.Errorf("timestamp of test 156 is %v, want %v", got, want)
	}
}

func TestCallerOwnsTheFile(t *testing.T) {
	first, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	v := &first.Groups[0].Tests[0]
	want := string(v.Data)
	clear(v.Data)
	v.Flags[0] = ""
	second, err := vectors.Django()
	if err != nil {
		t.Fatal(err)
	}
	if got := second.Groups[0].Tests[0]; string(got.Data) != want || got.Flags[0] == "" {
		t.Errorf("a change to one file is seen in the next: data %q, flags %q", got.Data, got.Flags)
	}
}

// Another library imports the package for its own tests, and should get nothing but data with it.
func TestImportsStandardLibraryOnly(t *testing.T) {
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range pkg.Imports {
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
			t.Errorf("imports %s", path)
		}
	}
}

// The README is the format's description: it names every field and every flag.
func TestReadmeIsComplete(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range []string{"django.json", "middleware.json", "session-api.json", "session-expiry.json", "sealed.json"} {
		names[file] = true
		addNames(t, names, file)
	}
	each(t, func(_ *vectors.Group, v *vectors.Test) {
		for _, flag := range v.Flags {
			names[flag] = true
		}
	})
	for name := range names {
		if !strings.Contains(string(readme), "`"+name+"`") {
			t.Errorf("README.md does not name `%s`", name)
		}
	}
}

func addNames(t *testing.T, names map[string]bool, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // some integers are too large for a float64
	if err := dec.Decode(&value); err != nil {
		t.Fatal(err)
	}
	collect(names, value)
}

func collect(names map[string]bool, value any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			collect(names, element)
		}
	case map[string]any:
		for name, member := range value {
			names[name] = true
			if name != "data" {
				collect(names, member)
			}
		}
	}
}
