package vectors_test

import (
	"bytes"
	"compress/zlib"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"math/big"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"

	"github.com/seed-52756201/saltine/vectors"
)

var hashes = map[string]func() hash.Hash{
	"md5": md5.New, "sha1": sha1.New,
	"sha224": sha256.New224, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New,
	"sha3_224": func() hash.Hash { return sha3.New224() }, "sha3_256": func() hash.Hash { return sha3.New256() },
	"sha3_384": func() hash.Hash { return sha3.New384() }, "sha3_512": func() hash.Hash { return sha3.New512() },
	"blake2b": func() hash.Hash { h, _ := blake2b.New512(nil); return h },
	"blake2s": func() hash.Hash { h, _ := blake2s.New256(nil); return h },
}

// TestWriteCheck does the write check of the README with nothing but HMAC and base64, so that the data, the keys, the salts and the payloads
// this package hands out are proved together, and with no help of a signing library.
func TestWriteCheck(t *testing.T) {
	checked := map[vectors.Kind]int{}
	each(t, func(g *vectors.Group, v *vectors.Test) {
		text, ok := signedText(t, g, v)
		if !ok {
			return
		}
		checked[g.Kind]++
		if got := sign(g, v, text); got != v.Cookie {
			t.Errorf("test %d (%s): signing gives\n%s, want\n%s", v.ID, g.Source, got, v.Cookie)
		}
	})
	for kind, want := range map[vectors.Kind]int{
		vectors.KindSigner:          35,
		vectors.KindTimestampSigner: 68,
		vectors.KindSigningDumps:    244,
		vectors.KindSession:         164,
		vectors.KindSessionData:     40,
		vectors.KindSignedCookie:    40,
		vectors.KindMessages:        30,
	} {
		if checked[kind] != want {
			t.Errorf("kind %s: %d tests can be written, want %d", kind, checked[kind], want)
		}
	}
}

// signedText returns what v signs, up to the timestamp's separator, and whether v is one to write.
func signedText(t *testing.T, g *vectors.Group, v *vectors.Test) (string, bool) {
	t.Helper()
	switch {
	case !writable(g, v):
		return "", false
	case v.RawPayload == nil:
		var value string
		err := json.Unmarshal(v.Data, &value)
		return value, err == nil
	case v.Compressed != nil && *v.Compressed:
		text, _, _ := strings.Cut(v.Cookie, g.Sep)
		if got := inflate(t, text[1:]); !bytes.Equal(got, v.Payload()) {
			t.Errorf("test %d: the cookie inflates to %q, want %q", v.ID, got, v.Payload())
		}
		return text, true
	case encoded(g, v):
		return base64.RawURLEncoding.EncodeToString(v.Payload()), true
	}
	return string(v.Payload()), true
}

func writable(g *vectors.Group, v *vectors.Test) bool {
	if v.Result != vectors.Valid || v.Sep != nil || strings.Contains(g.Format, "hmac") {
		return false
	}
	for _, flag := range v.Flags {
		switch flag {
		case "tamper", "crafted", "rotated", "wrong_key":
			return false
		case "algorithm":
			if g.Kind == vectors.KindSession {
				return false
			}
		}
		if strings.HasPrefix(flag, "legacy_") {
			return false
		}
	}
	return v.Timestamp != nil || g.Kind == vectors.KindSigner
}

// encoded reports whether the payload is in base64 on the wire.
func encoded(g *vectors.Group, v *vectors.Test) bool {
	switch g.Kind {
	case vectors.KindSigningDumps, vectors.KindSession, vectors.KindSessionData:
		return true
	case vectors.KindMessages:
		return strings.Contains(g.Format, "sign_object")
	}
	return v.Has("sign_object")
}

func sign(g *vectors.Group, v *vectors.Test, text string) string {
	if v.Timestamp != nil {
		text += g.Sep + base62(v.Timestamp)
	}
	h := hashes[g.Algorithm]
	derive := h()
	derive.Write([]byte(g.SaltFor(v) + "signer"))
	derive.Write(g.KeyBytes())
	mac := hmac.New(h, derive.Sum(nil))
	mac.Write([]byte(text))
	return text + g.Sep + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// base62 writes n as Django does, capitals before small letters.
func base62(n *big.Int) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, n.Text(62))
}

func inflate(t *testing.T, text string) []byte {
	t.Helper()
	compressed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// The two formats from before Django 3.1 have their own HMAC: SHA-1 in hexadecimal, and no "signer" after the salt.
func TestWriteCheckLegacyFormats(t *testing.T) {
	checked := 0
	each(t, func(g *vectors.Group, v *vectors.Test) {
		if !strings.Contains(g.Format, "hmac") || v.RawPayload == nil {
			return
		}
		checked++
		derived := sha1.Sum(append([]byte(g.SaltFor(v)), g.KeyBytes()...))
		mac := hmac.New(sha1.New, derived[:])
		mac.Write(v.Payload())
		got := hex.EncodeToString(mac.Sum(nil))
		if g.Kind == vectors.KindMessages {
			got += "$" + string(v.Payload())
		} else {
			got = base64.StdEncoding.EncodeToString(append([]byte(got+":"), v.Payload()...))
		}
		if got != v.Cookie {
			t.Errorf("test %d (%s): signing gives\n%s, want\n%s", v.ID, g.Source, got, v.Cookie)
		}
	})
	if want := 39; checked != want {
		t.Errorf("%d tests can be written, want %d", checked, want)
	}
}
